"""What a phone sends, read: the stores of Apple Health and Health Connect, and others like them.

Day totals come as ``days``. Records that are summed for a day count as the whole of that day and
source, so that a batch that comes twice, or overlaps another, adds nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wearables.providers.phone_items import Item, Odd, Rejection, Sources, Tally, Times
from wearables.providers.phone_names import DAY_BOUNDS, QUANTITIES, Quantity, sport_of
from wearables.providers.phone_sleep import Nights, NightSample
from wearables.providers.values import number
from wearables.readings import (
    DayReading,
    Deletion,
    HeartRateReading,
    Reading,
    SleepReading,
    Source,
    WorkoutReading,
)

_LONGEST_WORKOUT: Final = timedelta(hours=48)
_INTEGERS: Final = frozenset(DAY_BOUNDS) - {"distance"}
_NIGHTLY: Final = frozenset({"sdnn", "rmssd", "respiratory_rate"})
_WORKOUT_BOUNDS: Final = {
    "duration_s": (0, 2 * 86_400),
    "distance": (0, 2000),
    "calories": (0, 20_000),
    "average_heart_rate": (20, 260),
    "max_heart_rate": (20, 260),
    "elevation_gain_m": (0, 20_000),
}


@dataclass(frozen=True, kw_only=True)
class JoinedSleep:
    """A sleep out of single stages, whose ids it knows."""

    reading: SleepReading
    stage_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What a batch says. ``sleeps`` still have to be joined with what was known of them.

    ``deleted`` are ids of sleeps and workouts that the phone has no more.
    """

    readings: tuple[Reading, ...]
    sleeps: tuple[JoinedSleep, ...]
    deleted: tuple[str, ...]
    accepted: int
    duplicates: int
    rejected: tuple[Rejection, ...]


def read(
    batch: Mapping[str, Any], *, provider: str, zone: ZoneInfo, now: datetime, gap: timedelta
) -> Batch:
    """The readings of a batch whose shape was checked; what is odd about an item, it says.

    A time has its own offset or else that of the person's ``zone``. Stages of one source that
    are no further apart than the ``gap`` are one sleep. Of heart rate variability and breathing,
    the mean inside of a sleep of the same batch counts.
    """
    tally, sources, times = Tally(), Sources(), Times(zone, now)
    nights = Nights(provider, times, sources, gap)
    records = _Records(times, sources, nights, tally)
    for index, item in tally.each(batch, "records"):
        _take(records.take, "records", index, item, tally)
    for index, item in tally.each(batch, "days"):
        _take(records.take_day, "days", index, item, tally)
    nights.read(batch, tally)
    workouts = [*_workouts(batch, times, sources, tally)]
    joined = [JoinedSleep(reading=sleep, stage_ids=ids) for sleep, ids in nights.joined(tally)]
    whole = nights.whole()
    _reject_lost_samples(nights.samples, [*whole, *(one.reading for one in joined)], tally)
    readings: tuple[Reading, ...] = (
        *records.days(),
        *whole,
        *records.heart_rates(),
        *workouts,
    )
    return Batch(
        readings=readings,
        sleeps=tuple(joined),
        deleted=tuple(dict.fromkeys(batch.get("deleted") or ())),
        accepted=tally.seen - len(tally.rejected),
        duplicates=tally.duplicates,
        rejected=tally.rejections(),
    )


def deletions(names: Sequence[str]) -> Iterator[Deletion]:
    """An id of a phone does not tell whether it was a sleep or a workout; no two are the same."""
    for name in names:
        yield Deletion(kind="sleep", external_id=name)
        yield Deletion(kind="workout", external_id=name)


def _take(take: Any, part: str, index: int, item: Item, tally: Tally) -> None:
    try:
        take(index, item)
    except Odd as odd:
        tally.reject(part, index, str(odd))


@dataclass
class _Day:
    """Of one source. ``indexes`` are the records that were summed, by metric."""

    source: Source
    sums: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    indexes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    resting: tuple[datetime, float] | None = None
    told: dict[str, float] = field(default_factory=dict)


class _Records:
    """Gathers records and day totals by source."""

    def __init__(self, times: Times, sources: Sources, nights: Nights, tally: Tally) -> None:
        self._times, self._sources, self._nights, self._tally = times, sources, nights, tally
        self._days: dict[tuple[date, str], _Day] = {}
        self._beats: dict[str, dict[datetime, int]] = defaultdict(dict)
        self._of_beats: dict[str, Source] = {}

    def take(self, index: int, item: Item) -> None:
        """Raises Odd."""
        quantity = QUANTITIES.get(item["type"])
        if quantity is None:
            raise Odd("This type is not read.")
        source = self._sources.of(item)
        if quantity.metric == "heart_rate":
            self._take_beats(item, quantity, source)
            return
        start, _ = self._times.span(item)
        value = _in_our_unit(item.get("value"), item, quantity)
        if quantity.metric in _NIGHTLY:
            sample = NightSample(quantity.metric, source.name, start, value, index)
            self._nights.samples.append(sample)
            return
        day = self._day(start.date(), source)
        if quantity.is_sum:
            day.sums[quantity.metric] += value
            day.indexes[quantity.metric].append(index)
        elif day.resting is None or start >= day.resting[0]:
            # It is revised as the day goes on.
            day.resting = start, value

    def _take_beats(self, item: Item, quantity: Quantity, source: Source) -> None:
        samples = item.get("samples")
        if samples is None:
            at, _ = self._times.span(item)
            beats = {at: round(_in_our_unit(item.get("value"), item, quantity))}
        else:
            beats = dict(self._beat(one, item, quantity) for one in samples)
        self._beats[source.name] |= beats
        self._of_beats[source.name] = source

    def _beat(self, sample: object, item: Item, quantity: Quantity) -> tuple[datetime, int]:
        if not isinstance(sample, dict):
            raise Odd("A sample is no object.")
        at = self._times.instant(
            {"startDate": sample.get("time"), "zoneOffset": item.get("zoneOffset")}, "startDate"
        )
        return at, round(_in_our_unit(sample.get("beatsPerMinute"), item, quantity))

    def take_day(self, index: int, item: Item) -> None:
        """Raises Odd."""
        day = self._times.day(item["date"])
        told = {name: item[name] for name in DAY_BOUNDS if item.get(name) is not None}
        if not told:
            raise Odd("It has no value.")
        for name, value in told.items():
            least, most = DAY_BOUNDS[name]
            if not least <= value <= most:
                raise Odd(f"{name} must be from {least} to {most}.")
        self._day(day, self._sources.of(item)).told |= told

    def _day(self, day: date, source: Source) -> _Day:
        return self._days.setdefault((day, source.name), _Day(source))

    def days(self) -> Iterator[DayReading]:
        for (day, _), held in sorted(self._days.items()):
            values: dict[str, Any] = {
                name: round(value) if name in _INTEGERS else round(value, 6)
                for name, value in self._values(held).items()
            }
            values.pop("basal_calories", None)
            if values:
                yield DayReading(date=day, source=held.source, **values)

    def _values(self, held: _Day) -> dict[str, float]:
        values: dict[str, float] = {}
        for metric, total in held.sums.items():
            if total <= DAY_BOUNDS[metric][1]:
                values[metric] = total
                continue
            for index in held.indexes[metric]:
                self._tally.reject("records", index, "The sum of its day is out of range.")
        if held.resting:
            values["resting_heart_rate"] = held.resting[1]
        if {"active_calories", "basal_calories"} <= values.keys():
            values.setdefault(
                "total_calories", values["active_calories"] + values["basal_calories"]
            )
        # The store has counted what several sources say of the same minutes once.
        return values | held.told

    def heart_rates(self) -> Iterator[HeartRateReading]:
        for name, beats in self._beats.items():
            yield HeartRateReading(source=self._of_beats[name], samples=sorted(beats.items()))


def _in_our_unit(value: object, item: Item, quantity: Quantity) -> float:
    read = number(value)
    if read is None:
        raise Odd("It has no value.")
    unit = item.get("unit") or ""
    if unit not in quantity.units:
        known = ", ".join(name for name in quantity.units if name)
        raise Odd(f"Its unit must be one of {known}.")
    ours = read * quantity.units[unit]
    if not quantity.least <= ours <= quantity.most:
        raise Odd("Its value is out of range.")
    return ours


def _reject_lost_samples(
    samples: Sequence[NightSample], sleeps: Sequence[SleepReading], tally: Tally
) -> None:
    for one in samples:
        if not any(sleep.start <= one.at <= sleep.end for sleep in sleeps):
            tally.reject("records", one.index, "It lies in no sleep of this batch.")


def _workouts(
    batch: Mapping[str, Any], times: Times, sources: Sources, tally: Tally
) -> Iterator[WorkoutReading]:
    for index, item in tally.each(batch, "workouts"):
        try:
            yield _workout(item, times, sources)
        except Odd as odd:
            tally.reject("workouts", index, str(odd))


def _workout(item: Item, times: Times, sources: Sources) -> WorkoutReading:
    start, end = times.span(item, _LONGEST_WORKOUT)
    values: dict[str, Any] = {
        name: item[name] for name in _WORKOUT_BOUNDS if item.get(name) is not None
    }
    for name, value in values.items():
        least, most = _WORKOUT_BOUNDS[name]
        if not least <= value <= most:
            raise Odd(f"{name} must be from {least} to {most}.")
        if name not in {"distance", "elevation_gain_m"}:
            values[name] = round(value)
    return WorkoutReading(
        external_id=item["id"],
        source=sources.of(item),
        sport=sport_of(item["type"]),
        started_at=start,
        finished_at=end,
        timezone=_zone_name(item.get("timezone")),
        name=str(item.get("name") or "").strip(),
        **values,
    )


def _zone_name(told: object) -> str:
    if not isinstance(told, str) or not told:
        return ""
    try:
        return ZoneInfo(told).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Odd("timezone must be like Europe/Vienna.") from None
