"""What was read, and whose phones learn of it."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from django.db import connection, transaction

from social.models import ConversationMember, MemberState
from users.keyset import fetch
from users.ownership import advance_clocks_unheard
from users.services import live, outbox

# In one order, so that two who read at the same time do not wait for each other.
_MARK: LiteralString = """
    UPDATE social_message SET is_read = true
    FROM (
        SELECT id FROM social_message
        WHERE conversation_id = %(conversation)s AND user_id <> %(reader)s AND NOT is_read
            AND created_at > coalesce(%(after)s::timestamptz, '-infinity')
            AND created_at <= %(up_to)s
        ORDER BY created_at FOR NO KEY UPDATE
    ) unread
    WHERE social_message.id = unread.id
"""
# The reader's other phones, and those of who wrote what was read, if both want receipts.
_AUDIENCE: LiteralString = """
    SELECT %(reader)s AS id
    UNION
    SELECT message.user_id
    FROM social_message message
    JOIN users_user person ON person.id = message.user_id AND person.is_active
    JOIN users_usersettings wish ON wish.user_id = message.user_id AND wish.read_receipts
    JOIN social_conversationmember seat ON seat.conversation_id = message.conversation_id
        AND seat.user_id = message.user_id AND seat.state = 'active'
    WHERE message.conversation_id = %(conversation)s
        AND message.created_at > coalesce(%(after)s::timestamptz, '-infinity')
        AND message.created_at <= %(up_to)s
        AND (SELECT read_receipts FROM users_usersettings WHERE user_id = %(reader)s)
        AND NOT EXISTS (
            SELECT FROM social_block WHERE (user_id, blocked_id)
                IN ((%(reader)s, message.user_id), (message.user_id, %(reader)s))
        )
"""


def mark(seat: ConversationMember, *, after: datetime | None) -> None:
    """Say of the messages from then up to the seat's ``last_read_at`` that they were read.

    The caller has advanced the reader's clock.
    """
    if seat.last_read_at is None:
        return
    parameters = {
        "conversation": seat.conversation_id,
        "reader": seat.user_id,
        "after": after,
        "up_to": seat.last_read_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARK, parameters)
    outbox.promise(
        kind="social_message_read",
        conversation_id=str(seat.conversation_id),
        user_id=str(seat.user_id),
        after=after.isoformat() if after else None,
        up_to=seat.last_read_at.isoformat(),
    )


@outbox.handles("social_message_read")
@transaction.atomic
def announce_read(*, conversation_id: str, user_id: str, after: str | None, up_to: str) -> None:
    reader, conversation = UUID(user_id), UUID(conversation_id)
    parameters = {"conversation": conversation, "reader": reader, "after": after, "up_to": up_to}
    audience = {row["id"] for row in fetch(_AUDIENCE, parameters)}
    # What is told is what holds until it is told: the seat changes under the reader's clock.
    advance_clocks_unheard(audience)
    seat = ConversationMember.objects.filter(conversation=conversation, user=reader)
    read_at = seat.filter(state=MemberState.ACTIVE).values_list("last_read_at", flat=True).first()
    if read_at is not None:
        data = {"conversation": conversation, "user": reader, "last_read_at": read_at}
        live.announce(user_ids=audience, kind="message_read", data=data)
