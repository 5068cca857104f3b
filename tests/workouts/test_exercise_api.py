"""The catalogue, and exercises of one's own."""

import pytest

from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from users.ids import uuid7
from workouts.models import CardioExercise, Equipment, Exercise, ExerciseMuscle, StrengthExercise

URL = "/api/v1/exercises/"
pytestmark = pytest.mark.django_db


def detail(exercise) -> str:
    return f"{URL}{exercise.pk}/"


def names(response) -> list[str]:
    return [row["name"] for row in response.json()["results"]]


@pytest.fixture
def catalogue(db) -> dict[str, Exercise]:
    bench = ExerciseFactory(name="Barbell Bench Press", difficulty_level=2)
    ExerciseMuscle.objects.create(exercise=bench, muscle_id="chest", role="primary", share=1)
    ExerciseMuscle.objects.create(exercise=bench, muscle_id="triceps", role="secondary", share=0.5)
    bench.equipment.set(Equipment.objects.filter(pk__in=["barbell", "bench"]))
    return {
        "bench": bench,
        "incline": ExerciseFactory(name="Incline Bench Press", variation_of=bench),
        "pause": ExerciseFactory(name="Bench", difficulty_level=4),
        "run": ExerciseFactory(name="Running", muscle_group="cardio", is_cardio=True),
    }


def test_the_catalogue_comes_by_name(api, catalogue):
    assert names(api.get(URL)) == [
        "Barbell Bench Press",
        "Bench",
        "Incline Bench Press",
        "Running",
    ]


def test_a_search_puts_the_best_matches_first(api, catalogue):
    assert names(api.get(f"{URL}?q=bench"))[0] == "Bench"
    assert set(names(api.get(f"{URL}?q=bench"))) == {
        "Bench",
        "Barbell Bench Press",
        "Incline Bench Press",
    }


@pytest.mark.parametrize("q", ["press incline", "INCLINE", "inclin bnch press", "Incline Bench"])
def test_words_in_any_order_and_small_misspellings_are_found(api, catalogue, q):
    assert "Incline Bench Press" in names(api.get(f"{URL}?q={q}"))


def test_a_percent_sign_is_a_letter_like_others(api, catalogue):
    assert names(api.get(f"{URL}?q=%25")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("muscle=triceps", {"Barbell Bench Press"}),
        ("equipment=barbell", {"Barbell Bench Press"}),
        ("is_cardio=true", {"Running"}),
        ("muscle_group=cardio", {"Running"}),
        ("difficulty_min=2&difficulty_max=3", {"Barbell Bench Press"}),
        ("is_custom=true", set()),
        ("q=bench&difficulty_min=4", {"Bench"}),
    ],
)
def test_filters_narrow_the_catalogue(api, catalogue, query, found):
    assert set(names(api.get(f"{URL}?{query}"))) == found


def test_variations_are_found_by_what_they_vary(api, catalogue):
    assert names(api.get(f"{URL}?variation_of={catalogue['bench'].pk}")) == ["Incline Bench Press"]


@pytest.mark.parametrize(
    "query", ["muscle_group=x", "difficulty_min=9", "is_cardio=maybe", "q=%00", "variation_of=1"]
)
def test_a_bad_filter_is_named(api, query):
    response = api.get(f"{URL}?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == query.partition("=")[0]


@pytest.mark.parametrize("query", ["", "&q=bench"])
@pytest.mark.parametrize("page_size", [1, 2, 3])
def test_pages_hold_every_exercise_once_both_ways(api, catalogue, query, page_size):
    whole = names(api.get(f"{URL}?page_size=100{query}"))

    forwards, url = [], f"{URL}?page_size={page_size}{query}"
    while url:
        last = api.get(url).json()
        forwards += [row["name"] for row in last["results"]]
        url = last["next"]
    backwards = [row["name"] for row in last["results"]]
    while last["previous"]:
        last = api.get(last["previous"]).json()
        backwards = [row["name"] for row in last["results"]] + backwards

    assert forwards == backwards == whole


def test_an_exercise_shows_its_muscles_and_equipment(api, catalogue):
    answer = api.get(detail(catalogue["bench"])).json()

    assert answer["muscles"] == [
        {"muscle": "chest", "role": "primary", "share": 1.0},
        {"muscle": "triceps", "role": "secondary", "share": 0.5},
    ]
    assert answer["equipment"] == ["barbell", "bench"]


@pytest.mark.parametrize("query", ["", "?q=bench"])
def test_the_list_costs_two_queries(api, catalogue, query, django_assert_num_queries):
    with django_assert_num_queries(2):  # whose token, the page
        api.get(URL + query)


def test_a_custom_exercise_is_made_with_muscles_and_equipment(api, ana):
    body = {
        "name": "Odd lift",
        "muscle_group": "back",
        "muscles": [{"muscle": "lats", "role": "primary", "share": 1}],
        "equipment": ["cable", "bands", "cable"],
        "difficulty_level": 3,
    }

    response = api.post(URL, body)

    assert response.status_code == 201
    answer = response.json()
    assert (answer["is_custom"], answer["slug"], answer["equipment"]) == (
        True,
        None,
        ["bands", "cable"],
    )
    assert Exercise.objects.get().created_by == ana


def test_the_same_id_twice_makes_one_exercise(api):
    body = {"id": str(uuid7()), "name": "Odd lift", "muscle_group": "back"}

    first, second = api.post(URL, body), api.post(URL, body)

    assert (first.status_code, second.status_code) == (201, 200)
    assert Exercise.objects.count() == 1


def test_a_custom_exercise_is_its_creators_alone(api, bens_api, ana):
    secret = CustomExerciseFactory(created_by=ana, name="Secret lift")

    assert names(api.get(f"{URL}?q=secret")) == ["Secret lift"]
    assert names(bens_api.get(f"{URL}?q=secret")) == []
    assert names(bens_api.get(f"{URL}?is_custom=true")) == []
    assert bens_api.get(detail(secret)).status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_the_catalogue_is_not_a_persons_to_change(api, catalogue, method):
    body = {"name": "Mine", "muscle_group": "back"}

    response = getattr(api, method)(detail(catalogue["bench"]), body)

    assert response.status_code == 404
    assert Exercise.objects.get(pk=catalogue["bench"].pk).name == "Barbell Bench Press"


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"name": ""}, "name"),
        ({"muscle_group": "tail"}, "muscle_group"),
        ({"difficulty_level": 6}, "difficulty_level"),
        ({"met": 0.5}, "met"),
        ({"met": "nan"}, "met"),
        ({"equipment": ["spoon"]}, "equipment"),
        ({"muscles": [{"muscle": "tail", "role": "primary", "share": 1}]}, "muscles"),
        ({"muscles": [{"muscle": "lats", "role": "x", "share": 1}]}, "muscles.0.role"),
        ({"muscles": [{"muscle": "lats", "role": "primary", "share": 2}]}, "muscles.0.share"),
        ({"video_url": "javascript:alert(1)"}, "video_url"),
        ({"variation_of": str(uuid7())}, "variation_of"),
    ],
)
def test_what_is_wrong_with_an_exercise_is_named(api, change, attr):
    response = api.post(URL, {"name": "Odd lift", "muscle_group": "back", **change})

    assert response.status_code == 400
    assert attr in {error["attr"] for error in response.json()["errors"]}
    assert Exercise.objects.count() == 0


def test_a_persons_own_names_are_unique_but_may_repeat_the_catalogues(api, catalogue):
    body = {"name": "bench", "muscle_group": "chest"}

    first, second = api.post(URL, body), api.post(URL, {**body, "name": "BENCH"})

    assert (first.status_code, second.status_code) == (201, 409)


def test_anothers_exercise_cannot_be_varied(api, ben):
    secret = CustomExerciseFactory(created_by=ben)
    body = {"name": "Mine", "muscle_group": "back", "variation_of": str(secret.pk)}

    response = api.post(URL, body)

    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, "variation_of")


def test_anothers_exercise_is_refused_like_one_that_does_not_exist(api, ben):
    body = {"name": "Mine", "muscle_group": "back"}
    secret, nowhere = CustomExerciseFactory(created_by=ben).pk, uuid7()

    answers = [api.post(URL, {**body, "variation_of": str(pk)}) for pk in (secret, nowhere)]

    details = [
        answer.content.decode().replace(str(pk), "…")
        for answer, pk in zip(answers, (secret, nowhere), strict=True)
    ]
    assert details[0] == details[1]


def test_variations_do_not_go_in_circles(api, ana):
    first, second = (CustomExerciseFactory(created_by=ana) for _ in range(2))
    api.patch(detail(second), {"variation_of": str(first.pk)})

    itself = api.patch(detail(first), {"variation_of": str(first.pk)})
    circle = api.patch(detail(first), {"variation_of": str(second.pk)})

    for response in (itself, circle):
        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "cycle")
    first.refresh_from_db()
    assert first.variation_of is None


def test_put_makes_empty_what_is_left_out(api, ana):
    mine = CustomExerciseFactory(created_by=ana, description="Old", met=5, difficulty_level=4)
    api.patch(detail(mine), {"equipment": ["rings"], "is_cardio": True})

    answer = api.put(detail(mine), {"name": "New", "muscle_group": "back"}).json()

    assert [answer[n] for n in ("description", "met", "equipment", "is_cardio")] == [
        "",
        None,
        [],
        False,
    ]
    assert answer["difficulty_level"] == 1


def test_an_exercise_in_use_cannot_be_deleted(api, ana):
    mine = CustomExerciseFactory(created_by=ana)
    WorkoutSetFactory(workout=WorkoutFactory(user=ana), exercise=mine)

    response = api.delete(detail(mine))

    assert (response.status_code, response.json()["errors"][0]["code"]) == (409, "in_use")
    assert Exercise.objects.filter(pk=mine.pk).exists()


def test_an_exercise_is_changed_and_deleted(api, ana):
    mine = CustomExerciseFactory(created_by=ana)

    changed = api.patch(detail(mine), {"name": "Renamed", "equipment": ["rings"]})
    deleted = api.delete(detail(mine))

    assert (changed.json()["name"], changed.json()["equipment"]) == ("Renamed", ["rings"])
    assert (deleted.status_code, Exercise.objects.count()) == (204, 0)


def test_proxies_part_the_catalogue(catalogue):
    assert [row.name for row in CardioExercise.objects.all()] == ["Running"]
    assert StrengthExercise.objects.count() == 3
