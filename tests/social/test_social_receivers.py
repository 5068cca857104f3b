"""What people do wakes a worker that looks at their achievements."""

import logging

import pytest
from celery.exceptions import OperationalError

from analytics.signals import days_settled
from social import tasks
from social.signals import person_acted
from users.ids import uuid7

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch) -> list[dict]:
    """What workers were asked to do."""
    asked: list[dict] = []
    for task in (tasks.award_person, tasks.award_people):
        monkeypatch.setattr(task, "delay", lambda **kwargs: asked.append(kwargs))
    return asked


def test_one_waiting_look_is_enough_for_any_number_of_deeds(
    woken, django_capture_on_commit_callbacks
):
    person = uuid7()

    with django_capture_on_commit_callbacks(execute=True):
        person_acted.send(sender=None, user_ids=(person,))
        days_settled.send(sender=None, user_ids=(person,))
    tasks.award_person(user_id=str(person))
    with django_capture_on_commit_callbacks(execute=True):
        person_acted.send(sender=None, user_ids=(person,))

    assert woken == [{"user_id": str(person)}] * 2


def test_many_people_are_looked_at_together(woken, django_capture_on_commit_callbacks):
    people = tuple(uuid7() for _ in range(21))

    with django_capture_on_commit_callbacks(execute=True):
        person_acted.send(sender=None, user_ids=people)

    assert woken == [{"user_ids": [str(one) for one in people]}]


@pytest.mark.parametrize("number", [1, 21])
def test_without_a_broker_what_was_done_is_done(
    number, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def away(**kwargs: object) -> None:
        raise OperationalError

    for task in (tasks.award_person, tasks.award_people):
        monkeypatch.setattr(task, "delay", away)

    with (
        caplog.at_level(logging.WARNING),
        django_capture_on_commit_callbacks(execute=True),
    ):
        person_acted.send(sender=None, user_ids=tuple(uuid7() for _ in range(number)))

    assert "wait for the nightly look" in caplog.text
