"""Files that are broken, endless or meant to do harm: told row by row, in little memory."""

from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workouts.transfer.files import (
    IOS,
    KG,
    SIX,
    a_file,
    a_strong_row,
    peak_of_memory,
    read_strong,
)
from tests.workouts.transfer.histories import repeated, strong_chunks
from workouts.transfer import strong
from workouts.transfer.readings import ReadWorkout, RowError


def test_texts_lose_control_characters_and_what_is_too_long():
    name, notes = "  Bench\x00\x07 \t Press  " + "x" * 200, "a\x00\x1bb\n" + "n" * 300

    workouts, _ = read_strong(IOS, a_strong_row({"Exercise Name": name, "Notes": notes}))

    done = workouts[0].sets[0]
    assert done.exercise == ("Bench Press " + "x" * 200)[:100]
    assert done.notes == ("ab\n" + "n" * 300)[:200]


def test_long_workout_notes_are_cut_and_no_name_becomes_one():
    workouts, _ = read_strong(IOS, a_strong_row({"Workout Name": "", "Workout Notes": "n" * 5000}))

    assert workouts[0].notes == "n" * 4000
    assert workouts[0].name == "Workout"


def test_messages_show_little_of_a_strangers_text():
    _, errors = read_strong(IOS, a_strong_row({"Weight": "9" * 5000 + "\x1b[31m"}))

    assert errors[0].message == f'Weight must be from 0 to 2000 kg, not "{"9" * 60}…".'


def test_a_line_without_end_is_told_and_skipped():
    workouts, errors = read_strong(
        IOS,
        a_strong_row({}),
        a_strong_row({"Notes": "x" * 100_000}),
        a_strong_row({"Set Order": "2"}),
    )

    assert [done.line for done in workouts[0].sets] == [2, 4]
    assert [(error.line, error.code) for error in errors] == [(3, "row_too_long")]


def test_a_quote_that_is_never_closed_costs_a_strong_row():
    rows = [a_strong_row({"Set Order": str(number)}) for number in range(1, 900)]
    broken = '2026-03-02 18:00:00,Push,,Bench Press,1,60,5,,,"oh,,'

    middle, middle_errors = read_strong(IOS, *rows[:10], broken, *rows[10:])
    end, end_errors = read_strong(IOS, broken, *[row.replace('"', "") for row in rows])

    assert len(middle[0].sets) == 899
    assert [error.line for error in middle_errors] == [12]
    assert len(end[0].sets) == 899
    assert [error.line for error in end_errors] == [2]


def test_a_file_of_nothing_but_quotes_is_not_read_over_and_over():
    rows = ['z","'] * 30_000

    _, errors = read_strong(IOS, *rows)

    assert 1 <= len(errors) <= 60


def test_a_workout_has_at_most_a_thousand_sets():
    workouts, errors = read_strong(IOS, *[a_strong_row({})] * 1002)

    assert len(workouts[0].sets) == 1000
    assert [(error.line, error.code) for error in errors] == [
        (1002, "too_many_sets"),
        (1003, "too_many_sets"),
    ]


def test_fifty_thousand_rows_are_read_in_little_memory():
    # Warmed up, so that what is loaded once does not count.
    list(strong.read(a_file(IOS, a_strong_row({})), KG))
    stream = repeated(strong_chunks(workouts=100, dialect="six"), times=26)

    with peak_of_memory() as peak:
        sets = sum(len(workout.sets) for workout in strong.read(stream, KG))

    assert sets == 26 * 993
    assert peak() < 1_500_000


@given(tail=st.binary(max_size=400), start=st.sampled_from(["", IOS + "\n", SIX + "\n"]))
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise(tail, start):
    file = start.encode() + tail

    read = list(strong.read(BytesIO(file), KG))

    assert all(isinstance(item, ReadWorkout | RowError) for item in read)


@given(cells=st.lists(st.text(max_size=60), min_size=12, max_size=12))
@settings(max_examples=300, deadline=None)
def test_no_cells_raise_and_what_is_read_is_in_range(cells):
    row = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)

    read = list(strong.read(BytesIO(f"{IOS}\n{row}".encode("utf-8", "replace")), KG))

    assert all(isinstance(item, RowError) or 1970 <= item.date.year <= 2200 for item in read)
    assert all(len(item.message) <= 250 for item in read if isinstance(item, RowError))
