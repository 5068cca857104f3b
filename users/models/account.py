"""Who someone is, and how we know that it is them."""

import secrets
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models, transaction
from django.db.models.functions import Lower, Upper

from users.ids import uuid7
from users.models.profile import UserProfile, UserSettings, Visibility
from users.querysets import TrainerManager


class User(AbstractUser):
    """A person's account. Small and rarely written: what changes often lives in the profile."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField("email address", help_text="Where codes and notices go.")

    objects = UserManager()  # type: ignore[misc]

    class Meta(AbstractUser.Meta):
        abstract = False
        indexes = [
            # The search for people, by how a username begins and by how it is spelled.
            GinIndex(OpClass(Upper("username"), name="gin_trgm_ops"), name="user_name_upper"),
            GinIndex(OpClass("username", name="gin_trgm_ops"), name="user_name_trigram"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message="An account with this email address exists.",
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_unique",
                violation_error_message="This username is taken.",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @transaction.atomic
    def save(self, **kwargs: Any) -> None:
        """Keep the account, its profile and its settings together, whoever writes it."""
        # Log-in looks for names and addresses in lower case.
        self.username, self.email = self.username.lower(), self.email.lower()
        is_new = self._state.adding
        super().save(**kwargs)
        if is_new:
            UserProfile.objects.create(
                user=self, display_name=self.get_full_name() or self.username, email=self.email
            )
            UserSettings.objects.create(user=self)
            return
        written = kwargs.get("update_fields")
        if written is None or "email" in written:
            stale = UserProfile.objects.filter(user=self).exclude(email=self.email)
            stale.update(email=self.email)


# Found by its id: a person may have had its name before.
DELETED_ID = UUID("01900000-0000-7000-8000-000000000002")
DELETED_NAME = "deleted-user"


@transaction.atomic
def deleted_user() -> User:
    """Who stands for everybody who was erased, where something of theirs has to stay.

    Nobody can log in with it, find it or erase it. For ``on_delete=models.SET(deleted_user)``.
    """
    nobody = User.objects.filter(pk=DELETED_ID).first()
    if nobody is not None:
        return nobody
    is_taken = User.objects.filter(username=DELETED_NAME).exists()
    nobody, is_new = User.objects.get_or_create(
        pk=DELETED_ID,
        defaults={
            "username": f"{DELETED_NAME}-{secrets.token_hex(4)}" if is_taken else DELETED_NAME,
            "email": f"{DELETED_NAME}@house.invalid",
            "password": make_password(None),
            "is_active": False,
        },
    )
    if is_new:
        nobody.profile.display_name = "Deleted user"
        # Being inactive hides it. Its profile must not hide what others answered it.
        nobody.profile.visibility = Visibility.PUBLIC
        nobody.profile.save()
    return nobody


def deleted_user_id() -> UUID:
    return deleted_user().pk


class Trainer(User):
    """A person whose profile says that they train others."""

    objects = TrainerManager()  # type: ignore[misc]

    class Meta:
        proxy = True


class Session(AbstractBaseSession):
    """A log-in. Its key is a hash of the token that the phone or browser holds."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    auth_hash = models.CharField(
        max_length=64,
        blank=True,
        help_text="Follows from the password at log-in: a changed password ends the session.",
    )

    objects: ClassVar[BaseSessionManager[Any]] = BaseSessionManager()

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"of {self.user_id} until {self.expire_date:%Y-%m-%d}"


class ErasedIdentity(models.Model):
    """That somebody of another issuer erased their account here, and not who.

    Tokens from before that must not open a new account by themselves.
    """

    digest = models.CharField(max_length=64, primary_key=True, help_text="SHA-256")
    erased_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "erased identities"

    def __str__(self) -> str:
        return f"{self.erased_at:%Y-%m-%d}"


class ExternalIdentity(models.Model):
    """A person as another issuer of tokens knows them. Never linked by email address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="external_identities"
    )
    issuer = models.URLField(max_length=255)
    subject = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "external identities"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], name="externalidentity_once_per_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} of {self.issuer}"
