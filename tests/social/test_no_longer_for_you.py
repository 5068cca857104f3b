"""What somebody could read once is not shown to them when it is for others by now."""

import pytest

from social.selectors import reading
from social.services import conversations, graph_notices, posts
from tests.factories.social import (
    BlockFactory,
    ConversationFactory,
    GroupFactory,
    MembershipFactory,
    MessageFactory,
    MessagePictureFactory,
    PictureFactory,
    PostFactory,
    ReplyFactory,
)
from users.models import LiveEvent
from users.services import live

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(ana, ben):
    """ben's, to a post of ana's."""
    return ReplyFactory(parent=PostFactory(author=ana), author=ben, content="Mine")


def paths(post):
    return [f"/api/v1/posts/{post.pk}/{what}/" for what in ("thread", "replies", "shares")]


def test_ones_own_answer_does_not_open_a_conversation_that_became_private(ana, bens_api, answer):
    ReplyFactory(parent=answer, author=ana, content="Secret")
    posts.edit_post(user_id=ana.pk, post_id=answer.root_id, content={"visibility": "private"})

    seen = [bens_api.get(path).status_code for path in paths(answer)]
    said = bens_api.post(f"/api/v1/posts/{answer.pk}/replies/", {"content": "Still here?"})

    assert seen == [404, 404, 404]
    assert said.status_code == 404
    assert answer.replies.count() == 1
    assert bens_api.get(f"/api/v1/posts/{answer.pk}/").json()["content"] == "Mine"


def test_who_left_a_group_reads_there_only_what_they_wrote(ana, ben, bens_api):
    group = GroupFactory(created_by=ana, access="invite")
    seat = MembershipFactory(group=group, user=ben)
    post = PostFactory(author=ben, group=group)
    ReplyFactory(parent=post, author=ana, content="Secret")
    seat.delete()

    seen = [bens_api.get(path).status_code for path in paths(post)]

    assert seen == [404, 404, 404]
    assert bens_api.get(f"/api/v1/posts/{post.pk}/").status_code == 200


def test_what_was_written_for_fewer_is_not_in_the_history_for_more(ana, bens_api):
    post = PostFactory(author=ana, content="Secret", visibility="private")

    posts.edit_post(
        user_id=ana.pk, post_id=post.pk, content={"content": "Clean", "visibility": "public"}
    )
    posts.edit_post(user_id=ana.pk, post_id=post.pk, content={"content": "Cleaner"})

    history = bens_api.get(f"/api/v1/posts/{post.pk}/edits/").json()["results"]
    assert [edit["content"] for edit in history] == ["Clean"]


def test_all_posts_that_are_opened_at_once_lose_their_history(ana):
    post = PostFactory(author=ana, content="Secret", visibility="private")
    posts.edit_post(user_id=ana.pk, post_id=post.pk, content={"content": "Clean"})

    posts.change_visibilities(user_id=ana.pk, old="private", new="followers")

    assert post.edits.count() == 0


@pytest.mark.parametrize("q", ["-" * 100, "- " * 90, "-" * 60 + "legs", "--legs -- arms"])
def test_a_row_of_hyphens_is_no_search_that_fails(api, q):
    answer = api.get("/api/v1/posts/", {"q": q})

    assert answer.status_code == 200


def said(sender, conversation):
    """As a message is announced to whoever gets it."""
    message = MessageFactory(conversation=conversation, sender=sender)
    return {
        "id": str(message.pk),
        "conversation": str(conversation.pk),
        "sender": {"id": str(sender.pk)},
    }


def test_after_a_block_neither_stream_repeats_the_other(ana, ben):
    conversation = ConversationFactory(members=[ana, ben])
    for reader, sender in ((ana, ben), (ben, ana)):
        live.announce(user_ids=[reader.pk], kind="message", data=said(sender, conversation))
        data = {"conversation": str(conversation.pk), "user": str(sender.pk)}
        live.announce(user_ids=[reader.pk], kind="message_read", data=data)
        live.announce(user_ids=[reader.pk], kind="message", data=said(reader, conversation))
    BlockFactory(user=ana, blocked=ben)

    graph_notices.forget_each_other(user_id=str(ana.pk), person_id=str(ben.pk))

    left = LiveEvent.objects.values_list("user", "kind", "data__sender__id")
    assert set(left) == {(who.pk, "message", str(who.pk)) for who in (ana, ben)}


def test_a_cleared_conversation_is_not_repeated_by_the_stream(ana, ben):
    conversation = ConversationFactory(members=[ana, ben])
    for reader in (ana, ben):
        live.announce(user_ids=[reader.pk], kind="message", data=said(ben, conversation))

    conversations.clear(user_id=ana.pk, conversation_id=conversation.pk)

    assert [event.user for event in LiveEvent.objects.all()] == [ben]


def test_what_a_suspended_person_sent_is_neither_shown_nor_there_to_be_reported(
    ana, ben, bens_api
):
    message = MessageFactory(conversation=ConversationFactory(members=[ana, ben]), sender=ana)
    picture = PictureFactory(user=ana)
    MessagePictureFactory(message=message, picture=picture)
    shown = is_shown(picture, ben)
    ana.is_active = False
    ana.save()

    report = bens_api.post(
        "/api/v1/reports/",
        {"target_type": "message", "target_id": str(message.pk), "reason": "spam"},
    )

    assert (shown, is_shown(picture, ben)) == (True, False)
    assert report.status_code == 400


def is_shown(picture, viewer):
    return bool(reading.picture_files(picture.pk, viewer_id=viewer.pk, hidden=()))
