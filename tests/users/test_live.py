"""What is announced to open screens: numbered, stored, nudged, and removed in time."""

import datetime as dt
import logging

import pytest
import redis
import time_machine
from django.conf import settings as conf
from django.db import transaction
from rest_framework.test import APIClient

from tests.factories.users import UserFactory
from tests.users.races import at_once
from users import personal_data, tasks
from users.api import seats
from users.models import LiveEvent, SyncClock, User
from users.ownership import advance_clock
from users.services import live, notifications

URL = "/api/v1/stream/"
NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def ear():
    """Hears every channel of this test."""
    client = redis.Redis.from_url(conf.CACHE_URL)
    heard = client.pubsub(ignore_subscribe_messages=True)
    heard.psubscribe(f"{conf.CACHES['default']['KEY_PREFIX']}:live:*")
    heard.get_message(timeout=1)
    yield heard
    heard.close()
    client.close()


def heard(ear) -> list[tuple[str, bytes]]:
    found = []
    while (message := ear.get_message(timeout=0.2)) is not None:
        found.append((message["channel"].decode(), message["data"]))
    return found


def clock(user: User) -> int:
    return SyncClock.objects.get(user=user).revision


def events(user: User) -> list[tuple[int, str, dict]]:
    rows = LiveEvent.objects.filter(user=user).order_by("revision")
    return list(rows.values_list("revision", "kind", "data"))


def test_each_person_gets_an_event_with_the_number_of_their_clock(ana: User, ben: User):
    advance_clock(ben.pk)
    before = {one: clock(one) for one in (ana, ben)}

    live.announce(user_ids=[ana.pk, ben.pk, ana.pk], kind="message", data={"at": NOW})

    told = {"at": "2026-03-02T18:00:00Z"}
    assert events(ana) == [(before[ana] + 1, "message", told)]
    assert events(ben) == [(before[ben] + 1, "message", told)]
    assert clock(ana) == before[ana] + 1


def test_two_events_of_one_transaction_have_two_numbers(ana: User):
    with transaction.atomic():
        first = advance_clock(ana.pk)
        live.announce(user_ids=[ana.pk], kind="one", data={})
        live.announce(user_ids=[ana.pk], kind="two", data={})

    assert [(revision, kind) for revision, kind, _ in events(ana)] == [
        (first + 1, "one"),
        (first + 2, "two"),
    ]


def test_any_number_of_people_costs_the_same(ana: User, django_assert_num_queries):
    people = [UserFactory() for _ in range(20)]
    for some in ([ana], people):
        with django_assert_num_queries(4):  # two marks, the clocks, the events
            live.announce(user_ids=[one.pk for one in some], kind="message", data={})


def test_who_is_erased_at_this_moment_is_left_out(ana: User, ben: User):
    SyncClock.objects.filter(user=ben).delete()

    live.announce(user_ids=[ana.pk, ben.pk], kind="message", data={})
    live.announce(user_ids=[ben.pk], kind="message", data={})

    assert [event.user_id for event in LiveEvent.objects.all()] == [ana.pk]


def test_nobody_is_nudged_before_the_commit(
    ana: User, ben: User, ear, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        live.announce(user_ids=[ana.pk, ben.pk], kind="message", data={})
        before = heard(ear)

    assert before == []
    assert sorted(heard(ear)) == sorted((live.person_channel(p.pk), b"") for p in (ana, ben))


def test_without_redis_it_is_stored_all_the_same(
    ana: User, settings, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    settings.CACHE_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(live, "_publisher", live._Publisher())

    with (
        caplog.at_level(logging.WARNING, "users.services.live"),
        django_capture_on_commit_callbacks(execute=True),
    ):
        live.announce(user_ids=[ana.pk], kind="message", data={})
        live.announce(user_ids=[ana.pk], kind="message", data={})

    assert len(events(ana)) == 2
    assert caplog.messages == ["Streams were not nudged, no Redis: ConnectionError"]


@pytest.mark.django_db(transaction=True)
def test_numbers_become_visible_in_their_order():
    people = [UserFactory() for _ in range(3)]
    before = {one.pk: clock(one) for one in people}
    ids = [one.pk for one in people]

    at_once(8, lambda n: live.announce(user_ids=ids[:: 1 if n % 2 else -1], kind="k", data={}))

    for one in people:
        numbers = [revision for revision, *_ in events(one)]
        assert numbers == [before[one.pk] + n for n in range(1, 9)]


def test_a_notification_is_announced(ana: User):
    told = notifications.notify(user_id=ana.pk, category="account", kind="ready", text="Ready.")

    assert told
    [(revision, kind, data)] = events(ana)
    assert (kind, revision) == ("notification", told.revision + 1)
    assert data == {
        "id": str(told.pk),
        "kind": "ready",
        "text": "Ready.",
        "category": "account",
        "target_type": None,
        "target_id": None,
    }


def test_a_topic_is_sent_to_whoever_listens_and_stored_nowhere(
    ear, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        live.publish_topic("challenge:1", {"top": [1]})

    assert heard(ear) == [(live.topic_channel("challenge:1"), b'{"top":[1]}')]
    assert not LiveEvent.objects.exists()


@pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
def test_what_no_stream_asks_for_any_more_is_removed(ana: User, days: int, left: int):
    with time_machine.travel(NOW, tick=False):
        live.announce(user_ids=[ana.pk], kind="message", data={})

    for _ in range(2):
        with time_machine.travel(NOW + dt.timedelta(days=days), tick=False):
            tasks.remove_old_live_events()

    assert LiveEvent.objects.count() == left


# --- Seats ---------------------------------------------------------------------------------------


def test_the_sixth_stream_of_a_person_waits_for_a_seat(ana: User, ben: User):
    taken = [seats.take(ana.pk) for _ in range(6)]

    assert taken[5] is None
    assert None not in taken[:5]
    assert seats.take(ben.pk) is not None
    seats.leave(ana.pk, taken[2])
    assert seats.take(ana.pk) is not None
    assert seats.take(ana.pk) is None


def test_a_seat_that_nobody_keeps_is_free_again(ana: User):
    with time_machine.travel(NOW, tick=False):
        kept, *_ = [seats.take(ana.pk) for _ in range(5)]
    with time_machine.travel(NOW + dt.timedelta(seconds=30), tick=False):
        seats.keep(ana.pk, kept)
    with time_machine.travel(NOW + dt.timedelta(seconds=45), tick=False):
        again = [seats.take(ana.pk) for _ in range(5)]

    assert None not in again[:4]
    assert again[4] is None


def test_of_many_who_come_at_once_five_get_a_seat(ana: User):
    taken = at_once(12, lambda _: seats.take(ana.pk))

    assert len([seat for seat in taken if seat]) == 5


def test_without_redis_nobody_is_counted(ana: User, settings, monkeypatch):
    settings.CACHE_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(seats, "_hall", seats._Hall())

    taken = [seats.take(ana.pk) for _ in range(7)]
    seats.keep(ana.pk, "x")
    seats.leave(ana.pk, "x")

    assert None not in taken


# --- The web server ------------------------------------------------------------------------------


def test_the_web_server_sends_streams_to_the_live_server(api: APIClient, settings):
    settings.LIVE_URL = "http://live.example:8001"

    response = api.get(f"{URL}?topics=challenge:1&last_event_id=5-6")

    assert response.status_code == 307
    assert response.headers["Location"] == (
        f"http://live.example:8001{URL}?topics=challenge:1&last_event_id=5-6"
    )


def test_a_web_server_that_knows_of_no_live_server_says_so(api: APIClient, settings):
    settings.LIVE_URL = ""

    response = api.get(URL)

    assert (response.status_code, response.json()["errors"][0]["code"]) == (503, "unavailable")


# --- Before somebody is erased -------------------------------------------------------------------

CALLED: list[tuple[str, object]] = []


def first(user_id: object) -> None:
    CALLED.append(("first", user_id))


def second(user_id: object) -> None:
    CALLED.append(("second", user_id))


def touched(user_id: object) -> list[object]:
    return [user_id, "other"]


def test_what_is_to_be_done_before_an_erasure_is_done_in_order(monkeypatch, ana: User):
    monkeypatch.setattr(personal_data, "_before_erasure", {})
    CALLED.clear()
    personal_data.before_erasure(f"{__name__}.first")
    personal_data.before_erasure(f"{__name__}.second", touches=f"{__name__}.touched")

    personal_data.prepare_erasure(ana.pk)

    assert [("first", ana.pk), ("second", ana.pk)] == CALLED
    assert personal_data.touched_by_erasure(ana.pk) == {ana.pk, "other"}
