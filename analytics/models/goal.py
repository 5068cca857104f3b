"""What a person wants to reach: three kinds of goals in tables that are read together."""

from django.db import models
from django.db.models import F, Q
from polymorphic.models import PolymorphicModel

from analytics.querysets import GoalManager
from users.ownership import OwnedModel
from workouts.models import Exercise


class GoalStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    ACHIEVED = "achieved", "Achieved"
    ABANDONED = "abandoned", "Given up"


class GoalKind(models.TextChoices):
    STRENGTH = "strength", "A 1RM"
    BODY = "body", "A measure of the body"
    HABIT = "habit", "A habit"


class Goal(PolymorphicModel, OwnedModel):  # type: ignore[misc]
    """Something to reach. Where it stands follows from the diaries."""

    title = models.CharField(max_length=100)
    start_date = models.DateField(help_text="The person's own day.")
    target_date = models.DateField(null=True, blank=True, help_text="By when, if by any day.")
    is_abandoned = models.BooleanField(default=False, help_text="Whether it was given up.")
    notes = models.CharField(max_length=500, blank=True)
    # What follows from the diaries; the refresh writes it.
    start_value = models.FloatField(
        null=True, editable=False, help_text="Where it began, in the unit of the goal."
    )
    current_value = models.FloatField(null=True, editable=False, help_text="Where it stands.")
    progress_percent = models.FloatField(
        null=True, editable=False, help_text="0-100, of the way from start to target"
    )
    achieved_on = models.DateField(
        null=True, editable=False, help_text="The first day on which it was reached."
    )
    forecast_date = models.DateField(
        null=True, editable=False, help_text="When it is reached at the present pace."
    )
    announced_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the person was told that it was reached; they are told once.",
    )

    objects = GoalManager()  # type: ignore[misc]

    class Meta(OwnedModel.Meta):
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""), name="goal_titled", violation_error_message="Name it."
            ),
            models.CheckConstraint(
                condition=Q(target_date__isnull=True) | Q(target_date__gt=F("start_date")),
                name="goal_ends_after_start",
                violation_error_message="The target date must be after the start.",
            ),
            models.CheckConstraint(
                condition=Q(start_date__gte="1970-01-01", start_date__lte="2200-01-01")
                & (Q(target_date__isnull=True) | Q(target_date__lte="2200-01-01")),
                name="goal_dates_in_range",
                violation_error_message="Dates must be from 1970 to 2200.",
            ),
            models.CheckConstraint(
                condition=Q(progress_percent__isnull=True)
                | Q(progress_percent__gte=0, progress_percent__lte=100),
                name="goal_progress_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"since {self.start_date}"

    def insert_at(self, revision: int) -> None:
        # What save() does for it otherwise.
        self.pre_save_polymorphic()
        super().insert_at(revision)

    @property
    def status(self) -> GoalStatus:
        if self.achieved_on is not None:
            return GoalStatus.ACHIEVED
        return GoalStatus.ABANDONED if self.is_abandoned else GoalStatus.ACTIVE


class StrengthGoal(Goal):
    """A one-repetition maximum, as tested or estimated."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="+")
    target_kg = models.FloatField(help_text="kg")

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(target_kg__gt=0, target_kg__lte=2000),
                name="strengthgoal_target_in_range",
                violation_error_message="The target must be above 0 and at most 2000 kg.",
            )
        ]


class BodyMeasure(models.TextChoices):
    WEIGHT = "weight", "Weight, kg"
    BODY_FAT = "body_fat", "Body fat, %"
    MUSCLE_MASS = "muscle_mass", "Muscle mass, kg"
    CHEST = "chest", "Chest, cm"
    WAIST = "waist", "Waist, cm"
    HIPS = "hips", "Hips, cm"
    ARMS = "arms", "Arms, cm"
    THIGHS = "thighs", "Thighs, cm"


class BodyGoal(Goal):
    """A measure of the body, above or below where it begins."""

    measure = models.CharField(max_length=15, choices=BodyMeasure)
    target_value = models.FloatField(help_text="kg, % or cm, by measure")

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(measure__in=BodyMeasure.values), name="bodygoal_measure_known"
            ),
            models.CheckConstraint(
                condition=Q(target_value__gt=0, target_value__lte=500),
                name="bodygoal_target_in_range",
                violation_error_message="The target must be above 0 and at most 500.",
            ),
        ]


class Habit(models.TextChoices):
    WORKOUTS = "workouts", "Days with a workout"
    FOOD_LOGGED = "food_logged", "Days whose food is all logged"
    CALORIES_KEPT = "calories_kept", "Days within 10 % of the calorie target"
    WEIGH_INS = "weigh_ins", "Days with a weigh-in"
    WATER = "water", "Days with two liters of water"


class HabitGoal(Goal):
    """Something done on so many days of a week, for so many weeks in a row."""

    habit = models.CharField(max_length=15, choices=Habit)
    days_per_week = models.IntegerField(help_text="1-7")
    weeks = models.IntegerField(help_text="Weeks in a row, 1-104.")

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(habit__in=Habit.values), name="habitgoal_habit_known"
            ),
            models.CheckConstraint(
                condition=Q(days_per_week__gte=1, days_per_week__lte=7),
                name="habitgoal_days_in_range",
                violation_error_message="Days per week must be from 1 to 7.",
            ),
            models.CheckConstraint(
                condition=Q(weeks__gte=1, weeks__lte=104),
                name="habitgoal_weeks_in_range",
                violation_error_message="Weeks must be from 1 to 104.",
            ),
        ]
