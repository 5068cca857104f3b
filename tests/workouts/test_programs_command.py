"""The public programs that we ship, and whose they are."""

import json
from io import StringIO
from pathlib import Path

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.factories.users import PASSWORD, UserFactory
from tests.factories.workouts import ExerciseFactory
from tests.users.races import at_once
from users.models import User, UserProfile
from users.services.accounts import HOUSE_ID, HOUSE_NAME, house_account
from workouts.models import PlannedExercise, PlannedSet, PlanVersion, WorkoutDay, WorkoutPlan
from workouts.services import catalogue as catalogues
from workouts.services import programs

PLANS = "/api/v1/plans/"
PEOPLE = "/api/v1/users/"
ACCOUNTS = "/_allauth/app/v1"
SLUGS = sorted(path.stem for path in programs.PROGRAMS.glob("*.json"))
SMALL = {
    "slug": "small-program",
    "name": "Small program",
    "goal": "strength",
    "days_per_week": 3,
    "duration_weeks": 4,
    "fitness_level": "beginner",
    "days": [
        {
            "day_number": 1,
            "focus": "Everything",
            "exercises": [{"exercise": "push-up", "sets": 3, "reps": "8-12"}],
        }
    ],
}
pytestmark = pytest.mark.django_db


def load() -> list[str]:
    out = StringIO()
    call_command("load_programs", stdout=out)
    return out.getvalue().splitlines()


def stored() -> list[tuple]:
    """Every program as it is in the database, and when it was changed."""
    models = (WorkoutPlan, WorkoutDay, PlannedExercise, PlannedSet, PlanVersion)
    return [row for model in models for row in model.objects.order_by("pk").values_list()]


@pytest.fixture
def catalogue(db) -> None:
    catalogues.load_catalogue()


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """One program of one exercise, in the place of ours."""
    ExerciseFactory(slug="push-up", name="Push-Up")
    (tmp_path / "small-program.json").write_text(json.dumps(SMALL))
    monkeypatch.setattr(programs, "PROGRAMS", tmp_path)
    return tmp_path


def rewrite(folder: Path, **changes) -> None:
    (folder / "small-program.json").write_text(json.dumps({**SMALL, **changes}))


# --- Loading -------------------------------------------------------------------------------------


def test_every_file_becomes_a_public_program_of_the_house(catalogue):
    lines = load()

    assert len(SLUGS) >= 10
    assert lines == [f"{len(SLUGS)} programs: {len(SLUGS)} added, 0 changed"]
    rows = WorkoutPlan.objects.order_by("program")
    assert [row.program for row in rows] == SLUGS
    assert {(row.user_id, row.is_public, row.is_ai_generated, row.version) for row in rows} == {
        (HOUSE_ID, True, False, 1)
    }


def test_loading_twice_changes_nothing(catalogue):
    load()
    before = stored()

    lines = load()

    assert lines == [f"{len(SLUGS)} programs: 0 added, 0 changed"]
    assert stored() == before


def test_a_program_is_what_its_file_says(catalogue, api: APIClient):
    load()
    file = orjson.loads((programs.PROGRAMS / "five-by-five.json").read_bytes())

    row = WorkoutPlan.objects.get(program="five-by-five")
    shown = api.get(f"{PLANS}{row.pk}/").json()

    assert shown["program"] == file["slug"] == "five-by-five"
    for name in ("name", "description", "goal", "days_per_week", "duration_weeks"):
        assert shown[name] == file[name]
    assert [day["focus"] for day in shown["days"]] == [day["focus"] for day in file["days"]]
    slugs = PlannedExercise.objects.filter(day__plan=row).order_by("day__day_number", "order")
    assert list(slugs.values_list("exercise__slug", flat=True)) == [
        one["exercise"] for day in file["days"] for one in day["exercises"]
    ]


def test_a_changed_file_makes_a_new_version_and_keeps_the_old_one(folder, ana):
    load()
    row = WorkoutPlan.objects.get()

    rewrite(folder, duration_weeks=6)
    lines = load()

    assert lines == ["1 programs: 0 added, 1 changed"]
    row.refresh_from_db()
    assert (row.program, row.version, row.duration_weeks) == ("small-program", 2, 6)
    versions = PlanVersion.objects.order_by("version")
    assert [(one.version, one.document["duration_weeks"]) for one in versions] == [(1, 4), (2, 6)]


def test_a_copy_stays_as_it_was_when_the_program_changes(folder, api: APIClient, ana):
    load()
    row = WorkoutPlan.objects.get()
    copy = api.post(f"{PLANS}{row.pk}/copy/", {}).json()

    rewrite(folder, duration_weeks=6, name="Renamed")
    load()

    mine = api.get(f"{PLANS}{copy['id']}/").json()
    assert (mine["name"], mine["duration_weeks"], mine["version"]) == ("Small program", 4, 1)
    assert (mine["program"], mine["copied_from"]) == (None, str(row.pk))


def test_a_new_file_is_added_beside_the_others(folder):
    load()
    second = {**SMALL, "slug": "second-program", "name": "Second"}
    (folder / "second-program.json").write_text(json.dumps(second))

    lines = load()

    assert lines == ["2 programs: 1 added, 0 changed"]
    assert WorkoutPlan.objects.count() == 2


def test_an_exercise_that_the_catalogue_renames_is_renamed_in_programs(folder):
    load()
    exercise = PlannedExercise.objects.get().exercise
    exercise.name = "Press-Up"
    exercise.save()

    lines = load()

    assert lines == ["1 programs: 0 added, 1 changed"]
    assert PlannedExercise.objects.get().name == "Press-Up"


def test_rungs_are_named_by_slug_or_by_a_name_alone(folder):
    rungs = [{"name": "Wall Push-Up"}, {"exercise": "push-up"}]
    ladder = {"kind": "variation_ladder", "rungs": rungs, "reps_min": 5, "reps_max": 8}
    planned = {"exercise": "push-up", "sets": 3, "reps": "5-8", "progression": ladder}
    rewrite(folder, days=[{"day_number": 1, "focus": "Push", "exercises": [planned]}])

    load()

    stored = PlannedExercise.objects.get()
    assert stored.progression is not None
    assert stored.progression["rungs"] == [
        {"exercise": None, "name": "Wall Push-Up"},
        {"exercise": str(stored.exercise_id), "name": "Push-Up"},
    ]


def test_without_the_catalogue_nothing_is_stored_and_it_says_what_to_do(db):
    with pytest.raises(CommandError) as raised:
        load()

    message = str(raised.value)
    assert message.startswith("The exercise catalogue lacks ")
    assert message.endswith(": run load_catalogue first.")
    assert not WorkoutPlan.objects.exists()
    assert not User.objects.exists()


def test_one_program_that_cannot_be_read_stops_them_all(folder):
    (folder / "zzz.json").write_text(json.dumps({**SMALL, "slug": "zzz", "days_per_week": 9}))

    with pytest.raises(CommandError, match="days_per_week: "):
        load()

    assert not WorkoutPlan.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_machines_that_load_at_once_load_once(tmp_path, monkeypatch):
    ExerciseFactory(slug="push-up", name="Push-Up")
    (tmp_path / "small-program.json").write_text(json.dumps(SMALL))
    monkeypatch.setattr(programs, "PROGRAMS", tmp_path)

    results = at_once(4, lambda number: str(programs.load_programs()))

    assert sorted(results) == [
        *["1 programs: 0 added, 0 changed"] * 3,
        "1 programs: 1 added, 0 changed",
    ]
    assert WorkoutPlan.objects.count() == User.objects.count() == 1


def test_a_second_load_reads_each_program_and_writes_none(folder):
    load()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        load()

    writes = [one["sql"] for one in queries if one["sql"].lstrip().startswith(("INS", "UPD"))]
    # Only the clock of the house, under which nobody else loads meanwhile.
    assert [sql.split()[2] for sql in writes] == ["users_syncclock"]


# --- The house -----------------------------------------------------------------------------------


def test_programs_are_shown_to_everybody_with_their_author(folder, api: APIClient):
    load()

    [listed] = api.get(PLANS, {"public": "true"}).json()["results"]
    shown = api.get(f"{PLANS}{listed['id']}/").json()

    author = {"username": HOUSE_NAME, "display_name": "Numeneon"}
    assert (listed["name"], listed["author"]) == ("Small program", author)
    assert (shown["name"], shown["author"]) == ("Small program", author)
    assert api.get(PLANS).json()["results"] == []


def test_programs_cannot_be_changed_by_whoever_sees_them(folder, api: APIClient):
    load()
    before = stored()
    url = f"{PLANS}{WorkoutPlan.objects.get().pk}/"

    answers = [api.patch(url, {"name": "Mine"}), api.delete(url), api.put(url, SMALL)]

    assert {answer.status_code for answer in answers} <= {400, 404}
    assert answers[0].status_code == answers[1].status_code == 404
    assert stored() == before


@pytest.mark.parametrize("password", ["", "None", PASSWORD, "!", "numeneon"])
@pytest.mark.parametrize("name", ["username", "email"])
def test_nobody_logs_in_as_the_house(db, password, name):
    house = house_account()

    response = APIClient().post(
        f"{ACCOUNTS}/auth/login", {name: getattr(house, name), "password": password}
    )

    assert response.status_code == 400
    assert "session_token" not in response.content.decode()
    assert house.has_usable_password() is False
    assert house.is_active is False


def test_even_with_a_password_the_house_is_shut(db):
    house = house_account()
    house.set_password(PASSWORD)
    house.save()

    response = APIClient().post(
        f"{ACCOUNTS}/auth/login", {"username": HOUSE_NAME, "password": PASSWORD}
    )

    assert response.status_code != 200
    assert "session_token" not in response.content.decode()


@pytest.mark.parametrize("name", ["numeneon-library", "Numeneon-Library", "numeneon"])
def test_its_name_cannot_be_taken_by_sign_up(db, name):
    body = {"email": "zoe@example.com", "username": name, "password": PASSWORD}

    response = APIClient().post(f"{ACCOUNTS}/auth/signup", body)

    assert response.status_code == 400
    assert [error["param"] for error in response.json()["errors"]] == ["username"]
    assert not User.objects.exists()


@pytest.mark.parametrize("text", [HOUSE_NAME, "numeneon", "Numeneon", "numeneon-librar"])
def test_the_house_is_not_found_among_people(api: APIClient, text):
    house_account()
    UserFactory(username="numeneon-fan")

    found = api.get(PEOPLE, {"q": text}).json()["results"]

    assert [person["username"] for person in found] == ["numeneon-fan"]
    assert api.get(f"{PEOPLE}{HOUSE_ID}/").status_code == 404


def test_a_person_who_had_its_name_before_keeps_it(folder, api: APIClient):
    person = UserFactory(username=HOUSE_NAME)

    lines = load()

    assert lines == ["1 programs: 1 added, 0 changed"]
    house = User.objects.get(pk=HOUSE_ID)
    assert house.username.startswith(f"{HOUSE_NAME}-")
    assert WorkoutPlan.objects.get().user == house
    person.refresh_from_db()
    assert (person.username, person.is_active) == (HOUSE_NAME, True)
    [listed] = api.get(PLANS, {"public": "true"}).json()["results"]
    assert listed["author"]["display_name"] == "Numeneon"


def test_a_person_without_an_address_does_not_stand_in_its_way(db):
    UserFactory(username="admin", email="", verified=False)

    house = house_account()

    assert (house.pk, house.email) == (HOUSE_ID, "numeneon-library@house.invalid")


def test_the_house_is_made_once(db):
    first, second = house_account(), house_account()

    assert first == second
    assert UserProfile.objects.get().display_name == "Numeneon"
