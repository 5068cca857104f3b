"""What is written reads back as the same workouts, and no spreadsheet runs it."""

import csv
import datetime as dt
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workouts.transfer import hevy, strong
from workouts.transfer.readings import Options, ReadSet, ReadWorkout
from workouts.transfer.sniffing import survey
from workouts.transfer.texts import guarded, line_of_text, text, unguarded
from workouts.transfer.writing import hevy_rows, strong_rows

SOME_TEXT = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    ["=1+1", "+1", "-1", "@a", "'=1", "''=1", "'a", "\t=1", "\uff1d1", 'a;b,"c"', "a\nb", "sep=;"]
)
NAMES = SOME_TEXT.map(lambda value: line_of_text(value, 100)).filter(bool)
NOTES = SOME_TEXT.map(lambda value: text(value, 200))
SETS = st.builds(
    ReadSet,
    line=st.just(0),
    exercise=NAMES.filter(lambda name: name.lower() != "rest timer"),
    set_type=st.sampled_from(["warm_up", "normal", "drop", "failure", "amrap"]),
    reps=st.none() | st.integers(0, 10_000),
    weight=st.none() | st.floats(0, 2000, allow_nan=False).map(abs),
    duration=st.none() | st.integers(0, 172_800),
    distance=st.none() | st.floats(0, 2000, allow_nan=False).map(abs),
    rpe=st.none() | st.integers(2, 20).map(lambda halves: halves / 2),
    superset=st.none() | st.integers(1, 100),
    rest_seconds=st.none() | st.integers(0, 86_400),
    notes=NOTES,
)


@st.composite
def workouts(draw, *, with_end: bool):
    """Workouts that differ in name or start, as rows that follow each other must."""
    keys = draw(
        st.lists(
            st.tuples(NAMES, st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2199, 1, 1))),  # noqa: DTZ001 - local
            max_size=4,
            unique=True,
        )
    )
    return [_workout(draw, name, start.replace(microsecond=0), with_end) for name, start in keys]


def _workout(draw, name, start, with_end):
    sets = draw(st.lists(SETS, min_size=1, max_size=5))
    minutes = draw(st.none() | st.integers(0, 1439 if with_end else 2880))
    noted = draw(st.sets(st.sampled_from([done.exercise for done in sets])))
    end = None
    if with_end and minutes is not None:
        end = (start + dt.timedelta(minutes=minutes)).time()
    return ReadWorkout(
        line=0,
        name=name,
        date=start.date(),
        start_time=start.time(),
        end_time=end,
        duration_minutes=minutes,
        session_rpe=draw(st.none() | st.integers(0, 20).map(lambda halves: halves / 2)),
        notes=draw(NOTES),
        exercise_notes={name: note for name in sorted(noted) if (note := draw(NOTES))},
        sets=sets,
    )


def without_lines(read) -> list[ReadWorkout]:
    return [
        replace(workout, line=0, sets=[replace(done, line=0) for done in workout.sets])
        for workout in read
    ]


def read_back(lines, reader) -> list[ReadWorkout]:
    file = "".join(lines).encode()
    options = survey(BytesIO(file)).options()
    return without_lines(reader.read(BytesIO(file), options))


def loads(read: list[ReadWorkout]) -> list[float | None]:
    return [done.weight for workout in read for done in workout.sets]


def without_loads(read: list[ReadWorkout]) -> list[ReadWorkout]:
    return [
        replace(workout, sets=[replace(done, weight=None) for done in workout.sets])
        for workout in read
    ]


@given(history=workouts(with_end=False))
@settings(max_examples=200, deadline=None)
def test_a_file_of_strong_reads_back_as_the_same_workouts(history):
    assert read_back(strong_rows(history, "kg"), strong) == history


@given(history=workouts(with_end=True))
@settings(max_examples=200, deadline=None)
def test_a_file_of_hevy_reads_back_as_the_same_workouts(history):
    assert read_back(hevy_rows(history, "kg"), hevy) == history


@given(history=workouts(with_end=True))
@settings(max_examples=100, deadline=None)
def test_in_pounds_loads_come_back_to_the_gram_and_all_else_is_the_same(history):
    read = read_back(hevy_rows(history, "lb"), hevy)

    assert without_loads(read) == without_loads(history)
    assert loads(read) == [
        load if load is None else pytest.approx(load, abs=0.001) for load in loads(history)
    ]


@given(value=SOME_TEXT)
def test_a_guarded_text_is_no_formula_and_reads_back(value):
    cell = guarded(value)

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b"))
    assert unguarded(cell) == value


A_SET = ReadSet(line=0, exercise="Squat", reps=5, weight=102.5)
A_WORKOUT = ReadWorkout(
    line=0,
    name="Legs; heavy",
    date=dt.date(2026, 3, 2),
    start_time=dt.time(18, 0),
    end_time=dt.time(19, 5),
    duration_minutes=65,
    session_rpe=7.5,
    notes="=HYPERLINK(A1)",
    exercise_notes={"Squat": "Belt"},
    sets=[
        replace(A_SET, set_type="warm_up", weight=60.0, rest_seconds=90),
        replace(A_SET, rpe=8.5, superset=1),
        replace(A_SET, set_type="amrap", notes="Ten left"),
        ReadSet(line=0, exercise="Run", duration=900, distance=2.5),
    ],
)


def test_a_file_of_strong_has_the_rows_that_strong_writes():
    lines = list(strong_rows([A_WORKOUT], "lb"))

    head, tail = '2026-03-02 18:00:00;"Legs; heavy"', "'=HYPERLINK(A1);1h 5m"
    assert lines == [
        "Date;Workout Name;Exercise Name;Set Order;Weight;Weight Unit;Reps;RPE;Distance;"
        "Distance Unit;Seconds;Notes;Workout Notes;Workout Duration;Superset;AMRAP;"
        "Session RPE\r\n",
        f"{head};Squat;Note;;;;;;;;Belt;{tail};;;7.5\r\n",
        f"{head};Squat;W;132.2774;lb;5;;;;;;{tail};;;7.5\r\n",
        f"{head};Squat;Rest Timer;;;;;;;90;;{tail};;;7.5\r\n",
        f"{head};Squat;1;225.9738;lb;5;8.5;;;;;{tail};1;;7.5\r\n",
        f"{head};Squat;2;225.9738;lb;5;;;;;Ten left;{tail};;yes;7.5\r\n",
        f"{head};Run;1;;;;;2.5;km;900;;{tail};;;7.5\r\n",
    ]


def test_a_file_of_hevy_has_the_rows_that_hevy_writes():
    lines = list(hevy_rows([A_WORKOUT], "kg"))

    head = 'Legs; heavy,"2 Mar 2026, 18:00","2 Mar 2026, 19:05",\'=HYPERLINK(A1)'
    assert lines == [
        "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,"
        "set_index,set_type,weight_kg,reps,distance_km,duration_seconds,rpe,rest_seconds,"
        "set_notes,amrap,session_rpe\r\n",
        f"{head},Squat,,Belt,0,warmup,60.0,5,,,,90,,,7.5\r\n",
        f"{head},Squat,0,Belt,1,normal,102.5,5,,,8.5,,,,7.5\r\n",
        f"{head},Squat,,Belt,2,normal,102.5,5,,,,,Ten left,yes,7.5\r\n",
        f"{head},Run,,,0,normal,,,2.5,900,,,,,7.5\r\n",
    ]


def test_pounds_stand_in_a_column_of_their_own_name():
    header, row = hevy_rows([replace(A_WORKOUT, sets=[A_SET])], "lb")

    cells = dict(zip(*csv.reader([header, row]), strict=True))
    assert cells["weight_lbs"] == "225.9738"
    assert "weight_kg" not in cells


@pytest.mark.parametrize(
    ("end", "minutes", "written", "read"),
    [
        (None, None, "", (None, None)),
        (None, 65, "2 Mar 2026, 19:05", (dt.time(19, 5), 65)),
        (None, 1500, "3 Mar 2026, 19:00", (None, 1500)),
        (dt.time(0, 30), 390, "3 Mar 2026, 00:30", (dt.time(0, 30), 390)),
        (dt.time(18, 0, 30), 0, "2 Mar 2026, 18:00:30", (dt.time(18, 0, 30), 0)),
    ],
)
def test_hevy_tells_an_end_and_no_length(end, minutes, written, read):
    workout = replace(A_WORKOUT, end_time=end, duration_minutes=minutes)

    lines = list(hevy_rows([workout], "kg"))

    assert next(csv.reader(lines[1:2]))[2] == written
    back = read_back(lines, hevy)[0]
    assert (back.end_time, back.duration_minutes) == read


@pytest.mark.parametrize(
    ("minutes", "written"), [(None, ""), (0, "0m"), (45, "45m"), (120, "2h"), (2880, "48h")]
)
def test_strong_tells_a_length_and_no_end(minutes, written):
    lines = list(strong_rows([replace(A_WORKOUT, duration_minutes=minutes)], "kg"))

    assert next(csv.reader(lines[1:2], delimiter=";"))[13] == written
    back = read_back(lines, strong)[0]
    assert (back.end_time, back.duration_minutes) == (None, minutes)


def test_what_has_no_place_is_left_out():
    empty = replace(A_WORKOUT, sets=[], exercise_notes={})
    noted = replace(A_WORKOUT, sets=[])

    assert len(list(strong_rows([empty], "kg"))) == 1
    assert len(list(hevy_rows([empty, noted], "kg"))) == 1
    assert read_back(strong_rows([noted], "kg"), strong) == [replace(noted, end_time=None)]


def test_lines_come_as_they_are_asked_for():
    def endless():
        while True:
            yield A_WORKOUT

    assert next(strong_rows(endless(), "kg")).startswith("Date;")
    assert next(hevy_rows(endless(), "kg")).startswith("title,")


def test_a_history_moves_from_one_app_to_the_other():
    moved = read_back(hevy_rows(read_back(strong_rows([A_WORKOUT], "kg"), strong), "kg"), hevy)

    assert moved == [A_WORKOUT]


def test_files_need_no_questions():
    for lines in (strong_rows([A_WORKOUT], "lb"), hevy_rows([A_WORKOUT], "lb")):
        found = survey(BytesIO("".join(lines).encode()))

        assert (found.problem, found.questions) == (None, [])
        assert isinstance(found.options(), Options)
