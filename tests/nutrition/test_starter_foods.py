"""The foods that a fresh machine has, and their categories.

Values are per 100 g or 100 ml. Carbohydrate is the total with its fiber, as USDA states it.
"""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

import nutrition
from nutrition.formulas import atwater_kcal
from nutrition.transfer.quality import Content, accepted

CATALOGUE = Path(nutrition.__file__).parent / "catalogue"
FOODS = json.loads((CATALOGUE / "foods.json").read_text(encoding="utf-8"))
BY_SLUG = {food["slug"]: food for food in FOODS}
TREE = json.loads((CATALOGUE / "categories.json").read_text(encoding="utf-8"))

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MACROS = ("protein", "total_carbs", "fat", "fiber", "sugar", "saturated_fat")
KEYS = [
    "slug", "name", "category", "per", "kcal", *MACROS, "salt", "micronutrients", "portions",
]  # fmt: skip
# What some foods state besides, behind their name.
NAMES = ["also", "staple"]
MICRONUTRIENTS = {
    "sodium_mg",
    "potassium_mg",
    "calcium_mg",
    "iron_mg",
    "vitamin_c_mg",
    "vitamin_d_ug",
    "vitamin_b12_ug",
    "magnesium_mg",
    "zinc_mg",
    "cholesterol_mg",
    "alcohol_g",
    "caffeine_mg",
}


def nodes(tree, depth=1):
    for node in tree:
        yield node, depth
        yield from nodes(node["children"], depth + 1)


def kcal_limits(food, carbs):
    """Atwater's energy ± 30 % and 5 kcal."""
    kcal = atwater_kcal(
        protein_g=food["protein"],
        carbs_g=carbs,
        fat_g=food["fat"],
        fiber_g=food["fiber"],
        alcohol_g=food["micronutrients"].get("alcohol_g", 0),
    )
    return 0.7 * kcal - 5, 1.3 * kcal + 5


def wrong(is_right):
    return [food["slug"] for food in FOODS if not is_right(food)]


# --- Categories ------------------------------------------------------------------------------


def test_the_tree_has_its_87_categories_in_three_levels_each_once():
    found = [(node["slug"], node["name"], depth) for node, depth in nodes(TREE)]

    slugs, names, depths = zip(*found, strict=True)
    assert (len(found), len(set(slugs)), len(set(names))) == (87, 87, 87)
    assert Counter(depths) == {1: 17, 2: 63, 3: 7}
    assert all(SLUG.fullmatch(slug) for slug in slugs)
    assert all(list(node) == ["slug", "name", "children"] for node, _ in nodes(TREE))


def test_uncategorized_is_a_root_without_children():
    assert TREE[0] == {"slug": "uncategorized", "name": "Uncategorized", "children": []}


def test_every_food_is_in_a_leaf_and_every_other_leaf_has_foods():
    leaves = {node["slug"] for node, _ in nodes(TREE) if not node["children"]}

    assert {food["category"] for food in FOODS} == leaves - {"uncategorized"}


# --- Foods -----------------------------------------------------------------------------------


def test_the_file_has_its_691_foods_each_once_and_in_order():
    slugs = [food["slug"] for food in FOODS]
    names = {food["name"].lower() for food in FOODS}

    assert (len(FOODS), len(set(slugs)), len(names)) == (691, 691, 691)
    assert slugs == sorted(slugs)
    assert all(SLUG.fullmatch(slug) for slug in slugs)
    assert all(food["name"] == food["name"].strip() and len(food["name"]) <= 200 for food in FOODS)


def test_the_file_has_one_food_per_line():
    lines = (CATALOGUE / "foods.json").read_text(encoding="utf-8").splitlines()

    assert (lines[0], lines[-1]) == ("[", "]")
    assert [json.loads(line.removesuffix(",")) for line in lines[1:-1]] == FOODS


def test_every_food_states_the_same_things():
    def keys(food):
        return [*KEYS[:2], *(name for name in NAMES if name in food), *KEYS[2:]]

    assert wrong(lambda food: list(food) == keys(food)) == []
    assert wrong(lambda food: set(food["micronutrients"]) <= MICRONUTRIENTS) == []


def test_other_names_are_few_and_other_ones():
    def is_called(food):
        names = [food["name"], *food["also"]]
        different = {name.casefold() for name in names}
        clean = all(name == name.strip() and name and "," not in name for name in food["also"])
        return clean and len(different) == len(names) and len(", ".join(food["also"])) <= 200

    named = [food for food in FOODS if "also" in food]

    assert [food["slug"] for food in named if not is_called(food)] == []
    assert len(named) == 501
    assert min(len(food["also"]) for food in named) == 1


def test_155_foods_are_staples():
    staples = [food["staple"] for food in FOODS if "staple" in food]

    assert staples == [True] * 155


def test_whole_kcal_and_no_negative_amounts():
    assert wrong(lambda food: type(food["kcal"]) is int and 0 <= food["kcal"] <= 900) == []
    assert wrong(lambda food: all(0 <= food[macro] <= 100 for macro in MACROS)) == []
    assert wrong(lambda food: min(food["micronutrients"].values()) >= 0) == []


def test_macronutrients_and_alcohol_are_at_most_105_g():
    def total(food):
        alcohol = food["micronutrients"].get("alcohol_g", 0)
        return food["protein"] + food["total_carbs"] + food["fat"] + alcohol

    assert wrong(lambda food: total(food) <= 105) == []


def test_parts_are_no_more_than_the_whole():
    assert wrong(lambda food: food["saturated_fat"] <= food["fat"]) == []
    assert wrong(lambda food: food["sugar"] <= food["total_carbs"]) == []
    assert wrong(lambda food: food["fiber"] <= food["total_carbs"]) == []


@pytest.mark.parametrize("fiber_counts", ["once", "twice"])
def test_energy_is_what_the_macronutrients_give(fiber_counts):
    """With the fiber taken off the carbohydrate, and as a reader does who leaves it in."""

    def is_near(food):
        taken_off = food["fiber"] if fiber_counts == "once" else 0
        low, high = kcal_limits(food, carbs=food["total_carbs"] - taken_off)
        return food["kcal"] <= 13 or low <= food["kcal"] <= high

    assert wrong(is_near) == []


def test_salt_is_two_and_a_half_times_sodium():
    def is_salt(food):
        return food["salt"] == pytest.approx(food["micronutrients"]["sodium_mg"] * 0.0025)

    assert wrong(is_salt) == []


def test_every_food_passes_the_rules_of_an_import():
    for food in FOODS:
        stated = {name: food[name] for name in ("kcal", *MACROS, "salt")}
        sodium = food["micronutrients"]["sodium_mg"] / 1000

        nutrients, _ = accepted(
            Content(**stated, sodium=sodium, micronutrients=dict(food["micronutrients"]))
        )

        assert nutrients.kcal == food["kcal"]


def test_every_food_has_portions_in_its_own_unit():
    units = {"g": "grams", "ml": "ml"}

    def has_portions(food):
        unit = units[food["per"]]
        amounts = [portion[unit] for portion in food["portions"] if set(portion) == {"name", unit}]
        names = {portion["name"] for portion in food["portions"]}
        return 1 <= len(amounts) == len(names) == len(food["portions"]) and min(amounts) > 0

    assert wrong(has_portions) == []
    assert Counter(food["per"] for food in FOODS) == {"g": 629, "ml": 62}


def test_only_drinks_are_measured_in_milliliters():
    liquid = {food["category"] for food in FOODS if food["per"] == "ml"}

    assert liquid == {
        "milk",
        "plant-based-drinks",
        "water",
        "coffee-and-tea",
        "juice",
        "soft-drinks",
        "beer-and-cider",
        "wine",
        "spirits-and-cocktails",
        "protein-powders-and-shakes",
        "sports-drinks",
    }


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        (
            "chicken-breast-roasted",
            {"kcal": 165, "protein": 31.02, "fat": 3.57, "total_carbs": 0, "sodium_mg": 74},
        ),
        (
            "chickpea-flour",
            {"kcal": 387, "protein": 22.39, "fat": 6.69, "total_carbs": 57.82, "fiber": 10.8},
        ),
        ("banana-raw", {"kcal": 89, "sugar": 12.23, "potassium_mg": 358}),
        ("egg-whole-raw", {"kcal": 143, "protein": 12.56, "cholesterol_mg": 372}),
        ("rolled-oats-dry", {"kcal": 379, "fiber": 10.1, "iron_mg": 4.25}),
        ("milk-whole", {"kcal": 63, "protein": 3.24, "calcium_mg": 116}),
        ("olive-oil", {"kcal": 884, "fat": 100, "saturated_fat": 13.808}),
        ("beer", {"kcal": 43, "alcohol_g": 3.9}),
        ("salt-table", {"kcal": 0, "salt": 96.895}),
    ],
)
def test_known_foods_have_their_values(slug, expected):
    food = BY_SLUG[slug]

    assert {name: (food | food["micronutrients"])[name] for name in expected} == expected
