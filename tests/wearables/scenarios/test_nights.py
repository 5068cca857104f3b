"""Nights as makers tell them: scored late, moved, deleted, across midnight and time zones."""

import datetime as dt

import pytest

from tests.factories.wearables import SourcePriorityFactory
from tests.wearables.scenarios.makers import (
    ASKED,
    DAY,
    NIGHTS,
    TODAY,
    Makers,
    at,
    counts,
    outcome,
    sync,
)
from users.models import User
from wearables.models import SleepData, SyncRun, WearableDevice

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - DAY
NOON = {"start": "2026-04-02T12:00:00+02:00", "end": "2026-04-02T12:40:00+02:00"}
NIGHT = {"deep": 90, "light": 240, "rem": 100, "awake": 25}
VALUES = ("duration", "deep_sleep", "light_sleep", "rem_sleep", "awake")
TIMES = ("date", "sleep_start", "sleep_end")
NO_SCORE = frozenset({"fitbit"})


def look(device: WearableDevice, slug: str) -> SyncRun:
    """Read last night."""
    return sync(device, *NIGHTS[slug], since=TODAY, until=TODAY)


def mains(device: WearableDevice, *fields: str) -> list[tuple]:
    """The night of today."""
    rows = SleepData.objects.filter(device=device, date=TODAY, deleted_at=None, role="main")
    return list(rows.values_list(*fields))


def of_today(device: WearableDevice, *fields: str) -> list[tuple]:
    rows = SleepData.objects.filter(device=device, date=TODAY, deleted_at=None)
    return list(rows.order_by("sleep_start").values_list(*fields))


def lie_down(makers: Makers, **values) -> None:
    """A night across midnight, of 430 minutes asleep."""
    night = {"start": "2026-04-01T22:30:00+02:00", "minutes": NIGHT, "score": 82}
    makers.edit("sleep", TODAY, **{**night, "hrv_ms": 55, "breaths": 14.5, **values})


# --- What a night is -----------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ASKED)
def test_a_night_across_midnight_is_of_the_day_of_waking_up(makers: Makers, slug):
    lie_down(makers)
    device = makers.connect_as_asked(slug)

    run = look(device, slug)

    assert outcome(run) == ("done", "")
    assert mains(device, *TIMES) == [(TODAY, at(YESTERDAY, 20, 30), at(TODAY, 4, 5))]
    assert mains(device, *VALUES) == [(430, 90, 240, 100, 25)]
    score, source = (None, "") if slug in NO_SCORE else (82, slug)
    # WHOOP's is no whole number.
    hrv = 55.25 if slug == "whoop" else 55.0
    assert mains(
        device, "sleep_score", "score_source", "hrv", "hrv_method", "respiratory_rate"
    ) == [(score, source, hrv, "rmssd", 14.5)]


@pytest.mark.parametrize("slug", ASKED)
def test_the_same_night_again_changes_nothing(makers: Makers, slug):
    lie_down(makers)
    device = makers.connect_as_asked(slug)
    look(device, slug)
    before = list(SleepData.objects.order_by("pk").values())

    run = look(device, slug)

    assert counts(run) == (0, 0, 0)
    assert list(SleepData.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("slug", ASKED)
def test_a_night_without_stages_has_none(makers: Makers, slug):
    lie_down(makers, stages=False)
    device = makers.connect_as_asked(slug)

    look(device, slug)

    # WHOOP always tells them.
    stages = (90, 240, 100) if slug == "whoop" else (None, None, None)
    assert mains(device, "duration", "deep_sleep", "light_sleep", "rem_sleep") == [(430, *stages)]


@pytest.mark.parametrize("slug", ["fitbit", "garmin", "oura", "whoop"])
def test_of_two_sleeps_and_a_nap_the_longest_is_the_night(makers: Makers, slug):
    lie_down(makers, which="main", start="2026-04-01T20:00:00+02:00")
    second = {"deep": 30, "light": 100, "rem": 40, "awake": 10}
    makers.edit("sleep", TODAY, which="second", start="2026-04-02T06:30:00+02:00", minutes=second)
    nap = {"deep": 0, "light": 40, "rem": 0, "awake": 5}
    makers.edit(
        "sleep", TODAY, which="nap", start="2026-04-02T12:10:00+02:00", minutes=nap, nap=True
    )
    device = makers.connect_as_asked(slug)

    run = look(device, slug)

    found = [
        (at(YESTERDAY, 18), 430, "main"),
        # Garmin's reader with a key has one night of a day.
        *([] if slug == "garmin" else [(at(TODAY, 4, 30), 170, "nap")]),
        (at(TODAY, 10, 10), 40, "nap"),
    ]
    assert outcome(run) == ("done", "")
    assert of_today(device, "sleep_start", "duration", "role") == found


def test_a_rest_is_no_sleep(makers: Makers):
    lie_down(makers)
    makers.edit("sleep", TODAY, which="rest", **NOON)
    device = makers.connect("oura")

    run = look(device, "oura")

    assert outcome(run) == ("done", "")
    assert len(makers.person.day(TODAY).sleeps) == 2
    assert [start for (start,) in of_today(device, "sleep_start")] == [at(YESTERDAY, 20, 30)]


def test_a_nap_that_turns_out_to_be_a_rest_goes(makers: Makers):
    lie_down(makers)
    makers.edit("sleep", TODAY, which="nap", **NOON)
    device = makers.connect("oura")
    look(device, "oura")
    makers.edit("sleep", TODAY, which="nap", kind="rest")

    run = look(device, "oura")

    assert counts(run) == (0, 0, 1)
    assert [start for (start,) in of_today(device, "sleep_start")] == [at(YESTERDAY, 20, 30)]


# --- What changes --------------------------------------------------------------------------------


def test_a_score_of_whoop_that_comes_late_fills_the_same_row(makers: Makers):
    lie_down(makers)
    makers.spoil("whoop", "pending_score")
    device = makers.connect("whoop")
    fields = ("is_final", "duration", "sleep_score", "hrv")

    first = look(device, "whoop")
    pending = mains(device, *fields)
    makers.mend()
    second = look(device, "whoop")
    scored = mains(device, *fields)
    makers.edit("sleep", TODAY, score_state="UNSCORABLE")
    third = look(device, "whoop")

    assert [run.status for run in (first, second, third)] == ["done"] * 3
    assert pending == [(False, None, None, None)]
    # What is taken back is not unknown: it is kept.
    assert scored == mains(device, *fields) == [(True, 430, 82, 55.25)]
    assert len(of_today(device, "pk")) == 1


def test_a_night_that_whoop_cannot_score_is_final_without_values(makers: Makers):
    lie_down(makers)
    makers.spoil("whoop", "unscorable")
    device = makers.connect("whoop")

    run = look(device, "whoop")

    assert outcome(run) == ("done", "")
    assert mains(device, "is_final", "duration", "sleep_score") == [(True, None, None)]


def test_a_tentative_night_of_garmin_is_replaced_by_the_final_one(makers: Makers):
    lie_down(makers)
    device = makers.connect("garmin")
    makers.spoil("garmin", "tentative")

    first = makers.tell("garmin", "sleeps", mode="push")
    tentative = mains(device, "is_final", "duration")
    makers.mend()
    makers.edit("sleep", TODAY, minutes={**NIGHT, "light": 250})
    second = makers.tell("garmin", "sleeps", mode="push")

    assert (first, second) == (200, 200)
    assert tentative == [(False, 430)]
    assert mains(device, "is_final", "duration") == [(True, 440)]
    assert len(of_today(device, "pk")) == 1


@pytest.mark.parametrize("slug", ASKED)
def test_a_night_whose_start_moves_stays_one_row(makers: Makers, slug):
    lie_down(makers)
    device = makers.connect_as_asked(slug)
    look(device, slug)
    before = mains(device, "pk", "external_id")
    makers.edit("sleep", TODAY, start="2026-04-01T22:00:00+02:00", score=85)

    run = look(device, slug)

    assert counts(run) == (0, 1, 0)
    assert mains(device, "pk", "external_id") == before
    assert mains(device, "sleep_start", "sleep_end", "duration") == [
        (at(YESTERDAY, 20), at(TODAY, 4, 5), 460)
    ]


def test_a_night_that_oura_lists_as_deleted_goes_and_may_come_back(makers: Makers):
    lie_down(makers)
    device = makers.connect("oura")
    look(device, "oura")
    makers.remove("sleep", TODAY)

    deleted = look(device, "oura")
    again = look(device, "oura")
    gone = of_today(device, "pk")
    lie_down(makers)
    back = look(device, "oura")

    assert [counts(run) for run in (deleted, again)] == [(0, 0, 1), (0, 0, 0)]
    assert (gone, outcome(back)) == ([], ("done", ""))
    assert mains(device, "duration") == [(430,)]
    assert SleepData.objects.filter(device=device, date=TODAY).count() == 1


# --- Clocks and places ---------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ASKED)
@pytest.mark.parametrize(
    ("now", "end", "minutes"),
    [
        # The clock goes on by an hour at two: from eleven to seven are seven hours.
        ("2026-03-29T12:00:00+00:00", (29, 5), 420),
        # And back by one at three: from eleven to seven are nine hours.
        ("2026-10-25T12:00:00+00:00", (25, 6), 540),
    ],
)
def test_a_night_in_which_the_clocks_change(makers: Makers, slug, now, end, minutes):
    makers.clock.move_to(dt.datetime.fromisoformat(now))
    makers.simulator.control("reset", {"seed": 7})
    today = dt.date.fromisoformat(now[:10])
    begin, awake = today - DAY, 20
    summer = end[1] == 6
    stages = {"deep": 60, "light": minutes - 60 - 60 - awake, "rem": 60, "awake": awake}
    start = f"{begin}T23:00:00+0{2 if summer else 1}:00"
    makers.edit("sleep", today, start=start, minutes=stages)
    device = makers.connect_as_asked(slug)

    run = sync(device, *NIGHTS[slug], since=today, until=today)

    rows = SleepData.objects.filter(device=device, date=today, role="main")
    assert outcome(run) == ("done", "")
    assert list(rows.values_list(*TIMES, "duration")) == [
        (today, at(begin, 21 if summer else 22), at(today, end[1]), minutes - awake)
    ]


@pytest.mark.parametrize("slug", ["fitbit", "oura", "whoop", "polar"])
@pytest.mark.parametrize(
    ("zone", "start", "date"),
    [
        # Up at 7 in Tokyo, when it is still yesterday at home.
        ("Asia/Tokyo", "2026-03-31T14:30:00+00:00", dt.date(2026, 4, 1)),
        # Up at 23 in Honolulu, when it is tomorrow at home.
        ("Pacific/Honolulu", "2026-04-01T01:30:00+00:00", dt.date(2026, 3, 31)),
    ],
)
def test_who_travels_wakes_up_on_the_day_of_the_place(makers: Makers, slug, zone, start, date):
    travel = {"from": "2026-03-30", "timezone": zone}
    makers.simulator.control("people", {"id": "sim-ana", "travels": [travel]})
    makers.edit("sleep", date, start=start, minutes=NIGHT)
    device = makers.connect(slug)

    run = sync(device, *NIGHTS[slug], since=date, until=date)

    begin = dt.datetime.fromisoformat(start)
    rows = SleepData.objects.filter(device=device, sleep_start=begin)
    assert outcome(run) == ("done", "")
    assert list(rows.values_list("date", "duration")) == [(date, 430)]


@pytest.mark.parametrize("slug", ["oura", "whoop"])
def test_an_edit_of_a_week_ago_is_seen_at_the_weekly_look(makers: Makers, slug):
    week_ago = TODAY - 7 * DAY
    makers.edit("sleep", week_ago, minutes=NIGHT)
    device = makers.connect_as_asked(slug)
    sync(device, *NIGHTS[slug])
    makers.edit("sleep", week_ago, minutes={**NIGHT, "deep": 120})
    rows = SleepData.objects.filter(device=device, date=week_ago, role="main")

    makers.later(DAY)
    sync(device, *NIGHTS[slug])
    daily = rows.get().deep_sleep
    makers.later(6 * DAY)
    sync(device, *NIGHTS[slug])

    assert (daily, rows.get().deep_sleep) == (90, 120)


def test_of_three_makers_the_one_that_the_person_prefers_tells_the_night(
    makers: Makers, ana: User
):
    lie_down(makers)
    slugs = ("polar", "oura", "garmin")
    devices = {slug: makers.connect_as_asked(slug) for slug in slugs}
    order = [str(devices["oura"].pk), str(devices["garmin"].pk)]
    SourcePriorityFactory(user=ana, metric="sleep", devices=order)

    for slug, device in devices.items():
        look(device, slug)

    assert {slug: of_today(device, "role", "reason") for slug, device in devices.items()} == {
        "polar": [("duplicate", "The same sleep as Oura tells of, which goes first")],
        "oura": [("main", "Oura: the night's sleep")],
        "garmin": [("duplicate", "The same sleep as Oura tells of, which goes first")],
    }
