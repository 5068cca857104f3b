"""Days of food in a few numbers each, as they are kept."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import NutritionSummary
from analytics.services.nutrition import settle_nutrition_summaries
from nutrition.models import DiaryDay, MealEntry, PastGoal
from nutrition.selectors import nutrition_day
from tests.factories.nutrition import (
    FoodFactory,
    MealEntryFactory,
    NutritionGoalFactory,
    WaterIntakeFactory,
)
from tests.factories.workouts import WorkoutFactory
from users.models import Tombstone
from users.ownership import advance_clocks
from users.services.settling import Settled

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 2)


def settle(*days):
    with transaction.atomic():
        clocks = advance_clocks({user.pk for user, _ in days})
        return settle_nutrition_summaries(
            clocks=clocks, days=frozenset((user.pk, day) for user, day in days)
        )


def summary_of(user, day=DAY):
    return NutritionSummary.objects.get(user=user, date=day)


@pytest.fixture
def goal(ana):
    return NutritionGoalFactory(user=ana)


@pytest.fixture
def two_meals(ana):
    """2310 kcal, 150 g protein, 240 g carbs, 75 g fat, 24 g fiber, 25 g sugar."""
    bowl = FoodFactory(
        calories=1000, protein=70.0, carbs=100.0, fat=35.0, fiber=10.0, sugar=20.0, trust_score=100
    )
    plate = FoodFactory(
        calories=1310, protein=80.0, carbs=140.0, fat=40.0, fiber=14.0, sugar=5.0, trust_score=100
    )
    return [
        MealEntryFactory(user=ana, food=plate, time=dt.time(19), meal_type="dinner"),
        MealEntryFactory(user=ana, food=bowl, time=dt.time(8), meal_type="breakfast"),
    ]


def test_a_day_is_added_up_and_scored_against_its_goals(ana, goal, two_meals):
    WaterIntakeFactory(user=ana, amount_ml=250)
    WaterIntakeFactory(user=ana, amount_ml=300)

    settled = settle((ana, DAY))

    row = summary_of(ana)
    assert settled == Settled(written=1, gone=0)
    assert (row.calories, row.protein, row.carbs, row.fat) == (2310, 150.0, 240.0, 75.0)
    assert (row.fiber, row.sugar, row.water, row.meal_count) == (24.0, 25.0, 550, 2)
    assert (row.compliance_score, row.compliance_validity) == (92.25, "valid")
    assert (row.coverage, row.is_complete, row.calorie_target) == (1.0, True, 2200)
    assert row.doubt == 0.05
    assert row.source_rows == 4


def test_what_is_right_is_not_written_again(ana, goal, two_meals):
    settle((ana, DAY))
    before = summary_of(ana)

    settled = settle((ana, DAY))

    assert settled == Settled(written=0, gone=0)
    assert summary_of(ana).revision == before.revision


def test_a_day_that_is_emptied_leaves_a_tombstone(ana, two_meals):
    settle((ana, DAY))
    row = summary_of(ana)
    MealEntry.objects.filter(user=ana).delete()

    settled = settle((ana, DAY))

    assert settled == Settled(written=0, gone=1)
    assert not NutritionSummary.objects.exists()
    assert Tombstone.objects.filter(
        user=ana, resource="analytics.nutritionsummary", object_id=row.pk
    ).exists()


def test_a_mark_without_food_or_drink_makes_no_summary(ana):
    DiaryDay.objects.create(user=ana, date=DAY, is_complete=True)

    settled = settle((ana, DAY))

    assert settled == Settled(written=0, gone=0)


def test_a_day_with_water_alone_has_a_summary_without_a_score(ana, goal):
    WaterIntakeFactory(user=ana, amount_ml=500)

    settle((ana, DAY))

    row = summary_of(ana)
    assert (row.water, row.meal_count, row.calories, row.doubt) == (500, 0, 0, 0.0)
    assert (row.compliance_score, row.compliance_validity) == (0.0, "no_answer")
    assert (row.is_complete, row.source_rows) == (False, 1)


def test_a_day_without_goals_has_no_score(ana, two_meals):
    settle((ana, DAY))

    row = summary_of(ana)
    assert (row.compliance_score, row.compliance_validity) == (0.0, "no_answer")
    assert (row.coverage, row.calorie_target, row.is_complete) == (0.0, None, True)


def test_a_mark_decides_whether_a_day_is_complete_and_counts_as_a_source(ana, goal, two_meals):
    mark = DiaryDay.objects.create(user=ana, date=DAY, is_complete=False)

    settle((ana, DAY))

    row = summary_of(ana)
    assert (row.is_complete, row.compliance_validity) == (False, "no_answer")
    assert (row.source_rows, row.source_revision) == (3, mark.revision)


def test_a_day_keeps_the_goals_that_it_had(ana, goal, two_meals):
    PastGoal.objects.create(goal=goal, valid_until=DAY, document={"is_active": False})

    settle((ana, DAY))

    assert summary_of(ana).calorie_target is None


def test_goals_of_training_days_hold_where_there_is_a_workout(ana, goal, two_meals):
    goal.days.create(user=ana, is_training=True, calorie_target=2800)
    WorkoutFactory(user=ana, date=DAY)

    settle((ana, DAY))

    assert summary_of(ana).calorie_target == 2800


def test_foods_of_unknown_trust_count_as_half_trusted(ana):
    sure = FoodFactory(calories=300, trust_score=100)
    unknown = FoodFactory(calories=100, trust_score=None)
    MealEntryFactory(user=ana, food=sure)
    MealEntryFactory(user=ana, food=unknown)

    settle((ana, DAY))

    # (300 × 5 % + 100 × 17.5 %) / 400
    assert summary_of(ana).doubt == 0.0812


def test_more_energy_than_a_column_holds_is_the_most_that_it_holds(ana):
    food = FoodFactory(calories=20_000)
    MealEntryFactory.create_batch(2, user=ana, food=food, quantity=100_000)

    settle((ana, DAY))

    assert summary_of(ana).calories == 2_147_483_647


def test_many_people_and_days_take_two_queries(ana, ben, django_assert_num_queries):
    days = [DAY - dt.timedelta(days=ago) for ago in range(3)]
    for user in (ana, ben):
        for day in days:
            MealEntryFactory(user=user, date=day)

    with transaction.atomic():
        clocks = advance_clocks({ana.pk, ben.pk})
        wanted = frozenset((user.pk, day) for user in (ana, ben) for day in days)
        with django_assert_num_queries(2):
            settled = settle_nutrition_summaries(clocks=clocks, days=wanted)

    assert settled == Settled(written=6, gone=0)


def test_only_the_days_that_are_named_are_looked_at(ana, ben):
    MealEntryFactory(user=ana, date=DAY)
    MealEntryFactory(user=ana, date=DAY + dt.timedelta(days=1))
    MealEntryFactory(user=ben, date=DAY)

    settled = settle((ana, DAY))

    assert settled == Settled(written=1, gone=0)
    assert NutritionSummary.objects.get().user == ana


entries = st.lists(
    st.tuples(
        st.sampled_from(["breakfast", "lunch", "dinner", "snack"]),
        st.floats(0.01, 20).map(lambda amount: round(amount, 3)),
        st.integers(0, 900),
        st.floats(0, 90).map(lambda amount: round(amount, 2)),
        st.none() | st.integers(0, 100),
        st.integers(0, 23),
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(entries=entries, aim=st.sampled_from(["maintain", "cut", "gain"]))
def test_a_summary_says_what_the_day_itself_says(ana, entries, aim):
    with transaction.atomic():
        NutritionGoalFactory(user=ana, aim=aim)
        for meal, quantity, kcal, grams, trust, hour in entries:
            MealEntryFactory(
                user=ana,
                food=FoodFactory(calories=kcal, protein=grams, trust_score=trust),
                quantity=quantity,
                meal_type=meal,
                time=dt.time(hour),
            )

        settle((ana, DAY))

        row, day = summary_of(ana), nutrition_day(user_id=ana.pk, day=DAY)
        assert abs(row.calories - day["total_calories"]) <= 0.5
        assert (row.protein, row.fiber) == (day["total_protein"], day["total_fiber"])
        assert (row.is_complete, row.coverage) == (day["is_complete"], day["coverage"])
        assert row.compliance_score == (day["score"] or 0)
        assert row.doubt == pytest.approx(day["trust"]["doubt"], abs=0.00011)
        transaction.set_rollback(True)
