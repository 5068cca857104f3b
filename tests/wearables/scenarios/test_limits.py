"""Makers that have had enough, or that fail: nobody sleeps, and every run goes on later."""

import datetime as dt
import time

import pytest

from tests.wearables.scenarios.makers import (
    ASKED,
    DAYS,
    NOW,
    TODAY,
    Makers,
    counts,
    outcome,
    read,
    sync,
    told,
    work_off,
)
from users.models import Notification
from wearables.models import ProviderState
from wearables.services import outcomes, syncing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain_waits(monkeypatch):
    """Without chance; and a worker that sleeps fails."""
    monkeypatch.setattr(outcomes.random, "uniform", lambda least, _: least)

    def sleep(_: float) -> None:
        raise AssertionError("A worker sleeps.")

    monkeypatch.setattr(time, "sleep", sleep)


def seconds(run) -> float:
    return (run.due_at - NOW).total_seconds()


@pytest.mark.parametrize(
    ("slug", "options", "wait_s"),
    [
        ("garmin", {}, 14),
        ("oura", {}, 30),
        ("whoop", {"reset_s": 42}, 42),
        ("polar", {"retry_after": 20}, 20),
        ("oura", {"retry_after": 90, "as_date": True}, 90),
        # It does not say how long: a minute, a little less or more.
        ("fitbit", {}, 48),
        ("garmin", {"headers": "none"}, 48),
    ],
)
def test_who_is_too_fast_comes_again_when_the_maker_says(makers: Makers, slug, options, wait_s):
    device = makers.connect_as_asked(slug)
    makers.edit("day", TODAY, steps=7000, total_kcal=2400)
    makers.spoil(slug, "rate_limited", times=1, **options)

    waiting = sync(device, DAYS[slug][0])
    done = makers.go_on(waiting)

    device.refresh_from_db()
    assert (outcome(waiting), seconds(waiting)) == (("waiting", "rate_limited"), wait_s)
    assert (outcome(done), device.status) == (("done", ""), "active")
    metric = "total_calories" if slug == "whoop" else "steps"
    assert told(device, metric)["2026-04-02"] == (2400 if slug == "whoop" else 7000)
    assert makers.statuses(slug).count(429) == 1


def test_pages_before_a_limit_are_not_asked_for_again(makers: Makers):
    device = makers.connect("whoop")
    makers.spoil("whoop", "rate_limited", path="recovery", times=1)

    waiting = sync(device, "cycle", "sleep", "recovery")
    between = makers.statuses("whoop", "v2/cycle")
    done = makers.go_on(waiting)

    assert (outcome(waiting), outcome(done)) == (("waiting", "rate_limited"), ("done", ""))
    assert between == makers.statuses("whoop", "v2/cycle") == [200]
    assert makers.statuses("whoop", "v2/recovery") == [429, 200]


def test_a_limit_of_whoop_is_one_of_all_its_people(makers: Makers, bens_api):
    makers.simulator.control("people", {"id": "sim-ben"})
    anas = makers.connect("whoop")
    makers.api = bens_api
    bens = makers.connect("whoop", person="sim-ben")
    makers.spoil("whoop", "rate_limited", times=1, reset_s=42)

    first = sync(anas, "cycle")
    second = sync(bens, "cycle")

    assert [outcome(first)[0], outcome(second)[0]] == ["waiting", "waiting"]
    assert (seconds(first), seconds(second)) == (42, 42)
    assert makers.statuses("whoop", "v2/cycle") == [429]


def test_a_limit_of_oura_is_one_of_a_person(makers: Makers, bens_api):
    makers.simulator.control("people", {"id": "sim-ben"})
    anas = makers.connect("oura")
    makers.api = bens_api
    bens = makers.connect("oura", person="sim-ben")
    makers.spoil("oura", "rate_limited", times=1)

    runs = [sync(anas, "daily_activity"), sync(bens, "daily_activity")]

    assert [run.status for run in runs] == ["waiting", "done"]


@pytest.mark.parametrize(
    ("slug", "kind"), [*((slug, "server_error") for slug in ASKED), ("oura", "timeout")]
)
def test_a_maker_that_does_not_answer_is_asked_again(makers: Makers, settings, slug, kind):
    device = makers.connect_as_asked(slug)
    usual, settings.WEARABLE_TIMEOUT_S = settings.WEARABLE_TIMEOUT_S, 0.3
    makers.spoil(slug, kind, times=1, delay_s=0.5)

    waiting = sync(device, DAYS[slug][0])
    settings.WEARABLE_TIMEOUT_S = usual
    done = makers.go_on(waiting)

    device.refresh_from_db()
    assert (outcome(waiting), seconds(waiting)) == (("waiting", "unavailable"), 48)
    assert (outcome(done), device.status) == (("done", ""), "active")
    assert not Notification.objects.exists()


def test_a_maker_that_fails_six_times_is_left_for_the_next_sync(makers: Makers):
    device = makers.connect("oura")
    makers.spoil("oura", "server_error")

    run = sync(device, "daily_activity")
    waits = [seconds(run)]
    for _ in range(4):
        run, before = makers.go_on(run), run.due_at
        waits.append((run.due_at - before).total_seconds())
    last = makers.go_on(run)
    makers.mend()
    ProviderState.objects.update(paused_until=None, failures=0)

    assert waits == [48, 96, 192, 384, 768]
    assert outcome(last) == ("failed", "unavailable")
    device.refresh_from_db()
    assert device.status == "active"
    assert outcome(sync(device, "daily_activity")) == ("done", "")


def test_of_a_maker_that_is_silent_nobody_asks_until_one_has_tried(makers: Makers):
    devices = [makers.connect("oura")]
    makers.spoil("oura", "server_error")
    for _ in range(5):
        run = sync(devices[0], "daily_activity")
        run.delete()
    asked = len(makers.calls("oura", "daily_activity"))

    held = sync(devices[0], "daily_activity")
    makers.mend()
    done = makers.go_on(held)

    assert outcome(held) == ("waiting", "unavailable")
    assert len(makers.calls("oura", "daily_activity")) == asked + 1
    assert outcome(done) == ("done", "")
    assert ProviderState.objects.get(slug="oura").failures == 0


@pytest.mark.parametrize(
    ("slug", "path", "data_types", "lost"),
    [
        ("oura", "workout", ("daily_activity", "workout"), "workout"),
        ("whoop", "recovery", ("cycle", "recovery"), "recovery"),
        ("fitbit", "dataTypes/sleep", ("steps", "sleep"), "sleep"),
        ("garmin", "hrv", ("dailies", "hrv"), "hrv"),
    ],
)
def test_what_is_forbidden_takes_its_data_alone_and_is_tried_once_a_week(
    makers: Makers, slug, path, data_types, lost
):
    device = makers.connect_as_asked(slug)
    makers.spoil(slug, "membership_lapsed", path=path)

    first = sync(device, *data_types)
    device.refresh_from_db()
    unavailable = device.unavailable
    makers.mend()
    second = sync(device, *data_types)
    between = makers.statuses(slug, path)
    makers.later(dt.timedelta(days=7))
    third = sync(device, *data_types)

    device.refresh_from_db()
    assert [outcome(run) for run in (first, second, third)] == [("done", "")] * 3
    assert (unavailable, device.unavailable, device.status) == ({lost: "forbidden"}, {}, "active")
    assert between == [403]
    assert makers.statuses(slug, path)[-1] == 200


def test_a_maker_that_gave_up_an_address_is_asked_by_nobody(makers: Makers, caplog):
    device = makers.connect("oura")
    makers.spoil("oura", "retired", times=1)

    first = sync(device, "daily_activity")
    second = sync(device, "daily_activity")

    device.refresh_from_db()
    assert outcome(first) == ("failed", "retired")
    assert outcome(second) == ("failed", "provider_disabled")
    assert (device.status, makers.statuses("oura", "daily_activity")) == ("active", [410])
    assert caplog.messages.count("oura has retired an address that we ask; it is disabled.") == 1


@pytest.mark.parametrize("slug", ["garmin", "oura"])
def test_an_answer_that_is_no_json_is_told_and_not_asked_for_again(makers: Makers, slug):
    device = makers.connect_as_asked(slug)
    makers.spoil(slug, "unreadable", times=1)

    run = sync(device, DAYS[slug][0])

    device.refresh_from_db()
    assert outcome(run) == ("failed", "unreadable")
    assert counts(run) == (0, 0, 0)
    assert device.status == "active"


@pytest.mark.parametrize("slug", ["oura", "whoop", "fitbit"])
def test_a_token_that_is_refused_is_renewed_once(makers: Makers, slug):
    device = makers.connect(slug)
    makers.spoil(slug, "unauthorized", times=1)

    run = sync(device, DAYS[slug][0])

    assert outcome(run) == ("done", "")
    assert makers.statuses(slug, "/token") == [200, 200]


@pytest.mark.parametrize("slug", ["oura", "whoop", "fitbit"])
def test_two_tokens_that_are_refused_ask_to_connect_again(makers: Makers, slug):
    device = makers.connect(slug)
    makers.spoil(slug, "unauthorized")

    run = sync(device, DAYS[slug][0])

    device.refresh_from_db()
    assert outcome(run) == ("failed", "reauth_required")
    assert device.status == "reauth_required"
    assert makers.statuses(slug, "/token") == [200, 200]


def test_a_run_that_waits_is_not_asked_for_twice(makers: Makers):
    device = makers.connect("oura")
    makers.spoil("oura", "rate_limited", times=1)
    waiting = sync(device)

    again = syncing.request_manual(device=device)
    work_off()

    assert again.pk == waiting.pk
    assert read(again).status == "waiting"
