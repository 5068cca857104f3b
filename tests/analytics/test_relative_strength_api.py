"""Strength for the size of a body, over HTTP."""

import datetime as dt

import pytest
from django.utils import timezone

from tests.analytics.lifted import ago
from tests.factories.analytics import DAY, BodyMetricFactory, PersonalRecordFactory
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/strength/relative/"
SLUGS = {
    "squat": "barbell-back-squat",
    "bench": "barbell-bench-press",
    "deadlift": "barbell-deadlift",
}


@pytest.fixture(autouse=True)
def _today(api, bens_api, monkeypatch):
    # After both have logged in: their sessions are of the real today.
    noon = dt.datetime.combine(DAY, dt.time(12), dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: noon)


@pytest.fixture
def lifts(db):
    return {lift: ExerciseFactory(slug=slug) for lift, slug in SLUGS.items()}


def lifted(user, exercise, value, day=DAY, **content):
    return PersonalRecordFactory(
        user=user, exercise=exercise, kind="one_rm", value=value, date=day, **content
    )


def make_male(user, weight=83.0, day=DAY):
    user.profile.sex = "male"
    user.profile.save()
    BodyMetricFactory(user=user, weight=weight, date=day)


def total_600(user, lifts, day=DAY):
    for lift, value in (("squat", 210.0), ("bench", 140.0), ("deadlift", 250.0)):
        lifted(user, lifts[lift], value, day)


def points(answer):
    return {
        (score["scale"], score["event"]): round(score["points"], 2) for score in answer["scores"]
    }


def test_lifted_totals_have_the_points_of_the_published_tables(api, ana, lifts):
    make_male(ana)
    total_600(ana, lifts)

    answer = api.get(URL).json()

    found = points(answer)
    assert found.pop(("ipf_gl", "bench")) == 70.32
    assert found == {
        ("dots", "sbd"): 405.05,
        ("wilks_2020", "sbd"): 480.99,
        ("ipf_gl", "sbd"): 83.06,
        ("wilks", "sbd"): 400.5,
    }
    assert (answer["total_kg"], answer["is_estimated"], answer["missing"]) == (600.0, False, [])
    assert (answer["sex"], answer["body_weight_kg"], answer["weighed_on"]) == (
        "male",
        83.0,
        "2026-03-02",
    )
    dots = answer["scores"][0]["provenance"]
    assert (dots["formula"]["id"], dots["formula"]["version"], dots["interval"]) == (
        "dots",
        1,
        None,
    )


def test_the_window_holds_the_lifts_and_the_weigh_in(api, ana, lifts):
    make_male(ana, day=ago(2))
    for lift, days in (("squat", 40), ("bench", 9), ("deadlift", 20)):
        lifted(ana, lifts[lift], 150.0, ago(days))

    answer = api.get(URL, {"explain": "1"}).json()

    windows = {
        (score["scale"], score["event"]): score["provenance"]["window"]
        for score in answer["scores"]
    }
    assert windows["dots", "sbd"] == {"first": "2026-01-21", "last": "2026-02-28", "count": 4}
    assert windows["ipf_gl", "bench"] == {"first": "2026-02-21", "last": "2026-02-28", "count": 2}
    assert answer["scores"][0]["provenance"]["explanation"][1] == (
        "Looked at 2026-01-21 to 2026-02-28."
    )


def test_the_profiles_weight_is_of_today(api, ana, lifts):
    ana.profile.sex = "male"
    ana.profile.body_weight_kg = 83.0
    ana.profile.save()
    total_600(ana, lifts, ago(5))

    dots = api.get(URL).json()["scores"][0]

    assert dots["provenance"]["window"] == {
        "first": "2026-02-25",
        "last": "2026-03-02",
        "count": 4,
    }


def test_the_best_of_the_lifts_that_count_is_taken(api, ana, lifts):
    sumo = ExerciseFactory(slug="sumo-deadlift", name="Sumo Deadlift")
    lifted(ana, lifts["deadlift"], 200.0)
    lifted(ana, sumo, 220.0, ago(3))
    lifted(ana, ExerciseFactory(slug="trap-bar-deadlift"), 260.0)

    answer = api.get(URL).json()

    assert answer["lifts"] == {
        "squat": None,
        "bench": None,
        "deadlift": {
            "exercise_id": str(sumo.pk),
            "exercise_name": "Sumo Deadlift",
            "one_rm_kg": 220.0,
            "is_estimate": False,
            "date": "2026-02-27",
        },
    }


def test_an_estimate_among_them_is_said_and_gives_a_range(api, ana, lifts):
    make_male(ana)
    total_600(ana, lifts)
    done = WorkoutSetFactory(
        workout=WorkoutFactory(user=ana), exercise=lifts["bench"], weight=130.0, reps=4, rpe=9.0
    )
    lifted(ana, lifts["bench"], 151.55, set_id=done.pk, reps=4, load_kg=130.0, is_estimate=True)

    answer = api.get(URL, {"explain": "1"}).json()

    dots = answer["scores"][0]
    assert (answer["total_kg"], answer["is_estimated"], dots["is_estimated"]) == (
        611.55,
        True,
        True,
    )
    # By the seven, five repetitions with 130 kg speak for 146.25 to 154.71 kg.
    low, high = dots["provenance"]["interval"].values()
    assert (round(low / dots["coefficient"], 2), round(high / dots["coefficient"], 2)) == (
        606.25,
        614.71,
    )
    assert dots["provenance"]["explanation"][2] == (
        "Total of squat, bench press and deadlift, estimated: 611.55 kg."
    )


def test_what_is_missing_is_named(api, ana, lifts):
    lifted(ana, lifts["bench"], 140.0)

    answer = api.get(URL).json()

    assert answer["missing"] == ["sex", "body_weight_kg", "squat", "deadlift"]
    assert (answer["total_kg"], answer["scores"], answer["history"]) == (None, [], [])


def test_the_bench_press_alone_has_points_on_the_scale_that_knows_it(api, ana, lifts):
    ana.profile.sex = "female"
    ana.profile.save()
    BodyMetricFactory(user=ana, weight=70.5)
    lifted(ana, lifts["bench"], 122.5)

    answer = api.get(URL).json()

    assert points(answer) == {("ipf_gl", "bench"): 96.78}
    assert answer["missing"] == ["squat", "deadlift"]


def test_equipment_changes_ipf_gl_alone(api, ana, lifts):
    make_male(ana, weight=92.04)
    lifted(ana, lifts["squat"], 400.0)
    lifted(ana, lifts["bench"], 285.0)
    lifted(ana, lifts["deadlift"], 350.0)

    classic, equipped = (
        points(api.get(URL, {"equipment": name}).json()) for name in ("classic", "equipped")
    )

    assert equipped["ipf_gl", "sbd"] == 112.85
    assert {key for key in classic if classic[key] != equipped[key]} == {
        ("ipf_gl", "sbd"),
        ("ipf_gl", "bench"),
    }


def test_the_profiles_weight_stands_in_for_a_weigh_in(api, ana, lifts):
    ana.profile.sex = "male"
    ana.profile.body_weight_kg = 83.0
    ana.profile.save()
    BodyMetricFactory(user=ana, weight=None, body_fat=15.0)
    total_600(ana, lifts)

    answer = api.get(URL).json()

    assert (answer["body_weight_kg"], answer["weighed_on"]) == (83.0, None)
    assert points(answer)["dots", "sbd"] == 405.05


def test_months_have_what_was_known_at_their_end(api, ana, lifts):
    make_male(ana, weight=90.0, day=dt.date(2025, 12, 20))
    BodyMetricFactory(user=ana, weight=83.0, date=dt.date(2026, 2, 27))
    total_600(ana, lifts, dt.date(2026, 1, 10))
    lifted(ana, lifts["deadlift"], 260.0, dt.date(2026, 3, 1))
    lifted(ana, lifts["deadlift"], 300.0, dt.date(2026, 3, 3))

    history = api.get(URL, {"days": 120}).json()["history"]

    assert [(one["date"], one["total_kg"], one["body_weight_kg"]) for one in history] == [
        ("2026-01-31", 600.0, 90.0),
        ("2026-02-28", 600.0, 83.0),
        ("2026-03-02", 610.0, 83.0),
    ]
    assert round(history[1]["dots"], 2) == 405.05
    assert set(history[1]) == {
        *("date", "total_kg", "body_weight_kg", "is_estimated"),
        *("dots", "wilks_2020", "ipf_gl", "wilks"),
    }


def test_a_few_days_back_is_today_alone(api, ana, lifts):
    make_male(ana, day=ago(60))
    total_600(ana, lifts, ago(60))

    assert [one["date"] for one in api.get(URL, {"days": 1}).json()["history"]] == ["2026-03-02"]


def test_it_takes_three_queries_however_long_ago(api, ana, lifts, django_assert_num_queries):
    make_male(ana, day=ago(1800))
    total_600(ana, lifts, ago(1800))

    with django_assert_num_queries(4):  # the token, and today, bodies, maxima
        answer = api.get(URL, {"days": 1826}).json()

    assert len(answer["history"]) == 61


def test_lifts_of_others_do_not_count(bens_api, anonymous, ana, lifts):
    make_male(ana)
    total_600(ana, lifts)

    answer = bens_api.get(URL).json()

    assert answer["lifts"] == {"squat": None, "bench": None, "deadlift": None}
    assert answer["missing"] == ["sex", "body_weight_kg", "squat", "bench", "deadlift"]
    assert anonymous.get(URL).status_code == 401


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"equipment": "wraps"}, "equipment"), ({"days": 0}, "days"), ({"explain": "x"}, "explain")],
)
def test_a_bad_question_is_refused_by_name(api, asked, field):
    response = api.get(URL, asked)

    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == [field]
