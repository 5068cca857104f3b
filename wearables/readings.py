"""What a device, a provider or a file tells, in our units, before anybody decides what counts.

Absent is None and never 0. Instants are aware; a date is the person's own day, as the source
gives it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

# A field of this name hides the type in its class.
Day = date
# What recorded it. "hub" is a service or store whose device is not known.
Kind = Literal["strap", "watch", "band", "ring", "phone", "scale", "manual", "hub"]
# Each has its own source for a day.
DAY_METRICS: Final = (
    "steps",
    "distance",
    "active_calories",
    "total_calories",
    "active_minutes",
    "floors_climbed",
    "resting_heart_rate",
)
HrvMethod = Literal["rmssd", "sdnn"]
Stage = Literal["deep", "light", "rem", "awake", "asleep", "in_bed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """What inside a connection recorded something.

    Empty for the connected device itself; in a hub such as Apple Health, the name that it gives.
    ``app`` is the bundle or package that wrote it there: a copy of what comes directly is told by
    it.
    """

    name: str = ""
    kind: Kind = "hub"
    app: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DayReading:
    """What one source says of a day. ``estimated`` names metrics that it did not measure."""

    date: date
    source: Source
    steps: int | None = None
    distance: float | None = None  # km
    active_calories: int | None = None  # kcal
    total_calories: int | None = None  # kcal, with the basal ones
    active_minutes: int | None = None  # min, moderate and vigorous
    floors_climbed: int | None = None
    resting_heart_rate: int | None = None  # bpm
    worn_minutes: int | None = None
    estimated: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StageReading:
    start: datetime
    end: datetime
    stage: Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class SleepReading:
    """One period of sleep. Durations in minutes; None where it has no stages.

    ``is_nap`` is None where the source does not tell. One that is not final has times and will
    come again with values.
    """

    external_id: str
    source: Source
    date: date  # of waking up
    start: datetime
    end: datetime
    duration: int | None = None  # asleep
    deep_sleep: int | None = None
    light_sleep: int | None = None
    rem_sleep: int | None = None
    awake: int | None = None
    sleep_score: int | None = None  # 0-100
    hrv: float | None = None  # ms
    hrv_method: HrvMethod | None = None
    respiratory_rate: float | None = None  # breaths/min
    is_nap: bool | None = None
    is_final: bool = True
    stages: tuple[StageReading, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NightReading:
    """Values of a night that come apart from its sleep.

    Of the sleep of ``external_id``, or else of the longest one that this connection has for the
    date. Kept only where there is one.
    """

    date: date
    external_id: str = ""
    sleep_score: int | None = None
    hrv: float | None = None
    hrv_method: HrvMethod | None = None
    respiratory_rate: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HeartRateReading:
    """Samples of one source, in any order: (instant, beats per minute)."""

    source: Source
    samples: Sequence[tuple[datetime, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class SetReading:
    """One set of a recorded strength session. ``exercise`` is the source's word for it."""

    exercise: str
    reps: int | None = None
    weight: float | None = None  # kg
    duration: int | None = None  # s


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkoutReading:
    """A recorded session. ``sport`` is one of wearables.formulas.sports.SPORTS."""

    external_id: str
    source: Source
    sport: str
    started_at: datetime
    finished_at: datetime
    timezone: str = ""  # IANA, where the source tells; else the person's
    name: str = ""
    duration_s: int | None = None  # moving or timer time, where it differs from the elapsed one
    distance: float | None = None  # km
    calories: int | None = None  # kcal
    average_heart_rate: int | None = None  # bpm
    max_heart_rate: int | None = None  # bpm
    elevation_gain_m: float | None = None
    heart_rate: Sequence[tuple[datetime, int]] = ()
    sets: tuple[SetReading, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Deletion:
    """The source has deleted this.

    Without an id, whatever it had of the kind on the date and these readings do not name.
    """

    kind: Literal["sleep", "workout", "day"]
    external_id: str = ""
    date: Day | None = None  # of a day


Reading = DayReading | SleepReading | NightReading | HeartRateReading | WorkoutReading | Deletion


@dataclass(slots=True)
class Counts:
    """What storing readings did."""

    new: int = 0
    changed: int = 0
    deleted: int = 0
    # Dates or kinds that were left out, with the reason: shown to the person.
    rejected: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Counts") -> "Counts":
        self.new += other.new
        self.changed += other.changed
        self.deleted += other.deleted
        self.rejected += other.rejected
        return self
