"""Who is told of likes, replies, shares and mentions, and what is taken back."""

import pytest

from tests.factories.social import (
    GroupFactory,
    MembershipFactory,
    PostFactory,
    ReplyFactory,
)
from tests.social.told import keep_promises, told
from users.models import OutboxMessage
from users.services import outbox

pytestmark = pytest.mark.django_db
URL = "/api/v1/posts/"


def of(post, part):
    return f"{URL}{post.pk}/{part}/"


@pytest.fixture
def post(ben):
    return PostFactory(author=ben)


@pytest.mark.parametrize(
    ("part", "text"), [("like", "liked"), ("replies", "replied to"), ("shares", "shared")]
)
def test_the_author_is_told_once_however_often_it_is_promised(api, ben, post, part, text):
    api.post(of(post, part), {"content": "a"})
    again = list(OutboxMessage.objects.filter(kind__startswith="social_").values())

    keep_promises()
    for message in again:
        outbox.promise(kind=message["kind"], **message["payload"])
    keep_promises()

    kind = text.split()[0]
    assert told(ben) == [(f"post_{kind}", f"ana {text} your post")]


@pytest.mark.parametrize("part", ["replies", "shares"])
def test_what_is_deleted_is_taken_back_with_the_last_of_it(api, ben, post, part):
    made = [api.post(of(post, part), {"content": text}).json()["id"] for text in ("a", "b")]
    keep_promises()

    api.delete(f"{URL}{made[1]}/")
    keep_promises()
    after_one = told(ben)
    api.delete(f"{URL}{made[0]}/")
    keep_promises()

    assert (len(after_one), told(ben)) == (1, [])


def test_a_like_that_is_taken_back_before_it_was_told_is_not_told(api, ben, post):
    api.post(of(post, "like"))
    api.delete(of(post, "like"))

    keep_promises()

    assert told(ben) == []


def test_one_is_not_told_of_ones_own_doings(api, ana):
    own = PostFactory(author=ana)

    api.post(of(own, "like"))
    api.post(of(own, "replies"), {"content": "@ana"})
    api.post(of(own, "shares"), {})

    assert not OutboxMessage.objects.filter(kind__startswith="social_").exists()


def test_who_is_mentioned_is_told_if_they_may_read_it(api, ana, ben):
    group = GroupFactory(created_by=ana, access="invite")

    api.post(URL, {"content": "@ben", "group": str(group.pk)})
    api.post(URL, {"content": "@ben", "visibility": "private"})
    keep_promises()
    before = told(ben)
    MembershipFactory(user=ben, group=group)
    api.post(URL, {"content": "@ben", "group": str(group.pk)})
    keep_promises()

    assert (before, told(ben)) == ([], [("mentioned", "ana mentioned you in a post")])


def test_an_edit_tells_who_is_new_and_takes_it_back_from_who_is_gone(api, ana, ben):
    card = api.post(URL, {"content": "@ben"}).json()
    keep_promises()

    api.patch(f"{URL}{card['id']}/", {"content": "Somebody"})
    keep_promises()
    gone = told(ben)
    api.patch(f"{URL}{card['id']}/", {"content": "@ben again"})
    keep_promises()

    assert (gone, len(told(ben))) == ([], 1)


def test_a_reply_that_the_author_may_not_read_is_not_told(api, ana, ben):
    reply = ReplyFactory(parent=PostFactory(author=ana), author=ben)
    api.patch(f"{URL}{reply.root_id}/", {"visibility": "private"})

    api.post(of(reply, "replies"), {"content": "a"})
    keep_promises()

    assert told(ben) == []
