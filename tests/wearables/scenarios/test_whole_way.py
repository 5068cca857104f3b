"""From connecting to a diary that follows, and what may happen on the way."""

import datetime as dt

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection

from tests.wearables.scenarios.makers import (
    ASKED,
    DAY,
    NOW,
    TODAY,
    Makers,
    counts,
    outcome,
    read,
    sync,
    work_off,
)
from users.models import User
from users.services import jobs
from wearables.models import (
    DailyActivity,
    DailyActivitySource,
    HeartRateData,
    RecordedWorkout,
    SleepData,
    SyncRun,
    WearableDevice,
)
from wearables.readings import DAY_METRICS
from wearables.services import syncing, syncing_run

pytestmark = pytest.mark.django_db

TOLD = (DailyActivity, DailyActivitySource, SleepData, HeartRateData, RecordedWorkout)


def everything(user: User) -> dict[str, list[dict]]:
    """All rows that came from makers, but for when they were written."""
    when = ("sync_date", "updated_at", "created_at", "revision", "sources")
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in when}
            for row in model.objects.filter(user=user).order_by("pk").values()
        ]
        for model in TOLD
    }


def revisions(user: User) -> list[int]:
    return [
        revision
        for model in (DailyActivity, SleepData)
        for (revision,) in model.objects.filter(user=user).order_by("pk").values_list("revision")
    ]


def of_a_kind(device: WearableDevice, kind: str) -> SyncRun:
    return SyncRun.objects.get(device=device, kind=kind)


def test_a_month_of_history_arrives_with_its_progress(makers: Makers, settings, monkeypatch):
    settings.WEARABLE_BACKFILL_DAYS = 30
    device = makers.connect("oura", quiet=False)
    seen = []
    told = syncing_run._Reading._tell_history

    def tell(reading) -> None:
        told(reading)
        answer = makers.api.get(f"/api/v1/devices/{device.pk}/").json()["backfill"]
        seen.append((answer["status"], answer["days_done"], answer["days_total"]))

    monkeypatch.setattr(syncing_run._Reading, "_tell_history", tell)

    work_off()

    device.refresh_from_db()
    assert outcome(of_a_kind(device, "scheduled")) == ("done", "")
    assert outcome(of_a_kind(device, "backfill")) == ("done", "")
    assert [days for _, days, _ in seen] == sorted(days for _, days, _ in seen)
    assert {(status, total) for status, _, total in seen} == {("running", 31)}
    assert of_a_kind(device, "backfill").days_done == 31
    assert device.backfilled_from == TODAY - 30 * DAY
    nights = SleepData.objects.filter(device=device, role="main").values_list("date", flat=True)
    assert set(nights) >= {
        day
        for day in makers.world.dates(makers.person, TODAY - 30 * DAY, TODAY)
        if makers.world.main_sleep(makers.person, day)
    }


@pytest.mark.parametrize("slug", ASKED)
def test_everything_twice_is_nothing_new(makers: Makers, ana: User, slug):
    device = makers.connect_as_asked(slug)
    sync(device, since=TODAY - DAY, until=TODAY)
    before, revised = everything(ana), revisions(ana)

    again = sync(device, since=TODAY - DAY, until=TODAY)

    assert (outcome(again), counts(again)) == (("done", ""), (0, 0, 0))
    assert (everything(ana), revisions(ana)) == (before, revised)
    assert all(before[name] for name in ("DailyActivity", "SleepData"))


@pytest.mark.parametrize("page", [1, 3, 6])
def test_a_worker_that_is_lost_in_the_middle_loses_and_doubles_nothing(
    makers: Makers, bens_api, monkeypatch, page
):
    # Over there nothing happens meanwhile.
    makers.simulator.control("clock", {"now": NOW.isoformat()})
    since = TODAY - 12 * DAY
    device = makers.connect("oura")
    makers.api = bens_api
    whole = makers.connect("oura")
    runs = [
        syncing.request_backfill(device=one, since=since, now=dt.datetime.now(dt.UTC))
        for one in (device, whole)
    ]
    run = runs[0]
    jobs.run(label=run._meta.label, job_id=runs[1].pk)

    _lose_after(page, monkeypatch)
    with pytest.raises(SystemError):
        jobs.run(label=run._meta.label, job_id=run.pk)
    monkeypatch.undo()
    left = read(run)
    makers.later(jobs.LEASE)
    swept = jobs.sweep(now=dt.datetime.now(dt.UTC))
    for label, job_id in swept:
        jobs.run(label=label, job_id=job_id)

    assert (left.status, left.attempts) == ("running", 1)
    assert swept == [(run._meta.label, run.pk)]
    assert (outcome(read(run)), read(run).attempts) == (("done", ""), 2)
    assert _values(device) == _values(whole)
    assert all(len(rows) > 4 for rows in _values(whole).values())


def _lose_after(pages: int, monkeypatch) -> None:
    """Let a worker die right after it has stored so many pages."""
    store, stored = syncing_run.ingest.store, []

    def lost(**given):
        told = store(**given)
        stored.append(told)
        if len(stored) == pages:
            raise SystemError
        return told

    monkeypatch.setattr(syncing_run.ingest, "store", lost)


def _values(device: WearableDevice) -> dict[str, list[tuple]]:
    """What was stored of it, whatever the rows are called."""
    days = DailyActivity.objects.filter(user=device.user_id).order_by("date")
    nights = SleepData.objects.filter(device=device).order_by("sleep_start")
    beats = HeartRateData.objects.filter(device=device).order_by("timestamp")
    workouts = RecordedWorkout.objects.filter(device=device).order_by("started_at")
    return {
        "days": list(days.values_list("date", *DAY_METRICS)),
        "nights": list(nights.values_list("external_id", "sleep_start", "duration", "role")),
        "beats": list(beats.values_list("timestamp", "heart_rate")),
        "workouts": list(workouts.values_list("external_id", "started_at", "calories")),
    }


def test_the_key_may_be_changed_between_two_syncs(makers: Makers, settings, capsys):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.WEARABLE_KEYS = [old]
    device = makers.connect("oura")
    first = sync(device, "daily_activity")
    before = _stored_token(device)

    settings.WEARABLE_KEYS = [new, old]
    call_command("rotate_keys")
    settings.WEARABLE_KEYS = [new]
    makers.later(dt.timedelta(days=1))
    second = sync(device, "daily_activity")

    assert [outcome(first), outcome(second)] == [("done", "")] * 2
    # It went on with the refresh token, which only the new key opens now.
    assert makers.statuses("oura", "/token") == [200, 200]
    assert _stored_token(device) != before


def _stored_token(device: WearableDevice) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT refresh_token FROM wearables_wearabledevice WHERE id = %s", [device.pk]
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("slug", ["fitbit", "garmin", "oura", "whoop", "polar"])
def test_who_disconnects_is_let_go_over_there_and_keeps_what_came(makers: Makers, ana: User, slug):
    device = makers.connect(slug)

    response = makers.api.post(f"/api/v1/devices/{device.pk}/disconnect/")
    work_off()

    device.refresh_from_db()
    assert response.status_code == 200
    assert (device.status, device.auth_token, device.refresh_token) == ("disconnected", "", "")
    assert makers.world.grants.of(slug) == []
