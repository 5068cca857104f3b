"""The same request from several phones at the same moment."""

import pytest

from nutrition.models import MealEntry, NutritionGoal
from tests.conftest import client_of
from tests.factories.nutrition import FoodFactory, MealEntryFactory
from tests.factories.users import UserFactory
from tests.users.races import at_once
from users.ids import uuid7

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/v1/meals/"
NOON = {"date": "2026-03-02", "time": "12:30", "meal_type": "lunch", "quantity": 1}


def test_eight_equal_bulks_log_each_entry_once():
    ana, food = UserFactory(), FoodFactory()
    entries = [{**NOON, "id": str(uuid7()), "food": str(food.pk)} for _ in range(5)]
    bodies = [{"entries": entries}, {"entries": entries[::-1]}]

    statuses = at_once(8, lambda n: client_of(ana).post(f"{URL}bulk/", bodies[n % 2]).status_code)

    assert sorted(statuses) == [200] * 7 + [201]
    assert MealEntry.objects.count() == 5


def test_eight_copies_with_one_key_copy_once():
    entry = MealEntryFactory()
    body = {"from_date": "2026-03-02", "to_date": "2026-03-03"}

    statuses = at_once(
        8,
        lambda _: (
            client_of(entry.user)
            .post(f"{URL}copy/", body, headers={"Idempotency-Key": "k"})
            .status_code
        ),
    )

    assert sorted(statuses) == [200] * 7 + [201]
    assert MealEntry.objects.count() == 2


def test_eight_changes_of_one_entry_leave_one_of_them():
    entry = MealEntryFactory()

    statuses = at_once(
        8,
        lambda n: (
            client_of(entry.user).patch(f"{URL}{entry.pk}/", {"quantity": n + 1}).status_code
        ),
    )

    stored = MealEntry.objects.get()
    assert statuses == [200] * 8
    assert stored.quantity in range(1, 9)
    assert stored.calories == stored.quantity * 100


def test_eight_first_goals_make_one():
    ana = UserFactory()
    goal = {"calorie_target": 2000, "protein_target": 1, "carbs_target": 1, "fat_target": 1}

    statuses = at_once(
        8, lambda n: client_of(ana).put("/api/v1/nutrition-goal/", goal).status_code
    )

    assert sorted(statuses) == [200] * 7 + [201]
    assert NutritionGoal.objects.count() == 1
