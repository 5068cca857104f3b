"""Every secret under the newest key, beside a running server."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection

from tests.factories.wearables import (
    AuthorizationRequestFactory,
    DeviceFactory,
    RevocationFactory,
    WebhookSubscriptionFactory,
)
from wearables.models import WearableDevice
from wearables.services import keys

pytestmark = pytest.mark.django_db
OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture(autouse=True)
def _old_key(settings):
    settings.WEARABLE_KEYS = [OLD]


def raw(device: WearableDevice) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT auth_token FROM wearables_wearabledevice WHERE id = %s", [device.pk]
        )
        return cursor.fetchone()[0]


def test_secrets_of_all_models_are_under_the_new_key_afterwards(settings, capsys):
    device = DeviceFactory()
    rows = [
        device,
        AuthorizationRequestFactory(code_verifier="verifier"),
        WebhookSubscriptionFactory(secret="signs"),
        RevocationFactory(),
    ]
    settings.WEARABLE_KEYS = [NEW, OLD]

    call_command("rotate_keys")

    settings.WEARABLE_KEYS = [NEW]
    for row in rows:
        row.refresh_from_db()
    assert (device.auth_token, device.refresh_token) == ("access-token", "refresh-token")
    assert [rows[1].code_verifier, rows[2].secret, rows[3].auth_token] == [
        "verifier",
        "signs",
        "access-token",
    ]
    assert "7 rotated, 0 under the newest key already, 0" in capsys.readouterr().out


def test_a_second_run_writes_nothing(settings):
    device = DeviceFactory()
    settings.WEARABLE_KEYS = [NEW, OLD]
    keys.rotate()
    once = raw(device)

    again = keys.rotate()

    assert (again.rotated, again.current, again.unreadable) == (0, 2, 0)
    assert raw(device) == once


def test_a_dry_run_writes_nothing(settings, capsys):
    device = DeviceFactory()
    before = raw(device)
    settings.WEARABLE_KEYS = [NEW, OLD]

    call_command("rotate_keys", "--dry-run")

    assert raw(device) == before
    assert "Dry run: 2 rotated" in capsys.readouterr().out


def test_a_token_that_is_refreshed_meanwhile_stays(settings, monkeypatch):
    device = DeviceFactory(refresh_token="")
    settings.WEARABLE_KEYS = [NEW, OLD]
    swap = keys._swap

    def late(*arguments):
        WearableDevice.objects.filter(pk=device.pk).write(auth_token="fresh")
        return swap(*arguments)

    monkeypatch.setattr(keys, "_swap", late)
    rotation = keys.rotate()

    device.refresh_from_db()
    assert device.auth_token == "fresh"
    assert (rotation.rotated, rotation.changed) == (0, 1)


def test_a_value_that_no_key_opens_is_counted_and_fails_the_command(settings, capsys):
    lost, kept = DeviceFactory(refresh_token=""), DeviceFactory(refresh_token="")
    settings.WEARABLE_KEYS = [OTHER]
    WearableDevice.objects.filter(pk=lost.pk).write(auth_token="secret")
    settings.WEARABLE_KEYS = [NEW, OLD]

    with pytest.raises(SystemExit) as ended:
        call_command("rotate_keys")

    settings.WEARABLE_KEYS = [NEW]
    kept.refresh_from_db()
    assert ended.value.code == 1
    assert kept.auth_token == "access-token"
    assert "1 rotated, 0 under the newest key already, 1 that" in capsys.readouterr().out


def test_batches_follow_each_other(settings, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    DeviceFactory.create_batch(5, refresh_token="")
    settings.WEARABLE_KEYS = [NEW, OLD]
    told = []

    rotation = keys.rotate(told=told.append)

    assert rotation.rotated == keys.count() == 5
    assert told == [2, 2, 1]
