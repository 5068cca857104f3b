"""A person's days and weeks of food, as they are kept."""

from datetime import date, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

from analytics.formulas.food_days import day_score, food_week
from analytics.formulas.provenance import Interval
from analytics.selectors.provenance import provenance
from nutrition.formulas import KJ_PER_KCAL, score_interval
from nutrition.selectors import day_summaries
from users.keyset import Page, Place, SqlList

_COLUMNS: LiteralString = """
    id, date, calories, protein, carbs, fat, fiber, sugar, water, meal_count, compliance_score,
    compliance_validity, coverage, is_complete, calorie_target, doubt, source_rows, created_at,
    updated_at
"""
_DAYS = SqlList(
    source=f"""
        SELECT {_COLUMNS} FROM analytics_nutritionsummary
        WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
    """,  # noqa: S608 - our own column names
    key=(("date", "date"),),
)
# Today's food is still being eaten: it is in no mean. Water needs no whole day. Numerics have the
# same mean in any order, so that a row that was written again changes nothing.
_WEEKS = SqlList(
    source="""
        SELECT s.start_date, count(*) AS days, count(*) FILTER (WHERE is_whole) AS complete_days,
            avg(calories) FILTER (WHERE is_whole)::float8 AS calories,
            avg(protein::numeric) FILTER (WHERE is_whole)::float8 AS protein,
            avg(carbs::numeric) FILTER (WHERE is_whole)::float8 AS carbs,
            avg(fat::numeric) FILTER (WHERE is_whole)::float8 AS fat,
            avg(fiber::numeric) FILTER (WHERE is_whole)::float8 AS fiber,
            avg(sugar::numeric) FILTER (WHERE is_whole)::float8 AS sugar,
            avg(water) FILTER (WHERE date < %(today)s)::float8 AS water,
            avg(calorie_target) FILTER (WHERE is_whole)::float8 AS calorie_target,
            avg(compliance_score::numeric)
                FILTER (WHERE is_whole AND compliance_validity = 'valid')::float8
                AS compliance_score
        FROM (
            SELECT s.*, s.is_complete AND s.date < %(today)s AS is_whole, s.date
                - mod(extract(isodow FROM s.date)::int - settings.week_starts_on + 7, 7)
                AS start_date
            FROM analytics_nutritionsummary s
            JOIN users_usersettings settings ON settings.user_id = s.user_id
            WHERE s.user_id = %(user)s
        ) s
        WHERE {where} AND {beyond} GROUP BY s.start_date ORDER BY {order} LIMIT %(limit)s
    """,
    key=(("s.start_date", "date"),),
)
_MEANS: Final = (
    "protein",
    "carbs",
    "fat",
    "fiber",
    "sugar",
    "water",
    "calorie_target",
    "compliance_score",
)
Row = dict[str, Any]


def summary_page(
    *,
    user_id: UUID,
    date_after: date | None = None,
    date_before: date | None = None,
    size: int,
    place: Place | None,
    explain: bool = False,
) -> Page:
    """Days on which something is logged, latest first, in two queries.

    The numbers are those that are kept; how far they may be off and how they came about is
    found anew from the diary.
    """
    where: list[LiteralString] = ["user_id = %(user)s"]
    if date_after is not None:
        where.append("date >= %(date_after)s")
    if date_before is not None:
        where.append("date <= %(date_before)s")
    parameters = {"user": user_id, "date_after": date_after, "date_before": date_before}
    page = _DAYS.page(where=where, parameters=parameters, size=size, place=place)
    return Page(rows=_shown(user_id, page.rows, explain=explain), more=page.more)


def summary_of_day(*, user_id: UUID, day: date, explain: bool = False) -> Row | None:
    page = summary_page(
        user_id=user_id, date_after=day, date_before=day, size=1, place=None, explain=explain
    )
    return page.rows[0] if page.rows else None


def week_page(
    *,
    user_id: UUID,
    today: date,
    date_after: date | None = None,
    date_before: date | None = None,
    size: int,
    place: Place | None,
    explain: bool = False,
) -> Page:
    """The person's weeks with something logged, latest first, in one query.

    The dates narrow by the day on which a week begins.
    """
    where: list[LiteralString] = ["true"]
    if date_after is not None:
        where.append("s.start_date >= %(date_after)s")
    if date_before is not None:
        where.append("s.start_date <= %(date_before)s")
    parameters = {
        "user": user_id,
        "today": today,
        "date_after": date_after,
        "date_before": date_before,
    }
    page = _WEEKS.page(where=where, parameters=parameters, size=size, place=place)
    return Page(rows=[_shown_week(row, explain=explain) for row in page.rows], more=page.more)


def _shown(user_id: UUID, rows: list[Row], *, explain: bool) -> list[Row]:
    if not rows:
        return []
    made = {row["date"]: row for row in day_summaries([(user_id, row["date"]) for row in rows])}
    return [_shown_day(row, made.get(row["date"], {}), explain=explain) for row in rows]


def _shown_day(row: Row, made: Row, *, explain: bool) -> Row:
    is_valid = row["compliance_validity"] == "valid"
    ends = _score_interval(made) if is_valid and made else None
    found = day_score(
        day=row["date"],
        score=row["compliance_score"] if is_valid else None,
        parts=made.get("compliance"),
        sources=row.pop("source_rows"),
        is_complete=row["is_complete"],
        interval=Interval(low=ends[0], high=ends[1]) if ends else None,
    )
    return {
        **row,
        "energy_kj": round(row["calories"] * KJ_PER_KCAL, 1),
        "provenance": provenance(found, explain=explain),
    }


def _score_interval(made: Row) -> tuple[float, float] | None:
    """From where to where the score is, if the amounts are off by the doubt."""
    return score_interval(made["actual"], made["targets"], share=made["doubt"], aim=made["aim"])


def _shown_week(row: Row, *, explain: bool) -> Row:
    first, kcal = row["start_date"], row["calories"]
    last = first + timedelta(days=6)
    found = food_week(
        first=first,
        last=last,
        mean_kcal=kcal,
        days=row["days"],
        complete_days=row["complete_days"],
    )
    return {
        "start_date": first,
        "end_date": last,
        "days": row["days"],
        "complete_days": row["complete_days"],
        "calories": _rounded(kcal, 1),
        "energy_kj": _rounded(kcal and kcal * KJ_PER_KCAL, 1),
        **{name: _rounded(row[name], 2) for name in _MEANS},
        "provenance": provenance(found, explain=explain),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
