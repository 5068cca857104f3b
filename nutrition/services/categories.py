"""The tree of categories: one writer at a time, or its ranges would cross."""

from uuid import UUID

from django.db import transaction

from nutrition.models import Food, FoodCategory
from nutrition.models.food import UNCATEGORIZED_ID
from users.errors import Conflict


def lock_tree() -> None:
    """Let other writers wait until the transaction of the caller ends."""
    list(FoodCategory.objects.order_by("pk").select_for_update().values_list("pk"))


def is_fixed(category: FoodCategory) -> bool:
    """Whether foods without a category are in it."""
    return str(category.pk) == UNCATEGORIZED_ID


@transaction.atomic
def delete_category(*, category_id: UUID) -> None:
    """Delete a category without others below it; its foods are uncategorized then.

    Raises Conflict for one with others below it and for that of the uncategorized, and
    RestrictedError while a source calls it something.
    """
    lock_tree()
    category = FoodCategory.objects.get(pk=category_id)
    if is_fixed(category):
        raise Conflict("Foods without a category are in it.", code="fixed")
    if not category.is_leaf():
        raise Conflict("Move or delete the categories below it first.", code="has_children")
    # Django would move them as well, but tell no change feed.
    Food.objects.filter(category=category).update(category=UNCATEGORIZED_ID)
    category.delete()
