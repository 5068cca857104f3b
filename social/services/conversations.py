"""Who is in a conversation, and what each of them makes of it.

Between two people everything happens under the lock of the pair, among several under that of the
conversation's row, which comes after the clocks.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from social.models import Conversation, ConversationKind, ConversationMember, MemberState
from social.selectors import conversations as selectors
from social.selectors import people
from social.selectors.messages import direct_key, sees_conversation
from social.services import message_events as events
from social.services import receipts
from social.services.ties import Clocks, lock_pair
from users.errors import Conflict
from users.ids import uuid7
from users.models import User
from users.models.profile import MessagesFrom
from users.ownership import advance_clocks_unheard
from users.services.creation import claim_key

MOST_OTHERS: Final = selectors.MOST_MEMBERS - 1
_INSIDE: Final = frozenset({MemberState.ACTIVE, MemberState.REQUEST})


class NoSuchPerson(ValidationError):
    """Nobody whom this person may know; ``attr`` is where they were named."""

    def __init__(self, attr: str) -> None:
        message = "There is no such person."
        super().__init__({attr: ValidationError(message, code="does_not_exist")})


class MessagesRefused(Conflict):
    def __init__(self, username: str) -> None:
        super().__init__(f"{username} takes no messages from you.", code="messages_refused")


# --- Beginning one ---------------------------------------------------------------------------


@transaction.atomic
def open_direct(*, user_id: UUID, other_id: UUID) -> tuple[UUID, bool]:
    """The conversation between these two, and whether it was made just now.

    The other one learns of it by its first message. Raises User.DoesNotExist for who is hidden,
    Conflict where they take no messages.
    """
    clocks = lock_pair(user_id, other_id)
    admission = admit(user_id, other_id)
    key = direct_key(user_id, other_id)
    known = Conversation.objects.filter(direct_key=key).values_list("pk", flat=True).first()
    if known is not None:
        _reopen(user_id, known, clocks)
        return known, False
    refuse_unwanted(admission, accepted=False)
    conversation = Conversation.objects.create(
        kind=ConversationKind.DIRECT, direct_key=key, created_by_id=user_id
    )
    theirs = MemberState.ACTIVE if admission["knows"] else MemberState.REQUEST
    seats = [
        _seat(conversation, user_id, clocks, last_message_at=conversation.created_at),
        _seat(conversation, other_id, clocks, state=theirs),
    ]
    ConversationMember.objects.insert(seats)
    return conversation.pk, True


@transaction.atomic
def open_group(
    *, user_id: UUID, title: str, member_ids: Sequence[UUID], idempotency_key: str = ""
) -> tuple[UUID, bool]:
    """A conversation among several, led by who began it; whether it was made just now.

    Whoever is a stranger to the others is asked first. With the same key and content, it is made
    once. Raises NoSuchPerson, or Conflict where somebody takes no messages.
    """
    clocks = advance_clocks_unheard([user_id, *member_ids])
    conversation_id = uuid7()
    if idempotency_key:
        content = {"title": title, "members": sorted(map(str, member_ids))}
        conversation_id, is_new = claim_key(
            model=Conversation, user_id=user_id, key=idempotency_key, content=content
        )
        if not is_new:
            return conversation_id, False
    admissions = selectors.admissions(user_id, member_ids)
    for place, member_id in enumerate(member_ids):
        if member_id not in admissions or member_id not in clocks:
            raise NoSuchPerson(f"members.{place}")
        refuse_unwanted(admissions[member_id], accepted=False)
    conversation = Conversation.objects.create(
        pk=conversation_id, kind=ConversationKind.GROUP, title=title, created_by_id=user_id
    )
    begun = conversation.created_at
    seats = [_seat(conversation, user_id, clocks, is_admin=True, last_message_at=begun)]
    for member_id in member_ids:
        state = MemberState.ACTIVE if admissions[member_id]["knows"] else MemberState.REQUEST
        seats.append(_seat(conversation, member_id, clocks, state=state, last_message_at=begun))
    ConversationMember.objects.insert(seats)
    for seat in seats:
        if seat.state == MemberState.REQUEST:
            events.promise_request(conversation.pk, user_id=seat.user_id, actor_id=user_id)
    return conversation.pk, True


def admit(user_id: UUID, other_id: UUID) -> Mapping[str, Any]:
    """What the other one says of this person's messages. The caller has locked the pair.

    Raises User.DoesNotExist where one of them blocks the other, or the other is not active.
    """
    found = selectors.admissions(user_id, [other_id])
    if other_id not in found:
        raise User.DoesNotExist
    return found[other_id]


def refuse_unwanted(admission: Mapping[str, Any], *, accepted: bool) -> None:
    """Raises MessagesRefused. ``accepted`` is whether they took a conversation before."""
    wish = admission["messages_from"]
    is_stranger = not (admission["knows"] or accepted)
    if wish == MessagesFrom.NOBODY or (wish == MessagesFrom.CONNECTIONS and is_stranger):
        raise MessagesRefused(admission["username"])


# --- One's own seat --------------------------------------------------------------------------


@transaction.atomic
def accept(*, user_id: UUID, conversation_id: UUID) -> None:
    """Take a stranger's conversation, or the invitation to a group. Twice is once."""
    seat, clocks = own_seat(user_id, conversation_id)
    if seat.state == MemberState.REQUEST:
        become_active(seat, clocks)


@transaction.atomic
def decline(*, user_id: UUID, conversation_id: UUID) -> None:
    """See no more of it. Who wrote is not told, and sees it as before.

    Raises Conflict for one that was accepted.
    """
    seat, clocks = own_seat(user_id, conversation_id)
    if seat.state == MemberState.ACTIVE:
        raise Conflict("You have accepted this conversation.", code="accepted")
    write_seat(seat, clocks, state=MemberState.DECLINED, cleared_at=seat.last_message_at)


@transaction.atomic
def mute(*, user_id: UUID, conversation_id: UUID, until: datetime | None) -> None:
    """Ring no more until then; None rings again."""
    seat, clocks = own_seat(user_id, conversation_id)
    write_seat(seat, clocks, muted_until=until)


@transaction.atomic
def clear(*, user_id: UUID, conversation_id: UUID) -> None:
    """Delete the conversation for this person alone; a new message brings back the rest."""
    seat, clocks = own_seat(user_id, conversation_id)
    if seat.last_message_at is not None:
        write_seat(seat, clocks, cleared_at=seat.last_message_at)
        events.forget_conversation(user_id, conversation_id)


@transaction.atomic
def leave(*, user_id: UUID, conversation_id: UUID) -> None:
    """Be in a group no more. Raises Conflict for a conversation between two."""
    seat, clocks = own_seat(user_id, conversation_id)
    _require_group(seat.conversation)
    write_seat(seat, clocks, state=MemberState.LEFT, is_admin=False)


# --- Groups ----------------------------------------------------------------------------------


@transaction.atomic
def rename(*, user_id: UUID, conversation_id: UUID, title: str) -> None:
    """Raises PermissionDenied for who does not lead the group, Conflict where there is none."""
    own_seat(user_id, conversation_id)
    conversation = lock(conversation_id)
    _require_group(conversation)
    _require_leader(user_id, conversation_id)
    Conversation.objects.filter(pk=conversation_id).update(title=title)


@transaction.atomic
def add_member(*, user_id: UUID, conversation_id: UUID, other_id: UUID) -> bool:
    """Bring somebody into a group; whether they were not in it. They read from then on.

    A stranger is asked first, and so is who had left. Raises PermissionDenied as ``rename``,
    User.DoesNotExist for who is hidden, Conflict where they take no messages or have declined,
    and where the group is full.
    """
    clocks = lock_pair(user_id, other_id)
    _require_seen(user_id, conversation_id)
    conversation = lock(conversation_id)
    _require_group(conversation)
    seats = _require_leader(user_id, conversation_id)
    admission = admit(user_id, other_id)
    state = seats[other_id]["state"] if other_id in seats else None
    if state in _INSIDE:
        return False
    if state == MemberState.DECLINED:
        raise Conflict(f"{admission['username']} has declined.", code="declined")
    if sum(seat["state"] in _INSIDE for seat in seats.values()) > MOST_OTHERS:
        message = f"A conversation has at most {selectors.MOST_MEMBERS} members."
        raise Conflict(message, code="too_many")
    refuse_unwanted(admission, accepted=False)
    is_asked = state == MemberState.LEFT or not admission["knows"]
    values = {
        "state": MemberState.REQUEST if is_asked else MemberState.ACTIVE,
        "cleared_at": conversation.last_message_at,
        "last_message_at": next_instant(conversation),
    }
    if state is None:
        ConversationMember.objects.insert([_seat(conversation, other_id, clocks, **values)])
    else:
        seat = ConversationMember.objects.get(conversation=conversation_id, user=other_id)
        write_seat(seat, clocks, **values)
    if is_asked:
        events.promise_request(conversation_id, user_id=other_id, actor_id=user_id)
    return True


@transaction.atomic
def remove_member(*, user_id: UUID, conversation_id: UUID, other_id: UUID) -> None:
    """Take somebody out of a group; twice is once. Raises PermissionDenied as ``rename``."""
    clocks = lock_pair(user_id, other_id)
    _require_seen(user_id, conversation_id)
    conversation = lock(conversation_id)
    _require_group(conversation)
    _require_leader(user_id, conversation_id)
    found = ConversationMember.objects.filter(conversation=conversation_id, user=other_id)
    for seat in found.filter(state__in=_INSIDE):
        write_seat(seat, clocks, state=MemberState.LEFT, is_admin=False)


# --- Shared with the messages ----------------------------------------------------------------


def lock(conversation_id: UUID) -> Conversation:
    """Keep other messages and members of it waiting. The caller has advanced the clocks."""
    return Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)


def next_instant(conversation: Conversation, now: datetime | None = None) -> datetime:
    """Now, or just after the last message: no two of a conversation have the same instant."""
    now = now or timezone.now()
    last = conversation.last_message_at
    return now if last is None or now > last else last + timedelta(microseconds=1)


def own_seat(user_id: UUID, conversation_id: UUID) -> tuple[ConversationMember, Clocks]:
    """The seat of a person who sees the conversation, with their clock advanced.

    Raises Conversation.DoesNotExist where they do not.
    """
    clocks = advance_clocks_unheard([user_id])
    _require_seen(user_id, conversation_id)
    seats = ConversationMember.objects.select_related("conversation")
    return seats.get(conversation=conversation_id, user=user_id), clocks


def become_active(seat: ConversationMember, clocks: Clocks) -> None:
    """Let somebody in who was asked. What they looked at before now counts as read."""
    write_seat(seat, clocks, state=MemberState.ACTIVE)
    receipts.mark(seat, after=None)


def write_seat(seat: ConversationMember, clocks: Clocks, **values: Any) -> None:
    """Change a seat whose person's clock was advanced."""
    for name, value in values.items():
        setattr(seat, name, value)
    ConversationMember.objects.filter(pk=seat.pk).write(
        **values, revision=clocks[seat.user_id], updated_at=timezone.now()
    )


def _seat(
    conversation: Conversation, user_id: UUID, clocks: Clocks, **values: Any
) -> ConversationMember:
    return ConversationMember(
        conversation=conversation, user_id=user_id, revision=clocks[user_id], **values
    )


def _reopen(user_id: UUID, conversation_id: UUID, clocks: Clocks) -> None:
    """Who opens what they had declined has thought better of it."""
    seat = ConversationMember.objects.get(conversation=conversation_id, user=user_id)
    if seat.state == MemberState.DECLINED:
        conversation = lock(conversation_id)
        write_seat(
            seat,
            clocks,
            state=MemberState.ACTIVE,
            cleared_at=conversation.last_message_at,
            last_message_at=next_instant(conversation),
        )


def _require_seen(user_id: UUID, conversation_id: UUID) -> None:
    hidden = people.hidden_from(user_id)
    if not sees_conversation(user_id, conversation_id, hidden=hidden):
        raise Conversation.DoesNotExist


def _require_group(conversation: Conversation) -> None:
    if conversation.kind != ConversationKind.GROUP:
        raise Conflict("This conversation is between two.", code="direct_conversation")


def _require_leader(user_id: UUID, conversation_id: UUID) -> dict[UUID, dict[str, Any]]:
    seats = selectors.roster(conversation_id)
    if not seats[user_id]["leads"]:
        raise PermissionDenied
    return seats
