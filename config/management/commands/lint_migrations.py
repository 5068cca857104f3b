from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from config.operations import migration_rules
from users.management.ops import OpsCommand


class Command(OpsCommand):
    help = (
        "Try each migration that is not released, and say what it would break while the release "
        "before it runs. Exit code 1 if anything."
    )
    writes = False
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--release",
            action="store_true",
            help="Write down that the migrations here are released; nothing is tried.",
        )

    def handle(self, *, release: bool, **options: Any) -> None:
        if release:
            added = migration_rules.release(MigrationLoader(connection))
            self.stdout.write(f"{added} migrations are released.")
            return
        try:
            faults = migration_rules.lint(connection)
        except migration_rules.LinterMissingError as error:
            raise CommandError(str(error)) from error
        for fault in faults:
            self.stderr.write(f"{fault.migration}: {fault.rule}: {fault.message}")
        if faults:
            raise CommandError(f"{len(faults)} faults; docs/migrations.md tells what to do.")
        self.stdout.write("Every migration may run beside the release before it.")
