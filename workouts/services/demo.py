"""A believable year of training for the people of the demo.

Behind each lift stands a one-repetition maximum that grows with the weeks of training, fast at
first; what is lifted follows from it by the Brzycki formula and from how hard a set should be.
So plateaus, missed repetitions and efforts agree with each other, as they do in a real diary.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from random import Random
from typing import Protocol

from django.core.exceptions import ValidationError
from django.db import transaction

from users.localtime import instant_of, reading_of
from users.models import User
from users.models.profile import FitnessLevel, PrimaryGoal, Sex
from workouts.models import Exercise, Workout, WorkoutSet
from workouts.models.exercise import LoadType
from workouts.models.workout import SetType
from workouts.timing import timing_of_instants

YEAR_DAYS = 364
WARM_UP = "Warm-up"

_BATCH_SIZE = 1000
_SATURDAY = 5
# Chances, of one.
_SESSION_SKIPPED, _EFFORT_UNKNOWN, _CALORIES_KNOWN, _PUBLIC, _REMARK = 0.05, 0.1, 0.85, 0.3, 0.1
_REMARKS = (
    "Gym was full, short rests.",
    "New shoes.",
    "Warm day, drank a lot.",
    "Short on time.",
    "Better technique than last week.",
    "Shoulder felt fine.",
)
_BODY_KG = 72.0
_BAD_DAY, _GOOD_DAY = 0.983, 1.017
_BEFORE_WORK, _LUNCH, _AFTER_WORK, _EVENING = 6 * 60 + 30, 12 * 60 + 10, 17 * 60 + 45, 19 * 60
_WEEKEND = 10 * 60


class MissingExercises(ValidationError):
    """The catalogue lacks what the demo trains with."""


class _Kind(Enum):
    TRAINING = "training"
    DELOAD = "deload"
    MISSED = "missed"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class _Week:
    """``shape`` grows from 0 towards 1, the more slowly the higher it is."""

    monday: date
    kind: _Kind
    shape: float

    @property
    def is_deload(self) -> bool:
        return self.kind is _Kind.DELOAD


@dataclass(frozen=True, kw_only=True)
class _Set:
    slug: str
    minutes: float
    reps: int | None = None
    weight: float | None = None
    duration: int | None = None
    distance: float | None = None
    rpe: int | None = None
    notes: str = ""


@dataclass
class _Athlete:
    """A body, and what it remembers of the last sessions.

    ``strength`` multiplies the maxima of the lifts, and ``gain`` is what a year adds to them.
    """

    rng: Random
    body_kg: float
    strength: float
    gain: float
    pace_s: float
    clock_min: int
    loads_kg: dict[str, float] = field(default_factory=dict)
    misses: Counter[str] = field(default_factory=Counter)

    def grown(self, week: _Week) -> float:
        return self.strength * (1 + self.gain * week.shape)

    def effort(self, reps_left: float) -> int | None:
        """The RPE of a set that left this many repetitions undone, where it was noted."""
        if self.rng.random() < _EFFORT_UNKNOWN:
            return None
        return min(10, max(5, round(10 - reps_left)))


class _Move(Protocol):
    @property
    def slug(self) -> str: ...

    def perform(self, athlete: _Athlete, week: _Week, form: float) -> Iterator[_Set]: ...


@dataclass(frozen=True)
class _Lift:
    """Double progression: more repetitions within the range, then ``step_kg`` more.

    ``one_rm`` is an intermediate man's maximum, in multiples of his body.
    """

    slug: str
    sets: int
    reps: tuple[int, int]
    one_rm: float
    step_kg: float = 2.5
    least_kg: float = 5
    warm_ups: int = 0
    adds_body: bool = False

    def perform(self, athlete: _Athlete, week: _Week, form: float) -> Iterator[_Set]:
        low, high = self.reps
        body_kg = athlete.body_kg if self.adds_body else 0.0
        one_rm_kg = athlete.body_kg * self.one_rm * athlete.grown(week) * form
        first_kg = one_rm_kg * (37 - high - 2) / 36 - body_kg
        load_kg = athlete.loads_kg.setdefault(self.slug, self._loadable(first_kg))
        if week.is_deload:
            light_kg = self._loadable(load_kg * 0.75)
            for _ in range((self.sets + 1) // 2):
                yield self._set(low, light_kg, rpe=5)
            return
        yield from self._warm_up(load_kg)
        done = []
        for number in range(self.sets):
            possible = 37 - 36 * (load_kg + body_kg) / one_rm_kg - 0.6 * number
            left_over = athlete.rng.uniform(0.4, 1.8)
            reps = max(1, min(high, int(possible - left_over)))
            done.append(reps)
            yield self._set(reps, load_kg, rpe=athlete.effort(possible - reps))
        self._learn(athlete, load_kg, done)

    def _warm_up(self, load_kg: float) -> Iterator[_Set]:
        steps = ((0.4, 8), (0.6, 5), (0.8, 3))[: self.warm_ups]
        for share, reps in steps:
            light_kg = self._loadable(load_kg * share)
            if light_kg < load_kg:
                yield self._set(reps, light_kg, notes=WARM_UP)

    def _set(self, reps: int, weight: float, *, rpe: int | None = None, notes: str = "") -> _Set:
        minutes = 1.2 if notes else 2.8
        return _Set(
            slug=self.slug, minutes=minutes, reps=reps, weight=weight, rpe=rpe, notes=notes
        )

    def _learn(self, athlete: _Athlete, load_kg: float, done: Sequence[int]) -> None:
        low, high = self.reps
        if min(done) == high:
            athlete.loads_kg[self.slug] = load_kg + self.step_kg
        athlete.misses[self.slug] = athlete.misses[self.slug] + 1 if done[0] < low else 0
        if athlete.misses[self.slug] > 1:
            athlete.loads_kg[self.slug] = self._loadable(load_kg * 0.92)
            athlete.misses[self.slug] = 0

    def _loadable(self, weight: float) -> float:
        return max(self.least_kg, round(weight / self.step_kg) * self.step_kg)


@dataclass(frozen=True)
class _Bodyweight:
    """``most`` repetitions in one go, for an intermediate man."""

    slug: str
    sets: int
    most: int

    def perform(self, athlete: _Athlete, week: _Week, form: float) -> Iterator[_Set]:
        most = self.most * athlete.grown(week) * form
        for number in range(max(1, self.sets // 2) if week.is_deload else self.sets):
            left_over = 4.0 if week.is_deload else athlete.rng.uniform(0.5, 2)
            reps = max(1, int(most - number - left_over))
            yield _Set(slug=self.slug, minutes=2, reps=reps, rpe=athlete.effort(left_over))


@dataclass(frozen=True)
class _Hold:
    slug: str
    sets: int
    seconds: int

    def perform(self, athlete: _Athlete, week: _Week, form: float) -> Iterator[_Set]:
        for _ in range(1 if week.is_deload else self.sets):
            seconds = self.seconds * athlete.grown(week) * form * athlete.rng.uniform(0.9, 1.1)
            yield _Set(
                slug=self.slug,
                minutes=2,
                duration=max(15, 5 * round(seconds / 5)),
                rpe=athlete.effort(2.5),
            )


@dataclass(frozen=True)
class _Distance:
    """One stretch, from the first to the second of ``km`` over the year."""

    slug: str
    km: tuple[float, float]
    pace: float
    rpe: int
    notes: str = ""

    def perform(self, athlete: _Athlete, week: _Week, form: float) -> Iterator[_Set]:
        first, last = self.km
        km = (first + (last - first) * week.shape) * athlete.rng.uniform(0.9, 1.1)
        km = round(km * 0.6 if week.is_deload else km, 2)
        seconds = round(km * _pace_s(athlete, week, form) * self.pace)
        yield _Set(
            slug=self.slug,
            minutes=seconds / 60,
            duration=seconds,
            distance=km,
            rpe=None if self.notes else self.rpe + athlete.rng.choice((-1, 0, 0, 1)),
            notes=self.notes,
        )


@dataclass(frozen=True)
class _Intervals:
    slug: str
    km: float
    times: tuple[int, int]

    def perform(self, athlete: _Athlete, week: _Week, form: float) -> Iterator[_Set]:
        times = athlete.rng.randint(*self.times)
        for number in range(times // 2 if week.is_deload else times):
            pace_s = _pace_s(athlete, week, form) * athlete.rng.uniform(0.76, 0.8)
            yield _Set(
                slug=self.slug,
                minutes=3.5,
                duration=round(self.km * pace_s),
                distance=self.km,
                rpe=min(10, 7 + number // 2),
            )


@dataclass(frozen=True)
class _Session:
    name: str
    moves: tuple[_Move, ...]


@dataclass(frozen=True)
class _Program:
    """The sessions in turn, on these weekdays (Monday is 0); one of its own on holidays."""

    weekdays: tuple[int, ...]
    sessions: tuple[_Session, ...]
    on_holiday: _Session


_HOTEL_ROOM = _Session(
    "Hotel room",
    (_Bodyweight("push-up", 3, 18), _Bodyweight("bodyweight-squat", 3, 25), _Hold("plank", 3, 60)),
)
UPPER_LOWER = _Program(
    weekdays=(0, 1, 3, 4),
    sessions=(
        _Session(
            "Upper A",
            (
                _Lift("barbell-bench-press", 4, (4, 6), 1.15, least_kg=20, warm_ups=3),
                _Lift("barbell-bent-over-row", 4, (6, 8), 0.95, least_kg=20, warm_ups=1),
                _Lift("barbell-overhead-press", 3, (5, 8), 0.72, least_kg=20, warm_ups=1),
                _Bodyweight("pull-up", 3, 10),
                _Lift("dumbbell-lateral-raise", 3, (12, 15), 0.17, step_kg=1, least_kg=2),
            ),
        ),
        _Session(
            "Lower A",
            (
                _Lift("barbell-back-squat", 4, (4, 6), 1.5, least_kg=20, warm_ups=3),
                _Lift("romanian-deadlift", 3, (8, 10), 1.35, least_kg=20, warm_ups=1),
                _Lift("leg-press", 3, (10, 12), 2.6, step_kg=5, least_kg=20),
                _Lift("standing-calf-raise", 4, (10, 15), 1.3, step_kg=5),
                _Bodyweight("hanging-leg-raise", 3, 14),
            ),
        ),
        _Session(
            "Upper B",
            (
                _Lift(
                    "weighted-pull-up", 4, (4, 6), 1.6, least_kg=2.5, warm_ups=0, adds_body=True
                ),
                _Lift(
                    "incline-dumbbell-bench-press",
                    4,
                    (8, 10),
                    0.42,
                    step_kg=2,
                    least_kg=4,
                    warm_ups=2,
                ),
                _Lift("seated-cable-row", 3, (8, 12), 0.95, warm_ups=1),
                _Lift("seated-dumbbell-shoulder-press", 3, (8, 10), 0.33, step_kg=2, least_kg=4),
                _Lift("dumbbell-curl", 3, (8, 12), 0.23, step_kg=1, least_kg=3),
                _Lift("triceps-pushdown", 3, (10, 15), 0.48),
            ),
        ),
        _Session(
            "Lower B",
            (
                _Lift("barbell-deadlift", 3, (3, 5), 1.85, least_kg=40, warm_ups=3),
                _Lift("barbell-front-squat", 3, (6, 8), 1.2, least_kg=20, warm_ups=2),
                _Lift("lying-leg-curl", 3, (10, 12), 0.7),
                _Lift("bulgarian-split-squat", 3, (8, 12), 0.32, step_kg=2, least_kg=4),
                _Hold("side-plank", 3, 45),
            ),
        ),
    ),
    on_holiday=_HOTEL_ROOM,
)
FULL_BODY = _Program(
    weekdays=(0, 2, 4),
    sessions=(
        _Session(
            "Full body A",
            (
                _Lift("barbell-back-squat", 3, (5, 5), 1.5, least_kg=20, warm_ups=2),
                _Lift("barbell-bench-press", 3, (5, 5), 1.15, least_kg=20, warm_ups=2),
                _Lift("barbell-bent-over-row", 3, (6, 8), 0.95, least_kg=20, warm_ups=1),
                _Hold("plank", 3, 60),
            ),
        ),
        _Session(
            "Full body B",
            (
                _Lift("barbell-deadlift", 2, (5, 5), 1.85, least_kg=40, warm_ups=2),
                _Lift("barbell-overhead-press", 3, (5, 5), 0.72, least_kg=20, warm_ups=1),
                _Lift("lat-pulldown", 3, (8, 12), 0.95),
                _Bodyweight("push-up", 3, 22),
            ),
        ),
    ),
    on_holiday=_HOTEL_ROOM,
)
RUNNING = _Program(
    weekdays=(0, 1, 3, 4, 6),
    sessions=(
        _Session(
            "Strength for runners A",
            (
                _Lift("goblet-squat", 3, (8, 12), 0.45, step_kg=2, least_kg=6, warm_ups=1),
                _Lift("dumbbell-romanian-deadlift", 3, (8, 10), 0.4, step_kg=2, least_kg=6),
                _Bodyweight("push-up", 3, 20),
                _Bodyweight("single-leg-calf-raise", 3, 22),
                _Hold("plank", 3, 70),
            ),
        ),
        _Session("Easy run", (_Distance("jogging", (6, 9), 1.0, 4),)),
        _Session(
            "Intervals",
            (
                _Distance("jogging", (2, 2), 1.08, 2, notes=WARM_UP),
                _Intervals("sprint-intervals", 0.4, (6, 10)),
                _Distance("jogging", (1.5, 1.5), 1.12, 3),
            ),
        ),
        _Session(
            "Strength for runners B",
            (
                _Lift("barbell-back-squat", 3, (5, 8), 1.2, least_kg=20, warm_ups=2),
                _Lift("dumbbell-step-up", 3, (8, 12), 0.3, step_kg=2, least_kg=4),
                _Lift("one-arm-dumbbell-row", 3, (8, 12), 0.4, step_kg=2, least_kg=6),
                _Hold("side-plank", 3, 45),
            ),
        ),
        _Session("Long run", (_Distance("running", (11, 21), 1.04, 6),)),
    ),
    on_holiday=_Session("Beach run", (_Distance("running", (5, 8), 1.05, 4),)),
)
_PROGRAMS = (UPPER_LOWER, FULL_BODY, RUNNING)

_STRENGTH = {
    FitnessLevel.BEGINNER: 0.6,
    FitnessLevel.INTERMEDIATE: 1.0,
    FitnessLevel.ADVANCED: 1.2,
}
_GAIN = {FitnessLevel.BEGINNER: 0.5, FitnessLevel.INTERMEDIATE: 0.16, FitnessLevel.ADVANCED: 0.08}
_PACE_S = {FitnessLevel.BEGINNER: 405, FitnessLevel.INTERMEDIATE: 360, FitnessLevel.ADVANCED: 330}
_OF_A_WOMAN = 0.75
_PACE_GAIN = 0.1
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
        athlete = _athlete(user, rng)
        for workout, done in _diary(user, athlete, now, exercises):
            workouts.append(workout)
            sets += _rows(workout, done, exercises)
    Workout.objects.bulk_create(workouts, batch_size=_BATCH_SIZE)
    WorkoutSet.objects.bulk_create(sets)
    return len(workouts)


def _exercises() -> Mapping[str, Exercise]:
    sessions = [
        session for program in _PROGRAMS for session in (*program.sessions, program.on_holiday)
    ]
    slugs = {move.slug for session in sessions for move in session.moves}
    found = {row.slug: row for row in Exercise.objects.filter(slug__in=slugs) if row.slug}
    if missing := slugs - found.keys():
        raise MissingExercises(
            f"The exercise catalogue lacks {', '.join(sorted(missing))}: run load_catalogue first."
        )
    return found


def _athlete(user: User, rng: Random) -> _Athlete:
    profile = user.profile
    level = FitnessLevel(profile.fitness_level)
    is_woman = profile.sex == Sex.FEMALE
    return _Athlete(
        rng=rng,
        body_kg=profile.body_weight_kg or _BODY_KG,
        strength=_STRENGTH[level] * (_OF_A_WOMAN if is_woman else 1) * rng.uniform(0.92, 1.08),
        gain=_GAIN[level] * rng.uniform(0.8, 1.2),
        pace_s=_PACE_S[level] * rng.uniform(0.95, 1.05),
        clock_min=rng.choice((_BEFORE_WORK, _LUNCH, _AFTER_WORK, _EVENING)),
    )


def _program_of(user: User) -> _Program:
    if user.settings.primary_goal == PrimaryGoal.ENDURANCE:
        return RUNNING
    return FULL_BODY if user.profile.fitness_level == FitnessLevel.BEGINNER else UPPER_LOWER


def _pace_s(athlete: _Athlete, week: _Week, form: float) -> float:
    """Seconds for a kilometer at an easy pace."""
    return athlete.pace_s * (1 - _PACE_GAIN * week.shape) / form


def _diary(
    user: User, athlete: _Athlete, now: datetime, exercises: Mapping[str, Exercise]
) -> Iterator[tuple[Workout, list[_Set]]]:
    program = _program_of(user)
    zone = user.profile.timezone
    first = reading_of(now, zone).date() - timedelta(days=YEAR_DAYS)
    monday = first - timedelta(days=first.weekday())
    turn = 0
    for week in _weeks(athlete.rng, monday):
        for day, session in _agenda(athlete.rng, program, week, turn):
            form = athlete.rng.gauss(1, 0.012)
            done = [each for move in session.moves for each in move.perform(athlete, week, form)]
            workout = Workout(
                user=user, name=session.name, body_weight_kg=user.profile.body_weight_kg
            )
            _set_times(workout, athlete, day, zone, done)
            _describe(workout, athlete, week, form)
            _count_calories(workout, athlete, done, exercises)
            assert workout.finished_at is not None
            if day >= first and workout.finished_at <= now:
                yield workout, done
        turn += len(program.weekdays)


def _weeks(rng: Random, monday: date) -> Iterator[_Week]:
    """A deload about every sixth week, one missed, two of holidays, and two plateaus."""
    missed, holiday = rng.randint(7, 20), rng.randint(26, 44)
    plateaus = {
        first + number
        for first in (rng.randint(10, 16), rng.randint(32, 38))
        for number in range(6)
    }
    gained, since_deload, deload_after = 0.0, 0, rng.randint(4, 6)
    for number in range(YEAR_DAYS // 7 + 1):
        kind = _Kind.TRAINING
        if number == missed:
            kind, gained = _Kind.MISSED, gained - 0.5
        elif number in {holiday, holiday + 1}:
            kind, gained, since_deload = _Kind.HOLIDAY, gained - 1, 0
        elif since_deload == deload_after:
            kind, since_deload, deload_after = _Kind.DELOAD, 0, rng.randint(4, 6)
        else:
            gained += number not in plateaus
            since_deload += 1
        shape = 1 - math.exp(-gained / 20)
        yield _Week(monday + timedelta(weeks=number), kind, shape)


def _agenda(
    rng: Random, program: _Program, week: _Week, turn: int
) -> Iterator[tuple[date, _Session]]:
    """The days of a week on which there was a session."""
    if week.kind is _Kind.MISSED:
        return
    if week.kind is _Kind.HOLIDAY:
        yield week.monday + timedelta(days=rng.randrange(7)), program.on_holiday
        return
    for number, weekday in enumerate(program.weekdays, start=turn):
        session = program.sessions[number % len(program.sessions)]
        if rng.random() >= _SESSION_SKIPPED:
            yield week.monday + timedelta(days=weekday), session


def _set_times(
    workout: Workout, athlete: _Athlete, day: date, zone: str, done: Sequence[_Set]
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


def _describe(workout: Workout, athlete: _Athlete, week: _Week, form: float) -> None:
    workout.is_public = athlete.rng.random() < _PUBLIC
    remark = athlete.rng.choice(_REMARKS) if athlete.rng.random() < _REMARK else ""
    if week.is_deload:
        workout.notes = "Deload: light and quick."
    elif form < _BAD_DAY:
        workout.notes = "Slept badly, everything felt heavy."
    elif form > _GOOD_DAY:
        workout.notes = "Everything moved fast today."
    else:
        workout.notes = remark


def _count_calories(
    workout: Workout, athlete: _Athlete, done: Sequence[_Set], exercises: Mapping[str, Exercise]
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
    workout: Workout, done: Sequence[_Set], exercises: Mapping[str, Exercise]
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
