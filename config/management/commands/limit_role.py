from typing import Any

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from users.management.ops import OpsCommand

_KNOWN = """
    SELECT split_part(setting, '=', 1), split_part(setting, '=', 2)
    FROM pg_db_role_setting, unnest(setconfig) AS setting
    WHERE setrole = current_user::regrole AND setdatabase = 0
"""


class Command(OpsCommand):
    help = (
        "Give our database role the limits that a connection cannot ask for through a pooler."
        " They hold for connections made from then on. Running it again changes nothing."
    )

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
                self.tell(f"{name} = {value}", dry_run=dry_run)
        self.stdout.write(f"{len(changed)} of {len(settings.DATABASE_LIMITS)} limits are new.")
