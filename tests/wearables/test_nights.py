"""Of the sleeps that devices tell of, one is the night's, and each is there once."""

import datetime as dt
from itertools import combinations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.wearables import SourcePriorityFactory
from tests.wearables.told import (
    DAY,
    NOW,
    RING,
    WATCH,
    at,
    day,
    garmin,
    iphone,
    oura,
    sleep,
)
from users.models import Tombstone, User
from wearables.models import DailyActivity, SleepData, WearableDevice
from wearables.readings import Counts, Deletion, SleepReading, Source, StageReading
from wearables.services.ingest import store
from wearables.services.resettling import Resettled, resettle

pytestmark = pytest.mark.django_db

TUESDAY = DAY + dt.timedelta(days=1)


def tell(device: WearableDevice, *readings: SleepReading) -> None:
    store(device=device, readings=readings, now=NOW)


def roles(user: User) -> dict[str, str]:
    rows = SleepData.objects.filter(user=user, deleted_at=None)
    return dict(rows.values_list("external_id", "role"))


def reason(user: User, external_id: str) -> str:
    return SleepData.objects.get(user=user, external_id=external_id).reason


def test_of_two_sleeps_and_a_nap_the_longest_sleep_is_the_nights(ana):
    first = sleep("first", start=at(-2), hours=3)
    second = sleep("second", start=at(2), hours=5)
    nap = sleep("nap", start=at(14), hours=1)

    tell(oura(ana), nap, first, second)

    assert roles(ana) == {"first": "nap", "second": "main", "nap": "nap"}
    assert reason(ana, "second") == "Oura: the night's sleep"
    assert reason(ana, "nap") == "Oura: a nap"


def test_the_same_sleep_from_two_devices_counts_once(ana):
    tell(garmin(ana), sleep("theirs", start=at(-1, 10), hours=7.5, source=WATCH))
    tell(oura(ana), sleep("ours", hours=8))

    assert roles(ana) == {"ours": "main", "theirs": "duplicate"}
    assert reason(ana, "theirs") == "The same sleep as Oura tells of, which goes first"


@pytest.mark.parametrize(
    ("minutes", "role"), [(121, "duplicate"), (120, "duplicate"), (1, "duplicate"), (0, "nap")]
)
def test_what_overlaps_another_sleep_is_no_nap(ana, minutes, role):
    tell(oura(ana), sleep("night", start=at(-1), hours=8))

    tell(garmin(ana), sleep("other", start=at(7) - dt.timedelta(minutes=minutes), hours=4))

    assert roles(ana) == {"night": "main", "other": role}


def test_half_of_the_shorter_is_another_sleep_and_more_is_the_same(ana):
    tell(oura(ana), sleep("night", start=at(-1), hours=8))
    tell(garmin(ana), sleep("half", start=at(5), hours=4), sleep("more", start=at(4, 59), hours=4))

    assert reason(ana, "half") == "Overlaps the sleep that Oura tells of"
    assert reason(ana, "more") == "The same sleep as Oura tells of, which goes first"


@pytest.mark.parametrize(
    ("start", "hours", "role"),
    [
        (at(8), 2.9, "nap"),
        (at(17, 59), 2.9, "nap"),
        (at(7, 59), 2.9, "main"),
        (at(18), 2.9, "main"),
        (at(12), 3, "main"),
    ],
)
def test_where_no_source_says_so_a_nap_is_short_and_begins_by_day(ana, start, hours, role):
    tell(oura(ana), sleep("one", start=start, hours=hours))

    assert roles(ana) == {"one": role}


def test_day_and_night_are_those_of_the_persons_clock(ana):
    ana.profile.timezone = "Asia/Tokyo"
    ana.profile.save()

    tell(oura(ana), sleep("one", start=at(13), hours=2))  # 22:00 in Tokyo

    assert roles(ana) == {"one": "main"}


def test_what_the_source_says_of_naps_goes_before_our_rule(ana):
    long_nap = sleep("long", start=at(-1), hours=6, is_nap=True)
    short_night = sleep("short", start=at(12), hours=2, is_nap=False)

    tell(oura(ana), long_nap, short_night)

    assert roles(ana) == {"long": "nap", "short": "main"}


def test_makers_go_before_phones_stores_and_the_persons_order_before_all(ana):
    ring, phone = oura(ana), iphone(ana)
    tell(phone, sleep("apple", source=Source(name="Ana's Watch", kind="watch")))
    tell(ring, sleep("ring", start=at(-1, 5)))
    by_us = roles(ana)
    SourcePriorityFactory(user=ana, metric="sleep", devices=[str(phone.pk)])

    resettle(user_id=ana.pk)

    assert by_us == {"ring": "main", "apple": "duplicate"}
    assert roles(ana) == {"ring": "duplicate", "apple": "main"}


def test_a_copy_of_what_its_maker_tells_is_a_duplicate(ana):
    oura(ana)

    tell(iphone(ana), sleep("copy", source=Source(name="Oura", kind="ring", app="com.ouraring.x")))

    assert roles(ana) == {"copy": "duplicate"}
    assert reason(ana, "copy") == "A copy of what Oura tells"


def test_an_edit_may_move_the_start_and_the_date(ana):
    ring = oura(ana)
    stage = StageReading(start=at(-1), end=at(0), stage="deep")
    tell(ring, sleep("one", stages=(stage,), deep_sleep=60), sleep("two", start=at(13), hours=2))
    row = SleepData.objects.get(external_id="one")

    tell(ring, sleep("one", start=at(22), hours=8, date=TUESDAY))

    moved = SleepData.objects.get(external_id="one")
    assert moved.pk == row.pk
    assert (moved.date, moved.sleep_start, moved.role) == (TUESDAY, at(22), "main")
    assert (row.stages, moved.stages, moved.deep_sleep) == ([[0, 3600, "deep"]], [], 60)


def test_two_sleeps_may_change_places(ana):
    ring = oura(ana)
    tell(ring, sleep("one", start=at(-1), hours=8), sleep("two", start=at(13), hours=2))

    tell(ring, sleep("one", start=at(13), hours=2), sleep("two", start=at(-1), hours=8))

    assert roles(ana) == {"one": "nap", "two": "main"}


def test_a_deletion_brings_the_duplicate_back_and_what_comes_again_counts_again(ana):
    watch, ring = garmin(ana), oura(ana)
    tell(watch, sleep("theirs", source=WATCH, hours=7))
    tell(ring, sleep("ours"))
    row = SleepData.objects.get(external_id="ours")

    counts = store(device=ring, readings=[Deletion(kind="sleep", external_id="ours")], now=NOW)
    without = roles(ana)
    buried = Tombstone.objects.filter(user=ana, object_id=row.pk).exists()
    tell(ring, sleep("ours"))

    assert counts == Counts(deleted=1)
    assert without == {"theirs": "main"}
    assert buried
    assert roles(ana) == {"ours": "main", "theirs": "duplicate"}


def test_one_sleep_on_two_dates_is_the_same(ana):
    """One device dates it by its end before midnight, the other by its own later end."""
    tell(oura(ana), sleep("early", start=at(17), hours=6.5, date=DAY))

    tell(garmin(ana), sleep("late", start=at(17), hours=7.5, date=TUESDAY, source=WATCH))

    assert roles(ana) == {"early": "duplicate", "late": "main"}


@pytest.mark.parametrize(
    ("start", "hours"),
    [
        (dt.datetime(2026, 3, 28, 22, 30, tzinfo=dt.UTC), 7),  # the night that lacks an hour
        (dt.datetime(2026, 10, 24, 21, 30, tzinfo=dt.UTC), 9),  # the night that has one more
    ],
)
def test_the_night_on_which_the_clocks_change_is_one_sleep(ana, start, hours):
    ana.profile.timezone = "Europe/Vienna"
    ana.profile.save()
    date = start.date() + dt.timedelta(days=1)
    reading = sleep("one", start=start, hours=hours, date=date)

    store(device=oura(ana), readings=[reading], now=start + dt.timedelta(days=1))

    row = SleepData.objects.get(user=ana)
    assert (row.role, row.date) == ("main", date)
    assert row.sleep_end - row.sleep_start == dt.timedelta(hours=hours)


def test_a_sleep_whose_values_are_still_to_come_is_there_already(ana):
    ring = oura(ana)
    tell(ring, sleep("one", is_final=False))
    before = SleepData.objects.get(user=ana)

    tell(ring, sleep("one", duration=420, sleep_score=80))

    after = SleepData.objects.get(user=ana)
    assert (before.is_final, before.role, before.duration) == (False, "main", None)
    assert (after.is_final, after.role, after.duration) == (True, "main", 420)


def test_all_of_a_person_anew_finds_what_is_wrong_and_then_nothing(ana):
    ring = oura(ana)
    store(device=ring, readings=[sleep("one"), day(RING, steps=1)], now=NOW)
    SleepData.objects.filter(user=ana).write(role="duplicate")
    DailyActivity.objects.filter(user=ana).write(steps=2)

    dry = resettle(user_id=ana.pk, dry_run=True)
    done = resettle(user_id=ana.pk)

    assert (dry, done) == (Resettled(sleeps=1, days=1), Resettled(sleeps=1, days=1))
    assert resettle(user_id=ana.pk) == Resettled()
    assert roles(ana) == {"one": "main"}


# --- Any of it ---------------------------------------------------------------------------------

_SLEEPS = st.lists(
    st.tuples(
        st.sampled_from(("garmin", "oura", "apple_watch")),
        st.integers(-10, 40),  # half hours from midnight
        st.integers(1, 20),  # half hours
        st.sampled_from((None, None, True, False)),
    ),
    min_size=1,
    max_size=7,
    unique_by=lambda told: told[:2],
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=_SLEEPS, data=st.data())
def test_nights_are_the_same_however_sleeps_arrive_and_nothing_counts_twice(ana, told, data):
    with transaction.atomic():
        devices = {"garmin": garmin(ana), "oura": oura(ana), "apple_watch": iphone(ana)}
        readings = [
            (
                devices[provider],
                sleep(
                    f"{provider} {start}",
                    start=at(0, 30 * start),
                    hours=length / 2,
                    date=at(0, 30 * (start + length)).date(),
                    is_nap=is_nap,
                ),
            )
            for provider, start, length, is_nap in told
        ]
        for device, reading in data.draw(st.permutations(readings)):
            tell(device, reading)
        one_by_one = roles(ana)
        SleepData.objects.filter(user=ana).write(role="duplicate", reason="")

        resettle(user_id=ana.pk)

        counting = list(SleepData.objects.filter(user=ana).exclude(role="duplicate"))
        assert roles(ana) == one_by_one
        assert all(
            one.sleep_end <= other.sleep_start or other.sleep_end <= one.sleep_start
            for one, other in combinations(counting, 2)
            if "nap" in {one.role, other.role}
        )
        mains = [row.date for row in counting if row.role == "main"]
        assert len(mains) == len(set(mains))
        transaction.set_rollback(True)
