import datetime as dt
import math

import pytest
from django.db import transaction
from django.utils import timezone

from analytics.models import TrainingDay
from analytics.services.refresh import refresh_people
from tests.factories.wearables import (
    EVENING,
    ActivityImportFactory,
    DeviceFactory,
    HeartRateFactory,
)
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory
from tests.wearables.recorded import COPY, phone_of, recorded, run, store, the_workout, watch_of
from users.models import SyncClock, Tombstone, User
from users.ownership import advance_clock
from wearables.models import HeartRateData, RecordedWorkout
from wearables.readings import Counts, SetReading, Source
from wearables.services import recordings
from wearables.services.partitions import ensure_months
from workouts.models import Exercise, Workout, WorkoutSet
from workouts.services.workouts import change_workout, delete_workout, log_workout

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)


@pytest.fixture
def running(db) -> Exercise:
    return ExerciseFactory(slug="running", name="Running", is_cardio=True, met=8.0)


def logs(user: User, *, minutes: int = 30, **content) -> Workout:
    """A workout that the person enters by hand."""
    usual = {
        "name": "My run",
        "started_at": EVENING,
        "finished_at": EVENING + dt.timedelta(minutes=minutes),
    }
    workout_id, _ = log_workout(user_id=user.pk, content=usual | content, object_id=None)
    return Workout.objects.get(pk=workout_id)


# --- What one recording makes ------------------------------------------------------------------


def test_a_recorded_run_is_a_workout_with_one_set(ana: User, running: Exercise) -> None:
    garmin = watch_of(ana)

    counts = store(garmin, run(name="Lauf", timezone="Europe/Vienna", duration_s=1700))

    workout = the_workout()
    assert counts == Counts(new=1)
    assert (workout.name, workout.is_public, workout.timezone) == ("Lauf", False, "Europe/Vienna")
    assert (workout.start_time, workout.end_time) == (dt.time(19, 0), dt.time(19, 30))
    assert (workout.duration, workout.calories_burned, workout.calories_estimated) == (
        30,
        300,
        False,
    )
    done = WorkoutSet.objects.get(workout=workout)
    assert (done.exercise, done.duration, done.distance) == (running, 1700, 5.0)
    row = recorded(garmin)
    assert (row.workout, row.is_primary, row.made_workout) == (workout, True, True)
    assert workout.revision == row.revision == SyncClock.objects.get(user=ana).revision


def test_without_calories_they_are_estimated(ana: User, running: Exercise) -> None:
    ana.profile.body_weight_kg = 80
    ana.profile.save()

    store(watch_of(ana), run(calories=None))

    workout = the_workout()
    assert (workout.calories_burned, workout.calories_estimated) == (320, True)


def test_the_sets_of_lifting_are_exercises_of_the_catalogue(ana: User) -> None:
    bench = ExerciseFactory(slug="barbell-bench-press")
    pull_up = ExerciseFactory(slug="pull-up", load_type="bodyweight", bodyweight_share=0.9)
    ana.profile.body_weight_kg = 80
    ana.profile.save()
    sets = (
        SetReading(exercise="bench_press", reps=8, weight=60.0),
        SetReading(exercise="juggling", reps=3),
        SetReading(exercise="pull_up", reps=10, weight=-1),
        SetReading(exercise="bench_press", reps=6, weight=70.0),
    )

    store(watch_of(ana), run(sport="strength", distance=None, sets=sets))

    columns = ("exercise_id", "position", "set_number", "reps", "weight", "body_load_kg")
    assert list(WorkoutSet.objects.in_order().values_list(*columns)) == [
        (bench.pk, 1, 1, 8, 60.0, None),
        (pull_up.pk, 2, 1, 10, None, 72.0),
        (bench.pk, 3, 2, 6, 70.0, None),
    ]


def test_a_sport_that_is_no_exercise_is_a_workout_without_sets(ana: User) -> None:
    store(watch_of(ana), run(sport="yoga", distance=None))

    assert (the_workout().name, the_workout().sets.count()) == ("Yoga", 0)


def test_samples_say_the_average_where_the_source_does_not(ana: User) -> None:
    garmin = watch_of(ana)
    samples = [(EVENING, 120), (EVENING + dt.timedelta(seconds=1), 141)]

    store(garmin, run(heart_rate=samples, max_heart_rate=150))

    assert (recorded(garmin).average_heart_rate, recorded(garmin).max_heart_rate) == (130, 150)


def test_heart_rates_of_that_time_are_the_workouts(ana: User, ben: User) -> None:
    ensure_months([EVENING.date()])
    garmin = watch_of(ana)
    for device in (garmin, watch_of(ben)):
        for minute in (-1, 0, 30, 31):
            HeartRateFactory(device=device, timestamp=EVENING + dt.timedelta(minutes=minute))

    store(garmin, run())
    linked = HeartRateData.objects.filter(workout_id=the_workout().pk)
    at_first = list(linked.order_by("timestamp").values_list("user_id", "timestamp"))
    store(garmin, deleted=["run"])

    assert at_first == [(ana.pk, EVENING), (ana.pk, EVENING + dt.timedelta(minutes=30))]
    assert not HeartRateData.objects.exclude(workout_id=None).exists()


def test_the_same_again_changes_nothing(
    ana: User, running: Exercise, django_assert_num_queries
) -> None:
    garmin = watch_of(ana)
    store(garmin, run(name="Run", average_heart_rate=150))
    before = list(RecordedWorkout.objects.values()), list(Workout.objects.values())
    revision = advance_clock(ana.pk)

    with transaction.atomic(), django_assert_num_queries(1):  # the recordings of these ids
        counts = recordings.store_workouts(
            device=garmin, readings=[run()], deleted=["unknown"], revision=revision
        )

    assert counts == Counts()
    assert (list(RecordedWorkout.objects.values()), list(Workout.objects.values())) == before


def test_a_year_of_workouts_costs_as_many_queries_as_one(
    ana: User, running: Exercise, django_assert_num_queries
) -> None:
    garmin, revision = watch_of(ana), advance_clock(ana.pk)
    year = [run(str(day), at=-1440 * day) for day in range(40)]

    # The ids, the zone; the devices, what was recorded then, what was logged then; the profile,
    # workouts, exercises, sets, recordings; and the heart rates of each.
    with transaction.atomic(), django_assert_num_queries(10 + 40):
        recordings.store_workouts(device=garmin, readings=year, deleted=(), revision=revision)

    assert (Workout.objects.count(), WorkoutSet.objects.count()) == (40, 40)


def test_what_cannot_be_is_left_out_and_the_rest_is_stored(ana: User) -> None:
    garmin = watch_of(ana)
    tomorrow = timezone.now() + dt.timedelta(hours=25)

    counts = store(
        garmin,
        run("long", minutes=48 * 60 + 1),
        run("backwards", minutes=-1),
        run("future", started_at=tomorrow, finished_at=tomorrow),
        run("x" * 201),
        run("fast", distance=2001.0, calories=-5, average_heart_rate=10),
        run("odd", at=60, distance=math.nan, sport="quidditch", timezone="Mars/Olympus"),
    )

    day = "workout 2026-03-02"
    assert counts.new == 2
    assert counts.rejected == [
        f"{day} 18:00: it does not end within 48 hours of its start.",
        f"{day} 18:00: it does not end within 48 hours of its start.",
        f"workout {tomorrow:%Y-%m-%d %H:%M}: nobody can have recorded it then.",
        f"{day} 18:00: it has no usable id.",
        f"{day} 18:00: distance is out of range.",
        f"{day} 18:00: calories is out of range.",
        f"{day} 18:00: average_heart_rate is out of range.",
        f"{day} 19:00: distance is out of range.",
    ]
    fast, odd = recorded(garmin, "fast"), recorded(garmin, "odd")
    assert (fast.distance, fast.calories, fast.average_heart_rate) == (None, None, None)
    assert (odd.distance, odd.sport, odd.timezone) == (None, "other", "UTC")


# --- Edits ---------------------------------------------------------------------------------------


def test_an_edit_at_the_source_follows_into_the_workout(ana: User, running: Exercise) -> None:
    garmin = watch_of(ana)
    store(garmin, run(name="Run", timezone="Europe/Vienna"))

    counts = store(garmin, run(at=5, minutes=40, distance=6.5, calories=None))

    workout = the_workout()
    assert counts == Counts(changed=1)
    assert (workout.name, workout.timezone, workout.calories_burned) == (
        "Run",
        "Europe/Vienna",
        300,
    )
    assert (workout.start_time, workout.duration) == (dt.time(19, 5), 40)
    assert list(workout.sets.values_list("distance", "duration")) == [(6.5, 2400)]


def test_a_workout_that_the_person_changed_stays_as_they_made_it(
    ana: User, running: Exercise
) -> None:
    garmin = watch_of(ana)
    store(garmin, run())
    change_workout(
        user_id=ana.pk, workout_id=the_workout().pk, content={"name": "Around the lake"}
    )

    store(garmin, run(distance=6.5))
    store(garmin, deleted=["run"])

    assert (the_workout().name, the_workout().sets.get().distance) == ("Around the lake", 5.0)
    assert recorded(garmin).workout is None


def test_a_recording_whose_times_move_away_leaves_its_session(ana: User) -> None:
    garmin, phone = watch_of(ana), phone_of(ana)
    store(garmin, run())
    store(phone, run(distance=4.9, source=Source(kind="phone")))

    store(phone, run(at=600, distance=4.9))

    assert recorded(phone).workout != recorded(garmin).workout
    assert recorded(phone).is_primary
    assert Workout.objects.count() == 2


def test_a_recording_whose_times_move_to_another_session_joins_it(ana: User) -> None:
    garmin, phone = watch_of(ana), phone_of(ana)
    store(garmin, run())
    store(phone, run(at=600))

    store(phone, run())

    assert recorded(phone).workout == recorded(garmin).workout == the_workout()


# --- Several of one session ----------------------------------------------------------------------


def test_two_devices_and_a_hub_that_tell_of_one_run_count_once(
    ana: User, running: Exercise
) -> None:
    garmin, ring, phone = watch_of(ana), DeviceFactory(user=ana), phone_of(ana)

    store(ring, run(at=2, minutes=27, distance=4.6, calories=290, source=Source(kind="ring")))
    store(phone, run(distance=5.1, calories=310, source=COPY))
    store(garmin, run())
    refresh_people([ana.pk], now=NOON)

    day = TrainingDay.objects.get(user=ana, date=EVENING.date())
    assert (day.workouts, day.distance_km, day.calories_burned, day.minutes) == (1, 5.0, 300, 30)
    rows = [recorded(device) for device in (garmin, ring, phone)]
    assert [row.is_primary for row in rows] == [True, False, False]
    assert [row.reason for row in rows] == [
        "Garmin goes before Oura Ring: a watch goes before a ring. "
        "They share 100% of the shorter one.",
        "Garmin goes before it: a watch goes before a ring.",
        "Garmin goes before it: the other is a copy of what comes directly.",
    ]


def test_a_copy_goes_after_everything_while_its_maker_is_connected(ana: User) -> None:
    garmin, phone = watch_of(ana), phone_of(ana)
    by_hand = Source(kind="manual")
    store(phone, run(source=Source(name="Connect", kind="watch", app=COPY.app)))

    store(garmin, run(source=by_hand))
    connected = recorded(garmin).is_primary
    garmin.status = "disconnected"
    garmin.save()
    store(garmin, run(source=by_hand, distance=5.2))

    assert (connected, recorded(garmin).is_primary) == (True, False)


def test_the_next_one_takes_the_place_of_a_deleted_one(ana: User, running: Exercise) -> None:
    garmin, phone = watch_of(ana), phone_of(ana)
    store(garmin, run())
    store(phone, run(distance=4.9, source=Source(kind="phone")))
    workout = the_workout()

    counts = store(garmin, deleted=["run"])

    assert counts == Counts(deleted=1)
    assert the_workout() == workout
    assert workout.sets.get().distance == 4.9
    row = recorded(garmin)
    assert (row.workout, row.is_primary, row.deleted_at is None) == (None, False, False)
    assert recorded(phone).is_primary


def test_what_nothing_tells_of_any_more_goes_until_it_is_told_again(ana: User) -> None:
    garmin = watch_of(ana)
    store(garmin, run())
    first = the_workout()

    store(garmin, deleted=["run"])
    left = Workout.objects.count()
    again = store(garmin, deleted=["run"])
    store(garmin, run())

    assert (left, again) == (0, Counts())
    assert Tombstone.objects.filter(resource="workouts.workout", object_id=first.pk).exists()
    assert recorded(garmin).workout == the_workout() != first
    assert recorded(garmin).deleted_at is None


@pytest.mark.parametrize("order", ["1 2 long", "long 1 2", "long 2 1", "1 long 2", "2 long 1"])
def test_two_runs_are_two_workouts_whenever_one_long_recording_of_both_comes(
    ana: User, running: Exercise, order: str
) -> None:
    garmin, phone = watch_of(ana), phone_of(ana)
    long = run("long", at=1.5, minutes=114.5, distance=21.0, source=Source(kind="phone"))
    told = {
        "1": (garmin, run("1", minutes=50, distance=10.0)),
        "2": (garmin, run("2", at=65, minutes=50, distance=10.0)),
        "long": (phone, long),
    }

    for name in order.split():
        store(*told[name])

    runs = [recorded(garmin, name).workout for name in "12"]
    assert list(Workout.objects.order_by("started_at")) == runs
    assert [one.duration for one in runs] == [50, 50]
    assert [one.sets.get().distance for one in runs] == [10.0, 10.0]
    assert recorded(phone, "long").workout in runs


def test_two_runs_of_one_sync_are_not_one_for_a_long_recording(
    ana: User, running: Exercise
) -> None:
    garmin, phone = watch_of(ana), phone_of(ana)
    store(phone, run("long", minutes=115, distance=21.0, source=Source(kind="phone")))

    store(garmin, run("1", minutes=50), run("2", at=65, minutes=50))

    assert list(WorkoutSet.objects.values_list("distance", flat=True)) == [5.0, 5.0]


def test_what_agrees_with_a_copy_alone_is_another_session(ana: User) -> None:
    garmin, ring, phone = watch_of(ana), DeviceFactory(user=ana), phone_of(ana)

    store(garmin, run(minutes=60))
    store(ring, run(at=25, minutes=60, source=Source(kind="ring")))
    store(phone, run(at=50, minutes=60, source=Source(kind="phone")))

    assert recorded(garmin).workout == recorded(ring).workout != recorded(phone).workout
    assert Workout.objects.count() == 2


def test_a_recording_is_compared_to_what_was_logged_and_not_to_its_copies(ana: User) -> None:
    logged, ring, phone = logs(ana, minutes=60), DeviceFactory(user=ana), phone_of(ana)

    store(ring, run(at=25, minutes=60))
    store(phone, run(at=50, minutes=60))

    assert recorded(ring).workout == logged != recorded(phone).workout
    assert Workout.objects.count() == 2


def test_two_recordings_of_one_source_at_different_times_are_not_one_logged_workout(
    ana: User,
) -> None:
    logged, garmin = logs(ana, minutes=120), watch_of(ana)

    store(garmin, run("first", minutes=50), run("second", at=65, minutes=50))

    assert recorded(garmin, "first").workout == logged
    assert recorded(garmin, "second").workout != logged


# --- What the person logged ----------------------------------------------------------------------


def test_a_recording_of_what_was_logged_adds_calories_alone(ana: User, running: Exercise) -> None:
    garmin = watch_of(ana)
    logged = logs(ana, sets=[{"exercise": running.pk, "distance": 5.3}])

    store(garmin, run(at=1))

    workout, row = the_workout(), recorded(garmin)
    assert (workout.pk, workout.name, workout.started_at) == (logged.pk, "My run", EVENING)
    assert (workout.sets.get().distance, workout.calories_burned) == (5.3, 300)
    assert (row.workout_id, row.made_workout, row.is_primary) == (logged.pk, False, True)
    assert row.reason == "You logged this workout yourself; it keeps what you entered."


def test_measured_calories_of_a_logged_workout_stay(ana: User) -> None:
    logs(ana, calories_burned=280)

    store(watch_of(ana), run())

    assert the_workout().calories_burned == 280


def test_calories_that_a_recording_gave_follow_it_and_go_with_it(
    ana: User, running: Exercise
) -> None:
    ana.profile.body_weight_kg = 80
    ana.profile.save()
    garmin = watch_of(ana)
    logs(ana, sets=[{"exercise": running.pk, "duration": 1800}])

    store(garmin, run())
    store(garmin, run(calories=333))
    given = the_workout().calories_burned
    store(garmin, deleted=["run"])

    assert given == 333
    assert (the_workout().calories_burned, the_workout().calories_estimated) == (320, True)


def test_recorded_lifting_is_any_logged_lifting_of_that_time(ana: User) -> None:
    workout = WorkoutFactory(user=ana, date=EVENING.date(), start_time=dt.time(18, 20))
    WorkoutSetFactory(workout=workout)
    garmin = watch_of(ana)

    store(garmin, run(sport="strength", minutes=60))
    store(garmin, run("ride", sport="cycling", minutes=60))

    assert recorded(garmin).workout_id == workout.pk
    assert recorded(garmin, "ride").workout_id != workout.pk


# --- What the person does not want ---------------------------------------------------------------


def test_a_workout_that_was_deleted_does_not_come_back(ana: User) -> None:
    garmin, phone = watch_of(ana), phone_of(ana)
    store(garmin, run())
    delete_workout(user_id=ana.pk, workout_id=the_workout().pk)

    store(garmin, run(distance=6.0))
    store(phone, run(source=COPY))
    store(garmin, deleted=["run"])
    store(garmin, run())

    assert not Workout.objects.exists()
    assert (recorded(garmin).workout, recorded(phone).workout) == (None, None)


def test_a_device_that_goes_leaves_its_workouts_to_the_others(
    ana: User, running: Exercise
) -> None:
    garmin, phone = watch_of(ana), phone_of(ana)
    store(garmin, run(), run("alone", at=600, distance=9.0))
    store(phone, run(distance=4.9, source=Source(kind="phone")))

    with transaction.atomic():
        revision = advance_clock(ana.pk)
        recordings.forget_device(user_id=ana.pk, device_id=garmin.pk, revision=revision)
        garmin.delete()

    distances = WorkoutSet.objects.order_by("distance").values_list("distance", flat=True)
    assert list(distances) == [4.9, 9.0]
    assert recorded(phone).is_primary
    assert RecordedWorkout.objects.count() == 1


def test_an_import_is_undone_but_for_what_the_person_changed(ana: User) -> None:
    garmin, job = watch_of(ana), ActivityImportFactory(user=ana)
    store(garmin, run("before", at=-600))
    store(garmin, run(), run("changed", at=600), imported_by=job.pk)
    changed = recorded(garmin, "changed").workout
    change_workout(user_id=ana.pk, workout_id=changed.pk, content={"notes": "Windy."})

    with transaction.atomic():
        revision = advance_clock(ana.pk)
        count = recordings.forget_import(user_id=ana.pk, import_id=job.pk, revision=revision)

    assert count == 2
    assert set(Workout.objects.all()) == {changed, recorded(garmin, "before").workout}
    assert RecordedWorkout.objects.count() == 1
