"""Pictures of a person's numbers over HTTP: whose they are, when they change, what they show."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.cache.backends.redis import RedisCache
from pytest_django import DjangoAssertNumQueries
from redis.exceptions import ConnectionError as RedisIsAway
from rest_framework.test import APIClient

from analytics.selectors import charts
from tests.factories.analytics import (
    BodyGoalFactory,
    BodyMetricFactory,
    NutritionSummaryFactory,
    PersonalRecordFactory,
    StrengthProgressFactory,
    TrainingDayFactory,
    WorkoutAnalysisFactory,
)
from tests.factories.workouts import CustomExerciseFactory, ExerciseFactory
from users.models import User, UserProfile
from users.ownership import advance_clock
from workouts.models import Exercise, Muscle

pytestmark = pytest.mark.django_db

API = "/api/v1/"
MONDAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
OF_THE_PERSON = {
    "weight": f"{API}body-metrics/trend/chart.svg",
    "muscles": f"{API}workout-analyses/chart.svg",
    "calories": f"{API}nutrition-summaries/chart.svg",
    "load": f"{API}training-load/chart.svg",
}
EACH = pytest.mark.parametrize("url", OF_THE_PERSON.values(), ids=OF_THE_PERSON)


@pytest.fixture(autouse=True)
def _on_monday_at_noon(api, bens_api):
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def squat() -> Exercise:
    return ExerciseFactory(name="Squat")


def of_exercise(exercise: Exercise) -> str:
    return f"{API}strength/{exercise.pk}/progress/chart.svg"


def ago(days: int) -> dt.date:
    return MONDAY - dt.timedelta(days=days)


def said(response: Any) -> str:
    """The sentence below the headline."""
    return response.content.decode().partition('<desc id="chart-says">')[2].partition("<")[0]


def shown(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def drawings(monkeypatch) -> list[str]:
    """Which charts were drawn."""
    drawn, names = charts.drawn, []

    def counted(asked, *, today):
        names.append(asked.chart)
        return drawn(asked, today=today)

    monkeypatch.setattr(charts, "drawn", counted)
    return names


# --- What holds for all of them --------------------------------------------------------------


@EACH
def test_a_chart_is_an_svg_that_the_own_device_may_keep(api: APIClient, url: str):
    response = api.get(url)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.content.startswith(b"<svg ")


@EACH
def test_who_has_it_is_told_that_it_is_still_true(api: APIClient, url: str, drawings):
    etag = api.get(url).headers["ETag"]

    again = api.get(url, HTTP_IF_NONE_MATCH=etag)

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == etag
    assert len(drawings) == 1


@EACH
def test_it_is_drawn_once_for_a_state_of_the_diaries(api: APIClient, url: str, drawings):
    first = api.get(url)
    again = api.get(url)

    assert again.content == first.content
    assert len(drawings) == 1


@EACH
def test_a_write_of_the_person_makes_it_new(api: APIClient, ana: User, url: str, drawings):
    etag = api.get(url).headers["ETag"]
    advance_clock(ana.pk)

    again = api.get(url, HTTP_IF_NONE_MATCH=etag)

    assert again.status_code == 200
    assert again.headers["ETag"] != etag
    assert len(drawings) == 2


@EACH
def test_a_write_of_somebody_else_does_not(api: APIClient, ben: User, url: str):
    etag = api.get(url).headers["ETag"]
    advance_clock(ben.pk)

    assert api.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304


@EACH
def test_the_next_day_of_the_person_makes_it_new(api: APIClient, ana: User, url: str):
    UserProfile.objects.filter(user=ana).update(timezone="Asia/Tokyo")
    etag = api.get(url).headers["ETag"]

    with time_machine.travel(NOON + dt.timedelta(hours=3), tick=False):
        again = api.get(url, HTTP_IF_NONE_MATCH=etag)

    assert again.status_code == 200


@EACH
def test_each_look_and_range_is_a_picture_of_its_own(api: APIClient, url: str):
    queries = ["", "?theme=dark", "?theme=light", "?width=wide", "?days=7"]

    etags = {api.get(url + query).headers["ETag"] for query in queries}

    assert len(etags) == 5


@EACH
def test_two_people_have_two_pictures(api: APIClient, bens_api: APIClient, url: str):
    assert api.get(url).headers["ETag"] != bens_api.get(url).headers["ETag"]


@EACH
@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("days=0", "days"),
        ("days=1827", "days"),
        ("days=x", "days"),
        ("theme=pink", "theme"),
        ("width=watch", "width"),
    ],
)
def test_what_is_not_understood_is_named(api: APIClient, url: str, query: str, attr: str):
    response = api.get(f"{url}?{query}")

    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == [attr]


@EACH
def test_a_chart_is_for_who_is_signed_in(anonymous: APIClient, url: str):
    assert anonymous.get(url).status_code == 401


def test_without_redis_it_is_drawn_again(api: APIClient, monkeypatch, drawings):
    def away(*args: object, **kwargs: object) -> None:
        raise RedisIsAway

    monkeypatch.setattr(RedisCache, "get", away)
    monkeypatch.setattr(RedisCache, "set", away)

    answers = [api.get(OF_THE_PERSON["weight"]).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert drawings == ["weight", "weight"]


@pytest.mark.parametrize(
    ("chart", "queries"), [("weight", 2), ("muscles", 2), ("calories", 1), ("load", 1)]
)
def test_a_chart_costs_a_few_queries_and_a_kept_one_two(
    api: APIClient, chart: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
):
    # The token, and the state of the diaries.
    with django_assert_num_queries(2 + queries):
        api.get(OF_THE_PERSON[chart])
    with django_assert_num_queries(2):
        api.get(OF_THE_PERSON[chart])


# --- Weight ----------------------------------------------------------------------------------


def test_the_weight_has_its_trend_and_the_goal_of_the_person(api: APIClient, ana: User):
    BodyMetricFactory(user=ana, date=ago(8), weight=81.0)
    BodyMetricFactory(user=ana, date=ago(1), weight=80.0)
    BodyGoalFactory(user=ana, measure="weight", target_value=78)

    response = api.get(OF_THE_PERSON["weight"])

    assert said(response) == "The trend is at 80.5 kg on Mar 1."
    assert "Goal, 78 kg" in shown(response)


def test_weigh_ins_of_others_are_not_in_it(api: APIClient, ben: User):
    BodyMetricFactory(user=ben, date=ago(1), weight=80.0)

    assert "No weigh-in in this time." in shown(api.get(OF_THE_PERSON["weight"]))


# --- Strength --------------------------------------------------------------------------------


def test_strength_shows_days_within_the_range_and_the_best_known_before(
    api: APIClient, ana: User, squat: Exercise
):
    StrengthProgressFactory(user=ana, exercise=squat, date=ago(100), one_rep_max=150.0)
    StrengthProgressFactory(user=ana, exercise=squat, date=ago(90), one_rep_max=120.0)
    StrengthProgressFactory(user=ana, exercise=squat, date=ago(2), one_rep_max=116.18)
    PersonalRecordFactory(user=ana, exercise=squat, kind="one_rm", value=150.0, date=ago(100))

    response = api.get(of_exercise(squat))

    assert said(response) == "2 days with sets; best 120 kg on Dec 2, 2025."
    assert "Best known" in shown(response)


def test_a_day_without_a_maximum_is_shown_by_its_volume(
    api: APIClient, ana: User, squat: Exercise
):
    StrengthProgressFactory(
        user=ana,
        exercise=squat,
        date=ago(1),
        one_rep_max=0,
        one_rep_max_low_kg=None,
        one_rep_max_high_kg=None,
        validity="no_answer",
    )

    response = api.get(of_exercise(squat))

    assert said(response) == "1 day with sets; none speaks for a maximum."


def test_an_exercise_that_was_never_trained_says_so(api: APIClient, squat: Exercise):
    assert "There was no set in this time." in shown(api.get(of_exercise(squat)))


def test_the_exercise_of_somebody_else_is_a_404(api: APIClient, ben: User):
    bens = CustomExerciseFactory(created_by=ben, name="Odd lift")

    response = api.get(of_exercise(bens))

    assert response.status_code == 404
    assert "Odd lift" not in shown(response)


def test_strength_costs_three_queries(
    api: APIClient,
    ana: User,
    squat: Exercise,
    django_assert_num_queries: DjangoAssertNumQueries,
):
    for number in range(5):
        StrengthProgressFactory(user=ana, exercise=squat, date=ago(number))

    # The token, the state of the diaries, and: the exercise, its days, its records.
    with django_assert_num_queries(5):
        api.get(of_exercise(squat))


# --- Muscles ---------------------------------------------------------------------------------


def test_muscles_have_a_column_for_every_week_also_those_without_training(
    api: APIClient, ana: User
):
    Muscle.objects.filter(slug="chest").update(mv=8, mev=10, mav_low=12, mav_high=20, mrv=22)
    WorkoutAnalysisFactory(
        user=ana, start_date=ago(21), hard_sets=12, muscle_sets={"chest": 12.0, "triceps": 6.0}
    )
    WorkoutAnalysisFactory(user=ana, start_date=MONDAY, hard_sets=3, muscle_sets={"chest": 3.0})

    response = api.get(OF_THE_PERSON["muscles"], {"width": "wide"})

    # 12 sets in the first of three weeks that are over.
    assert said(response).startswith("4 hard sets a week on average;")
    assert all(f">{name}<" in shown(response) for name in ("Feb 9", "Feb 16", "Feb 23", "so far"))


def test_months_are_no_weeks(api: APIClient, ana: User):
    WorkoutAnalysisFactory(
        user=ana, period="month", start_date=dt.date(2026, 2, 1), end_date=dt.date(2026, 2, 28)
    )

    assert "No muscle had a hard set" in shown(api.get(OF_THE_PERSON["muscles"]))


# --- Calories --------------------------------------------------------------------------------


def test_calories_are_those_of_days_with_food(api: APIClient, ana: User):
    NutritionSummaryFactory(user=ana, date=ago(2), calories=2400, calorie_target=2200)
    NutritionSummaryFactory(user=ana, date=ago(1), calories=900, is_complete=False)
    NutritionSummaryFactory(user=ana, date=MONDAY, calories=0, meal_count=0, water=500)

    response = api.get(OF_THE_PERSON["calories"])

    assert said(response) == "2,400 kcal a day on 1 complete day, 200 above goal."
    assert "Not all logged" in shown(response)


# --- Load ------------------------------------------------------------------------------------


def test_load_tells_lifting_from_cardio(api: APIClient, ana: User):
    TrainingDayFactory(user=ana, date=ago(1), lifting_load=420.0, cardio_load=0.0)
    TrainingDayFactory(user=ana, date=MONDAY, lifting_load=0.0, cardio_load=210.0)

    response = api.get(OF_THE_PERSON["load"])

    # Both loads, 420 and 210, with the shares 1 − e^(−1/42) and 1 − e^(−1/7).
    assert said(response) == (
        "Fitness 15, fatigue 76; form −46 from yesterday. They settle after 42 days."
    )
    assert ">Cardio<" in shown(response)


@pytest.mark.parametrize(("days", "times"), [(41, 1), (42, 0)])
def test_load_settles_with_the_days_since_the_first(
    api: APIClient, ana: User, days: int, times: int
):
    TrainingDayFactory(user=ana, date=ago(days - 1), lifting_load=420.0)
    TrainingDayFactory(user=ana, date=MONDAY, lifting_load=420.0)

    response = api.get(OF_THE_PERSON["load"])

    assert said(response).count("They settle after 42 days.") == times
