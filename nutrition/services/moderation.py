"""What staff decide about foods: checked, for everybody, or not."""

from typing import Final
from uuid import UUID

from django.db import models, transaction

from nutrition.models import Food, FoodSource
from nutrition.services import foods
from users.errors import Conflict
from users.models.notification import NotificationCategory
from users.ownership import advance_clock
from users.services.notifications import notify

LICENCE: Final = "CC0-1.0"

# What the shared food has of the one that it was made of.
_COPIED: Final = (
    "name", "brand", "calories", "energy_kcal", "protein", "carbs", "fat", "fiber", "sugar",
    "serving_size", "serving_unit", "barcode", "gtin", "category_id", "micronutrients",
    "estimated", "trust_score",
)  # fmt: skip
# A notification has room for so much of a name.
_LONGEST_NAME: Final = 100


@transaction.atomic
def verify_food(*, food_id: UUID) -> Food:
    """Say that the numbers were checked. Only staff changes the food from then on.

    Raises Conflict for the food of a recipe, whose numbers follow from others, and for one that a
    person has for themselves alone.
    """
    food = _locked(food_id)
    foods.refuse_recipes(food)
    if food.created_by_id is not None:
        raise Conflict("This is a person's own. Publish it if they offered it.", code="custom")
    food.verified = True
    food.save(update_fields=["verified", "updated_at"])
    return food


@transaction.atomic
def unverify_food(*, food_id: UUID) -> Food:
    """Take back that the numbers were checked: imports may change the food again.

    Raises Conflict for a food that nobody checked.
    """
    food = _locked(food_id)
    if not food.verified:
        raise Conflict("Nobody said that this was checked.", code="not_verified")
    food.verified = False
    food.save(update_fields=["verified", "updated_at"])
    return food


@transaction.atomic
def publish_food(*, food_id: UUID) -> Food:
    """Make a shared, checked food of one that was submitted, and tell its creator.

    The creator's own food stays as it is; it can be merged into the shared one. Raises Conflict
    for a food that was not submitted.
    """
    food = _submitted(food_id)
    if foods.published_copy(food) is not None:
        raise foods.AlreadyPublished
    shared = Food(
        **{name: getattr(food, name) for name in _COPIED},
        verified=True,
        source=FoodSource.PERSON,
        # By it nobody is found, and no food is published twice.
        source_id=str(food.pk),
        licence=LICENCE,
    )
    shared.save()
    foods.set_portions(shared, list(food.portions.values("name", "amount")))
    _settle(
        food,
        kind="food_published",
        text="Thank you: your food {name} is now there for everybody.",
        target=shared,
    )
    return shared


@transaction.atomic
def reject_submission(*, food_id: UUID) -> Food:
    """Leave a submitted food its creator's own, and tell them. Raises Conflict as publish_food."""
    food = _submitted(food_id)
    _settle(
        food,
        kind="food_rejected",
        text="Your food {name} stays your own: staff could not take it over.",
        target=food,
    )
    return food


def _settle(food: Food, *, kind: str, text: str, target: models.Model) -> None:
    food.submitted_at = None
    food.save(update_fields=["submitted_at", "updated_at"])
    assert food.created_by_id is not None
    notify(
        user_id=food.created_by_id,
        category=NotificationCategory.NUTRITION,
        kind=kind,
        text=text.format(name=food.name[:_LONGEST_NAME]),
        target=target,
    )


def _submitted(food_id: UUID) -> Food:
    food = _locked(food_id)
    if food.created_by_id is None or food.submitted_at is None:
        raise Conflict("This food was not submitted, or is settled.", code="not_submitted")
    return food


def _locked(food_id: UUID) -> Food:
    """The food with other writers locked out: its creator's clock first, if it has one."""
    owner_id = Food.objects.values_list("created_by", flat=True).get(pk=food_id)
    if owner_id is not None:
        advance_clock(owner_id)
    return Food.objects.select_for_update(no_key=True).get(pk=food_id)
