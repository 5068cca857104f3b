"""The demo: half a year of what its people ate."""

import statistics
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from nutrition import gtin, selectors
from nutrition.models import (
    DayTarget,
    DiaryDay,
    FavoriteFood,
    Food,
    MealEntry,
    NutritionGoal,
    PastGoal,
    Recipe,
    WaterIntake,
)
from nutrition.selectors.days import nutrition_week
from nutrition.selectors.goals import suggestion
from nutrition.services import catalogue
from nutrition.services import demo as food
from tests.factories.workouts import WorkoutFactory
from tests.recalled import recalled
from users.localtime import reading_of
from users.models import SyncClock, User
from users.services import demo as people

# A Monday afternoon in Vienna, morning in New York, Tuesday just after midnight in Tokyo.
NOW = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
ANA, BEN, CARA = people.NAMED
# Ana ate less until then.
CUT_UNTIL = date(2025, 11, 10)
CUTTING = replace(ANA, username="demo0004", settings={"primary_goal": "weight_loss"})

pytestmark = pytest.mark.django_db


load_foods = recalled(catalogue.load_foods)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def added(*who: people.DemoPerson) -> list[User]:
    """People, and the foods that they could log."""
    if not Food.objects.exists():
        load_foods()
    return people.add_people(people=who, now=NOW)


def some_days_of(*who: people.DemoPerson, seed: int = 1) -> list[User]:
    users = added(*who)
    food.add_food(users=users, now=NOW, seed=seed)
    return users


half_a_year_of = recalled(some_days_of)


@pytest.fixture
def _lately(monkeypatch):
    """The diaries have weeks, where it is not about half a year of them."""
    monkeypatch.setattr(food, "DIARY_DAYS", 28)


def diary(user: User) -> list[tuple]:
    """What was logged, without ids and times of writing."""
    columns = ("date", "time", "meal_type", "food_name", "quantity", "portion_name", "notes")
    entries = MealEntry.objects.filter(user=user).order_by(*columns)
    drinks = WaterIntake.objects.filter(user=user).order_by("date", "time", "amount_ml")
    return [*entries.values_list(*columns), *drinks.values_list("date", "time", "amount_ml")]


def days_of(user: User) -> list[dict[str, Any]]:
    """The days before today, as the API shows them."""
    yesterday = reading_of(NOW, user.profile.timezone).date() - timedelta(days=1)
    return [
        day
        for week in range(26)
        for day in nutrition_week(user_id=user.pk, last=yesterday - timedelta(weeks=week))["days"]
    ]


def diary_of(person: people.DemoPerson) -> list[dict[str, Any]]:
    """Their days in half a year; the database has none of them afterwards."""
    if person.username not in _diaries:
        with undone():
            _diaries[person.username] = days_of(half_a_year_of(person)[0])
    return _diaries[person.username]


_diaries: dict[str, list[dict[str, Any]]] = {}


def share_of_goal(day: dict[str, Any], name: str = "calories") -> float:
    return day[f"total_{name}"] / day["goals"][name]


# --- Goals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "aim"), [(ANA, "maintain"), (BEN, "gain"), (CARA, "endurance"), (CUTTING, "cut")]
)
def test_a_goal_is_what_the_app_suggests(person: people.DemoPerson, aim: str):
    [user] = half_a_year_of(person)

    goal = NutritionGoal.objects.get()
    suggested = suggestion(user_id=user.pk, today=date(2026, 3, 2))
    assert goal.user == user
    assert goal.aim == suggested["aim"] == aim
    targets = ("calorie", "protein", "carbs", "fat", "fiber", "water")
    names = [f"{name}_target" for name in targets]
    assert [getattr(goal, name) for name in names] == [suggested[name] for name in names]


def test_days_of_training_have_another_target_for_who_maintains():
    half_a_year_of(ANA)

    target, goal = DayTarget.objects.get(), NutritionGoal.objects.get()
    assert (target.weekday, target.is_training) == (None, True)
    assert target.calorie_target == goal.calorie_target + 240
    assert target.carbs_target == goal.carbs_target + 60
    assert target.protein_target is None


def test_weekends_have_another_target_for_who_gains():
    half_a_year_of(BEN)

    goal = NutritionGoal.objects.get()
    targets = DayTarget.objects.order_by("weekday")
    assert list(targets.values_list("weekday", "is_training", "calorie_target")) == [
        (6, None, goal.calorie_target + 200),
        (7, None, goal.calorie_target + 200),
    ]


def test_the_first_ten_weeks_of_ana_were_a_cut():
    days = [day for day in diary_of(ANA) if day["is_complete"]]
    half_a_year_of(ANA)

    past = PastGoal.objects.get()
    goal = NutritionGoal.objects.get()
    cut = [day for day in days if day["date"] <= CUT_UNTIL]
    since = [day for day in days if day["date"] > CUT_UNTIL]
    assert past.valid_until == CUT_UNTIL
    assert past.document["aim"] == "cut"
    assert past.document["calorie_target"] == 1826
    assert past.document["calorie_target"] < goal.calorie_target
    assert {day["goals"]["calories"] for day in cut} == {1826}
    assert {day["goals"]["calories"] for day in since} == {goal.calorie_target}
    assert 0.95 < statistics.mean(share_of_goal(day) for day in cut) < 1.05


def test_more_is_eaten_on_days_of_training():
    [user] = added(ANA)
    for week in range(26):
        WorkoutFactory(user=user, date=date(2026, 2, 25) - timedelta(weeks=week))

    food.add_food(users=[user], now=NOW, seed=1)

    since_the_cut = [day for day in days_of(user) if day["date"] > CUT_UNTIL]
    days = [day for day in since_the_cut if day["is_complete"] and day["date"].weekday() < 5]
    trained = [day["total_calories"] for day in days if day["goals_for"] == "training_days"]
    rested = [day["total_calories"] for day in days if day["goals_for"] == "every_day"]
    assert {day["date"].weekday() for day in days if day["is_training"]} == {2}
    assert 120 < statistics.mean(trained) - statistics.mean(rested) < 330


def test_whoever_says_nothing_of_their_body_has_neither_a_goal_nor_a_diary():
    users = added(people.ADMIN, replace(BEN, profile={"timezone": "UTC"}))

    entries = food.add_food(users=users, now=NOW, seed=1)

    assert entries == 0
    assert not NutritionGoal.objects.exists()
    assert not MealEntry.objects.exists()
    assert not Food.objects.filter(is_custom=True).exists()


# --- Days ------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", people.NAMED)
def test_the_last_half_year_is_logged_until_now_by_the_persons_own_clock(
    person: people.DemoPerson,
):
    [user] = half_a_year_of(person)

    now = reading_of(NOW, person.profile["timezone"])
    moments = [
        datetime.combine(*moment)
        for model in (MealEntry, WaterIntake)
        for moment in model.objects.filter(user=user).values_list("date", "time")
    ]
    assert max(moments) <= now
    assert now - max(moments) < timedelta(days=3)
    assert timedelta(0) <= min(moments).date() - (now.date() - timedelta(days=181)) <= timedelta(3)


def test_today_has_what_was_eaten_until_now():
    [user] = half_a_year_of(BEN)

    today = MealEntry.objects.filter(user=user, date=date(2026, 3, 2))
    assert set(today.values_list("meal_type", flat=True)) == {"breakfast", "snack"}
    assert max(today.values_list("time", flat=True)) <= time(10, 30)
    assert not DiaryDay.objects.filter(date=date(2026, 3, 2)).exists()


@pytest.mark.parametrize("person", [*people.NAMED, CUTTING])
def test_energy_is_near_the_goal(person: people.DemoPerson):
    shares = [share_of_goal(day) for day in diary_of(person) if day["is_complete"]]
    assert len(shares) > 130
    assert 0.85 < statistics.mean(shares) < 1.15
    assert min(shares) > 0.7
    assert 1.1 < max(shares) < 1.6


@pytest.mark.parametrize("person", people.NAMED)
def test_scores_vary_and_most_are_good(person: people.DemoPerson):
    scores = sorted(day["score"] for day in diary_of(person) if day["is_complete"])
    assert 20 < scores[0] < 65
    assert scores[-1] > 95
    assert 75 < statistics.mean(scores) < 95
    assert statistics.stdev(scores) > 7


def test_who_cuts_stays_mostly_below_the_goal():
    shares = [share_of_goal(day) for day in diary_of(CUTTING) if day["is_complete"]]
    assert sum(share < 1 for share in shares) > 0.6 * len(shares)


@pytest.mark.parametrize("person", people.NAMED)
def test_some_days_are_not_logged_and_some_not_to_the_end(person: people.DemoPerson):
    days = diary_of(person)

    missing = sum(day["meal_count"] == 0 for day in days)
    given_up = sum(day["meal_count"] > 0 and not day["is_complete"] for day in days)
    assert 7 <= missing <= 25
    assert 3 <= given_up <= 25


def test_a_day_has_three_to_five_meals_of_some_foods_each():
    days = [day for day in diary_of(ANA) if day["is_complete"]]
    [user] = half_a_year_of(ANA)

    complete = {day["date"] for day in days}
    meals: defaultdict[date, set[time]] = defaultdict(set)
    for day, clock in MealEntry.objects.filter(user=user).values_list("date", "time"):
        meals[day].add(clock)
    foods = [day["meal_count"] for day in days]
    assert {len(clocks) for day, clocks in meals.items() if day in complete} == {3, 4, 5}
    assert 10 <= statistics.mean(foods) <= 16


def test_breakfast_is_a_habit_and_another_one_on_weekends():
    half_a_year_of(ANA)

    dishes: defaultdict[date, set[str]] = defaultdict(set)
    for entry in MealEntry.objects.filter(meal_type="breakfast"):
        dishes[entry.date].add(entry.food_name)
    weekdays = Counter(frozenset(dish) for day, dish in dishes.items() if day.weekday() < 5)
    weekends = Counter(frozenset(dish) for day, dish in dishes.items() if day.weekday() >= 5)
    [(_, usual)] = weekdays.most_common(1)
    assert 0.5 < usual / weekdays.total() < 0.85
    assert not weekdays.keys() & weekends.keys()


def test_there_is_a_feast_every_few_weeks():
    days = diary_of(ANA)
    half_a_year_of(ANA)

    feasts = set(MealEntry.objects.exclude(notes="").values_list("date", flat=True))
    shares = [share_of_goal(day) for day in days if day["date"] in feasts]
    assert 6 <= len(feasts) <= 12
    assert all(day.weekday() >= 5 for day in feasts)
    assert min(shares) > 1.05


def test_water_is_drunk_several_times_a_day_near_the_goal():
    logged = [day for day in diary_of(ANA) if day["meal_count"]]
    half_a_year_of(ANA)

    times = Counter(WaterIntake.objects.filter(date__lt="2026-03-02").values_list("date"))
    assert set(times.values()) == {4, 5, 6, 7, 8}
    assert len(times) == len(logged)
    assert (
        0.9
        < statistics.mean(
            share_of_goal({**day, "total_water_ml": day["water_ml"]}, "water_ml") for day in logged
        )
        < 1.1
    )


def test_some_days_are_marked_as_complete():
    half_a_year_of(ANA)

    marked = set(DiaryDay.objects.values_list("date", flat=True))
    full = {day for (day,) in MealEntry.objects.filter(meal_type="dinner").values_list("date")}
    assert 10 <= len(marked) <= 45
    assert marked <= full
    assert set(DiaryDay.objects.values_list("is_complete", "is_training")) == {(True, None)}


# --- Foods -----------------------------------------------------------------------------------


def test_an_entry_has_what_its_food_contains():
    entries = []
    for person in people.NAMED:
        with undone():
            half_a_year_of(person)
            entries += MealEntry.objects.select_related("food")

    names = ("protein", "carbs", "fat", "fiber", "sugar", "micronutrients")
    assert len(entries) > 5000
    for entry in entries:
        assert entry.food_name == str(entry.food)
        assert entry.serving_size == entry.food.serving_size
        assert entry.serving_unit == entry.food.serving_unit
        assert entry.trust_score == entry.food.trust_score
        kcal = entry.food.energy_kcal
        assert entry.serving_calories == (entry.food.calories if kcal is None else kcal)
        for name in names:
            assert getattr(entry, f"serving_{name}") == getattr(entry.food, name)


def test_foods_are_weighed_or_counted_in_whole_portions():
    half_a_year_of(ANA)

    counted = MealEntry.objects.exclude(portion_name="")
    weighed = MealEntry.objects.filter(portion_name="", food__source="starter")
    counts = {e.quantity * e.serving_size / e.portion_amount for e in counted}
    amounts = {e.quantity * e.serving_size for e in weighed}
    assert {round(count, 6) for count in counts} <= {1, 2, 3, 4, 5, 6, 7, 8}
    assert all(round(amount, 6) % 5 == 0 for amount in amounts)
    assert min(amounts) >= 5
    assert max(amounts) < 700


@pytest.mark.parametrize(
    ("person", "names"),
    [
        (ANA, ["Overnight oats with skyr", "Red lentil bolognese"]),
        (BEN, ["Banana oat pancakes", "Peanut butter shake", "Turkey chili"]),
        (CARA, ["Miso salmon rice bowl", "Rice balls with tuna"]),
    ],
)
def test_recipes_are_cooked_and_logged(person: people.DemoPerson, names: list[str]):
    [user] = half_a_year_of(person)

    recipes = Recipe.objects.filter(user=user).order_by("food__name").select_related("food")
    assert [recipe.food.name for recipe in recipes] == names
    for recipe in recipes:
        assert 250 < recipe.food.calories < 750
        assert recipe.ingredients.count() >= 4
        assert recipe.instructions
        assert MealEntry.objects.filter(food=recipe.food).count() >= 5


@pytest.mark.parametrize("person", people.NAMED)
def test_a_food_of_their_own_is_found_by_its_barcode(person: people.DemoPerson):
    [user] = half_a_year_of(person)

    own = Food.objects.get(created_by=user, source="person")
    found = selectors.foods_of_barcode(user.pk, own.gtin)
    assert own.gtin == gtin.gtin14(own.barcode)
    assert [row["id"] for row in found] == [own.pk]
    assert own.portions.count() == 1
    assert MealEntry.objects.filter(food=own).count() >= 3


@pytest.mark.usefixtures("_lately")
def test_one_food_waits_to_be_verified():
    some_days_of(*people.NAMED)

    submitted = Food.objects.get(submitted_at__isnull=False)
    assert submitted.created_by.username == "ben"
    assert submitted.submitted_at == NOW
    assert not submitted.verified


def test_favorites_are_what_is_logged_most():
    half_a_year_of(ANA)

    often = Counter(MealEntry.objects.values_list("food", flat=True))
    favorites = FavoriteFood.objects.values_list("food", flat=True)
    assert len(favorites) == 4
    assert sorted(often[pk] for pk in favorites) == sorted(often.values())[-4:]


# --- Writing ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("_lately")
def test_the_same_seed_gives_the_same_diary_and_another_another():
    with undone():
        first = diary(some_days_of(ANA)[0])

    with undone():
        again = diary(some_days_of(ANA)[0])
    other = diary(some_days_of(ANA, seed=2)[0])

    assert again == first
    assert other != first


@pytest.mark.usefixtures("_lately")
def test_what_one_eats_does_not_depend_on_the_others():
    with undone():
        alone = diary(some_days_of(BEN)[0])

    ben = some_days_of(ANA, BEN, CUTTING)[1]

    assert diary(ben) == alone


@pytest.mark.usefixtures("_lately")
def test_the_entries_are_counted():
    users = added(ANA, BEN)

    entries = food.add_food(users=users, now=NOW, seed=1)

    assert entries == MealEntry.objects.count()


def test_every_row_is_stamped_for_the_change_feed():
    half_a_year_of(ANA)

    clock = SyncClock.objects.get()
    models = (MealEntry, WaterIntake, DiaryDay, FavoriteFood, NutritionGoal, Recipe)
    revisions = {
        row for model in models for row in model.objects.values_list("revision", flat=True)
    }
    assert 0 not in revisions
    assert max(revisions) <= clock.revision


@pytest.mark.usefixtures("_lately")
def test_another_person_takes_few_more_statements():
    one, *two = added(*(replace(CUTTING, username=f"demo000{number}") for number in range(4, 7)))

    with CaptureQueriesContext(connection) as first:
        food.add_food(users=[one], now=NOW, seed=1)
    with CaptureQueriesContext(connection) as second:
        food.add_food(users=two, now=NOW, seed=1)

    assert len(first) < 25
    assert len(second) - len(first) <= 6


def test_without_its_foods_the_service_says_what_to_do():
    users = added(ANA)
    Food.objects.filter(source_id__in=["banana-raw", "feta"]).delete()

    with pytest.raises(food.MissingFoods) as missing:
        food.add_food(users=users, now=NOW, seed=1)

    assert missing.value.message == (
        "The food table lacks banana-raw, feta: run load_foods first."
    )
    assert not NutritionGoal.objects.exists()
    assert not MealEntry.objects.exists()
