"""Lists of posts: of an author, with a word or a hashtag, of a group, replies and shares."""

import datetime as dt

import pytest

from social.selectors import posts
from social.selectors.people import hidden_from
from social.selectors.posts import PostFilter, group_page, post_page, replies_page, shares_page
from tests.factories.social import (
    BlockFactory,
    FollowFactory,
    GroupFactory,
    PostFactory,
    ReplyFactory,
    ShareFactory,
)
from users.keyset import Place

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def listed(viewer, *, size=10, place=None, **narrowed):
    page = post_page(
        viewer_id=viewer.pk,
        hidden=hidden_from(viewer.pk),
        narrowed=PostFilter(**narrowed),
        size=size,
        place=place,
    )
    return [row["id"] for row in page.rows]


def part(selector, viewer, *, size=10, place=None, **of):
    hidden = hidden_from(viewer.pk)
    page = selector(viewer_id=viewer.pk, hidden=hidden, size=size, place=place, **of)
    return [row["id"] for row in page.rows]


def test_an_authors_list_is_of_the_posts_that_the_viewer_may_read(ana, ben):
    group = GroupFactory(created_by=ben)
    public = PostFactory(author=ben)
    followers = PostFactory(author=ben, visibility="followers")
    private = PostFactory(author=ben, visibility="private")
    grouped = PostFactory(author=ben, group=group)
    PostFactory(author=ben, content="", deleted_at=NOON)
    ReplyFactory(author=ben, parent=public)

    as_stranger = listed(ana, author=ben.pk)
    FollowFactory(follower=ana, following=ben)
    as_follower = listed(ana, author=ben.pk)
    as_author = listed(ben, author=ben.pk)

    assert as_stranger == [grouped.pk, public.pk]
    assert as_follower == [grouped.pk, followers.pk, public.pk]
    assert as_author == [grouped.pk, private.pk, followers.pk, public.pk]


def test_filters_narrow_together(ana, ben):
    legs = PostFactory(author=ben, content="Squats hurt", type="milestones", hashtags=["legs"])
    PostFactory(author=ben, content="Squats hurt", hashtags=["legs"])
    PostFactory(author=ben, content="Squats", type="milestones", hashtags=["legs"])
    PostFactory(author=ben, content="Squats hurt", type="milestones", hashtags=["arms"])
    PostFactory(content="Squats hurt", type="milestones", hashtags=["legs"])

    found = listed(ana, author=ben.pk, type="milestones", hashtag="#Legs", q="hurt squats")

    assert found == [legs.pk]


def test_a_search_takes_phrases_and_exceptions(ana):
    exact = PostFactory(content="heavy back squat")
    PostFactory(content="squat with a heavy back pack")
    PostFactory(content="back squat, no pain")

    assert listed(ana, q='"back squat" -pain') == [exact.pk]
    assert listed(ana, q="!!! (") == []


def test_a_hashtag_is_read_from_any_place(ana):
    posts = [PostFactory(hashtags=["legs"]) for _ in range(4)]
    PostFactory(visibility="private", hashtags=["legs"])
    third = posts[2]

    older = Place(key=(third.created_at, third.pk))
    newer = Place(key=(third.created_at, third.pk), backwards=True)

    assert listed(ana, hashtag="legs", size=2) == [posts[3].pk, posts[2].pk]
    assert listed(ana, hashtag="legs", place=older) == [posts[1].pk, posts[0].pk]
    assert listed(ana, hashtag="legs", place=newer) == [posts[3].pk]
    assert listed(ana, hashtag="nobody") == []


def test_a_group_is_read_by_its_members(ana, ben):
    group = GroupFactory(created_by=ben, access="invite")
    post = PostFactory(author=ben, group=group)
    ReplyFactory(parent=post)
    PostFactory(author=ben)

    assert listed(ben, group=group.pk) == [post.pk]
    assert listed(ana, group=group.pk) == []
    assert part(group_page, ben, group_id=group.pk) == [post.pk]


def test_a_group_shows_nothing_of_hidden_people(ana, ben):
    group = GroupFactory(created_by=ana)
    PostFactory(author=ben, group=group)
    BlockFactory(user=ben, blocked=ana)

    assert part(group_page, ana, group_id=group.pk) == []


def test_replies_are_direct_and_oldest_first(ana, ben):
    post = PostFactory()
    first, second = ReplyFactory(parent=post), ReplyFactory(parent=post)
    ReplyFactory(parent=first)
    ReplyFactory(parent=post, content="", deleted_at=NOON)
    ReplyFactory(parent=post, author=ben)
    BlockFactory(user=ana, blocked=ben)
    after_first = Place(key=(first.created_at, first.pk))

    assert part(replies_page, ana, post_id=post.pk) == [first.pk, second.pk]
    assert part(replies_page, ana, post_id=post.pk, place=after_first) == [second.pk]


def test_shares_are_those_that_the_viewer_may_read(ana, ben):
    post = PostFactory()
    public = ShareFactory(shared_post=post)
    ShareFactory(shared_post=post, visibility="private")
    mine = ShareFactory(shared_post=post, author=ana, visibility="private")
    ShareFactory(shared_post=post, author=ben, deleted_at=NOON)

    assert part(shares_page, ana, post_id=post.pk) == [mine.pk, public.pk]


@pytest.mark.parametrize(
    ("narrowed", "queries"),
    [
        ({"hashtag": "legs"}, 1),
        ({"q": "post"}, 2),  # how many have the words decides how to look for them
        ({"type": "media"}, 2),  # what is for the viewer, and what is for everybody
    ],
)
def test_what_a_list_costs(ana, django_assert_num_queries, narrowed, queries):
    for _ in range(3):
        PostFactory(hashtags=["legs"], type="media")

    with django_assert_num_queries(queries):
        page = post_page(
            viewer_id=ana.pk, hidden=[], narrowed=PostFilter(**narrowed), size=2, place=None
        )

    assert (len(page.rows), page.more) == (2, True)


def test_words_that_many_posts_have_find_the_same(ana, ben, monkeypatch):
    group = GroupFactory(created_by=ana)
    found = [PostFactory(author=ben, content=f"Squats {n}") for n in range(3)]
    PostFactory(content="Squats among us", group=group)
    PostFactory(content="Squats alone", visibility="private")
    PostFactory(content="Rows")

    as_rare = listed(ana, q="squats")
    monkeypatch.setattr(posts, "_MANY_POSTS", 1)
    as_common = listed(ana, q="squats")

    assert as_rare == as_common == [post.pk for post in reversed(found)]
