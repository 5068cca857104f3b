"""What two people do about each other at the same moment, on connections of their own.

After each, the ties of the two are such as could have come about one after the other.
"""

from collections.abc import Callable

import pytest

from social.models import Block, FollowRequest, FriendRequest, Friendship, SocialFollow
from social.services import graph
from tests.conftest import client_of
from tests.factories.social import FollowRequestFactory, FriendRequestFactory
from tests.factories.users import UserFactory
from tests.users.races import at_once
from users.keyset import fetch

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5
# Each finds what must never be, however the requests of two people overtook each other.
INVARIANTS = {
    "blocked, yet tied": """
        SELECT blocked.id FROM social_block blocked WHERE EXISTS (
            SELECT FROM (
                SELECT follower_id AS one, following_id AS other FROM social_socialfollow
                UNION ALL SELECT follower_id, following_id FROM social_followrequest
                UNION ALL SELECT from_user_id, to_user_id FROM social_friendrequest
                UNION ALL SELECT user_id, friend_id FROM social_friendship
            ) tie
            WHERE (tie.one, tie.other) IN (
                (blocked.user_id, blocked.blocked_id), (blocked.blocked_id, blocked.user_id)))
    """,
    "a friendship of one": """
        SELECT one.id FROM social_friendship one
        LEFT JOIN social_friendship other
            ON other.user_id = one.friend_id AND other.friend_id = one.user_id
        WHERE other.id IS NULL
    """,
    "friends who still ask": """
        SELECT asked.id FROM social_friendrequest asked JOIN social_friendship made
            ON (made.user_id, made.friend_id) = (asked.from_user_id, asked.to_user_id)
    """,
    "two who ask each other": """
        SELECT one.id FROM social_friendrequest one JOIN social_friendrequest other
            ON (other.from_user_id, other.to_user_id) = (one.to_user_id, one.from_user_id)
    """,
    "a follower who still asks": """
        SELECT asked.id FROM social_followrequest asked JOIN social_socialfollow made
            ON (made.follower_id, made.following_id) = (asked.follower_id, asked.following_id)
    """,
}


def broken() -> list[str]:
    return [name for name, sql in INVARIANTS.items() if fetch(sql, {})]


def race(*acts: Callable[[], int]) -> list[int]:
    return at_once(len(acts), lambda number: acts[number]())


def post(user, path: str, body: dict | None = None) -> Callable[[], int]:
    client = client_of(user)
    return lambda: client.post(f"/api/v1/{path}", body or {}).status_code


@pytest.fixture
def pairs():
    return [(UserFactory(), UserFactory()) for _ in range(ROUNDS)]


def test_crossing_friend_requests_make_one_friendship(pairs):
    for ana, ben in pairs:
        statuses = race(
            post(ana, "friend-requests/", {"username": ben.username}),
            post(ben, "friend-requests/", {"username": ana.username}),
        )

        assert statuses == [201, 201]
        assert Friendship.objects.filter(user__in=[ana, ben]).count() == 2

    assert broken() == []
    assert not FriendRequest.objects.exists()


def test_eight_equal_requests_are_one():
    ana, ben = UserFactory(), UserFactory()

    follows = race(*[post(ana, f"users/{ben.username}/follow/") for _ in range(8)])
    requests = race(*[post(ana, "friend-requests/", {"username": ben.username}) for _ in range(8)])
    blocks = race(*[post(ana, f"users/{ben.username}/block/") for _ in range(8)])

    assert sorted(follows) == sorted(requests) == sorted(blocks) == [200] * 7 + [201]
    assert Block.objects.count() == 1
    assert broken() == []


def test_who_is_followed_and_blocks_at_that_moment_is_not_followed(pairs):
    for ana, ben in pairs:
        [followed, blocked] = race(
            post(ana, f"users/{ben.username}/follow/"), post(ben, f"users/{ana.username}/block/")
        )

        assert (followed in {201, 404}, blocked) == (True, 201)

    assert broken() == []
    assert not SocialFollow.objects.exists()
    assert Block.objects.count() == ROUNDS


@pytest.mark.parametrize("blocker", ["asking", "asked"])
def test_a_request_is_not_accepted_into_a_block(pairs, blocker):
    for ana, ben in pairs:
        friend = FriendRequestFactory(from_user=ana, to_user=ben)
        follow = FollowRequestFactory(follower=ana, following=ben)
        one, other = (ana, ben) if blocker == "asking" else (ben, ana)
        [befriended, admitted, blocked] = race(
            post(ben, f"friend-requests/{friend.pk}/accept/"),
            post(ben, f"follow-requests/{follow.pk}/accept/"),
            post(one, f"users/{other.username}/block/"),
        )

        assert ({befriended, admitted} <= {200, 404}, blocked) == (True, 201)

    assert broken() == []
    assert not Friendship.objects.exists() | SocialFollow.objects.exists()


def test_a_request_is_answered_once(pairs):
    for ana, ben in pairs:
        friend = FriendRequestFactory(from_user=ana, to_user=ben)
        follow = FollowRequestFactory(follower=ana, following=ben)
        friends = race(
            post(ben, f"friend-requests/{friend.pk}/accept/"),
            post(ben, f"friend-requests/{friend.pk}/accept/"),
            post(ben, f"friend-requests/{friend.pk}/decline/"),
        )
        follows = race(
            post(ben, f"follow-requests/{follow.pk}/accept/"),
            post(ben, f"follow-requests/{follow.pk}/accept/"),
            post(ben, f"follow-requests/{follow.pk}/decline/"),
        )

        made = Friendship.objects.filter(user=ana).count(), ana.follows.count()
        for statuses, count in zip((friends, follows), made, strict=True):
            assert sorted(statuses) == ([200, 404, 404] if count else [204, 404, 404])

    assert broken() == []
    assert not FriendRequest.objects.exists() | FollowRequest.objects.exists()


def test_everything_at_once_between_three_people_ends_in_order_and_without_a_deadlock():
    people = [UserFactory() for _ in range(3)]
    acts = [
        lambda one=one, other=other, act=act: act(user_id=one.pk, person_id=other.pk)
        for act in (graph.follow, graph.befriend, graph.unfriend, graph.block, graph.unblock)
        for one in people
        for other in people
        if one != other
    ]

    def act(number: int) -> str:
        try:
            acts[number]()
        except type(people[0]).DoesNotExist:
            return "hidden"
        return "done"

    outcomes = [at_once(10, lambda n, turn=turn: act(n * 3 + turn)) for turn in range(3)]

    assert {outcome for turn in outcomes for outcome in turn} <= {"done", "hidden"}
    assert broken() == []
