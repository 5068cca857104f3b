"""What was read from a file of another app, and what could not be."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final, Literal

App = Literal["strong", "hevy"]
SetType = Literal["warm_up", "normal", "drop", "failure", "amrap"]
# Of one-sided work; empty where it is none.
Side = Literal["", "left", "right"]
WeightUnit = Literal["kg", "lb"]
DistanceUnit = Literal["km", "mi", "m"]
# "unambiguous": no date of the file can be read in two ways.
DateOrder = Literal["day_first", "month_first", "unambiguous"]
DecimalMark = Literal[".", ","]

MAX_NAME: Final = 100
MAX_SET_NOTES: Final = 200
MAX_NOTES: Final = 4000
MAX_SETS: Final = 1000
MAX_REPS: Final = 10_000
MAX_KG: Final = 2000
MAX_KM: Final = 2000
MAX_SECONDS: Final = 172_800
MAX_REST_SECONDS: Final = 86_400
MAX_RPE: Final = 10
MAX_MINUTES: Final = 2880
MAX_SUPERSET: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How to read a file where it does not say so itself.

    A unit that the file states for a column or a row wins. Without a unit for a load, or without
    an order for a date that can be read in two ways, that row becomes a RowError. Encoding (a
    text encoding of Python's) and delimiter follow from the file's beginning where they are None.
    """

    weight_unit: WeightUnit | None = None
    distance_unit: DistanceUnit | None = None
    date_order: DateOrder | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal_mark: DecimalMark | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadSet:
    """One set. None was not measured; ``line`` is where its row begins in the file."""

    line: int
    exercise: str
    set_type: SetType = "normal"
    reps: int | None = None
    weight: float | None = field(default=None, metadata={"unit": "kg"})
    duration: int | None = field(default=None, metadata={"unit": "s"})
    distance: float | None = field(default=None, metadata={"unit": "km"})
    rpe: float | None = None
    superset: int | None = None
    rest_seconds: int | None = None
    side: Side = ""
    notes: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadWorkout:
    """One workout, at the readings of the person's own clock.

    An ``end_time`` before ``start_time`` is on the next day. ``exercise_notes`` are by name of
    the exercise; ``sets`` stand in the order of the file.
    """

    line: int
    name: str
    date: dt.date
    start_time: dt.time
    end_time: dt.time | None = None
    duration_minutes: int | None = None
    session_rpe: float | None = None
    notes: str = ""
    exercise_notes: dict[str, str] = field(default_factory=dict)
    sets: list[ReadSet] = field(default_factory=list)

    @property
    def start(self) -> dt.datetime:
        return dt.datetime.combine(self.date, self.start_time)


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that was left out, and why. ``column`` is empty where it is about the whole row.

    Only the codes ``bad_end``, ``bad_duration`` and ``bad_session_rpe`` cost no more than that
    value: the workout is read without it, and they are told once for it.
    """

    line: int
    column: str
    code: str
    message: str


class Unreadable(Exception):
    """A value that cannot be taken; becomes the RowError of its row."""

    def __init__(self, column: str, code: str, message: str) -> None:
        super().__init__(message)
        self.column, self.code, self.message = column, code, message

    def at(self, line: int) -> RowError:
        return RowError(line, self.column, self.code, self.message)
