"""What one can train, with what, and which muscles do the work."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from users.ids import uuid7
from users.ownership import Synced
from workouts.querysets import (
    CardioExerciseManager,
    ExerciseQuerySet,
    StrengthExerciseManager,
)


class MuscleGroup(models.TextChoices):
    CHEST = "chest", "Chest"
    BACK = "back", "Back"
    LEGS = "legs", "Legs"
    SHOULDERS = "shoulders", "Shoulders"
    ARMS = "arms", "Arms"
    CORE = "core", "Core"
    FULL_BODY = "full_body", "Full Body"
    CARDIO = "cardio", "Cardio"


class MuscleRole(models.TextChoices):
    PRIMARY = "primary", "Primary"
    SECONDARY = "secondary", "Secondary"


class LoadType(models.TextChoices):
    EXTERNAL = "external", "What the bar, stack or dumbbell weighs"
    BODYWEIGHT = "bodyweight", "Body weight, and what is added to it"
    ASSISTED = "assisted", "Body weight, less what helps"


class Muscle(models.Model):
    """One of the muscles that sets are counted for, with its landmarks in sets a week.

    Filled by a migration. The landmarks are coaches' rules of thumb, which admins may change.
    """

    slug = models.SlugField(primary_key=True, max_length=30)
    name = models.CharField(max_length=50)
    muscle_group = models.CharField(max_length=50, choices=MuscleGroup)
    mv = models.FloatField(null=True, blank=True, help_text="Sets a week that maintain it.")
    mev = models.FloatField(null=True, blank=True, help_text="Fewest that make it grow.")
    mav_low = models.FloatField(null=True, blank=True, help_text="Where it grows best: from")
    mav_high = models.FloatField(null=True, blank=True, help_text="to.")
    mrv = models.FloatField(null=True, blank=True, help_text="Most from which it recovers.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(muscle_group__in=MuscleGroup.values), name="muscle_group_known"
            ),
            models.CheckConstraint(
                condition=Q(mv=None, mev=None, mav_low=None, mav_high=None, mrv=None)
                | Q(
                    mv__isnull=False,
                    mev__isnull=False,
                    mav_low__isnull=False,
                    mav_high__isnull=False,
                    mrv__isnull=False,
                )
                & Q(mv__gte=0, mev__gte=F("mv"), mav_low__gte=F("mev"))
                & Q(mav_high__gte=F("mav_low"), mrv__gte=F("mav_high")),
                name="muscle_landmarks_in_order",
                violation_error_message="Landmarks rise: MV, MEV, MAV from, MAV to, MRV.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Equipment(models.Model):
    """A thing that a gym has or has not."""

    slug = models.SlugField(primary_key=True, max_length=30)
    name = models.CharField(max_length=50)

    class Meta:
        verbose_name_plural = "equipment"

    def __str__(self) -> str:
        return self.name


class Exercise(Synced):
    """A row of the catalogue, or one that a person made for themselves alone."""

    owner_field = "created_by"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(
        max_length=100,
        null=True,
        blank=True,
        unique=True,
        help_text="What the catalogue calls it, also in the next release; none for custom ones.",
    )
    name = models.CharField(max_length=100)
    description = models.TextField(max_length=4000, blank=True)
    muscle_group = models.CharField(max_length=50, choices=MuscleGroup)
    is_cardio = models.BooleanField(default=False)
    is_custom = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="custom_exercises",
    )
    illustration = models.URLField(blank=True)
    video_url = models.URLField(blank=True)
    equipment_needed = models.CharField(
        max_length=100, blank=True, help_text="In words; `equipment` is for filters."
    )
    difficulty_level = models.IntegerField(default=1, help_text="1-5")
    met = models.FloatField(
        null=True,
        blank=True,
        help_text="Metabolic equivalent, in multiples of rest (2024 Adult Compendium).",
    )
    load_type = models.CharField(max_length=10, choices=LoadType, default=LoadType.EXTERNAL)
    bodyweight_share = models.FloatField(
        null=True, blank=True, help_text="Part of the body weight that is moved, such as 0.65."
    )
    variation_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="variations"
    )
    muscles = models.ManyToManyField(Muscle, through="ExerciseMuscle", related_name="exercises")
    equipment = models.ManyToManyField(
        Equipment, through="ExerciseEquipment", related_name="exercises", blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    creation_hash = models.BinaryField(max_length=32, null=True, editable=False)

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["muscle_group"], name="exercise_muscle_group"),
            models.Index(fields=["is_custom", "created_by"], name="exercise_custom"),
            models.Index(fields=["created_by", "revision"], name="exercise_sync"),
            # Search: names that contain a text or are spelled like it.
            GinIndex(OpClass("name", name="gin_trgm_ops"), name="exercise_name_trigram"),
        ]
        constraints = [
            models.UniqueConstraint(
                "created_by",
                Lower("name"),
                name="exercise_name_unique",
                nulls_distinct=False,
                violation_error_message="An exercise of this name exists.",
            ),
            models.CheckConstraint(
                condition=Q(difficulty_level__gte=1, difficulty_level__lte=5),
                name="exercise_difficulty_in_range",
                violation_error_message="Difficulty level must be from 1 to 5.",
            ),
            models.CheckConstraint(
                condition=Q(met__isnull=True) | Q(met__gte=1, met__lte=25),
                name="exercise_met_in_range",
                violation_error_message="MET must be from 1 to 25.",
            ),
            models.CheckConstraint(
                condition=Q(muscle_group__in=MuscleGroup.values), name="exercise_group_known"
            ),
            models.CheckConstraint(
                condition=Q(load_type__in=LoadType.values), name="exercise_load_type_known"
            ),
            models.CheckConstraint(
                condition=Q(bodyweight_share__isnull=True)
                | Q(bodyweight_share__gte=0, bodyweight_share__lte=1),
                name="exercise_bodyweight_share_in_range",
                violation_error_message="The share of the body weight must be from 0 to 1.",
            ),
            models.CheckConstraint(
                condition=Q(is_custom=True, created_by__isnull=False, slug__isnull=True)
                | Q(is_custom=False, created_by__isnull=True),
                name="exercise_custom_has_creator",
                violation_error_message="A custom exercise has a creator, and no other has one.",
            ),
            models.CheckConstraint(
                condition=~Q(variation_of=F("id")),
                name="exercise_varies_another",
                violation_error_message="An exercise cannot be a variation of itself.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="exercise_named", violation_error_message="Name it."
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MergedExercise(models.Model):
    """An exercise that turned out to be another one: its id still leads there, and no import of
    the catalogue brings it back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=100, null=True, unique=True)  # noqa: DJ001 - "" is a slug
    name = models.CharField(max_length=100)
    merged_into = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="merged")
    merged_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class CardioExercise(Exercise):
    objects: ClassVar[CardioExerciseManager] = CardioExerciseManager()  # type: ignore[assignment]

    class Meta:
        proxy = True


class StrengthExercise(Exercise):
    objects: ClassVar[StrengthExerciseManager] = StrengthExerciseManager()  # type: ignore[assignment]

    class Meta:
        proxy = True


class ExerciseMuscle(models.Model):
    """How much of a set counts for a muscle."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="muscle_shares")
    muscle = models.ForeignKey(Muscle, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=MuscleRole)
    share = models.FloatField(
        help_text="Sets counted for each set done: 1 for a primary muscle, about 0.5 else."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["exercise", "muscle"],
                name="exercisemuscle_once",
                violation_error_message="Each muscle may be named once.",
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1),
                name="exercisemuscle_share_in_range",
                violation_error_message="Share must be above 0 and at most 1.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=MuscleRole.values), name="exercisemuscle_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.muscle_id} {self.share:g}"


class ExerciseEquipment(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="+")
    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["exercise", "equipment"], name="exerciseequipment_once"
            )
        ]

    def __str__(self) -> str:
        return self.equipment_id
