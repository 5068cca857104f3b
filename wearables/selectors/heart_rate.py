"""Heart rates of any stretch of time: of each minute, its best source alone.

The best is the first in the person's own order, or else the better kind of device.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from users.keyset import fetch
from users.localtime import day_bounds

Row = dict[str, Any]
_HOUR: Final = timedelta(hours=1)

_ORDER: LiteralString = """
    SELECT device::uuid AS device_id, place
    FROM wearables_sourcepriority,
        jsonb_array_elements_text(devices) WITH ORDINALITY AS listed (device, place)
    WHERE user_id = %(user)s AND metric = 'heart_rate'
"""
_BEST_FIRST: LiteralString = "own.place NULLS LAST, source_rank, device_id NULLS LAST"
# A few minutes at a time stay in memory, however long the whole is.
_MINUTES: LiteralString = f"""
    SELECT DISTINCT ON (minute) minute, lowest, highest, total, samples
    FROM (
        SELECT date_trunc('minute', "timestamp") AS minute, device_id, source_rank,
            min(coalesce(lowest, heart_rate)) AS lowest,
            max(coalesce(highest, heart_rate)) AS highest,
            sum(heart_rate * samples) AS total, sum(samples) AS samples
        FROM wearables_heartratedata
        WHERE user_id = %(user)s AND "timestamp" >= %(start)s AND "timestamp" < %(end)s
            {{within}}
        GROUP BY 1, 2, 3
    ) source LEFT JOIN own USING (device_id)
    ORDER BY minute, {_BEST_FIRST}
"""  # noqa: S608 - our own part
_BY_MINUTE: LiteralString = f"""
    WITH own AS ({_ORDER})
    SELECT minute AS start, lowest AS min, round(total::numeric / samples, 1)::float8 AS avg,
        highest AS max, samples AS count
    FROM ({_MINUTES.format(within="")}) best ORDER BY minute
"""  # noqa: S608 - our own parts
_WITHIN: LiteralString = 'AND "timestamp" >= bucket.start AND "timestamp" < bucket.until'
# Most people have one source at a time, and then nothing has to be chosen minute by minute.
_BY_BUCKET: LiteralString = f"""
    WITH own AS ({_ORDER})
    SELECT bucket.start, coalesce(best.lowest, told.lowest) AS min,
        round(coalesce(best.total, told.total)::numeric
            / coalesce(best.samples, told.samples), 1)::float8 AS avg,
        coalesce(best.highest, told.highest) AS max,
        coalesce(best.samples, told.samples)::integer AS count
    FROM unnest(%(starts)s::timestamptz[], %(untils)s::timestamptz[]) AS bucket (start, until)
    CROSS JOIN LATERAL (
        SELECT count(*) AS sources, min(lowest) AS lowest, max(highest) AS highest,
            sum(total) AS total, sum(samples) AS samples
        FROM (
            SELECT min(coalesce(lowest, heart_rate)) AS lowest,
                max(coalesce(highest, heart_rate)) AS highest,
                sum(heart_rate * samples) AS total, sum(samples) AS samples
            FROM wearables_heartratedata
            WHERE user_id = %(user)s AND "timestamp" >= %(start)s AND "timestamp" < %(end)s
                {_WITHIN}
            GROUP BY device_id, source_rank
        ) source
    ) told
    CROSS JOIN LATERAL (
        SELECT min(lowest) AS lowest, max(highest) AS highest, sum(total) AS total,
            sum(samples) AS samples
        FROM ({_MINUTES.format(within=_WITHIN)}) minute
        WHERE told.sources > 1
    ) best
    WHERE told.sources > 0
    ORDER BY bucket.start
"""  # noqa: S608 - our own parts
_RAW: LiteralString = f"""
    WITH own AS ({_ORDER})
    SELECT at, bpm, source FROM (
        SELECT "timestamp" AS at, heart_rate AS bpm, device_id AS source,
            rank() OVER (
                PARTITION BY date_trunc('minute', "timestamp") ORDER BY {_BEST_FIRST}
            ) AS place
        FROM wearables_heartratedata LEFT JOIN own USING (device_id)
        WHERE user_id = %(user)s AND "timestamp" >= %(start)s AND "timestamp" < %(end)s
    ) ranked
    WHERE place = 1 ORDER BY at
"""  # noqa: S608 - our own parts


def raw_rates(user_id: UUID, start: datetime, end: datetime) -> list[Row]:
    """Samples as they are stored: old ones are the means of their minutes."""
    return fetch(_RAW, {"user": user_id, "start": start, "end": end})


def rates_by_minute(user_id: UUID, start: datetime, end: datetime) -> list[Row]:
    return fetch(_BY_MINUTE, {"user": user_id, "start": start, "end": end})


def rates_by_hour(user_id: UUID, start: datetime, end: datetime, time_zone: str) -> list[Row]:
    """By the hours of the person's clock; two of them have one name when it goes back."""
    return _by_bucket(user_id, start, end, list(local_hours(start, end, time_zone)))


def rates_by_day(user_id: UUID, start: datetime, end: datetime, time_zone: str) -> list[Row]:
    """By the person's own days, of 23 to 25 hours."""
    return _by_bucket(user_id, start, end, list(local_days(start, end, time_zone)))


def local_hours(start: datetime, end: datetime, time_zone: str) -> Iterator[datetime]:
    """Where the hours of a clock begin, from the one of ``start`` to the end of the last."""
    zone = ZoneInfo(time_zone)
    hour = next(local_days(start, end, time_zone))
    while hour < end:
        # Where a clock jumps by less than an hour, the next one begins sooner.
        following = hour + _HOUR - timedelta(minutes=hour.astimezone(zone).minute)
        if following > start:
            yield hour
        hour = following
    yield hour


def local_days(start: datetime, end: datetime, time_zone: str) -> Iterator[datetime]:
    """Where days begin, from the one of ``start`` to the end of the last."""
    day: date = start.astimezone(ZoneInfo(time_zone)).date()
    while (begins := day_bounds(day, time_zone)[0]) < end:
        yield begins
        day += timedelta(days=1)
    yield begins


def _by_bucket(
    user_id: UUID, start: datetime, end: datetime, bounds: Sequence[datetime]
) -> list[Row]:
    spans = list(pairwise(bounds))
    values = {
        "user": user_id,
        "start": start,
        "end": end,
        "starts": [begins for begins, _ in spans],
        "untils": [ends for _, ends in spans],
    }
    return fetch(_BY_BUCKET, values)
