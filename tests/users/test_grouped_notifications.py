"""What other people did, told together: "Ana and 3 others liked your post"."""

import datetime as dt
from uuid import UUID

import pytest
import time_machine
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.factories.users import UserFactory
from tests.factories.workouts import WorkoutFactory
from tests.users import ties as made_up
from tests.users.everything import tables_that_mention
from tests.users.races import at_once
from tests.users.ties import Ties
from users.ids import uuid7
from users.models import (
    LiveEvent,
    Notification,
    NotificationActor,
    OutboxMessage,
    SyncClock,
    Tombstone,
    User,
    UserProfile,
    UserSettings,
)
from users.models.notification import NotificationCategory
from users.services import accounts, notifications, outbox
from users.services.notifications import forget_actor, sentence, tell, untell

URL = "/api/v1/notifications/"
KEY = "like:019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def ties(monkeypatch) -> Ties:
    return made_up.provide(monkeypatch)


def person(name: str) -> User:
    user = UserFactory(username=name.lower())
    UserProfile.objects.filter(user=user).update(display_name=name)
    return user


def like(owner: User, actor: User, **changes) -> Notification | None:
    values = {
        "category": NotificationCategory.SOCIAL,
        "kind": "like",
        "group_key": KEY,
        "phrase": "liked your post",
    }
    return tell(user_id=owner.pk, actor_id=actor.pk, **{**values, **changes})


def unlike(owner: User, actor: User) -> None:
    untell(user_id=owner.pk, group_key=KEY, actor_id=actor.pk)


def texts(owner: User) -> list[tuple[str, int]]:
    rows = Notification.objects.filter(user=owner).order_by("-created_at", "-id")
    return list(rows.values_list("text", "actors_count"))


def actors(notification: Notification) -> set[UUID]:
    return set(notification.actors.values_list("actor_id", flat=True))


def pushes() -> int:
    return OutboxMessage.objects.filter(kind="push").count()


# --- What is said --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "count", "text"),
    [
        (["Ana"], 1, "Ana liked it"),
        (["Ana", "Ben"], 2, "Ana and Ben liked it"),
        (["Ana", "Ben"], 3, "Ana and 2 others liked it"),
        (["Ana", "Ben"], 1000, "Ana and 999 others liked it"),
        # One of the two has just closed their account.
        (["Ana"], 2, "Ana and 1 other liked it"),
        ([], 1, "Somebody liked it"),
        (["x" * 41], 1, f"{'x' * 39}… liked it"),
    ],
)
def test_the_newest_is_named_first_and_many_are_counted(names: list[str], count: int, text: str):
    assert sentence(names=names, count=count, phrase="liked it") == text


@given(st.lists(st.text(min_size=1, max_size=150), max_size=2), st.integers(1, 10**9))
def test_every_sentence_fits_its_column(names: list[str], count: int):
    assert len(sentence(names=names, count=count, phrase="p" * 100)) <= 200


# --- Telling -------------------------------------------------------------------------------------


def test_likes_of_one_post_are_one_notification_and_ring_once(ana: User):
    people = [person(name) for name in ("Ben", "Cara", "Dan", "Eve")]

    said = []
    for one in people:
        like(ana, one)
        said += texts(ana)

    assert said == [
        ("Ben liked your post", 1),
        ("Cara and Ben liked your post", 2),
        ("Dan and 2 others liked your post", 3),
        ("Eve and 3 others liked your post", 4),
    ]
    assert pushes() == 1
    assert actors(Notification.objects.get()) == {one.pk for one in people}


def test_who_likes_twice_changes_nothing(ana: User, ben: User):
    first = like(ana, ben)
    before = Notification.objects.values().get()

    second = like(ana, ben)

    assert first == second
    assert Notification.objects.values().get() == before
    assert (pushes(), LiveEvent.objects.count()) == (1, 1)


def test_another_actor_makes_it_the_newest_and_the_sync_sees_it(ana: User):
    with time_machine.travel(NOW, tick=False):
        old = like(ana, person("Ben"))
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
        other = like(ana, person("Cara"), group_key="like:other")
    with time_machine.travel(NOW + dt.timedelta(hours=2), tick=False):
        like(ana, person("Dan"))

    assert old
    assert other
    newest, before = Notification.objects.order_by("-created_at")
    assert (newest.pk, before.pk) == (old.pk, other.pk)
    assert newest.created_at == newest.updated_at == NOW + dt.timedelta(hours=2)
    assert newest.revision > before.revision


def test_after_it_was_read_another_begins(ana: User):
    like(ana, person("Ben"))
    notifications.mark_read(notifications=Notification.objects.all(), read_at=NOW)

    like(ana, person("Cara"))

    assert texts(ana) == [("Cara liked your post", 1), ("Ben liked your post", 1)]
    assert pushes() == 2


def test_what_it_is_about_is_kept(ana: User, ben: User):
    workout = WorkoutFactory(user=ana)

    like(ana, ben, target=workout)
    like(ana, person("Cara"), target=workout)

    assert Notification.objects.get().target == workout


def test_other_things_and_other_people_have_their_own(ana: User, ben: User):
    cara = person("Cara")
    like(ana, cara)
    like(ana, cara, group_key="like:other")
    like(ben, cara)

    assert [len(texts(one)) for one in (ana, ben)] == [2, 1]


def test_it_is_sent_to_open_screens_each_time(ana: User, ben: User):
    workout = WorkoutFactory(user=ana)

    told = like(ana, ben, target=workout)
    like(ana, person("Cara"), target=workout)

    assert told
    events = LiveEvent.objects.filter(user=ana, kind="notification").order_by("revision")
    assert [event.data["text"] for event in events] == [
        "ben liked your post",
        "Cara and ben liked your post",
    ]
    assert events[0].data == {
        "id": str(told.pk),
        "kind": "like",
        "text": "ben liked your post",
        "category": "social",
        "target_type": "workouts.workout",
        "target_id": str(workout.pk),
    }


def test_nobody_is_told_of_their_own_doings(ana: User):
    assert like(ana, ana) is None
    assert texts(ana) == []


def test_who_switched_it_off_is_not_told(ana: User, ben: User):
    UserSettings.objects.filter(user=ana).update(notification_social=False)

    assert like(ana, ben) is None
    assert like(ana, ben, category=NotificationCategory.ACCOUNT) is not None


def test_hidden_people_are_not_told_of_each_other(ana: User, ben: User, ties: Ties):
    ties.hide(ana, ben)

    assert (like(ana, ben), like(ben, ana)) == (None, None)


def test_who_is_muted_is_not_heard_but_hears(ana: User, ben: User, ties: Ties):
    ties.silence(ana, ben)

    assert like(ana, ben) is None
    assert like(ben, ana) is not None


@pytest.mark.parametrize("gone", ["ana", "ben"])
def test_who_is_gone_neither_hears_nor_is_heard_of(ana: User, ben: User, gone: str):
    User.objects.filter(username=gone).update(is_active=False)

    assert like(ana, ben) is None
    assert not Notification.objects.exists()
    assert not LiveEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_who_like_at_once_are_all_counted_once():
    owner = person("Owner")
    people = [person(f"Person {n}") for n in range(6)]

    at_once(12, lambda number: like(owner, people[number % 6]))

    [(text, count)] = texts(owner)
    assert (count, NotificationActor.objects.count(), pushes()) == (6, 6, 1)
    assert text.endswith(" and 5 others liked your post")


@pytest.mark.django_db(transaction=True)
def test_likes_and_unlikes_at_once_leave_exactly_who_is_left():
    owner = person("Owner")
    people = [person(f"Person {n}") for n in range(6)]
    for one in people[:3]:
        like(owner, one)

    at_once(6, lambda n: unlike(owner, people[n]) if n < 3 else like(owner, people[n]))

    notification = Notification.objects.get()
    assert actors(notification) == {one.pk for one in people[3:]}
    assert notification.actors_count == 3
    assert notification.text.endswith(" and 2 others liked your post")


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_each_other_at_once_wait_in_turn():
    one, other = person("One"), person("Other")

    at_once(8, lambda n: like(*((one, other) if n % 2 else (other, one)), group_key=f"k{n}"))

    assert Notification.objects.count() == 8


# --- Taking back ---------------------------------------------------------------------------------


def test_who_takes_it_back_is_taken_out(ana: User):
    ben, cara, dan = person("Ben"), person("Cara"), person("Dan")
    for one in (ben, cara, dan):
        like(ana, one)

    unlike(ana, dan)

    assert texts(ana) == [("Cara and Ben liked your post", 2)]
    assert set(LiveEvent.objects.values_list("data__text", flat=True)) == {
        "Cara and Ben liked your post"
    }


def test_the_last_one_takes_the_notification_along(ana: User, ben: User):
    told = like(ana, ben)
    assert told

    unlike(ana, ben)

    assert texts(ana) == []
    assert not LiveEvent.objects.exists()
    grave = Tombstone.objects.get(object_id=told.pk)
    assert grave.revision == SyncClock.objects.get(user=ana).revision


def test_what_was_read_is_not_taken_back(ana: User, ben: User):
    like(ana, ben)
    notifications.mark_read(notifications=Notification.objects.all(), read_at=NOW)

    unlike(ana, ben)

    assert texts(ana) == [("ben liked your post", 1)]


def test_there_may_be_nothing_to_take_back(ana: User, ben: User):
    like(ana, ben)
    before = Notification.objects.values().get()

    unlike(ana, person("Cara"))
    unlike(ben, ana)

    assert Notification.objects.values().get() == before


def test_after_a_block_somebody_is_in_none_of_them(ana: User):
    ben, cara = person("Ben"), person("Cara")
    like(ana, ben, group_key="read")
    like(ana, cara, group_key="read")
    notifications.mark_read(notifications=Notification.objects.all(), read_at=NOW)
    like(ana, ben, group_key="alone")
    like(cara, ben)

    forget_actor(user_id=ana.pk, actor_id=ben.pk)

    assert texts(ana) == [("Cara liked your post", 1)]
    assert texts(cara) == [("Ben liked your post", 1)]


def test_forgetting_costs_the_same_for_any_number(
    ana: User, ben: User, django_assert_num_queries: DjangoAssertNumQueries
):
    cara = person("Cara")
    for count in (1, 9):
        for number in range(count):
            like(ana, ben, group_key=f"{count}:{number}")
            like(ana, ben, group_key=f"both {count}:{number}")
            like(ana, cara, group_key=f"both {count}:{number}")
        with django_assert_num_queries(13):
            forget_actor(user_id=ana.pk, actor_id=ben.pk)

    assert texts(ana) == [("Cara liked your post", 1)] * 10


def test_an_erased_person_is_in_no_notification_of_others(ana: User, ben: User):
    dora = person("Dora-canary")
    like(ana, dora)
    like(ana, ben)
    like(ben, dora, group_key="alone")
    deleted = like(ana, dora, group_key="deleted")
    assert deleted
    notifications.remove(notification=deleted)
    before = SyncClock.objects.get(user=ana).revision

    accounts.close_account(user=dora)
    outbox.deliver(message_id=OutboxMessage.objects.get(kind="erase_account").pk)

    assert texts(ana) == [("ben liked your post", 1)]
    assert texts(ben) == []
    assert Notification.objects.get().revision > before
    assert tables_that_mention("canary") == {}
    assert tables_that_mention(str(dora.pk)) == {}


# --- The API -------------------------------------------------------------------------------------


def test_the_three_newest_are_shown_with_it(api: APIClient, ana: User):
    people = [person(name) for name in ("Ben", "Cara", "Dan", "Eve")]
    profile = UserProfile.objects.get(user=people[3])
    profile.avatar_thumbnail.save("eve.webp", ContentFile(b"x"))
    for one in people:
        like(ana, one)

    [row] = api.get(URL).json()["results"]

    assert row["actors_count"] == 4
    assert [actor["username"] for actor in row["actors"]] == ["eve", "dan", "cara"]
    assert row["actors"][0] == {
        "id": str(people[3].pk),
        "username": "eve",
        "display_name": "Eve",
        "avatar_thumbnail_url": f"http://testserver{profile.avatar_thumbnail.url}",
    }
    assert row["actors"][1]["avatar_thumbnail_url"] == ""
    assert api.get(f"{URL}{row['id']}/").json() == row


def test_the_sync_shows_them_too(api: APIClient, ana: User, ben: User):
    like(ana, ben)

    changes = api.get("/api/v1/sync/").json()["results"]

    [shown] = [c["data"] for c in changes if c["resource"] == "users.notification"]
    assert (shown["actors_count"], shown["actors"][0]["username"]) == (1, "ben")


def test_the_hidden_and_the_inactive_are_not_shown(api: APIClient, ana: User, ties: Ties):
    ben, cara, dan = person("Ben"), person("Cara"), person("Dan")
    for one in (ben, cara, dan):
        like(ana, one)
    ties.hide(ana, ben)
    User.objects.filter(pk=dan.pk).update(is_active=False)

    [row] = api.get(URL).json()["results"]

    assert [actor["username"] for actor in row["actors"]] == ["cara"]


def test_a_list_with_actors_costs_the_same_for_any_number(
    api: APIClient, ana: User, ties: Ties, django_assert_num_queries: DjangoAssertNumQueries
):
    people = [person(f"Person {n}") for n in range(4)]
    for count in (1, 9):
        for number in range(count):
            for one in people:
                like(ana, one, group_key=f"{count}:{number}")
        with django_assert_num_queries(3):  # whose token it is, the page, the actors
            api.get(URL)


def test_one_is_deleted_with_its_actors_and_what_screens_were_told(
    api: APIClient, ana: User, ben: User
):
    told = like(ana, ben)
    other = like(ana, ben, group_key="other")
    assert told
    assert other

    response = api.delete(f"{URL}{told.pk}/")

    assert response.status_code == 204
    assert Notification.objects.get() == other
    assert NotificationActor.objects.get().notification_id == other.pk
    assert [event.data["id"] for event in LiveEvent.objects.all()] == [str(other.pk)]


def test_an_actor_of_anothers_notification_is_refused_by_the_database(ana: User, ben: User):
    told = like(ana, ben)
    stray = NotificationActor(
        user=ben, notification=told, actor_id=ana.pk, created_at=NOW, id=uuid7()
    )

    with pytest.raises(Exception, match="notificationactor_owner_is_notifications"):
        stray.insert()
