"""Simulated people: what their days and nights are, from a seed, until somebody edits them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

STAGES: Final = ("deep", "light", "rem", "awake")
# In seconds; a night has about five of them.
CYCLE_S: Final = 5400
NUMBERS: Final = (
    "steps",
    "distance_m",
    "floors",
    "active_kcal",
    "total_kcal",
    "light_s",
    "moderate_s",
    "vigorous_s",
    "resting_bpm",
    "worn_s",
)
MINUTES_OF_DAY: Final = 1440


@dataclass
class Sleep:
    """One time of lying down. ``kind`` "rest" is lying still, which is no sleep."""

    key: str
    start: datetime
    seconds: dict[str, int]  # of each stage
    changed_at: datetime
    is_nap: bool = False
    kind: str = "sleep"
    score: int | None = None
    hrv_ms: int | None = None
    breaths: float | None = None
    lowest_bpm: int = 50
    has_stages: bool = True
    score_state: str = "SCORED"
    validation: str = "AUTO_FINAL"
    is_deleted: bool = False

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=sum(self.seconds.values()))

    @property
    def asleep_s(self) -> int:
        return sum(self.seconds.values()) - self.seconds["awake"]

    def hypnogram(self) -> Iterator[tuple[str, datetime, datetime]]:
        """The stages in their order; their lengths add up to ``seconds`` exactly."""
        cycles = max(1, round(sum(self.seconds.values()) / CYCLE_S))
        at = self.start
        for cycle in range(cycles):
            part = {
                stage: total * (cycle + 1) // cycles - total * cycle // cycles
                for stage, total in self.seconds.items()
            }
            first = part["light"] // 2
            order = [("light", first), ("deep", part["deep"]), ("light", part["light"] - first)]
            for stage, length in [*order, ("rem", part["rem"]), ("awake", part["awake"])]:
                if length:
                    yield stage, at, at + timedelta(seconds=length)
                    at += timedelta(seconds=length)


@dataclass
class Workout:
    key: str
    sport: str  # running, cycling or strength
    start: datetime
    duration_s: int
    kcal: int
    average_bpm: int
    max_bpm: int
    changed_at: datetime
    distance_m: int | None = None
    climb_m: int | None = None
    is_deleted: bool = False

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=self.duration_s)


@dataclass
class Day:
    """``edited`` numbers are given as they are, by every maker."""

    date: date
    numbers: dict[str, int | None]
    changed_at: datetime
    is_absent: bool = False
    edited: set[str] = field(default_factory=set)
    sleeps: list[Sleep] = field(default_factory=list)
    workouts: list[Workout] = field(default_factory=list)


@dataclass
class Person:
    """``zones`` says since when they are where; the first counts from ever."""

    id: str
    seed: int
    zones: list[tuple[date, ZoneInfo]]
    first_day: date
    # Now and then they have left everything at home, but on no day since this.
    gaps_before: date
    history_days: int = 120
    has_gaps: bool = True
    personal_keys: int = 1
    days: dict[date, Day] = field(default_factory=dict)
    heart: dict[date, tuple[int | None, ...]] = field(default_factory=dict)
    polar_registered_at: datetime | None = None

    def random(self, *about: object) -> Random:
        return Random("/".join(map(str, (self.seed, self.id, *about))))

    @property
    def base_bpm(self) -> int:
        return self.random("resting").randint(48, 60)

    @property
    def personal_key(self) -> str:
        number = f"-{self.personal_keys}" if self.personal_keys > 1 else ""
        return f"{self.id}-personal-key{number}"

    def zone(self, on: date) -> ZoneInfo:
        return next(
            (zone for since, zone in reversed(self.zones) if since <= on), self.zones[0][1]
        )

    def local(self, at: datetime) -> datetime:
        """An instant as their clock shows it."""
        return at.astimezone(self.zone(at.astimezone(self.zones[0][1]).date()))

    def at(self, on: date, clock: time) -> datetime:
        return datetime.combine(on, clock, self.zone(on)).astimezone(UTC)

    def starts(self, on: date) -> datetime:
        return self.at(on, time())

    def day(self, on: date) -> Day:
        """What they do on a day, made when it is first asked for."""
        if on not in self.days:
            self.days[on] = _lived(self, on)
        return self.days[on]

    def is_gap(self, on: date) -> bool:
        return self.has_gaps and on < self.gaps_before and on.toordinal() % 29 == self.seed % 29


def _lived(person: Person, on: date) -> Day:
    random = person.random(on)
    workouts = _trained(person, on, random)
    run_m = sum(workout.distance_m or 0 for workout in workouts if workout.sport == "running")
    trained_s = sum(workout.duration_s for workout in workouts)
    trained_kcal = sum(workout.kcal for workout in workouts)
    walked = max(1500, min(18_000, round(random.gauss(7500, 2200))))
    active = round(walked * 0.04) + trained_kcal
    vigorous = min(trained_s, 2400) if run_m else 0
    numbers: dict[str, int | None] = {
        "steps": walked + round(run_m * 1.05),
        "distance_m": round(walked * 0.74) + run_m,
        "floors": random.randint(0, 18),
        "active_kcal": active,
        "total_kcal": 1650 + active,
        "light_s": 60 * random.randint(90, 240),
        "moderate_s": 60 * random.randint(8, 45) + trained_s - vigorous,
        "vigorous_s": vigorous,
        "resting_bpm": person.base_bpm + random.randint(-2, 3),
        "worn_s": 60 * random.randint(1200, 1420),
    }
    done_at = person.starts(on + timedelta(days=1))
    day = Day(date=on, numbers=numbers, changed_at=done_at, workouts=workouts)
    day.is_absent = person.is_gap(on)
    if not day.is_absent:
        day.sleeps = _slept(person, on, random)
    return day


def _slept(person: Person, on: date, random: Random) -> list[Sleep]:
    """The night before this day, now and then a nap on it, and a rest on the sofa."""
    evening = person.at(on - timedelta(days=1), time(22))
    bedtime = evening + timedelta(minutes=random.randint(0, 200))
    nights = [_night(person, on, bedtime, random)]
    if random.random() < 0.12:
        nap = _staged(f"{on}:nap", person.at(on, time(14, random.randint(0, 59))), random)
        nap.is_nap = True
        nap.seconds = {"deep": 0, "light": 60 * random.randint(20, 70), "rem": 0, "awake": 300}
        nights.append(nap)
    if random.random() < 0.1:
        rest = _staged(f"{on}:rest", person.at(on, time(19, random.randint(0, 59))), random)
        rest.kind = "rest"
        rest.seconds = {"deep": 0, "light": 0, "rem": 0, "awake": 1800}
        nights.append(rest)
    for night in nights:
        night.changed_at = night.end
    return nights


def _night(person: Person, on: date, start: datetime, random: Random) -> Sleep:
    night = _staged(f"{on}:main", start, random)
    minutes = random.randint(360, 510)
    deep, rem = (
        round(minutes * random.uniform(0.14, 0.2)),
        round(minutes * random.uniform(0.18, 0.25)),
    )
    awake = random.randint(12, 45)
    stages = {"deep": deep, "light": minutes - deep - rem, "rem": rem, "awake": awake}
    night.seconds = {stage: 60 * length for stage, length in stages.items()}
    night.score = max(40, min(98, round((minutes - 300) / 2.4 + random.randint(0, 14))))
    night.lowest_bpm = person.base_bpm - random.randint(1, 4)
    return night


def _staged(key: str, start: datetime, random: Random) -> Sleep:
    return Sleep(
        key=key,
        start=start,
        seconds=dict.fromkeys(STAGES, 0),
        changed_at=start,
        hrv_ms=random.randint(32, 78),
        breaths=round(random.uniform(12.8, 16.4), 1),
    )


def _trained(person: Person, on: date, random: Random) -> list[Workout]:
    """Strength on Monday and Friday, runs on Wednesday and Sunday, a ride on Saturday."""
    sport = {0: "strength", 2: "running", 4: "strength", 5: "cycling", 6: "running"}.get(
        on.weekday()
    )
    if sport is None or random.random() < 0.2:
        return []
    clock = time(9 if on.weekday() > 4 else 17, random.randint(0, 59))
    start = person.at(on, clock)
    minutes = random.randint(35, 75)
    metres_a_minute = {"strength": 0, "running": 172, "cycling": 405}[sport]
    average = {"strength": 112, "running": 148, "cycling": 133}[sport] + random.randint(-6, 6)
    workout = Workout(
        key=f"{on}:workout",
        sport=sport,
        start=start,
        duration_s=60 * minutes,
        kcal=minutes * {"strength": 6, "running": 11, "cycling": 9}[sport],
        average_bpm=average,
        max_bpm=average + random.randint(18, 30),
        distance_m=minutes * metres_a_minute or None,
        climb_m=random.randint(10, 220) if metres_a_minute else None,
        changed_at=start + timedelta(minutes=minutes),
    )
    return [workout]


def beats(person: Person, on: date) -> tuple[int | None, ...]:
    """The heart rate of each minute of a day in UTC; None while the watch is charged."""
    if on not in person.heart:
        person.heart[on] = tuple(_beats(person, on))
    return person.heart[on]


def _beats(person: Person, on: date) -> Iterator[int | None]:
    random = person.random("heart", on)
    midnight = datetime.combine(on, time(), UTC)
    charging = random.randint(11 * 60, 18 * 60)
    near = [person.day(on + timedelta(days=shift)) for shift in (-1, 0, 1)]
    spans = [
        (sleep.start, sleep.end, sleep.lowest_bpm + 4) for day in near for sleep in day.sleeps
    ]
    spans += [(done.start, done.end, done.average_bpm) for day in near for done in day.workouts]
    level = [person.base_bpm + 22] * MINUTES_OF_DAY
    for start, end, bpm in spans:
        first = max(0, round((start - midnight).total_seconds() / 60))
        last = min(MINUTES_OF_DAY, round((end - midnight).total_seconds() / 60))
        if first < last:
            level[first:last] = [bpm] * (last - first)
    for minute, bpm in enumerate(level):
        noise = random.randint(-4, 6)
        yield None if charging <= minute < charging + 20 else bpm + noise
