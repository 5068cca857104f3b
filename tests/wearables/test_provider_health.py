"""The circuit breaker, and pauses that a provider demands."""

import datetime as dt

import pytest

from tests.factories.wearables import ProviderStateFactory
from tests.users.races import at_once
from tests.wearables.obeying import NOW
from wearables.models import ProviderState
from wearables.services import provider_health as health

MINUTE = dt.timedelta(minutes=1)


def ask(at: dt.datetime) -> health.Leave:
    return health.leave_to_ask("oura", now=at)


def fail(times: int, at: dt.datetime, **options) -> None:
    for _ in range(times):
        health.failed("oura", now=at, **options)


@pytest.mark.django_db
class TestOneWorker:
    def test_a_provider_of_which_nothing_is_known_is_asked(self):
        assert ask(NOW) == health.Leave(granted=True)

    def test_the_fifth_failure_in_a_row_opens_the_circuit_for_a_minute(self):
        fail(4, NOW)
        before = ask(NOW)
        fail(1, NOW)

        assert before == health.Leave(granted=True)
        assert ask(NOW) == health.Leave(granted=False, again_at=NOW + MINUTE)

    def test_an_answer_in_between_begins_the_count_anew(self):
        fail(4, NOW)
        health.succeeded("oura")
        fail(4, NOW)

        assert ask(NOW).granted

    def test_those_on_their_way_when_it_opened_do_not_count(self):
        fail(50, NOW)

        assert ProviderState.objects.get().failures == 5

    def test_one_run_probes_and_its_success_lets_everybody_in(self):
        fail(5, NOW)

        probe, other = ask(NOW + MINUTE), ask(NOW + MINUTE)
        health.succeeded("oura")

        assert probe == health.Leave(granted=True, probing=True)
        assert other == health.Leave(granted=False, again_at=NOW + MINUTE + health.PROBE)
        assert ask(NOW + MINUTE) == health.Leave(granted=True)

    def test_a_probe_that_was_lost_is_followed_by_another(self):
        fail(5, NOW)
        ask(NOW + MINUTE)

        assert ask(NOW + MINUTE + health.PROBE).probing

    def test_each_failed_probe_doubles_the_wait_up_to_an_hour(self):
        at, waits = NOW, []
        fail(5, at)

        for _ in range(8):
            again_at = ask(at).again_at
            waits.append((again_at - at) // MINUTE)
            at = again_at
            assert ask(at).probing
            fail(1, at, probing=True)

        assert waits == [1, 2, 4, 8, 16, 32, 60, 60]

    def test_a_pause_that_it_demanded_outlasts_an_answer_and_a_shorter_one(self):
        health.pause("oura", until=NOW + MINUTE, now=NOW)
        health.pause("oura", until=NOW, now=NOW)
        health.succeeded("oura")

        assert ask(NOW) == health.Leave(granted=False, again_at=NOW + MINUTE)
        assert ask(NOW + MINUTE) == health.Leave(granted=True)

    def test_a_disabled_one_is_never_asked(self):
        ProviderStateFactory(disabled_at=NOW)

        assert ask(NOW + dt.timedelta(days=365)) == health.Leave(granted=False)


@pytest.mark.django_db(transaction=True)
class TestWorkersSideBySide:
    def test_every_failure_is_counted(self):
        at_once(4, lambda _: health.failed("oura", now=NOW))

        assert ProviderState.objects.get().failures == 4

    def test_one_of_them_probes(self):
        fail(5, NOW)

        leaves = at_once(4, lambda _: ask(NOW + MINUTE))

        assert sorted(leave.probing for leave in leaves) == [False, False, False, True]
