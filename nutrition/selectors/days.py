"""A person's days of food against their goals."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from operator import itemgetter
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson

from nutrition.formulas import (
    KJ_PER_KCAL,
    Amounts,
    Compliance,
    Day,
    compliance,
    doubt,
    is_complete_day,
    score_interval,
    weekly_compliance,
)
from nutrition.formulas.goals import Person, bmr_kcal
from nutrition.models import MealType
from nutrition.models.goal import TARGETS as COLUMNS
from nutrition.selectors.meals import ENTRY_COLUMNS, NUTRIENTS, shown_entry
from users import training_days
from users.keyset import Page, Place, SqlList, fetch

TARGETS: Final = ("calories", "protein", "carbs", "fat", "fiber", "water_ml")
# What the formulas call what we call so.
_AMOUNTS: Final = {
    "calories": "kcal",
    "protein": "protein_g",
    "carbs": "carbs_g",
    "fat": "fat_g",
    "fiber": "fiber_g",
}
_SHOWN: Final = {known: shown for shown, known in _AMOUNTS.items()}
_NUTRIENT_OF: Final = {name: itemgetter(name) for name in NUTRIENTS}
_MEAL_TYPES: Final = tuple(MealType.values)
_DECIMALS: Final = 2
DAYS_OF_WEEK: Final = 7

# How many rows these have is known before the parameters are: else PostgreSQL would plan the
# query anew for each request, which takes longer than to run it.
_ONE_DAY: LiteralString = "SELECT %(user)s::uuid AS user_id, %(day)s::date AS day"
_WEEK: LiteralString = """
    SELECT %(user)s::uuid AS user_id, %(first)s::date + number AS day
    FROM generate_series(0, 6) AS number
"""
# A row for each of the days: what was aimed for, and what else there is to know. Training days
# go before days of the week, and those before every day.
_CONTEXT: LiteralString = """
    SELECT person.user_id, person.day AS date, profile.sex, profile.height, profile.body_weight_kg,
        profile.date_of_birth, marked.is_complete, marked.is_training, known.trained, goal.aim,
        goal.id AS goal_id,
        CASE WHEN training.id IS NOT NULL THEN
                CASE WHEN training.is_training THEN 'training_days' ELSE 'rest_days' END
            WHEN week.id IS NOT NULL THEN 'weekday' WHEN goal.id IS NOT NULL THEN 'every_day'
        END AS goals_for,
        coalesce(training.calorie_target, week.calorie_target, goal.calorie_target) AS calories,
        coalesce(training.protein_target, week.protein_target, goal.protein_target) AS protein,
        coalesce(training.carbs_target, week.carbs_target, goal.carbs_target) AS carbs,
        coalesce(training.fat_target, week.fat_target, goal.fat_target) AS fat,
        coalesce(training.fiber_target, week.fiber_target, goal.fiber_target) AS fiber,
        coalesce(training.water_target, week.water_target, goal.water_target) AS water_ml,
        coalesce((
            SELECT sum(amount_ml) FROM nutrition_waterintake water
            WHERE water.user_id = person.user_id AND water.date = person.day
        ), 0) AS water_drunk_ml,
        (
            SELECT past.document FROM nutrition_pastgoal past
            WHERE past.user_id = person.user_id AND past.valid_until >= person.day
            ORDER BY past.valid_until LIMIT 1
        ) AS past
    FROM ({days}) person
    LEFT JOIN users_userprofile profile ON profile.user_id = person.user_id
    LEFT JOIN nutrition_diaryday marked
        ON marked.user_id = person.user_id AND marked.date = person.day
    CROSS JOIN LATERAL (
        SELECT coalesce(marked.is_training, {trained}) AS trained
    ) known
    LEFT JOIN nutrition_nutritiongoal goal
        ON goal.user_id = person.user_id AND goal.is_active
    LEFT JOIN nutrition_daytarget week
        ON week.user_id = goal.user_id AND week.goal_id = goal.id
        AND week.weekday = extract(isodow FROM person.day)
    LEFT JOIN nutrition_daytarget training
        ON training.user_id = goal.user_id AND training.goal_id = goal.id
        AND training.is_training = known.trained
"""
_ENTRIES: LiteralString = f"""
    SELECT {ENTRY_COLUMNS}{{more}} FROM nutrition_mealentry
    WHERE user_id = %(user)s AND date = %(day)s ORDER BY time, id
"""  # noqa: S608 - our own column names
_WITH_TOTALS: LiteralString = """
    SELECT context.*, total.* FROM ({context}) context
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(e.calories), 0) AS total_calories,
            coalesce(sum(e.protein), 0) AS total_protein,
            coalesce(sum(e.carbs), 0) AS total_carbs, coalesce(sum(e.fat), 0) AS total_fat,
            coalesce(sum(e.fiber), 0) AS total_fiber, coalesce(sum(e.sugar), 0) AS total_sugar,
            count(*) AS meal_count, count(DISTINCT e.meal_type) AS meals
        FROM nutrition_mealentry e WHERE e.user_id = %(user)s AND e.date = context.date
    ) total
    ORDER BY context.date
"""
_LOGGED = SqlList(
    source="""
        SELECT d.*, coalesce((
            SELECT sum(amount_ml) FROM nutrition_waterintake water
            WHERE water.user_id = %(user)s AND water.date = d.date
        ), 0) AS water_ml
        FROM (
            SELECT e.date, sum(e.calories) AS total_calories, sum(e.protein) AS total_protein,
                sum(e.carbs) AS total_carbs, sum(e.fat) AS total_fat,
                sum(e.fiber) AS total_fiber, sum(e.sugar) AS total_sugar,
                count(*) AS meal_count
            FROM nutrition_mealentry e WHERE {where} AND {beyond}
            GROUP BY e.date ORDER BY {order} LIMIT %(limit)s
        ) d ORDER BY d.date DESC
    """,
    key=(("e.date", "date"),),
)

Row = dict[str, Any]


def nutrition_day(*, user_id: UUID, day: date, with_micronutrients: bool = False) -> Row:
    """All that was eaten and drunk on a day, meal by meal, against the goals; in two queries."""
    more = ", quantity AS eaten, serving_micronutrients" if with_micronutrients else ""
    context = as_of_then(fetch(context_sql(_ONE_DAY), {"user": user_id, "day": day})[0])
    rows = fetch(_ENTRIES.format(more=more), {"user": user_id, "day": day})
    trust = _trust(rows)
    micronutrients = _micronutrients(rows) if with_micronutrients else None
    totals = _summed(rows)
    kinds: dict[str, list[Row]] = {}
    for row in rows:
        kinds.setdefault(row["meal_type"], []).append(shown_entry(row))
    meals = {kind: kinds[kind] for kind in _MEAL_TYPES if kind in kinds}
    answer = {
        "date": day,
        **_totals(totals),
        "meal_count": len(rows),
        "meals": meals,
        "meal_totals": {
            kind: {name: _rounded(total) for name, total in _summed(entries).items()}
            for kind, entries in meals.items()
        },
        "water_ml": context["water_drunk_ml"],
        **_against_goals(context, totals, meals=len(meals), share=trust["doubt"]),
        "trust": trust,
    }
    if micronutrients is not None:
        answer["micronutrients"] = micronutrients
    return answer


def nutrition_week(*, user_id: UUID, last: date) -> Row:
    """Seven days up to this one, and how their means kept to the goals; in one query."""
    first = last - timedelta(days=DAYS_OF_WEEK - 1)
    sql = _WITH_TOTALS.format(context=context_sql(_WEEK))
    rows = [as_of_then(row) for row in fetch(sql, {"user": user_id, "first": first})]
    counted = [
        Day(actual=actual_of(row), targets=targets_of(row), is_complete=all_logged(row))
        for row in rows
    ]
    found = weekly_compliance(counted, aim=rows[-1]["aim"])
    return {
        "date": last,
        "complete_days": sum(day.is_complete for day in counted),
        "score": found.score,
        "coverage": found.coverage,
        "compliance": _shown_compliance(found),
        "days": [
            {
                "date": row["date"],
                **_totals({name: row[f"total_{name}"] for name in NUTRIENTS}),
                "meal_count": row["meal_count"],
                "water_ml": row["water_drunk_ml"],
                "goals": _goals(row),
                "goals_for": row["goals_for"],
                "is_complete": day.is_complete,
                "is_training": row["trained"],
                "score": compliance(
                    day.actual, day.targets, aim=row["aim"], is_complete=day.is_complete
                ).score,
            }
            for row, day in zip(rows, counted, strict=True)
        ],
    }


def as_of_then(row: Row) -> Row:
    """The row of a day with the goals that held on it, where others hold now."""
    past = row.pop("past")
    if past is None:
        return row
    goal = orjson.loads(past)
    if not goal["is_active"]:
        return {**row, **dict.fromkeys(TARGETS), "goal_id": None, "goals_for": None, "aim": None}
    of_weekday: Row = {}
    of_training: Row = {}
    for special in goal["days"]:
        if special["weekday"] == row["date"].isoweekday():
            of_weekday = special
        elif special["is_training"] is row["trained"]:
            of_training = special
    kind = "training_days" if row["trained"] else "rest_days"
    for_weekday = "weekday" if of_weekday else "every_day"
    targets = {
        name: next(
            special[column]
            for special in (of_training, of_weekday, goal)
            if special.get(column) is not None
        )
        for name, column in zip(TARGETS, COLUMNS, strict=True)
    }
    return {
        **row,
        **targets,
        "goal_id": row["goal_id"] or past,
        "goals_for": kind if of_training else for_weekday,
        "aim": goal["aim"],
    }


def logged_days(
    *,
    user_id: UUID,
    date_after: date | None,
    date_before: date | None,
    size: int,
    place: Place | None,
) -> Page:
    """Days on which something is logged, latest first, with their totals."""
    where: list[LiteralString] = ["e.user_id = %(user)s"]
    if date_after is not None:
        where.append("e.date >= %(date_after)s")
    if date_before is not None:
        where.append("e.date <= %(date_before)s")
    parameters = {"user": user_id, "date_after": date_after, "date_before": date_before}
    page = _LOGGED.page(where=where, parameters=parameters, size=size, place=place)
    rows = [
        {
            "date": row["date"],
            **_totals({name: row[f"total_{name}"] for name in NUTRIENTS}),
            "meal_count": row["meal_count"],
            "water_ml": row["water_ml"],
        }
        for row in page.rows
    ]
    return Page(rows=rows, more=page.more)


@cache
def context_sql(days: LiteralString) -> str:
    return _CONTEXT.format(days=days, trained=training_days.condition())


def _summed(rows: list[Row]) -> dict[str, float]:
    return {name: sum(map(amount, rows)) for name, amount in _NUTRIENT_OF.items()}


def _totals(totals: Mapping[str, float]) -> Row:
    shown = {f"total_{name}": _rounded(totals[name]) for name in NUTRIENTS}
    return {**shown, "total_energy_kj": round(totals["calories"] * KJ_PER_KCAL, 1)}


def _rounded(amount: float) -> float:
    return round(amount, _DECIMALS)


def _against_goals(context: Row, totals: Mapping[str, float], *, meals: int, share: float) -> Row:
    """Everything that compares the day with its goals; without goals there is nothing to say."""
    goals = _goals(context)
    is_complete = all_logged({**context, "total_calories": totals["calories"], "meals": meals})
    actual, targets = _amounts(totals), targets_of(context)
    found = compliance(actual, targets, aim=context["aim"], is_complete=is_complete)
    interval = None
    if found.score is not None:
        interval = score_interval(actual, targets, share=share, aim=context["aim"])
    had = {**totals, "water_ml": context["water_drunk_ml"]}
    return {
        "goals_met": {
            name: goals is not None and totals[name] >= goals[name]
            for name in ("calories", "protein", "carbs", "fat")
        },
        "goals": goals,
        "goals_for": context["goals_for"],
        "aim": context["aim"],
        "remaining": goals and {name: _rounded(goals[name] - had[name]) for name in TARGETS},
        "percent_of_goal": goals
        and {
            name: _rounded(100 * had[name] / goals[name]) if goals[name] else None
            for name in TARGETS
        },
        "is_complete": is_complete,
        "is_training": context["trained"],
        "score": found.score,
        "score_low": interval and interval[0],
        "score_high": interval and interval[1],
        "coverage": found.coverage,
        "compliance": _shown_compliance(found),
    }


def _goals(context: Row) -> Row | None:
    if context["goal_id"] is None:
        return None
    return {name: context[name] for name in TARGETS}


def _amounts(values: Mapping[str, float | None]) -> Amounts:
    return Amounts(**{known: values[shown] for shown, known in _AMOUNTS.items()})


def targets_of(context: Row) -> Amounts:
    return _amounts(context)


def actual_of(row: Row) -> Amounts:
    return _amounts({name: row[f"total_{name}"] for name in NUTRIENTS})


def all_logged(row: Row) -> bool:
    """As the person said, or else as it looks."""
    if row["is_complete"] is not None:
        return bool(row["is_complete"])
    return is_complete_day(
        kcal=row["total_calories"], meals=row["meals"], bmr_kcal=_basal_kcal(row)
    )


def _basal_kcal(row: Row) -> float | None:
    """Mifflin-St Jeor, where the profile says enough for it."""
    known = (row["sex"], row["height"], row["body_weight_kg"], row["date_of_birth"])
    if not all(known):
        return None
    try:
        person = Person(
            sex=row["sex"],
            height_cm=row["height"],
            weight_kg=row["body_weight_kg"],
            age_years=age_on(row["date"], born=row["date_of_birth"]),
        )
        return bmr_kcal(person, "mifflin_st_jeor")
    except ValueError:
        # Before the person's birth, or of a size that the formula does not know.
        return None


def age_on(day: date, *, born: date) -> int:
    """In whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _shown_compliance(found: Compliance) -> Row:
    return {_SHOWN.get(name, name): {**vars(part)} for name, part in found.nutrients.items()}


def _trust(rows: list[Row]) -> Row:
    """How far the day's numbers can be believed, each food counted by its energy."""
    kcal = sum(row["calories"] for row in rows)
    scored = [row for row in rows if row["trust_score"] is not None]
    scored_kcal = sum(row["calories"] for row in scored)
    off = sum(row["calories"] * doubt(row["trust_score"]) for row in rows)
    mean = sum(row["calories"] * row["trust_score"] for row in scored)
    return {
        "score": round(mean / scored_kcal, 1) if scored_kcal else None,
        "scored_share": round(scored_kcal / kcal, 4) if kcal else 0.0,
        "doubt": round(off / kcal, 4) if kcal else 0.0,
    }


def _micronutrients(rows: list[Row]) -> dict[str, float]:
    """The sum of what is known; what a food says nothing of is not counted."""
    total: dict[str, float] = {}
    for row in rows:
        quantity = row.pop("eaten")
        for name, amount in orjson.loads(row.pop("serving_micronutrients")).items():
            total[name] = total.get(name, 0.0) + amount * quantity
    return {name: round(total[name], 4) for name in sorted(total)}
