from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from users.management.ops import OpsCommand, progress
from workouts.services import catalogue


class Command(OpsCommand):
    help = "Add exercises from a file of free-exercise-db. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="free-exercise-db's dist/exercises.json.")

    def handle(self, *, path: Path, dry_run: bool, verbosity: int, **options: Any) -> None:
        try:
            rows = progress(catalogue.read_rows(path), of="Rows")
            imported = catalogue.import_exercises(rows=rows, dry_run=dry_run)
        except (catalogue.UnreadableFile, catalogue.CatalogueNameTaken) as error:
            raise CommandError(error.message) from error
        self.tell(imported.stored, dry_run=dry_run)
        self._tell_skipped(imported.skipped, verbosity=verbosity)

    def _tell_skipped(self, skipped: list[catalogue.Skipped], *, verbosity: int) -> None:
        if not skipped:
            return
        self.tell(f"{len(skipped)} rows skipped:")
        for reason, count in Counter(row.reason for row in skipped).most_common():
            self.tell(f"{count:6} {reason}")
        if verbosity > 1:
            for row in skipped:
                self.tell(f"  {row}")
