"""Checks of the tree of food categories, and of what recipes contain."""

from typing import Final

from django.db import transaction

from nutrition.models import FoodCategory, Recipe
from nutrition.services.categories import lock_tree
from nutrition.services.recipes import STALE_RECIPES, recompute
from users.keyset import fetch
from users.services.checks import Check, Found, Track, count, found, wrong_rows


def _problems() -> tuple[list[object], list[object]]:
    """The nodes whose ranges are wrong, and those whose depth alone is."""
    *ranges, depths = FoodCategory.objects.find_problems()
    return [key for keys in ranges for key in keys], depths


def _look_at_categories(track: Track) -> Found:
    ranges, depths = _problems()
    return found(FoodCategory.objects.count(), [*ranges, *depths])


@transaction.atomic
def _number_anew(track: Track) -> int:
    """Ranges in the order of the nodes and by their depths, or depths by the ranges."""
    lock_tree()
    ranges, depths = _problems()
    nodes = list(FoodCategory.objects.order_by("tree_id", "lft", "pk"))
    if ranges:
        _range(nodes)
    elif depths:
        _deepen(nodes)
    FoodCategory.objects.bulk_update(nodes, ["tree_id", "lft", "rgt", "depth"])
    return len(ranges) + len(depths)


def _range(nodes: list[FoodCategory]) -> None:
    """A node is in the nearest one before it that is less deep."""
    number, tree = 0, 0
    inside: list[FoodCategory] = []
    for node in nodes:
        while inside and inside[-1].depth >= node.depth:
            number += 1
            inside.pop().rgt = number
        if not inside:
            number, tree = 0, tree + 1
        number += 1
        node.lft, node.tree_id = number, tree
        node.depth = len(inside) + 1
        inside.append(node)
    while inside:
        number += 1
        inside.pop().rgt = number


def _deepen(nodes: list[FoodCategory]) -> None:
    for node in nodes:
        node.depth = 1 + sum(
            other.tree_id == node.tree_id and other.lft < node.lft and node.rgt < other.rgt
            for other in nodes
        )


def _look_at_recipes(track: Track) -> Found:
    total = Found(count(Recipe._meta.db_table))
    return total + wrong_rows(STALE_RECIPES, prefix="recipe ")


def _compute_anew(track: Track) -> int:
    stale = [row["id"] for row in fetch(STALE_RECIPES, {})]
    recipes = Recipe.objects.filter(pk__in=stale).order_by("user", "pk")
    return sum(recompute([one]) for one in track(list(recipes.values_list("user_id", "pk"))))


CHECKS: Final = (
    Check(
        name="categories",
        about="The ranges and depths of food categories make a tree.",
        look=_look_at_categories,
        mend=_number_anew,
    ),
    Check(
        name="recipes",
        about="The food of each recipe contains what the recipe's foods do.",
        look=_look_at_recipes,
        mend=_compute_anew,
    ),
)
