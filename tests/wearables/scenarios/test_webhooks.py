"""What makers tell by themselves: believed where it is proven, followed once."""

import datetime as dt

import pytest
from django.test import Client

from tests.factories.wearables import WebhookSubscriptionFactory
from tests.wearables.scenarios.makers import (
    DAY,
    TODAY,
    Makers,
    at,
    counts,
    nights,
    outcome,
    sync,
    told,
    work_off,
)
from users.models import Notification, OutboxMessage
from wearables.models import (
    DailyActivitySource,
    SleepData,
    SyncRun,
    WearableDevice,
    WebhookEvent,
)

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - DAY
# What each calls the night when it tells of it, and its thanks.
TOLD = {"fitbit": ("sleep", 204), "garmin": ("sleeps", 200), "oura": ("sleep", 204)}
TOLD |= {"whoop": ("sleep", 204), "polar": ("sleep", 200)}
SIGNING = ("oura", "whoop", "polar")
NIGHT = {"deep": 90, "light": 240, "rem": 100, "awake": 25}


@pytest.fixture(autouse=True)
def _secret_of_polar(db):
    WebhookSubscriptionFactory(provider="polar", subject="client", secret="polar-webhook-secret")


def lie_down(makers: Makers, **values) -> None:
    night = {"start": "2026-04-01T22:30:00+02:00", "minutes": NIGHT, "score": 82, "hrv_ms": 55}
    makers.edit("sleep", TODAY, **{**night, **values})


def told_runs(device: WearableDevice) -> list[SyncRun]:
    return list(SyncRun.objects.filter(device=device, kind="webhook").order_by("created_at"))


def mains(device: WearableDevice, *fields: str) -> list[tuple]:
    rows = SleepData.objects.filter(device=device, date=TODAY, deleted_at=None, role="main")
    return list(rows.values_list(*fields))


# --- All of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", TOLD)
def test_what_a_maker_tells_of_is_read_and_stored(makers: Makers, slug):
    lie_down(makers)
    device = makers.connect(slug)
    kind, thanks = TOLD[slug]

    first = makers.tell(slug, kind)
    before = mains(device, "pk")
    makers.later(dt.timedelta(minutes=10))
    lie_down(makers, start="2026-04-01T22:00:00+02:00")
    second = makers.tell(slug, kind)

    assert (first, second) == (thanks, thanks)
    assert [outcome(run) for run in told_runs(device)] == [("done", "")] * 2
    assert mains(device, "pk", "sleep_start", "deep_sleep") == [
        (*before[0], at(YESTERDAY, 20), 90)
    ]
    event = WebhookEvent.objects.order_by("received_at").first()
    assert (event.provider, event.outcome) == (slug, "For 1 connection(s).")


@pytest.mark.parametrize("slug", TOLD)
def test_an_event_that_comes_three_times_is_followed_once(makers: Makers, slug):
    lie_down(makers)
    device = makers.connect(slug)
    kind, thanks = TOLD[slug]
    event = makers.event(slug, kind)

    answers = [makers.post(event).status_code for _ in range(3)]
    work_off()

    assert answers == [thanks] * 3
    assert WebhookEvent.objects.count() == len(told_runs(device)) == 1


@pytest.mark.parametrize("slug", TOLD)
def test_an_event_of_somebody_else_is_thanked_for_and_dropped(makers: Makers, slug):
    device = makers.connect(slug)
    kind, thanks = TOLD[slug]
    options = {"mode": "push"} if slug == "garmin" else {}

    status = makers.tell(slug, kind, user_id="4711", **options)

    assert status == thanks
    assert WebhookEvent.objects.get().outcome == "Nobody here has this account."
    assert told_runs(device) == nights(device, "pk") == []


@pytest.mark.parametrize("slug", SIGNING)
@pytest.mark.parametrize("fault", ["bad_signature", "reserialized"])
def test_what_its_signature_does_not_prove_is_refused(makers: Makers, slug, fault):
    refuse(makers, slug, 401, **{fault: True})


@pytest.mark.parametrize("slug", ["oura", "whoop"])
def test_an_event_of_an_hour_ago_is_refused(makers: Makers, slug):
    refuse(makers, slug, 401, stale=True)


@pytest.mark.parametrize("slug", TOLD)
def test_an_event_that_is_no_json_is_refused(makers: Makers, slug):
    refuse(makers, slug, 415, wrong_content_type=True)


@pytest.mark.parametrize("slug", ["oura", "garmin"])
def test_an_event_of_ten_megabytes_is_refused(makers: Makers, slug):
    refuse(makers, slug, 413, large=True)


def refuse(makers: Makers, slug: str, status: int, **options) -> None:
    lie_down(makers)
    device = makers.connect(slug)

    answered = makers.tell(slug, TOLD[slug][0], **options)

    assert answered == status
    assert not WebhookEvent.objects.exists()
    assert not OutboxMessage.objects.exists()
    assert told_runs(device) == nights(device, "pk") == []


@pytest.mark.parametrize(
    ("slug", "update", "delete"), [("oura", "update", "delete"), ("whoop", "updated", "deleted")]
)
def test_events_in_the_other_order_end_alike(makers: Makers, slug, update, delete):
    lie_down(makers)
    device = makers.connect(slug)
    makers.tell(slug, "sleep")
    makers.later(dt.timedelta(seconds=1))
    updated = makers.event(slug, "sleep", event=update)
    makers.later(dt.timedelta(seconds=1))
    makers.remove("sleep", TODAY)
    deleted = makers.event(slug, "sleep", event=delete)

    for event in (deleted, updated):
        assert makers.post(event).status_code == 204
        work_off()

    assert sorted(outcome(run) for run in told_runs(device)) == [
        ("done", ""),
        ("done", ""),
        ("waiting", "not_found"),
    ]
    assert mains(device, "pk") == []
    assert WebhookEvent.objects.count() == 3


# --- Google --------------------------------------------------------------------------------------


def test_google_may_tell_in_a_list(makers: Makers):
    lie_down(makers)
    device = makers.connect("fitbit")

    status = makers.tell("fitbit", "sleep", as_array=True)

    assert status == 204
    assert mains(device, "deep_sleep") == [(90,)]


def test_a_deletion_at_google_names_days_of_which_the_rest_stays(makers: Makers):
    lie_down(makers)
    nap = {"start": "2026-04-02T12:00:00+02:00", "end": "2026-04-02T12:40:00+02:00"}
    makers.edit("sleep", TODAY, which="nap", nap=True, **nap)
    device = makers.connect("fitbit")
    sync(device, "sleep", since=YESTERDAY - DAY, until=TODAY)
    before = [date for (date,) in nights(device, "date")]
    makers.remove("sleep", TODAY)

    status = makers.tell("fitbit", "sleep", event="DELETE")

    assert status == 204
    assert counts(told_runs(device)[0]) == (0, 0, 1)
    assert [date for (date,) in nights(device, "date")] == [*before[:-2], TODAY]
    assert nights(device, "sleep_start")[-1] == (at(TODAY, 10),)


def test_googles_steps_are_told_by_their_days(makers: Makers):
    makers.edit("day", YESTERDAY, steps=7000)
    device = makers.connect("fitbit")

    status = makers.tell("fitbit", "steps", YESTERDAY)

    assert status == 204
    assert told(device, "steps")["2026-04-01"] == 7000


def test_while_a_secret_of_googles_is_changed_both_are_good(makers: Makers, settings):
    makers.connect("fitbit")
    extras = settings.WEARABLE_PROVIDERS["fitbit"]["extras"]
    secrets = ("Bearer fitbit-webhook-secret", "Bearer a-new-one")

    def answers() -> list[int]:
        makers.later(dt.timedelta(minutes=10))
        return [makers.tell("fitbit", "sleep", authorization=secret) for secret in secrets]

    before = answers()
    extras |= {"webhook_secret": "a-new-one", "webhook_secret_old": "fitbit-webhook-secret"}
    between = answers()
    extras |= {"webhook_secret_old": ""}
    after = answers()

    assert (before, between, after) == ([204, 401], [204, 204], [401, 204])


def test_a_signature_of_google_is_enough_once_its_key_is_known(makers: Makers, settings):
    makers.connect("fitbit")
    without = makers.tell("fitbit", "sleep", authorization="")
    key = makers.simulator.control("state")["google_public_key"]
    settings.WEARABLE_PROVIDERS["fitbit"]["extras"]["webhook_public_key"] = key

    good = makers.tell("fitbit", "sleep", authorization="")
    bad = makers.tell("fitbit", "sleep", authorization="", reserialized=True)

    assert (without, good, bad) == (401, 204, 401)
    assert WebhookEvent.objects.count() == 1


# --- Oura ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "status", "body"),
    [("oura-webhook-token", 200, b'{"challenge":"17"}'), ("guessed", 401, b""), ("", 401, b"")],
)
def test_ouras_challenge_is_given_back_to_who_knows_the_token(makers: Makers, token, status, body):
    question = {"verification_token": token, "challenge": "17"}

    response = Client().get("/webhooks/oura/", question)

    assert (response.status_code, response.content) == (status, body)


def test_an_object_that_is_not_there_yet_is_asked_for_again(makers: Makers):
    lie_down(makers)
    device = makers.connect("oura")
    makers.spoil("oura", "not_found", times=1)

    makers.tell("oura", "sleep")
    waiting = told_runs(device)[0]
    done = makers.go_on(waiting)

    assert (outcome(waiting), outcome(done)) == (("waiting", "not_found"), ("done", ""))
    assert mains(device, "deep_sleep") == [(90,)]


def test_an_object_that_never_comes_is_dropped(makers: Makers):
    lie_down(makers)
    device = makers.connect("oura")
    makers.spoil("oura", "not_found")

    makers.tell("oura", "sleep")
    run = told_runs(device)[0]
    for _ in range(3):
        run = makers.go_on(run)

    assert outcome(run) == ("done", "not_found")
    assert makers.statuses("oura", "usercollection/sleep/") == [404] * 4
    assert WearableDevice.objects.get().status == "active"


def test_a_night_that_oura_deletes_is_gone_without_being_asked_for(makers: Makers):
    lie_down(makers)
    device = makers.connect("oura")
    makers.tell("oura", "sleep")
    makers.later(dt.timedelta(seconds=1))

    status = makers.tell("oura", "sleep", event="delete")

    assert (status, mains(device, "pk")) == (204, [])
    assert counts(told_runs(device)[1]) == (0, 0, 1)


# --- WHOOP ---------------------------------------------------------------------------------------


def test_two_events_of_whoop_with_one_trace_are_one(makers: Makers):
    lie_down(makers)
    device = makers.connect("whoop")

    first = makers.tell("whoop", "sleep", trace_id="trace-1")
    second = makers.tell("whoop", "recovery", trace_id="trace-1")

    assert (first, second) == (204, 204)
    assert WebhookEvent.objects.get().key == "trace-1"
    assert len(told_runs(device)) == 1


def test_a_recovery_of_whoop_goes_by_the_id_of_its_sleep(makers: Makers):
    lie_down(makers)
    makers.edit("day", TODAY, resting_bpm=49)
    device = makers.connect("whoop")
    name = makers.world.uuid("whoop", makers.person, "2026-04-02:main")

    status = makers.tell("whoop", "recovery")

    assert status == 204
    assert [call["path"].rpartition("/v2/")[2] for call in makers.calls("whoop", "/v2/")][1:] == [
        f"activity/sleep/{name}",
        f"cycle/{makers.world.integer('whoop', makers.person, '2026-04-02:main:cycle')}/recovery",
    ]
    assert mains(device, "external_id", "hrv", "deep_sleep") == [(name, 55.25, 90)]
    assert told(device, "resting_heart_rate") == {"2026-04-02": 49}


# --- Garmin --------------------------------------------------------------------------------------


def test_a_ping_that_leads_elsewhere_is_not_followed(makers: Makers, monkeypatch):
    device = makers.connect("garmin")
    asked = len(makers.calls("garmin"))

    status = makers.tell("garmin", "dailies", foreign_callback=True)
    inside = makers.tell(
        "garmin", "dailies", foreign_callback=f"{makers.simulator.url}/__sim__/state"
    )

    assert (status, inside) == (200, 200)
    assert [outcome(run) for run in told_runs(device)] == [("failed", "refused")] * 2
    assert len(makers.calls("garmin")) == asked
    assert not DailyActivitySource.objects.exists()


@pytest.mark.parametrize("mode", ["ping", "push"])
def test_a_day_of_garmin_comes_by_ping_or_by_push(makers: Makers, mode):
    makers.edit("day", YESTERDAY, steps=9100, distance_m=6500)
    device = makers.connect("garmin")

    status = makers.tell("garmin", "dailies", YESTERDAY, mode=mode)

    row = DailyActivitySource.objects.get(device=device)
    assert status == 200
    assert (row.date, row.steps, row.distance) == (YESTERDAY, 9100, 6.5)
    # What came along is kept no longer than it takes to read it.
    assert told_runs(device)[0].scope["notice"]["payload"] is None


def test_a_webhook_of_garmin_without_our_secret_is_refused(makers: Makers):
    device = makers.connect("garmin")
    event = makers.event("garmin", "dailies", mode="push")

    response = makers.post({**event, "url": "/webhooks/garmin/"})

    assert response.status_code == 401
    assert told_runs(device) == []


def test_who_leaves_at_garmin_is_asked_to_connect_again(makers: Makers):
    device = makers.connect("garmin")

    status = makers.tell("garmin", "deregistrations")

    device.refresh_from_db()
    assert status == 200
    assert (device.status, device.error_code) == ("reauth_required", "deregistered")
    assert Notification.objects.get().text == (
        "Connect Garmin again: you have disconnected it there."
    )


def test_permissions_at_garmin_are_switched_off_and_on(makers: Makers):
    device = makers.connect("garmin")

    def permitted(*names: str) -> dict:
        makers.later(dt.timedelta(minutes=1))
        makers.tell("garmin", "userPermissionsChange", permissions=names)
        device.refresh_from_db()
        return device.unavailable

    less = permitted("ACTIVITY_EXPORT")
    all_again = permitted("ACTIVITY_EXPORT", "HEALTH_EXPORT")

    assert less == dict.fromkeys(("dailies", "sleeps", "hrv", "heart_rate"), "permission")
    assert (all_again, device.status) == ({}, "active")


WITH_HISTORY = "ACTIVITY_EXPORT HEALTH_EXPORT HISTORICAL_DATA_EXPORT"


def test_history_is_asked_of_garmin_once_and_comes_later(makers: Makers):
    device = makers.connect("garmin", grant=WITH_HISTORY, quiet=False)

    work_off()
    backfill = SyncRun.objects.get(device=device, kind="backfill")
    before = DailyActivitySource.objects.count()
    makers.tell("garmin", "dailies", since="2026-03-31")

    assert outcome(backfill) == ("done", "")
    assert set(makers.statuses("garmin", "rest/backfill")) == {202}
    assert {call["path"].rpartition("/")[2] for call in makers.calls("garmin", "backfill")} == {
        *("dailies", "sleeps", "hrv", "activities")
    }
    assert (before, len(told(device, "steps"))) == (0, 3)


def test_history_that_was_asked_of_garmin_before_is_no_fault(makers: Makers):
    device = makers.connect("garmin", grant=WITH_HISTORY, quiet=False)
    work_off()
    since = SyncRun.objects.get(kind="backfill").since
    asked = len(makers.calls("garmin", "rest/backfill"))

    response = makers.api.post(
        f"/api/v1/devices/{device.pk}/backfill/", {"since": since.isoformat()}
    )
    work_off()

    assert response.status_code == 202
    assert makers.statuses("garmin", "rest/backfill")[asked:] == [409] * asked
    assert outcome(SyncRun.objects.get(pk=response.json()["id"])) == ("done", "")


def test_history_that_garmin_does_not_share_leaves_the_connection(makers: Makers):
    device = makers.connect("garmin", quiet=False)

    work_off()

    device.refresh_from_db()
    backfill = SyncRun.objects.get(device=device, kind="backfill")
    assert outcome(backfill) == ("failed", "forbidden")
    assert (device.status, device.unavailable) == ("active", {"history": "forbidden"})


# --- Polar ---------------------------------------------------------------------------------------


def test_a_ping_of_polar_needs_no_signature_and_tells_nothing(makers: Makers):
    status = makers.tell("polar", "ping")

    assert status == 200
    assert not WebhookEvent.objects.exists()


def test_a_day_of_polar_is_read_again(makers: Makers):
    makers.edit("day", YESTERDAY, steps=9100)
    device = makers.connect("polar")

    status = makers.tell("polar", "activity", YESTERDAY)

    assert (status, told(device, "steps")) == (200, {"2026-04-01": 9100})
