from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from workouts.services import catalogue


class Command(BaseCommand):
    help = "Add exercises from a file of free-exercise-db. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="free-exercise-db's dist/exercises.json.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would change.")

    def handle(self, *, path: Path, dry_run: bool, verbosity: int, **options: Any) -> None:
        try:
            rows = tqdm(catalogue.read_rows(path), desc="Rows", unit="", disable=None)
            imported = catalogue.import_exercises(rows=rows, dry_run=dry_run)
        except (catalogue.UnreadableFile, catalogue.CatalogueNameTaken) as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{'Dry run: ' if dry_run else ''}{imported.stored}")
        self._tell_skipped(imported.skipped, verbosity=verbosity)

    def _tell_skipped(self, skipped: list[catalogue.Skipped], *, verbosity: int) -> None:
        if not skipped:
            return
        self.stdout.write(f"{len(skipped)} rows skipped:")
        for reason, count in Counter(row.reason for row in skipped).most_common():
            self.stdout.write(f"{count:6} {reason}")
        if verbosity > 1:
            for row in skipped:
                self.stdout.write(f"  {row}")
