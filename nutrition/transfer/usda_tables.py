"""The tables of a FoodData Central download: CSV files in a folder, or in the archive itself."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from operator import itemgetter
from pathlib import Path
from typing import IO, Final

from nutrition.transfer.readings import Unusable

# Ingredients of a branded food are the longest cells there are, of some thousand characters.
# What goes beyond is a quote that was never closed.
MAX_CELL: Final = csv.field_size_limit()

# The line on which a row begins, and the cells that were asked for.
Row = tuple[int, tuple[str, ...]]


class Tables:
    """The tables at a path. The folder in the archive, named after the release, is found."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._archive = None if path.is_dir() else _archive(path)
        self._places = dict(self._found())

    def close(self) -> None:
        if self._archive:
            self._archive.close()

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def rows(
        self, name: str, needed: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> Iterator[Row | Unusable]:
        """The cells under these names of each row, "" for the optional that a release lacks.

        Unusable is a row that is none, or the last thing where the file is damaged. A table that
        is not there has no rows.
        """
        if name not in self._places:
            return
        try:
            with closing(self._open(name)) as file:
                text = io.TextIOWrapper(file, "utf-8-sig", "replace", newline="")
                yield from _rows(text, name, needed, optional)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            yield Unusable("damaged_file", f"{name} is damaged, or encrypted.")

    def _open(self, name: str) -> IO[bytes]:
        place = self._places[name]
        return self._archive.open(place) if self._archive else Path(place).open("rb")

    def _found(self) -> Iterator[tuple[str, str]]:
        places = self._archive.namelist() if self._archive else _csv_files(self._path)
        for place in places:
            yield place.replace("\\", "/").rpartition("/")[2].lower(), place


def _archive(path: Path) -> zipfile.ZipFile | None:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise Unusable("damaged_file", "This is neither a folder nor a ZIP archive.") from error


def _csv_files(folder: Path) -> list[str]:
    # Those in the folder itself come last, and win.
    return [str(place) for pattern in ("*/*.csv", "*.csv") for place in folder.glob(pattern)]


def _rows(
    text: IO[str], name: str, needed: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[Row | Unusable]:
    reader = csv.reader(text)
    try:
        header = [title.strip().lower() for title in next(reader, [])]
    except csv.Error:
        header = []
    if missing := [column for column in needed if column not in header]:
        message = f"{name} lacks these columns: {', '.join(missing)}."
        yield Unusable("unknown_columns", message)
        return
    width = len(header)
    # A cell is put behind each row for what the release lacks.
    places = {title: place for place, title in enumerate(header)}
    chosen = itemgetter(*(places.get(column, width) for column in (*needed, *optional)), width)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Unusable("bad_line", f"Line {line} of {name} is no CSV.")
            continue
        if len(cells) == width:
            cells.append("")
            yield line, chosen(cells)
        elif cells:
            message = f"Line {line} of {name} has {len(cells)} cells, and the header has {width}."
            yield Unusable("wrong_number_of_cells", message)
