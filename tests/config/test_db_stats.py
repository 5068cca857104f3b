"""What there is in the database, told without reading all of it."""

import csv
import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from config.operations import growth, statistics, statistics_report
from config.operations.statistics import (
    DatabaseStatistics,
    IndexStatistics,
    TableStatistics,
    collect,
)
from tests.factories.social import HashtagFactory
from tests.factories.wearables import EVENING, DeviceFactory, HeartRateFactory
from users.ids import uuid7
from wearables.services.partitions import ensure_months, months_from

NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
TABLE = TableStatistics(
    name="social_post",
    rows=1_234_567,
    is_counted=False,
    partitions=0,
    total_bytes=3 * 1024**3,
    heap_bytes=2 * 1024**3,
    index_bytes=1024**3,
    toast_bytes=8192,
    new_a_day_7=1234.5,
    new_a_day_30=0.25,
    new_by="sampled",
    growth="Grows with user activity",
    dead_rows=1000,
    bloat_bytes=5 * 1024**2,
    vacuumed_at=NOW - dt.timedelta(days=3),
    analyzed_at=None,
)
INDEX = IndexStatistics(
    name="post_words",
    table="social_post",
    bytes=1024**2,
    scans=0,
    last_used_at=None,
    holds_a_rule=False,
    is_valid=True,
)
FOUND = DatabaseStatistics(
    database="numeneon",
    bytes=4 * 1024**3,
    taken_at=NOW,
    counted_since=NOW - dt.timedelta(days=90),
    tables=[TABLE],
    indexes=[INDEX],
)


def made_at(moment: dt.datetime) -> Any:
    """A key that was made at a moment."""
    milliseconds = int(moment.timestamp() * 1000)
    return type(uuid7())(int=milliseconds << 80 | uuid7().int & ((1 << 80) - 1))


def tags(now: dt.datetime, *days_ago: int) -> None:
    for days in days_ago:
        HashtagFactory(pk=made_at(now - dt.timedelta(days=days)))


def told_of(name: str, now: dt.datetime) -> TableStatistics:
    [table] = collect(now=now, names=[name]).tables
    return table


def test_each_table_has_its_growth_in_words():
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}

    assert growth.GROWTH.keys() == tables | {"django_migrations"}
    assert growth.BORN.keys() <= growth.GROWTH.keys()


def test_every_table_is_told_of_and_no_partition_by_itself(db):
    ensure_months(months_from(EVENING.date(), 2))

    told = {table.name: table for table in collect(now=NOW).tables}

    assert told.keys() == growth.GROWTH.keys()
    assert statistics.UNKNOWN not in {table.growth for table in told.values()}
    assert told["wearables_heartratedata"].partitions >= 2
    assert told["users_user"].partitions == 0


def test_small_tables_are_counted_with_what_is_new_by_their_keys(db):
    tags(NOW, 1, 6, 8, 29, 31)

    told = told_of("social_hashtag", NOW)

    assert (told.rows, told.is_counted, told.new_by) == (5, True, "counted")
    assert told.new_a_day_7 == pytest.approx(2 / 7)
    assert told.new_a_day_30 == pytest.approx(4 / 30)


def test_what_is_new_in_a_large_table_is_counted_in_its_index_while_it_is_little(db, monkeypatch):
    monkeypatch.setattr(statistics, "COUNTED_BELOW_BYTES", -1)
    tags(NOW, 1, 6, 8, 29, 31)

    told = told_of("social_hashtag", NOW)

    assert (told.is_counted, told.new_by) == (False, "counted")
    assert told.new_a_day_7 == pytest.approx(2 / 7)
    assert told.new_a_day_30 == pytest.approx(4 / 30)


def test_what_is_new_in_a_large_table_is_sampled_where_it_is_much(db, monkeypatch):
    monkeypatch.setattr(statistics, "COUNTED_BELOW_BYTES", -1)
    monkeypatch.setattr(statistics, "MOST_COUNTED", 3)
    tags(NOW, 1, 6, 8, 29, 31)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE social_hashtag")

    told = told_of("social_hashtag", NOW)

    # All of its pages fit into the sample.
    assert (told.rows, told.new_by) == (5, "sampled")
    assert told.new_a_day_7 == pytest.approx(2 / 7)


def test_a_table_in_partitions_is_one_by_the_times_in_its_rows(db):
    ensure_months(months_from(EVENING.date(), 1))
    device = DeviceFactory()
    for minutes in range(4):
        HeartRateFactory(device=device, timestamp=EVENING - dt.timedelta(minutes=minutes))

    told = told_of("wearables_heartratedata", EVENING + dt.timedelta(days=1))

    assert (told.rows, told.new_a_day_7) == (4, pytest.approx(4 / 7))
    assert told.heap_bytes == 8192
    assert told.total_bytes == told.heap_bytes + told.index_bytes + told.toast_bytes


def test_indexes_that_hold_a_rule_are_never_called_unused(db):
    indexes = {one.name: one for one in collect(now=NOW, names=["users_pushdevice"]).indexes}

    assert {"users_pushdevice_pkey", "users_pushdevice_token_key"} <= {
        name for name, one in indexes.items() if one.holds_a_rule and not one.is_unused
    }
    assert not indexes["pushdevice_sync"].holds_a_rule


def test_it_asks_as_much_of_a_hundred_tables_as_of_one(
    db, django_assert_num_queries: DjangoAssertNumQueries
):
    with django_assert_num_queries(4):  # sizes, counts, indexes, the database
        collect(now=NOW)
    with django_assert_num_queries(4):
        collect(now=NOW, names=["users_user"])


def test_the_text_is_aligned_and_says_what_is_estimated():
    assert statistics_report.as_text(FOUND, with_indexes=False).splitlines() == [
        "numeneon: 4.0 GB, 2026-03-02 18:00 UTC",
        "",
        "Table              Rows    Size    Heap  Indexes   TOAST  New/day 7d  New/day 30d   Dead"
        "   Bloat  Vacuumed  Analyzed  Growth pattern",
        "-----------  ----------  ------  ------  -------  ------  ----------  -----------  -----"
        "  ------  --------  --------  ------------------------",
        "social_post  ~1,234,567  3.0 GB  2.0 GB   1.0 GB  8.0 KB      ~1,234         ~0.2  1,000"
        "  5.0 MB       3 d     never  Grows with user activity",
        "",
        *statistics_report._LEGEND,
        "",
        "1 of 1 indexes were used by nothing since 2025-12-02, and hold no rule: 1.0 MB.",
        "",
        "Index       Table          Size  Scans  Last used",
        "----------  -----------  ------  -----  ---------",
        "post_words  social_post  1.0 MB      0      never",
    ]


def test_the_command_writes_json_and_csv_of_the_tables_that_are_asked_for(db):
    def run(*arguments: str) -> str:
        out = StringIO()
        call_command("db_stats", "--table", "users_user", *arguments, stdout=out)
        return out.getvalue()

    as_json = json.loads(run("--json"))
    as_csv = list(csv.DictReader(StringIO(run("--csv"))))
    indexes = list(csv.DictReader(StringIO(run("--csv", "--indexes"))))

    assert [table["name"] for table in as_json["tables"]] == ["users_user"]
    assert [row["name"] for row in as_csv] == ["users_user"]
    assert as_csv[0]["growth"] == "Grows with sign-ups"
    assert "users_user_pkey" in {row["name"] for row in indexes}
    assert {one["table"] for one in as_json["indexes"]} == {"users_user"}


@pytest.mark.parametrize(("key", "first"), [("name", "account_emailaddress"), ("rows", None)])
def test_tables_are_sorted_as_asked(db, key: str, first: str | None):
    out = StringIO()

    call_command("db_stats", "--csv", "--sort", key, stdout=out)

    rows = list(csv.DictReader(StringIO(out.getvalue())))
    most = max(rows, key=lambda row: int(row["rows"]))["name"]
    assert rows[0]["name"] == (first or most)


def test_an_unknown_table_is_refused(db):
    with pytest.raises(CommandError, match=r"There is no table called muscles\."):
        call_command("db_stats", "--table", "users_user", "muscles")


def test_a_row_of_right_now_is_new(db):
    tags(timezone.now(), 0)

    assert told_of("social_hashtag", timezone.now()).new_a_day_7 == pytest.approx(1 / 7)
