"""Plans that a language model writes: what it is told, when it is tried again, made once."""

import datetime as dt
import json
import logging

import pytest
import time_machine
from rest_framework.test import APIClient

from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory
from tests.users import fake_model
from tests.users.fake_model import KEY, raw, says
from tests.users.races import at_once
from tests.workouts.wished import LABEL, WISH, lift, plan, run, said, small_catalogue, wished
from users import tasks
from users.ids import uuid7
from users.models import User, UserProfile
from users.services import accounts, jobs, language_model
from users.services.language_model import ModelUnavailable
from workouts.models import Exercise, PlanGeneration, PlannedExercise, WorkoutPlan
from workouts.services import generations

URL = "/api/v1/plan-generations/"
NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def model(settings):
    with fake_model.set_up(settings) as model:
        yield model


@pytest.fixture(autouse=True)
def catalogue(db) -> dict[str, Exercise]:
    return small_catalogue()


# --- A plan --------------------------------------------------------------------------------------


def test_a_good_answer_becomes_a_plan_of_the_person(model, ana, catalogue):
    model.answers = [says(plan())]

    generation = run(wished(ana))

    assert (generation.status, generation.error) == ("done", "")
    assert generation.finished_at is not None
    made = WorkoutPlan.objects.get()
    assert (made.pk, made.user, made.name) == (generation.plan_id, ana, "Two days of dumbbells")
    assert (made.is_ai_generated, made.is_public) == (True, False)
    assert [
        (planned.exercise, planned.name, planned.sets, planned.reps)
        for day in made.days.all()
        for planned in day.exercises.all()
    ] == [
        (catalogue["goblet-squat"], "Goblet Squat", 3, "5-8"),
        (catalogue["dumbbell-bench-press"], "Dumbbell Bench Press", 3, "5-8"),
    ]
    assert len(model.bodies) == 1


@pytest.mark.parametrize(
    "around",
    ["```json\n{}\n```", "```\n{}```", "Here you are:\n\n{}\n\nStay strong!", "\ufeff {} "],
)
def test_words_and_fences_around_the_json_do_no_harm(model, ana, around):
    model.answers = [says(around.replace("{}", json.dumps(plan())))]

    generation = run(wished(ana))

    assert generation.status == "done"
    assert len(model.bodies) == 1


def test_names_are_those_of_the_catalogue_and_ids_are_our_own(model, ana, catalogue):
    rungs = [
        {"exercise": "push-up", "name": "Buy protein powder!"},
        {"exercise": "goblet-squat", "name": "Second"},
    ]
    ladder = {"kind": "variation_ladder", "rungs": rungs, "reps_min": 5, "reps_max": 8}
    row_id = str(uuid7())
    one = lift("push-up", id=row_id, name="Buy protein powder!", progression=ladder)
    model.answers = [says(plan(one))]

    run(wished(ana))

    planned = PlannedExercise.objects.get(day__day_number=1)
    assert planned.name == "Push Up"
    assert planned.pk != row_id
    assert planned.progression is not None
    assert planned.progression["rungs"] == [
        {"exercise": str(catalogue["push-up"].pk), "name": "Push Up"},
        {"exercise": str(catalogue["goblet-squat"].pk), "name": "Goblet Squat"},
    ]


def test_a_session_may_be_a_quarter_longer_than_wished_by_our_estimate(model, ana):
    five_sets = [{"count": 5, "reps_min": 5, "reps_max": 8}]
    longer = lift("goblet-squat", rest_seconds=540, planned_sets=five_sets)
    model.answers = [says(plan(longer))]

    generation = run(wished(ana, wish={**WISH, "session_minutes": 43}))

    assert (generation.status, len(model.bodies)) == ("done", 1)


# --- What the model is told ----------------------------------------------------------------------


def test_the_model_is_told_the_wish_and_the_exercises_that_suit_it(model, ana):
    model.answers = [says(plan())]

    run(wished(ana))

    [system, user] = model.bodies[0]["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    wish, exercises = user["content"].splitlines()
    assert json.loads(wish.removeprefix("Wish: ")) == WISH
    # Neither what needs a barbell nor what only the advanced can do.
    assert exercises == "Exercises: dumbbell-bench-press, goblet-squat, push-up"


def test_the_schema_asks_for_slugs_in_place_of_ids_and_names(model, ana):
    model.answers = [says(plan())]

    run(wished(ana))

    parts = model.bodies[0]["response_format"]["json_schema"]["schema"]["$defs"]
    assert parts["Slug"]["enum"] == ["dumbbell-bench-press", "goblet-squat", "push-up"]
    for name in ("PlannedExercise", "Rung"):
        assert parts[name]["properties"]["exercise"] == {"$ref": "#/$defs/Slug"}
        assert parts[name]["required"] == ["exercise"]
        assert parts[name]["properties"].keys() & {"id", "name"} == set()
    assert "uuid" not in said(model)


def test_the_model_is_told_nothing_of_the_person(model, ana, catalogue):
    canary = "canary-of-ana"
    User.objects.filter(pk=ana.pk).update(
        username=canary, first_name=canary, email=f"{canary}@example.com"
    )
    UserProfile.objects.filter(user=ana).update(display_name=canary, bio=canary, location=canary)
    workout = WorkoutFactory(user=ana, name=canary, notes=canary)
    WorkoutSetFactory(workout=workout, exercise=catalogue["goblet-squat"], weight=123.25)
    mine = ExerciseFactory(name=canary, is_custom=True, created_by=ana)
    percent = [{"reps_min": 5, "load_type": "percent_tm", "load_value": 80}]
    model.answers = [says(plan(lift("goblet-squat", progression=None, planned_sets=percent)))]

    generation = run(wished(ana))

    assert len(model.bodies) == 2
    for number in range(2):
        for secret in (canary, "123.25", str(ana.pk), str(mine.pk)):
            assert secret not in said(model, number)
        assert str(generation.pk) not in said(model, number)
        assert set(model.bodies[number]) == {"model", "messages", "response_format"}


def test_the_key_is_neither_stored_nor_logged(model, ana, caplog):
    model.answers = [raw(KEY.encode(), status=500), raw(KEY.encode(), status=401)]
    generation = wished(ana)

    with caplog.at_level(logging.DEBUG):
        with pytest.raises(ModelUnavailable) as raised:
            run(generation)
        PlanGeneration.objects.update(claimed_until=NOW)
        run(generation)

    assert generation.status == "failed"
    assert model.headers[1]["Authorization"] == f"Bearer {KEY}"
    stored = str(PlanGeneration.objects.values().get())
    assert KEY not in stored + caplog.text + str(raised.value)


# --- Trying again --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (raw(b"", status=429), "The model answered with status 429."),
        (raw(b"", status=500), "The model answered with status 500."),
        (fake_model.says_nothing, "The model did not answer in time."),
        (fake_model.drips_text, "The model did not answer in time."),
        (fake_model.hangs_up, "The model cannot be reached."),
    ],
)
def test_what_may_heal_is_tried_again_by_the_sweep(model, ana, settings, answer, error):
    model.answers = [answer, says(plan())]
    settings.AI_TIMEOUT_S = 2
    generation = wished(ana)

    with time_machine.travel(NOW, tick=False), pytest.raises(ModelUnavailable) as raised:
        run(generation)
    generation.refresh_from_db()
    waiting = (generation.status, generation.attempts, generation.claimed_until)
    early = jobs.sweep(now=NOW + dt.timedelta(seconds=19))
    due = jobs.sweep(now=NOW + dt.timedelta(seconds=20))
    settings.AI_TIMEOUT_S = 10
    run(generation)

    assert str(raised.value) == error
    assert waiting == ("running", 1, NOW + dt.timedelta(seconds=20))
    assert (early, due) == ([], [(LABEL, generation.pk)])
    assert (generation.status, generation.attempts, generation.error) == ("done", 2, "")
    assert WorkoutPlan.objects.get().pk == generation.plan_id


def test_after_five_tries_it_is_given_up_with_the_last_reason(model, ana):
    model.answers = [raw(b"", status=503)]
    generation = wished(ana)

    for _ in range(jobs.MAX_ATTEMPTS - 1):
        with pytest.raises(ModelUnavailable):
            run(generation)
        PlanGeneration.objects.update(claimed_until=NOW)
    run(generation)

    assert (generation.status, generation.attempts) == ("failed", 5)
    assert generation.error == "The model answered with status 503."
    assert generation.finished_at is not None
    assert jobs.run(label=LABEL, job_id=generation.pk) is False
    assert len(model.bodies) == 5
    assert not WorkoutPlan.objects.exists()


def test_a_generation_whose_workers_were_all_lost_is_given_up_by_the_sweep(model, ana):
    generation = wished(ana, status="running", attempts=5, claimed_until=NOW)

    assert jobs.sweep(now=NOW) == []

    generation.refresh_from_db()
    assert (generation.status, generation.error) == ("failed", "It failed too often.")
    assert model.bodies == []


def test_a_done_generation_is_not_made_again(model, ana):
    model.answers = [says(plan())]
    generation = run(wished(ana))

    assert jobs.run(label=LABEL, job_id=generation.pk) is False

    assert WorkoutPlan.objects.count() == 1
    assert len(model.bodies) == 1


# --- Side by side --------------------------------------------------------------------------------


def meanwhile(monkeypatch, act) -> None:
    """Do something else between the model's answer and the plan."""
    complete = language_model.complete

    def answered(**asked):
        answer = complete(**asked)
        act()
        return answer

    monkeypatch.setattr(language_model, "complete", answered)


def test_the_worker_holds_it_for_as_long_as_the_model_may_take(model, ana, settings, monkeypatch):
    model.answers = [says(plan())]
    settings.AI_TIMEOUT_S = 240
    held = []
    rows = PlanGeneration.objects.values_list("claimed_until", flat=True)
    meanwhile(monkeypatch, lambda: held.append(rows.get()))

    with time_machine.travel(NOW, tick=False):
        run(wished(ana))

    assert held == [NOW + dt.timedelta(seconds=240) + jobs.LEASE]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_plan(model, ana):
    model.answers = [says(plan(name="First")), says(plan(name="Second"))]
    generation = wished(ana, status="running", attempts=1)

    def work(number: int) -> str:
        try:
            generations.generate_by_model(generation.pk)
        except jobs.JobCancelled:
            return "too late"
        return "made it"

    answers = at_once(2, work)

    assert sorted(answers) == ["made it", "too late"]
    generation.refresh_from_db()
    assert generation.status == "done"
    assert WorkoutPlan.objects.get().pk == generation.plan_id
    assert len(model.bodies) == 2


def test_a_worker_that_was_taken_as_lost_makes_no_second_plan(model, ana, monkeypatch):
    model.answers = [says(plan(name="Late")), says(plan(name="Early"))]
    generation = wished(ana)
    of_the_other = []

    def work() -> None:
        if not of_the_other:
            of_the_other.append("begun")
            PlanGeneration.objects.update(claimed_until=NOW)
            of_the_other.append(jobs.run(label=LABEL, job_id=generation.pk))

    meanwhile(monkeypatch, work)

    was_run = jobs.run(label=LABEL, job_id=generation.pk)

    assert (was_run, of_the_other) == (False, ["begun", True])
    generation.refresh_from_db()
    assert (generation.status, generation.attempts) == ("done", 2)
    assert WorkoutPlan.objects.get().name == "Early"


def test_a_generation_that_was_deleted_before_its_turn_asks_nobody(model, ana):
    generation = wished(ana, status="running")
    PlanGeneration.objects.all().delete()

    with pytest.raises(jobs.JobCancelled):
        generations.generate_by_model(generation.pk)

    assert model.bodies == []


def test_a_generation_that_was_deleted_meanwhile_leaves_no_plan(
    model, api: APIClient, ana, monkeypatch
):
    model.answers = [says(plan())]
    generation = wished(ana)
    meanwhile(monkeypatch, lambda: api.delete(f"{URL}{generation.pk}/"))

    was_run = jobs.run(label=LABEL, job_id=generation.pk)

    assert was_run is False
    assert not PlanGeneration.objects.exists()
    assert not WorkoutPlan.objects.exists()


def test_a_generation_that_was_deleted_between_the_tries_is_not_tried_again(
    model, api: APIClient, ana, monkeypatch
):
    model.answers = [says("garbage")]
    generation = wished(ana)
    meanwhile(monkeypatch, lambda: api.delete(f"{URL}{generation.pk}/"))

    was_run = jobs.run(label=LABEL, job_id=generation.pk)

    assert was_run is False
    assert len(model.bodies) == 1
    assert not PlanGeneration.objects.exists()


def test_an_account_that_was_erased_meanwhile_leaves_nothing(model, ana, monkeypatch):
    model.answers = [says(plan())]
    generation = wished(ana)

    def erase() -> None:
        accounts.close_account(user=ana)
        accounts.erase_account(user_id=str(ana.pk))

    meanwhile(monkeypatch, erase)

    was_run = jobs.run(label=LABEL, job_id=generation.pk)

    assert was_run is False
    assert not User.objects.exists()
    assert not WorkoutPlan.objects.exists()


# --- Over HTTP -----------------------------------------------------------------------------------


@pytest.fixture
def nudged(monkeypatch) -> list[dict[str, str]]:
    """The jobs for which a worker was woken."""
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(tasks.run_job, "delay", lambda **job: sent.append(job))
    return sent


def test_a_wish_is_taken_at_once_and_made_by_a_worker(
    model, api: APIClient, nudged, django_capture_on_commit_callbacks
):
    model.answers = [says(plan())]

    with django_capture_on_commit_callbacks(execute=True):
        taken = api.post(URL, {"method": "ai", "wish": WISH})
    before = list(model.bodies)
    for job in nudged:
        tasks.run_job(**job)
    shown = api.get(f"{URL}{taken.json()['id']}/").json()
    made = api.get(f"/api/v1/plans/{shown['plan']}/").json()

    assert taken.status_code == 202
    assert before == []
    answer = taken.json()
    assert (answer["status"], answer["plan"], answer["error"]) == ("pending", None, "")
    assert (answer["method"], answer["wish"]) == ("ai", WISH)
    assert nudged == [{"label": LABEL, "job_id": answer["id"]}]
    assert (shown["status"], shown["finished_at"] is None) == ("done", False)
    assert (made["name"], made["is_ai_generated"]) == ("Two days of dumbbells", True)


def test_one_plan_at_a_time_is_written_for_a_person(
    model, api: APIClient, bens_api: APIClient, nudged
):
    model.answers = [says(plan())]
    body = {"id": str(uuid7()), "method": "ai", "wish": WISH}
    first = api.post(URL, body)
    other = {"method": "ai", "wish": {**WISH, "goal": "endurance"}}

    refused = api.post(URL, other, headers={"Idempotency-Key": "k"})
    repeated = api.post(URL, body)
    of_ben = bens_api.post(URL, other)
    jobs.run(label=LABEL, job_id=first.json()["id"])
    afterwards = api.post(URL, other, headers={"Idempotency-Key": "k"})

    assert (first.status_code, repeated.status_code, of_ben.status_code) == (202, 200, 202)
    assert refused.status_code == 409
    assert refused.json()["errors"] == [
        {
            "code": "generation_running",
            "detail": "The model is at work on a plan for you. Wait for it, or delete it.",
            "attr": None,
        }
    ]
    assert afterwards.status_code == 202
    assert PlanGeneration.objects.count() == 3
