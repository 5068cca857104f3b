"""Secrets as they lie in the database: encrypted with a ring of keys, of which the first is new.

A value that no key of the ring opens is an error. It is never handed out as it is stored.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class WrongKey(Exception):
    """No key of the ring opens this value."""

    def __init__(self) -> None:
        super().__init__("No key in WEARABLE_KEYS opens a stored secret.")


@lru_cache(maxsize=4)
def _ring_of(keys: tuple[str, ...]) -> "MultiFernet":
    # Nine megabytes, for whoever opens a secret.
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

    return MultiFernet([Fernet(key) for key in keys])


def _ring() -> "MultiFernet":
    return _ring_of(tuple(settings.WEARABLE_KEYS))


def _invalid_token() -> type[Exception]:
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as above

    return InvalidToken


def encrypt(text: str) -> str:
    """The text under the newest key; an empty one stays empty."""
    return _ring().encrypt(text.encode()).decode() if text else ""


def decrypt(stored: str) -> str:
    """Raises WrongKey."""
    if not stored:
        return ""
    try:
        return _ring().decrypt(stored).decode()
    except (_invalid_token(), ValueError):
        raise WrongKey from None


def rotated(stored: str) -> str:
    """The same secret under the newest key. Raises WrongKey."""
    if not stored:
        return ""
    try:
        return _ring().rotate(stored).decode()
    except (_invalid_token(), ValueError):
        raise WrongKey from None


class EncryptedTextField(models.TextField[Any, Any]):
    """Text that only we can read; it cannot be searched, sorted or compared in a query."""

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return prepared if prepared is None else encrypt(str(prepared))

    def from_db_value(
        self, value: str | None, expression: object, connection: BaseDatabaseWrapper
    ) -> str | None:
        return None if value is None else decrypt(value)

    def get_lookup(self, lookup_name: str) -> Any:
        # Two encryptions of one text differ, so that no comparison could ever be true.
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
