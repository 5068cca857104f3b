"""Who is in a group and as what: roles, requests, and links that let people in."""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from social.models import GroupRole, InviteLink, JoinRequest, Membership
from social.selectors import groups as selectors
from social.selectors import people
from social.services import groups
from social.services.groups import RoleRequired
from users.errors import Conflict
from users.ids import uuid7
from users.models.notification import NotificationCategory
from users.ownership import advance_clock, advance_clocks, advance_clocks_unheard
from users.services import notifications, outbox

MOST_LINKS: Final = 100


class LinkInvalid(ValidationError):
    """There is no such link, or it is over, used up, or from somebody who may not invite them."""

    def __init__(self) -> None:
        error = ValidationError("This link lets nobody in any more.", code="invalid_link")
        super().__init__({"code": error})


# --- Roles -----------------------------------------------------------------------------------


@transaction.atomic
def change_role(*, acting_id: UUID, user_id: UUID, group_id: UUID, role: str) -> None:
    """Give a member another role. A group has one owner: who makes another one becomes an admin.

    Raises RoleRequired unless the acting person is the owner, and Membership.DoesNotExist.
    """
    clocks = advance_clocks({acting_id, user_id})
    groups.require_owner(user_id=acting_id, group_id=group_id)
    member = Membership.objects.get(user_id=user_id, group_id=group_id)
    if member.role == role:
        return
    if user_id == acting_id:
        raise Conflict("Make somebody else the owner instead.", code="hand_over_first")
    if role == GroupRole.OWNER:
        _set_role(acting_id, group_id, GroupRole.ADMIN, clocks[acting_id])
    elif role == GroupRole.MEMBER:
        InviteLink.objects.filter(user_id=user_id, group_id=group_id).delete()
    _set_role(user_id, group_id, role, clocks[user_id])


@transaction.atomic
def remove_member(*, acting_id: UUID, user_id: UUID, group_id: UUID) -> None:
    """Send a member away; an admin may do so with members only. Twice is once."""
    if user_id == acting_id:
        raise Conflict("Leave the group instead.", code="leave_instead")
    advance_clocks({acting_id, user_id})
    mine = groups.require_staff(user_id=acting_id, group_id=group_id)
    theirs = selectors.role_of(user_id, group_id)
    if theirs is None:
        return
    if theirs == GroupRole.OWNER or (theirs, mine) == (GroupRole.ADMIN, GroupRole.ADMIN):
        raise RoleRequired("the owner")
    groups.expel(user_id=user_id, group_id=group_id)


def _set_role(user_id: UUID, group_id: UUID, role: str, revision: int) -> None:
    Membership.objects.filter(user_id=user_id, group_id=group_id).write(
        role=role, revision=revision, updated_at=timezone.now()
    )


# --- Requests --------------------------------------------------------------------------------


@transaction.atomic
def accept_request(*, acting_id: UUID, user_id: UUID, group_id: UUID) -> None:
    """Let somebody in who asked for it; a member by now is one already.

    Raises JoinRequest.DoesNotExist where nobody waits whom the acting person may see.
    """
    clocks = advance_clocks({acting_id, user_id})
    groups.require_staff(user_id=acting_id, group_id=group_id)
    if user_id in people.hidden_from(acting_id):
        raise JoinRequest.DoesNotExist
    if selectors.role_of(user_id, group_id) is not None:
        return
    JoinRequest.objects.get(user_id=user_id, group_id=group_id)
    groups.admit(user_id=user_id, group_id=group_id, revision=clocks[user_id])
    outbox.promise(
        kind="social_let_in",
        group_id=str(group_id),
        user_id=str(user_id),
        acting_id=str(acting_id),
    )


@transaction.atomic
def decline_request(*, acting_id: UUID, user_id: UUID, group_id: UUID) -> None:
    """Turn somebody's wish down; they are not told. Twice is once."""
    advance_clocks({acting_id, user_id})
    groups.require_staff(user_id=acting_id, group_id=group_id)
    JoinRequest.objects.filter(user_id=user_id, group_id=group_id).delete()


@outbox.handles("social_let_in")
def tell_of_admission(*, group_id: str, user_id: str, acting_id: str) -> None:
    rows = Membership.objects.select_related("group")
    member = rows.filter(group_id=group_id, user_id=user_id).first()
    if member is None:
        return
    notifications.tell(
        user_id=member.user_id,
        category=NotificationCategory.SOCIAL,
        kind="group_joined",
        group_key=f"joined:{group_id}",
        actor_id=UUID(acting_id),
        phrase=f"let you into {groups.shown_name(member.group)}",
        target=member.group,
    )


# --- Links -----------------------------------------------------------------------------------


@transaction.atomic
def make_link(
    *, user_id: UUID, group_id: UUID, expires_at: datetime | None, max_uses: int | None
) -> InviteLink:
    """A secret that lets its bearers in, until it expires or so many have used it."""
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationError(
            {"expires_at": ValidationError("This has passed already.", code="in_the_past")}
        )
    revision = advance_clock(user_id)
    groups.require_staff(user_id=user_id, group_id=group_id)
    if InviteLink.objects.filter(group=group_id).count() >= MOST_LINKS:
        raise Conflict(
            f"The group has {MOST_LINKS} links. Revoke some first.", code="too_many_links"
        )
    link = InviteLink(
        id=uuid7(),
        user_id=user_id,
        group_id=group_id,
        code=secrets.token_urlsafe(32),
        expires_at=expires_at,
        max_uses=max_uses,
    )
    link.insert_at(revision)
    return link


@transaction.atomic
def revoke_link(*, user_id: UUID, group_id: UUID, link_id: UUID) -> None:
    """Whoever came by it stays. Twice is once."""
    links = InviteLink.objects.filter(pk=link_id, group_id=group_id)
    makers = set(links.values_list("user_id", flat=True))
    advance_clocks(makers | {user_id})
    groups.require_staff(user_id=user_id, group_id=group_id)
    links.filter(user__in=makers | {user_id}).delete()


@transaction.atomic
def join_by_link(*, user_id: UUID, code: str) -> tuple[UUID, bool]:
    """The group that the link lets this person into, and whether they are new in it.

    A member uses nothing up. Raises LinkInvalid.
    """
    links = InviteLink.objects.filter(code=code, user__is_active=True)
    found = links.values("pk", "user_id", "group_id").first()
    if found is None:
        raise LinkInvalid
    maker_id, group_id = found["user_id"], found["group_id"]
    clocks = advance_clocks_unheard({user_id, maker_id})
    if selectors.role_of(user_id, group_id) is not None:
        return group_id, False
    if _is_hidden(user_id, {maker_id, *selectors.owners_of(group_id)}):
        raise LinkInvalid
    groups.admit(
        user_id=user_id, group_id=group_id, revision=clocks[user_id], invited_by_id=maker_id
    )
    _use_up(found["pk"])
    return group_id, True


def _use_up(link_id: UUID) -> None:
    """One condition and one count in one statement: the last place has one taker."""
    now = timezone.now()
    used = InviteLink.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        Q(max_uses=None) | Q(uses__lt=F("max_uses")),
        pk=link_id,
    ).write(uses=F("uses") + 1)
    if not used:
        raise LinkInvalid


def _is_hidden(user_id: UUID, others: set[UUID]) -> bool:
    return bool(others & people.hidden_from(user_id))
