"""Of each metric of a day, one source counts, with a reason."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.wearables import DailyActivityFactory, DeviceFactory, SourcePriorityFactory
from tests.wearables.told import (
    BAND,
    DAY,
    NOW,
    PHONE,
    RING,
    WATCH,
    at,
    day,
    garmin,
    iphone,
    oura,
    polar,
    sleep,
)
from users.models import Tombstone, User
from users.ownership import advance_clock
from users.services.settling import Settled
from wearables.models import DailyActivity, DailyActivitySource, WearableDevice
from wearables.readings import DAY_METRICS, DayReading, Source
from wearables.services.days import settle_days
from wearables.services.ingest import store

pytestmark = pytest.mark.django_db

MANUAL = Source(name="Health", kind="manual")
COPY = Source(name="Oura", kind="ring", app="com.ouraring.oura")


def tell(device: WearableDevice, *readings: DayReading) -> None:
    store(device=device, readings=readings, now=NOW)


def settle(user: User) -> Settled:
    return settle_days(user_id=user.pk, revision=advance_clock(user.pk), dates=[DAY])


def the_day(user: User) -> DailyActivity:
    return DailyActivity.objects.get(user=user, date=DAY)


def reasons(user: User) -> dict[str, str]:
    return {metric: told["reason"] for metric, told in the_day(user).sources.items()}


def test_of_three_devices_each_metric_has_one_source_and_none_is_a_sum(ana):
    watch, ring, phone = garmin(ana), oura(ana), iphone(ana)
    tell(phone, day(PHONE, steps=9100, distance=7.0, floors_climbed=12))
    tell(ring, day(RING, steps=8800, total_calories=2300))
    tell(watch, day(WATCH, steps=9000, distance=6.8, worn_minutes=840))

    row = the_day(ana)

    assert (row.steps, row.distance, row.total_calories) == (9000, 6.8, 2300)
    assert (row.floors_climbed, row.active_minutes) == (12, None)
    assert row.device == watch
    assert row.sources == {
        "steps": {
            "device": str(watch.pk),
            "source": "Garmin",
            "reason": "Garmin: a watch goes before a ring, worn 14 h",
        },
        "distance": {
            "device": str(watch.pk),
            "source": "Garmin",
            "reason": "Garmin: a watch goes before a phone, worn 14 h",
        },
        "total_calories": {
            "device": str(ring.pk),
            "source": "Oura",
            "reason": "Oura: the only source",
        },
        "floors_climbed": {
            "device": str(phone.pk),
            "source": "Ana's iPhone",
            "reason": "Ana's iPhone: the only source",
        },
    }


ORDER = (
    (garmin, WATCH, "Garmin: a watch goes before a band"),
    (polar, BAND, "Polar: a band goes before a ring"),
    (oura, RING, "Oura: a ring goes before a phone"),
    (iphone, PHONE, "Ana's iPhone: a phone goes before a service"),
    (iphone, Source(name="Withings"), "Withings: a service goes before an entry by hand"),
    (iphone, MANUAL, "Health: the only source"),
)


@pytest.mark.parametrize("first", range(len(ORDER)))
def test_kinds_of_sources_have_an_order(ana, first):
    for make, source, _ in reversed(ORDER[first:]):
        known = WearableDevice.objects.filter(user=ana, connection_mode="push")
        tell(known.first() if make is iphone and known else make(ana), day(source, steps=first))

    assert reasons(ana) == {"steps": ORDER[first][2]}


def test_an_estimate_comes_last(ana):
    tell(garmin(ana), day(WATCH, distance=6.8, estimated=("distance",)))
    tell(iphone(ana), day(PHONE, distance=7.1))

    assert the_day(ana).distance == 7.1
    assert reasons(ana) == {"distance": "Ana's iPhone: measured, where others estimate"}


def test_of_two_watches_the_one_worn_longer_counts_and_then_the_later_update(ana):
    worn, short = garmin(ana), DeviceFactory(user=ana, provider="fitbit")
    tell(worn, day(WATCH, steps=9000, worn_minutes=600))
    tell(short, day(WATCH, steps=9500, worn_minutes=599))
    longer = reasons(ana)
    DailyActivitySource.objects.filter(device=short).write(worn_minutes=600)
    DailyActivitySource.objects.filter(device=short).write(updated_at=NOW + dt.timedelta(days=900))

    settle(ana)

    assert longer == {"steps": "Garmin: worn longer, worn 10 h"}
    assert reasons(ana) == {"steps": "Fitbit and Google Health: the latest update"}
    assert the_day(ana).steps == 9500


def test_a_copy_through_a_phones_store_counts_for_nothing_while_its_maker_is_connected(ana):
    ring, phone = oura(ana), iphone(ana)
    tell(phone, day(COPY, steps=8800, floors_climbed=3))
    alone = DailyActivity.objects.filter(user=ana).exists()
    ring.delete()

    settle(ana)

    assert not alone
    assert (the_day(ana).steps, the_day(ana).floors_climbed) == (8800, 3)


@pytest.mark.parametrize(
    ("standing", "counts"),
    [
        ({"status": "reauth_required"}, False),
        ({"status": "disconnected"}, True),
        ({"is_active": False}, True),
    ],
)
def test_a_copy_counts_again_once_its_maker_is_no_longer_connected(ana, standing, counts):
    ring = oura(ana)
    WearableDevice.objects.filter(pk=ring.pk).write(**standing)

    tell(iphone(ana), day(COPY, steps=8800))

    assert DailyActivity.objects.filter(user=ana).exists() is counts


def test_days_of_a_disconnected_device_still_count(ana):
    watch = garmin(ana)
    tell(watch, day(WATCH, steps=9000))
    WearableDevice.objects.filter(pk=watch.pk).write(status="disconnected", is_active=False)
    tell(iphone(ana), day(PHONE, steps=9100))

    assert the_day(ana).steps == 9000


def test_the_persons_order_goes_before_ours_and_before_what_is_measured(ana):
    watch, ring = garmin(ana), oura(ana)
    SourcePriorityFactory(user=ana, metric="distance", devices=[str(ring.pk)])
    tell(watch, day(WATCH, steps=9000, distance=6.8))
    tell(ring, day(RING, steps=8800, distance=6.1, estimated=("distance",)))

    row = the_day(ana)

    assert (row.steps, row.distance) == (9000, 6.1)
    assert reasons(ana)["distance"] == "Oura: first in your order"


def test_zero_was_measured_and_nothing_was_not(ana):
    tell(garmin(ana), day(WATCH, steps=0))
    tell(iphone(ana), day(PHONE, steps=20, floors_climbed=0))

    row = the_day(ana)

    assert (row.steps, row.floors_climbed, row.active_minutes) == (0, 0, None)


def test_the_resting_heart_rate_is_of_whoever_recorded_the_night(ana):
    watch, ring = garmin(ana), oura(ana)
    tell(watch, day(WATCH, resting_heart_rate=55, steps=1, worn_minutes=900))
    tell(ring, day(RING, resting_heart_rate=52, steps=2))
    before = the_day(ana).resting_heart_rate

    store(device=ring, readings=[sleep(source=RING)], now=NOW)

    assert before == 55
    assert (the_day(ana).resting_heart_rate, the_day(ana).steps) == (52, 1)
    assert reasons(ana)["resting_heart_rate"] == "Oura: recorded the night's sleep"


def test_a_maker_that_is_read_itself_goes_before_a_phones_store_at_night(ana):
    phone = iphone(ana)
    tell(phone, day(Source(name="Ana's Watch", kind="watch"), resting_heart_rate=51))
    tell(oura(ana), day(RING, resting_heart_rate=52))

    assert the_day(ana).resting_heart_rate == 52
    assert reasons(ana) == {"resting_heart_rate": "Oura: read from its maker, before Ana's Watch"}


def test_a_day_without_sources_goes_with_a_tombstone(ana):
    tell(garmin(ana), day(WATCH, steps=9000))
    row = the_day(ana)
    DailyActivitySource.objects.filter(user=ana).remove()

    settled = settle(ana)

    assert settled == Settled(gone=1)
    assert not DailyActivity.objects.filter(user=ana).exists()
    assert Tombstone.objects.get(user=ana, object_id=row.pk).resource == "wearables.dailyactivity"


def test_a_day_that_is_right_is_not_written(ana):
    tell(garmin(ana), day(WATCH, steps=9000))
    before = DailyActivity.objects.values().get(user=ana)

    settled = settle(ana)

    assert settled == Settled()
    assert DailyActivity.objects.values().get(user=ana) == before


def test_other_days_and_other_people_are_left_alone(ana, ben):
    strange = DailyActivityFactory(device=oura(ben), steps=1)
    later = DailyActivityFactory(device=oura(ana), date=DAY + dt.timedelta(days=1), steps=2)

    tell(garmin(ana), day(WATCH, steps=9000))

    assert set(DailyActivity.objects.values_list("pk", flat=True)) >= {strange.pk, later.pk}


# --- Any of it ---------------------------------------------------------------------------------

_PLACES = {"watch": 0, "band": 1, "ring": 2, "phone": 3, "hub": 4, "manual": 5}
_AT_NIGHT = {"ring": 0, "watch": 0, "band": 0, "phone": 2, "hub": 3, "manual": 4}
_STORE = {"garmin": 0, "oura": 0, "apple_watch": 1}
_READINGS = st.lists(
    st.tuples(
        st.sampled_from(("garmin", "oura", "apple_watch")),
        st.sampled_from(sorted(_PLACES)),
        st.sampled_from(DAY_METRICS),
        st.integers(20, 250),
        st.booleans(),
        st.integers(0, 60),
    ),
    min_size=1,
    max_size=8,
    # One source tells of one metric once, and no two are worn as long.
    unique_by=(lambda told: told[:2], lambda told: told[5]),
)


def oracle(told: list[tuple[Any, ...]], ids: dict[str, str], order: list[str]) -> dict[str, Any]:
    """The value that counts of each metric, from the table of priorities alone."""
    counts: dict[str, tuple[Any, ...]] = {}
    for provider, kind, metric, value, estimated, worn in told:
        night = metric == "resting_heart_rate"
        rank: tuple[Any, ...] = (
            order.index(provider) if provider in order else 9,
            estimated,
            _STORE[provider] if night else 0,
            _AT_NIGHT[kind] if night else _PLACES[kind],
            -worn,
            ids[provider],
            kind,
        )
        if metric not in counts or rank < counts[metric][0]:
            counts[metric] = (rank, value)
    return {metric: value for metric, (_, value) in counts.items()}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=_READINGS, order=st.permutations(["garmin", "oura", "apple_watch"]), data=st.data())
def test_days_are_what_the_table_of_priorities_says_however_readings_arrive(
    ana, told, order, data
):
    with transaction.atomic():
        devices = {"garmin": garmin(ana), "oura": oura(ana), "apple_watch": iphone(ana)}
        own = order[: data.draw(st.integers(0, 3))]
        for metric in DAY_METRICS if own else ():
            SourcePriorityFactory(
                user=ana, metric=metric, devices=[str(devices[name].pk) for name in own]
            )
        for provider, kind, metric, value, estimated, worn in data.draw(st.permutations(told)):
            reading = DayReading(
                date=DAY,
                source=Source(name=kind, kind=kind),
                worn_minutes=worn,
                estimated=(metric,) if estimated else (),
                **{metric: value},
            )
            tell(devices[provider], reading)

        row = the_day(ana)

        ids = {name: str(device.pk) for name, device in devices.items()}
        expected = dict.fromkeys(DAY_METRICS) | oracle(told, ids, own)
        assert {metric: getattr(row, metric) for metric in DAY_METRICS} == expected
        assert settle(ana) == Settled()
        transaction.set_rollback(True)


def test_a_night_that_moves_takes_the_resting_heart_rate_with_it(ana):
    watch, ring = garmin(ana), oura(ana)
    tell(watch, day(WATCH, resting_heart_rate=55, worn_minutes=900))
    tell(ring, day(RING, resting_heart_rate=52))
    store(device=ring, readings=[sleep(source=RING)], now=NOW)
    before = the_day(ana).resting_heart_rate

    store(
        device=ring,
        readings=[sleep(source=RING, start=at(-25), date=DAY - dt.timedelta(days=1))],
        now=NOW,
    )

    assert (before, the_day(ana).resting_heart_rate) == (52, 55)
