"""The reading room: plans, their runs, and what people train with."""

import pytest
from django.test import Client

from tests.factories.users import UserFactory
from tests.factories.workouts import ExerciseFactory
from tests.users.admin_client import browser_of, queries_of
from tests.workouts.test_admin import saved, staff_who_may, url
from tests.workouts.trained import Trained, follow_a_plan, plan_body
from users.models import AuditEntry, User
from workouts.models import (
    Exercise,
    Gym,
    PlanGeneration,
    PlanRun,
    PlanVersion,
    RuleEvaluation,
    TrainingMax,
    Workout,
    WorkoutPlan,
    WorkoutSet,
)
from workouts.services import plans

pytestmark = pytest.mark.django_db

SCHEMES = [
    {"set_type": "warm_up", "count": 2, "reps_min": 5, "load_type": "percent_of_first"}
    | {"load_value": 50.0},
    {"count": 3, "reps_min": 8, "reps_max": 12, "load_type": "percent_tm", "load_value": 85.0}
    | {"week": 2, "rpe": 8.5, "rir": 1.5, "rest_seconds": 180, "tempo": "3-1-X-0"},
    {"set_type": "amrap", "load_type": "open"},
    {"duration_seconds": 30, "load_type": "bodyweight"},
    {"distance_km": 0.4, "load_type": "open"},
]


@pytest.fixture
def desk(db) -> Client:
    """The browser of somebody who may do everything."""
    return browser_of(UserFactory(username="root", is_staff=True, is_superuser=True))


@pytest.fixture
def trained(ana: User) -> Trained:
    return follow_a_plan(ana, ExerciseFactory(name="Back Squat"), word="Squat")


def plan_of(user: User, *, schemes: list[dict], exercises: int = 1, **changes) -> WorkoutPlan:
    """A published plan of one day."""
    body = plan_body(ExerciseFactory())
    planned = {**body["days"][0]["exercises"][0], "planned_sets": schemes, **changes}
    planned = {name: value for name, value in planned.items() if value is not None}
    body["days"][0]["exercises"] = [planned] * exercises
    plan_id, _ = plans.create_plan(
        user_id=user.pk, document=plans.read_document(body), is_public=True
    )
    return WorkoutPlan.objects.get(pk=plan_id)


def page_of(desk: Client, row) -> str:
    return desk.get(url(type(row), "change", row.pk)).content.decode()


# --- Plans -----------------------------------------------------------------------------------


def test_the_page_of_a_plan_reads_like_the_plan(desk: Client, ana: User):
    notes = {"notes": "Below parallel.", "unilateral": True, "superset": 1, "rest_seconds": 90}
    plan = plan_of(ana, schemes=SCHEMES, name="Back Squat", **notes)

    page = page_of(desk, plan)

    assert "Day 1: Everything" in page
    shown = [
        "<td>Back Squat</td>",
        "2 × 5, Warm-up, Percent of the first work set: 50<br>",
        "<br>3 × 8–12, Percent of the training max: 85, week 2, RPE 8.5, RIR 1.5, rest 180 s, "
        "tempo 3-1-X-0<br>",
        "<br>1 × –, As many reps as possible, As the person chooses<br>",
        "<br>1 × 30 s, Body weight, and so many kg<br>",
        "<br>1 × 0.4 km, As the person chooses</td>",
        "<td>linear, failures 3, successes 1, increment_kg 2.5, decrease_percent 10.0, "
        "track lift, start_load_kg 100.0</td>",
        "Below parallel., rest 90 s, superset 1, each side",
    ]
    assert [text for text in shown if text not in page] == []


def test_a_plan_without_days_has_a_page(desk: Client, ana: User):
    document = plans.read_document(plan_body(ExerciseFactory(), days=[]))
    plan_id, _ = plans.create_plan(user_id=ana.pk, document=document)

    response = desk.get(url(WorkoutPlan, "change", plan_id))

    assert response.status_code == 200


def test_an_exercise_by_name_alone_is_shown_without_a_rule(desk: Client, ana: User):
    bare = {"exercise": None, "track": None, "start_load_kg": None, "progression": None}
    plan = plan_of(ana, schemes=[{"count": 2, "reps_min": 10}], name="Sled push", **bare)

    page = page_of(desk, plan)

    assert "<td>Sled push</td><td>2 × 10</td><td>2 × 10</td><td>-</td>" in page


def test_a_rule_with_stages_is_shown_with_them(desk: Client, ana: User):
    rule = {"kind": "stages", "stages": [{"sets": 5, "reps": 3}, {"sets": 6, "reps": 2}]}
    plan = plan_of(ana, schemes=[{"count": 5, "reps_min": 3}], progression=rule)

    page = page_of(desk, plan)

    assert "<td>stages, stages [{&quot;reps&quot;: 3, &quot;sets&quot;: 5}, " in page


def test_the_page_of_a_plan_costs_the_same_for_any_content(desk: Client, ana: User):
    small = plan_of(ana, schemes=SCHEMES[:1])
    large = plan_of(ana, schemes=SCHEMES, exercises=12)
    queries_of(desk, url(WorkoutPlan, "change", small.pk))

    few = queries_of(desk, url(WorkoutPlan, "change", small.pk))

    assert queries_of(desk, url(WorkoutPlan, "change", large.pk)) == few


def test_a_plan_is_taken_out_of_the_library_and_its_owners_phone_learns_of_it(
    desk: Client, ana: User
):
    plan = plan_of(ana, schemes=SCHEMES)

    response = saved(desk, plan, is_public=False, name="Mine", goal="fame")

    assert response.status_code == 302
    after = WorkoutPlan.objects.get(pk=plan.pk)
    assert (after.is_public, after.name, after.goal) == (False, plan.name, plan.goal)
    assert (after.version, after.revision > plan.revision) == (plan.version, True)


def test_nobody_publishes_a_persons_plan_for_them(desk: Client, trained: Trained):
    before = WorkoutPlan.objects.values().get(pk=trained.plan.pk)

    response = desk.post(url(WorkoutPlan, "change", trained.plan.pk), {"is_public": "on"})

    assert response.status_code == 403
    assert WorkoutPlan.objects.values().get(pk=trained.plan.pk) == before


def test_selected_plans_are_unpublished(desk: Client, ana: User, ben: User, trained: Trained):
    public = [plan_of(user, schemes=SCHEMES) for user in (ana, ben)]
    left = plan_of(ben, schemes=SCHEMES)
    chosen = [str(plan.pk) for plan in (*public, trained.plan)]

    response = desk.post(
        url(WorkoutPlan), {"action": "unpublish", "_selected_action": chosen}, follow=True
    )

    assert "2 unpublished." in response.content.decode()
    still = WorkoutPlan.objects.filter(is_public=True)
    assert [plan.pk for plan in still] == [left.pk]
    for plan in public:
        after = WorkoutPlan.objects.get(pk=plan.pk)
        assert (after.revision > plan.revision, after.updated_at > plan.updated_at) == (True, True)
    logged = AuditEntry.objects.filter(detail__note="Unpublished.")
    assert {entry.object_id for entry in logged} == {str(plan.pk) for plan in public}
    untouched = WorkoutPlan.objects.get(pk=trained.plan.pk)
    assert untouched.revision == trained.plan.revision


def test_unpublishing_needs_the_permission_to_change(ana: User):
    plan = plan_of(ana, schemes=SCHEMES)
    browser = browser_of(staff_who_may("view_workoutplan"))

    browser.post(url(WorkoutPlan), {"action": "unpublish", "_selected_action": str(plan.pk)})

    assert WorkoutPlan.objects.get(pk=plan.pk).is_public


def test_plans_are_neither_added_nor_deleted_by_hand(desk: Client, trained: Trained):
    added = desk.get(url(WorkoutPlan, "add"))
    deleted = desk.post(url(WorkoutPlan, "delete", trained.plan.pk), {"post": "yes"})

    assert (added.status_code, deleted.status_code) == (403, 403)
    assert WorkoutPlan.objects.filter(pk=trained.plan.pk).exists()


def test_what_a_plan_said_before_has_pages_of_its_own(desk: Client, trained: Trained, ana: User):
    first = PlanVersion.objects.get(plan=trained.plan)
    body = plan_body(Exercise.objects.get(name="Back Squat"), name="Next")
    plans.change_plan(user_id=ana.pk, plan_id=trained.plan.pk, document=plans.read_document(body))

    plan_page, version_page = page_of(desk, trained.plan), page_of(desk, first)

    versions = PlanVersion.objects.filter(plan=trained.plan)
    assert versions.count() == 2
    assert all(url(PlanVersion, "change", row.pk) in plan_page for row in versions)
    assert "&quot;name&quot;: &quot;Squat&quot;" in version_page


def test_the_page_of_a_generation_shows_the_wish(desk: Client, trained: Trained):
    page = page_of(desk, trained.generation)

    assert "&quot;goal&quot;: &quot;strength&quot;" in page
    assert "&quot;Squat&quot;" in page
    assert url(WorkoutPlan, "change", trained.plan.pk) in page


def test_generations_are_found_by_their_state(desk: Client, trained: Trained, ana: User):
    failed = PlanGeneration.objects.create(user=ana, method="ai", wish={}, status="failed")

    listed = desk.get(url(PlanGeneration), {"status": "failed"}).context["cl"].result_list

    assert [row.pk for row in listed] == [failed.pk]


# --- Runs ------------------------------------------------------------------------------------


def test_the_page_of_a_run_says_what_was_decided_and_why(desk: Client, trained: Trained):
    decided = RuleEvaluation.objects.get(run=trained.run)

    page = page_of(desk, trained.run)

    assert decided.action == "raise"
    assert f"<td>{decided.reason}</td>" in page
    for row in (decided, trained.plan, trained.session, trained.gym):
        assert url(type(row), "change", row.pk) in page
    assert "&quot;load_kg&quot;: 102.5" in page
    assert "<th>Session</th><th>Day</th>" in page  # of what was skipped
    assert "<td>Squat</td></tr></table>" in page  # why it is paused
    every = desk.get(url(RuleEvaluation), {"run__exact": str(trained.run.pk)})
    assert [row.pk for row in every.context["cl"].result_list] == [decided.pk]


def test_the_page_of_a_decision_shows_what_it_looked_at(desk: Client, trained: Trained):
    page = page_of(desk, RuleEvaluation.objects.get(run=trained.run))

    assert "&quot;load_kg&quot;: 100.0" in page
    assert "&quot;load_kg&quot;: 102.5" in page


def test_the_page_of_a_run_is_not_behind_the_diary(desk: Client, trained: Trained):
    # As by a fix of the data that nobody told the run of.
    WorkoutSet.objects.filter(workout=trained.session).update(reps=3)

    page = page_of(desk, trained.run)

    run = PlanRun.objects.get(pk=trained.run.pk)
    assert run.state["lift"]["load_kg"] == 100
    assert RuleEvaluation.objects.get(run=run).reason in page


def test_the_page_of_a_run_costs_the_same_for_any_number_of_decisions(
    desk: Client, trained: Trained
):
    address = url(PlanRun, "change", trained.run.pk)
    queries_of(desk, address)
    few = queries_of(desk, address)
    decided = RuleEvaluation.objects.get(run=trained.run)
    for place in range(2, 12):
        decided.pk, decided.place = None, place
        decided._state.adding = True
        decided.save()

    assert queries_of(desk, address) == few


# --- Sessions --------------------------------------------------------------------------------


def test_where_a_workout_came_from_is_a_fact(desk: Client, trained: Trained):
    facts = ("plan_run_id", "session_number", "workout_plan_id", "imported_by_id")
    before = Workout.objects.values(*facts).get(pk=trained.session.pk)

    page = desk.get(url(Workout, "change", trained.session.pk)).content.decode()
    saved(desk, trained.session, plan_run="", session_number=9, workout_plan_id="")

    assert url(PlanRun, "change", trained.run.pk) in page
    assert Workout.objects.values(*facts).get(pk=trained.session.pk) == before
    assert before["session_number"] == 1


def test_the_page_of_a_set_shows_what_the_plan_asked_for(desk: Client, trained: Trained):
    first = trained.session.sets.order_by("position")[0]

    page = desk.get(url(WorkoutSet, "change", first.pk)).content.decode()

    assert "&quot;reps_min&quot;: 5" in page
    assert "&quot;load_kg&quot;: 100.0" in page


@pytest.mark.parametrize("inside", [True, False])
def test_a_session_that_staff_correct_is_judged_anew(inside, desk: Client, trained: Trained):
    first = trained.session.sets.order_by("position")[0]
    assert trained.run.state["lift"]["load_kg"] == 102.5

    if inside:
        saved(desk, trained.session, **{"sets-0-reps": 3})
    else:
        saved(desk, first, reps=3)

    run = PlanRun.objects.get(pk=trained.run.pk)
    assert run.state["lift"]["load_kg"] == 100
    assert run.revision > trained.run.revision


@pytest.mark.parametrize("one_by_one", [True, False])
def test_a_run_stands_where_it_stood_without_a_session_that_staff_delete(
    one_by_one, desk: Client, trained: Trained
):
    session = str(trained.session.pk)

    if one_by_one:
        desk.post(url(Workout, "delete", session), {"post": "yes"})
    else:
        choice = {"action": "delete_selected", "_selected_action": session, "post": "yes"}
        desk.post(url(Workout), choice)

    run = PlanRun.objects.get(pk=trained.run.pk)
    assert not Workout.objects.filter(pk=session).exists()
    assert run.state["lift"]["load_kg"] == 100
    assert run.revision > trained.run.revision


# --- What they train with --------------------------------------------------------------------


def test_a_training_max_is_put_right(desk: Client, trained: Trained):
    response = saved(desk, trained.training_max, value_kg=130, source="tested")

    assert response.status_code == 302
    after = TrainingMax.objects.get(pk=trained.training_max.pk)
    assert (after.value_kg, after.source) == (130, "tested")
    assert after.revision > trained.training_max.revision


def test_a_training_max_that_cannot_be_is_a_message(desk: Client, trained: Trained):
    first = trained.training_max
    TrainingMax.objects.create(
        user=first.user, exercise=first.exercise, value_kg=1, valid_from="2026-04-01"
    )

    negative = saved(desk, first, value_kg=-1)
    twice = saved(desk, first, valid_from="2026-04-01")

    assert "must be above 0 and at most 2000 kg." in negative.content.decode()
    assert "This exercise has a training max from that day." in twice.content.decode()
    after = TrainingMax.objects.get(pk=first.pk)
    assert (after.value_kg, after.revision) == (126, first.revision)


def test_a_gym_is_looked_up_and_not_changed(desk: Client, trained: Trained):
    page = page_of(desk, trained.gym)
    refused = desk.post(url(Gym, "change", trained.gym.pk), {"name": "Mine"})

    assert "plates" in page
    assert refused.status_code == 403
    assert Gym.objects.get(pk=trained.gym.pk).name == "Squat"
