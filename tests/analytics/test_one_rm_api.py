"""What somebody could lift once today, over HTTP."""

import datetime as dt

import pytest
from django.utils import timezone

from analytics.formulas import RatedSet, fit_rep_curve
from tests.analytics.lifted import ago, log
from tests.factories.analytics import (
    DAY,
    OneRmTestFactory,
    PersonalRecordFactory,
    StrengthProgressFactory,
)
from tests.factories.workouts import ExerciseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(api, bens_api, monkeypatch):
    # After both have logged in: their sessions are of the real today.
    noon = dt.datetime.combine(DAY, dt.time(12), dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: noon)


@pytest.fixture
def bench(db):
    return ExerciseFactory(name="Bench Press")


def url(exercise):
    return f"/api/v1/strength/{exercise.pk}/one-rm/"


def day_of_test(user, exercise, day, weight_kg):
    """A day of a test, as it is derived."""
    OneRmTestFactory(user=user, exercise=exercise, date=day, weight_kg=weight_kg, notes="Meet.")
    return StrengthProgressFactory(
        user=user,
        exercise=exercise,
        date=day,
        one_rep_max=weight_kg,
        one_rep_max_low_kg=weight_kg,
        one_rep_max_high_kg=weight_kg,
        calculated_1rm=False,
        best_set_id=None,
        best_load_kg=None,
        best_reps=None,
    )


def test_seven_formulas_speak_for_the_best_set(api, ana, bench):
    StrengthProgressFactory(user=ana, exercise=bench, date=ago(20), best_load_kg=90.0)
    best = StrengthProgressFactory(user=ana, exercise=bench, date=ago(10))

    answer = api.get(url(bench)).json()

    median = answer["median"]
    assert [(one["id"], round(one["one_rm_kg"], 2)) for one in median["formulas"]] == [
        ("brzycki", 112.5),
        ("epley", 116.67),
        ("lander", 113.71),
        ("lombardi", 117.46),
        ("mayhew", 119.01),
        ("oconner", 112.5),
        ("wathan", 116.58),
    ]
    assert round(median["one_rm_kg"], 2) == 116.58
    assert median["set"] == {
        "id": str(best.best_set_id),
        "date": "2026-02-20",
        "load_kg": 100.0,
        "reps": 5,
        "reserve": None,
    }
    shown = median["provenance"]
    assert (round(shown["interval"]["low"], 2), round(shown["interval"]["high"], 2)) == (
        112.5,
        119.01,
    )
    assert shown["caveats"] == ["No reserve was noted. If some was left, the maximum is higher."]
    assert (answer["date"], answer["is_tested"]) == ("2026-03-02", False)


def test_a_single_is_the_same_by_all_seven(api, ana, bench):
    StrengthProgressFactory(
        user=ana, exercise=bench, one_rep_max=130.0, best_load_kg=130.0, best_reps=1
    )

    answer = api.get(url(bench), {"explain": "1"}).json()

    assert {one["one_rm_kg"] for one in answer["median"]["formulas"]} == {130.0}
    assert (answer["one_rep_max"], answer["measured_on"]) == (130.0, "2026-03-02")
    assert (
        "One repetition with nothing in reserve is the maximum itself."
        in answer["provenance"]["explanation"]
    )


def test_a_test_settles_what_was_estimated_before_it(api, ana, bench):
    StrengthProgressFactory(user=ana, exercise=bench, date=ago(30), one_rep_max=140.0)
    day_of_test(ana, bench, ago(20), 120.0)
    StrengthProgressFactory(user=ana, exercise=bench, date=ago(10), one_rep_max=118.0)

    answer = api.get(url(bench)).json()

    assert (answer["one_rep_max"], answer["is_tested"], answer["measured_on"]) == (
        120.0,
        True,
        "2026-02-10",
    )
    assert answer["provenance"]["formula"]["id"] == "one_rm_tested"
    assert answer["provenance"]["interval"] == {"low": 120.0, "high": 120.0}
    assert [(one["date"], one["weight_kg"], one["notes"]) for one in answer["tests"]] == [
        ("2026-02-10", 120.0, "Meet.")
    ]


def test_a_better_estimate_after_the_test_is_the_best(api, ana, bench):
    day_of_test(ana, bench, ago(20), 120.0)
    StrengthProgressFactory(user=ana, exercise=bench, date=ago(10), one_rep_max=122.0)

    answer = api.get(url(bench)).json()

    assert (answer["one_rep_max"], answer["is_tested"]) == (122.0, False)


def test_a_valid_estimate_goes_before_a_higher_one_out_of_range(api, ana, bench):
    StrengthProgressFactory(
        user=ana,
        exercise=bench,
        date=ago(1),
        one_rep_max=150.0,
        validity="out_of_range",
        best_reps=20,
    )
    StrengthProgressFactory(user=ana, exercise=bench)

    answer = api.get(url(bench)).json()

    assert answer["one_rep_max"] == 116.58
    assert answer["median"]["set"]["reps"] == 5


def test_the_chart_reads_repetitions_and_reserve(api, ana, bench):
    [rated, _, _] = log(
        ana,
        bench,
        ago(5),
        {"weight": 100.0, "reps": 4, "rpe": 9.0},
        {"weight": 90.0, "reps": 5},
        {"weight": 150.0, "reps": 1, "rpe": 10.0, "set_type": "warm_up"},
    )

    chart = api.get(url(bench)).json()["chart"]

    assert (chart["percent"], round(chart["one_rm_kg"], 2)) == (86.3, 115.87)
    assert chart["set"] == {
        "id": str(rated.pk),
        "date": "2026-02-25",
        "load_kg": 100.0,
        "reps": 4,
        "reserve": 1.0,
    }
    assert chart["provenance"]["formula"]["id"] == "one_rm_reserve_chart"


def test_a_set_near_failure_goes_before_a_higher_guess(api, ana, bench):
    log(
        ana,
        bench,
        ago(5),
        {"weight": 90.0, "reps": 12, "rir": 4.0},
        {"weight": 100.0, "reps": 5, "rir": 0.0},
    )

    chart = api.get(url(bench)).json()["chart"]

    assert (chart["set"]["reps"], chart["provenance"]["caveats"]) == (5, [])


def test_a_years_rated_sets_teach_the_persons_own_curve(api, ana, bench):
    sets = [(100.0, 1), (93.0, 3), (86.0, 5), (76.0, 8)]
    days = [ago(200), ago(100), ago(10)]
    for day in days:
        log(ana, bench, day, *({"weight": kg, "reps": reps, "rir": 0.0} for kg, reps in sets))

    personal = api.get(url(bench)).json()["personal"]

    curve = fit_rep_curve(
        RatedSet(day=day, weight_kg=kg, reps=reps, reserve=0) for day in days for kg, reps in sets
    )
    assert personal["curve"]["power"] == curve.power
    assert personal["curve"]["percents"][4] == {"reps": 5, "percent": curve.percent(5)}
    assert len(personal["curve"]["percents"]) == 12
    assert personal["set"]["date"] == "2026-02-20"
    assert personal["one_rm_kg"] == max(
        curve.one_rm(weight_kg=kg, reps=reps, reserve=0, day=ago(10)).one_rm_kg
        for kg, reps in sets[:3]
    )
    assert personal["provenance"]["formula"]["id"] == "one_rm_personal_curve"


def test_a_curve_without_a_rated_set_of_late_has_no_maximum(api, ana, bench):
    sets = [(100.0, 1), (93.0, 3), (86.0, 5), (76.0, 8)]
    for day in (ago(200), ago(120)):
        log(ana, bench, day, *({"weight": kg, "reps": reps, "rir": 0.0} for kg, reps in sets))

    answer = api.get(url(bench), {"explain": "1"}).json()

    assert (answer["personal"]["one_rm_kg"], answer["personal"]["set"]) == (None, None)
    assert answer["personal"]["curve"]["provenance"]["window"]["count"] == 8
    assert answer["chart"] is None


def test_the_best_ever_stands_beside_the_best_of_late(api, ana, bench):
    StrengthProgressFactory(user=ana, exercise=bench, date=ago(91), one_rep_max=150.0)
    record = PersonalRecordFactory(
        user=ana, exercise=bench, kind="one_rm", value=150.0, date=ago(91), is_estimate=True
    )

    late = api.get(url(bench)).json()
    ever = api.get(url(bench), {"days": 91}).json()

    assert (late["one_rep_max"], late["provenance"]["validity"]) == (None, "no_answer")
    assert late["record"] == {
        "id": str(record.pk),
        "one_rm_kg": 150.0,
        "date": "2025-12-01",
        "is_estimate": True,
    }
    assert ever["one_rep_max"] == 150.0


def test_nothing_is_known_of_an_exercise_never_done(api, bench):
    answer = api.get(url(bench), {"explain": "1"}).json()

    assert answer["provenance"]["explanation"][-1] == (
        "No set here says anything about a maximum."
    )
    names = ("one_rep_max", "measured_on", "median", "chart", "personal", "record")
    assert [answer[name] for name in names] == [None] * 6
    assert answer["tests"] == []


def test_it_takes_five_queries(api, ana, bench, django_assert_num_queries):
    day_of_test(ana, bench, ago(3), 120.0)
    for days in range(5):
        log(ana, bench, ago(10 + days), {"rpe": 9.0})
        StrengthProgressFactory(user=ana, exercise=bench, date=ago(10 + days))

    with django_assert_num_queries(6):  # the token, and today, exercise, days, sets, tests
        answer = api.get(url(bench), {"explain": "1"})

    assert answer.status_code == 200
