"""A person following a plan: where they are, what they can load, and why loads moved."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from users.ownership import OwnedModel, OwnedPart, SameOwner, SyncedQuerySet
from workouts.models.exercise import Exercise
from workouts.models.plan import PlanVersion, WorkoutPlan
from workouts.querysets import (
    PlanPauseQuerySet,
    RuleEvaluationQuerySet,
    SkippedSessionQuerySet,
)


class RunStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    FINISHED = "finished", "Finished"


class TrainingMaxSource(models.TextChoices):
    TESTED = "tested", "Tested"
    ESTIMATED = "estimated", "Estimated"
    MANUAL = "manual", "Chosen"


class Gym(OwnedModel):
    """What there is to lift in a place where the person trains."""

    name = models.CharField(max_length=100)
    is_default = models.BooleanField(default=False, help_text="Where the person usually trains.")
    equipment = ArrayField(
        models.SlugField(max_length=30), default=list, blank=True, size=40, help_text="Slugs"
    )
    inventory = models.JSONField(
        help_text="Bars, plates, dumbbells and steps in kg; its JSON schema is in the API."
    )

    objects: ClassVar[SyncedQuerySet["Gym"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="gym_owner_and_id"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(is_default=True),
                name="gym_one_default",
                violation_error_message="Another gym is the default one.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="gym_named"),
        ]

    def __str__(self) -> str:
        return self.name


class TrainingMax(OwnedModel):
    """What percentages of a plan refer to, from a day on."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="+")
    value_kg = models.FloatField(help_text="kg")
    source = models.CharField(
        max_length=10, choices=TrainingMaxSource, default=TrainingMaxSource.MANUAL
    )
    valid_from = models.DateField(help_text="The person's own day.")

    objects: ClassVar[SyncedQuerySet["TrainingMax"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        verbose_name_plural = "training maxima"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "exercise", "valid_from"],
                name="trainingmax_once_a_day",
                violation_error_message="This exercise has a training max from that day.",
            ),
            models.CheckConstraint(
                condition=Q(value_kg__gt=0, value_kg__lte=2000),
                name="trainingmax_in_range",
                violation_error_message="A training max must be above 0 and at most 2000 kg.",
            ),
            models.CheckConstraint(
                condition=Q(source__in=TrainingMaxSource.values), name="trainingmax_source_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value_kg:g} kg"


class PlanRun(OwnedModel):
    """Following one version of a plan, session by session."""

    plan = models.ForeignKey(
        WorkoutPlan, on_delete=models.CASCADE, related_name="runs", db_constraint=False
    )
    version = models.ForeignKey(
        PlanVersion, on_delete=models.CASCADE, related_name="runs", db_constraint=False
    )
    gym = models.ForeignKey(
        Gym, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.ACTIVE)
    started_on = models.DateField(help_text="The person's own day.")
    finished_on = models.DateField(null=True, blank=True)
    start_state = models.JSONField(
        default=dict, editable=False, help_text="Where each track stood when the run began."
    )
    state = models.JSONField(
        default=dict,
        editable=False,
        help_text="Where each track stands; follows from start_state and the sessions.",
    )
    replayed = models.BinaryField(
        max_length=32,
        null=True,
        editable=False,
        help_text="SHA-256 of the sessions that state and evaluations were made from.",
    )

    objects: ClassVar[SyncedQuerySet["PlanRun"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [
            SameOwner(parent="plan", name="planrun_owner_is_plans"),
            SameOwner(parent="version", name="planrun_owner_is_versions"),
            SameOwner(parent="gym", name="planrun_owner_is_gyms"),
            models.UniqueConstraint(fields=["user", "id"], name="planrun_owner_and_id"),
            models.UniqueConstraint(
                fields=["user", "plan"],
                condition=~Q(status=RunStatus.FINISHED),
                name="planrun_one_open_per_plan",
                violation_error_message="You follow this plan already.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=RunStatus.values), name="planrun_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status=RunStatus.FINISHED, finished_on__isnull=False)
                | ~Q(status=RunStatus.FINISHED) & Q(finished_on__isnull=True),
                name="planrun_finished_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} since {self.started_on}"


class PlanPause(OwnedPart):
    """Days that do not count, as in an illness; ``ends_on`` is the first that counts again."""

    whole = "run"

    run = models.ForeignKey(
        PlanRun, on_delete=models.CASCADE, related_name="pauses", db_constraint=False
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=100, blank=True)

    objects = PlanPauseQuerySet.as_manager()

    class Meta:
        constraints = [
            SameOwner(parent="run", name="planpause_owner_is_runs"),
            models.UniqueConstraint(
                fields=["user", "run"],
                condition=Q(ends_on__isnull=True),
                name="planpause_one_open",
                violation_error_message="This run is paused already.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="planpause_ends_after_start",
                violation_error_message="A pause ends after it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on or ''}"


class SkippedSession(OwnedPart):
    """A session of a run that the person left out."""

    whole = "run"

    run = models.ForeignKey(
        PlanRun, on_delete=models.CASCADE, related_name="skipped", db_constraint=False
    )
    number = models.IntegerField(help_text="Which session of the run, from 1.")
    skipped_on = models.DateField()

    objects = SkippedSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            SameOwner(parent="run", name="skippedsession_owner_is_runs"),
            models.UniqueConstraint(
                fields=["user", "run", "number"],
                name="skippedsession_once",
                violation_error_message="This session was skipped already.",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="skippedsession_number_positive"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class RuleEvaluation(OwnedPart):
    """One decision of a progression rule, with what it looked at."""

    whole = "run"

    run = models.ForeignKey(
        PlanRun, on_delete=models.CASCADE, related_name="evaluations", db_constraint=False
    )
    session_number = models.IntegerField()
    place = models.IntegerField(help_text="Order of the decisions of a session, from 1.")
    planned_exercise_id = models.UUIDField(help_text="In the version that the run follows.")
    name = models.CharField(max_length=100, help_text="Of the exercise.")
    track = models.CharField(max_length=40)
    rule = models.CharField(max_length=30)
    action = models.CharField(max_length=20)
    reason = models.CharField(max_length=500)
    inputs = models.JSONField()
    before = models.JSONField()
    after = models.JSONField()
    evaluated_at = models.DateTimeField()

    objects = RuleEvaluationQuerySet.as_manager()

    class Meta:
        constraints = [
            SameOwner(parent="run", name="ruleevaluation_owner_is_runs"),
            models.UniqueConstraint(
                fields=["user", "run", "session_number", "place"], name="ruleevaluation_once"
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:80]
