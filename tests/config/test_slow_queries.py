"""What took long is told once, with the place and the text, and without a value."""

import datetime as dt
import logging

import pytest
import time_machine
from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from config.observability import slow
from config.observability.statements import shape
from config.observability.work import Work, working
from users import tasks
from users.models import User
from users.services import outbox

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
SLEEP = "SELECT pg_sleep(0.02), %s AS note"


@pytest.fixture(autouse=True)
def _nothing_was_said(monkeypatch, settings):
    monkeypatch.setattr(slow, "_quota", slow._Quota())
    settings.SLOW_QUERY_MS, settings.SLOW_REQUEST_MS, settings.SLOW_TASK_MS = 0, 0, 0


def told(caplog) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "numeneon.slow"]


def sleep(note: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SLEEP, [note])


@pytest.mark.django_db
class TestStatements:
    def test_a_slow_one_is_told_with_its_route_and_without_its_parameters(self, caplog, settings):
        settings.SLOW_QUERY_MS = 20
        with working(Work("request", lambda: "api/v1/meals/")):
            sleep("a-health-value")

        [record] = told(caplog)
        assert record.getMessage().endswith(
            "of request api/v1/meals/: SELECT pg_sleep(?), %s AS note"
        )
        assert record.duration_ms >= 20
        assert record.where == "request api/v1/meals/"
        assert len(record.fingerprint) == 16
        assert "a-health-value" not in str(vars(record))

    def test_a_fast_one_is_not(self, caplog, settings):
        settings.SLOW_QUERY_MS = 60_000

        sleep("")

        assert told(caplog) == []

    def test_nothing_is_told_where_it_is_switched_off(self, caplog):
        sleep("")

        assert told(caplog) == []

    def test_the_same_is_told_once_a_minute_and_how_often_it_was_left_out(self, caplog):
        with time_machine.travel(NOON, tick=False) as clock:
            for note in ("one", "two", "three"):
                slow.tell_query(SLEEP, seconds=1, where=note)
            clock.shift(dt.timedelta(minutes=1))
            slow.tell_query(SLEEP, seconds=1, where="four")

        assert [(record.where, record.left_out) for record in told(caplog)] == [
            ("one", 0),
            ("four", 2),
        ]

    def test_different_ones_are_told_up_to_a_limit_a_minute(self, caplog):
        with time_machine.travel(NOON, tick=False):
            for number in range(slow.MOST_PER_MINUTE + 5):
                slow.tell_query(f"SELECT column_{number}", seconds=1, where="")

        assert len(told(caplog)) == slow.MOST_PER_MINUTE

    def test_a_statement_that_fails_is_told_as_well(self, caplog, settings):
        settings.SLOW_QUERY_MS = 1

        with pytest.raises(Exception, match="division by zero"), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / (length(pg_sleep(0.01)::text))")

        assert len(told(caplog)) == 1


@pytest.mark.django_db
class TestWork:
    def test_a_slow_request_is_told_by_its_route_with_its_statements(self, api, caplog, settings):
        settings.SLOW_REQUEST_MS = 1

        api.get("/api/v1/users/?q=secret-name")

        [record] = told(caplog)
        assert record.where == "request api/v1/users/"
        assert record.queries > 0
        assert "secret-name" not in str(vars(record))

    def test_a_slow_task_is_told_by_its_name(self, caplog, monkeypatch, settings):
        settings.SLOW_TASK_MS = 20
        monkeypatch.setattr(outbox, "claim_due", lambda **_: sleep("") or [])

        tasks.sweep_outbox.apply()

        assert [record.where for record in told(caplog)] == ["task users.tasks.sweep_outbox"]


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        ("SELECT  1\n FROM t", "SELECT ? FROM t"),
        ("WHERE a = 'it''s' AND b = 72.5", "WHERE a = ? AND b = ?"),
        (r"WHERE a = E'it\'s' AND b", "WHERE a = ? AND b"),
        ("SELECT $$a 'b' $$, $x$ y $x$", "SELECT ?, …"),
        ('SELECT "it\'s", t2.c1 FROM "t2"', 'SELECT "it\'s", t2.c1 FROM "t2"'),
        ("WHERE id IN (%s, %s, %s)", "WHERE id IN (%s, …)"),
        ("VALUES (%s, %s), (%s, %s)", "VALUES (%s, …), …"),
        ("SELECT $1 -- 72 kg\n/* 80 kg */ FROM t", "SELECT $1 FROM t"),
        ("SELECT 'never closed", "SELECT ?"),
        ("SELECT %(user)s, x::bit(48)", "SELECT %(user)s, x::bit(?)"),
    ],
)
def test_values_in_the_text_of_a_statement_are_not_shown(sql, shown):
    assert shape(sql) == shown


@pytest.mark.django_db
def test_the_orm_puts_no_value_into_the_text(ana, caplog, settings):
    settings.SLOW_QUERY_MS = 1
    slow_by = RawSQL("pg_sleep(0.01) IS NOT NULL", (), output_field=BooleanField())

    list(User.objects.filter(slow_by, username="ana")[:7])

    [record] = told(caplog)
    assert '"username" = %s' in record.getMessage()
    assert "ana" not in record.getMessage()
    assert record.getMessage().endswith("LIMIT ?")
