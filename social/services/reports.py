"""What people report to the moderators. Nobody else learns of it."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from social.models import Report, ReportStatus
from social.selectors import people
from social.selectors.targets import REPORTED
from social.services.comments import TargetUnknown
from users.errors import Conflict
from users.ownership import advance_clock


@transaction.atomic
def report(
    *,
    user_id: UUID,
    object_id: UUID,
    target_type: str,
    target_id: UUID,
    reason: str,
    details: str,
    creation_hash: bytes,
) -> Report:
    """Put a thing that the person sees before the moderators.

    Raises TargetUnknown, ValidationError for one's own, and Conflict while an earlier report of
    the same thing is open.
    """
    revision = advance_clock(user_id)
    kind = REPORTED[target_type]
    seen = kind.visible(user_id, [target_id], people.hidden_from(user_id))
    if target_id not in seen:
        raise TargetUnknown
    if seen[target_id] == user_id:
        error = ValidationError("This is your own.", code="own")
        raise ValidationError({"target_id": error})
    open_ones = Report.objects.filter(
        user=user_id,
        target_type=kind.content_type,
        target_id=target_id,
        status=ReportStatus.OPEN,
    )
    if open_ones.exists():
        raise Conflict("You have reported this already.", code="already_reported")
    row = Report(
        id=object_id,
        user_id=user_id,
        target_type=kind.content_type,
        target_id=target_id,
        reason=reason,
        details=details,
        creation_hash=creation_hash,
    )
    row.insert_at(revision)
    return row
