"""A believable year of training for the people of the demo.

Behind each lift stands a one-repetition maximum that grows with the weeks of training, fast at
first; what is lifted follows from it by the Brzycki formula and from how hard a set should be.
So plateaus, missed repetitions and efforts agree with each other, as they do in a real diary.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from statistics import fmean
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction

from users.localtime import instant_of, reading_of
from users.models import User
from users.models.profile import FitnessLevel, PrimaryGoal, Sex
from workouts.models import Exercise, Workout, WorkoutSet
from workouts.models.exercise import LoadType
from workouts.models.workout import SetType
from workouts.services.demo_moves import (
    FULL_BODY,
    PROGRAMS,
    RUNNING,
    UPPER_LOWER,
    WARM_UP,
    Athlete,
    DoneSet,
    Kind,
    Program,
    Session,
    Story,
    Week,
)
from workouts.timing import timing_of_instants

YEAR_DAYS = 364

_BATCH_SIZE = 1000
_SATURDAY = 5
# Chances, of one.
_SESSION_SKIPPED, _CALORIES_KNOWN, _PUBLIC, _REMARK = 0.05, 0.85, 0.3, 0.1
_REMARKS = (
    "Gym was full, short rests.",
    "New shoes.",
    "Warm day, drank a lot.",
    "Short on time.",
    "Better technique than last week.",
    "Shoulder felt fine.",
)
# Of those whose year was no usual one, by username.
STORIES: Final[Mapping[str, Story]] = {
    "ana": Story(gain=1.2, injured=range(36, 39), stuck={"barbell-overhead-press": 0.2})
}
_USUAL: Final = Story()
_SESSION_RATED = 0.85
# How far a whole session feels from its sets: there are rests in between.
_RESTED_RPE, _RPE_NOISE = 0.7, 0.5
_BODY_KG = 72.0
_BAD_DAY, _GOOD_DAY = 0.983, 1.017
_BEFORE_WORK, _LUNCH, _AFTER_WORK, _EVENING = 6 * 60 + 30, 12 * 60 + 10, 17 * 60 + 45, 19 * 60
_WEEKEND = 10 * 60


class MissingExercises(ValidationError):
    """The catalogue lacks what the demo trains with."""


_STRENGTH = {
    FitnessLevel.BEGINNER: 0.6,
    FitnessLevel.INTERMEDIATE: 1.0,
    FitnessLevel.ADVANCED: 1.2,
}
_GAIN = {FitnessLevel.BEGINNER: 0.5, FitnessLevel.INTERMEDIATE: 0.16, FitnessLevel.ADVANCED: 0.08}
_PACE_S = {FitnessLevel.BEGINNER: 405, FitnessLevel.INTERMEDIATE: 360, FitnessLevel.ADVANCED: 330}
_OF_A_WOMAN = 0.75
_LIFTING_MET, _RUNNING_MET, _IDLE_MET = 3.5, 9.3, 1.8


@transaction.atomic
def add_training(*, users: Sequence[User], now: datetime, seed: int) -> int:
    """Write each person's last year, the same for the same seed and day; answers the workouts.

    For people without workouts; the number of statements hardly grows with theirs. What someone
    trains follows from their goal and level. Raises MissingExercises.
    """
    exercises = _exercises()
    workouts: list[Workout] = []
    sets: list[WorkoutSet] = []
    for user in users:
        if not user.settings.workout_days_per_week:
            continue
        rng = Random(f"{seed} {user.username} training")  # noqa: S311 - a demo, not a secret
        athlete = _athlete(user, rng, seed)
        for workout, done in _diary(user, athlete, now, exercises):
            workouts.append(workout)
            sets += _rows(workout, done, exercises)
    Workout.objects.bulk_create(workouts, batch_size=_BATCH_SIZE)
    WorkoutSet.objects.bulk_create(sets)
    return len(workouts)


def _exercises() -> Mapping[str, Exercise]:
    sessions = [
        session for program in PROGRAMS for session in (*program.sessions, program.on_holiday)
    ]
    slugs = {move.slug for session in sessions for move in session.moves}
    found = {row.slug: row for row in Exercise.objects.filter(slug__in=slugs) if row.slug}
    if missing := slugs - found.keys():
        raise MissingExercises(
            f"The exercise catalogue lacks {', '.join(sorted(missing))}: run load_catalogue first."
        )
    return found


def injury_of(user: User, now: datetime) -> tuple[date, date] | None:
    """The first day off and the first one back, for somebody who was injured in that year."""
    injured = _story(user).injured
    if not injured:
        return None
    _, monday = _beginning(user, now)
    return monday + timedelta(weeks=injured.start), monday + timedelta(weeks=injured.stop)


def _story(user: User) -> Story:
    return STORIES.get(user.username, _USUAL)


def _beginning(user: User, now: datetime) -> tuple[date, date]:
    """The first day of the year, and the Monday of its week."""
    first = reading_of(now, user.profile.timezone).date() - timedelta(days=YEAR_DAYS)
    return first, first - timedelta(days=first.weekday())


def _athlete(user: User, rng: Random, seed: int) -> Athlete:
    profile, story = user.profile, _story(user)
    level = FitnessLevel(profile.fitness_level)
    is_woman = profile.sex == Sex.FEMALE
    return Athlete(
        rng=rng,
        body_kg=profile.body_weight_kg or _BODY_KG,
        strength=_STRENGTH[level] * (_OF_A_WOMAN if is_woman else 1) * rng.uniform(0.92, 1.08),
        gain=_GAIN[level] * rng.uniform(0.8, 1.2) * story.gain,
        pace_s=_PACE_S[level] * rng.uniform(0.95, 1.05),
        clock_min=rng.choice((_BEFORE_WORK, _LUNCH, _AFTER_WORK, _EVENING)),
        ratings=Random(f"{seed} {user.username} ratings"),  # noqa: S311 - a demo, not a secret
        stuck=story.stuck,
    )


def _program_of(user: User) -> Program:
    if user.settings.primary_goal == PrimaryGoal.ENDURANCE:
        return RUNNING
    return FULL_BODY if user.profile.fitness_level == FitnessLevel.BEGINNER else UPPER_LOWER


def _diary(
    user: User, athlete: Athlete, now: datetime, exercises: Mapping[str, Exercise]
) -> Iterator[tuple[Workout, list[DoneSet]]]:
    program = _program_of(user)
    zone = user.profile.timezone
    first, monday = _beginning(user, now)
    turn = 0
    for week in _weeks(athlete.rng, monday, _story(user)):
        for day, session in _agenda(athlete.rng, program, week, turn):
            form = athlete.rng.gauss(1, 0.012)
            done = [each for move in session.moves for each in move.perform(athlete, week, form)]
            workout = Workout(
                user=user, name=session.name, body_weight_kg=user.profile.body_weight_kg
            )
            _set_times(workout, athlete, day, zone, done)
            _describe(workout, athlete, week, form)
            workout.session_rpe = _session_rpe(athlete, done)
            _count_calories(workout, athlete, done, exercises)
            assert workout.finished_at is not None
            if day >= first and workout.finished_at <= now:
                yield workout, done
        turn += len(program.weekdays)


def _weeks(rng: Random, monday: date, story: Story) -> Iterator[Week]:
    """A deload about every sixth week, one missed, two of holidays, and two plateaus.

    An injury goes before all of them.
    """
    missed, holiday = rng.randint(7, 20), story.far_from_injury(rng.randint(26, 44))
    plateaus = {
        first + number
        for first in (rng.randint(10, 16), rng.randint(32, 38))
        for number in range(6)
    }
    gained, since_deload, deload_after = 0.0, 0, rng.randint(4, 6)
    for number in range(YEAR_DAYS // 7 + 1):
        kind = Kind.TRAINING
        if happened := story.kind_of(number):
            kind, since_deload = happened, 0
        elif number == missed:
            kind, gained = Kind.MISSED, gained - 0.5
        elif number in {holiday, holiday + 1}:
            kind, gained, since_deload = Kind.HOLIDAY, gained - 1, 0
        elif since_deload == deload_after:
            kind, since_deload, deload_after = Kind.DELOAD, 0, rng.randint(4, 6)
        else:
            gained += number not in plateaus
            since_deload += 1
        shape = 1 - math.exp(-gained / 20)
        yield Week(monday + timedelta(weeks=number), kind, shape, rust=story.rust(number))


def _agenda(
    rng: Random, program: Program, week: Week, turn: int
) -> Iterator[tuple[date, Session]]:
    """The days of a week on which there was a session."""
    if week.kind in {Kind.MISSED, Kind.INJURED}:
        return
    if week.kind is Kind.HOLIDAY:
        yield week.monday + timedelta(days=rng.randrange(7)), program.on_holiday
        return
    for number, weekday in enumerate(program.weekdays, start=turn):
        session = program.sessions[number % len(program.sessions)]
        if rng.random() >= _SESSION_SKIPPED:
            yield week.monday + timedelta(days=weekday), session


def _set_times(
    workout: Workout, athlete: Athlete, day: date, zone: str, done: Sequence[DoneSet]
) -> None:
    usual = _WEEKEND if day.weekday() >= _SATURDAY else athlete.clock_min
    hour, minute = divmod(usual + round(min(45, max(-45, athlete.rng.gauss(0, 18)))), 60)
    length_min = round(sum(each.minutes for each in done) + athlete.rng.uniform(4, 12))
    started_at = instant_of(day, time(hour, minute), zone)
    timing = timing_of_instants(
        timezone=zone,
        started_at=started_at,
        finished_at=started_at + timedelta(minutes=length_min),
        duration=length_min,
    )
    for name, value in vars(timing).items():
        setattr(workout, name, value)


def _describe(workout: Workout, athlete: Athlete, week: Week, form: float) -> None:
    workout.is_public = athlete.rng.random() < _PUBLIC
    remark = athlete.rng.choice(_REMARKS) if athlete.rng.random() < _REMARK else ""
    if week.kind is Kind.RETURN:
        workout.notes = "Back after the injury: light, and nothing hurts."
    elif week.is_light:
        workout.notes = "Deload: light and quick."
    elif form < _BAD_DAY:
        workout.notes = "Slept badly, everything felt heavy."
    elif form > _GOOD_DAY:
        workout.notes = "Everything moved fast today."
    else:
        workout.notes = remark


def _session_rpe(athlete: Athlete, done: Sequence[DoneSet]) -> float | None:
    """How hard the whole felt, in half steps, where somebody said so."""
    efforts = [each.rpe for each in done if each.rpe is not None and each.notes != WARM_UP]
    if not efforts or athlete.ratings.random() >= _SESSION_RATED:
        return None
    felt = fmean(efforts) - _RESTED_RPE + athlete.ratings.gauss(0, _RPE_NOISE)
    return min(10, max(1, round(2 * felt) / 2))


def _count_calories(
    workout: Workout, athlete: Athlete, done: Sequence[DoneSet], exercises: Mapping[str, Exercise]
) -> None:
    """MET × kg × h, for the sets with their rests and what is left of the time."""
    if athlete.rng.random() >= _CALORIES_KNOWN:
        return
    idle_min = workout.duration - sum(each.minutes for each in done)
    met_min = idle_min * _IDLE_MET
    for each in done:
        exercise = exercises[each.slug]
        usual = _RUNNING_MET if exercise.is_cardio else _LIFTING_MET
        met_min += each.minutes * (exercise.met or usual)
    workout.calories_burned = round(met_min * athlete.body_kg / 60)


def _rows(
    workout: Workout, done: Sequence[DoneSet], exercises: Mapping[str, Exercise]
) -> Iterator[WorkoutSet]:
    numbers: Counter[str] = Counter()
    for position, each in enumerate(done, start=1):
        numbers[each.slug] += 1
        exercise = exercises[each.slug]
        yield WorkoutSet(
            user_id=workout.user_id,
            workout=workout,
            exercise=exercise,
            load_type=exercise.load_type,
            body_load_kg=_body_load_kg(workout, exercise),
            set_type=SetType.WARM_UP if each.notes == WARM_UP else SetType.NORMAL,
            position=position,
            set_number=numbers[each.slug],
            reps=each.reps,
            weight=each.weight,
            duration=each.duration,
            distance=each.distance,
            rpe=each.rpe,
            notes=each.notes,
        )


def _body_load_kg(workout: Workout, exercise: Exercise) -> float | None:
    body_kg, share = workout.body_weight_kg, exercise.bodyweight_share
    if exercise.load_type == LoadType.EXTERNAL or body_kg is None or share is None:
        return None
    return body_kg * share
