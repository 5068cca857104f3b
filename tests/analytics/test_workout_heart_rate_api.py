"""Zones and training impulse of a workout, over HTTP."""

import datetime as dt

import pytest

from tests.factories.wearables import DailyActivityFactory, DeviceFactory, HeartRateFactory
from tests.factories.workouts import WorkoutFactory
from users.ids import uuid7
from users.models import UserProfile
from wearables.services.partitions import ensure_months
from workouts.models import Workout

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 2)
SIX = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)


@pytest.fixture
def run(ana) -> Workout:
    """An hour; its 40-year-old has a highest heart rate of 180."""
    ensure_months([DAY.replace(day=1)])
    UserProfile.objects.filter(user=ana).update(date_of_birth="1986-01-01", sex="male")
    return WorkoutFactory(
        user=ana, date=DAY, started_at=SIX, finished_at=SIX + dt.timedelta(hours=1), duration=60
    )


def url(workout) -> str:
    return f"/api/v1/workouts/{workout.pk}/heart-rate/"


def beat(user, bpm: int, *, first: int, minutes: int, **values) -> None:
    """A sample every minute from the given one on."""
    device = values.pop("device", None) or DeviceFactory(user=user)
    for minute in range(first, first + minutes):
        at = SIX + dt.timedelta(minutes=minute)
        HeartRateFactory(device=device, timestamp=at, heart_rate=bpm, **values)


def test_minutes_are_counted_by_zone_and_weighed(api, ana, run):
    device = DeviceFactory(user=ana)
    beat(ana, 100, first=0, minutes=10, device=device)
    beat(ana, 170, first=10, minutes=6, device=device)

    answer = api.get(url(run)).json()

    assert [zone["minutes"] for zone in answer["zones"]] == [10.0, 0.0, 0.0, 0.0, 5.0]
    assert (answer["edwards"]["trimp"], answer["banister"]) == (35.0, None)
    assert (answer["samples"], answer["max_bpm"], answer["highest_bpm"]) == (16, 170, 180.0)
    assert (answer["measured_minutes"], answer["average_bpm"]) == (15.0, 123.3)
    assert len(answer["minutes"]) == 16


def test_with_a_usual_resting_rate_the_reserve_is_weighed_too(api, ana, run):
    day = DailyActivityFactory(device__user=ana, resting_heart_rate=50)
    UserProfile.objects.filter(user=ana).update(date_of_birth="1999-11-01")
    beat(ana, 150, first=0, minutes=60, device=day.device)

    answer = api.get(url(run)).json()

    assert answer["rest_bpm"] == 50.0
    # 59 minutes at 150 between 50 and 189.8 beats.
    assert answer["banister"]["trimp"] == 106.7


def test_in_a_minute_of_two_sources_the_better_one_counts(api, ana, run):
    beat(ana, 100, first=0, minutes=10, source_rank=0)
    ring = DeviceFactory(user=ana, provider="whoop")
    for minute in range(10):
        at = SIX + dt.timedelta(minutes=minute, seconds=30)
        HeartRateFactory(device=ring, timestamp=at, heart_rate=180, source_rank=3)

    answer = api.get(url(run)).json()

    assert (answer["samples"], answer["max_bpm"]) == (10, 100)


def test_a_workout_that_nothing_measured_has_no_impulse(api, run):
    answer = api.get(url(run)).json()

    assert (answer["samples"], answer["average_bpm"], answer["edwards"]) == (0, None, None)
    assert answer["minutes"] == []


def test_without_an_age_there_are_no_zones(api, ana, run):
    UserProfile.objects.filter(user=ana).update(date_of_birth=None)
    beat(ana, 100, first=0, minutes=5)

    answer = api.get(url(run)).json()

    assert (answer["zones"], answer["highest_bpm"], answer["average_bpm"]) == ([], None, 100.0)


def test_the_workouts_of_others_are_not_there(bens_api, anonymous, api, run):
    assert bens_api.get(url(run)).status_code == 404
    assert anonymous.get(url(run)).status_code == 401
    assert api.get(f"/api/v1/workouts/{uuid7()}/heart-rate/").status_code == 404


@pytest.mark.parametrize("minutes", [2, 30])
def test_it_costs_two_queries_for_any_number_of_samples(
    api, ana, run, minutes, django_assert_num_queries
):
    beat(ana, 120, first=0, minutes=minutes)
    api.get(url(run))

    with django_assert_num_queries(3):  # the token, the workout, the samples
        api.get(url(run))
