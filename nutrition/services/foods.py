"""Foods that people make for themselves, and what staff put right in the shared table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from nutrition.models import Food, FoodCategory, FoodSource, Portion, RecipeIngredient
from nutrition.services import labels, recipes
from users.errors import Conflict
from users.ownership import advance_clock
from users.services import outbox

Content = Mapping[str, Any]

# What a whole change leaves out becomes this.
BLANK: Final[Content] = {
    "brand": "",
    "fiber": 0.0,
    "sugar": 0.0,
    "serving_size": 100.0,
    "serving_unit": "g",
    "barcode": "",
    "category": "uncategorized",
    "micronutrients": {},
    "portions": (),
    "is_archived": False,
}


class StaffOnly(Conflict):
    """Only staff may change this food."""


class AlreadyPublished(Conflict):
    def __init__(self) -> None:
        super().__init__("This food is there for everybody already.", code="already_published")


@transaction.atomic
def create_food(
    *, user_id: UUID, object_id: UUID, content: Content, creation_hash: bytes | None = None
) -> Food:
    """A custom food, visible to its creator alone.

    Raises ValidationError for facts that cannot be, and Conflict where the person has a food of
    this barcode.
    """
    revision = advance_clock(user_id)
    food = Food(
        id=object_id,
        created_by_id=user_id,
        is_custom=True,
        source=FoodSource.PERSON,
        creation_hash=creation_hash,
    )
    _fill(food, content)
    food.insert_at(revision)
    if content.get("portions"):
        set_portions(food, content["portions"])
    return food


@transaction.atomic
def change_food(
    *, user_id: UUID | None, food_id: UUID, content: Content, by_staff: bool = False
) -> Food:
    """Change the given fields of a custom food of this person, or, without one, of a shared food.

    Given portions take the place of all that were there. What was logged keeps the facts that it
    was logged with; recipes take the new ones. Raises StaffOnly, Conflict for the food of a
    recipe, and what create_food raises.
    """
    food = _locked(user_id, food_id)
    refuse_others(food, by_staff=by_staff)
    before = {name: getattr(food, name) for name in recipes.TAKEN}
    _fill(food, content)
    if food.serving_unit != before["serving_unit"]:
        _refuse_other_unit(food)
    food.estimated = labels.still_estimated(food, before)
    food.save()
    if "portions" in content:
        set_portions(food, content["portions"])
    if any(getattr(food, name) != value for name, value in before.items()):
        _refresh_recipes(food)
    return food


@transaction.atomic
def delete_food(*, user_id: UUID | None, food_id: UUID, by_staff: bool = False) -> None:
    """Delete a custom food of this person, or, without one, a shared food that nobody uses.

    Favorites of it go along. Raises StaffOnly, Conflict for the food of a recipe, and
    ProtectedError while entries or recipes refer to it.
    """
    food = _locked(user_id, food_id)
    refuse_others(food, by_staff=by_staff)
    food.delete()


@transaction.atomic
def submit_food(*, user_id: UUID, food_id: UUID, now: datetime) -> Food:
    """Offer an own custom food to everybody: staff look at it.

    Raises Conflict for one that is offered or published already, archived, or a recipe's.
    """
    food = _locked(user_id, food_id)
    refuse_recipes(food)
    if food.is_archived:
        raise Conflict("Take it out of the archive first.", code="archived")
    if food.submitted_at is not None:
        raise Conflict("You have offered this food already.", code="already_submitted")
    if published_copy(food) is not None:
        raise AlreadyPublished
    food.submitted_at = now
    food.save(update_fields=["submitted_at", "updated_at"])
    return food


def published_copy(food: Food) -> Food | None:
    """The shared food that was made of this custom one."""
    return Food.objects.filter(source=FoodSource.PERSON, source_id=str(food.pk)).first()


def refuse_others(food: Food, *, by_staff: bool) -> None:
    """Raise StaffOnly for a food that only staff may change, Conflict for a recipe's."""
    if not by_staff and food.created_by_id is None:
        raise StaffOnly("Only staff changes shared foods.", code="shared_food")
    if not by_staff and food.verified:
        raise StaffOnly("Staff has checked this food; only staff changes it.", code="verified")
    refuse_recipes(food)


def refuse_recipes(food: Food) -> None:
    if food.source == FoodSource.RECIPE:
        raise Conflict("This is the food of a recipe: change the recipe.", code="is_recipe")


def set_portions(food: Food, portions: Sequence[Content]) -> None:
    """Make these the portions of the food; one that keeps its name keeps its id."""
    known = dict(food.portions.values_list("name", "pk"))
    wanted = {portion["name"]: portion["amount"] for portion in portions}
    Portion.objects.filter(food=food).exclude(name__in=wanted).delete()
    rows = [
        Portion(food=food, name=name, amount=amount)
        if name not in known
        else Portion(pk=known[name], food=food, name=name, amount=amount)
        for name, amount in wanted.items()
    ]
    Portion.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=["amount"]
    )


def _locked(user_id: UUID | None, food_id: UUID) -> Food:
    """The food with other writers locked out, for a person with their clock advanced."""
    if user_id is not None:
        advance_clock(user_id)
        return Food.objects.get(created_by=user_id, pk=food_id)
    # Whoever logs it meanwhile need not wait: its key stays.
    shared = Food.objects.select_for_update(no_key=True)
    return shared.get(created_by=None, pk=food_id)


def _refresh_recipes(food: Food) -> None:
    if food.created_by_id is not None:
        recipes.refresh_recipes(food_ids=[food.pk])
    else:
        # A shared food may be in the recipes of very many people.
        outbox.promise(kind="refresh_recipes", food_ids=[str(food.pk)])


def _fill(food: Food, content: Content) -> None:
    apart = {"portions", "category"}
    labels.take(food, {name: value for name, value in content.items() if name not in apart})
    if "category" in content:
        food.category_id = _category_id(content["category"])
    if "barcode" in content:
        _refuse_second(food)


def _refuse_other_unit(food: Food) -> None:
    if RecipeIngredient.objects.filter(food=food).exists():
        raise Conflict("Recipes hold amounts of it in its unit.", code="unit_in_use")


def _category_id(slug: str) -> UUID:
    categories = FoodCategory.objects.filter(slug=slug)
    found: UUID | None = categories.values_list("pk", flat=True).first()
    if found is None:
        raise labels.refusal("category", "does_not_exist", f"There is no category {slug}.")
    return found


def _refuse_second(food: Food) -> None:
    """A scan leads to one food of the person."""
    if not food.gtin or food.created_by_id is None:
        return
    same = Food.objects.filter(created_by=food.created_by_id, gtin=food.gtin)
    if same.exclude(pk=food.pk).exists():
        raise Conflict("You have a food of this barcode.", code="barcode_taken")
