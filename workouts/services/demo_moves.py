"""What the people of the demo train: their bodies, their moves, and their programs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from random import Random
from typing import Protocol

WARM_UP = "Warm-up"

# A chance, of one.
_EFFORT_UNKNOWN = 0.1
_PACE_GAIN = 0.1
# Of strength, what a break takes, and what is still missing of that a week later.
_RUST, _RUST_LEFT = 0.06, 0.5


class Kind(Enum):
    TRAINING = "training"
    DELOAD = "deload"
    MISSED = "missed"
    HOLIDAY = "holiday"
    INJURED = "injured"
    RETURN = "return"


@dataclass(frozen=True)
class Week:
    """``shape`` grows from 0 towards 1, the more slowly the higher it is.

    ``rust`` is the share of strength that a break took and that has not come back yet.
    """

    monday: date
    kind: Kind
    shape: float
    rust: float = 0

    @property
    def is_light(self) -> bool:
        return self.kind in {Kind.DELOAD, Kind.RETURN}


@dataclass(frozen=True, kw_only=True)
class Story:
    """What a year brought that nobody planned.

    ``gain`` multiplies what a year adds. ``injured`` are weeks of it, from 0; ``stuck`` says at
    which shape a lift stands still.
    """

    gain: float = 1
    injured: range = range(0)
    stuck: Mapping[str, float] = field(default_factory=dict)

    def kind_of(self, number: int) -> Kind | None:
        """Of this week, where the injury decides it."""
        if number in self.injured:
            return Kind.INJURED
        return Kind.RETURN if self.injured and number == self.injured.stop else None

    def far_from_injury(self, number: int) -> int:
        """The week itself, or one before: nobody travels who can hardly bend."""
        injured = self.injured
        is_near = bool(injured) and injured.start - 3 < number < injured.stop + 2
        return injured.start - 8 if is_near else number

    def rust(self, number: int) -> float:
        """The share of strength that the injury has left missing in this week."""
        ago = number - self.injured.stop
        return _RUST * _RUST_LEFT**ago if self.injured and ago >= 0 else 0


@dataclass(frozen=True, kw_only=True)
class DoneSet:
    slug: str
    minutes: float
    reps: int | None = None
    weight: float | None = None
    duration: int | None = None
    distance: float | None = None
    rpe: int | None = None
    notes: str = ""


@dataclass
class Athlete:
    """A body, and what it remembers of the last sessions.

    ``strength`` multiplies the maxima of the lifts, and ``gain`` is what a year adds to them.
    ``ratings`` are apart, so that what is said of a session changes nothing of what is done.
    """

    rng: Random
    body_kg: float
    strength: float
    gain: float
    pace_s: float
    clock_min: int
    ratings: Random
    stuck: Mapping[str, float] = field(default_factory=dict)
    loads_kg: dict[str, float] = field(default_factory=dict)
    misses: Counter[str] = field(default_factory=Counter)

    def grown(self, week: Week, slug: str = "") -> float:
        if slug in self.stuck:
            # It stands where a break takes nothing.
            return self.strength * (1 + self.gain * min(week.shape, self.stuck[slug]))
        return self.strength * (1 + self.gain * week.shape) * (1 - week.rust)

    def effort(self, reps_left: float) -> int | None:
        """The RPE of a set that left this many repetitions undone, where it was noted."""
        if self.rng.random() < _EFFORT_UNKNOWN:
            return None
        return min(10, max(5, round(10 - reps_left)))


def pace_s(athlete: Athlete, week: Week, form: float) -> float:
    """Seconds for a kilometer at an easy pace."""
    return athlete.pace_s * (1 - _PACE_GAIN * week.shape) / form


class _Move(Protocol):
    @property
    def slug(self) -> str: ...

    def perform(self, athlete: Athlete, week: Week, form: float) -> Iterator[DoneSet]: ...


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

    def perform(self, athlete: Athlete, week: Week, form: float) -> Iterator[DoneSet]:
        low, high = self.reps
        body_kg = athlete.body_kg if self.adds_body else 0.0
        one_rm_kg = athlete.body_kg * self.one_rm * athlete.grown(week, self.slug) * form
        first_kg = one_rm_kg * (37 - high - 2) / 36 - body_kg
        load_kg = athlete.loads_kg.setdefault(self.slug, self._loadable(first_kg))
        if week.is_light:
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

    def _warm_up(self, load_kg: float) -> Iterator[DoneSet]:
        steps = ((0.4, 8), (0.6, 5), (0.8, 3))[: self.warm_ups]
        for share, reps in steps:
            light_kg = self._loadable(load_kg * share)
            if light_kg < load_kg:
                yield self._set(reps, light_kg, notes=WARM_UP)

    def _set(
        self, reps: int, weight: float, *, rpe: int | None = None, notes: str = ""
    ) -> DoneSet:
        minutes = 1.2 if notes else 2.8
        return DoneSet(
            slug=self.slug, minutes=minutes, reps=reps, weight=weight, rpe=rpe, notes=notes
        )

    def _learn(self, athlete: Athlete, load_kg: float, done: Sequence[int]) -> None:
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

    def perform(self, athlete: Athlete, week: Week, form: float) -> Iterator[DoneSet]:
        most = self.most * athlete.grown(week) * form
        for number in range(max(1, self.sets // 2) if week.is_light else self.sets):
            left_over = 4.0 if week.is_light else athlete.rng.uniform(0.5, 2)
            reps = max(1, int(most - number - left_over))
            yield DoneSet(slug=self.slug, minutes=2, reps=reps, rpe=athlete.effort(left_over))


@dataclass(frozen=True)
class _Hold:
    slug: str
    sets: int
    seconds: int

    def perform(self, athlete: Athlete, week: Week, form: float) -> Iterator[DoneSet]:
        for _ in range(1 if week.is_light else self.sets):
            seconds = self.seconds * athlete.grown(week) * form * athlete.rng.uniform(0.9, 1.1)
            yield DoneSet(
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

    def perform(self, athlete: Athlete, week: Week, form: float) -> Iterator[DoneSet]:
        first, last = self.km
        km = (first + (last - first) * week.shape) * athlete.rng.uniform(0.9, 1.1)
        km = round(km * 0.6 if week.is_light else km, 2)
        seconds = round(km * pace_s(athlete, week, form) * self.pace)
        yield DoneSet(
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

    def perform(self, athlete: Athlete, week: Week, form: float) -> Iterator[DoneSet]:
        times = athlete.rng.randint(*self.times)
        for number in range(times // 2 if week.is_light else times):
            fast_s = pace_s(athlete, week, form) * athlete.rng.uniform(0.76, 0.8)
            yield DoneSet(
                slug=self.slug,
                minutes=3.5,
                duration=round(self.km * fast_s),
                distance=self.km,
                rpe=min(10, 7 + number // 2),
            )


@dataclass(frozen=True)
class Session:
    name: str
    moves: tuple[_Move, ...]


@dataclass(frozen=True)
class Program:
    """The sessions in turn, on these weekdays (Monday is 0); one of its own on holidays."""

    weekdays: tuple[int, ...]
    sessions: tuple[Session, ...]
    on_holiday: Session


_HOTEL_ROOM = Session(
    "Hotel room",
    (_Bodyweight("push-up", 3, 18), _Bodyweight("bodyweight-squat", 3, 25), _Hold("plank", 3, 60)),
)
UPPER_LOWER = Program(
    weekdays=(0, 1, 3, 4),
    sessions=(
        Session(
            "Upper A",
            (
                _Lift("barbell-bench-press", 4, (4, 6), 1.15, least_kg=20, warm_ups=3),
                _Lift("barbell-bent-over-row", 4, (6, 8), 0.95, least_kg=20, warm_ups=1),
                _Lift("barbell-overhead-press", 3, (5, 8), 0.72, least_kg=20, warm_ups=1),
                _Bodyweight("pull-up", 3, 10),
                _Lift("dumbbell-lateral-raise", 3, (12, 15), 0.17, step_kg=1, least_kg=2),
            ),
        ),
        Session(
            "Lower A",
            (
                _Lift("barbell-back-squat", 4, (4, 6), 1.5, least_kg=20, warm_ups=3),
                _Lift("romanian-deadlift", 3, (8, 10), 1.35, least_kg=20, warm_ups=1),
                _Lift("leg-press", 3, (10, 12), 2.6, step_kg=5, least_kg=20),
                _Lift("standing-calf-raise", 4, (10, 15), 1.3, step_kg=5),
                _Bodyweight("hanging-leg-raise", 3, 14),
            ),
        ),
        Session(
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
        Session(
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
FULL_BODY = Program(
    weekdays=(0, 2, 4),
    sessions=(
        Session(
            "Full body A",
            (
                _Lift("barbell-back-squat", 3, (5, 5), 1.5, least_kg=20, warm_ups=2),
                _Lift("barbell-bench-press", 3, (5, 5), 1.15, least_kg=20, warm_ups=2),
                _Lift("barbell-bent-over-row", 3, (6, 8), 0.95, least_kg=20, warm_ups=1),
                _Hold("plank", 3, 60),
            ),
        ),
        Session(
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
RUNNING = Program(
    weekdays=(0, 1, 3, 4, 6),
    sessions=(
        Session(
            "Strength for runners A",
            (
                _Lift("goblet-squat", 3, (8, 12), 0.45, step_kg=2, least_kg=6, warm_ups=1),
                _Lift("dumbbell-romanian-deadlift", 3, (8, 10), 0.4, step_kg=2, least_kg=6),
                _Bodyweight("push-up", 3, 20),
                _Bodyweight("single-leg-calf-raise", 3, 22),
                _Hold("plank", 3, 70),
            ),
        ),
        Session("Easy run", (_Distance("jogging", (6, 9), 1.0, 4),)),
        Session(
            "Intervals",
            (
                _Distance("jogging", (2, 2), 1.08, 2, notes=WARM_UP),
                _Intervals("sprint-intervals", 0.4, (6, 10)),
                _Distance("jogging", (1.5, 1.5), 1.12, 3),
            ),
        ),
        Session(
            "Strength for runners B",
            (
                _Lift("barbell-back-squat", 3, (5, 8), 1.2, least_kg=20, warm_ups=2),
                _Lift("dumbbell-step-up", 3, (8, 12), 0.3, step_kg=2, least_kg=4),
                _Lift("one-arm-dumbbell-row", 3, (8, 12), 0.4, step_kg=2, least_kg=6),
                _Hold("side-plank", 3, 45),
            ),
        ),
        Session("Long run", (_Distance("running", (11, 21), 1.04, 6),)),
    ),
    on_holiday=Session("Beach run", (_Distance("running", (5, 8), 1.05, 4),)),
)
PROGRAMS = (UPPER_LOWER, FULL_BODY, RUNNING)
