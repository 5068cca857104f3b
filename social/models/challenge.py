"""Challenges: who trains most, in what, from one day to another."""

from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q

from social.models.comment import Comment
from social.models.group import Group
from social.querysets import ChallengeQuerySet
from users.models.account import deleted_user
from users.ownership import OwnedModel, SyncedQuerySet, SyncedThing

MAX_DAYS = 366


class ChallengeType(models.TextChoices):
    WORKOUT = "workout", "Workout Count"
    VOLUME = "volume", "Lifting Volume"
    DISTANCE = "distance", "Distance"
    CALORIES = "calories", "Calories Burned"


class Challenge(SyncedThing):
    """Counts from the first to the last day, each in the participant's own time zone."""

    owner_field = "created_by"

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET(deleted_user),
        related_name="created_challenges",
        db_index=False,
        editable=False,
    )
    name = models.CharField(max_length=100)
    description = models.TextField(
        max_length=2000, blank=True, validators=[MaxLengthValidator(2000)]
    )
    challenge_type = models.CharField(
        max_length=20,
        choices=ChallengeType,
        help_text="Workouts, kg, km or kcal.",
    )
    start_date = models.DateField()
    end_date = models.DateField(help_text="The last day that counts.")
    is_public = models.BooleanField(
        default=True, help_text="Otherwise for the group, or for who is invited."
    )
    group = models.ForeignKey(
        Group,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="challenges",
    )
    target = models.FloatField(
        null=True, blank=True, help_text="What completes it, in the unit of its type."
    )
    max_participants = models.IntegerField(null=True, blank=True)
    late_entry_hours = models.IntegerField(
        default=12, help_text="h; how long after everybody's last day entries still count."
    )
    participant_count = models.IntegerField(default=0, db_default=0, editable=False)
    ranked_at = models.DateTimeField(
        null=True, editable=False, help_text="When the standings were made last."
    )
    refresh_due_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(
        null=True, editable=False, help_text="When its standings were frozen."
    )
    comments = GenericRelation(
        Comment, content_type_field="target_type", object_id_field="target_id"
    )

    objects: ClassVar[ChallengeQuerySet] = ChallengeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["created_by", "revision"], name="challenge_sync"),
            models.Index(fields=["start_date", "end_date"], name="challenge_dates"),
            models.Index(fields=["is_public", "-start_date", "-id"], name="challenge_public"),
            models.Index(
                fields=["refresh_due_at"],
                condition=Q(finished_at=None, refresh_due_at__isnull=False),
                name="challenge_due",
            ),
            models.Index(
                fields=["end_date"], condition=Q(finished_at=None), name="challenge_unfinished"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(challenge_type__in=ChallengeType.values),
                name="challenge_type_known",
            ),
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")),
                name="challenge_ends_after_it_starts",
                violation_error_message="A challenge ends on its first day or later.",
            ),
            models.CheckConstraint(
                condition=Q(target=None) | Q(target__gt=0),
                name="challenge_target_positive",
                violation_error_message="A target is more than 0.",
            ),
            models.CheckConstraint(
                condition=Q(max_participants=None) | Q(max_participants__gte=2),
                name="challenge_room_for_two",
                violation_error_message="A challenge is for at least two.",
            ),
            models.CheckConstraint(
                condition=Q(late_entry_hours__gte=0, late_entry_hours__lte=72),
                name="challenge_late_entry_in_range",
                violation_error_message="Late entries are taken for 0 to 72 hours.",
            ),
            models.CheckConstraint(
                condition=Q(participant_count__gte=0)
                & (Q(max_participants=None) | Q(participant_count__lte=F("max_participants"))),
                name="challenge_count_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ChallengeParticipant(OwnedModel):
    """One person's part in a challenge. Progress and rank are a snapshot that workers make."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="challenge_participations",
        db_index=False,
        editable=False,
    )
    challenge = models.ForeignKey(
        Challenge,
        on_delete=models.CASCADE,
        related_name="participants",
        db_index=False,
        editable=False,
    )
    joined_at = models.DateTimeField(auto_now_add=True)
    counts_from = models.DateField(help_text="The person's own day on which they joined.")
    current_progress = models.FloatField(
        default=0.0, help_text="Workouts, kg, km or kcal, as the challenge counts."
    )
    rank = models.IntegerField(null=True, blank=True, help_text="From 1; equals share one.")
    completed_at = models.DateTimeField(
        null=True, help_text="When the target was found to be reached."
    )
    is_stale = models.BooleanField(
        default=True, editable=False, help_text="Whether a worker has to look at it again."
    )

    objects: ClassVar[SyncedQuerySet["ChallengeParticipant"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        indexes = [
            *OwnedModel.Meta.indexes,
            models.Index(fields=["challenge", "current_progress"], name="participant_progress"),
            models.Index(fields=["challenge", "rank", "id"], name="participant_standings"),
            models.Index(
                fields=["challenge"], condition=Q(is_stale=True), name="participant_stale"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "challenge"], name="participant_once")
        ]

    def __str__(self) -> str:
        return f"{self.current_progress:g}"


class ChallengeInvitation(OwnedModel):
    """That somebody was asked to take part."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="challenge_invitations",
        db_index=False,
        editable=False,
    )
    challenge = models.ForeignKey(
        Challenge, on_delete=models.CASCADE, related_name="invitations", editable=False
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", editable=False
    )

    objects: ClassVar[SyncedQuerySet["ChallengeInvitation"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "challenge"], name="challengeinvitation_once")
        ]

    def __str__(self) -> str:
        return str(self.challenge_id)
