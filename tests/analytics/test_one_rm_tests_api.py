"""Tested maxima over HTTP."""

import datetime as dt

import pytest
from django.utils import timezone

from analytics.api.strength import (
    represent_one_rm_tests,
    represent_personal_records,
    represent_strength_progress,
)
from analytics.models import OneRmTest
from tests.factories.analytics import (
    OneRmTestFactory,
    PersonalRecordFactory,
    StrengthProgressFactory,
)
from tests.factories.workouts import CustomExerciseFactory, ExerciseFactory
from users.ids import uuid7
from users.models import SyncClock, Tombstone

pytestmark = pytest.mark.django_db

URL = "/api/v1/one-rm-tests/"


def errors(response):
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


@pytest.fixture
def body(db):
    exercise = ExerciseFactory()
    return {"exercise": str(exercise.pk), "date": "2026-03-02", "weight_kg": 120.0}


def test_a_test_is_noted(api, body):
    response = api.post(URL, {**body, "notes": "Third attempt."})

    assert response.status_code == 201
    test = OneRmTest.objects.get()
    assert response.json() | {"created_at": 0, "updated_at": 0} == {
        **body,
        "id": str(test.pk),
        "notes": "Third attempt.",
        "created_at": 0,
        "updated_at": 0,
    }
    assert (test.weight_kg, test.date) == (120.0, dt.date(2026, 3, 2))


def test_without_a_date_it_was_today_by_the_persons_clock(api, ana, body, monkeypatch):
    late = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: late)
    ana.profile.timezone = "Asia/Tokyo"
    ana.profile.save()
    del body["date"]

    assert api.post(URL, body).json()["date"] == "2026-03-03"


def test_the_same_test_is_stored_once(api, body):
    content = {**body, "id": str(uuid7())}

    answers = [api.post(URL, content) for _ in range(2)]
    other = api.post(URL, {**content, "weight_kg": 121.0})

    assert [answer.status_code for answer in answers] == [201, 200]
    assert (other.status_code, errors(other)) == (409, [("id_taken", None)])
    assert OneRmTest.objects.get().weight_kg == 120.0


def test_a_key_makes_it_safe_to_repeat(api, body):
    answers = [api.post(URL, body, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    other = api.post(URL, {**body, "weight_kg": 1.0}, headers={"Idempotency-Key": "one"})

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert other.status_code == 422
    assert OneRmTest.objects.get().weight_kg == 120.0


def test_an_exercise_is_tested_once_a_day(api, body):
    api.post(URL, body)

    response = api.post(URL, {**body, "weight_kg": 125.0})

    assert response.status_code == 409
    assert response.json()["errors"][0]["detail"] == (
        "This exercise was tested on that day already."
    )
    assert OneRmTest.objects.get().weight_kg == 120.0


def test_a_test_is_corrected_and_taken_back(api, ana):
    test = OneRmTestFactory(user=ana)
    url = f"{URL}{test.pk}/"

    changed = api.patch(url, {"weight_kg": 122.5, "date": "2026-03-01", "id": str(uuid7())})

    assert changed.status_code == 200
    assert changed.json() == api.get(url).json()
    assert (changed.json()["id"], changed.json()["weight_kg"]) == (str(test.pk), 122.5)
    assert api.delete(url).status_code == 204
    assert not OneRmTest.objects.exists()
    assert Tombstone.objects.get().resource == "analytics.onermtest"


def test_every_write_is_seen_by_the_change_feed(api, ana, body):
    created = api.post(URL, body).json()["id"]
    after_creation = OneRmTest.objects.get().revision

    api.patch(f"{URL}{created}/", {"weight_kg": 121.0})
    after_change = OneRmTest.objects.get().revision

    assert after_creation < after_change == SyncClock.objects.get(user=ana).revision


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"weight_kg": 0}, ("min_value", "weight_kg")),
        ({"weight_kg": 2000.5}, ("max_value", "weight_kg")),
        ({"weight_kg": "NaN"}, ("invalid", "weight_kg")),
        ({"weight_kg": None}, ("null", "weight_kg")),
        ({"date": "2026-W10-1"}, ("invalid", "date")),
        ({"date": "1969-12-31"}, ("out_of_range", "date")),
        ({"exercise": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"}, ("does_not_exist", "exercise")),
        ({"notes": "x" * 201}, ("max_length", "notes")),
    ],
)
def test_what_cannot_be_is_refused_by_name(api, body, content, expected):
    response = api.post(URL, {**body, **content})

    assert (response.status_code, errors(response)) == (400, [expected])
    assert not OneRmTest.objects.exists()


def test_a_run_has_no_one_repetition_maximum(api, body):
    run = ExerciseFactory(is_cardio=True, muscle_group="cardio")

    response = api.post(URL, {**body, "exercise": str(run.pk)})

    assert (response.status_code, errors(response)) == (400, [("cardio", "exercise")])
    assert not OneRmTest.objects.exists()


def test_an_exercise_of_another_person_does_not_exist(api, ben, body):
    exercise = CustomExerciseFactory(created_by=ben)

    response = api.post(URL, {**body, "exercise": str(exercise.pk)})

    assert (response.status_code, errors(response)) == (400, [("does_not_exist", "exercise")])
    assert not OneRmTest.objects.exists()


def test_the_list_is_of_the_latest_first_and_narrows(api, ana, django_assert_num_queries):
    bench = ExerciseFactory()
    late = OneRmTestFactory(user=ana, exercise=bench)
    early = OneRmTestFactory(user=ana, exercise=bench, date=dt.date(2026, 1, 5))
    other = OneRmTestFactory(user=ana, date=dt.date(2026, 2, 2))

    def listed(**narrowed):
        return [row["id"] for row in api.get(URL, narrowed).json()["results"]]

    with django_assert_num_queries(2):  # the token and the page
        everything = listed()

    assert everything == [str(late.pk), str(other.pk), str(early.pk)]
    assert listed(exercise=str(bench.pk)) == [str(late.pk), str(early.pk)]
    assert listed(date_after="2026-02-02") == [str(late.pk), str(other.pk)]
    assert listed(date_before="2026-02-02") == [str(other.pk), str(early.pk)]
    assert listed(updated_since="2199-01-01T00:00:00Z") == []


def test_another_persons_test_does_not_exist(bens_api, anonymous, ana):
    test = OneRmTestFactory(user=ana)
    url = f"{URL}{test.pk}/"

    answers = [bens_api.get(url), bens_api.patch(url, {"weight_kg": 1}), bens_api.delete(url)]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert bens_api.get(URL).json()["results"] == []
    assert anonymous.get(URL).status_code == 401
    assert OneRmTest.objects.get().weight_kg == 120.0


def test_the_change_feed_shows_them_as_the_api_does(api, ana):
    test = OneRmTestFactory(user=ana)
    record = PersonalRecordFactory(user=ana)
    day = StrengthProgressFactory(user=ana)
    strangers = OneRmTestFactory()

    tests = represent_one_rm_tests(ana.pk, [test.pk, strangers.pk])
    records = represent_personal_records(ana.pk, [record.pk])
    days = represent_strength_progress(ana.pk, [day.pk])

    assert tests == {test.pk: api.get(f"{URL}{test.pk}/").json()}
    assert records[record.pk]["value"] == 100.0
    assert (days[day.pk]["one_rep_max"], days[day.pk]["date"]) == (116.58, "2026-03-02")
