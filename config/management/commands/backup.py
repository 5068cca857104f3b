from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from config.operations import backups, restores
from config.operations.archives import BackupError
from users.management.ops import OpsCommand


class Command(OpsCommand):
    help = (
        "Back up the database and the files into one file, while people go on. Each run makes"
        " another one; a failed run leaves none, and ends with 1."
    )
    # It must also work on a day on which something else does not.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, metavar="DIR", help="Instead of BACKUP_DIR.")
        parser.add_argument(
            "--keep", type=int, metavar="N", help="Afterwards remove all but the newest N there."
        )
        parser.add_argument(
            "--no-media", action="store_true", help="The database alone, without files."
        )
        parser.add_argument(
            "--verify",
            action="store_true",
            help="Restore it into a database that goes afterwards, and compare every table.",
        )

    def handle(
        self,
        *,
        to: Path | None,
        keep: int | None,
        no_media: bool,
        verify: bool,
        dry_run: bool,
        **options: Any,
    ) -> None:
        if keep is not None and keep < 1:
            message = "--keep must be 1 or more: the new backup is one of them."
            raise CommandError(message, returncode=2)
        folder, url = (to or Path(settings.BACKUP_DIR)).resolve(), settings.DATABASE_DIRECT_URL
        try:
            if dry_run:
                self._tell(backups.plan(url=url, with_files=not no_media), folder)
                return
            backup = backups.back_up(url=url, folder=folder, keep=keep, with_files=not no_media)
            manifest = restores.examine(backup.path)
            if verify:
                restores.rehearse(backup.path, manifest, url=url)
                backup = backups.note_verified(backup)
        except (BackupError, psycopg.Error, OSError) as error:
            raise CommandError(str(error)) from error
        for name in manifest.missing_files[:20]:
            self.stderr.write(f"{name} is named by a row, and is not there.")
        self.stdout.write(
            f"{backup.path}: {backup.rows} rows and {backup.files} files in "
            f"{filesizeformat(backup.bytes)}{', restored and equal' if verify else ''}."
        )

    def _tell(self, plan: backups.Plan, folder: Path) -> None:
        self.stdout.write(
            f"Dry run: {plan.database} ({filesizeformat(plan.database_bytes)}) and {plan.files} "
            f"files ({filesizeformat(plan.file_bytes)}) would go to {folder} by {plan.pg_dump}."
        )
