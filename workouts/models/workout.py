"""What a person did on a day, set by set."""

from typing import ClassVar

from django.db import models
from django.db.models import Case, Deferrable, Expression, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest, Mod
from django.db.models.lookups import Exact

from users.ownership import OwnedModel, OwnedPart, SameOwner, SyncedQuerySet
from workouts.formulas import MAX_BRZYCKI_REPS
from workouts.models.exercise import Exercise, LoadType
from workouts.querysets import ExerciseNoteQuerySet, WorkoutSetQuerySet

MAX_SETS = 500
TEMPO = r"^([0-9]{1,2}|X)(-([0-9]{1,2}|X)){3}$"


class SetType(models.TextChoices):
    WARM_UP = "warm_up", "Warm-up"
    NORMAL = "normal", "Normal"
    DROP = "drop", "Drop set"
    FAILURE = "failure", "To failure"
    AMRAP = "amrap", "As many reps as possible"


class Side(models.TextChoices):
    LEFT = "left", "Left"
    RIGHT = "right", "Right"


def _half_steps(name: str) -> Q:
    doubled = Cast(F(name) * 2.0, models.DecimalField(max_digits=5, decimal_places=2))
    return Q(Exact(Mod(doubled, Value(1)), Value(0)))


def _moved() -> Expression:
    """What a set's muscles moved, in kg, as far as it is known."""
    zero = Value(0.0)
    return Case(
        When(
            Q(load_type=LoadType.BODYWEIGHT)
            & (Q(weight__isnull=False) | Q(body_load_kg__isnull=False)),
            then=Coalesce("body_load_kg", zero) + Coalesce("weight", zero),
        ),
        When(
            Q(load_type=LoadType.ASSISTED, body_load_kg__isnull=False),
            then=Greatest(F("body_load_kg") - Coalesce("weight", zero), zero),
        ),
        When(load_type=LoadType.EXTERNAL, then=F("weight")),
        default=None,
        output_field=models.FloatField(null=True),
    )


def _brzycki() -> Expression:
    """formulas.brzycki_one_rm of what was moved, where all of it is known."""
    zero = Value(0.0)
    known = (
        Q(load_type=LoadType.EXTERNAL, weight__gt=0)
        | Q(load_type=LoadType.BODYWEIGHT, body_load_kg__gt=0)
        | Q(load_type=LoadType.ASSISTED, body_load_kg__gt=Coalesce("weight", zero))
    )
    moved = Case(
        When(load_type=LoadType.EXTERNAL, then=F("weight")),
        When(load_type=LoadType.BODYWEIGHT, then=F("body_load_kg") + Coalesce("weight", zero)),
        default=F("body_load_kg") - Coalesce("weight", zero),
        output_field=models.FloatField(),
    )
    reps = Cast("reps", models.FloatField())
    return Case(
        When(~known, then=None),
        When(reps=1, then=moved),
        When(
            reps__gte=2,
            reps__lte=MAX_BRZYCKI_REPS,
            then=moved * Value(36.0) / (Value(37.0) - reps),
        ),
        default=None,
        output_field=models.FloatField(null=True),
    )


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
    calories_burned = models.IntegerField(null=True, blank=True, help_text="kcal, gross")
    calories_estimated = models.BooleanField(
        default=False,
        editable=False,
        help_text="From MET, body weight and time, where none was given.",
    )
    body_weight_kg = models.FloatField(
        null=True, blank=True, help_text="kg, on that day; the profile's when it was logged."
    )
    session_rpe = models.FloatField(
        null=True, blank=True, help_text="Effort of the whole session, 0-10 in half steps."
    )
    notes = models.TextField(max_length=4000, blank=True)
    is_public = models.BooleanField(default=False)
    workout_plan_id = models.UUIDField(
        null=True, blank=True, help_text="The plan that it followed."
    )

    plan_run = models.ForeignKey(
        "workouts.PlanRun",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="workouts",
        db_index=False,
        help_text="The run of a plan that it is a session of.",
    )
    session_number = models.IntegerField(
        null=True, blank=True, editable=False, help_text="Which session of the run, from 1."
    )
    imported_by = models.ForeignKey(
        "workouts.WorkoutImport",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="workouts",
        db_index=False,
    )
    import_key = models.BinaryField(
        max_length=32,
        null=True,
        editable=False,
        help_text="Tells the same session of another app's file from a new one.",
    )

    objects: ClassVar[SyncedQuerySet["Workout"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        ordering = ["-date", "-start_time"]
        indexes = [
            *OwnedModel.Meta.indexes,
            # The diary, newest first; a page is one walk along it.
            models.Index(fields=["user", "-date", "-start_time", "-id"], name="workout_user_date"),
            models.Index(fields=["user", "is_public"], name="workout_user_public"),
            # The sessions of a run, and what an import brought; most workouts are neither.
            models.Index(
                fields=["plan_run"], condition=Q(plan_run__isnull=False), name="workout_of_run"
            ),
            models.Index(
                fields=["imported_by"],
                condition=Q(imported_by__isnull=False),
                name="workout_imported",
            ),
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
            SameOwner(parent="plan_run", name="workout_owner_is_plan_runs"),
            SameOwner(parent="imported_by", name="workout_owner_is_imports"),
            models.UniqueConstraint(
                fields=["user", "plan_run", "session_number"],
                condition=Q(plan_run__isnull=False),
                name="workout_plan_session_once",
                violation_error_message="This session of the plan has its workout.",
            ),
            models.UniqueConstraint(
                fields=["user", "import_key"],
                condition=Q(import_key__isnull=False),
                name="workout_imported_once",
            ),
            models.CheckConstraint(
                condition=Q(session_number__isnull=True) | Q(session_number__gte=1),
                name="workout_session_number_positive",
            ),
            models.CheckConstraint(
                condition=Q(body_weight_kg__isnull=True)
                | Q(body_weight_kg__gte=20, body_weight_kg__lte=500),
                name="workout_body_weight_in_range",
                violation_error_message="Body weight must be from 20 to 500 kg.",
            ),
            models.CheckConstraint(
                condition=Q(session_rpe__isnull=True)
                | Q(session_rpe__gte=0, session_rpe__lte=10) & _half_steps("session_rpe"),
                name="workout_session_rpe_in_range",
                violation_error_message="Session RPE must be from 0 to 10 in half steps.",
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
    weight = models.FloatField(
        null=True, blank=True, help_text="kg; added to the body, or taken off it, by load_type"
    )
    load_type = models.CharField(max_length=10, choices=LoadType, default=LoadType.EXTERNAL)
    body_load_kg = models.FloatField(
        null=True,
        blank=True,
        editable=False,
        help_text="kg of the body that were moved; none for an external load",
    )
    duration = models.IntegerField(null=True, blank=True, help_text="s")
    distance = models.FloatField(null=True, blank=True, help_text="km")
    rpe = models.FloatField(
        null=True, blank=True, help_text="Rate of perceived exertion, 1-10 in half steps."
    )
    rir = models.FloatField(
        null=True, blank=True, help_text="Repetitions in reserve, 0-10 in half steps."
    )
    set_type = models.CharField(max_length=10, choices=SetType, default=SetType.NORMAL)
    superset = models.IntegerField(
        null=True, blank=True, help_text="Sets of the same number were alternated."
    )
    rest_seconds = models.IntegerField(null=True, blank=True, help_text="s, after the set")
    tempo = models.CharField(
        max_length=11, blank=True, help_text="Down, pause, up, pause in seconds: 3-1-X-0."
    )
    side = models.CharField(max_length=5, choices=Side, blank=True, help_text="Of one-sided work.")
    discomfort = models.IntegerField(null=True, blank=True, help_text="0 none to 10 worst")
    discomfort_note = models.CharField(max_length=200, blank=True, help_text="Where, and how.")
    planned_exercise_id = models.UUIDField(
        null=True, blank=True, editable=False, help_text="Of the plan that the workout follows."
    )
    target = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="What the plan asked for when the session began.",
    )
    # Both computed by the database, so that no way of writing a set can leave them behind. one_rm
    # is the same as formulas.brzycki_one_rm; a test compares the two.
    load = models.GeneratedField(
        expression=_moved(),
        output_field=models.FloatField(null=True),
        db_persist=True,
        help_text="kg moved: the weight, and of the body what load_type says",
    )
    one_rm: ClassVar[models.GeneratedField] = models.GeneratedField(
        expression=_brzycki(),
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
                condition=Q(rpe__isnull=True) | Q(rpe__gte=1, rpe__lte=10) & _half_steps("rpe"),
                name="workoutset_rpe_in_range",
                violation_error_message="RPE must be from 1 to 10, in half steps.",
            ),
            models.CheckConstraint(
                condition=Q(rir__isnull=True) | Q(rir__gte=0, rir__lte=10) & _half_steps("rir"),
                name="workoutset_rir_in_range",
                violation_error_message="RIR must be from 0 to 10, in half steps.",
            ),
            models.CheckConstraint(
                condition=Q(superset__isnull=True) | Q(superset__gte=1, superset__lte=100),
                name="workoutset_superset_in_range",
                violation_error_message="Superset must be from 1 to 100.",
            ),
            models.CheckConstraint(
                condition=Q(rest_seconds__isnull=True)
                | Q(rest_seconds__gte=0, rest_seconds__lte=86_400),
                name="workoutset_rest_in_range",
                violation_error_message="Rest must be from 0 to 86400 seconds.",
            ),
            models.CheckConstraint(
                condition=Q(discomfort__isnull=True) | Q(discomfort__gte=0, discomfort__lte=10),
                name="workoutset_discomfort_in_range",
                violation_error_message="Discomfort must be from 0 to 10.",
            ),
            models.CheckConstraint(
                condition=Q(tempo="") | Q(tempo__regex=TEMPO),
                name="workoutset_tempo_well_formed",
                violation_error_message="Tempo must look like 3-1-X-0.",
            ),
            models.CheckConstraint(
                condition=Q(side__in=["", *Side.values]), name="workoutset_side_known"
            ),
            models.CheckConstraint(
                condition=Q(set_type__in=SetType.values), name="workoutset_type_known"
            ),
            models.CheckConstraint(
                condition=Q(load_type__in=LoadType.values), name="workoutset_load_type_known"
            ),
        ]

    def __str__(self) -> str:
        load = "" if self.weight is None else f" × {self.weight:g} kg"
        return f"{self.position}: {self.reps or '–'}{load}"


class ExerciseNote(OwnedPart):
    """What a person notes on an exercise in one workout."""

    whole = "workout"

    workout = models.ForeignKey(
        Workout, on_delete=models.CASCADE, related_name="exercise_notes", db_constraint=False
    )
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=1000)

    objects = ExerciseNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            SameOwner(parent="workout", name="exercisenote_owner_is_workouts"),
            models.UniqueConstraint(
                fields=["user", "workout", "exercise"],
                name="exercisenote_once",
                violation_error_message="An exercise has one note in a workout.",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="exercisenote_says_something"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
