"""Who may do what in a group, and the links that let people in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social.models import InviteLink, JoinRequest, Membership
from tests.conftest import client_of
from tests.factories.social import (
    BlockFactory,
    GroupFactory,
    InviteLinkFactory,
    JoinRequestFactory,
    MembershipFactory,
)
from tests.factories.users import UserFactory
from tests.social.test_groups_api import deliver_all, of
from users.models import Notification

pytestmark = pytest.mark.django_db

BY_LINK = "/api/v1/groups/join-by-link/"


def acting_as(user, role, group):
    """The person's client, once they have this role; the owner before becomes an admin."""
    if role == "owner":
        group.memberships.filter(role="owner").update(role="admin")
    if role is not None:
        MembershipFactory(user=user, group=group, role=role)
    return client_of(user)


def role_of(user, group):
    return group.memberships.filter(user=user).values_list("role", flat=True).first()


# --- Roles -----------------------------------------------------------------------------------

# Strangers do not learn what there is to do; members learn that it is not theirs.
MATRIX = [
    ("patch", (), {"name": "New"}, {"owner": 200, "admin": 409, "member": 409, None: 404}),
    ("delete", (), None, {"owner": 204, "admin": 409, "member": 409, None: 404}),
    ("get", ("requests",), None, {"owner": 200, "admin": 200, "member": 409, None: 404}),
    (
        "post",
        ("requests", "wisher", "accept"),
        None,
        {"owner": 200, "admin": 200, "member": 409, None: 404},
    ),
    (
        "post",
        ("requests", "wisher", "decline"),
        None,
        {"owner": 204, "admin": 204, "member": 409, None: 404},
    ),
    ("get", ("invite-links",), None, {"owner": 200, "admin": 200, "member": 409, None: 404}),
    ("post", ("invite-links",), {}, {"owner": 201, "admin": 201, "member": 409, None: 404}),
    (
        "patch",
        ("members", "plain"),
        {"role": "admin"},
        {"owner": 200, "admin": 409, "member": 409, None: 404},
    ),
    ("delete", ("members", "plain"), None, {"owner": 204, "admin": 204, "member": 409, None: 404}),
    (
        "delete",
        ("members", "helper"),
        None,
        {"owner": 204, "admin": 409, "member": 409, None: 404},
    ),
    (
        "delete",
        ("members", "nobody"),
        None,
        {"owner": 204, "admin": 204, "member": 409, None: 404},
    ),
]


@pytest.mark.parametrize("role", ["owner", "admin", "member", None])
@pytest.mark.parametrize("case", MATRIX)
def test_each_role_may_do_what_it_is_for(ana, role, case):
    verb, parts, body, codes = case
    group = GroupFactory(access="request")
    MembershipFactory(user__username="plain", group=group)
    MembershipFactory(user__username="helper", group=group, role="admin")
    JoinRequestFactory(user__username="wisher", group=group)
    client = acting_as(ana, role, group)
    before = sorted(group.memberships.values_list("user", "role"))

    answer = getattr(client, verb)(of(group, *parts), body)

    assert answer.status_code == codes[role]
    if answer.status_code == 409:
        assert answer.json()["errors"][0]["code"] == "role_required"
    if answer.status_code >= 400:
        assert sorted(group.memberships.values_list("user", "role")) == before
        assert JoinRequest.objects.count() == 1
        assert not InviteLink.objects.exists()


def test_handing_the_group_over_makes_the_owner_an_admin(api, ana, ben):
    group = GroupFactory(created_by=ana)
    MembershipFactory(user=ben, group=group)

    answer = api.patch(of(group, "members", "BEN"), {"role": "owner"})

    assert answer.status_code == 200
    assert answer.json()["role"] == "owner"
    assert (role_of(ana, group), role_of(ben, group)) == ("admin", "owner")


def test_an_owner_cannot_take_their_own_role_away(api, ana):
    group = GroupFactory(created_by=ana)

    codes = [
        api.patch(of(group, "members", "ana"), {"role": "member"}).status_code,
        api.delete(of(group, "members", "ana")).status_code,
    ]

    assert codes == [409, 409]
    assert role_of(ana, group) == "owner"


def test_who_loses_their_role_loses_their_links(api, ana, ben):
    group = GroupFactory(created_by=ana)
    MembershipFactory(user=ben, group=group, role="admin")
    InviteLinkFactory(group=group, user=ben)
    kept = InviteLinkFactory(group=group)

    api.patch(of(group, "members", "ben"), {"role": "member"})

    assert list(InviteLink.objects.all()) == [kept]


def test_somebody_hidden_is_not_listed_and_can_be_removed_all_the_same(api, ana, ben):
    group = GroupFactory(created_by=ana)
    MembershipFactory(user=ben, group=group)
    BlockFactory(user=ben, blocked=ana)

    listed = api.get(of(group, "members")).json()["results"]
    changed = api.patch(of(group, "members", "ben"), {"role": "admin"})
    removed = api.delete(of(group, "members", "ben"))

    assert [row["user"]["username"] for row in listed] == ["ana"]
    assert (changed.status_code, removed.status_code) == (404, 204)
    group.refresh_from_db()
    assert group.members_count == 1


def test_members_are_listed_by_role_who_came_last_first(api, ana, ben):
    group = GroupFactory(created_by=ben)
    MembershipFactory(user=ana, group=group)
    MembershipFactory(user__username="cleo", group=group)
    MembershipFactory(user=UserFactory(is_active=False), group=group)

    everybody = api.get(of(group, "members")).json()["results"]
    members = api.get(of(group, "members"), {"role": "member"}).json()["results"]

    assert [row["user"]["username"] for row in everybody] == ["cleo", "ana", "ben"]
    assert [row["user"]["username"] for row in members] == ["cleo", "ana"]


@pytest.mark.parametrize("number", [1, 4])
def test_the_members_cost_the_same_however_many_they_are(api, number, django_assert_num_queries):
    group = GroupFactory()
    for _ in range(number):
        MembershipFactory(group=group)

    # The session, who is hidden, the group with its owner, the page.
    with django_assert_num_queries(5):
        answer = api.get(of(group, "members"))

    assert len(answer.json()["results"]) == number + 1


# --- Requests --------------------------------------------------------------------------------


def test_who_is_let_in_is_a_member_and_told(api, ana, ben):
    group = GroupFactory(created_by=ana, access="request", name="Early Lifters")
    JoinRequestFactory(user=ben, group=group)

    listed = api.get(of(group, "requests")).json()["results"]
    answers = [api.post(of(group, "requests", "ben", "accept")) for _ in range(2)]
    deliver_all()

    assert [row["user"]["username"] for row in listed] == ["ben"]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["role"] == "member"
    assert not JoinRequest.objects.exists()
    group.refresh_from_db()
    assert group.members_count == 2
    told = Notification.objects.get()
    assert (told.user_id, told.text) == (ben.pk, "ana let you into Early Lifters")


def test_who_is_turned_down_is_not_told_and_may_ask_again(api, ana, ben, bens_api):
    group = GroupFactory(created_by=ana, access="request")
    JoinRequestFactory(user=ben, group=group)

    codes = [api.post(of(group, "requests", "ben", "decline")).status_code for _ in range(2)]
    again = bens_api.post(of(group, "join"))

    assert codes == [204, 204]
    assert again.status_code == 201
    assert not Notification.objects.exists()


def test_a_request_of_somebody_hidden_is_not_there(api, ana, ben):
    group = GroupFactory(created_by=ana, access="request")
    JoinRequestFactory(user=ben, group=group)
    BlockFactory(user=ben, blocked=ana)

    listed = api.get(of(group, "requests")).json()["results"]
    accepted = api.post(of(group, "requests", "ben", "accept"))

    assert listed == []
    assert accepted.status_code == 404
    assert role_of(ben, group) is None


# --- Links -----------------------------------------------------------------------------------


def test_a_link_lets_its_bearer_into_a_group_that_nobody_finds(ana, api, bens_api, ben):
    group = GroupFactory(created_by=ana, access="invite")
    link = api.post(of(group, "invite-links"), {"max_uses": 2}).json()

    answers = [bens_api.post(BY_LINK, {"code": link["code"]}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["my_role"] == "member"
    assert Membership.objects.get(user=ben).invited_by == ana
    listed = api.get(of(group, "invite-links")).json()["results"]
    assert [(row["id"], row["uses"], row["user"]["username"]) for row in listed] == [
        (link["id"], 1, "ana")
    ]


@pytest.mark.parametrize("case", ["unknown", "expired", "used up", "revoked", "hidden"])
def test_a_link_that_is_no_good_lets_nobody_in(api, ana, ben, case):
    link = InviteLinkFactory(
        group__created_by=ben,
        expires_at=timezone.now() - timedelta(seconds=1) if case == "expired" else None,
        max_uses=1 if case == "used up" else None,
        uses=1 if case == "used up" else 0,
    )
    if case == "revoked":
        assert client_of(ben).delete(of(link.group, "invite-links", link.pk)).status_code == 204
    if case == "hidden":
        BlockFactory(user=ben, blocked=ana)

    answer = api.post(BY_LINK, {"code": "no-such-code" if case == "unknown" else link.code})

    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert (error["code"], error["attr"]) == ("invalid_link", "code")
    assert not Membership.objects.filter(user=ana).exists()
    link.group.refresh_from_db()
    assert link.group.members_count == 1


@pytest.mark.parametrize(
    "body", [{"max_uses": 0}, {"expires_at": "tomorrow"}, {"expires_at": "9999-01-01T00:00:00Z"}]
)
def test_a_link_without_sense_is_not_made(api, ana, body):
    group = GroupFactory(created_by=ana)

    assert api.post(of(group, "invite-links"), body).status_code == 400

    assert not InviteLink.objects.exists()
