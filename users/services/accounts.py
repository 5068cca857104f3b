"""Accounts from the first row to the last."""

import hashlib
import logging
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import CompositePrimaryKey, FileField, Model, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from users import personal_data
from users.models import ErasedIdentity, ExternalIdentity, Session, User, UserProfile, UserSettings
from users.models.account import DELETED_ID
from users.ownership import advance_clock, advance_clocks_unheard
from users.services import audit, mail, outbox

logger = logging.getLogger(__name__)


# Found by its id: a person may have had its name before.
HOUSE_ID = UUID("01900000-0000-7000-8000-000000000001")
HOUSE_NAME = "numeneon-library"
# Nobody's accounts, which everybody's rows may need.
STANDING_IDS = frozenset({HOUSE_ID, DELETED_ID})


@transaction.atomic
def house_account() -> User:
    """The account that owns what we ship for everybody. Nobody can log in with it."""
    house = User.objects.filter(pk=HOUSE_ID).first()
    if house is not None:
        return house
    is_taken = User.objects.filter(username=HOUSE_NAME).exists()
    house, is_new = User.objects.get_or_create(
        pk=HOUSE_ID,
        defaults={
            "username": f"{HOUSE_NAME}-{secrets.token_hex(4)}" if is_taken else HOUSE_NAME,
            "email": f"{HOUSE_NAME}@house.invalid",
            "password": make_password(None),
            "is_active": False,
        },
    )
    if is_new:
        change(row=house.profile, values={"display_name": "Numeneon"})
    return house


def healed_settings(*, user: User) -> UserSettings:
    """The person's settings; the defaults, stored, where a row went missing."""
    settings, _ = UserSettings.objects.get_or_create(user=user)
    return settings


def healed_profile(*, user: User) -> UserProfile:
    profile, _ = UserProfile.objects.get_or_create(
        user=user, defaults={"display_name": user.username, "email": user.email}
    )
    return profile


def change(*, row: Model, values: Mapping[str, Any]) -> None:
    """Store new values of some fields. What a constraint refuses, the database refuses."""
    if not values:
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.clean_fields(exclude={field.name for field in row._meta.fields} - values.keys())
    row.save(update_fields=[*values, "updated_at"])


class IdentityErased(Exception):
    """The person erased their account after this token was issued."""


def user_of_identity(*, issuer: str, subject: UUID, issued_at: datetime) -> User:
    """The person whom another issuer calls by this subject, made at their first visit.

    The address in a token is never a reason to open somebody's existing account. Raises
    IdentityErased for a token from before an erasure: a phone that still polls is no new person.
    """
    known = ExternalIdentity.objects.select_related("user")
    found = known.filter(issuer=issuer, subject=subject).first()
    if found is not None:
        return found.user
    erased = ErasedIdentity.objects.filter(pk=_digest(issuer, subject))
    if erased.filter(erased_at__gte=issued_at).exists():
        raise IdentityErased
    try:
        with transaction.atomic():
            user = User(
                username=f"user-{secrets.token_hex(6)}",
                email=f"{subject}@{secrets.token_hex(4)}.invalid",
            )
            user.set_unusable_password()
            user.save()
            ExternalIdentity.objects.create(user=user, issuer=issuer, subject=subject)
            return user
    except IntegrityError:
        # Another first request of the same person was faster.
        return known.get(issuer=issuer, subject=subject).user


@transaction.atomic
def close_account(*, user: User) -> None:
    """Shut the person out at once, free their name and address, and have everything erased.

    An account of ours stays as it is.
    """
    if user.pk in STANDING_IDS:
        return
    advance_clock(user.pk)
    addresses = EmailAddress.objects.filter(user=user)
    for address in {user.email, *addresses.values_list("email", flat=True)}:
        mail.drop_mail(recipient=address)
    # Nobody can take this name beforehand and so keep the person here.
    stone = f"erased-{secrets.token_hex(16)}"
    numbered = Concat(Cast("pk", TextField()), Value(f"-{stone}@erased.invalid"))
    addresses.update(email=numbered, verified=False)
    user.is_active = False
    user.username = stone
    user.email = f"{stone}@erased.invalid"
    user.first_name = user.last_name = ""
    user.set_unusable_password()
    user.save()
    UserProfile.objects.filter(user=user).update(visibility="private", display_name="", bio="")
    Session.objects.filter(user=user).delete()
    outbox.promise(kind="erase_account", user_id=str(user.pk))


@outbox.handles("erase_account")
def erase_account(*, user_id: str) -> None:
    """Delete every row and file of a closed account, children first."""
    user = User.objects.filter(pk=user_id, is_active=False).exclude(pk__in=STANDING_IDS).first()
    if user is None:
        return
    files: list[tuple[FileField, str]] = []
    with transaction.atomic():
        _lock_out_others(user)
        personal_data.prepare_erasure(user.pk)
        _remember_identities(user)
        _blank_admin_log(user)
        for part in reversed(personal_data.registered()):
            files += _files_of(part, user.pk)
            if part.erase:
                part.rows(user.pk)._raw_delete(using="default")
        # Last, since whoever else has something for the trail waits from here.
        audit.forget(user.pk)
        user.delete()
    # Files last: a row without its file is worse than a file without its row.
    for field, name in files:
        field.storage.delete(name)
    logger.info("Account %s is erased.", user_id)


def _lock_out_others(user: User) -> None:
    """The person's writers, and those of everybody whose rows change when they go."""
    touched = personal_data.touched_by_erasure(user.pk) | {user.pk}
    advance_clocks_unheard(touched)
    # Looked up once the person's own writers are out: who came until then is touched as well.
    advance_clocks_unheard(personal_data.touched_by_erasure(user.pk) - touched)


def _remember_identities(user: User) -> None:
    for identity in user.external_identities.all():
        ErasedIdentity.objects.update_or_create(
            pk=_digest(identity.issuer, identity.subject), defaults={"erased_at": timezone.now()}
        )


def _blank_admin_log(user: User) -> None:
    """What admins did to the person's rows stays in their log, but not to whose."""
    for part in personal_data.registered():
        if isinstance(part.model._meta.pk, CompositePrimaryKey):
            continue  # not a row that the admin shows by itself
        kinds = [kind for kind in apps.get_models() if kind._meta.concrete_model is part.model]
        types = ContentType.objects.get_for_models(*kinds, for_concrete_models=False).values()
        keys = part.rows(user.pk).order_by().values_list(Cast("pk", TextField()))
        LogEntry.objects.filter(content_type__in=types, object_id__in=keys).update(
            object_id=None, object_repr="erased", change_message=""
        )


def _digest(issuer: str, subject: UUID) -> str:
    return hashlib.sha256(f"{issuer} {subject}".encode()).hexdigest()


def _files_of(part: personal_data.PersonalData, user_id: UUID) -> list[tuple[FileField, str]]:
    found = []
    for name in part.files:
        field = part.model._meta.get_field(name)
        assert isinstance(field, FileField)
        names = part.rows(user_id).exclude(**{name: ""}).values_list(name, flat=True)
        found += [(field, stored) for stored in names]
    return found


@transaction.atomic
def end_sessions(*, user_id: UUID) -> int:
    """Log the person out everywhere, at once; answers of how many sessions."""
    ended, _ = Session.objects.filter(user=user_id).delete()
    UserSession.objects.filter(user=user_id).delete()
    return ended


def remove_expired_sessions() -> int:
    removed, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return removed
