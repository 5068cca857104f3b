"""Exercises and their trend over HTTP."""

import datetime as dt
from uuid import uuid4

import pytest
from django.utils import timezone

from analytics.formulas import lift_trend
from tests.analytics.lifted import ago, log
from tests.factories.analytics import (
    DAY,
    PersonalRecordFactory,
    StrengthProgressFactory,
    TrainingBreakFactory,
)
from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    PlanFactory,
    WorkoutFactory,
)
from workouts.models import PlanRun

pytestmark = pytest.mark.django_db

URL = "/api/v1/strength/"
NOON = dt.datetime.combine(DAY, dt.time(12), dt.UTC)


def errors(response):
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


@pytest.fixture(autouse=True)
def _today(api, bens_api, monkeypatch):
    # After both have logged in: their sessions are of the real today.
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def bench(db):
    return ExerciseFactory(name="Bench Press", muscle_group="chest")


@pytest.mark.parametrize("name", ["progress", "one-rm", "trend"])
class TestAnExerciseThatIsNotThere:
    def test_it_does_not_exist(self, api, name):
        assert api.get(f"{URL}{uuid4()}/{name}/").status_code == 404

    def test_neither_does_another_persons_own_one(self, bens_api, ana, name):
        exercise = CustomExerciseFactory(created_by=ana)
        StrengthProgressFactory(user=ana, exercise=exercise)

        assert bens_api.get(f"{URL}{exercise.pk}/{name}/").status_code == 404

    def test_nobody_sees_it_without_a_token(self, anonymous, bench, name):
        assert anonymous.get(f"{URL}{bench.pk}/{name}/").status_code == 401

    def test_what_others_did_with_it_is_not_seen(self, bens_api, ana, bench, name):
        log(ana, bench, DAY, {"weight": 117.25})
        StrengthProgressFactory(user=ana, exercise=bench, one_rep_max=117.25)

        answer = bens_api.get(f"{URL}{bench.pk}/{name}/")

        assert answer.status_code == 200
        assert "117.25" not in answer.content.decode()


def weekly(user, exercise, maxima):
    """A day with a maximum in each of the last weeks, the last one today."""
    last = len(maxima) - 1
    days = [ago(7 * (last - n)) for n in range(len(maxima))]
    for day, one_rep_max in zip(days, maxima, strict=True):
        StrengthProgressFactory(user=user, exercise=exercise, date=day, one_rep_max=one_rep_max)
    return list(zip(days, maxima, strict=True))


class TestTrend:
    def test_a_lift_that_rises_is_progressing(self, api, ana, bench):
        known = weekly(ana, bench, [100.0, 101.0, 102.5, 103.0, 104.0, 105.5, 106.0, 107.0])

        answer = api.get(f"{URL}{bench.pk}/trend/").json()

        expected = lift_trend(known)
        assert (answer["exercise_id"], answer["verdict"]) == (str(bench.pk), "progressing")
        assert answer["slope_kg_a_week"] == expected.slope_kg_a_week
        assert answer["percent_a_week"] == expected.percent_a_week
        assert (answer["weeks"], answer["adherence"], answer["lever"]) == (8, None, None)
        assert answer["provenance"]["formula"]["id"] == "lift_trend"
        assert answer["provenance"]["interval"] == {
            "low": expected.interval.low,
            "high": expected.interval.high,
        }

    def test_a_lift_that_stands_still_has_a_lever(self, api, ana, bench):
        weekly(ana, bench, [100.0, 100.5, 100.0, 100.5, 100.0, 100.5, 100.0, 100.0])

        answer = api.get(f"{URL}{bench.pk}/trend/", {"explain": "1"}).json()

        assert (answer["verdict"], answer["lever"], answer["sets_change"]) == (
            "plateau",
            "more_sets",
            0.2,
        )
        assert "Sets first: try +20 % sets." in answer["provenance"]["explanation"]

    def test_a_plan_that_was_not_followed_is_no_plateau(self, api, ana, bench):
        weekly(ana, bench, [100.0, 100.5, 100.0, 100.5, 100.0, 100.5, 100.0, 100.0])
        follow(ana, started_on=ago(28))
        for days in (27, 20, 13, 6):
            WorkoutFactory(user=ana, date=ago(days))

        answer = api.get(f"{URL}{bench.pk}/trend/").json()

        assert (answer["verdict"], answer["adherence"]) == ("plan_not_followed", 4 / 12)

    def test_a_week_off_does_not_count_against_the_plan(self, api, ana, bench):
        follow(ana, started_on=ago(14))
        for days in (13, 11, 9):
            WorkoutFactory(user=ana, date=ago(days))
        TrainingBreakFactory(user=ana, starts_on=ago(7), ends_on=ago(3))

        answer = api.get(f"{URL}{bench.pk}/trend/").json()

        assert answer["adherence"] == 1.0

    def test_maxima_out_of_range_say_nothing(self, api, ana, bench):
        for week in range(8):
            StrengthProgressFactory(
                user=ana, exercise=bench, date=ago(7 * week), validity="out_of_range"
            )

        answer = api.get(f"{URL}{bench.pk}/trend/").json()

        assert (answer["verdict"], answer["weeks"]) == ("too_little_data", 0)
        assert answer["provenance"]["validity"] == "warming_up"

    def test_the_days_asked_for_are_looked_at(self, api, ana, bench):
        weekly(ana, bench, [100.0] * 8)

        answer = api.get(f"{URL}{bench.pk}/trend/", {"days": 14}).json()

        assert answer["provenance"]["window"] == {
            "first": "2026-02-16",
            "last": "2026-03-02",
            "count": 3,
        }

    def test_it_takes_four_queries(self, api, ana, bench, django_assert_num_queries):
        weekly(ana, bench, [100.0] * 8)

        with django_assert_num_queries(5):  # the token, and calendar, exercise, maxima, plan
            api.get(f"{URL}{bench.pk}/trend/")


def follow(user, *, started_on):
    """A plan of three days a week."""
    plan = PlanFactory(user=user)
    return PlanRun.objects.create(
        user=user, plan=plan, version=plan.versions.get(), started_on=started_on
    )


class TestExercises:
    def test_the_latest_trained_comes_first_with_where_it_stands(self, api, ana, bench):
        squat = ExerciseFactory(name="Squat", muscle_group="legs")
        StrengthProgressFactory(user=ana, exercise=bench, date=ago(9), one_rep_max=111.0)
        StrengthProgressFactory(user=ana, exercise=bench, date=ago(2))
        StrengthProgressFactory(user=ana, exercise=squat, date=ago(1))
        PersonalRecordFactory(
            user=ana,
            exercise=bench,
            kind="one_rm",
            value=118.5,
            date=ago(40),
            is_estimate=True,
        )
        PersonalRecordFactory(
            user=ana, exercise=bench, kind="one_rm", value=115.0, date=ago(50), is_standing=False
        )

        rows = api.get(URL).json()["results"]

        assert [row["exercise_name"] for row in rows] == ["Squat", "Bench Press"]
        row = rows[1]
        assert (row["exercise_id"], row["muscle_group"]) == (str(bench.pk), "chest")
        assert (row["date"], row["one_rep_max"], row["calculated_1rm"]) == (
            "2026-02-28",
            116.58,
            True,
        )
        assert (row["volume"], row["sets_count"]) == (500.0, 1)
        assert row["record"] == {"one_rm_kg": 118.5, "date": "2026-01-21", "is_estimate": True}
        assert row["best_set"] | {"id": 0} == {
            "id": 0,
            "load_kg": 100.0,
            "reps": 5,
            "reserve": None,
        }
        assert row["trend"]["verdict"] == "too_little_data"
        assert row["provenance"]["formula"]["id"] == "one_rm_median"
        assert rows[0]["record"] is None

    def test_a_test_and_a_day_without_an_answer_say_so(self, api, ana, bench):
        nothing = ExerciseFactory()
        StrengthProgressFactory(
            user=ana,
            exercise=bench,
            one_rep_max=120.0,
            calculated_1rm=False,
            best_set_id=None,
            best_load_kg=None,
            best_reps=None,
        )
        StrengthProgressFactory(
            user=ana,
            exercise=nothing,
            date=ago(1),
            one_rep_max=0,
            validity="no_answer",
            best_set_id=None,
            best_load_kg=None,
            best_reps=None,
        )

        tested, none = api.get(URL, {"explain": "1"}).json()["results"]

        assert (tested["best_set"], tested["provenance"]["formula"]["id"]) == (
            None,
            "one_rm_tested",
        )
        assert "120 kg was lifted once." in tested["provenance"]["explanation"]
        assert (none["one_rep_max"], none["provenance"]["validity"]) == (0.0, "no_answer")

    def test_the_trend_is_that_of_the_exercise(self, api, ana, bench):
        weekly(ana, bench, [100.0, 101.0, 102.5, 103.0, 104.0, 105.5, 106.0, 107.0])

        [row] = api.get(URL).json()["results"]
        trend = api.get(f"{URL}{bench.pk}/trend/").json()

        assert {**row["trend"], "exercise_id": str(bench.pk)} == trend

    def test_pages_follow_each_other_both_ways(self, api, ana):
        exercises = [ExerciseFactory() for _ in range(5)]
        for n, exercise in enumerate(exercises):
            StrengthProgressFactory(user=ana, exercise=exercise, date=ago(n // 2))

        first = api.get(URL, {"page_size": 2}).json()
        second = api.get(first["next"]).json()
        third = api.get(second["next"]).json()

        seen = [row for page in (first, second, third) for row in page["results"]]
        places = [(row["date"], row["exercise_id"]) for row in seen]
        assert places == sorted(places, reverse=True)
        assert {row["exercise_id"] for row in seen} == {str(one.pk) for one in exercises}
        assert third["next"] is None
        assert api.get(third["previous"]).json()["results"] == second["results"]

    def test_it_takes_four_queries_however_many_there_are(
        self, api, ana, django_assert_num_queries
    ):
        for _ in range(3):
            weekly(ana, ExerciseFactory(), [100.0] * 8)

        with django_assert_num_queries(5):  # the token, and calendar, page, maxima, plan
            rows = api.get(URL, {"explain": "1"}).json()["results"]

        assert len(rows) == 3

    def test_nobody_sees_those_of_another(self, bens_api, anonymous, ana, bench):
        StrengthProgressFactory(user=ana, exercise=bench)

        assert bens_api.get(URL).json()["results"] == []
        assert anonymous.get(URL).status_code == 401

    def test_a_bad_question_is_refused(self, api):
        response = api.get(URL, {"explain": "why"})

        assert (response.status_code, errors(response)) == (400, [("invalid", "explain")])
        assert api.get(URL, {"cursor": "x"}).status_code == 400
