"""What others keep when a person erases their account, and what goes from them as well."""

from typing import Any, LiteralString
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from social.models import (
    Block,
    Challenge,
    ChallengeInvitation,
    ChallengeParticipant,
    Comment,
    Conversation,
    ConversationMember,
    FollowRequest,
    FriendRequest,
    Friendship,
    Group,
    Membership,
    Mention,
    Message,
    ModerationAction,
    Mute,
    Post,
    PostEdit,
    PostHashtag,
    PostMedia,
    SocialFollow,
)
from social.services import dissolution, message_events
from users.keyset import fetch
from users.models.account import deleted_user_id

# What the person counted for in rows of others; each row is counted down once. Posts are locked in
# the order of their keys, as everybody does who needs several.
_UNCOUNTED: tuple[LiteralString, ...] = (
    """
    SELECT FROM social_post WHERE id IN (
        SELECT post_id FROM social_like WHERE user_id = %(person)s
        UNION SELECT parent_id FROM social_post WHERE user_id = %(person)s
        UNION SELECT shared_post_id FROM social_post WHERE user_id = %(person)s
    ) ORDER BY id FOR NO KEY UPDATE
    """,
    """
    SELECT FROM social_challenge WHERE id IN (
        SELECT challenge_id FROM social_challengeparticipant WHERE user_id = %(person)s
    ) ORDER BY id FOR NO KEY UPDATE
    """,
    """
    UPDATE social_post post SET likes_count = post.likes_count - 1
    FROM social_like mine WHERE mine.post_id = post.id AND mine.user_id = %(person)s
    """,
    """
    UPDATE social_post post SET comments_count = post.comments_count - gone.number
    FROM (
        SELECT parent_id, count(*) AS number FROM social_post
        WHERE user_id = %(person)s AND deleted_at IS NULL AND parent_id IS NOT NULL
        GROUP BY parent_id
    ) gone WHERE gone.parent_id = post.id
    """,
    """
    UPDATE social_post post SET shares_count = post.shares_count - gone.number
    FROM (
        SELECT shared_post_id, count(*) AS number FROM social_post
        WHERE user_id = %(person)s AND deleted_at IS NULL AND shared_post_id IS NOT NULL
        GROUP BY shared_post_id
    ) gone WHERE gone.shared_post_id = post.id
    """,
    """
    UPDATE social_challenge challenge SET participant_count = participant_count - 1,
        refresh_due_at = CASE WHEN finished_at IS NULL THEN now() END
    FROM social_challengeparticipant mine
    WHERE mine.challenge_id = challenge.id AND mine.user_id = %(person)s
    """,
    """
    UPDATE social_group club SET members_count = members_count - 1
    FROM social_membership mine WHERE mine.group_id = club.id AND mine.user_id = %(person)s
    """,
    "DELETE FROM social_like WHERE user_id = %(person)s",
    """
    DELETE FROM social_like WHERE post_id IN (
        SELECT id FROM social_post WHERE user_id = %(person)s
    )
    """,
    """
    DELETE FROM social_hiddenmessage WHERE message_id IN (
        SELECT id FROM social_message WHERE user_id = %(person)s
    )
    """,
    "DELETE FROM social_challengeparticipant WHERE user_id = %(person)s",
)
# Posts of theirs on which others' posts hang, directly or by other posts of theirs.
_HELD: LiteralString = """
    WITH RECURSIVE held AS (
        SELECT post.id, post.parent_id, post.root_id, post.shared_post_id
        FROM social_post post
        WHERE post.user_id = %(person)s AND EXISTS (
            SELECT FROM social_post other
            WHERE other.user_id <> %(person)s AND (other.parent_id = post.id
                OR other.root_id = post.id OR other.shared_post_id = post.id)
        )
        UNION
        SELECT post.id, post.parent_id, post.root_id, post.shared_post_id
        FROM held JOIN social_post post
            ON post.id IN (held.parent_id, held.root_id, held.shared_post_id)
        WHERE post.user_id = %(person)s
    )
    SELECT id FROM held
"""
# Who takes over a group: the admin, or else the member, who has been in it longest.
_HEIRS: LiteralString = """
    SELECT DISTINCT ON (member.group_id) member.group_id, member.id, member.user_id
    FROM social_membership mine
    JOIN social_membership member
        ON member.group_id = mine.group_id AND member.user_id <> mine.user_id
    JOIN users_user person ON person.id = member.user_id AND person.is_active
    WHERE mine.user_id = %(person)s AND mine.role = 'owner'
    ORDER BY member.group_id, member.role = 'member', member.date_joined, member.id
"""


def touched(user_id: UUID) -> set[UUID]:
    """Whose rows change when this person goes, beside their own."""
    owners = {row["user_id"] for row in fetch(_HEIRS, {"person": user_id})}
    for rows in _others_rows(user_id):
        owner = f"{rows.model.owner_field}_id"
        owners |= set(rows.order_by().values_list(owner, flat=True).distinct())
    for group in _groups_without_heirs(user_id):
        owners |= dissolution.touched(group)
    for challenge in _lonely_challenges(user_id):
        owners |= dissolution.touched(challenge)
    return owners - {user_id}


def take_leave(user_id: UUID) -> None:
    """Keep whole and exact what others have, before the person's rows are deleted.

    Conversations and counts stay right, groups get an owner, answers keep what they answered as
    a stub, and the phones of others learn what is gone.
    """
    _hand_over_groups(user_id)
    for challenge in _lonely_challenges(user_id):
        dissolution.call_off(challenge_id=challenge.pk)
    with connection.cursor() as cursor:
        for statement in _UNCOUNTED:
            cursor.execute(statement, {"person": user_id})
    _leave_stubs(user_id)
    mine = Comment.objects.filter(author=user_id, deleted_at=None)
    mine.write(content="", deleted_at=timezone.now())
    ModerationAction.objects.filter(report__user=user_id).update(report=None)
    for rows in _others_rows(user_id):
        rows.delete()
    message_events.forget_sender(user_id)
    Conversation.objects.filter(pk__in=list(_direct(user_id))).delete()


def _hand_over_groups(user_id: UUID) -> None:
    for heir in fetch(_HEIRS, {"person": user_id}):
        Membership.objects.filter(pk=heir["id"]).update(role="owner")
    for group in _groups_without_heirs(user_id):
        dissolution.dissolve(group_id=group.pk)


def _groups_without_heirs(user_id: UUID) -> list[Group]:
    """Groups of this person in which nobody else could lead."""
    owned = Group.objects.filter(memberships__user=user_id, memberships__role="owner")
    heirs = fetch(_HEIRS, {"person": user_id})
    return list(owned.exclude(pk__in=[heir["group_id"] for heir in heirs]))


def _lonely_challenges(user_id: UUID) -> list[Challenge]:
    """Challenges that this person began and nobody else takes part in."""
    others = ChallengeParticipant.objects.exclude(user=user_id)
    mine = Challenge.objects.filter(created_by=user_id)
    return list(mine.exclude(pk__in=others.values("challenge")))


def _leave_stubs(user_id: UUID) -> None:
    """Give what others hang on to "the deleted user", without a word of it."""
    held = [row["id"] for row in fetch(_HELD, {"person": user_id})]
    if not held:
        return
    for part in (PostMedia, PostEdit, PostHashtag, Mention):
        part.objects.filter(post__in=held).remove()
    Post.objects.filter(pk__in=held).write(
        author=deleted_user_id(),
        content="",
        workout=None,
        likes_count=0,
        deleted_at=timezone.now(),
    )


def _direct(user_id: UUID) -> "QuerySet[Any, UUID]":
    """The conversations of this person with one other."""
    places = ConversationMember.objects.filter(user=user_id, conversation__kind="direct")
    return places.values_list("conversation", flat=True)


def _others_rows(user_id: UUID) -> list["QuerySet[Any]"]:
    """Rows of other people that name this one and go with them."""
    named: list[tuple[Any, Q]] = [
        (SocialFollow, Q(following=user_id)),
        (FollowRequest, Q(following=user_id)),
        (FriendRequest, Q(to_user=user_id)),
        (Friendship, Q(friend=user_id)),
        (Block, Q(blocked=user_id)),
        (Mute, Q(muted=user_id)),
        (ChallengeInvitation, Q(invited_by=user_id)),
        (Message, Q(receiver=user_id)),
        (ConversationMember, Q(conversation__in=_direct(user_id)) & ~Q(user=user_id)),
    ]
    return [model.objects.filter(which) for model, which in named]
