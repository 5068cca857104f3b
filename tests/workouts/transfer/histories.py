"""Files as the apps Strong and Hevy write them, of any length, in several dialects.

``python -m tests.workouts.transfer.histories FOLDER`` writes, per dialect, a history of 300
workouts and one of 50,000 rows.
"""

import csv
import datetime as dt
import io
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

from babel.dates import format_datetime

MARK = "\ufeff"
FIRST_MORNING = dt.datetime(2019, 1, 7, 6, 30)  # noqa: DTZ001 - the person's own clock
ROUTINES = {
    "Push, heavy": ("Bench Press (Barbell)", "Overhead Press (Barbell)", "Cable Fly"),
    "Pull": ("Deadlift (Barbell)", "Pull Up", "Bicep Curl (Dumbbell)"),
    "Legs": ("Squat (Barbell)", "Leg Press", "Plank"),
    "Cardio": ("Running (Treadmill)", "Plank"),
}
# First working load and how it grows, in steps; without one, the body alone.
LOADS = {
    "Bench Press (Barbell)": (24, 1),
    "Overhead Press (Barbell)": (14, 1),
    "Cable Fly": (6, 1),
    "Deadlift (Barbell)": (32, 2),
    "Bicep Curl (Dumbbell)": (5, 1),
    "Squat (Barbell)": (28, 2),
    "Leg Press": (48, 2),
}
WARM_UPS = {"kg": (60, 100), "lb": (45, 95, 135, 185, 225)}
NOTES = ("", "", "", "Felt strong", 'Belt on, "easy"', "Zwei Sätze\nlangsam", "=SUM(A1)", "+1 rep")


@dataclass(frozen=True)
class Done:
    """A set of a made-up history, in the units of its file."""

    exercise: str
    kind: str = "normal"
    reps: int | None = None
    load: float | None = None
    seconds: int | None = None
    distance: float | None = None
    rpe: float | None = None
    notes: str = ""
    rest: int | None = None
    superset: int | None = None


@dataclass(frozen=True)
class Session:
    number: int
    name: str
    start: dt.datetime
    minutes: int
    notes: str
    sets: tuple[Done, ...]


@dataclass(frozen=True)
class StrongDialect:
    columns: str
    delimiter: str = ","
    decimal: str = "."
    unit: str = "kg"
    distance_unit: str = "km"
    start: Callable[[dt.datetime], str] = "{:%Y-%m-%d %H:%M:%S}".format
    length: Callable[[int], str] = str
    zeros: bool = False
    timers: bool = False
    encoding: str = "utf-8"
    mark: str = ""


@dataclass(frozen=True)
class HevyDialect:
    start: Callable[[dt.datetime], str]
    delimiter: str = ","
    decimal: str = "."
    unit: str = "kg"
    distance_unit: str = "km"
    encoding: str = "utf-8"
    mark: str = ""

    @property
    def weight(self) -> str:
        return "weight_kg" if self.unit == "kg" else "weight_lbs"

    @property
    def distance(self) -> str:
        return "distance_km" if self.distance_unit == "km" else "distance_miles"

    @property
    def columns(self) -> str:
        return (
            "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,"
            f"set_index,set_type,{self.weight},reps,{self.distance},duration_seconds,rpe"
        )


def in_words(minutes: int) -> str:
    return f"{minutes // 60}h {minutes % 60}m" if minutes >= 60 else f"{minutes}m"


def in_seconds(minutes: int) -> str:
    return str(minutes * 60)


def in_language(locale: str, pattern: str) -> Callable[[dt.datetime], str]:
    return lambda moment: format_datetime(moment, pattern, locale=locale)


STRONG = {
    # No unit anywhere, zeros for what was not measured.
    "ios": StrongDialect(
        columns="Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,"
        "Notes,Workout Notes,RPE",
        length=in_words,
        unit="lb",
        distance_unit="mi",
        zeros=True,
    ),
    "six": StrongDialect(
        columns="Workout #,Date,Workout Name,Duration (sec),Exercise Name,Set Order,Weight (kg),"
        "Reps,RPE,Distance (meters),Seconds,Notes,Workout Notes",
        delimiter=";",
        decimal=",",
        distance_unit="m",
        length=in_seconds,
        timers=True,
        mark=MARK,
    ),
    "android": StrongDialect(
        columns="Date,Workout Name,Exercise Name,Set Order,Weight,Weight Unit,Reps,RPE,Distance,"
        "Distance Unit,Seconds,Notes,Workout Notes,Workout Duration",
        delimiter=";",
        unit="lb",
        distance_unit="mi",
        length=in_words,
        zeros=True,
    ),
    # Saved again by a spreadsheet.
    "office": StrongDialect(
        columns="Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,"
        "RPE",
        delimiter="\t",
        decimal=",",
        start="{:%d.%m.%Y %H:%M}".format,
        length=in_words,
        timers=True,
        encoding="utf-16-le",
        mark=MARK,
    ),
}
HEVY = {
    "kg": HevyDialect(start=in_language("en", "d MMM y, HH:mm")),
    "us": HevyDialect(
        start=in_language("en_US", "MMM d, y, h:mm a"), unit="lb", distance_unit="mi"
    ),
    "german": HevyDialect(
        start="{:%d.%m.%Y, %H:%M}".format, delimiter=";", decimal=",", encoding="cp1252"
    ),
    "french": HevyDialect(start=in_language("fr", "d MMM y, HH:mm"), unit="lb"),
    "slashes": HevyDialect(start="{:%d/%m/%Y %H:%M}".format),
}


def strong_csv(*, workouts: int, dialect: str = "ios", seed: int = 0) -> bytes:
    return b"".join(strong_chunks(workouts=workouts, dialect=dialect, seed=seed))


def hevy_csv(*, workouts: int, dialect: str = "kg", seed: int = 0) -> bytes:
    return b"".join(hevy_chunks(workouts=workouts, dialect=dialect, seed=seed))


def strong_chunks(*, workouts: int, dialect: str, seed: int = 0) -> Iterator[bytes]:
    """A file, a workout at a time."""
    form = STRONG[dialect]
    return _chunks(form, sessions(workouts, form.unit, seed), _strong_rows)


def hevy_chunks(*, workouts: int, dialect: str, seed: int = 0) -> Iterator[bytes]:
    form = HEVY[dialect]
    return _chunks(form, sessions(workouts, form.unit, seed), _hevy_rows)


def _chunks(form, history: Iterator[Session], rows_of: Callable) -> Iterator[bytes]:
    names = form.columns.split(",")
    yield form.mark.encode(form.encoding) + _lines([names], form)
    # "Weight (kg)" holds what is "Weight" elsewhere.
    keys = [name.partition(" (")[0] for name in names]
    for session in history:
        yield _lines(
            [[cells.get(key, "") for key in keys] for cells in rows_of(session, form)], form
        )


def _lines(rows: list[list[object]], form) -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=form.delimiter).writerows(rows)
    return target.getvalue().encode(form.encoding)


class Stream:
    """Chunks as a file that is written while it is read."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def read(self, size: int) -> bytes:
        while len(self._rest) < size and (chunk := next(self._chunks, b"")):
            self._rest += chunk
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def repeated(chunks: Iterable[bytes], *, times: int) -> Stream:
    """A long file of which little is held: the header, and its workouts so many times."""
    header, *workouts = chunks
    return Stream(chain([header], *repeat(workouts, times)))


def sessions(workouts: int, unit: str, seed: int) -> Iterator[Session]:
    """Someone who trains every other day or so, and gets stronger."""
    chance = random.Random(seed)
    start = FIRST_MORNING
    for number in range(1, workouts + 1):
        name = list(ROUTINES)[number % len(ROUTINES)]
        minutes = chance.randint(25, 130)
        done = tuple(_sets(name, unit, number // 12, chance))
        yield Session(number, name, start, minutes, chance.choice(NOTES), done)
        start += dt.timedelta(days=chance.randint(1, 3), minutes=chance.randint(-20, 20))


def _sets(name: str, unit: str, weeks: int, chance: random.Random) -> Iterator[Done]:
    step = 2.5 if unit == "kg" else 5
    for place, exercise in enumerate(ROUTINES[name]):
        superset = 0 if place and len(ROUTINES[name]) > 2 else None
        if exercise == "Plank":
            yield Done(exercise, seconds=chance.randrange(30, 180, 5), rest=60, superset=superset)
        elif exercise.startswith("Running"):
            distance = chance.randrange(2000, 12_000, 50) / 1000
            yield Done(exercise, seconds=int(distance * 330), distance=distance)
        elif exercise == "Pull Up":
            for _ in range(3):
                yield Done(exercise, reps=chance.randint(4, 12), load=0, rest=120)
        else:
            base, growth = LOADS[exercise]
            yield from _work(exercise, (base + weeks % 24 * growth) * step, unit, chance, superset)


def _work(
    exercise: str, load: float, unit: str, chance: random.Random, superset: int | None
) -> Iterator[Done]:
    for rung in WARM_UPS[unit] if "Barbell" in exercise else ():
        if rung < load:
            yield Done(exercise, "warm_up", reps=5, load=rung, rest=60, superset=superset)
    for _ in range(chance.randint(3, 5)):
        yield Done(
            exercise,
            reps=chance.randint(3, 10),
            load=load,
            rpe=chance.choice([None, 7, 8, 8.5, 9]),
            notes=chance.choice(NOTES),
            rest=chance.choice([90, 180]),
            superset=superset,
        )
    if chance.random() < 0.2:
        kind = chance.choice(["drop", "failure"])
        yield Done(exercise, kind, reps=chance.randint(6, 15), load=load, superset=superset)


def _strong_rows(session: Session, form: StrongDialect) -> Iterator[dict[str, object]]:
    def text(value: float | None) -> str:
        empty = "0" if form.zeros else ""
        return empty if value is None else f"{value:g}".replace(".", form.decimal)

    numbers: dict[str, int] = {}
    for done in session.sets:
        numbers[done.exercise] = numbers.get(done.exercise, 0) + (done.kind == "normal")
        distance = None if done.distance is None else _in(done.distance, form.distance_unit)
        row = {
            "Workout #": session.number,
            "Date": form.start(session.start),
            "Workout Name": session.name,
            "Duration": form.length(session.minutes),
            "Workout Duration": form.length(session.minutes),
            "Exercise Name": done.exercise,
            "Workout Notes": session.notes,
        }
        kinds = {"warm_up": "W", "drop": "D", "failure": "F"}
        yield row | {
            "Set Order": kinds.get(done.kind, numbers[done.exercise]),
            "Weight": text(done.load),
            "Weight Unit": {"lb": "lbs"}.get(form.unit, form.unit),
            "Reps": text(done.reps),
            "Distance": text(distance),
            "Distance Unit": form.distance_unit,
            "Seconds": text(done.seconds),
            "Notes": done.notes,
            "RPE": "" if done.rpe is None else text(done.rpe),
        }
        if form.timers and done.rest:
            yield row | {"Set Order": "Rest Timer", "Seconds": done.rest}


def _hevy_rows(session: Session, form: HevyDialect) -> Iterator[dict[str, object]]:
    def text(value: float | None) -> str:
        return "" if value is None else f"{value:g}".replace(".", form.decimal)

    end = session.start + dt.timedelta(minutes=session.minutes)
    numbers: dict[str, int] = {}
    for done in session.sets:
        numbers[done.exercise] = numbers.get(done.exercise, -1) + 1
        kinds = {"warm_up": "warmup", "drop": "dropset"}
        yield {
            "title": session.name,
            "start_time": form.start(session.start),
            "end_time": form.start(end),
            "description": session.notes,
            "exercise_title": done.exercise,
            "superset_id": text(done.superset),
            "exercise_notes": "Slow and deep" if done.exercise == "Plank" else "",
            "set_index": numbers[done.exercise],
            "set_type": kinds.get(done.kind, done.kind),
            form.weight: text(done.load or None),
            "reps": text(done.reps),
            form.distance: text(done.distance),
            "duration_seconds": text(done.seconds or 0),
            "rpe": text(done.rpe),
        }


def _in(distance: float, unit: str) -> float:
    return distance * 1000 if unit == "m" else distance


def main(folder: Path) -> None:
    for app, dialects, write in (("strong", STRONG, strong_csv), ("hevy", HEVY, hevy_csv)):
        for dialect in dialects:
            for workouts in (300, workouts_of(50_000, write, dialect)):
                path = folder / f"{app}-{dialect}-{workouts}.csv"
                path.write_bytes(write(workouts=workouts, dialect=dialect))


def workouts_of(rows: int, write: Callable[..., bytes], dialect: str) -> int:
    """How many workouts make about so many rows."""
    sample = write(workouts=100, dialect=dialect).count(b"\r")
    return rows * 100 // sample + 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
