"""The same event at once: on connections of their own, as replicas of us would have it."""

import pytest

from tests.users.races import at_once
from tests.wearables.signed_events import NOW
from users.models import OutboxMessage
from wearables.models import WebhookEvent
from wearables.providers.base import Notice, WebhookAnswer
from wearables.services import webhooks


@pytest.mark.django_db(transaction=True)
def test_an_event_that_comes_eight_times_at_once_is_stored_and_promised_once():
    answer = WebhookAnswer(key="trace-1", notices=(Notice(external_user_id="person-7"),))

    stored = at_once(8, lambda _: webhooks.store(provider="whoop", answer=answer, now=NOW))

    assert sum(event_id is not None for event_id in stored) == 1
    assert WebhookEvent.objects.count() == 1
    assert OutboxMessage.objects.filter(kind=webhooks.KIND).count() == 1
