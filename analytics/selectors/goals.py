"""What people aim for, and where that stands by their diaries of today."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Final, LiteralString
from uuid import UUID

from analytics.formulas.forecasts import Value
from analytics.formulas.goals import (
    Standing,
    habit_standing,
    measure_standing,
    strength_standing,
    weight_standing,
)
from analytics.models import BodyMeasure
from analytics.selectors.provenance import provenance
from analytics.selectors.trends import Calendar
from users.keyset import Page, Place, SqlList, fetch, given

Row = dict[str, Any]

UNITS: Final[Mapping[str, str]] = {
    BodyMeasure.WEIGHT: "kg",
    BodyMeasure.MUSCLE_MASS: "kg",
    BodyMeasure.BODY_FAT: "%",
}
_GOALS: LiteralString = """
    SELECT goal.id, goal.user_id, CASE WHEN strength.goal_ptr_id IS NOT NULL THEN 'strength'
            WHEN body.goal_ptr_id IS NOT NULL THEN 'body' ELSE 'habit' END AS type,
        goal.title, goal.start_date, goal.target_date, goal.is_abandoned, goal.notes,
        CASE WHEN goal.achieved_on IS NOT NULL THEN 'achieved'
            WHEN goal.is_abandoned THEN 'abandoned' ELSE 'active' END AS status,
        strength.exercise_id AS exercise, strength.target_kg, body.measure, body.target_value,
        habit.habit, habit.days_per_week, habit.weeks, goal.start_value, goal.current_value,
        goal.progress_percent, goal.achieved_on, goal.forecast_date, goal.announced_at,
        goal.created_at, goal.updated_at
    FROM analytics_goal goal
    LEFT JOIN analytics_strengthgoal strength ON strength.goal_ptr_id = goal.id
    LEFT JOIN analytics_bodygoal body ON body.goal_ptr_id = goal.id
    LEFT JOIN analytics_habitgoal habit ON habit.goal_ptr_id = goal.id
"""
_OF_PEOPLE: LiteralString = " WHERE goal.user_id = ANY(%(people)s)"
_THESE: LiteralString = " WHERE goal.user_id = %(user)s AND goal.id = ANY(%(ids)s)"
_NEWEST_FIRST = SqlList(
    source=f"{_GOALS} WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s",
    key=(("goal.id", "uuid"),),
)
# What the goals of a kind are measured by: for each person and key, the days and their values.
# Of habits those since the first start; the others look back from it.
_WANTED: LiteralString = """
    unnest(%(people)s::uuid[], %(keys)s::text[], %(since)s::date[])
        AS wanted (user_id, key, since)
"""
_SERIES: Mapping[str, LiteralString] = {
    "strength": f"""
        SELECT wanted.user_id, wanted.key, array_agg(known.date) AS days,
            array_agg(known.one_rep_max) AS values
        FROM {_WANTED}
        JOIN analytics_strengthprogress known ON known.user_id = wanted.user_id
            AND known.exercise_id = wanted.key::uuid
        WHERE known.validity = 'valid' AND known.one_rep_max > 0
        GROUP BY wanted.user_id, wanted.key
    """,  # noqa: S608 - our own names
    "body": f"""
        SELECT wanted.user_id, wanted.key, array_agg(known.date) AS days,
            array_agg(taken.value) AS values
        FROM {_WANTED}
        JOIN analytics_bodymetric known ON known.user_id = wanted.user_id
        CROSS JOIN LATERAL (SELECT CASE wanted.key {
        " ".join(f"WHEN '{name}' THEN known.{name}" for name in BodyMeasure.values)
    } END AS value) taken
        WHERE taken.value IS NOT NULL GROUP BY wanted.user_id, wanted.key
    """,  # noqa: S608 - our own column names
    "habit": f"""
        WITH wanted AS (SELECT * FROM {_WANTED})
        SELECT user_id, key, array_agg(date) AS days, array_agg(1) AS values
        FROM (
            SELECT wanted.user_id, wanted.key, trained.date FROM wanted
            JOIN analytics_trainingday trained
                ON trained.user_id = wanted.user_id AND trained.date >= wanted.since
            WHERE wanted.key = 'workouts' AND trained.workouts > 0
            UNION ALL SELECT wanted.user_id, wanted.key, weighed.date FROM wanted
            JOIN analytics_bodymetric weighed
                ON weighed.user_id = wanted.user_id AND weighed.date >= wanted.since
            WHERE wanted.key = 'weigh_ins' AND weighed.weight IS NOT NULL
            UNION ALL SELECT wanted.user_id, wanted.key, eaten.date FROM wanted
            JOIN analytics_nutritionsummary eaten
                ON eaten.user_id = wanted.user_id AND eaten.date >= wanted.since
            WHERE CASE wanted.key WHEN 'food_logged' THEN eaten.is_complete
                WHEN 'water' THEN eaten.water >= 2000
                WHEN 'calories_kept' THEN eaten.meal_count > 0 AND eaten.calorie_target > 0
                    AND 10 * abs(eaten.calories - eaten.calorie_target) <= eaten.calorie_target
                ELSE false END
        ) done GROUP BY user_id, key
    """,  # noqa: S608 - our own names
}
_KEY_OF: Mapping[str, str] = {"strength": "exercise", "body": "measure", "habit": "habit"}
_SHARED: Final = (
    "id",
    "type",
    "title",
    "start_date",
    "target_date",
    "status",
    "is_abandoned",
    "notes",
    "created_at",
    "updated_at",
)
_OWN: Final[Mapping[str, tuple[str, ...]]] = {
    "strength": ("exercise", "target_kg"),
    "body": ("measure", "target_value"),
    "habit": ("habit", "days_per_week", "weeks"),
}
_STANDING: Final = (
    "start_value",
    "current_value",
    "progress_percent",
    "achieved_on",
    "forecast_date",
)
_DECIMALS: Final = 2
# Five years of days.
MOST_POINTS: Final = 1826

Series = Mapping[tuple[str, UUID, str], list[Value]]


@dataclass(frozen=True)
class GoalFilter:
    """Which goals of a person; None does not narrow."""

    type: str | None = None
    status: str | None = None
    updated_since: datetime | None = None


_CONDITIONS: Mapping[str, LiteralString] = {
    "type": """CASE %(type)s::text WHEN 'strength' THEN strength.goal_ptr_id
        WHEN 'body' THEN body.goal_ptr_id ELSE habit.goal_ptr_id END IS NOT NULL""",
    "status": """%(status)s::text = CASE WHEN goal.achieved_on IS NOT NULL THEN 'achieved'
        WHEN goal.is_abandoned THEN 'abandoned' ELSE 'active' END""",
    "updated_since": "goal.updated_at >= %(updated_since)s",
}


def goal_page(*, user_id: UUID, narrowed: GoalFilter, size: int, place: Place | None) -> Page:
    """The person's goals, newest first, as they are stored."""
    values = given(narrowed)
    return _NEWEST_FIRST.page(
        where=["goal.user_id = %(user)s", *(_CONDITIONS[name] for name in values)],
        parameters={"user": user_id, **values},
        size=size,
        place=place,
    )


def goals(*, user_id: UUID, ids: Iterable[UUID]) -> list[Row]:
    """These goals of the person, as they are stored, in one query."""
    return fetch(_GOALS + _THESE, {"user": user_id, "ids": list(ids)})


def goals_of(user_ids: Collection[UUID]) -> list[Row]:
    """All goals of these people, as they are stored, in one query."""
    return fetch(_GOALS + _OF_PEOPLE, {"people": list(user_ids)})


def standings(rows: Sequence[Row], calendars: Mapping[UUID, Calendar]) -> dict[UUID, Standing]:
    """Where each of these goals stands, by its id: one query for each kind that there is."""
    series: dict[tuple[str, UUID, str], list[Value]] = {}
    for kind, sql in _SERIES.items():
        wanted = _wanted([row for row in rows if row["type"] == kind])
        if not wanted:
            continue
        asked = {
            "people": [user for user, _ in wanted],
            "keys": [key for _, key in wanted],
            "since": list(wanted.values()),
        }
        for row in fetch(sql, asked):
            values = list(zip(row["days"], row["values"], strict=True))
            series[kind, row["user_id"], row["key"]] = values
    return {row["id"]: _standing(row, series, calendars[row["user_id"]]) for row in rows}


def _wanted(rows: Iterable[Row]) -> dict[tuple[UUID, str], date]:
    """By what these goals are measured, and since when at the earliest."""
    first: dict[tuple[UUID, str], date] = {}
    for row in sorted(rows, key=itemgetter("start_date"), reverse=True):
        first[row["user_id"], _key_of(row)] = row["start_date"]
    return first


def _key_of(row: Row) -> str:
    return str(row[_KEY_OF[row["type"]]])


def shown(row: Row, standing: Standing, *, explain: bool = False) -> Row:
    """A goal as it is shown: what is stored, and where its numbers are from."""
    forecast = standing.forecast
    answer = {name: row[name] for name in (*_SHARED, *_OWN[row["type"]], *_STANDING)}
    for name in ("start_value", "current_value"):
        answer[name] = _rounded(answer[name])
    return {
        **answer,
        "unit": unit_of(row),
        "forecast_earliest": forecast.earliest if forecast else None,
        "forecast_latest": forecast.latest if forecast else None,
        "provenance": {
            "progress": provenance(standing.progress, explain=explain),
            "forecast": provenance(forecast, explain=explain) if forecast else None,
        },
    }


def history(row: Row, standing: Standing, *, explain: bool = False) -> Row:
    """The days since the start on which a goal moved or was measured, oldest first."""
    progress = standing.progress
    return {
        "id": row["id"],
        "type": row["type"],
        "unit": unit_of(row),
        "start_value": _rounded(progress.start),
        "target_value": progress.target,
        "points": [
            {
                "date": point.day,
                "value": round(point.value, _DECIMALS),
                "progress_percent": point.percent,
            }
            for point in progress.points[-MOST_POINTS:]
        ],
        "provenance": provenance(progress, explain=explain),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS)


def unit_of(row: Row) -> str:
    """In what the values of a goal are."""
    if row["type"] == "body":
        return UNITS.get(row["measure"], "cm")
    return "kg" if row["type"] == "strength" else "weeks"


def _standing(row: Row, series: Series, calendar: Calendar) -> Standing:
    values = series.get((row["type"], row["user_id"], _key_of(row)), [])
    start, until = row["start_date"], calendar.today
    if row["type"] == "strength":
        return strength_standing(
            values,
            target_kg=row["target_kg"],
            start=start,
            until=until,
            first_weekday=calendar.week_starts_on - 1,
        )
    if row["type"] == "habit":
        return habit_standing(
            [day for day, _ in values],
            days_per_week=row["days_per_week"],
            weeks=row["weeks"],
            start=start,
            until=until,
            first_weekday=calendar.week_starts_on - 1,
        )
    target = row["target_value"]
    if row["measure"] == BodyMeasure.WEIGHT:
        return weight_standing(values, target_kg=target, start=start, until=until)
    return measure_standing(values, target=target, unit=unit_of(row), start=start, until=until)
