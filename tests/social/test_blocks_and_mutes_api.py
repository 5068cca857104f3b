"""Blocks and mutes: what they end, whom they hide, and that nobody learns of them."""

import datetime as dt

import pytest
from django.utils import timezone

from social.models import (
    Block,
    ChallengeInvitation,
    FollowRequest,
    FriendRequest,
    Friendship,
    Mute,
    SocialFollow,
)
from social.services import graph
from tests.factories.social import (
    BlockFactory,
    ChallengeInvitationFactory,
    FollowFactory,
    FollowRequestFactory,
    FriendRequestFactory,
    FriendshipFactory,
    MuteFactory,
)
from tests.factories.users import UserFactory
from tests.social.tied import heard, showing, standing, ties, url
from users.models import Notification, Tombstone, User

pytestmark = pytest.mark.django_db


class TestBlock:
    def test_it_ends_all_that_is_between_two_people(self, api, ana, ben):
        cara = UserFactory(username="cara")
        for one, other in ((ana, ben), (ben, ana)):
            FollowFactory(follower=one, following=other)
            FollowRequestFactory(follower=one, following=other)
            ChallengeInvitationFactory(user=one, challenge__created_by=other)
            Notification.objects.all().delete()
        FriendshipFactory(user=ana, friend=ben)
        FriendRequestFactory(from_user=ben, to_user=ana)
        kept = [
            FollowFactory(follower=cara, following=ana),
            FriendshipFactory(user=ana, friend=cara),
            ChallengeInvitationFactory(user=ana, challenge__created_by=cara),
        ]

        answers = [api.post(url(ben, "block")) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [201, 200]
        assert answers[0].json() == answers[1].json()
        assert standing(answers[0]) == {"blocking": True}
        assert [Block.objects.get().user, Block.objects.get().blocked] == [ana, ben]
        assert list(SocialFollow.objects.all()) == kept[:1]
        assert list(Friendship.objects.filter(user=ana)) == kept[1:2]
        assert not Friendship.objects.filter(user=ben).exists()
        assert list(ChallengeInvitation.objects.all()) == kept[2:]
        assert not FollowRequest.objects.exists() | FriendRequest.objects.exists()

    def test_both_forget_what_they_were_told_of_each_other(self, api, bens_api, ana, ben):
        api.post(url(ben, "follow"))
        bens_api.post(url(ana, "follow"))
        UserFactory(username="cara")
        graph.follow(user_id=User.objects.get(username="cara").pk, person_id=ana.pk)
        heard(ana)
        Notification.objects.update(read_at=timezone.now())

        api.post(url(ben, "block"))

        assert (heard(ana), heard(ben)) == (["cara followed you"], [])

    def test_they_are_nobody_to_each_other(self, api, bens_api, ana, ben):
        BlockFactory(user=ana, blocked=ben)
        before = ties()
        verbs = [
            ("post", url("{}", "follow")),
            ("delete", url("{}", "follow")),
            ("delete", url("{}", "follower")),
            ("post", url("{}", "mute")),
            ("delete", url("{}", "mute")),
            ("get", url("{}", "followers")),
            ("get", url("{}", "following")),
            ("delete", "/api/v1/friends/{}/"),
        ]

        anas = [getattr(api, verb)(path.format("ben"), {}).status_code for verb, path in verbs]
        bens = [
            getattr(bens_api, verb)(path.format("ana"), {}).status_code for verb, path in verbs
        ]
        asked = [
            client.post("/api/v1/friend-requests/", {"username": name}).status_code
            for client, name in ((api, "ben"), (bens_api, "ana"))
        ]

        assert anas == bens == [404] * len(verbs)
        assert asked == [404, 404]
        assert ties() == before

    def test_only_who_blocks_learns_of_it(self, api, bens_api, ana, ben):
        BlockFactory(user=ana, blocked=ben)

        seen = api.get(url(ben, "relationship"))
        unseen = [
            bens_api.get(url(ana, "relationship")),
            bens_api.post(url(ana, "block")),
            bens_api.delete(url(ana, "block")),
        ]

        assert standing(seen) == {"blocking": True}
        assert seen.json()["followers_count"] is None
        assert [answer.status_code for answer in unseen] == [404] * 3
        assert Block.objects.get().user == ana
        assert [
            row["user"]["username"] for row in api.get("/api/v1/blocks/").json()["results"]
        ] == ["ben"]

    def test_unblocking_brings_nothing_back(self, api, ana, ben):
        FriendshipFactory(user=ana, friend=ben)
        api.post(url(ben, "block"))

        answers = [api.delete(url(ben, "block")) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [204, 204]
        assert not any(ties().values())
        assert standing(api.get(url(ben, "relationship"))) == {}

    def test_a_private_person_whom_one_met_can_be_blocked(self, api, ben):
        showing(ben, "private")

        answer = api.post(url(ben, "block"))

        assert (answer.status_code, standing(answer)) == (201, {"blocking": True})
        assert [
            row["user"]["username"] for row in api.get("/api/v1/blocks/").json()["results"]
        ] == ["ben"]


class TestMute:
    def test_it_lasts_until_it_is_over(self, api, ana, ben):
        until = timezone.now() + dt.timedelta(days=7)

        first = api.post(url(ben, "mute"), {})
        second = api.post(
            url(ben, "mute"), {"muted_until": until.isoformat(), "hide_notifications": False}
        )
        [listed] = api.get("/api/v1/mutes/").json()["results"]
        Mute.objects.filter(user=ana).write(muted_until=until - dt.timedelta(days=8))

        assert (first.status_code, second.status_code) == (201, 200)
        assert standing(first) == {"muting": True, "muting_notifications": True}
        assert second.json()["muting_until"] == listed["muted_until"]
        assert dt.datetime.fromisoformat(listed["muted_until"]) == until
        assert (listed["hide_notifications"], listed["user"]["username"]) == (False, "ben")
        assert standing(api.get(url(ben, "relationship"))) == {}
        assert api.get("/api/v1/mutes/").json()["results"] == []
        assert api.post(url(ben, "mute"), {}).status_code == 201

    def test_the_other_does_not_learn_of_it(self, bens_api, ana, ben):
        MuteFactory(user=ana, muted=ben)

        answer = bens_api.get(url(ana, "relationship"))

        assert standing(answer) == {}

    def test_unmuting_twice_is_as_good_as_once(self, api, ana, ben):
        muted = MuteFactory(user=ana, muted=ben)

        answers = [api.delete(url(ben, "mute")) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [204, 204]
        assert Tombstone.objects.get().object_id == muted.pk

    @pytest.mark.parametrize(
        ("body", "attr", "code"),
        [
            ({"muted_until": "2020-01-01T00:00:00Z"}, "muted_until", "in_the_past"),
            ({"muted_until": "9999-12-31T00:00:00Z"}, "muted_until", "out_of_range"),
            ({"muted_until": "soon"}, "muted_until", "invalid"),
            ({"hide_notifications": "perhaps"}, "hide_notifications", "invalid"),
        ],
    )
    def test_a_bad_wish_is_named_and_changes_nothing(self, api, ben, body, attr, code):
        answer = api.post(url(ben, "mute"), body)

        assert answer.status_code == 400
        [error] = answer.json()["errors"]
        assert (error["attr"], error["code"]) == (attr, code)
        assert not Mute.objects.exists()
