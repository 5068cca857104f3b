"""The person's days, made of what each source says of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson

from users.keyset import fetch
from users.services.settling import DerivedTable, Settled
from wearables.formulas.sources import Candidate, choose
from wearables.readings import DAY_METRICS
from wearables.selectors.sources import Sources, sources_of

# Whoever recorded the night is asked for the resting heart rate first.
_SOURCES: Final = """
    SELECT source.*, main.device_id AS main_device_id, main.source_name AS main_source_name
    FROM wearables_dailyactivitysource source
    LEFT JOIN wearables_sleepdata main ON main.user_id = source.user_id
        AND main.date = source.date AND main.role = 'main' AND main.deleted_at IS NULL
    WHERE source.user_id = %(user)s AND source.date = ANY(%(dates)s)
"""
_DAILY_ACTIVITIES: Final = DerivedTable(
    table="wearables_dailyactivity",
    resource="wearables.dailyactivity",
    key=("date",),
    values=("device_id", *DAY_METRICS, "sources"),
    stamps=("sync_date",),
    expected="""
        SELECT %(user)s::uuid AS user_id, day.* FROM jsonb_to_recordset(%(days)s::jsonb) AS day (
            date date, device_id uuid, steps integer, distance float8, active_calories integer,
            total_calories integer, active_minutes integer, floors_climbed integer,
            resting_heart_rate integer, sources jsonb)
    """,
    within="old.date = scope.date",
)
_SCOPE: Final = "SELECT %(user)s::uuid AS user_id, unnest(%(dates)s::date[]) AS date"


def settle_days(*, user_id: UUID, revision: int, dates: Collection[date]) -> Settled:
    """Make the person's days follow from their sources, for a caller who advanced the clock.

    A day that no source tells of goes, with a tombstone. What is right already is not written.
    Nights come first: the resting heart rate goes by whoever recorded them.
    """
    if not dates:
        return Settled()
    wanted = sorted(set(dates))
    told = fetch(_SOURCES, {"user": user_id, "dates": wanted})
    days = days_of(told, sources_of(user_id)) if told else []
    return _DAILY_ACTIVITIES.settle(
        clocks={user_id: revision},
        scope=_SCOPE,
        parameters={"user": user_id, "dates": wanted, "days": orjson.dumps(days).decode()},
    )


def days_of(told: Iterable[Mapping[str, Any]], sources: Sources) -> list[dict[str, Any]]:
    """The days that follow from these rows of sources; none where all of them are copies."""
    by_date: dict[date, list[Mapping[str, Any]]] = defaultdict(list)
    for row in told:
        if not sources.copied_from(row["device_id"], row["source_app"]):
            by_date[row["date"]].append(row)
    return [
        {"date": day, **values}
        for day, rows in sorted(by_date.items())
        if (values := _resolved(rows, sources))["sources"]
    ]


def _resolved(rows: Collection[Mapping[str, Any]], sources: Sources) -> dict[str, Any]:
    counting = {}
    for metric in DAY_METRICS:
        told = [row for row in rows if row[metric] is not None]
        if told:
            counting[metric] = choose(metric, [_candidate(row, metric, sources) for row in told])
    values: dict[str, Any] = dict.fromkeys(DAY_METRICS)
    values |= {metric: chosen.value for metric, (chosen, _) in counting.items()}
    values["sources"] = {
        metric: {"device": chosen.device, "source": chosen.source or chosen.title, "reason": why}
        for metric, (chosen, why) in counting.items()
    }
    # In the order of the metrics, so steps come first.
    values["device_id"] = next((chosen.device for chosen, _ in counting.values()), None)
    return values


def _candidate(row: Mapping[str, Any], metric: str, sources: Sources) -> Candidate:
    device = row["device_id"]
    main = (row["main_device_id"], row["main_source_name"])
    updated: datetime = row["updated_at"]
    return Candidate(
        device=str(device),
        title=row["source_name"] or sources.title(device),
        kind=row["source_kind"],
        source=row["source_name"],
        value=row[metric],
        estimated=metric in orjson.loads(row["estimated"]),
        place=sources.place(metric, device),
        is_main_sleeps=(device, row["source_name"]) == main,
        store=sources.store(device),
        worn_minutes=row["worn_minutes"],
        updated=updated.timestamp(),
    )
