"""What comes in pages, or in windows of so many days, comes whole and once."""

import datetime as dt

import pytest

from tests.wearables.scenarios.makers import (
    DAY,
    HOME,
    NOW,
    TODAY,
    Makers,
    counts,
    nights,
    outcome,
    sync,
    told,
)
from wearables.models import HeartRateData, RecordedWorkout, WearableDevice

pytestmark = pytest.mark.django_db

# Seventy days: more than any maker tells at once.
SINCE = TODAY - 69 * DAY


def slept(makers: Makers, slug: str) -> set[str]:
    """What the simulated person slept in these days, by the maker's names."""
    found = makers.world.sleeps(makers.person, SINCE, TODAY)
    return {makers.world.uuid(slug, makers.person, sleep.key) for sleep in found}


def names(device: WearableDevice) -> list[str]:
    """Of these days; WHOOP is asked for the days around them as well."""
    return [name for name, date in nights(device, "external_id", "date") if date >= SINCE]


def worn(makers: Makers) -> list[str]:
    """The days on which they wore anything."""
    days = makers.world.dates(makers.person, SINCE, TODAY)
    return [day.isoformat() for day in days if not makers.person.day(day).is_absent]


@pytest.mark.parametrize(
    ("slug", "path", "pages"),
    [
        # Thirty days at once, and those around them, in pages of twenty.
        ("oura", "usercollection/sleep", 5),
        # Thirty days at once, and those around them, in pages of 25.
        ("whoop", "activity/sleep", 5),
        # Ninety days at once, in pages of 25.
        ("fitbit", "dataTypes/sleep", 3),
    ],
)
def test_sleep_that_comes_in_pages_is_there_once_each(makers: Makers, slug, path, pages):
    device = makers.connect(slug)

    run = sync(device, "sleep", since=SINCE)

    assert outcome(run) == ("done", "")
    assert sorted(names(device)) == sorted(slept(makers, slug))
    assert counts(run)[1:] == (0, 0)
    assert makers.statuses(slug, path) == [200] * pages


@pytest.mark.parametrize("slug", ["oura", "whoop", "fitbit"])
def test_workouts_that_come_in_pages_are_there_once_each(makers: Makers, slug):
    device = makers.connect(slug)
    done = makers.world.workouts(makers.person, SINCE, TODAY)

    run = sync(device, "exercise" if slug == "fitbit" else "workout", since=SINCE)

    midnight = dt.datetime.combine(SINCE, dt.time(), HOME)
    rows = RecordedWorkout.objects.filter(device=device, started_at__gte=midnight)
    stored = rows.values_list("external_id", flat=True)
    expected = [makers.world.uuid(slug, makers.person, workout.key) for workout in done]
    assert outcome(run) == ("done", "")
    assert sorted(stored) == sorted(expected)
    assert len(expected) == 36


def test_heart_rates_of_oura_come_in_pages_of_a_week(makers: Makers):
    device = makers.connect("oura")
    first = TODAY - 7 * DAY
    start = dt.datetime.combine(first, dt.time(), HOME)
    beats = dict(makers.world.heart(makers.person, start, NOW, step_s=300))

    run = sync(device, "heartrate", since=first)

    stored = HeartRateData.objects.filter(device=device).values_list("timestamp", "heart_rate")
    assert outcome(run) == ("done", "")
    assert dict(stored) == {at: bpm for at, bpm in beats.items() if bpm is not None}
    # Eight days: a week of 2,016 samples less what was charged, in pages of 1,000, and a day.
    assert makers.statuses("oura", "heartrate") == [200, 200, 200]


@pytest.mark.parametrize(
    ("data_type", "metric", "calls"),
    [("steps", "steps", 1), ("total-calories", "total_calories", 5)],
)
def test_google_sums_up_ninety_days_at_once_or_fourteen(makers: Makers, data_type, metric, calls):
    device = makers.connect("fitbit")

    run = sync(device, data_type, since=SINCE)

    assert outcome(run) == ("done", "")
    assert list(told(device, metric)) == worn(makers)
    assert makers.statuses("fitbit", f"dataTypes/{data_type}") == [200] * calls


def test_polar_tells_28_days_at_once(makers: Makers):
    device = makers.connect("polar")

    run = sync(device, "activities", since=SINCE)

    assert outcome(run) == ("done", "")
    assert list(told(device, "steps")) == worn(makers)
    assert [
        (call["query"]["from"], call["query"]["to"])
        for call in makers.calls("polar", "users/activities")
    ] == [
        ("2026-01-23", "2026-02-19"),
        ("2026-02-20", "2026-03-19"),
        ("2026-03-20", "2026-04-02"),
    ]


def test_nights_of_polar_that_are_no_longer_listed_are_asked_for_by_their_dates(makers: Makers):
    device = makers.connect("polar")

    run = sync(device, "sleep", since=SINCE)

    days = makers.world.dates(makers.person, SINCE, TODAY)
    assert outcome(run) == ("done", "")
    assert [date for (date,) in nights(device, "date")] == [
        day for day in days if makers.world.main_sleep(makers.person, day)
    ]


def test_garmins_own_reader_asks_for_nights_by_the_month_and_workouts_by_twenty(makers: Makers):
    device = makers.connect_with_key()
    done = makers.world.workouts(makers.person, SINCE, TODAY)

    run = sync(device, "sleeps", "activities", since=SINCE)

    assert outcome(run) == ("done", "")
    assert sorted(start for (start,) in nights(device, "sleep_start")) == [
        sleep.start for sleep in makers.world.sleeps(makers.person, SINCE, TODAY)
    ]
    assert RecordedWorkout.objects.filter(device=device).count() == len(done) == 36
    assert makers.statuses("garmin", "SummariesByDate") == [200, 200, 200]
