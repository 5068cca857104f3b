"""What a person did on a day, set by set."""

from typing import ClassVar

from django.db import models
from django.db.models import Case, Deferrable, F, Q, Value, When
from django.db.models.functions import Cast

from users.ownership import OwnedModel, OwnedPart, SameOwner, SyncedQuerySet
from workouts.formulas import MAX_BRZYCKI_REPS
from workouts.models.exercise import Exercise
from workouts.querysets import WorkoutSetQuerySet


class Workout(OwnedModel):
    """One session. ``date`` and the times are what the person's own clock showed."""

    name = models.CharField(max_length=100)
    date = models.DateField(help_text="The person's own day on which it began.")
    start_time = models.TimeField(help_text="Local")
    end_time = models.TimeField(
        null=True, blank=True, help_text="Local; before start_time when it went past midnight."
    )
    duration = models.IntegerField(
        default=0, help_text="min; follows from start and end where both are known"
    )
    started_at = models.DateTimeField(help_text="The instant of date and start_time.")
    finished_at = models.DateTimeField(null=True, blank=True)
    timezone = models.CharField(
        max_length=50, help_text="IANA name of the zone in which it was logged."
    )
    in_progress = models.BooleanField(default=False, help_text="Started and not yet finished.")
    calories_burned = models.IntegerField(null=True, blank=True, help_text="kcal")
    notes = models.TextField(max_length=4000, blank=True)
    is_public = models.BooleanField(default=False)
    workout_plan_id = models.UUIDField(
        null=True, blank=True, help_text="The plan that it followed."
    )

    objects: ClassVar[SyncedQuerySet["Workout"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        ordering = ["-date", "-start_time"]
        indexes = [
            *OwnedModel.Meta.indexes,
            # The diary, newest first; a page is one walk along it.
            models.Index(fields=["user", "-date", "-start_time", "-id"], name="workout_user_date"),
            models.Index(fields=["user", "is_public"], name="workout_user_public"),
        ]
        constraints = [
            # What a set's foreign key over (owner, workout) points at.
            models.UniqueConstraint(fields=["user", "id"], name="workout_owner_and_id"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(in_progress=True),
                name="workout_one_in_progress",
                violation_error_message="Finish your running workout first.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="workout_named", violation_error_message="Name it."
            ),
            models.CheckConstraint(
                condition=Q(duration__gte=0, duration__lte=2880),
                name="workout_duration_in_range",
                violation_error_message="Duration must be from 0 to 2880 minutes.",
            ),
            models.CheckConstraint(
                condition=Q(calories_burned__isnull=True)
                | Q(calories_burned__gte=0, calories_burned__lte=20000),
                name="workout_calories_in_range",
                violation_error_message="Calories burned must be from 0 to 20000 kcal.",
            ),
            models.CheckConstraint(
                condition=Q(date__gte="1970-01-01", date__lte="2200-01-01"),
                name="workout_date_in_range",
                violation_error_message="Date must be from 1970 to 2200.",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="workout_ends_after_start",
                violation_error_message="A workout ends after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(in_progress=False) | Q(finished_at__isnull=True),
                name="workout_in_progress_is_open",
                violation_error_message="A running workout has no end.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.date}"


class WorkoutSet(OwnedPart):
    """One set of an exercise. Empty fields were not measured."""

    whole = "workout"

    workout = models.ForeignKey(
        Workout, on_delete=models.CASCADE, related_name="sets", db_constraint=False
    )
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="sets")
    position = models.IntegerField(help_text="Place in the workout, from 1.")
    set_number = models.IntegerField(help_text="Which set of this exercise, from 1.")
    reps = models.IntegerField(null=True, blank=True)
    weight = models.FloatField(null=True, blank=True, help_text="kg")
    duration = models.IntegerField(null=True, blank=True, help_text="s")
    distance = models.FloatField(null=True, blank=True, help_text="km")
    rpe = models.IntegerField(null=True, blank=True, help_text="Rate of perceived exertion, 1-10.")
    # Computed by the database, so that no way of writing a set can leave it behind. The same as
    # formulas.brzycki_one_rm; a test compares the two.
    one_rm: ClassVar[models.GeneratedField] = models.GeneratedField(
        expression=Case(
            When(Q(weight__isnull=True) | Q(weight__lte=0), then=None),
            When(reps=1, then=F("weight")),
            When(
                reps__gte=2,
                reps__lte=MAX_BRZYCKI_REPS,
                then=F("weight") * Value(36.0) / (Value(37.0) - Cast("reps", models.FloatField())),
            ),
            default=None,
        ),
        output_field=models.FloatField(null=True),
        db_persist=True,
        help_text="kg; one-repetition maximum after Brzycki, for 1-10 reps",
    )
    notes = models.CharField(max_length=200, blank=True)

    objects = WorkoutSetQuerySet.as_manager()

    class Meta:
        ordering = ["workout", "set_number"]
        constraints = [
            SameOwner(parent="workout", name="workoutset_owner_is_workouts"),
            # Checked at the end of a statement, so that one statement can swap two sets.
            models.UniqueConstraint(
                fields=["user", "workout", "exercise", "set_number"],
                name="workoutset_number_once",
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message="This exercise already has a set of this number.",
            ),
            models.UniqueConstraint(
                fields=["user", "workout", "position"],
                name="workoutset_position_once",
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message="This workout already has a set at this position.",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=1000),
                name="workoutset_position_in_range",
                violation_error_message="Position must be from 1 to 1000.",
            ),
            models.CheckConstraint(
                condition=Q(set_number__gte=1, set_number__lte=1000),
                name="workoutset_number_in_range",
                violation_error_message="Set number must be from 1 to 1000.",
            ),
            models.CheckConstraint(
                condition=Q(reps__isnull=True) | Q(reps__gte=0, reps__lte=10_000),
                name="workoutset_reps_in_range",
                violation_error_message="Reps must be from 0 to 10000.",
            ),
            models.CheckConstraint(
                condition=Q(weight__isnull=True) | Q(weight__gte=0, weight__lte=2000),
                name="workoutset_weight_in_range",
                violation_error_message="Weight must be from 0 to 2000 kg.",
            ),
            models.CheckConstraint(
                condition=Q(duration__isnull=True) | Q(duration__gte=0, duration__lte=172_800),
                name="workoutset_duration_in_range",
                violation_error_message="Duration must be from 0 to 172800 seconds.",
            ),
            models.CheckConstraint(
                condition=Q(distance__isnull=True) | Q(distance__gte=0, distance__lte=2000),
                name="workoutset_distance_in_range",
                violation_error_message="Distance must be from 0 to 2000 km.",
            ),
            models.CheckConstraint(
                condition=Q(rpe__isnull=True) | Q(rpe__gte=1, rpe__lte=10),
                name="workoutset_rpe_in_range",
                violation_error_message="RPE must be from 1 to 10.",
            ),
        ]

    def __str__(self) -> str:
        load = "" if self.weight is None else f" × {self.weight:g} kg"
        return f"{self.position}: {self.reps or '–'}{load}"
