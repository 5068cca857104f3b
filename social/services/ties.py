"""What every change of a tie between two people begins with, and how a tie ends."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from users.models import User
from users.ownership import SyncedQuerySet, advance_clocks_unheard, bury

Clocks = Mapping[UUID, int]


def lock_pair(user_id: UUID, person_id: UUID) -> Clocks:
    """Keep every other change between these two waiting until the transaction ends.

    Advances both clocks, in the order of their ids, and has to come before anything else is
    locked. What is read after it, such as that neither blocks the other, stays so. Raises
    User.DoesNotExist where one of them is being erased, ValidationError for one person alone.
    """
    if user_id == person_id:
        raise ValidationError("This is between you and somebody else.", code="yourself")
    clocks = advance_clocks_unheard([user_id, person_id])
    if clocks.keys() != {user_id, person_id}:
        raise User.DoesNotExist
    return clocks


def untie(rows: SyncedQuerySet[Any], clocks: Clocks) -> bool:
    """Delete these ties of people whose clocks were advanced, as the change feed sees it.

    Whether there were any.
    """
    owned = list(rows.order_by("pk").values_list(f"{rows.owner_field}_id", "pk"))
    if not owned:
        return False
    bury(rows.model, owned, clocks)
    rows.model._default_manager.filter(pk__in=[key for _, key in owned]).remove()
    return True
