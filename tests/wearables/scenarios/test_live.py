"""Makers that call us over real HTTP: handshakes, events, and a history that is sent."""

import datetime as dt

import pytest

from tests.wearables.scenarios.makers import DAY, TODAY, Makers, at, outcome, told, work_off
from users.models import OutboxMessage
from wearables.models import SleepData, SyncRun, WebhookEvent, WebhookSubscription
from wearables.services import subscriptions

# The server of the test has connections of its own.
pytestmark = pytest.mark.django_db(transaction=True)

YESTERDAY = TODAY - DAY
NIGHT = {"deep": 90, "light": 240, "rem": 100, "awake": 25}
# How each thanks for what it tells of a night.
THANKED = {
    "fitbit": {"sleep": 204},
    "garmin": {"sleeps": 200, "hrv": 200},
    "oura": {"sleep": 204, "daily_sleep": 204},
    "whoop": {"sleep": 204, "recovery": 204},
    "polar": {"sleep": 200},
}


@pytest.fixture
def reached(makers: Makers, live_server, settings) -> Makers:
    """Makers that know where we are."""
    settings.PUBLIC_URL = live_server.url
    extras = settings.WEARABLE_PROVIDERS["fitbit"]["extras"]
    extras |= {"project": "1234", "service_token": "of-a-service"}
    makers.simulator.control("app", {"url": live_server.url})
    yield makers
    makers.simulator.control("app", {"url": ""})


def subjects() -> dict[str, int]:
    """How many subscriptions there are, by maker."""
    slugs = WebhookSubscription.objects.values_list("provider", flat=True)
    return {slug: list(slugs).count(slug) for slug in slugs}


def test_makers_are_subscribed_once_after_their_handshakes(reached: Makers):
    first = subscriptions.keep_all(now=dt.datetime.now(dt.UTC))
    kept = subjects()
    asked = [len(reached.calls(slug)) for slug in ("fitbit", "oura", "polar")]
    second = subscriptions.keep_all(now=dt.datetime.now(dt.UTC))

    subscribed = reached.simulator.control("state")["subscriptions"]
    assert (first, second, subjects()) == (14, 14, kept)
    assert kept == {"fitbit": 1, "oura": 12, "polar": 1}
    assert (len(subscribed["oura"]), len(subscribed["fitbit"])) == (12, 1)
    assert subscribed["polar"].endswith("/webhooks/polar/")
    # One look at each is enough the second time.
    again = [len(reached.calls(slug)) for slug in ("fitbit", "oura", "polar")]
    assert [after - before for before, after in zip(asked, again, strict=True)] == [1, 1, 1]


def test_a_subscription_at_oura_is_renewed_in_its_last_week(reached: Makers):
    subscriptions.keep_all(now=dt.datetime.now(dt.UTC))
    before = set(WebhookSubscription.objects.filter(provider="oura").values_list("expires_at"))

    reached.later(dt.timedelta(days=84))
    subscriptions.keep_all(now=dt.datetime.now(dt.UTC))

    after = set(WebhookSubscription.objects.filter(provider="oura").values_list("expires_at"))
    ends_at = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
    assert (before, after) == ({(ends_at,)}, {(ends_at + dt.timedelta(days=84),)})
    assert len(reached.calls("oura", "subscription/renew")) == 12


def test_a_secret_of_google_is_changed_under_way(reached: Makers, settings):
    now = dt.datetime.now(dt.UTC)
    subscriptions.keep_all(now=now)
    device = reached.connect("fitbit")
    extras = settings.WEARABLE_PROVIDERS["fitbit"]["extras"]
    extras |= {"webhook_secret": "a-new-one", "webhook_secret_old": extras["webhook_secret"]}

    old = reached.edit("sleep", TODAY, tell=True)["told"]
    subscriptions.keep_all(now=now)
    extras["webhook_secret_old"] = ""
    new = reached.edit("sleep", TODAY, tell=True)["told"]

    assert [each["status"] for each in (*old, *new)] == [204, 204]
    assert (device.status, subjects()["fitbit"]) == ("active", 1)


@pytest.mark.parametrize("slug", THANKED)
def test_a_night_that_changes_over_there_changes_here(reached: Makers, slug):
    subscriptions.keep_all(now=dt.datetime.now(dt.UTC))
    reached.edit("sleep", TODAY, start="2026-04-01T22:30:00+02:00", minutes=NIGHT)
    device = reached.connect(slug)
    reached.edit("sleep", TODAY, tell=True)
    work_off()
    rows = SleepData.objects.filter(device=device, date=TODAY, role="main")
    before = rows.get()
    reached.later(dt.timedelta(minutes=10))

    told_ = reached.edit("sleep", TODAY, start="2026-04-01T22:00:00+02:00", tell=True)["told"]
    promised = OutboxMessage.objects.filter(kind="wearables_webhook").count()
    work_off()

    after = rows.get()
    assert {each["kind"]: each["status"] for each in told_} == THANKED[slug]
    assert promised == len(THANKED[slug])
    assert (before.pk, before.sleep_start) == (after.pk, at(YESTERDAY, 20, 30))
    assert (after.sleep_start, after.duration) == (at(YESTERDAY, 20), 460)
    assert reached.api.get(f"/api/v1/sleep/{after.pk}/").json()["duration"] == 460


def test_a_history_that_garmin_promised_is_sent_and_read(reached: Makers, live_server, settings):
    settings.WEARABLE_BACKFILL_DAYS = 3
    grant = "ACTIVITY_EXPORT HEALTH_EXPORT HISTORICAL_DATA_EXPORT"
    # Not by its own thread, a moment later: when this test says so.
    reached.simulator.control("app", {"url": ""})
    device = reached.connect("garmin", grant=grant, quiet=False)
    work_off()
    reached.simulator.control("app", {"url": live_server.url})

    answers = reached.simulator.control("webhook", {"kind": "backfill"})["answers"]
    work_off()

    days = ["2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02"]
    assert [(each["kind"], each["status"]) for each in answers] == [
        (kind, 200) for kind in ("dailies", "sleeps", "hrv", "activities")
    ]
    assert list(told(device, "steps")) == days
    assert WebhookEvent.objects.count() == 4
    assert {outcome(run) for run in SyncRun.objects.filter(device=device)} == {("done", "")}
