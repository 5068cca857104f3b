"""The rows of a CSV file under the header of one of the apps."""

import csv
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Final

from workouts.transfer.columns import Header, Row, recognized
from workouts.transfer.lines import MAX_LINE, Lines
from workouts.transfer.readings import RowError
from workouts.transfer.texts import shown

DELIMITERS: Final = ",;\t"
# A forgotten quote swallows rows up to the next one. So often is such a run read again from its
# second line; a file that is nothing but quotes must not be read a thousand times over.
_MAX_RESCUES: Final = 50


class Table:
    """A file as rows, read as one iterates; ``header`` is None where it is of neither app."""

    def __init__(self, lines: Lines, delimiter: str | None = None) -> None:
        self._feed = _Feed(lines)
        self.delimiter = delimiter or DELIMITERS[0]
        self.header: Header | None = None
        title = next(self._feed.titles(), "")
        self.is_empty = not title
        for candidate in delimiter or DELIMITERS:
            header = recognized(_cells(title, candidate))
            if header and (self.header is None or _known(header) > _known(self.header)):
                self.header, self.delimiter = header, candidate

    def rows(self) -> Iterator[Row | RowError]:
        """Each row below the header, empty ones left out; a RowError for what is none."""
        if self.header is None:
            return
        for line, cells in self._records():
            if isinstance(cells, RowError):
                yield cells
            elif any(cell.strip() for cell in cells):
                yield self._row(line, cells, self.header)

    def _row(self, line: int, cells: list[str], header: Header) -> Row | RowError:
        if len(cells) < header.width or any(cell.strip() for cell in cells[header.width :]):
            self._feed.rescue()
            message = f"The row has {len(cells)} cells, and the header has {header.width}."
            return RowError(line, "", "wrong_number_of_cells", message)
        return Row(line, cells, header)

    def _records(self) -> Iterator[tuple[int, list[str] | RowError]]:
        reader = csv.reader(self._feed, delimiter=self.delimiter, skipinitialspace=True)
        while True:
            self._feed.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (_TooLong, csv.Error) as error:
                yield self._feed.start, _unreadable(self._feed.start, error)
                self._feed.rescue()
            else:
                yield self._feed.start, cells


class _TooLong(Exception):
    """A line, or the lines of one row, are longer than any app writes."""


class _Feed(Iterator[str]):
    """The lines for a csv.reader, those of the row at hand remembered."""

    def __init__(self, lines: Lines) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._size = 0
        self._rescues_left = _MAX_RESCUES
        self.line = 0

    @property
    def start(self) -> int:
        """The line, from 1, on which the row at hand begins."""
        return max(1, self.line - len(self._taken) + 1)

    def begin(self) -> None:
        self._taken, self._size = [], 0

    def titles(self) -> Iterator[str]:
        """The first line that says something, skipping what spreadsheets write above it."""
        for line in islice(self._lines, 20):
            self.line += 1
            if line is None:
                yield "a line that is too long"
            elif line.strip(" \t\n") and not line.lower().startswith("sep="):
                yield line

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.line += 1
        self._taken.append(line or "")
        self._size += len(line or "")
        if line is None or self._size > MAX_LINE:
            raise _TooLong
        return line

    def rescue(self) -> None:
        """Give the lines of the row at hand again, but for its first."""
        again = self._taken[1:]
        if again and self._rescues_left:
            self._rescues_left -= 1
            self.line -= len(again)
            self._again.extendleft(reversed(again))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []


def _known(header: Header) -> int:
    return sum(len(columns) for columns in header.columns.values())


def _unreadable(line: int, error: Exception) -> RowError:
    if isinstance(error, _TooLong):
        return RowError(line, "", "row_too_long", "The row is over 64 kB: a quote may be missing.")
    return RowError(line, "", "bad_row", f"The row is no CSV: {shown(str(error))}.")
