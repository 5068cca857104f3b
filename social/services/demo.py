"""The social life of the demo: what its people post, who they are to each other, what they won."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from social.models import (
    Achievement,
    Challenge,
    Comment,
    FollowRequest,
    FriendRequest,
    Friendship,
    Group,
    Post,
    SocialFollow,
    UserAchievement,
)
from social.services import (
    achievements,
    demo_crowd,
    demo_messages,
    dissolution,
    posts,
)
from social.services.demo_story import MARK, Story
from users.models import Notification, OutboxMessage, User
from users.models.notification import NotificationCategory
from users.ownership import advance_clocks_unheard
from users.services import demo as people
from users.services import notifications, outbox

_NAMED: Final = frozenset(person.username for person in people.NAMED)
_TIES: Final[tuple[Any, ...]] = (SocialFollow, FollowRequest, FriendRequest, Friendship)
# What others said to these posts keeps them, without a word, as it keeps any deleted post.
_HELD: LiteralString = """
    WITH RECURSIVE held AS (
        SELECT post.id, post.parent_id, post.root_id, post.shared_post_id
        FROM social_post post
        WHERE post.creation_hash = %(mark)s AND EXISTS (
            SELECT FROM social_post other
            WHERE other.creation_hash IS DISTINCT FROM %(mark)s AND (other.parent_id = post.id
                OR other.root_id = post.id OR other.shared_post_id = post.id)
        )
        UNION
        SELECT post.id, post.parent_id, post.root_id, post.shared_post_id
        FROM held JOIN social_post post
            ON post.id IN (held.parent_id, held.root_id, held.shared_post_id)
        WHERE post.creation_hash = %(mark)s
    )
    UPDATE social_post SET creation_hash = NULL WHERE id IN (SELECT id FROM held)
"""
_SWEEP: tuple[LiteralString, ...] = (
    "DELETE FROM social_like USING social_post post"
    " WHERE post.id = post_id AND post.creation_hash = %(mark)s",
    "DELETE FROM social_post WHERE creation_hash = %(mark)s",
)


@dataclass(frozen=True, kw_only=True)
class Added:
    posts: int
    ties: int
    achievements: int
    messages: int

    def __str__(self) -> str:
        return (
            f"{self.posts} posts, {self.ties} ties, {self.achievements} achievements"
            f" and {self.messages} messages added."
        )


def add_social_life(*, now: datetime, seed: int) -> Added:
    """Have the people of the demo meet, for whom that has not been done; answers what is new.

    What ana, ben and cara do needs all three. It is the same for the same seed, people and
    training. Whoever is told of it is told at once, without a worker.
    """
    if not Achievement.objects.exists():
        achievements.load_catalogue()
    started = timezone.now()
    with transaction.atomic():
        before = _numbers()
        is_new = _live(now=now, seed=seed)
        messages = demo_messages.add_messages(now=now) if is_new else 0
        after = _numbers()
        # Before the commit, so that no worker is told of them.
        _keep_promises(since=started)
        _mark_notifications(since=started)
    added, ties, earned = (new - old for new, old in zip(after, before, strict=True))
    return Added(posts=added, ties=ties, achievements=earned, messages=messages)


def count_posts() -> int:
    """How many posts of the demo there are."""
    return len(_ids(Post))


def count_strangers() -> int:
    """For how many people ``add_social_life`` would do something."""
    named, new = _newcomers(_everybody())
    return len(named) + len(new)


def remove_social_life() -> int:
    """Remove what ``add_social_life`` added; answers how many posts that were.

    What people have answered to it stays, as it does when any post is deleted.
    """
    started = timezone.now()
    demo_messages.remove_messages()
    for group_id in _ids(Group):
        dissolution.dissolve(group_id=group_id)
    for challenge_id in _ids(Challenge):
        dissolution.call_off(challenge_id=challenge_id)
    ids = _ids(Post)
    gone = sum(posts.remove_post(post_id=post_id) for post_id in ids)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (_HELD, *_SWEEP):
            cursor.execute(statement, {"mark": MARK})
    for model in (*_TIES, Comment, UserAchievement):
        model.objects.filter(creation_hash=MARK).delete()
    _keep_promises(since=started)
    for notification in Notification.objects.filter(creation_hash=MARK).order_by("pk"):
        notifications.remove(notification=notification)
    return gone


def _live(*, now: datetime, seed: int) -> bool:
    """Whether there was anybody for whom that had not been done."""
    if not any(_newcomers(_everybody())):
        return False
    clocks = advance_clocks_unheard([user.pk for user in _everybody()])
    # Once more: another one who did this at the same time is through now.
    everybody = [user for user in _everybody() if user.pk in clocks]
    named, new = _newcomers(everybody)
    if named:
        Story(named=named, now=now).tell()
    if new:
        demo_crowd.gather(new=new, everybody=everybody, clocks=clocks, now=now, seed=seed)
    achievements.award(clocks.keys(), now=now)
    UserAchievement.objects.filter(user__in=clocks, earned_at=now).write(creation_hash=MARK)
    return bool(named or new)


def _everybody() -> list[User]:
    users = people.demo_users().filter(is_active=True, is_staff=False)
    return list(users.select_related("profile").order_by("username"))


def _newcomers(everybody: Sequence[User]) -> tuple[dict[str, UUID], list[User]]:
    """Ana, ben and cara if all of them are new and there, and the others who are new."""
    known = set(Post.objects.filter(creation_hash=MARK).values_list("author_id", flat=True))
    new = [user for user in everybody if user.pk not in known]
    named = {user.username: user.pk for user in new if user.username in _NAMED}
    others = [user for user in new if user.username not in _NAMED]
    return (named if named.keys() == _NAMED else {}), others


def _numbers() -> tuple[int, int, int]:
    ties = sum(model.objects.filter(creation_hash=MARK).count() for model in _TIES)
    return (
        Post.objects.filter(creation_hash=MARK).count(),
        ties,
        UserAchievement.objects.filter(creation_hash=MARK).count(),
    )


def _keep_promises(*, since: datetime) -> None:
    """Do what a worker would do of what was promised since then, and of what follows from it."""
    done: set[UUID] = set()
    while new := [one for one in _promised(since) if one not in done]:
        for message_id in new:
            outbox.deliver(message_id=message_id)
        done.update(new)


def _promised(since: datetime) -> list[UUID]:
    waiting = OutboxMessage.objects.filter(
        kind__startswith="social_", attempts=0, due_at__gte=since + outbox.SWEEP_AFTER
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def _mark_notifications(*, since: datetime) -> None:
    told = Notification.objects.filter(
        user__in=people.demo_users(),
        category=NotificationCategory.SOCIAL,
        created_at__gte=since,
    )
    told.write(creation_hash=MARK)


def _ids(model: Any) -> Sequence[UUID]:
    rows = model.objects.filter(creation_hash=MARK).order_by("pk")
    return list(rows.values_list("pk", flat=True))
