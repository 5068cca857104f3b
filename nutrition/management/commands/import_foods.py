import resource
import time
from argparse import ArgumentTypeError
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from tqdm import tqdm

from nutrition.models import FoodImportFormat
from nutrition.services import imports
from nutrition.services.imports_files import Place, size_of
from nutrition.services.imports_rejected import RejectedRows
from nutrition.transfer.readings import Rejected
from users.management.ops import INTERRUPTED, OpsCommand

_GO_ON: Final = "The same command goes on from there."


class Command(OpsCommand):
    help = (
        "Import foods of Open Food Facts or FoodData Central from a file of any size. Running it"
        " again changes nothing; after an interruption, it goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="A file; of USDA, the archive or its folder.")
        parser.add_argument(
            "--format",
            required=True,
            choices=FoodImportFormat.values,
            dest="file_format",
            help="Whose file it is, and how it is written.",
        )
        parser.add_argument(
            "--rejected", type=Path, metavar="FILE.csv", help="Write the rejected rows there."
        )
        parser.add_argument(
            "--restart", action="store_true", help="Begin anew where an earlier try was cut off."
        )
        parser.add_argument(
            "--batch",
            type=_batch_size,
            default=imports.BATCH,
            help=f"Rows of a transaction, {imports.BATCH} if not given.",
        )

    def handle(
        self,
        *,
        path: Path,
        file_format: str,
        dry_run: bool,
        rejected: Path | None,
        restart: bool,
        batch: int,
        **options: Any,
    ) -> None:
        began = time.perf_counter()
        with ExitStack() as stack:
            watch = _Watch(self, path, file_format, _rejected_rows(rejected, stack))
            stack.callback(watch.close)
            try:
                report = imports.import_foods(
                    path,
                    file_format,
                    batch_size=batch,
                    dry_run=dry_run,
                    restart=restart,
                    watch=watch,
                )
            except (imports.UnreadableFile, imports.ImportRunning) as error:
                raise CommandError(error.message) from error
            except OperationalError as error:
                raise CommandError(f"The database failed: {error} {_GO_ON}") from error
            except KeyboardInterrupt as error:
                raise CommandError(f"Interrupted. {_GO_ON}", returncode=INTERRUPTED) from error
        self._tell(report, seconds=time.perf_counter() - began, dry_run=dry_run)

    def _tell(self, report: imports.Report, *, seconds: float, dry_run: bool) -> None:
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.stdout.write(
            f"{'Dry run: ' if dry_run else ''}{report.rows:,} rows in {seconds:,.1f} s"
            f" ({report.rows / seconds:,.0f} rows/s), {peak_mb:,.0f} MB of memory at most."
        )
        merged = f", {report.merged:,} merged into others" if report.merged else ""
        self.stdout.write(
            f"{report.added:,} added, {report.changed:,} changed,"
            f" {report.unchanged:,} unchanged{merged}"
        )
        self.stdout.write(f"{report.rejected.total():,} rejected")
        by_count = sorted(report.rejected.items(), key=lambda item: (-item[1], item[0]))
        for reason, count in by_count:
            self.stdout.write(f"{count:8,} {reason}, such as {report.examples[reason]}")


class _Watch(imports.Watch):
    """Shows a progress bar, and writes down what is rejected."""

    def __init__(
        self, command: BaseCommand, path: Path, file_format: str, rejected: RejectedRows | None
    ) -> None:
        self._command, self._path, self._format = command, path, file_format
        self._rejected = rejected
        self._bar: tqdm[None] | None = None

    def begin(self, place: Place, rejected: int) -> None:
        if place != Place():
            where = f"line {place.line:,}" if place.line else f"food {place.offset}"
            self._command.stdout.write(f"Goes on behind {where}.")
        size = size_of(self._path, self._format)
        unit = {"unit": " rows"} if size is None else {"unit": "B", "unit_scale": True}
        self._bar = tqdm(total=size, desc=self._path.name, disable=None, **unit)
        if self._rejected:
            self._rejected.begin(rejected)

    def reject(self, rejected: Rejected) -> None:
        if self._rejected:
            self._rejected.add(rejected)

    def progress(self, bytes_read: int, rows: int) -> None:
        if self._bar is not None:
            self._bar.update((bytes_read or rows) - self._bar.n)
        if self._rejected:
            self._rejected.flush()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _rejected_rows(path: Path | None, stack: ExitStack) -> RejectedRows | None:
    try:
        return stack.enter_context(RejectedRows(path)) if path else None
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


def _batch_size(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:  # noqa: PLR2004 - in memory at once
        raise ArgumentTypeError("A batch has from 1 to 100000 rows.")
    return int(text)
