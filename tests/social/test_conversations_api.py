"""Conversations: who is in them, what is unread, and what each makes of them."""

import datetime as dt

import pytest

from social.models import Conversation, ConversationMember, Message
from tests.conftest import client_of
from tests.factories.social import (
    BlockFactory,
    ConversationFactory,
    FollowFactory,
    FriendshipFactory,
    MessageFactory,
)
from tests.factories.users import UserFactory
from users.models import UserSettings

pytestmark = pytest.mark.django_db

URL = "/api/v1/conversations/"
NOW = dt.datetime(2026, 3, 2, 18, 0, tzinfo=dt.UTC)


def at(minute):
    return NOW + dt.timedelta(minutes=minute)


def url(conversation, verb=""):
    return f"{URL}{conversation.pk}/{verb}"


def seat_of(user, conversation):
    return ConversationMember.objects.get(user=user, conversation=conversation)


def names(conversation):
    return [member["user"]["username"] for member in conversation["members"]]


@pytest.fixture
def cara(db):
    return UserFactory(username="cara")


@pytest.fixture
def two(ana, ben):
    return ConversationFactory(members=[ana, ben])


@pytest.fixture
def three(ana, ben, cara):
    return ConversationFactory(members=[ana, ben, cara], title="Saturday run")


# --- The list --------------------------------------------------------------------------------


def test_a_conversation_shows_its_members_its_last_message_and_what_is_unread(api, ana, ben, two):
    MessageFactory(conversation=two, sender=ben, created_at=at(0))
    last = MessageFactory(conversation=two, sender=ben, content="Now?", created_at=at(1))

    [shown] = api.get(URL).json()["results"]

    message = shown.pop("last_message")
    assert (message["id"], message["content"]) == (str(last.pk), "Now?")
    assert message["sender"]["username"] == "ben"
    assert names(shown) == ["ben", "ana"]
    assert shown.pop("members")[0] == {
        "user": message["sender"],
        "is_admin": False,
        "is_waiting": False,
        "last_read_at": None,
    }
    assert shown == {
        "id": str(two.pk),
        "kind": "direct",
        "title": "",
        "state": "active",
        "members_count": 2,
        "is_admin": False,
        "unread_count": 2,
        "last_read_at": None,
        "muted_until": None,
        "created_at": two.created_at.isoformat().replace("+00:00", "Z"),
        "last_message_at": "2026-03-02T18:01:00Z",
    }


def test_the_conversation_with_the_newest_message_comes_first(api, ana, two, three):
    aside = ConversationFactory(members=[ana, UserFactory()])
    for minute, conversation in enumerate((two, aside, three, two)):
        MessageFactory(conversation=conversation, created_at=at(minute))

    first = api.get(URL, {"page_size": 2}).json()
    second = api.get(first["next"]).json()

    found = [row["id"] for row in (*first["results"], *second["results"])]
    assert found == [str(one.pk) for one in (two, three, aside)]
    assert second["next"] is None


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_for_any_number_of_conversations(
    api, ana, count, django_assert_num_queries
):
    for minute in range(count):
        conversation = ConversationFactory(members=[ana, *UserFactory.create_batch(2)])
        MessageFactory(conversation=conversation, created_at=at(minute))

    # The token, who is hidden, the conversations, their last messages, the people.
    with django_assert_num_queries(5):
        response = api.get(URL)

    assert len(response.json()["results"]) == count


def test_a_list_names_five_members_and_counts_all(api, ana):
    conversation = ConversationFactory(members=[ana, *UserFactory.create_batch(7)])
    MessageFactory(conversation=conversation)

    [listed] = api.get(URL).json()["results"]
    whole = api.get(url(conversation)).json()

    assert (len(listed["members"]), listed["members_count"]) == (5, 8)
    assert (len(whole["members"]), whole["members_count"]) == (8, 8)
    assert names(whole)[-1] == "ana"


def test_the_unread_are_others_messages_since_one_read_that_one_can_read(
    api, ana, ben, cara, three
):
    BlockFactory(user=ana, blocked=cara)
    read = MessageFactory(conversation=three, sender=ben, created_at=at(0))
    MessageFactory(conversation=three, sender=cara, created_at=at(1))
    MessageFactory(conversation=three, sender=ana, created_at=at(2))
    MessageFactory(conversation=three, sender=ben, created_at=at(3), deleted_at=at(3))
    hidden = MessageFactory(conversation=three, sender=ben, created_at=at(4))
    MessageFactory(conversation=three, sender=ben, created_at=at(5))
    api.delete(f"/api/v1/messages/{hidden.pk}/")
    api.post(url(three, "read/"), {"up_to": str(read.pk)}, format="json")

    whole = api.get(url(three)).json()
    totals = api.get(f"{URL}unread/").json()

    assert whole["unread_count"] == 1
    assert totals == {"messages": 1, "conversations": 1, "requests": 0}


def test_the_totals_count_conversations_and_those_that_wait(
    api, ben, two, three, django_assert_num_queries
):
    ana = two.created_by
    MessageFactory(conversation=two, sender=ben, created_at=at(0))
    MessageFactory(conversation=two, sender=ben, created_at=at(1))
    MessageFactory(conversation=three, sender=ben, created_at=at(2))
    waiting = ConversationFactory(members=[UserFactory(), ana])
    MessageFactory(conversation=waiting)
    ConversationMember.objects.filter(user=ana, conversation=waiting).update(state="request")

    with django_assert_num_queries(3):  # the token, who is hidden, the totals
        response = api.get(f"{URL}unread/")

    assert response.json() == {"messages": 3, "conversations": 2, "requests": 1}


def test_what_is_unread_is_counted_up_to_a_thousand(api, ana, ben, two):
    Message.objects.bulk_create(
        Message(conversation=two, sender=ben, receiver=ana, created_at=at(minute))
        for minute in range(1001)
    )
    ConversationMember.objects.update(last_message_at=at(1000))

    [listed] = api.get(URL).json()["results"]
    totals = api.get(f"{URL}unread/").json()

    assert (listed["unread_count"], totals["messages"]) == (1000, 1000)


def test_an_unknown_state_is_a_400(api):
    assert api.get(URL, {"state": "declined"}).status_code == 400


# --- Beginning -------------------------------------------------------------------------------


def test_to_begin_with_somebody_again_answers_the_same_conversation(api, ana, ben):
    first = api.post(URL, {"username": "ben"}, format="json")
    second = api.post(URL, {"username": "Ben"}, format="json")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert names(first.json()) == ["ben", "ana"]


def test_the_other_one_sees_a_conversation_with_its_first_message(api, bens_api, ana, ben):
    FriendshipFactory(user=ana, friend=ben)
    begun = api.post(URL, {"username": "ben"}, format="json").json()

    before = bens_api.get(URL).json()["results"]
    api.post(f"{URL}{begun['id']}/messages/", {"content": "Hi"}, format="json")
    [after] = bens_api.get(URL).json()["results"]

    assert before == []
    assert (after["id"], after["unread_count"]) == (begun["id"], 1)
    assert [row["id"] for row in api.get(URL).json()["results"]] == [begun["id"]]


def test_a_group_has_a_title_members_and_who_leads_it(api, ana, ben, cara):
    FollowFactory(follower=ben, following=ana)
    body = {"title": "Saturday run", "members": ["ben", "CARA"]}

    response = api.post(URL, body, format="json")

    shown = response.json()
    assert response.status_code == 201
    assert (shown["kind"], shown["title"], shown["is_admin"]) == ("group", "Saturday run", True)
    assert names(shown) == ["ben", "cara", "ana"]
    assert [member["is_admin"] for member in shown["members"]] == [False, False, True]
    # Cara neither follows nor befriended ana.
    assert [member["is_waiting"] for member in shown["members"]] == [False, True, False]


def test_a_group_is_made_once_for_the_same_key(api, ana, ben, cara):
    body = {"members": ["ben", "cara"]}

    codes = [
        api.post(URL, body, format="json", headers={"Idempotency-Key": "k"}).status_code
        for _ in range(2)
    ]

    assert codes == [201, 200]
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "username"),
        ({"username": "ben", "members": ["cara"]}, "username"),
        ({"members": []}, "members"),
        ({"members": ["ben", "nobody"]}, "members.1"),
        ({"members": ["ana"]}, "members.0"),
        ({"username": "ana"}, "username"),
        ({"username": "nobody"}, "username"),
    ],
)
@pytest.mark.usefixtures("ben", "cara")
def test_a_conversation_needs_others_who_exist(api, body, attr):
    response = api.post(URL, body, format="json")

    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr
    assert not Conversation.objects.exists()


# --- One's own seat --------------------------------------------------------------------------


def test_a_cleared_conversation_comes_back_with_new_messages_alone(api, bens_api, two):
    MessageFactory(conversation=two, content="old")

    cleared = bens_api.delete(url(two))
    gone = bens_api.get(URL).json()["results"]
    api.post(url(two, "messages/"), {"content": "new"}, format="json")

    [back] = bens_api.get(URL).json()["results"]
    messages = bens_api.get(url(two, "messages/")).json()["results"]
    assert cleared.status_code == 204
    assert gone == []
    assert (back["last_message"]["content"], back["unread_count"]) == ("new", 1)
    assert [message["content"] for message in messages] == ["new"]
    assert len(api.get(url(two, "messages/")).json()["results"]) == 2


def test_everybody_mutes_for_themselves(api, bens_api, two):
    until = {"muted_until": "2030-01-01T06:00:00Z"}

    response = api.patch(url(two), until, format="json")

    assert response.json()["muted_until"] == "2030-01-01T06:00:00Z"
    assert bens_api.get(url(two)).json()["muted_until"] is None
    assert api.patch(url(two), {"muted_until": None}, format="json").json()["muted_until"] is None


@pytest.mark.parametrize("verb", ["", "messages/", "read/", "accept/", "decline/", "leave/"])
def test_another_persons_conversation_is_a_404(api, ben, cara, verb):
    theirs = ConversationFactory(members=[ben, cara])
    message = MessageFactory(conversation=theirs)
    seats = list(ConversationMember.objects.order_by("pk").values())

    if verb in {"", "messages/"}:
        response = api.get(url(theirs, verb))
    else:
        response = api.post(url(theirs, verb), {"up_to": str(message.pk)}, format="json")

    assert response.status_code == 404
    assert list(ConversationMember.objects.order_by("pk").values()) == seats


# --- Groups ----------------------------------------------------------------------------------


def test_who_leads_a_group_renames_it_and_others_do_not(api, bens_api, three):
    refused = bens_api.patch(url(three), {"title": "Bens"}, format="json")
    renamed = api.patch(url(three), {"title": "Sunday run"}, format="json")

    assert refused.status_code == 403
    assert renamed.json()["title"] == "Sunday run"


def test_a_conversation_of_two_has_no_title_and_is_not_left(api, two):
    titled = api.patch(url(two), {"title": "Us"}, format="json")
    left = api.post(url(two, "leave/"))

    assert (titled.status_code, left.status_code) == (409, 409)
    assert {error["code"] for error in titled.json()["errors"]} == {"direct_conversation"}


def test_an_added_member_reads_from_then_on(api, ana, three):
    dan = UserFactory(username="dan")
    FollowFactory(follower=dan, following=ana)
    MessageFactory(conversation=three, content="before")

    codes = [
        api.post(url(three, "members/"), {"username": "dan"}, format="json").status_code
        for _ in range(2)
    ]
    api.post(url(three, "messages/"), {"content": "after"}, format="json")

    [listed] = client_of(dan).get(URL).json()["results"]
    messages = client_of(dan).get(url(three, "messages/")).json()["results"]
    assert codes == [201, 200]
    assert listed["members_count"] == 4
    assert [message["content"] for message in messages] == ["after"]


def test_an_added_member_sees_the_group_before_anybody_writes(api, ana, three):
    dan = UserFactory(username="dan")
    FollowFactory(follower=dan, following=ana)
    MessageFactory(conversation=three, content="before")

    api.post(url(three, "members/"), {"username": "dan"}, format="json")

    [listed] = client_of(dan).get(URL).json()["results"]
    assert (listed["last_message"], listed["unread_count"]) == (None, 0)


@pytest.mark.parametrize("method", ["post", "delete"])
def test_who_does_not_lead_neither_adds_nor_removes(bens_api, three, method):
    UserFactory(username="dan")

    if method == "post":
        response = bens_api.post(url(three, "members/"), {"username": "dan"}, format="json")
    else:
        response = bens_api.delete(url(three, "members/cara/"))

    assert response.status_code == 403
    assert set(three.members.values_list("user__username", "state")) == {
        ("ana", "active"),
        ("ben", "active"),
        ("cara", "active"),
    }


def test_a_removed_member_sees_the_group_no_more(api, bens_api, three):
    message = MessageFactory(conversation=three)

    codes = [api.delete(url(three, "members/BEN/")).status_code for _ in range(2)]

    assert codes == [204, 204]
    assert bens_api.get(url(three)).status_code == 404
    assert bens_api.get(f"/api/v1/messages/{message.pk}/").status_code == 404
    assert bens_api.post(url(three, "messages/"), {"content": "x"}).status_code in {404, 415}
    assert names(api.get(url(three)).json()) == ["cara", "ana"]


def test_who_is_in_no_seat_cannot_be_removed(api, three):
    UserFactory(username="dan")

    assert api.delete(url(three, "members/dan/")).status_code == 404


def test_where_the_admin_leaves_the_longest_member_leads(api, bens_api, three):
    left = api.post(url(three, "leave/"))

    assert left.status_code == 204
    assert api.get(url(three)).status_code == 404
    assert bens_api.get(url(three)).json()["is_admin"] is True
    assert bens_api.patch(url(three), {"title": "Bens"}, format="json").status_code == 200


def test_who_had_left_is_asked_before_they_are_in_again(api, bens_api, ana, ben, three):
    FriendshipFactory(user=ana, friend=ben)
    bens_api.post(url(three, "leave/"))

    response = api.post(url(three, "members/"), {"username": "ben"}, format="json")

    assert response.status_code == 201
    assert seat_of(ben, three).state == "request"


def test_who_declined_a_group_is_not_asked_again(api, bens_api, ben, three):
    ConversationMember.objects.filter(user=ben).update(state="request")
    bens_api.post(url(three, "decline/"))

    response = api.post(url(three, "members/"), {"username": "ben"}, format="json")

    assert response.status_code == 409
    assert response.json()["errors"][0]["code"] == "declined"
    assert seat_of(ben, three).state == "declined"


def test_a_full_group_takes_nobody_else(api, ana, ben):
    full = ConversationFactory(members=[ana, UserFactory()], kind="group")
    others = [UserFactory.build(email=f"{n}@x.example") for n in range(98)]
    users = type(ana).objects.bulk_create(others)
    ConversationMember.objects.bulk_create(
        ConversationMember(user=user, conversation=full) for user in users
    )

    response = api.post(url(full, "members/"), {"username": "ben"}, format="json")

    assert response.status_code == 409
    assert response.json()["errors"][0]["code"] == "too_many"
    assert full.members.count() == 100


def test_a_group_hides_who_is_hidden_and_counts_without_them(api, bens_api, ana, ben, three):
    BlockFactory(user=ben, blocked=ana)

    for client, shown in ((api, ["cara", "ana"]), (bens_api, ["cara", "ben"])):
        whole = client.get(url(three)).json()
        assert names(whole) == shown
        assert whole["members_count"] == 2


def test_members_show_how_far_they_read_where_both_show_receipts(api, bens_api, cara, three):
    message = MessageFactory(conversation=three, created_at=at(0))
    for client in (bens_api, client_of(cara)):
        client.post(url(three, "read/"), {"up_to": str(message.pk)}, format="json")
    UserSettings.objects.filter(user=cara).update(read_receipts=False)

    members = api.get(url(three)).json()["members"]

    assert [(one["user"]["username"], one["last_read_at"]) for one in members] == [
        ("ben", "2026-03-02T18:00:00Z"),
        ("cara", None),
        ("ana", None),
    ]
