"""Many people at the same posts at the same moment: nothing is lost or counted twice."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from social.models import Like, Post
from social.services import likes, posts
from tests.conftest import client_of
from tests.factories.social import PostFactory, ReplyFactory
from tests.factories.users import UserFactory
from tests.users.races import at_once
from users.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)


def url(post, part="like"):
    return f"/api/v1/posts/{post.pk}/{part}/"


def likes_count():
    return Post.objects.get().likes_count


def test_eight_equal_likes_are_one():
    ana, post = UserFactory(), PostFactory()

    statuses = at_once(8, lambda _: client_of(ana).post(url(post)).status_code)

    assert sorted(statuses) == [200] * 7 + [201]
    assert (Like.objects.count(), likes_count()) == (1, 1)
    assert OutboxMessage.objects.filter(kind="social_like").count() == 1


def test_likes_and_unlikes_of_one_person_end_in_one_or_none():
    ana, post = UserFactory(), PostFactory()
    acts = [likes.like, likes.unlike]

    at_once(8, lambda n: acts[n % 2](user_id=ana.pk, post_id=post.pk))

    assert Like.objects.count() == likes_count()


def test_sixteen_people_like_one_post():
    people, post = [UserFactory() for _ in range(16)], PostFactory()

    at_once(16, lambda n: likes.like(user_id=people[n].pk, post_id=post.pk))

    assert (Like.objects.count(), likes_count()) == (16, 16)


def test_a_storm_of_five_hundred_leaves_every_count_exact():
    people, targets = [UserFactory() for _ in range(10)], [PostFactory() for _ in range(3)]
    chance = random.Random(6)
    acts = [
        (chance.choice([likes.like, likes.unlike]), chance.choice(people), chance.choice(targets))
        for _ in range(500)
    ]

    def run(share):
        try:
            for act, person, post in share:
                act(user_id=person.pk, post_id=post.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(run, (acts[n::16] for n in range(16))))

    for post in Post.objects.all():
        assert post.likes_count == Like.objects.filter(post=post).count()


def test_likes_of_a_post_that_is_deleted_meanwhile_are_counted_or_refused():
    post, people = PostFactory(), [UserFactory() for _ in range(8)]

    def act(n):
        if n == 0:
            return posts.delete_post(user_id=post.author_id, post_id=post.pk)
        try:
            return likes.like(user_id=people[n].pk, post_id=post.pk)
        except Post.DoesNotExist:
            return None

    at_once(8, act)

    assert Like.objects.count() == likes_count()


def test_replies_deletions_and_visibilities_of_one_conversation_do_not_wait_for_each_other():
    ana = UserFactory()
    root = PostFactory(author=ana)
    replies = [ReplyFactory(parent=root) for _ in range(4)]
    deep = [ReplyFactory(parent=reply) for reply in replies]
    people = [UserFactory() for _ in range(16)]

    def act(n):
        if n % 3 == 0:
            words = {"content": f"Words {n}"} if n % 2 else {}
            new = {"visibility": ["public", "followers"][n % 2], **words}
            return posts.edit_post(user_id=ana.pk, post_id=root.pk, content=new)
        if n % 3 == 1:
            return posts.remove_post(post_id=[*replies, *deep][n // 3].pk)
        parent = deep[n // 3 % 4]
        try:
            return posts.reply(user_id=people[n].pk, post_id=parent.pk, content={"content": "a"})
        except Post.DoesNotExist:
            return None

    at_once(16, act)

    rows = list(Post.objects.all())
    assert len({row.visibility for row in rows}) == 1
    for row in rows:
        live = Post.objects.live().filter(parent=row).count()
        assert row.comments_count == live


def test_eight_equal_shares_without_words_are_one():
    ana, post = UserFactory(), PostFactory()

    statuses = at_once(8, lambda _: client_of(ana).post(url(post, "shares"), {}).status_code)

    post.refresh_from_db()
    assert sorted(statuses) == [200] * 7 + [201]
    assert (Post.objects.filter(shared_post=post).count(), post.shares_count) == (1, 1)


def test_the_same_new_hashtags_at_once_are_made_once():
    people = [UserFactory() for _ in range(8)]
    words = ["#one #two #three", "#three #two #one"]

    at_once(
        8, lambda n: posts.create_post(user_id=people[n].pk, content={"content": words[n % 2]})
    )

    assert sorted(post.hashtags.count() for post in Post.objects.all()) == [3] * 8
