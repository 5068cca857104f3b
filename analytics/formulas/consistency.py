"""How steadily someone trains: planned rest, illness, and travel cost nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean, median, pstdev
from typing import Final

from analytics.formulas.provenance import Formula, Window, shown
from analytics.formulas.result import Result, Validity

SCORED_WEEKS: Final = 8
FADING: Final = 0.8
WEEK: Final = timedelta(days=7)

CONSISTENCY: Final = Formula(
    id="consistency",
    name="Consistency",
    valid=f"The last {SCORED_WEEKS} weeks that are over, without those that were frozen.",
    source="A rule of ours",
)
FEW_WEEKS: Final = "There are fewer than eight weeks so far."
OWN_MEDIAN: Final = "Where no plan says how often to train, a usual week of the person's does."


@dataclass(frozen=True, kw_only=True)
class TrainingWeek:
    """A week that is over: when it began, and its sessions done and planned.

    None planned is that no plan was active; 0, or frozen, is a week off on purpose.
    """

    start: date
    done: int
    planned: int | None = None
    is_frozen: bool = False

    @property
    def is_off(self) -> bool:
        return self.is_frozen or self.planned == 0


@dataclass(frozen=True, kw_only=True)
class Consistency(Result):
    """A score from 0 to 100, or None where no week expected a session, and its components.

    `sessions_a_week` and `plan_match` (0 to 1) are of the weeks that count, each as much as the
    others. `gap_sd_days` is how much the days between sessions vary, None for fewer than two
    gaps. The streak is in weeks with all sessions; weeks off neither break nor lengthen it.
    """

    formula: Formula = CONSISTENCY
    score: float | None
    sessions_a_week: float | None
    plan_match: float | None
    gap_sd_days: float | None
    streak_weeks: int
    shares: tuple[tuple[date, float], ...]
    weeks_off: int

    def steps(self) -> list[str]:
        if self.score is None:
            return ["No week expected a session."]
        return [
            *(
                f"Week of {start}: {shown(100 * share)} % of its sessions."
                for start, share in self.shares
            ),
            f"Weeks off, left out: {self.weeks_off}.",
            f"Each week counts {FADING} times as much as the one after it:"
            f" {shown(self.score, 1)} of 100.",
        ]


def consistency_score(
    weeks: Sequence[TrainingWeek], *, session_days: Iterable[date] = ()
) -> Consistency:
    """Score the last eight weeks; the streak may reach farther back.

    The weeks are those that are over, oldest first, without gaps; a week that still runs would
    count as missed. Session days are for the gaps between sessions; those across a week off do
    not count.
    """
    recent = weeks[-SCORED_WEEKS:]
    usual = _usual_sessions(recent)
    shares = _shares(recent, usual)
    counted = [share for _, share, _ in shares]
    weighted = [(share, FADING**ago) for _, share, ago in shares]
    score = None
    if weighted:
        score = 100 * sum(s * w for s, w in weighted) / sum(w for _, w in weighted)
    expecting = {week.start for week, _, _ in shares}
    done = [week.done for week in recent if week.start in expecting]
    return Consistency(
        validity=_validity(recent, score),
        caveats=_caveats(recent, score),
        window=Window.of(week.start for week, _, _ in shares),
        score=score,
        sessions_a_week=fmean(done) if done else None,
        plan_match=fmean(counted) if counted else None,
        gap_sd_days=_gap_sd_days(recent, session_days),
        streak_weeks=_streak(weeks, usual),
        shares=tuple((week.start, share) for week, share, _ in shares),
        weeks_off=sum(week.is_off for week in recent),
    )


def _usual_sessions(weeks: Iterable[TrainingWeek]) -> float:
    """The median of the weeks that were not off."""
    done = [week.done for week in weeks if not week.is_off]
    return median(done) if done else 0


def _share(week: TrainingWeek, usual: float) -> float | None:
    """How much of what was expected was done, from 0 to 1; None where nothing was."""
    expected = usual if week.planned is None else week.planned
    if week.is_off or expected <= 0:
        return None
    return min(1.0, week.done / expected)


def _shares(weeks: Sequence[TrainingWeek], usual: float) -> list[tuple[TrainingWeek, float, int]]:
    """The weeks that count, with their share and how many weeks ago they were."""
    return [
        (week, share, ago)
        for ago, week in zip(range(len(weeks) - 1, -1, -1), weeks, strict=True)
        if (share := _share(week, usual)) is not None
    ]


def _streak(weeks: Sequence[TrainingWeek], usual: float) -> int:
    streak = 0
    for week in reversed(weeks):
        share = _share(week, usual)
        if share is None:
            continue
        if share < 1:
            break
        streak += 1
    return streak


def _gap_sd_days(weeks: Sequence[TrainingWeek], session_days: Iterable[date]) -> float | None:
    if not weeks:
        return None
    first, end = weeks[0].start, weeks[-1].start + WEEK
    days = sorted({day for day in session_days if first <= day < end})
    off = [week.start for week in weeks if week.is_off]
    gaps = [
        (later - earlier).days
        for earlier, later in pairwise(days)
        # A gap across a week off has a reason.
        if not any(earlier < start + WEEK and start <= later for start in off)
    ]
    return pstdev(gaps) if len(gaps) > 1 else None


def _validity(weeks: Sequence[TrainingWeek], score: float | None) -> Validity:
    if score is None:
        return "no_answer"
    return "valid" if len(weeks) == SCORED_WEEKS else "warming_up"


def _caveats(weeks: Sequence[TrainingWeek], score: float | None) -> tuple[str, ...]:
    found = []
    if score is not None and len(weeks) < SCORED_WEEKS:
        found.append(FEW_WEEKS)
    if any(week.planned is None and not week.is_off for week in weeks):
        found.append(OWN_MEDIAN)
    return tuple(found)
