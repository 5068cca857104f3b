"""Creates that a client on a bad line may repeat."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson
from django.db import models, transaction

from users.errors import Conflict, IdempotencyKeyReused
from users.ids import uuid7
from users.keyset import fetch
from users.models import IdempotencyKey
from users.ownership import OwnedPart, Synced, advance_clock, resource_name

ModelT = TypeVar("ModelT", bound=Synced)


def content_hash(content: Mapping[str, Any]) -> bytes:
    """SHA-256 of what a client sent, whatever the order of its keys."""

    def plain(value: Any) -> Any:
        return str(value.pk) if isinstance(value, models.Model) else str(value)

    options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    return hashlib.sha256(orjson.dumps(content, default=plain, option=options)).digest()


@transaction.atomic
def create_once(
    *,
    model: type[ModelT],
    user_id: UUID,
    content: Mapping[str, Any],
    create: Callable[[UUID, bytes], ModelT],
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[ModelT, bool]:
    """The row that this content makes, and whether it was made just now.

    The same id or key with the same content answers the stored row, however often and from
    however many connections at once. With other content it raises Conflict (for an id) or
    IdempotencyKeyReused (for a key); for a row that was deleted since, Conflict.
    """
    hashed = content_hash({**content, "id": object_id})
    if object_id is None and not idempotency_key:
        return create(uuid7(), hashed), True

    # From here the person's other requests wait, so that of sixteen equal ones one creates.
    advance_clock(user_id)
    if object_id is None:
        object_id, is_new = _claim_key(
            user_id=user_id, key=idempotency_key, resource=resource_name(model), hashed=hashed
        )
        if is_new:
            return create(object_id, hashed), True
    if refuse_mixed_up(model=model, user_id=user_id, object_id=object_id, hashed=hashed):
        return model._default_manager.get(pk=object_id), False
    return create(object_id, hashed), True


def refuse_mixed_up(*, model: type[Synced], user_id: UUID, object_id: UUID, hashed: bytes) -> bool:
    """Whether this id was stored with this content; False when it is free.

    Raises Conflict where it holds other content or another person's row, and where the person
    has deleted it: a late retry must not bring it back.
    """
    return bool(stored_ids(model=model, user_id=user_id, hashes={object_id: hashed}))


def stored_ids(
    *, model: type[Synced], user_id: UUID, hashes: Mapping[UUID, bytes]
) -> frozenset[UUID]:
    """Which of these ids were stored with this content; the others are free.

    Raises Conflict as ``refuse_mixed_up`` does, for any of them.
    """
    owner_field = model._meta.get_field(model.owner_field)
    assert isinstance(owner_field, models.ForeignKey)
    owner, table = owner_field.column, model._meta.db_table
    found = fetch(
        f"""
        SELECT id, {owner} AS owner, creation_hash AS hash, false AS deleted FROM {table}
        WHERE id = ANY(%(ids)s)
        UNION ALL SELECT object_id, user_id, NULL, true FROM users_tombstone
        WHERE user_id = %(user)s AND resource = %(resource)s AND object_id = ANY(%(ids)s)
        """,  # noqa: S608 - names of our own models
        {"ids": list(hashes), "user": user_id, "resource": resource_name(model)},
    )
    if any(row["deleted"] for row in found):
        raise Conflict("This was deleted.", code="deleted")
    for row in found:
        if row["owner"] != user_id or bytes(row["hash"] or b"") != hashes[row["id"]]:
            raise Conflict("This id belongs to a row with other content.", code="id_taken")
    return frozenset(row["id"] for row in found)


def _claim_key(*, user_id: UUID, key: str, resource: str, hashed: bytes) -> tuple[UUID, bool]:
    claim, is_new = IdempotencyKey.objects.get_or_create(
        user_id=user_id,
        key=key,
        defaults={"resource": resource, "object_id": uuid7(), "content_hash": hashed},
    )
    if (claim.resource, bytes(claim.content_hash)) != (resource, hashed):
        raise IdempotencyKeyReused
    return claim.object_id, is_new


def claim_key(
    *, model: type[models.Model], user_id: UUID, key: str, content: Mapping[str, Any]
) -> tuple[UUID, bool]:
    """The id that belongs to this key, and whether the key comes for the first time.

    Raises IdempotencyKeyReused for one that came with other content. The caller has advanced the
    clock.
    """
    return _claim_key(
        user_id=user_id, key=key, resource=resource_name(model), hashed=content_hash(content)
    )


def claim_part(
    *, model: type[OwnedPart], user_id: UUID, object_id: UUID, content: Mapping[str, Any]
) -> bool:
    """Whether this id of a part comes for the first time.

    A part leaves no tombstone and no hash in its row, so that its creation is remembered as that
    of a create without an id is, for as long as a client would repeat it. Raises Conflict for an
    id that came with other content. The caller has advanced the clock.
    """
    resource = resource_name(model)
    key = f"{resource}/{object_id}"
    try:
        _, is_new = _claim_key(
            user_id=user_id, key=key, resource=resource, hashed=content_hash(content)
        )
    except IdempotencyKeyReused:
        raise Conflict("This id belongs to a row with other content.", code="id_taken") from None
    return is_new


def remove_old_keys(*, before: datetime) -> int:
    """Forget keys that no client repeats any more."""
    removed, _ = IdempotencyKey.objects.filter(created_at__lt=before).delete()
    return removed
