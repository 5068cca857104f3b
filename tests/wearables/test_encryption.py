"""Secrets as they lie in the database."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.wearables import DeviceFactory
from wearables.encryption import WrongKey, decrypt, encrypt, rotated
from wearables.models import WearableDevice

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def stored_of(device: WearableDevice) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT auth_token FROM wearables_wearabledevice WHERE id = %s", [device.pk]
        )
        return cursor.fetchone()[0]


@given(st.text(min_size=1))
def test_what_was_encrypted_is_opened_again(text):
    assert decrypt(encrypt(text)) == text


def test_nothing_stays_nothing():
    assert (encrypt(""), decrypt(""), rotated("")) == ("", "", "")


def test_an_older_key_of_the_ring_opens_and_the_first_encrypts(settings):
    settings.WEARABLE_KEYS = [OLD]
    old = encrypt("secret")

    settings.WEARABLE_KEYS = [NEW, OLD]
    opened, renewed = decrypt(old), rotated(old)

    settings.WEARABLE_KEYS = [NEW]
    assert (opened, decrypt(renewed)) == ("secret", "secret")


@pytest.mark.parametrize("use", [decrypt, rotated])
@pytest.mark.parametrize("stored", ["plain text", "gAAAAA"])
def test_a_value_that_no_key_opens_is_an_error_and_never_handed_out(use, stored):
    with pytest.raises(WrongKey) as caught:
        use(stored)

    assert stored not in str(caught.value)


@pytest.mark.django_db
class TestTheField:
    def test_the_database_holds_no_token(self):
        device = DeviceFactory(auth_token="secret-token")

        device.refresh_from_db()

        assert device.auth_token == "secret-token"
        assert stored_of(device).startswith("gAAAAA")
        assert "secret" not in stored_of(device)

    def test_a_long_token_fits(self):
        device = DeviceFactory(auth_token="x" * 4096)

        device.refresh_from_db()

        assert device.auth_token == "x" * 4096

    def test_with_another_ring_it_cannot_be_read(self, settings):
        device = DeviceFactory()

        settings.WEARABLE_KEYS = [NEW]

        with pytest.raises(WrongKey):
            device.refresh_from_db()

    def test_it_cannot_be_searched(self):
        with pytest.raises(FieldError):
            WearableDevice.objects.filter(auth_token="access-token").exists()
