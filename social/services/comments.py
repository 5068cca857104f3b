"""What people say about workouts, plans, challenges and achievements."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from social.models import Comment
from social.selectors import people, targets
from social.selectors.targets import COMMENTED, Kind
from social.signals import person_acted
from users.keyset import fetch
from users.models.notification import NotificationCategory
from users.ownership import advance_clock, advance_clocks
from users.services import notifications, outbox

_BATCH: Final = 500
_SWEPT_AFTER: Final = timedelta(days=2)


class TargetUnknown(ValidationError):
    """What is to be commented on or reported is not there, or not for this person."""

    def __init__(self) -> None:
        error = ValidationError("There is no such thing.", code="does_not_exist")
        super().__init__({"target_id": error})


@transaction.atomic
def add_comment(
    *,
    user_id: UUID,
    object_id: UUID,
    target_type: str,
    target_id: UUID,
    content: str,
    creation_hash: bytes,
) -> Comment:
    """Say something of a thing that the person sees, and let its owner know.

    Raises TargetUnknown.
    """
    # Who blocks somebody holds the clocks of both: until the end nobody is hidden anew.
    revision = advance_clock(user_id)
    kind = COMMENTED[target_type]
    if target_id not in kind.visible(user_id, [target_id], people.hidden_from(user_id)):
        raise TargetUnknown
    comment = Comment(
        id=object_id,
        author_id=user_id,
        target_type=kind.content_type,
        target_id=target_id,
        content=content,
        creation_hash=creation_hash,
    )
    comment.insert_at(revision)
    outbox.promise(kind="social_comment", comment_id=str(comment.pk))
    person_acted.send(sender=Comment, user_ids=(user_id,))
    return comment


@transaction.atomic
def change_comment(*, user_id: UUID, comment_id: UUID, content: str) -> None:
    """Say it in other words. Raises Comment.DoesNotExist unless it is the person's own."""
    advance_clock(user_id)
    comment = Comment.objects.live().get(pk=comment_id, author=user_id)
    if comment.content == content:
        return
    comment.content = content
    comment.edited_at = timezone.now()
    comment.save(update_fields=["content", "edited_at"])


@transaction.atomic
def delete_comment(*, user_id: UUID, comment_id: UUID) -> None:
    """Take a comment away: its author may, and whose thing it is on.

    Raises Comment.DoesNotExist for anybody else.
    """
    author_id = Comment.objects.live().values_list("author_id", flat=True).get(pk=comment_id)
    advance_clocks({user_id, author_id})
    comment = Comment.objects.live().get(pk=comment_id, author=author_id)
    owner_id = _owner_of(comment)
    if user_id not in {author_id, owner_id}:
        raise Comment.DoesNotExist
    Comment.objects.filter(pk=comment_id).delete()
    if owner_id is not None:
        outbox.promise(
            kind="social_comment_gone",
            owner_id=str(owner_id),
            author_id=str(author_id),
            target_type_id=comment.target_type_id,
            target_id=str(comment.target_id),
        )


def sweep_orphans() -> int:
    """Remove comments whose thing is gone, as of deleted workouts; how many they were."""
    removed = 0
    for kind in COMMENTED.values():
        while ids := _orphans(kind):
            Comment.objects.filter(pk__in=ids).delete()
            removed += len(ids)
    return removed


def overdue_orphans(kind: Kind, *, now: datetime) -> tuple[str, dict[str, Any]]:
    """Those of a kind that a sweep should have removed by now, as a query of their ids."""
    query = f"""
        {_orphaned(kind)} AND NOT EXISTS (
            SELECT FROM users_tombstone grave
            WHERE grave.object_id = comment.target_id AND grave.deleted_at > %(since)s
        )
    """
    return query, {"type": kind.content_type.pk, "since": now - _SWEPT_AFTER}


def _orphans(kind: Kind) -> list[UUID]:
    rows = fetch(
        f"{_orphaned(kind)} LIMIT %(limit)s", {"type": kind.content_type.pk, "limit": _BATCH}
    )
    return [row["id"] for row in rows]


def _orphaned(kind: Kind) -> str:
    table = kind.model._meta.db_table
    return f"""
        SELECT comment.id FROM social_comment comment
        WHERE comment.target_type_id = %(type)s
            AND NOT EXISTS (SELECT FROM {table} thing WHERE thing.id = comment.target_id)
    """  # noqa: S608 - the name of a table of ours


def _owner_of(comment: Comment) -> UUID | None:
    """Whose the thing is; None once it is gone."""
    thing = comment.target
    if thing is None:
        return None
    owner_id: UUID = getattr(thing, f"{thing.owner_field}_id")
    return owner_id


# --- Who is told -----------------------------------------------------------------------------


@outbox.handles("social_comment")
def tell_of_comment(*, comment_id: str) -> None:
    """Tell whose the thing is, unless the comment is gone by now."""
    comment = Comment.objects.live().filter(pk=comment_id).first()
    owner_id = _owner_of(comment) if comment else None
    if comment is None or owner_id is None:
        return
    kind = targets.kind_of(comment.target_type_id)
    notifications.tell(
        user_id=owner_id,
        category=NotificationCategory.SOCIAL,
        kind="commented",
        group_key=_group_key(kind, comment.target_id),
        actor_id=comment.author_id,
        phrase=f"commented on your {kind.name}",
        target=comment.target,
    )


@outbox.handles("social_comment_gone")
def take_back_comment(
    *, owner_id: str, author_id: str, target_type_id: int, target_id: str
) -> None:
    """Take back what the owner was told, unless the author said something else of it."""
    said = Comment.objects.live().filter(
        author=UUID(author_id), target_type=target_type_id, target_id=target_id
    )
    if not said.exists():
        notifications.untell(
            user_id=UUID(owner_id),
            group_key=_group_key(targets.kind_of(target_type_id), UUID(target_id)),
            actor_id=UUID(author_id),
        )


def _group_key(kind: Kind, target_id: UUID) -> str:
    return f"comment:{kind.name}:{target_id}"
