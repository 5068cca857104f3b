"""What a person tells about themselves, and how they want the app to behave."""

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from users import connections
from users.localtime import validate_time_zone
from users.ownership import Synced, SyncedQuerySet
from users.querysets import UserProfileQuerySet


class UserType(models.TextChoices):
    USER = "user", "Regular User"
    TRAINER = "trainer", "Trainer"


class FitnessLevel(models.TextChoices):
    BEGINNER = "beginner", "Beginner"
    INTERMEDIATE = "intermediate", "Intermediate"
    ADVANCED = "advanced", "Advanced"


class Sex(models.TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"


class Visibility(models.TextChoices):
    PUBLIC = "public", "Everyone"
    FOLLOWERS = "followers", "Followers"
    PRIVATE = "private", "Only me"


class MeasurementSystem(models.TextChoices):
    METRIC = "metric", "Metric"
    IMPERIAL = "imperial", "Imperial"


class PrimaryGoal(models.TextChoices):
    STRENGTH = "strength", "Strength"
    WEIGHT_LOSS = "weight_loss", "Weight Loss"
    MUSCLE_GAIN = "muscle_gain", "Muscle Gain"
    ENDURANCE = "endurance", "Endurance"


class MessagesFrom(models.TextChoices):
    """Who may write to a person. A stranger's first message waits as a request."""

    EVERYONE = "everyone", "Everyone"
    CONNECTIONS = "connections", "People I follow and friends"
    NOBODY = "nobody", "Nobody"


class UserProfile(Synced):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="profile",
    )
    display_name = models.CharField(max_length=150, help_text="Shown to others.")
    email = models.EmailField(editable=False, help_text="The account's address; shown to nobody.")
    bio = models.TextField(max_length=500, blank=True, validators=[MaxLengthValidator(500)])
    avatar = models.ImageField(upload_to="avatars/", blank=True, editable=False)
    avatar_thumbnail = models.ImageField(upload_to="avatars/", blank=True, editable=False)
    avatar_url = models.URLField(
        max_length=500,
        blank=True,
        help_text="A picture elsewhere; an uploaded one goes before it.",
    )
    location = models.CharField(max_length=100, blank=True)
    website = models.URLField(max_length=200, blank=True)
    user_type = models.CharField(max_length=20, choices=UserType, default=UserType.USER)
    fitness_level = models.CharField(
        max_length=20, choices=FitnessLevel, default=FitnessLevel.BEGINNER
    )
    height = models.FloatField(null=True, blank=True, help_text="cm")
    body_weight_kg = models.FloatField(
        null=True, blank=True, help_text="kg; the latest known. Workouts keep that of their day."
    )
    date_of_birth = models.DateField(null=True, blank=True)
    sex = models.CharField(
        max_length=10, choices=Sex, blank=True, help_text="For formulas of energy and strength."
    )
    timezone = models.CharField(
        max_length=50,
        default="UTC",
        validators=[validate_time_zone],
        help_text="IANA name. Says when a day of this person begins.",
    )
    visibility = models.CharField(
        max_length=20,
        choices=Visibility,
        default=Visibility.PUBLIC,
        help_text="Who sees more than the name and picture; nobody finds a private one.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = UserProfileQuerySet.as_manager()

    class Meta:
        indexes = [
            # The search for people, by how a name begins and by how it is spelled.
            GinIndex(
                OpClass(Upper("display_name"), name="gin_trgm_ops"), name="profile_name_upper"
            ),
            GinIndex(OpClass("display_name", name="gin_trgm_ops"), name="profile_name_trigram"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(height__isnull=True) | Q(height__gte=50, height__lte=300),
                name="profile_height_in_range",
                violation_error_message="Height must be from 50 to 300 cm.",
            ),
            models.CheckConstraint(
                condition=Q(body_weight_kg__isnull=True)
                | Q(body_weight_kg__gte=20, body_weight_kg__lte=500),
                name="profile_body_weight_in_range",
                violation_error_message="Body weight must be from 20 to 500 kg.",
            ),
            models.CheckConstraint(
                condition=Q(date_of_birth__isnull=True)
                | Q(date_of_birth__gte="1900-01-01", date_of_birth__lte="2100-01-01"),
                name="profile_date_of_birth_in_range",
                violation_error_message="Date of birth must be after 1900.",
            ),
            models.CheckConstraint(
                condition=Q(user_type__in=UserType.values), name="profile_user_type_known"
            ),
            models.CheckConstraint(
                condition=Q(fitness_level__in=FitnessLevel.values),
                name="profile_fitness_level_known",
            ),
            models.CheckConstraint(
                condition=Q(sex__in=["", *Sex.values]), name="profile_sex_known"
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="profile_visibility_known"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def shows_details_to(self, user_id: UUID) -> bool:
        """Whether this person sees more than the name and picture."""
        if self.visibility == Visibility.PUBLIC or self.user_id == user_id:
            return True
        return self.visibility == Visibility.FOLLOWERS and connections.is_follower(
            viewer_id=user_id, person_id=self.user_id
        )


class UserSettings(Synced):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="settings",
    )
    dark_mode = models.BooleanField(default=False)
    notification_workouts = models.BooleanField(default=True)
    notification_nutrition = models.BooleanField(default=True)
    notification_social = models.BooleanField(default=True)
    measurement_system = models.CharField(
        max_length=10, choices=MeasurementSystem, default=MeasurementSystem.METRIC
    )
    primary_goal = models.CharField(
        max_length=20, choices=PrimaryGoal, default=PrimaryGoal.STRENGTH
    )
    workout_days_per_week = models.IntegerField(default=3, help_text="0-7")
    week_starts_on = models.SmallIntegerField(
        default=1, help_text="The first day of a week: 1 is Monday, 7 Sunday."
    )
    language = models.CharField(max_length=10, default="en", help_text="BCP 47, such as de-AT")
    read_receipts = models.BooleanField(
        default=True,
        help_text=(
            "Whether others see that you read their messages; who hides it does not see others' "
            "either."
        ),
    )
    messages_from = models.CharField(
        max_length=20,
        choices=MessagesFrom,
        default=MessagesFrom.EVERYONE,
        help_text="Who may write to you; a stranger's first message waits as a request.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[SyncedQuerySet["UserSettings"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "user settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(workout_days_per_week__gte=0, workout_days_per_week__lte=7),
                name="settings_days_per_week_in_range",
                violation_error_message="Workout days per week must be from 0 to 7.",
            ),
            models.CheckConstraint(
                condition=Q(week_starts_on__gte=1, week_starts_on__lte=7),
                name="settings_week_starts_on_in_range",
                violation_error_message="A week starts on a day from 1 to 7.",
            ),
            models.CheckConstraint(
                condition=Q(language__regex=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,6})?$"),
                name="settings_language_well_formed",
                violation_error_message="Language must look like en or de-AT.",
            ),
            models.CheckConstraint(
                condition=Q(measurement_system__in=MeasurementSystem.values),
                name="settings_measurement_system_known",
            ),
            models.CheckConstraint(
                condition=Q(primary_goal__in=PrimaryGoal.values),
                name="settings_primary_goal_known",
            ),
            models.CheckConstraint(
                condition=Q(messages_from__in=MessagesFrom.values),
                name="settings_messages_from_known",
            ),
        ]

    def __str__(self) -> str:
        return "Settings"
