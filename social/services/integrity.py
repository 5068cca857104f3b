"""Checks of what people do together: ties, counts, receipts, standings."""

from datetime import UTC, datetime
from typing import Final, LiteralString
from uuid import UUID

from django.db import connection, transaction

from social.models import Friendship
from social.selectors.targets import COMMENTED
from social.services import comments, repair, standings
from social.services.ties import lock_pair, untie
from users.keyset import fetch
from users.models import User
from users.services.checks import Check, Found, Track, count, wrong_rows

_ONE_SIDED: LiteralString = """
    SELECT mine.id FROM social_friendship mine
    LEFT JOIN social_friendship theirs
        ON theirs.user_id = mine.friend_id AND theirs.friend_id = mine.user_id
    WHERE theirs.id IS NULL
"""
# Between two people it was read when its receiver's seat says so.
_RECEIPTS: LiteralString = """
    SELECT message.id FROM social_message message
    JOIN social_conversationmember seat ON seat.conversation_id = message.conversation_id
        AND seat.user_id = message.receiver_id
    WHERE message.is_read
        <> (coalesce(seat.last_read_at, '-infinity') >= message.created_at)
"""
_SETTLE_RECEIPTS: LiteralString = f"""
    UPDATE social_message message SET is_read = NOT is_read
    FROM ({_RECEIPTS} ORDER BY message.id FOR NO KEY UPDATE OF message) wrong
    WHERE message.id = wrong.id
"""  # noqa: S608 - our own statement
_ROOTLESS: LiteralString = """
    SELECT post.id FROM social_post post
    LEFT JOIN social_post parent ON parent.id = post.parent_id
    WHERE post.root_id <> coalesce(parent.root_id, post.id)
"""


def _look_at_friendships(track: Track) -> Found:
    return Found(count("social_friendship")) + wrong_rows(_ONE_SIDED)


def _end_one_sided(track: Track) -> int:
    """Whoever has a friend who has not them: an end that was done by half."""
    rows = [row["id"] for row in fetch(_ONE_SIDED, {})]
    return sum(map(_end, track(rows)))


@transaction.atomic
def _end(friendship_id: UUID) -> int:
    one = Friendship.objects.filter(pk=friendship_id).first()
    if one is None:
        return 0
    try:
        clocks = lock_pair(one.user_id, one.friend_id)
    except User.DoesNotExist:
        return 0
    mirrored = Friendship.objects.filter(user=one.friend_id, friend=one.user_id)
    if mirrored.exists():
        return 0
    return int(untie(Friendship.objects.filter(pk=friendship_id), clocks))


def _look_at_counters(track: Track) -> Found:
    """Of posts, challenges and groups, and the newest post of each author."""
    total = Found(sum(count(table) for table in {one.table for one in repair.COUNTERS}))
    for drift in track(repair.repair_counters(dry_run=True)):
        total += Found(0, drift.wrong, tuple(f"{drift.counter} {one}" for one in drift.examples))
    return total


def _repair_counters(track: Track) -> int:
    return sum(drift.wrong for drift in track(repair.repair_counters()))


def _look_at_comments(track: Track) -> Found:
    total = Found(count("social_comment"))
    for kind in track(list(COMMENTED.values())):
        query, parameters = comments.overdue_orphans(kind, now=datetime.now(UTC))
        total += wrong_rows(query, parameters)
    return total


def _look_at_receipts(track: Track) -> Found:
    return Found(count("social_message")) + wrong_rows(_RECEIPTS)


def _settle_receipts(track: Track) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE_RECEIPTS)
        settled: int = cursor.rowcount
    return settled


def _look_at_threads(track: Track) -> Found:
    return Found(count("social_post")) + wrong_rows(_ROOTLESS)


def _look_at_standings(track: Track) -> Found:
    total = Found()
    for challenge_id in track(standings.running()):
        wrong = _recomputed(challenge_id)
        total += Found(1, wrong, (f"social_challenge {challenge_id}",) if wrong else ())
    return total


@transaction.atomic
def _recomputed(challenge_id: UUID) -> int:
    wrong = standings.recompute(challenge_id, now=datetime.now(UTC))
    transaction.set_rollback(True)
    return wrong or 0


def _recompute_standings(track: Track) -> int:
    now = datetime.now(UTC)
    return sum(standings.recompute(one, now=now) or 0 for one in track(standings.running()))


CHECKS: Final = (
    Check(
        name="friendships",
        about="Each friendship is there for both.",
        look=_look_at_friendships,
        mend=_end_one_sided,
    ),
    Check(
        name="counters",
        about="Likes, replies, shares, participants and members are counted right.",
        look=_look_at_counters,
        mend=_repair_counters,
    ),
    Check(
        name="comments",
        about="What is commented on is there.",
        look=_look_at_comments,
        mend=lambda track: comments.sweep_orphans(),
    ),
    Check(
        name="receipts",
        about="Messages between two are read when their receiver has read so far.",
        look=_look_at_receipts,
        mend=_settle_receipts,
    ),
    Check(
        name="threads",
        about="Replies are of the conversation of what they answer.",
        look=_look_at_threads,
        advice="Say by SQL which post the conversation began with (root_id), from the top down.",
    ),
    Check(
        name="standings",
        about="Running challenges count what the training days say.",
        look=_look_at_standings,
        mend=_recompute_standings,
    ),
)
