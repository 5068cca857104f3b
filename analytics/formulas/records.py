"""Personal records of one exercise, read off its sets in the order in which they were done.

Records are never marked on a set: they are what folding over the sets gives. After an edit the
fold is done again, and the difference to before says what was won and what is taken back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final, Literal
from uuid import UUID

from analytics.formulas.one_rm import MAX_RELIABLE_REPS, estimate_one_rm
from analytics.formulas.provenance import Formula, Window, shown
from analytics.formulas.result import Result
from workouts.training.document import SetType
from workouts.training.loads import UNKNOWN_STEP_KG

RecordKind = Literal[
    "one_rm", "weight", "reps", "set_volume", "session_volume", "distance", "pace"
]
LoadType = Literal["external", "bodyweight", "assisted"]

# Where a pace is measured: from a sprint to 100 km, among them a mile and both marathons.
STANDARD_DISTANCES_KM: Final = (0.4, 0.5, 1, 1.609344, 2, 5, 10, 21.0975, 42.195, 50, 100)
# What distances and times are noted in.
STEP_KM: Final = 0.01
STEP_SECONDS: Final = 1.0

UNITS: Final[dict[RecordKind, str]] = {
    "one_rm": "kg",
    "weight": "kg",
    "reps": "repetitions",
    "set_volume": "kg",
    "session_volume": "kg",
    "distance": "km",
    "pace": "s",
}
PERSONAL_RECORD: Final = Formula(
    id="personal_record",
    name="Personal record",
    valid=(
        "Working sets without help, compared with those before them; better by more than half of"
        " the smallest step."
    ),
    source="A rule of ours",
)
AN_ESTIMATE: Final = "The maximum is an estimate, not a lift."
AVERAGE_PACE: Final = "The time is that of a longer distance at its average pace."


@dataclass(frozen=True, kw_only=True)
class LoggedSet:
    """A set as it was done. None was not measured; the load is all that was moved, in kg."""

    id: UUID
    workout: UUID
    day: date
    set_type: SetType = "normal"
    load_type: LoadType = "external"
    load_kg: float | None = None
    reps: int | None = None
    reserve: float | None = None
    distance_km: float | None = None
    duration_s: float | None = None

    @property
    def counts(self) -> bool:
        return self.set_type != "warm_up" and self.load_type != "assisted"

    @property
    def volume_kg(self) -> float:
        return (self.load_kg or 0) * (self.reps or 0)


@dataclass(frozen=True, kw_only=True)
class Record(Result):
    """Better than everything before it; a `previous` of None is that nothing was before it.

    `at` is the load in kg of a record in reps, and the distance in km of one in pace, whose value
    is the time in seconds; the others have none.
    """

    formula: Formula = PERSONAL_RECORD
    kind: RecordKind
    set_id: UUID
    workout: UUID
    day: date
    value: float
    previous: float | None
    at: float | None = None

    @property
    def is_first(self) -> bool:
        """Whether there was nothing to beat: where records start, and nothing to cheer at."""
        return self.previous is None

    def steps(self) -> list[str]:
        unit = UNITS[self.kind]
        place = {"reps": "with {} kg or more", "pace": "over {} km"}.get(self.kind, "")
        what = f"{self.kind.replace('_', ' ')} {place.format(shown(self.at or 0, 4))}".strip()
        if self.previous is None:
            return [f"{what}: {shown(self.value)} {unit} on {self.day}, the first of its kind."]
        return [
            f"{what}: {shown(self.value)} {unit} on {self.day}.",
            f"The best before it was {shown(self.previous)} {unit}.",
        ]


class RecordBook:
    """What is best so far of one exercise. It reads sessions in the order of their start."""

    def __init__(self, *, step_kg: float = UNKNOWN_STEP_KG) -> None:
        """For an exercise whose load changes in steps of so many kg."""
        self._margin_kg = step_kg / 2
        self._best: dict[tuple[RecordKind, float | None], float] = {}
        # For each load the most repetitions with it, as far as no heavier load has as many.
        self._most_reps: dict[float, int] = {}
        self._days: tuple[date, date] | None = None
        self._count = 0

    def read(self, session: Iterable[LoggedSet]) -> tuple[Record, ...]:
        """Take in the sets of one session, as they were done; the answer is its records."""
        done = [one for one in session if one.counts]
        records = [record for one in done for record in self._of_set(one)]
        volume_kg = sum(one.volume_kg for one in done)
        if volume_kg > 0:
            last = next(one for one in reversed(done) if one.volume_kg > 0)
            records.extend(self._higher("session_volume", last, volume_kg, self._margin_kg))
        return tuple(records)

    def _of_set(self, done: LoggedSet) -> Iterator[Record]:
        self._days = (min(self._days[0], done.day) if self._days else done.day, done.day)
        self._count += 1
        if done.reps:
            yield from self._reps(done, done.reps)
            yield from self._loads(done, done.reps)
        if done.distance_km:
            yield from self._higher("distance", done, done.distance_km, STEP_KM / 2)
            yield from self._paces(done, done.distance_km)

    def _loads(self, done: LoggedSet, reps: int) -> Iterator[Record]:
        if done.load_kg is None or done.load_kg <= 0:
            return
        yield from self._higher("weight", done, done.load_kg, self._margin_kg)
        yield from self._higher("set_volume", done, done.volume_kg, self._margin_kg)
        estimate = estimate_one_rm(
            weight_kg=done.load_kg, reps=reps, reserve=done.reserve, day=done.day
        )
        if estimate and estimate.effective_reps <= MAX_RELIABLE_REPS:
            caveats = () if estimate.is_measured else (AN_ESTIMATE,)
            one_rm_kg = estimate.one_rm_kg
            yield from self._higher("one_rm", done, one_rm_kg, self._margin_kg, caveats=caveats)

    def _reps(self, done: LoggedSet, reps: int) -> Iterator[Record]:
        """Most repetitions with this load or a heavier one; without a load, of all sets."""
        load_kg = done.load_kg or 0.0
        # Loads nearer than half a step are the same.
        least_kg = load_kg - self._margin_kg
        heavy = [most for kg, most in self._most_reps.items() if kg >= least_kg]
        previous = max(heavy, default=None)
        if previous is not None and reps <= previous:
            return
        self._most_reps = {
            kg: most for kg, most in self._most_reps.items() if kg > load_kg or most > reps
        } | {load_kg: reps}
        yield self._record("reps", done, reps, previous, at=load_kg)

    def _paces(self, done: LoggedSet, distance_km: float) -> Iterator[Record]:
        """Time over each standard distance that the set covers, at its average pace."""
        if not done.duration_s:
            return
        for standard_km in STANDARD_DISTANCES_KM:
            if standard_km > distance_km + STEP_KM / 2:
                continue
            is_longer = distance_km - standard_km > STEP_KM / 2
            time_s = done.duration_s * min(1.0, standard_km / distance_km)
            best = self._best.get(("pace", standard_km))
            if best is None or time_s < best - STEP_SECONDS / 2:
                self._best["pace", standard_km] = time_s
                caveats = (AVERAGE_PACE,) if is_longer else ()
                yield self._record("pace", done, time_s, best, at=standard_km, caveats=caveats)

    def _higher(
        self,
        kind: RecordKind,
        done: LoggedSet,
        value: float,
        margin: float,
        *,
        caveats: tuple[str, ...] = (),
    ) -> Iterator[Record]:
        best = self._best.get((kind, None))
        if best is None or value > best + margin:
            self._best[kind, None] = value
            yield self._record(kind, done, value, best, caveats=caveats)

    def _record(
        self,
        kind: RecordKind,
        done: LoggedSet,
        value: float,
        previous: float | None,
        *,
        at: float | None = None,
        caveats: tuple[str, ...] = (),
    ) -> Record:
        first, last = self._days or (done.day, done.day)
        return Record(
            kind=kind,
            set_id=done.id,
            workout=done.workout,
            day=done.day,
            value=value,
            previous=previous,
            at=at,
            caveats=caveats,
            window=Window(first=first, last=last, count=self._count),
        )


def records_of(
    sets: Iterable[LoggedSet], *, step_kg: float = UNKNOWN_STEP_KG
) -> tuple[Record, ...]:
    """All records of one exercise, oldest first, from its sets in the order they were done.

    The sets of a workout follow each other. The load of the exercise changes in steps of
    `step_kg`; half of that is what a record must be better by.
    """
    book = RecordBook(step_kg=step_kg)
    sessions = groupby(sets, key=lambda done: done.workout)
    return tuple(record for _, session in sessions for record in book.read(session))


def standing_records(records: Iterable[Record]) -> tuple[Record, ...]:
    """The records that hold now: the last one of each kind, and of each load or distance of it.

    One in repetitions no longer holds once a heavier load had as many.
    """
    last = {(record.kind, record.at): record for record in records}
    return tuple(
        record
        for record in last.values()
        if record.kind != "reps" or not any(_outdoes(other, record) for other in last.values())
    )


def _outdoes(other: Record, record: Record) -> bool:
    is_heavier = other.kind == "reps" and (other.at or 0) > (record.at or 0)
    return is_heavier and other.value >= record.value


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What an edit did: records that are new, and records that are taken back."""

    won: tuple[Record, ...]
    retracted: tuple[Record, ...]


def record_changes(before: Sequence[Record], after: Sequence[Record]) -> Changes:
    """Compare the records of the sets before an edit and after it.

    A record of the same set whose value has changed is both taken back and won; what it beat
    does not matter.
    """
    old, new = {_identity(one) for one in before}, {_identity(one) for one in after}
    return Changes(
        won=tuple(one for one in after if _identity(one) not in old),
        retracted=tuple(one for one in before if _identity(one) not in new),
    )


def _identity(record: Record) -> tuple[RecordKind, UUID, float | None, float]:
    return record.kind, record.set_id, record.at, record.value
