from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connections

from config.operations import restores
from config.operations.archives import BackupError, Manifest
from users.management.ops import OpsCommand


class Command(OpsCommand):
    help = (
        "Bring a backup back: the whole of it, equal to what was backed up, or nothing and an end"
        " with 1. The database of before is put aside, not deleted."
    )
    # There may be nothing yet of what they check.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="What the backup command made.")
        parser.add_argument(
            "--database-url",
            default="",
            metavar="URL",
            help="Into this database instead of ours; the files then stay in the backup.",
        )
        parser.add_argument(
            "--force", action="store_true", help="Put a database that is not empty aside."
        )
        parser.add_argument(
            "--exact",
            action="store_true",
            help="Leave people's clocks as they were. Only if no phone saw what came later.",
        )
        parser.add_argument(
            "--without-keys",
            action="store_true",
            help="Even if keys of its secrets are not in WEARABLE_KEYS.",
        )
        parser.add_argument("--no-media", action="store_true", help="The database alone.")
        parser.add_argument(
            "--verify-only",
            action="store_true",
            help="Restore into a database that goes afterwards, and compare every table.",
        )

    def handle(
        self,
        *,
        file: Path,
        database_url: str,
        force: bool,
        exact: bool,
        without_keys: bool,
        no_media: bool,
        verify_only: bool,
        dry_run: bool,
        **options: Any,
    ) -> None:
        url = database_url or settings.DATABASE_DIRECT_URL
        try:
            manifest = restores.examine(file)
            target = restores.check(url=url, force=force or verify_only)
            if dry_run:
                self._tell(manifest, target)
                return
            if verify_only:
                restores.rehearse(file, manifest, url=url, without_keys=without_keys)
                self.stdout.write(f"Restored and equal: {self._of(manifest)}.")
                return
            # Ours too would keep the database from being put aside.
            connections.close_all()
            restored = restores.restore(
                file,
                manifest,
                to=target,
                exact=exact,
                files=not (no_media or database_url),
                without_keys=without_keys,
            )
        except (BackupError, psycopg.Error, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{target.name} is {self._of(manifest)}, and equal; "
            f"{restored.files_written} files were written."
        )
        if restored.aside:
            self.stdout.write(f"The database of before is {restored.aside}; drop it in time.")

    def _of(self, manifest: Manifest) -> str:
        return f"the backup of {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC, {manifest.rows} rows"

    def _tell(self, manifest: Manifest, target: restores.Target) -> None:
        before = "be made" if target.tables is None else "be replaced"
        self.stdout.write(
            f"Dry run: it is complete. {target.name} would {before}: "
            f"{self._of(manifest)}, with {len(manifest.files) - 1} files."
        )
