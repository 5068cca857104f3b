"""A recording as every format tells it, once what cannot be is left out."""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from wearables.readings import SetReading, Source, WorkoutReading

# Nobody's watch knew the time before; it stands there where a clock was never set.
EARLIEST: Final = datetime(1990, 1, 2, tzinfo=UTC)
LONGEST: Final = timedelta(days=14)
MAX_SAMPLES: Final = 500_000
LEAST_BPM: Final = 20
MOST_BPM: Final = 260
_MAX_CALORIES: Final = 20_000
_MAX_KM: Final = 5_000
_MAX_GAIN_M: Final = 100_000
_HOUR_S: Final = 3600
_EAST: Final = 14
_WEST: Final = -12

Samples = Sequence[tuple[datetime, int]]


@dataclass(kw_only=True, slots=True)
class Recorded:
    """What a file says of a session, before it is checked."""

    source: Source
    sport: str
    started_at: datetime
    finished_at: datetime
    duration_s: float | None = None
    distance_m: float | None = None
    calories: float | None = None
    average_heart_rate: float | None = None
    max_heart_rate: float | None = None
    elevation_gain_m: float | None = None
    timezone: str = ""
    name: str = ""
    samples: Samples = ()
    sets: tuple[SetReading, ...] = ()
    # Where a file may have one session from several sources: whose this is.
    told_by: str = ""


def workout(recorded: Recorded) -> WorkoutReading | None:
    """The reading; None of one that has no time, or ends before it starts."""
    start, end = recorded.started_at.astimezone(UTC), recorded.finished_at.astimezone(UTC)
    if start < EARLIEST or not timedelta() <= end - start <= LONGEST:
        return None
    samples = clean_samples(recorded.samples)
    rates = [bpm for _, bpm in samples]
    average = within(recorded.average_heart_rate, LEAST_BPM, MOST_BPM)
    highest = within(recorded.max_heart_rate, LEAST_BPM, MOST_BPM)
    duration = within(recorded.duration_s, 0, LONGEST.total_seconds())
    distance = within(recorded.distance_m, 0, _MAX_KM * 1000)
    return WorkoutReading(
        external_id=external_id(recorded.sport, start, recorded.told_by),
        source=recorded.source,
        sport=recorded.sport,
        started_at=start,
        finished_at=end,
        timezone=recorded.timezone,
        name=recorded.name[:100],
        duration_s=None if duration is None else round(duration),
        distance=None if distance is None else round(distance / 1000, 5),
        calories=whole(within(recorded.calories, 0, _MAX_CALORIES)),
        average_heart_rate=whole(average or (sum(rates) / len(rates) if rates else None)),
        max_heart_rate=whole(highest or max(rates, default=None)),
        elevation_gain_m=within(recorded.elevation_gain_m, 0, _MAX_GAIN_M),
        heart_rate=samples,
        sets=recorded.sets,
    )


def external_id(sport: str, started_at: datetime, told_by: str = "") -> str:
    """The same for a session in every file that has it: of its sport and its first second."""
    second = started_at.astimezone(UTC).replace(microsecond=0)
    return hashlib.sha256(f"{sport} {second.isoformat()} {told_by}".encode()).hexdigest()


def clean_samples(samples: Iterable[tuple[datetime, int]]) -> tuple[tuple[datetime, int], ...]:
    """In their order, each instant once, without what no heart does."""
    kept = {at: bpm for at, bpm in samples if LEAST_BPM <= bpm <= MOST_BPM and at >= EARLIEST}
    return tuple(sorted(kept.items())[:MAX_SAMPLES])


def within(value: float | None, least: float, most: float) -> float | None:
    """The value where it can be one."""
    if value is None or not math.isfinite(value) or not least <= value <= most:
        return None
    return value


def whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def number(text: str | None) -> float | None:
    """Of a text in a file; None of what is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def instant(text: str | None) -> datetime | None:
    """Of ISO 8601, in UTC where it names no zone; None of what is none or cannot be."""
    try:
        read = datetime.fromisoformat((text or "").strip())
        at = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at >= EARLIEST else None


def zone_name(offset_s: int, at: datetime, zone: ZoneInfo) -> str:
    """IANA's name of an offset; empty where the person's own zone has it then, or none does."""
    own = zone.utcoffset(at.astimezone(zone).replace(tzinfo=None))
    hours, rest = divmod(offset_s, _HOUR_S)
    if rest or (own and own.total_seconds() == offset_s) or not _WEST <= hours <= _EAST:
        return ""
    # The sign of these names is the other way round: Etc/GMT-2 is two hours east.
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/UTC"
