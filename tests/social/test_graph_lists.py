"""The lists of ties: who sees them, in which order, and at what cost."""

import datetime as dt

import pytest
from django.utils import timezone

from social.api import graph as shown
from social.models import SocialFollow
from tests.conftest import client_of
from tests.factories.social import (
    BlockFactory,
    FollowFactory,
    FollowRequestFactory,
    FriendRequestFactory,
    FriendshipFactory,
    GroupFactory,
    MembershipFactory,
    MuteFactory,
)
from tests.factories.users import UserFactory
from users.models import UserProfile

pytestmark = pytest.mark.django_db

SUGGESTIONS = "/api/v1/friends/suggestions/"


def people(*names):
    return [UserFactory(username=name) for name in names]


def names(answer) -> list[str]:
    assert answer.status_code == 200
    body = answer.json()
    rows = body if isinstance(body, list) else body["results"]
    return [row["user"]["username"] for row in rows]


def showing(person, visibility):
    UserProfile.objects.filter(user=person).update(visibility=visibility)
    return person


class TestCircle:
    @pytest.mark.parametrize("verb", ["followers", "following"])
    @pytest.mark.parametrize(
        ("visibility", "seen_by"),
        [
            ("public", ["self", "stranger", "follower", "friend"]),
            ("followers", ["self", "follower", "friend"]),
            ("private", ["self"]),
        ],
    )
    def test_who_sees_details_sees_it(self, ben, verb, visibility, seen_by):
        [stranger, follower, friend] = people("stranger", "follower", "friend")
        showing(ben, visibility)
        FollowFactory(follower=follower, following=ben)
        FriendshipFactory(user=friend, friend=ben)
        viewers = {"self": ben, "stranger": stranger, "follower": follower, "friend": friend}

        answers = {
            name: client_of(viewer).get(f"/api/v1/users/ben/{verb}/").status_code
            for name, viewer in viewers.items()
        }

        assert answers == {name: 200 if name in seen_by else 404 for name in viewers}

    def test_it_leaves_out_the_hidden_and_the_inactive(self, api, ana, ben):
        cara, dora, emil, finn = people("cara", "dora", "emil", "finn")
        for one in (cara, dora, emil, finn):
            FollowFactory(follower=one, following=ben)
            FollowFactory(follower=ben, following=one)
        BlockFactory(user=ana, blocked=dora)
        BlockFactory(user=emil, blocked=ana)
        finn.is_active = False
        finn.save()
        # Who is tied to somebody stays so, and is named, whatever their profile.
        showing(cara, "private")

        lists = [names(api.get(f"/api/v1/users/ben/{v}/")) for v in ("followers", "following")]

        assert lists == [["cara"], ["cara"]]

    def test_a_line_tells_who_it_is_and_whether_i_follow_them(self, api, ana, ben):
        [cara] = people("cara")
        tie = FollowFactory(follower=cara, following=ben)
        FollowFactory(follower=ana, following=ben)
        UserProfile.objects.filter(user=cara).update(
            display_name="Cara", avatar_url="https://example.com/cara.jpg"
        )

        mine, hers = api.get("/api/v1/users/ben/followers/").json()["results"]
        FollowFactory(follower=ana, following=cara)
        followed = api.get("/api/v1/users/ben/followers/").json()["results"][1]

        assert (mine["user"]["username"], mine["followed_by_me"]) == ("ana", False)
        assert hers == {
            "id": str(tie.pk),
            "user": {
                "id": str(cara.pk),
                "username": "cara",
                "display_name": "Cara",
                "avatar_url": "https://example.com/cara.jpg",
                "avatar_thumbnail_url": "",
            },
            "created_at": tie.created_at.isoformat().replace("+00:00", "Z"),
            "followed_by_me": False,
        }
        assert followed["followed_by_me"] is True

    @pytest.mark.parametrize(
        ("path", "queries"),
        [
            ("users/ben/followers/", 4),  # whose token; ben; who is hidden; the page
            ("users/ben/following/", 4),
            ("follow-requests/", 3),
            ("follow-requests/?direction=sent", 3),
            ("friends/", 3),
            ("friend-requests/", 3),
            ("friend-requests/?direction=sent", 3),
            ("mutes/", 3),
            ("blocks/", 2),
            ("friends/suggestions/", 3),
        ],
    )
    def test_each_list_costs_the_same_for_any_number(
        self, ana, ben, path, queries, django_assert_num_queries
    ):
        api = client_of(ana)
        for _ in range(3):
            FollowFactory(follower=ben)
            FollowFactory(following=ben)
            FollowRequestFactory(follower=ana)
            FollowRequestFactory(following=ana)
            FriendRequestFactory(from_user=ana)
            FriendRequestFactory(to_user=ana)
            FriendshipFactory(user=FriendshipFactory(user=ana).friend)
            MuteFactory(user=ana)
            BlockFactory(user=ana)

        with django_assert_num_queries(queries):
            answer = api.get(f"/api/v1/{path}")

        assert len(names(answer)) == 3

    def test_pages_hold_every_tie_once_in_order_both_ways(self, api, ben):
        at = timezone.now()
        made = [
            FollowFactory(following=ben, created_at=at + dt.timedelta(hours=n // 3))
            for n in range(7)
        ]
        made.sort(key=lambda tie: (tie.created_at, tie.pk), reverse=True)
        expected = [str(tie.pk) for tie in made]

        pages, url = [], "/api/v1/users/ben/followers/?page_size=2"
        while url:
            last = api.get(url).json()
            pages.append([row["id"] for row in last["results"]])
            url = last["next"]
        backwards = []
        while last["previous"]:
            last = api.get(last["previous"]).json()
            backwards.append([row["id"] for row in last["results"]])

        assert [row for page in pages for row in page] == expected
        assert backwards == pages[:-1][::-1]
        assert SocialFollow.objects.count() == 7

    @pytest.mark.parametrize(
        ("path", "query"),
        [
            ("friends/", "cursor=x"),
            ("users/ben/followers/", "cursor=x"),
            ("users/ben/followers/", "page_size=101"),
            ("friends/suggestions/", "page_size=0"),
            ("friends/suggestions/", "page_size=101"),
        ],
    )
    def test_a_bad_place_is_named(self, api, ben, path, query):
        answer = api.get(f"/api/v1/{path}?{query}")

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["attr"] == query.partition("=")[0]


class TestSuggestions:
    def test_the_likeliest_come_first(self, api, ana):
        ben, cara, dora, emil, finn, gina = people("ben", "cara", "dora", "emil", "finn", "gina")
        for friend in (ben, cara):
            FriendshipFactory(user=ana, friend=friend)
            FriendshipFactory(user=friend, friend=dora)
        FollowFactory(follower=ana, following=gina)
        for followed in (emil, dora):
            FollowFactory(follower=gina, following=followed)
        group = GroupFactory(created_by=emil)
        for member in (ana, finn):
            MembershipFactory(user=member, group=group)

        answer = api.get(SUGGESTIONS)

        assert names(answer) == ["dora", "emil", "finn"]
        common = ("friends_in_common", "follows_in_common", "groups_in_common")
        assert [[row[name] for name in common] for row in answer.json()] == [
            [2, 1, 0],
            [0, 1, 1],
            [0, 0, 1],
        ]
        assert names(api.get(f"{SUGGESTIONS}?page_size=1")) == ["dora"]

    @pytest.mark.parametrize(
        "tie",
        [
            lambda ana, dora: FriendshipFactory(user=ana, friend=dora),
            lambda ana, dora: FollowFactory(follower=ana, following=dora),
            lambda ana, dora: FollowRequestFactory(follower=ana, following=dora),
            lambda ana, dora: FriendRequestFactory(from_user=ana, to_user=dora),
            lambda ana, dora: FriendRequestFactory(from_user=dora, to_user=ana),
            lambda ana, dora: MuteFactory(user=ana, muted=dora),
            lambda ana, dora: BlockFactory(user=ana, blocked=dora),
            lambda ana, dora: BlockFactory(user=dora, blocked=ana),
            lambda ana, dora: showing(dora, "private"),
            lambda ana, dora: type(dora).objects.filter(pk=dora.pk).update(is_active=False),
        ],
    )
    def test_who_is_tied_hidden_private_or_gone_is_left_out(self, api, ana, ben, tie):
        [dora] = people("dora")
        FriendshipFactory(user=ana, friend=ben)
        FriendshipFactory(user=ben, friend=dora)
        before = names(api.get(SUGGESTIONS))

        tie(ana, dora)

        assert before == ["dora"]
        assert names(api.get(SUGGESTIONS)) == []

    def test_private_friends_do_not_introduce_theirs(self, api, ana, ben):
        FriendshipFactory(user=ana, friend=showing(ben, "private"))
        FriendshipFactory(user=ben)

        assert names(api.get(SUGGESTIONS)) == []


def test_the_change_feed_shows_ties_as_the_lists_do(api, ana):
    rows = {
        "users/ana/following/": (shown.represent_follows, FollowFactory(follower=ana)),
        "follow-requests/?direction=sent": (
            shown.represent_follow_requests,
            FollowRequestFactory(follower=ana),
        ),
        "friend-requests/?direction=sent": (
            shown.represent_friend_requests,
            FriendRequestFactory(from_user=ana),
        ),
        "friends/": (shown.represent_friendships, FriendshipFactory(user=ana)),
        "blocks/": (shown.represent_blocks, BlockFactory(user=ana)),
        "mutes/": (shown.represent_mutes, MuteFactory(user=ana)),
    }

    listed = {path: api.get(f"/api/v1/{path}").json()["results"] for path in rows}

    for path, (represent, row) in rows.items():
        fed = represent(ana.pk, [row.pk])
        assert fed.keys() == {row.pk}
        [line] = listed[path]
        assert line.keys() == fed[row.pk].keys()
        assert (line["id"], line["user"]["id"]) == (
            str(row.pk),
            str(fed[row.pk]["user"]["id"]),
        )
        assert represent(ana.pk, []) == represent(UserFactory().pk, [row.pk]) == {}
