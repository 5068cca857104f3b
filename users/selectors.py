"""Answers that no single table holds: whose token this is, and what changed since a cursor."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Collate
from django.utils.crypto import constant_time_compare

from users import sync
from users.keyset import fetch
from users.localtime import reading_of
from users.models import Tombstone, User
from users.sessions import session_key_of

# The columns that a request needs, in the order of the model's fields, as from_db wants them.
_AUTH_FIELDS = ("password", "is_superuser", "username", "is_staff", "is_active", "id", "email")
_AUTH = f"""
    SELECT session.auth_hash, {", ".join(f"person.{name}" for name in _AUTH_FIELDS)}
    FROM users_session session JOIN users_user person ON person.id = session.user_id
    WHERE session.session_key = %s AND session.expire_date > now() AND person.is_active
"""  # noqa: S608 - our own column names


def user_of_token(token: str) -> User | None:
    """The active person whose live session this token opens, in one statement.

    One statement and not the ORM's two: every request with a token pays for it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AUTH, [session_key_of(token)])
        row = cursor.fetchone()
    if row is None:
        return None
    auth_hash, *values = row
    user: User = User.from_db(connection.alias, _AUTH_FIELDS, values)
    # After a change of password the old log-ins are over, also the stolen one.
    if constant_time_compare(auth_hash, user.get_session_auth_hash()):
        return user
    # A key of ours that was replaced ends no session while it is still among the old ones.
    older = user.get_session_auth_fallback_hash()
    return user if any(constant_time_compare(auth_hash, known) for known in older) else None


def time_zone_of(user_id: UUID) -> str:
    """The IANA name of the zone in which the person's days begin."""
    return time_zone_and_weight_of(user_id)[0]


def time_zone_and_weight_of(user_id: UUID) -> tuple[str, float | None]:
    """The person's zone, and their body weight in kg as far as it is known."""
    rows = fetch(
        "SELECT timezone, body_weight_kg FROM users_userprofile WHERE user_id = %s", [user_id]
    )
    return (rows[0]["timezone"], rows[0]["body_weight_kg"]) if rows else ("UTC", None)


def today_of(user_id: UUID, *, now: datetime) -> date:
    """The person's own day at an instant."""
    return reading_of(now, time_zone_of(user_id)).date()


_ACTORS = """
    SELECT told.id AS notification_id, newest.*
    FROM unnest(%(ids)s::uuid[]) AS told (id) CROSS JOIN LATERAL (
        SELECT person.id, person.username, profile.display_name, profile.avatar_thumbnail
        FROM users_notificationactor acted
        JOIN users_user person ON person.id = acted.actor_id AND person.is_active
        JOIN users_userprofile profile ON profile.user_id = person.id
        WHERE acted.notification_id = told.id AND person.id <> ALL(%(hidden)s::uuid[])
        ORDER BY acted.created_at DESC, acted.id DESC LIMIT %(most)s
    ) newest
"""


def newest_actors(
    notification_ids: Collection[UUID], *, most: int, hidden: Collection[UUID] = ()
) -> dict[UUID, list[dict[str, Any]]]:
    """Who did what these notifications tell of, newest first, but for the hidden, in one query.

    Each with id, username, display_name and the name of the file of avatar_thumbnail.
    """
    found: dict[UUID, list[dict[str, Any]]] = {one: [] for one in notification_ids}
    parameters = {"ids": list(notification_ids), "most": most, "hidden": list(hidden)}
    for row in fetch(_ACTORS, parameters) if found else ():
        found[row.pop("notification_id")].append(row)
    return found


@dataclass(frozen=True)
class Change:
    """One row that was written or deleted; ``data`` is its state now, None when it is gone."""

    resource: str
    id: UUID
    revision: int
    deleted: bool
    data: Any


Place = tuple[int, str, UUID]


def changes_since(
    *, user_id: UUID, after: Place | None, limit: int
) -> tuple[list[Place], list[Change]]:
    """The next ``limit`` places of the person's feed after this one, and what changed there.

    Fewer changes than places means that some were written again in between: they come with
    their new revision, after these.
    """
    keys = list(_changed_keys(user_id=user_id, after=after, limit=limit))
    live: dict[str, list[UUID]] = {}
    for key in keys:
        if not key["feed_deleted"]:
            live.setdefault(key["feed_name"], []).append(key["feed_id"])
    shown = {
        resource.name: resource.shown(user_id, live[resource.name])
        for resource in sync.registered()
        if resource.name in live
    }
    changes = [
        Change(
            resource=key["feed_name"],
            id=key["feed_id"],
            revision=key["revision"],
            deleted=key["feed_deleted"],
            data=None if key["feed_deleted"] else shown[key["feed_name"]][key["feed_id"]],
        )
        for key in keys
        if key["feed_deleted"] or key["feed_id"] in shown[key["feed_name"]]
    ]
    return [(key["revision"], key["feed_name"], key["feed_id"]) for key in keys], changes


def _changed_keys(
    *, user_id: UUID, after: Place | None, limit: int
) -> "QuerySet[Any, dict[str, Any]]":
    columns = ("revision", "feed_name", "feed_id", "feed_deleted")
    parts: list[QuerySet[Any, dict[str, Any]]] = []
    for resource in sync.registered():
        model = resource.model
        rows = model._default_manager.filter(**{model.owner_field: user_id})
        named = rows.filter(_beyond(after, resource.name)).annotate(
            feed_name=_in_byte_order(Value(resource.name)),
            feed_id=F("pk"),
            feed_deleted=Value(False, output_field=BooleanField()),  # noqa: FBT003 - an SQL value
        )
        parts.append(named.order_by("revision", "pk").values(*columns)[:limit])
    graves = Tombstone.objects.filter(user_id=user_id).annotate(
        feed_name=_in_byte_order(F("resource")),
        feed_id=F("object_id"),
        feed_deleted=Value(True, output_field=BooleanField()),  # noqa: FBT003 - an SQL value
    )
    if after is not None:
        revision, name, object_id = after
        graves = graves.filter(
            Q(revision__gt=revision)
            | Q(revision=revision, feed_name__gt=name)
            | Q(revision=revision, feed_name=name, object_id__gt=object_id)
        )
    parts.append(graves.order_by("revision", "feed_name", "feed_id").values(*columns)[:limit])
    union = parts[0].union(*parts[1:], all=True)
    return union.order_by("revision", "feed_name", "feed_id")[:limit]


def _beyond(after: Place | None, name: str) -> Q:
    """Rows of the resource ``name`` that come after this place in the feed."""
    if after is None:
        return Q()
    revision, last_name, last_id = after
    if name == last_name:
        return Q(revision__gt=revision) | Q(revision=revision, pk__gt=last_id)
    return Q(revision__gte=revision) if name > last_name else Q(revision__gt=revision)


def _in_byte_order(text: "F | Value") -> Collate:
    """Names compare as Python compares them, whatever the language of the database."""
    return Collate(Cast(text, CharField()), "C")
