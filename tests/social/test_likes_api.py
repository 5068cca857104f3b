"""Likes over HTTP: one for each person and post."""

import pytest

from social.models import Like, Post
from tests.factories.social import BlockFactory, LikeFactory, PostFactory
from tests.factories.users import UserFactory
from users.ids import uuid7

pytestmark = pytest.mark.django_db


def url(post, part="like/"):
    return f"/api/v1/posts/{getattr(post, 'pk', post)}/{part}"


def likes_count():
    return Post.objects.get().likes_count


def test_liking_twice_is_one_like(api, ana):
    post = PostFactory()

    first, second = api.post(url(post)), api.post(url(post))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first.json() == {"post": str(post.pk), "liked_by_me": True, "likes_count": 1}
    assert (Like.objects.get().user, likes_count()) == (ana, 1)


def test_a_like_is_taken_back_once(api, ana):
    post = LikeFactory(user=ana).post
    LikeFactory(post=post)

    statuses = [api.delete(url(post)).status_code for _ in range(2)]

    assert (statuses, likes_count()) == ([204, 204], 1)


def test_what_one_may_not_read_is_neither_liked_nor_not(api, ben):
    post = PostFactory(author=ben, visibility="private")

    answers = [api.post(url(post)), api.delete(url(post)), api.post(url(uuid7()))]

    assert [one.status_code for one in answers] == [404] * 3
    assert (Like.objects.count(), likes_count()) == (0, 0)


def test_a_deleted_post_is_not_liked(api, ben):
    post = PostFactory(author=ben)
    Post.objects.filter(pk=post.pk).write(content="", deleted_at=post.created_at)

    assert api.post(url(post)).status_code == 404
    assert (Like.objects.count(), likes_count()) == (0, 0)


def test_a_like_is_taken_back_of_what_is_not_seen_any_more(api, ana, ben):
    post = LikeFactory(user=ana, post=PostFactory(author=ben)).post
    BlockFactory(user=ben, blocked=ana)

    assert api.delete(url(post)).status_code == 204
    assert likes_count() == 0


def test_people_who_like_it_come_latest_first_without_hidden_and_inactive_ones(
    api, ana, ben, django_assert_num_queries
):
    post = PostFactory()
    LikeFactory(post=post, user=BlockFactory(blocked=ana).user)
    LikeFactory(post=post, user=UserFactory(is_active=False))
    likes = [LikeFactory(post=post, user=person) for person in (ana, ben)]

    with django_assert_num_queries(4):  # session, hidden, may I, and the page
        rows = api.get(url(post, "likes/")).json()["results"]
    first = api.get(url(post, "likes/"), {"page_size": 1}).json()
    second = api.get(first["next"]).json()

    assert [row["username"] for row in rows] == ["ben", "ana"]
    assert rows[0]["liked_at"] == likes[1].created_at.isoformat().replace("+00:00", "Z")
    assert (first["results"], second["results"], second["next"]) == (rows[:1], rows[1:], None)


def test_hidden_people_do_not_count(api, ana):
    post = LikeFactory(user=BlockFactory(user=ana).blocked).post

    assert api.post(url(post)).json()["likes_count"] == 1
    assert likes_count() == 2


def test_a_like_costs_six_statements_and_a_promise(api, django_assert_num_queries):
    post = PostFactory()

    # The session; the clock, who is hidden, may I, and the like with its count between two of a
    # savepoint; and three of the promise.
    with django_assert_num_queries(10):
        api.post(url(post))
