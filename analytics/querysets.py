"""Rows of more than one table that are read and deleted together."""

from typing import TYPE_CHECKING, Any

from polymorphic.managers import PolymorphicManager
from polymorphic.query import PolymorphicQuerySet

from users.ownership import SyncedQuerySet

if TYPE_CHECKING:
    from analytics.models.goal import Goal  # noqa: F401 - named in the base class


class GoalQuerySet(SyncedQuerySet["Goal"], PolymorphicQuerySet[Any]):
    """Goals of all kinds, each as what it is; bulk writes as the change feed sees them."""


GoalManager = PolymorphicManager.from_queryset(GoalQuerySet)
