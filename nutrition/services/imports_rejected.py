"""The rows that an import left out, as a table for whoever mends them."""

import csv
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TextIO

from nutrition.transfer.readings import Rejected

HEADER = ("line", "source_id", "reason", "message")


class RejectedRows(AbstractContextManager["RejectedRows"]):
    """A CSV file of them. The same one goes on where its import does."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("a+", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)

    def begin(self, already: int) -> None:
        """Keep so many rows of an earlier try, and none that it wrote for a batch that failed."""
        self._file.seek(0)
        for _ in range(already + 1 if already else 0):
            self._file.readline()
        self._file.truncate(self._file.tell())
        if not self._file.tell():
            self._rows.writerow(HEADER)

    def add(self, rejected: Rejected) -> None:
        self._rows.writerow((rejected.line, rejected.source_id, rejected.reason, rejected.message))

    def flush(self) -> None:
        self._file.flush()

    def __exit__(self, *error: object) -> None:
        self._file.close()
