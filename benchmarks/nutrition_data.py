"""A table of foods, and what everybody ate and drank within two months; needs Django.

Most foods are such as Open Food Facts has; the checked ones are the starter table. Each person
has a goal with other targets at the weekend, three foods of their own, ten favorites, and for
each of 60 days 15 to 20 entries and six glasses of water. They eat what they usually eat: of 60
foods of theirs, some every day. Rows are stored in the order in which they would have come.
"""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch
from uuid import UUID

import orjson
from django.db import connection
from django.utils import timezone

from benchmarks.case import PAGE_SIZE
from benchmarks.cases.foods import LONG, SEARCHES, Search
from benchmarks.food_names import SHORTEST, Names, typed
from benchmarks.rows import copy, uuid7_at
from nutrition import selectors
from nutrition.gtin import check_digit
from nutrition.models import Food, FoodCategory, FoodSource
from nutrition.selectors import search
from users.models import SyncClock

SEED = 11
DAYS, MOST_ENTRIES = 60, 20
OWN_FOODS = 3
EXAMPLES = 400  # foods that requests are made of
_CONTENT = ("calories", "protein", "carbs", "fat", "fiber", "sugar", "micronutrients")

_SHELF = """
    CREATE TEMPORARY TABLE shelf ON COMMIT DROP AS
    SELECT *, row_number() OVER (ORDER BY source <> 'starter', id) AS place
    FROM nutrition_food WHERE created_by_id IS NULL;
    CREATE UNIQUE INDEX ON shelf (place);
    ANALYZE shelf;
    CREATE TEMPORARY TABLE eater ON COMMIT DROP AS
    SELECT u.id AS user_id, c.revision, row_number() OVER (ORDER BY u.username) AS place
    FROM users_user u JOIN users_syncclock c ON c.user_id = u.id;
    CREATE FUNCTION pg_temp.key_of(made_at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
        SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
            PLACING substring(int8send((extract(epoch FROM made_at) * 1000)::bigint) FROM 3)
            FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
    $$;
    SELECT setseed(0.7);
"""
_PORTIONS = """
    INSERT INTO nutrition_portion (id, food_id, name, amount)
    SELECT pg_temp.key_of(created_at), id, '1 serving', 20 + floor(random() * 180)
    FROM shelf WHERE source <> 'starter' AND random() < 0.5
"""
_GOALS = """
    INSERT INTO nutrition_nutritiongoal (id, user_id, revision, created_at, updated_at,
        calorie_target, protein_target, carbs_target, fat_target, fiber_target, water_target,
        aim, is_active)
    SELECT pg_temp.key_of(%(begin)s), user_id, revision + 1, %(begin)s, %(begin)s,
        1800 + place %% 10 * 100, 110 + place %% 7 * 10, 180 + place %% 5 * 20,
        60 + place %% 6 * 5, 30, 2000,
        (ARRAY['maintain', 'cut', 'gain', 'endurance'])[1 + place %% 4], true
    FROM eater
"""
_WEEKENDS = """
    INSERT INTO nutrition_daytarget (id, user_id, goal_id, weekday, calorie_target)
    SELECT pg_temp.key_of(created_at), user_id, id, weekday, calorie_target + 200
    FROM nutrition_nutritiongoal, generate_series(6, 7) AS weekday
"""
_FAVORITES = """
    INSERT INTO nutrition_favoritefood (id, user_id, revision, created_at, updated_at, food_id)
    SELECT pg_temp.key_of(%(begin)s), eater.user_id, eater.revision + 1, %(begin)s, %(begin)s,
        food.id
    FROM eater CROSS JOIN generate_series(1, 10) AS number
    JOIN shelf food ON food.place = 1 + mod(eater.place * 7 + number * 31, %(starters)s)
"""
# Every other usual food is one that many eat.
_ENTRIES = """
    INSERT INTO nutrition_mealentry (id, user_id, revision, created_at, updated_at, date, time,
        meal_type, notes, food_id, quantity, portion_name, portion_amount, food_name, serving_size,
        serving_unit, serving_calories, serving_protein, serving_carbs, serving_fat, serving_fiber,
        serving_sugar, serving_micronutrients, trust_score)
    SELECT pg_temp.key_of(e.made_at), e.user_id, e.revision, e.made_at, e.made_at,
        e.made_at::date, e.made_at::time, CASE WHEN e.number <= 5 THEN 'breakfast'
            WHEN e.number <= 10 THEN 'lunch' WHEN e.number <= 14 THEN 'dinner' ELSE 'snack' END,
        '', f.id, 0.2 + floor(random() * 20) / 10, '', NULL,
        f.name || CASE WHEN f.brand = '' THEN '' ELSE ' (' || f.brand || ')' END, f.serving_size,
        f.serving_unit, f.calories, f.protein, f.carbs, f.fat, f.fiber, f.sugar, f.micronutrients,
        f.trust_score
    FROM (
        SELECT eater.user_id, number, 1 + eater.revision + day * %(most)s + number AS revision,
            %(begin)s + make_interval(days => day, mins => 400 + 50 * number) AS made_at,
            abs(hashint8(eater.place * 64 + usual)) %% CASE WHEN usual %% 2 = 0
                THEN %(starters)s ELSE %(shelf)s END + 1 AS place
        FROM generate_series(0, %(days)s - 1) AS day, eater,
            generate_series(1, 15 + mod(day + eater.place, %(most)s - 14)::int) AS number,
            LATERAL (
                SELECT floor(exp(random() * ln(60)))::int + 0 * number + 0 * day AS usual
            ) chosen
    ) e
    JOIN shelf f ON f.place = e.place
    ORDER BY e.made_at
"""
_WATER = """
    INSERT INTO nutrition_waterintake (id, user_id, revision, created_at, updated_at, date, time,
        amount_ml)
    SELECT pg_temp.key_of(made_at), user_id, revision, made_at, made_at, made_at::date,
        made_at::time, 200 + floor(random() * 4) * 50
    FROM (
        SELECT eater.user_id, 1 + eater.revision + day * %(most)s + number AS revision,
            %(begin)s + make_interval(days => day, mins => 450 + 120 * number) AS made_at
        FROM generate_series(0, %(days)s - 1) AS day, eater, generate_series(1, 6) AS number
    ) drink
    ORDER BY drink.made_at
"""
_CLOCKS = """
    UPDATE users_syncclock SET revision = revision + %(days)s * %(most)s + 1
    WHERE user_id IN (SELECT user_id FROM eater)
"""
# The indexes of words: built once they take a tenth of the time that they take row by row.
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'nutrition_food' AND indexdef LIKE '%% USING gin %%'
"""
_EXAMPLES = """
    SELECT f.id, f.name, p.id FROM nutrition_food f LEFT JOIN nutrition_portion p
        ON p.food_id = f.id
    WHERE f.created_by_id IS NULL
        AND abs(hashtext(f.id::text)) %% greatest(1, %(foods)s / %(examples)s) = 0
    ORDER BY f.id LIMIT %(examples)s
"""


def load(foods: int) -> None:
    """So many foods beside the starter table, and the diaries of those who are there."""
    random = Random(SEED)
    begin = dt.datetime.combine(last_day() - dt.timedelta(days=DAYS - 1), dt.time(), dt.UTC)
    shared = Food.objects.filter(created_by=None)
    names = Names.like(shared.values_list("name", flat=True), random)
    with _without_word_indexes():
        _copy_foods(names, foods, random, begin)
        _copy_own_foods(names, random, begin)
    with connection.cursor() as cursor:
        cursor.execute(_SHELF)
        values = {
            "begin": begin,
            "days": DAYS,
            "most": MOST_ENTRIES,
            "shelf": shared.count(),
            "starters": shared.filter(source=FoodSource.STARTER).count(),
        }
        statements = (_PORTIONS, _GOALS, _WEEKENDS, _FAVORITES, _ENTRIES, _WATER, _CLOCKS)
        for statement in statements:
            cursor.execute(statement, values)


def last_day() -> dt.date:
    """The same for a week, so that one load serves it: its Monday. A search asks for the last 90
    days, and a timeline for the last 30.
    """
    today = timezone.now().date()
    return today - dt.timedelta(days=today.weekday())


def forget_writes() -> None:
    """Remove what the requests of an earlier run logged: only that has a creation hash."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM nutrition_mealentry WHERE creation_hash IS NOT NULL")


def parts_of_sample() -> dict[str, Any]:
    """What people may name in their requests for food, by its field of a sample."""
    random = Random(SEED)
    count = Food.objects.filter(created_by=None).count()
    with connection.cursor() as cursor:
        cursor.execute(_EXAMPLES, {"foods": count, "examples": EXAMPLES})
        found = cursor.fetchall()
    portions = {food: portion for food, _, portion in found if portion is not None}
    first = last_day() - dt.timedelta(days=DAYS - 1)
    return {
        "foods": tuple(dict.fromkeys(str(food) for food, _, _ in found)),
        "portions": tuple((str(food), str(portion)) for food, portion in portions.items()),
        "searches": tuple(text for _, name, _ in found for text in typed(name, random)),
        "days": tuple(str(first + dt.timedelta(days=number)) for number in range(DAYS)),
    }


def note_searches() -> None:
    """Write down the statements of the product's search, one for each shape of a text.

    The product puts them together anew for each request; for the limit they lie ready.
    """
    words = ["x" * letters for letters in range(SHORTEST, LONG + 1)]
    texts = [*words, *(f"{first} {second}" for first in words for second in words)]
    noted = {Search.shape(text): Search.raw(_statement(text)) for text in texts}
    path = Path(os.environ["VAR_DIR"]) / SEARCHES
    path.write_bytes(orjson.dumps(noted))


def _statement(text: str) -> str:
    with patch.object(search, "fetch", return_value=[]) as asked:
        selectors.food_page(UUID(int=0), selectors.FoodFilter(q=text), PAGE_SIZE, None)
    return str(asked.call_args.args[0])


@contextmanager
def _without_word_indexes() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, {})
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        # No index is built while foreign keys wait to be checked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for _, definition in indexes:
            cursor.execute(definition)


def _copy_foods(names: Names, number: int, random: Random, begin: dt.datetime) -> None:
    categories = list(FoodCategory.objects.order_by("slug").values_list("pk", flat=True))
    columns = ("id", "name", "brand", "barcode", "source", "source_id", "licence", "gtin")
    columns += ("category_id", "trust_score", *_CONTENT, "created_at", "updated_at")

    def rows() -> Iterator[tuple[Any, ...]]:
        for place, (name, brand) in enumerate(names.foods(number, random)):
            made_at = begin - dt.timedelta(days=300) + dt.timedelta(seconds=place)
            body = str(400_000_000_000 + place * 17)
            code = body + check_digit(body)
            yield (
                *(uuid7_at(made_at, random), name, brand, code, "open_food_facts", code),
                *("ODbL-1.0", code.zfill(14), random.choice(categories)),
                *(random.randrange(30, 100), *_content(random), made_at, made_at),
            )

    copy(Food, columns, rows(), number)


def _copy_own_foods(names: Names, random: Random, begin: dt.datetime) -> None:
    people = list(SyncClock.objects.order_by("user_id").values_list("user_id", "revision"))
    columns = ("id", "name", "brand", "is_custom", "created_by_id", "revision")
    total = len(people) * OWN_FOODS
    found = names.foods(total, random)
    rows = (
        (
            *(uuid7_at(begin, random), name, brand, True, *person),
            *(*_content(random), begin, begin),
        )
        for person in people
        for name, brand in (next(found) for _ in range(OWN_FOODS))
    )
    copy(Food, (*columns, *_CONTENT, "created_at", "updated_at"), rows, total)


def _content(random: Random) -> tuple[Any, ...]:
    protein, fat, fiber = random.randrange(300) / 10, random.randrange(300) / 10, 3.5
    carbs = random.randrange(400) / 10
    calories = round(4 * protein + 4 * carbs + 9 * fat + 2 * fiber)
    known = {"salt_g": random.randrange(200) / 100, "saturated_fat_g": fat / 2}
    micronutrients = orjson.dumps(known).decode()
    return calories, protein, carbs, fat, fiber, carbs / 2, micronutrients
