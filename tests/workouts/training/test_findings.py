"""What is odd about a plan."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workouts.training.document import Plan
from workouts.training.findings import Finding, Knowledge, findings
from workouts.training.volume import LANDMARKS, Landmark

SQUAT, BENCH = UUID(int=1), UUID(int=2)
WAVE = {"kind": "percent_wave"}
RESET = {"kind": "training_max_reset"}
TIERS = {"kind": "amrap_tiers", "tiers": [{"reps_from": 5, "increment_kg": 2.5}]}
FIVES = {"count": 5, "reps_min": 5, "reps_max": 5}


def exercise(*schemes, **fields):
    return {
        "exercise": str(SQUAT),
        "name": "Squat",
        "planned_sets": list(schemes or [FIVES]),
        **fields,
    }


def plan(*exercises, **fields):
    """A plan of one day, one session a week and one week, which nothing is odd about."""
    day = {"day_number": 1, "focus": "Legs", "exercises": list(exercises or [exercise()])}
    return Plan.model_validate(
        {
            "name": "Plan",
            "goal": "strength",
            "days_per_week": 1,
            "duration_weeks": 4,
            "fitness_level": "beginner",
            "days": [day],
            **fields,
        }
    )


def found(plan, **known):
    return findings(plan, known=Knowledge(**known))


def brief(plan, **known):
    return [(finding.severity, finding.code, finding.path) for finding in found(plan, **known)]


def percent(kind, value, **fields):
    return {**FIVES, "load_type": kind, "load_value": value, **fields}


EX = "days.0.exercises.0"


def test_a_sound_plan_has_nothing_to_find():
    assert found(plan()) == []


def test_a_plan_without_days():
    assert found(plan(days=[])) == [
        Finding(severity="error", code="no_days", path="days", message="The plan has no days.")
    ]


def test_a_day_without_exercises():
    rest = {"day_number": 1, "focus": "Rest"}

    assert found(plan(days=[rest])) == [
        Finding(
            severity="error",
            code="empty_day",
            path="days.0",
            message="Day 1, Rest, has no exercises.",
        )
    ]


def test_days_may_rotate():
    days = plan().model_dump()["days"] * 2
    days = [{**day, "day_number": number} for number, day in enumerate(days, start=1)]

    assert found(plan(days=days, days_per_week=3)) == [
        Finding(
            severity="hint",
            code="days_rotate",
            path="days_per_week",
            message=(
                "3 sessions a week and 2 days: the days take turns, so weeks begin with different"
                " ones."
            ),
        )
    ]


@pytest.mark.parametrize(("days", "days_per_week"), [(1, 2), (1, 7), (2, 4), (3, 6)])
def test_weeks_that_all_begin_with_the_first_day_are_not_odd(days, days_per_week):
    [day] = plan().model_dump()["days"]
    numbered = [{**day, "day_number": number} for number in range(1, days + 1)]

    assert found(plan(days=numbered, days_per_week=days_per_week)) == []


def test_a_plan_may_end_within_its_cycle():
    assert brief(plan(cycle_weeks=5)) == [("warning", "shorter_than_cycle", "duration_weeks")]
    assert brief(plan(cycle_weeks=4)) == []


def test_a_rule_needs_a_work_set():
    warm_up = {**FIVES, "set_type": "warm_up"}

    result = brief(plan(exercise(warm_up, progression=WAVE)), one_rm=[SQUAT])

    assert result == [("error", "nothing_to_judge", f"{EX}.progression")]


def test_a_share_of_a_training_max_needs_one():
    shares = plan(exercise(percent("percent_tm", 85)))

    assert brief(shares) == [("error", "no_training_max", EX)]
    assert brief(shares, one_rm=[BENCH]) == [("error", "no_training_max", EX)]
    assert brief(shares, one_rm=[SQUAT]) == []


def test_a_known_training_max_is_enough():
    shares = plan(exercise(percent("percent_tm", 85), track="squat"))

    assert brief(shares, training_max=["bench"]) == [("error", "no_training_max", EX)]
    assert brief(shares, training_max=["squat"]) == []


def test_a_rule_makes_a_training_max_of_a_maximum_that_is_to_be_told():
    waves = plan(exercise(percent("percent_tm", 85), progression=WAVE))

    assert brief(waves) == [("hint", "training_max_unknown", EX)]
    assert brief(waves, one_rm=[SQUAT]) == []


def test_assistance_follows_the_training_max_of_its_track():
    waves = plan(
        exercise(percent("percent_tm", 85), track="squat", progression=WAVE),
        exercise(percent("percent_tm", 50), track="squat"),
    )

    assert brief(waves) == [("hint", "training_max_unknown", EX)]


@pytest.mark.parametrize("kind", ["percent_of_first", "percent_of_previous"])
def test_a_first_work_set_cannot_be_a_share_of_itself(kind):
    result = brief(plan(exercise(percent(kind, 90), FIVES)))

    assert result == [("error", "no_reference", f"{EX}.planned_sets.0")]


def test_a_warm_up_is_a_share_of_a_work_set_of_its_week():
    warm_up = percent("percent_of_first", 50, set_type="warm_up")
    second_week = {**FIVES, "week": 2}

    whole = plan(exercise(warm_up, FIVES), cycle_weeks=2)
    half = plan(exercise(warm_up, second_week), cycle_weeks=2)

    assert brief(whole) == []
    assert brief(half) == [
        ("error", "no_reference", f"{EX}.planned_sets.0"),
        ("hint", "week_without_work", EX),
    ]


def test_a_share_of_the_set_before_may_be_a_share_of_a_share():
    drops = [percent("percent_of_previous", 80, set_type="drop")] * 2

    assert brief(plan(exercise(FIVES, *drops))) == []


def test_a_reset_needs_an_amrap_set_that_is_heavy_enough():
    light = percent("percent_tm", 94.5, set_type="amrap", reps_max=None)
    heavy = {**light, "load_value": 95}
    no_amrap = percent("percent_tm", 95)

    results = [
        brief(plan(exercise(scheme, progression=RESET)), one_rm=[SQUAT])
        for scheme in (light, no_amrap, heavy)
    ]

    missing = [("error", "no_amrap", f"{EX}.progression")]
    assert results == [missing, missing, []]


def test_tiers_need_an_amrap_set():
    amrap = {"set_type": "amrap", "reps_min": 5}

    without = brief(plan(exercise(progression=TIERS, start_load_kg=60)))
    having = brief(plan(exercise(amrap, progression=TIERS, start_load_kg=60)))

    assert without == [("error", "no_amrap", f"{EX}.progression")]
    assert having == []


def test_an_exercise_may_leave_out_weeks_of_the_cycle():
    weeks = [{**FIVES, "week": week} for week in (1, 3)]

    result = found(plan(exercise(*weeks), cycle_weeks=4))

    assert [(finding.code, finding.message) for finding in result] == [
        ("week_without_work", "Squat: in weeks 2 and 4 of the cycle it has no work set."),
    ]


def test_a_set_in_a_week_that_never_comes():
    late = {**FIVES, "week": 2}

    result = found(plan(exercise(FIVES, late)))

    assert result == [
        Finding(
            severity="error",
            code="week_outside_cycle",
            path=f"{EX}.planned_sets.1",
            message="Squat: week 2 never comes, as the cycle has 1 week.",
        )
    ]


def test_an_easy_week_that_never_comes():
    result = brief(plan(cycle_weeks=4, deload={"weeks": [4, 5]}))

    assert result == [("error", "deload_outside_cycle", "deload.weeks.1")]


@pytest.mark.parametrize(
    ("weeks", "rule", "expected"),
    [
        (9, {"kind": "linear"}, ["no_deload"]),
        (8, {"kind": "linear"}, []),
        (9, {"kind": "double"}, []),
        (9, None, []),
    ],
)
def test_loads_that_rise_for_more_than_eight_weeks(weeks, rule, expected):
    long = plan(exercise(progression=rule, start_load_kg=60), duration_weeks=weeks)

    assert [finding.code for finding in found(long)] == expected


def test_a_long_plan_with_easy_weeks():
    rises = exercise(progression={"kind": "linear"}, start_load_kg=60)

    eased = plan(rises, duration_weeks=12, cycle_weeks=4, deload={"weeks": [4]})

    assert brief(eased) == []


def test_a_superset_needs_two_exercises():
    lonely = plan(exercise(superset=1), exercise(superset=2), exercise(superset=2))

    assert brief(lonely) == [("warning", "lonely_superset", f"{EX}.superset")]


def test_a_track_has_one_rule():
    def rule(kg):
        return {"kind": "linear", "increment_kg": kg}

    def sharing(*rules):
        return plan(
            *(exercise(track="squat", start_load_kg=60, progression=each) for each in rules)
        )

    assert brief(sharing(rule(5), rule(2.5))) == [
        ("warning", "rules_differ", "days.0.exercises.1.progression")
    ]
    assert brief(sharing(rule(5), None, rule(5))) == []


def test_words_that_disagree_with_the_sets():
    result = found(plan(exercise(sets=3, reps="8-12")))

    assert [(finding.path, finding.message) for finding in result] == [
        (f"{EX}.sets", "Squat: sets says 3, but planned_sets make 5."),
        (f"{EX}.reps", "Squat: reps says 8-12, but planned_sets make 5."),
    ]
    assert {(finding.severity, finding.code) for finding in result} == {
        ("warning", "text_disagrees")
    }


@pytest.mark.parametrize("reps", ["5", "5 reps", "5/5/5/5/5", "slow fives"])
def test_words_that_say_the_same_or_something_else(reps):
    assert brief(plan(exercise(sets=5, reps=reps))) == []


@pytest.mark.parametrize("reps", ["abc", "5/3", "0 s", "25 h", "8-12+", "5/x/3"])
def test_words_that_are_not_understood(reps):
    result = found(plan({"name": "Squat", "sets": 3, "reps": reps}))

    assert result == [
        Finding(
            severity="warning",
            code="text_not_understood",
            path=f"{EX}.reps",
            message=(
                f"Squat: reps says {reps}, which is not understood, so its sets ask for no reps"
                " or time."
            ),
        )
    ]


@pytest.mark.parametrize(
    "reps",
    [
        *("5", "5+", "8-12", "8/side", "AMRAP", "max", "Open", "30 s", "400 m"),
        *("5/3/1+", "5/open/AMRAP", "open/open/open"),
    ],
)
def test_words_that_are_understood(reps):
    assert brief(plan({"name": "Squat", "sets": 3, "reps": reps})) == []


def test_words_alone_are_sets():
    words = plan({"name": "Squat", "sets": 5, "reps": "5", "progression": TIERS})

    assert brief(words) == [
        ("error", "no_amrap", f"{EX}.progression"),
        ("hint", "start_unknown", EX),
    ]


def test_equipment_that_the_gym_lacks():
    needs = {SQUAT: ("smith_machine", "bench", "box"), BENCH: ("barbell",)}

    result = found(plan(), equipment=needs, available=frozenset({"bench"}))

    assert result == [
        Finding(
            severity="warning",
            code="equipment_missing",
            path=EX,
            message="Squat: it needs what the gym lacks: smith machine and box.",
        )
    ]
    assert brief(plan(), equipment=needs) == []


def volume(count, **landmarks):
    """Findings about so many sets of a squat."""
    sets = {"count": count, "reps_min": 5, "reps_max": 5}
    shares = {SQUAT: {"quadriceps": 1.0, "glutes": 1.0}}
    return found(plan(exercise(sets)), muscle_shares=shares, landmarks=landmarks)


QUADS = LANDMARKS["quadriceps"]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (20, []),
        (8, []),
        (
            7,
            [("hint", "below_mev", "Quadriceps: 7 sets a week; to grow it takes about 8.")],
        ),
    ],
)
def test_weekly_sets_of_a_trained_muscle(count, expected):
    result = volume(count, quadriceps=QUADS)

    assert [(each.severity, each.code, each.message) for each in result] == expected


def test_more_sets_than_one_recovers_from():
    few = Landmark(mv=1, mev=2, mav_low=3, mav_high=4, mrv=5)

    result = volume(6, quadriceps=few)

    assert result == [
        Finding(
            severity="warning",
            code="above_mrv",
            path="days",
            message="Quadriceps: 6 sets a week; few recover from more than 5.",
        )
    ]


def test_a_muscle_that_other_lifts_train_enough_has_no_limit_for_their_sets():
    assert volume(20, quadriceps=QUADS, glutes=LANDMARKS["glutes"]) == []


def test_a_big_muscle_that_nothing_trains():
    result = volume(8, quadriceps=QUADS, chest=LANDMARKS["chest"], calves=LANDMARKS["calves"])

    assert [(each.severity, each.code, each.message) for each in result] == [
        ("hint", "untrained", "Chest: nothing in the plan trains it.")
    ]


def test_an_easy_week_is_not_too_little():
    eased = plan(
        exercise({**FIVES, "count": 8}), cycle_weeks=2, deload={"weeks": [2], "sets_percent": 50}
    )

    result = found(
        eased, muscle_shares={SQUAT: {"quadriceps": 1.0}}, landmarks={"quadriceps": QUADS}
    )

    assert result == []


def test_a_session_of_more_than_two_hours():
    def minutes(number):
        return plan(exercise({"duration_seconds": 60 * number}, rest_seconds=0))

    # Five minutes of warm-up come on top.
    assert brief(minutes(115)) == []
    assert found(minutes(116)) == [
        Finding(
            severity="warning",
            code="long_session",
            path="days.0",
            message="Day 1, Legs, takes about 121 minutes.",
        )
    ]


def test_a_load_that_rises_from_nobody_knows_where():
    def rising(**fields):
        return plan(exercise(progression={"kind": "linear"}, **fields))

    assert brief(rising()) == [("hint", "start_unknown", EX)]
    assert brief(rising(start_load_kg=60)) == []
    assert brief(rising(start_percent_1rm=80)) == [("hint", "start_unknown", EX)]
    assert brief(rising(start_percent_1rm=80), one_rm=[SQUAT]) == []


def test_exercises_of_a_track_have_one_start():
    rule = {"kind": "linear"}
    both = [exercise(track="squat", progression=rule) for _ in range(2)]
    started = exercise(track="squat", start_load_kg=60)

    assert brief(plan(*both)) == [("hint", "start_unknown", EX)]
    assert brief(plan(*both, started)) == []


@pytest.mark.parametrize(
    "scheme",
    [
        percent("percent_1rm", 80),
        {**FIVES, "load_type": "rpe", "rpe": 8},
        {**FIVES, "load_type": "rir", "rir": 2},
        {**FIVES, "load_type": "rep_max", "load_value": 8},
    ],
)
def test_shares_of_a_maximum_wait_for_it(scheme):
    assert brief(plan(exercise(scheme))) == [("hint", "one_rm_unknown", EX)]
    assert brief(plan(exercise(scheme)), one_rm=[SQUAT]) == []


def test_errors_come_first():
    several = plan(
        exercise(superset=1, progression={"kind": "linear"}),
        exercise(percent("percent_tm", 85)),
    )

    assert [finding.severity for finding in found(several)] == ["error", "warning", "hint"]


@given(
    kinds=st.lists(
        st.sampled_from(["working", "percent_of_first", "percent_of_previous"]),
        min_size=1,
        max_size=8,
    ),
    warm_ups=st.integers(0, 7),
)
def test_a_set_has_a_load_if_what_it_refers_to_ends_in_one(kinds, warm_ups):
    schemes = [
        percent(kind, 80, set_type="warm_up" if place < warm_ups else "normal")
        for place, kind in enumerate(kinds)
    ]

    def has_load(place, *seen):
        if place in {-1, len(kinds), *seen}:
            return False
        if kinds[place] == "working":
            return True
        other = place - 1 if kinds[place] == "percent_of_previous" else warm_ups
        return has_load(min(len(kinds), other), place, *seen)

    lost = [path for _, code, path in brief(plan(exercise(*schemes))) if code == "no_reference"]

    without = [place for place in range(len(kinds)) if not has_load(place)]
    assert lost == [f"{EX}.planned_sets.{place}" for place in without]
