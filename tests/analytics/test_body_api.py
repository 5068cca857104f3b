"""What somebody weighs and measures, over HTTP."""

import datetime as dt
from uuid import UUID

import pytest
import time_machine

from analytics.models import BodyMetric
from tests.factories.analytics import BodyGoalFactory, BodyMetricFactory
from users.models import Tombstone, UserProfile

pytestmark = pytest.mark.django_db

URL = "/api/v1/body-metrics/"
TREND = f"{URL}trend/"
FAT = f"{URL}body-fat/"
TODAY = dt.date(2026, 3, 2)
ID = "01920000-0000-7000-8000-000000000001"


@pytest.fixture(autouse=True)
def _monday(api, bens_api):
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False):
        yield


def errors(response):
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


def ago(days):
    return TODAY - dt.timedelta(days=days)


def profile_weight(user):
    return UserProfile.objects.get(user=user).body_weight_kg


def set_profile(user, **values):
    UserProfile.objects.filter(user=user).update(**values)


def test_measurements_are_stored_with_todays_date(api, ana):
    response = api.post(URL, {"weight": 80.4, "waist": 85, "notes": "After a run."})

    row = BodyMetric.objects.get(user=ana)
    assert response.status_code == 201
    assert (row.date, row.weight, row.waist, row.body_fat) == (TODAY, 80.4, 85.0, None)
    assert response.json() == {
        "id": str(row.pk),
        "date": "2026-03-02",
        "weight": 80.4,
        "body_fat": None,
        "muscle_mass": None,
        "chest": None,
        "waist": 85.0,
        "hips": None,
        "arms": None,
        "thighs": None,
        "neck_cm": None,
        "notes": "After a run.",
        "created_at": "2026-03-02T09:00:00Z",
        "updated_at": "2026-03-02T09:00:00Z",
    }


def test_a_repeated_create_answers_the_same_row(api, ana):
    first = api.post(URL, {"id": ID, "weight": 80})

    again = api.post(URL, {"id": ID, "weight": 80})

    assert (first.status_code, again.status_code) == (201, 200)
    assert BodyMetric.objects.get(user=ana).pk == UUID(ID)


def test_a_key_makes_a_create_without_an_id_safe_to_repeat(api, ana):
    first = api.post(URL, {"weight": 80}, HTTP_IDEMPOTENCY_KEY="morning")

    again = api.post(URL, {"weight": 80}, HTTP_IDEMPOTENCY_KEY="morning")

    assert again.json()["id"] == first.json()["id"]
    assert BodyMetric.objects.filter(user=ana).count() == 1


def test_a_day_has_one_row(api, ana):
    BodyMetricFactory(user=ana, date=TODAY, weight=81)
    other = BodyMetricFactory(user=ana, date=ago(1), weight=82)

    created = api.post(URL, {"weight": 80})
    moved = api.patch(f"{URL}{other.pk}/", {"date": "2026-03-02"})

    assert (created.status_code, moved.status_code) == (409, 409)
    assert list(BodyMetric.objects.order_by("-date").values_list("date", "weight")) == [
        (TODAY, 81.0),
        (ago(1), 82.0),
    ]


def test_two_people_may_measure_on_the_same_day(api, ben):
    BodyMetricFactory(user=ben, date=TODAY)

    response = api.post(URL, {"weight": 60})

    assert response.status_code == 201


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, ("empty", "non_field_errors")),
        ({"notes": "Nothing."}, ("empty", "non_field_errors")),
        ({"weight": None, "waist": None}, ("empty", "non_field_errors")),
        ({"weight": 19.9}, ("min_value", "weight")),
        ({"weight": 501}, ("max_value", "weight")),
        ({"body_fat": 0.5}, ("min_value", "body_fat")),
        ({"neck_cm": "NaN"}, ("invalid", "neck_cm")),
        ({"weight": True}, ("invalid", "weight")),
        ({"weight": 80, "date": "1969-12-31"}, ("out_of_range", "date")),
        ({"weight": 80, "notes": "x" * 201}, ("max_length", "notes")),
    ],
)
def test_a_measurement_that_is_nobodys_changes_nothing(body, error, api, ana):
    response = api.post(URL, body, format="json")

    assert response.status_code == 400
    assert errors(response) == [error]
    assert not BodyMetric.objects.exists()
    assert profile_weight(ana) is None


def test_the_last_measurement_of_a_row_stays(api, ana):
    row = BodyMetricFactory(user=ana, weight=80)

    response = api.patch(f"{URL}{row.pk}/", {"weight": None}, format="json")

    row.refresh_from_db()
    assert errors(response) == [("empty", "non_field_errors")]
    assert row.weight == 80.0


def test_a_change_keeps_what_it_does_not_name(api, ana):
    row = BodyMetricFactory(user=ana, date=TODAY, weight=80, waist=85, notes="Morning")

    response = api.patch(f"{URL}{row.pk}/", {"id": ID, "weight": 79.5}, format="json")

    changed = BodyMetric.objects.get()
    assert response.json()["weight"] == 79.5
    assert (changed.pk, changed.weight, changed.waist, changed.notes) == (
        row.pk,
        79.5,
        85.0,
        "Morning",
    )
    assert changed.revision > row.revision


def test_the_list_is_latest_first_and_its_pages_lead_on(api, ana):
    for days in (2, 0, 1):
        BodyMetricFactory(user=ana, date=ago(days))

    first = api.get(URL, {"page_size": 2}).json()
    second = api.get(first["next"]).json()

    assert [row["date"] for row in first["results"]] == ["2026-03-02", "2026-03-01"]
    assert [row["date"] for row in second["results"]] == ["2026-02-28"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("narrowed", "days"),
    [
        ({"date_after": "2026-03-01"}, [0, 1]),
        ({"date_before": "2026-03-01"}, [1, 2]),
        ({"date_after": "2026-03-01", "date_before": "2026-03-01"}, [1]),
        ({"updated_since": "2026-03-02T10:00:00Z"}, []),
    ],
)
def test_filters_narrow_the_list(narrowed, days, api, ana):
    for one in (0, 1, 2):
        BodyMetricFactory(user=ana, date=ago(one))

    rows = api.get(URL, narrowed).json()["results"]

    assert [row["date"] for row in rows] == [str(ago(one)) for one in days]


def test_the_list_costs_one_query(api, ana, django_assert_num_queries):
    for days in range(3):
        BodyMetricFactory(user=ana, date=ago(days))

    with django_assert_num_queries(2):  # the person and the page
        api.get(URL)


def test_another_persons_row_is_not_there(bens_api, ana, ben):
    row = BodyMetricFactory(user=ana, date=TODAY, weight=80)
    url = f"{URL}{row.pk}/"

    answers = [bens_api.get(url), bens_api.patch(url, {"weight": 70}), bens_api.delete(url)]

    row.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert row.weight == 80.0
    assert bens_api.get(URL).json()["results"] == []


@pytest.mark.parametrize("url", [URL, TREND, FAT])
def test_strangers_are_turned_away(url, anonymous):
    assert anonymous.get(url).status_code == 401


class TestTheProfile:
    def test_it_has_the_latest_weight(self, api, ana):
        api.post(URL, {"weight": 80, "date": "2026-02-20"})
        api.post(URL, {"weight": 79, "date": "2026-03-01"})
        api.post(URL, {"weight": 85, "date": "2026-01-01"})

        assert profile_weight(ana) == 79.0

    def test_a_change_of_the_latest_weight_changes_it(self, api, ana):
        created = api.post(URL, {"weight": 80}).json()

        api.patch(f"{URL}{created['id']}/", {"weight": 78.2})

        assert profile_weight(ana) == 78.2

    def test_a_change_of_anything_else_leaves_it(self, api, ana):
        created = api.post(URL, {"weight": 80}).json()
        set_profile(ana, body_weight_kg=81)

        api.patch(f"{URL}{created['id']}/", {"waist": 85})

        assert profile_weight(ana) == 81.0

    def test_a_deletion_brings_the_weight_before_back(self, api, ana):
        api.post(URL, {"weight": 80, "date": "2026-03-01"})
        latest = api.post(URL, {"weight": 180}).json()

        response = api.delete(f"{URL}{latest['id']}/")

        assert response.status_code == 204
        assert profile_weight(ana) == 80.0
        assert Tombstone.objects.filter(user=ana, object_id=latest["id"]).exists()

    def test_a_move_into_the_past_brings_the_weight_before_back(self, api, ana):
        api.post(URL, {"weight": 80, "date": "2026-03-01"})
        latest = api.post(URL, {"weight": 79}).json()

        api.patch(f"{URL}{latest['id']}/", {"date": "2026-01-01"})

        assert profile_weight(ana) == 80.0

    def test_it_forgets_the_only_weight_when_that_is_deleted(self, api, ana):
        only = api.post(URL, {"weight": 80}).json()

        api.delete(f"{URL}{only['id']}/")

        assert profile_weight(ana) is None

    def test_it_keeps_a_weight_that_was_written_there(self, api, ana):
        only = api.post(URL, {"weight": 80}).json()
        set_profile(ana, body_weight_kg=77)

        api.delete(f"{URL}{only['id']}/")

        assert profile_weight(ana) == 77.0

    def test_it_knows_nothing_of_days_to_come(self, api, ana):
        set_profile(ana, body_weight_kg=82)

        response = api.post(URL, {"weight": 70, "date": "2026-03-03"})

        assert response.status_code == 201
        assert profile_weight(ana) == 82.0

    def test_its_change_reaches_phones(self, api, ana):
        before = UserProfile.objects.get(user=ana).revision

        api.post(URL, {"weight": 80})

        assert UserProfile.objects.get(user=ana).revision > before


class TestTheTrend:
    def test_without_a_weigh_in_there_is_no_answer(self, api):
        story = api.get(TREND).json()

        assert (story["first"], story["last"], story["points"]) == ("2025-12-02", "2026-03-02", [])
        assert story["trend"]["weight_kg"] is None
        assert story["trend"]["provenance"]["validity"] == "no_answer"
        assert story["change"]["kg_per_day"] is None
        assert story["forecast"] is None

    def test_each_weigh_in_has_a_point_and_a_band(self, api, ana):
        for days, weight in ((4, 173.6), (3, 172.5), (2, 171.5), (1, 172), (0, 171.5)):
            BodyMetricFactory(user=ana, date=ago(days), weight=weight)
        BodyMetricFactory(user=ana, date=ago(5), weight=None, waist=85)

        points = api.get(TREND).json()["points"]

        assert [point["trend_kg"] for point in points] == [173.6, 173.49, 173.29, 173.16, 173.0]
        assert points[-1] == {
            "date": "2026-03-02",
            "weight_kg": 171.5,
            "trend_kg": 173.0,
            "low_kg": 172.23,
            "high_kg": 173.76,
        }

    def test_a_steady_loss_meets_the_goal_on_the_day_that_is_forecast(self, api, ana):
        for days in range(28):
            BodyMetricFactory(user=ana, date=ago(days), weight=80 + 0.1 * days)
        BodyGoalFactory(user=ana, measure="weight", target_value=78, start_date=ago(28))

        story = api.get(TREND).json()

        assert story["change"]["kg_per_day"] == -0.1
        assert story["change"]["kg_per_week"] == -0.7
        assert story["change"]["weight_kg"] == 80.0
        assert story["change"]["provenance"]["window"] == {
            "first": "2026-02-03",
            "last": "2026-03-02",
            "count": 28,
        }
        assert (story["forecast"]["goal_kg"], story["forecast"]["date"]) == (78.0, "2026-03-22")

    def test_a_goal_that_is_asked_for_goes_before_the_persons(self, api, ana):
        for days in range(28):
            BodyMetricFactory(user=ana, date=ago(days), weight=80 + 0.1 * days)
        BodyGoalFactory(user=ana, measure="weight", target_value=78, start_date=ago(28))

        story = api.get(TREND, {"goal_kg": "79"}).json()

        assert (story["forecast"]["goal_kg"], story["forecast"]["date"]) == (79.0, "2026-03-12")

    def test_goals_that_are_over_and_of_others_forecast_nothing(self, api, ana, ben):
        BodyGoalFactory(user=ana, is_abandoned=True)
        BodyGoalFactory(user=ana, achieved_on=TODAY)
        BodyGoalFactory(user=ana, measure="waist", target_value=80)
        BodyGoalFactory(user=ben)

        assert api.get(TREND).json()["forecast"] is None

    def test_points_begin_where_they_are_asked_for_and_the_trend_before(self, api, ana):
        for days in (60, 3, 0):
            BodyMetricFactory(user=ana, date=ago(days), weight=80 + days)

        story = api.get(TREND, {"days": 3}).json()

        assert [point["date"] for point in story["points"]] == ["2026-02-27", "2026-03-02"]
        assert story["trend"]["provenance"]["window"]["count"] == 3

    def test_weigh_ins_of_days_to_come_and_of_others_do_not_count(self, api, ana, ben):
        BodyMetricFactory(user=ana, date=ago(-1))
        BodyMetricFactory(user=ben, date=TODAY)

        assert api.get(TREND).json()["points"] == []

    def test_it_is_explained_in_words_and_numbers(self, api, ana):
        BodyMetricFactory(user=ana, date=ago(1), weight=80)
        BodyMetricFactory(user=ana, date=TODAY, weight=81)

        plain, explained = api.get(TREND).json(), api.get(TREND, {"explain": 1}).json()

        assert "explanation" not in plain["trend"]["provenance"]
        assert (
            "Last: 80.00 + 10.0% of (81.00 − 80.00) = 80.10 kg after 1 days."
            in explained["trend"]["provenance"]["explanation"]
        )
        assert explained["change"]["provenance"]["explanation"]

    def test_it_costs_the_same_for_any_number_of_weigh_ins(
        self, api, ana, django_assert_num_queries
    ):
        for days in range(5):
            BodyMetricFactory(user=ana, date=ago(days))

        with django_assert_num_queries(4):  # the person, their day, weigh-ins, the goal
            api.get(TREND)

    @pytest.mark.parametrize(
        ("asked", "name"),
        [
            ({"days": "0"}, "days"),
            ({"days": "1827"}, "days"),
            ({"goal_kg": "10"}, "goal_kg"),
            ({"goal_kg": "nan"}, "goal_kg"),
            ({"goal_kg": ""}, "goal_kg"),
            ({"explain": "maybe"}, "explain"),
        ],
    )
    def test_what_it_cannot_answer_is_refused_by_name(self, asked, name, api):
        response = api.get(TREND, asked)

        assert response.status_code == 400
        assert [attr for _, attr in errors(response)] == [name]


class TestBodyFat:
    def test_girths_give_body_fat_and_what_is_not_fat(self, api, ana):
        set_profile(ana, sex="male", height=180, body_weight_kg=80)
        BodyMetricFactory(user=ana, date=ago(2), weight=None, waist=85, neck_cm=38)

        found = api.get(FAT).json()

        assert found["navy"]["percent"] == 16.11
        assert found["navy"]["provenance"]["formula"]["id"] == "navy_body_fat_metric"
        assert (found["missing"], found["girths_make_sense"]) == ([], True)
        assert found["girths"]["waist"] == {"value": 85.0, "date": "2026-02-28"}
        mass = found["fat_free_mass"]
        assert (mass["kg"], mass["body_fat_from"], mass["weight_kg"]) == (67.11, "navy", 80.0)
        assert mass["provenance"]["interval"]["low"] == pytest.approx(63.50, abs=0.01)

    def test_women_need_their_hips(self, api, ana):
        set_profile(ana, sex="female", height=165)
        BodyMetricFactory(user=ana, date=TODAY, weight=60, waist=70, neck_cm=32)
        without = api.get(FAT).json()
        BodyMetricFactory(user=ana, date=ago(1), weight=None, hips=95)

        found = api.get(FAT).json()

        assert (without["navy"], without["missing"]) == (None, ["hips"])
        assert without["fat_free_mass"] is None
        assert found["navy"]["percent"] == 24.86

    def test_what_is_missing_is_named(self, api):
        found = api.get(FAT).json()

        assert found["missing"] == ["sex", "height", "waist", "neck_cm"]
        assert (found["navy"], found["measured"], found["fat_free_mass"]) == (None, None, None)

    @pytest.mark.parametrize(
        ("measured_ago", "origin", "percent"), [(1, "measured", 20.0), (3, "navy", 16.11)]
    )
    def test_the_later_body_fat_counts(self, measured_ago, origin, percent, api, ana):
        set_profile(ana, sex="male", height=180)
        BodyMetricFactory(user=ana, date=ago(2), weight=80, waist=85, neck_cm=38)
        BodyMetricFactory(user=ana, date=ago(measured_ago), weight=None, body_fat=20)

        mass = api.get(FAT).json()["fat_free_mass"]

        assert (mass["body_fat_from"], mass["body_fat_percent"]) == (origin, percent)

    def test_on_one_day_what_was_measured_goes_before_the_girths(self, api, ana):
        set_profile(ana, sex="male", height=180)
        BodyMetricFactory(user=ana, date=TODAY, weight=80, waist=85, neck_cm=38, body_fat=20)

        mass = api.get(FAT).json()["fat_free_mass"]

        assert (mass["body_fat_from"], mass["kg"]) == ("measured", 64.0)

    def test_a_neck_as_wide_as_the_waist_makes_no_sense(self, api, ana):
        set_profile(ana, sex="male", height=180)
        BodyMetricFactory(user=ana, date=TODAY, waist=38, neck_cm=38)

        found = api.get(FAT).json()

        assert (found["navy"], found["girths_make_sense"]) == (None, False)

    def test_an_unlikely_body_fat_is_shown_and_not_reckoned_with(self, api, ana):
        set_profile(ana, sex="male", height=180)
        BodyMetricFactory(user=ana, date=TODAY, waist=60, neck_cm=50)

        found = api.get(FAT).json()

        assert found["navy"]["provenance"]["validity"] == "out_of_range"
        assert found["fat_free_mass"] is None

    def test_girths_of_different_months_are_a_caveat(self, api, ana):
        set_profile(ana, sex="male", height=180)
        BodyMetricFactory(user=ana, date=ago(40), waist=85)
        BodyMetricFactory(user=ana, date=TODAY, neck_cm=38)

        found = api.get(FAT, {"explain": "1"}).json()

        assert found["navy"]["provenance"]["caveats"] == ["The girths are 40 days apart."]
        assert found["navy"]["provenance"]["explanation"][-1] == "The girths are 40 days apart."

    def test_it_costs_two_queries(self, api, ana, django_assert_num_queries):
        BodyMetricFactory(user=ana, date=TODAY, waist=85)

        with django_assert_num_queries(4):  # the person, their day, measures, the profile
            api.get(FAT)


def test_rows_reach_phones_as_they_are_shown(api, ana):
    created = api.post(URL, {"weight": 80}).json()

    feed = api.get("/api/v1/sync/").json()

    shown = {change["resource"]: change["data"] for change in feed["results"]}
    assert shown["analytics.bodymetric"] == created
