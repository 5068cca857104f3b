"""What a typed label may say, and how far it is believed."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from nutrition.models import Food, FoodSource
from nutrition.services import foods, labels, moderation
from tests.factories.nutrition import (
    CustomFoodFactory,
    FoodFactory,
    PortionFactory,
    RecipeFactory,
)
from users.errors import Conflict
from users.ids import uuid7
from users.models import Notification, User, UserSettings

SKYR = {"name": "Skyr", "calories": 63, "protein": 11.0, "carbs": 4.0, "fat": 0.2}


def typed(**content) -> Food:
    food = Food(is_custom=True)
    labels.take(food, {**SKYR, **content})
    return food


def refusal(**content) -> tuple[str, str]:
    with pytest.raises(ValidationError) as refused:
        typed(**content)
    [(name, [wrong])] = refused.value.error_dict.items()
    return name, wrong.code


# --- What can be -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        {"sugar": 4.05},  # rounded up
        {"protein": 60, "carbs": 40, "fat": 5, "calories": 445},  # each of them rounded up
        {"protein": 0, "carbs": 0, "fat": 100, "calories": 902},  # oil, as USDA counts
        {"protein": 0, "carbs": 0, "fat": 0.5, "calories": 5, "serving_size": 0.5},
        {"protein": 200, "carbs": 0, "fat": 0, "calories": 800, "serving_size": 250},
        # Of a piece nobody knows the weight, and 100 ml of syrup are more than 100 g.
        {"carbs": 110, "serving_size": 100, "serving_unit": "ml"},
        {"protein": 40, "serving_size": 1, "serving_unit": "piece"},
        {"micronutrients": {"sodium_mg": 40_000}},
        {"micronutrients": {"sodium_mg": 12_000}, "serving_size": 30},
    ],
)
def test_what_can_be_is_taken(content):
    food = typed(**content)

    assert food.name == "Skyr"


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        ({"sugar": 4.1}, ("sugar", "sugar_above_carbs")),
        ({"protein": 100.1}, ("protein", "above_serving")),
        ({"fiber": 31, "serving_size": 30}, ("fiber", "above_serving")),
        (
            {"protein": 60, "carbs": 40, "fat": 5, "fiber": 0.2},
            ("serving_size", "macros_above_serving"),
        ),
        ({"calories": 903}, ("calories", "too_much_energy")),
        ({"calories": 272, "serving_size": 30}, ("calories", "too_much_energy")),
        (
            {"micronutrients": {"sodium_mg": 12_001}, "serving_size": 30},
            ("micronutrients.sodium_mg", "too_much"),
        ),
        (
            {"micronutrients": {"caffeine_mg": 10_001}, "serving_unit": "ml"},
            ("micronutrients.caffeine_mg", "too_much"),
        ),
        (
            {"micronutrients": {"iron_mg": 10_001}, "serving_unit": "piece"},
            ("micronutrients.iron_mg", "too_much"),
        ),
        ({"barcode": "34000470694"}, ("barcode", "bad_check_digit")),
        ({"barcode": "0"}, ("barcode", "bad_barcode")),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(content, refused):
    assert refusal(**content) == refused


def test_too_much_energy_in_kilojoules_is_named_as_it_was_given():
    content = {name: value for name, value in SKYR.items() if name != "calories"}

    with pytest.raises(ValidationError) as refused:
        labels.take(Food(), {**content, "energy_kj": 3800})

    assert [*refused.value.error_dict] == ["energy_kj"]


grams = st.floats(0, 60).map(lambda amount: round(amount, 2))


@given(protein=grams, carbs=grams, fat=grams, sugar=grams, size=st.floats(1, 500))
def test_whatever_is_taken_fits_into_its_serving(protein, carbs, fat, sugar, size):
    content = {"protein": protein, "carbs": carbs, "fat": fat, "sugar": sugar}

    try:
        food = typed(**content, calories=0, serving_size=size)
    except ValidationError:
        return

    assert food.sugar <= food.carbs + 0.05
    assert food.protein + food.carbs + food.fat <= 1.05 * size + 0.05
    assert 0 <= food.trust_score <= 100


@pytest.mark.parametrize(
    ("typed_unit", "stored"),
    [("g", "g"), ("G", "g"), ("Grams", "g"), ("ML", "ml"), ("millilitre", "ml"), ("Cup", "Cup")],
)
def test_grams_and_milliliters_have_one_spelling(typed_unit, stored):
    assert typed(serving_unit=typed_unit).serving_unit == stored


# --- How far it is believed ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "score"),
    [
        ({}, 59),
        ({"barcode": "34000470693"}, 59),
        ({"barcode": "2000000000008"}, 54),  # of one shop
        ({"fiber": 0.5, "sugar": 3.9}, 66),  # 15 + 25 + 10 + 10 + 6
        # The same for a serving of another size.
        ({"calories": 126, "protein": 22, "carbs": 8, "fat": 0.4, "serving_size": 200}, 59),
        # Far from what protein, carbs and fat give: taken, but not believed.
        ({"calories": 500}, 35),
        ({"serving_unit": "piece"}, None),
    ],
)
def test_a_typed_label_is_believed_as_far_as_its_numbers_agree(content, score):
    assert typed(**content).trust_score == score


@pytest.mark.django_db
def test_what_staff_type_into_a_shared_food_leaves_its_score():
    food = FoodFactory(trust_score=84)

    foods.change_food(user_id=None, food_id=food.pk, content={"calories": 90}, by_staff=True)

    assert Food.objects.get().trust_score == 84


@pytest.mark.django_db
def test_old_numbers_are_left_alone_where_only_the_name_changes():
    food = FoodFactory(sugar=50, carbs=10)

    foods.change_food(user_id=None, food_id=food.pk, content={"name": "Jam"}, by_staff=True)

    assert Food.objects.get().name == "Jam"


# --- What staff decide -----------------------------------------------------------------------


def submitted(person: User, **values) -> Food:
    food = CustomFoodFactory(created_by=person, submitted_at="2026-03-02T12:00:00Z", **values)
    PortionFactory(food=food, name="1 cup", amount=150)
    return food


@pytest.mark.django_db
def test_a_published_food_is_a_checked_copy_that_everybody_sees(ana):
    own = submitted(
        ana,
        name="Skyr bowl",
        barcode="34000470693",
        gtin="00034000470693",
        micronutrients={"sodium_mg": 48},
        trust_score=59,
    )

    shared = moderation.publish_food(food_id=own.pk)

    shared.refresh_from_db()
    assert (shared.created_by, shared.is_custom, shared.verified) == (None, False, True)
    assert (shared.source, shared.licence) == (FoodSource.PERSON, "CC0-1.0")
    assert (shared.name, shared.gtin, shared.trust_score) == ("Skyr bowl", "00034000470693", 59)
    assert (shared.calories, shared.micronutrients) == (100, {"sodium_mg": 48})
    assert [(row.name, row.amount) for row in shared.portions.all()] == [("1 cup", 150.0)]


@pytest.mark.django_db
def test_the_creator_keeps_their_own_food_and_is_told(ana):
    own = submitted(ana, name="Skyr " * 40)
    before = own.revision

    shared = moderation.publish_food(food_id=own.pk)

    own.refresh_from_db()
    assert (own.created_by, own.submitted_at, own.verified) == (ana, None, False)
    assert own.revision > before
    told = Notification.objects.get()
    assert (told.user, told.category, told.kind) == (ana, "nutrition", "food_published")
    assert told.target == shared


@pytest.mark.django_db
def test_a_rejected_food_stays_its_creators_and_they_are_told(ana):
    own = submitted(ana)

    moderation.reject_submission(food_id=own.pk)

    assert Food.objects.get().submitted_at is None
    told = Notification.objects.get()
    assert (told.user, told.kind, told.target) == (ana, "food_rejected", own)


@pytest.mark.django_db
def test_who_wants_to_hear_nothing_of_nutrition_is_not_told(ana):
    UserSettings.objects.filter(user=ana).update(notification_nutrition=False)

    moderation.reject_submission(food_id=submitted(ana).pk)

    assert not Notification.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("decide", [moderation.publish_food, moderation.reject_submission])
def test_only_what_was_submitted_is_decided_on(decide, ana):
    settled = [CustomFoodFactory(created_by=ana), FoodFactory()]

    for food in settled:
        with pytest.raises(Conflict) as refused:
            decide(food_id=food.pk)
        assert refused.value.code == "not_submitted"

    assert Food.objects.count() == 2
    assert not Notification.objects.exists()


@pytest.mark.django_db
def test_a_food_is_published_once(ana):
    own = submitted(ana)
    moderation.publish_food(food_id=own.pk)

    with pytest.raises(Conflict) as refused:
        foods.submit_food(user_id=ana.pk, food_id=own.pk, now=own.created_at)

    assert refused.value.code == "already_published"
    assert Food.objects.filter(created_by=None).count() == 1


@pytest.mark.django_db
def test_what_a_person_has_for_themselves_is_published_and_not_checked(ana):
    food = CustomFoodFactory(created_by=ana)

    with pytest.raises(Conflict) as refused:
        moderation.verify_food(food_id=food.pk)

    assert refused.value.code == "custom"
    assert not Food.objects.get().verified


@pytest.mark.django_db
def test_the_food_of_a_recipe_is_not_checked(ana):
    food = RecipeFactory(user=ana).food

    with pytest.raises(Conflict) as refused:
        moderation.verify_food(food_id=food.pk)

    assert refused.value.code == "is_recipe"
    assert not Food.objects.get().verified


@pytest.mark.django_db
def test_another_persons_food_is_not_changed_by_its_id(ana, ben):
    food = CustomFoodFactory(created_by=ana, name="Secret")

    with pytest.raises(Food.DoesNotExist):
        foods.change_food(user_id=ben.pk, food_id=food.pk, content={"name": "X"})
    with pytest.raises(Food.DoesNotExist):
        foods.delete_food(user_id=ben.pk, food_id=food.pk)

    assert Food.objects.get().name == "Secret"


@pytest.mark.django_db
def test_a_food_costs_four_statements(ana, django_assert_num_queries):
    with django_assert_num_queries(4):  # a savepoint, the clock, the food, its release
        foods.create_food(user_id=ana.pk, object_id=uuid7(), content=SKYR)
