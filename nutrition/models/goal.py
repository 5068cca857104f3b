"""How much of everything a person aims for."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from nutrition.querysets import DayTargetQuerySet, PastGoalQuerySet
from users.ownership import OwnedModel, OwnedPart, SameOwner, SyncedQuerySet

TARGETS = (
    "calorie_target",
    "protein_target",
    "carbs_target",
    "fat_target",
    "fiber_target",
    "water_target",
)


LIMITS = {"calorie_target": 20_000, "water_target": 20_000}
MOST_GRAMS = 5000


class GoalAim(models.TextChoices):
    """Which way the person wants to go: compliance minds it."""

    MAINTAIN = "maintain", "Maintain"
    CUT = "cut", "Lose fat"
    GAIN = "gain", "Gain muscle"
    ENDURANCE = "endurance", "Train for endurance"


def _in_range(model: str) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            # A null passes: it says nothing.
            condition=Q(**{f"{name}__gte": 0, f"{name}__lte": LIMITS.get(name, MOST_GRAMS)}),
            name=f"{model}_{name}_in_range",
            violation_error_message=f"It must be from 0 to {LIMITS.get(name, MOST_GRAMS)}.",
        )
        for name in TARGETS
    ]


class NutritionGoal(OwnedModel):
    """The targets of a day; days of the week and training days may have others."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        editable=False,
        related_name="nutrition_goal",
    )
    calorie_target = models.IntegerField(help_text="kcal")
    protein_target = models.IntegerField(help_text="g; a floor")
    carbs_target = models.IntegerField(help_text="g, without fiber")
    fat_target = models.IntegerField(help_text="g")
    fiber_target = models.IntegerField(default=0, help_text="g; a floor")
    water_target = models.IntegerField(default=2000, help_text="ml; a floor")
    aim = models.CharField(max_length=10, choices=GoalAim, default=GoalAim.MAINTAIN)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[SyncedQuerySet["NutritionGoal"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="nutritiongoal_owner_and_id"),
            models.CheckConstraint(
                condition=Q(aim__in=GoalAim.values), name="nutritiongoal_aim_known"
            ),
            *_in_range("nutritiongoal"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PastGoal(OwnedPart):
    """What the goals were before they were changed: the days until then keep them."""

    whole = "goal"

    goal = models.ForeignKey(
        NutritionGoal, on_delete=models.CASCADE, related_name="past", db_constraint=False
    )
    valid_until = models.DateField(help_text="The last day on which they held.")
    document = models.JSONField(help_text="The targets, with those of special days.")

    objects = PastGoalQuerySet.as_manager()

    class Meta:
        constraints = [
            SameOwner(parent="goal", name="pastgoal_owner_is_goals"),
            # The days ask by owner and day.
            models.UniqueConstraint(
                fields=["user", "valid_until", "goal"], name="pastgoal_day_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Until {self.valid_until}"


class DayTarget(OwnedPart):
    """Other targets on one day of the week, or on days with or without training."""

    whole = "goal"

    goal = models.ForeignKey(
        NutritionGoal, on_delete=models.CASCADE, related_name="days", db_constraint=False
    )
    weekday = models.SmallIntegerField(null=True, help_text="1 is Monday, 7 Sunday.")
    is_training = models.BooleanField(null=True, help_text="For all training or all rest days.")
    calorie_target = models.IntegerField(null=True, help_text="kcal")
    protein_target = models.IntegerField(null=True, help_text="g")
    carbs_target = models.IntegerField(null=True, help_text="g, without fiber")
    fat_target = models.IntegerField(null=True, help_text="g")
    fiber_target = models.IntegerField(null=True, help_text="g")
    water_target = models.IntegerField(null=True, help_text="ml")

    objects = DayTargetQuerySet.as_manager()

    class Meta:
        constraints = [
            SameOwner(parent="goal", name="daytarget_owner_is_goals"),
            models.UniqueConstraint(
                fields=["user", "goal", "weekday", "is_training"],
                nulls_distinct=False,
                name="daytarget_once",
                violation_error_message="There are two targets for the same days.",
            ),
            models.CheckConstraint(
                condition=Q(weekday__isnull=True, is_training__isnull=False)
                | Q(weekday__gte=1, weekday__lte=7, is_training__isnull=True),
                name="daytarget_for_weekday_or_training",
                violation_error_message="Name a day of the week from 1 to 7, or is_training.",
            ),
            *_in_range("daytarget"),
        ]

    def __str__(self) -> str:
        if self.weekday:
            return f"Weekday {self.weekday}"
        return "Training days" if self.is_training else "Rest days"
