"""Messages: written, read, deleted for oneself, and taken back from everybody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from social.models import (
    Conversation,
    ConversationKind,
    ConversationMember,
    HiddenMessage,
    MemberState,
    Message,
    MessagePicture,
)
from social.selectors import messages as selectors
from social.selectors import people
from social.services import message_events as events
from social.services import pictures, receipts
from social.services.conversations import (
    admit,
    lock,
    next_instant,
    open_direct,
    own_seat,
    refuse_unwanted,
    write_seat,
)
from social.services.ties import Clocks, lock_pair
from users.errors import Conflict
from users.models import Notification
from users.ownership import advance_clocks_unheard
from users.services import notifications
from users.services.creation import create_once
from workouts.models import Workout

MOST_BEFORE_ANSWER: Final = 5
MOST_PICTURES: Final = 10
# The message comes up for who gets it; its sender has read what was there.
_DELIVER: LiteralString = """
    UPDATE social_conversationmember SET last_message_at = %(at)s,
        last_read_at = CASE WHEN user_id = %(sender)s THEN %(at)s ELSE last_read_at END
    WHERE conversation_id = %(conversation)s AND state IN ('active', 'request')
        AND user_id <> ALL(%(hidden)s::uuid[])
"""

Content = Mapping[str, Any]


class AwaitingAnswer(Conflict):
    def __init__(self) -> None:
        message = f"More than {MOST_BEFORE_ANSWER} messages wait until they answer."
        super().__init__(message, code="awaiting_answer")


@transaction.atomic
def send_direct(
    *,
    user_id: UUID,
    receiver_id: UUID,
    content: Content,
    idempotency_key: str = "",
    now: datetime | None = None,
) -> tuple[Message, bool]:
    """As ``send``, in the conversation between the two, which is made if there is none."""
    conversation_id, _ = open_direct(user_id=user_id, other_id=receiver_id)
    return send(
        user_id=user_id,
        conversation_id=conversation_id,
        content=content,
        idempotency_key=idempotency_key,
        now=now,
    )


@transaction.atomic
def send(
    *,
    user_id: UUID,
    conversation_id: UUID,
    content: Content,
    idempotency_key: str = "",
    now: datetime | None = None,
) -> tuple[Message, bool]:
    """Write into a conversation; the message, and whether it was stored just now.

    ``content`` has the text, and may have an ``id``, a ``workout`` and ``pictures`` of the
    sender's by their ids. Who answers a stranger has accepted them. Raises
    Conversation.DoesNotExist where the sender is not in it, User.DoesNotExist where the other of
    two is hidden or gone, Conflict where they take no messages or have enough to answer, and what
    create_once raises.
    """
    conversation = Conversation.objects.get(pk=conversation_id, members__user=user_id)
    other_id = _other(conversation, user_id)
    clocks = lock_pair(user_id, other_id) if other_id else advance_clocks_unheard([user_id])

    def create(object_id: UUID, creation_hash: bytes) -> Message:
        message = Message(
            id=object_id,
            sender_id=user_id,
            receiver_id=other_id,
            content=content["content"],
            workout_id=content.get("workout"),
            creation_hash=creation_hash,
        )
        _store(message, conversation_id, clocks, content, now)
        return message

    what = {name: value for name, value in content.items() if name != "id"}
    return create_once(
        model=Message,
        user_id=user_id,
        content={**what, "conversation": conversation_id},
        create=create,
        object_id=content.get("id"),
        idempotency_key=idempotency_key,
    )


@transaction.atomic
def read(*, user_id: UUID, conversation_id: UUID, up_to: UUID) -> datetime:
    """Have everything up to this message read; answers up to when that is.

    What was read stays so: an older message changes nothing. Nobody is told of what a stranger
    wrote before it is accepted. Raises Conversation.DoesNotExist, and ValidationError for a
    message of another conversation.
    """
    seat, clocks = own_seat(user_id, conversation_id)
    found = selectors.messages(user_id, [up_to], hidden=people.hidden_from(user_id))
    if up_to not in found or found[up_to]["conversation"] != conversation_id:
        message = "There is no such message in the conversation."
        raise ValidationError({"up_to": ValidationError(message, code="does_not_exist")})
    before, read_at = seat.last_read_at, found[up_to]["created_at"]
    if before is not None and before >= read_at:
        return before
    write_seat(seat, clocks, last_read_at=read_at)
    if seat.state == MemberState.ACTIVE:
        receipts.mark(seat, after=before)
    told = Notification.objects.of_group(user_id, events.group_key(conversation_id)).unread()
    notifications.mark_read(notifications=told, read_at=timezone.now())
    return read_at  # type: ignore[no-any-return]


@transaction.atomic
def hide(*, user_id: UUID, message_id: UUID) -> None:
    """Delete a message for this person alone. The caller knows that they see it."""
    clocks = advance_clocks_unheard([user_id])
    message = Message.objects.get(pk=message_id)
    gone = [HiddenMessage(user_id=user_id, message=message)]
    HiddenMessage.objects.bulk_create(gone, ignore_conflicts=True)
    # The phones of who wrote it have it from the change feed.
    mine = Message.objects.filter(pk=message_id, sender=user_id)
    mine.write(revision=clocks[user_id], updated_at=timezone.now())
    events.announce_hidden(user_id, message_id, message.conversation_id)


@transaction.atomic
def take_back(*, sender_id: UUID, message_id: UUID) -> None:
    """Delete a message for everybody; that there was one stays to be seen. Twice is once.

    Raises Message.DoesNotExist for one that this person did not write.
    """
    clocks = advance_clocks_unheard([sender_id])
    mine = Message.objects.filter(pk=message_id, sender=sender_id)
    message = mine.select_for_update(no_key=True).get()
    if message.deleted_at is not None:
        return
    parts = MessagePicture.objects.filter(user=sender_id, message=message)
    attached = [part.picture for part in parts.select_related("picture")]
    parts.remove()
    pictures.remove(attached)
    now = timezone.now()
    mine.write(
        content="", workout=None, deleted_at=now, revision=clocks[sender_id], updated_at=now
    )
    events.promise_deletion(message)


def _other(conversation: Conversation, user_id: UUID) -> UUID | None:
    """With whom this person is in a conversation between two."""
    ids = {UUID(key) for key in conversation.direct_key.split(":") if key}
    return next(iter(ids - {user_id}), None)


def _store(
    message: Message,
    conversation_id: UUID,
    clocks: Clocks,
    content: Content,
    now: datetime | None,
) -> None:
    conversation, sender_id = lock(conversation_id), message.sender_id
    seats = ConversationMember.objects.filter(conversation=conversation)
    seat = seats.filter(state__in=[MemberState.ACTIVE, MemberState.REQUEST]).get(user=sender_id)
    is_request = conversation.kind == ConversationKind.DIRECT and _admit(
        seats.get(user=message.receiver_id), seat, conversation, clocks
    )
    message.conversation = conversation
    message.created_at = next_instant(conversation, now)
    _refuse_others_workout(message)
    message.insert_at(clocks[sender_id])
    _attach(message, content.get("pictures", ()))
    _deliver(message)
    _answer(seat, conversation, message, clocks)
    if is_request:
        assert message.receiver_id is not None
        events.promise_request(conversation_id, user_id=message.receiver_id, actor_id=sender_id)
    events.promise_message(message)


def _admit(
    theirs: ConversationMember,
    mine: ConversationMember,
    conversation: Conversation,
    clocks: Clocks,
) -> bool:
    """Whether it is the first message that waits for the other one to accept it.

    Raises what ``send`` raises where it may not be written.
    """
    admission = admit(mine.user_id, theirs.user_id)
    is_accepted = theirs.state == MemberState.ACTIVE
    refuse_unwanted(admission, accepted=is_accepted)
    if is_accepted:
        return False
    if admission["knows"]:
        # They came to know each other. What was declined before stays so.
        was_declined = theirs.state == MemberState.DECLINED
        cleared_at = conversation.last_message_at if was_declined else theirs.cleared_at
        write_seat(theirs, clocks, state=MemberState.ACTIVE, cleared_at=cleared_at)
        return False
    sent = Message.objects.filter(conversation=conversation, sender=mine.user_id)
    if sent.count() >= MOST_BEFORE_ANSWER:
        raise AwaitingAnswer
    return theirs.state == MemberState.REQUEST and theirs.last_message_at is None


def _refuse_others_workout(message: Message) -> None:
    workout_id = message.workout_id
    if workout_id is None:
        return
    if not Workout.objects.filter(user=message.sender_id, pk=workout_id).exists():
        text = "There is no such workout."
        raise ValidationError({"workout": ValidationError(text, code="does_not_exist")})


def _attach(message: Message, picture_ids: list[UUID]) -> None:
    free = pictures.unused(message.sender_id, picture_ids)
    for place, picture_id in enumerate(picture_ids):
        if picture_id not in free:
            text = "There is no such picture, or it is in use."
            attr = f"pictures.{place}"
            raise ValidationError({attr: ValidationError(text, code="does_not_exist")})
    MessagePicture.objects.insert(
        MessagePicture(
            user_id=message.sender_id, message=message, picture_id=picture_id, order=place
        )
        for place, picture_id in enumerate(picture_ids)
    )


def _deliver(message: Message) -> None:
    conversation_id, at = message.conversation_id, message.created_at
    Conversation.objects.filter(pk=conversation_id).update(last_message_at=at)
    parameters: dict[str, Any] = {
        "conversation": conversation_id,
        "sender": message.sender_id,
        "at": at,
        "hidden": list(people.hidden_from(message.sender_id)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DELIVER, parameters)


def _answer(
    seat: ConversationMember, conversation: Conversation, message: Message, clocks: Clocks
) -> None:
    """Who writes has read what was there, and accepts who wrote it."""
    before, last = seat.last_read_at, conversation.last_message_at
    seat.last_read_at = message.created_at
    if seat.state == MemberState.REQUEST:
        write_seat(seat, clocks, state=MemberState.ACTIVE)
        receipts.mark(seat, after=None)
    elif last is not None and (before is None or before < last):
        receipts.mark(seat, after=before)
