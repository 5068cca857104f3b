"""Checks of what is true of everybody's rows: accounts, owners, revisions, tombstones."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Q

from users import sync
from users.keyset import fetch
from users.models import SyncClock, Tombstone, User
from users.ownership import SameOwner, Synced, advance_clock, advance_clocks
from users.services import accounts, audit
from users.services.checks import Check, Found, Track, batches, count, found, wrong_rows
from users.services.notifications import recount_actors

_UNSETTLED_ACTORS: Final = """
    SELECT told.id FROM users_notification told
    LEFT JOIN (
        SELECT notification_id, count(*) AS number FROM users_notificationactor GROUP BY 1
    ) actors ON actors.notification_id = told.id
    WHERE told.actors_count <> coalesce(actors.number, 0)
"""


# --- Accounts --------------------------------------------------------------------------------


def _incomplete() -> models.QuerySet[User]:
    lacks = Q(profile=None) | Q(settings=None)
    clocks = SyncClock.objects.filter(user=models.OuterRef("pk"))
    return User.objects.filter(lacks | ~models.Exists(clocks)).order_by("pk")


def _look_at_accounts(track: Track) -> Found:
    return found(User.objects.count(), list(_incomplete().values_list("pk", flat=True)))


def _heal_accounts(track: Track) -> int:
    healed = 0
    for user in track(list(_incomplete())):
        with transaction.atomic():
            advance_clock(user.pk)
            accounts.healed_profile(user=user)
            accounts.healed_settings(user=user)
        healed += 1
    return healed


# --- Owners ----------------------------------------------------------------------------------


def _owner_constraints() -> list[tuple[type[models.Model], SameOwner]]:
    return [
        (model, constraint)
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, SameOwner)
    ]


def _look_at_owners(track: Track) -> Found:
    """Of a part whose whole is another person's, or is gone."""
    total = Found()
    tables = set()
    for model, constraint in track(_owner_constraints()):
        field = model._meta.get_field(constraint.parent)
        part, whole = model._meta.db_table, field.remote_field.model._meta.db_table
        total += wrong_rows(
            f"""
            SELECT part.id FROM {part} part LEFT JOIN {whole} whole
                ON whole.id = part.{field.column} AND whole.user_id = part.user_id
            WHERE part.{field.column} IS NOT NULL AND whole.id IS NULL
            """,  # noqa: S608 - our own tables
            prefix=f"{part}.{field.column} ",
        )
        tables.add(part)
    return total + Found(sum(count(table) for table in tables))


def _shared_references() -> list[tuple[models.Field[Any, Any], str]]:
    """References of people's rows to what is a catalog's or somebody's own, as exercises are."""
    references: list[tuple[models.Field[Any, Any], str]] = []
    for model in apps.get_models():
        fields = model._meta.local_fields
        if any(field.column == "user_id" for field in fields):
            references += [(field, owner) for field in fields if (owner := _maker_column(field))]
    return references


def _maker_column(field: models.Field[Any, Any]) -> str | None:
    """The column that says who made what the field refers to, where that may be nobody."""
    target = field.remote_field.model if isinstance(field, models.ForeignKey) else None
    if target is None or not issubclass(target, Synced):
        return None
    owner = target._meta.get_field(target.owner_field)
    assert isinstance(owner, models.Field)
    return owner.column if owner.null else None


def _look_at_borrowed(track: Track) -> Found:
    total = Found()
    for field, owner in track(_shared_references()):
        mine, theirs = field.model._meta.db_table, field.remote_field.model._meta.db_table
        total += wrong_rows(
            f"""
            SELECT mine.id FROM {mine} mine JOIN {theirs} theirs ON theirs.id = mine.{field.column}
            WHERE theirs.{owner} <> mine.user_id
            """,  # noqa: S608 - our own tables
            prefix=f"{mine}.{field.column} ",
        ) + Found(count(mine))
    return total


# --- The change feed -------------------------------------------------------------------------


def _revised() -> list[tuple[str, str]]:
    """Every table whose rows have a revision of their owner's, with the owner's column."""
    synced = [_place(one) for one in sync.registered()]
    others = ("users_tombstone", "users_liveevent", "analytics_analyticsstate")
    return [*synced, *((table, "user_id") for table in others)]


def _place(resource: sync.SyncedResource) -> tuple[str, str]:
    meta = resource.model._meta
    owner = meta.get_field(resource.model.owner_field)
    assert isinstance(owner, models.Field)
    return meta.db_table, str(owner.column)


def _behind(table: str, owner: str) -> str:
    """Whose clock is behind a row of theirs; an index over both answers it for each person."""
    return f"""
        SELECT clock.user_id AS id FROM users_syncclock clock
        WHERE clock.revision < (SELECT max(revision) FROM {table} WHERE {owner} = clock.user_id)
    """  # noqa: S608 - our own tables


def _look_at_clocks(track: Track) -> Found:
    total = Found(count("users_syncclock"))
    for table, owner in track(_revised()):
        total += wrong_rows(_behind(table, owner), prefix=f"{table} of ")
    return total


def _advance_behind(track: Track) -> int:
    """Move each clock that is behind to the newest revision of its person's rows."""
    advanced = set()
    for table, owner in track(_revised()):
        people = [row["id"] for row in fetch(_behind(table, owner), {})]
        for some in batches(sorted(people)):
            _catch_up(table, owner, some)
        advanced.update(people)
    return len(advanced)


@transaction.atomic
def _catch_up(table: str, owner: str, people: Sequence[UUID]) -> None:
    advance_clocks(people)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE users_syncclock clock SET revision = greatest(
                clock.revision, (SELECT max(revision) FROM {table} WHERE {owner} = clock.user_id))
            WHERE clock.user_id = ANY(%s)
            """,  # noqa: S608 - our own tables
            [list(people)],
        )


def _undead(resource: sync.SyncedResource) -> str:
    """Tombstones of rows that are there; one that is kept as a stub counts as deleted."""
    table, owner = _place(resource)
    meta = resource.model._meta
    has_stubs = any(field.name == "deleted_at" for field in meta.fields)
    return f"""
        SELECT grave.id FROM users_tombstone grave
        JOIN {table} living ON living.{meta.pk.column} = grave.object_id
            AND living.{owner} = grave.user_id
        WHERE grave.resource = %(resource)s {"AND living.deleted_at IS NULL" if has_stubs else ""}
    """  # noqa: S608 - our own tables


def _look_at_tombstones(track: Track) -> Found:
    total = Found(count("users_tombstone"))
    for resource in track(sync.registered()):
        query, named = _undead(resource), {"resource": resource.name}
        total += wrong_rows(query, named, prefix=f"{resource.name} ")
    return total


def _remove_tombstones(track: Track) -> int:
    removed = 0
    for resource in track(sync.registered()):
        rows = fetch(_undead(resource), {"resource": resource.name})
        for some in batches([row["id"] for row in rows]):
            removed += _revive(resource, some)
    return removed


@transaction.atomic
def _revive(resource: sync.SyncedResource, graves: Sequence[UUID]) -> int:
    """Have phones learn that these are there after all."""
    rows = Tombstone.objects.filter(pk__in=graves)
    clocks = advance_clocks(list(rows.order_by().values_list("user", flat=True)))
    for user_id, revision in clocks.items():
        ids = rows.filter(user=user_id).values_list("object_id", flat=True)
        living: Any = resource.model._default_manager.filter(pk__in=list(ids))
        living.write(revision=revision)
    removed, _ = rows.delete()
    return removed


# --- Notifications and the trail -------------------------------------------------------------


def _look_at_actors(track: Track) -> Found:
    return Found(count("users_notification")) + wrong_rows(_UNSETTLED_ACTORS)


def _recount_actors(track: Track) -> int:
    ids = [row["id"] for row in fetch(_UNSETTLED_ACTORS, {})]
    return sum(map(recount_actors, track(batches(ids))))


def _look_at_trail(track: Track) -> Found:
    return found(count("users_auditentry"), audit.verify_trail())


CHECKS: Final = (
    Check(
        name="accounts",
        about="Everybody has a profile, settings and a clock.",
        look=_look_at_accounts,
        mend=_heal_accounts,
    ),
    Check(
        name="owners",
        about="Parts are there with their wholes, and are of the same person.",
        look=_look_at_owners,
        advice="The constraint named so was off. See whose they are before you delete them.",
    ),
    Check(
        name="borrowed",
        about="Nobody's rows use an exercise or food that another person made.",
        look=_look_at_borrowed,
        advice="Have the row point to one of the catalog, or to one of its own person.",
    ),
    Check(
        name="clocks",
        about="No row has a revision above its person's clock.",
        look=_look_at_clocks,
        mend=_advance_behind,
    ),
    Check(
        name="tombstones",
        about="What phones are told is deleted is not there.",
        look=_look_at_tombstones,
        mend=_remove_tombstones,
    ),
    Check(
        name="actors",
        about="Notifications count the people who are in them.",
        look=_look_at_actors,
        mend=_recount_actors,
    ),
    Check(
        name="audit-trail",
        about="What staff did is told without a gap, as it was written.",
        look=_look_at_trail,
        advice="Somebody changed the trail in the database. Compare it with a backup and the log.",
    ),
)
