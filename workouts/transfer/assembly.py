"""From rows to workouts, one at a time."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from workouts.transfer.columns import Row
from workouts.transfer.lines import Lines
from workouts.transfer.measures import Measures
from workouts.transfer.moments import MAX_DATE, MIN_DATE, moment
from workouts.transfer.readings import (
    MAX_NAME,
    MAX_NOTES,
    MAX_SETS,
    App,
    DateOrder,
    Options,
    ReadSet,
    ReadWorkout,
    RowError,
    Unreadable,
)
from workouts.transfer.table import Table
from workouts.transfer.texts import line_of_text, shown, text

UNNAMED: Final = "Workout"
_NO_START: Final = dt.datetime.combine(MIN_DATE, dt.time())


@dataclass(slots=True)
class Draft:
    """The workout of the rows at hand."""

    line: int
    key: tuple[str, str]
    name: str
    start: dt.datetime
    notes: str = ""
    fault: RowError | None = None
    """Why none of its rows can be taken."""
    end_time: dt.time | None = None
    duration_minutes: int | None = None
    session_rpe: float | None = None
    exercise_notes: dict[str, str] = field(default_factory=dict)
    sets: list[ReadSet] = field(default_factory=list)
    last_set: dict[str, int] = field(default_factory=dict)
    """By exercise, the index of its latest set."""

    def add(self, added: ReadSet) -> None:
        if len(self.sets) >= MAX_SETS:
            message = f"A workout has at most {MAX_SETS} sets."
            raise Unreadable("", "too_many_sets", message)
        self.last_set[added.exercise] = len(self.sets)
        self.sets.append(added)

    def rest_after(self, exercise: str, seconds: int | None) -> None:
        """Note the rest after the latest set of an exercise; nothing without one."""
        index = self.last_set.get(exercise)
        if index is not None and seconds is not None:
            self.sets[index] = replace(self.sets[index], rest_seconds=seconds)

    def note(self, exercise: str, cell: str) -> None:
        """Note something about an exercise; once what is told again with every set."""
        said, known = text(cell, MAX_NOTES), self.exercise_notes.get(exercise, "")
        is_new = bool(said) and f"\n{said}\n" not in f"\n{known}\n"
        if is_new and (known or len(self.exercise_notes) < MAX_SETS):
            self.exercise_notes[exercise] = f"{known}\n{said}".strip()[:MAX_NOTES].rstrip()

    def finished(self) -> Iterator[ReadWorkout]:
        """The workout, where anything of it could be read."""
        if self.sets or self.exercise_notes:
            yield ReadWorkout(
                line=self.line,
                name=self.name,
                date=self.start.date(),
                start_time=self.start.time(),
                end_time=self.end_time,
                duration_minutes=self.duration_minutes,
                session_rpe=self.session_rpe,
                notes=self.notes,
                exercise_notes=self.exercise_notes,
                sets=self.sets,
            )


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the apps.

    ``time`` fills in how long a draft was, and ``add`` takes a row into it; both raise Unreadable.
    """

    app: App
    time: Callable[[Draft, Row, DateOrder | None], None]
    add: Callable[[Draft, Row, Measures], None]


def workouts_in(
    file: BinaryIO, options: Options, dialect: Dialect
) -> Iterator[ReadWorkout | RowError]:
    table = Table(Lines(file, options.encoding), options.delimiter)
    if table.header is None or table.header.app != dialect.app:
        message = f"This is no file of {dialect.app.capitalize()}: its columns have other names."
        yield RowError(1, "", "unknown_format", message)
        return
    if missing := table.header.missing:
        message = f"These columns are missing: {', '.join(missing)}."
        yield RowError(1, missing[0], "missing_columns", message)
        return
    yield from _assembled(table, options, dialect)


def _assembled(
    table: Table, options: Options, dialect: Dialect
) -> Iterator[ReadWorkout | RowError]:
    measures = Measures(options, table.delimiter)
    draft: Draft | None = None
    for row in table.rows():
        if isinstance(row, RowError):
            yield row
            continue
        if draft is None or draft.key != _key(row):
            if draft:
                yield from draft.finished()
            draft = _begun(row, options.date_order)
            yield from _errors_of_time(draft, row, dialect, options.date_order)
            yield from _errors_of_effort(draft, row, measures)
        # Some versions tell it in one row only.
        draft.notes = draft.notes or text(row["workout_notes"], MAX_NOTES)
        yield from _errors_of_row(draft, row, dialect, measures)
    if draft:
        yield from draft.finished()


def _key(row: Row) -> tuple[str, str]:
    """What the rows of a workout have in common."""
    return row["start"], row["workout"]


def _begun(row: Row, order: DateOrder | None) -> Draft:
    start = moment(row["start"], order)
    draft = Draft(
        line=row.line,
        key=_key(row),
        name=line_of_text(row["workout"], MAX_NAME) or UNNAMED,
        start=start if isinstance(start, dt.datetime) else _NO_START,
    )
    column = row.header.name_of("start")
    if start == "bad":
        wanted = f"a date from {MIN_DATE} to {MAX_DATE}"
        message = f"{column} must be {wanted}, not {shown(row['start'])}."
        draft.fault = RowError(row.line, column, "bad_date", message)
    elif start == "ambiguous":
        message = f"Say whether the day or the month comes first in {shown(row['start'])}."
        draft.fault = RowError(row.line, column, "ambiguous_date", message)
    return draft


def _errors_of_time(
    draft: Draft, row: Row, dialect: Dialect, order: DateOrder | None
) -> Iterator[RowError]:
    try:
        if draft.fault is None:
            dialect.time(draft, row, order)
    except Unreadable as error:
        yield error.at(row.line)


def _errors_of_effort(draft: Draft, row: Row, measures: Measures) -> Iterator[RowError]:
    try:
        if draft.fault is None:
            draft.session_rpe = measures.session_rpe(row)
    except Unreadable as error:
        yield error.at(row.line)


def _errors_of_row(
    draft: Draft, row: Row, dialect: Dialect, measures: Measures
) -> Iterator[RowError]:
    if draft.fault:
        yield replace(draft.fault, line=row.line)
        return
    try:
        dialect.add(draft, row, measures)
    except Unreadable as error:
        yield error.at(row.line)
