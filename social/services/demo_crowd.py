"""A social life for the many of the demo who have no name: made from a seed, in a few statements.

Written as rows with their counts, so that it takes seconds for hundreds and nobody's phone rings.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import connection

from social.formulas.text import hashtags_in
from social.models import (
    Challenge,
    ChallengeParticipant,
    FollowRequest,
    Friendship,
    Group,
    Hashtag,
    Like,
    Membership,
    Post,
    PostHashtag,
    SocialFollow,
)
from social.services import author_feed, standings
from social.services.demo_story import CLUB, MARK
from users.ids import uuid7
from users.localtime import reading_of
from users.models import User
from users.models.profile import Visibility

_BATCH: Final = 1000
_DAYS: Final = 21
_MOST_POSTS: Final = 4
_MOST_FOLLOWED: Final = 8
_MOST_LIKES: Final = 12
_MOST_REPLIES: Final = 2
_IN_THE_CLUB, _IN_A_CHALLENGE = 0.5, 0.7
_WORDS: Final = (
    "Legs are jelly, and I would do it again. #legday",
    "Back after two weeks off. Everything is heavy, and it feels good. #strength",
    "Five kilometers before breakfast, rain included. #running",
    "Meal prep for the week: lentils, rice, and no excuses. #mealprep",
    "Does anybody else count the plates twice? #gym",
    "First pull-up without help today! #milestone",
    "Rest day. The couch and I are getting along. #recovery",
    "A slow ten, and every one of them mine. #running",
    "New shoes, same hills. #running",
    "Deadlifts moved today. #deadlift #strength",
)
_ANSWERS: Final = ("Strong!", "See you there.", "I know the feeling.", "How long did it take?")
_PLACE: LiteralString = """
    UPDATE {table} SET {column} = new.value
    FROM unnest(%s::uuid[], %s::{type}[]) AS new (id, value) WHERE {table}.id = new.id
"""
_COUNT: LiteralString = """
    UPDATE social_post SET {column} = social_post.{column} + new.value
    FROM unnest(%s::uuid[], %s::integer[]) AS new (id, value) WHERE social_post.id = new.id
"""


@dataclass(frozen=True, kw_only=True)
class _Person:
    """Somebody of the crowd; ``rng`` makes them who they are, whoever else there is."""

    id: UUID
    revision: int
    visibility: str
    today: date
    rng: Random


def gather(
    *,
    new: Sequence[User],
    everybody: Sequence[User],
    clocks: Mapping[UUID, int],
    now: datetime,
    seed: int,
) -> None:
    """Let new people live among everybody of the demo, whose clocks the caller has advanced."""
    crowd = [_person(user, clocks[user.pk], now, seed) for user in new]
    _tie(crowd, everybody, clocks)
    _post(crowd, now)
    _answer(crowd, now)
    _like(crowd, now)
    _join_club(crowd)
    _compete(crowd, now)
    for person in crowd:
        author_feed.settle(person.id)


def _person(user: User, revision: int, now: datetime, seed: int) -> _Person:
    profile = user.profile
    return _Person(
        id=user.pk,
        revision=revision,
        visibility=profile.visibility,
        today=reading_of(now, profile.timezone).date(),
        rng=Random(f"{seed} {user.username}"),  # noqa: S311 - a demo, not a secret
    )


# --- Ties ------------------------------------------------------------------------------------


def _tie(crowd: Sequence[_Person], everybody: Sequence[User], clocks: Mapping[UUID, int]) -> None:
    """Follow and befriend others, but for who is private; who asks for requests gets them."""
    found = [user for user in everybody if user.profile.visibility != Visibility.PRIVATE]
    visibilities = {user.pk: user.profile.visibility for user in found}
    follows: list[SocialFollow] = []
    requests: list[FollowRequest] = []
    pairs: set[frozenset[UUID]] = set()
    for person in crowd:
        others = [user_id for user_id in visibilities if user_id != person.id]
        for other in person.rng.sample(others, min(len(others), _MOST_FOLLOWED)):
            tie = {"follower_id": person.id, "following_id": other, "creation_hash": MARK}
            if visibilities[other] == Visibility.PUBLIC:
                follows.append(SocialFollow(**tie, revision=person.revision))
            else:
                requests.append(FollowRequest(**tie, revision=person.revision))
        friends = [one.id for one in crowd if one.id != person.id]
        for friend in person.rng.sample(friends, min(len(friends), 2)):
            pairs.add(frozenset({person.id, friend}))
    SocialFollow.objects.insert(follows)
    FollowRequest.objects.insert(requests)
    Friendship.objects.insert(
        Friendship(user_id=one, friend_id=other, revision=clocks[one], creation_hash=MARK)
        for pair in sorted(map(sorted, pairs))
        for one, other in (pair, pair[::-1])
    )


# --- Posts -----------------------------------------------------------------------------------


def _post(crowd: Sequence[_Person], now: datetime) -> None:
    made: list[tuple[Post, datetime]] = []
    for person in crowd:
        for words in person.rng.sample(_WORDS, person.rng.randint(1, _MOST_POSTS)):
            ago = timedelta(minutes=person.rng.randint(60, _DAYS * 24 * 60))
            post = _draft(person, words)
            post.root_id = post.pk
            made.append((post, now - ago))
    _store(made)


def _answer(crowd: Sequence[_Person], now: datetime) -> None:
    made: list[tuple[Post, datetime]] = []
    open_posts = _open_posts()
    for person in crowd:
        others = [post for post in open_posts if post.author_id != person.id]
        for post in person.rng.sample(others, min(len(others), _MOST_REPLIES)):
            reply = _draft(person, person.rng.choice(_ANSWERS))
            reply.parent_id = reply.root_id = post.pk
            made.append((reply, _soon_after(post.created_at, person, now)))
    _store(made)
    _count("comments_count", (reply.parent_id for reply, _ in made))


def _like(crowd: Sequence[_Person], now: datetime) -> None:
    made: list[Like] = []
    dates: dict[UUID, datetime] = {}
    open_posts = _open_posts()
    for person in crowd:
        for post in person.rng.sample(open_posts, min(len(open_posts), _MOST_LIKES)):
            if post.author_id != person.id:
                like = Like(user_id=person.id, post_id=post.pk)
                made.append(like)
                dates[like.pk] = _soon_after(post.created_at, person, now)
    Like.objects.bulk_create(made, batch_size=_BATCH)
    _place("social_like", "created_at", dates)
    _count("likes_count", (like.post_id for like in made))


def _draft(person: _Person, words: str) -> Post:
    return Post(
        id=uuid7(),
        author_id=person.id,
        content=words,
        creation_hash=MARK,
        revision=person.revision,
    )


def _store(made: Sequence[tuple[Post, datetime]]) -> None:
    Post.objects.insert(post for post, _ in made)
    dates = {post.pk: at for post, at in made}
    _place("social_post", "created_at", dates)
    _place("social_post", "updated_at", dates)
    names = {post.pk: hashtags_in(post.content) for post, _ in made}
    tags = _hashtags({name for some in names.values() for name in some})
    PostHashtag.objects.insert(
        PostHashtag(user_id=post.author_id, post=post, hashtag=tags[name], posted_at=at)
        for post, at in made
        for name in names[post.pk]
    )


def _hashtags(names: set[str]) -> dict[str, Hashtag]:
    Hashtag.objects.bulk_create(
        [Hashtag(name=one) for one in sorted(names)], ignore_conflicts=True
    )
    return {tag.name: tag for tag in Hashtag.objects.filter(name__in=names)}


def _open_posts() -> list[Post]:
    """The posts of the demo that everybody reads, in an order that is the same each time."""
    posts = Post.objects.live().filter(
        creation_hash=MARK,
        parent=None,
        group=None,
        visibility=Visibility.PUBLIC,
        author__profile__visibility=Visibility.PUBLIC,
        author__is_active=True,
    )
    ordered = posts.order_by("created_at", "author__username")
    return list(ordered.only("author", "created_at"))


def _soon_after(at: datetime, person: _Person, now: datetime) -> datetime:
    return min(now, at + timedelta(minutes=person.rng.randint(2, 600)))


# --- Groups and challenges -------------------------------------------------------------------


def _join_club(crowd: Sequence[_Person]) -> None:
    club = Group.objects.filter(creation_hash=MARK, name=CLUB).order_by("pk").first()
    joined = [person for person in crowd if person.rng.random() < _IN_THE_CLUB]
    if club is None or not joined:
        return
    Membership.objects.insert(
        Membership(user_id=person.id, group=club, revision=person.revision, creation_hash=MARK)
        for person in joined
    )
    Group.objects.filter(pk=club.pk).write(members_count=club.members_count + len(joined))


def _compete(crowd: Sequence[_Person], now: datetime) -> None:
    """Take part in what runs and is for everybody."""
    unfinished = Challenge.objects.running().filter(creation_hash=MARK, is_public=True)
    for challenge in unfinished.select_for_update(no_key=True).order_by("start_date", "name"):
        joined = [person for person in crowd if person.rng.random() < _IN_A_CHALLENGE]
        ChallengeParticipant.objects.insert(
            ChallengeParticipant(
                user_id=person.id,
                challenge=challenge,
                counts_from=min(person.today, challenge.start_date),
                revision=person.revision,
                creation_hash=MARK,
            )
            for person in joined
        )
        number = challenge.participant_count + len(joined)
        Challenge.objects.filter(pk=challenge.pk).write(participant_count=number)
        standings.recompute(challenge.pk, now=now)


# --- Rows ------------------------------------------------------------------------------------


def _place(table: LiteralString, column: LiteralString, values: Mapping[UUID, datetime]) -> None:
    _write(_PLACE.format(table=table, column=column, type="timestamptz"), values)


def _count(column: LiteralString, post_ids: Iterable[UUID | None]) -> None:
    _write(_COUNT.format(column=column), Counter(filter(None, post_ids)))


def _write(sql: str, values: Mapping[UUID, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(values.keys()), list(values.values())])
