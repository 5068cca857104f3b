"""Which of the sleeps that several sources tell of is the night's: instants in, roles out."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

Role = Literal["main", "nap", "duplicate"]

# Asleep by day and not for long.
DAY_BEGINS: Final = time(8)
DAY_ENDS: Final = time(18)
NAP_LIMIT: Final = timedelta(hours=3)
SAME_SLEEP_SHARE: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Period:
    """A sleep as one source tells it. ``order`` sorts the better source first."""

    key: Any
    date: date
    start: datetime
    end: datetime
    local_start: datetime  # what the person's clock showed
    asleep_minutes: int | None = None
    says_nap: bool | None = None
    order: tuple[Any, ...] = ()
    title: str = ""
    copy_of: str = ""  # the maker whose own data this repeats

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def minutes(self) -> float:
        if self.asleep_minutes is None:
            return self.length / timedelta(minutes=1)
        return self.asleep_minutes

    @property
    def is_nap(self) -> bool:
        """As its source says, and else by our rule."""
        if self.says_nap is not None:
            return self.says_nap
        by_day = DAY_BEGINS <= self.local_start.time() < DAY_ENDS
        return by_day and self.length < NAP_LIMIT


@dataclass(frozen=True)
class Verdict:
    role: Role
    reason: str


def overlap(one: Period, other: Period) -> timedelta:
    """How long both last."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(shared, timedelta(0))


def same_sleep(one: Period, other: Period) -> bool:
    """Whether they overlap for more than half of the shorter."""
    return overlap(one, other) > SAME_SLEEP_SHARE * min(one.length, other.length)


def judge(periods: Sequence[Period]) -> dict[Any, Verdict]:
    """The role of each, by its key: one main sleep a date at most, naps that overlap nothing."""
    verdicts: dict[Any, Verdict] = {}
    groups = [_kept(group, verdicts) for group in _overlapping(periods)]
    mains = _mains([period for group in groups for period in group])
    for group in groups:
        _place(group, mains, verdicts)
    return verdicts


def _overlapping(periods: Sequence[Period]) -> Iterator[list[Period]]:
    """Those that hang together by their times; nothing in one has to do with another."""
    group: list[Period] = []
    for period in sorted(periods, key=lambda one: (one.start, one.end)):
        if group and period.start >= max(one.end for one in group):
            yield group
            group = []
        group.append(period)
    if group:
        yield group


def _kept(group: Sequence[Period], verdicts: dict[Any, Verdict]) -> list[Period]:
    """Each sleep once, of its best source, which comes first."""
    kept: list[Period] = []
    for period in sorted(group, key=lambda one: one.order):
        if period.copy_of:
            verdicts[period.key] = Verdict("duplicate", f"A copy of what {period.copy_of} tells")
        elif better := next((one for one in kept if same_sleep(one, period)), None):
            reason = f"The same sleep as {better.title} tells of, which goes first"
            verdicts[period.key] = Verdict("duplicate", reason)
        else:
            kept.append(period)
    return kept


def _mains(kept: Sequence[Period]) -> set[Any]:
    """The keys of the longest of each date, but for naps; of two as long, of the earlier."""
    longest: dict[date, Period] = {}
    for period in kept:
        known = longest.get(period.date)
        if not period.is_nap and (known is None or _longer(period, known)):
            longest[period.date] = period
    return {period.key for period in longest.values()}


def _longer(one: Period, other: Period) -> bool:
    return (one.minutes, other.start, other.order) > (other.minutes, one.start, one.order)


def _place(group: Sequence[Period], mains: Set[Any], verdicts: dict[Any, Verdict]) -> None:
    placed: list[Period] = []
    for period in sorted(group, key=lambda one: one.key not in mains):
        other = next((one for one in placed if overlap(one, period)), None)
        if period.key in mains:
            verdict = Verdict("main", f"{period.title}: the night's sleep")
        elif other:
            verdict = Verdict("duplicate", f"Overlaps the sleep that {other.title} tells of")
        else:
            verdict = Verdict("nap", f"{period.title}: a nap")
        verdicts[period.key] = verdict
        if verdict.role != "duplicate":
            placed.append(period)
