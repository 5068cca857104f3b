"""Workers side by side that need one token."""

import datetime as dt

import pytest

from tests.factories.wearables import DeviceFactory, SyncRunFactory
from tests.users.races import aside, at_once, wait_for_a_blocked_connection
from tests.wearables.obeying import Obeying, client, token_endpoint
from wearables.models import WearableDevice
from wearables.providers import registry
from wearables.services.reauth import mark_reauth
from wearables.services.tokens import valid_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def endpoint(monkeypatch, settings):
    monkeypatch.setitem(registry.PROVIDERS, "oura", Obeying())
    with token_endpoint() as running:
        oura = client(token=running.url)
        settings.WEARABLE_PROVIDERS = {**settings.WEARABLE_PROVIDERS, "oura": oura}
        running.delay_s = 0.3
        yield running


def ended() -> WearableDevice:
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    return DeviceFactory(auth_token="old", token_expires_at=yesterday)


@pytest.mark.parametrize("refused", ["", "old"])
def test_of_two_workers_one_refreshes_and_both_get_its_token(endpoint, refused):
    device = ended()
    endpoint.answers_with(access_token="new", refresh_token="next", expires_in=3600)

    tokens = at_once(2, lambda _: valid_token(device.pk, refused=refused)[0])

    device.refresh_from_db()
    assert tokens == ["new", "new"]
    assert len(endpoint.asked) == 1
    assert device.refresh_token == "next"


def test_nobody_sees_a_token_before_it_is_stored_and_nobody_undoes_it(endpoint):
    device = ended()
    endpoint.answers_with(access_token="new", expires_in=3600)
    endpoint.may_answer.clear()

    renewing = aside(lambda: valid_token(device.pk)[0])
    assert endpoint.was_asked.wait(10)
    renaming = aside(lambda: WearableDevice.objects.filter(pk=device.pk).write(name="Left hand"))
    wait_for_a_blocked_connection()
    seen = WearableDevice.objects.get(pk=device.pk).auth_token
    endpoint.may_answer.set()

    assert (renewing.result(), renaming.result(), seen) == ("new", 1, "old")
    device.refresh_from_db()
    assert (device.auth_token, device.name) == ("new", "Left hand")


def test_what_comes_in_is_stored_while_a_token_is_renewed(endpoint):
    device = ended()
    endpoint.answers_with(access_token="new", expires_in=3600)
    endpoint.may_answer.clear()

    renewing = aside(lambda: valid_token(device.pk)[0])
    assert endpoint.was_asked.wait(10)
    run = SyncRunFactory(device=device)
    endpoint.may_answer.set()

    assert renewing.result() == "new"
    assert run.device_id == device.pk


def test_who_connects_again_is_not_undone_by_a_worker_with_the_old_token(endpoint):
    device = ended()
    WearableDevice.objects.filter(pk=device.pk).write(auth_token="of a new sign-in")

    marked = mark_reauth(device=device, seen="old")

    device.refresh_from_db()
    assert not marked
    assert device.status == "active"
