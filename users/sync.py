"""Which rows the change feed reports. Each app registers its resources when it is ready."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.utils.module_loading import import_string

from users.ownership import Synced, resource_name

# Ids of one person's rows in, their representation out; a constant number of queries.
Represent = Callable[[UUID, list[UUID]], Mapping[UUID, Any]]


@dataclass(frozen=True)
class SyncedResource:
    """``label`` names the model, ``represent`` the function (by its path) that shows its rows."""

    label: str
    represent: str

    @property
    def model(self) -> type[Synced]:
        model = apps.get_model(self.label)
        assert issubclass(model, Synced)
        return model

    @property
    def name(self) -> str:
        return resource_name(self.model)

    def shown(self, user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
        represent: Represent = import_string(self.represent)
        return represent(user_id, ids)


_registered: dict[str, SyncedResource] = {}


def register(*resources: SyncedResource) -> None:
    for resource in resources:
        _registered[resource.label] = resource


def registered() -> tuple[SyncedResource, ...]:
    return tuple(_registered.values())
