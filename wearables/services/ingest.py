"""Whatever tells something of a person's days and nights, it is stored here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar, assert_never
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from users.localtime import reading_of
from users.ownership import advance_clock
from wearables.models import RecordedWorkout, SleepData, WearableDevice
from wearables.readings import (
    Counts,
    DayReading,
    Deletion,
    HeartRateReading,
    NightReading,
    Reading,
    SleepReading,
    WorkoutReading,
)
from wearables.services.days import settle_days
from wearables.services.heart_rate import store_samples
from wearables.services.nights import settle_nights, with_neighbors
from wearables.services.partitions import ensure_months
from wearables.services.plausible import Sieve
from wearables.services.recordings import store_workouts
from wearables.services.told import Told, store_days, store_sleeps

ReadingT = TypeVar("ReadingT")


@dataclass
class _Sorted:
    """Readings by their kind, without what cannot be true."""

    sieve: Sieve
    days: list[DayReading] = field(default_factory=list)
    sleeps: list[SleepReading] = field(default_factory=list)
    nights: list[NightReading] = field(default_factory=list)
    rates: list[HeartRateReading] = field(default_factory=list)
    session_rates: list[HeartRateReading] = field(default_factory=list)
    workouts: list[WorkoutReading] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)

    def add(self, reading: Reading) -> None:
        match reading:
            case DayReading():
                self.days += _one(self.sieve.day(reading))
            case SleepReading():
                self.sleeps += _one(self.sieve.sleep(reading))
            case NightReading():
                self.nights.append(self.sieve.night(reading))
            case HeartRateReading():
                self.rates.append(self.sieve.rates(reading))
            case WorkoutReading():
                self._add_workout(reading)
            case Deletion():
                self.deletions.append(reading)
            case _:
                assert_never(reading)

    def _add_workout(self, reading: WorkoutReading) -> None:
        self.workouts.append(reading)
        if reading.heart_rate:
            rates = HeartRateReading(source=reading.source, samples=reading.heart_rate)
            self.session_rates.append(self.sieve.rates(rates))

    def is_empty(self) -> bool:
        kinds = (self.days, self.sleeps, self.nights, self.workouts, self.deletions)
        return not any(kinds) and not any(one.samples for one in self._all_rates())

    def months(self) -> set[date]:
        """In which there are heart rates."""
        return {month for reading in self._all_rates() for month in _months_of(reading)}

    def deleted(self, kind: str) -> set[str]:
        return {one.external_id for one in self.deletions if one.kind == kind and one.external_id}

    def deleted_days(self, kind: str = "day") -> set[date]:
        """Of a sleep or workout, those on which it names none."""
        return {
            one.date
            for one in self.deletions
            if one.kind == kind and one.date is not None and not one.external_id
        }

    def _all_rates(self) -> list[HeartRateReading]:
        return [*self.rates, *self.session_rates]


def store(
    *,
    device: WearableDevice,
    readings: Iterable[Reading],
    imported_by: UUID | None = None,
    now: datetime | None = None,
) -> Counts:
    """Store what a connection tells, and make the days and nights that it touches anew.

    In one transaction that begins with the person's clock. The same again changes nothing. What
    is absent leaves what is known; what cannot be true is left out, with a line in ``rejected``.
    """
    told = _Sorted(Sieve(now or timezone.now()))
    for reading in readings:
        told.add(reading)
    counts = Counts(rejected=told.sieve.lines())
    if told.is_empty():
        return counts
    # Before the transaction: a new month is for everybody.
    ensure_months(told.months())
    with transaction.atomic():
        revision = advance_clock(device.user_id)
        counts += _stored(Told(device=device, revision=revision, imported_by=imported_by), told)
    return counts


def _stored(told: Told, readings: _Sorted) -> Counts:
    store_days(told, readings.days, readings.deleted_days())
    gone = readings.deleted("sleep") | _unnamed_sleeps(told, readings)
    store_sleeps(told, readings.sleeps, readings.nights, gone)
    _store_rates(told, readings.rates, session=False)
    _store_rates(told, readings.session_rates, session=True)
    gone = readings.deleted("workout") | _unnamed_workouts(told, readings)
    if readings.workouts or gone:
        told.counts += store_workouts(
            device=told.device,
            readings=readings.workouts,
            deleted=gone,
            revision=told.revision,
            imported_by=told.imported_by,
        )
    settle(user_id=told.user_id, revision=told.revision, days=told.days, nights=told.nights)
    return told.counts


def _unnamed_sleeps(told: Told, readings: _Sorted) -> set[str]:
    """Of dates that were emptied, those that are not told of again."""
    days = readings.deleted_days("sleep")
    if not days:
        return set()
    rows = SleepData.objects.filter(device=told.device, date__in=days, deleted_at=None)
    named = {one.external_id for one in readings.sleeps}
    return set(rows.values_list("external_id", flat=True)) - named


def _unnamed_workouts(told: Told, readings: _Sorted) -> set[str]:
    days = readings.deleted_days("workout")
    if not days:
        return set()
    # A day more on either side, for whatever zone a session was in.
    first, last = min(days) - timedelta(days=1), max(days) + timedelta(days=2)
    rows = RecordedWorkout.objects.filter(
        device=told.device, deleted_at=None, started_at__range=(_midnight(first), _midnight(last))
    )
    named = {one.external_id for one in readings.workouts}
    return {
        row.external_id
        for row in rows.only("external_id", "started_at", "timezone")
        if reading_of(row.started_at, row.timezone).date() in days
    } - named


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def settle(*, user_id: UUID, revision: int, days: Iterable[date], nights: Iterable[date]) -> None:
    """Nights, and then the days whose resting heart rate goes by them, for a caller who has
    advanced the clock.
    """
    touched = set(nights)
    settle_nights(user_id=user_id, revision=revision, dates=touched)
    settle_days(user_id=user_id, revision=revision, dates={*days, *with_neighbors(touched)})


def _store_rates(told: Told, readings: list[HeartRateReading], *, session: bool) -> None:
    told.counts.new += store_samples(
        user_id=told.user_id,
        device_id=told.device.pk,
        readings=readings,
        imported_by=told.imported_by,
        session=session,
    )


def _one(reading: ReadingT | None) -> list[ReadingT]:
    return [] if reading is None else [reading]


def _months_of(reading: HeartRateReading) -> Iterator[date]:
    if not reading.samples:
        return
    first, last = _month_of(min(reading.samples)[0]), _month_of(max(reading.samples)[0])
    if first == last:
        yield first
    else:
        yield from {_month_of(at) for at, _ in reading.samples}


def _month_of(at: datetime) -> date:
    return at.astimezone(UTC).date().replace(day=1)
