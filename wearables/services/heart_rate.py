"""Heart rates: stored by COPY and one statement, however many there are and however often.

Whoever calls has advanced the person's clock, so that nobody else writes their samples meanwhile.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from struct import Struct
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import connection

from users.keyset import fetch
from wearables.formulas.sources import heart_rate_rank, workout_heart_rate_rank
from wearables.models import HeartRateData, HeartRateKeeping
from wearables.readings import HeartRateReading

# A table for a few costs more than it spares.
_FEW: Final = 500
_CHUNK: Final = 20_000
# PostgreSQL counts from 2000.
_EPOCH_S: Final = 946_684_800
_MICROSECONDS: Final = 1_000_000
# A row of binary COPY: three columns, each with its length in front.
_ROW: Final = Struct("!hiqihih")
_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL: Final = b"\xff\xff"
# Above what any rate is, so that a rank and a rate fit one number.
_RANK: Final = 1000

_STAGE: LiteralString = """
    CREATE TEMPORARY TABLE heart_rate_staging
        ("timestamp" timestamptz, heart_rate smallint, source_rank smallint) ON COMMIT DROP
"""
_COPY: LiteralString = "COPY heart_rate_staging FROM STDIN (FORMAT binary)"
_STAGED: LiteralString = "heart_rate_staging"
_LISTED: LiteralString = """
    unnest(%(instants)s::timestamptz[], %(rates)s::smallint[], %(ranks)s::smallint[])
"""
# A minute that was thinned says all of its source: the same samples once more do not add to it.
_NOT_THINNED: LiteralString = """
    AND (staged."timestamp" >= %(thin_from)s OR NOT EXISTS (
        SELECT FROM wearables_heartratedata minute
        WHERE minute.user_id = %(user)s AND minute.device_id = %(device)s
            AND minute.lowest IS NOT NULL
            AND minute."timestamp" >= %(first)s::timestamptz - interval '1 minute'
            AND minute."timestamp" <= %(last)s::timestamptz + interval '1 minute'
            AND minute."timestamp" >= date_trunc('minute', staged."timestamp")
            AND minute."timestamp" < date_trunc('minute', staged."timestamp")
                + interval '1 minute'
    ))
"""
_UPSERT: LiteralString = """
    WITH written AS (
        INSERT INTO wearables_heartratedata AS old (user_id, "timestamp", heart_rate, samples,
            source_rank, device_id, imported_by)
        SELECT %(user)s, staged."timestamp", staged.heart_rate, 1, staged.source_rank,
            %(device)s, %(import)s
        FROM {staged} AS staged ("timestamp", heart_rate, source_rank)
        WHERE true {not_thinned}
        ON CONFLICT (user_id, "timestamp") DO UPDATE SET heart_rate = excluded.heart_rate,
            source_rank = excluded.source_rank, device_id = excluded.device_id,
            imported_by = excluded.imported_by
        WHERE excluded.source_rank <= old.source_rank AND old.lowest IS NULL
            AND (old.heart_rate, old.source_rank, old.device_id)
                IS DISTINCT FROM (excluded.heart_rate, excluded.source_rank, excluded.device_id)
        RETURNING "timestamp"
    )
    SELECT count(*) AS rows, min("timestamp") AS first, max("timestamp") AS last FROM written
"""
_MOVE_BACK: LiteralString = """
    INSERT INTO wearables_heartratekeeping AS old (user_id, thin_from)
    VALUES (%(user)s, (%(first)s::timestamptz AT TIME ZONE 'UTC')::date)
    ON CONFLICT (user_id) DO UPDATE SET thin_from = excluded.thin_from
    WHERE excluded.thin_from < old.thin_from
"""
_LINK_RECORDED: LiteralString = """
    UPDATE wearables_heartratedata sample SET workout_id = recorded.workout_id
    FROM wearables_recordedworkout recorded
    WHERE recorded.user_id = %(user)s AND recorded.is_primary AND recorded.deleted_at IS NULL
        AND recorded.workout_id IS NOT NULL
        AND recorded.started_at <= %(last)s AND recorded.finished_at >= %(first)s
        AND sample.user_id = %(user)s
        AND sample."timestamp" BETWEEN recorded.started_at AND recorded.finished_at
        AND sample."timestamp" BETWEEN %(first)s AND %(last)s
        AND sample.workout_id IS DISTINCT FROM recorded.workout_id
"""


def store_samples(
    *,
    user_id: UUID,
    device_id: UUID,
    readings: Sequence[HeartRateReading],
    imported_by: UUID | None = None,
    session: bool = False,
) -> int:
    """How many are new or different; their months exist, and they are plausible.

    One instant has one sample: of the better source, or else the later one. ``session`` says that
    they were recorded for a workout. Twice is once.
    """
    samples = _merged(readings, session=session)
    if not samples:
        return 0
    first, last = min(samples), max(samples)
    values: dict[str, Any] = {
        "user": user_id,
        "device": device_id,
        "import": imported_by,
        "first": _instant(first),
        "last": _instant(last),
        "thin_from": _locked_keeping(user_id),
    }
    written = _upsert(samples, values)
    if written["rows"]:
        span = {"user": user_id, "first": written["first"], "last": written["last"]}
        with connection.cursor() as cursor:
            cursor.execute(_MOVE_BACK, span)
            cursor.execute(_LINK_RECORDED, span)
    return int(written["rows"])


def link_workout(
    *, user_id: UUID, workout_id: UUID, started_at: datetime, finished_at: datetime
) -> None:
    """The samples of this time are the workout's."""
    samples = _of(user_id, timestamp__gte=started_at, timestamp__lte=finished_at)
    samples.exclude(workout_id=workout_id).write(workout_id=workout_id)


def forget_workout(
    *,
    user_id: UUID,
    workout_id: UUID,
    started_at: datetime | None = None,
    finished_at: datetime | None = None,
) -> None:
    """The workout's samples are nobody's. Cheap where the caller knows when it was."""
    samples = _of(user_id, workout_id=workout_id)
    if started_at is not None:
        samples = samples.filter(timestamp__gte=started_at)
    if finished_at is not None:
        samples = samples.filter(timestamp__lte=finished_at)
    samples.write(workout_id=None)


def forget_device(user_id: UUID, device_id: UUID) -> None:
    """Samples of a device that goes: those of workouts stay, and are of no device then."""
    samples = _of(user_id, device_id=device_id)
    samples.filter(workout_id=None).remove()
    samples.write(device_id=None)


def forget_import(
    user_id: UUID, import_id: UUID, first_at: datetime | None, last_at: datetime | None
) -> None:
    """Take away what an import brought, between its first and its last sample."""
    if first_at is not None and last_at is not None:
        within = {"timestamp__gte": first_at, "timestamp__lte": last_at}
        _of(user_id, imported_by=import_id, **within).remove()


def _of(user_id: UUID, **narrowed: Any) -> Any:
    return HeartRateData.objects.filter(user_id=user_id, **narrowed)


def _merged(readings: Sequence[HeartRateReading], *, session: bool) -> dict[int, int]:
    """Rank and rate in one number, by the microsecond; what is put in last counts."""
    rank = workout_heart_rate_rank if session else heart_rate_rank
    merged: dict[int, int] = {}
    for reading in sorted(readings, key=lambda one: -rank(one.source.kind)):
        code = rank(reading.source.kind) * _RANK
        merged.update(
            (round(at.timestamp() * _MICROSECONDS), code + rate) for at, rate in reading.samples
        )
    return merged


def _instant(microseconds: int) -> datetime:
    seconds, rest = divmod(microseconds, _MICROSECONDS)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def _locked_keeping(user_id: UUID) -> Any:
    """From where on nothing was thinned; None where nothing ever was."""
    rows = HeartRateKeeping.objects.filter(pk=user_id).select_for_update()
    return rows.values_list("thin_from", flat=True).first()


def _upsert(samples: dict[int, int], values: dict[str, Any]) -> dict[str, Any]:
    thin_from = values["thin_from"]
    is_old = thin_from is not None and values["first"].date() < thin_from
    not_thinned = _NOT_THINNED if is_old else ""
    if len(samples) <= _FEW:
        sql = _UPSERT.format(staged=_LISTED, not_thinned=not_thinned)
        return fetch(sql, values | _lists(samples))[0]
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:
            for part in _binary(samples):
                copy.write(part)
        rows = fetch(_UPSERT.format(staged=_STAGED, not_thinned=not_thinned), values)
        # The next call may come in the same transaction.
        cursor.execute("DROP TABLE heart_rate_staging")
    return rows[0]


def _lists(samples: dict[int, int]) -> dict[str, Any]:
    ordered = sorted(samples.items())
    return {
        "instants": [_instant(at) for at, _ in ordered],
        "rates": [code % _RANK for _, code in ordered],
        "ranks": [code // _RANK for _, code in ordered],
    }


def _binary(samples: dict[int, int]) -> Iterator[bytes]:
    """The samples as PostgreSQL reads them, in the order of the key."""
    yield _HEAD
    shift = _EPOCH_S * _MICROSECONDS
    ordered = iter(sorted(samples))
    while chunk := list(islice(ordered, _CHUNK)):
        codes = [(at, *divmod(samples[at], _RANK)) for at in chunk]
        yield b"".join(_ROW.pack(3, 8, at - shift, 2, rate, 2, rank) for at, rank, rate in codes)
    yield _TAIL
