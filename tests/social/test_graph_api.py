"""Following, friends, blocks and mutes: what each verb makes of the ties of two people."""

import pytest

from social.models import (
    FollowRequest,
    FriendRequest,
    Friendship,
    SocialFollow,
)
from social.services import graph
from tests.conftest import client_of
from tests.factories.social import (
    BlockFactory,
    FollowFactory,
    FollowRequestFactory,
    FriendRequestFactory,
    FriendshipFactory,
    PostFactory,
)
from tests.factories.users import UserFactory
from tests.social.tied import NOTHING, heard, showing, standing, ties, url
from users.ids import uuid7
from users.models import (
    SyncClock,
    Tombstone,
    User,
)

pytestmark = pytest.mark.django_db


class TestFollow:
    def test_a_public_person_is_followed_at_once_and_told_once(self, api, ana, ben):
        answers = [api.post(url("BEN", "follow")) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [201, 200]
        assert answers[0].json() == answers[1].json()
        assert standing(answers[0]) == {"following": True}
        assert SocialFollow.objects.get().follower == ana
        assert heard(ben) == ["ana followed you"]

    def test_who_lets_followers_in_is_asked(self, api, ana, ben):
        showing(ben, "followers")

        answers = [api.post(url(ben, "follow")) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [201, 200]
        assert standing(answers[1]) == {"requested": True}
        assert not SocialFollow.objects.exists()
        assert heard(ben) == ["ana asked to follow you"]

    def test_a_request_waits_on_though_the_profile_became_public(self, api, bens_api, ana, ben):
        waiting = FollowRequestFactory(follower=ana, following=ben)

        listed = bens_api.get("/api/v1/follow-requests/").json()["results"]
        answer = api.post(url(ben, "follow"))

        assert [row["id"] for row in listed] == [str(waiting.pk)]
        assert (answer.status_code, standing(answer)) == (201, {"following": True})

    @pytest.mark.parametrize("tie", [None, "friend", "follower"])
    def test_nobody_follows_or_befriends_a_private_person_anew(self, api, ana, ben, tie):
        showing(ben, "private")
        if tie == "friend":
            FriendshipFactory(user=ana, friend=ben)
        if tie == "follower":
            FollowFactory(follower=ben, following=ana)
        before = ties()

        follow = api.post(url(ben, "follow"))
        befriend = api.post("/api/v1/friend-requests/", {"username": "ben"})

        assert follow.status_code == 404
        assert befriend.status_code == (200 if tie == "friend" else 404)
        assert ties() == before

    def test_following_no_more_also_withdraws_the_request_and_what_was_heard(self, api, ana, ben):
        api.post(url(ben, "follow"))
        FollowRequestFactory(follower=ana, following=ben)
        assert heard(ben) == ["ana followed you"]

        answers = [api.delete(url(ben, "follow")) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [204, 204]
        assert not SocialFollow.objects.exists() | FollowRequest.objects.exists()
        assert Tombstone.objects.filter(user=ana).count() == 2
        assert heard(ben) == []

    def test_a_follower_is_removed(self, api, ana, ben):
        FollowFactory(follower=ben, following=ana)
        kept = FollowFactory(follower=ana, following=ben)

        answers = [api.delete(url(ben, "follower")) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [204, 204]
        assert SocialFollow.objects.get() == kept

    def test_one_more_than_a_feed_is_made_for_is_refused(self, api, ana, ben, monkeypatch):
        monkeypatch.setattr(graph, "MOST_FOLLOWED", 2)
        FollowFactory(follower=ana)
        FollowRequestFactory(follower=ana)

        answer = api.post(url(ben, "follow"))

        assert answer.status_code == 409
        assert answer.json()["errors"][0]["code"] == "too_many_follows"
        assert SocialFollow.objects.count() == 1


class TestFollowRequests:
    @pytest.fixture
    def waiting(self, ana, ben):
        return FollowRequestFactory(follower=ben, following=showing(ana, "followers"))

    def test_accepting_lets_them_follow_and_tells_them(self, api, ana, ben, waiting):
        answer = api.post(f"/api/v1/follow-requests/{waiting.pk}/accept/")
        again = api.post(f"/api/v1/follow-requests/{waiting.pk}/accept/")

        assert (answer.status_code, again.status_code) == (200, 404)
        assert standing(answer) == {"followed_by": True}
        assert SocialFollow.objects.get().follower == ben
        assert not FollowRequest.objects.exists()
        assert (heard(ana), heard(ben)) == ([], ["ana accepted your follow request"])

    def test_declining_leaves_nothing_and_tells_nobody(self, api, ana, ben, waiting):
        answer = api.post(f"/api/v1/follow-requests/{waiting.pk}/decline/")
        again = api.post(f"/api/v1/follow-requests/{waiting.pk}/accept/")

        assert (answer.status_code, again.status_code) == (204, 404)
        assert not SocialFollow.objects.exists() | FollowRequest.objects.exists()
        assert heard(ben) == []

    @pytest.mark.parametrize("answer", ["accept", "decline"])
    def test_only_who_is_asked_answers(self, bens_api, waiting, answer):
        before = ties()

        response = bens_api.post(f"/api/v1/follow-requests/{waiting.pk}/{answer}/")

        assert response.status_code == 404
        assert ties() == before

    def test_both_sides_see_it(self, api, bens_api, ana, ben, waiting):
        received = api.get("/api/v1/follow-requests/").json()["results"]
        sent = bens_api.get("/api/v1/follow-requests/?direction=sent").json()["results"]
        nothing = bens_api.get("/api/v1/follow-requests/").json()["results"]

        both = {"follower": str(ben.pk), "following": str(ana.pk)}
        assert [(row["user"]["username"], row | both == row) for row in received] == [
            ("ben", True)
        ]
        assert [(row["user"]["username"], row | both == row) for row in sent] == [("ana", True)]
        assert nothing == []
        assert api.get("/api/v1/follow-requests/?direction=up").status_code == 400


class TestFriends:
    def test_a_request_is_sent_once(self, api, ana, ben):
        answers = [api.post("/api/v1/friend-requests/", {"username": "Ben"}) for _ in range(2)]

        request = FriendRequest.objects.get()
        assert [answer.status_code for answer in answers] == [201, 200]
        assert standing(answers[1]) == {
            "friend_request": "sent",
            "friend_request_id": str(request.pk),
        }
        assert (request.from_user, request.to_user) == (ana, ben)
        assert heard(ben) == ["ana sent you a friend request"]

    def test_crossing_requests_make_one_friendship(self, api, bens_api, ana, ben):
        bens_api.post("/api/v1/friend-requests/", {"username": "ana"})
        assert heard(ana) == ["ben sent you a friend request"]

        answer = api.post("/api/v1/friend-requests/", {"username": "ben"})

        assert (answer.status_code, standing(answer)) == (201, {"friends": True})
        rows = set(Friendship.objects.values_list("user", "friend"))
        assert rows == {(ana.pk, ben.pk), (ben.pk, ana.pk)}
        assert not FriendRequest.objects.exists()
        assert (heard(ana), heard(ben)) == ([], ["ana accepted your friend request"])

    def test_a_private_persons_request_can_be_met_by_ones_own(self, api, ana, ben):
        FriendRequestFactory(from_user=showing(ben, "private"), to_user=ana)

        answer = api.post("/api/v1/friend-requests/", {"username": "ben"})

        assert (answer.status_code, standing(answer)) == (201, {"friends": True})

    def test_accepting_makes_both_rows_and_ends_the_request(self, api, ana, ben):
        request = FriendRequestFactory(from_user=ben, to_user=ana)

        answer = api.post(f"/api/v1/friend-requests/{request.pk}/accept/")
        again = api.post(f"/api/v1/friend-requests/{request.pk}/accept/")

        assert (answer.status_code, again.status_code) == (200, 404)
        assert standing(answer) == {"friends": True}
        rows = set(Friendship.objects.values_list("user", "friend"))
        assert rows == {(ana.pk, ben.pk), (ben.pk, ana.pk)}
        assert not FriendRequest.objects.exists()
        assert Tombstone.objects.get().object_id == request.pk
        clocks = SyncClock.objects.filter(user__in=[ana, ben]).values_list("user", "revision")
        assert set(Friendship.objects.values_list("user", "revision")) == set(clocks)

    def test_declining_makes_none(self, api, ana, ben):
        request = FriendRequestFactory(from_user=ben, to_user=ana)

        answer = api.post(f"/api/v1/friend-requests/{request.pk}/decline/")

        assert answer.status_code == 204
        assert not FriendRequest.objects.exists() | Friendship.objects.exists()
        assert heard(ben) == []

    def test_who_sent_it_takes_it_back_and_with_it_what_was_heard(self, api, ana, ben):
        api.post("/api/v1/friend-requests/", {"username": "ben"})
        assert heard(ben) == ["ana sent you a friend request"]
        request = FriendRequest.objects.get()

        answers = [api.delete(f"/api/v1/friend-requests/{request.pk}/") for _ in range(2)]

        assert [answer.status_code for answer in answers] == [204, 404]
        assert heard(ben) == []

    @pytest.mark.parametrize(
        ("whose", "method", "rest"),
        [("ana", "delete", ""), ("ben", "post", "accept/"), ("ben", "post", "decline/")],
    )
    def test_nobody_answers_their_own_or_takes_back_anothers(self, ana, ben, whose, method, rest):
        waiting = FriendRequestFactory(from_user=ben, to_user=ana)
        client = client_of({"ana": ana, "ben": ben}[whose])
        before = ties()

        response = getattr(client, method)(f"/api/v1/friend-requests/{waiting.pk}/{rest}")

        assert response.status_code == 404
        assert ties() == before

    def test_unfriending_deletes_both_rows_for_both_phones(self, api, ana, ben):
        FriendshipFactory(user=ana, friend=ben)
        kept = FriendshipFactory(user=ana)

        answers = [api.delete("/api/v1/friends/BEN/") for _ in range(2)]

        assert [answer.status_code for answer in answers] == [204, 204]
        assert set(Friendship.objects.filter(user=ana)) == {kept}
        assert not Friendship.objects.filter(user=ben).exists()
        assert Tombstone.objects.filter(user__in=[ana, ben]).count() == 2

    def test_the_lists_show_the_other_one(self, api, ana, ben):
        cara = UserFactory(username="cara")
        FriendshipFactory(user=ana, friend=ben)
        FriendRequestFactory(from_user=cara, to_user=ana)
        FriendRequestFactory(from_user=ana, to_user=UserFactory(username="dora"))

        friends, received, sent = (
            api.get(f"/api/v1/{path}").json()["results"]
            for path in ("friends/", "friend-requests/", "friend-requests/?direction=sent")
        )

        assert [row["user"]["username"] for row in friends] == ["ben"]
        assert [row["user"]["username"] for row in received] == ["cara"]
        assert [row["from_user"] for row in received] == [str(cara.pk)]
        assert [row["user"]["username"] for row in sent] == ["dora"]
        assert [row["from_user"] for row in sent] == [str(ana.pk)]


class TestEverybody:
    @pytest.mark.parametrize("verb", ["follow", "block", "mute"])
    def test_nobody_does_it_to_themselves(self, api, ana, verb):
        answer = api.post(url(ana, verb), {})

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["code"] == "yourself"
        assert not any(ties().values())

    def test_nobody_befriends_themselves(self, api, ana):
        answer = api.post("/api/v1/friend-requests/", {"username": "ana"})

        assert answer.status_code == 400
        assert not FriendRequest.objects.exists()

    @pytest.mark.parametrize("name", ["nobody", "gone", "a%00b", "%F0%9F%92%AA"])
    @pytest.mark.parametrize(
        ("method", "verb"),
        [
            ("post", "follow"),
            ("post", "block"),
            ("post", "mute"),
            ("get", "relationship"),
            ("get", "followers"),
        ],
    )
    def test_who_is_not_there_is_a_404(self, api, name, method, verb):
        UserFactory(username="gone", is_active=False)

        answer = getattr(api, method)(url(name, verb), {})

        assert answer.status_code == 404
        assert not any(ties().values())

    @pytest.mark.parametrize("path", ["follow-requests", "friend-requests"])
    @pytest.mark.parametrize("answer", ["accept", "decline"])
    def test_an_unknown_request_is_a_404(self, api, path, answer):
        assert api.post(f"/api/v1/{path}/{uuid7()}/{answer}/").status_code == 404

    def test_a_relationship_tells_both_sides_in_four_queries(
        self, api, ana, ben, django_assert_num_queries
    ):
        FollowFactory(follower=ben, following=ana)
        request = FriendRequestFactory(from_user=ben, to_user=ana)
        FollowFactory(follower=BlockFactory(user=ana).blocked, following=ben)
        FollowFactory(follower=UserFactory(is_active=False), following=ben)
        FollowFactory(following=ben)
        FriendshipFactory(user=ben)
        for visibility in ("public", "followers", "private"):
            PostFactory(author=ben, visibility=visibility)

        with django_assert_num_queries(4):  # whose token; the two; who is hidden; the counts
            answer = api.get(url(ben, "relationship"))

        assert answer.json() == {
            "id": str(ben.pk),
            "username": "ben",
            **NOTHING,
            "followed_by": True,
            "friend_request": "received",
            "friend_request_id": str(request.pk),
            "followers_count": 1,
            "following_count": 1,
            "friends_count": 1,
            "posts_count": 1,
        }

    def test_a_locked_profile_tells_its_counts_to_followers(self, api, ana, ben):
        PostFactory(author=ben, visibility="followers")
        showing(ben, "followers")

        strangers = api.get(url(ben, "relationship")).json()["posts_count"]
        FollowFactory(follower=ana, following=ben)

        assert strangers is None
        assert api.get(url(ben, "relationship")).json()["posts_count"] == 1

    def test_suspension_hides_somebody_and_keeps_their_ties(self, api, ana, ben):
        FriendshipFactory(user=ana, friend=ben)
        User.objects.filter(pk=ben.pk).update(is_active=False)

        hidden = api.get("/api/v1/friends/").json()["results"]
        User.objects.filter(pk=ben.pk).update(is_active=True)

        assert hidden == []
        assert len(api.get("/api/v1/friends/").json()["results"]) == 1
