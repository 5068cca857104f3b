"""Comments: who reads and writes them on what, and who is told."""

import pytest

from social.models import Comment
from social.services.comments import sweep_orphans
from tests.conftest import client_of
from tests.factories.social import (
    BlockFactory,
    ChallengeFactory,
    CommentFactory,
    FollowFactory,
    FriendshipFactory,
    PostFactory,
    UserAchievementFactory,
)
from tests.factories.users import UserFactory
from tests.factories.workouts import PlanFactory, WorkoutFactory
from tests.social.test_groups_api import deliver_all
from users.ids import uuid7
from users.models import Notification, Tombstone
from users.models.profile import UserProfile

pytestmark = pytest.mark.django_db

URL = "/api/v1/comments/"
MAKERS = {
    "workout": lambda owner: WorkoutFactory(user=owner, is_public=True, name="Push"),
    "plan": lambda owner: PlanFactory(user=owner, is_public=True, body__name="Starter"),
    "challenge": lambda owner: ChallengeFactory(created_by=owner, name="March"),
    "achievement": lambda owner: UserAchievementFactory(user=owner, achievement__name="First"),
}


def one_of(comment):
    return f"{URL}{comment.pk}/"


def body(kind, thing, content="Strong!"):
    return {"target_type": kind, "target_id": str(thing.pk), "content": content}


def said(client, kind, thing):
    answer = client.get(URL, {"target_type": kind, "target_id": thing.pk})
    return [row["content"] for row in answer.json()["results"]]


def show_profile(user, visibility):
    UserProfile.objects.filter(pk=user.pk).write(visibility=visibility)


# --- Said and told ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name"),
    [("workout", "Push"), ("plan", "Starter"), ("challenge", "March"), ("achievement", "First")],
)
def test_each_kind_is_commented_on_and_its_owner_told(api, ana, ben, kind, name):
    thing = MAKERS[kind](ben)

    answer = api.post(URL, body(kind, thing))
    deliver_all()

    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["content"], shown["author"]["username"]) == ("Strong!", "ana")
    assert shown["target"] == {"type": kind, "id": str(thing.pk), "name": name}
    assert said(api, kind, thing) == ["Strong!"]
    told = Notification.objects.get()
    assert (told.user_id, told.kind) == (ben.pk, "commented")
    assert told.text == f"ana commented on your {kind}"


def test_several_who_comment_are_told_of_together(ben):
    thing = MAKERS["workout"](ben)
    for name in ("cleo", "dora", "emil"):
        client_of(UserFactory(username=name)).post(URL, body("workout", thing))
        deliver_all()

    assert Notification.objects.get().text == "emil and 2 others commented on your workout"


def test_a_comment_on_ones_own_is_not_told(api, ana):
    assert api.post(URL, body("workout", WorkoutFactory(user=ana))).status_code == 201
    deliver_all()

    assert not Notification.objects.exists()


def test_a_deleted_comment_is_untold_unless_there_is_another(api, ana, ben):
    thing = MAKERS["workout"](ben)
    ids = [api.post(URL, body("workout", thing)).json()["id"] for _ in range(2)]
    deliver_all()

    assert api.delete(f"{URL}{ids[0]}/").status_code == 204
    deliver_all()
    assert Notification.objects.count() == 1
    assert api.delete(f"{URL}{ids[1]}/").status_code == 204
    deliver_all()

    assert not Notification.objects.exists()
    assert not Comment.objects.exists()
    buried = Tombstone.objects.filter(user=ana, resource="social.comment")
    assert {str(one.object_id) for one in buried} == set(ids)


def test_a_repeated_create_makes_one_comment(api, ben):
    sent = {**body("workout", MAKERS["workout"](ben)), "id": str(uuid7())}

    answers = [api.post(URL, sent) for _ in range(2)]
    mixed_up = api.post(URL, {**sent, "content": "Other"})

    assert [answer.status_code for answer in answers] == [201, 200]
    assert mixed_up.status_code == 409
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"content": ""}, "content"),
        ({"content": "a" * 501}, "content"),
        ({"target_type": "post"}, "target_type"),
        ({"target_id": 7}, "target_id"),
    ],
)
def test_what_is_no_comment_is_refused(api, ben, change, attr):
    answer = api.post(URL, {**body("workout", MAKERS["workout"](ben)), **change})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr
    assert not Comment.objects.exists()


# --- Who sees what ---------------------------------------------------------------------------


def seen(kind, thing, viewer):
    """Whether this person reads and writes comments there: always both or neither."""
    client = client_of(viewer)
    read = client.get(URL, {"target_type": kind, "target_id": thing.pk}).status_code
    wrote = client.post(URL, body(kind, thing)).status_code
    assert (read, wrote) in {(200, 201), (404, 400)}
    return read == 200


@pytest.mark.parametrize(
    ("visibility", "expected"),
    [
        ("public", [True, True, True]),
        ("followers", [False, True, True]),
        ("private", [False, False, False]),
    ],
)
@pytest.mark.parametrize("kind", ["workout", "achievement"])
def test_the_owners_profile_says_who_sees_it(ben, kind, visibility, expected):
    thing = MAKERS[kind](ben)
    show_profile(ben, visibility)
    followed, befriended = FollowFactory(following=ben), FriendshipFactory(friend=ben)

    people = (UserFactory(), followed.follower, befriended.user)
    found = [seen(kind, thing, one) for one in people]

    assert found == expected
    assert seen(kind, thing, ben)


def test_a_private_workout_is_seen_where_a_post_shows_it(ana, ben):
    hidden = WorkoutFactory(user=ben)
    shown, deleted = WorkoutFactory(user=ben), WorkoutFactory(user=ben)
    PostFactory(author=ben, workout=shown)
    PostFactory(author=ben, workout=deleted, visibility="private")

    assert [seen("workout", one, ana) for one in (hidden, shown, deleted)] == [False, True, False]


def test_plans_and_challenges_are_seen_as_they_are_published(ana, ben):
    assert not seen("plan", PlanFactory(user=ben, is_public=False), ana)
    assert not seen("challenge", ChallengeFactory(created_by=ben, is_public=False), ana)


@pytest.mark.parametrize(
    ("kind", "hidden_by"),
    [
        # A challenge outlives its creator.
        (kind, by)
        for kind in MAKERS
        for by in ("ana", "ben", "suspension")
        if (kind, by) != ("challenge", "suspension")
    ],
)
def test_nothing_of_somebody_hidden_is_commented_on(ana, ben, kind, hidden_by):
    thing = MAKERS[kind](ben)
    if hidden_by == "ana":
        BlockFactory(user=ana, blocked=ben)
    elif hidden_by == "ben":
        BlockFactory(user=ben, blocked=ana)
    else:
        type(ben).objects.filter(pk=ben.pk).update(is_active=False)

    assert not seen(kind, thing, ana)


def test_comments_of_hidden_and_suspended_people_are_left_out(api, ana, ben):
    thing = WorkoutFactory(user=ana)
    BlockFactory(user=ben, blocked=ana)
    of_hidden = CommentFactory(target=thing, author=ben)
    CommentFactory(target=thing, author=UserFactory(is_active=False))
    CommentFactory(target=thing, content="Seen")

    assert said(api, "workout", thing) == ["Seen"]
    assert api.get(one_of(of_hidden)).status_code == 404


def test_one_of_target_type_and_id_alone_is_refused(api):
    answer = api.get(URL, {"target_type": "workout"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "target_id"


# --- Changed and deleted ---------------------------------------------------------------------


def test_the_author_says_it_in_other_words(api, ana):
    comment = CommentFactory(author=ana, target=WorkoutFactory(is_public=True))

    answer = api.patch(one_of(comment), {"content": "Better"})

    assert answer.status_code == 200
    assert answer.json()["content"] == "Better"
    assert answer.json()["edited_at"] is not None


@pytest.mark.parametrize(
    ("who", "patched", "deleted"),
    [("author", 200, 204), ("owner", 404, 204), ("stranger", 404, 404)],
)
def test_its_author_changes_it_and_the_owner_of_the_thing_may_delete_it(who, patched, deleted):
    thing = WorkoutFactory(is_public=True)
    comment = CommentFactory(target=thing, content="Before")
    people = {"author": comment.author, "owner": thing.user, "stranger": UserFactory()}
    client = client_of(people[who])

    assert client.patch(one_of(comment), {"content": "After"}).status_code == patched
    assert client.delete(one_of(comment)).status_code == deleted

    left = Comment.objects.values_list("content", flat=True)
    assert list(left) == ([] if deleted == 204 else ["Before"])


# --- Listed together -------------------------------------------------------------------------


def test_ones_own_are_listed_with_what_they_are_on_newest_first(api, ana, ben):
    for kind, make in MAKERS.items():
        CommentFactory(author=ana, target=make(ben), content=f"On a {kind}")
    CommentFactory(author=ana, target=WorkoutFactory(user=ben), content="On what went private")
    CommentFactory(target=WorkoutFactory())

    rows = api.get(URL).json()["results"]

    assert [(row["content"], row["target"] and row["target"]["name"]) for row in rows] == [
        ("On what went private", None),
        ("On a achievement", "First"),
        ("On a challenge", "March"),
        ("On a plan", "Starter"),
        ("On a workout", "Push"),
    ]


@pytest.mark.parametrize("each", [1, 3])
def test_listing_them_costs_the_same_for_any_number(
    api, ana, ben, each, django_assert_num_queries
):
    for make in MAKERS.values():
        for _ in range(each):
            CommentFactory(author=ana, target=make(ben))
    api.get(URL)

    # The session, who is hidden, the page, which of four kinds are seen, the comments with their
    # four kinds of things.
    with django_assert_num_queries(12):
        rows = api.get(URL).json()["results"]

    assert len(rows) == 4 * each


@pytest.mark.parametrize("number", [1, 4])
def test_a_thing_costs_the_same_for_any_number(api, ana, number, django_assert_num_queries):
    thing = WorkoutFactory(user=ana)
    CommentFactory.create_batch(number, target=thing)
    said(api, "workout", thing)

    # The session, who is hidden, whether it is seen, the page.
    with django_assert_num_queries(4):
        rows = said(api, "workout", thing)

    assert len(rows) == number


def test_comments_go_with_what_they_were_on(ana, ben):
    workout, kept = MAKERS["workout"](ben), CommentFactory(target=WorkoutFactory())
    gone = CommentFactory(author=ana, target=workout)
    workout.delete()

    assert sweep_orphans() == 1
    assert sweep_orphans() == 0

    assert list(Comment.objects.all()) == [kept]
    assert Tombstone.objects.filter(user=ana, object_id=gone.pk).exists()


def test_the_change_feed_reports_ones_own_comments(api, ana, ben):
    api.post(URL, body("workout", MAKERS["workout"](ben)))

    feed = api.get("/api/v1/sync/").json()["results"]

    [comment] = [row["data"] for row in feed if row["resource"] == "social.comment"]
    assert (comment["content"], comment["target"]["name"]) == ("Strong!", "Push")
