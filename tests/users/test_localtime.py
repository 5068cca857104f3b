"""A person's days, on the nights when the clocks change too."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from users.localtime import day_bounds, instant_of, reading_of, validate_time_zone

# Of every habit: both hemispheres, half and quarter hours, changes at midnight, days skipped.
ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/Argentina/Buenos_Aires",
    "America/Asuncion",
    "America/Bogota",
    "America/Caracas",
    "America/Chicago",
    "America/Denver",
    "America/Halifax",
    "America/Havana",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Nuuk",
    "America/Phoenix",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Dubai",
    "Asia/Gaza",
    "Asia/Hong_Kong",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Pyongyang",
    "Asia/Shanghai",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/London",
    "Europe/Moscow",
    "Europe/Vienna",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Kwajalein",
    "UTC",
]


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("time_zone", "day", "start", "end"),
    [
        ("UTC", dt.date(2026, 3, 2), utc(2026, 3, 2), utc(2026, 3, 3)),
        ("Asia/Tokyo", dt.date(2026, 3, 2), utc(2026, 3, 1, 15), utc(2026, 3, 2, 15)),
        # 23 and 25 hours.
        ("America/New_York", dt.date(2026, 3, 8), utc(2026, 3, 8, 5), utc(2026, 3, 9, 4)),
        ("America/New_York", dt.date(2026, 11, 1), utc(2026, 11, 1, 4), utc(2026, 11, 2, 5)),
        # The clocks move by half an hour.
        (
            "Australia/Lord_Howe",
            dt.date(2026, 4, 5),
            utc(2026, 4, 4, 13),
            utc(2026, 4, 5, 13, 30),
        ),
        # Samoa crossed the date line: this day never was.
        ("Pacific/Apia", dt.date(2011, 12, 30), utc(2011, 12, 30, 10), utc(2011, 12, 30, 10)),
        # Midnight is skipped: the day begins at one.
        ("America/Sao_Paulo", dt.date(2018, 11, 4), utc(2018, 11, 4, 3), utc(2018, 11, 5, 2)),
        ("Africa/Cairo", dt.date(2026, 4, 24), utc(2026, 4, 23, 22), utc(2026, 4, 24, 21)),
        # Midnight comes twice: the day begins at the first.
        ("America/Havana", dt.date(2026, 11, 1), utc(2026, 11, 1, 4), utc(2026, 11, 2, 5)),
    ],
)
def test_a_day_begins_and_ends_at_these_instants(time_zone, day, start, end):
    assert day_bounds(day, time_zone) == (start, end)


@pytest.mark.parametrize(
    ("time_zone", "day", "hours"),
    [
        ("America/New_York", dt.date(2026, 3, 8), 23),
        ("America/New_York", dt.date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", dt.date(2026, 4, 5), 24.5),
        ("Pacific/Apia", dt.date(2011, 12, 30), 0),
        ("America/Sao_Paulo", dt.date(2018, 11, 4), 23),
        ("Africa/Cairo", dt.date(2026, 4, 24), 23),
    ],
)
def test_a_day_has_as_many_hours_as_it_had_there(time_zone, day, hours):
    start, end = day_bounds(day, time_zone)

    assert end - start == dt.timedelta(hours=hours)


@pytest.mark.parametrize(
    ("time_zone", "day", "clock", "instant", "reading"),
    [
        # Twice on the clock: the first of the two.
        (
            "America/New_York",
            dt.date(2026, 11, 1),
            dt.time(1, 30),
            utc(2026, 11, 1, 5, 30),
            dt.datetime(2026, 11, 1, 1, 30),  # noqa: DTZ001 - what a clock shows
        ),
        # Never on the clock: when it would have come without the jump, at which it shows 3:30.
        (
            "America/New_York",
            dt.date(2026, 3, 8),
            dt.time(2, 30),
            utc(2026, 3, 8, 7, 30),
            dt.datetime(2026, 3, 8, 3, 30),  # noqa: DTZ001 - what a clock shows
        ),
        (
            "Asia/Kathmandu",
            dt.date(2026, 3, 2),
            dt.time(6, 0),
            utc(2026, 3, 2, 0, 15),
            dt.datetime(2026, 3, 2, 6, 0),  # noqa: DTZ001 - what a clock shows
        ),
    ],
)
def test_a_reading_of_the_clock_is_an_instant(time_zone, day, clock, instant, reading):
    found = instant_of(day, clock, time_zone)

    assert found == instant
    assert reading_of(found, time_zone) == reading


def test_the_second_of_two_equal_readings_reads_the_same():
    first, second = utc(2026, 11, 1, 5, 30), utc(2026, 11, 1, 6, 30)

    readings = [reading_of(instant, "America/New_York") for instant in (first, second)]

    assert readings[0] == readings[1]
    assert {reading.tzinfo for reading in readings} == {None}


def test_a_folded_clock_time_counts_as_the_first_one():
    folded = dt.time(1, 30, fold=1)

    assert instant_of(dt.date(2026, 11, 1), folded, "America/New_York") == utc(2026, 11, 1, 5, 30)


@settings(deadline=None)
@given(
    time_zone=st.sampled_from(ZONES),
    day=st.dates(min_value=dt.date(1970, 1, 2), max_value=dt.date(2199, 12, 30)),
)
def test_consecutive_days_tile_the_timeline(time_zone, day):
    start, end = day_bounds(day, time_zone)

    assert day_bounds(day - dt.timedelta(days=1), time_zone)[1] == start
    assert day_bounds(day + dt.timedelta(days=1), time_zone)[0] == end
    assert dt.timedelta(0) <= end - start <= dt.timedelta(hours=26)


@pytest.mark.parametrize("time_zone", ZONES)
def test_the_days_of_1970_to_2037_add_up(time_zone):
    days = [dt.date(1970, 1, 1) + dt.timedelta(days=n) for n in range(24_837)]

    bounds = [day_bounds(day, time_zone) for day in days]

    assert all(start <= end == after for (start, end), (after, _) in pairwise(bounds))
    whole = bounds[-1][1] - bounds[0][0]
    assert sum((end - start for start, end in bounds), dt.timedelta()) == whole


@settings(deadline=None)
@given(
    time_zone=st.sampled_from(ZONES),
    instant=st.datetimes(
        min_value=dt.datetime(1970, 1, 2),  # noqa: DTZ001 - the strategy adds UTC
        max_value=dt.datetime(2199, 12, 30),  # noqa: DTZ001 - as above
        timezones=st.just(dt.UTC),
    ),
)
def test_an_instant_lies_in_the_day_that_the_clock_shows(time_zone, instant):
    reading = reading_of(instant, time_zone)

    start, end = day_bounds(reading.date(), time_zone)

    second_time = instant.astimezone(ZoneInfo(time_zone)).fold == 1
    # Where the clocks go back over midnight, the second evening belongs to the day begun already.
    assert start <= instant < end or (second_time and instant >= end)


def test_no_zone_of_the_list_is_unknown():
    assert len(ZONES) >= 40
    for name in ZONES:
        validate_time_zone(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars/Olympus",
        "europe/vienna",
        "Europe/Vienna ",
        "../../etc/passwd",
        "/etc/localtime",
        "localtime",
        "Factory",
        "posixrules",
        "GMT+25",
        "Europe/Vienna\x00",
    ],
)
def test_what_is_no_zone_of_the_database_is_refused(name):
    with pytest.raises(ValidationError) as refusal:
        validate_time_zone(name)

    assert refusal.value.code == "unknown_time_zone"
