"""Which foods, meals and goals."""

from typing import TYPE_CHECKING, Self

from django.db.models import Q

from users.ownership import PartQuerySet, SyncedQuerySet

if TYPE_CHECKING:
    from nutrition.models import (  # noqa: F401 - named in the base classes
        DayTarget,
        Food,
        FoodCandidate,
        PastGoal,
        RecipeIngredient,
    )


class FoodQuerySet(SyncedQuerySet["Food"]):
    owner_field = "created_by"

    def visible_to(self, user_id: object) -> Self:
        """The shared table and the person's own ones."""
        return self.filter(Q(created_by=None) | Q(created_by=user_id))


class RecipeIngredientQuerySet(PartQuerySet["RecipeIngredient"]):
    whole = "recipe"


class DayTargetQuerySet(PartQuerySet["DayTarget"]):
    whole = "goal"


class PastGoalQuerySet(PartQuerySet["PastGoal"]):
    whole = "goal"


class FoodCandidateQuerySet(PartQuerySet["FoodCandidate"]):
    whole = "image"
