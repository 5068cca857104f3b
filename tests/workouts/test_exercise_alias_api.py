"""What names in other apps' files mean, over HTTP."""

import pytest

from tests.factories.transfers import (
    BenchFactory,
    ExerciseAliasFactory,
    a_row,
    a_strong_file,
    imported,
)
from tests.factories.workouts import CustomExerciseFactory, ExerciseFactory
from tests.users.everything import use_a_folder_of_the_test
from workouts.models import Exercise, ExerciseAlias, WorkoutSet

URL = "/api/v1/exercise-aliases/"
IMPORTS = "/api/v1/workout-imports/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.fixture
def bench(db) -> Exercise:
    return BenchFactory()


def errors_of(response) -> list[tuple[str, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


def test_a_correction_is_made_read_changed_and_deleted(api, ana, bench):
    row = ExerciseFactory(name="Row")
    made = api.post(URL, {"name": "  My   LIFT ", "exercise": str(bench.pk)})
    url = f"{URL}{made.json()['id']}/"

    changed = api.patch(url, {"exercise": str(row.pk)})
    shown = api.get(url)
    listed = api.get(URL).json()["results"]
    deleted = api.delete(url)

    assert (made.status_code, made.json()["name"]) == (201, "my lift")
    assert changed.json()["exercise"] == str(row.pk)
    assert listed == [shown.json()]
    assert deleted.status_code == 204
    assert not ExerciseAlias.objects.exists()


def test_later_imports_go_by_it(api, ana, bench):
    row = ExerciseFactory(name="Row")
    api.post(URL, {"name": "bench press (barbell)", "exercise": str(row.pk)})

    imported(ana, a_strong_file(a_row()))

    assert WorkoutSet.objects.get().exercise == row


def test_the_list_is_by_name(api, ana, ben, bench, django_assert_num_queries):
    for name in ("b", "c", "a"):
        ExerciseAliasFactory(user=ana, name=name)
    ExerciseAliasFactory(user=ben)

    with django_assert_num_queries(2):
        response = api.get(URL)

    assert [row["name"] for row in response.json()["results"]] == ["a", "b", "c"]


def test_a_name_means_one_thing(api, ana, bench):
    ExerciseAliasFactory(user=ana, name="lift", exercise=bench)

    response = api.post(URL, {"name": "LIFT", "exercise": str(bench.pk)})

    assert response.status_code == 409
    assert response.json()["errors"][0]["detail"] == "This name is mapped already."
    assert ExerciseAlias.objects.count() == 1


def test_it_means_an_exercise_that_the_person_sees(api, ben, bench):
    bens = CustomExerciseFactory(created_by=ben)

    answers = [
        api.post(URL, {"name": "lift", "exercise": str(bens.pk)}),
        api.post(URL, {"name": "  ", "exercise": str(bench.pk)}),
        api.post(URL, {"name": "x" * 101, "exercise": str(bench.pk)}),
    ]

    assert [errors_of(answer) for answer in answers] == [
        [("exercise", "does_not_exist")],
        [("name", "blank")],
        [("name", "max_length")],
    ]
    assert not ExerciseAlias.objects.exists()


@pytest.mark.parametrize(
    "name", ["\u200b", "\u200b \u2060", "\ufe0f", "\u00ad", "\u3164", "\u2800", "\u0301"]
)
def test_a_name_has_something_to_see(api, ana, bench, name):
    alias = ExerciseAliasFactory(user=ana, name="lift", exercise=bench)

    made = api.post(URL, {"name": name, "exercise": str(bench.pk)})
    changed = api.patch(f"{URL}{alias.pk}/", {"name": name})

    assert [made.status_code, changed.status_code] == [400, 400]
    assert errors_of(made) == errors_of(changed) == [("name", "blank")]
    assert list(ExerciseAlias.objects.values_list("name", flat=True)) == ["lift"]


def test_names_in_any_script_can_be_seen(api, ana, bench):
    names = ["жим", "ベンチ", "5", "🏋️", "+"]

    answers = [api.post(URL, {"name": name, "exercise": str(bench.pk)}) for name in names]

    assert [answer.status_code for answer in answers] == [201] * 5


def test_a_stranger_finds_none_of_it(bens_api, ana, bench):
    alias = ExerciseAliasFactory(user=ana, name="lift", exercise=bench)
    url = f"{URL}{alias.pk}/"

    answers = [bens_api.get(url), bens_api.patch(url, {"name": "x"}), bens_api.delete(url)]

    assert [answer.status_code for answer in answers] == [404] * 3
    alias.refresh_from_db()
    assert alias.name == "lift"


def test_the_change_feed_shows_imports_and_aliases(api, ana, bench):
    job = imported(ana, a_strong_file(a_row()))
    alias = ExerciseAliasFactory(user=ana, exercise=bench)

    changes = api.get("/api/v1/sync/").json()["results"]

    shown = {row["id"]: row["data"] for row in changes}
    assert shown[str(job.pk)] == api.get(f"{IMPORTS}{job.pk}/").json()
    assert shown[str(alias.pk)] == api.get(f"{URL}{alias.pk}/").json()
