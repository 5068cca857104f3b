"""Instants read from the database are those that were written."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError as DjangoDataError
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db


def read(text: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        return cursor.fetchone()[0]


@given(instant=st.datetimes(timezones=st.just(UTC)))
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_an_instant_comes_back_as_it_was_written_in_utc(instant):
    found = read(instant.isoformat())

    assert (found, found.utcoffset()) == (instant, timedelta(0))


@pytest.mark.parametrize(
    "text", ["infinity", "0044-03-15 12:00:00+00 BC", "12026-01-01 00:00:00+00"]
)
def test_an_instant_that_python_does_not_have_is_an_error_and_no_other_instant(text):
    with pytest.raises(DjangoDataError, match="timestamp"):
        read(text)
