"""A look at somebody's health values, for a reason and for a while."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from users.models import HealthDisclosure, StaffAction, User
from users.services import audit

LASTS: Final = timedelta(minutes=30)
PERMISSION: Final = "users.view_health_values"


@transaction.atomic
def disclose(*, staff: User, user_id: UUID, reason: str, now: datetime) -> HealthDisclosure:
    """Open a person's health values to a member of staff. The trail keeps the reason."""
    disclosure = HealthDisclosure(
        staff=staff, user_id=user_id, reason=reason.strip(), opened_at=now, closes_at=now + LASTS
    )
    disclosure.full_clean()
    disclosure.save(force_insert=True)
    note = audit.Note(
        action=StaffAction.DISCLOSE,
        model=HealthDisclosure._meta.label,
        object_id=str(disclosure.pk),
        person=user_id,
        reason=disclosure.reason,
    )
    audit.note(note, staff=staff)
    return disclosure


def sees_everybody(staff: User) -> bool:
    return staff.has_perm(PERMISSION)


def may_see(staff: User, user_id: UUID | None) -> bool:
    """Whether this member of staff may see health values of this person now.

    A yes is noted as a look at them, so ask only where they are shown if they may be. A request
    asks the database once, for however many people it asks. Of rows that do not say whose they
    are, nobody is given a reason to see.
    """
    if not is_open(staff, user_id):
        return False
    trail = audit.current()
    if trail is not None and user_id is not None:
        trail.seen[user_id] = None
    return True


def is_open(staff: User, user_id: UUID | None) -> bool:
    """The same for a page that shows none of them itself, and only leads to them."""
    return sees_everybody(staff) or user_id in _disclosed(staff, audit.current())


def _disclosed(staff: User, trail: audit.Trail | None) -> set[UUID]:
    if trail is not None and trail.disclosed is not None:
        return trail.disclosed
    rows = HealthDisclosure.objects.open_to(staff)
    found = set(rows.values_list("user_id", flat=True))
    if trail is not None:
        trail.disclosed = found
    return found
