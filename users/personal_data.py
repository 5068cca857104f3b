"""Which tables hold something of a person: what an export contains and an erasure removes.

Each app registers its models when it is ready; a test fails for a model that refers to a user
and is not here.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class PersonalData:
    """The rows of one model that belong to a person.

    ``owner`` is the field that names the person. Rows are exported under ``name`` with every
    field but ``secret`` ones; a ``name`` of None keeps a table of our own bookkeeping out of the
    export. ``files`` are file fields that go with their rows, into the export and the erasure.
    """

    label: str
    name: str | None
    owner: str = "user"
    secret: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()
    erase: bool = True

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    def rows(self, user_id: UUID) -> "models.QuerySet[Any]":
        through, _, owner = self.owner.partition("__")
        rows = self.model._base_manager.order_by("pk")
        if not owner:
            return rows.filter(**{through: user_id})
        # A list of parents and not a join, which a DELETE would turn into one with itself.
        field = self.model._meta.get_field(through)
        assert isinstance(field, models.ForeignKey)
        parents = field.remote_field.model._base_manager.filter(**{owner: user_id})
        return rows.filter(**{f"{through}__in": parents})

    def exported(self, user_id: UUID) -> Iterator[dict[str, Any]]:
        """The person's rows as plain values, a chunk of rows in memory at a time."""
        hidden = self.secret | {"revision", "creation_hash"}
        names = [
            field.attname for field in self.model._meta.concrete_fields if field.name not in hidden
        ]
        yield from self.rows(user_id).values(*names).iterator(chunk_size=2000)


_registered: dict[str, PersonalData] = {}


def register(*parts: PersonalData) -> None:
    """Parents before their children: erasure goes the other way."""
    for part in parts:
        _registered[part.label] = part


def registered() -> tuple[PersonalData, ...]:
    return tuple(_registered.values())


# The function, and the one that tells whose rows it changes, by their paths.
_before_erasure: dict[str, str | None] = {}


def before_erasure(path: str, *, touches: str | None = None) -> None:
    """Have erasure call the function of this path with the person's id.

    Inside its transaction, before the tables are emptied and in the order of registration. The
    function may run again after a failure. ``touches`` is the path of a function that takes the
    id and answers whose rows, beside the person's, it will change: their clocks are advanced with
    the person's, in the order of their ids, so that nobody is waited for out of turn.
    """
    _before_erasure[path] = touches


def touched_by_erasure(user_id: UUID) -> set[UUID]:
    """Whose rows change when this person goes."""
    touched: set[UUID] = set()
    for path in _before_erasure.values():
        if path is not None:
            people: Collection[UUID] = import_string(path)(user_id)
            touched.update(people)
    return touched


def prepare_erasure(user_id: UUID) -> None:
    """Do what was asked for before this person's tables are emptied."""
    for path in _before_erasure:
        import_string(path)(user_id)
