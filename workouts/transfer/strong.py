"""The CSV files of the app Strong, of all the versions and countries that we know.

One row per set, its kind in "Set Order": a number, W (warm-up), D (drop set) or F (to failure).
Rows of the kinds "Rest Timer" and "Note" tell something about the set or the exercise before.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

from workouts.transfer import quantities
from workouts.transfer.assembly import Dialect, Draft, workouts_in
from workouts.transfer.columns import Row
from workouts.transfer.measures import Measures
from workouts.transfer.readings import (
    MAX_MINUTES,
    MAX_REST_SECONDS,
    DateOrder,
    Options,
    ReadWorkout,
    RowError,
    SetType,
    Unreadable,
)
from workouts.transfer.texts import shown

SET_TYPES: Final[dict[str, SetType]] = {"w": "warm_up", "d": "drop", "f": "failure"}
REST, NOTE = "rest timer", "note"


def read(file: BinaryIO, options: Options) -> Iterator[ReadWorkout | RowError]:
    """Each workout of a file, and each row that could not be taken, as they come.

    At most one workout is held in memory. Rows belong to one workout while date and name stay
    the same; one that comes again later is another. Never raises for what the file contains.
    """
    return workouts_in(file, options, Dialect("strong", _time, _add))


def _time(draft: Draft, row: Row, _: DateOrder | None) -> None:
    column, cell = row.filled("length")
    if column is None:
        return
    seconds = quantities.seconds(cell, column.unit)
    if seconds is None or not 0 <= seconds <= MAX_MINUTES * 60:
        message = f"{column.name} must be from 0 to 48 hours, not {shown(cell)}."
        raise Unreadable(column.name, "bad_duration", message)
    draft.duration_minutes = round(seconds / 60)


def _add(draft: Draft, row: Row, measures: Measures) -> None:
    kind = row["kind"].lower()
    exercise = measures.exercise(row)
    if kind == REST:
        rest = measures.seconds(row, "seconds", MAX_REST_SECONDS)
        # Some versions write the kind in place of the exercise too.
        last = draft.sets[-1].exercise if draft.sets else ""
        draft.rest_after(last if exercise.lower() == REST else exercise, rest)
    elif kind == NOTE:
        draft.note(exercise, row["set_notes"])
    else:
        read_set = measures.set_of(row, _set_type(row, kind))
        draft.add(replace(read_set, superset=measures.superset(row, first=1)))


def _set_type(row: Row, kind: str) -> SetType:
    if kind in SET_TYPES:
        return SET_TYPES[kind]
    if kind and quantities.number(kind) is None:
        column = row.header.name_of("kind")
        message = f"{column} must be a number, W, D, F, Rest Timer or Note, not {shown(kind)}."
        raise Unreadable(column, "unknown_set_type", message)
    return "normal"
