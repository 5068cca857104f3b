"""How strong a person is, exercise by exercise."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from analytics.models.derived import DerivedModel, Validity, validity_field
from users.ownership import OwnedModel, SyncedQuerySet
from workouts.models import Exercise


class StrengthProgress(DerivedModel):
    """An exercise on a day: what was lifted, and the maximum that the best set speaks for."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="+")
    date = models.DateField(help_text="The person's own day.")
    one_rep_max = models.FloatField(
        default=0, help_text="kg; tested, or else the median of seven formulas; 0 for no answer"
    )
    one_rep_max_low_kg = models.FloatField(null=True, help_text="kg; the lowest of the seven")
    one_rep_max_high_kg = models.FloatField(null=True, help_text="kg; the highest of the seven")
    validity = validity_field()
    volume = models.FloatField(default=0, help_text="kg; load × reps of the working sets")
    sets_count = models.IntegerField(default=0, help_text="Working sets.")
    calculated_1rm = models.BooleanField(
        default=True, help_text="Whether it is an estimate; false for a test."
    )
    best_set_id = models.UUIDField(null=True, help_text="The set that speaks for the maximum.")
    best_load_kg = models.FloatField(null=True, help_text="kg; of that set")
    best_reps = models.IntegerField(null=True, help_text="Of that set.")
    best_reserve = models.FloatField(
        null=True, help_text="Repetitions in reserve of that set; null was not noted."
    )

    objects: ClassVar[SyncedQuerySet["StrengthProgress"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(DerivedModel.Meta):
        verbose_name_plural = "strength progress"
        indexes = [
            *DerivedModel.Meta.indexes,
            # The days that a refresh looks at.
            models.Index(fields=["user", "date"], name="strengthprogress_user_date"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "exercise", "date"], name="strengthprogress_once"
            ),
            models.CheckConstraint(
                condition=Q(validity__in=Validity.values), name="strengthprogress_validity_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.date)


class OneRmTest(OwnedModel):
    """A one-repetition maximum that the person tested; no estimate goes before it."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="+")
    date = models.DateField(help_text="The person's own day.")
    weight_kg = models.FloatField(help_text="kg; all that was moved, once")
    notes = models.CharField(max_length=200, blank=True)

    objects: ClassVar[SyncedQuerySet["OneRmTest"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        verbose_name = "test of a 1RM"
        verbose_name_plural = "tests of 1RMs"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "exercise", "date"],
                name="onermtest_once_a_day",
                violation_error_message="This exercise was tested on that day already.",
            ),
            models.CheckConstraint(
                condition=Q(weight_kg__gt=0, weight_kg__lte=2000),
                name="onermtest_weight_in_range",
                violation_error_message="A tested 1RM must be above 0 and at most 2000 kg.",
            ),
            models.CheckConstraint(
                condition=Q(date__gte="1970-01-01", date__lte="2200-01-01"),
                name="onermtest_date_in_range",
                violation_error_message="Date must be from 1970 to 2200.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.date)


class RecordKind(models.TextChoices):
    ONE_RM = "one_rm", "1RM, kg"
    WEIGHT = "weight", "Heaviest load, kg"
    REPS = "reps", "Most repetitions with a load or more"
    SET_VOLUME = "set_volume", "Volume of a set, kg"
    SESSION_VOLUME = "session_volume", "Volume of a session, kg"
    DISTANCE = "distance", "Longest distance, km"
    PACE = "pace", "Time over a distance, s"


class PersonalRecord(DerivedModel):
    """Better than everything before it. It goes when its set is edited away."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=15, choices=RecordKind)
    at = models.FloatField(default=0, help_text="kg for reps, km for pace; 0 for the other kinds")
    value = models.FloatField(help_text="kg, repetitions, km or s, by kind")
    previous = models.FloatField(null=True, help_text="What it beat; null for the first.")
    date = models.DateField(help_text="The person's own day.")
    # Not foreign keys: a set that goes leaves its record to the refresh that follows.
    set_id = models.UUIDField(help_text="The set, or the test.")
    workout_id = models.UUIDField(null=True, help_text="The workout; null for a test.")
    reps = models.IntegerField(null=True, help_text="Of the set.")
    load_kg = models.FloatField(null=True, help_text="kg; of the set")
    is_estimate = models.BooleanField(
        default=False, help_text="An estimated maximum, or a pace that is an average."
    )
    is_standing = models.BooleanField(default=False, help_text="Whether nothing beat it since.")

    objects: ClassVar[SyncedQuerySet["PersonalRecord"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(DerivedModel.Meta):
        indexes = [
            *DerivedModel.Meta.indexes,
            # The latest records of a person.
            models.Index(fields=["user", "-date", "-id"], name="personalrecord_user_date"),
            # The maximum known on a day.
            models.Index(
                fields=["user", "exercise", "kind", "date"],
                include=["value"],
                name="personalrecord_known",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "exercise", "kind", "at", "set_id"],
                name="personalrecord_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RecordKind.values), name="personalrecord_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"
