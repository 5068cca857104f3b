"""Weeks, months and ranges of random diaries, beside what the pure formulas make of them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any
from uuid import UUID

import pytest

from analytics.formulas import (
    KnownMaxima,
    LoadedSet,
    TrainedSet,
    TrainingWeek,
    average_intensity,
    consistency_score,
    muscle_sets,
)
from analytics.models import PersonalRecord, WorkoutAnalysis
from analytics.selectors.analyses import analysis_of_range
from analytics.services.training_days import settle_training_days
from tests.analytics.periods import DAY, MONDAY, WEEK, follow, pause, settle
from tests.factories.analytics import PersonalRecordFactory, TrainingBreakFactory
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory
from users.models import User
from users.ownership import advance_clocks_unheard
from workouts.models import Exercise, ExerciseMuscle, PlanRun, Workout, WorkoutSet
from workouts.training.volume import is_hard

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(8))
def test_periods_and_ranges_are_as_the_formulas_say(ana: User, ben: User, seed: int) -> None:
    random = Random(seed)
    exercises = [_exercise(random) for _ in range(5)]
    for user in (ana, ben):
        _live(random, user, exercises)
    today = MONDAY + random.randrange(60, 90) * DAY
    days = frozenset(Workout.objects.values_list("user_id", "date"))
    clocks = advance_clocks_unheard([ana.pk, ben.pk])
    settle_training_days(clocks=clocks, days=days)
    starts_on = ana.settings.week_starts_on

    settle(ana, ben, today=today, week_starts_on=starts_on)

    for row in WorkoutAnalysis.objects.all():
        found = {name: getattr(row, name) for name in _NUMBERS}
        assert found == _expected(row.user_id, row.start_date, row.end_date, today)
    first, last = MONDAY + 11 * DAY, MONDAY + 52 * DAY
    found = analysis_of_range(user_id=ana.pk, first=first, last=last, today=today)
    assert {name: found[name] for name in _NUMBERS} == _expected(ana.pk, first, last, today)


def _exercise(random: Random) -> Exercise:
    exercise = ExerciseFactory()
    for muscle in random.sample(["chest", "lats", "calves", "neck", "quadriceps"], 2):
        share = random.choice([1, 0.5, 0.35])
        ExerciseMuscle.objects.create(
            exercise=exercise, muscle_id=muscle, share=share, role="secondary"
        )
    return exercise


def _live(random: Random, user: User, exercises: list[Exercise]) -> None:
    for _ in range(18):
        workout = WorkoutFactory(
            user=user, date=MONDAY + random.randrange(70) * DAY, duration=random.choice([0, 61])
        )
        for number in range(random.randrange(5)):
            WorkoutSetFactory(
                workout=workout,
                exercise=random.choice(exercises),
                position=number + 1,
                set_number=number + 1,
                set_type=random.choice(["warm_up", "normal"]),
                reps=random.choice([None, 0, 5, 11]),
                weight=random.choice([None, 0, 42.5, 103.1]),
                rir=random.choice([None, 1, 4.5]),
            )
    for number, exercise in enumerate(exercises):
        for step in range(3):
            PersonalRecordFactory(
                user=user,
                exercise=exercise,
                kind="one_rm",
                value=100 + 10 * step + number,
                date=MONDAY + (25 * step + random.randrange(20)) * DAY,
            )
    since = MONDAY + random.randrange(-3, 20) * DAY
    run = follow(user, times=random.randrange(1, 4), since=since, until=since + 30 * DAY)
    pause(run, since + 9 * DAY, since + 15 * DAY)
    follow(user, times=2, since=since + 20 * DAY, until=since + 40 * DAY)
    TrainingBreakFactory(
        user=user, starts_on=since + 33 * DAY, ends_on=since + random.randrange(35, 45) * DAY
    )


_NUMBERS = (
    "total_workouts",
    "total_volume",
    "total_reps",
    "avg_intensity",
    "intensity_validity",
    "intensity_left_out",
    "consistency_score",
    "consistency_validity",
    "muscle_sets",
    "most_trained_muscle",
    "least_trained_muscle",
)


def _expected(user_id: UUID, first: dt.date, last: dt.date, today: dt.date) -> dict[str, Any]:
    """What the pure formulas make of the diary."""
    sets = list(WorkoutSet.objects.filter(user=user_id).select_related("workout"))
    inside = [one for one in sets if first <= one.workout.date <= last]
    working = [one for one in inside if one.set_type != "warm_up"]
    intensity = average_intensity(
        [
            LoadedSet(
                day=one.workout.date,
                exercise=one.exercise_id,
                load_kg=one.load or 0,
                reps=one.reps or 0,
            )
            for one in working
        ],
        KnownMaxima(
            PersonalRecord.objects.filter(user=user_id).values_list("exercise_id", "date", "value")
        ),
    )
    consistency = consistency_score(_weeks(user_id, min(last, today - DAY)))
    trained = muscle_sets(_trained(inside), _shares())
    return {
        "total_workouts": Workout.objects.filter(user=user_id, date__range=(first, last)).count(),
        "total_volume": pytest.approx(sum((one.load or 0) * (one.reps or 0) for one in working)),
        "total_reps": sum(one.reps or 0 for one in working),
        "avg_intensity": pytest.approx(intensity.percent or 0),
        "intensity_validity": intensity.validity,
        "intensity_left_out": intensity.left_out,
        "consistency_score": pytest.approx(consistency.score or 0),
        "consistency_validity": consistency.validity,
        "muscle_sets": pytest.approx(dict(trained.by_muscle)),
        "most_trained_muscle": trained.most_trained or "",
        "least_trained_muscle": _least(sets, trained.by_muscle, last, today),
    }


def _shares() -> dict[UUID, dict[str, float]]:
    shares: dict[UUID, dict[str, float]] = {}
    for row in ExerciseMuscle.objects.all():
        shares.setdefault(row.exercise_id, {})[row.muscle_id] = row.share
    return shares


def _trained(sets: Iterable[WorkoutSet]) -> list[TrainedSet]:
    return [
        TrainedSet(
            day=one.workout.date,
            exercise=one.exercise_id,
            set_type=one.set_type,
            reserve=one.rir,
        )
        for one in sets
    ]


def _least(
    sets: Iterable[WorkoutSet], counted: Mapping[str, float], end: dt.date, today: dt.date
) -> str:
    shares = _shares()
    last: dict[str, dt.date] = {}
    for one in sets:
        if is_hard(one.set_type, one.rir) and one.workout.date <= end:
            for muscle in shares[one.exercise_id]:
                last[muscle] = max(one.workout.date, last.get(muscle, dt.date.min))
    targeted = [muscle for muscle, day in last.items() if day > min(end, today) - 56 * DAY]
    return min(targeted, key=lambda one: (counted.get(one, 0), last[one], one), default="")


def _weeks(user_id: UUID, last: dt.date) -> list[TrainingWeek]:
    dates = sorted(Workout.objects.filter(user=user_id).values_list("date", flat=True))
    start = dates[0] - dates[0].weekday() * DAY
    weeks = []
    while start + 6 * DAY <= last:
        runs = [
            run
            for run in PlanRun.objects.filter(user=user_id, started_on__lte=start)
            if run.finished_on is None or start <= run.finished_on
        ]
        off = [(one.starts_on, one.ends_on) for run in runs for one in run.pauses.all()]
        off += _breaks(user_id)
        days = [start + number * DAY for number in range(7)]
        covered = [day for day in days if any(begin <= day < end for begin, end in off)]
        weeks.append(
            TrainingWeek(
                start=start,
                done=sum(start <= day < start + WEEK for day in dates),
                planned=max((run.plan.days_per_week for run in runs), default=None),
                is_frozen=len(covered) >= 4,
            )
        )
        start += WEEK
    return weeks


def _breaks(user_id: UUID) -> list[tuple[dt.date, dt.date]]:
    user = User.objects.get(pk=user_id)
    return [(one.starts_on, one.ends_on) for one in user.trainingbreak_set.all()]
