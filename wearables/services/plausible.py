"""What of a reading may be stored: in range, not from the future, and with a name of its own."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from wearables.readings import (
    DAY_METRICS,
    DayReading,
    HeartRateReading,
    NightReading,
    SleepReading,
    Source,
)

FIRST_DAY: Final = date(2000, 1, 1)
FUTURE: Final = timedelta(hours=24)
# It is already tomorrow somewhere.
_EASTERNMOST: Final = timedelta(hours=14)
LONGEST_SLEEP: Final = timedelta(hours=36)
NAME_LENGTH: Final = 200
MOST_LINES: Final = 50

Bounds = Mapping[str, tuple[float, float]]
_DAY: Final[Bounds] = {
    "steps": (0, 200_000),
    "distance": (0, 1000),
    "active_calories": (0, 30_000),
    "total_calories": (0, 40_000),
    "active_minutes": (0, 1560),
    "floors_climbed": (0, 10_000),
    "resting_heart_rate": (20, 260),
    "worn_minutes": (0, 1560),
}
_NIGHT: Final[Bounds] = {
    "sleep_score": (0, 100),
    "hrv": (0, 1000),
    "respiratory_rate": (1, 100),
}
_SLEEP: Final[Bounds] = {
    **_NIGHT,
    **dict.fromkeys(("duration", "deep_sleep", "light_sleep", "rem_sleep", "awake"), (0, 2880)),
}
LEAST_RATE: Final = 20
MOST_RATE: Final = 260


@dataclass
class Sieve:
    """Keeps what is plausible at a moment, and notes what it left out."""

    now: datetime
    _left_out: Counter[str] = field(default_factory=Counter)

    @property
    def earliest(self) -> datetime:
        return datetime.combine(FIRST_DAY, datetime.min.time(), UTC)

    @property
    def latest(self) -> datetime:
        return self.now + FUTURE

    def lines(self) -> list[str]:
        """What was left out and why, for the person; never a value."""
        lines = [
            f"{what} ({times} times)" if times > 1 else what
            for what, times in self._left_out.items()
        ]
        rest = len(lines) - MOST_LINES
        return lines if rest <= 0 else [*lines[:MOST_LINES], f"and {rest} more"]

    def day(self, reading: DayReading) -> DayReading | None:
        label = f"day {reading.date}"
        if not self._is_date(reading.date, label):
            return None
        values = self._bounded(reading, _DAY, label)
        if all(values.get(name, getattr(reading, name)) is None for name in DAY_METRICS):
            return None
        return replace(reading, source=tidy(reading.source), **values)

    def sleep(self, reading: SleepReading) -> SleepReading | None:
        label = f"sleep of {reading.date}"
        if not self._is_named(reading.external_id, label) or not self._is_date(
            reading.date, label
        ):
            return None
        if not reading.start < reading.end <= reading.start + LONGEST_SLEEP:
            self._leave_out(f"{label}: times out of range")
            return None
        if not self._is_span(reading.start, reading.end, label):
            return None
        values = self._bounded(reading, _SLEEP, label)
        return replace(reading, source=tidy(reading.source), **values)

    def night(self, reading: NightReading) -> NightReading:
        return replace(reading, **self._bounded(reading, _NIGHT, f"night of {reading.date}"))

    def rates(self, reading: HeartRateReading) -> HeartRateReading:
        earliest, latest = self.earliest, self.latest
        kept = [
            (at, rate)
            for at, rate in reading.samples
            if LEAST_RATE <= rate <= MOST_RATE and earliest <= at <= latest
        ]
        if len(kept) < len(reading.samples):
            self._left_out["heart rate: out of range"] += len(reading.samples) - len(kept)
        return replace(reading, samples=kept)

    def _bounded(self, reading: Any, bounds: Bounds, label: str) -> dict[str, Any]:
        """The values that have to go."""
        wrong: dict[str, Any] = {}
        for name, (least, most) in bounds.items():
            value = getattr(reading, name)
            # Not a number is never between two numbers.
            if value is not None and not least <= value <= most:
                wrong[name] = None
                self._leave_out(f"{label}: {name} out of range")
        if getattr(reading, "hrv", None) is not None and reading.hrv_method is None:
            wrong["hrv"] = None
            self._leave_out(f"{label}: hrv without its method")
        return wrong

    def _is_named(self, external_id: str, label: str) -> bool:
        if 0 < len(external_id) <= NAME_LENGTH and "\x00" not in external_id:
            return True
        self._leave_out(f"{label}: without a usable id")
        return False

    def _is_date(self, day: date, label: str) -> bool:
        if FIRST_DAY <= day <= (self.latest + _EASTERNMOST).date():
            return True
        self._leave_out(f"{label}: date out of range")
        return False

    def _is_span(self, start: datetime, end: datetime, label: str) -> bool:
        if self.earliest <= start <= end <= self.latest:
            return True
        self._leave_out(f"{label}: times out of range")
        return False

    def _leave_out(self, what: str) -> None:
        self._left_out[what] += 1


def tidy(source: Source) -> Source:
    """Its names as a column takes them."""
    return replace(source, name=_text(source.name), app=_text(source.app))


def _text(text: str) -> str:
    return text.replace("\x00", "")[:NAME_LENGTH]
