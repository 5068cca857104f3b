"""The admin's pages about the diary, the catalogue, plans and imports: who sees what of which."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.factories.users import UserFactory
from tests.factories.workouts import CustomExerciseFactory, ExerciseFactory, WorkoutSetFactory
from tests.users.admin_client import browser_of, cost_of, form_of, statuses_by_filter
from tests.workouts.trained import Trained, follow_a_plan
from users.models import User
from workouts.models import (
    CardioExercise,
    Equipment,
    Exercise,
    ExerciseAlias,
    ExerciseEquipment,
    ExerciseMuscle,
    ExerciseNote,
    Gym,
    MergedExercise,
    Muscle,
    PlanGeneration,
    PlannedExercise,
    PlannedSet,
    PlanPause,
    PlanRun,
    PlanVersion,
    RowError,
    RuleEvaluation,
    SkippedSession,
    StrengthExercise,
    TrainingMax,
    Workout,
    WorkoutDay,
    WorkoutImport,
    WorkoutPlan,
    WorkoutSet,
)

pytestmark = pytest.mark.django_db


def exercise_with_parts(**values) -> Exercise:
    exercise = CustomExerciseFactory(**values)
    ExerciseMuscle.objects.create(exercise=exercise, muscle_id="chest", role="primary", share=1)
    ExerciseMuscle.objects.create(exercise=exercise, muscle_id="biceps", role="primary", share=1)
    ExerciseEquipment.objects.create(exercise=exercise, equipment_id="bench")
    return exercise


def trained() -> Trained:
    return follow_a_plan(UserFactory(), ExerciseFactory(), word="Squat")


def import_with_errors() -> WorkoutImport:
    job = WorkoutImport.objects.create(
        user=UserFactory(),
        timezone="UTC",
        status="failed",
        file_name="strong.csv",
        source="strong",
    )
    RowError.objects.create(job=job, line=2, column="Weight", code="invalid", message="No number.")
    return job


ROWS = {
    Exercise: exercise_with_parts,
    CardioExercise: lambda: exercise_with_parts(is_cardio=True),
    StrengthExercise: exercise_with_parts,
    Muscle: lambda: Muscle.objects.order_by("slug")[0],
    Equipment: lambda: Equipment.objects.order_by("slug")[0],
    MergedExercise: lambda: MergedExercise.objects.create(
        name="Old press", merged_into=ExerciseFactory()
    ),
    Workout: lambda: WorkoutSetFactory().workout,
    WorkoutSet: WorkoutSetFactory,
    WorkoutPlan: lambda: trained().plan,
    PlanVersion: lambda: PlanVersion.objects.get(plan=trained().plan),
    PlanGeneration: lambda: trained().generation,
    PlanRun: lambda: trained().run,
    RuleEvaluation: lambda: RuleEvaluation.objects.get(run=trained().run),
    TrainingMax: lambda: trained().training_max,
    Gym: lambda: trained().gym,
    WorkoutImport: import_with_errors,
    ExerciseAlias: lambda: ExerciseAlias.objects.create(
        user=UserFactory(), exercise=ExerciseFactory(), name="bench press (barbell)"
    ),
}
# Where somebody follows a plan and a rule has decided, there is a row of each of these.
OF_A_PLAN = {WorkoutPlan, PlanVersion, PlanGeneration, PlanRun, TrainingMax, Gym}
INSIDE_ANOTHER = {
    ExerciseEquipment,
    ExerciseMuscle,
    ExerciseNote,
    PlanPause,
    PlannedExercise,
    PlannedSet,
    RowError,
    SkippedSession,
    WorkoutDay,
}
# Nobody writes or removes them by hand.
RECORDS = [PlanVersion, PlanGeneration, PlanRun, RuleEvaluation, WorkoutImport]
MODELS = pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)


def one_of_each() -> None:
    for model, row_of in ROWS.items():
        if model not in OF_A_PLAN:
            row_of()


def url(model: type, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def saved(desk: Client, row, **changes):
    page = desk.get(url(type(row), "change", row.pk))
    return desk.post(url(type(row), "change", row.pk), form_of(page) | changes)


def staff_who_may(*codenames: str) -> User:
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return staff


@pytest.fixture
def desk(db) -> Client:
    """The browser of somebody who may do everything."""
    return browser_of(UserFactory(username="root", is_staff=True, is_superuser=True))


# --- Every page ------------------------------------------------------------------------------


def test_every_model_is_here():
    ours = set(apps.get_app_config("workouts").get_models())

    assert ours | {CardioExercise, StrengthExercise} == set(ROWS) | INSIDE_ANOTHER
    assert set(ROWS) <= set(admin.site._registry)


@MODELS
def test_the_pages_of_a_model_answer(model, desk: Client):
    row = ROWS[model]()

    listed = desk.get(url(model))
    found = desk.get(url(model), {"q": "e"})
    changed = desk.get(url(model, "change", row.pk))
    added = desk.get(url(model, "add"))

    assert {page.status_code for page in (listed, found, changed)} == {200}
    may_add = admin.site._registry[model].has_add_permission(listed.wsgi_request)
    assert added.status_code == (200 if may_add else 403)


@MODELS
def test_staff_need_the_permission_of_the_model(model):
    row = ROWS[model]()
    addresses = (url(model), url(model, "change", row.pk))
    stranger = browser_of(staff_who_may())
    reader = browser_of(staff_who_may(f"view_{model._meta.model_name}"))

    assert [stranger.get(address).status_code for address in addresses] == [403, 403]
    assert [reader.get(address).status_code for address in addresses] == [200, 200]
    assert reader.post(url(model, "change", row.pk), {}).status_code == 403


def test_filters_answer(desk: Client):
    one_of_each()

    statuses = {model: statuses_by_filter(desk, url(model)) for model in ROWS}

    assert statuses == {model: {200} for model in ROWS}


def test_a_list_costs_the_same_for_any_number_of_rows(desk: Client):
    one_of_each()
    few = {model: cost_of(desk, url(model)) for model in ROWS}
    one_of_each()
    one_of_each()

    assert {model: cost_of(desk, url(model)) for model in ROWS} == few


def test_search_finds_what_is_ones_own(desk: Client, ana: User):
    one_of_each()
    follow_a_plan(ana, CustomExerciseFactory(created_by=ana), word="Rows")
    Workout.objects.filter(user=ana).update(name="Push day")
    WorkoutSet.objects.filter(user=ana, position__gt=1).delete()
    WorkoutImport.objects.create(user=ana, timezone="UTC", file_name="hevy.csv")
    ExerciseAlias.objects.create(user=ana, exercise=ExerciseFactory(), name="t-bar row")
    words = {
        Exercise: "ana",
        Workout: "ana push",
        WorkoutSet: "ana",
        WorkoutPlan: "ana rows",
        PlanVersion: "ana rows",
        PlanGeneration: "ana",
        PlanRun: "ana rows",
        RuleEvaluation: "ana rows linear",
        TrainingMax: "ana",
        Gym: "ana rows",
        WorkoutImport: "ana hevy.csv",
        ExerciseAlias: "ana t-bar",
    }

    found = {
        model: desk.get(url(model), {"q": said}).context["cl"].result_list
        for model, said in words.items()
    }

    owners = {
        model: [getattr(row, "user_id", None) or row.created_by_id for row in rows]
        for model, rows in found.items()
    }
    assert owners == {model: [ana.pk] for model in words}


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_a_record_is_neither_changed_nor_deleted_by_hand(model, desk: Client):
    row = ROWS[model]()
    before = model.objects.filter(pk=row.pk).values().get()

    changed = desk.post(url(model, "change", row.pk), {"status": "done", "name": "Mine"})
    deleted = desk.post(url(model, "delete", row.pk), {"post": "yes"})
    choice = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
    desk.post(url(model), choice)

    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert model.objects.filter(pk=row.pk).values().get() == before


# --- The catalogue ---------------------------------------------------------------------------


def test_the_catalogue_and_custom_exercises_are_told_apart(desk: Client, ana: User):
    ExerciseFactory(name="Bench Press")
    CustomExerciseFactory(name="Log Toss", created_by=ana)

    def names(origin):
        rows = desk.get(url(Exercise), {"origin": origin}).context["cl"].result_list
        return [row.name for row in rows]

    assert names("custom") == ["Log Toss"]
    assert names("catalogue") == ["Bench Press"]


def test_a_kind_of_exercise_has_a_list_of_its_own(desk: Client):
    ExerciseFactory(name="Row", is_cardio=True)
    ExerciseFactory(name="Squat")

    def names(model):
        return [row.name for row in desk.get(url(model)).context["cl"].result_list]

    assert names(CardioExercise) == ["Row"]
    assert names(StrengthExercise) == ["Squat"]


def test_an_exercise_is_added_with_its_muscles_and_equipment(desk: Client):
    values = form_of(desk.get(url(CardioExercise, "add"))) | {
        "name": "Rowing",
        "muscle_group": "cardio",
        "difficulty_level": 2,
        "video_url": "example.com/rowing",
        "muscle_shares-TOTAL_FORMS": 1,
        "muscle_shares-0-muscle": "lats",
        "muscle_shares-0-role": "primary",
        "muscle_shares-0-share": 1,
    }

    response = desk.post(url(CardioExercise, "add"), values)

    assert response.status_code == 302, response.content.decode()
    rowing = Exercise.objects.get(name="Rowing")
    assert (rowing.is_cardio, rowing.is_custom, rowing.created_by) == (True, False, None)
    assert rowing.video_url == "https://example.com/rowing"
    assert [muscle.slug for muscle in rowing.muscles.all()] == ["lats"]


@pytest.mark.parametrize("is_custom", [True, False])
def test_a_name_that_is_taken_is_a_message(is_custom, desk: Client, ana: User):
    owner = {"is_custom": True, "created_by": ana} if is_custom else {}
    ExerciseFactory(name="Bench Press", **owner)
    other = ExerciseFactory(name="Press", **owner)

    response = saved(desk, other, name="bench press")

    assert "An exercise of this name exists." in response.content.decode()


def test_staff_say_how_an_exercise_is_loaded(desk: Client):
    push_up = ExerciseFactory(name="Push-up")

    refused = saved(desk, push_up, load_type="bodyweight", bodyweight_share=65)
    stored = saved(desk, push_up, load_type="bodyweight", bodyweight_share=0.65)

    assert (refused.status_code, stored.status_code) == (200, 302)
    assert "The share of the body weight must be from 0 to 1." in refused.content.decode()
    push_up.refresh_from_db()
    assert (push_up.load_type, push_up.bodyweight_share) == ("bodyweight", 0.65)


def test_muscles_of_a_custom_exercise_reach_its_owners_phone(desk: Client, ana: User):
    exercise = exercise_with_parts(created_by=ana)

    response = saved(desk, exercise, **{"muscle_shares-1-share": "0.5"})

    assert response.status_code == 302
    assert exercise.muscle_shares.get(muscle="biceps").share == 0.5
    assert Exercise.objects.get(pk=exercise.pk).revision > exercise.revision


def test_an_exercise_varies_none_of_another_person(desk: Client, ana: User, ben: User):
    anas, bens = CustomExerciseFactory(created_by=ana), CustomExerciseFactory(created_by=ben)

    response = saved(desk, anas, variation_of=str(bens.pk))

    assert response.status_code == 200
    assert Exercise.objects.get(pk=anas.pk).variation_of is None


def test_the_key_of_equipment_stays(desk: Client):
    bench = Equipment.objects.get(slug="bench")

    saved(desk, bench, name="Flat bench", slug="couch")

    assert Equipment.objects.get(slug="bench").name == "Flat bench"
    assert not Equipment.objects.filter(slug="couch").exists()


def landmarks_of(slug: str) -> tuple[float, ...]:
    return Muscle.objects.values_list("mv", "mev", "mav_low", "mav_high", "mrv").get(slug=slug)


def test_the_landmarks_of_a_muscle_may_be_set_anew_and_nothing_else(desk: Client):
    response = saved(desk, Muscle.objects.get(slug="chest"), mev="9", name="Pecs", slug="pecs")

    assert response.status_code == 302
    assert Muscle.objects.get(slug="chest").name == "Chest"
    assert landmarks_of("chest") == (8, 9, 12, 20, 22)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mev": "13"}, "Landmarks rise: MV, MEV, MAV from, MAV to, MRV."),
        ({"mv": "-1"}, "Landmarks rise: MV, MEV, MAV from, MAV to, MRV."),
        ({"mev": ""}, "Give all five landmarks, or none."),
        ({"mrv": "nan"}, "Enter a number."),
    ],
)
def test_landmarks_that_cannot_be_are_a_message_and_change_nothing(changes, message, desk: Client):
    response = saved(desk, Muscle.objects.get(slug="chest"), **changes)

    assert response.status_code == 200
    assert message in response.content.decode()
    assert landmarks_of("chest") == (8, 10, 12, 20, 22)


def test_landmarks_need_the_permission_to_change_muscles():
    reader = browser_of(staff_who_may("view_muscle", "change_exercise"))

    response = reader.post(url(Muscle, "change", "chest"), {"mev": "9"})

    assert response.status_code == 403
    assert landmarks_of("chest") == (8, 10, 12, 20, 22)
