"""The simulated world: the clock, the people, what they granted, and what was asked of it."""

import time
import uuid
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from threading import Event, RLock
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.simulator.grants import Grants
from tests.simulator.handshakes import Outgoing
from tests.simulator.messages import Fault
from tests.simulator.people import MINUTES_OF_DAY, NUMBERS, Person, Sleep, Workout, beats
from tests.simulator.scenarios import Scenarios
from tests.simulator.subscribers import Subscribers

SLUGS: Final = ("fitbit", "garmin", "oura", "whoop", "polar")
FIRST_PERSON: Final = "sim-ana"
SETTLED_DAYS: Final = 14
# What nobody has edited differs a little from maker to maker, as it does on real wrists.
BIAS: Final[Mapping[str, float]] = {"garmin": 1.02, "oura": 0.95, "polar": 0.98}
BIASED: Final = frozenset({"steps", "distance_m", "active_kcal"})
WHOOP_A_MINUTE: Final = 100
KEPT_CALLS: Final = 20_000
NAMESPACE: Final = uuid.UUID("6d1f2f3e-8d6c-4a53-9a52-5b8f3c1d7e10")


class Clock:
    """Real time, or moved from it, or standing still."""

    def __init__(self) -> None:
        self._stands_at: datetime | None = None
        self._ahead = timedelta()

    @property
    def is_real(self) -> bool:
        return self._stands_at is None and not self._ahead

    def now(self) -> datetime:
        return self._stands_at or datetime.now(UTC) + self._ahead

    def set(self, at: datetime) -> None:
        self._stands_at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        if self._stands_at:
            self._stands_at += by
        else:
            self._ahead += by

    def be_real(self) -> None:
        self._stands_at, self._ahead = None, timedelta()


class World:
    """Everything that is remembered. ``lock`` is held while it is read or changed."""

    def __init__(self, seed: int = 7, app_url: str = "") -> None:
        self.lock = RLock()
        self.stopping = Event()
        self.app_url = app_url.rstrip("/")
        self.reset(seed)

    def reset(self, seed: int) -> None:
        """Forget everything that happened, and everybody but the first person."""
        self.seed = seed
        self.clock = Clock()
        self.grants = Grants()
        self.scenarios = Scenarios()
        self.subscribers = Subscribers()
        self.calls: deque[dict[str, Any]] = deque(maxlen=KEPT_CALLS)
        self.running: Counter[str] = Counter()
        self.most_running: Counter[str] = Counter()
        self.whoop_calls: deque[float] = deque()
        self.last_sent: dict[str, Outgoing] = {}
        self.people: dict[str, Person] = {}
        self.add_person(FIRST_PERSON, "Europe/Berlin")

    # --- People --------------------------------------------------------------------------------

    def add_person(
        self, name: str, timezone: str, *, days: int = 120, has_gaps: bool = True
    ) -> Person:
        today = self.clock.now().astimezone(ZoneInfo(timezone)).date()
        self.people[name] = Person(
            id=name,
            seed=self.seed,
            zones=[(date.min, ZoneInfo(timezone))],
            first_day=today - timedelta(days=days),
            gaps_before=today - timedelta(days=SETTLED_DAYS),
            history_days=days,
            has_gaps=has_gaps,
        )
        return self.people[name]

    def person(self, name: str) -> Person:
        if name not in self.people:
            raise Fault(404, f"Nobody here is called {name}.")
        return self.people[name]

    def set_clock(self, at: datetime) -> None:
        """Stand still at an instant; everybody has a history before it."""
        self.clock.set(at)
        for person in self.people.values():
            today = self.today(person)
            first = today - timedelta(days=person.history_days)
            person.first_day = min(person.first_day, first)
            person.gaps_before = today - timedelta(days=SETTLED_DAYS)
            person.days = {on: day for on, day in person.days.items() if day.edited}
            person.heart.clear()

    def now(self) -> datetime:
        return self.clock.now()

    def today(self, person: Person) -> date:
        return person.local(self.now()).date()

    # --- What they did -------------------------------------------------------------------------

    def dates(self, person: Person, first: date, last: date) -> Iterator[date]:
        """The days of a range, both ends in it, for which somebody has a history."""
        at, end = max(first, person.first_day), min(last, self.today(person))
        while at <= end and person.history_days:
            yield at
            at += timedelta(days=1)

    def numbers(self, person: Person, on: date, slug: str) -> dict[str, int | None] | None:
        """What a maker says of a day; None of a day without data. Today is still growing."""
        if on not in self.dates(person, on, on) or person.day(on).is_absent:
            return None
        day = person.day(on)
        said = {name: day.numbers[name] for name in NUMBERS}
        for name in BIASED - day.edited:
            said[name] = round((said[name] or 0) * BIAS.get(slug, 1))
        awake = _part(self.now(), person.at(on, clock_time(7)), person.at(on, clock_time(23)))
        whole = _part(self.now(), person.starts(on), person.starts(on + timedelta(days=1)))
        for name in set(NUMBERS) - day.edited - {"resting_bpm"}:
            part = whole if name in {"total_kcal", "worn_s"} else awake
            said[name] = round((said[name] or 0) * part)
        return said

    def sleeps(
        self, person: Person, first: date, last: date, *, gone: bool = False, rests: bool = False
    ) -> list[Sleep]:
        """Those from which they woke on these local days, the oldest first."""
        near = self.dates(person, first - timedelta(days=2), last + timedelta(days=2))
        found = [
            sleep
            for on in near
            for sleep in person.day(on).sleeps
            if first <= person.local(sleep.end).date() <= last
            and sleep.end <= self.now()
            and (gone or not sleep.is_deleted)
            and (rests or sleep.kind != "rest")
        ]
        return sorted(found, key=lambda sleep: sleep.start)

    def main_sleep(self, person: Person, on: date) -> Sleep | None:
        nights = [sleep for sleep in self.sleeps(person, on, on) if not sleep.is_nap]
        return max(nights, key=lambda sleep: sleep.asleep_s, default=None)

    def workouts(self, person: Person, first: date, last: date) -> list[Workout]:
        """Those that began on these local days and are over, the oldest first."""
        found = [
            workout
            for on in self.dates(person, first - timedelta(days=1), last + timedelta(days=1))
            for workout in person.day(on).workouts
            if first <= person.local(workout.start).date() <= last
            and workout.end <= self.now()
            and not workout.is_deleted
            and not person.day(on).is_absent
        ]
        return sorted(found, key=lambda workout: workout.start)

    def heart(
        self, person: Person, start: datetime, end: datetime, *, step_s: int
    ) -> Iterator[tuple[datetime, int | None]]:
        """Heart rates of [start, end) in steps from midnight UTC; None while it was not worn."""
        end = min(end, self.now())
        since = person.starts(person.first_day)
        at = datetime.fromtimestamp(-(-max(start, since).timestamp() // step_s) * step_s, UTC)
        while at < end:
            local = person.local(at).date()
            if person.day(local).is_absent or not person.history_days:
                at = max(at + timedelta(seconds=step_s), person.starts(local + timedelta(days=1)))
                continue
            bpm = beats(person, at.date())[(at.hour * 60 + at.minute) % MINUTES_OF_DAY]
            yield at, bpm if bpm is None else bpm + at.second // 15 % 3 - at.second // 45
            at += timedelta(seconds=step_s)

    def whoop_limits(self, *, counting: bool = False) -> dict[str, str]:
        """What WHOOP tells of its limits: 100 calls a minute by the clock on the wall."""
        now = time.monotonic()
        while self.whoop_calls and self.whoop_calls[0] <= now - 60:
            self.whoop_calls.popleft()
        left = WHOOP_A_MINUTE - len(self.whoop_calls)
        if counting and left:
            self.whoop_calls.append(now)
        oldest = self.whoop_calls[0] if self.whoop_calls else now
        return {
            "X-RateLimit-Limit": f"{WHOOP_A_MINUTE}, 100;window=60, 10000;window=86400",
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(round(oldest + 60 - now)),
        }

    # --- Names ---------------------------------------------------------------------------------

    def uuid(self, slug: str, person: Person, about: str) -> str:
        """The same for the same thing, with any seed."""
        return str(uuid.uuid5(NAMESPACE, f"{slug}/{person.id}/{about}"))

    def integer(self, slug: str, person: Person, about: str, *, digits: int = 9) -> int:
        low = 10 ** (digits - 1)
        return low + uuid.UUID(self.uuid(slug, person, about)).int % (9 * low)

    def user_id(self, slug: str, person: Person) -> str:
        """By what a maker knows somebody."""
        if slug in {"whoop", "polar"}:
            return str(self.integer(slug, person, "user", digits=8))
        if slug == "fitbit":
            return str(self.integer(slug, person, "user", digits=19))
        return self.uuid(slug, person, "user")

    def sleep_named(
        self, slug: str, person: Person, name: str, *, gone: bool = False
    ) -> Sleep | None:
        today = self.today(person)
        for sleep in self.sleeps(person, person.first_day, today, gone=gone, rests=True):
            if self.uuid(slug, person, sleep.key) == name:
                return sleep
        return None

    def workout_named(self, slug: str, person: Person, name: str) -> Workout | None:
        for workout in self.workouts(person, person.first_day, self.today(person)):
            if self.uuid(slug, person, workout.key) == name:
                return workout
        return None


def _part(now: datetime, start: datetime, end: datetime) -> float:
    return max(0.0, min(1.0, (now - start) / (end - start)))
