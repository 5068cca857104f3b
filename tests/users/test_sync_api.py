"""The change feed: everything of hers, in order, nothing missed and nothing twice."""

import base64
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.config.documents import document, faults
from tests.conftest import client_of
from tests.factories.users import NotificationFactory, UserFactory
from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from tests.users.everything import person_with_everything, use_a_folder_of_the_test
from tests.users.races import LIMIT_S, aside, wait_for_a_blocked_connection
from users import sync
from users.ids import uuid7
from users.models import (
    AccountExport,
    Notification,
    PushDevice,
    SyncClock,
    Tombstone,
    User,
    UserProfile,
    UserSettings,
)
from users.ownership import advance_clock
from workouts.models import Exercise, Workout, WorkoutSet

URL = "/api/v1/sync/"
Key = tuple[int, str, str, bool]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


def key_of(change: dict[str, Any]) -> Key:
    return change["revision"], change["resource"], change["id"], change["deleted"]


def page(client: APIClient, cursor: str = "", **query) -> dict[str, Any]:
    response = client.get(URL, {"cursor": cursor, **query})
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def walked(client: APIClient, cursor: str = "", **query) -> tuple[list[dict[str, Any]], str]:
    """Every change from the cursor on, and the cursor to go on from."""
    changes: list[dict[str, Any]] = []
    for _ in range(1000):
        answer = page(client, cursor, **query)
        changes += answer["results"]
        cursor = answer["cursor"]
        if not answer["has_more"]:
            return changes, cursor
    raise AssertionError("The feed has no end.")


def truth(user: User) -> list[Key]:
    """What the tables say that the feed must say."""
    live = [
        (row.revision, resource.name, str(row.pk), False)
        for resource in sync.registered()
        for row in resource.model._default_manager.filter(**{resource.model.owner_field: user.pk})
    ]
    dead = [
        (grave.revision, grave.resource, str(grave.object_id), True)
        for grave in Tombstone.objects.filter(user=user)
    ]
    return sorted(live + dead)


# --- What it tells -------------------------------------------------------------------------------


def test_everything_that_is_hers_appears_once_and_in_order():
    ana, ben = person_with_everything("ana-canary"), person_with_everything("ben-canary")
    client = client_of(ana)

    response = client.get(URL, {"page_size": 500})

    answer = response.json()
    keys = [key_of(change) for change in answer["results"]]
    assert keys == truth(ana)
    assert {name for _, name, _, deleted in keys if not deleted} == {
        resource.name for resource in sync.registered()
    }
    assert answer["has_more"] is False
    assert "ben-canary" not in response.content.decode()
    assert str(ben.pk) not in response.content.decode()
    assert "secret" not in response.content.decode()


def test_every_row_is_of_its_shape_and_has_nothing_besides():
    ana = person_with_everything("ana")

    rows = [(c["resource"], c["data"]) for c in walked(client_of(ana))[0] if not c["deleted"]]

    shapes = document()["components"]["schemas"]["SyncedRows"]["properties"]
    wrong = [
        (resource, found)
        for resource, data in rows
        if (found := faults(shapes[resource], data, closed=True))
    ]
    assert wrong == []
    assert {resource for resource, _ in rows} == shapes.keys()


def test_a_row_looks_as_its_own_endpoint_shows_it(api: APIClient, ana: User):
    workout = WorkoutSetFactory(workout=WorkoutFactory(user=ana)).workout
    exercise = CustomExerciseFactory(created_by=ana)
    notification = NotificationFactory(user=ana)
    device = PushDevice.objects.create(user=ana, platform="fcm", token="one")
    api.post("/api/v1/users/me/export/")
    export = AccountExport.objects.get()

    shown = {(c["resource"], c["id"]): c["data"] for c in walked(api)[0]}

    me = api.get("/api/v1/users/me/").json()
    assert shown == {
        ("users.userprofile", str(ana.pk)): me["profile"],
        ("users.usersettings", str(ana.pk)): me["settings"],
        ("workouts.workout", str(workout.pk)): api.get(f"/api/v1/workouts/{workout.pk}/").json(),
        ("workouts.exercise", str(exercise.pk)): api.get(
            f"/api/v1/exercises/{exercise.pk}/"
        ).json(),
        ("users.notification", str(notification.pk)): api.get(
            f"/api/v1/notifications/{notification.pk}/"
        ).json(),
        ("users.pushdevice", str(device.pk)): api.get(
            f"/api/v1/users/me/devices/{device.pk}/"
        ).json(),
        ("users.accountexport", str(export.pk)): api.get(
            f"/api/v1/users/me/export/{export.pk}/"
        ).json(),
    }


def test_a_row_that_changes_comes_again_once_as_it_is_now(api: APIClient, ana: User):
    first, other = NotificationFactory(user=ana), NotificationFactory(user=ana)
    _, cursor = walked(api)

    for text in ("b", "c"):
        Notification.objects.filter(pk=first.pk).update(text=text)
    changes, cursor = walked(api, cursor)
    again, last = walked(api, cursor)

    assert [(c["id"], c["data"]["text"]) for c in changes] == [(str(first.pk), "c")]
    assert (again, last) == ([], cursor)
    assert str(other.pk) not in str(changes)


def test_a_deleted_row_comes_as_a_tombstone(api: APIClient, ana: User):
    row = NotificationFactory(user=ana)
    _, cursor = walked(api)
    key = str(row.pk)

    row.delete()

    assert walked(api, cursor)[0] == [
        {
            "resource": "users.notification",
            "id": key,
            "revision": SyncClock.objects.get(user=ana).revision,
            "deleted": True,
            "data": None,
        }
    ]
    assert [c["deleted"] for c in walked(api)[0] if c["id"] == key] == [True]


def test_what_managers_write_in_bulk_is_seen(api: APIClient, ana: User):
    def seen(write: Callable[[], Any]) -> list[tuple[str, bool]]:
        nonlocal cursor
        write()
        changes, cursor = walked(api, cursor)
        return sorted((change["id"], change["deleted"]) for change in changes)

    _, cursor = walked(api)
    rows = [NotificationFactory.build(user=ana) for _ in range(3)]
    ids = [str(row.pk) for row in rows]
    workout = WorkoutFactory(user=ana)
    parts = [WorkoutSetFactory.build(workout=workout, user=ana) for _ in range(2)]
    for part in parts:
        part.exercise.save()
    _, cursor = walked(api, cursor)

    assert seen(lambda: Notification.objects.bulk_create(rows)) == [(pk, False) for pk in ids]
    assert seen(lambda: Notification.objects.update(text="b")) == [(pk, False) for pk in ids]
    assert seen(lambda: Notification.objects.bulk_update(rows[:1], ["text"])) == [(ids[0], False)]
    assert seen(lambda: Notification.objects.filter(pk__in=ids[:2]).delete()) == [
        (pk, True) for pk in ids[:2]
    ]
    whole = [(str(workout.pk), False)]
    assert seen(lambda: WorkoutSet.objects.bulk_create(parts)) == whole
    assert seen(lambda: WorkoutSet.objects.update(reps=9)) == whole
    assert seen(lambda: WorkoutSet.objects.filter(pk=parts[0].pk).delete()) == whole


def test_changes_of_others_and_of_the_catalogue_are_not_hers(api: APIClient, ben: User, ana: User):
    _, cursor = walked(api)

    NotificationFactory(user=ben)
    WorkoutSetFactory(workout=WorkoutFactory(user=ben))
    CustomExerciseFactory(created_by=ben)
    ExerciseFactory()
    NotificationFactory(user=ben).delete()

    assert walked(api, cursor)[0] == []


def test_a_phone_that_deleted_something_hears_of_it_under_its_resource(api: APIClient, ana: User):
    workout = WorkoutFactory(user=ana)
    _, cursor = walked(api)

    api.delete(f"/api/v1/workouts/{workout.pk}/")

    [change] = walked(api, cursor)[0]
    assert (change["resource"], change["id"], change["deleted"]) == (
        "workouts.workout",
        str(workout.pk),
        True,
    )


# --- Pages ---------------------------------------------------------------------------------------


def test_pages_say_where_to_go_on(api: APIClient, ana: User):
    for _ in range(3):
        NotificationFactory(user=ana)

    sizes = []
    cursor, has_more = "", True
    while has_more:
        answer = page(api, cursor, page_size=2)
        cursor, has_more = answer["cursor"], answer["has_more"]
        sizes.append(len(answer["results"]))

    assert sizes == [2, 2, 1]
    after = page(api, cursor)
    assert after == {"results": [], "cursor": cursor, "has_more": False}


def rows(model, user: User, number: int):
    """One of the person's rows, as a queryset; none where there is none."""
    ids = list(model.objects.owned_by(user).order_by("pk").values_list("pk", flat=True))
    return model.objects.filter(pk__in=ids and [ids[number % len(ids)]])


# Changes of many kinds; the number chooses the row.
WRITES: dict[str, Callable[[User, int], Any]] = {
    "notify": lambda user, n: NotificationFactory(user=user),
    "edit": lambda user, n: rows(Notification, user, n).update(text=f"text {n}"),
    "remove": lambda user, n: [row.delete() for row in rows(Notification, user, n)],
    "edit all": lambda user, n: Notification.objects.filter(user=user).update(text="all"),
    "remove all": lambda user, n: Notification.objects.filter(user=user).delete(),
    "bulk": lambda user, n: Notification.objects.bulk_create(
        [NotificationFactory.build(user=user) for _ in range(1 + n % 4)]
    ),
    "device": lambda user, n: PushDevice.objects.create(
        user=user, platform="fcm", token=str(uuid7())
    ),
    "undevice": lambda user, n: [row.delete() for row in rows(PushDevice, user, n)],
    "profile": lambda user, n: rows(UserProfile, user, n).update(bio=f"bio {n}"),
    "settings": lambda user, n: UserSettings.objects.get(user=user).save(),
    "train": lambda user, n: WorkoutSetFactory(workout=WorkoutFactory(user=user)),
    "set": lambda user, n: [WorkoutSetFactory(workout=w) for w in rows(Workout, user, n)],
    "reps": lambda user, n: WorkoutSet.objects.filter(user=user).update(reps=n),
    "untrain": lambda user, n: [row.delete() for row in rows(Workout, user, n)],
    "exercise": lambda user, n: CustomExerciseFactory(created_by=user),
    "vary": lambda user, n: [
        CustomExerciseFactory(created_by=user, variation_of=row) for row in rows(Exercise, user, n)
    ],
    "unexercise": lambda user, n: rows(Exercise, user, n).delete(),
}
histories = st.lists(
    st.tuples(st.sampled_from([*WRITES, "sync", "sync"]), st.integers(0, 7)), max_size=14
)


@given(history=histories, sizes=st.lists(st.integers(1, 12), min_size=2, max_size=3, unique=True))
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_happens_a_phone_ends_up_with_what_there_is(db, history, sizes):
    """A phone that asks now and then, for pages of any size, holds the same as the tables."""
    user = UserFactory()
    client = client_of(user)
    held: dict[tuple[str, str], Any] = {}
    told: list[Key] = []
    cursor = ""

    def take(changes: list[dict[str, Any]]) -> None:
        for change in changes:
            told.append(key_of(change))
            held[change["resource"], change["id"]] = change["data"]

    for what, number in history:
        if what == "sync":
            answer = page(client, cursor, page_size=number + 1)
            cursor = answer["cursor"]
            take(answer["results"])
        else:
            WRITES[what](user, number)
    changes, _ = walked(client, cursor, page_size=3)
    take(changes)

    whole, _ = walked(client, page_size=500)
    assert [key_of(change) for change in whole] == truth(user)
    assert {key: data for key, data in held.items() if data is not None} == {
        (change["resource"], change["id"]): change["data"]
        for change in whole
        if not change["deleted"]
    }
    # In order, and no state of a row twice.
    assert told == sorted(set(told))
    for size in sizes:
        assert walked(client, page_size=size)[0] == whole


@pytest.mark.parametrize("size", ["0", "501", "-1", "9" * 29, "ten", "", "1.5", "٣"])
def test_a_page_size_out_of_range_is_refused(api: APIClient, size: str):
    response = api.get(URL, {"page_size": size})

    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == ["page_size"]


def cursor_of(*place: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


NIL = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "é",
        "A",
        "====",
        "a b",
        cursor_of(),
        cursor_of(1),
        cursor_of(1, "users.notification"),
        cursor_of(1, "users.notification", "x"),
        cursor_of(1, "users.notification", None),
        cursor_of(1, "users.notification", NIL, 1),
        cursor_of("1", "users.notification", NIL),
        cursor_of(1.5, "users.notification", NIL),
        cursor_of(None, "users.notification", NIL),
        cursor_of(1, 7, NIL),
        cursor_of(1, "users\x00", NIL),
        cursor_of(-1, "users.notification", NIL),
        cursor_of(2**63, "users.notification", NIL),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        base64.urlsafe_b64encode(b"[" * 5000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b'[1e999, "a", "b"]').decode(),
        "\x00",
    ],
)
def test_what_is_no_cursor_of_ours_is_refused(api: APIClient, cursor: str):
    response = api.get(URL, {"cursor": cursor})

    assert response.status_code == 400, response.content
    assert [error["attr"] for error in response.json()["errors"]] == ["cursor"]


@pytest.mark.parametrize(
    "place",
    [
        (0, "", NIL),
        (2**63 - 1, "zzz", NIL),
        (1, "no.resource", NIL),
        (1, "'; DROP TABLE x; --", NIL),
        (1, "x" * 3000, NIL),
    ],
)
def test_a_place_that_never_was_is_still_a_place(api: APIClient, ana: User, place):
    answer = page(api, cursor_of(*place))

    assert [key_of(c) for c in answer["results"]] == [key for key in truth(ana) if key[:3] > place]


def test_somebody_elses_cursor_shows_only_ones_own(api: APIClient, bens_api: APIClient, ana: User):
    for _ in range(3):
        NotificationFactory(user=ana)
    answer = page(api, page_size=1)

    changes, _ = walked(bens_api, answer["cursor"])

    assert {change["resource"] for change in changes} <= {
        "users.userprofile",
        "users.usersettings",
    }


def test_without_a_token_there_is_nobody(anonymous: APIClient, ana: User):
    assert anonymous.get(URL).status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_feed_can_only_be_read(api: APIClient, method: str):
    assert getattr(api, method)(URL).status_code == 405


def test_a_page_costs_one_query_for_the_order_and_one_or_two_for_each_resource(
    django_assert_num_queries: DjangoAssertNumQueries,
):
    ana = person_with_everything("ana-canary")
    client = client_of(ana)
    # Content types are read once in a process.
    page(client, page_size=500)

    # Whose token it is, the order, a query for each resource; a workout's sets, a run's pauses,
    # a favorite's food, a photo's candidates and their foods; four for where goals of all kinds
    # stand; who did what notifications tell of, and who of them is hidden; and of social, who is
    # hidden, who is named, and what is attached.
    queries = 2 + len(sync.registered()) + 5 + 4 + 2 + 14
    for _ in range(2):
        with django_assert_num_queries(queries):
            page(client, page_size=500)
        for _ in range(10):
            NotificationFactory(user=ana)
            WorkoutFactory(user=ana)
    _, cursor = walked(client)
    with django_assert_num_queries(2):
        page(client, cursor)


def test_a_cursor_of_a_list_is_none_of_the_feed(api: APIClient):
    of_a_list = base64.urlsafe_b64encode(orjson.dumps([False, "milk", str(uuid7())])).decode()

    response = api.get("/api/v1/sync/", {"cursor": of_a_list})

    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, "cursor")


# --- While others write --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_second_writer_waits_so_that_revisions_appear_in_their_order():
    ana = UserFactory(username="ana")
    client = client_of(ana)
    _, cursor = walked(client)
    holding, read = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            NotificationFactory(user=ana, text="slow")
            holding.set()
            read.wait(timeout=LIMIT_S)

    slow = aside(write_slowly)
    holding.wait(timeout=LIMIT_S)
    fast = aside(lambda: NotificationFactory(user=ana, text="fast"))
    wait_for_a_blocked_connection()
    meanwhile, fast_is_done = page(client, cursor), fast.done()
    read.set()
    slow.result()
    fast.result()
    changes, _ = walked(client, meanwhile["cursor"])

    assert (meanwhile["results"], fast_is_done) == ([], False)
    assert [change["data"]["text"] for change in changes] == ["slow", "fast"]
    assert changes[0]["revision"] + 1 == changes[1]["revision"]


@pytest.mark.django_db(transaction=True)
def test_another_persons_writer_does_not_wait():
    ana, ben = UserFactory(username="ana"), UserFactory(username="ben")

    with transaction.atomic():
        advance_clock(ana.pk)
        aside(lambda: NotificationFactory(user=ben)).result(timeout=LIMIT_S)

    assert Notification.objects.get().user == ben


@pytest.mark.django_db(transaction=True)
def test_a_phone_that_reads_while_others_write_misses_nothing():
    ana = UserFactory(username="ana")
    client = client_of(ana)
    heard: list[dict[str, Any]] = []
    cursor = ""

    def write(number: int) -> None:
        for n in range(12):
            with transaction.atomic():
                row = NotificationFactory(user=ana, text=f"{number} {n}")
                if n % 3 == 1:
                    Notification.objects.filter(pk=row.pk).update(text="edited")
            if n % 3 == 2:
                row.delete()

    writers = [aside(partial(write, number)) for number in range(4)]
    while not all(writer.done() for writer in writers):
        changes, cursor = walked(client, cursor, page_size=5)
        heard += changes
    heard += walked(client, cursor, page_size=5)[0]

    assert [writer.result() for writer in writers] == [None] * 4
    told = [key_of(change) for change in heard]
    assert told == sorted(set(told))
    held = {c["id"]: c["data"] for c in heard if c["resource"] == "users.notification"}
    rows = {str(row.pk): row.text for row in Notification.objects.all()}
    assert len(rows) == 32
    assert {pk: data["text"] for pk, data in held.items() if data is not None} == rows
