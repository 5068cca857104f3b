"""Answers of providers as they came, and reading them once more."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories.wearables import DeviceFactory, PhoneFactory, RawPayloadFactory
from tests.wearables.obeying import Obeying
from wearables.models import DailyActivity, RawPayload, SyncRun, WearableDevice
from wearables.providers import registry
from wearables.providers.base import Unreadable
from wearables.services import payloads

pytestmark = pytest.mark.django_db
MORNING, EVENING = ({"day": "2026-03-02", "steps": steps} for steps in (4000, 9000))


@pytest.fixture(autouse=True)
def ring(monkeypatch) -> Obeying:
    obeying = Obeying()
    monkeypatch.setitem(registry.PROVIDERS, "oura", obeying)
    return obeying


def keep(device: WearableDevice, payload) -> None:
    payloads.keep(device=device, data_type="sleep", payload=payload, context={"timezone": "UTC"})


def test_the_same_answer_is_kept_once_and_compressed(ana):
    device = DeviceFactory(user=ana)

    for payload in ({"b": "x" * 10_000, "a": 1}, {"a": 1, "b": "x" * 10_000}):
        keep(device, payload)

    assert len(RawPayload.objects.get().body) < 200


def test_a_replay_ends_with_what_came_last(ana):
    device: WearableDevice = DeviceFactory(user=ana)
    for payload in (EVENING, MORNING, EVENING):
        keep(device, payload)

    counts, unread = payloads.replay([device])
    again, _ = payloads.replay([device])

    assert DailyActivity.objects.get().steps == 9000
    assert ((counts.new, unread), RawPayload.objects.count()) == ((1, 0), 2)
    assert again.new == 0


def test_what_cannot_be_read_is_counted_and_holds_up_nothing(ana, monkeypatch):
    device: WearableDevice = DeviceFactory(user=ana)
    keep(device, {"day": "?"})
    keep(device, EVENING)
    read = Obeying.read

    def strict(self, data_type, payload, *, timezone):
        if payload["day"] == "?":
            raise Unreadable
        return read(self, data_type, payload, timezone=timezone)

    monkeypatch.setattr(Obeying, "read", strict)
    _, unread = payloads.replay([device])

    assert unread == 1
    assert DailyActivity.objects.get().steps == 9000


def test_the_command_replays_the_devices_that_it_is_told(ana, ben, capsys):
    for user in (ana, ben):
        keep(DeviceFactory(user=user), EVENING)

    call_command("replay_wearables", "--provider", "oura", "--user", "ana")

    assert DailyActivity.objects.get().user_id == ana.pk
    assert "1 devices: 1 new, 0 changed, 0 deleted; 0 payloads" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("replay_wearables", "--user", "nobody")


def test_answers_are_kept_for_a_while(ana, settings):
    settings.WEARABLE_PAYLOAD_DAYS = 30
    device, now = DeviceFactory(user=ana), timezone.now()
    kept = RawPayloadFactory(device=device, received_at=now - dt.timedelta(days=29))
    RawPayloadFactory(device=device, received_at=now - dt.timedelta(days=31))

    payloads.remove_old(now=now)

    assert list(RawPayload.objects.all()) == [kept]


def test_the_command_asks_for_a_sync_of_what_can_be_read(ana, capsys):
    ring = DeviceFactory(user=ana)
    DeviceFactory(user=ana, status="reauth_required")
    DeviceFactory(user=ana, is_active=False)
    PhoneFactory(user=ana)

    call_command("sync_wearables", "--user", "ana")

    assert SyncRun.objects.get().device_id == ring.pk
    assert "1 syncs requested" in capsys.readouterr().out
