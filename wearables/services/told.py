"""What a connection says of days and nights, kept as it says it: what counts is settled after."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from users.ownership import bury
from wearables.models import DailyActivitySource, SleepData, SleepRole, WearableDevice
from wearables.readings import DAY_METRICS, Counts, DayReading, NightReading, SleepReading

_BATCH: Final = 1000
_DAY_FIELDS: Final = (*DAY_METRICS, "worn_minutes")
_NIGHT_FIELDS: Final = ("sleep_score", "respiratory_rate")
_SLEEP_FIELDS: Final = (
    *_NIGHT_FIELDS,
    "duration",
    "deep_sleep",
    "light_sleep",
    "rem_sleep",
    "awake",
)
_DAY_COLUMNS: Final = (*_DAY_FIELDS, "estimated", "source_kind", "source_app")
_SLEEP_COLUMNS: Final = (
    *_SLEEP_FIELDS,
    "source_name",
    "source_kind",
    "source_app",
    "date",
    "sleep_start",
    "sleep_end",
    "score_source",
    "hrv",
    "hrv_method",
    "says_nap",
    "is_final",
    "stages",
    "deleted_at",
)


@dataclass(kw_only=True)
class Told:
    """One telling of one connection, and what it has touched so far.

    Whoever makes it has advanced the person's clock to ``revision``.
    """

    device: WearableDevice
    revision: int
    imported_by: UUID | None = None
    counts: Counts = field(default_factory=Counts)
    days: set[date] = field(default_factory=set)
    nights: set[date] = field(default_factory=set)

    @property
    def user_id(self) -> UUID:
        return self.device.user_id


# --- Days --------------------------------------------------------------------------------------


def store_days(told: Told, readings: Sequence[DayReading], deleted: Collection[date]) -> None:
    """Keep what each source says of its days; a deleted day goes, unless it is told as well."""
    dates = {reading.date for reading in readings}
    if not dates and not deleted:
        return
    stored = DailyActivitySource.objects.filter(user=told.user_id, device=told.device)
    known = {
        (row.date, row.source_name): row for row in stored.filter(date__in={*dates, *deleted})
    }
    before = {key: _values(row, _DAY_COLUMNS) for key, row in known.items()}
    for reading in readings:
        key = (reading.date, reading.source.name)
        row = known.get(key) or _new_day(told, reading)
        known[key] = row
        _say_day(row, reading)
    differing = [
        row for key, row in known.items() if before.get(key) != _values(row, _DAY_COLUMNS)
    ]
    _write(told, DailyActivitySource, differing, _DAY_COLUMNS)
    told.days |= {row.date for row in differing}
    gone = [row for row in known.values() if row.date in set(deleted) - dates]
    stored.filter(pk__in=[row.pk for row in gone]).remove()
    told.counts.deleted += len(gone)
    told.days |= {row.date for row in gone}


def _new_day(told: Told, reading: DayReading) -> DailyActivitySource:
    return DailyActivitySource(
        user_id=told.user_id,
        device=told.device,
        date=reading.date,
        source_name=reading.source.name,
    )


def _say_day(row: DailyActivitySource, reading: DayReading) -> None:
    row.source_kind, row.source_app = reading.source.kind, reading.source.app
    _take(row, reading, _DAY_FIELDS)
    given = {name for name in DAY_METRICS if getattr(reading, name) is not None}
    row.estimated = sorted((set(row.estimated) - given) | (set(reading.estimated) & given))


# --- Nights ------------------------------------------------------------------------------------


def store_sleeps(
    told: Told,
    readings: Sequence[SleepReading],
    nights: Sequence[NightReading],
    deleted: Collection[str],
) -> None:
    """Keep each sleep by its own id, also where its times have moved, and values of nights."""
    ids = {*deleted, *(one.external_id for one in readings), *(one.external_id for one in nights)}
    dates = {night.date for night in nights if not night.external_id}
    if not ids and not dates:
        return
    stored = SleepData.objects.filter(user=told.user_id, device=told.device)
    wanted = Q(external_id__in=ids) | Q(date__in=dates, deleted_at=None)
    known = {row.external_id: row for row in stored.filter(wanted)}
    before = {key: _values(row, _SLEEP_COLUMNS) for key, row in known.items()}
    dated = {key: row.date for key, row in known.items()}
    for reading in readings:
        row = known.get(reading.external_id) or _new_sleep(told, reading)
        known[reading.external_id] = row
        _say_sleep(row, reading, told.device.provider)
    _forget(known, set(deleted) - {reading.external_id for reading in readings}, told)
    # After the sleeps: they may have come just now.
    for night in nights:
        _say_night(_sleep_of(night, known.values()), night, told.device.provider)
    differing = [
        row for key, row in known.items() if before.get(key) != _values(row, _SLEEP_COLUMNS)
    ]
    for row in differing:
        row.revision = told.revision
    _write(told, SleepData, differing, (*_SLEEP_COLUMNS, "role", "reason", "revision"))
    told.nights |= {row.date for row in differing}
    told.nights |= {dated[row.external_id] for row in differing if row.external_id in dated}


def _new_sleep(told: Told, reading: SleepReading) -> SleepData:
    return SleepData(
        user_id=told.user_id, device=told.device, external_id=reading.external_id, revision=0
    )


def _say_sleep(row: SleepData, reading: SleepReading, provider: str) -> None:
    place = (row.date, row.sleep_start, row.deleted_at)
    moved = row.sleep_start != reading.start
    row.source_name = reading.source.name
    row.source_kind, row.source_app = reading.source.kind, reading.source.app
    row.date, row.sleep_start, row.sleep_end = reading.date, reading.start, reading.end
    row.deleted_at = None
    row.is_final = reading.is_final
    if reading.is_nap is not None:
        row.says_nap = reading.is_nap
    if reading.stages or moved:
        # They are counted from the start, and so are none without it.
        row.stages = _stages(reading)
    _take(row, reading, _SLEEP_FIELDS)
    _say_night(row, reading, provider)
    if place != (row.date, row.sleep_start, row.deleted_at):
        # It has no place among the others until the nights are settled.
        row.role, row.reason = SleepRole.DUPLICATE, ""


def _say_night(row: SleepData | None, reading: NightReading | SleepReading, provider: str) -> None:
    if row is None:
        return
    _take(row, reading, _NIGHT_FIELDS)
    if reading.sleep_score is not None:
        row.score_source = provider
    if reading.hrv is not None:
        row.hrv, row.hrv_method = reading.hrv, reading.hrv_method or ""


def _sleep_of(night: NightReading, sleeps: Iterable[SleepData]) -> SleepData | None:
    """The sleep that a night's values are of: the one it names, or the longest of its date."""
    there = [row for row in sleeps if row.deleted_at is None]
    if night.external_id:
        return next((row for row in there if row.external_id == night.external_id), None)
    of_date = [row for row in there if row.date == night.date]
    return max(
        of_date, key=lambda row: (row.sleep_end - row.sleep_start, row.external_id), default=None
    )


def _forget(known: dict[str, SleepData], deleted: Collection[str], told: Told) -> None:
    now, gone = timezone.now(), []
    for external_id in deleted:
        row = known.get(external_id)
        if row is not None and row.deleted_at is None:
            row.deleted_at = now
            told.counts.deleted += 1
            gone.append((told.user_id, row.pk))
    # It stays for us, and is gone for the person's phones.
    bury(SleepData, gone, {told.user_id: told.revision})


def _stages(reading: SleepReading) -> list[list[Any]]:
    return [
        [
            round((stage.start - reading.start).total_seconds()),
            round((stage.end - stage.start).total_seconds()),
            stage.stage,
        ]
        for stage in reading.stages
    ]


# --- Either ------------------------------------------------------------------------------------


def _take(row: models.Model, reading: object, fields: Iterable[str]) -> None:
    """What the reading gives; what it lacks stays as it is."""
    for name in fields:
        value = getattr(reading, name)
        if value is not None:
            setattr(row, name, value)


def _values(row: models.Model, columns: Iterable[str]) -> list[Any]:
    return [getattr(row, name) for name in columns]


def _write(
    told: Told, model: type[models.Model], rows: Sequence[Any], columns: Sequence[str]
) -> None:
    """New rows and those that are known, in one statement for each thousand."""
    new = sum(row._state.adding for row in rows)
    told.counts.new += new
    told.counts.changed += sum(
        not row._state.adding and getattr(row, "deleted_at", None) is None for row in rows
    )
    for row in rows:
        row.imported_by_id = told.imported_by
    # The caller has advanced the clock, and the connection itself is as it was.
    models.QuerySet.bulk_create(
        model._default_manager.all(),
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*columns, "imported_by", "updated_at"],
    )
