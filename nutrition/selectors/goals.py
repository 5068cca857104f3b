"""A person's goals, and what we would suggest."""

from dataclasses import asdict
from datetime import date
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError

from nutrition.formulas import (
    ACTIVITY_FACTORS,
    FORMULAS,
    KJ_PER_KCAL,
    Activity,
    Aim,
    FormulaId,
    GoalSuggestion,
    Person,
    suggest_goal,
)
from nutrition.models.goal import TARGETS
from nutrition.selectors.days import age_on
from users.keyset import fetch

_GOAL: LiteralString = """
    SELECT goal.id, goal.calorie_target, goal.protein_target, goal.carbs_target, goal.fat_target,
        goal.fiber_target, goal.water_target, goal.aim, goal.is_active, goal.created_at,
        goal.updated_at, (
            SELECT jsonb_agg(to_jsonb(d) - 'id' - 'user_id' - 'goal_id'
                ORDER BY d.weekday NULLS LAST, d.is_training DESC)
            FROM nutrition_daytarget d WHERE d.user_id = goal.user_id AND d.goal_id = goal.id
        ) AS days
    FROM nutrition_nutritiongoal goal WHERE goal.user_id = %(user)s
"""
_PERSON: LiteralString = """
    SELECT p.sex, p.height, p.body_weight_kg, p.date_of_birth, s.primary_goal,
        s.workout_days_per_week
    FROM users_userprofile p LEFT JOIN users_usersettings s ON s.user_id = p.user_id
    WHERE p.user_id = %(user)s
"""
AIM_OF_GOAL: Final[dict[str, Aim]] = {
    "strength": "maintain",
    "weight_loss": "cut",
    "muscle_gain": "gain",
    "endurance": "endurance",
}
# From so many workouts a week on; a guess for who does not say how they move.
ACTIVITY_BY_WORKOUTS: Final[tuple[tuple[int, Activity], ...]] = (
    (6, "active"),
    (3, "moderate"),
    (1, "light"),
    (0, "sedentary"),
)


class ProfileIncomplete(ValidationError):
    """What a suggestion needs and the profile does not say."""

    def __init__(self, missing: list[str]) -> None:
        message = "Your profile does not say it, and neither does the request."
        super().__init__(
            {name: ValidationError(message, code="profile_incomplete") for name in missing}
        )


def goal_of(user_id: UUID) -> dict[str, Any] | None:
    """The person's goal with the targets of special days, in one query."""
    rows = fetch(_GOAL, {"user": user_id})
    if not rows:
        return None
    goal = rows[0]
    goal["days"] = [
        {
            "weekday": day["weekday"],
            "is_training": day["is_training"],
            **{name: day[name] for name in TARGETS},
        }
        for day in orjson.loads(goal["days"] or "[]")
    ]
    return goal


def suggestion(
    *,
    user_id: UUID,
    today: date,
    aim: Aim | None = None,
    activity: Activity | None = None,
    formula: FormulaId | None = None,
    weight_kg: float | None = None,
    body_fat_percent: float | None = None,
    is_pregnant: bool = False,
) -> dict[str, Any]:
    """Goals for the person of the profile, with the formula and all that went into it.

    Raises ProfileIncomplete, and ValidationError where the formula has no answer.
    """
    rows = fetch(_PERSON, {"user": user_id})
    known = rows[0] if rows else {}
    weight_kg = weight_kg or known.get("body_weight_kg")
    needed = {
        "body_weight_kg": weight_kg,
        "height": known.get("height"),
        "date_of_birth": known.get("date_of_birth"),
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise ProfileIncomplete(missing)
    try:
        person = Person(
            weight_kg=weight_kg or 0,
            height_cm=known["height"],
            age_years=age_on(today, born=known["date_of_birth"]),
            sex=known["sex"] or None,
            body_fat_percent=body_fat_percent,
            is_pregnant=is_pregnant,
        )
        found = suggest_goal(
            person,
            aim=aim or AIM_OF_GOAL.get(known["primary_goal"], "maintain"),
            activity=activity or _activity(known["workout_days_per_week"] or 0),
            formula=formula,
        )
    except ValueError as error:
        field = "sex" if not known["sex"] else "formula"
        raise ValidationError({field: ValidationError(str(error), code="no_answer")}) from error
    return _shown(found)


def _activity(workouts_a_week: int) -> Activity:
    return next(name for least, name in ACTIVITY_BY_WORKOUTS if workouts_a_week >= least)


def _shown(found: GoalSuggestion) -> dict[str, Any]:
    return {
        "calorie_target": found.kcal,
        "energy_kj": round(found.kcal * KJ_PER_KCAL, 1),
        "protein_target": found.protein_g,
        "carbs_target": found.carbs_g,
        "fat_target": found.fat_g,
        "fiber_target": found.fiber_g,
        "water_target": found.water_ml,
        "aim": found.aim,
        "activity": found.activity,
        "activity_factor": ACTIVITY_FACTORS[found.activity],
        "formula": found.formula,
        "formula_name": FORMULAS[found.formula].name,
        "inputs": asdict(found.person),
        "bmr_kcal": round(found.bmr_kcal, 1),
        "tdee_kcal": round(found.tdee_kcal, 1),
        "energy_change": found.energy_change,
        "guard_rails": [asdict(rail) for rail in found.guard_rails],
        "notes": list(found.notes),
    }
