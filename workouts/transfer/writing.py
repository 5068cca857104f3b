"""Workouts as the CSV files of other apps, which read back as the same workouts.

Each has columns at the end for what the other app does not know; readers that go by the names of
columns pass over them. No spreadsheet takes a text in them for a formula.

What neither app has a place for is not written: a workout without sets; beyond that by Strong,
which notes how long a workout was, when it ended; and by Hevy, which notes when it ended, how
long one was of which the end is not known (its end follows from its length), and notes on an
exercise without sets.
"""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from users.units import kg_to_pounds
from workouts.transfer.readings import ReadWorkout, SetType, WeightUnit
from workouts.transfer.texts import guarded

STRONG_COLUMNS: Final = (
    *(
        "Date",
        "Workout Name",
        "Exercise Name",
        "Set Order",
        "Weight",
        "Weight Unit",
        "Reps",
        "RPE",
    ),
    *("Distance", "Distance Unit", "Seconds", "Notes", "Workout Notes", "Workout Duration"),
    *("Superset", "AMRAP", "Session RPE"),
)
HEVY_COLUMNS: Final = (
    *("title", "start_time", "end_time", "description", "exercise_title", "superset_id"),
    *("exercise_notes", "set_index", "set_type", "{weight}", "reps", "distance_km"),
    *("duration_seconds", "rpe", "rest_seconds", "set_notes", "amrap"),
    "session_rpe",
)
_STRONG_KINDS: Final[dict[SetType, str]] = {"warm_up": "W", "drop": "D", "failure": "F"}
_HEVY_KINDS: Final[dict[SetType, str]] = {
    "warm_up": "warmup",
    "drop": "dropset",
    "failure": "failure",
}
_YES: Final = "yes"
# Back in kg, less than a tenth of a gram from what it was.
_POUND_DECIMALS: Final = 4
_MINUTES_OF_A_DAY: Final = 1440
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def strong_rows(workouts: Iterable[ReadWorkout], weight_unit: WeightUnit) -> Iterator[str]:
    """The lines of a file of Strong, the header first. Distances are in km."""
    line = _Line(delimiter=";")
    yield line.of(STRONG_COLUMNS)
    for workout in workouts:
        for cells in _strong_cells(workout, weight_unit):
            yield line.of(cells)


def hevy_rows(workouts: Iterable[ReadWorkout], weight_unit: WeightUnit) -> Iterator[str]:
    """The lines of a file of Hevy, the header first. Distances are in km."""
    line = _Line(delimiter=",")
    weight = "weight_kg" if weight_unit == "kg" else "weight_lbs"
    yield line.of([name.format(weight=weight) for name in HEVY_COLUMNS])
    for workout in workouts:
        for cells in _hevy_cells(workout, weight_unit):
            yield line.of(cells)


class _Line:
    """Cells to one line of CSV."""

    def __init__(self, delimiter: str) -> None:
        self._writer = csv.writer(self, delimiter=delimiter, lineterminator="\r\n")

    def write(self, line: str) -> str:
        return line

    def of(self, cells: Iterable[Any]) -> str:
        # What the writer's file answers to write() is what writerow() answers.
        return str(self._writer.writerow(cells))


def _strong_cells(workout: ReadWorkout, unit: WeightUnit) -> Iterator[list[Any]]:
    start = workout.start.isoformat(" ", "seconds")
    head = [start, guarded(workout.name)]
    tail = [guarded(workout.notes), _length(workout.duration_minutes)]
    effort = _half_step(workout.session_rpe)
    untold, numbers = dict(workout.exercise_notes), Counter[str]()
    for done in workout.sets:
        name = guarded(done.exercise)
        if note := untold.pop(done.exercise, ""):
            yield [*head, name, "Note", *[""] * 7, guarded(note), *tail, "", "", effort]
        kind = _STRONG_KINDS.get(done.set_type)
        numbers[done.exercise] += not kind
        yield [
            *(*head, name, kind or numbers[done.exercise]),
            *(_load(done.weight, unit), unit if done.weight is not None else ""),
            *(done.reps, _half_step(done.rpe)),
            *(_exactly(done.distance), "km" if done.distance is not None else ""),
            *(done.duration, guarded(done.notes), *tail),
            *(done.superset, _YES if done.set_type == "amrap" else "", effort),
        ]
        if done.rest_seconds is not None:
            rest = ["Rest Timer", *[""] * 6, done.rest_seconds, ""]
            yield [*head, name, *rest, *tail, "", "", effort]
    for exercise, note in untold.items():
        told = ["Note", *[""] * 7, guarded(note)]
        yield [*head, guarded(exercise), *told, *tail, "", "", effort]


def _hevy_cells(workout: ReadWorkout, unit: WeightUnit) -> Iterator[list[Any]]:
    end = _end(workout)
    head = [
        *(guarded(workout.name), _spelled(workout.start), _spelled(end) if end else ""),
        guarded(workout.notes),
    ]
    numbers = Counter[str]()
    for done in workout.sets:
        yield [
            *(*head, guarded(done.exercise)),
            "" if done.superset is None else done.superset - 1,
            guarded(workout.exercise_notes.get(done.exercise, "")),
            *(numbers[done.exercise], _HEVY_KINDS.get(done.set_type, "normal")),
            *(_load(done.weight, unit), done.reps, _exactly(done.distance), done.duration),
            *(_half_step(done.rpe), done.rest_seconds, guarded(done.notes)),
            *(_YES if done.set_type == "amrap" else "", _half_step(workout.session_rpe)),
        ]
        numbers[done.exercise] += 1


def _end(workout: ReadWorkout) -> dt.datetime | None:
    minutes = workout.duration_minutes
    if workout.end_time is None or (minutes or 0) >= _MINUTES_OF_A_DAY:
        return None if minutes is None else workout.start + dt.timedelta(minutes=minutes)
    end = dt.datetime.combine(workout.date, workout.end_time)
    return end if end >= workout.start else end + dt.timedelta(days=1)


def _spelled(moment: dt.datetime) -> str:
    """As Hevy does in English; with seconds where there are any, which Hevy leaves out."""
    seconds = f":{moment.second:02}" if moment.second else ""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M}{seconds}"


def _length(minutes: int | None) -> str:
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    return f"{hours}h {rest}m" if hours and rest else f"{hours}h" if hours else f"{rest}m"


def _load(kg: float | None, unit: WeightUnit) -> str:
    if kg is None or unit == "kg":
        return _exactly(kg)
    return _exactly(round(kg_to_pounds(kg), _POUND_DECIMALS))


def _exactly(value: float | None) -> str:
    """The shortest text that reads back as the same number."""
    return "" if value is None else repr(float(value))


def _half_step(rpe: float | None) -> str:
    return "" if rpe is None else f"{rpe:g}"
