"""A person with a row in every table that knows people, each marked with a word of theirs."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from nutrition.models import FoodImage, MergedFood
from social.models import Picture
from tests.analytics.measured import measure
from tests.conftest import client_of
from tests.factories.users import NotificationFactory, UserFactory
from tests.factories.workouts import CustomExerciseFactory, WorkoutFactory, WorkoutSetFactory
from tests.nutrition.fed import feed
from tests.social.joined import join_in
from tests.wearables.worn import wear
from tests.workouts.trained import follow_a_plan
from users import personal_data
from users.ids import uuid7
from users.models import (
    AccountExport,
    ExternalIdentity,
    HealthDisclosure,
    IdempotencyKey,
    NotificationActor,
    PushDevice,
    StaffAction,
    User,
    UserProfile,
)
from users.services import audit, live
from users.services.audit import Note, Trail
from wearables.models import ActivityImport
from workouts.models import (
    Equipment,
    Exercise,
    ExerciseAlias,
    ExerciseEquipment,
    ExerciseMuscle,
    MergedExercise,
    Muscle,
    RowError,
    WorkoutImport,
)


def person_with_everything(word: str) -> User:
    """``word`` stands in every text that is theirs: "<word> secret" where nobody may read it."""
    user = UserFactory(username=word, first_name=f"{word} first", last_name=f"{word} last")
    user.groups.add(Group.objects.get_or_create(name="coaches")[0])
    _account(user, word)
    _app(user, word)
    _workouts(user, word)
    own = Exercise.objects.filter(created_by=user)[0]
    MergedExercise.objects.create(name=word, merged_into=own)
    fed = feed(user, word=word)
    MergedFood.objects.create(source="usda", name=word, merged_into=fed.food)
    empty = [part.label for part in personal_data.registered() if not part.rows(user.pk).exists()]
    assert empty == [], f"Give the person a row in these tables too: {empty}"
    return User.objects.get(pk=user.pk)


def _account(user: User, word: str) -> None:
    address = EmailAddress.objects.get(user=user)
    EmailConfirmation.objects.create(email_address=address, key=f"{word} secret")
    ExternalIdentity.objects.create(
        user=user, issuer=f"https://{word}.supabase.co/auth/v1", subject=uuid7()
    )
    client_of(user)
    UserSession.objects.create(
        user=user, session_key=f"{word} secret", ip="127.0.0.1", user_agent=f"{word}'s phone"
    )
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": f"{word} secret"}
    )
    LogEntry.objects.create(
        user=user, object_repr=f"{word} logged", action_flag=CHANGE, object_id=str(uuid7())
    )
    now = timezone.now()
    HealthDisclosure.objects.create(
        user=user, reason=f"{word} asked us", opened_at=now, closes_at=now + timedelta(minutes=30)
    )
    seen = Note(action=StaffAction.VIEW, person=user.pk, reason=f"{word} asked us")
    audit.write(Trail(staff=user, address="192.0.2.1", notes=[seen]))


def _app(user: User, word: str) -> None:
    profile = UserProfile.objects.get(user=user)
    profile.display_name = profile.bio = profile.location = word
    profile.avatar.save(f"{word}-512.webp", ContentFile(f"{word} large".encode()), save=False)
    profile.avatar_thumbnail.save(
        f"{word}-128.webp", ContentFile(f"{word} small".encode()), save=False
    )
    profile.save()
    IdempotencyKey.objects.create(
        user=user, key=word, resource="x", object_id=uuid7(), content_hash=b"x"
    )
    told = NotificationFactory(user=user, text=f"{word} trained", actors_count=1)
    NotificationActor.objects.create(
        user=user, notification=told, actor=user, created_at=timezone.now()
    )
    live.announce(user_ids=[user.pk], kind="notification", data={"text": f"{word} trained"})
    NotificationFactory(user=user, text=f"{word} deleted this").delete()
    PushDevice.objects.create(
        user=user, platform="fcm", token=f"{word} secret", name=f"{word}'s phone"
    )
    export = AccountExport(user=user, status="ready", expires_at=timezone.now(), size_bytes=1)
    export.file.save(f"exports/{export.pk}.zip", ContentFile(f"{word} zip".encode()), save=False)
    export.save()


def _workouts(user: User, word: str) -> None:
    exercise = CustomExerciseFactory(created_by=user, name=f"{word} press")
    muscle, _ = Muscle.objects.get_or_create(slug="chest", defaults={"muscle_group": "chest"})
    equipment, _ = Equipment.objects.get_or_create(slug="barbell")
    ExerciseMuscle.objects.create(exercise=exercise, muscle=muscle, role="primary", share=1)
    ExerciseEquipment.objects.create(exercise=exercise, equipment=equipment)
    workout = WorkoutFactory(user=user, name=f"{word} day", notes=word)
    WorkoutSetFactory(workout=workout, exercise=exercise, notes=word)
    follow_a_plan(user, exercise, word=word)
    join_in(user, workout, word=word)
    wear(user, workout, word=word)
    measure(user, exercise, word=word)
    job = WorkoutImport(user=user, file_name=f"{word}.csv", status="done", timezone="UTC")
    job.file.save(f"imports/{job.pk}.csv", ContentFile(f"{word} csv".encode()), save=False)
    job.save()
    RowError.objects.create(job=job, line=2, code="invalid", message=f"{word}?")
    ExerciseAlias.objects.create(user=user, name=f"{word} lift", exercise=exercise)


def rows_by_table(user: User) -> dict[str, list[dict[str, Any]]]:
    return {part.label: list(part.rows(user.pk).values()) for part in personal_data.registered()}


def tables_that_mention(text: str) -> dict[str, int]:
    """Every table of the database with a row that holds the text in any column, as it prints."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s',  # noqa: S608
                [f"%{text}%"],
            )
            if count := cursor.fetchone()[0]:
                found[table] = count
    return found


def private_storage() -> Storage:
    return AccountExport._meta.get_field("file").storage


def use_a_folder_of_the_test(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """For private files: the fields took their storage when the models were loaded."""
    storage = FileSystemStorage(location=folder / "private")
    files = [
        (AccountExport, "file"),
        (WorkoutImport, "file"),
        (FoodImage, "image"),
        (FoodImage, "thumbnail"),
        (Picture, "image"),
        (Picture, "thumbnail"),
        (ActivityImport, "file"),
    ]
    for model, name in files:
        monkeypatch.setattr(model._meta.get_field(name), "storage", storage)


def stored_files() -> list[str]:
    """The names of all files in both storages."""

    def below(storage, folder: str) -> list[str]:
        if not storage.exists(folder):
            return []
        folders, files = storage.listdir(folder)
        inside = [name for sub in folders for name in below(storage, f"{folder}/{sub}".strip("/"))]
        return [f"{folder}/{name}".strip("/") for name in files] + inside

    return sorted(
        below(default_storage, "avatars")
        + below(private_storage(), "exports")
        + below(private_storage(), "imports")
        + below(private_storage(), "food-images")
        + below(private_storage(), "pictures")
        + below(private_storage(), "activity-imports")
    )


def body_of(response) -> bytes:
    return b"".join(response.streaming_content)


def with_token(client: APIClient) -> str:
    return str(client._credentials["HTTP_AUTHORIZATION"]).removeprefix("Bearer ")
