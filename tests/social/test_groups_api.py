"""Groups: who finds them, who gets in, who leaves, and what goes with them."""

import pytest

from social.models import Challenge, Group, JoinRequest, Membership, Post
from tests.conftest import client_of
from tests.factories.social import (
    BlockFactory,
    ChallengeFactory,
    CommentFactory,
    GroupFactory,
    JoinRequestFactory,
    LikeFactory,
    MembershipFactory,
    ParticipantFactory,
    PostFactory,
    ReplyFactory,
    ShareFactory,
)
from tests.factories.users import UserFactory
from users.ids import uuid7
from users.models import Notification, OutboxMessage, Tombstone
from users.services import outbox

pytestmark = pytest.mark.django_db

URL = "/api/v1/groups/"


def deliver_all():
    for message_id in OutboxMessage.objects.order_by("pk").values_list("pk", flat=True):
        outbox.deliver(message_id=message_id)


def of(group, *parts):
    return "/".join([f"{URL}{group.pk}", *map(str, parts), ""])


def names(answer):
    return [row["name"] for row in answer.json()["results"]]


# --- Founded and found -----------------------------------------------------------------------


def test_who_founds_a_group_is_its_owner_and_only_member(api, ana):
    answer = api.post(URL, {"name": "Early Lifters", "access": "request"})

    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["name"], shown["description"], shown["access"]) == (
        "Early Lifters",
        "",
        "request",
    )
    assert (shown["members_count"], shown["my_role"]) == (1, "owner")
    assert shown["owner"]["username"] == "ana"
    assert list(Membership.objects.values_list("user", "role")) == [(ana.pk, "owner")]


def test_a_repeated_create_makes_one_group(api):
    body = {"id": str(uuid7()), "name": "Early Lifters"}

    codes = [api.post(URL, body).status_code for _ in range(2)]

    assert codes == [201, 200]
    assert Group.objects.count() == Membership.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "attr"),
    [({}, "name"), ({"name": "\u2800"}, "name"), ({"name": "A", "access": "x"}, "access")],
)
def test_a_group_without_a_readable_name_or_access_is_refused(api, body, attr):
    answer = api.post(URL, body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr
    assert not Group.objects.exists()


def test_groups_by_invitation_are_found_by_their_members_only(api, ana):
    GroupFactory(name="Open")
    GroupFactory(name="Asks", access="request")
    closed = GroupFactory(name="Closed", access="invite")
    mine = GroupFactory(name="Mine", access="invite")
    MembershipFactory(user=ana, group=mine)

    assert names(api.get(URL)) == ["Mine", "Asks", "Open"]
    assert names(api.get(URL, {"mine": "true"})) == ["Mine"]
    assert names(api.get(URL, {"mine": "false", "q": "ask"})) == ["Asks"]
    assert api.get(of(mine)).status_code == 200
    assert api.get(of(closed)).status_code == 404
    assert api.post(of(closed, "join")).status_code == 404


def test_the_group_of_somebody_hidden_is_not_found_but_kept_by_its_members(api, ana, ben):
    found = GroupFactory(created_by=ben, name="Found")
    kept = GroupFactory(created_by=ben, name="Kept")
    MembershipFactory(user=ana, group=kept)
    BlockFactory(user=ben, blocked=ana)

    assert api.get(of(found)).status_code == 404
    assert api.post(of(found, "join")).status_code == 404
    shown = api.get(of(kept)).json()
    assert (shown["owner"], shown["members_count"]) == (None, 1)
    assert names(api.get(URL)) == ["Kept"]


@pytest.mark.parametrize("number", [1, 4])
def test_the_list_costs_the_same_for_any_number_of_groups(
    api, ana, ben, number, django_assert_num_queries
):
    BlockFactory(user=ana, blocked=ben)
    for _ in range(number):
        MembershipFactory(user=ben, group=GroupFactory())

    # The session, who is hidden, the page, the hidden members, the owners.
    with django_assert_num_queries(5):
        answer = api.get(URL)

    assert [row["members_count"] for row in answer.json()["results"]] == [1] * number


def test_pages_follow_each_other(api):
    for number in range(3):
        GroupFactory(name=f"{number}")

    first = api.get(URL, {"page_size": 2})
    second = api.get(first.json()["next"])

    assert (names(first), names(second)) == (["2", "1"], ["0"])
    assert second.json()["next"] is None


# --- Joined and left -------------------------------------------------------------------------


def test_a_public_group_is_joined_at_once_and_once(api, ana):
    group = GroupFactory()

    answers = [api.post(of(group, "join")) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert (answers[0].json()["my_role"], answers[0].json()["members_count"]) == ("member", 2)
    assert Membership.objects.filter(user=ana, group=group).count() == 1


def test_who_asks_to_join_waits_and_the_staff_is_told_once(api, ana, ben):
    group = GroupFactory(created_by=ben, access="request", name="Early Lifters")

    answers = [api.post(of(group, "join")) for _ in range(2)]
    deliver_all()

    assert [answer.status_code for answer in answers] == [201, 200]
    assert (answers[1].json()["my_role"], answers[1].json()["requested"]) == (None, True)
    told = Notification.objects.get()
    assert (told.user_id, told.kind) == (ben.pk, "group_join_requested")
    assert told.text == "ana would like to join Early Lifters"


def test_a_request_that_is_taken_back_is_not_told(api, ana, ben):
    group = GroupFactory(created_by=ben, access="request")
    api.post(of(group, "join"))

    answer = api.post(of(group, "leave"))
    deliver_all()

    assert answer.status_code == 204
    assert not JoinRequest.objects.exists()
    assert not Notification.objects.exists()


def test_a_member_leaves_and_twice_is_once(api, ana):
    group = GroupFactory()
    MembershipFactory(user=ana, group=group)

    codes = [api.post(of(group, "leave")).status_code for _ in range(2)]

    assert codes == [204, 204]
    group.refresh_from_db()
    assert group.members_count == 1
    assert not Membership.objects.filter(user=ana).exists()


def test_an_owner_hands_over_before_leaving_others(api, ana, ben):
    group = GroupFactory(created_by=ana)
    MembershipFactory(user=ben, group=group)

    answer = api.post(of(group, "leave"))

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "hand_over_first"
    assert Membership.objects.filter(user=ana, role="owner").exists()


def test_a_group_goes_with_its_only_member(api, ana):
    group = GroupFactory(created_by=ana)

    assert api.post(of(group, "leave")).status_code == 204

    assert not Group.objects.exists()
    assert {"social.group", "social.membership"} == set(
        Tombstone.objects.filter(user=ana).values_list("resource", flat=True)
    )


# --- Changed and deleted ---------------------------------------------------------------------


def test_the_owner_changes_it_and_its_founders_phones_learn(api, ana, ben):
    group = GroupFactory(created_by=ben)
    Membership.objects.filter(user=ben).update(role="admin")
    MembershipFactory(user=ana, group=group, role="owner")
    before = Group.objects.get().revision

    answer = api.patch(of(group), {"description": "At six.", "access": "invite"})

    assert answer.status_code == 200
    changed = Group.objects.get()
    assert (changed.name, changed.description, changed.access) == (group.name, "At six.", "invite")
    assert changed.revision > before


def test_deleting_a_group_takes_everything_in_it(api, ana, ben):
    group = GroupFactory(created_by=ana)
    MembershipFactory(user=ben, group=group)
    JoinRequestFactory(group=group)
    post = PostFactory(author=ben, group=group, hashtags=["squat"], mentions=[ana])
    ReplyFactory(parent=post)
    LikeFactory(post=post)
    outside = PostFactory()
    ShareFactory(author=ben, shared_post=outside, group=group)
    challenge = ChallengeFactory(created_by=ana, group=group, is_public=False)
    ParticipantFactory(challenge=challenge, user=ben)
    CommentFactory(target=challenge, author=ben)

    assert api.delete(of(group)).status_code == 204

    assert [model.objects.count() for model in (Group, Membership, JoinRequest, Challenge)] == [
        0
    ] * 4
    assert list(Post.objects.values_list("pk", "shares_count")) == [(outside.pk, 0)]
    buried = set(Tombstone.objects.filter(user=ben).values_list("resource", flat=True))
    assert buried == {
        "social.membership", "social.post", "social.challengeparticipant", "social.comment",
    }  # fmt: skip


# --- Read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("access", "is_member", "code"),
    [
        ("public", False, 200),
        ("request", False, 404),
        ("invite", False, 404),
        ("request", True, 200),
        ("invite", True, 200),
    ],
)
def test_a_group_is_read_by_its_members_and_a_public_one_by_everybody(
    ana, access, is_member, code
):
    group = GroupFactory(access=access)
    if is_member:
        MembershipFactory(user=ana, group=group)

    codes = [client_of(ana).get(of(group, part)).status_code for part in ("feed", "members")]

    assert codes == [code, code]


def test_the_feed_shows_what_was_posted_in_the_group_newest_first(api, ana, ben):
    group = GroupFactory(created_by=ben)
    MembershipFactory(user=ana, group=group)
    hidden = UserFactory()
    BlockFactory(user=ana, blocked=hidden)
    for content, author in [("One", ben), ("Unseen", hidden), ("Two", ana)]:
        PostFactory(author=author, group=group, content=content)
    PostFactory(author=ben, content="Elsewhere")

    rows = api.get(of(group, "feed")).json()["results"]

    assert [row["content"] for row in rows] == ["Two", "One"]


def test_a_member_who_runs_the_group_removes_its_posts(api, ana, ben):
    group = GroupFactory(created_by=ben)
    MembershipFactory(user=ana, group=group, role="admin")
    post = PostFactory(author=ben, group=group)
    elsewhere = PostFactory(author=ben)

    codes = [api.delete(f"/api/v1/posts/{one.pk}/").status_code for one in (post, elsewhere)]

    assert codes == [204, 404]
    assert list(Post.objects.live()) == [elsewhere]


def test_the_change_feed_reports_groups_memberships_requests_and_links(api, ana):
    group = api.post(URL, {"name": "Mine", "access": "invite"}).json()
    link = api.post(f"{URL}{group['id']}/invite-links/", {}).json()
    asked = GroupFactory(access="request")
    api.post(of(asked, "join"))

    feed = api.get("/api/v1/sync/").json()["results"]

    data = {row["resource"]: row["data"] for row in feed}
    assert data["social.group"]["name"] == "Mine"
    assert data["social.membership"]["role"] == "owner"
    assert data["social.joinrequest"]["group"] == str(asked.pk)
    assert data["social.invitelink"]["code"] == link["code"]


def test_a_suspended_owner_is_not_named(api):
    owner = UserFactory(is_active=False)
    group = GroupFactory(created_by=owner)

    assert api.get(of(group)).json()["owner"] is None
    assert client_of(UserFactory()).get(of(group, "members")).json()["results"] == []
