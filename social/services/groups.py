"""Groups: made, changed, joined and left.

Whoever writes a membership holds the clock of its member. So a role that was read after the clock
was advanced is still the role when the transaction ends.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from social.models import Group, GroupAccess, GroupRole, InviteLink, JoinRequest, Membership
from social.selectors import groups as selectors
from social.selectors import people
from social.services.dissolution import dissolve
from social.signals import person_acted
from users.errors import Conflict
from users.ids import uuid7
from users.models.notification import NotificationCategory
from users.ownership import advance_clock, advance_clocks, advance_clocks_unheard
from users.services import notifications, outbox

_SHOWN_NAME = 60


class RoleRequired(Conflict):
    def __init__(self, who: str) -> None:
        super().__init__(f"Only {who} may do this.", code="role_required")


class NotAMember(ValidationError):
    def __init__(self) -> None:
        error = ValidationError("You are not in a group of this id.", code="not_a_member")
        super().__init__({"group": error})


def require_member(*, user_id: UUID, group_id: UUID) -> None:
    """Raises NotAMember. The caller has advanced the person's clock: they stay in it as long."""
    if selectors.role_of(user_id, group_id) is None:
        raise NotAMember


def require_staff(*, user_id: UUID, group_id: UUID) -> str:
    """The role of an owner or admin. Raises RoleRequired for a member, and as if there were no
    such group for anybody else.
    """
    role = selectors.role_of(user_id, group_id)
    if role is None:
        raise Group.DoesNotExist
    if role not in selectors.STAFF:
        raise RoleRequired("the owner and the admins")
    return role


def require_owner(*, user_id: UUID, group_id: UUID) -> None:
    """Raises what require_staff raises."""
    if require_staff(user_id=user_id, group_id=group_id) != GroupRole.OWNER:
        raise RoleRequired("the owner")


@transaction.atomic
def create_group(
    *, user_id: UUID, object_id: UUID, content: Mapping[str, Any], creation_hash: bytes
) -> Group:
    """A group whose owner and first member is this person."""
    revision = advance_clock(user_id)
    group = Group(
        id=object_id,
        created_by_id=user_id,
        members_count=1,
        creation_hash=creation_hash,
        **content,
    )
    group.insert_at(revision)
    Membership(user_id=user_id, group=group, role=GroupRole.OWNER).insert_at(revision)
    person_acted.send(sender=Group, user_ids=(user_id,))
    return group


@transaction.atomic
def change_group(*, user_id: UUID, group_id: UUID, values: Mapping[str, Any]) -> None:
    """New words or another access. Those who wait stay waiting, whatever the access becomes."""
    creator_id = Group.objects.values_list("created_by_id", flat=True).get(pk=group_id)
    clocks = advance_clocks({user_id, creator_id})
    require_owner(user_id=user_id, group_id=group_id)
    now = timezone.now()
    Group.objects.filter(pk=group_id, created_by=creator_id).write(
        **values, updated_at=now, revision=clocks[creator_id]
    )


def delete_group(*, user_id: UUID, group_id: UUID) -> None:
    """Take the group away from everybody, with its posts and challenges."""
    require_owner(user_id=user_id, group_id=group_id)
    dissolve(group_id=group_id, allowed=lambda: require_owner(user_id=user_id, group_id=group_id))


@transaction.atomic
def join_group(*, user_id: UUID, group_id: UUID) -> bool:
    """Become a member, or ask to become one, as the group has it; whether that is new.

    Raises Group.DoesNotExist for a group that this person does not find.
    """
    revision = advance_clock(user_id)
    hidden = people.hidden_from(user_id)
    found = selectors.groups(viewer_id=user_id, ids=[group_id], hidden=hidden)
    if not found:
        raise Group.DoesNotExist
    [group] = found
    if group["my_role"] is not None:
        return False
    if group["access"] == GroupAccess.REQUEST:
        return _ask(user_id, group_id, revision)
    admit(user_id=user_id, group_id=group_id, revision=revision)
    return True


def admit(
    *, user_id: UUID, group_id: UUID, revision: int, invited_by_id: UUID | None = None
) -> None:
    """Make somebody a member who is none. The caller has advanced their clock."""
    JoinRequest.objects.filter(user_id=user_id, group_id=group_id).delete()
    Membership(user_id=user_id, group_id=group_id, invited_by_id=invited_by_id).insert_at(revision)
    Group.objects.filter(pk=group_id).write(members_count=F("members_count") + 1)
    person_acted.send(sender=Membership, user_ids=(user_id,))


def expel(*, user_id: UUID, group_id: UUID) -> None:
    """End a membership, and what the person could give away with it. As for ``admit``."""
    InviteLink.objects.filter(user_id=user_id, group_id=group_id).delete()
    Membership.objects.filter(user_id=user_id, group_id=group_id).delete()
    Group.objects.filter(pk=group_id).write(members_count=F("members_count") - 1)


def leave_group(*, user_id: UUID, group_id: UUID) -> None:
    """Leave, or take back the wish to join; twice is once.

    An owner hands the group over first. It goes with its only member. Raises Conflict while
    others are in it.
    """
    if _left(user_id, group_id):
        return
    dissolve(group_id=group_id, allowed=lambda: _refuse_company(user_id, group_id))


@transaction.atomic
def _left(user_id: UUID, group_id: UUID) -> bool:
    """False for an owner, who has to see about the others first."""
    advance_clock(user_id)
    JoinRequest.objects.filter(user_id=user_id, group_id=group_id).delete()
    role = selectors.role_of(user_id, group_id)
    if role == GroupRole.OWNER:
        return False
    if role is not None:
        expel(user_id=user_id, group_id=group_id)
    return True


def _refuse_company(user_id: UUID, group_id: UUID) -> None:
    require_owner(user_id=user_id, group_id=group_id)
    others = Membership.objects.filter(group=group_id, user__is_active=True)
    if others.exclude(user=user_id).exists():
        raise Conflict("Make somebody else the owner first.", code="hand_over_first")


def _ask(user_id: UUID, group_id: UUID, revision: int) -> bool:
    if JoinRequest.objects.filter(user_id=user_id, group_id=group_id).exists():
        return False
    wish = JoinRequest(id=uuid7(), user_id=user_id, group_id=group_id)
    wish.insert_at(revision)
    outbox.promise(kind="social_join_request", request_id=str(wish.pk))
    return True


@outbox.handles("social_join_request")
def tell_of_join_request(*, request_id: str) -> None:
    """Tell those who may answer it, while it waits."""
    wish = JoinRequest.objects.select_related("group").filter(pk=request_id).first()
    if wish is None:
        return
    # All of them first: one after the other, two workers could wait for each other.
    staff = selectors.staff_of(wish.group_id)
    advance_clocks_unheard(staff | {wish.user_id})
    for staff_id in staff:
        notifications.tell(
            user_id=staff_id,
            category=NotificationCategory.SOCIAL,
            kind="group_join_requested",
            group_key=f"join:{wish.group_id}",
            actor_id=wish.user_id,
            phrase=f"would like to join {shown_name(wish.group)}",
            target=wish.group,
        )


def shown_name(group: Group) -> str:
    """As much of its name as fits into a sentence."""
    name = group.name
    return name if len(name) <= _SHOWN_NAME else f"{name[: _SHOWN_NAME - 1]}…"
