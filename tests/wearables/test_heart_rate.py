"""Samples are stored once, count once a minute, and are kept by the minute when they are old."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.wearables import (
    ActivityImportFactory,
    RecordedWorkoutFactory,
    SourcePriorityFactory,
)
from tests.factories.workouts import WorkoutFactory
from tests.wearables.told import (
    BAND,
    DAY,
    NOW,
    RING,
    STRAP,
    WATCH,
    at,
    garmin,
    oura,
    put,
    rates,
    stored,
)
from users.localtime import day_bounds
from wearables.models import HeartRateData
from wearables.selectors import heart_rate as selectors
from wearables.services import heart_rate
from wearables.services.ingest import store
from wearables.services.partitions import ensure_months, existing_months, months_from

pytestmark = pytest.mark.django_db


def total(rows: list[dict[str, Any]]) -> int:
    return sum(row["count"] for row in rows)


# --- Storing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [3, 1200])
def test_the_same_samples_again_are_not_written(ana, count):
    device = garmin(ana)
    told = rates(*((at(9, 0, second), 60 + second % 7) for second in range(count)))

    first, second = put(device, told), put(device, told)

    assert (first, second) == (count, 0)
    assert stored(ana) == [(at(9, 0, n), 60 + n % 7, 1) for n in range(count)]


def test_of_one_instant_the_better_source_counts_and_else_the_later(ana):
    put(garmin(ana), rates((at(9), 60), source=WATCH), rates((at(9), 61), source=RING))
    put(oura(ana), rates((at(9), 62), source=RING))
    ring = stored(ana)
    put(oura(ana), rates((at(9), 63), source=STRAP), rates((at(9), 64), source=STRAP))

    assert ring == [(at(9), 60, 1)]
    assert stored(ana) == [(at(9), 64, 1)]


def test_samples_of_a_session_are_as_good_as_a_watchs(ana):
    device = garmin(ana)

    put(device, rates((at(9), 60), source=BAND), session=True)
    put(device, rates((at(9, 1), 61), source=STRAP), session=True)

    ranks = HeartRateData.objects.order_by("timestamp").values_list("source_rank", flat=True)
    assert list(ranks) == [1, 0]


def test_samples_that_come_later_belong_to_the_workout_of_their_time(ana):
    workout = WorkoutFactory(user=ana)
    RecordedWorkoutFactory(
        device=garmin(ana), started_at=at(18), finished_at=at(19), workout=workout, is_primary=True
    )

    put(oura(ana), rates((at(17, 59), 80), (at(18), 90), (at(19), 95), (at(19, 1), 85)))

    assert list(
        HeartRateData.objects.filter(workout=workout).values_list("heart_rate", flat=True)
    ) == [90, 95]


def test_a_workout_is_linked_and_forgotten(ana, ben):
    put(garmin(ana), rates((at(17), 80), (at(18), 90)))
    put(garmin(ben), rates((at(18), 91)))
    workout = WorkoutFactory(user=ana)

    heart_rate.link_workout(
        user_id=ana.pk, workout_id=workout.pk, started_at=at(18), finished_at=at(19)
    )
    linked = list(HeartRateData.objects.exclude(workout=None).values_list("user", "heart_rate"))
    heart_rate.forget_workout(user_id=ana.pk, workout_id=workout.pk)

    assert linked == [(ana.pk, 90)]
    assert not HeartRateData.objects.exclude(workout=None).exists()


def test_a_device_that_goes_leaves_the_samples_of_workouts(ana):
    watch, ring = garmin(ana), oura(ana)
    put(watch, rates((at(9), 60), (at(18), 90)))
    put(ring, rates((at(10), 61)))
    workout = WorkoutFactory(user=ana)
    heart_rate.link_workout(
        user_id=ana.pk, workout_id=workout.pk, started_at=at(18), finished_at=at(19)
    )

    heart_rate.forget_device(ana.pk, watch.pk)

    kept = HeartRateData.objects.order_by("timestamp").values_list("heart_rate", "device")
    assert list(kept) == [(61, ring.pk), (90, None)]


def test_an_undone_import_takes_its_samples_along(ana):
    bringing = ActivityImportFactory(user=ana).pk
    put(garmin(ana), rates((at(9), 60)))
    put(garmin(ana), rates((at(10), 61), (at(11), 62)), imported_by=bringing)

    heart_rate.forget_import(ana.pk, bringing, at(10), at(11))
    heart_rate.forget_import(ana.pk, bringing, None, None)

    assert stored(ana) == [(at(9), 60, 1)]


# --- Months ------------------------------------------------------------------------------------


def test_samples_make_the_months_that_they_need(ana):
    old = dt.datetime(2004, 2, 29, 23, 59, 59, tzinfo=dt.UTC)

    store(
        device=garmin(ana),
        readings=[rates((old, 60), (old + dt.timedelta(seconds=1), 61))],
        now=NOW,
    )

    assert {name[-7:] for name in existing_months()} >= {"2004_02", "2004_03"}
    assert [rate for _, rate, _ in stored(ana)] == [60, 61]


def test_months_are_made_once():
    first, second = ensure_months([dt.date(2003, 5, 9)]), ensure_months([dt.date(2003, 5, 31)])

    assert (first, second) == ([dt.date(2003, 5, 1)], [])


def test_months_go_on_after_december():
    december = dt.date(2026, 12, 31)

    assert months_from(december, 2) == [dt.date(2026, 12, 1), dt.date(2027, 1, 1)]


def test_the_command_makes_the_next_months_and_lists_them(capsys):
    call_command("partition_heart_rates", months=0)
    capsys.readouterr()

    call_command("partition_heart_rates", months=0)
    call_command("partition_heart_rates", list=True)

    made, *names = capsys.readouterr().out.splitlines()
    assert made == "0 months made."
    assert names == existing_months()


def test_a_query_of_a_day_looks_into_its_month_alone(ana):
    ensure_months([DAY, DAY + dt.timedelta(days=31), DAY - dt.timedelta(days=31)])
    rows = HeartRateData.objects.filter(user=ana, timestamp__gte=at(0), timestamp__lt=at(24))

    plan = rows.explain()

    assert "wearables_heartratedata_2026_03" in plan
    assert "2026_02" not in plan
    assert "2026_04" not in plan


def test_buckets_look_into_their_months_alone(ana):
    ensure_months([DAY, DAY + dt.timedelta(days=31), DAY - dt.timedelta(days=31)])
    plans: list[str] = []

    def explained(execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.cursor.execute(f"EXPLAIN {sql}", params)
            plans.append("\n".join(line for (line,) in cursor.cursor.fetchall()))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(explained):
        selectors.raw_rates(ana.pk, at(0), at(24))
        selectors.rates_by_minute(ana.pk, at(0), at(24))
        selectors.rates_by_hour(ana.pk, at(0), at(24), "UTC")

    assert len(plans) == 3
    assert all("2026_03" in plan for plan in plans)
    assert not any("2026_02" in plan or "2026_04" in plan for plan in plans)


# --- Reading -----------------------------------------------------------------------------------


def test_of_each_minute_the_best_source_alone_counts(ana):
    put(garmin(ana), rates((at(9, 0, 10), 60), (at(9, 0, 40), 64), source=WATCH))
    put(oura(ana), rates((at(9, 0, 20), 90), (at(9, 1), 70), source=RING))

    rows = selectors.rates_by_minute(ana.pk, at(9), at(10))

    assert rows == [
        {"start": at(9), "min": 60, "avg": 62.0, "max": 64, "count": 2},
        {"start": at(9, 1), "min": 70, "avg": 70.0, "max": 70, "count": 1},
    ]


def test_the_persons_order_of_devices_goes_before_the_kind(ana):
    put(garmin(ana), rates((at(9), 60), source=WATCH))
    ring = oura(ana)
    put(ring, rates((at(9, 0, 20), 90), source=RING))
    SourcePriorityFactory(user=ana, metric="heart_rate", devices=[str(ring.pk)])

    rows = selectors.raw_rates(ana.pk, at(9), at(10))

    assert rows == [{"at": at(9, 0, 20), "bpm": 90, "source": ring.pk}]


def test_hours_and_days_are_of_the_persons_clock(ana):
    put(garmin(ana), rates((at(22, 30), 60), (at(23, 30), 70), (at(23, 45), 71)))

    hours = selectors.rates_by_hour(ana.pk, at(0), at(48), "Europe/Vienna")
    days = selectors.rates_by_day(ana.pk, at(0), at(48), "Europe/Vienna")

    assert hours == [
        {"start": at(22), "min": 60, "avg": 60.0, "max": 60, "count": 1},
        {"start": at(23), "min": 70, "avg": 70.5, "max": 71, "count": 2},
    ]
    assert days == [
        {"start": at(-1), "min": 60, "avg": 60.0, "max": 60, "count": 1},
        {"start": at(23), "min": 70, "avg": 70.5, "max": 71, "count": 2},
    ]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Vienna", dt.date(2026, 3, 29), 23),
        ("Europe/Vienna", dt.date(2026, 10, 25), 25),
        ("Asia/Kolkata", DAY, 24),
        ("America/Havana", dt.date(2026, 11, 1), 25),  # its midnight comes twice
        ("Australia/Lord_Howe", dt.date(2026, 4, 5), 25),  # 24 and a half
    ],
)
def test_a_day_on_which_the_clocks_change_has_fewer_or_more_hours(zone, day, hours):
    start, end = day_bounds(day, zone)

    found = list(selectors.local_hours(start, end, zone))

    assert (found[0], found[-1], len(found) - 1) == (start, end, hours)


SINCE = dt.datetime(2010, 1, 1, tzinfo=dt.UTC)
ZONES = ("UTC", "Europe/Vienna", "Asia/Kathmandu", "America/Havana", "Australia/Lord_Howe")


@given(
    zone=st.sampled_from(ZONES),
    start=st.integers(0, 20 * 365 * 86_400).map(lambda n: SINCE + dt.timedelta(seconds=n)),
    hours=st.integers(1, 24 * 10),
)
def test_hours_and_days_cover_any_stretch_without_a_gap_and_begin_on_the_clock(zone, start, hours):
    end = start + dt.timedelta(hours=hours)

    found = list(selectors.local_hours(start, end, zone))
    days = list(selectors.local_days(start, end, zone))

    assert found[0] <= start < found[1]
    assert found[-2] < end <= found[-1]
    steps = {following - hour for hour, following in pairwise(found)}
    assert steps <= {dt.timedelta(minutes=minutes) for minutes in (30, 60)}
    assert days[0] <= start < end <= days[-1]
    lengths = {following - day for day, following in pairwise(days)}
    assert lengths <= {dt.timedelta(hours=hours) for hours in (23, 23.5, 24, 24.5, 25)}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    zone=st.sampled_from(ZONES),
    samples=st.lists(
        st.tuples(
            st.sampled_from((0, 1)),
            st.integers(0, 3 * 86_400),
            st.integers(20, 260),
        ),
        max_size=40,
        unique_by=lambda told: told[1],
    ),
)
def test_every_resolution_tells_of_the_same_samples(ana, zone, samples):
    start = dt.datetime(2026, 3, 27, 22, tzinfo=dt.UTC)  # the clocks of Vienna change on the 29th
    end = start + dt.timedelta(days=4)
    with transaction.atomic():
        devices = (garmin(ana), oura(ana))
        for number, source in ((0, WATCH), (1, RING)):
            told = [
                (start + dt.timedelta(seconds=second), rate)
                for device, second, rate in samples
                if device == number
            ]
            put(devices[number], rates(*told, source=source))

        raw = selectors.raw_rates(ana.pk, start, end)
        minutes = selectors.rates_by_minute(ana.pk, start, end)
        hours = selectors.rates_by_hour(ana.pk, start, end, zone)
        days = selectors.rates_by_day(ana.pk, start, end, zone)

        watched = {second // 60 for device, second, _ in samples if device == 0}
        counting = [
            rate for device, second, rate in samples if device == 0 or second // 60 not in watched
        ]
        assert sorted(row["bpm"] for row in raw) == sorted(counting)
        assert total(minutes) == total(hours) == total(days) == len(counting)
        for rows in (minutes, hours, days):
            assert min((row["min"] for row in rows), default=0) == min(counting, default=0)
            assert max((row["max"] for row in rows), default=0) == max(counting, default=0)
        transaction.set_rollback(True)
