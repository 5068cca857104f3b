"""Days and weeks of food in a few numbers, over HTTP."""

import datetime as dt

import pytest
import time_machine

from tests.analytics.test_nutrition_summaries import settle
from tests.factories.analytics import NutritionSummaryFactory
from tests.factories.nutrition import FoodFactory, MealEntryFactory, NutritionGoalFactory
from users.models import UserSettings

pytestmark = pytest.mark.django_db

URL = "/api/v1/nutrition-summaries/"
WEEKS = f"{URL}weeks/"
# A Monday.
TODAY = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _monday(api, bens_api):
    with time_machine.travel(dt.datetime(2026, 3, 2, 20, tzinfo=dt.UTC), tick=False):
        yield


def ago(days):
    return TODAY - dt.timedelta(days=days)


@pytest.fixture
def summed(ana):
    """A day as its diary makes it: 2310 kcal for a goal of 2200."""
    NutritionGoalFactory(user=ana)
    food = FoodFactory(
        calories=1155, protein=75.0, carbs=120.0, fat=37.5, fiber=12.0, sugar=12.5, trust_score=100
    )
    for meal in ("breakfast", "dinner"):
        MealEntryFactory(user=ana, food=food, meal_type=meal, date=TODAY)
    settle((ana, TODAY))
    return ana


def test_a_day_says_what_it_came_to(api, summed):
    day = api.get(f"{URL}2026-03-02/").json()

    assert (day["calories"], day["energy_kj"], day["protein"]) == (2310, 9665.0, 150.0)
    assert (day["compliance_score"], day["compliance_validity"]) == (92.25, "valid")
    assert (day["coverage"], day["calorie_target"], day["doubt"]) == (1.0, 2200, 0.05)
    assert day["provenance"] == {
        "formula": {
            "id": "nutrition_compliance",
            "version": 1,
            "name": "How well a day kept to its goals",
            "valid": "Days whose food is all logged, for the goals that there are.",
            "source": "A weighted mean of what each nutrient scores",
        },
        "validity": "valid",
        "interval": {"low": 85.7, "high": 92.25},
        "window": {"first": "2026-03-02", "last": "2026-03-02", "count": 2},
        "caveats": [],
    }


def test_its_score_is_explained_nutrient_by_nutrient(api, summed):
    day = api.get(f"{URL}2026-03-02/", {"explain": "1"}).json()

    assert day["provenance"]["explanation"] == [
        "How well a day kept to its goals.",
        "Looked at 2026-03-02 to 2026-03-02.",
        "Energy: 2310 of 2200 kcal (as near to it as can be): 100.0 points, with a weight of 0.4.",
        "Protein: 150 of 160 g (that much or more): 87.5 points, with a weight of 0.3.",
        "Carbohydrate: 240 of 220 g (as near to it as can be): 100.0 points, with a weight of"
        " 0.1.",
        "Fat: 75 of 70 g (as near to it as can be): 100.0 points, with a weight of 0.1.",
        "Fiber: 24 of 30 g (that much or more): 60.0 points, with a weight of 0.1.",
        "Their weighted mean is 92.25.",
    ]


@pytest.mark.parametrize(
    ("is_complete", "caveat"),
    [
        (False, "Not all of the day's food is logged, as far as one can tell."),
        (True, "No goal held on this day."),
    ],
)
def test_a_day_without_a_score_says_why(is_complete, caveat, api, ana):
    NutritionSummaryFactory(
        user=ana,
        date=TODAY,
        is_complete=is_complete,
        compliance_score=0,
        compliance_validity="no_answer",
    )

    day = api.get(f"{URL}2026-03-02/").json()

    assert day["provenance"]["validity"] == "no_answer"
    assert day["provenance"]["caveats"] == [caveat]
    assert day["provenance"]["interval"] is None


def test_days_are_listed_latest_first_and_pages_lead_on(api, ana):
    for days in (2, 0, 1):
        NutritionSummaryFactory(user=ana, date=ago(days))

    first = api.get(URL, {"page_size": 2}).json()
    second = api.get(first["next"]).json()

    assert [row["date"] for row in first["results"]] == ["2026-03-02", "2026-03-01"]
    assert [row["date"] for row in second["results"]] == ["2026-02-28"]


def test_dates_narrow_the_list(api, ana):
    for days in range(4):
        NutritionSummaryFactory(user=ana, date=ago(days))

    rows = api.get(URL, {"date_after": "2026-02-28", "date_before": "2026-03-01"}).json()

    assert [row["date"] for row in rows["results"]] == ["2026-03-01", "2026-02-28"]


def test_a_page_costs_two_queries_for_any_number_of_days(api, ana, django_assert_num_queries):
    for days in range(3):
        NutritionSummaryFactory(user=ana, date=ago(days))

    with django_assert_num_queries(3):  # the person, the page, how it came about
        api.get(URL, {"explain": "1"})


def test_the_days_of_others_are_not_there(bens_api, summed):
    assert bens_api.get(f"{URL}2026-03-02/").status_code == 404
    assert bens_api.get(URL).json()["results"] == []
    assert bens_api.get(WEEKS).json()["results"] == []


@pytest.mark.parametrize("url", [f"{URL}2026-03-03/", f"{URL}2026-13-01/"])
def test_a_day_without_food_is_not_there(url, api, summed):
    assert api.get(url).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_what_is_derived(method, api, summed):
    assert getattr(api, method)(f"{URL}2026-03-02/").status_code == 405


@pytest.mark.parametrize("url", [URL, WEEKS, f"{URL}2026-03-02/"])
def test_strangers_are_turned_away(url, anonymous):
    assert anonymous.get(url).status_code == 401


def test_phones_get_the_rows_as_they_are_kept(api, summed):
    feed = api.get("/api/v1/sync/").json()

    (row,) = [
        change["data"]
        for change in feed["results"]
        if change["resource"] == "analytics.nutritionsummary"
    ]
    assert (row["date"], row["calories"], row["compliance_score"]) == ("2026-03-02", 2310, 92.25)
    assert "source_revision" not in row


class TestWeeks:
    def test_a_week_is_the_mean_of_its_whole_days(self, api, ana):
        for days, kcal in ((7, 2000), (6, 2400), (5, 2500)):
            NutritionSummaryFactory(user=ana, date=ago(days), calories=kcal)
        NutritionSummaryFactory(user=ana, date=ago(4), calories=300, water=1000, is_complete=False)

        (week,) = api.get(WEEKS).json()["results"]

        assert (week["start_date"], week["end_date"]) == ("2026-02-23", "2026-03-01")
        assert (week["days"], week["complete_days"]) == (4, 3)
        assert (week["calories"], week["energy_kj"]) == (2300.0, 9623.2)
        assert (week["protein"], week["water"], week["calorie_target"]) == (160.0, 1750.0, 2200.0)
        assert week["provenance"]["caveats"] == [
            "1 of 4 days is not logged in full and does not count."
        ]
        assert week["provenance"]["window"]["count"] == 3

    def test_today_is_in_no_mean(self, api, ana):
        NutritionSummaryFactory(user=ana, date=TODAY, calories=1500)

        (week,) = api.get(WEEKS).json()["results"]

        assert (week["start_date"], week["days"], week["complete_days"]) == ("2026-03-02", 1, 0)
        assert (week["calories"], week["water"], week["compliance_score"]) == (None, None, None)
        assert week["provenance"]["validity"] == "no_answer"

    def test_scores_of_days_without_one_do_not_count(self, api, ana):
        NutritionSummaryFactory(user=ana, date=ago(2), compliance_score=80)
        NutritionSummaryFactory(
            user=ana, date=ago(1), compliance_score=0, compliance_validity="no_answer"
        )

        (week,) = api.get(WEEKS).json()["results"]

        assert week["compliance_score"] == 80.0

    @pytest.mark.parametrize(
        ("starts_on", "starts"),
        [
            (1, ["2026-03-02", "2026-02-23"]),
            (7, ["2026-03-01"]),
            (6, ["2026-02-28"]),
        ],
    )
    def test_it_begins_on_the_persons_day(self, starts_on, starts, api, ana):
        UserSettings.objects.filter(user=ana).update(week_starts_on=starts_on)
        for days in (0, 1):
            NutritionSummaryFactory(user=ana, date=ago(days))

        weeks = api.get(WEEKS).json()["results"]

        assert [week["start_date"] for week in weeks] == starts

    def test_pages_lead_on_and_back(self, api, ana):
        for days in (0, 7, 14):
            NutritionSummaryFactory(user=ana, date=ago(days))

        first = api.get(WEEKS, {"page_size": 2}).json()
        second = api.get(first["next"]).json()
        back = api.get(second["previous"]).json()

        assert [week["start_date"] for week in second["results"]] == ["2026-02-16"]
        assert back["results"] == first["results"]

    def test_dates_narrow_by_the_day_on_which_a_week_begins(self, api, ana):
        for days in (1, 8):
            NutritionSummaryFactory(user=ana, date=ago(days))

        weeks = api.get(WEEKS, {"date_after": "2026-02-23"}).json()["results"]

        assert [(week["start_date"], week["days"]) for week in weeks] == [("2026-02-23", 1)]

    def test_it_is_explained(self, api, ana):
        NutritionSummaryFactory(user=ana, date=ago(1), calories=2100)

        (week,) = api.get(WEEKS, {"explain": "true"}).json()["results"]

        assert week["provenance"]["explanation"][-1] == (
            "Of 1 days with something logged, 1 are logged in full: 2100 kcal a day on these."
        )

    def test_it_costs_one_query_for_any_number_of_weeks(self, api, ana, django_assert_num_queries):
        for days in (0, 7, 14):
            NutritionSummaryFactory(user=ana, date=ago(days))

        with django_assert_num_queries(3):  # the person, their day, the weeks
            api.get(WEEKS)
