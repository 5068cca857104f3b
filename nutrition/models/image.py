"""Photos of food, and what a recognizer took them for."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from nutrition.models.diary import MealEntry
from nutrition.models.food import Food
from nutrition.querysets import FoodCandidateQuerySet
from users.models import JobStatus
from users.models.export import private_storage
from users.models.job import Job
from users.ownership import OwnedPart, SameOwner, SyncedQuerySet


class FoodImage(Job):
    """A photo of food. What the person made of it says how good the recognizer was."""

    meal_entry = models.ForeignKey(
        MealEntry,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="images",
        db_constraint=False,
    )
    food = models.ForeignKey(
        Food,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="What it was confirmed to be.",
    )
    image = models.ImageField(storage=private_storage, max_length=200)
    thumbnail = models.ImageField(storage=private_storage, max_length=200)
    ai_processed = models.BooleanField(default=False, editable=False)
    ai_confidence = models.FloatField(
        null=True, blank=True, editable=False, help_text="0-1, of the first candidate."
    )
    recognizer = models.CharField(
        max_length=100, blank=True, editable=False, help_text="Which model looked at it."
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_rank = models.IntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="Of the candidate that it was; null for a food that was none of them.",
    )
    confirmed_amount = models.FloatField(
        null=True, blank=True, editable=False, help_text="In the unit of the food's serving."
    )
    confirmation_hash = models.BinaryField(
        max_length=32,
        null=True,
        editable=False,
        help_text="SHA-256 of what it was confirmed with: tells a retry from a mix-up.",
    )

    objects: ClassVar[SyncedQuerySet["FoodImage"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Job.Meta):
        indexes = [
            *Job.Meta.indexes,
            models.Index(fields=["user", "created_at"], name="foodimage_user_created"),
            models.Index(fields=["ai_processed"], name="foodimage_ai_processed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="foodimage_owner_and_id"),
            SameOwner(parent="meal_entry", name="foodimage_owner_is_entrys"),
            models.CheckConstraint(
                condition=Q(status__in=JobStatus.values), name="foodimage_status_known"
            ),
            models.CheckConstraint(
                condition=Q(ai_confidence__gte=0, ai_confidence__lte=1),
                name="foodimage_confidence_in_range",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False)
                | Q(confirmed_rank__isnull=True, confirmed_amount__isnull=True),
                name="foodimage_confirmed_as_a_whole",
            ),
        ]


class FoodCandidate(OwnedPart):
    """What a photo may show, and how much of it."""

    whole = "image"

    image = models.ForeignKey(
        FoodImage, on_delete=models.CASCADE, related_name="candidates", db_constraint=False
    )
    rank = models.IntegerField(help_text="1 is the likeliest.")
    label = models.CharField(max_length=100, help_text="What the recognizer calls it.")
    confidence = models.FloatField(help_text="0-1")
    food = models.ForeignKey(
        Food,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="The food of that name, if there is one.",
    )
    amount = models.FloatField(
        null=True, help_text="How much it looks like, in the unit of the food's serving."
    )

    objects = FoodCandidateQuerySet.as_manager()

    class Meta:
        constraints = [
            SameOwner(parent="image", name="foodcandidate_owner_is_images"),
            models.UniqueConstraint(
                fields=["user", "image", "rank"], name="foodcandidate_rank_once"
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1),
                name="foodcandidate_confidence_in_range",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=10_000),
                name="foodcandidate_amount_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}."
