"""Daily figures of the whole: how many signed up, trained, ate, came back.

Rows are found by their ids, which say when they were made (UUIDv7): the tables have no index by
day alone, and none is needed. What a day holds is decided by the day that the row itself names,
so that history which is imported later counts where it belongs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import transaction

from analytics.models import DailyFigure
from users.ids import uuid7
from users.keyset import fetch
from users.services.accounts import STANDING_IDS

SIGN_UPS: Final = "sign_ups"
# Who was active within so many days.
ACTIVE: Final[Mapping[str, int]] = {"active_day": 1, "active_week": 7, "active_month": 30}
DEVICES: Final = "devices"
DEVICE_STATES: Final = ("ok", "waiting", "reauth", "failing")
_LONGEST_DAYS: Final = max(ACTIVE.values())
# With the days before them they fit into the bits of a number.
_BLOCK_DAYS: Final = 30
# Meals are logged ahead, and not every phone knows what day it is.
_AHEAD: Final = timedelta(days=7)
# A connection that was due and brought nothing for so long fails.
_SILENT: Final = timedelta(days=1)
_VERSION_BITS: Final = (7 << 76) | (2 << 62)


@dataclass(frozen=True, kw_only=True)
class Deeds:
    """What people did, day by day, as SQL: it selects user_id, day and a number.

    ``made`` are the rows whose id is ``%(made_since)s`` or later; days are from ``%(since)s``
    through ``%(last)s``.
    """

    name: str
    sql: LiteralString


_deeds: list[Deeds] = [
    Deeds(
        name="workouts",
        sql="""
            SELECT user_id, date AS day, workouts AS number FROM analytics_trainingday
            WHERE id >= %(made_since)s AND date BETWEEN %(since)s AND %(last)s AND workouts > 0
        """,
    ),
    Deeds(
        name="meals",
        sql="""
            SELECT user_id, date AS day, meal_count AS number FROM analytics_nutritionsummary
            WHERE id >= %(made_since)s AND date BETWEEN %(since)s AND %(last)s AND meal_count > 0
        """,
    ),
    Deeds(
        name="weigh_ins",
        sql="""
            SELECT user_id, date AS day, 1 AS number FROM analytics_bodymetric
            WHERE id >= %(made_since)s AND date BETWEEN %(since)s AND %(last)s
        """,
    ),
]
_DONE: LiteralString = """
    SELECT name, day, sum(number)::bigint AS value FROM ({deeds}) deeds GROUP BY 1, 2
    UNION ALL
    SELECT %(sign_ups)s, (date_joined AT TIME ZONE 'UTC')::date, count(*) FROM users_user
    WHERE date_joined >= %(since)s::timestamp AT TIME ZONE 'UTC'
        AND date_joined < (%(last)s::date + 1)::timestamp AT TIME ZONE 'UTC'
        AND id <> ALL(%(house)s)
    GROUP BY 2
"""
# Of each person one number, with a bit for each day on which they were there: whether they were
# active within a span is a question to that number.
_ACTIVE_SQL: LiteralString = """
    SELECT active.name, day, count(*) AS value
    FROM (
        SELECT bit_or(1::bigint << (day - %(since)s::date)) AS days FROM ({deeds}) deeds
        GROUP BY user_id
    ) people
    CROSS JOIN (
        SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, '1 day') AS day
    ) days
    CROSS JOIN unnest(%(active_names)s::text[], %(active_days)s::int[]) AS active (name, length)
    WHERE people.days
        & (((1::bigint << length) - 1) << (day - %(since)s::date - length + 1)) <> 0
    GROUP BY 1, 2
"""
# Of each connection the worst that is true of it.
_DEVICES: LiteralString = """
    WITH waiting AS (
        SELECT DISTINCT device_id FROM wearables_syncrun WHERE status = 'waiting'
    )
    SELECT device.provider, CASE
            WHEN device.status = 'reauth_required' THEN 'reauth'
            WHEN device.next_sync_at IS NOT NULL
                AND coalesce(device.last_synced, device.created_at) < %(silent_since)s
                THEN 'failing'
            WHEN waiting.device_id IS NOT NULL THEN 'waiting'
            ELSE 'ok'
        END AS state, count(*) AS value
    FROM wearables_wearabledevice device LEFT JOIN waiting ON waiting.device_id = device.id
    WHERE device.is_active AND device.status <> 'disconnected'
    GROUP BY 1, 2
"""


def also_count(deeds: Deeds) -> None:
    """For apps above this one. Whoever does such a deed was active that day."""
    _deeds[:] = [*(one for one in _deeds if one.name != deeds.name), deeds]


def names() -> list[str]:
    """All figures that every day has."""
    return [SIGN_UPS, *ACTIVE, *(deeds.name for deeds in _deeds)]


def device_figure(provider: str, state: str) -> str:
    return f"{DEVICES}.{provider}.{state}"


def refresh(*, now: datetime) -> int:
    """Make the figures of today and yesterday; answers how many. Twice is once."""
    return rebuild_last_days(2, now=now)


def rebuild_last_days(days: int, *, now: datetime) -> int:
    """Make the figures of so many days up to today, and how connections stand."""
    today = now.astimezone(UTC).date()
    first = today - timedelta(days=days - 1)
    return rebuild(first=first, last=today) + _keep_devices(today, now=now)


def rebuild(*, first: date, last: date) -> int:
    """Make the figures of these days anew; answers how many. Twice is once.

    Its cost follows from what was logged since, a month before the first of them included.
    """
    made = 0
    for begin in range(0, (last - first).days + 1, _BLOCK_DAYS):
        since = first + timedelta(days=begin)
        made += _rebuild_block(since, min(last, since + timedelta(days=_BLOCK_DAYS - 1)))
    return made


@transaction.atomic
def _rebuild_block(first: date, last: date) -> int:
    found = {
        (row["day"], row["name"]): row["value"]
        for row in [
            *_fetch(_DONE, since=first, last=last, sign_ups=SIGN_UPS, house=list(STANDING_IDS)),
            *_fetch(
                _ACTIVE_SQL,
                since=first - timedelta(days=_LONGEST_DAYS - 1),
                last=last,
                first=first,
                active_names=list(ACTIVE),
                active_days=list(ACTIVE.values()),
            ),
        ]
    }
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return _keep(
        {"date": day, "name": name, "value": found.get((day, name), 0)}
        for day in days
        for name in names()
    )


def _fetch(sql: LiteralString, *, since: date, **values: Any) -> list[dict[str, Any]]:
    """Of all deeds since that day."""
    deeds = " UNION ALL ".join(
        f"SELECT '{deeds.name}'::text AS name, deed.* FROM ({deeds.sql}) deed"  # noqa: S608 - our own names
        for deeds in _deeds
    )
    made_since = first_id(since - _AHEAD)
    return fetch(sql.format(deeds=deeds), {"since": since, "made_since": made_since, **values})


@transaction.atomic
def _keep_devices(today: date, *, now: datetime) -> int:
    """How connections stand is known of the present alone."""
    rows = fetch(_DEVICES, {"silent_since": now - _SILENT})
    # A state that nobody is in any more says so.
    of_today = DailyFigure.objects.filter(date=today, name__startswith=f"{DEVICES}.")
    of_today.update(value=0)
    return _keep(
        {"date": today, "name": device_figure(**names), "value": value}
        for row in rows
        for value, names in [(row.pop("value"), row)]
    )


def _keep(rows: Iterable[Mapping[str, Any]]) -> int:
    # Always in one order, so that two workers do not wait for each other.
    ordered = sorted(rows, key=lambda row: (row["date"], row["name"]))
    figures = [DailyFigure(id=uuid7(), **row) for row in ordered]
    DailyFigure.objects.bulk_create(
        figures,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["date", "name"],
        update_fields=["value"],
    )
    return len(figures)


def first_id(day: date) -> UUID:
    """Before every id that was made on that day (RFC 9562, 5.7)."""
    began = datetime.combine(day, time.min, tzinfo=UTC)
    return UUID(int=int(began.timestamp() * 1000) << 80 | _VERSION_BITS)
