"""What people are told, where it rings, and that they can switch it off."""

import datetime as dt
import logging

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.factories.users import NotificationFactory
from tests.factories.workouts import WorkoutFactory
from users.ids import uuid7
from users.models import (
    Notification,
    OutboxMessage,
    PushDevice,
    SyncClock,
    Tombstone,
    User,
    UserSettings,
)
from users.models.notification import NotificationCategory
from users.push import PushMessage
from users.services import outbox
from users.services.notifications import notify

URL = "/api/v1/notifications/"
READ_URL = "/api/v1/notifications/read/"
NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


class RecordingPushBackend:
    """Notes what it should send; knows no token that begins with "gone", fails at "broken"."""

    sent: list[PushMessage] = []

    def send(self, message: PushMessage) -> bool:
        if message.token.startswith("broken"):
            raise ConnectionError
        self.sent.append(message)
        return not message.token.startswith("gone")


@pytest.fixture
def sent(settings, monkeypatch) -> list[PushMessage]:
    settings.PUSH_BACKEND = f"{__name__}.RecordingPushBackend"
    monkeypatch.setattr(RecordingPushBackend, "sent", [])
    return RecordingPushBackend.sent


def told(user: User, **changes) -> Notification | None:
    values = {
        "category": NotificationCategory.WORKOUTS,
        "kind": "reminder",
        "text": "Time to train.",
    }
    return notify(user_id=user.pk, **{**values, **changes})


def deliver_all() -> list[Exception]:
    """Work off the outbox as workers do; what handlers raised."""
    failures: list[Exception] = []
    tried: set = set()
    while todo := [m for m in OutboxMessage.objects.order_by("pk") if m.pk not in tried]:
        for message in todo:
            tried.add(message.pk)
            try:
                outbox.deliver(message_id=message.pk)
            except ConnectionError as error:
                failures.append(error)
    return failures


def phone(user: User, token: str, platform: str = "fcm") -> PushDevice:
    return PushDevice.objects.create(user=user, platform=platform, token=token)


def listed(client: APIClient, **query) -> list[str]:
    response = client.get(URL, query)
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


# --- Preferences ---------------------------------------------------------------------------------


@pytest.mark.parametrize("category", ["workouts", "nutrition", "social"])
def test_each_category_can_be_switched_off_by_itself(ana: User, ben: User, category: str):
    UserSettings.objects.filter(user=ana).update(**{f"notification_{category}": False})

    answers = {name: told(ana, category=name) for name in NotificationCategory.values}

    assert [name for name, answer in answers.items() if answer is None] == [category]
    assert set(Notification.objects.values_list("category", flat=True)) == {
        "account",
        "workouts",
        "nutrition",
        "social",
    } - {category}
    assert OutboxMessage.objects.filter(kind="push").count() == 3
    assert told(ben, category=category) is not None


def test_account_matters_always_arrive(ana: User):
    UserSettings.objects.filter(user=ana).update(
        notification_workouts=False, notification_nutrition=False, notification_social=False
    )

    answers = [told(ana, category=name) for name in NotificationCategory.values]

    assert [answer.category for answer in answers if answer] == ["account"]


def test_who_lost_their_settings_is_told_everything(ana: User):
    UserSettings.objects.filter(user=ana).delete()

    answers = [told(ana, category=name) for name in NotificationCategory.values]

    assert None not in answers


def test_a_notification_may_point_at_what_it_is_about(ana: User):
    workout = WorkoutFactory(user=ana)

    notification = told(ana, target=workout)

    assert notification is not None
    assert Notification.objects.get().target == workout


# --- The list ------------------------------------------------------------------------------------


def test_the_list_shows_hers_newest_first(api: APIClient, ana: User, ben: User):
    workout = WorkoutFactory(user=ana)
    with time_machine.travel(NOW, tick=False):
        about = told(ana, target=workout, text="Well done.")
        later = told(ana, category=NotificationCategory.SOCIAL, kind="like", text="Ben likes it.")
    with time_machine.travel(NOW - dt.timedelta(days=1), tick=False):
        before = told(ana)
    told(ben)

    response = api.get(URL)

    assert about
    assert later
    assert before
    assert [row["id"] for row in response.json()["results"]] == [
        str(row.pk) for row in (later, about, before)
    ]
    assert response.json()["results"][1] == {
        "id": str(about.pk),
        "category": "workouts",
        "kind": "reminder",
        "text": "Well done.",
        "actors_count": 0,
        "actors": [],
        "target_type": "workouts.workout",
        "target_id": str(workout.pk),
        "read_at": None,
        "created_at": "2026-03-02T18:00:00Z",
    }
    assert response.json()["results"][0]["target_type"] is None
    assert api.get(f"{URL}{about.pk}/").json() == response.json()["results"][1]


def test_the_list_can_be_narrowed(api: APIClient, ana: User):
    rows = {
        (category, is_read): str(
            NotificationFactory(user=ana, category=category, read_at=NOW if is_read else None).pk
        )
        for category in ("workouts", "social")
        for is_read in (True, False)
    }

    def ids(wanted) -> list[str]:
        return [pk for key, pk in reversed(rows.items()) if wanted(*key)]

    assert listed(api, unread="true") == ids(lambda category, is_read: not is_read)
    assert listed(api, unread="false") == ids(lambda category, is_read: is_read)
    assert listed(api, category="social") == ids(lambda category, is_read: category == "social")
    assert listed(api, category="social", unread="true") == [rows["social", False]]
    assert listed(api, category="account") == []


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({"category": "gossip"}, "category"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "1e3"}, "page_size"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "W2ZhbHNlLDEsMl0"}, "cursor"),
        ({"cursor": "W2ZhbHNlLCIyMDI2LTAzLTAyIiwiMSJd"}, "cursor"),
        ({"cursor": "W2ZhbHNlLHt9LFtdXQ"}, "cursor"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_name(api: APIClient, query, attr: str):
    response = api.get(URL, query)

    assert response.status_code == 400, response.content
    assert [error["attr"] for error in response.json()["errors"]] == [attr]


def test_pages_go_on_where_they_ended(api: APIClient, ana: User):
    with time_machine.travel(NOW, tick=False):
        rows = [str(NotificationFactory(user=ana).pk) for _ in range(7)][::-1]

    for size in (1, 2, 3, 7, 8):
        pages, answer = [], api.get(URL, {"page_size": size}).json()
        while True:
            pages.append([row["id"] for row in answer["results"]])
            if answer["next"] is None:
                break
            answer = api.get(answer["next"]).json()
        assert [pk for page in pages for pk in page] == rows
        assert len(pages) == -(-7 // size)


def test_a_list_costs_the_same_for_any_number(
    api: APIClient, ana: User, django_assert_num_queries: DjangoAssertNumQueries
):
    workout = WorkoutFactory(user=ana)
    ContentType.objects.get_for_model(workout)
    for count in (1, 19):
        for _ in range(count):
            told(ana, target=workout)
        with django_assert_num_queries(2):  # whose token it is, and the page
            listed(api)


# --- Reading -------------------------------------------------------------------------------------


def test_some_are_marked_as_read(api: APIClient, ana: User):
    rows = [NotificationFactory(user=ana) for _ in range(3)]
    before = SyncClock.objects.get(user=ana).revision

    with time_machine.travel(NOW, tick=False):
        response = api.post(READ_URL, {"ids": [str(row.pk) for row in rows[:2]]})

    assert (response.status_code, response.json()) == (200, {"updated": 2})
    marked = Notification.objects.filter(read_at=NOW, updated_at=NOW, revision=before + 1)
    assert set(marked) == set(rows[:2])
    assert Notification.objects.get(read_at=None) == rows[2]


@pytest.mark.parametrize("body", [None, {}])
def test_all_are_marked_as_read_and_the_others_keep_their_time(api: APIClient, ana: User, body):
    earlier = NotificationFactory(user=ana, read_at=NOW)
    for _ in range(3):
        NotificationFactory(user=ana)

    response = api.post(READ_URL, body)

    assert (response.status_code, response.json()) == (200, {"updated": 3})
    assert not Notification.objects.unread().exists()
    earlier.refresh_from_db()
    assert earlier.read_at == NOW
    assert api.post(READ_URL, body).json() == {"updated": 0}


def test_only_hers_are_marked(api: APIClient, ana: User, ben: User):
    hers, his = NotificationFactory(user=ana), NotificationFactory(user=ben)

    named = api.post(READ_URL, {"ids": [str(his.pk), str(uuid7())]})
    everything = api.post(READ_URL)

    assert [answer.json()["updated"] for answer in (named, everything)] == [0, 1]
    assert Notification.objects.get(read_at=None).pk == his.pk
    assert Notification.objects.exclude(read_at=None).get().pk == hers.pk


@pytest.mark.parametrize(
    "body",
    [
        {"ids": None},
        {"ids": "all"},
        {"ids": {}},
        {"ids": ["1"]},
        {"ids": [None]},
        {"ids": [[]]},
        {"ids": [{"id": 1}]},
        {"ids": [10**40]},
        {"ids": [str(uuid7()) for _ in range(101)]},
        [],
        "ids",
    ],
)
def test_what_cannot_be_understood_marks_nothing(api: APIClient, ana: User, body):
    NotificationFactory(user=ana)

    response = api.post(READ_URL, body, format="json")

    assert response.status_code == 400, response.content
    assert Notification.objects.get().read_at is None


def test_none_named_is_none_marked(api: APIClient, ana: User):
    NotificationFactory(user=ana)

    response = api.post(READ_URL, {"ids": []})

    assert response.json() == {"updated": 0}
    assert Notification.objects.get().read_at is None


def test_marking_costs_the_same_for_any_number(
    api: APIClient, ana: User, django_assert_num_queries: DjangoAssertNumQueries
):
    for _ in range(20):
        NotificationFactory(user=ana)

    # Whose token it is, two marks around the transaction, the owners, their clocks, the update.
    with django_assert_num_queries(6):
        api.post(READ_URL)


# --- Deleting, and whose -------------------------------------------------------------------------


def test_one_is_deleted_for_good(api: APIClient, ana: User):
    row, other = NotificationFactory(user=ana), NotificationFactory(user=ana)

    response = api.delete(f"{URL}{row.pk}/")

    assert response.status_code == 204
    assert list(Notification.objects.all()) == [other]
    assert Tombstone.objects.get().object_id == row.pk
    assert api.get(f"{URL}{row.pk}/").status_code == 404
    assert api.delete(f"{URL}{row.pk}/").status_code == 404


@pytest.mark.parametrize("method", ["get", "delete"])
def test_for_a_stranger_it_does_not_exist(bens_api: APIClient, ana: User, method: str):
    row = NotificationFactory(user=ana)
    before = Notification.objects.values().get()

    theirs = getattr(bens_api, method)(f"{URL}{row.pk}/")
    nobodys = getattr(bens_api, method)(f"{URL}{uuid7()}/")

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.content == nobodys.content
    assert listed(bens_api) == []
    assert Notification.objects.values().get() == before


@pytest.mark.parametrize(
    ("method", "path"), [("get", ""), ("get", "{}/"), ("delete", "{}/"), ("post", "read/")]
)
def test_without_a_token_there_is_nobody(anonymous: APIClient, ana: User, method: str, path: str):
    row = NotificationFactory(user=ana)
    before = Notification.objects.values().get()

    response = getattr(anonymous, method)(URL + path.format(row.pk))

    assert response.status_code == 401
    assert Notification.objects.values().get() == before


@pytest.mark.parametrize(
    ("method", "path"), [("post", ""), ("put", "{}/"), ("patch", "{}/"), ("get", "read/")]
)
def test_nobody_writes_their_own(api: APIClient, ana: User, method: str, path: str):
    row = NotificationFactory(user=ana)
    before = Notification.objects.values().get()

    response = getattr(api, method)(URL + path.format(row.pk), {"text": "Mine"})

    assert response.status_code in {404, 405}
    assert Notification.objects.values().get() == before


# --- Ringing -------------------------------------------------------------------------------------


def test_each_phone_of_hers_rings_once(ana: User, ben: User, sent: list[PushMessage]):
    phone(ana, "one", "apns")
    phone(ana, "two")
    phone(ben, "bens")

    told(ana, text="Time to train.")
    deliver_all()
    deliver_all()

    assert sorted(sent, key=lambda message: message.token) == [
        PushMessage(platform="apns", token="one", title="Numeneon", body="Time to train."),
        PushMessage(platform="fcm", token="two", title="Numeneon", body="Time to train."),
    ]
    assert not OutboxMessage.objects.exists()


def test_nothing_rings_that_was_switched_off(ana: User, sent: list[PushMessage]):
    phone(ana, "one")
    UserSettings.objects.filter(user=ana).update(notification_workouts=False)

    told(ana)
    deliver_all()

    assert sent == []


def test_a_phone_that_its_platform_no_longer_knows_is_dropped(ana: User, sent: list[PushMessage]):
    gone, here = phone(ana, "gone"), phone(ana, "here")

    told(ana)
    deliver_all()
    told(ana)
    deliver_all()

    assert [message.token for message in sent].count("gone") == 1
    assert [message.token for message in sent].count("here") == 2
    assert list(PushDevice.objects.all()) == [here]
    assert Tombstone.objects.get().object_id == gone.pk


def test_a_phone_that_cannot_be_reached_does_not_ring_the_others_again(
    ana: User, sent: list[PushMessage]
):
    phone(ana, "broken")
    phone(ana, "here")

    told(ana)
    failures = deliver_all()
    failures += deliver_all()

    assert len(failures) == 2
    assert [message.token for message in sent] == ["here"]
    assert OutboxMessage.objects.get().attempts == 2


def test_what_was_deleted_meanwhile_does_not_ring(ana: User, sent: list[PushMessage]):
    phone(ana, "one")
    told(ana)

    Notification.objects.all().delete()
    deliver_all()

    assert sent == []
    assert not OutboxMessage.objects.exists()


def test_a_phone_that_is_somebody_elses_by_now_does_not_ring_with_her_news(
    ana: User, ben: User, api: APIClient, bens_api: APIClient, sent: list[PushMessage]
):
    body = {"platform": "fcm", "token": "shared"}
    api.post("/api/v1/users/me/devices/", body)
    told(ana)
    [message] = OutboxMessage.objects.all()
    outbox.deliver(message_id=message.pk)

    bens_api.post("/api/v1/users/me/devices/", body)
    deliver_all()

    assert sent == []
    assert PushDevice.objects.get().user == ben


def test_until_a_platform_is_configured_the_log_says_that_it_would_ring(ana: User, caplog):
    phone(ana, "secret-token")

    told(ana, text="You slept badly.")
    with caplog.at_level(logging.INFO, logger="users.push"):
        deliver_all()

    assert [r.getMessage() for r in caplog.records if r.name == "users.push"] == [
        "Push to fcm: Numeneon"
    ]
    assert "secret-token" not in caplog.text
    assert "badly" not in caplog.text
