"""What a file is, before it is read: its app, how it is written, and what it leaves unsaid."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO, Final, Literal, cast

from workouts.transfer import quantities
from workouts.transfer.columns import Header, Row
from workouts.transfer.evidence import DateEvidence, LoadEvidence, MarkEvidence
from workouts.transfer.lines import Lines
from workouts.transfer.measures import DISTANCE_UNITS, WEIGHT_UNITS
from workouts.transfer.readings import (
    MAX_NAME,
    App,
    DateOrder,
    DecimalMark,
    DistanceUnit,
    Options,
    WeightUnit,
)
from workouts.transfer.strong import NOTE, REST
from workouts.transfer.table import Table
from workouts.transfer.texts import line_of_text

MAX_EXERCISES: Final = 5000

# "none": the file has no such values, so the unit does not matter.
UnitSource = Literal["header", "column", "detected", "unknown", "none"]
Question = Literal["weight_unit", "distance_unit", "date_order"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file cannot be read at all."""

    code: Literal["not_text", "empty", "unknown_format", "missing_columns", "no_rows", "bad_dates"]
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """What one pass over a file tells. With a problem, only what was learned before it.

    ``exercises`` has the number of sets by name, of the first 5,000 names. ``first_date`` and
    ``last_date`` are None while the order of dates is.
    """

    problem: Problem | None = None
    app: App | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal_mark: DecimalMark | None = None
    weight_unit: WeightUnit | None = None
    weight_unit_source: UnitSource = "unknown"
    distance_unit: DistanceUnit | None = None
    distance_unit_source: UnitSource = "unknown"
    date_order: DateOrder | None = None
    rows: int = 0
    workouts: int = 0
    sets: int = 0
    exercises: dict[str, int] = field(default_factory=dict)
    exercises_left_out: bool = False
    first_date: dt.date | None = None
    last_date: dt.date | None = None

    @property
    def questions(self) -> list[Question]:
        """What the file's owner must say before it can be read."""
        open_questions: list[Question] = []
        if self.weight_unit is None and self.weight_unit_source == "unknown":
            open_questions.append("weight_unit")
        if self.distance_unit is None and self.distance_unit_source == "unknown":
            open_questions.append("distance_unit")
        if self.date_order is None:
            open_questions.append("date_order")
        return [] if self.problem else open_questions

    def options(self) -> Options:
        """How to read the file, as far as it is known."""
        return Options(
            weight_unit=self.weight_unit,
            distance_unit=self.distance_unit,
            date_order=self.date_order,
            encoding=self.encoding,
            delimiter=self.delimiter,
            decimal_mark=self.decimal_mark,
        )


def survey(file: BinaryIO) -> Survey:
    """Look through a file, from where it stands to its end, in little memory.

    Never raises for what the file contains.
    """
    lines = Lines(file)
    if lines.binary_kind:
        message = f"This is {lines.binary_kind}. Export the history as CSV."
        return Survey(problem=Problem("not_text", message))
    table = Table(lines)
    problem = _problem_of_header(table)
    if problem or table.header is None:
        app = table.header.app if table.header else None
        return Survey(problem=problem, app=app, encoding=lines.encoding, delimiter=table.delimiter)
    tally = _Tally(table.header, table.delimiter)
    for row in table.rows():
        if isinstance(row, Row):
            tally.add(row)
    return tally.survey(lines.encoding)


def _problem_of_header(table: Table) -> Problem | None:
    if table.is_empty:
        return Problem("empty", "The file is empty.")
    if table.header is None:
        return Problem(
            "unknown_format", "The first line names no columns of a file of Strong or of Hevy."
        )
    if missing := table.header.missing:
        message = f"These columns are missing: {', '.join(missing)}."
        return Problem("missing_columns", message)
    return None


class _Tally:
    """What the rows so far tell."""

    def __init__(self, header: Header, delimiter: str) -> None:
        self._header, self._delimiter = header, delimiter
        self._rows = self._workouts = self._sets = 0
        self._workout: tuple[str, str] | None = None
        self._exercises: Counter[str] = Counter()
        self._left_out = False
        self._loads, self._dates, self._marks = LoadEvidence(), DateEvidence(), MarkEvidence()
        self._weight_units: Counter[str | None] = Counter()
        self._distance_units: Counter[str | None] = Counter()

    def add(self, row: Row) -> None:
        self._rows += 1
        workout = (row["start"], row["workout"])
        if workout != self._workout:
            self._workout = workout
            self._workouts += 1
            self._dates.add(row["start"])
        if row["kind"].lower() not in {REST, NOTE}:
            self._add_set(row)

    def _add_set(self, row: Row) -> None:
        self._sets += 1
        name = line_of_text(row["exercise"], MAX_NAME)
        if name in self._exercises or len(self._exercises) < MAX_EXERCISES:
            self._exercises[name] += bool(name)
        else:
            self._left_out = True
        self._add_load(row)
        column, cell = row.filled("distance")
        if column and self._number(cell):
            named = DISTANCE_UNITS.get(row["distance_unit"].lower().rstrip("."))
            self._distance_units[named or column.unit] += 1

    def _add_load(self, row: Row) -> None:
        column, cell = row.filled("weight")
        if not column or not (load := self._number(cell)):
            return
        unit = WEIGHT_UNITS.get(row["weight_unit"].lower().rstrip(".")) or column.unit
        self._weight_units[unit] += 1
        if unit is None:
            self._loads.add(load)

    def _number(self, cell: str) -> Decimal | None:
        self._marks.add(cell)
        return quantities.number(cell, comma_groups=self._delimiter == ",")

    def survey(self, encoding: str) -> Survey:
        weight_unit, weight_unit_source = _stated(self._header, "weight", self._weight_units)
        if weight_unit_source == "unknown" and (weight_unit := self._loads.verdict()):
            weight_unit_source = "detected"
        distance_unit, distance_unit_source = _stated(
            self._header, "distance", self._distance_units
        )
        first_date, last_date = self._dates.span()
        return Survey(
            problem=self._problem(),
            app=self._header.app,
            encoding=encoding,
            delimiter=self._delimiter,
            decimal_mark=self._marks.mark(),
            weight_unit=cast("WeightUnit | None", weight_unit),
            weight_unit_source=weight_unit_source,
            distance_unit=cast("DistanceUnit | None", distance_unit),
            distance_unit_source=distance_unit_source,
            date_order=self._dates.order() if self._dates.any else None,
            rows=self._rows,
            workouts=self._workouts,
            sets=self._sets,
            exercises={name: count for name, count in self._exercises.items() if name},
            exercises_left_out=self._left_out,
            first_date=first_date,
            last_date=last_date,
        )

    def _problem(self) -> Problem | None:
        if not self._rows:
            return Problem("no_rows", "The file has a header and no rows below it.")
        if not self._dates.any:
            return Problem("bad_dates", "None of the dates in the file can be read.")
        return None


def _stated(
    header: Header, key: Literal["weight", "distance"], counts: Counter[str | None]
) -> tuple[str | None, UnitSource]:
    """The unit of most values that have one, where those without can only be in the same."""
    units = Counter({unit: count for unit, count in counts.items() if unit})
    if units and (None not in counts or len(units) == 1):
        unit_key = "weight_unit" if key == "weight" else "distance_unit"
        return units.most_common(1)[0][0], "column" if unit_key in header.columns else "header"
    return None, "unknown" if counts else "none"
