"""Old heart rates by the minute: in full they are kept for a while, and inside of workouts.

One day of one person at a time, each in a transaction of its own that also moves on where that
person's begins, so that whoever is killed goes on where they were.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

from django.conf import settings
from django.db import transaction

from users.keyset import fetch
from wearables.models import HeartRateKeeping

_PEOPLE: Final = 500
_NEXT: LiteralString = """
    SELECT min("timestamp") AS at FROM wearables_heartratedata
    WHERE user_id = %(user)s AND "timestamp" >= %(start)s AND "timestamp" < %(end)s
"""
# Sources are kept apart: which of them counts is decided by whoever reads. A minute has the
# instant of its first sample, which no other row can have.
_THIN: LiteralString = """
    WITH workout AS MATERIALIZED (
        SELECT started_at, finished_at FROM workouts_workout
        WHERE user_id = %(user)s AND started_at < %(end)s AND finished_at >= %(start)s
        UNION ALL
        SELECT started_at, finished_at FROM wearables_recordedworkout
        WHERE user_id = %(user)s AND deleted_at IS NULL
            AND started_at < %(end)s AND finished_at >= %(start)s
    ), outside AS MATERIALIZED (
        SELECT sample.*, date_trunc('minute', sample."timestamp") AS minute
        FROM wearables_heartratedata sample
        WHERE sample.user_id = %(user)s
            AND sample."timestamp" >= %(start)s AND sample."timestamp" < %(end)s
            AND NOT EXISTS (
                SELECT FROM workout
                WHERE sample."timestamp" BETWEEN workout.started_at AND workout.finished_at
            )
    ), thinned AS MATERIALIZED (
        SELECT min("timestamp") AS at, round(sum(heart_rate * samples)::numeric / sum(samples))
                AS heart_rate,
            min(coalesce(lowest, heart_rate)) AS lowest,
            max(coalesce(highest, heart_rate)) AS highest,
            least(sum(samples), 32767) AS samples, array_agg("timestamp") AS merged
        FROM outside
        GROUP BY minute, device_id, source_rank, imported_by
        HAVING count(*) > 1 OR bool_or(lowest IS NULL) OR bool_or(workout_id IS NOT NULL)
    ), gone AS (
        DELETE FROM wearables_heartratedata sample
        USING (SELECT unnest(merged[2:]) AS "timestamp" FROM (
            SELECT array(SELECT unnest(merged) ORDER BY 1) AS merged FROM thinned
        ) sorted) rest
        WHERE sample.user_id = %(user)s AND sample."timestamp" = rest."timestamp"
            AND sample."timestamp" >= %(start)s AND sample."timestamp" < %(end)s
        RETURNING 1
    ), kept AS (
        UPDATE wearables_heartratedata sample SET heart_rate = thinned.heart_rate,
            lowest = thinned.lowest, highest = thinned.highest, samples = thinned.samples,
            workout_id = NULL
        FROM thinned
        WHERE sample.user_id = %(user)s AND sample."timestamp" = thinned.at
            AND sample."timestamp" >= %(start)s AND sample."timestamp" < %(end)s
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) AS gone, (SELECT count(*) FROM kept) AS kept
"""


def thin_heart_rates(now: datetime) -> int:
    """Thin what is older than HEART_RATE_FULL_DAYS; answers how many rows went.

    Outside of workouts, the samples of one minute become one row with their mean, lowest,
    highest and number; a workout that is no more is none. Safe to stop at any time, and twice.
    """
    until = (now - timedelta(days=settings.HEART_RATE_FULL_DAYS)).astimezone(UTC).date()
    return sum(_thin_next_day(user_id, until) for user_id in _turns(until))


def _turns(until: date) -> Iterator[UUID]:
    """Whoever has something to thin, again and again until they have not."""
    while True:
        behind = HeartRateKeeping.objects.filter(thin_from__lt=until).order_by("thin_from", "pk")
        people = list(behind.values_list("pk", flat=True)[:_PEOPLE])
        if not people:
            return
        yield from people


@transaction.atomic
def _thin_next_day(user_id: UUID, until: date) -> int:
    rows = HeartRateKeeping.objects.filter(pk=user_id, thin_from__lt=until)
    # Writers of heart rates wait at this row, and may move it back.
    keeping = rows.select_for_update().first()
    if keeping is None:
        return 0
    span: dict[str, Any] = {"user": user_id, "start": _midnight(keeping.thin_from)}
    first: datetime | None = fetch(_NEXT, span | {"end": _midnight(until)})[0]["at"]
    day = until if first is None else first.date()
    gone = 0
    if first is not None:
        end = _midnight(day + timedelta(days=1))
        gone = fetch(_THIN, span | {"start": _midnight(day), "end": end})[0]["gone"]
        day += timedelta(days=1)
    rows.update(thin_from=day)
    return int(gone)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
