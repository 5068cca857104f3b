"""What providers do, good and bad, and what follows: against the simulator, over real HTTP."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from tests.simulator.running import Simulator, running_simulator
from tests.users.races import at_once
from tests.wearables import simulated
from tests.wearables.simulated import connect, sync, work_off
from users.models import Notification
from wearables.models import (
    DailyActivity,
    DailyActivitySource,
    HeartRateData,
    ProviderState,
    RecordedWorkout,
    SleepData,
    SyncRun,
    WearableDevice,
    WebhookEvent,
)
from wearables.services import connections, syncing, tokens

pytestmark = pytest.mark.django_db
MAKERS = ["oura", "whoop", "fitbit", "polar"]
ROTATING = ["oura", "whoop"]


@pytest.fixture(scope="module")
def running():
    with running_simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(running, settings) -> Simulator:
    running.control("reset", {})
    settings.WEARABLE_PROVIDERS = simulated.makers_of(running)
    settings.WEARABLE_BACKFILL_DAYS = 8
    return running


def calls(simulator: Simulator, slug: str, path: str = "") -> list[dict]:
    asked = simulator.control(f"calls?provider={slug}")["calls"]
    return [call for call in asked if path in call["path"]]


def spoil(simulator: Simulator, slug: str, kind: str, **options) -> None:
    simulator.control("scenario", {"provider": slug, "kind": kind, **options})


def last_whole_day() -> dt.date:
    """Of the simulated person, who is in Berlin and may not be up yet."""
    return timezone.now().astimezone(ZoneInfo("Europe/Berlin")).date() - dt.timedelta(days=1)


def end_token(device: WearableDevice) -> None:
    WearableDevice.objects.filter(pk=device.pk).write(
        token_expires_at=timezone.now() - dt.timedelta(minutes=1)
    )


# --- Signing in ----------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", [*MAKERS, "garmin"])
def test_a_code_connects_once(simulator, ana, slug):
    begun = connections.begin_authorization(
        user_id=ana.pk, provider=slug, redirect_uri=simulated.CALLBACK, now=timezone.now()
    )
    back = simulator.consent(begun.authorization_url)
    given = {"user_id": ana.pk, "provider": slug, **back, "now": timezone.now()}
    given = {name: given[name] for name in ("user_id", "provider", "code", "state", "now")}

    device, is_new = connections.complete_authorization(**given)
    with pytest.raises(connections.UnknownState):
        connections.complete_authorization(**given)

    assert (is_new, device.status, bool(device.external_user_id)) == (True, "active", True)
    assert len(calls(simulator, slug, "/token")) == 1


@pytest.mark.parametrize("slug", MAKERS)
def test_a_code_that_the_provider_does_not_know_leaves_no_device(simulator, ana, slug):
    begun = connections.begin_authorization(
        user_id=ana.pk, provider=slug, redirect_uri=simulated.CALLBACK, now=timezone.now()
    )

    with pytest.raises(connections.CodeRefused):
        connections.complete_authorization(
            user_id=ana.pk, provider=slug, code="x", state=begun.state, now=timezone.now()
        )

    assert not WearableDevice.objects.exists()


def test_a_personal_key_of_garmin_becomes_a_token_that_is_renewed_once(simulator, ana):
    key = simulator.control("state")["people"][0]["garmin_personal_key"]
    device, _ = connections.connect_with_key(
        user_id=ana.pk, provider="garmin", personal_key=key, now=timezone.now()
    )
    work_off(device)
    spoil(simulator, "garmin", "jwt_dead")
    before = len(calls(simulator, "garmin", "personal-api-key/token"))

    run = sync(device)

    assert run.status == "done"
    assert len(calls(simulator, "garmin", "personal-api-key/token")) == before + 1


# --- Reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", MAKERS)
def test_history_arrives_whole_and_a_second_look_finds_nothing_new(simulator, ana, slug):
    device = connect(simulator, ana, slug)

    runs = work_off(device)
    before = [row.revision for row in DailyActivity.objects.order_by("date")][:-2]
    again = sync(device)

    assert {run.status for run in runs} == {"done"}
    backfill = next(run for run in runs if run.kind == "backfill")
    assert (backfill.days_done, backfill.days_total) == (9, 9)
    told = DailyActivitySource.objects.filter(device=device).count()
    assert told == DailyActivity.objects.filter(user=ana).count() > 4
    nights = SleepData.objects.filter(device=device)
    assert nights.count() == nights.values("external_id").distinct().count() > 4
    assert again.status == "done"
    assert [row.revision for row in DailyActivity.objects.order_by("date")][:-2] == before


def test_a_record_that_is_edited_is_one_row_with_its_new_start(simulator, ana):
    device = connect(simulator, ana, "oura")
    work_off(device)
    night = SleepData.objects.filter(device=device, role="main").order_by("-date").first()
    start = night.sleep_start - dt.timedelta(minutes=20)
    count = SleepData.objects.filter(device=device).count()

    edit = {"person": "sim-ana", "date": night.date.isoformat(), "start": start.isoformat()}
    simulator.control("sleep", edit)
    sync(device)

    night.refresh_from_db()
    assert night.sleep_start == start
    assert SleepData.objects.filter(device=device).count() == count


def test_scores_that_come_later_fill_the_same_night(simulator, ana):
    yesterday = last_whole_day()
    spoil(simulator, "whoop", "pending_score", date=yesterday.isoformat())
    device = connect(simulator, ana, "whoop")
    work_off(device)
    first = SleepData.objects.get(device=device, is_final=False)
    assert (first.date, first.duration, first.sleep_score) == (yesterday, None, None)

    simulator.control("scenario", {"provider": "whoop"}, method="DELETE")
    sync(device)

    first.refresh_from_db()
    assert first.is_final
    assert first.duration > 0


@pytest.mark.parametrize("kind", ["extra_fields", "unknown_values"])
@pytest.mark.parametrize("slug", MAKERS)
def test_odd_answers_are_read_all_the_same(simulator, ana, slug, kind):
    spoil(simulator, slug, kind)

    runs = work_off(connect(simulator, ana, slug))

    assert {run.status for run in runs} == {"done"}
    assert DailyActivity.objects.filter(user=ana).exists()


@pytest.mark.parametrize("slug", MAKERS)
def test_what_is_not_told_is_not_known_and_not_zero(simulator, ana, slug):
    spoil(simulator, slug, "missing_fields")

    runs = work_off(connect(simulator, ana, slug))

    assert {run.status for run in runs} == {"done"}
    assert not DailyActivity.objects.filter(user=ana, steps__isnull=False).exists()


def test_three_devices_of_one_person_count_once_a_day(simulator, ana):
    for slug in ("oura", "fitbit", "polar"):
        work_off(connect(simulator, ana, slug))

    day = DailyActivity.objects.filter(user=ana).order_by("-date")[2]
    told = DailyActivitySource.objects.filter(user=ana, date=day.date, device__provider="fitbit")

    assert day.sources["steps"]["reason"].startswith("Fitbit")
    assert day.steps == told.get().steps
    assert SleepData.objects.filter(user=ana, date=day.date, role="main").count() == 1
    shared = RecordedWorkout.objects.filter(user=ana).exclude(workout=None)
    starts = {row.workout.started_at for row in shared.select_related("workout")}
    assert len(starts) == shared.values("workout").distinct().count()


# --- Limits and failures -------------------------------------------------------------------------


@pytest.mark.parametrize("slug", MAKERS)
def test_too_many_requests_let_the_run_wait_and_go_on(simulator, ana, slug):
    device = connect(simulator, ana, slug)
    work_off(device)
    spoil(simulator, slug, "rate_limited", times=1, retry_after=14)
    run = syncing.request_manual(device=device)
    work_off(device)
    run.refresh_from_db()
    assert run.status == "waiting"

    SyncRun.objects.filter(pk=run.pk).update(due_at=timezone.now())
    ProviderState.objects.update(paused_until=None)
    syncing.wake(now=timezone.now())
    work_off(device)

    run.refresh_from_db()
    device.refresh_from_db()
    assert (run.status, device.status) == ("done", "active")


@pytest.mark.parametrize("kind", ["server_error", "unreadable", "timeout"])
def test_what_fails_at_the_provider_never_ends_the_connection(simulator, ana, kind, settings):
    device = connect(simulator, ana, "oura")
    work_off(device)
    spoil(simulator, "oura", kind, times=1, delay=3)
    settings.WEARABLE_TIMEOUT_S = 1

    run = sync(device)

    device.refresh_from_db()
    assert run.status in {"waiting", "failed"}
    assert device.status == "active"
    assert not Notification.objects.filter(user=ana).exists()


@pytest.mark.parametrize("kind", ["refresh_500", "refresh_429"])
def test_a_refresh_that_fails_leaves_the_connection(simulator, ana, kind):
    device = connect(simulator, ana, "oura")
    work_off(device)
    end_token(device)
    spoil(simulator, "oura", kind, times=1)

    run = sync(device)

    device.refresh_from_db()
    assert (run.status, device.status) == ("waiting", "active")


@pytest.mark.parametrize("slug", ROTATING)
def test_a_refresh_token_is_used_once_and_its_successor_kept(simulator, ana, slug):
    device = connect(simulator, ana, slug)
    work_off(device)
    end_token(device)
    before = len(calls(simulator, slug, "/token"))

    run = sync(device)
    end_token(device)
    again = sync(device)

    assert (run.status, again.status) == ("done", "done")
    assert len(calls(simulator, slug, "/token")) == before + 2


def test_google_keeps_the_refresh_token_that_it_does_not_send_again(simulator, ana):
    device = connect(simulator, ana, "fitbit")
    work_off(device)
    kept = device.refresh_token
    end_token(device)

    run = sync(device)

    device.refresh_from_db()
    assert (run.status, device.refresh_token) == ("done", kept)


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_need_a_new_token_refresh_once(simulator, ana):
    device = connect(simulator, ana, "oura")
    end_token(device)
    before = len(calls(simulator, "oura", "/token"))

    held = at_once(2, lambda n: tokens.valid_token(device.pk)[0])

    assert len(set(held)) == 1
    assert len(calls(simulator, "oura", "/token")) == before + 1


@pytest.mark.parametrize("slug", ["oura", "whoop", "fitbit"])
def test_a_grant_that_was_taken_back_asks_to_connect_again_once(simulator, ana, slug):
    device = connect(simulator, ana, slug)
    work_off(device)
    spoil(simulator, slug, "revoked")

    run = sync(device)

    device.refresh_from_db()
    assert (run.status, device.status) == ("failed", "reauth_required")
    assert Notification.objects.filter(user=ana).count() == 1
    with pytest.raises(syncing.CannotBeRead):
        syncing.request_manual(device=device)


def test_an_address_that_was_given_up_switches_the_provider_off(simulator, ana, caplog):
    device = connect(simulator, ana, "whoop")
    work_off(device)
    spoil(simulator, "whoop", "retired")

    run = sync(device)

    assert run.status == "failed"
    assert ProviderState.objects.get(slug="whoop").disabled_at is not None


def test_the_fitbit_that_is_gone_asks_to_connect_again(simulator, ana):
    device = connect(simulator, ana, "fitbit")
    work_off(device)
    spoil(simulator, "fitbit", "retired")

    sync(device)

    device.refresh_from_db()
    assert device.status == "reauth_required"


def test_a_membership_that_lapsed_takes_that_data_alone(simulator, ana):
    device = connect(simulator, ana, "oura")
    work_off(device)
    spoil(simulator, "oura", "membership_lapsed", path="heartrate")

    run = sync(device)

    device.refresh_from_db()
    assert (run.status, device.status) == ("done", "active")
    assert device.unavailable == {"heartrate": "forbidden"}


def test_a_worker_that_is_lost_in_the_middle_loses_and_doubles_nothing(
    simulator, ana, monkeypatch
):
    device = connect(simulator, ana, "oura")
    runs = SyncRun.objects.filter(device=device)
    stored = []

    def die(*args, **kwargs):
        stored.append(1)
        if len(stored) == 4:
            raise KeyboardInterrupt
        return original(*args, **kwargs)

    original = syncing_ingest().store
    monkeypatch.setattr(syncing_ingest(), "store", die)
    with pytest.raises(KeyboardInterrupt):
        work_off(device)
    monkeypatch.undo()
    runs.filter(status="running").update(status="pending", claimed_until=None)
    work_off(device)

    nights = SleepData.objects.filter(device=device).count()
    beats = HeartRateData.objects.filter(user=ana, device=device).count()
    other = connect(simulator, ana, "oura")
    syncing.request_backfill(
        device=other, since=timezone.now().date() - dt.timedelta(days=8), now=timezone.now()
    )
    work_off(other)
    assert {run.status for run in runs.all()} == {"done"}
    assert SleepData.objects.filter(device=device).count() == nights > 4
    assert HeartRateData.objects.filter(user=ana, device=device).count() - beats < 5


def syncing_ingest():
    from wearables.services import syncing_run  # noqa: PLC0415 - the name that it stores by

    return syncing_run.ingest


# --- Webhooks ------------------------------------------------------------------------------------


def signed(
    simulator: Simulator, slug: str, kind: str, *, named: str = "", **options
) -> dict[str, Any]:
    """An event of yesterday, or of an object, as it would be sent."""
    given = {"provider": slug, "kind": kind, "options": {"dry": True, **options}}
    about = {"object": named} if named else {"date": last_whole_day().isoformat()}
    return simulator.control("webhook", {**given, **about})


def post(request: dict, slug: str):
    body = request["body"].encode()
    headers = dict(request["headers"])
    kind = headers.pop("Content-Type", "application/json")
    query = request["url"].partition("?")[2]
    path = f"/webhooks/{slug}/" + (f"?{query}" if query else "")
    return Client().post(path, body, content_type=kind, headers=headers)


@pytest.mark.parametrize(("slug", "kind"), [("oura", "sleep"), ("whoop", "sleep")])
def test_a_signed_event_is_stored_once_and_what_it_names_is_read(simulator, ana, slug, kind):
    device = connect(simulator, ana, slug)
    work_off(device)
    event = signed(simulator, slug, kind)

    answers = {post(event, slug).status_code for _ in range(3)}
    simulated.deliver("wearables_webhook")
    runs = [run for run in work_off(device) if run.kind == "webhook"]

    assert all(200 <= status < 300 for status in answers)
    assert WebhookEvent.objects.count() == 1
    assert [run.status for run in runs] == ["done"]


@pytest.mark.parametrize("slug", ["oura", "whoop"])
def test_an_object_that_is_not_there_yet_is_asked_for_again_later(simulator, ana, slug):
    device = connect(simulator, ana, slug)
    work_off(device)
    post(signed(simulator, slug, "sleep", named="0b9a1c3e-0000-4000-8000-000000000000"), slug)
    simulated.deliver("wearables_webhook")

    run = next(run for run in work_off(device) if run.kind == "webhook")

    wait_s = (run.due_at - timezone.now()).total_seconds()
    assert (run.status, 20 < wait_s < 40) == ("waiting", True)


@pytest.mark.parametrize("slug", ["oura", "whoop"])
@pytest.mark.parametrize("option", ["bad_signature", "stale", "reserialized"])
def test_an_event_that_proves_nothing_is_refused(simulator, ana, slug, option):
    connect(simulator, ana, slug)

    response = post(signed(simulator, slug, "sleep", **{option: True}), slug)

    assert response.status_code == 401
    assert not WebhookEvent.objects.exists()
