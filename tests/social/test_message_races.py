"""Messages of many at once, on connections of their own."""

from contextlib import suppress

import pytest

from social.models import Block, Conversation, ConversationMember, Message
from social.services import conversations, graph, messages
from tests.factories.social import ConversationFactory, FriendshipFactory
from tests.factories.users import UserFactory
from tests.users.races import at_once
from users.ids import uuid7
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def test_sixteen_at_once_have_their_order_and_nothing_is_lost():
    people = UserFactory.create_batch(16)
    conversation = ConversationFactory(members=people)

    def write(number):
        message, _ = messages.send(
            user_id=people[number].pk,
            conversation_id=conversation.pk,
            content={"content": str(number)},
        )
        return message.created_at

    instants = at_once(16, write)

    conversation.refresh_from_db()
    assert len(set(instants)) == Message.objects.count() == 16
    assert conversation.last_message_at == max(instants)
    assert set(conversation.members.values_list("last_message_at", flat=True)) == {max(instants)}


def test_two_who_write_to_each_other_at_once_have_one_conversation():
    ana, ben = UserFactory(), UserFactory()
    pairs = [(ana, ben), (ben, ana)] * 4

    def write(number):
        sender, receiver = pairs[number]
        messages.send_direct(
            user_id=sender.pk, receiver_id=receiver.pk, content={"content": str(number)}
        )

    at_once(8, write)

    assert Conversation.objects.count() == 1
    assert Message.objects.count() == 8
    # Each has answered the other.
    assert set(ConversationMember.objects.values_list("state", flat=True)) == {"active"}


def test_a_message_repeated_at_once_is_stored_once():
    ana, ben = UserFactory(), UserFactory()
    FriendshipFactory(user=ana, friend=ben)
    content = {"id": uuid7(), "content": "Hi"}

    def write(_):
        _, is_new = messages.send_direct(user_id=ana.pk, receiver_id=ben.pk, content=content)
        return is_new

    assert sorted(at_once(8, write)) == [False] * 7 + [True]
    assert Message.objects.count() == 1


def test_nobody_writes_after_a_block():
    ana, ben = UserFactory(), UserFactory()
    conversation = ConversationFactory(members=[ana, ben])

    def act(number):
        if number == 0:
            graph.block(user_id=ben.pk, person_id=ana.pk)
            return
        with suppress(User.DoesNotExist):
            messages.send(
                user_id=ana.pk,
                conversation_id=conversation.pk,
                content={"content": str(number)},
            )

    at_once(8, act)

    block = Block.objects.get()
    assert not Message.objects.filter(created_at__gt=block.created_at).exists()


def test_a_strangers_limit_holds_for_messages_sent_at_once():
    ana, ben = UserFactory(), UserFactory()
    conversation_id, _ = conversations.open_direct(user_id=ana.pk, other_id=ben.pk)

    def write(number):
        try:
            messages.send(
                user_id=ana.pk,
                conversation_id=conversation_id,
                content={"content": str(number)},
            )
        except messages.AwaitingAnswer:
            return 0
        return 1

    assert sum(at_once(8, write)) == Message.objects.count() == 5


def test_all_read_at_once_what_one_wrote():
    people = UserFactory.create_batch(8)
    conversation = ConversationFactory(members=people)
    newest = None
    for number in range(20):
        newest, _ = messages.send(
            user_id=people[0].pk,
            conversation_id=conversation.pk,
            content={"content": str(number)},
        )

    def read(number):
        return messages.read(
            user_id=people[number].pk, conversation_id=conversation.pk, up_to=newest.pk
        )

    assert set(at_once(8, read)) == {newest.created_at}
    assert set(Message.objects.values_list("is_read", flat=True)) == {True}
