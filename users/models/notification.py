"""What we tell a person, and the phones on which we may ring."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from users.ownership import OwnedModel, OwnedPart, SameOwner, SyncedQuerySet
from users.querysets import NotificationActorQuerySet, NotificationQuerySet


class NotificationCategory(models.TextChoices):
    """What the preferences in the settings switch on and off. Account matters always arrive."""

    ACCOUNT = "account", "Account"
    WORKOUTS = "workouts", "Workouts"
    NUTRITION = "nutrition", "Nutrition"
    SOCIAL = "social", "Social"


class PushPlatform(models.TextChoices):
    APNS = "apns", "Apple"
    FCM = "fcm", "Google"
    WEB = "web", "Web Push"


class Notification(OwnedModel):
    category = models.CharField(max_length=20, choices=NotificationCategory)
    kind = models.CharField(
        max_length=50, help_text="What happened, such as account_export_ready."
    )
    text = models.CharField(max_length=200)
    target_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    target_id = models.UUIDField(null=True, blank=True)
    target = GenericForeignKey("target_type", "target_id")
    read_at = models.DateTimeField(null=True, blank=True)
    group_key = models.CharField(
        max_length=100,
        blank=True,
        help_text="While it is unread, what has the same key is told in the same notification.",
    )
    phrase = models.CharField(
        max_length=100, blank=True, help_text="What its actors did, such as liked your post."
    )
    actors_count = models.IntegerField(
        default=0, help_text="How many people did it; 0 where it is no person's doing."
    )

    objects = NotificationQuerySet.as_manager()

    class Meta(OwnedModel.Meta):
        ordering = ["-created_at", "-id"]
        indexes = [
            *OwnedModel.Meta.indexes,
            # The list on the phone, newest first, and the same of the unread.
            models.Index(fields=["user", "-created_at", "-id"], name="notification_newest"),
            models.Index(
                fields=["user", "-created_at", "-id"],
                condition=Q(read_at=None),
                name="notification_unread",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="notification_owner_and_id"),
            models.UniqueConstraint(
                fields=["user", "group_key"],
                condition=Q(read_at=None) & ~Q(group_key=""),
                name="notification_one_unread_per_group",
            ),
            models.CheckConstraint(
                condition=Q(actors_count__gte=0), name="notification_actors_count_positive"
            ),
            models.CheckConstraint(
                condition=Q(category__in=NotificationCategory.values),
                name="notification_category_known",
            ),
            models.CheckConstraint(
                condition=Q(target_type=None, target_id=None)
                | Q(target_type__isnull=False, target_id__isnull=False),
                name="notification_target_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class NotificationActor(OwnedPart):
    """Somebody whose doing the notification tells of."""

    whole = "notification"

    # Its index is that of the newest few, its constraint SameOwner.
    notification = models.ForeignKey(
        Notification,
        on_delete=models.CASCADE,
        related_name="actors",
        db_constraint=False,
        db_index=False,
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    objects = NotificationActorQuerySet.as_manager()

    class Meta:
        constraints = [
            SameOwner(parent="notification", name="notificationactor_owner_is_notifications"),
            models.UniqueConstraint(
                fields=["user", "notification", "actor"], name="notificationactor_once"
            ),
        ]
        indexes = [
            # The newest few of a notification that many people act on.
            models.Index(
                fields=["notification", "-created_at", "-id"], name="notificationactor_newest"
            ),
        ]

    def __str__(self) -> str:
        return str(self.actor_id)


class PushDevice(OwnedModel):
    platform = models.CharField(max_length=10, choices=PushPlatform)
    token = models.CharField(
        max_length=500, unique=True, help_text="What the platform calls this installation."
    )
    name = models.CharField(max_length=100, blank=True, help_text="Such as Ana's phone.")

    objects = SyncedQuerySet.as_manager()

    class Meta(OwnedModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(platform__in=PushPlatform.values), name="pushdevice_platform_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.platform
