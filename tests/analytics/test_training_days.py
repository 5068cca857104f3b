"""What the workouts of a day amount to."""

import datetime as dt
from random import Random
from uuid import UUID

import pytest

from analytics.formulas import TrainedSet, muscle_sets, net_kcal, session_load
from analytics.models import TrainingDay
from analytics.services.training_days import settle_training_days
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory
from users.models import Tombstone, User
from users.ownership import advance_clocks_unheard
from users.services.settling import Settled
from workouts.models import Exercise, ExerciseMuscle, Workout, WorkoutSet

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 3, 2)


def settle(user: User, *days: dt.date) -> Settled:
    clocks = advance_clocks_unheard([user.pk])
    return settle_training_days(
        clocks=clocks, days=frozenset((user.pk, day) for day in days or (MONDAY,))
    )


def the_day(user: User, day: dt.date = MONDAY) -> TrainingDay:
    return TrainingDay.objects.get(user=user, date=day)


def cardio() -> Exercise:
    return ExerciseFactory(is_cardio=True)


def trains(exercise: Exercise, **shares: float) -> Exercise:
    for muscle, share in shares.items():
        role = "primary" if share == 1 else "secondary"
        ExerciseMuscle.objects.create(exercise=exercise, muscle_id=muscle, share=share, role=role)
    return exercise


def test_a_day_adds_up_the_working_sets_of_its_workouts(ana: User) -> None:
    morning = WorkoutFactory(user=ana, duration=30, calories_burned=200)
    evening = WorkoutFactory(user=ana, duration=45, calories_burned=None)
    WorkoutSetFactory(workout=morning, reps=5, weight=100.1)
    WorkoutSetFactory(workout=morning, reps=8, weight=60, set_type="warm_up")
    WorkoutSetFactory(workout=evening, reps=None, weight=None, distance=5.2, duration=1500)

    assert settle(ana) == Settled(written=1)

    day = the_day(ana)
    assert (day.workouts, day.minutes, day.calories_burned) == (2, 75, 200)
    assert (day.sets_count, day.reps, day.volume, day.distance_km) == (2, 5, 500.5, 5.2)


def test_what_a_plan_asked_for_and_nobody_did_is_no_set(ana: User) -> None:
    workout = WorkoutFactory(user=ana, duration=60)
    WorkoutSetFactory(workout=workout, reps=None, weight=100, target={"reps_min": 5})

    settle(ana)

    day = the_day(ana)
    assert (day.workouts, day.sets_count, day.volume, day.muscle_sets) == (1, 0, 0, {})


@pytest.mark.parametrize(
    ("session_rpe", "efforts", "load", "rated"),
    [
        (7.5, [9, 9], 450, 450),
        (0, [9, 9], 0, 0),
        (None, [8, 9], 510, 510),
        (None, [8, None], 480, 480),
        (None, [8, None, None], 300, 0),
        (None, [None], 300, 0),
        (None, [], 300, 0),
    ],
)
def test_the_load_is_the_effort_of_the_session_or_of_its_sets_times_its_minutes(
    ana: User,
    session_rpe: float | None,
    efforts: list[float | None],
    load: float,
    rated: float,
) -> None:
    workout = WorkoutFactory(user=ana, duration=60, session_rpe=session_rpe)
    for effort in efforts:
        WorkoutSetFactory(workout=workout, rpe=effort)

    settle(ana)

    day = the_day(ana)
    assert (day.lifting_load, day.cardio_load, day.rated_load) == (load, 0, rated)


def test_repetitions_in_reserve_are_an_effort_too(ana: User) -> None:
    workout = WorkoutFactory(user=ana, duration=60)
    WorkoutSetFactory(workout=workout, rir=2.5)

    settle(ana)

    assert the_day(ana).rated_load == 450


def test_timed_cardio_takes_its_share_of_the_load(ana: User) -> None:
    workout = WorkoutFactory(user=ana, duration=60, session_rpe=6)
    WorkoutSetFactory(workout=workout)
    WorkoutSetFactory(workout=workout, exercise=cardio(), reps=None, weight=None, duration=1200)

    settle(ana)

    day = the_day(ana)
    assert (day.lifting_load, day.cardio_load) == (240, 120)


def test_a_workout_of_cardio_alone_is_cardio_with_its_pauses(ana: User) -> None:
    workout = WorkoutFactory(user=ana, duration=60, session_rpe=6)
    WorkoutSetFactory(workout=workout, exercise=cardio(), reps=None, weight=None, duration=1200)

    settle(ana)

    day = the_day(ana)
    assert (day.lifting_load, day.cardio_load) == (0, 360)


def test_cardio_that_outlasts_its_workout_lasts_as_long_as_it_says(ana: User) -> None:
    workout = WorkoutFactory(user=ana, duration=0, session_rpe=6)
    WorkoutSetFactory(workout=workout, exercise=cardio(), reps=None, weight=None, duration=1800)

    settle(ana)

    day = the_day(ana)
    assert (day.minutes, day.cardio_load) == (0, 180)


def test_energy_above_rest_needs_the_body_weight(ana: User) -> None:
    known = WorkoutFactory(user=ana, duration=45, calories_burned=300, body_weight_kg=80)
    unknown = WorkoutFactory(user=ana, duration=45, calories_burned=300, body_weight_kg=None)
    idle = WorkoutFactory(user=ana, duration=120, calories_burned=10, body_weight_kg=80)

    settle(ana)

    day = the_day(ana)
    assert {known.date, unknown.date, idle.date} == {MONDAY}
    assert (day.calories_burned, day.net_calories_kcal) == (610, 240)


def test_hard_sets_count_for_each_muscle_by_its_share(ana: User) -> None:
    bench = trains(ExerciseFactory(), chest=1, triceps=0.5, shoulders=0.35)
    dip = trains(ExerciseFactory(), triceps=1)
    workout = WorkoutFactory(user=ana)
    for kind in ("normal", "drop", "amrap"):
        WorkoutSetFactory(workout=workout, exercise=bench, set_type=kind, set_number=len(kind))
    WorkoutSetFactory(workout=workout, exercise=bench, set_type="warm_up", set_number=9)
    WorkoutSetFactory(workout=workout, exercise=dip, rir=4)
    WorkoutSetFactory(workout=workout, exercise=dip, rir=4.5, set_number=2)
    WorkoutSetFactory(workout=workout, exercise=dip, rpe=5.5, set_number=3)

    settle(ana)

    day = the_day(ana)
    assert day.hard_sets == 4
    assert day.muscle_sets == {"chest": 3, "triceps": 2.5, "shoulders": 1.05}


def test_a_day_that_says_the_truth_already_is_not_written(ana: User) -> None:
    WorkoutSetFactory(workout=WorkoutFactory(user=ana, duration=61, session_rpe=6.5))
    settle(ana)
    stored = the_day(ana)

    assert settle(ana) == Settled()

    assert the_day(ana).revision == stored.revision


def test_a_day_remembers_from_which_rows_it_was_made(ana: User) -> None:
    WorkoutFactory(user=ana)
    latest = WorkoutFactory(user=ana)

    settle(ana)

    day = the_day(ana)
    assert (day.source_rows, day.source_revision) == (2, latest.revision)


def test_a_workout_that_moves_leaves_its_day_with_a_tombstone(ana: User) -> None:
    workout = WorkoutFactory(user=ana)
    settle(ana)
    stored = the_day(ana)
    tuesday = MONDAY + dt.timedelta(days=1)
    Workout.objects.filter(pk=workout.pk).update(date=tuesday)

    assert settle(ana, MONDAY, tuesday) == Settled(written=1, gone=1)

    assert TrainingDay.objects.get(user=ana).date == tuesday
    grave = Tombstone.objects.get(resource="analytics.trainingday")
    assert grave.object_id == stored.pk
    assert grave.revision > stored.revision


def test_other_days_and_people_are_left_alone(ana: User, ben: User) -> None:
    WorkoutFactory(user=ana)
    WorkoutFactory(user=ben)
    sunday = MONDAY - dt.timedelta(days=1)

    settle(ana, sunday)

    assert not TrainingDay.objects.exists()


@pytest.mark.parametrize("seed", range(6))
def test_days_made_one_by_one_or_at_once_are_as_the_formulas_say(
    ana: User, ben: User, seed: int
) -> None:
    random = Random(seed)
    exercises = [
        trains(ExerciseFactory(), chest=1, triceps=0.5),
        trains(ExerciseFactory(), quadriceps=1, glutes=0.3),
        cardio(),
    ]
    for user in (ana, ben):
        _log(random, user, exercises)
    days = sorted({(w.user_id, w.date) for w in Workout.objects.all()})
    clocks = advance_clocks_unheard([ana.pk, ben.pk])

    for day in days:
        settle_training_days(clocks=clocks, days=frozenset({day}))

    assert settle_training_days(clocks=clocks, days=frozenset(days)) == Settled()
    for user_id, day in days:
        found = TrainingDay.objects.get(user=user_id, date=day)
        expected = _expected(user_id, day)
        assert {name: getattr(found, name) for name in expected} == expected


def _log(random: Random, user: User, exercises: list[Exercise]) -> None:
    for _ in range(6):
        workout = WorkoutFactory(
            user=user,
            date=MONDAY + dt.timedelta(days=random.randrange(3)),
            duration=random.choice([0, 20, 61]),
            session_rpe=random.choice([None, None, 0, 7.5]),
            calories_burned=random.choice([None, 13, 411]),
            body_weight_kg=random.choice([None, 81.3]),
        )
        for number in range(1, random.randrange(7) + 1):
            exercise = random.choice(exercises)
            WorkoutSetFactory(
                workout=workout,
                exercise=exercise,
                position=number,
                set_number=number,
                set_type=random.choice(["warm_up", "normal", "drop"]),
                reps=random.choice([None, 0, 5, 11]),
                weight=random.choice([None, 0, 42.5, 103.1]),
                duration=random.choice([None, 300, 2000]),
                distance=random.choice([None, 1.7]),
                rpe=random.choice([None, None, 5.5, 8]),
                rir=random.choice([None, None, 1, 4.5]),
                target=random.choice([None, {}]),
            )


def _expected(user_id: UUID, day: dt.date) -> dict[str, object]:
    """What the pure formulas make of a day."""
    workouts = list(Workout.objects.filter(user=user_id, date=day))
    sets = [one for workout in workouts for one in _done(workout)]
    working = [one for one in sets if one.set_type != "warm_up"]
    loads = [_loads(workout) for workout in workouts]
    return {
        "workouts": len(workouts),
        "sets_count": len(working),
        "reps": sum(one.reps or 0 for one in working),
        "volume": pytest.approx(sum((one.load or 0) * (one.reps or 0) for one in working)),
        "distance_km": pytest.approx(sum(one.distance or 0 for one in working)),
        "net_calories_kcal": pytest.approx(sum(_net(workout) for workout in workouts)),
        "lifting_load": pytest.approx(sum(lifting for lifting, _, _ in loads)),
        "cardio_load": pytest.approx(sum(running for _, running, _ in loads)),
        "rated_load": pytest.approx(sum(rated for _, _, rated in loads)),
        "muscle_sets": pytest.approx(_muscle_sets(day, sets)),
    }


def _done(workout: Workout) -> list[WorkoutSet]:
    return [
        one
        for one in workout.sets.select_related("exercise")
        if one.target is None or (one.reps, one.duration, one.distance) != (None, None, None)
    ]


def _minutes(workout: Workout) -> float:
    timed = sum(one.duration or 0 for one in _done(workout) if one.exercise.is_cardio)
    return max(workout.duration, timed / 60)


def _net(workout: Workout) -> float:
    if workout.calories_burned is None or workout.body_weight_kg is None:
        return 0
    return net_kcal(
        gross_kcal=workout.calories_burned,
        weight_kg=workout.body_weight_kg,
        minutes=_minutes(workout),
    )


def _loads(workout: Workout) -> tuple[float, float, float]:
    """Lifting, cardio, and what of both was rated."""
    sets = _done(workout)
    working = [one for one in sets if one.set_type != "warm_up"]
    efforts = [
        10 - one.rir if one.rpe is None else one.rpe
        for one in working
        if (one.rpe, one.rir) != (None, None)
    ]
    rpe = workout.session_rpe
    if rpe is None and efforts and 2 * len(efforts) >= len(working):
        rpe = sum(efforts) / len(efforts)
    load = session_load(rpe=5 if rpe is None else rpe, minutes=_minutes(workout)).load
    runs = [one for one in sets if one.exercise.is_cardio]
    share = 1.0 if runs and len(runs) == len(sets) else 0.0
    if runs and len(runs) < len(sets) and _minutes(workout):
        share = sum(one.duration or 0 for one in runs) / 60 / _minutes(workout)
    return load * (1 - share), load * share, 0 if rpe is None else load


def _muscle_sets(day: dt.date, sets: list[WorkoutSet]) -> dict[str, float]:
    shares: dict[UUID, dict[str, float]] = {}
    for row in ExerciseMuscle.objects.all():
        shares.setdefault(row.exercise_id, {})[row.muscle_id] = row.share
    trained = [
        TrainedSet(
            day=day,
            exercise=one.exercise_id,
            set_type=one.set_type,
            reserve=10 - one.rpe if one.rir is None and one.rpe is not None else one.rir,
        )
        for one in sets
    ]
    return dict(muscle_sets(trained, shares).by_muscle)
