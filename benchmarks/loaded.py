"""What a database of the benchmarks holds, and who is logged in there; needs Django."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from psycopg import sql

from benchmarks.database import NOTE
from users.models import Session, User
from users.sessions import SessionStore


def note() -> str | None:
    """What was noted of the data that was loaded last."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE)
        found: str | None = cursor.fetchone()[0]
    return found


def write_note(text: str) -> None:
    name = sql.Identifier(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(text)).as_string()
        )


def empty() -> None:
    """Drop all tables."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def fingerprint(module: str, patterns: Iterable[str]) -> str:
    """Changes when what is loaded may: with a module, with these files, and with the tables."""
    files = [Path(module)]
    for pattern in (*patterns, "*/migrations/*.py"):
        files += sorted(settings.BASE_DIR.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def log_in(people: Sequence[User]) -> list[str]:
    """Give each a session, and nobody else, under the secret key of this run: their tokens."""
    sessions, tokens = [], []
    for user in people:
        store = SessionStore()
        content = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        store.update(content)
        store.set_expiry(settings.SESSION_TOKEN_AGE)
        sessions.append(store.create_model_instance(content))
        tokens.append(str(store.token))
    Session.objects.all().delete()
    Session.objects.bulk_create(sessions)
    return tokens
