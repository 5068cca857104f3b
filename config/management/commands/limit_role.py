from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from psycopg import sql

_KNOWN = """
    SELECT split_part(setting, '=', 1), split_part(setting, '=', 2)
    FROM pg_db_role_setting, unnest(setconfig) AS setting
    WHERE setrole = current_user::regrole AND setdatabase = 0
"""


class Command(BaseCommand):
    help = (
        "Give our database role the limits that a connection cannot ask for through a pooler."
        " They hold for connections made from then on. Running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what would change.")

    @transaction.atomic
    def handle(self, *, dry_run: bool, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_KNOWN)
            known = dict(cursor.fetchall())
            changed = {
                name: value
                for name, value in settings.DATABASE_LIMITS.items()
                if known.get(name) != value
            }
            for name, value in changed.items():
                statement = sql.SQL("ALTER ROLE CURRENT_USER SET {} = {}").format(
                    sql.Identifier(name), sql.Literal(value)
                )
                if not dry_run:
                    cursor.execute(statement)
                self.stdout.write(f"{'Dry run: ' if dry_run else ''}{name} = {value}")
        self.stdout.write(f"{len(changed)} of {len(settings.DATABASE_LIMITS)} limits are new.")
