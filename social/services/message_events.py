"""Tell phones and people of messages: promised by whoever writes one, done by a worker."""

from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse

from social.models import Conversation, MemberState, Message
from social.selectors import messages as selectors
from social.selectors import people
from users.keyset import fetch
from users.models.notification import NotificationCategory
from users.ownership import advance_clocks_unheard
from users.services import live, notifications, outbox

_TITLE_LENGTH: Final = 60
# Who gets a message: everybody who is in its conversation, or asked to be, and reads it there.
_AUDIENCE: LiteralString = """
    SELECT seat.user_id, seat.state,
        seat.muted_until IS NOT NULL AND seat.muted_until > now() AS is_muted,
        coalesce(seat.last_read_at >= message.created_at, false) AS has_read
    FROM social_message message
    JOIN social_conversationmember seat ON seat.conversation_id = message.conversation_id
    JOIN users_user person ON person.id = seat.user_id AND person.is_active
    WHERE message.id = %(message)s AND seat.state IN ('active', 'request')
        AND message.created_at > coalesce(seat.cleared_at, '-infinity')
        AND NOT EXISTS (
            SELECT FROM social_hiddenmessage gone
            WHERE gone.user_id = seat.user_id AND gone.message_id = message.id
        )
        AND NOT EXISTS (
            SELECT FROM social_block WHERE (user_id, blocked_id)
                IN ((seat.user_id, message.user_id), (message.user_id, seat.user_id))
        )
"""
# What somebody has from the same person and has not read.
_UNREAD_FROM: LiteralString = """
    SELECT seat.user_id
    FROM social_conversationmember seat JOIN social_message message
        ON message.conversation_id = seat.conversation_id AND message.deleted_at IS NULL
        AND message.created_at > greatest(seat.last_read_at, seat.cleared_at, '-infinity')
    WHERE seat.conversation_id = %(conversation)s AND message.user_id = %(sender)s
    GROUP BY seat.user_id
"""
# Streams keep for a while what they told.
_FORGET: LiteralString = """
    DELETE FROM users_liveevent
    WHERE user_id = ANY(%(people)s::uuid[]) AND kind IN ('message', 'message_request')
        AND data ->> 'id' = %(message)s
"""
_FORGET_BETWEEN: LiteralString = """
    DELETE FROM users_liveevent
    WHERE user_id = %(reader)s AND kind LIKE 'message%%' AND (
        data -> 'sender' ->> 'id' = %(sender)s OR data ->> 'user' = %(sender)s
    )
"""
_FORGET_CONVERSATION: LiteralString = """
    DELETE FROM users_liveevent
    WHERE user_id = %(reader)s AND kind IN ('message', 'message_request')
        AND data ->> 'conversation' = %(conversation)s
"""
_FORGET_SENDER: LiteralString = """
    DELETE FROM users_liveevent event USING social_conversationmember mine,
        social_conversationmember other
    WHERE mine.user_id = %(sender)s AND other.conversation_id = mine.conversation_id
        AND event.user_id = other.user_id AND event.kind IN ('message', 'message_request')
        AND event.data -> 'sender' ->> 'id' = %(sender)s::text
"""


def promise_message(message: Message) -> None:
    """Have everybody who gets it told."""
    outbox.promise(kind="social_message", message_id=str(message.pk))


def promise_request(conversation_id: UUID, *, user_id: UUID, actor_id: UUID) -> None:
    """Have somebody told that a stranger writes to them, or wants them in a group."""
    outbox.promise(
        kind="social_message_request",
        conversation_id=str(conversation_id),
        user_id=str(user_id),
        actor_id=str(actor_id),
    )


def promise_deletion(message: Message) -> None:
    """Have the phones of all forget what its sender took back."""
    outbox.promise(kind="social_message_deleted", message_id=str(message.pk))


def announce_hidden(user_id: UUID, message_id: UUID, conversation_id: UUID) -> None:
    """Have the person's own phones forget a message. For the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"people": [user_id], "message": str(message_id)})
    data = {"id": message_id, "conversation": conversation_id}
    live.announce(user_ids=[user_id], kind="message_deleted", data=data)


def forget_each_other(one: UUID, other: UUID) -> None:
    """Take what two people wrote out of each other's streams, after a block."""
    with connection.cursor() as cursor:
        for reader, sender in ((one, other), (other, one)):
            cursor.execute(_FORGET_BETWEEN, {"reader": reader, "sender": str(sender)})


def forget_conversation(user_id: UUID, conversation_id: UUID) -> None:
    """Take what was said in it out of the person's own stream."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FORGET_CONVERSATION, {"reader": user_id, "conversation": str(conversation_id)}
        )


def forget_sender(user_id: UUID) -> None:
    """Take what somebody wrote out of the streams of others, before they are erased."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_SENDER, {"sender": user_id})


@outbox.handles("social_message")
@transaction.atomic
def announce_message(*, message_id: str) -> None:
    """To the streams of all who get it, and a promise to ring for each whose phone may ring."""
    audience = _audience(UUID(message_id))
    # All of them before anything else, the sender's so that it is not taken back meanwhile.
    advance_clocks_unheard(audience)
    message = Message.objects.filter(pk=message_id, deleted_at=None).first()
    if message is None:
        return
    data = _data(message)
    if data is None:
        return
    sender_id = message.sender_id
    for state, kind in ((MemberState.ACTIVE, "message"), (MemberState.REQUEST, "message_request")):
        receivers = {one for one, seat in audience.items() if seat["state"] == state}
        live.announce(user_ids=receivers - {sender_id}, kind=kind, data=data | {"is_read": False})
    if sender_id in audience:
        live.announce(user_ids=[sender_id], kind="message", data=data)
    for user_id, seat in audience.items():
        if user_id != sender_id and _rings(seat):
            outbox.promise(
                kind="social_message_received", message_id=message_id, user_id=str(user_id)
            )


@outbox.handles("social_message_received")
@transaction.atomic
def tell_of_message(*, message_id: str, user_id: str) -> None:
    """Ring, unless it was read meanwhile, muted or taken back."""
    receiver = UUID(user_id)
    message = Message.objects.select_related("conversation").filter(pk=message_id).first()
    if message is None:
        return
    advance_clocks_unheard([receiver, message.sender_id])
    message.refresh_from_db(fields=["deleted_at"])
    seat = _audience(message.pk).get(receiver)
    if message.deleted_at is not None or seat is None or not _rings(seat):
        return
    notifications.tell(
        user_id=receiver,
        category=NotificationCategory.SOCIAL,
        kind="message_received",
        group_key=group_key(message.conversation_id),
        actor_id=message.sender_id,
        phrase=_phrase(message.conversation),
        target=message.conversation,
    )


@outbox.handles("social_message_request")
@transaction.atomic
def tell_of_request(*, conversation_id: str, user_id: str, actor_id: str) -> None:
    receiver, actor = UUID(user_id), UUID(actor_id)
    advance_clocks_unheard([receiver, actor])
    waiting = Conversation.objects.filter(
        pk=conversation_id, members__user=receiver, members__state=MemberState.REQUEST
    ).first()
    if waiting is None:
        return
    is_group = waiting.kind == "group"
    notifications.tell(
        user_id=receiver,
        category=NotificationCategory.SOCIAL,
        kind="message_requested",
        group_key=group_key(waiting.pk),
        actor_id=actor,
        phrase="invited you to a conversation" if is_group else "wants to write to you",
        target=waiting,
    )


@outbox.handles("social_message_deleted")
@transaction.atomic
def announce_deletion(*, message_id: str) -> None:
    audience = _audience(UUID(message_id))
    advance_clocks_unheard(audience)
    message = Message.objects.filter(pk=message_id).exclude(deleted_at=None).first()
    if message is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"people": list(audience), "message": message_id})
    data = {"id": message.pk, "conversation": message.conversation_id}
    live.announce(user_ids=audience, kind="message_deleted", data=data)
    place = {"conversation": message.conversation_id, "sender": message.sender_id}
    waiting = {row["user_id"] for row in fetch(_UNREAD_FROM, place)}
    for user_id in sorted(audience.keys() - waiting - {message.sender_id}):
        notifications.untell(
            user_id=user_id,
            group_key=group_key(message.conversation_id),
            actor_id=message.sender_id,
        )


def group_key(conversation_id: UUID) -> str:
    """What notifications of one conversation have in common."""
    return f"conversation:{conversation_id}"


def _audience(message_id: UUID) -> dict[UUID, dict[str, Any]]:
    return {row["user_id"]: row for row in fetch(_AUDIENCE, {"message": message_id})}


def _rings(seat: dict[str, Any]) -> bool:
    return seat["state"] == MemberState.ACTIVE and not (seat["is_muted"] or seat["has_read"])


def _phrase(conversation: Conversation) -> str:
    if conversation.kind == "direct":
        return "sent you a message"
    title = conversation.title
    shown = title if len(title) <= _TITLE_LENGTH else f"{title[: _TITLE_LENGTH - 1]}…"
    return f"wrote in {shown}" if shown else "wrote in a conversation"


def _data(message: Message) -> dict[str, Any] | None:
    """The message as its sender's phones show it, but people by their ids alone: events are kept
    longer than names may be.
    """
    hidden = people.hidden_from(message.sender_id)
    row = selectors.own_messages(message.sender_id, [message.pk], hidden=hidden).get(message.pk)
    if row is None:
        return None
    receiver = {"id": row["receiver"]} if row["receiver"] else None
    base = reverse("picture-list") if row["pictures"] else ""
    return row | {
        "sender": {"id": row["sender"]},
        "receiver": receiver,
        "pictures": selectors.attached(row["pictures"], base=base),
    }
