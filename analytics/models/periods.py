"""Days, weeks and months of training and food, added up."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from analytics.models.derived import DerivedModel, Validity, validity_field
from users.ownership import OwnedModel, SyncedQuerySet


class TrainingDay(DerivedModel):
    """What the workouts of a day amount to, with those that still run."""

    date = models.DateField(help_text="The person's own day.")
    workouts = models.IntegerField(default=0)
    minutes = models.IntegerField(default=0, help_text="min")
    volume = models.FloatField(default=0, help_text="kg; load × reps of the working sets")
    sets_count = models.IntegerField(default=0, help_text="Working sets.")
    reps = models.IntegerField(default=0, help_text="Of the working sets.")
    distance_km = models.FloatField(default=0, help_text="km; of the working sets")
    hard_sets = models.IntegerField(
        default=0, help_text="Working sets that left at most 4 repetitions, as far as is known."
    )
    muscle_sets = models.JSONField(default=dict, help_text="Fractional hard sets by muscle.")
    calories_burned = models.IntegerField(default=0, help_text="kcal, gross")
    net_calories_kcal = models.FloatField(
        default=0, help_text="kcal above rest, as far as the body weight is known"
    )
    lifting_load = models.FloatField(
        default=0, help_text="Session RPE × minutes of the part that is no cardio."
    )
    cardio_load = models.FloatField(default=0, help_text="Session RPE × minutes of cardio.")
    rated_load = models.FloatField(
        default=0, help_text="Of both loads, what comes from efforts that were rated."
    )
    # Filled in once the records are known, from which later days follow as well.
    intensity_reps = models.IntegerField(
        default=0, db_default=0, help_text="Of the sets with a load whose 1RM was known."
    )
    relative_reps = models.FloatField(
        default=0, db_default=0, help_text="Those repetitions, each by its share of the 1RM."
    )
    intensity_sets = models.IntegerField(default=0, db_default=0, help_text="Those sets.")
    intensity_left_out = models.IntegerField(
        default=0, db_default=0, help_text="Sets with a load whose 1RM was not known."
    )
    # With which rows of the diary it was made; another number or a later one makes it again.
    source_rows = models.IntegerField(default=0, editable=False)
    source_revision = models.BigIntegerField(default=0, editable=False)

    objects: ClassVar[SyncedQuerySet["TrainingDay"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(DerivedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "date"], name="trainingday_once")]

    def __str__(self) -> str:
        return str(self.date)


class NutritionSummary(DerivedModel):
    """What was eaten and drunk on a day, and how far it kept to the goals of that day."""

    date = models.DateField(help_text="The person's own day.")
    calories = models.IntegerField(default=0, help_text="kcal")
    protein = models.FloatField(default=0, help_text="g")
    carbs = models.FloatField(default=0, help_text="g, without fiber")
    fat = models.FloatField(default=0, help_text="g")
    fiber = models.FloatField(default=0, help_text="g")
    sugar = models.FloatField(default=0, help_text="g")
    water = models.IntegerField(default=0, help_text="ml")
    meal_count = models.IntegerField(default=0, help_text="Entries.")
    compliance_score = models.FloatField(
        default=0, help_text="0-100; stands for nothing unless compliance_validity is valid"
    )
    compliance_validity = validity_field()
    coverage = models.FloatField(
        default=0, help_text="0-1; the weight of the goals that there are"
    )
    is_complete = models.BooleanField(
        default=False, help_text="Whether all that was eaten is logged, or seems to be."
    )
    calorie_target = models.IntegerField(null=True, help_text="kcal; of that day")
    doubt = models.FloatField(
        default=0, help_text="0-1; the share of the energy that the foods' sources leave open"
    )
    source_rows = models.IntegerField(default=0, editable=False)
    source_revision = models.BigIntegerField(default=0, editable=False)

    objects: ClassVar[SyncedQuerySet["NutritionSummary"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(DerivedModel.Meta):
        verbose_name_plural = "nutrition summaries"
        constraints = [
            models.UniqueConstraint(fields=["user", "date"], name="nutritionsummary_once"),
            models.CheckConstraint(
                condition=Q(compliance_score__gte=0, compliance_score__lte=100),
                name="nutritionsummary_score_in_range",
            ),
            models.CheckConstraint(
                condition=Q(compliance_validity__in=Validity.values),
                name="nutritionsummary_validity_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.date)


class Period(models.TextChoices):
    WEEK = "week", "Week"
    MONTH = "month", "Month"


class WorkoutAnalysis(DerivedModel):
    """The training of a week or a calendar month, which are over or still run."""

    period = models.CharField(max_length=5, choices=Period)
    start_date = models.DateField(help_text="Its first day.")
    end_date = models.DateField(help_text="Its last day.")
    total_workouts = models.IntegerField(default=0)
    total_volume = models.FloatField(default=0, help_text="kg; load × reps of the working sets")
    total_duration = models.IntegerField(default=0, help_text="min")
    total_sets = models.IntegerField(default=0, help_text="Working sets.")
    total_reps = models.IntegerField(default=0, help_text="Of the working sets.")
    hard_sets = models.IntegerField(
        default=0, help_text="Working sets that left at most 4 repetitions, as far as is known."
    )
    total_distance_km = models.FloatField(default=0, help_text="km")
    avg_intensity = models.FloatField(
        default=0, help_text="% of the 1RM known on the day, weighted by repetitions"
    )
    intensity_validity = validity_field()
    intensity_sets = models.IntegerField(default=0, help_text="Sets that it is the mean of.")
    intensity_left_out = models.IntegerField(
        default=0, help_text="Sets with a load whose 1RM was not known."
    )
    consistency_score = models.FloatField(
        default=0, help_text="0-100, of the eight weeks that were over by its end"
    )
    consistency_validity = validity_field()
    most_trained_muscle = models.CharField(max_length=50, blank=True)
    least_trained_muscle = models.CharField(max_length=50, blank=True)
    muscle_sets = models.JSONField(default=dict, help_text="Fractional hard sets by muscle.")

    objects: ClassVar[SyncedQuerySet["WorkoutAnalysis"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(DerivedModel.Meta):
        verbose_name_plural = "workout analyses"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "start_date", "end_date"], name="workoutanalysis_once"
            ),
            models.CheckConstraint(
                condition=Q(period__in=Period.values), name="workoutanalysis_period_known"
            ),
            models.CheckConstraint(
                condition=Q(consistency_score__gte=0, consistency_score__lte=100),
                name="workoutanalysis_consistency_in_range",
            ),
            models.CheckConstraint(
                condition=Q(
                    intensity_validity__in=Validity.values,
                    consistency_validity__in=Validity.values,
                ),
                name="workoutanalysis_validity_known",
            ),
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")), name="workoutanalysis_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start_date} – {self.end_date}"


class BreakReason(models.TextChoices):
    ILLNESS = "illness", "Illness"
    INJURY = "injury", "Injury"
    TRAVEL = "travel", "Travel"
    REST = "rest", "Planned rest"
    OTHER = "other", "Other"


class TrainingBreak(OwnedModel):
    """Days without training for a good reason: consistency leaves their weeks out."""

    starts_on = models.DateField(help_text="The first day off.")
    ends_on = models.DateField(
        null=True, blank=True, help_text="The first day that counts again; null while it lasts."
    )
    reason = models.CharField(max_length=10, choices=BreakReason, default=BreakReason.REST)
    notes = models.CharField(max_length=200, blank=True)

    objects: ClassVar[SyncedQuerySet["TrainingBreak"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ends_on__isnull=True),
                name="trainingbreak_one_open",
                violation_error_message="You are on a break already.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="trainingbreak_ends_after_start",
                violation_error_message="A break ends after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__gte="1970-01-01", starts_on__lte="2200-01-01")
                & (Q(ends_on__isnull=True) | Q(ends_on__lte="2200-01-01")),
                name="trainingbreak_dates_in_range",
                violation_error_message="Dates must be from 1970 to 2200.",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=BreakReason.values), name="trainingbreak_reason_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on or ''}"
