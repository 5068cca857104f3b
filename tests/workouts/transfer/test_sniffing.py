"""What a file tells of itself before it is read, and what has to be asked."""

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workouts.transfer.files import ANDROID, HEVY, IOS, SIX, a_file, peak_of_memory
from tests.workouts.transfer.histories import (
    HEVY as HEVY_DIALECTS,
)
from tests.workouts.transfer.histories import (
    STRONG as STRONG_DIALECTS,
)
from tests.workouts.transfer.histories import hevy_csv, repeated, strong_chunks, strong_csv
from users.units import kg_to_pounds, pounds_to_kg
from workouts.transfer.evidence import LoadEvidence
from workouts.transfer.quantities import decimal_mark_of
from workouts.transfer.readings import Options
from workouts.transfer.sniffing import Survey, survey


def strong_row(
    weight: str = "60", *, date: str = "2026-03-02", distance: str = "", exercise: str = "Press"
) -> str:
    return f'{date},Push,1h,{exercise},1,"{weight}",5,"{distance}",,,,'


def surveyed(*lines: str) -> Survey:
    return survey(a_file(*lines))


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("ios", ("utf-8", ",", None, "lb", "detected", None, "unknown")),
        ("six", ("utf-8", ";", ",", "kg", "header", "m", "header")),
        ("android", ("utf-8", ";", ".", "lb", "column", "mi", "column")),
        ("office", ("utf-16-le", "\t", ",", "kg", "detected", None, "unknown")),
    ],
)
def test_each_dialect_of_strong_is_recognized(dialect, expected):
    found = survey(BytesIO(strong_csv(workouts=300, dialect=dialect)))

    marks = {"ios": "."}
    assert (found.app, found.problem, found.date_order) == ("strong", None, "unambiguous")
    assert (
        found.encoding,
        found.delimiter,
        None if dialect in marks else found.decimal_mark,
        found.weight_unit,
        found.weight_unit_source,
        found.distance_unit,
        found.distance_unit_source,
    ) == expected
    assert found.questions == (["distance_unit"] if expected[-1] == "unknown" else [])


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("kg", ("utf-8", ",", ".", "kg", "km", "unambiguous")),
        ("us", ("utf-8", ",", ".", "lb", "mi", "unambiguous")),
        ("german", ("cp1252", ";", ",", "kg", "km", "unambiguous")),
        ("french", ("utf-8", ",", ".", "lb", "km", "unambiguous")),
        ("slashes", ("utf-8", ",", ".", "kg", "km", "day_first")),
    ],
)
def test_each_dialect_of_hevy_is_recognized(dialect, expected):
    found = survey(BytesIO(hevy_csv(workouts=300, dialect=dialect)))

    assert (found.app, found.problem, found.questions) == ("hevy", None, [])
    assert (
        found.encoding,
        found.delimiter,
        found.decimal_mark,
        found.weight_unit,
        found.distance_unit,
        found.date_order,
    ) == expected
    assert (found.weight_unit_source, found.distance_unit_source) == ("header", "header")


def test_every_dialect_of_the_histories_is_shown_above():
    assert set(STRONG_DIALECTS) == {"ios", "six", "android", "office"}
    assert set(HEVY_DIALECTS) == {"kg", "us", "german", "french", "slashes"}


def test_a_survey_counts_what_is_in_the_file():
    found = surveyed(
        SIX,
        "1;2026-03-02 18:00:00;Push;3600;Press;Note;;;;;;Slow;",
        "1;2026-03-02 18:00:00;Push;3600;Press;1;60;5;;;;;",
        "1;2026-03-02 18:00:00;Push;3600;Press;Rest Timer;;;;;90;;",
        "1;2026-03-02 18:00:00;Push;3600;Press;2;60;5;;;;;",
        "",
        "2;2026-03-04 18:00:00;Pull;3600; Row  (Cable) ;1;50;8;;;;;",
        "too;few",
    )

    assert (found.rows, found.workouts, found.sets) == (5, 2, 3)
    assert found.exercises == {"Press": 2, "Row (Cable)": 1}
    assert (found.first_date, found.last_date) == (dt.date(2026, 3, 2), dt.date(2026, 3, 4))
    assert found.options() == Options(
        weight_unit="kg", date_order="unambiguous", encoding="utf-8", delimiter=";"
    )


@pytest.mark.parametrize(
    ("file", "code", "message"),
    [
        (b"", "empty", "The file is empty."),
        (b" \r\n\n", "empty", "The file is empty."),
        (
            b"PK\x03\x04\x14\x00",
            "not_text",
            "This is a spreadsheet or ZIP archive. Export the history as CSV.",
        ),
        (b"%PDF-1.7", "not_text", "This is a PDF document. Export the history as CSV."),
        (
            b"Date,Exercise,Weight,Weight Unit,Reps,Distance,Notes\n",
            "unknown_format",
            "The first line names no columns of a file of Strong or of Hevy.",
        ),
        (
            b"Date" * 20_000,
            "unknown_format",
            "The first line names no columns of a file of Strong or of Hevy.",
        ),
        (
            b"Date,Workout Name,Exercise Name\n",
            "missing_columns",
            "These columns are missing: Set Order, Weight, Reps.",
        ),
        (
            b"title;start_time;exercise_title\n",
            "missing_columns",
            "These columns are missing: set_type, weight_kg or weight_lbs, reps.",
        ),
        (IOS.encode(), "no_rows", "The file has a header and no rows below it."),
        (
            f"{IOS}\n{strong_row(date='soon')}".encode(),
            "bad_dates",
            "None of the dates in the file can be read.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(file, code, message):
    found = survey(BytesIO(file))

    assert found.problem is not None
    assert (found.problem.code, found.problem.message) == (code, message)
    assert found.questions == []


@pytest.mark.parametrize("above", ["sep=;", "\n\n", " \t"])
def test_what_spreadsheets_write_above_a_header_is_passed_over(above):
    found = surveyed(above, SIX, "1;2026-03-02;Push;60;Press;1;60;5;;;;;")

    assert (found.problem, found.delimiter, found.rows) == (None, ";", 1)


@pytest.mark.parametrize(
    ("encoding", "found_as"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_names_are_the_same_in_each_encoding(encoding, found_as):
    rows = [IOS, strong_row(exercise="Bankdrücken"), strong_row(exercise="Presse à cuisses")]

    found = survey(a_file(*rows, encoding=encoding))

    assert found.encoding == found_as
    assert found.exercises == {"Bankdrücken": 1, "Presse à cuisses": 1}


def test_one_broken_line_does_not_spoil_the_others():
    good, bad = strong_row(exercise="Bankdrücken"), strong_row(exercise="Dévelo")

    found = survey(BytesIO(f"{IOS}\n{good}\n".encode() + bad.encode("cp1252")))

    assert found.encoding == "utf-8"
    assert found.exercises == {"Bankdrücken": 1, "Dévelo": 1}


@pytest.mark.parametrize(
    ("loads", "unit"),
    [
        (["45", "95", "135", "185", "225"], "lb"),
        (["45", "50", "65", "95", "115", "135", "135", "155", "185", "225", "225", "245"], "lb"),
        (["45", "95", "135", "135", "155", "185", "205", "225", "12.5", "315", "25"], "lb"),
        (["20", "22.5", "40", "60", "62.5", "100", "102.5"], "kg"),
        (["14", "16", "18", "22", "24", "60", "80"], "kg"),
        (["60", "61.25", "62.5", "63.75", "65"], "kg"),
        (["61.23", "83.91", "102.06", "142.88", "20"], "kg"),
        (["132.28", "220.46", "137.79", "55.12", "45"], "lb"),
        (["20", "25", "30", "35", "40", "45", "50"], None),
        (["20", "40", "60", "80", "100", "120", "140"], None),
        (["20", "30", "45", "60", "80", "95", "100", "120", "135", "140", "180"], None),
        (["60", "62.5", "0", "0", "0"], None),
        (["0", "0"], None),
        (["1e999", "9e9", "-5", "45", "95", "135", "185", "225"], "lb"),
        ([], None),
    ],
)
def test_the_unit_of_loads_shows_in_their_steps(loads, unit):
    evidence = LoadEvidence()
    for load in loads:
        evidence.add(Decimal(load))

    assert evidence.verdict() == unit


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("unit", ["kg", "lb"])
def test_a_history_converted_by_an_app_gives_away_its_new_unit(unit, seed):
    dialect, convert = ("office", kg_to_pounds) if unit == "lb" else ("ios", pounds_to_kg)
    loads = survey_of_loads(strong_csv(workouts=30, dialect=dialect, seed=seed), dialect)
    evidence = LoadEvidence()
    for load in loads:
        evidence.add(Decimal(str(round(convert(float(load)), 2))))

    assert evidence.verdict() == unit


def survey_of_loads(file: bytes, dialect: str) -> list[str]:
    form = STRONG_DIALECTS[dialect]
    place = form.columns.split(",").index("Weight")
    lines = file.decode(form.encoding).replace('"Push, heavy"', "Push").splitlines()[1:]
    cells = [line.split(form.delimiter) for line in lines]
    loads = [row[place].replace(",", ".") for row in cells if len(row) > place]
    return [load for load in loads if load.replace(".", "").isdigit()]


@pytest.mark.parametrize(
    ("header", "row", "unit", "source"),
    [
        (SIX, "1;2026-03-02;Push;60;Press;1;60;5;;;;;", "kg", "header"),
        (SIX.replace("kg", "lbs"), "1;2026-03-02;Push;60;Press;1;60;5;;;;;", "lb", "header"),
        (ANDROID, "2026-03-02;Push;Press;1;60;Lbs.;5;;;;;;;1h", "lb", "column"),
        (ANDROID, "2026-03-02;Push;Press;1;60;;5;;;;;;;1h", None, "unknown"),
        (ANDROID, "2026-03-02;Push;Press;1;0;;5;;;;;;;1h", None, "none"),
        (IOS, strong_row("60"), None, "unknown"),
        (IOS, strong_row("0"), None, "none"),
        (IOS, strong_row(""), None, "none"),
    ],
)
def test_the_unit_of_loads_is_stated_known_or_asked(header, row, unit, source):
    found = surveyed(header, row)

    assert (found.weight_unit, found.weight_unit_source) == (unit, source)
    assert ("weight_unit" in found.questions) == (source == "unknown")


def test_of_two_units_in_a_column_the_more_frequent_is_told():
    row = "2026-03-02;Push;Press;1;60;{};5;;;;;;;1h"

    found = surveyed(ANDROID, row.format("kg"), row.format("lbs"), row.format("lbs"))

    assert (found.weight_unit, found.weight_unit_source) == ("lb", "column")


def test_rows_without_a_unit_beside_rows_of_two_are_asked_about():
    row = "2026-03-02;Push;Press;1;60;{};5;;;;;;;1h"

    one_unit = surveyed(ANDROID, row.format("kg"), row.format(""))
    two_units = surveyed(ANDROID, row.format("kg"), row.format("lbs"), row.format(""))

    assert (one_unit.weight_unit, one_unit.questions) == ("kg", [])
    assert (two_units.weight_unit, two_units.questions) == (None, ["weight_unit"])


@pytest.mark.parametrize(
    ("distance", "unit", "source"),
    [("5", None, "unknown"), ("0", None, "none"), ("", None, "none")],
)
def test_distances_without_a_unit_are_asked_about(distance, unit, source):
    found = surveyed(IOS, strong_row("0", distance=distance))

    assert (found.distance_unit, found.distance_unit_source) == (unit, source)
    assert found.questions == (["distance_unit"] if source == "unknown" else [])


@pytest.mark.parametrize(
    ("dates", "order", "first", "last"),
    [
        (["2026-03-04", "2026-05-06"], "unambiguous", (3, 4), (5, 6)),
        (["04.03.2026", "06.05.2026"], "unambiguous", (3, 4), (5, 6)),
        (["4 Mar 2026", "May 6, 2026"], "unambiguous", (3, 4), (5, 6)),
        (["04/03/2026", "13/05/2026"], "day_first", (3, 4), (5, 13)),
        (["03/04/2026", "05/13/2026"], "month_first", (3, 4), (5, 13)),
        (["05/05/2026", "06/06/2026"], "unambiguous", (5, 5), (6, 6)),
        (["13/05/2026", "05/14/2026"], "unambiguous", (5, 13), (5, 14)),
        (["04/03/2026", "06/05/2026"], None, None, None),
        (["04/03/2026", "13/05/2026", "05/13/2026"], None, None, None),
        (["soon", "04/03/2026", "13/05/2026"], "day_first", (3, 4), (5, 13)),
    ],
)
def test_all_dates_together_settle_their_order(dates, order, first, last):
    found = surveyed(HEVY, *[f'A,"{date}",,,Press,,,0,normal,60,5,,,' for date in dates])

    assert found.date_order == order
    assert found.first_date == (first and dt.date(2026, *first))
    assert found.last_date == (last and dt.date(2026, *last))
    assert found.questions == ([] if order else ["date_order"])


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("62.5", "."),
        ("62,5", ","),
        ("1,250.5", "."),
        ("1.250,5", ","),
        ("0,125", ","),
        ("61.2349", "."),
        ("1,250", None),
        ("61.235", None),
        ("1,250,000", None),
        ("60", None),
        ("a.b", None),
        ("", None),
        ("9.5" * 1000, None),
    ],
)
def test_a_number_may_prove_which_mark_is_decimal(cell, mark):
    assert decimal_mark_of(cell) == mark


def test_marks_that_contradict_each_other_prove_nothing():
    assert surveyed(IOS, strong_row("62.5"), strong_row("62,5")).decimal_mark is None


def test_names_are_counted_up_to_a_limit():
    rows = [strong_row(exercise=f"Press {number}") for number in range(5001)]

    found = surveyed(IOS, *rows, rows[0])

    assert len(found.exercises) == 5000
    assert found.exercises["Press 0"] == 2
    assert found.exercises_left_out
    assert found.sets == 5002


def test_a_long_file_is_surveyed_in_little_memory():
    # Warmed up, so that what is loaded once does not count.
    surveyed(IOS, strong_row())
    stream = repeated(strong_chunks(workouts=100, dialect="six"), times=10)

    with peak_of_memory() as peak:
        found = survey(stream)

    assert found.sets == 10 * 993
    assert peak() < 1_500_000


@given(tail=st.binary(max_size=400), start=st.sampled_from(["", IOS, SIX, ANDROID, HEVY]))
@settings(max_examples=500, deadline=None)
def test_no_bytes_raise(tail, start):
    found = survey(BytesIO(start.encode() + b"\n" + tail))

    assert found.problem is None or found.problem.message


@given(
    cells=st.lists(st.text(st.characters(codec="utf-8"), max_size=40), min_size=12, max_size=12)
)
@settings(max_examples=200, deadline=None)
def test_no_cells_raise(cells):
    row = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)

    found = surveyed(IOS, row)

    assert found.app == "strong"
