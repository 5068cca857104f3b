"""Who appears in the tests: ana acts, ben is the stranger."""

from importlib import import_module

import pytest
from django.apps import apps
from rest_framework.test import APIClient

from tests.factories.users import UserFactory
from users.models import User
from users.sessions import SessionStore
from workouts.models import Muscle

vocabulary = import_module("workouts.migrations.0002_muscles_and_equipment")
landmarks = import_module("workouts.migrations.0006_landmarks")
uncategorized = import_module("nutrition.migrations.0003_uncategorized")


@pytest.fixture(autouse=True)
def _fast_and_apart(settings, tmp_path, request):
    """Cheap hashes, files in a folder of the test, rate limits high, Redis keys per worker."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "users.mail.OutboxEmailBackend"
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
    settings.API_RATE_PER_MINUTE = settings.API_ANONYMOUS_RATE_PER_MINUTE = 1_000_000
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    settings.CACHES = {
        "default": {
            **settings.CACHES["default"],
            "KEY_PREFIX": f"test-{worker}-{request.node.name}",
        }
    }


@pytest.fixture(autouse=True)
def _vocabulary(request):
    """What migrations fill in, which a test with real transactions takes along."""
    names = {"db", "transactional_db"} & set(request.fixturenames)
    if names or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        if not Muscle.objects.exists():
            vocabulary.fill(apps, None)
            landmarks.fill(apps, None)
            uncategorized.fill(apps, None)


@pytest.fixture
def ana(db) -> User:
    return UserFactory(username="ana")


@pytest.fixture
def ben(db) -> User:
    return UserFactory(username="ben")


@pytest.fixture
def anonymous() -> APIClient:
    return APIClient()


@pytest.fixture
def api(ana: User) -> APIClient:
    """ana's phone, with a real session token."""
    return client_of(ana)


@pytest.fixture
def bens_api(ben: User) -> APIClient:
    return client_of(ben)


def client_of(user: User) -> APIClient:
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {session.token}")
    return client
