"""Who appears in the tests: ana acts, ben is the stranger."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import TransactionTestCase, override_settings
from rest_framework.test import APIClient

from tests import filled, migrated
from tests.factories.users import UserFactory
from users.models import User
from users.sessions import SessionStore


@pytest.fixture(scope="session", autouse=True)
def _fast(django_test_environment):
    """Cheap hashes, mail that stays here, rate limits high."""
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        EMAIL_BACKEND="users.mail.OutboxEmailBackend",
        MAIL_TRANSPORT="django.core.mail.backends.locmem.EmailBackend",
        API_RATE_PER_MINUTE=1_000_000,
        API_ANONYMOUS_RATE_PER_MINUTE=1_000_000,
    ):
        yield


@pytest.fixture(scope="session")
def _media(tmp_path_factory) -> Iterator[Path]:
    """A folder for each test, which is there when something is put into it."""
    root = tmp_path_factory.mktemp("media")
    return (root / str(number) for number in count())


@pytest.fixture(autouse=True)
def _apart(settings, request, _media):
    """Files in a folder of the test, Redis keys with a prefix of the test.

    The prefix is changed in place: new CACHES would mean a new connection for each test.
    """
    settings.MEDIA_ROOT = next(_media)
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    prefix = f"test-{worker}-{request.node.name}"
    settings.CACHES["default"]["KEY_PREFIX"] = caches["default"].key_prefix = prefix


@pytest.fixture(scope="session", autouse=True)
def _emptied_by_deleting():
    """After a test with real transactions: TRUNCATE of each table and filling them again costs
    a hundred times as much.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: filled.restore())
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Each process has a copy of what was migrated once."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated.ensure()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        filled.remember()


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
