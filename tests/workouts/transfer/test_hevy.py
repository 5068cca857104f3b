"""Files of Hevy: dates in many languages, both units, supersets, and rows that cannot be taken."""

import datetime as dt
from io import BytesIO

import pytest
from babel.dates import format_datetime
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workouts.transfer.files import HEVY, KG, a_file, peak_of_memory, read_hevy
from tests.workouts.transfer.histories import HEVY as DIALECTS
from tests.workouts.transfer.histories import hevy_chunks, hevy_csv, repeated, sessions
from users.units import miles_to_km, pounds_to_kg
from workouts.transfer import hevy
from workouts.transfer.moments import readings_of
from workouts.transfer.readings import Options, ReadSet, ReadWorkout, RowError
from workouts.transfer.sniffing import survey

LANGUAGES = ["en", "en_AU", "de", "de_AT", "es", "es_MX", "fr", "fr_CA", "it", "pt", "pt_PT", "nl"]
LANGUAGES += ["sv", "pl", "ru", "tr", "da", "nb", "fi", "cs", "uk", "hu", "ro", "el", "id"]


def one_row(**cells: str) -> str:
    """A row of a plain set, some of its cells replaced."""
    plain = {
        "title": "Push",
        "start_time": "6 Jul 2026, 17:59",
        "end_time": "6 Jul 2026, 18:56",
        "exercise_title": "Bench Press",
        "set_index": "0",
        "set_type": "normal",
        "weight_kg": "60",
        "reps": "5",
    } | cells
    return ",".join(f'"{plain.get(name, "")}"' for name in HEVY.split(","))


def test_a_file_is_read_with_all_that_it_tells():
    workouts, errors = read_hevy(
        HEVY,
        '"Legs","14 Sep 2026, 18:05","14 Sep 2026, 19:10","Felt strong",Squat,,"Belt on",0,'
        '"warmup",60,5,,0,',
        '"Legs","14 Sep 2026, 18:05","14 Sep 2026, 19:10","Felt strong",Squat,0,"Belt on",1,'
        '"normal",102.5,5,,0,8.5',
        '"Legs","14 Sep 2026, 18:05","14 Sep 2026, 19:10","Felt strong",Dips,0,"",0,"dropset",,'
        "12,,0,",
        '"Legs","14 Sep 2026, 18:05","14 Sep 2026, 19:10","Felt strong",Dips,3,"",1,"failure",,'
        "9,,0,",
        '"Legs","14 Sep 2026, 18:05","14 Sep 2026, 19:10","Felt strong",Run,,"",0,"normal",,,2.5,'
        "900,",
    )

    assert errors == []
    assert workouts == [
        ReadWorkout(
            line=2,
            name="Legs",
            date=dt.date(2026, 9, 14),
            start_time=dt.time(18, 5),
            end_time=dt.time(19, 10),
            duration_minutes=65,
            notes="Felt strong",
            exercise_notes={"Squat": "Belt on"},
            sets=[
                ReadSet(line=2, exercise="Squat", set_type="warm_up", reps=5, weight=60.0),
                ReadSet(line=3, exercise="Squat", reps=5, weight=102.5, rpe=8.5, superset=1),
                ReadSet(line=4, exercise="Dips", set_type="drop", reps=12, superset=1),
                ReadSet(line=5, exercise="Dips", set_type="failure", reps=9, superset=4),
                ReadSet(line=6, exercise="Run", duration=900, distance=2.5),
            ],
        )
    ]


def test_pounds_and_miles_become_kilograms_and_kilometers():
    header = HEVY.replace("_kg", "_lbs").replace("_km", "_miles")

    workouts, errors = read_hevy(
        header, one_row(weight_kg="").replace('"","5",""', '"225","5","3.1"'), options=Options()
    )

    assert errors == []
    assert (workouts[0].sets[0].weight, workouts[0].sets[0].distance) == (
        pounds_to_kg(225),
        miles_to_km(3.1),
    )


def test_of_two_columns_for_loads_the_filled_one_counts():
    header = HEVY.replace("weight_kg", "weight_kg,weight_lbs")
    row = one_row(weight_kg="KG")

    workouts, errors = read_hevy(
        header,
        row.replace('"KG"', '"60",""'),
        row.replace('"KG"', '"","100"'),
        row.replace('"KG"', '"60","132.3"'),
    )

    assert errors == []
    assert [done.weight for done in workouts[0].sets] == [60.0, 45.359237, 60.0]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("6 Jul 2026, 17:59", dt.datetime(2026, 7, 6, 17, 59)),  # noqa: DTZ001 - local
        ("05.06.2026, 07:30", dt.datetime(2026, 6, 5, 7, 30)),  # noqa: DTZ001 - local
        ("May 15, 2026, 7:26 PM", dt.datetime(2026, 5, 15, 19, 26)),  # noqa: DTZ001 - local
        ("May 15, 2026, 12:26\u202fAM", dt.datetime(2026, 5, 15, 0, 26)),  # noqa: DTZ001 - local
        ("2026-07-06T17:59", dt.datetime(2026, 7, 6, 17, 59)),  # noqa: DTZ001 - local
    ],
)
def test_the_start_is_the_reading_of_the_clock(text, start):
    workouts, errors = read_hevy(HEVY, one_row(start_time=text, end_time=""))

    assert errors == []
    assert workouts[0].start == start
    assert (workouts[0].end_time, workouts[0].duration_minutes) == (None, None)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("2026-07-06 17:59:03", "2026-07-06T17:59:03"),
        ("2026-07-06T17:59:03.123+02:00", "2026-07-06T17:59:03"),
        ("2026-07-06T17:59:03Z", "2026-07-06T17:59:03"),
        ("2026-07-06 17:59:03 -0700", "2026-07-06T17:59:03"),
        ("2026-07-06 5:59:03\u202fPM", "2026-07-06T17:59:03"),
        ("2026-07-06", "2026-07-06T00:00:00"),
        ("21 de set. de 2026, 21:22", "2026-09-21T21:22:00"),
        ("18 sept. 2026, 17:31", "2026-09-18T17:31:00"),
        ("3 FÉVR. 2026, 18:00", "2026-02-03T18:00:00"),
        ("3 fevr 2026 18:00", "2026-02-03T18:00:00"),
        ("6. Juli 2026 um 17:59", "2026-07-06T17:59:00"),
        ("6 juil. 2026 à 17h59", "2026-07-06T17:59:00"),
        ("6.7.2026 klo 17.59", "2026-07-06T17:59:00"),
        ("6 июл. 2026 \u0433., 17:59", "2026-07-06T17:59:00"),
        ("6 KASIM 2026 17:59", "2026-11-06T17:59:00"),
        ("6 jul 2026, 5:59 p. m.", "2026-07-06T17:59:00"),
        ("2026年7月6日 17:59", "2026-07-06T17:59:00"),
        ("2026/07/06 午後5:59", "2026-07-06T17:59:00"),
        ("2026. 7. 6. 오후 5:59", "2026-07-06T17:59:00"),
    ],
)
def test_dates_that_can_be_read_in_one_way_only(text, reading):
    expected = dt.datetime.fromisoformat(reading)

    assert readings_of(text) == (expected, expected)


@pytest.mark.parametrize(
    ("text", "day_first", "month_first"),
    [
        ("07/06/2026, 5:59 PM", "2026-06-07T17:59", "2026-07-06T17:59"),
        ("06-07-2026 10:00", "2026-07-06T10:00", "2026-06-07T10:00"),
        ("13/06/2026 07:30", "2026-06-13T07:30", None),
        ("1/13/26, 7:26 AM", None, "2026-01-13T07:26"),
    ],
)
def test_dates_of_numbers_alone_have_a_reading_for_each_order(text, day_first, month_first):
    expected = [day_first and dt.datetime.fromisoformat(day_first)]
    expected += [month_first and dt.datetime.fromisoformat(month_first)]

    assert readings_of(text) == tuple(expected)


@pytest.mark.parametrize(
    "text",
    [
        *("", "12:00", "not a date", "30 Feb 2026, 10:00", "6 Jul 2026, 25:00"),
        *("6 Jul 2026, 13:00 PM", "6 Jul Aug 2026", "6 Julember 2026", "2026-13-01", "1/2/3"),
        *("6 7 8 9", "6 Jul", "6 Jul 12026", "٦ Jul 2026, 10:00", "9" * 60, "6 Jul 2026 " * 20),
    ],
)
def test_what_is_no_date_has_no_reading(text):
    assert readings_of(text) == (None, None)


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("pattern", ["d MMM y, HH:mm", "d MMMM y, HH:mm", "LLL d, y, HH:mm"])
def test_months_are_known_in_many_languages(locale, pattern):
    moments = [dt.datetime(2026, month, 28, 17, 59) for month in range(1, 13)]  # noqa: DTZ001 - local

    for moment in moments:
        written = format_datetime(moment, pattern, locale=locale)
        assert readings_of(written) == (moment, moment), written
        assert readings_of(written.upper().replace(".", "")) == (moment, moment), written


def test_a_workout_past_midnight_ends_on_the_next_day():
    workouts, _ = read_hevy(
        HEVY, one_row(start_time="6 Jul 2026, 23:30", end_time="7 Jul 2026, 00:45")
    )

    assert (workouts[0].end_time, workouts[0].duration_minutes) == (dt.time(0, 45), 75)


def test_a_workout_of_over_a_day_has_a_length_and_no_end():
    workouts, errors = read_hevy(HEVY, one_row(end_time="7 Jul 2026, 17:59"))

    assert errors == []
    assert (workouts[0].end_time, workouts[0].duration_minutes) == (None, 1440)


@pytest.mark.parametrize("end", ["6 Jul 2026, 17:58", "8 Jul 2026, 18:00", "later"])
def test_an_end_that_cannot_be_costs_only_itself(end):
    workouts, errors = read_hevy(HEVY, one_row(end_time=end), one_row(end_time=end))

    message = f'end_time must be within 48 hours of the start, not "{end}".'
    assert errors == [RowError(2, "end_time", "bad_end", message)]
    assert (workouts[0].end_time, workouts[0].duration_minutes) == (None, None)
    assert len(workouts[0].sets) == 2


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"set_type": "myo"}, "set_type", "unknown_set_type"),
        ({"superset_id": "-1"}, "superset_id", "out_of_range"),
        ({"superset_id": "a"}, "superset_id", "out_of_range"),
        ({"superset_id": "100"}, "superset_id", "out_of_range"),
        ({"weight_kg": "2001"}, "weight_kg", "out_of_range"),
        ({"reps": "1e9"}, "reps", "out_of_range"),
        ({"exercise_title": ""}, "exercise_title", "missing"),
        ({"start_time": "soon"}, "start_time", "bad_date"),
    ],
)
def test_a_value_that_cannot_be_taken_leaves_its_row_out(cells, column, code):
    workouts, errors = read_hevy(HEVY, one_row(**cells))

    assert workouts == []
    assert [(error.line, error.column, error.code) for error in errors] == [(2, column, code)]


@pytest.mark.parametrize(
    ("kind", "side"), [("left", "left"), ("Right", "right"), ("normal", ""), ("", "")]
)
def test_a_set_of_one_side_is_a_normal_one_of_that_side(kind, side):
    workouts, errors = read_hevy(HEVY, one_row(set_type=kind))

    assert errors == []
    assert workouts[0].sets == [
        ReadSet(line=2, exercise="Bench Press", reps=5, weight=60.0, side=side)
    ]


def test_notes_on_an_exercise_are_told_once():
    workouts, _ = read_hevy(
        HEVY,
        one_row(exercise_notes="Slow"),
        one_row(exercise_notes="Slow"),
        one_row(exercise_notes="Slower"),
        one_row(exercise_notes="Slow"),
    )

    assert workouts[0].exercise_notes == {"Bench Press": "Slow\nSlower"}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_whole_history_is_read_in_each_dialect(dialect):
    form, history = DIALECTS[dialect], list(sessions(40, DIALECTS[dialect].unit, 7))
    file = BytesIO(hevy_csv(workouts=40, dialect=dialect, seed=7))
    options = survey(file).options()
    file.seek(0)

    read = list(hevy.read(file, options))

    assert [(workout.name, workout.start, workout.duration_minutes) for workout in read] == [
        (session.name, session.start, session.minutes) for session in history
    ]
    kg = {"kg": float, "lb": pounds_to_kg}[form.unit]
    km = {"km": float, "mi": miles_to_km}[form.distance_unit]
    assert [
        (done.exercise, done.set_type, done.reps, done.weight, done.duration, done.distance)
        for workout in read
        for done in workout.sets
    ] == [
        (
            done.exercise,
            done.kind,
            done.reps,
            kg(done.load) if done.load else None,
            done.seconds,
            None if done.distance is None else km(done.distance),
        )
        for session in history
        for done in session.sets
    ]


def test_a_long_file_is_read_in_little_memory():
    # Warmed up, so that what is loaded once does not count.
    list(hevy.read(a_file(HEVY, one_row()), KG))
    stream = repeated(hevy_chunks(workouts=100, dialect="slashes"), times=12)
    options = Options(date_order="day_first")

    with peak_of_memory() as peak:
        sets = sum(len(workout.sets) for workout in hevy.read(stream, options))

    assert sets == 12 * 993
    assert peak() < 1_500_000


@given(tail=st.binary(max_size=400), start=st.sampled_from(["", HEVY + "\n"]))
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise(tail, start):
    read = list(hevy.read(BytesIO(start.encode() + tail), KG))

    assert all(isinstance(item, ReadWorkout | RowError) for item in read)


@given(text=st.text(max_size=60) | st.from_regex(r"[0-9 :./,-]{0,30}(am|pm|T|Z)?", fullmatch=True))
@settings(max_examples=500, deadline=None)
def test_no_text_raises_where_a_date_is_expected(text):
    for reading in readings_of(text):
        assert reading is None or 1970 <= reading.year <= 2200
