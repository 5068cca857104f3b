"""Each progression rule by its published numbers, its limits and its words."""

import pytest

from tests.workouts.training.lifting import GZCLP, LADDER, TIERS, amrap, decide, rule, sets
from workouts.training.state import TrackState


@pytest.mark.parametrize(
    ("reps", "action", "load_kg", "aim"),
    [
        ([12, 12, 12], "raise", 62.5, 8),
        ([14, 12, 12], "raise", 62.5, 8),
        ([12, 11, 10], "advance", 60, 11),
        ([12, 12, 11], "advance", 60, 12),
        ([9, 8, 8], "keep", 60, 9),
        ([6, 5, 4], "keep", 60, 8),
        ([12, 12, None], "keep", 60, 9),
    ],
)
def test_reps_come_first_and_then_the_load(reps, action, load_kg, aim):
    state = TrackState(load_kg=60, reps_target=9)

    decision = decide(rule("double"), state, sets(reps, load_kg=60, asked=9, asked_kg=60))

    assert decision.action == action
    assert decision.after == TrackState(load_kg=load_kg, reps_target=aim)


def test_twelve_reps_with_less_than_asked_earn_nothing():
    done = sets([12, 12], load_kg=50, asked=9, asked_kg=60)

    decision = decide(rule("double"), TrackState(load_kg=60, reps_target=9), done)

    assert (decision.action, decision.after.load_kg) == ("keep", 60)
    assert decision.reason == "A set was easier than asked, so the aim stays at 9 reps."


def test_at_the_limit_of_the_load_the_reps_stay_up():
    limited = rule("double", max_load_kg=60)

    decision = decide(limited, TrackState(load_kg=60, reps_target=12), sets([12], load_kg=60))

    assert (decision.action, decision.after) == ("keep", TrackState(load_kg=60, reps_target=12))


def test_body_weight_alone_gets_its_first_plate():
    bare = sets([12, 12], load_kg=None, asked_kg=None, load_type="bodyweight")

    decision = decide(rule("double"), TrackState(reps_target=12), bare)

    assert decision.after == TrackState(load_kg=2.5, reps_target=8)


@pytest.mark.parametrize(("reps", "load_kg"), [([11, 10, 10], 102.5), ([10, 10, 10], 100)])
def test_the_sum_of_the_reps_must_be_above_the_threshold(reps, load_kg):
    decision = decide(rule("reps_sum"), TrackState(load_kg=100), sets(reps, asked=8))

    assert decision.after == TrackState(load_kg=load_kg)
    assert decision.inputs["total_reps"] == sum(reps)


@pytest.mark.parametrize(
    ("missed", "values", "action", "training_max_kg"),
    [
        (0, {}, "raise", 128.5),
        (0, {"increment_kg": 5.0}, "raise", 131),
        (2, {}, "keep", 126),
        (2, {"decrease_percent": 10.0}, "lower", 113.4),
        (0, {"max_load_kg": 127.0}, "raise", 127),
    ],
)
def test_the_training_max_moves_at_the_end_of_a_cycle(missed, values, action, training_max_kg):
    state = TrackState(training_max_kg=126, missed=missed, open_cycle=1)
    done = sets([5, 5], load_kg=105, asked_kg=105, load_type="percent_tm")

    within = decide(rule("percent_wave", **values), state, done)
    end = decide(rule("percent_wave", **values), state, done, cycle_end=True)

    assert (within.action, within.after) == ("keep", state)
    assert (end.action, end.after) == (action, TrackState(training_max_kg=training_max_kg))


def test_a_missed_set_is_remembered_and_announced():
    done = sets([5, 4], load_type="percent_tm")
    wave = rule("percent_wave", decrease_percent=10)

    decision = decide(wave, TrackState(training_max_kg=126), done)

    assert decision.after == TrackState(training_max_kg=126, missed=1)
    assert decision.reason == (
        "Only 1 of 2 sets reached the target. 1 session of the cycle fell short so far, so the"
        " training max goes down by 10 % at its end."
    )


def test_an_unknown_training_max_follows_from_the_first_loads():
    done = [
        *sets([5], load_kg=82.5, asked_kg=None, percent=65, load_type="percent_tm"),
        *sets([5], load_kg=94.5, asked_kg=None, percent=75, load_type="percent_tm"),
    ]

    decision = decide(rule("percent_wave"), TrackState(), done)

    assert decision.after.training_max_kg == pytest.approx(126)
    assert decision.after.load_kg is None


@pytest.mark.parametrize(
    ("reps", "action", "training_max_kg"),
    [
        (8, "raise", 128.5),
        (5, "raise", 128.5),
        (4, "keep", 126),
        (3, "keep", 126),
        (2, "lower", 113.4),
        (0, "lower", 113.4),
        (None, "keep", 126),
    ],
)
def test_the_heaviest_amrap_set_moves_the_training_max(reps, action, training_max_kg):
    light = amrap(12, percent=65, load_kg=82.5, asked_kg=82.5)

    decision = decide(
        rule("training_max_reset"), TrackState(training_max_kg=126), [*light, *amrap(reps)]
    )

    assert decision.action == action
    assert decision.after == TrackState(training_max_kg=pytest.approx(training_max_kg))


def test_without_a_heavy_amrap_set_the_training_max_waits():
    state = TrackState(training_max_kg=126)

    light = decide(rule("training_max_reset"), state, amrap(1, percent=90))
    easier = decide(rule("training_max_reset"), state, amrap(9, load_kg=100))

    assert (light.action, light.after) == ("keep", state)
    assert (easier.action, easier.after) == ("keep", state)


@pytest.mark.parametrize(
    ("reps", "by_kg"), [(12, 5), (10, 5), (9, 2.5), (8, 2.5), (7, 2.5), (6, 0), (None, 0)]
)
@pytest.mark.parametrize("lift", ["load_kg", "training_max_kg"])
def test_more_reps_in_the_amrap_set_add_more(reps, by_kg, lift):
    load_type = "percent_tm" if lift == "training_max_kg" else "working"
    other = sets([5], load_kg=120, asked_kg=120, load_type=load_type)

    decision = decide(
        rule(TIERS), TrackState(**{lift: 120}), [*other, *amrap(reps, load_type=load_type)]
    )

    assert decision.after == TrackState(**{lift: 120 + by_kg})


def test_a_tier_can_take_away_and_less_than_asked_earns_nothing():
    tiers = [{"reps_from": 1, "increment_kg": -5}, {"reps_from": 5, "increment_kg": 2.5}]
    tiered, state = rule("amrap_tiers", tiers=tiers), TrackState(load_kg=120)

    few = decide(tiered, state, amrap(2, load_type="working"))
    easier = decide(tiered, state, amrap(8, load_kg=100, load_type="working"))

    assert (few.action, few.after.load_kg) == ("lower", 115)
    assert (easier.action, easier.after.load_kg) == ("keep", 120)


@pytest.mark.parametrize(
    ("reps", "rir", "load_kg", "after_kg", "action"),
    [
        ([5], 1, 100, 96.8937, "lower"),
        ([5, 5], 1, 100, 96.8937, "lower"),
        ([5], 2, 100, 100, "keep"),
        ([5], 2.5, 100, 101.5654, "raise"),
        ([12], 4, 100, 110, "raise"),
        ([16], 3, 100, 110, "raise"),
        ([1], 0, 100, 90, "lower"),
        ([5], None, 100, 100, "keep"),
        ([5], 4.5, 100, 100, "keep"),
        ([5], 1, 80, 90, "lower"),
    ],
)
def test_the_load_follows_from_how_hard_the_best_set_was(reps, rir, load_kg, after_kg, action):
    done = sets(reps, load_kg=load_kg, rir=rir)

    decision = decide(rule("rpe"), TrackState(load_kg=100), done)

    assert decision.action == action
    assert decision.after == TrackState(load_kg=pytest.approx(after_kg, abs=5e-5))


def test_the_best_set_speaks_and_says_what_for():
    done = [*sets([5], rir=1), *sets([5], load_kg=90, rir=0)]

    decision = decide(rule("rpe"), TrackState(load_kg=100), done)

    assert decision.reason == (
        "The best set speaks for a maximum of 119.47 kg; for 5 reps at RPE 8, 81.1 % of it are"
        " 96.89 kg. The load goes from 100 kg to 96.89 kg."
    )
    assert decision.inputs["one_rm_kg"] == pytest.approx(119.4743, abs=5e-5)


def test_help_and_a_target_beyond_the_curve_have_no_answer():
    state = TrackState(load_kg=20)
    aided = sets([5], load_kg=20, asked_kg=20, rir=1, load_type="assisted")

    help_decision = decide(rule("rpe"), state, aided)
    easy_decision = decide(rule("rpe", target_rpe=5), state, sets([5], load_kg=20, rir=1))

    assert (help_decision.action, help_decision.after) == ("keep", state)
    assert (easy_decision.action, easy_decision.after) == ("keep", state)


@pytest.mark.parametrize(
    ("stage", "reps", "action", "after"),
    [
        (0, [3] * 5, "raise", TrackState(load_kg=152.5, stage=0, sets_target=5)),
        (0, [3, 3, 3, 3, 2], "advance", TrackState(load_kg=150, stage=1, sets_target=6)),
        (1, [2, 2, 2, 2, 2, 1], "advance", TrackState(load_kg=150, stage=2, sets_target=10)),
        (2, [1] * 10, "raise", TrackState(load_kg=152.5, stage=2, sets_target=10)),
        (2, [1] * 9 + [None], "lower", TrackState(load_kg=127.5, stage=0, sets_target=5)),
        (7, [None] + [1] * 9, "lower", TrackState(load_kg=127.5, stage=0, sets_target=5)),
    ],
)
def test_a_failure_begins_the_next_stage_and_the_last_one_the_first(stage, reps, action, after):
    done = sets(reps, load_kg=150, asked=max(filter(None, reps)), asked_kg=150)

    decision = decide(rule(GZCLP), TrackState(load_kg=150, stage=stage), done)

    assert (decision.action, decision.after) == (action, after)


def test_the_words_of_a_stage_name_the_next_one():
    next_stage = decide(rule(GZCLP), TrackState(load_kg=150), sets([3, 2], asked=3))
    anew = decide(rule(GZCLP), TrackState(load_kg=150, stage=2), sets([1, None], asked=1))

    assert next_stage.reason == (
        "Only 1 of 2 sets reached the target, so the next stage begins, 6 sets of 2, and the load"
        " stays at 150 kg."
    )
    assert anew.reason == (
        "Only 1 of 2 sets reached the target in the last stage, so the first begins anew: 15 %"
        " off, from 150 kg to 127.5 kg."
    )


@pytest.mark.parametrize(
    ("target", "reps", "action", "load_kg", "sets_target"),
    [
        (3, [5] * 3, "advance", 100, 4),
        (None, [5] * 3, "advance", 100, 4),
        (4, [5] * 4, "advance", 100, 5),
        (5, [5] * 5, "raise", 102.5, 3),
        (5, [5, 5, 5, 5, 4], "keep", 100, 5),
    ],
)
def test_sets_come_first_and_then_the_load(target, reps, action, load_kg, sets_target):
    state = TrackState(load_kg=100, sets_target=target)

    decision = decide(rule("sets_first"), state, sets(reps))

    assert decision.action == action
    assert decision.after == TrackState(load_kg=load_kg, sets_target=sets_target)


@pytest.mark.parametrize(
    ("rung", "aim", "reps", "action", "after"),
    [
        (0, 5, [5, 5], "advance", (0, 6)),
        (0, 5, [8, 8], "advance", (0, 6)),
        (0, 7, [7, 6], "keep", (0, 7)),
        (0, 8, [8, 8], "advance", (1, 5)),
        (2, 8, [8, 8], "keep", (2, 8)),
        (9, 8, [8, 8], "keep", (2, 8)),
    ],
)
def test_reps_come_first_and_then_the_next_exercise(rung, aim, reps, action, after):
    done = sets(reps, asked=aim, load_kg=None, asked_kg=None)

    decision = decide(rule(LADDER), TrackState(rung=rung, reps_target=aim), done)

    assert decision.action == action
    assert decision.after == TrackState(rung=after[0], reps_target=after[1])


def test_the_load_of_one_exercise_is_not_that_of_the_next():
    state = TrackState(load_kg=10, reps_target=8)

    decision = decide(rule(LADDER), state, sets([8], asked=8, load_kg=10, asked_kg=10))

    assert decision.after == TrackState(rung=1, reps_target=5)
    assert decision.reason == (
        "The set reached 8 reps, so the next exercise is Knee push-up, with 5 reps."
    )
