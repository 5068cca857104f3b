"""What somebody spends and what food leaves them, over HTTP."""

import datetime as dt

import pytest
import time_machine

from analytics.formulas import EnergyDay, adaptive_tdee
from tests.factories.analytics import (
    BodyMetricFactory,
    NutritionSummaryFactory,
    TrainingDayFactory,
)
from users.models import UserProfile, UserSettings

pytestmark = pytest.mark.django_db

URL = "/api/v1/energy-balance/"
TODAY = dt.date(2026, 3, 2)
# A scale that errs, in kg.
NOISE = (0.6, -0.4, 0.3, -0.7, 0.5, -0.2, -0.1)


@pytest.fixture(autouse=True)
def _monday(api, bens_api):
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False):
        yield


def ago(days):
    return TODAY - dt.timedelta(days=days)


@pytest.fixture
def man(ana):
    """80 kg, 180 cm, 30 years, training three days a week: 1780 kcal at rest, 2759 in all."""
    UserProfile.objects.filter(user=ana).update(
        sex="male", height=180, body_weight_kg=80, date_of_birth="1996-01-01"
    )
    UserSettings.objects.filter(user=ana).update(workout_days_per_week=3)
    return ana


def weight_on(day, *, days):
    """Of who began with 80 kg so many days ago, spends 2600 kcal and eats 2100."""
    return 80 - day * 500 / 7700 + NOISE[day % 7]


def cut(user, *, days):
    for day in range(days + 1):
        BodyMetricFactory(user=user, date=ago(days - day), weight=weight_on(day, days=days))
        if day < days:
            NutritionSummaryFactory(user=user, date=ago(days - day), calories=2100, doubt=0)


def basal_of(story):
    return {row["formula_id"]: row for row in story["basal"]}


def test_without_anything_there_is_no_answer_and_all_that_is_missing_is_named(api):
    story = api.get(URL).json()

    assert (story["first"], story["last"]) == ("2026-02-02", "2026-03-02")
    basal = basal_of(story)
    assert [row["kcal"] for row in story["basal"]] == [None, None, None, None]
    size = ["body_weight_kg", "height", "date_of_birth"]
    assert basal["mifflin_st_jeor"]["missing"] == [*size, "sex"]
    assert basal["cunningham"]["missing"] == [*size, "body_fat"]
    for name in ("start", "adaptive_tdee", "weight_balance", "availability"):
        assert story[name] is None
    assert story["mean_balance"]["kcal_per_day"] is None
    assert story["mean_balance"]["provenance"]["validity"] == "no_answer"
    assert len(story["series"]) == 29
    assert story["series"][-1] == {
        "date": "2026-03-02",
        "weight_kg": None,
        "logged_kcal": None,
        "intake_kcal": None,
        "exercise_kcal": 0.0,
        "tdee_kcal": None,
        "tdee_low_kcal": None,
        "tdee_high_kcal": None,
        "balance_kcal": None,
    }


def test_basal_energy_by_every_formula_that_has_its_data(api, man):
    without = basal_of(api.get(URL).json())
    BodyMetricFactory(user=man, date=TODAY, weight=80, body_fat=15)

    basal = basal_of(api.get(URL).json())

    assert without["mifflin_st_jeor"]["kcal"] == 1780.0
    assert without["katch_mcardle"]["missing"] == ["body_fat"]
    assert {name: row["kcal"] for name, row in basal.items()} == {
        "mifflin_st_jeor": 1780.0,
        "harris_benedict_revised": 1853.6,
        "katch_mcardle": 1838.8,
        "cunningham": 1996.0,
    }
    assert basal["cunningham"]["provenance"]["formula"]["source"] == "Cunningham, 1980"


def test_expenditure_begins_from_lean_mass_where_it_is_known(api, man):
    by_size = api.get(URL).json()["start"]
    BodyMetricFactory(user=man, date=TODAY, weight=80, body_fat=15)

    by_lean_mass = api.get(URL).json()["start"]

    assert by_size == {
        "kcal": 2759.0,
        "sd_kcal": 300.0,
        "from_what": "mifflin_st_jeor",
        "activity": "moderate",
        "activity_factor": 1.55,
    }
    assert (by_lean_mass["kcal"], by_lean_mass["from_what"]) == (2850.1, "katch_mcardle")


def test_expenditure_is_learned_from_weight_and_food(api, man):
    cut(man, days=42)

    story = api.get(URL).json()

    # Mifflin-St Jeor with today's weight, which the noise makes what it is.
    start = (10 * weight_on(42, days=42) + 6.25 * 180 - 5 * 30 + 5) * 1.55
    oracle = adaptive_tdee(
        [
            EnergyDay(day=ago(42 - day), weight_kg=weight_on(day, days=42), intake_kcal=2100)
            for day in range(43)
        ],
        start_tdee_kcal=start,
        until=TODAY,
    )
    learned = story["adaptive_tdee"]
    assert learned["kcal"] == round(oracle.tdee_kcal, 1)
    assert learned["kcal"] == pytest.approx(2600, abs=60)
    assert (learned["weigh_ins"], learned["food_days"]) == (43, 42)
    assert learned["provenance"]["validity"] == "valid"
    assert learned["provenance"]["interval"]["low"] < 2600
    assert learned["provenance"]["interval"]["high"] > 2600
    last = story["series"][-1]
    assert last["tdee_kcal"] == learned["kcal"]
    assert last["tdee_low_kcal"] == round(learned["provenance"]["interval"]["low"], 1)


def test_what_is_learned_does_not_depend_on_what_is_shown(api, man):
    cut(man, days=20)

    short, long = api.get(URL, {"days": 7}).json(), api.get(URL, {"days": 90}).json()

    assert short["adaptive_tdee"] == long["adaptive_tdee"]
    assert short["series"] == long["series"][-8:]


def test_a_day_in_part_says_nothing_and_neither_does_today(api, man):
    BodyMetricFactory(user=man, date=ago(3), weight=80)
    NutritionSummaryFactory(user=man, date=ago(2), calories=900, is_complete=False)
    NutritionSummaryFactory(user=man, date=ago(1), calories=2000)
    NutritionSummaryFactory(user=man, date=TODAY, calories=1900)

    series = api.get(URL, {"days": 2}).json()["series"]

    assert [(day["logged_kcal"], day["intake_kcal"]) for day in series] == [
        (900, None),
        (2000, 2000.0),
        (1900, None),
    ]
    assert [day["balance_kcal"] for day in series] == [None, -759.0, None]


def test_doubtful_foods_widen_what_is_known(api, man):
    for day in range(20):
        BodyMetricFactory(user=man, date=ago(day), weight=80)
        NutritionSummaryFactory(user=man, date=ago(day), calories=2500, doubt=0.05)
    sure = api.get(URL).json()["adaptive_tdee"]["sd_kcal"]
    man.nutritionsummary_set.update(doubt=0.3)

    unsure = api.get(URL).json()["adaptive_tdee"]["sd_kcal"]

    assert unsure > sure


def test_after_a_long_gap_it_begins_anew(api, man):
    BodyMetricFactory(user=man, date=ago(200), weight=100)
    for day in (20, 10, 0):
        BodyMetricFactory(user=man, date=ago(day), weight=80)

    learned = api.get(URL).json()["adaptive_tdee"]

    assert learned["weigh_ins"] == 3
    assert learned["provenance"]["window"]["first"] == str(ago(20))


def test_without_a_formula_it_begins_at_what_is_eaten(api, ana):
    for day in range(1, 8):
        NutritionSummaryFactory(user=ana, date=ago(day), calories=2000 + day)

    story = api.get(URL).json()

    assert story["start"] == {
        "kcal": 2004.0,
        "sd_kcal": 600.0,
        "from_what": "mean_intake",
        "activity": None,
        "activity_factor": None,
    }
    assert story["adaptive_tdee"]["provenance"]["validity"] == "warming_up"


def test_the_classic_balance_is_of_the_days_that_are_shown(api, man):
    for day in range(29):
        BodyMetricFactory(user=man, date=ago(day), weight=80 + day * 0.5 / 7)
        if day:
            NutritionSummaryFactory(user=man, date=ago(day), calories=2200)

    balance = api.get(URL).json()["weight_balance"]

    assert (balance["tdee_kcal"], balance["mean_intake_kcal"]) == (2750.0, 2200.0)
    assert (balance["stored_kcal"], balance["kg_per_day"]) == (-550.0, -0.0714)
    assert balance["provenance"]["caveats"] == ["28 of 28 days have all food logged."]


@pytest.mark.parametrize("days", [6, 5])
def test_the_classic_balance_needs_seven_days_of_food(days, api, man):
    for day in range(28):
        BodyMetricFactory(user=man, date=ago(day), weight=80)
    for day in range(1, days + 1):
        NutritionSummaryFactory(user=man, date=ago(day))

    assert api.get(URL).json()["weight_balance"] is None


def test_the_mean_balance_is_of_the_whole_days(api, man):
    BodyMetricFactory(user=man, date=ago(10), weight=80)
    for day in range(1, 8):
        NutritionSummaryFactory(user=man, date=ago(day), calories=2500)
    NutritionSummaryFactory(user=man, date=ago(8), calories=500, is_complete=False)

    balance = api.get(URL).json()["mean_balance"]

    assert (balance["mean_intake_kcal"], balance["mean_tdee_kcal"]) == (2500.0, 2759.0)
    assert (balance["kcal_per_day"], balance["days"]) == (-259.0, 7)
    assert balance["provenance"]["validity"] == "valid"
    assert balance["provenance"]["window"]["count"] == 7


class TestAvailability:
    @pytest.fixture
    def lean(self, man):
        """50 kg of fat-free mass."""
        BodyMetricFactory(user=man, date=ago(30), weight=62.5, body_fat=20)
        return man

    def test_it_is_what_training_leaves_to_each_kg_that_is_not_fat(self, api, lean):
        for day in range(1, 8):
            NutritionSummaryFactory(user=lean, date=ago(day), calories=2000)
            TrainingDayFactory(user=lean, date=ago(day), net_calories_kcal=500)

        found = api.get(URL).json()["availability"]

        assert (found["kcal_per_kg"], found["band"]) == (30.0, "from_30_to_45")
        assert (found["mean_intake_kcal"], found["mean_exercise_kcal"]) == (2000.0, 500.0)
        assert (found["fat_free_mass_kg"], found["days"]) == (50.0, 7)

    def test_its_words_judge_nobody(self, api, lean):
        for day in range(1, 8):
            NutritionSummaryFactory(user=lean, date=ago(day), calories=1200)

        found = api.get(URL, {"explain": 1}).json()["availability"]

        words = " ".join(found["provenance"]["explanation"]).lower()
        assert found["band"] == "below_30"
        assert "no diagnosis" in words
        assert not {"low", "deficient", "risk", "danger", "warning"} & set(words.split())

    def test_six_days_are_too_few(self, api, lean):
        for day in range(1, 7):
            NutritionSummaryFactory(user=lean, date=ago(day))

        found = api.get(URL).json()["availability"]

        assert (found["kcal_per_kg"], found["band"], found["days"]) == (None, None, 6)
        assert found["provenance"]["validity"] == "warming_up"

    def test_without_body_fat_there_is_none(self, api, man):
        for day in range(1, 8):
            NutritionSummaryFactory(user=man, date=ago(day))

        assert api.get(URL).json()["availability"] is None


def test_every_number_is_explained_in_words_and_numbers(api, man):
    cut(man, days=28)

    story = api.get(URL, {"explain": "1"}).json()

    basal = basal_of(story)["mifflin_st_jeor"]["provenance"]["explanation"]
    assert basal[0] == "Mifflin-St Jeor, 1990."
    assert basal[1].startswith("male, ")
    assert any("kcal a kg" in line for line in story["adaptive_tdee"]["provenance"]["explanation"])
    assert story["mean_balance"]["provenance"]["explanation"][2].startswith("On 28 days with all")
    assert story["weight_balance"]["provenance"]["explanation"]


def test_the_numbers_of_others_do_not_count(api, ana, ben):
    BodyMetricFactory(user=ben, date=TODAY)
    NutritionSummaryFactory(user=ben, date=ago(1))
    TrainingDayFactory(user=ben, date=ago(1))

    day = api.get(URL, {"days": 1}).json()["series"][0]

    assert (day["weight_kg"], day["logged_kcal"], day["exercise_kcal"]) == (None, None, 0.0)


def test_it_costs_the_same_for_any_number_of_days(api, man, django_assert_num_queries):
    cut(man, days=10)

    # The person, their day, the days, the measures, the profile, the settings.
    with django_assert_num_queries(6):
        api.get(URL)


@pytest.mark.parametrize("days", ["0", "1827", "-1", "x", ""])
def test_a_span_that_is_none_is_refused(days, api):
    response = api.get(URL, {"days": days})

    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == ["days"]


def test_strangers_are_turned_away(anonymous):
    assert anonymous.get(URL).status_code == 401
