"""What a model could answer, and what becomes of it: a plan, a second try, or a reason."""

import json
import time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.users import fake_model
from tests.users.fake_model import raw, says
from tests.workouts.wished import WISH, lift, plan, run, said, small_catalogue, wished
from workouts.models import Exercise, PlannedExercise, WorkoutPlan
from workouts.services import generations, plans
from workouts.training.generation_draft import Wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(settings):
    with fake_model.set_up(settings) as model:
        yield model


@pytest.fixture(autouse=True)
def catalogue(db) -> dict[str, Exercise]:
    return small_catalogue()


# --- Bad answers ---------------------------------------------------------------------------------

LADDER = {"kind": "variation_ladder", "reps_min": 5, "reps_max": 8}
LONG = [{"count": 20, "reps_min": 10, "reps_max": 10, "rest_seconds": 300}]


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        pytest.param("I would rather talk about food.", "It is not JSON.", id="garbage"),
        pytest.param("", "It is not JSON.", id="nothing"),
        pytest.param('{"name": "Two days"', "It is not JSON.", id="half"),
        pytest.param("} {", "It is not JSON.", id="backwards"),
        pytest.param('{"name": NaN}', "It is not JSON.", id="no number"),
        pytest.param('{"name": "\\ud800"}', "It is not JSON.", id="half a character"),
        pytest.param("[1, 2]", "It is not JSON.", id="a list"),
        pytest.param({"plan": plan()}, "name: Field required.", id="wrapped"),
        pytest.param(plan(days=None), "days: Input should be a valid list.", id="no list"),
        pytest.param(plan(days=[]), "days: The plan has no days.", id="no days"),
        pytest.param(
            plan(lift("kettlebell-swing"), lift("goblet-squat")),
            "Not in the list of exercises: kettlebell-swing.",
            id="not in the catalogue",
        ),
        pytest.param(
            plan(lift("barbell-back-squat")),
            "Not in the list of exercises: barbell-back-squat.",
            id="equipment that is not there",
        ),
        pytest.param(
            plan(lift("pistol-squat")),
            "Not in the list of exercises: pistol-squat.",
            id="too hard",
        ),
        pytest.param(
            plan(lift("push-up", progression={**LADDER, "rungs": [{"exercise": "plank"}]})),
            "Not in the list of exercises: plank.",
            id="rung that is not in the catalogue",
        ),
        pytest.param(
            plan(lift("push-up", progression={**LADDER, "rungs": [{"name": "Planche"}]})),
            "Not in the list of exercises: one without a slug.",
            id="rung with a name alone",
        ),
        pytest.param(
            plan({"name": "Squat", "sets": 3, "reps": "5"}),
            "Not in the list of exercises: one without a slug.",
            id="exercise with a name alone",
        ),
        pytest.param(
            plan(lift("goblet-\x00squat"), lift("x" * 100)),
            f"Not in the list of exercises: goblet-squat, {'x' * 50}.",
            id="a slug that cannot be stored",
        ),
        pytest.param(
            plan(lift(["goblet-squat"])),
            "Not in the list of exercises: one without a slug.",
            id="a list for a slug",
        ),
        pytest.param(
            plan(lift("goblet-squat", progression={"kind": "linear", "increment_kg": -5})),
            "days.0.exercises.0.progression.increment_kg: Input should be greater than 0.",
            id="a rule that goes backwards",
        ),
        pytest.param(
            plan(lift("goblet-squat", notes="a\x00b")),
            "days.0.exercises.0.notes: Null characters are not allowed.",
            id="text that cannot be stored",
        ),
        pytest.param(
            plan(**{"na\x00me" * 100: 1}),
            f"{'name' * 75}",
            id="a field that cannot be stored",
        ),
        pytest.param(
            plan(days_per_week=3), "days_per_week: The wish says 2.", id="more days than wished"
        ),
        pytest.param(plan(goal="endurance"), "goal: The wish says strength.", id="another goal"),
        pytest.param(
            plan(fitness_level="advanced"),
            "fitness_level: The wish says intermediate.",
            id="another level",
        ),
        pytest.param(
            plan(duration_weeks=12), "duration_weeks: The wish says 6.", id="another duration"
        ),
        pytest.param(
            plan(lift("goblet-squat", planned_sets=LONG)),
            "days.0: It takes about 112 minutes; the wish says 45.",
            id="too long",
        ),
        pytest.param(
            plan(lift("goblet-squat", planned_sets=[{"week": 3, "reps_min": 5}])),
            "days.0.exercises.0.planned_sets.0: Goblet Squat: week 3 never comes, as the cycle"
            " has 1 week.",
            id="a plan that cannot be followed",
        ),
    ],
)
def test_a_bad_answer_twice_is_a_failure_with_a_reason_and_without_a_plan(
    model, ana, answer, complaint
):
    model.answers = [says(answer)]

    generation = run(wished(ana))

    assert generation.status == "failed"
    assert generation.error.startswith(f"The model's plan is not valid. {complaint}")
    assert len(generation.error) <= 500
    assert generation.plan_id is None
    assert generation.finished_at is not None
    assert not WorkoutPlan.objects.exists()
    assert len(model.bodies) == generations.AI_TRIES == 2


def nested(levels: int) -> str:
    text = json.dumps(plan(lift("goblet-squat", progression="HERE")))
    return text.replace('"HERE"', '{"a": ' * levels + "[]" + "}" * levels)


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        pytest.param(nested(900), "days.0.exercises.0.progression: ", id="900 levels"),
        pytest.param(nested(2000), "It is not JSON.", id="2000 levels"),
        pytest.param(
            json.dumps(plan()).replace('"Legs"', '"Legs", "x": ' + "[" * 900 + "]" * 900),
            "days.0.x: Extra inputs are not permitted.",
            id="900 lists",
        ),
        pytest.param(
            json.dumps(plan(lift([]))).replace("[]", "[" * 900 + "]" * 900),
            "Not in the list of exercises: one without a slug.",
            id="900 lists for a slug",
        ),
        pytest.param(
            json.dumps(plan()).replace('"exercises": [', '"exercises": [' + "{}," * 600_000, 1),
            "Not in the list of exercises: one without a slug.",
            id="600 000 exercises without slugs",
        ),
        pytest.param(
            json.dumps(plan()).replace('"exercises": [', '"exercises": [' + "9," * 900_000, 1),
            "days.0.exercises",
            id="900 000 numbers for exercises",
        ),
        pytest.param(
            json.dumps(plan()).replace("[{", "[" + "{}," * 600_000 + "{", 1),
            "days",
            id="600 000 days",
        ),
    ],
)
def test_an_answer_that_is_meant_to_choke_on_is_refused_in_seconds(model, ana, answer, complaint):
    model.answers = [says(answer)]

    began = time.monotonic()
    generation = run(wished(ana))

    assert time.monotonic() - began < 30
    assert generation.status == "failed"
    assert generation.error.startswith(f"The model's plan is not valid. {complaint}")
    assert not WorkoutPlan.objects.exists()
    # Nobody is sent two megabytes back.
    assert len(said(model, 1)) < len(said(model, 0)) + 200_000


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def paths(node, path=()):
    """Every place of a document, its own included."""
    yield path
    if isinstance(node, dict | list):
        for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
            yield from paths(inner, (*path, key))


def replaced(node, path, value):
    if not path:
        return value
    copy = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = replaced(node[path[0]], path[1:], value)
    return copy


@given(path=st.sampled_from(list(paths(plan()))), value=ANYTHING)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_the_answer_it_is_a_plan_or_a_complaint(ana, path, value):
    answer = json.dumps(replaced(plan(), path, value))
    wish, slugs = Wish.model_validate(WISH), frozenset({"goblet-squat", "dumbbell-bench-press"})

    try:
        made = generations._checked(answer, wish=wish, slugs=slugs, user_id=ana.pk)
    except ValidationError as wrong:
        complaints = generations._complaints(wrong)
        assert 0 < len(complaints) <= 20
        assert all(line.isprintable() and 0 < len(line) <= 300 for line in complaints)
    else:
        plan_id, _ = plans.create_plan(user_id=ana.pk, document=made)
        planned = PlannedExercise.objects.filter(day__plan=plan_id)
        assert set(planned.values_list("exercise__slug", flat=True)) <= slugs


def test_a_million_exercises_do_not_fit(model, ana):
    one = json.dumps({"exercise": "goblet-squat", "sets": 3, "reps": "5"})
    exercises = '"exercises": [' + f"{one}," * 1_000_000
    model.answers = [says(json.dumps(plan()).replace('"exercises": [', exercises, 1))]

    generation = run(wished(ana))

    assert (generation.status, generation.error) == (
        "failed",
        "The model's answer is too long.",
    )
    assert not WorkoutPlan.objects.exists()


def test_a_second_try_is_told_what_was_wrong_with_the_first(model, ana):
    bad = plan(lift("barbell-back-squat"))
    model.answers = [says(bad), says(plan())]

    generation = run(wished(ana))

    assert (generation.status, generation.error) == ("done", "")
    assert WorkoutPlan.objects.get().pk == generation.plan_id
    first, second = (body["messages"] for body in model.bodies)
    assert second[:2] == first
    assert second[2:] == [
        {"role": "assistant", "content": json.dumps(bad)},
        {
            "role": "user",
            "content": "That plan was refused. Mend it:\n"
            "Not in the list of exercises: barbell-back-squat.",
        },
    ]


def test_a_second_try_is_told_twenty_things_at_most(model, ana):
    bad = lift("goblet-squat", planned_sets=[{"count": 0, "reps_min": 0}] * 40)
    model.answers = [says(plan(bad)), says(plan())]

    run(wished(ana))

    complaints = model.bodies[1]["messages"][-1]["content"].splitlines()[1:]
    assert len(complaints) == 20
    assert complaints[0] == (
        "days.0.exercises.0.planned_sets.0.count: Input should be greater than or equal to 1."
    )


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says(None, refusal="No."), "The model refused."),
        (says("", finish_reason="content_filter"), "The model refused."),
        (says('{"name":', finish_reason="length"), "The model's answer was cut off."),
        (raw(b"<html>"), "The model's answer is not JSON."),
        (raw(b"{}"), "The model's answer has not the expected form."),
        (raw(b"{}", status=401), "The model answered with status 401."),
        (raw(b"", status=307, Location="/v1/other"), "The model answered with status 307."),
        (fake_model.never_ends, "The model's answer is too long."),
    ],
)
def test_what_another_try_cannot_heal_fails_at_once(model, ana, answer, error):
    model.answers = [answer]

    generation = run(wished(ana))

    assert (generation.status, generation.error) == ("failed", error)
    assert not WorkoutPlan.objects.exists()
    assert len(model.bodies) == 1


def test_a_wish_that_no_exercise_suits_is_not_sent(model, ana):
    Exercise.objects.all().delete()

    generation = run(wished(ana))

    assert (generation.status, generation.error) == (
        "failed",
        "No exercise suits both the equipment and the fitness level.",
    )
    assert model.bodies == []


def test_a_server_whose_model_was_taken_away_says_so(settings, ana):
    settings.AI_BASE_URL = ""

    generation = run(wished(ana))

    assert (generation.status, generation.error) == ("failed", "No model is set up.")
