"""A phone sends what it has read: signed, once, and with an answer that does not change."""

import datetime as dt
import hashlib
import hmac
import json
import uuid
from typing import Any

import pytest
import time_machine
from rest_framework.response import Response
from rest_framework.test import APIClient

from tests.factories.wearables import DeviceFactory, PhoneFactory
from tests.users.races import at_once
from users.models import SyncClock
from wearables.models import DailyActivity, HeartRateData, PushBatch, SleepData, SyncRun
from wearables.services import push

pytestmark = pytest.mark.django_db

URL = "/api/v1/wearables/push/"
NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
SECRET = "push-secret"
WATCH = {"name": "Watch of Ana", "deviceType": "watch"}


@pytest.fixture
def phone(ana):
    return PhoneFactory(user=ana)


def signed(body: bytes, *, secret: str = SECRET, sent_at: dt.datetime = NOW) -> str:
    seconds = int(sent_at.timestamp())
    mac = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={mac.hexdigest()}"


def send(api: APIClient, batch: Any, signature: str | None = None) -> Response:
    """As at NOW."""
    body = batch if isinstance(batch, bytes) else json.dumps(batch).encode()
    headers = {"X-Numeneon-Signature": signed(body) if signature is None else signature}
    with time_machine.travel(NOW, tick=False):
        return api.generic("POST", URL, body, content_type="application/json", headers=headers)


def beat(value: float, minute: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "id": f"beat-{minute}",
        "type": "HKQuantityTypeIdentifierHeartRate",
        "startDate": f"2026-03-02T08:{minute:02}:00Z",
        "value": value,
        "unit": "count/min",
        "source": WATCH,
        **more,
    }


def stage(name: str, first: str, last: str, kind: str = "asleepCore") -> dict[str, Any]:
    return {
        "id": name,
        "startDate": f"2026-03-02T{first}:00Z",
        "endDate": f"2026-03-02T{last}:00Z",
        "stage": kind,
        "source": WATCH,
    }


def batch_of(device: Any, batch_id: str = "b1", **lists: Any) -> dict[str, Any]:
    return {"device": str(device.pk), "batch_id": batch_id, **lists}


def errors_of(response: Response) -> list[tuple[str, str | None]]:
    return [(one["code"], one["attr"]) for one in response.json()["errors"]]


def test_a_batch_is_stored_and_leaves_a_run(api, ana, phone):
    batch = batch_of(
        phone,
        records=[beat(52), beat(300, 1), beat(52)],
        sleep=[stage("s1", "00:00", "06:00")],
        days=[{"date": "2026-03-01", "steps": 9120, "distance": 6.8, "source": WATCH}],
        workouts=[
            {
                "id": "w1",
                "type": "HKWorkoutActivityTypeRunning",
                "startDate": "2026-03-01T17:00:00Z",
                "endDate": "2026-03-01T17:45:00Z",
                "distance": 8.2,
                "source": WATCH,
            }
        ],
    )

    response = send(api, batch)

    assert response.status_code == 202
    assert response.json() == {
        "accepted": 4,
        "duplicates": 1,
        "rejected": [{"list": "records", "index": 1, "reason": "Its value is out of range."}],
        "left_out": [],
    }
    day = DailyActivity.objects.get(user=ana)
    assert (str(day.date), day.steps, day.distance, day.device) == ("2026-03-01", 9120, 6.8, phone)
    assert SleepData.objects.get(user=ana).duration == 360
    assert [row.heart_rate for row in HeartRateData.objects.filter(user=ana)] == [52]
    assert phone.recordings.get().sport == "running"
    run = SyncRun.objects.get(user=ana)
    assert (run.kind, run.status, run.device, run.new) == ("push", "done", phone, 4)
    phone.refresh_from_db()
    assert phone.last_synced == NOW


def test_the_same_batch_again_is_answered_alike_and_changes_nothing(api, ana, phone):
    batch = batch_of(phone, records=[beat(52), beat(10, 1)], days=[_day(steps=100)])
    first = send(api, batch)
    clock = SyncClock.objects.get(user=ana).revision

    again = send(api, batch)

    assert (again.status_code, again.json()) == (202, first.json())
    assert (SyncRun.objects.count(), PushBatch.objects.count()) == (1, 1)
    assert SyncClock.objects.get(user=ana).revision == clock


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_twice_at_once_is_stored_and_answered_once(ana, phone):
    batch = {"batch_id": "b1", "days": [_day(steps=100)]}

    def receive(_: int) -> dict[str, Any]:
        return push.receive(device=phone, batch=batch, sha256=b"same", now=NOW)

    answers = at_once(4, receive)

    assert answers == [{"accepted": 1, "duplicates": 0, "rejected": [], "left_out": []}] * 4
    assert [day.steps for day in DailyActivity.objects.filter(user=ana)] == [100]
    assert (SyncRun.objects.count(), PushBatch.objects.count()) == (1, 1)


def test_another_body_under_the_same_batch_id_is_a_conflict(api, ana, phone):
    send(api, batch_of(phone, days=[_day(steps=100)]))

    response = send(api, batch_of(phone, days=[_day(steps=200)]))

    assert (response.status_code, errors_of(response)) == (409, [("batch_id_reused", None)])
    assert [day.steps for day in DailyActivity.objects.filter(user=ana)] == [100]


def test_a_batch_whose_answer_was_lost_before_it_was_made_is_stored_by_the_next_try(
    api, ana, phone, monkeypatch
):
    batch = batch_of(phone, days=[_day(steps=100)])
    with monkeypatch.context() as patch:
        patch.setattr(push, "_finish", _crash)
        with pytest.raises(ZeroDivisionError):
            send(api, batch)

    response = send(api, batch)

    assert (response.status_code, response.json()["accepted"]) == (202, 1)
    assert [day.steps for day in DailyActivity.objects.filter(user=ana)] == [100]
    assert SyncRun.objects.count() == 1


def test_batches_that_overlap_do_not_double(api, ana, phone):
    first = [_steps("a", 100), _steps("b", 50)]
    send(api, batch_of(phone, "b1", records=first))

    send(api, batch_of(phone, "b2", records=[*first, _steps("c", 25)]))

    assert [day.steps for day in DailyActivity.objects.filter(user=ana)] == [175]


def test_stages_of_a_sleep_sent_anew_replace_it(api, ana, phone):
    send(api, batch_of(phone, "b1", sleep=[stage("s2", "01:00", "03:00")]))

    send(
        api,
        batch_of(
            phone,
            "b2",
            sleep=[
                stage("s1", "00:00", "01:00"),
                stage("s2", "01:00", "03:00"),
                stage("s3", "03:00", "06:00", "asleepDeep"),
            ],
        ),
    )

    (stored,) = SleepData.objects.filter(user=ana, deleted_at=None)
    assert (stored.external_id, stored.duration, stored.deep_sleep) == ("s1", 360, 180)


def test_ids_of_replaced_stages_delete_nothing_and_that_of_the_first_one_the_night(
    api, ana, phone
):
    old = [stage("s1", "00:00", "02:00"), stage("s2", "02:00", "06:00")]
    new = [stage("n1", "00:00", "03:00"), stage("n2", "03:00", "06:00")]
    live = SleepData.objects.filter(user=ana, deleted_at=None)
    send(api, batch_of(phone, "b1", sleep=old))
    send(api, batch_of(phone, "b2", sleep=new))

    send(api, batch_of(phone, "b3", deleted=["s1", "s2"]))
    kept = list(live.values_list("external_id", "duration"))
    send(api, batch_of(phone, "b4", deleted=["n1"]))

    assert kept == [("n1", 360)]
    assert not live.exists()


def test_two_sleeps_become_one_when_the_stages_between_them_arrive(api, ana, phone):
    pieces = [stage("s1", "00:00", "02:00"), stage("s3", "04:00", "06:00")]
    send(api, batch_of(phone, "b1", sleep=pieces))

    send(api, batch_of(phone, "b2", sleep=[*pieces, stage("s2", "02:00", "04:00")]))

    kept = SleepData.objects.filter(user=ana, deleted_at=None)
    assert [(night.external_id, night.duration) for night in kept] == [("s1", 360)]


def test_what_the_store_has_no_more_goes(api, ana, phone):
    send(api, batch_of(phone, "b1", sleep=[stage("s1", "00:00", "06:00")]))

    response = send(api, batch_of(phone, "b2", deleted=["s1", "never-sent"]))

    assert response.status_code == 202
    assert not SleepData.objects.filter(user=ana, deleted_at=None).exists()


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "t=,v1=",
        "v1=" + "0" * 64,
        f"t={int(NOW.timestamp())},v1=" + "0" * 64,
        f"t={int(NOW.timestamp())},v1=\xfc",
        "t=99999999999999999999,v1=" + "0" * 64,
    ],
)
def test_what_is_not_signed_is_refused(api, phone, signature):
    response = send(api, batch_of(phone, days=[_day(steps=100)]), signature)

    assert (response.status_code, errors_of(response)) == (403, [("signature_refused", None)])
    assert not PushBatch.objects.exists()


@pytest.mark.parametrize(("minutes", "status"), [(-6, 403), (-5, 202), (5, 202), (6, 403)])
def test_a_signature_is_good_for_five_minutes(api, phone, minutes, status):
    body = json.dumps(batch_of(phone, days=[_day(steps=100)])).encode()
    signature = signed(body, sent_at=NOW + dt.timedelta(minutes=minutes))

    response = send(api, body, signature)

    assert response.status_code == status
    assert PushBatch.objects.exists() is (status == 202)


def test_a_signature_is_of_the_bytes_and_not_of_what_they_mean(api, phone):
    body = json.dumps(batch_of(phone, days=[_day(steps=100)])).encode()
    signature = signed(body)

    respelled = send(api, json.dumps(json.loads(body), indent=1).encode(), signature)

    assert respelled.status_code == 403


def test_another_secret_does_not_sign(api, phone):
    body = json.dumps(batch_of(phone, days=[_day(steps=100)])).encode()

    response = send(api, body, signed(body, secret="another"))

    assert response.status_code == 403


def test_a_device_without_a_secret_takes_nothing(api, ana):
    device = PhoneFactory(user=ana, auth_token="")
    body = json.dumps(batch_of(device, days=[_day(steps=100)])).encode()

    response = send(api, body, signed(body, secret=""))

    assert response.status_code == 403


def test_a_strangers_device_is_not_there(bens_api, phone):
    response = send(bens_api, batch_of(phone, days=[_day(steps=100)]))

    assert response.status_code == 404
    assert not PushBatch.objects.exists()


def test_a_device_that_does_not_push_is_not_there(api, ana):
    ring = DeviceFactory(user=ana, auth_token=SECRET)

    response = send(api, batch_of(ring, days=[_day(steps=100)]))

    assert response.status_code == 404


def test_nobody_sends_without_signing_in(anonymous, phone):
    response = send(anonymous, batch_of(phone, days=[_day(steps=100)]))

    assert response.status_code == 401


@pytest.mark.parametrize("state", [{"is_active": False}, {"status": "disconnected"}])
def test_a_device_that_is_not_connected_takes_nothing(api, ana, state):
    device = PhoneFactory(user=ana, **state)

    response = send(api, batch_of(device, days=[_day(steps=100)]))

    assert (response.status_code, errors_of(response)) == (409, [("disconnected", None)])
    assert not PushBatch.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "code", "attr"),
    [
        ({"batch_id": ""}, "blank", "batch_id"),
        ({"batch_id": "x" * 101}, "max_length", "batch_id"),
        ({"device": 7}, "invalid", "device"),
        ({"records": {}}, "not_a_list", "records"),
        ({"records": [7]}, "not_an_object", "records.0.non_field_errors"),
        ({"records": [{"id": "a", "startDate": "x"}]}, "required", "records.0.type"),
        ({"days": [{"date": "2026-03-01", "steps": "many"}]}, "invalid", "days.0.steps"),
        ({"days": [{"date": "2026-03-01", "source": []}]}, "invalid", "days.0.source"),
        (
            {"days": [{"date": "2026-03-01", "source": {"name": {}}}]},
            "invalid",
            "days.0.source.name",
        ),
        ({"sleep": [{"id": "a", "startDate": "x", "endDate": "y", "stage": []}]},
         "invalid", "sleep.0.stage"),
        ({"sleep": [{"id": "a", "startDate": "x", "endDate": "y", "stages": [1]}]},
         "invalid", "sleep.0.stages"),
        ({"deleted": "s1"}, "not_a_list", "deleted"),
        ({"deleted": ["s" * 201]}, "max_length", "deleted.0"),
    ],
)  # fmt: skip
def test_a_wrong_shape_names_its_field_and_stores_nothing(api, phone, wrong, code, attr):
    batch = batch_of(phone, records=[beat(52)], days=[_day(steps=100)]) | wrong

    response = send(api, batch)

    assert (response.status_code, errors_of(response)) == (400, [(code, attr)])
    assert not PushBatch.objects.exists()
    assert not DailyActivity.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"null", b'{"device": NaN}', b"\xff"])
def test_a_body_that_is_no_batch_is_refused(api, body):
    response = send(api, body)

    assert response.status_code == 400


def test_five_thousand_items_are_taken_and_no_more(api, ana, phone):
    beats = [beat(60, 0, id=str(n), startDate=_second(n)) for n in range(4999)]
    days = [_day(steps=100)]

    taken = send(api, batch_of(phone, "b1", records=beats, days=days))
    refused = send(api, batch_of(phone, "b2", records=beats, days=days * 2))

    assert (taken.status_code, taken.json()["accepted"]) == (202, 5000)
    assert (refused.status_code, errors_of(refused)) == (400, [("max_length", "records")])
    assert HeartRateData.objects.filter(user=ana).count() == 4999


def test_twenty_thousand_samples_are_taken_and_no_more(api, ana, phone):
    samples = [{"time": _second(n), "beatsPerMinute": 60} for n in range(10_000)]
    records = [beat(0, n, type="HeartRateRecord", samples=samples) for n in range(2)]
    more = [*records, beat(0, 2, samples=samples[:1])]

    taken = send(api, batch_of(phone, "b1", records=records))
    refused = send(api, batch_of(phone, "b2", records=more))

    assert (taken.status_code, taken.json()["accepted"]) == (202, 2)
    assert (refused.status_code, errors_of(refused)) == (
        400,
        [("max_length", "records.2.samples")],
    )
    assert HeartRateData.objects.filter(user=ana).count() == 10_000


def test_what_is_read_but_not_stored_is_said_each_time(api, ana, phone):
    energy = [
        _steps(kind, 25_000) | {"type": f"HKQuantityTypeIdentifier{kind}", "unit": "kcal"}
        for kind in ("ActiveEnergyBurned", "BasalEnergyBurned")
    ]
    batch = batch_of(phone, records=energy)

    first, again = send(api, batch), send(api, batch)

    assert first.json() == {
        "accepted": 2,
        "duplicates": 0,
        "rejected": [],
        "left_out": ["day 2026-03-01: total_calories out of range"],
    }
    assert again.json() == first.json()
    day = DailyActivity.objects.get(user=ana)
    assert (day.active_calories, day.total_calories) == (25_000, None)


def test_a_body_of_more_than_four_mebibytes_is_refused(api, phone):
    response = send(api, b" " * (4 * 1024**2 + 1), "t=1,v1=0")

    assert response.status_code == 413


def test_another_content_type_is_refused(api, phone):
    response = api.generic("POST", URL, b"a=b", content_type="application/x-www-form-urlencoded")

    assert response.status_code == 415


def test_an_unknown_device_is_not_there(api):
    body = json.dumps({"device": str(uuid.UUID(int=7)), "batch_id": "b"}).encode()

    assert send(api, body).status_code == 404


def test_old_batches_are_forgotten(api, phone):
    send(api, batch_of(phone, days=[_day(steps=100)]))

    assert push.forget_batches(before=NOW) == 0
    assert push.forget_batches(before=NOW + dt.timedelta(seconds=1)) == 1


def _day(**values: Any) -> dict[str, Any]:
    return {"date": "2026-03-01", "source": WATCH, **values}


def _steps(name: str, count: int) -> dict[str, Any]:
    return {
        "id": name,
        "type": "HKQuantityTypeIdentifierStepCount",
        "startDate": "2026-03-01T12:00:00Z",
        "endDate": "2026-03-01T12:10:00Z",
        "value": count,
        "unit": "count",
        "source": WATCH,
    }


def _second(number: int) -> str:
    return (dt.datetime(2026, 3, 2, tzinfo=dt.UTC) + dt.timedelta(seconds=number)).isoformat()


def _crash(*args: Any, **kwargs: Any) -> None:
    raise ZeroDivisionError
