"""What a post looks like, and what of it each viewer sees."""

import datetime as dt

import pytest

from social.selectors.cards import cards
from social.selectors.people import hidden_from
from tests.factories.social import (
    BlockFactory,
    FollowFactory,
    GroupFactory,
    LikeFactory,
    PictureFactory,
    PostFactory,
    PostMediaFactory,
    ReplyFactory,
    ShareFactory,
)
from tests.factories.users import UserFactory
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def card_for(viewer, post):
    return cards(viewer.pk, [post.pk], hidden=hidden_from(viewer.pk))[post.pk]


def test_a_card_tells_everything_of_a_post(ana, ben):
    group = GroupFactory(created_by=ben, name="Lifters")
    workout = WorkoutFactory(user=ben, name="Pull day", date=dt.date(2026, 3, 2), duration=60)
    squat = ExerciseFactory()
    WorkoutSetFactory(workout=workout, exercise=squat, position=1, reps=5, weight=100)
    WorkoutSetFactory(
        workout=workout,
        exercise=squat,
        position=2,
        set_number=2,
        reps=9,
        weight=20,
        set_type="warm_up",
    )
    root = PostFactory(author=ana, group=group)
    post = ReplyFactory(
        parent=root,
        author=ben,
        content="Look, @ana #legs",
        type="milestones",
        workout=workout,
        hashtags=["legs", "gym"],
        mentions=[ana],
        created_at=NOON,
    )
    elsewhere = PostMediaFactory(
        post=post, media_url="https://example.com/a.jpg", alt_text="A bar", order=2
    )
    picture = PictureFactory(user=ben)
    ours = PostMediaFactory(post=post, picture=picture, media_url="", order=1)
    LikeFactory(user=ana, post=post)
    ReplyFactory(parent=post)

    card = card_for(ana, post)

    post.refresh_from_db()
    assert card == {
        "id": post.pk,
        "user_id": ben.pk,
        "author": {
            "id": ben.pk,
            "username": "ben",
            "display_name": ben.profile.display_name,
            "avatar": "",
            "avatar_thumbnail": "",
            "avatar_url": "",
        },
        "type": "milestones",
        "content": "Look, @ana #legs",
        "created_at": NOON,
        "updated_at": post.updated_at,
        "edited_at": None,
        "visibility": "public",
        "parent": root.pk,
        "root": root.pk,
        "group": {"id": str(group.pk), "name": "Lifters"},
        "likes_count": 1,
        "comments_count": 1,
        "shares_count": 0,
        "liked_by_me": True,
        "shared_by_me": False,
        "hashtags": ["gym", "legs"],
        "mentions": [{"id": str(ana.pk), "username": "ana"}],
        "media": [
            {
                "id": str(ours.pk),
                "type": "image",
                "url": "",
                "thumbnail": "",
                "alt_text": "",
                "picture": str(picture.pk),
            },
            {
                "id": str(elsewhere.pk),
                "type": "image",
                "url": "https://example.com/a.jpg",
                "thumbnail": "",
                "alt_text": "A bar",
                "picture": None,
            },
        ],
        "workout": {
            "id": str(workout.pk),
            "name": "Pull day",
            "duration": 60,
            "date": "2026-03-02",
            "exercises_count": 1,
            "sets_count": 2,
            "volume": 500.0,
        },
        "is_deleted": False,
        "shared_post": None,
    }


def test_a_stub_tells_neither_words_nor_author(ana, ben):
    post = PostFactory(author=ben, content="", deleted_at=NOON, hashtags=["legs"], mentions=[ana])
    ReplyFactory(parent=post)

    card = card_for(ana, post)

    assert card["is_deleted"] is True
    assert (card["user_id"], card["author"], card["content"]) == (None, None, "")
    assert (card["hashtags"], card["mentions"], card["media"]) == ([], [], [])
    assert card["comments_count"] == 1


def test_a_share_shows_what_it_passes_on(ana, ben):
    original = PostFactory(author=ben, content="Hello")
    share = ShareFactory(shared_post=original, author=ana)

    card = card_for(ana, share)

    assert card["content"] == ""
    assert card["shared_post"]["content"] == "Hello"
    assert card["shared_post"]["author"]["id"] == ben.pk
    assert card["shared_post"]["shared_by_me"] is True
    assert card["shared_post"]["shares_count"] == 1
    assert "shared_post" not in card["shared_post"]


@pytest.mark.parametrize("reason", ["followers", "deleted", "private profile", "left", "blocked"])
def test_a_share_does_not_show_what_the_viewer_may_not_read(ana, ben, reason):
    original = PostFactory(author=ben)
    share = ShareFactory(shared_post=original)
    match reason:
        case "followers":
            type(original).objects.filter(pk=original.pk).update(visibility="followers")
        case "deleted":
            type(original).objects.filter(pk=original.pk).update(deleted_at=NOON)
        case "private profile":
            ben.profile.visibility = "private"
            ben.profile.save()
        case "left":
            ben.is_active = False
            ben.save()
        case "blocked":
            BlockFactory(user=ben, blocked=ana)

    assert card_for(ana, share)["shared_post"] is None


def test_a_follower_sees_the_shared_post_that_is_for_followers(ana, ben):
    FollowFactory(follower=ana, following=ben)
    original = PostFactory(author=ben, visibility="followers", content="For you")
    share = ShareFactory(shared_post=original, author=ben)

    assert card_for(ana, share)["shared_post"]["content"] == "For you"


def test_what_hidden_people_did_does_not_count(ana, ben):
    post = PostFactory()
    for person in (ben, UserFactory()):
        LikeFactory(user=person, post=post)
        ReplyFactory(author=person, parent=post)
        ShareFactory(author=person, shared_post=post)
    ReplyFactory(author=ben, parent=post, content="", deleted_at=NOON)
    BlockFactory(user=ben, blocked=ana)

    card = card_for(ana, post)

    assert (card["likes_count"], card["comments_count"], card["shares_count"]) == (1, 1, 1)


@pytest.mark.parametrize("is_blocked", [True, False])
def test_neither_hidden_people_nor_who_left_are_named(ana, ben, is_blocked):
    parent = ReplyFactory(author=ben)
    post = ReplyFactory(parent=parent, mentions=[ben, ana])
    if is_blocked:
        BlockFactory(user=ana, blocked=ben)
    else:
        ben.is_active = False
        ben.save()

    card = card_for(ana, post)

    assert card["parent"] is None
    assert card["root"] == post.root_id
    assert card["mentions"] == [{"id": str(ana.pk), "username": "ana"}]


def test_it_takes_one_query_and_another_for_whom_is_hidden(ana, django_assert_num_queries):
    posts = [ShareFactory(mentions=[ana], hashtags=["legs"]) for _ in range(3)]
    ids = [post.pk for post in posts]
    stranger = UserFactory()

    with django_assert_num_queries(1):
        shown = cards(ana.pk, ids, hidden=[])
    with django_assert_num_queries(2):
        cards(ana.pk, ids, hidden=[stranger.pk])
    with django_assert_num_queries(0):
        cards(ana.pk, [], hidden=[stranger.pk])

    assert list(shown) == ids
