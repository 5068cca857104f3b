"""The trail of what staff did: one chain of entries, each sealed by the next.

Whoever changes or removes a row of it in the database breaks the chain. Whoever could write all of
it anew cannot write the log anew, which has the digest of each entry.
"""

import hashlib
import json
import logging
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Max
from django.utils import timezone

from users.models import AuditEntry, AuditHead, StaffAction, User

logger = logging.getLogger(__name__)
_LOCK: Final = 0x61756469_74000000  # "audit"
_BEGINNING: Final = b""
_SALT_BYTES: Final = 16
_MOST_PROBLEMS: Final = 100


@dataclass(frozen=True, kw_only=True)
class Note:
    """What an entry will say of one deed. ``detail`` has names of fields and never values."""

    action: StaffAction
    model: str = ""
    object_id: str = ""
    person: UUID | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(kw_only=True)
class Trail:
    """Who is at work, from where, and what they have done so far."""

    staff: User | None = None
    address: str | None = None
    request_id: str = ""
    notes: list[Note] = field(default_factory=list)
    # Whose health values were shown, in order and once each.
    seen: dict[UUID, None] = field(default_factory=dict)
    # Whose health values they have a reason to see; asked for once.
    disclosed: set[UUID] | None = None


_open: ContextVar[Trail | None] = ContextVar("trail", default=None)


@contextmanager
def following(trail: Trail) -> Iterator[Trail]:
    """Have what is noted meanwhile collected in this trail; its owner writes it."""
    token = _open.set(trail)
    try:
        yield trail
    finally:
        _open.reset(token)


def note(made: Note, *, staff: User | None = None) -> None:
    """Say what is done in this request. Outside of one it is written at once, for ``staff``."""
    trail = _open.get()
    if trail is None:
        write(Trail(staff=staff, notes=[made]))
    else:
        trail.notes.append(made)


def current() -> Trail | None:
    """The trail of this request."""
    return _open.get()


def person_of(row: models.Model) -> UUID | None:
    """Whose row it is, as far as it says so."""
    if isinstance(row, User):
        return row.pk
    owner: UUID | None = getattr(row, f"{getattr(row, 'owner_field', 'user')}_id", None)
    return owner


def people_of(model: type[models.Model], ids: Sequence[str]) -> dict[str, UUID | None]:
    """The rows that there are of these, and whose they are."""
    rows = model._base_manager.filter(pk__in=ids)
    return {str(row.pk): person_of(row) for row in rows}


def login_of(staff: User) -> Note:
    return Note(
        action=StaffAction.LOGIN,
        model=User._meta.label,
        object_id=str(staff.pk),
        person=staff.pk,
    )


@transaction.atomic
def write(trail: Trail) -> list[AuditEntry]:
    """Add what was noted to the chain, as the last thing that a transaction does.

    Other writers of the trail wait until the transaction ends.
    """
    if not trail.notes:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    head = AuditHead.objects.first() or AuditHead(number=0, digest=_BEGINNING)
    entries, digest = [], bytes(head.digest)
    for number, made in enumerate(trail.notes, head.number + 1):
        entry = _entry(trail, made, number)
        entry.digest = digest = _digest(entry, digest)
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries)
    AuditHead.objects.bulk_create(
        [AuditHead(number=entries[-1].number, digest=digest)],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["number", "digest"],
    )
    transaction.on_commit(lambda: _log(entries))
    return entries


def _entry(trail: Trail, made: Note, number: int) -> AuditEntry:
    entry = AuditEntry(
        number=number,
        at=timezone.now(),
        staff=trail.staff,
        staff_name=trail.staff.username if trail.staff else "",
        action=made.action,
        model=made.model,
        object_id=made.object_id,
        person=made.person,
        detail=made.detail,
        reason=made.reason,
        address=trail.address,
        request_id=trail.request_id,
        person_salt=secrets.token_bytes(_SALT_BYTES),
        staff_salt=secrets.token_bytes(_SALT_BYTES),
    )
    entry.person_seal, entry.staff_seal = _person_seal(entry), _staff_seal(entry)
    return entry


def _log(entries: Iterable[AuditEntry]) -> None:
    for entry in entries:
        logger.info("Audit entry %s: %s", entry.number, entry.digest.hex())


# --- Seals -----------------------------------------------------------------------------------


def _sha256(*parts: object) -> bytes:
    content = json.dumps(parts, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).digest()


def _person_seal(entry: AuditEntry) -> bytes:
    person = str(entry.person) if entry.person else None
    salt = bytes(entry.person_salt).hex()
    return _sha256(salt, entry.object_id, person, entry.detail, entry.reason)


def _staff_seal(entry: AuditEntry) -> bytes:
    return _sha256(bytes(entry.staff_salt).hex(), str(entry.staff_id), entry.address)


def _digest(entry: AuditEntry, before: bytes) -> bytes:
    return _sha256(
        before.hex(),
        entry.number,
        str(entry.pk),
        entry.at.astimezone(UTC).isoformat(),
        entry.staff_name,
        entry.action,
        entry.model,
        entry.request_id,
        bytes(entry.person_seal).hex(),
        bytes(entry.staff_seal).hex(),
    )


# --- Erasure ---------------------------------------------------------------------------------


def forget(user_id: UUID) -> None:
    """Blank of whom entries tell that are about this person, and from where those came that this
    person made. What was done, when, and the name of who did it stay.

    An entry says which were blanked: no other may be blank.
    """
    rows = AuditEntry._base_manager
    about, by = rows.filter(person=user_id), rows.filter(staff=user_id)
    blanked = {
        "about": _ranges(about.order_by("number").values_list("number", flat=True)),
        "by": _ranges(by.order_by("number").values_list("number", flat=True)),
    }
    if not any(blanked.values()):
        return
    write(Trail(notes=[Note(action=StaffAction.ERASE, detail=blanked)]))
    about.update(object_id="", person=None, detail={}, reason="", person_salt=b"")
    by.update(staff=None, address=None, staff_salt=b"")


def _ranges(numbers: Iterable[int]) -> list[list[int]]:
    """1, 2, 3, 7 as [1, 3], [7, 7]: an administrator leaves many entries."""
    found = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        places = [number for _, number in run]
        found.append([places[0], places[-1]])
    return found


# --- Verification ----------------------------------------------------------------------------


def verify_trail() -> list[str]:
    """What is wrong with the trail, a sentence each; the first hundred.

    Reads every entry once, in little memory.
    """
    problems: list[str] = []
    blank = _Blanked()
    head = AuditHead.objects.first() or AuditHead(number=0, digest=_BEGINNING)
    number, digest = 0, _BEGINNING
    # What is added meanwhile is for the next time.
    entries = AuditEntry.objects.filter(number__lte=head.number).order_by("number")
    for entry in entries.iterator(chunk_size=2000):
        problems += _missing(number + 1, entry.number)
        problems += _faults(entry, digest if entry.number == number + 1 else None)
        blank.look_at(entry)
        # From what it says, so that one wrong entry does not make all after it wrong.
        number, digest = entry.number, bytes(entry.digest)
        if len(problems) >= _MOST_PROBLEMS:
            break
    else:
        problems += _missing(number + 1, head.number + 1) + blank.unexplained()
        problems += _wrong_end(number, digest, head)
    return problems[:_MOST_PROBLEMS]


def _wrong_end(number: int, digest: bytes, head: AuditHead) -> list[str]:
    if number == head.number and digest != bytes(head.digest):
        return [f"Entry {number} is not the one that the trail ends with."]
    newest = AuditEntry.objects.aggregate(Max("number"))["number__max"] or 0
    # Asked for after the newest, which it is never behind.
    known = AuditHead.objects.first()
    if newest > (known.number if known else 0):
        return [f"Entry {newest} is beyond the end of the trail."]
    return []


def _missing(expected: int, found: int) -> list[str]:
    if found <= expected:
        return []
    if found == expected + 1:
        return [f"Entry {expected} is missing."]
    return [f"Entries {expected} to {found - 1} are missing."]


def _faults(entry: AuditEntry, before: bytes | None) -> list[str]:
    person_blank, staff_blank = not entry.person_salt, not entry.staff_salt
    if person_blank:
        sound = not (entry.object_id or entry.person or entry.detail or entry.reason)
    else:
        sound = _person_seal(entry) == bytes(entry.person_seal)
    if staff_blank:
        sound = sound and not (entry.staff_id or entry.address)
    else:
        sound = sound and _staff_seal(entry) == bytes(entry.staff_seal)
    if before is not None:
        sound = sound and _digest(entry, before) == bytes(entry.digest)
    return [] if sound else [f"Entry {entry.number} is not what was written."]


class _Blanked:
    """Which entries are blank, and for which of them an erasure says so."""

    def __init__(self) -> None:
        self._found: dict[str, set[int]] = {"about": set(), "by": set()}
        self._told: dict[str, list[list[int]]] = {"about": [], "by": []}

    def look_at(self, entry: AuditEntry) -> None:
        if not entry.person_salt:
            self._found["about"].add(entry.number)
        if not entry.staff_salt:
            self._found["by"].add(entry.number)
        if entry.action == StaffAction.ERASE:
            for kind in self._told:
                self._told[kind] += entry.detail.get(kind, [])

    def unexplained(self) -> list[str]:
        return [
            f"Entry {number} was blanked by no erasure."
            for number in sorted(self._left("about") | self._left("by"))
        ]

    def _left(self, kind: str) -> set[int]:
        told = {number for low, high in self._told[kind] for number in range(low, high + 1)}
        return self._found[kind] - told
