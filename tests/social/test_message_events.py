"""What phones and people are told of messages."""

import pytest
from django.utils import timezone

from social.models import ConversationMember
from social.services import message_events, messages
from tests.conftest import client_of
from tests.factories.social import (
    BlockFactory,
    ConversationFactory,
    FriendshipFactory,
    MessageFactory,
    MessagePictureFactory,
    MuteFactory,
)
from tests.factories.users import UserFactory
from users.models import LiveEvent, Notification, OutboxMessage, UserSettings
from users.services import outbox

pytestmark = pytest.mark.django_db

FAR = timezone.datetime(2100, 1, 1, tzinfo=timezone.get_default_timezone())


def work():
    """Do what was promised, as workers do, until nothing is left but to ring."""
    while ids := list(OutboxMessage.objects.exclude(kind="push").values_list("pk", flat=True)):
        for message_id in ids:
            outbox.deliver(message_id=message_id)


def events_of(user, *kinds):
    events = LiveEvent.objects.filter(user=user, kind__startswith="message")
    return list(events.order_by("revision").values_list("kind", flat=True))


def told(user):
    return list(Notification.objects.filter(user=user).values_list("kind", "text"))


def write(sender, conversation, content="Hi"):
    message, _ = messages.send(
        user_id=sender.pk, conversation_id=conversation.pk, content={"content": content}
    )
    return message


def read(reader, message):
    messages.read(user_id=reader.pk, conversation_id=message.conversation_id, up_to=message.pk)


@pytest.fixture
def cara(db):
    return UserFactory(username="cara")


@pytest.fixture
def two(ana, ben):
    return ConversationFactory(members=[ana, ben])


@pytest.fixture
def three(ana, ben, cara):
    return ConversationFactory(members=[ana, ben, cara], title="Saturday run")


def test_a_message_comes_to_the_phones_of_both(ana, ben, two):
    message = write(ana, two, "Squats?")

    work()

    to_ben, to_ana = (LiveEvent.objects.get(user=one, kind="message").data for one in (ben, ana))
    assert to_ben == {
        "id": str(message.pk),
        "conversation": str(two.pk),
        "sender": {"id": str(ana.pk)},
        "receiver": {"id": str(ben.pk)},
        "content": "Squats?",
        "is_read": False,
        "pictures": [],
        "workout": None,
        "is_deleted": False,
        "created_at": message.created_at.isoformat().replace("+00:00", "Z"),
        "updated_at": message.updated_at.isoformat().replace("+00:00", "Z"),
    }
    assert to_ana == to_ben


def test_the_event_of_a_message_has_the_addresses_of_its_pictures(ana, ben, two):
    part = MessagePictureFactory(message=MessageFactory(conversation=two))

    message_events.announce_message(message_id=str(part.message_id))

    [shown] = LiveEvent.objects.get(user=ben).data["pictures"]
    assert shown["thumbnail"] == f"/api/v1/pictures/{part.picture_id}/thumbnail/"


def test_the_receiver_is_told_once_while_they_have_not_read(ana, ben, two):
    for _ in range(2):
        write(ana, two)
    work()

    assert told(ben) == [("message_received", "ana sent you a message")]
    assert told(ana) == []


def test_a_group_is_told_who_writes_and_where(ana, ben, cara, three):
    write(ana, three)
    write(ben, three)
    work()

    assert told(cara) == [("message_received", "ben and ana wrote in Saturday run")]


def test_who_has_read_it_already_is_not_told(ana, ben, two):
    read(ben, write(ana, two))

    work()

    assert told(ben) == []


def test_to_read_a_conversation_reads_what_was_told_of_it(ana, ben, two):
    message = write(ana, two)
    work()

    read(ben, message)

    assert Notification.objects.get(user=ben).read_at is not None


def test_a_muted_conversation_comes_to_phones_and_does_not_ring(ana, ben, two):
    ConversationMember.objects.filter(user=ben).update(muted_until=FAR)

    write(ana, two)
    work()

    assert events_of(ben) == ["message"]
    assert told(ben) == []


def test_whoever_mutes_the_sender_is_not_told(ana, ben, two):
    MuteFactory(user=ben, muted=ana)

    write(ana, two)
    work()

    assert told(ben) == []


def test_who_is_hidden_gets_nothing_in_a_group(ana, ben, cara, three):
    BlockFactory(user=ben, blocked=ana)

    write(ana, three)
    work()

    assert (events_of(ben), told(ben)) == ([], [])
    assert events_of(cara) == ["message"]


def test_a_request_is_told_once_and_comes_as_a_request(ana, ben):
    for _ in range(2):
        messages.send_direct(user_id=ana.pk, receiver_id=ben.pk, content={"content": "Hi"})
    work()
    Notification.objects.filter(user=ben).update(read_at=timezone.now())
    messages.send_direct(user_id=ana.pk, receiver_id=ben.pk, content={"content": "Hi"})
    work()

    assert events_of(ben) == ["message_request"] * 3
    assert told(ben) == [("message_requested", "ana wants to write to you")]


def test_a_stranger_is_asked_into_a_group(api, ana, ben):
    api.post("/api/v1/conversations/", {"members": ["ben"]}, format="json")

    work()

    assert told(ben) == [("message_requested", "ana invited you to a conversation")]


def test_what_was_declined_comes_nowhere(ana, ben, bens_api, two):
    ConversationMember.objects.filter(user=ben).update(state="declined")

    write(ana, two)
    work()

    assert (events_of(ben), told(ben)) == ([], [])
    assert events_of(ana) == ["message"]


def test_the_sender_learns_that_it_was_read_and_so_do_the_readers_phones(ana, ben, two):
    message = write(ana, two)
    work()

    read(ben, message)
    work()

    for person in (ana, ben):
        event = LiveEvent.objects.get(user=person, kind="message_read")
        assert event.data == {
            "conversation": str(two.pk),
            "user": str(ben.pk),
            "last_read_at": message.created_at.isoformat().replace("+00:00", "Z"),
        }


@pytest.mark.parametrize("shy", ["ana", "ben"])
def test_without_receipts_only_the_readers_phones_learn_of_it(ana, ben, two, shy):
    UserSettings.objects.filter(user__username=shy).update(read_receipts=False)
    message = write(ana, two)

    read(ben, message)
    work()

    assert "message_read" not in events_of(ana)
    assert "message_read" in events_of(ben)


def test_of_a_group_those_learn_who_wrote_what_was_read(ana, ben, cara, three):
    read(ben, write(ana, three))
    work()

    assert "message_read" in events_of(ana)
    assert "message_read" not in events_of(cara)


def test_what_is_taken_back_goes_from_phones_streams_and_notifications(ana, ben, two):
    message = write(ana, two)
    work()

    messages.take_back(sender_id=ana.pk, message_id=message.pk)
    work()

    for person in (ana, ben):
        assert events_of(person) == ["message_deleted"]
    assert told(ben) == []


def test_the_notification_stays_while_another_message_is_unread(ana, ben, two):
    first, _ = write(ana, two), write(ana, two)
    work()

    messages.take_back(sender_id=ana.pk, message_id=first.pk)
    work()

    assert told(ben) == [("message_received", "ana sent you a message")]


def test_what_was_taken_back_before_a_worker_came_is_told_to_nobody(ana, ben, two):
    message = write(ana, two)
    messages.take_back(sender_id=ana.pk, message_id=message.pk)

    work()

    assert events_of(ben) == ["message_deleted"]
    assert told(ben) == []


def test_what_one_deletes_for_oneself_goes_from_ones_own_phones(bens_api, ana, ben, two):
    message = write(ana, two)
    work()

    bens_api.delete(f"/api/v1/messages/{message.pk}/")

    assert events_of(ben) == ["message_deleted"]
    assert events_of(ana) == ["message"]


def test_promises_kept_twice_tell_once(ana, ben, two):
    message = write(ana, two)
    work()

    message_events.tell_of_message(message_id=str(message.pk), user_id=str(ben.pk))

    assert told(ben) == [("message_received", "ana sent you a message")]


def test_an_erased_senders_words_go_from_the_streams_of_others(ana, ben, cara, two):
    FriendshipFactory(user=cara, friend=ben)
    write(ana, two)
    messages.send_direct(user_id=cara.pk, receiver_id=ben.pk, content={"content": "Hi"})
    work()

    message_events.forget_sender(ana.pk)

    [left] = LiveEvent.objects.filter(user=ben, kind="message")
    assert left.data["sender"] == {"id": str(cara.pk)}
    assert client_of(ben).get("/api/v1/messages/").status_code == 200
