"""A run replayed: which sessions count for which lift, deload weeks, and the ends of cycles."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workouts.training.document import Plan
from workouts.training.replay import replay
from workouts.training.state import DoneSet, Session, Target, TrackState

SQUAT, BENCH, ROW, PRESS = (UUID(int=number) for number in range(1, 5))
WAVE = {"kind": "percent_wave", "increment_kg": 2.5, "decrease_percent": 10}
KG_126 = {"squat": TrackState(training_max_kg=126)}


def exercise(id, progression, **values):
    schemes = [{"count": 2, "reps_min": 5, "reps_max": 5}]
    defaults = {"id": str(id), "name": "Lift", "planned_sets": schemes}
    return {**defaults, "progression": progression, **values}


def plan(*days, days_per_week=None, **values):
    return Plan.model_validate(
        {
            "name": "Strength",
            "goal": "strength",
            "fitness_level": "beginner",
            "days_per_week": days_per_week or len(days),
            "days": [
                {"day_number": number, "focus": "All", "exercises": exercises}
                for number, exercises in enumerate(days, start=1)
            ],
            **values,
        }
    )


def done(*reps, load_kg=None):
    target = Target(reps_min=5, load_kg=load_kg)
    return tuple(DoneSet(target=target, reps=count, load_kg=load_kg) for count in reps)


HIT, MISS, LEFT_OUT = done(5, 5), done(5, 4), done(None, None)

LINEAR = plan([exercise(SQUAT, {"kind": "linear"}, start_load_kg=100)])
# Three weeks with two squat days each, then a deload.
WAVES = plan(
    [exercise(SQUAT, WAVE, track="squat")],
    [exercise(BENCH, {"kind": "linear"}), exercise(ROW, WAVE, track="squat")],
    cycle_weeks=4,
    deload={"weeks": [4]},
)
WITHOUT_DELOAD = WAVES.model_copy(update={"deload": None, "cycle_weeks": 2})


def wave(number, squat=HIT):
    return Session(number=number, sets={SQUAT if number % 2 else ROW: squat})


def facts(replayed):
    return [
        (one.session_number, one.planned_exercise_id, one.decision.action)
        for one in replayed.evaluations
        if one.rule_kind == "percent_wave"
    ]


def test_each_session_builds_on_the_one_before():
    sessions = [
        Session(number=number, sets={SQUAT: sets})
        for number, sets in [(4, MISS), (1, HIT), (2, HIT), (3, MISS)]
    ]

    replayed = replay(plan=LINEAR, start={}, sessions=sessions)

    assert replayed.states == {str(SQUAT): TrackState(load_kg=105, failures=2)}
    assert [one.session_number for one in replayed.evaluations] == [1, 2, 3, 4]
    assert [one.decision.after.load_kg for one in replayed.evaluations] == [102.5, 105, 105, 105]
    assert {
        (one.planned_exercise_id, one.track, one.rule_kind) for one in replayed.evaluations
    } == {(SQUAT, str(SQUAT), "linear")}


def test_a_run_without_sessions_stands_at_its_start():
    start = {str(SQUAT): TrackState(load_kg=80)}

    assert replay(plan=LINEAR, start={}, sessions=[]).states[str(SQUAT)].load_kg == 100
    assert replay(plan=LINEAR, start=start, sessions=[]).states == start


def test_sessions_and_exercises_that_were_skipped_are_no_failures():
    strict = plan([exercise(SQUAT, {"kind": "linear", "failures": 1}, start_load_kg=100)])
    sessions = [Session(number=2), Session(number=5, sets={SQUAT: LEFT_OUT})]

    replayed = replay(plan=strict, start={}, sessions=sessions)

    assert replayed.states == {str(SQUAT): TrackState(load_kg=100)}
    assert [(one.session_number, one.decision.action) for one in replayed.evaluations] == [
        (2, "hold"),
        (5, "hold"),
    ]


def test_what_has_no_rule_no_id_or_no_sets_that_week_is_not_judged():
    in_week_two = [{"week": 2, "reps_min": 5}]
    quiet = plan(
        [
            exercise(BENCH, None, start_load_kg=60),
            {**exercise(ROW, {"kind": "linear"}), "id": None, "track": "row"},
            exercise(PRESS, {"kind": "linear"}, planned_sets=in_week_two, start_load_kg=40),
        ],
        cycle_weeks=2,
    )
    sessions = [Session(number=1, sets={BENCH: HIT}), Session(number=2, sets={PRESS: HIT})]

    replayed = replay(plan=quiet, start={}, sessions=sessions)

    assert [(one.session_number, one.track) for one in replayed.evaluations] == [(2, str(PRESS))]
    assert replayed.states == {
        str(BENCH): TrackState(load_kg=60),
        "row": TrackState(),
        str(PRESS): TrackState(load_kg=42.5),
    }


def test_exercises_of_a_track_share_their_progress_also_within_a_day():
    shared = {"track": "squat", "start_load_kg": 100}
    day = [
        exercise(SQUAT, None, track="squat"),
        exercise(ROW, {"kind": "linear"}, **shared),
        exercise(PRESS, {"kind": "linear", "increment_kg": 5}, **shared),
    ]
    sessions = [Session(number=1, sets={SQUAT: MISS, ROW: HIT, PRESS: HIT})]

    replayed = replay(plan=plan(day), start={}, sessions=sessions)

    assert replayed.states == {"squat": TrackState(load_kg=107.5)}
    assert [one.planned_exercise_id for one in replayed.evaluations] == [ROW, PRESS]


def test_two_days_that_alternate_three_times_a_week_find_their_sessions():
    alternating = plan(
        [exercise(SQUAT, WAVE, track="squat")],
        [exercise(ROW, WAVE, track="squat")],
        days_per_week=3,
    )

    replayed = replay(
        plan=alternating, start=KG_126, sessions=[wave(number) for number in range(1, 7)]
    )

    # The first week ends with the first day, the second week with the second.
    assert facts(replayed) == [
        (1, SQUAT, "keep"),
        (2, ROW, "keep"),
        (3, SQUAT, "raise"),
        (4, ROW, "keep"),
        (5, SQUAT, "keep"),
        (6, ROW, "raise"),
    ]
    assert replayed.states["squat"] == TrackState(training_max_kg=131)


def test_a_cycle_is_judged_in_its_last_session():
    sessions = [wave(1), wave(2), wave(3), wave(4), wave(5, MISS)]

    replayed = replay(plan=WITHOUT_DELOAD, start=KG_126, sessions=sessions)

    assert facts(replayed) == [
        (1, SQUAT, "keep"),
        (2, ROW, "keep"),
        (3, SQUAT, "keep"),
        (4, ROW, "raise"),
        (5, SQUAT, "keep"),
    ]
    assert replayed.states["squat"] == TrackState(training_max_kg=128.5, missed=1, open_cycle=2)


def test_a_missed_set_of_the_cycle_takes_from_the_training_max_at_its_end():
    sessions = [wave(1), wave(2, MISS), wave(3), wave(4)]

    replayed = replay(plan=WITHOUT_DELOAD, start=KG_126, sessions=sessions)

    assert replayed.states["squat"] == TrackState(training_max_kg=pytest.approx(113.4))


@pytest.mark.parametrize("last", [Session(number=4), wave(4, LEFT_OUT)])
def test_leaving_the_exercise_out_of_the_last_session_does_not_lose_the_raise(last):
    replayed = replay(plan=WITHOUT_DELOAD, start=KG_126, sessions=[wave(1), last])

    assert facts(replayed)[-1] == (4, ROW, "raise")
    assert replayed.states["squat"] == TrackState(training_max_kg=128.5)


def test_the_first_session_after_a_skipped_last_one_judges_the_cycle_first():
    replayed = replay(plan=WITHOUT_DELOAD, start=KG_126, sessions=[wave(1), wave(6, MISS)])

    assert facts(replayed) == [(1, SQUAT, "keep"), (6, ROW, "raise"), (6, ROW, "keep")]
    assert replayed.states["squat"] == TrackState(training_max_kg=128.5, missed=1, open_cycle=2)


def test_the_states_for_an_upcoming_session_have_its_cycle_before_it_judged():
    before = replay(plan=WITHOUT_DELOAD, start=KG_126, sessions=[wave(1)], upcoming=4)
    after = replay(plan=WITHOUT_DELOAD, start=KG_126, sessions=[wave(1)], upcoming=5)

    assert before.states["squat"] == TrackState(training_max_kg=126, open_cycle=1)
    assert after.states["squat"] == TrackState(training_max_kg=128.5)
    assert facts(after) == [(1, SQUAT, "keep")]


def test_a_cycle_without_a_session_raises_nothing():
    replayed = replay(plan=WITHOUT_DELOAD, start=KG_126, sessions=[Session(number=4), wave(9)])

    assert replayed.states["squat"] == TrackState(training_max_kg=126, open_cycle=3)


def test_a_deload_week_is_done_with_the_old_training_max_and_ends_the_cycle():
    weeks = [wave(number) for number in range(1, 7)]

    three = replay(plan=WAVES, start=KG_126, sessions=weeks)
    four = replay(plan=WAVES, start=KG_126, sessions=[*weeks, wave(7, MISS), wave(8, MISS)])

    assert three.states["squat"] == TrackState(training_max_kg=126, open_cycle=1)
    assert facts(four)[-2:] == [(7, SQUAT, "hold"), (8, ROW, "raise")]
    assert four.states["squat"] == TrackState(training_max_kg=128.5)
    assert four.evaluations[-1].decision.reason == (
        "Deload week: what is done in it does not count. Every work set done in the cycle reached"
        " its reps, so the training max goes up by 2.5 kg from 126 kg to 128.5 kg."
    )


def test_a_deload_week_says_that_it_holds_what_was_done_and_only_that():
    sessions = [Session(number=8, sets={BENCH: HIT}), Session(number=16, sets={ROW: HIT})]

    replayed = replay(plan=WAVES, start=KG_126, sessions=sessions)

    assert [
        (one.session_number, one.planned_exercise_id, one.decision.action, one.decision.reason)
        for one in replayed.evaluations
    ] == [
        (8, BENCH, "hold", "Deload week: the rule waits, so nothing changes."),
        (16, ROW, "hold", "Deload week: the rule waits, so nothing changes."),
    ]
    assert replayed.states == {**KG_126, str(BENCH): TrackState()}


PERFORMED = st.lists(st.none() | st.integers(0, 8), max_size=3).map(lambda reps: done(*reps))
LOADED = st.builds(
    lambda reps, load_kg: done(*reps, load_kg=load_kg),
    st.lists(st.none() | st.integers(0, 8), max_size=3),
    st.none() | st.floats(0, 300),
)
SESSIONS = st.lists(
    st.builds(
        Session,
        number=st.integers(1, 20),
        sets=st.dictionaries(st.sampled_from([SQUAT, BENCH, ROW]), LOADED),
    ),
    max_size=12,
    unique_by=lambda session: session.number,
)


@given(sessions=SESSIONS, random=st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_same_sessions_make_the_same_run_in_any_order(sessions, random):
    shuffled = random.sample(sessions, len(sessions))

    first = replay(plan=WAVES, start=KG_126, sessions=sessions)
    again = replay(plan=WAVES, start=KG_126, sessions=shuffled)

    assert first == again


@given(sessions=SESSIONS, upto=st.integers(0, 20), plan=st.sampled_from([WAVES, WITHOUT_DELOAD]))
@settings(max_examples=100)
def test_a_run_that_goes_on_is_the_run_as_a_whole(sessions, upto, plan):
    before = [session for session in sessions if session.number <= upto]
    rest = [session for session in sessions if session.number > upto]

    begun = replay(plan=plan, start=KG_126, sessions=before)
    continued = replay(plan=plan, start=begun.states, sessions=rest)
    whole = replay(plan=plan, start=KG_126, sessions=sessions)

    assert continued.states == whole.states
    assert begun.evaluations + continued.evaluations == whole.evaluations


@given(sessions=SESSIONS)
@settings(max_examples=100)
def test_each_decision_begins_where_the_one_before_ended(sessions):
    replayed = replay(plan=WAVES, start=KG_126, sessions=sessions)

    states = {**KG_126, str(BENCH): TrackState()}
    for one in replayed.evaluations:
        assert one.decision.before == states[one.track]
        states[one.track] = one.decision.after
    assert replayed.states == states


@given(sessions=SESSIONS, other=PERFORMED)
@settings(max_examples=100)
def test_nothing_done_in_a_deload_week_changes_anything(sessions, other):
    deloads = {7, 8, 15, 16}
    different = [
        Session(number=session.number, sets=dict.fromkeys((SQUAT, BENCH, ROW), other))
        if session.number in deloads
        else session
        for session in sessions
    ]

    as_done = replay(plan=WAVES, start=KG_126, sessions=sessions)
    otherwise = replay(plan=WAVES, start=KG_126, sessions=different)

    assert as_done.states == otherwise.states
