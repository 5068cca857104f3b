"""The admin's pages about foods and the food diary: who sees what, and what staff decide."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from nutrition.models import (
    CategoryTag,
    DayTarget,
    DiaryDay,
    FavoriteFood,
    Food,
    FoodCandidate,
    FoodCategory,
    FoodImage,
    FoodImport,
    MealEntry,
    MergedFood,
    NutritionGoal,
    PastGoal,
    Portion,
    Recipe,
    RecipeIngredient,
    WaterIntake,
)
from nutrition.models.food import UNCATEGORIZED_ID
from tests.factories.nutrition import (
    CustomFoodFactory,
    FoodCategoryFactory,
    FoodFactory,
    FoodImageFactory,
    MealEntryFactory,
    NutritionGoalFactory,
    PortionFactory,
    RecipeFactory,
    RecipeIngredientFactory,
    WaterIntakeFactory,
)
from tests.factories.users import UserFactory
from tests.users.admin_client import browser_of, cost_of, form_of, statuses_by_filter
from users.admin import reading
from users.models import AuditEntry, Notification, OutboxMessage, User
from users.services import outbox

pytestmark = pytest.mark.django_db


def food_with_portions() -> Food:
    food = FoodFactory(name="Eel")
    PortionFactory.create_batch(2, food=food)
    return food


def goal_with_targets() -> NutritionGoal:
    goal = NutritionGoalFactory()
    DayTarget.objects.create(goal=goal, user=goal.user, weekday=6, calorie_target=2500)
    return goal


def photo() -> FoodImage:
    image = FoodImageFactory(food=FoodFactory())
    image.candidates.create(rank=1, label="eel", confidence=0.5, food=FoodFactory())
    image.candidates.create(rank=2, label="snake", confidence=0.3)
    return image


def cooked() -> Recipe:
    recipe = RecipeFactory()
    RecipeIngredientFactory.create_batch(2, recipe=recipe)
    return recipe


ROWS = {
    CategoryTag: lambda: CategoryTag.objects.create(
        tag=f"en:{CategoryTag.objects.count()}", category=FoodCategoryFactory()
    ),
    DiaryDay: lambda: DiaryDay.objects.create(user=UserFactory(), date="2026-03-02"),
    FavoriteFood: lambda: FavoriteFood.objects.create(user=UserFactory(), food=FoodFactory()),
    Food: food_with_portions,
    FoodCategory: FoodCategoryFactory,
    FoodImage: photo,
    FoodImport: lambda: FoodImport.objects.create(
        format="off-csv", file_name="e.csv", fingerprint=str(FoodImport.objects.count())
    ),
    MealEntry: MealEntryFactory,
    MergedFood: lambda: MergedFood.objects.create(
        source="usda", name="Eel", merged_into=FoodFactory()
    ),
    NutritionGoal: goal_with_targets,
    Recipe: cooked,
    WaterIntake: WaterIntakeFactory,
}
INSIDE_ANOTHER = {DayTarget, FoodCandidate, PastGoal, Portion, RecipeIngredient}
# Nobody writes or removes them by hand.
RECORDS = [
    DiaryDay,
    FavoriteFood,
    FoodImage,
    FoodImport,
    MealEntry,
    MergedFood,
    NutritionGoal,
    Recipe,
    WaterIntake,
]
MODELS = pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)


def one_of_each() -> None:
    for row_of in ROWS.values():
        row_of()


def url(model: type, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def saved(desk: Client, row, **changes):
    page = desk.get(url(type(row), "change", row.pk))
    return desk.post(url(type(row), "change", row.pk), form_of(page) | changes)


def staff_who_may(*codenames: str) -> User:
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return staff


def listed(desk: Client, **query) -> list[str]:
    return [food.name for food in desk.get(url(Food), query).context["cl"].result_list]


def act(desk: Client, action: str, *foods: Food, shelf: str = "", **fields):
    chosen = {"_selected_action": [str(food.pk) for food in foods]}
    address = f"{url(Food)}?shelf={shelf}" if shelf else url(Food)
    return desk.post(address, {"action": action, **chosen, **fields}, follow=True)


def file_of(response) -> bytes:
    content = b"".join(response.streaming_content)
    for close in response._resource_closers:
        close()
    return content


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def desk(db) -> Client:
    """The browser of somebody who may do everything."""
    return browser_of(UserFactory(username="root", is_staff=True, is_superuser=True))


# --- Every page ------------------------------------------------------------------------------


def test_every_model_is_here():
    ours = set(apps.get_app_config("nutrition").get_models())

    assert ours == set(ROWS) | INSIDE_ANOTHER
    assert set(ROWS) <= set(admin.site._registry)


@MODELS
def test_the_pages_of_a_model_answer(model, desk: Client):
    row = ROWS[model]()

    pages = [
        desk.get(url(model)),
        desk.get(url(model), {"q": "e"}),
        desk.get(url(model, "change", row.pk)),
    ]
    added = desk.get(url(model, "add"))

    assert {page.status_code for page in pages} == {200}
    may_add = admin.site._registry[model].has_add_permission(pages[0].wsgi_request)
    assert added.status_code == (200 if may_add else 403)


@MODELS
def test_staff_need_the_permission_of_the_model(model):
    row = ROWS[model]()
    addresses = (url(model), url(model, "change", row.pk))
    stranger = browser_of(staff_who_may())
    reader = browser_of(staff_who_may(f"view_{model._meta.model_name}"))

    assert [stranger.get(address).status_code for address in addresses] == [403, 403]
    assert [reader.get(address).status_code for address in addresses] == [200, 200]
    assert reader.post(url(model, "change", row.pk), {}).status_code == 403


def test_filters_answer(desk: Client):
    one_of_each()

    statuses = {model: statuses_by_filter(desk, url(model)) for model in ROWS}

    assert statuses == {model: {200} for model in ROWS}


def test_a_list_costs_the_same_for_any_number_of_rows(desk: Client):
    one_of_each()
    few = {model: cost_of(desk, url(model)) for model in ROWS}
    one_of_each()
    one_of_each()

    assert {model: cost_of(desk, url(model)) for model in ROWS} == few


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_a_record_is_neither_changed_nor_deleted_by_hand(model, desk: Client):
    row = ROWS[model]()
    before = model.objects.filter(pk=row.pk).values().get()

    changed = desk.post(url(model, "change", row.pk), {"notes": "X", "name": "Mine"})
    deleted = desk.post(url(model, "delete", row.pk), {"post": "yes"})
    choice = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
    desk.post(url(model), choice)

    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert model.objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize(
    "model",
    [MealEntry, WaterIntake, DiaryDay, FavoriteFood, NutritionGoal, Recipe, FoodImage],
    ids=lambda model: model.__name__,
)
def test_what_a_person_has_is_found_by_their_name(model, desk: Client):
    row = ROWS[model]()
    ROWS[model]()

    found = desk.get(url(model), {"q": row.user.username}).context["cl"].result_list

    assert list(found) == [row]


# --- Foods, looked up ------------------------------------------------------------------------


@pytest.fixture
def shelves(ana: User) -> dict[str, Food]:
    return {
        "shared": FoodFactory(name="Crème brûlée", brand="Ben & Jerry's", gtin="00034000470693"),
        "checked": FoodFactory(name="Milk", verified=True),
        "archived": FoodFactory(name="Old milk", is_archived=True),
        "custom": CustomFoodFactory(name="Ana's milk", created_by=ana),
        "submitted": CustomFoodFactory(
            name="Skyr", created_by=ana, submitted_at="2026-03-02T12:00:00Z"
        ),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"Crème brûlée", "Milk"}),
        ({"shelf": "submitted"}, {"Skyr"}),
        ({"shelf": "unverified"}, {"Crème brûlée"}),
        ({"shelf": "verified"}, {"Milk"}),
        ({"shelf": "custom"}, {"Ana's milk", "Skyr"}),
        ({"shelf": "archived"}, {"Old milk"}),
        ({"q": "JERRYS creme"}, {"Crème brûlée"}),
        ({"q": "reme"}, set()),
        ({"q": "34000470693"}, {"Crème brûlée"}),
        ({"q": "milk"}, {"Milk"}),
        ({"q": "milk", "shelf": "custom"}, {"Ana's milk"}),
        ({"q": "100%"}, set()),
    ],
)
def test_foods_stand_on_shelves_and_are_searched_by_words(shelves, desk: Client, query, found):
    assert set(listed(desk, **query)) == found


def test_a_food_is_found_by_its_id(shelves, desk: Client):
    assert listed(desk, q=str(shelves["checked"].pk)) == ["Milk"]


def test_the_search_of_a_field_offers_shared_foods(shelves, desk: Client):
    field = {"app_label": "nutrition", "model_name": "mergedfood", "field_name": "merged_into"}

    answer = desk.get(reverse("admin:autocomplete"), {"term": "milk", **field})

    assert [row["text"] for row in answer.json()["results"]] == ["Milk"]


def test_no_list_counts_further_than_anybody_turns_pages(desk: Client, monkeypatch):
    monkeypatch.setattr(reading, "_MOST_COUNTED", 3)
    FoodFactory.create_batch(5)

    assert desk.get(url(Food)).context["cl"].result_count == 3


# --- Foods, put right ------------------------------------------------------------------------


def test_staff_change_a_food_and_its_portions(desk: Client, ana: User):
    food = FoodFactory(calories=100, estimated=["kcal"])
    slice_ = PortionFactory(food=food, name="1 slice", amount=28)
    recipe = RecipeFactory(user=ana, servings=1)
    RecipeIngredientFactory(recipe=recipe, food=food, amount=100)

    response = saved(
        desk,
        food,
        **{
            "calories": "90",
            "barcode": "34000470693",
            "verified": "on",
            "micronutrients": '{"sodium_mg": 48}',
            "portions-TOTAL_FORMS": "2",
            "portions-0-amount": "30",
            "portions-1-name": "1 loaf",
            "portions-1-amount": "500",
            "portions-1-food": str(food.pk),
            "portions-1-id": "",
        },
    )
    [message] = OutboxMessage.objects.filter(kind="refresh_recipes")
    outbox.deliver(message_id=message.pk)

    assert response.status_code == 302
    food.refresh_from_db()
    assert (food.calories, food.gtin, food.verified) == (90, "00034000470693", True)
    assert (food.micronutrients, food.estimated) == ({"sodium_mg": 48}, [])
    assert set(food.portions.values_list("name", "amount")) == {("1 slice", 30), ("1 loaf", 500)}
    assert food.portions.get(name="1 slice") == slice_
    assert Food.objects.get(pk=recipe.food_id).calories == 90
    assert "portion added" in AuditEntry.objects.get().detail["fields"]


def test_staff_change_a_persons_food_and_the_phone_learns_of_it(desk: Client, ana: User):
    food = CustomFoodFactory(created_by=ana)
    PortionFactory(food=food)
    before = food.revision

    saved(desk, food, **{"portions-0-DELETE": "on"})

    food.refresh_from_db()
    assert not food.portions.exists()
    assert food.revision > before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sugar": "11"}, "sugar"),
        ({"calories": "903"}, "calories"),
        ({"calories": "-1"}, None),
        ({"serving_size": "0"}, "serving_size"),
        ({"barcode": "34000470694"}, "barcode"),
        ({"name": ""}, "name"),
        ({"micronutrients": "[1]"}, "micronutrients"),
        ({"micronutrients": '{"gold_mg": 1}'}, "micronutrients"),
        ({"micronutrients": '{"sodium_mg": -1}'}, "micronutrients"),
        ({"micronutrients": '{"sodium_mg": true}'}, "micronutrients"),
        ({"micronutrients": '{"sodium_mg": NaN}'}, "micronutrients"),
        ({"micronutrients": '{"sodium_mg": 40001}'}, "micronutrients"),
    ],
)
def test_the_rules_of_foods_hold_for_staff(desk: Client, change, field):
    food = FoodFactory()
    before = Food.objects.values().get()

    response = saved(desk, food, **change)

    assert response.status_code == 200
    assert [*response.context["adminform"].form.errors] == [field or "__all__"]
    assert Food.objects.values().get() == before


def test_what_a_service_refuses_is_said_and_changes_nothing(desk: Client, ana: User):
    food = FoodFactory()
    RecipeIngredientFactory(recipe=RecipeFactory(user=ana), food=food)

    page = desk.get(url(Food, "change", food.pk))
    response = desk.post(
        url(Food, "change", food.pk),
        form_of(page) | {"serving_unit": "ml", "name": "Other"},
        follow=True,
    )

    assert said(response) == ["Recipes hold amounts of it in its unit."]
    food.refresh_from_db()
    assert (food.serving_unit, food.name != "Other") == ("g", True)


def test_two_portions_of_one_name_are_refused(desk: Client):
    food = FoodFactory()
    PortionFactory(food=food, name="1 slice", amount=28)
    second = {
        "portions-TOTAL_FORMS": "2",
        "portions-1-name": "1 slice",
        "portions-1-amount": "30",
        "portions-1-food": str(food.pk),
        "portions-1-id": "",
    }

    response = saved(desk, food, **second)

    assert response.status_code == 200
    assert list(food.portions.values_list("amount", flat=True)) == [28]


def test_the_food_of_a_recipe_is_only_read(desk: Client, ana: User):
    food = RecipeFactory(user=ana).food

    assert desk.get(url(Food, "change", food.pk)).status_code == 200
    assert desk.post(url(Food, "change", food.pk), {"name": "X"}).status_code == 403
    assert desk.post(url(Food, "delete", food.pk), {"post": "yes"}).status_code == 403
    assert Food.objects.get() == food


def test_a_food_in_use_is_not_deleted(desk: Client, ana: User):
    used, unused = FoodFactory(), FoodFactory()
    MealEntryFactory(user=ana, food=used)
    FavoriteFood.objects.create(user=ana, food=unused)

    page = desk.post(url(Food, "delete", used.pk), {"post": "yes"})
    desk.post(url(Food, "delete", unused.pk), {"post": "yes"})
    both = act(desk, "delete_selected", used, post="yes")

    assert (page.status_code, both.status_code) == (200, 200)
    assert list(Food.objects.all()) == [used]
    assert not FavoriteFood.objects.exists()


def test_unused_foods_are_deleted_together(desk: Client):
    foods = FoodFactory.create_batch(2)

    act(desk, "delete_selected", *foods, post="yes")

    assert not Food.objects.exists()


# --- What staff decide -----------------------------------------------------------------------


def test_foods_are_marked_as_checked(desk: Client, ana: User):
    food, dish = FoodFactory(), RecipeFactory(user=ana).food

    response = act(desk, "verify", food)
    refused = act(desk, "verify", dish, shelf="custom")

    assert said(response) == ["1 checked."]
    assert "0 checked." in said(refused)
    assert set(Food.objects.filter(verified=True)) == {food}
    assert AuditEntry.objects.get().detail["note"] == "Checked."


def test_that_a_food_was_checked_is_taken_back(desk: Client):
    food, other = FoodFactory(verified=True), FoodFactory()

    response = act(desk, "unverify", food)
    refused = act(desk, "unverify", other)

    assert said(response) == ["1 no longer counted as checked."]
    assert said(refused) == [
        f"{other}: Nobody said that this was checked.",
        "0 no longer counted as checked.",
    ]
    assert not Food.objects.filter(verified=True).exists()


def test_a_submission_is_published(desk: Client, shelves):
    response = act(desk, "publish", shelves["submitted"], shelf="submitted")

    shared = Food.objects.get(source_id=str(shelves["submitted"].pk))
    assert said(response) == ["1 published."]
    assert (shared.name, shared.verified, shared.created_by) == ("Skyr", True, None)
    assert Notification.objects.get().kind == "food_published"
    assert listed(desk, shelf="submitted") == []


def test_a_submission_is_rejected(desk: Client, shelves):
    act(desk, "reject", shelves["submitted"], shelf="submitted")

    assert Notification.objects.get().kind == "food_rejected"
    assert listed(desk, shelf="submitted") == []
    assert Food.objects.count() == len(shelves)


@pytest.mark.parametrize("action", ["verify", "publish", "reject", "merge"])
def test_who_may_only_look_decides_nothing(shelves, action):
    reader = browser_of(staff_who_may("view_food"))

    act(reader, action, shelves["submitted"], shelf="submitted")

    assert Food.objects.get(pk=shelves["submitted"].pk).submitted_at is not None
    assert Food.objects.count() == len(shelves)


# --- Merging ---------------------------------------------------------------------------------


def test_a_page_asks_which_food_is_kept(desk: Client, ana: User):
    foods = FoodFactory.create_batch(2, name="Skyr")
    MealEntryFactory.create_batch(3, user=ana, food=foods[0])

    page = act(desk, "merge", *foods)

    assert page.status_code == 200
    assert [food.times_logged for food in page.context["rows"]] == [3, 0]
    assert list(page.context["form"].fields["keep"].queryset) == foods
    assert Food.objects.count() == 2


def test_chosen_foods_are_merged_into_one_of_them(desk: Client, ana: User):
    keep, double = FoodFactory(name="Skyr"), FoodFactory(name="Skir")
    MealEntryFactory(user=ana, food=double)

    response = act(desk, "merge", keep, double, confirmed="yes", keep=str(keep.pk))

    assert said(response) == ["1 merged into Skyr."]
    assert list(Food.objects.all()) == [keep]
    assert MealEntry.objects.get().food_id == keep.pk
    assert AuditEntry.objects.get().detail["note"] == "Merged into it: Skir"


def test_a_persons_food_is_merged_into_any_shared_one(desk: Client, ana: User):
    keep, own = FoodFactory(name="Skyr"), CustomFoodFactory(created_by=ana)

    act(desk, "merge", own, shelf="custom", confirmed="yes", other=str(keep.pk))

    assert list(Food.objects.all()) == [keep]


@pytest.mark.parametrize("choice", ["none", "both", "custom"])
def test_an_unclear_choice_is_asked_again(desk: Client, ana: User, choice):
    foods = FoodFactory.create_batch(2)
    own = CustomFoodFactory(created_by=ana)
    fields = {
        "none": {},
        "both": {"keep": str(foods[0].pk), "other": str(foods[1].pk)},
        "custom": {"other": str(own.pk)},
    }[choice]

    page = act(desk, "merge", *foods, confirmed="yes", **fields)

    assert page.context["form"].errors
    assert Food.objects.count() == 3


def test_foods_that_cannot_be_one_stay_apart(desk: Client):
    keep, other = FoodFactory(), FoodFactory(serving_unit="ml")

    response = act(desk, "merge", keep, other, confirmed="yes", keep=str(keep.pk))

    assert "is in ml" in said(response)[0]
    assert Food.objects.count() == 2


# --- Categories ------------------------------------------------------------------------------


@pytest.fixture
def tree(db) -> dict[str, FoodCategory]:
    fruit = FoodCategoryFactory(slug="fruit", name="Fruit")
    return {
        "fruit": fruit,
        "berries": FoodCategoryFactory(slug="berries", name="Berries", parent=fruit),
        "dairy": FoodCategoryFactory(slug="dairy", name="Dairy"),
    }


def ancestors(slug: str) -> list[str]:
    node = FoodCategory.objects.get(slug=slug)
    return [above.slug for above in FoodCategory.objects.get_ancestors(node)]


def test_the_tree_unfolds_level_by_level(tree, desk: Client):
    page = desk.get(url(FoodCategory))
    below = desk.get(f"{url(FoodCategory)}children/{tree['fruit'].pk}/").json()

    roots = [category.name for category in page.context["cl"].result_list]
    assert roots == ["Dairy", "Fruit", "Uncategorized"]
    assert "Berries" in below["result_html"]
    # Scripts that the policy for foreign content would stop.
    assert "<script>" not in page.content.decode()


@pytest.mark.parametrize(
    ("node", "target", "above"),
    [
        ("dairy", "child of fruit", ["fruit"]),
        ("berries", "sibling of dairy", []),
        ("berries", "child of dairy", ["dairy"]),
        ("fruit", "child of dairy", ["dairy"]),
    ],
)
def test_a_moved_category_leaves_the_tree_sound(tree, desk: Client, node, target, above):
    relation, _, other = target.partition(" of ")
    body = {"node": tree[node].pk, "target": tree[other].pk, "relation": relation}

    response = desk.post(f"{url(FoodCategory)}move/", body)

    assert response.status_code == 200
    assert ancestors(node) == above
    assert not any(FoodCategory.objects.find_problems())


def test_a_category_is_not_moved_below_itself(tree, desk: Client):
    body = {"node": tree["fruit"].pk, "target": tree["berries"].pk, "relation": "child"}

    response = desk.post(f"{url(FoodCategory)}move/", body)

    assert response.status_code == 400
    assert ancestors("berries") == ["fruit"]
    assert not any(FoodCategory.objects.find_problems())


def test_who_may_only_look_moves_nothing(tree):
    reader = browser_of(staff_who_may("view_foodcategory"))
    body = {"node": tree["dairy"].pk, "target": tree["fruit"].pk, "relation": "child"}

    assert reader.post(f"{url(FoodCategory)}move/", body).status_code == 403
    assert ancestors("dairy") == []


def test_a_category_is_added_moved_and_renamed_by_its_form(tree, desk: Client):
    new = {
        "name": "Aronia",
        "slug": "aronia",
        "treebeard_position": "sorted-child",
        "treebeard_ref_node": str(tree["berries"].pk),
    }

    added = desk.post(url(FoodCategory, "add"), new)
    moved = saved(desk, tree["berries"], treebeard_ref_node=str(tree["dairy"].pk))
    renamed = saved(desk, tree["dairy"], name="Zebra milk")

    assert (added.status_code, moved.status_code, renamed.status_code) == (302, 302, 302)
    assert ancestors("aronia") == ["dairy", "berries"]
    assert not any(FoodCategory.objects.find_problems())
    roots = [category.name for category in FoodCategory.objects.get_root_nodes()]
    assert roots == ["Fruit", "Uncategorized", "Zebra milk"]


def test_the_slug_of_a_category_stays(tree, desk: Client):
    saved(desk, tree["dairy"], slug="other")

    assert FoodCategory.objects.filter(slug="dairy").exists()


def test_an_empty_branch_is_deleted_and_its_foods_stay(tree, desk: Client):
    food = FoodFactory(category=tree["berries"])

    response = desk.post(url(FoodCategory, "delete", tree["berries"].pk), {"post": "yes"})

    assert response.status_code == 302
    food.refresh_from_db()
    assert str(food.category_id) == UNCATEGORIZED_ID
    assert not any(FoodCategory.objects.find_problems())


def test_what_holds_others_is_not_deleted(tree, desk: Client):
    kept = [tree["fruit"], FoodCategory.objects.get(pk=UNCATEGORIZED_ID)]

    for category in kept:
        page = desk.post(url(FoodCategory, "delete", category.pk), {"post": "yes"})
        assert page.status_code == 403
    choice = {"action": "delete_selected", "_selected_action": str(kept[0].pk), "post": "yes"}
    desk.post(url(FoodCategory), choice)

    assert FoodCategory.objects.count() == 4


# --- Photos ----------------------------------------------------------------------------------


@pytest.fixture
def image(ana: User) -> Iterator[FoodImage]:
    image = FoodImageFactory(user=ana)
    image.thumbnail.save(f"food-images/{image.pk}.webp", ContentFile(b"webp"))
    yield image
    image.thumbnail.storage.delete(image.thumbnail.name)


def test_staff_see_the_thumbnail_of_a_photo(image, desk: Client):
    address = url(FoodImage, "thumbnail", image.pk)

    shown = desk.get(address)

    assert file_of(shown) == b"webp"
    assert shown.headers["Content-Type"] == "image/webp"
    assert "no-store" in shown.headers["Cache-Control"]
    assert address in desk.get(url(FoodImage)).content.decode()


def test_a_thumbnail_is_for_staff_who_may_see_photos(image, ana: User):
    address = url(FoodImage, "thumbnail", image.pk)
    reader = browser_of(staff_who_may("view_foodimage", "view_health_values"))

    assert browser_of(staff_who_may("view_foodimage")).get(address).status_code == 403
    assert browser_of(staff_who_may("view_food")).get(address).status_code == 403
    assert browser_of(ana).get(address).status_code == 302
    assert Client().get(address).status_code == 302
    assert file_of(reader.get(address)) == b"webp"


def test_a_thumbnail_that_is_gone_does_not_exist(desk: Client, image):
    image.thumbnail.storage.delete(image.thumbnail.name)

    assert desk.get(url(FoodImage, "thumbnail", image.pk)).status_code == 404
