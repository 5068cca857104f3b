"""What it means, here, for a row to belong to a person.

Every write to a person's rows first advances that person's clock, and the clock's row stays
locked until the transaction ends. So one person has one writer at a time, and revisions become
visible in their order: whoever has seen revision n has missed nothing below it. Always first, so
two writers cannot wait for each other.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from users.ids import uuid7
from users.signals import clock_advanced

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

ModelT = TypeVar("ModelT", bound=models.Model)

_STAMPS = frozenset({"revision", "updated_at"})
_INSERT_BATCH = 1000
_ADVANCE = """
    INSERT INTO users_syncclock (user_id, revision)
    SELECT owner, 1 FROM unnest(%s::uuid[]) AS owner ORDER BY owner
    ON CONFLICT (user_id) DO UPDATE SET revision = users_syncclock.revision + 1
    RETURNING user_id, revision
"""
_ADVANCE_KNOWN = """
    UPDATE users_syncclock clock SET revision = clock.revision + 1
    FROM (
        SELECT user_id FROM users_syncclock WHERE user_id = ANY(%s::uuid[])
        ORDER BY user_id FOR UPDATE
    ) known
    WHERE clock.user_id = known.user_id
    RETURNING clock.user_id, clock.revision
"""
_ADVANCE_ONE = """
    INSERT INTO users_syncclock (user_id, revision) VALUES (%s, 1)
    ON CONFLICT (user_id) DO UPDATE SET revision = users_syncclock.revision + 1
    RETURNING revision
"""
_BURY = """
    INSERT INTO users_tombstone (id, user_id, resource, object_id, revision, deleted_at)
    SELECT gen_random_uuid(), owner, %s, object, revision, now()
    FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS grave (owner, object, revision)
    ON CONFLICT (user_id, resource, object_id) DO UPDATE
    SET revision = excluded.revision, deleted_at = excluded.deleted_at
"""


def advance_clock(user_id: UUID) -> int:
    """The person's next revision. Locks out their other writers until the transaction ends."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_ADVANCE_ONE, [user_id])
        revision: int = cursor.fetchone()[0]
    clock_advanced.send(sender=None, user_ids=(user_id,))
    return revision


def advance_clocks(user_ids: Collection[UUID]) -> dict[UUID, int]:
    """The next revision of each of these people, locked in the order of their ids."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_ADVANCE, [sorted(set(user_ids))])
        clocks = dict(cursor.fetchall())
    if clocks:
        clock_advanced.send(sender=None, user_ids=tuple(clocks))
    return clocks


def advance_clocks_unheard(user_ids: Collection[UUID]) -> dict[UUID, int]:
    """As advance_clocks, for whoever writes only what follows from people's rows.

    Nobody is told, and somebody whose account is erased at this moment is left out.
    """
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_ADVANCE_KNOWN, [sorted(set(user_ids))])
        return dict(cursor.fetchall())


class OwnedQuerySet(models.QuerySet[ModelT]):
    owner_field: ClassVar[str] = "user"

    def owned_by(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        # An anonymous user has no pk, so they own nothing.
        return self.filter(**{self.owner_field: user.pk})

    def write(self, **values: Any) -> int:
        """An update whose caller has advanced the clock, and says so in the revision."""
        return models.QuerySet.update(self, **values)

    def remove(self) -> None:
        """A deletion of parts whose caller has advanced the clock and touches the whole."""
        self._raw_delete(self.db)

    def insert(self, rows: Iterable[ModelT]) -> None:
        """New rows of a caller who has advanced the clock and touches the whole."""
        # PostgreSQL takes 65,535 parameters in a statement.
        models.QuerySet.bulk_create(self, rows, batch_size=_INSERT_BATCH)


class SyncedQuerySet(OwnedQuerySet[ModelT]):
    """Bulk writes that the change feed sees."""

    @transaction.atomic
    def update(self, **values: Any) -> int:
        if values.keys() & {self.owner_field, f"{self.owner_field}_id"}:
            raise ValueError(f"The owner of {self.model._meta.label} cannot change.")
        if "revision" not in values:
            clocks = advance_clocks(self._owner_ids())
            if clocks:
                clock = apps.get_model("users", "SyncClock")
                now = clock._default_manager.filter(user=OuterRef(f"{self.owner_field}_id"))
                # A row that nobody owns keeps its own.
                values["revision"] = Coalesce(Subquery(now.values("revision")), F("revision"))
        return super().update(**values)

    @transaction.atomic
    def delete(self) -> tuple[int, dict[str, int]]:
        owner = f"{self.owner_field}_id"
        clocks = advance_clocks(self._owner_ids())
        # Looked up once the others are locked out: a row that they add until then goes as well.
        rows = list(self.exclude(**{owner: None}).order_by("pk").values_list(owner, "pk"))
        clocks |= advance_clocks({owner_id for owner_id, _ in rows} - clocks.keys())
        bury(self.model, rows, clocks)
        _follow_references(self)
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    @transaction.atomic
    def bulk_create(self, objs: Iterable[ModelT], *args: Any, **kwargs: Any) -> list[ModelT]:
        rows = list(objs)
        owner = f"{self.owner_field}_id"
        clocks = advance_clocks({getattr(row, owner) for row in rows} - {None})
        for row in rows:
            row.revision = clocks.get(getattr(row, owner), 0)  # type: ignore[attr-defined]
        if kwargs.get("update_fields"):
            # What an upsert finds is changed as well, and says so.
            stamps = {field.name for field in self.model._meta.fields} & _STAMPS
            kwargs["update_fields"] = {*kwargs["update_fields"], *stamps}
        return super().bulk_create(rows, *args, **kwargs)

    def _owner_ids(self) -> set[UUID]:
        owners = self.order_by().values_list(f"{self.owner_field}_id", flat=True).distinct()
        return set(owners) - {None}


def bury(
    model: type[models.Model],
    rows: Collection[tuple[UUID, UUID]],
    clocks: Mapping[UUID, int],
) -> None:
    """Leave a tombstone for each (owner id, object id), so that phones learn of the deletion.

    ``clocks`` are the revisions to which the caller has just advanced the owners.
    """
    if not rows:
        return
    owners, objects = zip(*rows, strict=True)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        revisions = [clocks[owner] for owner in owners]
        cursor.execute(_BURY, [resource_name(model), list(owners), list(objects), revisions])


def _follow_references(rows: "models.QuerySet[Any]") -> None:
    """Delete or clear what refers to these rows, as the change feed sees it.

    Django would do the same by itself, but without a tombstone or a revision.
    """
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.parent_link:
            continue
        child, name = relation.related_model, relation.field.name
        if not issubclass(child, (Synced, OwnedPart)):
            continue
        # What goes as a part of these rows goes with them, and they have their tombstone.
        if issubclass(child, OwnedPart) and name == child.whole:
            continue
        pointing = child._default_manager.filter(**{f"{name}__in": rows})
        # Equal and not identical: those of polymorphic rows are wrapped.
        if relation.on_delete == models.CASCADE:
            _delete_pointing(pointing, rows)
        elif relation.on_delete == models.SET_NULL:
            pointing.update(**{name: None})


def _delete_pointing(pointing: "models.QuerySet[Any]", rows: "models.QuerySet[Any]") -> None:
    if pointing.model is rows.model:
        # A tree ends somewhere, and a row that refers to itself goes by itself.
        pointing = pointing.exclude(pk__in=rows)
        if not pointing.exists():
            return
    pointing.delete()


def resource_name(model: type[models.Model]) -> str:
    """What the change feed calls the rows of a model: "workouts.workout"."""
    concrete = model._meta.concrete_model
    assert concrete is not None
    # Rows of several tables have the name of the one that they begin in.
    roots = [one for one in concrete._meta.all_parents if issubclass(one, Synced)]
    label: str = (roots[-1] if roots else concrete)._meta.label_lower
    return label


class Synced(models.Model):
    """A row that the change feed of its owner reports, however it is written."""

    owner_field: ClassVar[str] = "user"
    # The owner and the key in the table, as far as this instance knows.
    _stored: tuple[UUID | None, UUID] | None = None

    revision = models.BigIntegerField(
        default=0, editable=False, help_text="The owner's clock at the last change of this row."
    )

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        row = super().from_db(*args, **kwargs)
        if f"{cls.owner_field}_id" in row.__dict__:
            row._stored = row._owner_id, row.pk
        return row

    @transaction.atomic
    def save(self, **kwargs: Any) -> None:
        owner_id = self._owner_id
        if not self._state.adding:
            self._refuse_move()
        if owner_id is not None:
            self.revision = advance_clock(owner_id)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "revision"}
        super().save(**kwargs)
        self._stored = owner_id, self.pk

    def insert_at(self, revision: int) -> None:
        """Store a new row under a clock that this transaction has advanced already."""
        self.revision = revision
        models.Model.save(self, force_insert=True)
        self._stored = self._owner_id, self.pk

    @transaction.atomic
    def delete(self, **kwargs: Any) -> tuple[int, dict[str, int]]:  # type: ignore[override]
        owner_id = self._owner_id
        if owner_id is not None:
            bury(type(self), [(owner_id, self.pk)], advance_clocks([owner_id]))
        _follow_references(type(self)._base_manager.filter(pk=self.pk))
        return super().delete(**kwargs)

    @property
    def _owner_id(self) -> UUID | None:
        owner_id: UUID | None = getattr(self, f"{self.owner_field}_id")
        return owner_id

    def _refuse_move(self) -> None:
        """Neither to another person nor over another row."""
        if self._stored is None:
            stored = type(self)._base_manager.filter(pk=self.pk)
            self._stored = stored.values_list(f"{self.owner_field}_id", "pk").get()
        owner_id, key = self._stored
        if owner_id not in {None, self._owner_id} or key != self.pk:
            raise ValueError(f"The owner and key of {self._meta.label} {key} cannot change.")


class SyncedThing(Synced):
    """A thing that is saved, synced and deleted as a whole; ``owner_field`` names its person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    creation_hash = models.BinaryField(
        max_length=32,
        null=True,
        editable=False,
        help_text="SHA-256 of the content it was created with: tells a retry from a mix-up.",
    )

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "updated_at"}
        super().save(**kwargs)

    def touch(self) -> None:
        """Report a change of one of its parts."""
        self.save(update_fields=["updated_at"])


class OwnedModel(SyncedThing):
    """A thing whose person is its ``user``. It goes when its person goes."""

    # No index of its own: that of the change feed begins with it, and so do most others.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, editable=False, db_index=False
    )

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["user", "revision"], name="%(class)s_sync")]


class PartQuerySet(OwnedQuerySet[ModelT]):
    """Bulk writes of parts, which count as changes of the whole that they belong to."""

    whole: ClassVar[str]

    @transaction.atomic
    def update(self, **values: Any) -> int:
        self._touch_wholes()
        return super().update(**values)

    @transaction.atomic
    def delete(self) -> tuple[int, dict[str, int]]:
        self._touch_wholes()
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    @transaction.atomic
    def bulk_create(self, objs: Iterable[ModelT], *args: Any, **kwargs: Any) -> list[ModelT]:
        rows = list(objs)
        self._touch({getattr(row, f"{self.whole}_id") for row in rows})
        return super().bulk_create(rows, *args, **kwargs)

    def _touch_wholes(self) -> None:
        self._touch(set(self.order_by().values_list(f"{self.whole}_id", flat=True).distinct()))

    def _touch(self, whole_ids: set[UUID]) -> None:
        model = self.model._meta.get_field(self.whole).related_model
        # The default manager and not the base one: it advances the owners' clocks.
        wholes = model._default_manager.filter(pk__in=whole_ids)  # type: ignore[union-attr]
        if isinstance(wholes, PartQuerySet):
            wholes._touch_wholes()
        else:
            wholes.update(updated_at=timezone.now())


class OwnedPart(models.Model):
    """A row inside an owned whole, or inside a part of one: it repeats the owner, and its changes
    are the whole's.
    """

    whole: ClassVar[str]
    _stored_whole_id: UUID | None = None

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # No index of its own: a part's unique constraints begin with it.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, editable=False, db_index=False
    )

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        row = super().from_db(*args, **kwargs)
        row._stored_whole_id = row.__dict__.get(f"{cls.whole}_id")
        return row

    def insert(self) -> None:
        """Store a new row for a caller who has advanced the clock and touches the whole itself."""
        models.Model.save(self, force_insert=True)

    @transaction.atomic
    def save(self, **kwargs: Any) -> None:
        whole = getattr(self, self.whole)
        if self._stored_whole_id not in {None, whole.pk}:
            raise ValueError(f"{self._meta.label} {self.pk} cannot move to another whole.")
        self.user_id = whole.user_id
        whole.touch()
        super().save(**kwargs)
        self._stored_whole_id = whole.pk

    @transaction.atomic
    def delete(self, **kwargs: Any) -> tuple[int, dict[str, int]]:  # type: ignore[override]
        self.touch()
        return super().delete(**kwargs)

    def touch(self) -> None:
        """Report a change of this part, or of one inside it, as one of the whole."""
        getattr(self, self.whole).touch()


class SameOwner(models.BaseConstraint):
    """A foreign key over (owner, parent): the database refuses a child whose owner is not its
    parent's. The parent needs a unique constraint over (user, id).
    """

    def __init__(self, *, parent: str, name: str) -> None:
        super().__init__(name=name)
        self.parent = parent

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        kwargs.pop("violation_error_message", None)
        return path, (), {**kwargs, "parent": self.parent}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameOwner) and (self.name, self.parent) == (
            other.name,
            other.parent,
        )

    def __hash__(self) -> int:
        return hash((self.name, self.parent))

    def constraint_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        assert model is not None
        assert schema_editor is not None
        field = model._meta.get_field(self.parent)
        assert isinstance(field, models.ForeignKey)
        quote = schema_editor.quote_name
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({quote('user_id')}, "
            f"{quote(field.attname)}) REFERENCES {quote(field.remote_field.model._meta.db_table)} "
            f"({quote('user_id')}, {quote('id')})"
        )

    def create_sql(  # type: ignore[override]
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement:
        assert model is not None
        assert schema_editor is not None
        return Statement(
            "ALTER TABLE %(table)s ADD %(constraint)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            constraint=self.constraint_sql(model, schema_editor),
        )

    def remove_sql(  # type: ignore[override]
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement:
        assert model is not None
        assert schema_editor is not None
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
        )

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Nothing to say before the write: OwnedPart.save takes the owner from the parent."""
