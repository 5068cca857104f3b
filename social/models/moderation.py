"""What people report, and what moderators did about it."""

from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from users.ids import uuid7
from users.ownership import OwnedModel, SyncedQuerySet


class ReportReason(models.TextChoices):
    SPAM = "spam", "Spam"
    ABUSE = "abuse", "Abuse or harassment"
    NUDITY = "nudity", "Nudity"
    SELF_HARM = "self_harm", "Self-harm or disordered eating"
    IMPERSONATION = "impersonation", "Impersonation"
    CHEATING = "cheating", "Cheating in a challenge"
    OTHER = "other", "Something else"


class ReportStatus(models.TextChoices):
    OPEN = "open", "Open"
    UPHELD = "upheld", "Upheld"
    DISMISSED = "dismissed", "Dismissed"


class ModerationVerb(models.TextChoices):
    DISMISS = "dismiss", "Dismissed the report"
    REMOVE = "remove", "Removed the content"
    RESTORE = "restore", "Restored the content"
    WARN = "warn", "Warned the person"
    SUSPEND = "suspend", "Suspended the account"
    REINSTATE = "reinstate", "Reinstated the account"


class Report(OwnedModel):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="reports",
        db_index=False,
        editable=False,
    )
    target_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, related_name="+", editable=False
    )
    target_id = models.UUIDField(editable=False)
    target = GenericForeignKey("target_type", "target_id")
    reason = models.CharField(max_length=20, choices=ReportReason)
    details = models.TextField(max_length=1000, blank=True, validators=[MaxLengthValidator(1000)])
    status = models.CharField(
        max_length=10, choices=ReportStatus, default=ReportStatus.OPEN, editable=False
    )
    resolved_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[SyncedQuerySet["Report"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        indexes = [
            *OwnedModel.Meta.indexes,
            # The queue of the moderators, and what else was said about the same thing.
            models.Index(fields=["status", "-created_at", "-id"], name="report_queue"),
            models.Index(fields=["target_type", "target_id"], name="report_target"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "target_type", "target_id"],
                condition=Q(status="open"),
                name="report_once_while_open",
                violation_error_message="You have reported this already.",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=ReportReason.values), name="report_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=ReportStatus.values), name="report_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.status})"


class ModerationAction(models.Model):
    """The audit trail: rows are added, and neither changed nor deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="moderation_actions",
        editable=False,
        help_text="Whose content or account it was.",
    )
    report = models.ForeignKey(
        Report, on_delete=models.SET_NULL, null=True, related_name="actions", editable=False
    )
    verb = models.CharField(max_length=20, choices=ModerationVerb, editable=False)
    target_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, related_name="+", editable=False
    )
    target_id = models.UUIDField(editable=False)
    note = models.TextField(max_length=1000, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="moderationaction_target")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(verb__in=ModerationVerb.values), name="moderationaction_verb_known"
            )
        ]

    def __str__(self) -> str:
        return self.get_verb_display()
