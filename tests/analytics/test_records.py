"""Personal records: what beats what, and what an edit takes back."""

import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas import (
    LoggedSet,
    RecordBook,
    Window,
    record_changes,
    records_of,
    standing_records,
)

MONDAY = dt.date(2026, 3, 2)


def session(number, *sets, **rest):
    """A workout of sets of kg and reps."""
    return [
        LoggedSet(
            id=UUID(int=1000 * number + place),
            workout=UUID(int=number),
            day=MONDAY + dt.timedelta(days=number),
            load_kg=load_kg,
            reps=reps,
            **{"reserve": 0, **rest},
        )
        for place, (load_kg, reps) in enumerate(sets, start=1)
    ]


def run(number, distance_km, duration_s):
    return LoggedSet(
        id=UUID(int=1000 * number + 1),
        workout=UUID(int=number),
        day=MONDAY + dt.timedelta(days=number),
        distance_km=distance_km,
        duration_s=duration_s,
    )


def beaten(sets, kind, **rest):
    """Value and previous of the records of a kind."""
    return [
        (record.value, record.previous)
        for record in records_of(sets, **rest)
        if record.kind == kind
    ]


def test_the_first_set_starts_every_kind_of_record():
    records = records_of(session(1, (100, 5)))

    assert [(record.kind, round(record.value, 2), record.at) for record in records] == [
        ("reps", 5, 100),
        ("weight", 100, None),
        ("set_volume", 500, None),
        ("one_rm", 116.58, None),
        ("session_volume", 500, None),
    ]
    assert all(record.is_first for record in records)


def test_a_heavier_load_is_a_record_and_names_what_it_beat():
    sets = [*session(1, (100, 5)), *session(2, (105, 3))]

    assert beaten(sets, "weight") == [(100, None), (105, 100)]


@pytest.mark.parametrize(("load_kg", "is_record"), [(101.25, False), (101.3, True)])
def test_a_record_is_better_by_more_than_half_of_the_smallest_step(load_kg, is_record):
    sets = [*session(1, (100, 5)), *session(2, (load_kg, 5))]

    assert (len(beaten(sets, "weight", step_kg=2.5)) == 2) is is_record


def test_gains_below_half_a_step_add_up_to_a_record():
    sets = [*session(1, (100, 5)), *session(2, (101, 5)), *session(3, (102, 5))]

    assert beaten(sets, "weight", step_kg=2.5) == [(100, None), (102, 100)]


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ((90, 8), [(5, None), (8, 5)]),
        ((90, 5), [(5, None)]),
        ((100, 6), [(5, None), (6, 5)]),
        ((105, 3), [(5, None), (3, None)]),
        ((100.2, 6), [(5, None), (6, 5)]),
    ],
)
def test_repetitions_are_compared_with_those_of_as_heavy_loads_or_heavier(later, expected):
    sets = [*session(1, (100, 5)), *session(2, later)]

    assert beaten(sets, "reps") == expected


def test_a_heavier_set_of_as_many_repetitions_outdoes_the_lighter_one():
    records = records_of([*session(1, (90, 8)), *session(2, (100, 8)), *session(3, (95, 8))])

    standing = [
        (record.at, record.value) for record in standing_records(records) if record.kind == "reps"
    ]
    assert standing == [(100, 8)]


def test_a_maximum_is_estimated_up_to_ten_effective_repetitions():
    sets = [
        *session(1, (100, 5)),
        *session(2, (90, 12)),
        *session(3, (100, 8), reserve=3),
        *session(4, (100, 6), reserve=1),
    ]

    found = [value for value, _ in beaten(sets, "one_rm")]

    assert found == pytest.approx([116.58, 121.48], abs=0.005)


def test_an_estimated_maximum_says_so_and_a_lifted_one_does_not():
    records = records_of([*session(1, (100, 5)), *session(2, (130, 1))])

    assert [record.caveats for record in records if record.kind == "one_rm"] == [
        ("The maximum is an estimate, not a lift.",),
        (),
    ]


@pytest.mark.parametrize("excluded", [{"set_type": "warm_up"}, {"load_type": "assisted"}])
def test_warm_ups_and_helped_sets_are_no_records_and_beat_nothing(excluded):
    sets = [*session(1, (200, 10), **excluded), *session(2, (100, 5))]

    assert records_of(session(1, (200, 10), **excluded)) == ()
    assert beaten(sets, "weight") == [(100, None)]


def test_the_volume_of_a_session_is_compared_with_sessions_before():
    sets = [
        *session(1, (100, 5), (100, 5)),
        *session(2, (90, 5), (90, 5)),
        *session(3, (80, 8), (80, 8)),
    ]

    assert beaten(sets, "session_volume") == [(1000, None), (1280, 1000)]
    assert beaten(sets, "set_volume") == [(500, None), (640, 500)]


def test_body_weight_of_unknown_load_has_records_in_repetitions():
    sets = [*session(1, (None, 20)), *session(2, (None, 25))]

    records = records_of(sets)

    assert [(record.kind, record.value, record.previous) for record in records] == [
        ("reps", 20, None),
        ("reps", 25, 20),
    ]


def test_a_longer_distance_is_a_record():
    sets = [run(1, 5, None), run(2, 5.004, None), run(3, 7.5, None)]

    assert beaten(sets, "distance") == [(5, None), (7.5, 5)]


def test_the_time_over_a_standard_distance_is_a_record():
    records = records_of([run(1, 5, 1500), run(2, 5, 1499.8), run(3, 5, 1490)])

    five = [(record.value, record.previous) for record in records if record.at == 5]
    assert five == [(1500, None), (1490, 1500)]


def test_a_longer_run_counts_over_shorter_distances_at_its_average_pace():
    records = records_of([run(1, 5, 1560), run(2, 10, 3000)])

    faster = next(record for record in records if record.at == 5 and record.previous)
    assert (faster.value, faster.previous, faster.caveats) == (
        1500,
        1560,
        ("The time is that of a longer distance at its average pace.",),
    )
    assert {record.at for record in records if record.kind == "pace"} == {
        *(0.4, 0.5, 1, 1.609344, 2, 5, 10),
    }


def test_a_run_without_a_time_or_of_no_standard_length_has_no_pace():
    assert beaten([run(1, 5, None), run(2, 0.2, 40)], "pace") == []


def test_correcting_a_set_takes_its_records_back_and_gives_later_ones():
    typo = [*session(1, (100, 5)), *session(2, (150, 5)), *session(3, (105, 5))]
    corrected = [*session(1, (100, 5)), *session(2, (50, 5)), *session(3, (105, 5))]

    found = record_changes(records_of(typo), records_of(corrected))

    assert {(one.kind, one.value) for one in found.retracted if one.kind == "weight"} == {
        ("weight", 150)
    }
    assert {(one.kind, one.value) for one in found.won if one.kind == "weight"} == {
        ("weight", 105)
    }


def test_the_same_sets_again_change_nothing():
    sets = [*session(1, (100, 5)), *session(2, (105, 5))]

    found = record_changes(records_of(sets), records_of(sets))

    assert (found.won, found.retracted) == ((), ())


def test_a_record_explains_itself():
    records = records_of([*session(1, (100, 5)), *session(2, (100, 6))])

    record = next(one for one in records if one.kind == "reps" and one.previous)

    assert (record.formula.id, record.formula.version) == ("personal_record", 1)
    assert record.window == Window(
        first=MONDAY + dt.timedelta(1), last=MONDAY + dt.timedelta(2), count=2
    )
    assert record.steps() == [
        "reps with 100 kg or more: 6 repetitions on 2026-03-04.",
        "The best before it was 5 repetitions.",
    ]


histories = st.lists(
    st.lists(
        st.tuples(st.integers(4, 80).map(lambda step: step * 2.5), st.integers(1, 15)),
        min_size=1,
        max_size=4,
    ),
    max_size=8,
).map(
    lambda sessions: [
        one for number, sets in enumerate(sessions) for one in session(number, *sets)
    ]
)


@given(sets=histories)
def test_each_record_beats_the_one_before_it(sets):
    records = records_of(sets, step_kg=2.5)

    for kind in ("weight", "one_rm", "set_volume", "session_volume"):
        values = [record.value for record in records if record.kind == kind]
        previous = [record.previous for record in records if record.kind == kind]
        assert values == sorted(set(values))
        assert previous == [None, *values][: len(values)]


@given(sets=histories)
def test_the_heaviest_set_holds_the_record_in_weight(sets):
    standing = {record.kind: record.value for record in standing_records(records_of(sets))}

    assert standing.get("weight") == max((one.load_kg for one in sets), default=None)


@given(sets=histories)
def test_a_record_in_repetitions_is_the_most_with_that_load_or_a_heavier_one(sets):
    for record in standing_records(records_of(sets)):
        if record.kind == "reps":
            most = max(one.reps for one in sets if one.load_kg >= record.at)
            assert record.value == most


@given(sets=histories, removed=st.integers(0, 40))
def test_deleting_a_set_leaves_what_never_having_done_it_would(sets, removed):
    left = [one for place, one in enumerate(sets) if place != removed]
    before, after = records_of(sets), records_of(left)

    found = record_changes(before, after)

    kept = [one for one in before if one not in found.retracted]
    assert {(one.kind, one.set_id, one.at, one.value) for one in [*kept, *found.won]} == {
        (one.kind, one.set_id, one.at, one.value) for one in after
    }


def test_a_book_goes_on_from_where_it_has_read_to():
    first, second = session(1, (100, 5)), session(2, (105, 5), (110, 3))
    book = RecordBook()

    read = [*book.read(first), *book.read(second)]

    assert tuple(read) == records_of([*first, *second])
