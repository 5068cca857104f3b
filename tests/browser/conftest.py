"""A browser that has logged in, before the admin as it is in production."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as django_settings

from tests.browser.chromium import Chromium, Far, path_of_chromium
from tests.factories.users import UserFactory
from tests.users.admin_client import browser_of
from users.models import User

Open = Callable[..., Far]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    path = path_of_chromium()
    if path is None:
        pytest.skip("There is no Chromium: install it, or name it with CHROMIUM.")
    browser = Chromium(path)
    yield browser
    browser.close()


@pytest.fixture(autouse=True)
def _as_in_production(settings: Any) -> None:
    settings.ADMIN_MFA_REQUIRED = True


@pytest.fixture
def root(transactional_db: None) -> User:
    """A superuser with a second factor."""
    user = UserFactory(username="root", is_staff=True, is_superuser=True)
    TOTP.activate(user, generate_totp_secret())
    assert Authenticator.objects.filter(user=user).exists()
    return user


@pytest.fixture
def window(chromium: Chromium, live_server: Any) -> Iterator[Open]:
    """Opens windows. A test in which anything went wrong in one of them fails."""
    opened = []
    with ExitStack() as stack:

        def open_window(user: User | None = None, **options: Any) -> Far:
            one = stack.enter_context(chromium.window(live_server.url, **options))
            opened.append(one)
            if user is not None:
                token = browser_of(user).cookies[django_settings.SESSION_COOKIE_NAME].value
                cookie = {
                    "name": django_settings.SESSION_COOKIE_NAME,
                    "value": token,
                    "url": live_server.url,
                }
                chromium.call(one.context.add_cookies, [cookie])
            return Far(chromium.call, one)

        yield open_window
    assert [problem for one in opened for problem in one.wrong] == []
