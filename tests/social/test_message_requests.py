"""What strangers write waits until it is accepted, answered or declined."""

import pytest

from social.models import ConversationMember
from tests.factories.social import BlockFactory, FollowFactory, FriendshipFactory
from tests.factories.users import UserFactory
from users.models import UserSettings

pytestmark = pytest.mark.django_db

URL = "/api/v1/conversations/"


def write(client, receiver, content="Hi"):
    body = {"receiver": receiver, "content": content}
    return client.post("/api/v1/messages/", body, format="json")


def listed(client, state="active"):
    return [row["id"] for row in client.get(URL, {"state": state}).json()["results"]]


def verb(client, conversation, name):
    return client.post(f"{URL}{conversation}/{name}/", {}, format="json")


@pytest.fixture
def request_(api, ben):
    """The conversation that ana, a stranger, has begun with ben."""
    return write(api, "ben").json()["conversation"]


def test_a_strangers_message_waits_as_a_request(api, bens_api, request_):
    assert listed(bens_api) == []
    assert listed(bens_api, "request") == listed(api) == [request_]
    assert bens_api.get(f"{URL}unread/").json() == {
        "messages": 0,
        "conversations": 0,
        "requests": 1,
    }


def test_who_is_followed_or_a_friend_is_no_stranger(api, bens_api, ana, ben):
    cara = UserFactory(username="cara")
    FollowFactory(follower=ben, following=ana)
    FriendshipFactory(user=ana, friend=cara)

    write(api, "ben")
    write(api, "cara")

    assert set(ConversationMember.objects.values_list("state", flat=True)) == {"active"}


def test_to_follow_somebody_does_not_make_one_known_to_them(api, bens_api, ana, ben):
    FollowFactory(follower=ana, following=ben)

    conversation = write(api, "ben").json()["conversation"]

    assert listed(bens_api, "request") == [conversation]


def test_a_stranger_writes_five_messages_until_they_are_answered(api, bens_api, ana, request_):
    codes = [write(api, "ben").status_code for _ in range(5)]

    assert codes == [201, 201, 201, 201, 409]
    assert ana.sent_messages.count() == 5
    write(bens_api, "ana")
    assert write(api, "ben").status_code == 201


def test_what_was_taken_back_counts_among_the_five(api, ana, request_):
    for _ in range(4):
        write(api, "ben")
    api.delete(f"/api/v1/messages/{ana.sent_messages.first().pk}/?for=everyone")

    response = write(api, "ben")

    assert response.status_code == 409
    assert response.json()["errors"][0]["code"] == "awaiting_answer"


def test_an_accepted_request_is_a_conversation(api, bens_api, request_):
    codes = [verb(bens_api, request_, "accept").status_code for _ in range(2)]

    assert codes == [200, 200]
    assert listed(bens_api) == [request_]
    assert listed(bens_api, "request") == []


def test_to_answer_is_to_accept(bens_api, request_):
    body = {"content": "Hello"}

    response = bens_api.post(f"{URL}{request_}/messages/", body, format="json")

    assert response.status_code == 201
    assert listed(bens_api) == [request_]


def test_who_only_looks_at_a_request_has_not_read_it(api, bens_api, ana, request_):
    message = ana.sent_messages.get()
    up_to = {"up_to": str(message.pk)}

    bens_api.post(f"{URL}{request_}/read/", up_to, format="json")
    before = api.get(f"/api/v1/messages/{message.pk}/").json()["is_read"]
    verb(bens_api, request_, "accept")
    after = api.get(f"/api/v1/messages/{message.pk}/").json()["is_read"]

    assert (before, after) == (False, True)


def test_a_declined_request_is_gone_and_its_sender_sees_no_difference(
    api, bens_api, ben, request_
):
    before = api.get(f"{URL}{request_}/").json()

    declined = verb(bens_api, request_, "decline")

    assert declined.status_code == 204
    assert listed(bens_api) == listed(bens_api, "request") == []
    assert bens_api.get(f"{URL}{request_}/").status_code == 404
    assert api.get(f"{URL}{request_}/").json() == before
    assert write(api, "ben").status_code == 201
    assert listed(bens_api, "request") == []
    assert bens_api.get("/api/v1/messages/").json()["results"] == []


def test_who_declined_may_write_and_still_does_not_see_what_was_there(
    api, bens_api, ben, request_
):
    verb(bens_api, request_, "decline")
    write(api, "ben", "unseen")

    answered = write(bens_api, "ana", "Well")
    write(api, "ben", "seen")

    messages = bens_api.get(f"{URL}{request_}/messages/").json()["results"]
    assert answered.json()["conversation"] == request_
    assert [message["content"] for message in messages] == ["seen", "Well"]


def test_who_came_to_follow_gets_what_is_written_from_then_on(api, bens_api, ana, ben, request_):
    verb(bens_api, request_, "decline")
    FollowFactory(follower=ben, following=ana)

    write(api, "ben", "Friends now")

    messages = bens_api.get(f"{URL}{request_}/messages/").json()["results"]
    assert [message["content"] for message in messages] == ["Friends now"]


def test_an_accepted_conversation_cannot_be_declined(bens_api, ben, request_):
    verb(bens_api, request_, "accept")

    response = verb(bens_api, request_, "decline")

    assert response.status_code == 409
    assert ben.conversation_memberships.get().state == "active"


@pytest.mark.parametrize(("wish", "knows"), [("everyone", False), ("connections", True)])
def test_people_take_messages_of_whom_they_say(api, ana, ben, wish, knows):
    UserSettings.objects.filter(user=ben).update(messages_from=wish)
    if knows:
        FollowFactory(follower=ben, following=ana)

    assert write(api, "ben").status_code == 201


@pytest.mark.parametrize(
    ("wish", "knows"), [("connections", False), ("nobody", False), ("nobody", True)]
)
def test_people_take_no_messages_of_others(api, ana, ben, wish, knows):
    UserSettings.objects.filter(user=ben).update(messages_from=wish)
    if knows:
        FollowFactory(follower=ben, following=ana)

    responses = [write(api, "ben"), api.post(URL, {"members": ["ben"]}, format="json")]

    assert [response.status_code for response in responses] == [409, 409]
    assert responses[0].json()["errors"][0]["code"] == "messages_refused"
    assert not ConversationMember.objects.exists()


def test_whom_one_accepted_before_is_no_stranger(api, bens_api, ben, request_):
    verb(bens_api, request_, "accept")
    UserSettings.objects.filter(user=ben).update(messages_from="connections")

    assert write(api, "ben").status_code == 201


def test_a_request_of_who_was_blocked_is_gone_until_they_are_not(bens_api, ana, ben, request_):
    block = BlockFactory(user=ben, blocked=ana)

    blocked = listed(bens_api, "request")
    block.delete()

    assert (blocked, listed(bens_api, "request")) == ([], [request_])
