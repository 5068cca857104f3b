from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import connections

from config.operations.migrations import ATTEMPTS, LOCK_TIMEOUT_MS, beside_traffic


class Command(migrate.Command):
    """Django's own, which may run while people use the database."""

    help = (
        "Bring the database schema up to the code. It waits a second for a lock, lets the others "
        "go first, and tries again. Running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-timeout-ms",
            type=int,
            default=LOCK_TIMEOUT_MS,
            help="How long a statement waits for a lock, and others behind it; %(default)s.",
        )
        parser.add_argument(
            "--attempts",
            type=int,
            default=ATTEMPTS,
            help="How often a lock is asked for before the command fails; %(default)s.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        beside_traffic(
            lambda: super(Command, self).handle(*args, **options),
            connection=connections[options["database"]],
            lock_timeout_ms=options["lock_timeout_ms"],
            attempts=options["attempts"],
        )
