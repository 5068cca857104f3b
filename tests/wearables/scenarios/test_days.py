"""Days and heart rates as makers tell them: nothing, zero, more than we know, and late."""

import datetime as dt

import pytest

from tests.wearables.scenarios.makers import (
    ASKED,
    DAY,
    DAYS,
    HOME,
    NIGHTS,
    TODAY,
    Makers,
    at,
    counts,
    outcome,
    sync,
    told,
)
from users.models import User
from wearables.models import DailyActivity, DailyActivitySource, HeartRateData, SleepData

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - DAY
METRICS = (
    "steps",
    "distance",
    "active_calories",
    "total_calories",
    "active_minutes",
    "floors_climbed",
    "resting_heart_rate",
)
# By steps; WHOOP counts none.
STEPPING = ("fitbit", "garmin", "oura", "polar")
WHOLE = {
    "steps": 12_345,
    "distance_m": 8600,
    "active_kcal": 620,
    "total_kcal": 2480,
    "moderate_s": 2400,
    "vigorous_s": 600,
    "floors": 11,
    "resting_bpm": 51,
}
# A kind of heart rate that each is asked for, and how far its samples are apart.
BEATS = {
    "fitbit": ("heart-rate", 60),
    "garmin": ("heart_rate", 120),
    "oura": ("heartrate", 300),
    "polar": ("continuous-heart-rate", 300),
}


def day_of(device, date: dt.date = YESTERDAY) -> tuple:
    return DailyActivitySource.objects.filter(device=device, date=date).values_list(*METRICS).get()


# --- What a day is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "values"),
    [
        ("fitbit", (12_345, 8.6, 620, 2480, 50, 11, 51)),
        ("garmin", (12_345, 8.6, 620, 2480, 50, 11, 51)),
        # The lowest of the night stands for the resting heart rate.
        ("oura", (12_345, 8.6, 620, 2480, 50, None, 47)),
        ("polar", (12_345, 8.6, 620, 2480, 50, None, None)),
    ],
)
def test_a_day_has_what_its_maker_measures(makers: Makers, slug, values):
    makers.edit("day", YESTERDAY, **WHOLE)
    makers.edit("sleep", YESTERDAY, lowest_bpm=47)
    device = makers.connect_as_asked(slug)

    run = sync(device, since=YESTERDAY, until=YESTERDAY)

    assert outcome(run) == ("done", "")
    assert day_of(device) == values


def test_a_day_of_whoop_has_its_energy_and_the_resting_heart_rate(makers: Makers):
    makers.edit("day", YESTERDAY, **WHOLE)
    makers.edit("sleep", YESTERDAY, start="2026-04-01T00:20:00+02:00")
    makers.edit("sleep", TODAY, start="2026-04-02T00:10:00+02:00")
    device = makers.connect("whoop")

    run = sync(device, *DAYS["whoop"], *NIGHTS["whoop"], since=YESTERDAY, until=YESTERDAY)

    assert outcome(run) == ("done", "")
    assert day_of(device) == (None, None, None, 2480, None, None, 51)


def test_int64_of_google_is_text_and_becomes_a_number(makers: Makers):
    makers.edit("day", YESTERDAY, steps=12_345)
    device = makers.connect("fitbit")
    sync(device, "steps", since=YESTERDAY, until=YESTERDAY)

    said = makers.simulator.request(
        "POST",
        "/fitbit/api/v4/users/me/dataTypes/steps/dataPoints:dailyRollUp",
        headers={"Authorization": f"Bearer {device.auth_token}"},
        json_body={
            "range": {"start": civil(YESTERDAY), "end": civil(TODAY)},
            "windowSizeDays": 1,
        },
    ).json()

    assert said["rollupDataPoints"][0]["steps"] == {"countSum": "12345"}
    assert told(device, "steps") == {"2026-04-01": 12_345}


def civil(date: dt.date) -> dict:
    return {"date": {"year": date.year, "month": date.month, "day": date.day}}


@pytest.mark.parametrize("slug", STEPPING)
def test_a_true_zero_is_zero_and_what_was_not_measured_is_nothing(makers: Makers, slug):
    makers.edit("day", YESTERDAY, steps=0, distance_m=0, active_kcal=None, resting_bpm=None)
    makers.edit("sleep", YESTERDAY, lowest_bpm=47)
    device = makers.connect_as_asked(slug)

    run = sync(device, *DAYS[slug], since=YESTERDAY, until=YESTERDAY)

    row = DailyActivitySource.objects.get(device=device, date=YESTERDAY)
    day = DailyActivity.objects.get(user=device.user_id, date=YESTERDAY)
    assert outcome(run) == ("done", "")
    assert (row.steps, row.distance, row.active_calories) == (0, 0.0, None)
    assert (day.steps, day.active_calories) == (0, None)


@pytest.mark.parametrize("slug", STEPPING)
def test_a_day_that_was_not_worn_is_none(makers: Makers, slug):
    makers.edit("day", YESTERDAY, absent=True)
    device = makers.connect_as_asked(slug)

    run = sync(device, *DAYS[slug], since=YESTERDAY - DAY, until=TODAY)

    assert outcome(run) == ("done", "")
    assert list(told(device, "steps")) == ["2026-03-31", "2026-04-02"]


@pytest.mark.parametrize("slug", ASKED)
def test_who_never_wore_anything_has_nothing(makers: Makers, ana: User, slug):
    makers.simulator.control("people", {"id": "sim-ana", "days": 0})
    device = makers.connect_as_asked(slug)

    run = sync(device)

    assert (outcome(run), counts(run)) == (("done", ""), (0, 0, 0))
    for model in (DailyActivity, DailyActivitySource, SleepData, HeartRateData):
        assert not model.objects.filter(user=ana).exists()


@pytest.mark.parametrize("slug", ["fitbit", "polar"])
@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-03-30T12:00:00+00:00", dt.date(2026, 3, 29)),
        ("2026-10-26T12:00:00+00:00", dt.date(2026, 10, 25)),
    ],
)
def test_days_of_23_and_25_hours_are_days_once(makers: Makers, slug, now, day):
    makers.clock.move_to(dt.datetime.fromisoformat(now))
    makers.simulator.control("reset", {"seed": 7})
    for shift in (-1, 0, 1):
        makers.edit("day", day + shift * DAY, steps=9000 + shift)
    device = makers.connect_as_asked(slug)

    run = sync(device, *DAYS[slug], since=day - DAY, until=day + DAY)

    assert outcome(run) == ("done", "")
    assert list(told(device, "steps").values()) == [8999, 9000, 9001]


# --- What nobody expects -------------------------------------------------------------------------


def everything(user: User) -> list:
    days = DailyActivitySource.objects.filter(user=user).order_by("date")
    nights = SleepData.objects.filter(user=user).order_by("sleep_start")
    fields = ("date", "sleep_start", "sleep_end", "duration", "deep_sleep", "sleep_score", "role")
    return [*days.values_list("date", *METRICS), *nights.values_list(*fields)]


@pytest.mark.parametrize("kind", ["extra_fields", "unknown_values"])
@pytest.mark.parametrize("slug", ASKED)
def test_fields_and_words_that_we_do_not_know_change_nothing(
    makers: Makers, ana: User, slug, kind
):
    device = makers.connect_as_asked(slug)
    kinds = (*DAYS[slug], *NIGHTS[slug])
    sync(device, *kinds, since=YESTERDAY)
    before = everything(ana)
    makers.spoil(slug, kind)

    run = sync(device, *kinds, since=YESTERDAY)

    assert (outcome(run), counts(run)) == (("done", ""), (0, 0, 0))
    assert everything(ana) == before
    assert len(before) > 2


@pytest.mark.parametrize("slug", ASKED)
def test_fields_that_are_missing_are_unknown_and_take_nothing_away(
    makers: Makers, ana: User, slug
):
    device = makers.connect_as_asked(slug)
    kinds = (*DAYS[slug], *NIGHTS[slug])
    makers.edit("day", YESTERDAY, **WHOLE)
    sync(device, *kinds, since=YESTERDAY)
    before = everything(ana)
    makers.spoil(slug, "missing_fields")

    run = sync(device, *kinds, since=YESTERDAY)

    assert outcome(run) == ("done", "")
    assert everything(ana) == before


@pytest.mark.parametrize("slug", ASKED)
def test_nights_without_optional_fields_are_nights(makers: Makers, slug):
    makers.edit("sleep", TODAY, start="2026-04-01T22:30:00+02:00", end="2026-04-02T06:00:00+02:00")
    makers.spoil(slug, "missing_fields")
    device = makers.connect_as_asked(slug)

    run = sync(device, *NIGHTS[slug], since=TODAY, until=TODAY)

    rows = SleepData.objects.filter(device=device, date=TODAY, role="main")
    assert outcome(run) == ("done", "")
    assert list(rows.values_list("sleep_start", "sleep_end", "deep_sleep")) == [
        (at(YESTERDAY, 20, 30), at(TODAY, 4), None)
    ]


@pytest.mark.parametrize("slug", BEATS)
def test_gaps_in_heart_rates_are_no_samples(makers: Makers, slug):
    data_type, step_s = BEATS[slug]
    start = dt.datetime.combine(YESTERDAY, dt.time(), HOME)
    end = dt.datetime.combine(TODAY, dt.time(), HOME)
    beats = dict(makers.world.heart(makers.person, start, end, step_s=step_s))
    device = makers.connect_as_asked(slug)

    run = sync(device, data_type, since=YESTERDAY, until=YESTERDAY)

    rows = HeartRateData.objects.filter(device=device).values_list("timestamp", "heart_rate")
    assert outcome(run) == ("done", "")
    assert None in beats.values()
    assert dict(rows) == {at: bpm for at, bpm in beats.items() if bpm is not None}


# --- What comes late -----------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["garmin", "polar"])
def test_days_that_come_late_are_seen_by_the_daily_or_the_weekly_look(makers: Makers, slug):
    days = [TODAY - shift * DAY for shift in (2, 5, 7)]
    for day in days:
        makers.edit("day", day, steps=6000)
    device = makers.connect_as_asked(slug)
    kind = DAYS[slug][0]
    sync(device, kind)
    for day in days:
        makers.edit("day", day, steps=9000)

    def seen() -> list[int]:
        steps = told(device, "steps")
        return [steps[day.isoformat()] for day in days]

    makers.later(DAY)
    sync(device, kind)
    at_once = seen()
    makers.later(6 * DAY)
    sync(device, kind)

    assert at_once == [9000, 6000, 6000]
    assert seen() == [9000, 9000, 9000]


def test_of_three_devices_a_watch_tells_the_steps(makers: Makers, ana: User):
    makers.edit("day", YESTERDAY, moderate_s=1800, vigorous_s=0)
    devices = {slug: makers.connect_as_asked(slug) for slug in ("oura", "polar", "garmin")}
    for slug, device in devices.items():
        sync(device, *DAYS[slug], since=YESTERDAY, until=YESTERDAY)

    day = DailyActivity.objects.get(user=ana, date=YESTERDAY)
    walked = makers.person.day(YESTERDAY).numbers["steps"]
    rows = {slug: told(device, "steps")["2026-04-01"] for slug, device in devices.items()}
    assert rows == {
        "oura": round(walked * 0.95),
        "polar": round(walked * 0.98),
        "garmin": round(walked * 1.02),
    }
    assert day.steps == rows["garmin"]
    assert day.sources["steps"]["device"] == str(devices["garmin"].pk)
    assert day.sources["steps"]["reason"] == "Garmin: a watch goes before a band"


def test_whose_watch_is_gone_goes_by_the_next_best(makers: Makers, ana: User):
    devices = {slug: makers.connect_as_asked(slug) for slug in ("oura", "garmin")}
    for slug, device in devices.items():
        sync(device, *DAYS[slug], since=YESTERDAY, until=YESTERDAY)

    response = makers.api.delete(f"/api/v1/devices/{devices['garmin'].pk}/")

    walked = makers.person.day(YESTERDAY).numbers["steps"]
    day = DailyActivity.objects.get(user=ana, date=YESTERDAY)
    assert response.status_code == 204
    assert (day.steps, day.device_id) == (round(walked * 0.95), devices["oura"].pk)
