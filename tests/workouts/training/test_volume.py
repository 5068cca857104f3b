"""How much a plan is, per muscle and in minutes."""

from uuid import UUID

import pytest

from workouts.training.document import Day, Deload, Plan, PlannedExercise, SetScheme
from workouts.training.rules import Rung, SetsFirst, VariationLadder
from workouts.training.volume import LANDMARKS, Landmark, against, minutes_of, weekly_sets

BENCH, PRESS, PULL_UP = UUID(int=1), UUID(int=2), UUID(int=3)
SHARES = {
    BENCH: {"chest": 1, "shoulders": 0.5, "triceps": 0.5},
    PRESS: {"shoulders": 1, "triceps": 0.5},
    PULL_UP: {"lats": 1, "biceps": 0.5, "middle_back": 0.5},
}


def plan_of(*days, **rest):
    values = {"name": "Plan", "goal": "strength", "fitness_level": "beginner"}
    values["days_per_week"] = max(len(days), 1)
    return Plan(
        **{**values, **rest},
        days=[
            Day(day_number=number, focus="All", exercises=list(exercises))
            for number, exercises in enumerate(days, start=1)
        ],
    )


def sets(exercise, count, **rest):
    return PlannedExercise(
        exercise=exercise,
        name="Exercise",
        planned_sets=[SetScheme(**{"count": count, "reps_min": 8, "reps_max": 12, **rest})],
    )


def test_a_set_counts_for_a_muscle_by_the_share_that_it_trains():
    plan = plan_of([sets(BENCH, 4), sets(PRESS, 3)], [sets(PULL_UP, 3)])

    assert weekly_sets(plan, SHARES) == {
        1: {
            "biceps": 1.5,
            "chest": 4,
            "lats": 3,
            "middle_back": 1.5,
            "shoulders": 5,
            "triceps": 3.5,
        }
    }


@pytest.mark.parametrize(
    ("scheme", "counted"),
    [
        ({"set_type": "warm_up"}, {}),
        ({"set_type": "drop"}, {"lats": 2, "biceps": 1, "middle_back": 1}),
        ({"rir": 4.0}, {"lats": 2, "biceps": 1, "middle_back": 1}),
        ({"rir": 4.5}, {}),
        ({"rpe": 5.5}, {}),
    ],
)
def test_only_hard_sets_count(scheme, counted):
    plan = plan_of([sets(PULL_UP, 2, **scheme)])

    assert weekly_sets(plan, SHARES) == {1: dict(sorted(counted.items()))}


def test_each_week_of_the_cycle_has_its_own_sets():
    plan = plan_of(
        [sets(PULL_UP, 4, week=1), sets(BENCH, 4)],
        cycle_weeks=2,
        deload=Deload(weeks=[2], sets_percent=50),
    )

    weeks = weekly_sets(plan, SHARES)

    assert (weeks[1]["lats"], weeks[1]["chest"]) == (4, 4)
    assert (weeks[2].get("lats"), weeks[2]["chest"]) == (None, 2)


def test_days_that_take_turns_count_on_average():
    plan = plan_of([sets(BENCH, 4)], [sets(PULL_UP, 4)], days_per_week=3)

    weeks = weekly_sets(plan, SHARES)

    assert (weeks[1]["chest"], weeks[1]["lats"]) == (6, 6)


def test_days_that_take_turns_count_exactly_where_each_cycle_is_the_same():
    plan = plan_of([sets(BENCH, 4)], [sets(PULL_UP, 4)], days_per_week=3, cycle_weeks=2)

    weeks = weekly_sets(plan, SHARES)

    assert [weeks[1]["chest"], weeks[1]["lats"]] == [8, 4]
    assert [weeks[2]["chest"], weeks[2]["lats"]] == [4, 8]


def test_a_plan_counts_as_its_rules_begin_it():
    sets_first = sets(BENCH, 1).model_copy(update={"progression": SetsFirst(sets_min=3)})
    rungs = [Rung(exercise=PULL_UP, name="Pull-up"), Rung(exercise=PRESS, name="Press")]
    ladder = sets(PRESS, 2).model_copy(update={"progression": VariationLadder(rungs=rungs)})

    assert weekly_sets(plan_of([sets_first]), SHARES)[1]["chest"] == 3
    assert weekly_sets(plan_of([ladder]), SHARES)[1]["lats"] == 2


def test_an_exercise_without_shares_counts_for_nothing():
    own = PlannedExercise(name="Sandbag", sets=3, reps="5")

    assert weekly_sets(plan_of([own, sets(UUID(int=9), 3)]), SHARES) == {1: {}}


@pytest.mark.parametrize(
    ("exercise", "minutes"),
    [
        # 3 × (10 reps of 3 s + 60 s) and five minutes to warm up
        (sets(BENCH, 3), 9.5),
        (sets(BENCH, 3, rest_seconds=0), 6.5),
        (sets(BENCH, 3).model_copy(update={"unilateral": True}), 11),
        (PlannedExercise(name="Plank", sets=2, reps="90 s", rest_seconds=30), 9),
        (PlannedExercise(name="Run", sets=1, reps="5 km", rest_seconds=0), 35),
        (PlannedExercise(name="Push-up", sets=1, reps="AMRAP", rest_seconds=30), 6),
    ],
)
def test_a_day_takes_its_sets_its_rests_and_a_warm_up(exercise, minutes):
    plan = plan_of([exercise])

    assert minutes_of(plan, plan.days[0], 1) == pytest.approx(minutes)


def test_a_plan_without_days_trains_nothing():
    assert weekly_sets(plan_of(cycle_weeks=2), SHARES) == {1: {}, 2: {}}


def test_a_day_of_rest_takes_no_time():
    plan = plan_of([])

    assert minutes_of(plan, plan.days[0], 1) == 0


@pytest.mark.parametrize(
    ("count", "level"),
    [
        (0, "none"),
        (0.5, "below_mv"),
        (7.5, "below_mv"),
        (8, "maintaining"),
        (9.5, "maintaining"),
        (10, "growing"),
        (20, "growing"),
        (20.5, "high"),
        (22, "high"),
        (22.5, "above_mrv"),
    ],
)
def test_sets_of_a_week_stand_somewhere_between_the_landmarks(count, level):
    chest = Landmark(mv=8, mev=10, mav_low=12, mav_high=20, mrv=22)

    assert LANDMARKS["chest"] == chest
    assert against(count, chest) == level


def test_a_muscle_that_grows_from_little_has_no_maintenance():
    assert against(0, LANDMARKS["glutes"]) == "none"
    assert against(0.5, LANDMARKS["glutes"]) == "growing"
