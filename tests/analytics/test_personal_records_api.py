"""Personal records over HTTP."""

import pytest

from tests.analytics.lifted import ago
from tests.factories.analytics import DAY, PersonalRecordFactory
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/personal-records/"


def errors(response):
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


def ids(response):
    return [row["id"] for row in response.json()["results"]]


def test_the_list_is_of_the_latest_first(api, ana, django_assert_num_queries):
    bench = ExerciseFactory(name="Bench Press")
    old = PersonalRecordFactory(user=ana, exercise=bench, date=ago(9), is_standing=False)
    new = PersonalRecordFactory(user=ana, exercise=bench, value=102.5, previous=100.0)

    with django_assert_num_queries(2):  # the token and the page
        response = api.get(URL)

    assert ids(response) == [str(new.pk), str(old.pk)]
    shown = response.json()["results"][0]
    provenance = shown.pop("provenance")
    assert shown | {"created_at": 0, "updated_at": 0} == {
        "id": str(new.pk),
        "exercise_id": str(bench.pk),
        "exercise_name": "Bench Press",
        "kind": "weight",
        "at": None,
        "value": 102.5,
        "unit": "kg",
        "previous": 100.0,
        "is_first": False,
        "date": "2026-03-02",
        "set_id": str(new.set_id),
        "workout_id": str(new.workout_id),
        "reps": 5,
        "load_kg": 100.0,
        "is_estimate": False,
        "is_standing": True,
        "created_at": 0,
        "updated_at": 0,
    }
    assert (provenance["formula"]["id"], provenance["formula"]["version"]) == (
        "personal_record",
        1,
    )
    assert (provenance["window"], provenance["caveats"]) == (None, [])


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"kind": "one_rm"}, ["one_rm"]),
        ({"standing": "false"}, ["reps"]),
        ({"standing": "true"}, ["one_rm", "weight"]),
        ({"date_after": "2026-03-01"}, ["one_rm", "reps"]),
        ({"date_before": "2026-03-01"}, ["reps", "weight"]),
        ({"date_after": "2026-03-01", "date_before": "2026-03-01"}, ["reps"]),
    ],
)
def test_it_narrows(api, ana, narrowed, expected):
    PersonalRecordFactory(user=ana, kind="one_rm")
    PersonalRecordFactory(user=ana, kind="reps", at=100.0, date=ago(1), is_standing=False)
    PersonalRecordFactory(user=ana, kind="weight", date=ago(2))

    rows = api.get(URL, narrowed).json()["results"]

    assert [row["kind"] for row in rows] == expected


def test_it_narrows_to_an_exercise(api, ana):
    bench = PersonalRecordFactory(user=ana)
    PersonalRecordFactory(user=ana)

    assert ids(api.get(URL, {"exercise": str(bench.exercise_id)})) == [str(bench.pk)]


@pytest.mark.parametrize(
    ("narrowed", "field"),
    [
        ({"kind": "strongest"}, "kind"),
        ({"standing": "maybe"}, "standing"),
        ({"exercise": "bench"}, "exercise"),
        ({"date_after": "yesterday"}, "date_after"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(api, narrowed, field):
    response = api.get(URL, narrowed)

    assert response.status_code == 400
    assert [attr for _, attr in errors(response)] == [field]


def test_pages_follow_each_other_both_ways(api, ana):
    expected = [str(PersonalRecordFactory(user=ana, date=ago(n // 2)).pk) for n in range(5)]

    first = api.get(URL, {"page_size": 2})
    second = api.get(first.json()["next"])
    third = api.get(second.json()["next"])

    assert sorted(ids(first) + ids(second) + ids(third)) == sorted(expected)
    assert third.json()["next"] is None
    assert ids(api.get(third.json()["previous"])) == ids(second)


def test_a_record_says_against_which_sets_it_stands(api, ana, django_assert_num_queries):
    exercise = ExerciseFactory()
    for days in (9, 5, 0, -1):
        workout = WorkoutFactory(user=ana, date=ago(days))
        WorkoutSetFactory(workout=workout, exercise=exercise)
        WorkoutSetFactory(workout=workout, exercise=exercise, set_type="warm_up", set_number=2)
        WorkoutSetFactory(workout=workout)
    record = PersonalRecordFactory(user=ana, exercise=exercise, previous=97.5)

    with django_assert_num_queries(2):  # the token, and everything
        answer = api.get(f"{URL}{record.pk}/", {"explain": "1"}).json()

    assert answer["provenance"]["window"] == {
        "first": "2026-02-21",
        "last": "2026-03-02",
        "count": 3,
    }
    assert answer["provenance"]["explanation"] == [
        "Personal record.",
        "Looked at 2026-02-21 to 2026-03-02.",
        "weight: 100 kg on 2026-03-02.",
        "The best before it was 97.5 kg.",
    ]


def test_an_estimated_record_explains_its_estimate(api, ana):
    workout = WorkoutFactory(user=ana, date=DAY)
    done = WorkoutSetFactory(workout=workout, weight=100.0, reps=4, rpe=9.0)
    record = PersonalRecordFactory(
        user=ana,
        exercise=done.exercise,
        kind="one_rm",
        value=116.58,
        set_id=done.pk,
        workout_id=workout.pk,
        reps=4,
        is_estimate=True,
    )

    answer = api.get(f"{URL}{record.pk}/", {"explain": "1"}).json()

    explanation = answer["provenance"]["explanation"]
    assert answer["provenance"]["caveats"] == ["The maximum is an estimate, not a lift."]
    assert "one rm: 116.58 kg on 2026-03-02, the first of its kind." in explanation
    assert "The set: 4 × 100 kg, 1 left in reserve." in explanation
    assert "It counts as 5 repetitions to failure." in explanation
    assert "explanation" not in api.get(f"{URL}{record.pk}/").json()["provenance"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            {"kind": "reps", "at": 80.0, "value": 12.0, "previous": 10.0},
            "reps with 80 kg or more: 12 repetitions on 2026-03-02.",
        ),
        (
            {"kind": "pace", "at": 5.0, "value": 1500.0, "is_estimate": True},
            "pace over 5 km: 1500 s on 2026-03-02, the first of its kind.",
        ),
    ],
)
def test_records_at_a_load_or_a_distance_name_it(api, ana, content, sentence):
    record = PersonalRecordFactory(user=ana, **content)

    answer = api.get(f"{URL}{record.pk}/", {"explain": "1"}).json()

    assert answer["at"] == content["at"]
    assert sentence in answer["provenance"]["explanation"]


def test_a_record_whose_set_is_gone_is_still_shown(api, ana):
    record = PersonalRecordFactory(user=ana, kind="one_rm", is_estimate=True)

    answer = api.get(f"{URL}{record.pk}/", {"explain": "1"})

    assert answer.status_code == 200
    assert answer.json()["provenance"]["window"] == {"first": None, "last": None, "count": 0}


def test_another_persons_record_does_not_exist(bens_api, anonymous, ana):
    record = PersonalRecordFactory(user=ana)

    assert bens_api.get(f"{URL}{record.pk}/").status_code == 404
    assert bens_api.get(URL).json()["results"] == []
    assert anonymous.get(URL).status_code == 401
    assert anonymous.get(f"{URL}{record.pk}/").status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_a_record(api, ana, method):
    record = PersonalRecordFactory(user=ana)

    response = getattr(api, method)(f"{URL}{record.pk}/", {"value": 1})

    assert response.status_code == 405
    record.refresh_from_db()
    assert record.value == 100.0
