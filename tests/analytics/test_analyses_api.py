"""Weeks, months and ranges of training over HTTP."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries
from rest_framework.test import APIClient

from analytics.models import WorkoutAnalysis
from tests.analytics.periods import DAY, MONDAY, WEEK, follow, settle, the_week, train
from tests.factories.analytics import (
    PersonalRecordFactory,
    TrainingBreakFactory,
    TrainingDayFactory,
    WorkoutAnalysisFactory,
)
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory
from users.models import User

pytestmark = pytest.mark.django_db

URL = "/api/v1/workout-analyses/"
RANGE = f"{URL}range/"
SUMS = (
    "total_workouts",
    "total_volume",
    "total_duration",
    "total_sets",
    "total_reps",
    "hard_sets",
    "total_distance_km",
    "avg_intensity",
    "intensity_validity",
    "intensity_sets",
    "intensity_left_out",
    "consistency_score",
    "consistency_validity",
    "most_trained_muscle",
    "least_trained_muscle",
    "muscle_sets",
)


def lift(user: User) -> None:
    """Two heavy sets on Monday, of a lift whose maximum is known to be 100 kg."""
    squat = ExerciseFactory()
    workout = WorkoutFactory(user=user, date=MONDAY)
    for number, kg in ((1, 80), (2, 90)):
        WorkoutSetFactory(
            workout=workout, exercise=squat, set_number=number, position=number, weight=kg
        )
    TrainingDayFactory(
        user=user,
        date=MONDAY,
        hard_sets=2,
        muscle_sets={"quadriceps": 8, "hamstrings": 4, "chest": 12, "lats": 6, "neck": 1},
    )
    PersonalRecordFactory(user=user, exercise=squat, kind="one_rm", value=100, date=MONDAY)


def by_muscle(answer: Any) -> dict[str, dict[str, Any]]:
    return {row["muscle"]: row for row in answer.data["muscles"]}


def test_weeks_and_months_come_latest_first(api: APIClient, ana: User) -> None:
    train(ana, 1, 1)
    settle(ana, today=MONDAY + WEEK)

    answer = api.get(URL)

    shown = [(row["period"], str(row["start_date"])) for row in answer.data["results"]]
    assert shown == [("week", "2026-03-09"), ("week", "2026-03-02"), ("month", "2026-03-01")]


def test_the_list_is_narrowed_by_period_and_day(api: APIClient, ana: User) -> None:
    for number in range(4):
        WorkoutAnalysisFactory(user=ana, start_date=MONDAY + number * WEEK)
    WorkoutAnalysisFactory(
        user=ana, period="month", start_date=MONDAY + DAY, end_date=MONDAY + 31 * DAY
    )
    narrowed = {"period": "week", "date_after": "2026-03-09", "date_before": "2026-03-16"}

    answer = api.get(URL, narrowed)

    days = [str(row["start_date"]) for row in answer.data["results"]]
    assert days == ["2026-03-16", "2026-03-09"]


def test_pages_follow_each_other(api: APIClient, ana: User) -> None:
    for number in range(5):
        WorkoutAnalysisFactory(user=ana, start_date=MONDAY + number * WEEK)

    first = api.get(URL, {"page_size": 3})
    second = api.get(first.data["next"])

    days = [row["start_date"] for row in first.data["results"] + second.data["results"]]
    assert days == [MONDAY + number * WEEK for number in (4, 3, 2, 1, 0)]
    assert second.data["next"] is None


@pytest.mark.parametrize(
    ("name", "value"), [("period", "year"), ("date_after", "soon"), ("date_before", "2026-13-01")]
)
def test_a_bad_filter_is_named(api: APIClient, name: str, value: str) -> None:
    answer = api.get(URL, {name: value})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == name


def test_a_week_is_shown_against_landmarks_with_its_balance(api: APIClient, ana: User) -> None:
    lift(ana)
    settle(ana, today=MONDAY)

    answer = api.get(f"{URL}{the_week(ana).pk}/")

    muscles = by_muscle(answer)
    assert muscles["chest"]["sets_a_week"] == 12
    assert (muscles["chest"]["mev"], muscles["chest"]["mrv"]) == (10, 22)
    assert (muscles["chest"]["level"], muscles["lats"]["level"]) == ("growing", "below_mv")
    assert (muscles["calves"]["sets"], muscles["calves"]["level"]) == (0, "none")
    assert (muscles["neck"]["sets"], muscles["neck"]["level"]) == (1, None)
    assert answer.data["push_pull"]["ratio"] == 2
    assert answer.data["quads_hamstrings"]["ratio"] == 2
    assert answer.data["avg_intensity"] == pytest.approx(85)


def test_the_landmarks_of_two_weeks_are_twice_as_high(api: APIClient, ana: User) -> None:
    lift(ana)

    answer = api.get(RANGE, {"start_date": "2026-03-02", "end_date": "2026-03-15"})

    chest = by_muscle(answer)["chest"]
    assert (chest["sets"], chest["sets_a_week"]) == (12, 6)
    assert (chest["mv"], chest["mav_high"], chest["mrv"]) == (16, 40, 44)
    assert chest["level"] == "below_mv"


def test_a_range_of_a_week_says_what_its_row_says(api: APIClient, ana: User) -> None:
    lift(ana)
    train(ana, 0, 3, 2)
    today = timezone.now().date()
    settle(ana, today=today)
    row = the_week(ana)
    settle(ana, today=today, since=MONDAY)

    answer = api.get(RANGE, {"start_date": row.start_date, "end_date": row.end_date})
    stored = api.get(f"{URL}{row.pk}/")

    assert {name: answer.data[name] for name in SUMS} == {name: stored.data[name] for name in SUMS}
    assert answer.data["muscles"] == stored.data["muscles"]
    assert answer.data["provenance"] == stored.data["provenance"]
    assert {"id", "period"}.isdisjoint(answer.data)


def test_a_range_of_nothing_is_empty(api: APIClient) -> None:
    answer = api.get(RANGE, {"start_date": "2026-03-02", "end_date": "2026-03-02"})

    assert answer.data["total_workouts"] == 0
    assert answer.data["consistency_validity"] == "no_answer"
    assert answer.data["push_pull"]["ratio"] is None
    validities = {name: one["validity"] for name, one in answer.data["provenance"].items()}
    assert validities["avg_intensity"] == validities["muscle_sets"] == "no_answer"


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({"end_date": "2026-03-02"}, "start_date"),
        ({"start_date": "2026-03-02"}, "end_date"),
        ({"start_date": "2026-03-02", "end_date": "2026-03-01"}, "end_date"),
        ({"start_date": "2021-03-01", "end_date": "2026-03-01"}, "end_date"),
        ({"start_date": "2026-W10-1", "end_date": "2026-03-08"}, "start_date"),
        ({"start_date": "2026-03-02", "end_date": "2026-03-08", "explain": "yes"}, "explain"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(
    api: APIClient, query: dict[str, str], attr: str
) -> None:
    answer = api.get(RANGE, query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


def test_five_years_are_a_range(api: APIClient) -> None:
    answer = api.get(RANGE, {"start_date": "2021-03-01", "end_date": "2026-02-28"})

    assert answer.status_code == 200


def test_every_number_says_how_it_came_about(api: APIClient, ana: User) -> None:
    lift(ana)
    train(ana, 0, 3)
    settle(ana, today=MONDAY + 2 * WEEK)
    week = the_week(ana)

    answer = api.get(f"{URL}{week.pk}/", {"explain": 1})

    explained = {name: one["explanation"] for name, one in answer.data["provenance"].items()}
    assert explained["avg_intensity"][2:4] == [
        "2 sets of 10 repetitions lifted 850 kg in all; 0 sets are left out.",
        "Each repetition counts by its load as a share of the best maximum known on its day.",
    ]
    assert "Week of 2026-03-02: 100 % of its sessions." in explained["consistency_score"]
    assert "chest: 12 sets." in explained["muscle_sets"]
    assert "Load × repetitions, added up: 5000 kg." in explained["totals"]
    assert answer.data["push_pull"]["provenance"]["explanation"][-1] == "12 / 6 = 2."


def test_without_being_asked_nothing_explains_itself(api: APIClient, ana: User) -> None:
    lift(ana)
    settle(ana, today=MONDAY)

    answer = api.get(f"{URL}{the_week(ana).pk}/")

    origins = answer.data["provenance"]
    assert not any("explanation" in one for one in origins.values())
    assert origins["avg_intensity"]["formula"]["id"] == "average_intensity"
    assert origins["avg_intensity"]["window"] == {
        "first": MONDAY,
        "last": MONDAY + 6 * DAY,
        "count": 2,
    }


def test_explained_and_not_a_number_is_of_the_same_sets(api: APIClient, ana: User) -> None:
    lift(ana)
    settle(ana, today=MONDAY)
    url = f"{URL}{the_week(ana).pk}/"

    explained = api.get(url, {"explain": 1}).data["provenance"]

    for origin in explained.values():
        del origin["explanation"]
    assert explained == api.get(url).data["provenance"]


def test_a_streak_reaches_farther_back_than_the_score(api: APIClient, ana: User) -> None:
    follow(ana, times=2, since=MONDAY)
    train(ana, *[2] * 11)
    settle(ana, today=MONDAY + 11 * WEEK)

    answer = api.get(f"{URL}{the_week(ana, MONDAY + 10 * WEEK).pk}/")

    consistency = answer.data["consistency"]
    assert (consistency["streak_weeks"], consistency["plan_match"]) == (11, 1)
    assert consistency["gap_sd_days"] == 0


def test_the_list_costs_the_same_for_any_number_of_weeks(
    api: APIClient, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lift(ana)
    train(ana, 0, 1, 2, 3, 2)
    settle(ana)

    with django_assert_num_queries(5):  # the person, their day, the page, weeks, muscles
        answer = api.get(URL)

    assert len(answer.data["results"]) == 6


@pytest.mark.parametrize(("explain", "queries"), [(0, 5), (1, 6)])
def test_a_range_costs_the_same_for_any_number_of_days(
    api: APIClient,
    ana: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    explain: int,
    queries: int,
) -> None:
    lift(ana)
    train(ana, 0, 1, 2, 3, 2)
    query = {"start_date": "2026-03-02", "end_date": "2026-05-02", "explain": explain}

    with django_assert_num_queries(queries):  # explained, the sets as well
        answer = api.get(RANGE, query)

    assert answer.data["total_workouts"] == 9


def test_another_persons_week_is_not_there(bens_api: APIClient, ana: User) -> None:
    week = WorkoutAnalysisFactory(user=ana)

    answer = bens_api.get(f"{URL}{week.pk}/")

    assert answer.status_code == 404
    assert bens_api.get(URL).data["results"] == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_a_week(api: APIClient, ana: User, method: str) -> None:
    week = WorkoutAnalysisFactory(user=ana)

    answer = getattr(api, method)(f"{URL}{week.pk}/", {"total_sets": 1}, format="json")

    assert answer.status_code == 405
    assert WorkoutAnalysis.objects.get().total_sets == 30


@pytest.mark.parametrize("path", ["", "range/", "deload/"])
def test_strangers_see_nothing(anonymous: APIClient, path: str) -> None:
    assert anonymous.get(URL + path).status_code == 401


def test_a_break_moves_no_week_but_its_own(api: APIClient, ana: User) -> None:
    follow(ana, times=2, since=MONDAY)
    train(ana, 2, 0, 2)
    TrainingBreakFactory(user=ana, starts_on=MONDAY + WEEK, ends_on=MONDAY + 2 * WEEK)
    settle(ana, today=MONDAY + 3 * WEEK)

    answer = api.get(f"{URL}{the_week(ana, MONDAY + 2 * WEEK).pk}/")

    assert answer.data["consistency_score"] == 100
    assert answer.data["consistency"]["weeks_off"] == 1
    assert answer.data["consistency"]["streak_weeks"] == 2
