"""The end of what many people have rows in: a group, or a challenge.

Everybody's phones learn what is gone. So the clocks of all of them are held together, in the order
of their ids, and whoever came in meanwhile makes it begin anew.
"""

from collections.abc import Callable, Collection
from typing import Any, Final, LiteralString
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction

from social.models import (
    Challenge,
    ChallengeInvitation,
    ChallengeParticipant,
    Comment,
    Group,
    InviteLink,
    JoinRequest,
    Like,
    Membership,
    Mention,
    Post,
    PostEdit,
    PostHashtag,
    PostMedia,
)
from users.errors import Conflict
from users.keyset import fetch
from users.ownership import advance_clocks_unheard, bury

_ATTEMPTS: Final = 5
# The posts of a group, what passes them on, and what answers either.
_POSTS: LiteralString = """
    WITH RECURSIVE gone AS (
        SELECT id FROM social_post WHERE group_id = %(group)s
        UNION
        SELECT post.id FROM social_post post
        JOIN gone ON gone.id IN (post.shared_post_id, post.root_id)
    )
    SELECT id FROM gone
"""
_COUNT_SHARES_DOWN: LiteralString = """
    UPDATE social_post post SET shares_count = post.shares_count - gone.number
    FROM (
        SELECT shared_post_id, count(*) AS number FROM social_post
        WHERE id = ANY(%(ids)s::uuid[]) AND deleted_at IS NULL
            AND shared_post_id <> ALL(%(ids)s::uuid[])
        GROUP BY shared_post_id
    ) gone WHERE gone.shared_post_id = post.id
"""
_POST_PARTS: Final = (PostMedia, PostEdit, PostHashtag, Mention, Like)

Rows = models.QuerySet[Any]


class _SomebodyCame(Exception):
    """Somebody's row is there whose clock is not held."""


def dissolve(*, group_id: UUID, allowed: Callable[[], None] = lambda: None) -> None:
    """Remove a group with its posts, challenges, links and memberships; twice is once.

    ``allowed`` raises where it must not be. It is asked when nobody can join any more, and may
    read what the members' clocks guard.
    """
    _in_turn(Group.objects.filter(pk=group_id), allowed)


def call_off(*, challenge_id: UUID, allowed: Callable[[], None] = lambda: None) -> None:
    """Remove a challenge with what its participants reached and what was said of it."""
    _in_turn(Challenge.objects.filter(pk=challenge_id), allowed)


def touched(thing: Group | Challenge) -> set[UUID]:
    """Whose rows go with it, for who has to hold their clocks before others."""
    return _owners(_rows_of(type(thing)._default_manager.filter(pk=thing.pk)))


def _in_turn(whole: Rows, allowed: Callable[[], None]) -> None:
    for _ in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                _remove(whole, allowed)
            return
        except _SomebodyCame:
            continue
    raise Conflict("People are joining at this moment. Try again.", code="busy")


def _remove(whole: Rows, allowed: Callable[[], None]) -> None:
    clocks = advance_clocks_unheard(_owners(_rows_of(whole)))
    # From here nothing can be added to it, and what is being added is waited for.
    if not list(whole.select_for_update().values_list("pk", flat=True)):
        return
    rows = _rows_of(whole)
    # A challenge before its participants, as whoever ranks them does.
    locked = Challenge.objects.filter(pk__in=_ids(rows, Challenge)).order_by("pk")
    list(locked.select_for_update().values_list("pk", flat=True))
    if _owners(rows) - clocks.keys():
        raise _SomebodyCame
    allowed()
    for one in rows:
        owner = f"{one.model.owner_field}_id"
        bury(one.model, list(one.order_by("pk").values_list(owner, "pk")), clocks)
    posts = _ids(rows, Post)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_SHARES_DOWN, {"ids": posts})
    for part in _POST_PARTS:
        part._default_manager.filter(post__in=posts)._raw_delete("default")
    for one in rows:
        one._raw_delete("default")


def _owners(rows: Collection[Rows]) -> set[UUID]:
    owners: set[UUID] = set()
    for one in rows:
        owner = f"{one.model.owner_field}_id"
        owners |= set(one.order_by().values_list(owner, flat=True).distinct())
    return owners


def _ids(rows: Collection[Rows], model: type[models.Model]) -> list[UUID]:
    return [pk for one in rows if one.model is model for pk in one.values_list("pk", flat=True)]


def _rows_of(whole: Rows) -> list[Rows]:
    """Everything that goes, what others refer to last."""
    ids = list(whole.values_list("pk", flat=True))
    if whole.model is Challenge:
        return [*_of_challenges(ids), whole]
    return [*(rows for one in ids for rows in _of_group(one)), whole]


def _of_group(group_id: UUID) -> list[Rows]:
    posts = [row["id"] for row in fetch(_POSTS, {"group": group_id})]
    challenges = list(Challenge.objects.filter(group=group_id).values_list("pk", flat=True))
    return [
        *_of_challenges(challenges),
        Challenge.objects.filter(pk__in=challenges),
        Post.objects.filter(pk__in=posts),
        InviteLink.objects.filter(group=group_id),
        JoinRequest.objects.filter(group=group_id),
        Membership.objects.filter(group=group_id),
    ]


def _of_challenges(ids: Collection[UUID]) -> list[Rows]:
    kind = ContentType.objects.get_for_model(Challenge)
    return [
        ChallengeInvitation.objects.filter(challenge__in=ids),
        ChallengeParticipant.objects.filter(challenge__in=ids),
        Comment.objects.filter(target_type=kind, target_id__in=ids),
    ]
