"""The feed, what is for everybody, hashtags and conversations, over HTTP."""

import datetime as dt

import pytest
from django.utils import timezone

from social.models import PostHashtag
from tests.factories.social import (
    BlockFactory,
    FollowFactory,
    FriendshipFactory,
    GroupFactory,
    MuteFactory,
    PostFactory,
    PostMediaFactory,
    ReplyFactory,
    ShareFactory,
)
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db
FEED = "/api/v1/feed/"
EXPLORE = "/api/v1/explore/"
HASHTAGS = "/api/v1/hashtags/"
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def ids(response):
    return [row["id"] for row in response.json()["results"]]


def of(*posts):
    return [str(post.pk) for post in posts]


def test_the_feed_is_mine_and_of_whom_i_follow_and_of_friends(api, ana, ben):
    friend = UserFactory()
    FollowFactory(follower=ana, following=ben)
    FriendshipFactory(user=ana, friend=friend)
    PostFactory()  # of a stranger
    mine = PostFactory(author=ana, visibility="private")
    his = PostFactory(author=ben, visibility="followers")
    PostFactory(author=ben, visibility="private")
    theirs = PostFactory(author=friend)
    ReplyFactory(author=ben)
    PostFactory(author=ben, group=GroupFactory(created_by=ben))

    response = api.get(FEED)

    assert response.status_code == 200
    assert ids(response) == of(theirs, his, mine)


def test_a_post_of_the_feed_is_shown_with_addresses(api, ana):
    ana.profile.avatar_thumbnail = "avatars/ana-128.webp"
    ana.profile.avatar_url = "https://example.com/ana.jpg"
    ana.profile.save()
    post = PostFactory(author=ana)
    PostMediaFactory(post=post, media_url="https://example.com/a.jpg")

    row = api.get(FEED).json()["results"][0]

    assert row["user_id"] == str(ana.pk)
    assert row["display_name"] == ana.profile.display_name
    assert row["avatar_url"] == "https://example.com/ana.jpg"
    assert row["author"]["avatar_thumbnail_url"] == (
        "http://testserver/media/avatars/ana-128.webp"
    )
    assert row["media_url"] == "https://example.com/a.jpg"
    assert row["media"][0]["thumbnail"] == "https://example.com/a.jpg"
    assert "picture" not in row["media"][0]


def test_the_feed_goes_both_ways_from_any_place(api, ana, ben):
    FollowFactory(follower=ana, following=ben)
    posts = [PostFactory(author=person) for person in (ana, ben, ben, ana, ben)]
    newest = posts[::-1]

    first = api.get(FEED, {"page_size": 2})
    second = api.get(first.json()["next"])
    third = api.get(second.json()["next"])
    back = api.get(second.json()["previous"])

    assert ids(first) == of(*newest[:2])
    assert ids(second) == of(*newest[2:4])
    assert ids(third) == of(*newest[4:])
    assert third.json()["next"] is None
    assert ids(back) == ids(first)


def test_a_feed_of_nothing_is_empty(api):
    assert api.get(FEED).json() == {"next": None, "previous": None, "results": []}


def test_the_feed_shows_one_type_of_posts_of_everybody_followed(api, ana, ben):
    FollowFactory(follower=ana, following=ben)
    milestone = PostFactory(author=ben, type="milestones")
    for _ in range(3):
        PostFactory(author=ana)

    narrowed = api.get(FEED, {"type": "milestones", "page_size": 1})
    refused = api.get(FEED, {"type": "parties"})

    assert ids(narrowed) == of(milestone)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["attr"] == "type"


def test_the_feed_costs_the_same_for_any_number_of_posts(api, ana, django_assert_num_queries):
    for _ in range(4):
        author = UserFactory()
        FollowFactory(follower=ana, following=author)
        ShareFactory(author=author, hashtags=["legs"], mentions=[ana])
    stranger = UserFactory()

    with django_assert_num_queries(4):  # the session, who is hidden, the page, its posts
        api.get(FEED)
    BlockFactory(user=ana, blocked=stranger)
    with django_assert_num_queries(5):  # and what hidden people did
        api.get(FEED)


def test_nobody_else_reads_a_feed(anonymous):
    assert anonymous.get(FEED).status_code == 401


def test_explore_is_what_everybody_may_read(api, ana, ben):
    private, left, muted = UserFactory(), UserFactory(is_active=False), UserFactory()
    private.profile.visibility = "followers"
    private.profile.save()
    MuteFactory(user=ana, muted=muted)
    BlockFactory(user=ben, blocked=ana)
    for author in (private, left, muted, ben):
        PostFactory(author=author)
    PostFactory(visibility="followers")
    PostFactory(group=GroupFactory())
    public = PostFactory()
    ReplyFactory(parent=public)
    mine = PostFactory(author=ana, type="milestones")

    assert ids(api.get(EXPLORE)) == of(mine, public)
    assert ids(api.get(EXPLORE, {"type": "milestones"})) == of(mine)


def test_explore_costs_the_same_for_any_number_of_posts(api, django_assert_num_queries):
    for _ in range(3):
        PostFactory()

    with django_assert_num_queries(4):  # the session, who is hidden, the page, its posts
        response = api.get(EXPLORE, {"page_size": 2})

    assert len(ids(response)) == 2


def test_busy_hashtags_are_those_of_the_week_by_number_of_posts(api, ana, ben):
    now = timezone.now()
    BlockFactory(user=ana, blocked=ben)
    for tags in (["legs", "lunch"], ["legs"], ["arms"]):
        PostFactory(hashtags=tags)
    PostFactory(author=ben, hashtags=["lunch"])
    PostFactory(visibility="followers", hashtags=["lunch"])
    old = PostFactory(hashtags=["lunch"], created_at=now - dt.timedelta(days=8))
    PostHashtag.objects.filter(post=old).update(posted_at=old.created_at)

    assert api.get(HASHTAGS).json() == [
        {"name": "legs", "posts_count": 2},
        {"name": "arms", "posts_count": 1},
        {"name": "lunch", "posts_count": 1},
    ]
    assert api.get(HASHTAGS, {"q": "#L"}).json() == [
        {"name": "legs", "posts_count": 2},
        {"name": "lunch", "posts_count": 1},
    ]


def test_busy_hashtags_take_one_query_beside_who_is_hidden(api, django_assert_num_queries):
    PostFactory(hashtags=["legs", "arms"])

    with django_assert_num_queries(3):
        api.get(HASHTAGS)
