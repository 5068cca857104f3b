"""Progress of an exercise over HTTP."""

import datetime as dt
from random import Random

import pytest
from django.utils import timezone

from tests.analytics.lifted import ago, log
from tests.factories.analytics import DAY, StrengthProgressFactory
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory
from workouts.formulas import brzycki_one_rm

pytestmark = pytest.mark.django_db


def errors(response):
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


@pytest.fixture(autouse=True)
def _today(api, monkeypatch):
    # After the log-in: the session is of the real today.
    noon = dt.datetime.combine(DAY, dt.time(12), dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: noon)


@pytest.fixture
def bench(db):
    return ExerciseFactory(name="Bench Press")


def progress_url(exercise):
    return f"/api/v1/strength/{exercise.pk}/progress/"


def new_day(day):
    return {
        "date": str(day),
        "sets": [],
        "volume": 0,
        "max_weight": 0,
        "max_reps": 0,
        "one_rm": 0,
        "estimate": None,
    }


def tally(day, sets):
    """Add sets to a day, one after the other."""
    for number, one in enumerate(sets, 1):
        weight, reps = one["weight"], one["reps"]
        if weight is None or reps is None:
            continue
        volume = weight * reps
        shown = {"set_number": number, "weight": weight, "reps": reps, "volume": volume}
        day["sets"].append(shown)
        day["volume"] += volume
        day["max_weight"] = max(day["max_weight"], weight)
        day["max_reps"] = max(day["max_reps"], reps)
        day["one_rm"] = max(day["one_rm"], brzycki_one_rm(weight_kg=weight, reps=reps) or 0)


def change(first, last):
    return round((last - first) / first * 100, 1) if first else 0.0


def test_a_day_shows_its_sets_and_what_they_amount_to(api, ana, bench):
    log(ana, bench, ago(1), {"weight": 60.0, "reps": 12}, {"weight": 100.0, "reps": 5})

    answer = api.get(progress_url(bench)).json()

    assert answer["exercise_id"] == str(bench.pk)
    assert answer["progress"] == [
        {
            "date": "2026-03-01",
            "sets": [
                {"set_number": 1, "weight": 60.0, "reps": 12, "volume": 720.0},
                {"set_number": 2, "weight": 100.0, "reps": 5, "volume": 500.0},
            ],
            "volume": 1220.0,
            "max_weight": 100.0,
            "max_reps": 12,
            "one_rm": 112.5,
            "estimate": None,
        }
    ]
    assert answer["improvement"] is None


def test_the_improvement_is_from_the_first_day_to_the_last(api, ana, bench):
    log(ana, bench, ago(60), {"weight": 90.0, "reps": 5})
    log(ana, bench, ago(30), {"weight": 120.0, "reps": 5})
    log(ana, bench, DAY, {"weight": 100.0, "reps": 5})

    answer = api.get(progress_url(bench)).json()

    assert [day["date"] for day in answer["progress"]] == [
        "2026-01-01",
        "2026-01-31",
        "2026-03-02",
    ]
    assert answer["improvement"] == {
        "one_rm_improvement": 11.1,
        "volume_improvement": 11.1,
        "period_days": 90,
    }


def test_nothing_improves_on_nothing(api, ana, bench):
    log(ana, bench, ago(2), {"weight": None, "reps": 10})
    log(ana, bench, DAY, {"weight": 100.0, "reps": 5})

    answer = api.get(progress_url(bench)).json()

    first = answer["progress"][0]
    assert (first["sets"], first["volume"], first["one_rm"]) == ([], 0.0, 0.0)
    assert (first["max_weight"], first["max_reps"]) == (0.0, 0)
    assert answer["improvement"] == {
        "one_rm_improvement": 0.0,
        "volume_improvement": 0.0,
        "period_days": 90,
    }


UNCOUNTED = "sets without a weight or repetitions are not counted"
NO_MAXIMUM = (
    f"The first day has no maximum to improve on: {UNCOUNTED}, nor are those of more than 10."
)
NO_VOLUME = f"The first day has no volume to improve on: {UNCOUNTED}."


def test_a_lift_without_weights_has_no_answer_and_says_why(api, ana, bench):
    log(ana, bench, ago(2), {"weight": None, "reps": 10})
    log(ana, bench, DAY, {"weight": None, "reps": 12})

    answer = api.get(progress_url(bench), {"explain": "1"}).json()

    assert answer["improvement"] == {
        "one_rm_improvement": 0.0,
        "volume_improvement": 0.0,
        "period_days": 90,
    }
    improvement = answer["provenance"]["improvement"]
    assert (improvement["validity"], improvement["caveats"]) == (
        "no_answer",
        [NO_MAXIMUM, NO_VOLUME],
    )
    assert improvement["explanation"][2:] == [NO_MAXIMUM, NO_VOLUME]


def test_only_the_part_that_began_with_nothing_has_no_answer(api, ana, bench):
    log(ana, bench, ago(2), {"weight": 50.0, "reps": 12})
    log(ana, bench, DAY, {"weight": 75.0, "reps": 10})

    improvement = api.get(progress_url(bench), {"explain": "1"}).json()["provenance"][
        "improvement"
    ]

    assert (improvement["validity"], improvement["caveats"]) == ("valid", [NO_MAXIMUM])
    assert improvement["explanation"][2:] == [
        "The volume, weight × repetitions of all sets, went from 600 to 750 kg: +25.0 %.",
        NO_MAXIMUM,
    ]


def test_more_than_ten_repetitions_speak_for_no_maximum(api, ana, bench):
    log(ana, bench, DAY, {"weight": 60.0, "reps": 11})

    [day] = api.get(progress_url(bench)).json()["progress"]

    assert (day["volume"], day["one_rm"]) == (660.0, 0.0)


def test_the_days_asked_for_are_the_days_shown(api, ana, bench):
    for days in (8, 7, 0, -1):
        log(ana, bench, ago(days), {})

    answer = api.get(progress_url(bench), {"days": 7}).json()

    assert [day["date"] for day in answer["progress"]] == ["2026-02-23", "2026-03-02"]
    assert answer["improvement"]["period_days"] == 7


def test_today_is_the_persons_own(api, ana, bench, monkeypatch):
    late = dt.datetime(2026, 3, 2, 23, 0, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: late)
    ana.profile.timezone = "Asia/Tokyo"
    ana.profile.save()
    log(ana, bench, dt.date(2026, 3, 3), {})

    answer = api.get(progress_url(bench)).json()

    assert [day["date"] for day in answer["progress"]] == ["2026-03-03"]


def test_two_workouts_of_a_day_are_one_day(api, ana, bench):
    evening = WorkoutFactory(user=ana, date=DAY, start_time=dt.time(20))
    WorkoutSetFactory(workout=evening, exercise=bench, weight=80.0)
    morning = WorkoutFactory(user=ana, date=DAY, start_time=dt.time(8))
    WorkoutSetFactory(workout=morning, exercise=bench, weight=70.0)

    [day] = api.get(progress_url(bench)).json()["progress"]

    assert [one["weight"] for one in day["sets"]] == [70.0, 80.0]
    assert day["volume"] == 750.0


def test_what_a_plan_asked_for_and_nobody_did_is_no_set(api, ana, bench):
    log(ana, bench, DAY, {"weight": 100.0, "reps": None, "target": {"reps": 5}})

    assert api.get(progress_url(bench)).json()["progress"] == []


def test_the_estimate_of_the_day_stands_beside_its_sets(api, ana, bench):
    log(ana, bench, ago(1), {})
    log(ana, bench, DAY, {})
    StrengthProgressFactory(
        user=ana,
        exercise=bench,
        date=ago(1),
        one_rep_max=120.0,
        one_rep_max_low_kg=120.0,
        one_rep_max_high_kg=120.0,
        calculated_1rm=False,
    )
    StrengthProgressFactory(user=ana, exercise=bench)

    answer = api.get(progress_url(bench)).json()

    assert [day["estimate"] for day in answer["progress"]] == [
        {
            "one_rep_max": 120.0,
            "low": 120.0,
            "high": 120.0,
            "validity": "valid",
            "tested": True,
        },
        {
            "one_rep_max": 116.58,
            "low": 112.5,
            "high": 119.01,
            "validity": "valid",
            "tested": False,
        },
    ]
    latest = answer["provenance"]["latest_estimate"]
    assert latest["formula"]["id"] == "one_rm_median"
    assert latest["window"] == {"first": "2026-03-02", "last": "2026-03-02", "count": 1}
    improvement = answer["provenance"]["improvement"]
    assert (improvement["formula"]["id"], improvement["formula"]["version"]) == (
        "exercise_progress",
        1,
    )
    assert improvement["window"]["count"] == 2


def test_it_explains_itself_when_asked(api, ana, bench):
    log(ana, bench, ago(1), {"weight": 90.0})
    log(ana, bench, DAY, {})
    StrengthProgressFactory(user=ana, exercise=bench)

    answer = api.get(progress_url(bench), {"explain": "1"}).json()

    assert answer["provenance"]["improvement"]["explanation"][2:] == [
        "The best maximum by Brzycki went from 101.25 kg on 2026-03-01 to 112.5 kg on"
        " 2026-03-02: +11.1 %.",
        "The volume, weight × repetitions of all sets, went from 450 to 500 kg: +11.1 %.",
    ]
    assert "The set: 5 × 100 kg, to failure." in answer["progress"][1]["estimate"]["explanation"]


@pytest.mark.parametrize("seed", range(3))
def test_it_is_what_one_would_work_out_by_hand(api, ana, bench, seed):
    random = Random(seed)
    expected: dict[str, dict] = {}
    for days in sorted((random.randrange(100) for _ in range(12)), reverse=True):
        sets = [
            {
                "weight": random.choice([None, 0.0, 40.0, 62.5, 100.0]),
                "reps": random.choice([None, 1, 3, 8, 10, 11, 20]),
                "set_type": random.choice(["normal", "warm_up", "drop"]),
            }
            for _ in range(random.randrange(1, 5))
        ]
        log(ana, bench, ago(days), *sets)
        if days <= 90:
            tally(expected.setdefault(str(ago(days)), new_day(ago(days))), sets)

    answer = api.get(progress_url(bench)).json()

    assert answer["progress"] == list(expected.values())
    first, last = answer["progress"][0], answer["progress"][-1]
    assert answer["improvement"] == {
        "one_rm_improvement": change(first["one_rm"], last["one_rm"]),
        "volume_improvement": change(first["volume"], last["volume"]),
        "period_days": 90,
    }


def test_it_takes_one_query_however_long_the_history(api, ana, bench, django_assert_num_queries):
    for days in range(5):
        log(ana, bench, ago(days), {}, {"reps": 4})
        StrengthProgressFactory(user=ana, exercise=bench, date=ago(days))

    with django_assert_num_queries(2):  # the token, and everything
        answer = api.get(progress_url(bench), {"explain": "1"}).json()

    assert len(answer["progress"]) == 5


def test_an_exercise_without_sets_has_no_days(api, bench):
    answer = api.get(progress_url(bench)).json()

    assert (answer["progress"], answer["improvement"]) == ([], None)
    assert answer["provenance"]["improvement"]["validity"] == "no_answer"
    assert answer["provenance"]["latest_estimate"]["validity"] == "no_answer"


@pytest.mark.parametrize("days", ["0", "1827", "-1", "1.5", "all", ""])
def test_days_that_are_none_are_refused(api, bench, days):
    response = api.get(progress_url(bench), {"days": days})

    assert (response.status_code, errors(response)) == (400, [("invalid", "days")])
