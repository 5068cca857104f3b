"""One simulator for a module; it forgets everything before each test."""

import datetime as dt
import os
from collections.abc import Iterator

import pytest
import time_machine
from rest_framework.test import APIClient

from config import providers
from tests.conftest import client_of
from tests.factories.users import UserFactory
from tests.simulator.running import Simulator, running_simulator
from tests.wearables.scenarios.makers import NOW, Makers
from users.models import Session, User


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with running_simulator() as running:
        yield running


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ana(db) -> User:
    return in_berlin(UserFactory(username="ana"))


@pytest.fixture
def ben(db) -> User:
    return in_berlin(UserFactory(username="ben"))


def in_berlin(user: User) -> User:
    user.profile.timezone = "Europe/Berlin"
    user.profile.save()
    return user


@pytest.fixture
def api(ana: User) -> APIClient:
    return phone_of(ana)


@pytest.fixture
def bens_api(ben: User) -> APIClient:
    return phone_of(ben)


def phone_of(user: User) -> APIClient:
    """With a session that lasts by the clock of the database, too, which does not stand."""
    client = client_of(user)
    Session.objects.filter(user=user).update(expire_date=dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
    return client


@pytest.fixture
def makers(simulator: Simulator, api: APIClient, clock, settings) -> Makers:
    simulator.control("reset", {"seed": 7})
    settings.WEARABLE_PROVIDERS = providers.read(os.environ, simulator=simulator.url)
    return Makers(simulator, api, clock)
