"""Every route, every method, everyone: a route that is not in the table fails the build.

ana's rows hold a canary; whoever is not ana may see it in no answer.
"""

from collections.abc import Iterator
from io import BytesIO
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from tests.analytics.measured import measure
from tests.architecture.analytics_cases import ANALYTICS
from tests.architecture.food_cases import FOOD
from tests.architecture.routes import Route, routes
from tests.architecture.social_cases import SOCIAL
from tests.architecture.wearable_cases import WEARABLES
from tests.architecture.world import Case, World
from tests.conftest import client_of
from tests.factories.users import PASSWORD, NotificationFactory, UserFactory
from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from tests.nutrition.fed import feed
from tests.social.joined import join_in
from tests.wearables.worn import wear
from tests.workouts.trained import follow_a_plan, plan_body
from users.models import AccountExport, PushDevice
from workouts.models import ExerciseAlias, Workout, WorkoutImport

pytestmark = pytest.mark.django_db

CANARY = "canary-of-ana"
PRINCIPALS = ("anonymous", "ana", "stranger", "trainer", "staff")


def workout_body(world: World) -> dict[str, Any]:
    sets = [{"exercise": str(world.bench.pk), "reps": 5, "weight": 100}]
    return {"name": "Legs", "date": "2026-03-02", "start_time": "18:00", "sets": sets}


def png() -> SimpleUploadedFile:
    target = BytesIO()
    Image.new("RGB", (8, 8)).save(target, "PNG")
    return SimpleUploadedFile("a.png", target.getvalue())


def exercise_body(world: World) -> dict[str, Any]:
    return {"name": "Odd Lift", "muscle_group": "back"}


def wish_body(world: World) -> dict[str, Any]:
    wish = {
        "goal": "strength",
        "days_per_week": 3,
        "fitness_level": "beginner",
        "equipment": ["dumbbell"],
        "session_minutes": 60,
    }
    return {"wish": wish}


def order_body(world: World) -> dict[str, Any]:
    [day] = world.trained.plan.days.all()
    planned = [str(pk) for pk in day.exercises.values_list("pk", flat=True)]
    return {"days": [{"id": str(day.pk), "exercises": planned}]}


def strong_csv(world: World) -> dict[str, Any]:
    text = (
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight (kg),Reps,Distance,Seconds"
        ",RPE\n"
        "2026-03-02 18:00:00,Push,1h,Bench Press,1,100,5,0,0,8\n"
    )
    return {"file": SimpleUploadedFile("strong.csv", text.encode(), "text/csv")}


EXPECTED: dict[tuple[str, str], Case] = {
    **ANALYTICS,
    **FOOD,
    **SOCIAL,
    **WEARABLES,
    ("exercises/", "GET"): Case(200),
    ("exercises/", "POST"): Case(201, exercise_body),
    ("exercises/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.exercise),
    ("exercises/<uuid:pk>/", "PUT"): Case(200, exercise_body, row=lambda w: w.exercise),
    ("exercises/<uuid:pk>/", "PATCH"): Case(
        200, lambda w: {"name": "X"}, row=lambda w: w.exercise
    ),
    ("exercises/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.exercise),
    ("notifications/", "GET"): Case(200),
    ("notifications/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.notification),
    ("notifications/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.notification),
    ("notifications/read/", "POST"): Case(200, lambda w: {}),
    ("gyms/", "GET"): Case(200),
    ("gyms/", "POST"): Case(201, lambda w: {"name": "Garage"}),
    ("gyms/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.trained.gym),
    ("gyms/<uuid:pk>/", "PATCH"): Case(200, lambda w: {"name": "X"}, row=lambda w: w.trained.gym),
    ("gyms/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.trained.gym),
    ("plan-generations/", "GET"): Case(200),
    # Without a catalogue there is nothing to make a plan of.
    ("plan-generations/", "POST"): Case(400, wish_body),
    ("plan-generations/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.trained.generation),
    ("plan-generations/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.trained.generation),
    ("plan-runs/", "GET"): Case(200),
    # ana follows her plan already; for the others it does not exist.
    ("plan-runs/", "POST"): Case(409, lambda w: {"plan": str(w.trained.plan.pk)}, others=400),
    ("plan-runs/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.trained.run),
    ("plan-runs/<uuid:pk>/", "PATCH"): Case(
        200, lambda w: {"gym": None}, row=lambda w: w.trained.run
    ),
    ("plan-runs/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.trained.run),
    ("plan-runs/<uuid:pk>/adherence/", "GET"): Case(200, row=lambda w: w.trained.run),
    ("plan-runs/<uuid:pk>/decisions/", "GET"): Case(200, row=lambda w: w.trained.run),
    ("plan-runs/<uuid:pk>/finish/", "POST"): Case(200, row=lambda w: w.trained.run),
    ("plan-runs/<uuid:pk>/pause/", "POST"): Case(
        200, lambda w: {"reason": "Ill"}, row=lambda w: w.trained.run
    ),
    ("plan-runs/<uuid:pk>/resume/", "POST"): Case(200, row=lambda w: w.trained.run),
    ("plan-runs/<uuid:pk>/skip/", "POST"): Case(200, row=lambda w: w.trained.run),
    ("plan-runs/<uuid:pk>/skipped/<int:number>/", "DELETE"): Case(
        204, row=lambda w: w.trained.run
    ),
    # ana's run is paused, and another workout is running.
    ("plan-runs/<uuid:pk>/start/", "POST"): Case(409, lambda w: {}, row=lambda w: w.trained.run),
    ("plan-runs/<uuid:pk>/today/", "GET"): Case(200, row=lambda w: w.trained.run),
    ("plans/", "GET"): Case(200),
    ("plans/", "POST"): Case(201, lambda w: plan_body(w.bench)),
    ("plans/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.trained.plan),
    ("plans/<uuid:pk>/", "PUT"): Case(
        200, lambda w: plan_body(w.bench), row=lambda w: w.trained.plan
    ),
    ("plans/<uuid:pk>/", "PATCH"): Case(
        200, lambda w: {"name": "Other"}, row=lambda w: w.trained.plan
    ),
    # ana follows it.
    ("plans/<uuid:pk>/", "DELETE"): Case(409, row=lambda w: w.trained.plan),
    ("plans/<uuid:pk>/copy/", "POST"): Case(201, lambda w: {}, row=lambda w: w.trained.plan),
    ("plans/<uuid:pk>/findings/", "GET"): Case(200, row=lambda w: w.trained.plan),
    ("plans/<uuid:pk>/order/", "PUT"): Case(200, order_body, row=lambda w: w.trained.plan),
    ("plans/<uuid:pk>/simulate/", "POST"): Case(
        200, lambda w: {"weeks": 1}, row=lambda w: w.trained.plan
    ),
    ("plans/<uuid:pk>/versions/", "GET"): Case(200, row=lambda w: w.trained.plan),
    ("plans/<uuid:pk>/versions/<int:version>/", "GET"): Case(200, row=lambda w: w.trained.plan),
    ("plans/<uuid:pk>/volume/", "GET"): Case(200, row=lambda w: w.trained.plan),
    ("plans/validate/", "POST"): Case(200, lambda w: plan_body(w.bench)),
    ("progression-rules/", "GET"): Case(200),
    ("training-maxes/", "GET"): Case(200),
    ("training-maxes/", "POST"): Case(
        201,
        lambda w: {"exercise": str(w.bench.pk), "value_kg": 100, "valid_from": "2026-05-01"},
    ),
    ("training-maxes/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.trained.training_max),
    ("training-maxes/<uuid:pk>/", "PATCH"): Case(
        200, lambda w: {"value_kg": 101}, row=lambda w: w.trained.training_max
    ),
    ("training-maxes/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.trained.training_max),
    ("exercise-aliases/", "GET"): Case(200),
    ("exercise-aliases/", "POST"): Case(
        201, lambda w: {"name": "Flat press", "exercise": str(w.bench.pk)}
    ),
    ("exercise-aliases/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.alias),
    ("exercise-aliases/<uuid:pk>/", "PATCH"): Case(
        200, lambda w: {"exercise": str(w.bench.pk)}, row=lambda w: w.alias
    ),
    ("exercise-aliases/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.alias),
    ("workout-imports/", "GET"): Case(200),
    ("workout-imports/", "POST"): Case(202, strong_csv, multipart=True),
    ("workout-imports/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.imported),
    # It is done already.
    ("workout-imports/<uuid:pk>/", "PATCH"): Case(
        409, lambda w: {"weight_unit": "kg"}, row=lambda w: w.imported
    ),
    ("workout-imports/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.imported),
    ("workout-imports/<uuid:pk>/errors/", "GET"): Case(200, row=lambda w: w.imported),
    ("workout-imports/<uuid:pk>/undo/", "POST"): Case(200, row=lambda w: w.imported),
    ("workouts/export/", "GET"): Case(200),
    ("sync/", "GET"): Case(200),
    ("users/", "GET"): Case(200),
    ("users/<str:username>/", "GET"): Case(200, others=404),
    ("users/me/", "GET"): Case(200),
    ("users/me/", "PATCH"): Case(200, lambda w: {"profile": {"bio": "Hi"}}),
    ("users/me/", "DELETE"): Case(204, lambda w: {"password": PASSWORD}),
    ("users/me/avatar/", "PUT"): Case(200, lambda w: {"avatar": png()}, multipart=True),
    ("users/me/avatar/", "DELETE"): Case(204),
    ("users/me/devices/", "GET"): Case(200),
    ("users/me/devices/", "POST"): Case(201, lambda w: {"platform": "fcm", "token": "new"}),
    ("users/me/devices/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.device),
    ("users/me/devices/<uuid:pk>/", "PATCH"): Case(
        200, lambda w: {"name": "Phone"}, row=lambda w: w.device
    ),
    ("users/me/devices/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.device),
    ("users/me/export/", "GET"): Case(200),
    ("users/me/export/", "POST"): Case(202),
    ("users/me/export/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.export),
    ("users/me/export/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.export),
    ("users/me/export/<uuid:pk>/download/", "GET"): Case(200, row=lambda w: w.export),
    ("users/me/settings/", "GET"): Case(200),
    ("users/me/settings/", "PATCH"): Case(200, lambda w: {"dark_mode": True}),
    ("workout-sets/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.set),
    ("workout-sets/<uuid:pk>/", "PATCH"): Case(200, lambda w: {"reps": 6}, row=lambda w: w.set),
    ("workout-sets/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.set),
    ("workouts/", "GET"): Case(200),
    ("workouts/", "POST"): Case(201, workout_body),
    ("workouts/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.workout),
    ("workouts/<uuid:pk>/", "PUT"): Case(200, workout_body, row=lambda w: w.workout),
    ("workouts/<uuid:pk>/", "PATCH"): Case(
        200, lambda w: {"notes": "Good."}, row=lambda w: w.workout
    ),
    ("workouts/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.workout),
    ("workouts/<uuid:pk>/duplicate/", "POST"): Case(201, row=lambda w: w.workout),
    ("workouts/<uuid:pk>/finish/", "POST"): Case(
        200, lambda w: {"finished_at": "2026-03-02T19:00:00Z"}, row=lambda w: w.running
    ),
    ("workouts/<uuid:pk>/sets/", "GET"): Case(200, row=lambda w: w.workout),
    ("workouts/<uuid:pk>/sets/", "POST"): Case(
        201, lambda w: {"exercise": str(w.bench.pk), "reps": 5}, row=lambda w: w.workout
    ),
    ("workouts/<uuid:pk>/sets/order/", "PUT"): Case(
        200, lambda w: {"order": [str(w.set.pk)]}, row=lambda w: w.workout
    ),
    # ana has a running workout already; the others have none.
    ("workouts/start/", "POST"): Case(409, lambda w: {}, others=201),
}


@pytest.fixture(scope="module")
def _media(tmp_path_factory) -> Iterator[Path]:
    """One folder for all: what the world put there is there for each test."""
    return repeat(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def world(_media, django_db_setup, django_db_blocker) -> Iterator[World]:
    """Made once: each test is a savepoint after it, and leaves it as it was."""
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=next(_media)):
        atomics = TestCase._enter_atomics()
        try:
            yield make_world()
        finally:
            TestCase._rollback_atomics(atomics)


@pytest.fixture(scope="module")
def callers(world: World) -> dict[str, APIClient]:
    trainer = UserFactory(username="coach")
    trainer.profile.user_type = "trainer"
    trainer.profile.save()
    return {
        "anonymous": APIClient(),
        "ana": client_of(world.ana),
        "stranger": client_of(UserFactory(username="ben")),
        "trainer": client_of(trainer),
        "staff": client_of(UserFactory(username="boss", is_staff=True, is_superuser=True)),
    }


def make_world() -> World:
    ana = UserFactory(username="ana")
    ana.profile.display_name = ana.profile.bio = CANARY
    ana.profile.visibility = "private"
    ana.profile.save()
    bench = ExerciseFactory(name="Bench Press")
    workout = WorkoutFactory(user=ana, name=CANARY, notes=CANARY)
    export = AccountExport(
        user=ana, status="ready", expires_at=timezone.now() + timezone.timedelta(days=1)
    )
    export.file.save(f"{CANARY}.zip", SimpleUploadedFile("x.zip", CANARY.encode()), save=True)
    imported = WorkoutImport(user=ana, file_name=CANARY, timezone="UTC", status="done")
    imported.file.save(f"imports/{imported.pk}.csv", ContentFile(b"x"), save=False)
    imported.save()
    return World(
        ana=ana,
        bench=bench,
        exercise=CustomExerciseFactory(created_by=ana, name=CANARY),
        workout=workout,
        set=WorkoutSetFactory(workout=workout, exercise=bench, position=1, notes=CANARY),
        running=WorkoutFactory(user=ana, name=CANARY, in_progress=True),
        notification=NotificationFactory(user=ana, text=CANARY),
        device=PushDevice.objects.create(user=ana, platform="fcm", token="t", name=CANARY),
        export=export,
        trained=follow_a_plan(ana, bench, word=CANARY),
        imported=imported,
        fed=feed(ana, word=CANARY),
        measured=measure(ana, bench, word=CANARY),
        joined=join_in(ana, workout, word=CANARY),
        worn=wear(ana, workout, word=CANARY),
        alias=ExerciseAlias.objects.create(user=ana, name=CANARY, exercise=bench),
    )


PAIRS = [(route, method) for route in routes() for method in sorted(route.methods)]


def test_the_table_and_the_routes_are_the_same():
    existing = {(route.path.removeprefix("api/v1/"), method) for route, method in PAIRS}

    assert existing == EXPECTED.keys()


@pytest.mark.parametrize("name", PRINCIPALS)
@pytest.mark.parametrize(("route", "method"), PAIRS, ids=str)
def test_everyone_gets_what_the_table_says(
    route: Route, method: str, name: str, world: World, callers: dict[str, APIClient]
):
    case = EXPECTED[route.path.removeprefix("api/v1/"), method]
    path = "/" + _filled(route, world)
    if case.row is not None:
        path = path.replace("<uuid:pk>", str(case.row(world).pk))

    response = getattr(callers[name], method.lower())(
        path, case.body(world), format="multipart" if case.multipart else "json"
    )

    for close in response._resource_closers:
        close()
    assert response.status_code == expected_status(case, name), _text(response)
    if name != "ana":
        assert CANARY not in _text(response)
        assert Workout.objects.filter(user=world.ana, name=CANARY).count() == 3


def _filled(route: Route, world: World) -> str:
    # The version of ana's plan, and the session that she skipped.
    values = {
        "<int:version>": "1",
        "<int:number>": "2",
        "<str:username>": world.ana.username,
        "<str:code>": "4006381333931",
        "<slug:slug>": "uncategorized",
        "<day:pk>": "2026-03-02",
        "<day:date>": "2026-03-02",
        "<slug:provider>": "oura",
        "<slug:metric>": "steps",
        "<uuid:link_id>": str(world.joined.link.pk),
    }
    path = route.path
    for name, value in values.items():
        path = path.replace(name, value)
    return path


def expected_status(case: Case, name: str) -> int:
    if name == "ana":
        return case.status
    if name == "anonymous":
        return case.anonymous
    if case.others is not None:
        return case.others
    return case.status if case.row is None else 404


def _text(response: Any) -> str:
    return "" if response.streaming else response.content.decode(errors="replace")


@pytest.mark.parametrize(
    ("route", "method"),
    [
        (route, method)
        for route in routes()
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if method not in route.methods
    ],
    ids=str,
)
def test_a_method_that_a_route_does_not_list_is_refused(
    route: Route, method: str, world: World, callers: dict[str, APIClient]
):
    path = f"/{_filled(route, world)}".replace("<uuid:pk>", str(world.workout.pk))

    response = getattr(callers["ana"], method.lower())(path, {}, format="json")

    assert response.status_code == 405
