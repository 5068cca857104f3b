"""Messages between two people, or among several."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from social.models.post import Picture
from social.querysets import MessagePictureQuerySet, MessageQuerySet
from users.ids import uuid7
from users.ownership import OwnedModel, OwnedPart, SameOwner, SyncedQuerySet, SyncedThing

MAX_MESSAGE = 2000


class ConversationKind(models.TextChoices):
    DIRECT = "direct", "Between two"
    GROUP = "group", "Among several"


class MemberState(models.TextChoices):
    ACTIVE = "active", "Active"
    REQUEST = "request", "A stranger's message that waits"
    DECLINED = "declined", "Declined"
    LEFT = "left", "Left"


class Conversation(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=ConversationKind, editable=False)
    direct_key = models.CharField(
        max_length=73,
        blank=True,
        editable=False,
        help_text="Both people's ids in order: two people have one conversation between them.",
    )
    title = models.CharField(max_length=100, blank=True, help_text="Of a group.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_message_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["direct_key"],
                condition=~Q(direct_key=""),
                name="conversation_once_per_pair",
            ),
            models.CheckConstraint(
                condition=Q(kind="direct") & ~Q(direct_key="") | Q(kind="group", direct_key=""),
                name="conversation_direct_has_key",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ConversationMember(OwnedModel):
    """One person's place in a conversation: what they have read, and whether they want it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="conversation_memberships",
        db_index=False,
        editable=False,
    )
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="members", editable=False
    )
    state = models.CharField(max_length=10, choices=MemberState, default=MemberState.ACTIVE)
    is_admin = models.BooleanField(default=False, help_text="Of a group: may add and remove.")
    last_read_at = models.DateTimeField(
        null=True, editable=False, help_text="When the newest message that they read was sent."
    )
    cleared_at = models.DateTimeField(
        null=True, editable=False, help_text="Messages up to then are deleted for them."
    )
    muted_until = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField(
        null=True, editable=False, help_text="As the conversation's, for the list of them."
    )

    objects: ClassVar[SyncedQuerySet["ConversationMember"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        indexes = [
            *OwnedModel.Meta.indexes,
            models.Index(
                fields=["user", "state", "-last_message_at", "-id"], name="member_newest"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "conversation"], name="member_once"),
            models.CheckConstraint(
                condition=Q(state__in=MemberState.values), name="member_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.state


class Message(SyncedThing):
    """A message; its ``receiver`` is known where only two are in the conversation."""

    owner_field = "sender"

    # Given by the sender's transaction while it holds the conversation: never equal in it.
    created_at = models.DateTimeField(editable=False)
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="sent_messages",
        db_column="user_id",
        db_index=False,
        editable=False,
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="received_messages",
        editable=False,
    )
    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        related_name="messages",
        db_index=False,
        editable=False,
    )
    content = models.TextField(
        max_length=MAX_MESSAGE, blank=True, validators=[MaxLengthValidator(MAX_MESSAGE)]
    )
    is_read = models.BooleanField(
        default=False, editable=False, help_text="By the receiver; of a group's, by somebody."
    )
    workout = models.ForeignKey(
        "workouts.Workout",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    deleted_at = models.DateTimeField(
        null=True, editable=False, help_text="When its sender took it back for everybody."
    )

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["sender", "revision"], name="message_sync"),
            models.Index(fields=["conversation", "-created_at", "-id"], name="message_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["sender", "id"], name="message_of_sender"),
            models.UniqueConstraint(
                fields=["conversation", "created_at"], name="message_at_its_own_instant"
            ),
            SameOwner(parent="workout", name="message_same_owner_as_workout"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def user_id(self) -> object:
        """Whose it is, as its parts call it."""
        return self.sender_id


class MessagePicture(OwnedPart):
    whole = "message"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey(
        Picture, on_delete=models.CASCADE, related_name="message_pictures", db_index=False
    )
    order = models.IntegerField(default=0)

    objects: ClassVar[MessagePictureQuerySet] = MessagePictureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "message", "order"], name="messagepicture_order"
            ),
            models.UniqueConstraint(fields=["user", "picture"], name="messagepicture_used_once"),
            SameOwner(parent="message", name="messagepicture_same_owner"),
            SameOwner(parent="picture", name="messagepicture_same_owner_as_picture"),
        ]

    def __str__(self) -> str:
        return str(self.picture_id)


class HiddenMessage(models.Model):
    """That somebody deleted a message for themselves."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        editable=False,
    )
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="+", editable=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "message"], name="hiddenmessage_once")
        ]

    def __str__(self) -> str:
        return str(self.message_id)
