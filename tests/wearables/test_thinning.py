"""Heart rates that are old are kept by the minute, but inside of workouts."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from tests.factories.wearables import RecordedWorkoutFactory
from tests.factories.workouts import WorkoutFactory
from tests.wearables.told import DAY, NOW, RING, WATCH, at, garmin, oura, put, rates, stored
from users.models import User
from wearables.models import HeartRateData, HeartRateKeeping
from wearables.selectors import heart_rate as selectors
from wearables.services import heart_rate
from wearables.services.thinning import thin_heart_rates

pytestmark = pytest.mark.django_db

# All of DAY is old by then.
LATER = NOW + dt.timedelta(days=31)


def thinned(user: User) -> list[tuple[Any, ...]]:
    rows = HeartRateData.objects.filter(user=user).order_by("timestamp")
    return list(rows.values_list("timestamp", "heart_rate", "lowest", "highest", "samples"))


def test_what_is_old_is_kept_by_the_minute(ana):
    put(garmin(ana), rates((at(9, 0, 15), 60), (at(9, 0, 45), 71), (at(9, 1, 5), 80)))
    before = selectors.rates_by_hour(ana.pk, at(0), at(24), "UTC")

    gone = thin_heart_rates(LATER)

    assert gone == 1
    assert thinned(ana) == [(at(9, 0, 15), 66, 60, 71, 2), (at(9, 1, 5), 80, 80, 80, 1)]
    after = selectors.rates_by_hour(ana.pk, at(0), at(24), "UTC")
    assert [(row["min"], row["max"], row["count"]) for row in after] == [
        (row["min"], row["max"], row["count"]) for row in before
    ]


def test_what_is_not_old_stays_as_it_is(ana):
    put(garmin(ana), rates((at(9, 0, 15), 60), (at(9, 0, 45), 71)))

    gone = thin_heart_rates(at(9) + dt.timedelta(days=30))

    assert gone == 0
    assert stored(ana) == [(at(9, 0, 15), 60, 1), (at(9, 0, 45), 71, 1)]


def test_workouts_keep_every_sample_whoever_logged_them(ana):
    WorkoutFactory(user=ana, started_at=at(9), finished_at=at(9, 0, 30))
    RecordedWorkoutFactory(device=oura(ana), started_at=at(10), finished_at=at(10, 1))
    told = [(at(hour, 0, second), 60 + second) for hour in (9, 10, 11) for second in (10, 20, 40)]
    put(garmin(ana), rates(*told))

    thin_heart_rates(LATER)

    assert stored(ana) == [
        (at(9, 0, 10), 70, 1),
        (at(9, 0, 20), 80, 1),
        (at(9, 0, 40), 100, 1),
        (at(10, 0, 10), 70, 1),
        (at(10, 0, 20), 80, 1),
        (at(10, 0, 40), 100, 1),
        (at(11, 0, 10), 83, 3),
    ]


def test_sources_are_thinned_apart(ana):
    put(garmin(ana), rates((at(9, 0, 1), 60), (at(9, 0, 3), 62), source=WATCH))
    put(oura(ana), rates((at(9, 0, 2), 80), source=RING))

    thin_heart_rates(LATER)

    assert thinned(ana) == [(at(9, 0, 1), 61, 60, 62, 2), (at(9, 0, 2), 80, 80, 80, 1)]


def test_thinned_samples_that_come_again_are_not_doubled_and_new_ones_are_added(ana):
    device = garmin(ana)
    told = rates((at(9, 0, 15), 60), (at(9, 0, 45), 70))
    put(device, told)
    thin_heart_rates(LATER)

    again = put(device, told)
    other = put(device, rates((at(10, 0, 15), 90), (at(10, 0, 45), 92)))
    thin_heart_rates(LATER)

    assert (again, other) == (0, 2)
    assert thinned(ana) == [(at(9, 0, 15), 65, 60, 70, 2), (at(10, 0, 15), 91, 90, 92, 2)]


def test_samples_of_a_workout_that_is_gone_are_thinned_as_others(ana):
    put(garmin(ana), rates((at(9, 0, 15), 60), (at(9, 0, 45), 70)))
    gone = UUID(int=1)
    heart_rate.link_workout(user_id=ana.pk, workout_id=gone, started_at=at(9), finished_at=at(10))

    thin_heart_rates(LATER)

    assert thinned(ana) == [(at(9, 0, 15), 65, 60, 70, 2)]
    assert HeartRateData.objects.get(user=ana).workout_id is None


def test_thinning_goes_on_where_it_was_and_comes_back_for_late_samples(ana, ben):
    put(garmin(ana), rates((at(9), 60), (at(33), 61)))
    put(garmin(ben), rates((at(9), 60)))
    thin_heart_rates(at(34) + dt.timedelta(days=30))
    first = dict(HeartRateKeeping.objects.values_list("pk", "thin_from"))
    put(oura(ana), rates((at(3), 50)))
    late = HeartRateKeeping.objects.get(pk=ana.pk).thin_from

    thin_heart_rates(LATER)

    tuesday = DAY + dt.timedelta(days=1)
    assert first == {ana.pk: tuesday, ben.pk: tuesday}
    assert late == DAY
    assert (
        HeartRateKeeping.objects.get(pk=ana.pk).thin_from == (LATER - dt.timedelta(days=30)).date()
    )
    assert [low for _, _, low, _, _ in thinned(ana)] == [50, 60, 61]
