"""Foods as they are shown, recents, barcodes, categories and attributions."""

import datetime as dt

import pytest
from django.utils import timezone

from nutrition import selectors
from nutrition.models import FavoriteFood, FoodCategory, MergedFood
from nutrition.selectors import FoodFilter
from tests.factories.nutrition import (
    CustomFoodFactory,
    FoodCategoryFactory,
    FoodFactory,
    MealEntryFactory,
    PortionFactory,
    RecipeFactory,
)
from users.keyset import Place
from users.models import User

pytestmark = pytest.mark.django_db

GTIN = "03017620422003"


def days_ago(days: int) -> dt.date:
    return timezone.now().date() - dt.timedelta(days=days)


# --- A food ----------------------------------------------------------------------------------


def test_a_food_is_shown_with_everything_that_is_known_of_it(ana, django_assert_num_queries):
    food = FoodFactory(
        name="Hazelnut spread",
        brand="Nut & Co",
        calories=539,
        barcode="3017620422003",
        gtin=GTIN,
        micronutrients={"sodium_mg": 42.8},
        estimated=["fiber"],
        trust_score=80,
        source="open_food_facts",
        source_id="3017620422003",
        licence="ODbL-1.0",
    )
    spoon = PortionFactory(food=food, name="1 spoon", amount=15.0)
    drop = PortionFactory(food=food, name="1 drop", amount=1.0)
    knife = PortionFactory(food=food, name="1 knife", amount=15.0)
    FavoriteFood.objects.create(user=ana, food=food)

    with django_assert_num_queries(1):
        shown = selectors.foods(ana.pk, [food.pk])

    assert shown == [
        {
            "id": food.pk,
            "name": "Hazelnut spread",
            "brand": "Nut & Co",
            "calories": 539,
            "energy_kj": 2255.2,
            "protein": 10.0,
            "carbs": 10.0,
            "fat": 2.0,
            "fiber": 1.0,
            "sugar": 4.0,
            "serving_size": 100.0,
            "serving_unit": "g",
            "barcode": "3017620422003",
            "gtin": GTIN,
            "is_custom": False,
            "created_by": None,
            "verified": False,
            "category": "uncategorized",
            "source": "open_food_facts",
            "source_id": "3017620422003",
            "licence": "ODbL-1.0",
            "micronutrients": {"sodium_mg": 42.8},
            "estimated": ["fiber"],
            "trust_score": 80,
            "is_archived": False,
            "submitted_at": None,
            "is_favorite": True,
            "recipe_id": None,
            "portions": [
                {"id": drop.pk, "name": "1 drop", "amount": 1.0},
                {"id": knife.pk, "name": "1 knife", "amount": 15.0},
                {"id": spoon.pk, "name": "1 spoon", "amount": 15.0},
            ],
            "created_at": food.created_at,
            "updated_at": food.updated_at,
        }
    ]


def test_one_sees_shared_and_own_foods_archived_ones_too(ana, ben):
    shared = FoodFactory(is_archived=True)
    own = CustomFoodFactory(created_by=ana)
    bens = CustomFoodFactory(created_by=ben)

    shown = selectors.foods(ana.pk, [shared.pk, own.pk, bens.pk])

    assert {food["id"]: food["created_by"] for food in shown} == {shared.pk: None, own.pk: ana.pk}


def test_a_food_of_a_recipe_names_it(ana):
    recipe = RecipeFactory(user=ana)

    shown = selectors.foods(ana.pk, [recipe.food_id])

    assert [food["recipe_id"] for food in shown] == [recipe.pk]


def test_a_favorite_of_somebody_else_is_none(ana, ben):
    food = FoodFactory()
    FavoriteFood.objects.create(user=ben, food=food)

    shown = selectors.foods(ana.pk, [food.pk])

    assert [food["is_favorite"] for food in shown] == [False]


# --- The list by name ------------------------------------------------------------------------


def test_the_list_is_by_name_without_regard_to_case_and_accents(ana, django_assert_num_queries):
    for name in ("banana", "Äpfel", "apricot", "Zucchini"):
        FoodFactory(name=name)
    FoodFactory(name="Bread", source="usda")
    FoodFactory(name="Cola", brand="Mill", source="open_food_facts")
    CustomFoodFactory(name="Casserole", created_by=ana)

    with django_assert_num_queries(1):
        page = selectors.food_page(ana.pk, FoodFilter(), 20, None)

    assert [row["name"] for row in page.rows] == [
        "Äpfel",
        "apricot",
        "banana",
        "Bread",
        "Casserole",
        "Cola",
        "Zucchini",
    ]
    assert [row["sort_name"] for row in page.rows][:2] == ["apfel", "apricot"]


def test_page_after_page_of_the_list_either_way_is_the_whole_list(ana):
    for number in range(12):
        FoodFactory(name=f"Food {number % 4}", brand="Mill" * (number % 3 == 0))
        CustomFoodFactory(name=f"Food {number % 5}", created_by=ana)
    whole = [row["id"] for row in selectors.food_page(ana.pk, FoodFilter(), 100, None).rows]

    onwards, place = [], None
    for _ in range(8):
        page = selectors.food_page(ana.pk, FoodFilter(), 3, place)
        onwards += [row["id"] for row in page.rows]
        place = Place((page.rows[-1]["sort_name"], page.rows[-1]["id"]))
    last = page.rows[0]
    back = selectors.food_page(
        ana.pk, FoodFilter(), 100, Place((last["sort_name"], last["id"]), backwards=True)
    )

    assert len(whole) == 24
    assert onwards == whole
    assert not page.more
    assert [row["id"] for row in back.rows] == whole[:-3]


# --- Recents ---------------------------------------------------------------------------------


def names(rows: list[dict]) -> list[str]:
    return [row["name"] for row in rows]


def test_recent_foods_come_with_how_they_were_logged_last(ana, django_assert_num_queries):
    bread = FoodFactory(name="Bread")
    MealEntryFactory(user=ana, food=bread, date=days_ago(3), quantity=1.0)
    MealEntryFactory(
        user=ana,
        food=bread,
        date=days_ago(2),
        quantity=0.56,
        meal_type="breakfast",
        portion_name="1 slice",
        portion_amount=28.0,
    )

    with django_assert_num_queries(1):
        rows = selectors.recent_foods(ana.pk, None, "recent", 20)

    extra = {
        name: rows[0].pop(name)
        for name in (
            "last_quantity",
            "last_portion_name",
            "last_portion_amount",
            "last_date",
            "last_meal_type",
            "times_logged",
        )
    }
    assert rows == selectors.foods(ana.pk, [bread.pk])
    assert extra == {
        "last_quantity": 0.56,
        "last_portion_name": "1 slice",
        "last_portion_amount": 28.0,
        "last_date": days_ago(2),
        "last_meal_type": "breakfast",
        "times_logged": 2,
    }


def test_recent_foods_are_sorted_by_the_last_time_or_by_how_often(ana):
    often, lately, once = (FoodFactory(name=name) for name in ("Often", "Lately", "Once"))
    for days in (4, 5, 6):
        MealEntryFactory(user=ana, food=often, date=days_ago(days))
    MealEntryFactory(user=ana, food=lately, date=days_ago(1), time=dt.time(19))
    MealEntryFactory(user=ana, food=once, date=days_ago(1), time=dt.time(8))

    by_time = selectors.recent_foods(ana.pk, None, "recent", 20)
    by_times = selectors.recent_foods(ana.pk, None, "frequent", 20)

    assert names(by_time) == ["Lately", "Once", "Often"]
    assert names(by_times) == ["Often", "Lately", "Once"]
    assert names(selectors.recent_foods(ana.pk, None, "recent", 2)) == ["Lately", "Once"]


def test_recent_foods_of_a_meal_count_that_meal_alone(ana):
    tea, soup = FoodFactory(name="Tea"), FoodFactory(name="Soup")
    MealEntryFactory(user=ana, food=tea, date=days_ago(2), meal_type="breakfast", quantity=2.0)
    MealEntryFactory(user=ana, food=tea, date=days_ago(1), meal_type="lunch", quantity=1.0)
    MealEntryFactory(user=ana, food=soup, date=days_ago(1), meal_type="lunch")

    rows = selectors.recent_foods(ana.pk, "breakfast", "frequent", 20)

    assert [(row["name"], row["last_quantity"], row["times_logged"]) for row in rows] == [
        ("Tea", 2.0, 1)
    ]


def test_recent_foods_are_ones_own_of_90_days_and_not_archived(ana, ben):
    MealEntryFactory(user=ana, food=FoodFactory(name="Last day"), date=days_ago(90))
    MealEntryFactory(user=ana, food=FoodFactory(name="Too old"), date=days_ago(91))
    MealEntryFactory(user=ana, food=FoodFactory(is_archived=True), date=days_ago(1))
    MealEntryFactory(user=ben, food=FoodFactory(name="Of ben"), date=days_ago(1))

    rows = selectors.recent_foods(ana.pk, None, "recent", 20)

    assert names(rows) == ["Last day"]


# --- Barcodes --------------------------------------------------------------------------------


def test_a_barcode_finds_ones_own_food_then_checked_ones_then_by_trust(
    ana, ben, django_assert_num_queries
):
    FoodFactory(name="Doubtful", gtin=GTIN, trust_score=10)
    FoodFactory(name="Unknown", gtin=GTIN)
    FoodFactory(name="Trusted", gtin=GTIN, trust_score=90)
    FoodFactory(name="Checked", gtin=GTIN, verified=True)
    CustomFoodFactory(name="Own", gtin=GTIN, created_by=ana)
    CustomFoodFactory(name="Of ben", gtin=GTIN, created_by=ben)
    FoodFactory(name="Gone", gtin=GTIN, is_archived=True)
    FoodFactory(name="Another", gtin="04006381333931")

    with django_assert_num_queries(1):
        found = selectors.foods_of_barcode(ana.pk, GTIN)

    assert names(found) == ["Own", "Checked", "Trusted", "Doubtful", "Unknown"]


def test_the_barcode_of_a_merged_food_leads_to_the_other_one(ana):
    kept = FoodFactory(name="Kept", gtin=GTIN)
    MergedFood.objects.create(source="usda", gtin=GTIN, name="Merged", merged_into=kept)
    MergedFood.objects.create(source="usda", gtin="04006381333931", name="X", merged_into=kept)

    assert names(selectors.foods_of_barcode(ana.pk, GTIN)) == ["Kept"]
    assert names(selectors.foods_of_barcode(ana.pk, "04006381333931")) == ["Kept"]


def test_no_barcode_finds_no_food(ana):
    FoodFactory()

    assert selectors.foods_of_barcode(ana.pk, "") == []


# --- Categories ------------------------------------------------------------------------------


@pytest.fixture
def tree(db: None) -> dict[str, FoodCategory]:
    fruit = FoodCategoryFactory(slug="fruit", name="Fruit")
    dairy = FoodCategoryFactory(slug="dairy", name="Dairy")
    cheese = FoodCategoryFactory(slug="cheese", name="Cheese", parent=dairy)
    soft = FoodCategoryFactory(slug="soft", name="Soft cheese", parent=cheese)
    cream = FoodCategoryFactory(slug="cream", name="Cream", parent=dairy)
    return {"fruit": fruit, "dairy": dairy, "cheese": cheese, "soft": soft, "cream": cream}


def node(category: FoodCategory, depth: int, *children: dict) -> dict:
    shown = {"id": category.pk, "slug": category.slug, "name": category.name, "depth": depth}
    return {**shown, "children": list(children)}


def test_the_tree_has_each_category_below_its_parent_by_name(tree, django_assert_num_queries):
    with django_assert_num_queries(1):
        roots = selectors.category_tree()

    assert [root for root in roots if root["slug"] != "uncategorized"] == [
        node(
            tree["dairy"],
            0,
            node(tree["cheese"], 1, node(tree["soft"], 2)),
            node(tree["cream"], 1),
        ),
        node(tree["fruit"], 0),
    ]


def test_a_category_comes_with_its_ancestors_and_children(tree, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = selectors.category("cheese")

    plain = {
        slug: {"id": tree[slug].pk, "slug": slug, "name": tree[slug].name, "depth": depth}
        for slug, depth in {"dairy": 0, "cheese": 1, "soft": 2}.items()
    }
    assert found == {**plain["cheese"], "ancestors": [plain["dairy"]], "children": [plain["soft"]]}


@pytest.mark.usefixtures("tree")
def test_a_root_has_no_ancestors_and_shows_no_grandchildren():
    found = selectors.category("dairy")

    assert found is not None
    assert found["ancestors"] == []
    assert [child["slug"] for child in found["children"]] == ["cheese", "cream"]


@pytest.mark.usefixtures("tree")
def test_there_is_no_category_of_an_unknown_name():
    assert selectors.category("no-such") is None


# --- Attributions ----------------------------------------------------------------------------


def test_only_sources_with_foods_are_named(ana: User, django_assert_num_queries):
    FoodFactory(source="usda", source_id="1")
    FoodFactory(source="open_food_facts", source_id="3017620422003")
    CustomFoodFactory(created_by=ana)

    with django_assert_num_queries(1):
        named = selectors.attributions()

    assert [(notice["source"], notice["licence"], notice["licence_url"]) for notice in named] == [
        (
            "open_food_facts",
            "ODbL-1.0 AND DbCL-1.0",
            "https://opendatacommons.org/licenses/odbl/1-0/",
        ),
        ("usda", "CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ]
    assert named[0]["text"] == (
        "Contains information from Open Food Facts, which is made available under the Open "
        "Database License."
    )


def test_an_empty_table_owes_nobody_anything():
    assert selectors.attributions() == []
