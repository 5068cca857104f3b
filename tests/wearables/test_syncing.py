"""Runs that read a connection, and what follows from whatever its provider does."""

import datetime as dt
import logging

import pytest
import time_machine

from tests.factories.wearables import DeviceFactory, PhoneFactory, SyncRunFactory
from tests.wearables.obeying import LABEL, NOW, TODAY, Obeying, client, read, steps_of
from users.models import JobStatus, Notification
from users.services import jobs
from wearables.models import (
    DailyActivitySource,
    ProviderState,
    RawPayload,
    SyncRun,
    WearableDevice,
)
from wearables.providers import registry
from wearables.providers.base import (
    AlreadyDone,
    Forbidden,
    Notice,
    NotThere,
    RateLimited,
    ReauthRequired,
    Refused,
    Retired,
    Unavailable,
    Unreadable,
)
from wearables.services import devices, syncing, syncing_run  # noqa: F401 - registers the runner
from wearables.services.syncing import CannotBeRead

pytestmark = pytest.mark.django_db
NOTICE = Notice(external_user_id="ring-1", data_type="sleep", object_id="s1")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ring(monkeypatch, settings) -> Obeying:
    obeying = Obeying()
    monkeypatch.setitem(registry.PROVIDERS, "oura", obeying)
    settings.WEARABLE_PROVIDERS = {**settings.WEARABLE_PROVIDERS, "oura": client()}
    return obeying


@pytest.fixture
def device(ana, ring) -> WearableDevice:
    return DeviceFactory(user=ana, cursors={"weekly": "2026-03-01"})


def run(job: SyncRun) -> SyncRun:
    jobs.run(label=LABEL, job_id=job.pk)
    return read(job)


def scheduled(device: WearableDevice) -> SyncRun:
    return syncing.request_sync(device=device, kind="scheduled")


def synced(device: WearableDevice) -> SyncRun:
    return run(scheduled(device))


def outcome(job: SyncRun) -> tuple[str, str]:
    return job.status, job.error_code


def again(job: SyncRun, clock, wait: dt.timedelta) -> SyncRun:
    clock.shift(wait)
    assert syncing.wake(now=dt.datetime.now(dt.UTC)) == 1
    return run(job)


def steps(device: WearableDevice) -> dict[str, int]:
    rows = DailyActivitySource.objects.filter(device=device).values_list("date", "steps")
    return {day.isoformat(): count for day, count in rows}


# --- What is read --------------------------------------------------------------------------------


def test_a_sync_reads_the_last_days_through_today_and_counts_what_it_brought(device, ring):
    ring.script = [[steps_of(TODAY, 8000)]]

    done = synced(device)

    device.refresh_from_db()
    assert ring.asked == ["sleep 02-27..03-02", "heart 02-27..03-02"]
    assert outcome(done) == ("done", "")
    assert (done.new, done.changed, done.deleted) == (1, 0, 0)
    assert steps(device) == {"2026-03-02": 8000}
    assert device.cursors == {"weekly": "2026-03-01", "sleep": "2026-03-02", "heart": "2026-03-02"}
    assert device.last_synced == NOW


def test_the_same_again_changes_nothing(device, ring):
    ring.script = [[steps_of(TODAY, 8000)], [], [steps_of(TODAY, 8000)]]

    runs = [synced(device), synced(device)]

    assert [(one.new, one.changed) for one in runs] == [(1, 0), (0, 0)]
    assert RawPayload.objects.count() == 1


def test_reading_goes_on_three_days_before_where_it_ended_the_oldest_days_first(device, ring):
    device.cursors |= {"sleep": "2026-02-20", "heart": "2026-02-20"}
    device.save()

    synced(device)

    assert ring.asked == ["sleep 02-17..03-02", "heart 02-17..02-23", "heart 02-24..03-02"]


def test_once_a_week_fourteen_days_are_read_again(ana, ring):
    device = DeviceFactory(user=ana, cursors={"sleep": "2026-03-02", "heart": "2026-03-02"})

    runs = [synced(device), synced(read_device(device))]

    assert [one.status for one in runs] == ["done", "done"]
    assert ring.asked[0] == "sleep 02-16..03-02"
    assert [days for days in ring.asked if days.startswith("sleep")][1] == "sleep 02-27..03-02"


def read_device(device: WearableDevice) -> WearableDevice:
    return WearableDevice.objects.get(pk=device.pk)


def test_today_is_the_persons(ana, ring, clock):
    clock.move_to(dt.datetime(2026, 3, 2, 20, tzinfo=dt.UTC))
    device = DeviceFactory(user=ana, timezone="Asia/Tokyo", cursors={"weekly": "2026-03-01"})

    synced(device)

    assert ring.asked[0] == "sleep 02-28..03-03"


def test_what_the_person_has_not_granted_is_not_asked_for(device, ring):
    device.unavailable = {"heart": "permission"}
    device.save()

    synced(device)

    assert ring.asked == ["sleep 02-27..03-02"]


# --- A worker that is lost -----------------------------------------------------------------------


def test_a_killed_worker_loses_nothing_and_doubles_nothing(device, ring, clock):
    def dies():
        yield steps_of(TODAY, 9000)
        raise KeyboardInterrupt

    ring.script = [[steps_of(TODAY - dt.timedelta(days=1), 8000)], dies]
    job = scheduled(device)
    with pytest.raises(KeyboardInterrupt):
        jobs.run(label=LABEL, job_id=job.pk)
    clock.shift(jobs.LEASE + dt.timedelta(seconds=1))
    ring.script = [[steps_of(TODAY, 9000)]]

    done = run(job)

    assert ring.asked == ["sleep 02-27..03-02", "heart 02-27..03-02", "heart 02-27..03-02"]
    assert (done.status, done.new) == ("done", 2)
    assert steps(device) == {"2026-03-01": 8000, "2026-03-02": 9000}


def test_nothing_is_stored_any_more_once_the_person_has_disconnected(device, ring):
    def leaves():
        yield steps_of(TODAY - dt.timedelta(days=1), 8000)
        devices.disconnect(device=device, now=NOW)
        yield steps_of(TODAY, 9000)

    ring.script = [leaves]

    ended = synced(device)

    assert outcome(ended) == ("failed", "not_connected")
    assert steps(device) == {"2026-03-01": 8000}


# --- The policy ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "expected", "asked"),
    [
        (NotThere(), ("done", ""), 2),
        (AlreadyDone(), ("done", ""), 2),
        (Forbidden(), ("done", ""), 2),
        (Refused(), ("failed", "refused"), 2),
        (Unreadable(), ("failed", "unreadable"), 2),
        (RateLimited(), ("waiting", "rate_limited"), 1),
        (Unavailable(), ("waiting", "unavailable"), 1),
        (ReauthRequired(), ("failed", "reauth_required"), 1),
        (Retired(), ("failed", "retired"), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_every_outcome_has_its_consequence(device, ring, error, expected, asked):
    ring.script = [error]

    ended = synced(device)

    assert outcome(ended) == expected
    assert len(ring.asked) == asked


def test_a_data_type_that_is_forbidden_is_left_out_from_now_on(device, ring):
    ring.script = [Forbidden()]

    synced(device)
    synced(read_device(device))

    device.refresh_from_db()
    assert device.unavailable == {"sleep": "forbidden"}
    assert device.status == "active"
    assert ring.asked[2:] == ["heart 02-27..03-02"]


def test_what_was_forbidden_is_tried_once_a_week(ana, ring):
    device = DeviceFactory(user=ana, unavailable={"sleep": "forbidden"})

    synced(device)

    device.refresh_from_db()
    assert ring.asked[0] == "sleep 02-16..03-02"
    assert device.unavailable == {}


def test_a_rate_limit_is_waited_for_as_long_as_the_provider_says(device, ring, clock):
    ring.script = [RateLimited(14.0)]
    waiting = synced(device)

    waited = waiting.due_at - NOW
    too_early = syncing.wake(now=NOW + dt.timedelta(seconds=13))
    done = again(waiting, clock, dt.timedelta(seconds=16))

    assert dt.timedelta(seconds=14) <= waited <= dt.timedelta(seconds=15.4)
    assert too_early == 0
    assert done.status == "done"
    assert ring.asked == ["sleep 02-27..03-02", "sleep 02-27..03-02", "heart 02-27..03-02"]


def test_a_provider_that_is_away_is_tried_five_times_more_and_then_at_the_next_cycle(
    device, ring, clock
):
    ring.script = [Unavailable() for _ in range(6)]
    job = synced(device)

    waits = []
    while job.status == "waiting":
        # The circuit breaker has its own test.
        ProviderState.objects.all().delete()
        waits.append((job.due_at - dt.datetime.now(dt.UTC)).total_seconds())
        job = again(job, clock, dt.timedelta(hours=1))

    device.refresh_from_db()
    assert outcome(job) == ("failed", "unavailable")
    assert [round(wait / 60 / 2**n) for n, wait in enumerate(waits)] == [1] * 5
    assert device.status == "active"
    assert synced(device).status == "done"


def test_a_connection_that_is_refused_stops_its_schedule_and_tells_the_person(device, ring):
    WearableDevice.objects.filter(pk=device.pk).write(next_sync_at=NOW)
    ring.script = [ReauthRequired()]

    synced(device)

    device.refresh_from_db()
    told = Notification.objects.get()
    assert (device.status, device.error_code) == ("reauth_required", "reauth_required")
    assert device.next_sync_at is None
    assert (told.kind, told.target_id) == ("wearable_reauth", device.pk)
    assert told.text == "Connect Oura Ring again: its permission has ended."


def test_a_retired_provider_is_asked_by_nobody_until_an_operator_has_looked(device, ring, caplog):
    ring.script = [Retired()]
    with caplog.at_level(logging.ERROR):
        synced(device)

    later = synced(device)

    assert ProviderState.objects.get().disabled_at == NOW
    assert [record.message for record in caplog.records] == [
        "oura has retired an address that we ask; it is disabled."
    ]
    assert outcome(later) == ("failed", "provider_disabled")
    assert len(ring.asked) == 1


def test_limits_of_all_people_together_pause_the_provider(device, ring, monkeypatch):
    monkeypatch.setattr(Obeying, "shares_limits", True)
    ring.script = [RateLimited(60.0)]
    synced(device)

    other = synced(DeviceFactory())

    assert other.status == "waiting"
    assert other.due_at == ProviderState.objects.get().paused_until
    assert len(ring.asked) == 1


# --- Webhooks ------------------------------------------------------------------------------------


def test_what_a_webhook_tells_of_is_read_and_told_twice_read_once(device, ring):
    ring.script = [[steps_of(TODAY, 8000)]]

    jobs_ = [syncing.request_notice(device=device, notice=NOTICE) for _ in range(2)]
    done = run(jobs_[0])
    later = syncing.request_notice(device=device, notice=NOTICE)

    assert jobs_[0] == jobs_[1] != later
    assert (done.status, done.new) == ("done", 1)
    assert ring.asked == ["sleep s1"]


def test_what_a_webhook_brought_is_not_kept_in_its_run(device, ring):
    notice = Notice(external_user_id="ring-1", payload={"steps": 8000}, url="https://x/?token=t")
    jobs_ = [syncing.request_notice(device=device, notice=notice)]
    run(jobs_[0])
    jobs_.append(syncing.request_notice(device=device, notice=notice))

    syncing.end_open(device=device, error_code="not_connected", now=NOW)

    kept = [read(job).scope for job in jobs_]
    assert not [scope for scope in kept if "8000" in str(scope) or "token" in str(scope)]


def test_an_object_that_is_not_there_yet_is_tried_three_times_more_and_dropped(
    device, ring, clock
):
    ring.script = [NotThere() for _ in range(4)]
    job = run(syncing.request_notice(device=device, notice=NOTICE))

    waits = []
    while job.status == "waiting":
        waits.append((job.due_at - dt.datetime.now(dt.UTC)).total_seconds())
        job = again(job, clock, dt.timedelta(hours=2))

    assert outcome(job) == ("done", "not_found")
    assert [round(wait / n) for wait, n in zip(waits, (30, 300, 3600), strict=True)] == [1] * 3


# --- History -------------------------------------------------------------------------------------


def test_history_is_read_the_newest_days_first_with_progress(device, ring):
    seen = []

    def looks():
        seen.append(read(job).days_done)
        yield from ()

    ring.script = [looks for _ in range(8)]
    job = syncing.request_backfill(device=device, since=dt.date(2026, 2, 1), now=NOW)

    done = run(job)

    device.refresh_from_db()
    assert ring.asked == [
        "sleep 02-01..03-02",
        "heart 02-24..03-02",
        "heart 02-17..02-23",
        "heart 02-10..02-16",
        "heart 02-03..02-09",
        "heart 02-01..02-02",
    ]
    assert seen == [0, 0, 7, 14, 21, 28]
    assert (done.status, done.days_total, done.days_done) == ("done", 30, 30)
    assert device.backfilled_from == dt.date(2026, 2, 1)


def test_values_of_a_night_are_not_read_before_its_sleep(device, ring, monkeypatch):
    monkeypatch.setattr(
        Obeying,
        "data_types",
        tuple(
            type(known)(name=known.name, metrics=known.metrics, chunk_days=days)
            for known, days in zip(Obeying.data_types, (7, 14), strict=True)
        ),
    )

    run(syncing.request_backfill(device=device, since=dt.date(2026, 2, 17), now=NOW))

    assert ring.asked == ["sleep 02-24..03-02", "sleep 02-17..02-23", "heart 02-17..03-02"]


def test_a_history_that_was_given_up_goes_on_where_it_was(device, ring):
    since = dt.date(2026, 2, 15)
    job = syncing.request_backfill(device=device, since=since, now=NOW)
    SyncRun.objects.filter(pk=job.pk).update(
        status="failed", scope={"left": {"heart": ["2026-02-15", "2026-02-20"]}}
    )

    again_ = run(syncing.request_backfill(device=device, since=since, now=NOW))

    assert ring.asked == ["heart 02-15..02-20"]
    assert (again_.status, again_.days_done, again_.days_total) == ("done", 16, 16)


def test_history_that_was_read_is_not_read_again_for_older_days(device, ring):
    device.backfilled_from = dt.date(2026, 2, 20)
    device.save()

    run(syncing.request_backfill(device=device, since=dt.date(2026, 2, 18), now=NOW))

    assert ring.asked == ["sleep 02-18..02-19", "heart 02-18..02-19"]


def test_a_provider_that_sends_its_history_is_asked_to_once(device, ring, monkeypatch, settings):
    settings.GARMIN_BACKFILL_DAYS = 45
    monkeypatch.setattr(Obeying, "polls", {"oauth": False})
    ring.script = [AlreadyDone()]

    done = run(syncing.request_backfill(device=device, since=dt.date(2025, 1, 1), now=NOW))

    assert ring.asked == ["history 02-01..03-02", "history 01-16..01-31"]
    assert (done.status, done.days_done) == ("done", 46)


# --- The schedule --------------------------------------------------------------------------------


def test_whoever_is_due_gets_one_run_and_a_next_time(device, ring):
    rows = WearableDevice.objects.filter(pk=device.pk)
    rows.write(next_sync_at=NOW)
    DeviceFactory(next_sync_at=NOW, status="reauth_required")
    DeviceFactory(next_sync_at=NOW + dt.timedelta(seconds=1))

    asked = [syncing.due(now=NOW), syncing.due(now=NOW)]

    device.refresh_from_db()
    assert asked == [1, 0]
    assert SyncRun.objects.get().device_id == device.pk
    assert dt.timedelta(minutes=54) <= device.next_sync_at - NOW <= dt.timedelta(minutes=66)


def test_a_personal_key_is_read_where_we_are_no_client(ana, ring, settings):
    settings.WEARABLE_PROVIDERS["oura"]["client_id"] = ""
    DeviceFactory(user=ana, next_sync_at=NOW, connection_mode="personal_key")
    DeviceFactory(user=ana, next_sync_at=NOW)

    assert syncing.due(now=NOW) == 1


def test_the_schedule_and_the_person_share_one_open_run(device, ring):
    first = scheduled(device)

    manual = syncing.request_manual(device=device)
    WearableDevice.objects.filter(pk=device.pk).write(next_sync_at=NOW)

    assert manual == first
    assert syncing.due(now=NOW) == 0


def test_what_sends_by_itself_is_not_asked(ana, device, ring, monkeypatch):
    monkeypatch.setattr(Obeying, "polls", {"oauth": False})

    with pytest.raises(CannotBeRead):
        syncing.request_manual(device=device)
    with pytest.raises(CannotBeRead):
        syncing.request_manual(device=PhoneFactory(user=ana))

    assert not SyncRun.objects.exists()


def test_a_run_that_waited_long_enough_is_handed_out_once(device):
    SyncRunFactory(device=device, status="waiting", due_at=NOW)
    SyncRunFactory(device=device, kind="backfill", status="waiting", due_at=NOW + jobs.LEASE)

    woken = [syncing.wake(now=NOW), syncing.wake(now=NOW)]

    assert woken == [1, 0]
    assert SyncRun.objects.filter(status=JobStatus.PENDING).count() == 1


def test_old_runs_go_and_open_ones_stay(device):
    ended = SyncRunFactory(device=device)
    SyncRunFactory(device=device, status="waiting", due_at=NOW)

    removed = syncing.remove_old(before=NOW + dt.timedelta(days=1))

    assert removed == 1
    assert not SyncRun.objects.filter(pk=ended.pk).exists()


def test_another_history_waits_for_the_one_that_is_read(device, ring):
    first = syncing.request_backfill(device=device, since=dt.date(2026, 3, 1), now=NOW)

    with pytest.raises(syncing.CannotBeRead) as refused:
        syncing.request_backfill(device=device, since=dt.date(2026, 2, 1), now=NOW)
    again_ = syncing.request_backfill(device=device, since=dt.date(2026, 3, 1), now=NOW)

    assert refused.value.code == "backfill_running"
    assert (again_, list(SyncRun.objects.filter(kind="backfill"))) == (first, [first])
