"""Sample messages, which go without a trace of others' going."""

from io import StringIO

import pytest
from django.core.management import call_command

from social.models import Conversation, ConversationMember, Message
from tests.conftest import client_of
from tests.factories.social import BlockFactory, ConversationFactory, MessageFactory
from tests.factories.users import UserFactory
from users.models import LiveEvent, OutboxMessage, Tombstone

pytestmark = pytest.mark.django_db

DEMO = "demo.numeneon.example"


def seed_messages(*arguments):
    out = StringIO()
    call_command("seed_messages", *arguments, stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def crowd(db):
    return [UserFactory(username=f"d{n}", email=f"d{n}@{DEMO}") for n in range(4)]


def test_people_of_the_demo_talk_in_twos_and_together(crowd):
    stranger = UserFactory()

    said = seed_messages()

    # Three pairs with five, four and five lines, and a group with five.
    assert said == "19 messages added."
    assert Message.objects.count() == 19
    kinds = list(Conversation.objects.order_by("kind").values_list("kind", flat=True))
    assert kinds == ["direct", "direct", "direct", "group"]
    assert not Message.objects.filter(sender=stranger).exists()


def test_what_is_said_looks_as_if_it_had_been_written(crowd):
    seed_messages()

    listed = client_of(crowd[1]).get("/api/v1/conversations/").json()["results"]

    assert [one["kind"] for one in listed] == ["group", "direct", "direct"]
    assert [one["unread_count"] for one in listed] == [1, 1, 1]
    newest = listed[-1]["last_message"]
    assert newest["content"] == "Ha. See you at six."
    assert newest["receiver"]["username"] == "d1"


def test_twice_is_once(crowd):
    seed_messages()

    said = seed_messages()

    assert said == "0 messages added."
    assert Message.objects.count() == 19


def test_cleared_it_is_deleted_and_added_anew(crowd):
    seed_messages()
    before = set(Message.objects.values_list("pk", flat=True))

    said = seed_messages("--clear")

    after = set(Message.objects.values_list("pk", flat=True))
    assert said == "19 messages deleted, 19 messages added."
    assert len(after) == 19
    assert before.isdisjoint(after)
    assert Conversation.objects.count() == 4
    assert ConversationMember.objects.count() == 10
    assert Tombstone.objects.filter(object_id__in=before).count() == 19


def test_clearing_leaves_what_people_wrote_themselves(crowd):
    own = MessageFactory(conversation=ConversationFactory(members=crowd[:2]))
    seed_messages()
    [theirs] = Conversation.objects.filter(direct_key__contains=str(crowd[3].pk))
    answer = MessageFactory(conversation=theirs, sender=crowd[3])

    seed_messages("--clear")

    assert Message.objects.filter(pk__in=[own.pk, answer.pk]).count() == 2
    theirs.refresh_from_db()
    assert theirs.last_message_at == answer.created_at
    # The two pairs who have written are left alone: one pair and the group talk anew.
    assert Message.objects.count() == 2 + 5 + 5


def test_without_a_demo_other_people_talk():
    UserFactory.create_batch(2)

    assert seed_messages() == "5 messages added."


@pytest.mark.parametrize("people", [0, 1])
def test_nobody_talks_alone(people):
    UserFactory.create_batch(people)

    assert seed_messages() == "0 messages added."


def test_who_is_hidden_from_each_other_does_not_talk():
    ana, ben = UserFactory.create_batch(2)
    BlockFactory(user=ana, blocked=ben)

    assert seed_messages() == "0 messages added."


def test_no_phone_rings(crowd):
    seed_messages()

    assert not OutboxMessage.objects.exists()
    assert not LiveEvent.objects.exists()
