"""The shared table of foods, and foods of one's own."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission

from nutrition.models import FavoriteFood, Food, FoodImage, MealEntry, MergedFood, Portion
from tests.conftest import client_of
from tests.factories.nutrition import (
    CustomFoodFactory,
    FoodCategoryFactory,
    FoodFactory,
    MealEntryFactory,
    PortionFactory,
    RecipeFactory,
    RecipeIngredientFactory,
)
from tests.factories.users import UserFactory
from users.ids import uuid7
from users.models import AuditEntry, OutboxMessage, Tombstone
from users.services import outbox

URL = "/api/v1/foods/"
SKYR = {"name": "Skyr", "calories": 63, "protein": 11, "carbs": 4, "fat": 0.2}
pytestmark = pytest.mark.django_db


def detail(food, way: str = "") -> str:
    return f"{URL}{food.pk}/{way}"


def names(response) -> list[str]:
    return [row["name"] for row in response.json()["results"]]


def error(response) -> tuple[int, str, str | None]:
    [wrong] = response.json()["errors"]
    return response.status_code, wrong["code"], wrong["attr"]


@pytest.fixture
def staff(db):
    boss = UserFactory(username="boss", is_staff=True)
    boss.user_permissions.set(
        Permission.objects.filter(codename__in=["change_food", "delete_food"])
    )
    return client_of(boss)


# --- Reading ---------------------------------------------------------------------------------


def test_a_food_is_shown_with_everything_that_is_known_of_it(api):
    food = FoodFactory(
        name="Skyr",
        brand="Molkerei",
        calories=63,
        barcode="034000470693",
        gtin="00034000470693",
        micronutrients={"sodium_mg": 48},
        estimated=["fiber"],
        trust_score=84,
        source="usda",
        source_id="170894",
        licence="CC0-1.0",
        verified=True,
    )
    cup = PortionFactory(food=food, name="1 cup", amount=150)
    spoon = PortionFactory(food=food, name="1 spoon", amount=15)

    answer = api.get(detail(food)).json()

    assert answer | {"created_at": None, "updated_at": None} == {
        "id": str(food.pk),
        "name": "Skyr",
        "brand": "Molkerei",
        "calories": 63,
        "energy_kj": 263.6,
        "protein": 10.0,
        "carbs": 10.0,
        "fat": 2.0,
        "fiber": 1.0,
        "sugar": 4.0,
        "serving_size": 100.0,
        "serving_unit": "g",
        "barcode": "034000470693",
        "gtin": "00034000470693",
        "is_custom": False,
        "created_by": None,
        "verified": True,
        "category": "uncategorized",
        "source": "usda",
        "source_id": "170894",
        "licence": "CC0-1.0",
        "micronutrients": {"sodium_mg": 48},
        "estimated": ["fiber"],
        "trust_score": 84,
        "is_archived": False,
        "submitted_at": None,
        "is_favorite": False,
        "recipe_id": None,
        "portions": [
            {"id": str(spoon.pk), "name": "1 spoon", "amount": 15.0},
            {"id": str(cup.pk), "name": "1 cup", "amount": 150.0},
        ],
        "created_at": None,
        "updated_at": None,
    }


@pytest.fixture
def shelf(ana, ben) -> dict[str, Food]:
    dairy = FoodCategoryFactory(slug="dairy", name="Dairy")
    yogurts = FoodCategoryFactory(slug="yogurts", name="Yogurts", parent=dairy)
    foods = {
        "skyr": FoodFactory(name="Skyr", category=yogurts),
        "milk": FoodFactory(name="Milk", category=dairy, source="usda", verified=True),
        "bread": FoodFactory(name="Bread"),
        "old": CustomFoodFactory(name="Old bread", created_by=ana, is_archived=True),
        "mine": CustomFoodFactory(name="My bread", created_by=ana),
        "secret": CustomFoodFactory(name="Ben's bread", created_by=ben),
    }
    FavoriteFood.objects.create(user=ana, food=foods["milk"])
    return foods


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Bread", "Milk", "My bread", "Skyr"]),
        ("category=dairy", ["Milk", "Skyr"]),
        ("category=nothing", []),
        ("source=usda", ["Milk"]),
        ("is_custom=true", ["My bread"]),
        ("is_custom=false", ["Bread", "Milk", "Skyr"]),
        ("verified=true", ["Milk"]),
        ("is_favorite=true", ["Milk"]),
        ("is_recipe=true", []),
        ("archived=true", ["Old bread"]),
        ("updated_since=2999-01-01T00:00:00Z", []),
    ],
)
def test_filters_narrow_the_list(api, shelf, query, found):
    assert names(api.get(f"{URL}?{query}")) == found


def test_a_search_puts_ones_own_food_first(api, shelf):
    assert names(api.get(f"{URL}?q=BREAD")) == ["My bread", "Bread"]


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("source=x", "source"),
        ("updated_since=x", "updated_since"),
        ("q=%00", "q"),
        (f"q={'x' * 101}", "q"),
        ("cursor=x", "cursor"),
        ("page_size=0", "page_size"),
    ],
)
def test_a_bad_filter_is_named(api, query, attr):
    assert error(api.get(f"{URL}?{query}"))[::2] == (400, attr)


@pytest.mark.parametrize("query", ["", "&q=bread"])
@pytest.mark.parametrize("page_size", [1, 2, 3])
def test_pages_hold_every_food_once_both_ways(api, shelf, query, page_size):
    whole = names(api.get(f"{URL}?page_size=100{query}"))

    forwards, url = [], f"{URL}?page_size={page_size}{query}"
    while url:
        last = api.get(url).json()
        forwards += [row["name"] for row in last["results"]]
        url = last["next"]
    backwards = [row["name"] for row in last["results"]]
    while last["previous"]:
        last = api.get(last["previous"]).json()
        backwards = [row["name"] for row in last["results"]] + backwards

    assert forwards == backwards == whole


@pytest.mark.parametrize("query", ["", "?q=bread"])
def test_a_row_of_the_list_is_what_the_food_is_shown_as(api, shelf, query):
    [shown] = [row for row in api.get(URL + query).json()["results"] if row["name"] == "Bread"]

    assert shown == api.get(detail(shelf["bread"])).json()


@pytest.mark.parametrize("query", ["", "?q=bread"])
def test_the_list_costs_two_queries(api, shelf, query, django_assert_num_queries):
    with django_assert_num_queries(2):  # whose token, the page
        api.get(URL + query)


@pytest.mark.usefixtures("_in_march")
def test_recent_foods_come_with_how_they_were_logged(api, ana, ben, shelf):
    MealEntryFactory(user=ana, food=shelf["milk"], meal_type="breakfast", quantity=2.5)
    MealEntryFactory(user=ana, food=shelf["milk"], meal_type="lunch", quantity=1)
    MealEntryFactory(user=ana, food=shelf["bread"], meal_type="dinner", time="20:00", quantity=0.5)
    MealEntryFactory(user=ben, food=shelf["skyr"])

    recent = api.get(f"{URL}recent/").json()
    frequent = api.get(f"{URL}recent/?sort=frequent&limit=1").json()
    breakfast = api.get(f"{URL}recent/?meal_type=breakfast").json()

    assert [(row["name"], row["last_quantity"], row["times_logged"]) for row in recent] == [
        ("Bread", 0.5, 1),
        ("Milk", 1.0, 2),
    ]
    assert [row["name"] for row in frequent] == ["Milk"]
    assert [(row["name"], row["last_quantity"]) for row in breakfast] == [("Milk", 2.5)]


@pytest.fixture
def _in_march(monkeypatch):
    """What factories log is recent."""
    day = dt.date(2026, 3, 1)
    monkeypatch.setattr("nutrition.selectors.recents.first_recent_day", lambda: day)


@pytest.mark.parametrize("query", ["sort=x", "limit=0", "limit=101", "meal_type=tea"])
def test_a_bad_parameter_of_the_recent_foods_is_named(api, query):
    assert error(api.get(f"{URL}recent/?{query}"))[::2] == (400, query.partition("=")[0])


# --- Barcodes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["034000470693", "0034000470693", "34000470693", "00034000470693", "0-34000-47069-3"]
)
def test_a_barcode_is_found_in_any_form(api, code):
    FoodFactory(name="Chocolate", barcode="34000470693", gtin="00034000470693")

    assert api.get(f"{URL}barcode/{code}/").json()["name"] == "Chocolate"


def test_ones_own_food_comes_before_the_shared_one_of_the_barcode(api, bens_api, ana):
    FoodFactory(name="Shared", gtin="00034000470693", verified=True)
    CustomFoodFactory(name="Ana's", gtin="00034000470693", created_by=ana)

    assert api.get(f"{URL}barcode/34000470693/").json()["name"] == "Ana's"
    assert bens_api.get(f"{URL}barcode/34000470693/").json()["name"] == "Shared"


def test_the_barcode_of_a_merged_food_leads_to_the_kept_one(api):
    kept = FoodFactory(name="Kept")
    MergedFood.objects.create(source="usda", gtin="00034000470693", name="Old", merged_into=kept)

    assert api.get(f"{URL}barcode/34000470693/").json()["name"] == "Kept"


def test_an_unknown_barcode_says_how_to_contribute_the_food(api, ben):
    CustomFoodFactory(gtin="00034000470693", created_by=ben)

    response = api.get(f"{URL}barcode/34000470693/")

    assert error(response) == (404, "unknown_barcode", None)
    assert "POST foods/" in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("34000470694", "bad_check_digit"),
        ("12", "bad_barcode"),
        ("abcdefgh", "bad_barcode"),
        ("00000000", "bad_barcode"),
        ("٣٤٠٠٠٤٧٠٦٩٣", "bad_barcode"),
    ],
)
def test_what_is_no_barcode_is_refused(api, code, why):
    assert error(api.get(f"{URL}barcode/{code}/")) == (400, why, "code")


# --- Making ----------------------------------------------------------------------------------


def test_a_custom_food_is_made_with_its_portions(api, ana):
    FoodCategoryFactory(slug="dairy")
    body = {
        **SKYR,
        "brand": "Molkerei",
        "fiber": 0.5,
        "sugar": 3.9,
        "serving_size": 150,
        "serving_unit": "Grams",
        "category": "dairy",
        "micronutrients": {"sodium_mg": 48.5},
        "portions": [{"name": "1 cup", "amount": 150}, {"name": "½ cup", "amount": 75}],
    }

    response = api.post(URL, body)

    assert response.status_code == 201
    answer = response.json()
    assert (answer["is_custom"], answer["created_by"]) == (True, str(ana.pk))
    assert (answer["source"], answer["verified"]) == ("person", False)
    assert (answer["serving_size"], answer["serving_unit"]) == (150.0, "g")
    assert (answer["category"], answer["micronutrients"]) == ("dairy", {"sodium_mg": 48.5})
    assert [(row["name"], row["amount"]) for row in answer["portions"]] == [
        ("½ cup", 75.0),
        ("1 cup", 150.0),
    ]
    assert Food.objects.get().created_by == ana


def test_what_is_left_out_has_usual_values(api):
    answer = api.post(URL, SKYR).json()

    assert (answer["serving_size"], answer["serving_unit"]) == (100.0, "g")
    assert (answer["fiber"], answer["sugar"], answer["category"]) == (0.0, 0.0, "uncategorized")
    assert (answer["brand"], answer["barcode"], answer["portions"]) == ("", "", [])


def test_energy_may_be_given_in_kilojoules(api):
    body = {name: value for name, value in SKYR.items() if name != "calories"}

    answer = api.post(URL, {**body, "energy_kj": 265.4}).json()

    assert (answer["calories"], answer["energy_kj"]) == (63, 265.4)


def test_a_barcode_is_kept_as_given_and_found_in_any_form(api):
    made = api.post(URL, {**SKYR, "barcode": "0034000470693"}).json()

    found = api.get(f"{URL}barcode/34000470693/").json()

    assert (made["barcode"], made["gtin"]) == ("0034000470693", "00034000470693")
    assert found["id"] == made["id"]


def test_a_barcode_of_a_shop_is_allowed(api):
    assert api.post(URL, {**SKYR, "barcode": "2000000000008"}).status_code == 201


def test_two_foods_of_a_person_cannot_have_one_barcode(api, bens_api):
    body = {**SKYR, "barcode": "34000470693"}
    api.post(URL, body)

    again = api.post(URL, {**body, "barcode": "034000470693", "name": "Other"})
    bens = bens_api.post(URL, body)

    assert error(again) == (409, "barcode_taken", None)
    assert bens.status_code == 201
    assert Food.objects.count() == 2


def test_the_same_id_twice_makes_one_food(api):
    body = {"id": str(uuid7()), **SKYR}

    first, second = api.post(URL, body), api.post(URL, body)
    other = api.post(URL, {**body, "calories": 64})

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert error(other)[:2] == (409, "id_taken")
    assert Food.objects.count() == 1


def test_the_same_key_twice_makes_one_food(api):
    first = api.post(URL, SKYR, HTTP_IDEMPOTENCY_KEY="k")
    second = api.post(URL, SKYR, HTTP_IDEMPOTENCY_KEY="k")

    assert (first.status_code, second.status_code) == (201, 200)
    assert Food.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"name": ""}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"name": "\u3164"}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"brand": "x" * 101}, "brand"),
        ({"calories": None}, "calories"),
        ({"calories": -1}, "calories"),
        ({"calories": 20_001}, "calories"),
        ({"calories": "many"}, "calories"),
        ({"calories": 63.5}, "calories"),
        ({"calories": True}, "calories"),
        ({"protein": "11,0"}, "protein"),
        ({"protein": "eleven"}, "protein"),
        ({"protein": True}, "protein"),
        ({"protein": "nan"}, "protein"),
        ({"protein": "Infinity"}, "protein"),
        ({"carbs": -0.1}, "carbs"),
        ({"fat": 5001}, "fat"),
        ({"fiber": None}, "fiber"),
        ({"sugar": [1]}, "sugar"),
        ({"serving_size": 0}, "serving_size"),
        ({"serving_size": 10_001}, "serving_size"),
        ({"serving_unit": ""}, "serving_unit"),
        ({"barcode": "34000470694"}, "barcode"),
        ({"barcode": "12"}, "barcode"),
        ({"category": "nowhere"}, "category"),
        ({"micronutrients": []}, "micronutrients"),
        ({"micronutrients": {"gold_mg": 1}}, "micronutrients.gold_mg"),
        ({"micronutrients": {"sodium_mg": -1}}, "micronutrients.sodium_mg"),
        ({"micronutrients": {"sodium_mg": "x"}}, "micronutrients.sodium_mg"),
        ({"micronutrients": {"sodium_mg": 40_001}}, "micronutrients.sodium_mg"),
        ({"portions": {}}, "portions"),
        ({"portions": [{"name": "a", "amount": 1}] * 21}, "portions"),
        ({"portions": [{"name": "cup", "amount": 0}]}, "portions.0.amount"),
        ({"portions": [{"name": " ", "amount": 1}]}, "portions.0.name"),
        ({"portions": [{"amount": 1}]}, "portions.0.name"),
        (
            {"portions": [{"name": "cup", "amount": 1}, {"name": "CUP", "amount": 2}]},
            "portions.1.name",
        ),
        ({"energy_kj": 264}, "energy_kj"),
    ],
)
def test_what_is_wrong_with_a_food_is_named(api, change, attr):
    response = api.post(URL, {**SKYR, **change})

    assert error(response)[::2] == (400, attr)
    assert not Food.objects.exists()


def test_a_food_without_energy_is_refused(api):
    body = {name: value for name, value in SKYR.items() if name != "calories"}

    assert error(api.post(URL, body)) == (400, "required", "calories")
    assert error(api.post(URL, {**body, "energy_kj": 83_681}))[::2] == (400, "energy_kj")
    assert not Food.objects.exists()


# --- Changing --------------------------------------------------------------------------------


def test_a_change_leaves_alone_what_it_does_not_name(api, ana):
    food = CustomFoodFactory(created_by=ana, name="Skyr", brand="Molkerei")
    PortionFactory(food=food, name="1 cup")

    answer = api.patch(detail(food), {"energy_kj": 400, "is_archived": True}).json()

    assert (answer["calories"], answer["is_archived"]) == (96, True)
    assert (answer["name"], answer["brand"], len(answer["portions"])) == ("Skyr", "Molkerei", 1)


def test_a_replacement_empties_what_it_leaves_out(api, ana):
    food = CustomFoodFactory(
        created_by=ana,
        brand="Molkerei",
        barcode="34000470693",
        gtin="00034000470693",
        micronutrients={"sodium_mg": 1},
        is_archived=True,
    )
    PortionFactory(food=food)

    answer = api.put(detail(food), {**SKYR, "id": str(uuid7())}).json()

    assert (answer["id"], answer["name"]) == (str(food.pk), "Skyr")
    assert (answer["brand"], answer["barcode"], answer["gtin"]) == ("", "", "")
    assert (answer["micronutrients"], answer["portions"]) == ({}, [])
    assert (answer["fiber"], answer["sugar"], answer["is_archived"]) == (0.0, 0.0, False)


def test_a_portion_that_keeps_its_name_keeps_its_id(api, ana):
    food = CustomFoodFactory(created_by=ana)
    slice_ = PortionFactory(food=food, name="1 slice", amount=28)
    PortionFactory(food=food, name="1 loaf")
    portions = [{"name": "1 slice", "amount": 30}, {"name": "1 roll", "amount": 60}]

    answer = api.patch(detail(food), {"portions": portions}).json()

    assert [(row["name"], row["amount"]) for row in answer["portions"]] == [
        ("1 slice", 30.0),
        ("1 roll", 60.0),
    ]
    assert answer["portions"][0]["id"] == str(slice_.pk)
    assert Portion.objects.count() == 2


def test_an_entry_keeps_the_numbers_that_it_was_logged_with(api, ana):
    food = CustomFoodFactory(created_by=ana, calories=100)
    MealEntryFactory(user=ana, food=food, quantity=2)

    api.patch(detail(food), {"calories": 120, "name": "Other"})

    entry = MealEntry.objects.get()
    assert (entry.serving_calories, entry.calories) == (100, 200)
    assert entry.food_name != "Other"


def test_a_recipe_takes_the_new_numbers_of_its_foods(api, ana):
    food = CustomFoodFactory(created_by=ana, calories=100)
    recipe = RecipeFactory(user=ana, servings=1)
    RecipeIngredientFactory(recipe=recipe, food=food, amount=200)

    api.patch(detail(food), {"calories": 120})

    assert Food.objects.get(pk=recipe.food_id).calories == 240


def test_the_unit_of_a_food_in_recipes_stays(api, ana):
    food = CustomFoodFactory(created_by=ana)
    RecipeIngredientFactory(recipe=RecipeFactory(user=ana), food=food)

    assert error(api.patch(detail(food), {"serving_unit": "ml"})) == (409, "unit_in_use", None)
    assert Food.objects.get(pk=food.pk).serving_unit == "g"


def test_a_changed_barcode_is_not_that_of_another_own_food(api, ana):
    CustomFoodFactory(created_by=ana, gtin="00034000470693")
    food = CustomFoodFactory(created_by=ana)

    response = api.patch(detail(food), {"barcode": "34000470693"})

    assert error(response) == (409, "barcode_taken", None)
    assert Food.objects.get(pk=food.pk).gtin == ""


@pytest.mark.parametrize(
    "change", [{"calories": -1}, {"sugar": 11}, {"calories": 1, "energy_kj": 1}, {"name": None}]
)
def test_a_refused_change_changes_nothing(api, ana, change):
    food = CustomFoodFactory(created_by=ana)
    before = Food.objects.values().get(pk=food.pk)

    response = api.patch(detail(food), change)

    assert response.status_code == 400
    assert Food.objects.values().get(pk=food.pk) == before


# --- Whose foods they are --------------------------------------------------------------------


CALLS = [("get", {}), ("put", SKYR), ("patch", {"name": "X"}), ("delete", {})]


@pytest.mark.parametrize(("method", "body"), CALLS)
def test_another_persons_food_does_not_exist(bens_api, staff, ana, method, body):
    food = CustomFoodFactory(created_by=ana, name="Secret")

    for client in (bens_api, staff):
        assert getattr(client, method)(detail(food), body).status_code == 404
        assert client.post(detail(food, "submit/")).status_code == 404
    assert Food.objects.get().name == "Secret"


@pytest.mark.parametrize(("method", "body"), CALLS)
def test_nobody_is_nobody(anonymous, method, body):
    food = FoodFactory()

    assert getattr(anonymous, method)(detail(food), body).status_code == 401
    assert anonymous.get(URL).status_code == 401
    assert anonymous.post(URL, SKYR).status_code == 401
    assert anonymous.get(f"{URL}barcode/34000470693/").status_code == 401
    assert Food.objects.count() == 1


@pytest.mark.parametrize(("method", "body"), [*CALLS[1:], ("patch", {"calories": -1})])
def test_a_shared_food_is_not_a_persons_to_change(api, method, body):
    food = FoodFactory(name="Milk")

    response = getattr(api, method)(detail(food), body)

    assert error(response) == (403, "shared_food", None)
    assert Food.objects.get().name == "Milk"


@pytest.mark.parametrize(("method", "body"), CALLS[1:])
def test_a_checked_food_is_not_even_its_creators_to_change(api, ana, method, body):
    food = CustomFoodFactory(created_by=ana, name="Skyr bowl", verified=True)

    response = getattr(api, method)(detail(food), body)

    assert error(response) == (403, "verified", None)
    assert Food.objects.get().name == "Skyr bowl"


def test_a_food_that_was_merged_is_found_by_the_id_that_it_had(api):
    kept = FoodFactory(name="Milk")
    gone = MergedFood.objects.create(name="Milk 2", source="usda", merged_into=kept)

    answer = api.get(f"{URL}{gone.pk}/")

    assert (answer.status_code, answer.json()["id"]) == (200, str(kept.pk))


def test_staff_change_a_shared_food(staff):
    food = FoodFactory(estimated=["kcal", "fiber", "sodium_mg"], micronutrients={"sodium_mg": 5})

    answer = staff.patch(detail(food), {"calories": 90, "portions": [{"name": "1", "amount": 5}]})

    assert answer.status_code == 200
    assert (answer.json()["calories"], answer.json()["is_custom"]) == (90, False)
    assert answer.json()["estimated"] == ["fiber", "sodium_mg"]
    assert Portion.objects.get().food == food


def test_what_staff_do_to_a_shared_food_is_in_the_trail(staff):
    food = FoodFactory()

    staff.patch(detail(food), {"brand": "Molkerei"})
    staff.delete(detail(food))

    entries = AuditEntry.objects.order_by("number").values_list("action", "object_id", "detail")
    assert list(entries) == [
        ("change", str(food.pk), {"fields": ["brand"]}),
        ("delete", str(food.pk), {}),
    ]


def test_staff_without_the_permission_change_no_shared_food():
    food = FoodFactory(brand="Molkerei")
    support = client_of(UserFactory(is_staff=True))

    answers = [support.patch(detail(food), {"brand": "x"}), support.delete(detail(food))]

    assert [answer.status_code for answer in answers] == [403, 403]
    food.refresh_from_db()
    assert food.brand == "Molkerei"


def test_a_change_of_a_shared_food_reaches_the_recipes_of_everybody(staff, ana, ben):
    food = FoodFactory(calories=100)
    recipes = [RecipeFactory(user=person, servings=1) for person in (ana, ben)]
    for recipe in recipes:
        RecipeIngredientFactory(recipe=recipe, food=food, amount=100)

    staff.patch(detail(food), {"calories": 90})
    [message] = OutboxMessage.objects.filter(kind="refresh_recipes")
    outbox.deliver(message_id=message.pk)

    assert [Food.objects.get(pk=recipe.food_id).calories for recipe in recipes] == [90, 90]


@pytest.mark.parametrize(("method", "body"), CALLS[1:])
def test_the_food_of_a_recipe_is_changed_through_the_recipe(api, ana, method, body):
    food = RecipeFactory(user=ana, food__name="Stew").food

    response = getattr(api, method)(detail(food), body)

    assert error(response) == (409, "is_recipe", None)
    assert Food.objects.get().name == "Stew"


# --- Deleting --------------------------------------------------------------------------------


def test_a_deleted_food_goes_with_what_pointed_at_it(api, ana):
    food = CustomFoodFactory(created_by=ana)
    PortionFactory(food=food)
    favorite = FavoriteFood.objects.create(user=ana, food=food)
    image = FoodImage.objects.create(user=ana, food=food, image="a", thumbnail="b")
    image.candidates.create(rank=1, label="skyr", confidence=0.5, food=food)
    before = FoodImage.objects.get().revision

    response = api.delete(detail(food))

    assert response.status_code == 204
    assert not Food.objects.exists()
    graves = set(Tombstone.objects.values_list("resource", "object_id"))
    assert graves == {("nutrition.food", food.pk), ("nutrition.favoritefood", favorite.pk)}
    image = FoodImage.objects.get()
    assert (image.food, image.candidates.get().food) == (None, None)
    assert image.revision > before


@pytest.mark.parametrize("use", ["entry", "ingredient"])
def test_a_food_in_use_stays(api, staff, ana, use):
    mine, shared = CustomFoodFactory(created_by=ana), FoodFactory()
    favorite = FavoriteFood.objects.create(user=ana, food=mine)
    for food in (mine, shared):
        if use == "entry":
            MealEntryFactory(user=ana, food=food)
        else:
            RecipeIngredientFactory(recipe=RecipeFactory(user=ana), food=food)
    before = list(Food.objects.order_by("pk").values())

    answers = [api.delete(detail(mine)), staff.delete(detail(shared))]

    assert [error(answer) for answer in answers] == [(409, "in_use", None)] * 2
    assert list(Food.objects.order_by("pk").values()) == before
    assert FavoriteFood.objects.get() == favorite
    assert not Tombstone.objects.exists()


def test_staff_delete_a_shared_food_that_nobody_uses(staff):
    food = FoodFactory()

    assert staff.delete(detail(food)).status_code == 204
    assert not Food.objects.exists()


def test_a_deleted_id_does_not_come_back(api):
    body = {"id": str(uuid7()), **SKYR}
    api.post(URL, body)
    api.delete(f"{URL}{body['id']}/")

    assert error(api.post(URL, body)) == (409, "deleted", None)
    assert not Food.objects.exists()


# --- Offering --------------------------------------------------------------------------------


def test_a_food_is_offered_once(api, ana):
    food = CustomFoodFactory(created_by=ana)

    first, second = api.post(detail(food, "submit/")), api.post(detail(food, "submit/"))

    assert first.status_code == 200
    assert first.json()["submitted_at"] is not None
    assert error(second) == (409, "already_submitted", None)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda ana: FoodFactory(), "already_published"),
        (lambda ana: CustomFoodFactory(created_by=ana, is_archived=True), "archived"),
        (lambda ana: RecipeFactory(user=ana).food, "is_recipe"),
    ],
)
def test_what_cannot_be_offered_is_not(api, ana, make, code):
    food = make(ana)

    assert error(api.post(detail(food, "submit/"))) == (409, code, None)
    assert Food.objects.get().submitted_at is None


# --- Sources and the change feed -------------------------------------------------------------


def test_sources_are_named_with_what_they_ask_for(api, anonymous):
    FoodFactory(source="usda", source_id="170894")
    FoodFactory(source="open_food_facts", source_id="3017620422003")

    answer = api.get("/api/v1/food-attributions/").json()

    assert {row["source"] for row in answer} == {"open_food_facts", "usda"}
    assert {"name", "licence", "licence_url", "text", "url"} < answer[0].keys()
    assert anonymous.get("/api/v1/food-attributions/").status_code == 401


def test_the_change_feed_has_ones_own_foods_as_they_are_shown(api, bens_api, ana):
    FoodFactory()
    made = api.post(URL, SKYR).json()

    [change] = [
        row
        for row in api.get("/api/v1/sync/").json()["results"]
        if row["resource"] == "nutrition.food"
    ]

    assert change["data"] == made
    assert "nutrition.food" not in str(bens_api.get("/api/v1/sync/").json())
