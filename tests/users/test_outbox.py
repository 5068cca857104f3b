"""Work that a transaction promises: kept or forgotten with it, done once, tried again."""

import datetime as dt
import logging
import threading

import pytest
import time_machine
from celery.exceptions import OperationalError
from django.db import transaction
from kombu import Connection
from rest_framework.test import APIClient

from tests.users.races import LIMIT_S, aside, at_once
from users import tasks
from users.ids import uuid7
from users.models import AccountExport, OutboxMessage, User
from users.services import outbox

NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch) -> list[str]:
    """What the handler of "note" has written down."""
    notes: list[str] = []

    def note(*, text: str) -> None:
        notes.append(text)

    monkeypatch.setitem(outbox._handlers, "note", note)
    return notes


@pytest.fixture
def nudges(monkeypatch) -> list[str]:
    """The ids of messages for which a worker was woken."""
    sent: list[str] = []
    monkeypatch.setattr(
        tasks.deliver_outbox_message, "delay", lambda *, message_id: sent.append(message_id)
    )
    return sent


def promised(**changes) -> OutboxMessage:
    message = outbox.promise(kind="note", text="done")
    OutboxMessage.objects.filter(pk=message.pk).update(**changes)
    return message


# --- Promising -----------------------------------------------------------------------------------


def test_a_promise_wakes_a_worker_after_the_commit(
    done, nudges, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        message = outbox.promise(kind="note", text="done")
        before_commit = list(nudges)

    assert before_commit == []
    assert nudges == [str(message.pk)]
    assert OutboxMessage.objects.get().payload == {"text": "done"}


@pytest.mark.django_db(transaction=True)
def test_a_promise_of_a_transaction_that_fails_is_forgotten(done, nudges):
    @transaction.atomic
    def fail() -> None:
        outbox.promise(kind="note", text="done")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        fail()

    assert not OutboxMessage.objects.exists()
    assert nudges == []


def test_what_nobody_handles_is_not_promised():
    with pytest.raises(ValueError, match="Nothing handles 'nonsense'"):
        outbox.promise(kind="nonsense")

    assert not OutboxMessage.objects.exists()


def test_every_kind_has_its_handler_in_a_worker():
    assert {
        "account_export",
        "email",
        "erase_account",
        "push",
        "push_to_device",
    } <= outbox._handlers.keys()


# --- Delivering ----------------------------------------------------------------------------------


def test_a_message_is_done_once_and_struck_off(done):
    message = promised()

    answers = [outbox.deliver(message_id=message.pk) for _ in range(2)]

    assert answers == [True, False]
    assert done == ["done"]
    assert not OutboxMessage.objects.exists()


def test_the_task_takes_the_id_as_text_and_may_run_twice(done):
    message = promised()

    tasks.deliver_outbox_message(message_id=str(message.pk))
    tasks.deliver_outbox_message(message_id=str(message.pk))

    assert done == ["done"]


def test_an_unknown_message_is_nothing_to_do():
    assert outbox.deliver(message_id=uuid7()) is False


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_it_once(monkeypatch):
    started, finish = threading.Event(), threading.Event()
    notes: list[str] = []

    def slow(*, text: str) -> None:
        started.set()
        finish.wait(timeout=LIMIT_S)
        notes.append(text)

    monkeypatch.setitem(outbox._handlers, "note", slow)
    message = OutboxMessage.objects.create(kind="note", payload={"text": "done"})

    first = aside(lambda: outbox.deliver(message_id=message.pk))
    started.wait(timeout=LIMIT_S)
    second = outbox.deliver(message_id=message.pk)
    finish.set()

    assert (first.result(), second, notes) == (True, False, ["done"])
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_one_does_it(monkeypatch):
    notes: list[str] = []
    monkeypatch.setitem(outbox._handlers, "note", lambda *, text: notes.append(text))
    message = OutboxMessage.objects.create(kind="note", payload={"text": "done"})

    answers = at_once(8, lambda n: outbox.deliver(message_id=message.pk))

    assert sorted(answers) == [False] * 7 + [True]
    assert notes == ["done"]


def test_what_a_failing_handler_wrote_is_undone_and_it_is_tried_again_later(
    monkeypatch, ana: User
):
    def fail() -> None:
        User.objects.update(first_name="half done")
        raise ConnectionError

    monkeypatch.setitem(outbox._handlers, "fail", fail)
    message = outbox.promise(kind="fail")

    with time_machine.travel(NOW, tick=False), pytest.raises(ConnectionError):
        outbox.deliver(message_id=message.pk)

    message.refresh_from_db()
    assert (message.attempts, message.failed_at) == (1, None)
    assert message.due_at == NOW + dt.timedelta(seconds=30)
    ana.refresh_from_db()
    assert ana.first_name == ""


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 30), (1, 60), (4, 480), (6, 1920), (7, 3600), (10, 3600)]
)
def test_each_failure_doubles_the_wait_up_to_an_hour(monkeypatch, attempts, seconds):
    def fail() -> None:
        raise ConnectionError

    monkeypatch.setitem(outbox._handlers, "fail", fail)
    message = OutboxMessage.objects.create(kind="fail", payload={}, attempts=attempts)

    with time_machine.travel(NOW, tick=False), pytest.raises(ConnectionError):
        outbox.deliver(message_id=message.pk)

    message.refresh_from_db()
    assert message.due_at == NOW + dt.timedelta(seconds=seconds)


def test_after_twelve_failures_it_is_given_up_and_waits_for_a_human(monkeypatch, caplog):
    calls = []

    def fail() -> None:
        calls.append(1)
        raise ConnectionError

    monkeypatch.setitem(outbox._handlers, "fail", fail)
    message = outbox.promise(kind="fail")

    for _ in range(outbox.MAX_ATTEMPTS):
        with pytest.raises(ConnectionError), caplog.at_level(logging.ERROR):
            outbox.deliver(message_id=message.pk)

    message.refresh_from_db()
    assert (message.attempts, message.failed_at is None) == (12, False)
    assert outbox.deliver(message_id=message.pk) is False
    assert outbox.claim_due(now=dt.datetime.now(dt.UTC) + dt.timedelta(days=1)) == []
    assert len(calls) == 12
    assert [record.getMessage() for record in caplog.records] == [
        f"Outbox message {message.pk} (fail) was given up."
    ]


def test_a_message_that_was_given_up_can_be_tried_anew(done, nudges, capture_commit):
    message = promised(failed_at=NOW, attempts=12)

    with capture_commit():
        count = outbox.retry(message_ids=[message.pk])

    assert count == 1
    assert nudges[-1] == str(message.pk)
    assert outbox.deliver(message_id=message.pk) is True
    assert done == ["done"]


@pytest.fixture
def capture_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


# --- Sweeping ------------------------------------------------------------------------------------


def test_the_sweep_takes_only_what_is_due_and_not_twice(done, nudges):
    due = promised(due_at=NOW)
    promised(due_at=NOW + dt.timedelta(seconds=1))
    promised(due_at=NOW, failed_at=NOW)

    claims = [outbox.claim_due(now=NOW) for _ in range(2)]

    assert claims == [[due.pk], []]
    due.refresh_from_db()
    assert due.due_at == NOW + dt.timedelta(minutes=1)


def test_a_new_message_is_left_to_its_nudge_for_a_while(done, nudges):
    with time_machine.travel(NOW, tick=False):
        message = outbox.promise(kind="note", text="done")

    assert outbox.claim_due(now=NOW + dt.timedelta(seconds=19)) == []
    assert outbox.claim_due(now=NOW + dt.timedelta(seconds=20)) == [message.pk]


def test_the_sweep_takes_the_longest_due_first(done, nudges, monkeypatch):
    monkeypatch.setattr(outbox, "SWEEP_LIMIT", 2)
    order = [promised(due_at=NOW - dt.timedelta(minutes=n)).pk for n in (3, 2, 1)]

    assert set(outbox.claim_due(now=NOW)) == set(order[:2])
    assert outbox.claim_due(now=NOW) == order[2:]


def test_the_sweeping_task_hands_out_each_due_message(done, nudges):
    due = [promised(due_at=NOW).pk for _ in range(3)]

    tasks.sweep_outbox()

    assert sorted(nudges) == sorted(str(message_id) for message_id in due)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_share_the_messages(monkeypatch):
    ids = [OutboxMessage.objects.create(kind="x", payload={}, due_at=NOW).pk for _ in range(40)]

    claims = at_once(4, lambda n: outbox.claim_due(now=NOW))

    assert sorted(pk for claim in claims for pk in claim) == sorted(ids)


@pytest.mark.django_db(transaction=True)
def test_the_sweep_leaves_a_message_alone_that_a_worker_holds(monkeypatch):
    started, finish = threading.Event(), threading.Event()

    def slow() -> None:
        started.set()
        finish.wait(timeout=LIMIT_S)

    monkeypatch.setitem(outbox._handlers, "slow", slow)
    message = OutboxMessage.objects.create(kind="slow", payload={}, due_at=NOW)

    worker = aside(lambda: outbox.deliver(message_id=message.pk))
    started.wait(timeout=LIMIT_S)
    claimed = outbox.claim_due(now=NOW)
    finish.set()

    assert (claimed, worker.result()) == ([], True)
    assert not OutboxMessage.objects.exists()


# --- Without a broker ----------------------------------------------------------------------------


def test_while_the_broker_is_away_requests_succeed_and_the_sweep_makes_up_for_it(
    api: APIClient, monkeypatch, caplog, capture_commit
):
    def refuse(**kwargs) -> None:
        raise OperationalError("Error 111 connecting to 127.0.0.1. Connection refused.")

    monkeypatch.setattr(tasks.deliver_outbox_message, "delay", refuse)
    with capture_commit():
        response = api.post("/api/v1/users/me/export/")
    [message] = OutboxMessage.objects.all()
    later = message.due_at + dt.timedelta(seconds=1)
    sent: list[str] = []
    monkeypatch.setattr(
        tasks.deliver_outbox_message, "delay", lambda *, message_id: sent.append(message_id)
    )
    with time_machine.travel(later, tick=False):
        tasks.sweep_outbox()

    assert response.status_code == 202
    assert AccountExport.objects.count() == 1
    assert sent == [str(message.pk)]
    assert f"Outbox message {message.pk} waits for the sweep: no broker." in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_refuses_connections_does_not_fail_the_promise(done, monkeypatch, caplog):
    task = tasks.deliver_outbox_message

    def publish(**kwargs) -> None:
        with Connection("redis://127.0.0.1:9/0", transport_options={"max_retries": 0}) as nowhere:
            task.apply_async(kwargs=kwargs, connection=nowhere)  # type: ignore[call-arg]

    monkeypatch.setattr(task, "delay", publish)
    with transaction.atomic():
        message = outbox.promise(kind="note", text="done")

    assert OutboxMessage.objects.get() == message
    assert f"Outbox message {message.pk} waits for the sweep: no broker." in caplog.text
