"""Recipes over HTTP."""

from uuid import UUID

import pytest

from nutrition.models import Food, MealEntry, Recipe
from nutrition.services.recipes import STALE_RECIPES, refresh_recipes
from tests.factories.nutrition import (
    CustomFoodFactory,
    FoodFactory,
    MealEntryFactory,
    PortionFactory,
    RecipeFactory,
    RecipeIngredientFactory,
)
from users.ids import uuid7
from users.keyset import fetch
from users.models import Tombstone
from users.services import outbox

pytestmark = pytest.mark.django_db

URL = "/api/v1/recipes/"


def errors(response):
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


@pytest.fixture
def oats(db):
    return FoodFactory(
        name="Oats",
        calories=380,
        protein=13.0,
        carbs=60.0,
        fat=7.0,
        fiber=10.0,
        sugar=1.0,
        micronutrients={"iron_mg": 4.0},
        trust_score=90,
    )


@pytest.fixture
def honey(db):
    return FoodFactory(
        name="Honey",
        calories=300,
        protein=0.0,
        carbs=80.0,
        fat=0.0,
        fiber=0.0,
        sugar=80.0,
        micronutrients={"iron_mg": 0.4},
        trust_score=60,
    )


@pytest.fixture
def porridge(oats, honey):
    return {
        "name": "Porridge",
        "servings": 2,
        "ingredients": [
            {"food": str(oats.pk), "amount": 100},
            {"food": str(honey.pk), "quantity": 0.2},
        ],
    }


def test_a_serving_is_a_share_of_the_foods(api, porridge, oats, honey):
    response = api.post(URL, porridge)

    assert response.status_code == 201
    recipe = response.json()
    assert {
        name: recipe[name]
        for name in ("calories", "energy_kj", "protein", "carbs", "fat", "fiber", "sugar")
    } == {
        "calories": 220,
        "energy_kj": 920.5,
        "protein": 6.5,
        "carbs": 38.0,
        "fat": 3.5,
        "fiber": 5.0,
        "sugar": 8.5,
    }
    assert (recipe["serving_size"], recipe["serving_unit"]) == (60.0, "g")
    # 90 by 380 kcal and 60 by 60 kcal.
    assert recipe["trust_score"] == 86
    assert [(part["food"], part["amount"]) for part in recipe["ingredients"]] == [
        (str(oats.pk), 100.0),
        (str(honey.pk), 20.0),
    ]
    food = Food.objects.get(pk=recipe["food"])
    assert (food.name, food.source, food.is_custom) == ("Porridge", "recipe", True)
    assert food.micronutrients == {"iron_mg": 2.04}


def test_a_recipe_is_logged_as_a_food_and_keeps_its_facts(api, porridge):
    recipe = api.post(URL, porridge).json()
    entry = {"date": "2026-03-02", "time": "08:00", "meal_type": "breakfast"}

    logged = api.post("/api/v1/meals/", {**entry, "food": recipe["food"], "amount": 90}).json()
    api.patch(f"{URL}{recipe['id']}/", {"servings": 4})

    assert (logged["food_name"], logged["quantity"], logged["calories"]) == ("Porridge", 1.5, 330)
    assert api.get(f"/api/v1/meals/{logged['id']}/").json() == logged


def test_what_is_cooked_may_weigh_something_else(api, porridge):
    recipe = api.post(URL, {**porridge, "cooked_weight_g": 500}).json()

    assert (recipe["serving_size"], recipe["calories"]) == (250.0, 220)


def test_what_has_different_units_is_counted_in_servings(api, porridge):
    milk = FoodFactory(serving_unit="ml")
    porridge["ingredients"].append({"food": str(milk.pk), "amount": 200})

    recipe = api.post(URL, porridge).json()

    assert (recipe["serving_size"], recipe["serving_unit"]) == (1.0, "serving")
    assert recipe["calories"] == 320


def test_a_portion_is_an_amount(api, porridge, oats):
    cup = PortionFactory(food=oats, name="1 cup", amount=80)
    porridge["ingredients"] = [{"food": str(oats.pk), "portion": str(cup.pk), "count": 2}]

    recipe = api.post(URL, porridge).json()

    assert recipe["ingredients"][0]["amount"] == 160.0


def test_a_change_replaces_the_ingredients(api, porridge, honey):
    recipe = api.post(URL, porridge).json()
    sweet = {"ingredients": [{"food": str(honey.pk), "amount": 50}], "name": "Honey"}

    changed = api.patch(f"{URL}{recipe['id']}/", sweet).json()
    replaced = api.put(f"{URL}{recipe['id']}/", porridge).json()

    assert (changed["calories"], changed["name"], len(changed["ingredients"])) == (75, "Honey", 1)
    assert changed["servings"] == 2.0
    assert (replaced["calories"], replaced["name"]) == (220, "Porridge")


def test_a_food_that_changes_changes_the_recipes_with_it(api, ana, porridge, oats):
    recipe = api.post(URL, porridge).json()
    revision = Food.objects.get(pk=recipe["food"]).revision
    Food.objects.filter(pk=oats.pk).update(calories=200)

    refreshed = [refresh_recipes(food_ids=[oats.pk]) for _ in range(2)]

    assert refreshed == [1, 1]
    assert api.get(f"{URL}{recipe['id']}/").json()["calories"] == 130
    assert Food.objects.get(pk=recipe["food"]).revision > revision


def stale() -> list[UUID]:
    return [row["id"] for row in fetch(STALE_RECIPES, {})]


@pytest.mark.parametrize(
    "changes", [{}, {"cooked_weight_g": 500}, {"servings": 3}, {"servings": 0.7}]
)
def test_what_was_just_computed_is_not_found_wrong(api, porridge, changes: dict):
    rough = FoodFactory(serving_unit="cup", trust_score=None, micronutrients={"zinc_mg": 1 / 3})
    parts = [*porridge["ingredients"], {"food": str(rough.pk), "amount": 70}]

    recipe = api.post(URL, {**porridge, **changes, "ingredients": parts})

    assert recipe.status_code == 201
    assert stale() == []


def test_a_recipe_whose_food_changed_is_wrong_unless_its_turn_is_to_come(api, porridge, oats):
    recipe = api.post(URL, porridge).json()
    Food.objects.filter(pk=oats.pk).update(fiber=11)

    before = stale()
    outbox.promise(kind="refresh_recipes", food_ids=[str(oats.pk)])

    assert (before, stale()) == ([UUID(recipe["id"])], [])


@pytest.mark.parametrize("change", [{"energy_kj": 690.0}, {"barcode": "2000000000008"}])
def test_a_change_that_a_label_does_not_show_changes_the_recipes_with_it(api, ana, change):
    facts = {"calories": 165, "protein": 10.0, "carbs": 20.0, "fat": 5.0, "fiber": 1.0}
    food = CustomFoodFactory(created_by=ana, **facts, sugar=2.0)
    part = [{"food": str(food.pk), "amount": 100}]
    api.post(URL, {"name": "Skyr", "servings": 1, "ingredients": part})
    before = Food.objects.values("energy_kcal", "trust_score").get(pk=food.pk)

    response = api.patch(f"/api/v1/foods/{food.pk}/", change)

    assert response.status_code == 200
    assert Food.objects.values("energy_kcal", "trust_score").get(pk=food.pk) != before
    assert stale() == []


def test_energy_is_rounded_where_it_is_shown_and_not_before(api):
    flour = FoodFactory(calories=400)
    broth = {
        "name": "Broth",
        "servings": 100,
        "ingredients": [{"food": str(flour.pk), "amount": 10}],
    }
    recipe = api.post(URL, broth).json()

    entry = {"food": recipe["food"], "quantity": 100, "meal_type": "lunch"}
    logged = api.post("/api/v1/meals/", entry).json()

    assert (recipe["calories"], recipe["energy_kj"]) == (0, 1.7)
    assert (logged["calories"], logged["energy_kj"]) == (40.0, 167.4)


def test_a_serving_that_no_food_can_be_is_refused(api, porridge):
    porridge["ingredients"][0]["amount"] = 100_000
    many = api.post(URL, {**porridge, "servings": 100}).json()

    few = api.post(URL, {**porridge, "servings": 0.01})
    fewer = api.patch(f"{URL}{many['id']}/", {"servings": 0.01})

    assert (few.status_code, errors(few)) == (400, [("serving_too_large", "servings")])
    assert (fewer.status_code, errors(fewer)) == (400, [("serving_too_large", "servings")])
    assert Recipe.objects.get().servings == 100


def test_nobodys_recipe_stands_in_the_way_of_a_food(api, porridge, oats):
    porridge["ingredients"][0]["amount"] = 10_000
    recipe = api.post(URL, porridge).json()
    Food.objects.filter(pk=oats.pk).update(calories=900)

    refreshed = refresh_recipes(food_ids=[oats.pk])

    assert refreshed == 1
    assert api.get(f"{URL}{recipe['id']}/").json()["calories"] == recipe["calories"]


def test_a_recipe_that_became_too_large_is_still_renamed_and_put_away(api, porridge, oats):
    porridge["ingredients"][0]["amount"] = 10_000
    recipe = api.post(URL, porridge).json()
    Food.objects.filter(pk=oats.pk).update(calories=900)

    kept = api.patch(f"{URL}{recipe['id']}/", {"name": "Much", "is_archived": True})
    refused = api.patch(f"{URL}{recipe['id']}/", {"cooked_weight_g": 500})

    assert kept.status_code == 200
    assert (kept.json()["name"], kept.json()["calories"]) == ("Much", recipe["calories"])
    assert (refused.status_code, errors(refused)) == (400, [("serving_too_large", "servings")])


def test_a_recipe_is_deleted_with_its_food(api, ana, porridge):
    recipe = api.post(URL, porridge).json()

    response = api.delete(f"{URL}{recipe['id']}/")

    assert response.status_code == 204
    assert not Recipe.objects.exists()
    assert not Food.objects.filter(source="recipe").exists()
    assert set(Tombstone.objects.values_list("resource", "object_id")) == {
        ("nutrition.recipe", Recipe._meta.pk.to_python(recipe["id"])),
        ("nutrition.food", Food._meta.pk.to_python(recipe["food"])),
    }


def test_a_logged_recipe_stays_and_can_be_archived(api, ana, porridge):
    recipe = api.post(URL, porridge).json()
    MealEntryFactory(user=ana, food=Food.objects.get(pk=recipe["food"]))

    refused = api.delete(f"{URL}{recipe['id']}/")
    archived = api.patch(f"{URL}{recipe['id']}/", {"is_archived": True})

    assert (refused.status_code, errors(refused)) == (409, [("in_use", None)])
    assert archived.json()["is_archived"] is True
    assert api.get(URL).json()["results"] == []
    assert len(api.get(URL, {"archived": "true"}).json()["results"]) == 1
    assert MealEntry.objects.count() == 1


def test_a_food_of_a_recipe_cannot_go(api, ana, porridge):
    own = CustomFoodFactory(created_by=ana)
    porridge["ingredients"] = [{"food": str(own.pk), "amount": 10}]
    api.post(URL, porridge)

    response = api.delete(f"/api/v1/foods/{own.pk}/")

    assert (response.status_code, errors(response)) == (409, [("in_use", None)])
    assert Food.objects.filter(pk=own.pk).exists()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"name": ""}, ("blank", "name")),
        ({"servings": 0}, ("min_value", "servings")),
        ({"servings": 1001}, ("max_value", "servings")),
        ({"cooked_weight_g": -1}, ("min_value", "cooked_weight_g")),
        ({"category": "none-such"}, ("does_not_exist", "category")),
        ({"ingredients": []}, ("empty", "ingredients")),
        ({"ingredients": [{"amount": 1}]}, ("required", "ingredients.0.food")),
        ({"ingredients": "oats"}, ("not_a_list", "ingredients")),
    ],
)
def test_what_cannot_be_is_refused_by_name(api, porridge, content, expected):
    response = api.post(URL, {**porridge, **content})

    assert (response.status_code, errors(response)) == (400, [expected])
    assert not Recipe.objects.exists()
    assert not Food.objects.filter(source="recipe").exists()


def test_ingredients_must_be_foods_that_one_sees(api, ben, porridge, oats):
    first = porridge["ingredients"][0]
    bens = CustomFoodFactory(created_by=ben)
    foreign = PortionFactory()
    inner = api.post(URL, porridge).json()

    answers = [
        api.post(URL, {**porridge, "ingredients": [first, {"food": food, **how}]})
        for food, how in (
            (str(bens.pk), {"amount": 1}),
            (str(uuid7()), {"amount": 1}),
            (inner["food"], {"amount": 1}),
            (str(oats.pk), {"portion": str(foreign.pk)}),
        )
    ]

    assert [errors(answer) for answer in answers] == [
        [("does_not_exist", "ingredients.1.food")],
        [("does_not_exist", "ingredients.1.food")],
        [("recipe_in_recipe", "ingredients.1.food")],
        [("does_not_exist", "ingredients.1.portion")],
    ]
    assert Recipe.objects.count() == 1


def test_another_persons_recipe_does_not_exist(bens_api, anonymous, ana):
    recipe = RecipeFactory(user=ana)
    url = f"{URL}{recipe.pk}/"

    answers = [
        bens_api.get(url),
        bens_api.patch(url, {"servings": 9}),
        bens_api.put(url, {}),
        bens_api.delete(url),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert bens_api.get(URL).json()["results"] == []
    assert anonymous.get(URL).status_code == 401
    assert Recipe.objects.get().servings == 2.0


def test_the_same_recipe_is_stored_once(api, porridge):
    content = {**porridge, "id": str(uuid7())}

    answers = [api.post(URL, content) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert Food.objects.filter(source="recipe").count() == 1


def test_recipes_are_listed_by_name(api, ana, django_assert_num_queries):
    for name in ("Zucchini soup", "Éclair", "apple pie"):
        recipe = RecipeFactory(user=ana, food__name=name)
        RecipeIngredientFactory.create_batch(3, recipe=recipe)

    with django_assert_num_queries(2):
        page = api.get(URL, {"page_size": 2}).json()
    rest = api.get(page["next"]).json()
    found = api.get(URL, {"q": "SOUP"}).json()

    assert [row["name"] for row in page["results"]] == ["apple pie", "Éclair"]
    assert [row["name"] for row in rest["results"]] == ["Zucchini soup"]
    assert [row["name"] for row in found["results"]] == ["Zucchini soup"]
    assert len(page["results"][0]["ingredients"]) == 3
