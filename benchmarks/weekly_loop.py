"""Weekly stats as one writes them first: person by person with the ORM; needs Django.

It leaves out consistency and the least trained muscle, for which it would ask still more.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from analytics.models import Period, PersonalRecord, RecordKind, WorkoutAnalysis
from users.models import UserProfile
from workouts.models import ExerciseMuscle, Workout, WorkoutSet

BATCH = 100
MAX_HARD_RESERVE = 4


def process_weekly_stats(people: Sequence[UUID], first: dt.date) -> None:
    for start in range(0, len(people), BATCH):
        for profile in UserProfile.objects.filter(user__in=people[start : start + BATCH]):
            generate_weekly_stats(profile.user_id, first)


def generate_weekly_stats(user_id: UUID, first: dt.date) -> None:
    """Store the week of a person that begins on this day."""
    last = first + dt.timedelta(days=6)
    workouts = list(Workout.objects.filter(user_id=user_id, date__range=(first, last)))
    if not workouts:
        return
    sets = [
        one
        for one in WorkoutSet.objects.filter(user_id=user_id, workout__in=workouts)
        if one.set_type != "warm_up"
        and not (one.reps is None and one.duration is None and one.distance is None)
    ]
    days = {workout.pk: workout.date for workout in workouts}
    muscles = _muscle_sets(sets)
    most = min(muscles, key=lambda slug: (-muscles[slug], slug), default="")
    WorkoutAnalysis.objects.update_or_create(
        user_id=user_id,
        start_date=first,
        end_date=last,
        defaults={
            "period": Period.WEEK,
            "total_workouts": len(workouts),
            "total_volume": sum((one.load or 0) * (one.reps or 0) for one in sets),
            "total_duration": sum(workout.duration for workout in workouts),
            "total_sets": len(sets),
            "total_reps": sum(one.reps or 0 for one in sets),
            "hard_sets": sum(map(_is_hard, sets)),
            "total_distance_km": sum(one.distance or 0 for one in sets),
            "most_trained_muscle": most,
            "muscle_sets": muscles,
            **_intensity(user_id, sets, days),
        },
    )


def _is_hard(one: WorkoutSet) -> bool:
    reserve = one.rir
    if reserve is None and one.rpe is not None:
        reserve = 10 - one.rpe
    return reserve is None or reserve <= MAX_HARD_RESERVE


def _muscle_sets(sets: Collection[WorkoutSet]) -> dict[str, float]:
    done = Counter(one.exercise_id for one in sets if _is_hard(one))
    trained: dict[str, float] = {}
    for share in ExerciseMuscle.objects.filter(exercise__in=done):
        more = done[share.exercise_id] * share.share
        trained[share.muscle_id] = trained.get(share.muscle_id, 0) + more
    return {slug: round(amount, 4) for slug, amount in trained.items()}


def _intensity(
    user_id: UUID, sets: Collection[WorkoutSet], days: dict[UUID, dt.date]
) -> dict[str, Any]:
    known: dict[tuple[UUID, dt.date], PersonalRecord | None] = {}
    reps, relative, counted, left_out = 0, 0.0, 0, 0
    for one in sets:
        if not (one.load and one.reps):
            continue
        key = one.exercise_id, days[one.workout_id]
        if key not in known:
            known[key] = (
                PersonalRecord.objects.filter(
                    user_id=user_id,
                    exercise_id=one.exercise_id,
                    kind=RecordKind.ONE_RM,
                    date__lte=days[one.workout_id],
                )
                .order_by("-date", "-value")
                .first()
            )
        record = known[key]
        if record is None:
            left_out += 1
            continue
        reps, counted = reps + one.reps, counted + 1
        relative += one.reps * one.load / record.value
    return {
        "avg_intensity": 100 * relative / reps if reps else 0,
        "intensity_validity": "valid" if reps else "no_answer",
        "intensity_sets": counted,
        "intensity_left_out": left_out,
    }
