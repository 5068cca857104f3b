"""What staff do about connections: read again, asked again, replayed."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse

from tests.factories.users import UserFactory
from tests.factories.wearables import DeviceFactory, RawPayloadFactory, SyncRunFactory
from tests.social.told import told
from tests.users.admin_client import browser_of
from users.models import OutboxMessage, User
from users.services import outbox
from wearables.models import DailyActivity, SyncRun

pytestmark = pytest.mark.django_db
DEVICES = reverse("admin:wearables_wearabledevice_changelist")
RUNS = reverse("admin:wearables_syncrun_changelist")


@pytest.fixture
def desk() -> Client:
    return browser_of(UserFactory(is_staff=True, is_superuser=True))


def act(desk: Client, url: str, action: str, *rows: object) -> list[str]:
    chosen = {"action": action, ACTION_CHECKBOX_NAME: [str(row.pk) for row in rows]}
    answer = desk.post(url, chosen, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_a_failed_run_is_tried_again_once(desk: Client):
    run = SyncRunFactory(status="failed", error_code="broken", attempts=5)

    said = act(desk, RUNS, "try_again", run)
    again = act(desk, RUNS, "try_again", run)

    assert (said, again) == (["1 will be tried again."], ["0 will be tried again."])
    run = SyncRun.objects.get()
    assert (run.status, run.attempts, run.error_code) == ("pending", 0, "")


def test_a_run_is_left_alone_while_another_of_its_kind_is_open(desk: Client):
    open_run = SyncRunFactory(status="pending")
    failed = SyncRunFactory(device=open_run.device, user=open_run.user, status="failed")

    said = act(desk, RUNS, "try_again", failed)

    assert said == ["0 will be tried again."]
    failed.refresh_from_db()
    assert failed.status == "failed"


def test_a_person_is_asked_once_a_day_to_connect_again(desk: Client, ana: User):
    lost = DeviceFactory(user=ana, status="reauth_required", error_code="deregistered")
    connected = DeviceFactory(user=ana)

    said = act(desk, DEVICES, "remind", lost, connected)
    again = act(desk, DEVICES, "remind", lost)

    others = "The others are connected, or were asked within the last day."
    assert said == ["1 people were asked to connect again.", others]
    assert again == ["0 people were asked to connect again.", others]
    assert told(ana) == [
        ("wearable_reauth", "Connect Oura Ring again: you have disconnected it there.")
    ]


def test_kept_answers_are_read_once_more_by_a_worker(desk: Client, ana: User):
    payload = RawPayloadFactory(device=DeviceFactory(user=ana))

    said = act(desk, DEVICES, "replay", payload.device)

    assert said == ["What is kept of 1 will be read once more."]
    message = OutboxMessage.objects.get(kind="replay_payloads")
    assert not DailyActivity.objects.exists()
    outbox.deliver(message_id=message.pk)
    assert not OutboxMessage.objects.filter(pk=message.pk).exists()
