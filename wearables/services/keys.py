"""Every stored secret under the newest key of the ring.

Safe beside a running server: a secret that somebody writes meanwhile is left as they wrote it,
and so is one that is under the newest key already.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Field

from wearables.encryption import EncryptedTextField, WrongKey, rotated

BATCH: Final = 500
_EXAMPLES: Final = 5


@dataclass
class Rotation:
    """How many secrets there are, by what became of each."""

    rotated: int = 0
    current: int = 0
    # Somebody else wrote another one just then, under the newest key.
    changed: int = 0
    # No key of the ring opens it.
    unreadable: int = 0
    # The first of these, by table and key.
    examples: list[str] = attribute(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.rotated} rotated, {self.current + self.changed} under the newest key already, "
            f"{self.unreadable} that no key opens."
        )


def rotate(*, dry_run: bool = False, told: Callable[[int], None] = lambda _: None) -> Rotation:
    """Encrypt anew what lies under an older key, of all models of all apps.

    ``told`` hears after each batch how many secrets were looked at.
    """
    rotation = Rotation()
    newest = Fernet(settings.WEARABLE_KEYS[0])
    for field in fields():
        for batch in _batches(field):
            for key, stored in batch:
                _take(rotation, newest, field, key, stored, dry_run=dry_run)
            told(len(batch))
    return rotation


def fields() -> list["Field[Any, Any]"]:
    """All columns that hold secrets."""
    return [
        field
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def count() -> int:
    """How many secrets there are."""
    total = 0
    for field in fields():
        table, _, column = _names(field)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} <> ''")  # noqa: S608 - our own names
            total += cursor.fetchone()[0]
    return total


def _names(field: "Field[Any, Any]") -> tuple[str, str, str]:
    quote = connection.ops.quote_name
    meta = field.model._meta
    key = meta.pk.column
    assert key is not None
    assert field.column is not None
    return quote(meta.db_table), quote(key), quote(field.column)


def _batches(field: "Field[Any, Any]") -> Iterator[list[tuple[Any, str]]]:
    """Past Django, which would decrypt."""
    table, key, column = _names(field)
    last = None
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {column} FROM {table} WHERE {column} <> ''"  # noqa: S608 - our own names
                f"{'' if last is None else f' AND {key} > %s'} ORDER BY {key} LIMIT {BATCH}",
                [] if last is None else [last],
            )
            batch = cursor.fetchall()
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _take(
    rotation: Rotation,
    newest: Fernet,
    field: "Field[Any, Any]",
    key: Any,
    stored: str,
    *,
    dry_run: bool,
) -> None:
    if _is_under(newest, stored):
        rotation.current += 1
        return
    try:
        renewed = rotated(stored)
    except (WrongKey, ValueError):
        # Also what is no encrypted text at all.
        rotation.unreadable += 1
        if len(rotation.examples) < _EXAMPLES:
            rotation.examples.append(f"{field.model._meta.db_table} {key}")
        return
    if dry_run or _swap(field, key, stored, renewed):
        rotation.rotated += 1
    else:
        rotation.changed += 1


def _is_under(key: Fernet, stored: str) -> bool:
    try:
        key.decrypt(stored)
    except (InvalidToken, ValueError):
        return False
    return True


def _swap(field: "Field[Any, Any]", key: Any, stored: str, renewed: str) -> bool:
    """Whether it was still what was read."""
    table, pk, column = _names(field)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = %s WHERE {pk} = %s AND {column} = %s",  # noqa: S608 - our own names
            [renewed, key, stored],
        )
        return bool(cursor.rowcount)
