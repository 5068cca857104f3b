"""Parts of what a phone sends: its times, its sources, and what is odd about an item."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final
from zoneinfo import ZoneInfo

from wearables.providers.phone_names import kind_of
from wearables.readings import Source

_AHEAD: Final = timedelta(hours=24)
# Nobody wore anything before.
_YEARS: Final = range(2000, 2200)
_OFFSET: Final = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})")
_SPACED: Final = re.compile(r" (?=[+-][0-9])")
_MOST_OFFSET_S: Final = 18 * 3600
_MOST_NAME: Final = 180
_BY_HAND: Final = "manual"

Item = Mapping[str, Any]


class Odd(Exception):
    """An item cannot be taken; the text says why, to whoever sent it."""


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """An item that was left out: its list in the batch, its place there, and why."""

    part: str
    index: int
    reason: str


@dataclass
class Tally:
    """How many items there were, which came twice, and which were left out."""

    seen: int = 0
    duplicates: int = 0
    rejected: dict[tuple[str, int], str] = field(default_factory=dict)

    def each(self, batch: Mapping[str, Any], part: str) -> Iterator[tuple[int, Item]]:
        """The items of a list; of those with the same id, the first."""
        known: set[str] = set()
        for index, item in enumerate(batch.get(part) or ()):
            name = item.get("id")
            if name in known:
                self.duplicates += 1
                continue
            if name:
                known.add(name)
            self.seen += 1
            yield index, item

    def reject(self, part: str, index: int, reason: str) -> None:
        self.rejected.setdefault((part, index), reason)

    def rejections(self) -> tuple[Rejection, ...]:
        return tuple(
            Rejection(part=part, index=index, reason=reason)
            for (part, index), reason in sorted(self.rejected.items())
        )


@dataclass(frozen=True)
class Times:
    """Reads times as the person's clock showed them: ``date()`` of one is the local one."""

    zone: ZoneInfo
    now: datetime

    def span(self, item: Item, longest: timedelta = _AHEAD) -> tuple[datetime, datetime]:
        """Start and end; the start twice where an item has no end. Raises Odd."""
        start = self.instant(item, "startDate")
        end = self.instant(item, "endDate") if item.get("endDate") else start
        if end < start:
            raise Odd("It ends before it starts.")
        if end - start > longest:
            raise Odd("It is too long.")
        return start, end

    def instant(self, item: Item, name: str) -> datetime:
        """With the item's zoneOffset, else its own, else in the person's zone. Raises Odd.

        Its offset is a fixed one: between two times in a zone that changes its clock, Python
        would count what the clock showed.
        """
        try:
            read = datetime.fromisoformat(_SPACED.sub("", str(item.get(name) or "").strip()))
        except ValueError:
            raise Odd(f"{name} is no time.") from None
        if read.year not in _YEARS:
            raise Odd(f"{name} is out of range.")
        offset = _offset(item.get("zoneOffset"))
        if read.tzinfo is None:
            read = read.replace(tzinfo=offset or self.zone)
        elif offset is not None:
            read = read.astimezone(offset)
        elif not read.utcoffset():
            read = read.astimezone(self.zone)
        if read > self.now + _AHEAD:
            raise Odd(f"{name} is more than 24 h ahead.")
        return read.replace(tzinfo=timezone(read.utcoffset() or timedelta(0)))

    def day(self, text: object) -> date:
        """A day that has begun somewhere on Earth. Raises Odd."""
        try:
            read = date.fromisoformat(str(text))
        except ValueError:
            raise Odd("date is no day.") from None
        if read.year not in _YEARS:
            raise Odd("date is out of range.")
        if read > (self.now.astimezone(UTC) + _AHEAD).date():
            raise Odd("date is more than 24 h ahead.")
        return read


def _offset(told: object) -> timezone | None:
    if told is None or told == "":
        return None
    if told == "Z":
        return UTC
    seconds = told
    if isinstance(told, str):
        match = _OFFSET.fullmatch(told)
        if match is None:
            raise Odd("zoneOffset must be like +02:00.")
        sign, hours, minutes = match.groups()
        seconds = (3600 * int(hours) + 60 * int(minutes)) * (-1 if sign == "-" else 1)
    if not isinstance(seconds, int) or abs(seconds) > _MOST_OFFSET_S:
        raise Odd("zoneOffset is out of range.")
    return timezone(timedelta(seconds=seconds))


class Sources:
    """The sources of a batch: one for each name, as it was told first."""

    def __init__(self) -> None:
        self._known: dict[str, Source] = {}

    def of(self, item: Item) -> Source:
        """Whoever recorded an item; the connected store as a whole where it does not tell."""
        told = item.get("source") or {}

        def given(key: str) -> str:
            return str(told.get(key) or "").strip()[:_MOST_NAME]

        app = given("bundleIdentifier") or given("appId")
        name = given("name") or given("deviceModel") or app or given("deviceType")
        by_hand = _BY_HAND in given("recordingMethod").lower()
        if by_hand:
            name = f"{name} (by hand)".strip()
        kind = _BY_HAND if by_hand else kind_of(given("deviceType"), given("deviceModel"))
        return self._known.setdefault(name, Source(name=name, kind=kind, app=app))
