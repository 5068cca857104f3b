"""Foods that turn out to be the same one: everything that points at them moves along."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from nutrition.models import (
    FavoriteFood,
    Food,
    FoodCandidate,
    FoodImage,
    MealEntry,
    MergedFood,
    Portion,
    RecipeIngredient,
)
from nutrition.services import meals
from nutrition.services.merging import merge_foods
from tests.factories.nutrition import (
    CustomFoodFactory,
    FoodFactory,
    FoodImageFactory,
    MealEntryFactory,
    PortionFactory,
    RecipeFactory,
    RecipeIngredientFactory,
)
from tests.factories.users import UserFactory
from tests.users.races import aside, at_once, wait_for_a_blocked_connection
from users.errors import Conflict
from users.models import SyncClock, Tombstone, User
from users.ownership import advance_clock

pytestmark = pytest.mark.django_db


def merge(keep: Food, *duplicates: Food) -> Food:
    return merge_foods(keep_id=keep.pk, duplicate_ids=[food.pk for food in duplicates])


def refusal(keep: Food, *duplicates: Food) -> str:
    with pytest.raises(Conflict) as refused:
        merge(keep, *duplicates)
    return refused.value.code


def revision_of(person: User) -> int:
    return SyncClock.objects.get(user=person).revision


# --- What moves ------------------------------------------------------------------------------


def test_entries_move_along_and_keep_their_numbers(ana, ben):
    keep, double = FoodFactory(calories=100), FoodFactory(calories=90)
    for person in (ana, ben):
        MealEntryFactory(user=person, food=double, quantity=2)
    before = {person: revision_of(person) for person in (ana, ben)}

    merge(keep, double)

    assert not Food.objects.filter(pk=double.pk).exists()
    for entry in MealEntry.objects.select_related("user"):
        assert entry.food_id == keep.pk
        assert (entry.serving_calories, entry.calories) == (90, 180)
        assert entry.food_name == str(double)
        assert before[entry.user] < entry.revision <= revision_of(entry.user)


def test_a_person_whom_it_does_not_concern_notices_nothing(ana, ben):
    keep, double = FoodFactory(), FoodFactory()
    MealEntryFactory(user=ana, food=double)
    MealEntryFactory(user=ben, food=keep)
    before = revision_of(ben)

    merge(keep, double)

    assert revision_of(ben) == before


def test_recipes_take_the_numbers_of_the_kept_food(ana):
    keep, double = FoodFactory(calories=100), FoodFactory(calories=90)
    recipe = RecipeFactory(user=ana, servings=1)
    RecipeIngredientFactory(recipe=recipe, food=double, amount=200, position=1)
    RecipeIngredientFactory(recipe=recipe, food=keep, amount=100, position=2)

    merge(keep, double)

    assert [row.food for row in RecipeIngredient.objects.order_by("position")] == [keep, keep]
    recipe.refresh_from_db()
    assert recipe.food.calories == 300
    assert recipe.revision == revision_of(ana)


def test_favorites_move_along_without_doubles(ana, ben):
    keep, double, triple = FoodFactory(), FoodFactory(), FoodFactory()
    anas_double = FavoriteFood.objects.create(user=ana, food=double)
    anas = FavoriteFood.objects.create(user=ana, food=keep)
    bens = FavoriteFood.objects.create(user=ben, food=triple)
    bens_double = FavoriteFood.objects.create(user=ben, food=double)

    merge(keep, double, triple)

    assert set(FavoriteFood.objects.values_list("pk", "food")) == {
        (anas.pk, keep.pk),
        (bens.pk, keep.pk),
    }
    graves = set(Tombstone.objects.values_list("user", "object_id"))
    assert graves == {(ana.pk, anas_double.pk), (ben.pk, bens_double.pk)}


def test_photos_and_what_they_may_show_move_along(ana):
    keep, double = FoodFactory(), FoodFactory()
    image = FoodImageFactory(user=ana, food=double)
    image.candidates.create(rank=1, label="skyr", confidence=0.5, food=double)
    before = FoodImage.objects.get().revision

    merge(keep, double)

    assert FoodImage.objects.get().food_id == FoodCandidate.objects.get().food_id == keep.pk
    assert FoodImage.objects.get().revision > before


def test_the_kept_food_takes_over_portions_and_the_barcode_that_it_lacks():
    keep = FoodFactory()
    PortionFactory(food=keep, name="1 Cup", amount=150)
    double = FoodFactory(barcode="34000470693", gtin="00034000470693")
    PortionFactory(food=double, name="1 cup", amount=140)
    PortionFactory(food=double, name="1 spoon", amount=15)

    merge(keep, double)

    keep.refresh_from_db()
    assert (keep.barcode, keep.gtin) == ("34000470693", "00034000470693")
    assert set(Portion.objects.values_list("food", "name", "amount")) == {
        (keep.pk, "1 Cup", 150.0),
        (keep.pk, "1 spoon", 15.0),
    }


def test_the_kept_food_keeps_its_own_barcode_and_at_most_twenty_portions():
    keep = FoodFactory(barcode="96385074", gtin="00000096385074")
    PortionFactory.create_batch(19, food=keep)
    double = FoodFactory(barcode="34000470693", gtin="00034000470693")
    PortionFactory.create_batch(2, food=double)

    merge(keep, double)

    keep.refresh_from_db()
    assert (keep.gtin, keep.portions.count()) == ("00000096385074", 20)


def test_where_a_food_went_is_known_by_its_id_source_and_barcode():
    first = FoodFactory(name="A", source="usda", source_id="1", gtin="00034000470693")
    second = FoodFactory(name="B", source="usda", source_id="2")
    last = FoodFactory(name="C")

    merge(second, first)
    merge(last, second)

    rows = MergedFood.objects.order_by("source_id")
    assert [(row.pk, row.name, row.source, row.source_id, row.gtin) for row in rows] == [
        (first.pk, "A", "usda", "1", "00034000470693"),
        (second.pk, "B", "usda", "2", "00034000470693"),
    ]
    assert {row.merged_into for row in rows} == {last}


def test_a_persons_own_food_goes_into_a_shared_one(ana):
    keep, own = FoodFactory(name="Skyr"), CustomFoodFactory(created_by=ana, name="Ana's skyr")
    entry = MealEntryFactory(user=ana, food=own)

    merge(keep, own)

    assert MealEntry.objects.get().pk == entry.pk
    assert MealEntry.objects.get().food_id == keep.pk
    grave = Tombstone.objects.get()
    assert (grave.user, grave.resource, grave.object_id) == (ana, "nutrition.food", own.pk)
    # What ana called it is not for others.
    assert MergedFood.objects.get().name == "Skyr"


# --- What is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keep", "double", "code"),
    [
        (CustomFoodFactory, FoodFactory, "custom"),
        (CustomFoodFactory, CustomFoodFactory, "custom"),
        (FoodFactory, lambda: RecipeFactory().food, "is_recipe"),
        (lambda: RecipeFactory().food, FoodFactory, "is_recipe"),
        (FoodFactory, lambda: FoodFactory(serving_unit="ml"), "other_unit"),
        (lambda: FoodFactory(is_archived=True), FoodFactory, "archived"),
    ],
)
def test_what_cannot_be_one_food_stays_apart(
    keep: Callable[[], Food], double: Callable[[], Food], code
):
    kept, other = keep(), double()
    MealEntryFactory(user=other.created_by or UserFactory(), food=other)
    before = list(Food.objects.order_by("pk").values())

    assert refusal(kept, other) == code
    assert list(Food.objects.order_by("pk").values()) == before
    assert MealEntry.objects.get().food_id == other.pk
    assert not MergedFood.objects.exists()


def test_a_food_is_not_merged_into_itself_nor_with_what_is_gone():
    food, gone = FoodFactory(), FoodFactory()
    Food.objects.filter(pk=gone.pk).delete()

    assert refusal(food, food) == "gone"
    assert refusal(food, gone) == "gone"
    assert refusal(gone, food) == "gone"
    assert refusal(food) == "wrong_number"


def test_what_goes_wrong_on_the_way_undoes_everything(ana, monkeypatch):
    keep, double = FoodFactory(), FoodFactory()
    MealEntryFactory(user=ana, food=double)
    before = revision_of(ana)
    monkeypatch.setattr(Food, "delete", lambda self: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        merge(keep, double)

    assert MealEntry.objects.get().food_id == double.pk
    assert revision_of(ana) == before
    assert not MergedFood.objects.exists()


# --- Beside people who log -------------------------------------------------------------------


def log(person: User, *foods: Food) -> bool:
    """Whether the person was told that it is logged."""
    entries = [{"food": food.pk, "meal_type": "lunch", "quantity": 1.0} for food in foods]
    try:
        meals.log_entries(user_id=person.pk, entries=entries)
    except (ValidationError, IntegrityError):
        return False
    return True


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_while_people_log_the_foods():
    keep, *doubles = FoodFactory.create_batch(4)
    people = UserFactory.create_batch(7)
    regulars = people[:3]
    for person in regulars:
        MealEntryFactory(user=person, food=doubles[0])

    def act(number: int) -> int:
        if number == 0:
            merge(keep, *doubles)
            return 0
        # In an order of their own, as in a real request.
        return sum(2 * log(people[number - 1], doubles[2], doubles[0]) for _ in range(5))

    logged = sum(at_once(1 + len(people), act))

    assert set(MealEntry.objects.values_list("food", flat=True)) == {keep.pk}
    assert MealEntry.objects.count() == len(regulars) + logged
    assert list(Food.objects.all()) == [keep]


@pytest.mark.django_db(transaction=True)
def test_who_logs_it_for_the_first_time_at_that_moment_is_taken_along():
    keep, double = FoodFactory(), FoodFactory()
    ana, ben = UserFactory(), UserFactory()
    MealEntryFactory(user=ana, food=double)

    with transaction.atomic():
        advance_clock(ben.pk)
        # As the check of a foreign key does when the transaction ends.
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM nutrition_food WHERE id = %s FOR KEY SHARE", [double.pk])
        merged = aside(lambda: merge(keep, double))
        wait_for_a_blocked_connection()
        MealEntryFactory(user=ben, food=double)
    merged.result()

    assert {entry.food for entry in MealEntry.objects.all()} == {keep}
    assert MealEntry.objects.count() == 2
    assert MealEntry.objects.get(user=ben).revision == revision_of(ben)


@pytest.mark.django_db(transaction=True)
def test_a_food_that_is_never_free_is_left_for_later(monkeypatch):
    monkeypatch.setattr("nutrition.services.merging._PATIENCE", "10ms")
    keep, double = FoodFactory(), FoodFactory()
    ben = UserFactory()

    with transaction.atomic():
        advance_clock(ben.pk)
        MealEntryFactory(user=ben, food=double)
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM nutrition_food WHERE id = %s FOR KEY SHARE", [double.pk])
        merged = aside(lambda: refusal(keep, double))
        assert merged.result() == "busy"

    assert MealEntry.objects.get().food_id == double.pk


@pytest.mark.django_db(transaction=True)
def test_another_trouble_of_the_database_is_not_taken_for_that(monkeypatch):
    def fail(*args: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr("nutrition.services.merging._owners", fail)

    with pytest.raises(DatabaseError, match="division by zero"):
        merge(FoodFactory(), FoodFactory())


@pytest.mark.django_db(transaction=True)
def test_merges_side_by_side_do_not_wait_for_each_other():
    keep, *doubles = FoodFactory.create_batch(7)
    for person in UserFactory.create_batch(5):
        for food in doubles:
            MealEntryFactory(user=person, food=food)

    at_once(3, lambda number: merge(keep, doubles[number], doubles[number + 3]))

    assert set(MealEntry.objects.values_list("food", flat=True)) == {keep.pk}
    assert MealEntry.objects.count() == 30
    assert list(Food.objects.all()) == [keep]
