"""Files of Strong: each version, each way to write a number, and rows that cannot be taken."""

import datetime as dt
from dataclasses import replace
from io import BytesIO

import pytest

from tests.workouts.transfer.files import ANDROID, IOS, SIX, a_strong_row, read_strong
from tests.workouts.transfer.histories import STRONG, sessions, strong_csv
from users.units import miles_to_km, pounds_to_kg
from workouts.transfer import strong
from workouts.transfer.readings import Options, ReadSet, ReadWorkout, RowError
from workouts.transfer.sniffing import survey


def read_set(**cells: str) -> ReadSet:
    workouts, errors = read_strong(
        IOS, a_strong_row({key.replace("_", " "): v for key, v in cells.items()})
    )
    assert errors == []
    return workouts[0].sets[0]


def read_error(**cells: str) -> RowError:
    workouts, errors = read_strong(
        IOS, a_strong_row({key.replace("_", " "): v for key, v in cells.items()})
    )
    assert workouts == []
    assert len(errors) == 1
    return errors[0]


def test_the_first_version_has_zeros_for_what_was_not_measured():
    workouts, errors = read_strong(
        IOS,
        '2020-12-30 18:51:52,"Evening, short",2h 38m,Squat,W,40.0,8,0,0,"","Good day",',
        '2020-12-30 18:51:52,"Evening, short",2h 38m,Squat,1,"102,5",5.0,0,0,,,8.5',
        '2020-12-30 18:51:52,"Evening, short",2h 38m,Squat,Rest Timer,0,0.0,0,120.0,,,',
        '2020-12-30 18:51:52,"Evening, short",2h 38m,Plank,1,0,0,0,60,,,',
        '2020-12-30 18:51:52,"Evening, short",2h 38m,Pull Up,1,0,12,0,0,,,',
    )

    assert errors == []
    assert workouts == [
        ReadWorkout(
            line=2,
            name="Evening, short",
            date=dt.date(2020, 12, 30),
            start_time=dt.time(18, 51, 52),
            duration_minutes=158,
            notes="Good day",
            sets=[
                ReadSet(line=2, exercise="Squat", set_type="warm_up", reps=8, weight=40.0),
                ReadSet(line=3, exercise="Squat", reps=5, weight=102.5, rpe=8.5, rest_seconds=120),
                ReadSet(line=5, exercise="Plank", duration=60),
                ReadSet(line=6, exercise="Pull Up", reps=12, weight=0.0),
            ],
        )
    ]


def test_the_sixth_version_has_units_in_its_header_and_rows_of_notes():
    workouts, errors = read_strong(
        SIX,
        '1;2026-09-02 16:40:48;Beta;3134;T Bar Row;Note;;;;;;"strap',
        '3rd";Quick',
        "1;2026-09-02 16:40:48;Beta;3134;T Bar Row;1;40,5;9;8,5;;;tempo 2'30;Quick",
        "1;2026-09-02 16:40:48;Beta;3134;T Bar Row;D;30;12;;;;;Quick",
        "1;2026-09-02 16:40:48;Beta;3134;T Bar Row;F;30;4;;;;;Quick",
        "1;2026-09-02 16:40:48;Beta;3134;Running;1;;;;2500;900;;Quick",
        options=Options(),
    )

    assert errors == []
    assert [workout.exercise_notes for workout in workouts] == [{"T Bar Row": "strap\n3rd"}]
    assert workouts[0].duration_minutes == 52
    assert workouts[0].sets == [
        ReadSet(line=4, exercise="T Bar Row", reps=9, weight=40.5, rpe=8.5, notes="tempo 2'30"),
        ReadSet(line=5, exercise="T Bar Row", set_type="drop", reps=12, weight=30.0),
        ReadSet(line=6, exercise="T Bar Row", set_type="failure", reps=4, weight=30.0),
        ReadSet(line=7, exercise="Running", duration=900, distance=2.5),
    ]


def test_each_row_may_have_its_own_unit():
    workouts, errors = read_strong(
        ANDROID,
        "2022-02-16 17:40:08;Mix;Press;1;45;lbs;2;;1;mi;600;;;58m",
        "2022-02-16 17:40:08;Mix;Press;2;45;kg;2;;1;km;600;;;58m",
        "2022-02-16 17:40:08;Mix;Press;3;45;;2;;1;;600;;;58m",
        options=Options(weight_unit="kg", distance_unit="m"),
    )

    assert errors == []
    assert [done.weight for done in workouts[0].sets] == [20.41165665, 45.0, 45.0]
    assert [done.distance for done in workouts[0].sets] == [1.609344, 1.0, 0.001]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("3900", 65),
        ("1h 5m", 65),
        ("45m", 45),
        ("2h", 120),
        ("1:05:00", 65),
        ("1:05", 65),
        ("65 min", 65),
        ("1hr 5min", 65),
        ("29", 0),
        ("", None),
    ],
)
def test_a_length_is_read_in_each_of_its_forms(text, minutes):
    workouts, errors = read_strong(IOS, a_strong_row({"Duration": text}))

    assert errors == []
    assert workouts[0].duration_minutes == minutes


@pytest.mark.parametrize("text", ["long", "-5", "49h", "1h or so", "9" * 5000])
def test_a_length_that_is_none_costs_only_itself(text):
    workouts, errors = read_strong(
        IOS, a_strong_row({"Duration": text}), a_strong_row({"Duration": text, "Set Order": "2"})
    )

    assert [(error.line, error.column, error.code) for error in errors] == [
        (2, "Duration", "bad_duration")
    ]
    assert workouts[0].duration_minutes is None
    assert len(workouts[0].sets) == 2


@pytest.mark.parametrize(
    ("text", "kg"),
    [
        ("62.5", 62.5),
        ("62,5", 62.5),
        ("1,250", 1250.0),
        ("1,250.5", 1250.5),
        ("1.250,5", 1250.5),
        ("1 250,5", 1250.5),
        ("1\u202f250.5", 1250.5),
        ("1'250", 1250.0),
        ("0,125", 0.125),
        ("61.235", 61.235),
        ("1e2", 100.0),
        ("+40", 40.0),
        ("-0", 0.0),
        ("", None),
    ],
)
def test_a_load_is_read_in_each_of_its_forms(text, kg):
    assert read_set(Weight=text).weight == kg


def test_a_comma_before_three_digits_is_decimal_where_the_file_says_so():
    options = Options(weight_unit="kg", decimal_mark=",")

    workouts, _ = read_strong(IOS, a_strong_row({"Weight": "61,235"}), options=options)

    assert workouts[0].sets[0].weight == 61.235


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"Weight": "2000.1"}, "Weight"),
        ({"Weight": "-5"}, "Weight"),
        ({"Weight": "NaN"}, "Weight"),
        ({"Weight": "inf"}, "Weight"),
        ({"Weight": "1e999"}, "Weight"),
        ({"Weight": "heavy"}, "Weight"),
        ({"Reps": "10001"}, "Reps"),
        ({"Reps": "5.5"}, "Reps"),
        ({"Reps": "-1"}, "Reps"),
        ({"Reps": "1e999"}, "Reps"),
        ({"RPE": "11"}, "RPE"),
        ({"RPE": "8.3"}, "RPE"),
        ({"RPE": "0.5"}, "RPE"),
        ({"Seconds": "172801"}, "Seconds"),
        ({"Seconds": "-1"}, "Seconds"),
        ({"Distance": "2001"}, "Distance"),
        ({"Distance": "far"}, "Distance"),
    ],
)
def test_a_value_out_of_range_leaves_its_row_out_and_says_so(cells, column):
    error = read_error(**cells)

    assert (error.line, error.column, error.code) == (2, column, "out_of_range")
    assert error.message.startswith(f"{column} must be ")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ({"Weight": "2000"}, (2000.0, 5, None, None, None)),
        ({"Reps": "10000"}, (60.0, 10_000, None, None, None)),
        ({"Reps": "0"}, (60.0, 0, None, None, None)),
        ({"Seconds": "172800"}, (60.0, 5, 172_800, None, None)),
        ({"Seconds": "1:30"}, (60.0, 5, 90, None, None)),
        ({"Distance": "2000"}, (60.0, 5, None, 2000.0, None)),
        ({"RPE": "1"}, (60.0, 5, None, None, 1.0)),
        ({"RPE": "10"}, (60.0, 5, None, None, 10.0)),
        ({"RPE": "0"}, (60.0, 5, None, None, None)),
    ],
)
def test_the_ends_of_a_range_are_in_it(cells, values):
    done = read_set(**cells)

    assert (done.weight, done.reps, done.duration, done.distance, done.rpe) == values


def test_the_rows_beside_a_bad_one_are_read():
    workouts, errors = read_strong(
        IOS,
        a_strong_row({"Set Order": "1"}),
        a_strong_row({"Set Order": "2", "Reps": "many"}),
        a_strong_row({"Set Order": "X"}),
        a_strong_row({"Exercise Name": " "}),
        "2026-03-02 18:00:00,Push,1h",
        a_strong_row({"Set Order": "3"}) + ",more",
        a_strong_row({"Set Order": "4"}) + ",,",
    )

    assert [done.line for done in workouts[0].sets] == [2, 8]
    assert [(error.line, error.column, error.code) for error in errors] == [
        (3, "Reps", "out_of_range"),
        (4, "Set Order", "unknown_set_type"),
        (5, "Exercise Name", "missing"),
        (6, "", "wrong_number_of_cells"),
        (7, "", "wrong_number_of_cells"),
    ]


def test_a_date_that_is_none_leaves_out_every_row_of_its_workout():
    workouts, errors = read_strong(
        IOS,
        a_strong_row({"Date": "someday"}),
        a_strong_row({"Date": "someday", "Set Order": "2"}),
        a_strong_row({"Date": "2026-03-04 18:00:00"}),
    )

    assert [workout.line for workout in workouts] == [4]
    assert [(error.line, error.column, error.code) for error in errors] == [
        (2, "Date", "bad_date"),
        (3, "Date", "bad_date"),
    ]


@pytest.mark.parametrize("date", ["1969-12-31", "2200-01-02", "2026-02-30", "0000-00-00"])
def test_a_date_must_be_one_that_we_log(date):
    error = read_error(Date=date)

    message = f'Date must be a date from 1970-01-01 to 2200-01-01, not "{date}".'
    assert error == RowError(2, "Date", "bad_date", message)


def test_a_date_in_either_order_is_asked_about():
    cells = {"Date": "04/03/2026 18:00"}

    by_order = {
        order: read_strong(
            IOS, a_strong_row(cells), options=Options(weight_unit="kg", date_order=order)
        )
        for order in ("day_first", "month_first", None)
    }

    assert by_order["day_first"][0][0].date == dt.date(2026, 3, 4)
    assert by_order["month_first"][0][0].date == dt.date(2026, 4, 3)
    message = 'Say whether the day or the month comes first in "04/03/2026 18:00".'
    assert by_order[None] == ([], [RowError(2, "Date", "ambiguous_date", message)])


def test_a_load_without_a_unit_is_asked_about():
    workouts, errors = read_strong(
        IOS,
        a_strong_row({"Weight": "60"}),
        a_strong_row({"Weight": "0"}),
        a_strong_row({"Distance": "5", "Weight": ""}),
        options=Options(),
    )

    assert [done.line for done in workouts[0].sets] == [3]
    assert [(error.line, error.column, error.code) for error in errors] == [
        (2, "Weight", "unknown_unit"),
        (4, "Distance", "unknown_unit"),
    ]


def test_rows_belong_together_while_date_and_name_stay():
    workouts, _ = read_strong(
        IOS,
        a_strong_row({"Workout Name": "A"}),
        a_strong_row({"Workout Name": "A", "Workout Notes": "told late"}),
        a_strong_row({"Workout Name": "B"}),
        a_strong_row({"Workout Name": "A"}),
    )

    found = [(workout.name, len(workout.sets), workout.notes) for workout in workouts]
    assert found == [("A", 2, "told late"), ("B", 1, ""), ("A", 1, "")]


def test_a_rest_belongs_to_the_latest_set_of_its_exercise():
    def row(exercise: str, kind: str, seconds: str = "") -> str:
        return a_strong_row({"Exercise Name": exercise, "Set Order": kind, "Seconds": seconds})

    workouts, errors = read_strong(
        IOS,
        row("Curl", "Rest Timer", "30"),
        row("Press", "1"),
        row("Press", "2"),
        row("Row", "1"),
        row("Press", "Rest Timer", "90"),
        row("Rest Timer", "Rest Timer", "60"),
        row("Row", "Rest Timer", "86401"),
    )

    assert [(done.exercise, done.rest_seconds) for done in workouts[0].sets] == [
        ("Press", None),
        ("Press", 90),
        ("Row", 60),
    ]
    assert [(error.line, error.column) for error in errors] == [(8, "Seconds")]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["title,start_time,exercise_title,set_type,weight_kg,reps"], "unknown_format"),
        (["Date,Workout Name,Exercise Name,Reps"], "missing_columns"),
        (["nothing of the kind"], "unknown_format"),
        ([], "unknown_format"),
    ],
)
def test_a_file_of_another_kind_is_one_error(lines, code):
    workouts, errors = read_strong(*lines)

    assert workouts == []
    assert [(error.line, error.code) for error in errors] == [(1, code)]


@pytest.mark.parametrize("dialect", STRONG)
def test_a_whole_history_is_read_in_each_dialect(dialect):
    form, history = STRONG[dialect], list(sessions(40, STRONG[dialect].unit, 7))
    file = BytesIO(strong_csv(workouts=40, dialect=dialect, seed=7))
    options = replace(
        survey(file).options(), weight_unit=form.unit, distance_unit=form.distance_unit
    )
    file.seek(0)

    read = list(strong.read(file, options))

    assert [(workout.name, workout.start, workout.duration_minutes) for workout in read] == [
        (session.name, session.start, session.minutes) for session in history
    ]
    assert [
        (done.exercise, done.set_type, done.reps, done.duration, done.rpe, done.rest_seconds)
        for workout in read
        for done in workout.sets
    ] == [
        (
            done.exercise,
            done.kind,
            done.reps,
            done.seconds,
            done.rpe,
            done.rest if form.timers else None,
        )
        for session in history
        for done in session.sets
    ]
    kg = {"kg": float, "lb": pounds_to_kg}[form.unit]
    km = {"km": float, "m": float, "mi": miles_to_km}[form.distance_unit]
    assert [(done.weight, done.distance) for workout in read for done in workout.sets] == [
        (
            None if done.load is None else kg(done.load),
            None if done.distance is None else km(done.distance),
        )
        for session in history
        for done in session.sets
    ]
