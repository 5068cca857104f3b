"""Clubs: people who train together."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from social.querysets import GroupQuerySet
from users.models.account import deleted_user
from users.ownership import OwnedModel, SyncedQuerySet, SyncedThing


class GroupAccess(models.TextChoices):
    PUBLIC = "public", "Everyone may join and read"
    REQUEST = "request", "Asks to join"
    INVITE = "invite", "By invitation; nobody else finds it"


class GroupRole(models.TextChoices):
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"


class Group(SyncedThing):
    owner_field = "created_by"

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET(deleted_user),
        related_name="created_groups",
        db_index=False,
        editable=False,
    )
    name = models.CharField(max_length=100)
    description = models.TextField(
        max_length=1000, blank=True, validators=[MaxLengthValidator(1000)]
    )
    access = models.CharField(max_length=10, choices=GroupAccess, default=GroupAccess.PUBLIC)
    members_count = models.IntegerField(default=0, db_default=0, editable=False)
    # Two of its columns name a person, so it is said which one is the member.
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="Membership",
        through_fields=("group", "user"),
        related_name="social_groups",
    )

    objects: ClassVar[GroupQuerySet] = GroupQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["created_by", "revision"], name="group_sync"),
            models.Index(fields=["-created_at", "-id"], name="group_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(access__in=GroupAccess.values), name="group_access_known"
            ),
            models.CheckConstraint(
                condition=Q(members_count__gte=0), name="group_members_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(OwnedModel):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="memberships",
        db_index=False,
        editable=False,
    )
    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, related_name="memberships", db_index=False
    )
    role = models.CharField(max_length=10, choices=GroupRole, default=GroupRole.MEMBER)
    date_joined = models.DateTimeField(default=timezone.now)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects: ClassVar[SyncedQuerySet["Membership"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        indexes = [
            *OwnedModel.Meta.indexes,
            models.Index(fields=["group", "-date_joined", "-id"], name="membership_newest"),
            models.Index(fields=["group"], condition=~Q(role="member"), name="membership_staff"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "group"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(role__in=GroupRole.values), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.role


class JoinRequest(OwnedModel):
    """A wish to join a group. Lives only while it waits."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="join_requests",
        db_index=False,
        editable=False,
    )
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="join_requests")

    objects: ClassVar[SyncedQuerySet["JoinRequest"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="joinrequest_once")]

    def __str__(self) -> str:
        return str(self.group_id)


class InviteLink(OwnedModel):
    """A secret that lets its bearers into a group, made by one of its admins."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="invite_links",
        db_index=False,
        editable=False,
    )
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="invite_links")
    code = models.CharField(max_length=43, unique=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    max_uses = models.IntegerField(null=True, blank=True)
    uses = models.IntegerField(default=0, editable=False)

    objects: ClassVar[SyncedQuerySet["InviteLink"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(max_uses=None) | Q(max_uses__gte=1),
                name="invitelink_max_uses_positive",
                violation_error_message="A link is for at least one person.",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
