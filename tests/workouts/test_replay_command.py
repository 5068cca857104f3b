"""The command that brings runs up to date for those who cannot wait."""

from io import StringIO

import pytest
from django.core.management import call_command

from tests.factories.workouts import ExerciseFactory
from tests.workouts.trained import follow_a_plan
from users.models import User
from workouts.models import PlanRun, RuleEvaluation, WorkoutSet

pytestmark = pytest.mark.django_db


def replay() -> list[str]:
    out = StringIO()
    call_command("replay_plan_runs", stdout=out)
    return out.getvalue().splitlines()


def decisions() -> list[tuple]:
    return list(RuleEvaluation.objects.order_by("pk").values_list())


def test_without_runs_there_is_nothing_to_replay(db):
    assert replay() == ["0 runs: 0 replayed"]


def test_a_run_that_is_up_to_date_stays_as_it_is(ana: User):
    follow_a_plan(ana, ExerciseFactory(), word="three")
    before = decisions()

    lines = replay()

    assert lines == ["1 runs: 0 replayed"]
    assert decisions() == before != []


def test_a_run_whose_workout_was_changed_is_replayed_once(ana: User, ben: User):
    trained = follow_a_plan(ana, ExerciseFactory(), word="three")
    follow_a_plan(ben, ExerciseFactory(), word="three")
    WorkoutSet.objects.filter(workout=trained.session).update(reps=4)

    first, second = replay(), replay()

    assert (first, second) == (["2 runs: 1 replayed"], ["2 runs: 0 replayed"])
    run = PlanRun.objects.get(pk=trained.run.pk)
    # Three sets of four where five were planned: no success, so the load stays.
    assert run.state["lift"]["load_kg"] == 100.0
