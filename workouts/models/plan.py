"""Plans as they are edited. A run follows the version that it was started on."""

from django.db import models
from django.db.models import Deferrable, Q

from users.models.profile import FitnessLevel
from users.ownership import OwnedModel, OwnedPart, SameOwner
from workouts.models.exercise import Exercise
from workouts.models.workout import SetType
from workouts.querysets import (
    PlannedExerciseQuerySet,
    PlannedSetQuerySet,
    PlanVersionQuerySet,
    WorkoutDayQuerySet,
    WorkoutPlanQuerySet,
)


class PlannedLoad(models.TextChoices):
    WORKING = "working", "The working load, which the progression rule moves"
    ABSOLUTE = "absolute", "kg"
    PERCENT_1RM = "percent_1rm", "Percent of the one-repetition maximum"
    PERCENT_TM = "percent_tm", "Percent of the training max"
    PERCENT_OF_FIRST = "percent_of_first", "Percent of the first work set"
    PERCENT_OF_PREVIOUS = "percent_of_previous", "Percent of the set before"
    REP_MAX = "rep_max", "Heaviest load for so many reps"
    RPE = "rpe", "By RPE"
    RIR = "rir", "By reps in reserve"
    BODYWEIGHT = "bodyweight", "Body weight, and so many kg"
    ASSISTED = "assisted", "Body weight, less so many kg"
    OPEN = "open", "As the person chooses"


class WorkoutPlan(OwnedModel):
    """A training program: its days in the order in which they are trained, week after week."""

    name = models.CharField(max_length=100)
    description = models.TextField(max_length=4000, blank=True)
    goal = models.CharField(max_length=50)
    days_per_week = models.IntegerField()
    duration_weeks = models.IntegerField(default=4)
    fitness_level = models.CharField(max_length=20, choices=FitnessLevel)
    is_public = models.BooleanField(default=False)
    is_ai_generated = models.BooleanField(default=False, editable=False)
    progression_strategy = models.TextField(max_length=4000, blank=True)
    cycle_weeks = models.IntegerField(
        default=1, help_text="After so many weeks the set schemes begin anew."
    )
    deload = models.JSONField(
        null=True, blank=True, help_text="Planned easier weeks: weeks, load_percent, sets_percent."
    )
    version = models.IntegerField(
        default=1, editable=False, help_text="Counts the changes of its content."
    )
    copied_from = models.UUIDField(
        null=True, blank=True, editable=False, help_text="A plan that may be gone by now."
    )
    program = models.SlugField(
        max_length=100,
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text="What the shipped programs call it; none for a person's own.",
    )

    objects = WorkoutPlanQuerySet.as_manager()

    class Meta(OwnedModel.Meta):
        indexes = [
            *OwnedModel.Meta.indexes,
            # The person's plans, newest first.
            models.Index(fields=["user", "-id"], name="plan_user"),
            models.Index(fields=["fitness_level", "is_public"], name="plan_level_public"),
            # The library, newest first.
            models.Index(fields=["-id"], condition=Q(is_public=True), name="plan_library"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="plan_owner_and_id"),
            models.CheckConstraint(
                condition=~Q(name=""), name="plan_named", violation_error_message="Name it."
            ),
            models.CheckConstraint(
                condition=Q(days_per_week__gte=1, days_per_week__lte=7),
                name="plan_days_in_range",
                violation_error_message="Days per week must be from 1 to 7.",
            ),
            models.CheckConstraint(
                condition=Q(duration_weeks__gte=1, duration_weeks__lte=52),
                name="plan_weeks_in_range",
                violation_error_message="A plan lasts from 1 to 52 weeks.",
            ),
            models.CheckConstraint(
                condition=Q(cycle_weeks__gte=1, cycle_weeks__lte=52),
                name="plan_cycle_in_range",
                violation_error_message="A cycle lasts from 1 to 52 weeks.",
            ),
            models.CheckConstraint(
                condition=Q(fitness_level__in=FitnessLevel.values), name="plan_level_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkoutDay(OwnedPart):
    whole = "plan"

    plan = models.ForeignKey(
        WorkoutPlan, on_delete=models.CASCADE, related_name="days", db_constraint=False
    )
    day_number = models.IntegerField(help_text="Which day in the plan, 1-7.")
    focus = models.CharField(max_length=100, help_text='Such as "Upper body".')
    warm_up = models.TextField(max_length=4000, blank=True)
    cool_down = models.TextField(max_length=4000, blank=True)

    objects = WorkoutDayQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "day_number"]
        constraints = [
            SameOwner(parent="plan", name="workoutday_owner_is_plans"),
            models.UniqueConstraint(fields=["user", "id"], name="workoutday_owner_and_id"),
            models.UniqueConstraint(
                fields=["user", "plan", "day_number"],
                name="workoutday_number_once",
                violation_error_message="The plan already has a day of this number.",
            ),
            models.CheckConstraint(
                condition=Q(day_number__gte=1, day_number__lte=7),
                name="workoutday_number_in_range",
                violation_error_message="Day number must be from 1 to 7.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day_number}: {self.focus}"


class PlannedExercise(OwnedPart):
    whole = "day"

    day = models.ForeignKey(
        WorkoutDay, on_delete=models.CASCADE, related_name="exercises", db_constraint=False
    )
    exercise = models.ForeignKey(
        Exercise, on_delete=models.CASCADE, null=True, blank=True, related_name="planned"
    )
    name = models.CharField(max_length=100, help_text="Also of an exercise in no catalogue.")
    sets = models.IntegerField(help_text="Number of work sets.")
    reps = models.CharField(max_length=50, help_text='"8-12" or similar.')
    rest_seconds = models.IntegerField(default=60)
    notes = models.TextField(max_length=4000, blank=True)
    order = models.IntegerField(help_text="Place in the day, from 1.")
    superset = models.IntegerField(null=True, blank=True)
    tempo = models.CharField(max_length=11, blank=True)
    unilateral = models.BooleanField(default=False)
    track = models.CharField(
        max_length=40, blank=True, help_text="Exercises of one track share their progress."
    )
    start_load_kg = models.FloatField(null=True, blank=True)
    start_percent_1rm = models.FloatField(null=True, blank=True)
    progression = models.JSONField(
        null=True, blank=True, help_text="A progression rule; its JSON schema is in the API."
    )

    objects = PlannedExerciseQuerySet.as_manager()

    class Meta:
        ordering = ["day", "order"]
        constraints = [
            SameOwner(parent="day", name="plannedexercise_owner_is_days"),
            models.UniqueConstraint(fields=["user", "id"], name="plannedexercise_owner_and_id"),
            models.UniqueConstraint(
                fields=["user", "day", "order"],
                name="plannedexercise_order_once",
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message="The day already has an exercise at this place.",
            ),
            models.CheckConstraint(
                condition=Q(sets__gte=0, sets__lte=100), name="plannedexercise_sets_in_range"
            ),
            models.CheckConstraint(
                condition=Q(rest_seconds__gte=0, rest_seconds__lte=3600),
                name="plannedexercise_rest_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.sets} × {self.reps}"


class PlannedSet(OwnedPart):
    """Equal sets in a row; see workouts.training.document.SetScheme."""

    whole = "planned_exercise"

    planned_exercise = models.ForeignKey(
        PlannedExercise,
        on_delete=models.CASCADE,
        related_name="planned_sets",
        db_constraint=False,
    )
    order = models.IntegerField()
    set_type = models.CharField(max_length=10, choices=SetType, default=SetType.NORMAL)
    count = models.IntegerField(default=1)
    week = models.IntegerField(null=True, blank=True, help_text="Of the cycle; every week else.")
    reps_min = models.IntegerField(null=True, blank=True)
    reps_max = models.IntegerField(null=True, blank=True)
    duration_seconds = models.IntegerField(null=True, blank=True)
    distance_km = models.FloatField(null=True, blank=True)
    load_type = models.CharField(max_length=20, choices=PlannedLoad, default=PlannedLoad.WORKING)
    load_value = models.FloatField(
        null=True, blank=True, help_text="kg, percent or reps, by load_type"
    )
    rpe = models.FloatField(null=True, blank=True)
    rir = models.FloatField(null=True, blank=True)
    rest_seconds = models.IntegerField(null=True, blank=True)
    tempo = models.CharField(max_length=11, blank=True)

    objects = PlannedSetQuerySet.as_manager()

    class Meta:
        ordering = ["planned_exercise", "order"]
        constraints = [
            SameOwner(parent="planned_exercise", name="plannedset_owner_is_exercises"),
            models.UniqueConstraint(
                fields=["user", "planned_exercise", "order"], name="plannedset_order_once"
            ),
            models.CheckConstraint(
                condition=Q(count__gte=1, count__lte=20), name="plannedset_count_in_range"
            ),
            models.CheckConstraint(
                condition=Q(load_type__in=PlannedLoad.values), name="plannedset_load_type_known"
            ),
            models.CheckConstraint(
                condition=Q(set_type__in=SetType.values), name="plannedset_type_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.reps_min or '–'}"


class PlanVersion(OwnedPart):
    """What a plan said at one time: a workouts.training.document.Plan that nobody changes."""

    whole = "plan"

    plan = models.ForeignKey(
        WorkoutPlan, on_delete=models.CASCADE, related_name="versions", db_constraint=False
    )
    version = models.IntegerField()
    document = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            SameOwner(parent="plan", name="planversion_owner_is_plans"),
            models.UniqueConstraint(fields=["user", "id"], name="planversion_owner_and_id"),
            models.UniqueConstraint(
                fields=["user", "plan", "version"], name="planversion_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.version}"
