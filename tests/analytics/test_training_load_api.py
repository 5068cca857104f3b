"""How much somebody trains, over HTTP."""

import datetime as dt
from math import exp

import pytest
import time_machine

from analytics.formulas import LoadHistory, ewma_acwr, load_curve, weekly_load
from tests.factories.analytics import TrainingDayFactory
from users.models import UserProfile

pytestmark = pytest.mark.django_db

URL = "/api/v1/training-load/"
ZONES = f"{URL}heart-rate-zones/"
MONDAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
NOTHING = {"curve": None, "week": None, "ratio": None, "weeks": [], "points": []}


@pytest.fixture(autouse=True)
def _on_monday_at_noon(api, bens_api):
    with time_machine.travel(NOON, tick=False):
        yield


def ago(days):
    return MONDAY - dt.timedelta(days=days)


def train(user, days):
    """``days`` are lifting and cardio loads by how many days ago."""
    for number, (lifting, cardio) in days.items():
        TrainingDayFactory(
            user=user,
            date=ago(number),
            lifting_load=lifting,
            cardio_load=cardio,
            rated_load=lifting + cardio,
        )


def test_who_never_trained_has_no_load(api):
    answer = api.get(URL).json()

    assert answer == {
        "first": "2025-12-02",
        "last": "2026-03-02",
        "rated_share": None,
        "all": NOTHING,
        "lifting": NOTHING,
        "cardio": NOTHING,
    }


def test_lifting_and_cardio_are_added_up_and_told_apart(api, ana):
    train(ana, {1: (300.0, 0.0), 0: (200.0, 120.0)})

    answer = api.get(URL).json()

    loads = {
        name: [(point["date"], point["load"]) for point in answer[name]["points"]]
        for name in ("all", "lifting", "cardio")
    }
    assert loads == {
        "all": [("2026-03-01", 300.0), ("2026-03-02", 320.0)],
        "lifting": [("2026-03-01", 300.0), ("2026-03-02", 200.0)],
        "cardio": [("2026-03-01", 0.0), ("2026-03-02", 120.0)],
    }


def test_fitness_and_fatigue_move_a_share_of_the_way_to_each_days_load(api, ana):
    train(ana, {0: (420.0, 0.0)})

    curve = api.get(URL).json()["all"]["curve"]

    assert curve["ctl"] == round(420 * (1 - exp(-1 / 42)), 2) == 9.88
    assert curve["atl"] == round(420 * (1 - exp(-1 / 7)), 2) == 55.91
    assert (curve["tsb"], curve["form_percent"]) == (0.0, None)
    assert curve["provenance"]["formula"]["id"] == "ctl_atl_tsb_exponential"
    assert curve["provenance"]["validity"] == "warming_up"


def test_fitness_is_made_of_all_days_however_few_are_asked_for(api, ana):
    train(ana, dict.fromkeys(range(60), (100.0, 0.0)))

    short, long = (api.get(URL, {"days": days}).json()["all"] for days in (1, 90))

    assert len(short["points"]) == 2
    assert len(long["points"]) == 60
    assert short["points"] == long["points"][-2:]
    assert short["curve"] == long["curve"]
    assert short["curve"]["ctl"] == round(100 * (1 - exp(-60 / 42)), 2) == 76.03


def test_a_week_tells_load_monotony_and_strain(api, ana):
    train(ana, {8: (100.0, 0.0), 6: (200.0, 0.0), 4: (400.0, 0.0), 0: (300.0, 0.0)})

    found = api.get(URL, {"days": 8}).json()["all"]

    week = found["week"]
    provenance = week.pop("provenance")
    assert week == {
        "first": "2026-02-24",
        "last": "2026-03-02",
        "load": 900.0,
        "mean": 128.57,
        "sd": 170.43,
        "monotony": 0.75,
        "strain": 678.94,
        "previous_load": None,
        "change": None,
    }
    assert provenance["formula"]["id"] == "weekly_load"
    assert [(one["first"], one["load"]) for one in found["weeks"]] == [("2026-02-24", 900.0)]


def test_whole_weeks_of_the_range_stand_oldest_first(api, ana):
    train(ana, {number: (10.0 * number, 0.0) for number in range(1, 22)})

    found = api.get(URL).json()["all"]

    assert [(one["first"], one["last"], one["load"]) for one in found["weeks"]] == [
        ("2026-02-10", "2026-02-16", 1190.0),
        ("2026-02-17", "2026-02-23", 700.0),
        ("2026-02-24", "2026-03-02", 210.0),
    ]
    assert (found["week"]["previous_load"], found["week"]["change"]) == (700.0, -0.7)


def test_numbers_are_those_of_the_formulas(api, ana):
    days = {number: (float(37 * number % 500), float(23 * number % 90)) for number in range(50)}
    train(ana, days)
    history = LoadHistory(
        loads={ago(number): load for number, (_, load) in days.items()},
        first=ago(49),
        last=MONDAY,
        modality="cardio",
    )

    found = api.get(URL).json()["cardio"]

    curve, week, ratio = load_curve(history), weekly_load(history), ewma_acwr(history)
    assert [point["atl"] for point in found["points"]] == [round(p.atl, 2) for p in curve.points]
    assert found["curve"]["tsb"] == round(curve.latest.tsb, 2)
    assert found["week"]["strain"] == round(week.strain, 2)
    assert found["ratio"]["ratio"] == round(ratio.ratio, 4)
    assert found["ratio"]["provenance"]["caveats"] == list(ratio.caveats)


def test_loads_that_nobody_rated_are_a_caveat_of_each_number(api, ana):
    TrainingDayFactory(user=ana, lifting_load=300.0, cardio_load=0.0, rated_load=225.0)

    answer = api.get(URL).json()

    said = "Of the load, 75% is of efforts that were rated; the rest counts as 5 of 10."
    assert answer["rated_share"] == 0.75
    assert [
        answer["all"][name]["provenance"]["caveats"][-1] for name in ("curve", "week", "ratio")
    ] == [said] * 3


def test_explain_tells_how_numbers_came_about(api, ana):
    train(ana, dict.fromkeys(range(7), (100.0, 0.0)))

    plain, told = (api.get(URL, query).json()["all"] for query in ({}, {"explain": "1"}))

    assert "explanation" not in plain["week"]["provenance"]
    assert told["week"]["provenance"]["explanation"][:3] == [
        "Weekly load, monotony, and strain.",
        "Looked at 2026-02-24 to 2026-03-02.",
        "The loads of the week add up to 700, 100.0 a day.",
    ]


def test_days_after_today_are_not_there_yet(api, ana):
    train(ana, {0: (100.0, 0.0), -1: (900.0, 0.0)})

    answer = api.get(URL).json()

    assert [point["load"] for point in answer["all"]["points"]] == [100.0]


@pytest.mark.parametrize("query", [{"days": "0"}, {"days": "1827"}, {"explain": "yes"}])
def test_what_is_no_number_of_days_is_refused_by_name(api, query):
    response = api.get(URL, query)

    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == list(query)


def test_it_takes_two_statements_however_long_the_history(api, ana, django_assert_num_queries):
    train(ana, dict.fromkeys(range(100), (100.0, 0.0)))

    with django_assert_num_queries(3):  # the token, the zone, and the days
        answer = api.get(URL, {"days": 1826}).json()

    assert len(answer["all"]["points"]) == 100


def test_load_is_ones_own(bens_api, anonymous, ana):
    train(ana, {0: (100.0, 0.0)})

    assert bens_api.get(URL).json()["all"] == NOTHING
    assert anonymous.get(URL).status_code == 401
    assert anonymous.get(ZONES).status_code == 401


def test_zones_are_shares_of_the_highest_heart_rate(api):
    answer = api.get(ZONES, {"max_bpm": 190}).json()

    assert (answer["max_bpm"], answer["rest_bpm"]) == (190.0, None)
    assert answer["max_provenance"]["formula"]["id"] == "hr_max_measured"
    assert answer["provenance"]["formula"]["id"] == "hr_zones_max"
    assert answer["zones"] == [
        {"number": 1, "low_bpm": 95.0, "high_bpm": 114.0},
        {"number": 2, "low_bpm": 114.0, "high_bpm": 133.0},
        {"number": 3, "low_bpm": 133.0, "high_bpm": 152.0},
        {"number": 4, "low_bpm": 152.0, "high_bpm": 171.0},
        {"number": 5, "low_bpm": 171.0, "high_bpm": 190.0},
    ]


def test_a_heart_rate_at_rest_makes_them_shares_of_the_reserve(api):
    answer = api.get(ZONES, {"max_bpm": 190, "rest_bpm": 50}).json()

    assert answer["provenance"]["formula"]["id"] == "hr_zones_karvonen"
    assert [zone["low_bpm"] for zone in answer["zones"]] == [120.0, 134.0, 148.0, 162.0, 176.0]


def test_the_age_tells_the_highest_where_it_was_not_measured(api, ana, django_assert_num_queries):
    UserProfile.objects.filter(user=ana).update(date_of_birth=dt.date(1986, 3, 2))

    with django_assert_num_queries(3):  # the token, the zone, and the date of birth
        answer = api.get(ZONES, {"explain": "1"}).json()

    assert answer["max_bpm"] == 180.0
    assert answer["max_provenance"]["interval"] is not None
    assert "At 40 years, 208 − 0.7 × age = 180." in answer["max_provenance"]["explanation"]


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({}, "max_bpm"),
        ({"max_bpm": "99"}, "max_bpm"),
        ({"max_bpm": "251"}, "max_bpm"),
        ({"max_bpm": "fast"}, "max_bpm"),
        ({"max_bpm": "190", "rest_bpm": "19"}, "rest_bpm"),
        ({"max_bpm": "120", "rest_bpm": "120"}, "rest_bpm"),
        ({"max_bpm": "190", "explain": "2"}, "explain"),
    ],
)
def test_heart_rates_of_nobody_are_refused_by_name(api, query, attr):
    response = api.get(ZONES, query)

    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == [attr]
