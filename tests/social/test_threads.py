"""A conversation from its beginning, with the place of each reply."""

import datetime as dt

import pytest

from social.models import Post
from tests.factories.social import BlockFactory, GroupFactory, PostFactory, ReplyFactory
from tests.factories.users import UserFactory
from users.ids import uuid7

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def url(post):
    return f"/api/v1/posts/{post.pk}/thread/"


def places(response):
    """(which reply, to which one, how deep)"""
    return [(row["id"], row["parent"], row["depth"]) for row in response.json()["results"]]


def place(reply, parent, depth):
    return (str(reply.pk), str(parent.pk) if parent else None, depth)


def delete(*posts):
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(content="", deleted_at=NOON)


def test_a_thread_is_the_beginning_and_all_replies_oldest_first(api):
    root = PostFactory()
    first = ReplyFactory(parent=root)
    second = ReplyFactory(parent=root)
    answer = ReplyFactory(parent=first)
    deep = ReplyFactory(parent=answer)
    ReplyFactory()  # elsewhere

    response = api.get(url(root))

    assert response.status_code == 200
    assert response.json()["post"]["id"] == str(root.pk)
    assert places(response) == [
        place(first, root, 1),
        place(second, root, 1),
        place(answer, first, 2),
        place(deep, answer, 3),
    ]


def test_the_thread_of_a_reply_is_the_whole_conversation(api):
    root = PostFactory()
    reply = ReplyFactory(parent=root)
    answer = ReplyFactory(parent=reply)

    response = api.get(url(answer))

    assert response.json()["post"]["id"] == str(root.pk)
    assert places(response) == [place(reply, root, 1), place(answer, reply, 2)]


def test_a_page_knows_the_depth_of_replies_to_earlier_pages(api):
    chain = [PostFactory()]
    for _ in range(5):
        chain.append(ReplyFactory(parent=chain[-1]))

    first = api.get(url(chain[0]), {"page_size": 3})
    second = api.get(first.json()["next"])
    back = api.get(second.json()["previous"])

    assert [depth for _, _, depth in places(first)] == [1, 2, 3]
    assert places(second) == [place(chain[4], chain[3], 4), place(chain[5], chain[4], 5)]
    assert second.json()["post"] == first.json()["post"]
    assert second.json()["next"] is None
    assert places(back) == places(first)


def test_what_hangs_on_a_deleted_reply_keeps_a_stub_of_it(api):
    root = PostFactory()
    deleted = ReplyFactory(parent=root)
    below = ReplyFactory(parent=deleted)
    answer = ReplyFactory(parent=below)
    leaf = ReplyFactory(parent=root)
    under_leaf = ReplyFactory(parent=leaf)
    delete(deleted, below, leaf, under_leaf)

    response = api.get(url(root))

    rows = response.json()["results"]
    assert places(response) == [
        place(deleted, root, 1),
        place(below, deleted, 2),
        place(answer, below, 3),
    ]
    assert [row["is_deleted"] for row in rows] == [True, True, False]
    assert (rows[0]["author"], rows[0]["content"]) == (None, "")


def test_a_deleted_beginning_is_a_stub_as_long_as_somebody_replied(api):
    root, alone = PostFactory(), PostFactory()
    reply = ReplyFactory(parent=root)
    delete(root, alone)

    response = api.get(url(root))

    assert response.json()["post"]["is_deleted"] is True
    assert places(response) == [place(reply, root, 1)]
    assert api.get(url(alone)).status_code == 404


def test_hidden_people_are_left_out_and_nobody_answers_them(api, ana, ben):
    root = PostFactory()
    hidden = ReplyFactory(parent=root, author=ben)
    answer = ReplyFactory(parent=hidden)
    BlockFactory(user=ben, blocked=ana)

    response = api.get(url(root))

    assert places(response) == [place(answer, None, 2)]
    assert response.json()["post"]["comments_count"] == 0


def test_who_left_is_left_out(api, ben):
    root = PostFactory()
    reply = ReplyFactory(parent=root, author=ben)
    answer = ReplyFactory(parent=reply)
    ben.is_active = False
    ben.save()

    assert places(api.get(url(root))) == [place(answer, None, 2)]


@pytest.mark.parametrize("reason", ["private", "group", "blocked", "left"])
def test_the_thread_of_what_one_may_not_read_is_unknown(api, ana, ben, reason):
    root = PostFactory(
        author=ben,
        visibility="private" if reason == "private" else "public",
        group=GroupFactory(access="request") if reason == "group" else None,
    )
    reply = ReplyFactory(parent=root, author=UserFactory())
    if reason == "blocked":
        BlockFactory(user=ana, blocked=ben)
    if reason == "left":
        ben.is_active = False
        ben.save()

    assert api.get(url(root)).status_code == 404
    assert api.get(url(reply)).status_code == 404
    assert api.get(f"/api/v1/posts/{uuid7()}/thread/").status_code == 404


def test_a_thread_costs_the_same_for_any_length_and_depth(api, django_assert_num_queries):
    chain = [PostFactory()]
    for _ in range(6):
        chain.append(ReplyFactory(parent=chain[-1]))

    # the session, who is hidden, where it began, the page, the depths, the posts
    with django_assert_num_queries(6):
        api.get(url(chain[0]))
