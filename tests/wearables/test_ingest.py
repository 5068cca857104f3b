import datetime as dt

import pytest

from tests.factories.wearables import ActivityImportFactory
from tests.wearables.told import DAY, NOW, RING, WATCH, at, day, garmin, oura, rates, sleep
from users.models import SyncClock
from wearables.models import (
    DailyActivity,
    DailyActivitySource,
    HeartRateData,
    RecordedWorkout,
    SleepData,
)
from wearables.readings import (
    Counts,
    Deletion,
    HeartRateReading,
    NightReading,
    StageReading,
    WorkoutReading,
)
from wearables.services.ingest import store
from wearables.services.partitions import ensure_months

pytestmark = pytest.mark.django_db


def test_readings_of_each_kind_are_stored_and_settled(ana):
    device = oura(ana)
    told = [
        day(RING, steps=8000, total_calories=2100),
        sleep(duration=420),
        NightReading(date=DAY, sleep_score=81),
        rates((at(9), 61), (at(9, 5), 64), source=RING),
    ]

    counts = store(device=device, readings=told, now=NOW)

    assert counts == Counts(new=4)
    row = DailyActivity.objects.get(user=ana)
    assert (row.date, row.device, row.steps, row.total_calories) == (DAY, device, 8000, 2100)
    night = SleepData.objects.get(user=ana)
    assert (night.role, night.duration, night.sleep_score) == ("main", 420, 81)
    assert night.score_source == "oura"
    assert HeartRateData.objects.filter(user=ana).count() == 2


def test_the_same_readings_again_change_nothing(ana):
    device = oura(ana)
    told = [
        day(RING, steps=8000, distance=5.2),
        sleep(duration=420, stages=(StageReading(start=at(-1), end=at(0), stage="deep"),)),
        NightReading(date=DAY, hrv=52.5, hrv_method="rmssd"),
        rates((at(9), 61), source=RING),
    ]
    store(device=device, readings=told, now=NOW)
    before = [list(model.objects.values()) for model in (DailyActivity, SleepData)]
    sources = list(DailyActivitySource.objects.values())

    counts = store(device=device, readings=told, now=NOW)

    assert counts == Counts()
    assert [list(model.objects.values()) for model in (DailyActivity, SleepData)] == before
    assert list(DailyActivitySource.objects.values()) == sources


def test_changed_rows_get_the_new_revision_and_the_others_keep_theirs(ana):
    device = garmin(ana)
    tuesday = DAY + dt.timedelta(days=1)
    store(device=device, readings=[day(steps=1), day(date=tuesday, steps=2)], now=NOW)
    first = SyncClock.objects.get(user=ana).revision

    counts = store(device=device, readings=[day(steps=1), day(date=tuesday, steps=3)], now=NOW)

    assert counts == Counts(changed=1)
    second = SyncClock.objects.get(user=ana).revision
    revisions = dict(DailyActivity.objects.values_list("date", "revision"))
    assert revisions == {DAY: first, tuesday: second}
    assert second == first + 1


def test_what_is_absent_leaves_what_is_known(ana):
    device = oura(ana)
    store(
        device=device,
        readings=[
            day(RING, steps=8000, resting_heart_rate=52),
            sleep(duration=420, deep_sleep=90, hrv=52.5, hrv_method="rmssd"),
        ],
        now=NOW,
    )

    store(device=device, readings=[day(RING, steps=8100), sleep(sleep_score=77)], now=NOW)

    row = DailyActivity.objects.get(user=ana)
    assert (row.steps, row.resting_heart_rate) == (8100, 52)
    night = SleepData.objects.get(user=ana)
    assert (night.duration, night.deep_sleep, night.sleep_score) == (420, 90, 77)
    assert (night.hrv, night.hrv_method) == (52.5, "rmssd")


def test_a_measured_value_is_no_longer_an_estimate(ana):
    device = garmin(ana)
    store(device=device, readings=[day(distance=5.0, estimated=("distance",))], now=NOW)

    store(device=device, readings=[day(distance=5.4)], now=NOW)

    assert DailyActivitySource.objects.get(user=ana).estimated == []


def test_what_cannot_be_true_is_left_out_with_a_line(ana):
    device = garmin(ana)
    later = NOW + dt.timedelta(days=2)
    told = [
        day(steps=200_001, distance=float("nan"), active_minutes=30),
        day(date=dt.date(1999, 12, 31), steps=1),
        day(date=later.date() + dt.timedelta(days=1), steps=1),
        sleep("", hours=8),
        sleep("backwards", hours=-1),
        sleep("for ever", hours=37),
        sleep("tomorrow", start=later, date=DAY),
        sleep("scored", sleep_score=101, hrv=40.0),
        rates((at(9), 19), (at(9, 1), 261), (later, 60), (at(9, 2), 20)),
    ]

    counts = store(device=device, readings=told, now=NOW)

    row = DailyActivity.objects.get(user=ana)
    assert (row.steps, row.distance, row.active_minutes) == (None, None, 30)
    night = SleepData.objects.get(user=ana)
    assert (night.external_id, night.sleep_score, night.hrv) == ("scored", None, None)
    assert HeartRateData.objects.get(user=ana).heart_rate == 20
    assert counts == Counts(
        new=3,
        rejected=[
            "day 2026-03-02: steps out of range",
            "day 2026-03-02: distance out of range",
            "day 1999-12-31: date out of range",
            "day 2026-03-06: date out of range",
            "sleep of 2026-03-02: without a usable id",
            "sleep of 2026-03-02: times out of range (3 times)",
            "sleep of 2026-03-02: sleep_score out of range",
            "sleep of 2026-03-02: hrv without its method",
            "heart rate: out of range (3 times)",
        ],
    )


def test_a_long_list_of_what_was_left_out_ends(ana):
    first = dt.date(1999, 1, 1)
    told = [day(date=first + dt.timedelta(days=n), steps=1) for n in range(60)]

    counts = store(device=garmin(ana), readings=told, now=NOW)

    assert counts.rejected[50:] == ["and 10 more"]
    assert not DailyActivity.objects.exists()


def test_nothing_to_store_moves_no_clock(ana):
    device = garmin(ana)
    before = SyncClock.objects.get(user=ana).revision

    counts = store(device=device, readings=[day(steps=-1), rates()], now=NOW)

    assert counts.rejected == ["day 2026-03-02: steps out of range"]
    assert SyncClock.objects.get(user=ana).revision == before


def test_values_of_a_night_go_to_the_longest_sleep_of_its_date(ana):
    device = oura(ana)
    told = [
        NightReading(date=DAY, sleep_score=81),
        sleep("nap", start=at(13), hours=1),
        sleep("night"),
        NightReading(date=DAY, external_id="nap", respiratory_rate=14.5),
        NightReading(date=DAY + dt.timedelta(days=1), sleep_score=50),
        NightReading(date=DAY, external_id="unknown", sleep_score=51),
    ]

    store(device=device, readings=told, now=NOW)

    kept = SleepData.objects.values_list("external_id", "sleep_score", "respiratory_rate")
    assert set(kept) == {("nap", None, 14.5), ("night", 81, None)}


def test_values_of_a_night_that_come_later_find_its_sleep(ana):
    device = oura(ana)
    store(device=device, readings=[sleep()], now=NOW)

    counts = store(
        device=device, readings=[NightReading(date=DAY, hrv=48.0, hrv_method="rmssd")], now=NOW
    )

    assert counts == Counts(changed=1)
    assert SleepData.objects.get(user=ana).hrv == 48.0


def test_an_import_marks_what_it_brought_and_a_sync_takes_it_over(ana):
    device = garmin(ana)
    bringing = ActivityImportFactory(user=ana)
    tuesday = DAY + dt.timedelta(days=1)
    told = [day(steps=1), day(date=tuesday, steps=2)]
    store(device=device, readings=[*told, rates((at(9), 61))], imported_by=bringing.pk, now=NOW)

    store(device=device, readings=[day(steps=3)], now=NOW)

    by_date = dict(DailyActivitySource.objects.values_list("date", "imported_by"))
    assert by_date == {DAY: None, tuesday: bringing.pk}
    assert HeartRateData.objects.get(user=ana).imported_by == bringing.pk


def test_a_deleted_day_goes_and_leaves_the_other_sources(ana):
    watch, ring = garmin(ana), oura(ana)
    store(device=watch, readings=[day(steps=9000)], now=NOW)
    store(device=ring, readings=[day(RING, steps=8000)], now=NOW)

    counts = store(device=watch, readings=[Deletion(kind="day", date=DAY)], now=NOW)

    assert counts == Counts(deleted=1)
    assert DailyActivity.objects.get(user=ana).steps == 8000


def test_an_unknown_deletion_is_no_change(ana):
    told = [Deletion(kind="sleep", external_id="unknown"), Deletion(kind="day", date=DAY)]

    assert store(device=oura(ana), readings=told, now=NOW) == Counts()


def test_a_recorded_session_is_in_the_diary_with_its_heart_rates(ana):
    run = WorkoutReading(
        external_id="run",
        source=WATCH,
        sport="running",
        started_at=at(18),
        finished_at=at(18, 30),
        heart_rate=((at(18, 1), 140), (at(18, 2), 150)),
    )

    store(device=garmin(ana), readings=[run, rates((at(18, 3), 151), (at(19), 90))], now=NOW)

    recorded = RecordedWorkout.objects.get(user=ana)
    linked = HeartRateData.objects.filter(workout=recorded.workout).order_by("timestamp")
    assert list(linked.values_list("heart_rate", flat=True)) == [140, 150, 151]


def test_nobody_elses_rows_are_touched(ana, ben):
    store(device=oura(ben), readings=[day(RING, steps=1), sleep()], now=NOW)
    before = list(SleepData.objects.filter(user=ben).values())

    store(device=oura(ana), readings=[day(RING, steps=2), sleep(hours=7)], now=NOW)

    assert list(SleepData.objects.filter(user=ben).values()) == before
    assert DailyActivity.objects.get(user=ben).steps == 1


def test_a_name_of_any_length_is_kept_as_a_column_takes_it(ana):
    hub = HeartRateReading(source=WATCH, samples=())
    named = day(RING, steps=1)
    long_name = day(type(RING)(name="a\x00b" * 100, kind="ring"), steps=2)

    store(device=oura(ana), readings=[hub, named, long_name], now=NOW)

    names = DailyActivitySource.objects.order_by("source_name").values_list(
        "source_name", flat=True
    )
    assert list(names) == ["", "ab" * 100]


@pytest.mark.parametrize("days", [1, 60])
def test_any_number_of_days_takes_as_many_statements(ana, days, django_assert_num_queries):
    device = garmin(ana)
    first = DAY - dt.timedelta(days=days)
    told = [
        reading
        for n in range(days)
        for reading in (
            day(date=first + dt.timedelta(days=n), steps=n),
            sleep(
                f"night {n}",
                date=first + dt.timedelta(days=n),
                start=at(-1, day=first + dt.timedelta(days=n)),
                source=WATCH,
            ),
            rates((at(9, day=first + dt.timedelta(days=n)), 60)),
        )
    ]
    ensure_months([first, first + dt.timedelta(days=31), DAY])

    with django_assert_num_queries(21):
        store(device=device, readings=told, now=NOW)


def test_a_date_that_was_emptied_keeps_what_is_told_of_again(ana):
    device = oura(ana)
    nap = sleep("nap", start=at(14), hours=1, is_nap=True)
    store(device=device, readings=[sleep("night"), nap], now=NOW)

    counts = store(
        device=device, readings=[Deletion(kind="sleep", date=DAY), sleep("night")], now=NOW
    )

    assert (counts.new, counts.changed, counts.deleted) == (0, 0, 1)
    kept = SleepData.objects.filter(user=ana, deleted_at=None)
    assert [row.external_id for row in kept] == ["night"]


def test_a_date_that_was_emptied_takes_the_workouts_of_that_local_day(ana):
    device = garmin(ana)
    evening = session("evening", at(21), timezone="America/New_York")
    night = session("night", at(28), timezone="America/New_York")
    store(device=device, readings=[evening, night, session("morning", at(34))], now=NOW)

    store(device=device, readings=[Deletion(kind="workout", date=DAY)], now=NOW)

    kept = RecordedWorkout.objects.filter(user=ana, deleted_at=None)
    assert [row.external_id for row in kept] == ["morning"]


def session(external_id: str, begun: dt.datetime, *, timezone: str = "UTC") -> WorkoutReading:
    """A run of half an hour."""
    return WorkoutReading(
        external_id=external_id,
        source=WATCH,
        sport="running",
        started_at=begun,
        finished_at=begun + dt.timedelta(minutes=30),
        timezone=timezone,
    )
