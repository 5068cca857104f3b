"""The CSV files of the app Hevy, in the languages that its dates come in."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

from workouts.transfer.assembly import Dialect, Draft, workouts_in
from workouts.transfer.columns import Row
from workouts.transfer.measures import Measures
from workouts.transfer.moments import moment
from workouts.transfer.readings import (
    MAX_MINUTES,
    DateOrder,
    Options,
    ReadWorkout,
    RowError,
    SetType,
    Side,
    Unreadable,
)
from workouts.transfer.texts import shown

SET_TYPES: Final[dict[str, SetType]] = {
    "": "normal",
    "normal": "normal",
    "regular": "normal",
    "warmup": "warm_up",
    "dropset": "drop",
    "drop": "drop",
    "failure": "failure",
    "left": "normal",
    "right": "normal",
}
SIDES: Final[dict[str, Side]] = {"left": "left", "right": "right"}
_DAY: Final = dt.timedelta(days=1)


def read(file: BinaryIO, options: Options) -> Iterator[ReadWorkout | RowError]:
    """Each workout of a file, and each row that could not be taken, as they come.

    At most one workout is held in memory. Rows belong to one workout while start and title stay
    the same; one that comes again later is another. Never raises for what the file contains.
    """
    return workouts_in(file, options, Dialect("hevy", _time, _add))


def _time(draft: Draft, row: Row, order: DateOrder | None) -> None:
    column, cell = row.filled("end")
    if column is None:
        return
    end = moment(cell, order)
    length = end - draft.start if isinstance(end, dt.datetime) else None
    if length is None or not dt.timedelta(0) <= length <= dt.timedelta(minutes=MAX_MINUTES):
        message = f"{column.name} must be within 48 hours of the start, not {shown(cell)}."
        raise Unreadable(column.name, "bad_end", message)
    draft.duration_minutes = round(length.total_seconds() / 60)
    # A time of day says less than the length where that is over a day.
    draft.end_time = (draft.start + length).time() if length < _DAY else None


def _add(draft: Draft, row: Row, measures: Measures) -> None:
    exercise = measures.exercise(row)
    read_set = measures.set_of(row, _set_type(row))
    side = SIDES.get(_kind(row), "")
    draft.add(replace(read_set, superset=measures.superset(row, first=0), side=side))
    draft.note(exercise, row["exercise_notes"])


def _kind(row: Row) -> str:
    return row["kind"].lower().replace(" ", "").replace("_", "").replace("-", "")


def _set_type(row: Row) -> SetType:
    kind = _kind(row)
    if kind not in SET_TYPES:
        column = row.header.name_of("kind")
        wanted = "normal, warmup, dropset, failure, left or right"
        message = f"{column} must be {wanted}, not {shown(kind)}."
        raise Unreadable(column, "unknown_set_type", message)
    return SET_TYPES[kind]
