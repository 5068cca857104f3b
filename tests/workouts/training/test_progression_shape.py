"""Where a lift begins, and what its state makes of the planned sets."""

import pytest

from tests.workouts.training.lifting import GZCLP, LADDER, rule
from workouts.training.document import PlannedExercise, SetScheme
from workouts.training.progression import initial_state, shape
from workouts.training.state import TrackState

WARM_UP = SetScheme(set_type="warm_up", reps_min=5, reps_max=5, load_type="working", load_value=50)
WORK = SetScheme(count=3, reps_min=5, reps_max=5, rest_seconds=180, tempo="3-1-X-0")
DROP = SetScheme(set_type="drop", reps_min=10, load_type="percent_of_previous", load_value=80)
AMRAP = SetScheme(set_type="amrap", reps_min=5)


def changed(scheme, **values):
    return scheme.model_copy(update=values)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"kind": "linear"}, TrackState(load_kg=60)),
        ({"kind": "linear", "max_load_kg": 50}, TrackState(load_kg=50)),
        ({"kind": "double", "reps_min": 6}, TrackState(load_kg=60, reps_target=6)),
        ({"kind": "sets_first", "sets_min": 2}, TrackState(load_kg=60, sets_target=2)),
        (GZCLP, TrackState(load_kg=60, sets_target=5)),
        (LADDER, TrackState(load_kg=60, reps_target=5)),
        ({"kind": "percent_wave"}, TrackState(load_kg=60)),
    ],
)
def test_a_lift_begins_as_its_rule_and_the_plan_say(values, state):
    planned = PlannedExercise(name="Squat", sets=3, reps="5", start_load_kg=60)

    assert initial_state(rule(values), planned) == state


def test_without_a_rule_or_a_load_little_is_known():
    planned = PlannedExercise(name="Squat", sets=3, reps="5")

    assert initial_state(None, planned) == TrackState()
    assert initial_state(rule("linear"), planned) == TrackState()


@pytest.mark.parametrize("kind", [None, "linear", "reps_sum", "percent_wave", "rpe"])
def test_most_rules_leave_the_sets_as_planned(kind):
    planned = [WARM_UP, WORK, AMRAP, DROP]

    shaped = shape(kind and rule(kind), TrackState(reps_target=9, sets_target=7), planned)

    assert shaped == planned


@pytest.mark.parametrize(("target", "aim"), [(None, 8), (10, 10), (3, 8), (15, 12)])
def test_double_asks_for_the_aim_up_to_the_most_reps(target, aim):
    shaped = shape(rule("double"), TrackState(reps_target=target), [WARM_UP, WORK, AMRAP, DROP])

    assert shaped == [
        WARM_UP,
        changed(WORK, reps_min=aim, reps_max=12),
        changed(AMRAP, reps_min=aim),
        DROP,
    ]


def test_a_timed_set_gets_no_reps():
    plank = SetScheme(count=3, duration_seconds=30)

    assert shape(rule("double"), TrackState(reps_target=9), [plank]) == [plank]


def test_the_ladder_asks_for_exactly_the_aim():
    shaped = shape(rule(LADDER), TrackState(reps_target=7), [WARM_UP, WORK])

    assert shaped == [WARM_UP, changed(WORK, reps_min=7, reps_max=7)]


@pytest.mark.parametrize(
    ("schemes", "target", "counts"),
    [
        ([WARM_UP, WORK, DROP], 4, [1, 4, 1]),
        ([WORK], None, [3]),
        ([WORK], 9, [5]),
        ([changed(WORK, count=1), WORK], 5, [1, 4]),
        ([changed(WORK, count=5), WORK], 3, [5, 1]),
        ([changed(WORK, count=2), AMRAP], 5, [4, 1]),
        ([AMRAP], 4, [4]),
        ([WARM_UP], 4, [1]),
    ],
)
def test_sets_first_changes_the_number_of_work_sets(schemes, target, counts):
    shaped = shape(rule("sets_first"), TrackState(sets_target=target), schemes)

    assert [scheme.count for scheme in shaped] == counts


@pytest.mark.parametrize(
    ("stage", "count", "reps"), [(0, 5, 3), (1, 6, 2), (2, 10, 1), (8, 10, 1)]
)
def test_a_stage_replaces_the_work_sets(stage, count, reps):
    shaped = shape(rule(GZCLP), TrackState(stage=stage), [WARM_UP, WORK, AMRAP, DROP])

    assert shaped == [WARM_UP, changed(WORK, count=count, reps_min=reps, reps_max=reps), DROP]


def test_the_last_set_of_a_stage_can_be_an_amrap():
    amrap_last = rule(GZCLP, last_set_amrap=True)

    shaped = shape(amrap_last, TrackState(), [WARM_UP, WORK])

    assert shaped == [
        WARM_UP,
        changed(WORK, count=4, reps_min=3, reps_max=3),
        changed(WORK, set_type="amrap", count=1, reps_min=3, reps_max=None),
    ]


def test_the_only_set_of_a_stage_can_be_an_amrap():
    single = rule("stages", stages=[{"sets": 1, "reps": 5}], last_set_amrap=True)

    shaped = shape(single, TrackState(), [WORK])

    assert shaped == [changed(WORK, set_type="amrap", count=1, reps_min=5, reps_max=None)]


def test_without_work_sets_a_stage_has_no_place():
    assert shape(rule(GZCLP), TrackState(), [WARM_UP]) == [WARM_UP]
