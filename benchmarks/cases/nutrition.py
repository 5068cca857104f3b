"""A day of food against its goals, and the logging of many foods at once.

The SQL is that of nutrition/selectors/days.py and nutrition/services/meals.py, the arithmetic
that of nutrition/formulas/score.py. Who changes it there changes it here.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

import orjson

from benchmarks.case import Case, Db, Environ, Request, Sample, Statement, Visitor
from benchmarks.cases.workouts import ADVANCE_CLOCK, BEGIN, COMMIT, stored_before

LOGGED = 20
KJ_PER_KCAL = 4.184
NUTRIENTS = ("calories", "protein", "carbs", "fat", "fiber", "sugar")
TARGETS = ("calories", "protein", "carbs", "fat", "fiber", "water_ml")
MEALS = ("breakfast", "lunch", "dinner", "snack")
# Nutrient, kind of goal, weight; how far off is 100, and from where on is 0.
RULES = (
    ("calories", "band", 0.4, 0.05, 0.3),
    ("protein", "floor", 0.3, 0.0, 0.5),
    ("carbs", "band", 0.1, 0.1, 0.5),
    ("fat", "band", 0.1, 0.1, 0.5),
    ("fiber", "floor", 0.1, 0.0, 0.5),
)

CONTEXT = Statement("""
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
    FROM (SELECT $1::uuid AS user_id, $2::date AS day) person
    LEFT JOIN users_userprofile profile ON profile.user_id = person.user_id
    LEFT JOIN nutrition_diaryday marked
        ON marked.user_id = person.user_id AND marked.date = person.day
    CROSS JOIN LATERAL (
        SELECT coalesce(marked.is_training, (EXISTS (SELECT FROM workouts_workout trained
            WHERE trained.user_id = person.user_id AND trained.date = person.day))) AS trained
    ) known
    LEFT JOIN nutrition_nutritiongoal goal
        ON goal.user_id = person.user_id AND goal.is_active
    LEFT JOIN nutrition_daytarget week
        ON week.user_id = goal.user_id AND week.goal_id = goal.id
        AND week.weekday = extract(isodow FROM person.day)
    LEFT JOIN nutrition_daytarget training
        ON training.user_id = goal.user_id AND training.goal_id = goal.id
        AND training.is_training = known.trained
""")
ENTRY_COLUMNS = """
    id, food_id, food_name, date, time, meal_type, quantity, serving_size, serving_unit,
    portion_name, portion_amount, calories, protein, carbs, fat, fiber, sugar, trust_score, notes,
    created_at, updated_at
"""
ENTRIES_OF_DAY = Statement(f"""
    SELECT {ENTRY_COLUMNS} FROM nutrition_mealentry
    WHERE user_id = $1 AND date = $2 ORDER BY time, id
""")  # noqa: S608 - our own columns
STORED_BEFORE = stored_before("nutrition_mealentry")
INSERT_ENTRIES = Statement(f"""
    INSERT INTO nutrition_mealentry (id, user_id, revision, created_at, updated_at, creation_hash,
        date, time, meal_type, notes, food_id, quantity, portion_name, portion_amount,
        food_name, serving_size, serving_unit, serving_calories, serving_protein, serving_carbs,
        serving_fat, serving_fiber, serving_sugar, serving_micronutrients, trust_score)
    SELECT e.id, $1, $2, $3, $3, decode(e.hash, 'hex'),
        e.date, e.time, e.meal_type, coalesce(e.notes, ''), f.id,
        coalesce(e.quantity, coalesce(e.amount, e.count * p.amount) / f.serving_size),
        coalesce(p.name, ''), p.amount,
        f.name || CASE WHEN f.brand = '' THEN '' ELSE ' (' || f.brand || ')' END, f.serving_size,
        f.serving_unit, coalesce(f.energy_kcal, f.calories), f.protein, f.carbs, f.fat, f.fiber,
        f.sugar, f.micronutrients, f.trust_score
    FROM jsonb_to_recordset($4::jsonb) AS e (id uuid, hash text, date date, time time,
        meal_type text, notes text, food uuid, quantity float8, amount float8, portion uuid,
        count float8)
    JOIN nutrition_food f ON f.id = e.food
        AND (f.created_by_id IS NULL OR f.created_by_id = $1)
    LEFT JOIN nutrition_portion p ON p.id = e.portion AND p.food_id = f.id
    WHERE e.portion IS NULL OR p.id IS NOT NULL
    FOR KEY SHARE OF f
    RETURNING {ENTRY_COLUMNS}
""")  # noqa: S608 - our own columns


def day_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    return Request("GET", f"/api/v1/nutrition-days/{random.choice(sample.days)}/")


def day(db: Db, user_id: UUID, environ: Environ) -> Any:
    asked = date.fromisoformat(environ["PATH_INFO"].split("/")[4])
    [goal] = CONTEXT.rows(db, user_id, asked)
    rows = ENTRIES_OF_DAY.rows(db, user_id, asked)
    trust = _trust(rows)
    totals = {name: sum(row[name] for row in rows) for name in NUTRIENTS}
    kinds: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        kinds.setdefault(row["meal_type"], []).append(row)
    meals = {kind: kinds[kind] for kind in MEALS if kind in kinds}
    for row in rows:
        _show(row)
    return {
        "date": asked,
        **{f"total_{name}": round(total, 2) for name, total in totals.items()},
        "total_energy_kj": round(totals["calories"] * KJ_PER_KCAL, 1),
        "meal_count": len(rows),
        "meals": meals,
        "meal_totals": {
            kind: {name: round(sum(row[name] for row in eaten), 2) for name in NUTRIENTS}
            for kind, eaten in meals.items()
        },
        "water_ml": goal["water_drunk_ml"],
        "trust": trust,
        "goals_for": goal["goals_for"],
        "aim": goal["aim"],
        "is_training": goal["trained"],
        **_against_goal(goal, totals, meals=len(meals), share=trust["doubt"]),
    }


def _show(row: dict[str, Any]) -> None:
    row["food"] = row.pop("food_id")
    row["amount"] = amount = round(row["quantity"] * row["serving_size"], 2)
    portion = row.pop("portion_amount")
    row["portion_count"] = round(amount / portion, 2) if portion else None
    row["energy_kj"] = round(row["calories"] * KJ_PER_KCAL, 1)
    for name in NUTRIENTS:
        row[name] = round(row[name], 2)


def _trust(rows: list[dict[str, Any]]) -> dict[str, Any]:
    kcal = scored_kcal = mean = off = 0.0
    for row in rows:
        eaten, score = row["calories"], row["trust_score"]
        kcal += eaten
        if score is not None:
            scored_kcal += eaten
            mean += eaten * score
        off += eaten * (0.3 - (0.3 - 0.05) * (50 if score is None else score) / 100)
    return {
        "score": round(mean / scored_kcal, 1) if scored_kcal else None,
        "scored_share": round(scored_kcal / kcal, 4) if kcal else 0.0,
        "doubt": round(off / kcal, 4) if kcal else 0.0,
    }


def _against_goal(
    goal: dict[str, Any], totals: Mapping[str, float], *, meals: int, share: float
) -> dict[str, Any]:
    goals = {name: goal[name] for name in TARGETS}
    had = {**totals, "water_ml": goal["water_drunk_ml"]}
    is_complete = goal["is_complete"]
    if is_complete is None:
        is_complete = meals >= 2 and totals["calories"] >= 0.6 * _basal_kcal(goal)
    scores = _scores(totals, goal, 1)
    found = None
    if is_complete:
        found = [_score(_scores(totals, goal, by), goal) for by in (1 - share, 1, 1 + share)]
    return {
        "goals_met": {
            name: totals[name] >= goals[name] for name in ("calories", "protein", "carbs", "fat")
        },
        "goals": goals,
        "remaining": {name: round(goals[name] - had[name], 2) for name in TARGETS},
        "percent_of_goal": {
            name: round(100 * had[name] / goals[name], 2) if goals[name] else None
            for name in TARGETS
        },
        "is_complete": is_complete,
        "score": found and found[1],
        "score_low": found and min(found),
        "score_high": found and max(found),
        "coverage": round(sum(weight for name, _, weight, *_ in RULES if goal[name]), 4),
        "compliance": {
            name: {
                "kind": kind,
                "weight": weight,
                "actual": totals[name],
                "target": goal[name],
                "percent": round(100 * totals[name] / goal[name], 2),
                "score": round(score, 2) if is_complete else None,
            }
            for (name, kind, weight, *_), score in zip(RULES, scores, strict=True)
            if goal[name]
        },
    }


def _scores(totals: Mapping[str, float], goal: dict[str, Any], by: float) -> list[float]:
    """Of each nutrient, from 0 to 100; of one without a goal, 0."""
    found = []
    for name, kind, _, full, usual_zero in RULES:
        if not goal[name]:
            found.append(0.0)
            continue
        above = totals[name] * by / goal[name] - 1
        against = (goal["aim"] == "cut" and above > 0) or (goal["aim"] == "gain" and above < 0)
        zero = usual_zero * 0.5 if name == "calories" and against else usual_zero
        off = abs(above) if kind == "band" else -above
        found.append(100 * min(1.0, max(0.0, (zero - off) / (zero - full))))
    return found


def _score(scores: list[float], goal: dict[str, Any]) -> float:
    weights = [rule[2] if goal[rule[0]] else 0.0 for rule in RULES]
    weighted = sum(score * weight for score, weight in zip(scores, weights, strict=True))
    return round(weighted / sum(weights), 2)


def _basal_kcal(profile: dict[str, Any]) -> float:
    """By Mifflin and St Jeor; that of a small adult where the profile says too little."""
    born, today = profile["date_of_birth"], profile["date"]
    if not (born and profile["sex"] and profile["height"] and profile["body_weight_kg"]):
        return 1200
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    basal = 10 * profile["body_weight_kg"] + 6.25 * profile["height"] - 5 * years
    return float(basal + (5 if profile["sex"] == "male" else -161))


def bulk_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    """A day as a phone sends it that was offline: ids of its own, and amounts of every kind."""
    entries, day_ = [], random.choice(sample.days)
    for number in range(LOGGED):
        food, portion = random.choice(sample.portions)
        how_much = (
            {"food": random.choice(sample.foods), "quantity": random.randrange(5, 30) / 10},
            {"food": random.choice(sample.foods), "amount": random.randrange(20, 300)},
            {"food": food, "portion": portion, "count": random.randrange(1, 4)},
        )[number % 3]
        entries.append(
            {
                "id": uuid4(),
                "date": day_,
                "time": f"{7 + number // 2:02}:30:00",
                "meal_type": MEALS[number // 5],
                **how_much,
            }
        )
    return Request("POST", "/api/v1/meals/bulk/", orjson.dumps({"entries": entries}))


def bulk(db: Db, user_id: UUID, environ: Environ) -> Any:
    entries = orjson.loads(environ["wsgi.input"].read())["entries"]
    ids = [UUID(entry["id"]) for entry in entries]
    for entry in entries:
        entry["hash"] = hashlib.sha256(orjson.dumps(entry)).hexdigest()
        entry.setdefault("count", 1)
    BEGIN.run(db)
    [clock] = ADVANCE_CLOCK.rows(db, user_id)
    assert not STORED_BEFORE.rows(db, ids, user_id, "nutrition.mealentry")
    now, content = datetime.now(UTC), orjson.dumps(entries).decode()
    rows = INSERT_ENTRIES.rows(db, user_id, clock["revision"], now, content)
    COMMIT.run(db)
    shown = {}
    for row in rows:
        _show(row)
        shown[row["id"]] = row
    return {"entries": [shown[id_] for id_ in ids]}


CASES = (
    Case("day", day_request, day, goal=0.45),
    Case(
        "log",
        bulk_request,
        bulk,
        goal=0.35,
        statuses=(201,),
        volatile=frozenset({"id", "created_at", "updated_at"}),
        writes=True,
    ),
)
