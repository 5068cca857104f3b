"""Saying what a photo of food shows: a candidate or another food, once."""

import datetime as dt

import pytest

from nutrition.models import FoodImage, MealEntry
from tests.conftest import client_of
from tests.factories.nutrition import (
    CustomFoodFactory,
    FoodFactory,
    MealEntryFactory,
    PortionFactory,
)
from tests.factories.users import UserFactory
from tests.nutrition.photographed import (
    detail,
    errors_of,
    looked_at_by_a_recognizer,
    photographed,
    use_a_folder_of_the_test,
)
from tests.users.races import at_once
from users.ids import uuid7
from users.models import UserProfile

NOW = dt.datetime(2026, 3, 2, 23, 30, 15, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.fixture
def looked_at(ana):
    return looked_at_by_a_recognizer(ana)


def test_a_candidate_becomes_a_meal_entry_with_its_amount(api, ana, looked_at):
    response = api.post(detail(looked_at, "confirm/"), {"rank": 1, "meal_type": "lunch"})

    entry = MealEntry.objects.get()
    answer = response.json()
    assert response.status_code == 201
    assert answer["entry"]["id"] == str(entry.pk)
    assert (entry.user, entry.food.name, entry.quantity) == (ana, "Apple", 1.5)
    assert answer["entry"]["calories"] == 150
    assert answer["image"]["meal_entry"] == str(entry.pk)
    assert answer["image"]["food"] == str(entry.food_id)
    assert (answer["image"]["confirmed_rank"], answer["image"]["confirmed_amount"]) == (1, 150)
    assert answer["image"]["confirmed_at"] is not None


def test_another_food_is_a_correction(api, ana, looked_at):
    food = CustomFoodFactory(name="Quince", created_by=ana)

    response = api.post(
        detail(looked_at, "confirm/"),
        {"food": str(food.pk), "amount": 80, "meal_type": "snack", "notes": "Raw."},
    )

    looked_at.refresh_from_db()
    entry = MealEntry.objects.get()
    assert response.status_code == 201
    assert (entry.food, entry.quantity, entry.notes) == (food, 0.8, "Raw.")
    assert (looked_at.food, looked_at.meal_entry) == (food, entry)
    assert (looked_at.confirmed_rank, looked_at.confirmed_amount) == (None, 80)


def test_the_food_of_a_candidate_is_that_candidate(api, looked_at):
    food_id = str(looked_at.candidates.get(rank=1).food_id)

    api.post(detail(looked_at, "confirm/"), {"food": food_id, "meal_type": "lunch"})

    looked_at.refresh_from_db()
    assert (looked_at.confirmed_rank, looked_at.confirmed_amount) == (1, 150)


@pytest.mark.parametrize(
    ("how_much", "amount"),
    [({"quantity": 2}, 100), ({"amount": 75}, 75), ({"portion": "", "count": 3}, 84)],
)
def test_an_amount_goes_before_the_guess(api, looked_at, how_much, amount):
    food = looked_at.candidates.get(rank=2).food
    if "portion" in how_much:
        how_much = {**how_much, "portion": str(PortionFactory(food=food).pk)}

    api.post(detail(looked_at, "confirm/"), {"rank": 2, "meal_type": "lunch", **how_much})

    looked_at.refresh_from_db()
    assert (looked_at.confirmed_rank, looked_at.confirmed_amount) == (2, amount)
    assert MealEntry.objects.get().quantity == amount / 50


def test_without_a_time_it_is_when_the_photo_came_by_the_persons_clock(api, ana, looked_at):
    UserProfile.objects.filter(user=ana).update(timezone="Asia/Tokyo")
    FoodImage.objects.update(created_at=NOW)

    api.post(detail(looked_at, "confirm/"), {"rank": 1, "meal_type": "breakfast"})

    entry = MealEntry.objects.get()
    assert (entry.date, entry.time) == (dt.date(2026, 3, 3), dt.time(8, 30, 15))


def test_a_time_that_is_given_counts(api, looked_at):
    entry_id = str(uuid7())
    given = {"date": "2026-03-01", "time": "07:15:00", "entry_id": entry_id}

    api.post(detail(looked_at, "confirm/"), {"rank": 1, "meal_type": "lunch", **given})

    entry = MealEntry.objects.get()
    assert (str(entry.pk), entry.date) == (entry_id, dt.date(2026, 3, 1))
    assert entry.time == dt.time(7, 15)


def test_the_same_again_answers_the_stored_entry(api, looked_at):
    url, content = detail(looked_at, "confirm/"), {"rank": 1, "meal_type": "lunch"}

    first, again = api.post(url, content), api.post(url, content)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert MealEntry.objects.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        {"rank": 2, "amount": 10, "meal_type": "lunch"},
        {"rank": 1, "meal_type": "dinner"},
        {"rank": 1, "amount": 149, "meal_type": "lunch"},
    ],
)
def test_something_else_afterwards_is_a_conflict(api, looked_at, content):
    url = detail(looked_at, "confirm/")
    before = api.post(url, {"rank": 1, "meal_type": "lunch"}).json()["image"]

    response = api.post(url, content)

    assert (response.status_code, errors_of(response)) == (409, [(None, "already_confirmed")])
    assert api.get(detail(looked_at)).json() == before
    assert MealEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({}, ("rank", "invalid")),
        ({"rank": 1, "food": str(uuid7())}, ("rank", "invalid")),
        ({"rank": 4}, ("rank", "does_not_exist")),
        ({"rank": 0}, ("rank", "min_value")),
        ({"rank": "first"}, ("rank", "invalid")),
        ({"rank": 3}, ("rank", "no_food")),
        ({"rank": 2}, ("amount", "required")),
        ({"food": str(uuid7()), "amount": 5}, ("food", "does_not_exist")),
        ({"food": "apple", "amount": 5}, ("food", "invalid")),
        ({"rank": 1, "amount": 5, "quantity": 1}, ("amount", "both_given")),
        ({"rank": 1, "count": 2}, ("count", "required")),
        ({"rank": 1, "portion": str(uuid7())}, ("portion", "does_not_exist")),
        ({"rank": 1, "amount": 0}, ("amount", "min_value")),
        ({"rank": 1, "meal_type": "brunch"}, ("meal_type", "invalid_choice")),
        ({"rank": 1, "entry_id": 5}, ("entry_id", "invalid")),
    ],
)
def test_what_makes_no_sense_is_named_and_changes_nothing(api, looked_at, content, error):
    response = api.post(detail(looked_at, "confirm/"), {"meal_type": "lunch", **content})

    looked_at.refresh_from_db()
    assert response.status_code == 400
    assert error in errors_of(response)
    assert (MealEntry.objects.count(), looked_at.confirmed_at) == (0, None)


def test_another_persons_food_cannot_be_named(api, looked_at):
    food = CustomFoodFactory()
    content = {"food": str(food.pk), "amount": 5, "meal_type": "lunch"}

    response = api.post(detail(looked_at, "confirm/"), content)

    assert errors_of(response) == [("food", "does_not_exist")]
    assert not MealEntry.objects.exists()


def test_an_id_of_another_entry_is_refused(api, ana, looked_at):
    taken = MealEntryFactory(user=ana)
    content = {"rank": 1, "meal_type": "lunch", "entry_id": str(taken.pk)}

    response = api.post(detail(looked_at, "confirm/"), content)

    looked_at.refresh_from_db()
    assert (response.status_code, errors_of(response)) == (409, [(None, "id_taken")])
    assert (MealEntry.objects.get(), looked_at.confirmed_at) == (taken, None)


def test_another_persons_photo_cannot_be_confirmed(bens_api, looked_at):
    response = bens_api.post(detail(looked_at, "confirm/"), {"rank": 1, "meal_type": "lunch"})

    looked_at.refresh_from_db()
    assert (response.status_code, looked_at.confirmed_at) == (404, None)
    assert not MealEntry.objects.exists()


def test_while_it_waits_a_food_can_be_named_but_no_rank(api, ana, settings):
    settings.FOOD_RECOGNIZER = "vision"
    image, food = photographed(ana), FoodFactory()

    by_rank = api.post(detail(image, "confirm/"), {"rank": 1, "meal_type": "lunch"})
    content = {"food": str(food.pk), "quantity": 1, "meal_type": "lunch"}
    by_food = api.post(detail(image, "confirm/"), content)

    assert errors_of(by_rank) == [("rank", "does_not_exist")]
    assert (by_food.status_code, by_food.json()["image"]["status"]) == (201, "pending")


def test_phones_hear_of_it(api, ana, looked_at):
    before = looked_at.revision

    api.post(detail(looked_at, "confirm/"), {"rank": 1, "meal_type": "lunch"})

    looked_at.refresh_from_db()
    assert looked_at.revision > before


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_make_one_entry(settings):
    ana, food = UserFactory(username="ana"), FoodFactory()
    image, clients = photographed(ana), [client_of(ana) for _ in range(2)]
    content = {"food": str(food.pk), "quantity": 1, "meal_type": "lunch"}

    codes = at_once(2, lambda n: clients[n].post(detail(image, "confirm/"), content).status_code)

    image.refresh_from_db()
    assert sorted(codes) == [200, 201]
    assert image.meal_entry == MealEntry.objects.get()


@pytest.mark.django_db(transaction=True)
def test_of_two_opinions_at_once_one_counts():
    ana, foods = UserFactory(username="ana"), [FoodFactory(), FoodFactory()]
    image, clients = photographed(ana), [client_of(ana) for _ in range(2)]

    def confirm(number: int) -> int:
        content = {"food": str(foods[number].pk), "quantity": 1, "meal_type": "lunch"}
        return clients[number].post(detail(image, "confirm/"), content).status_code

    codes = at_once(2, confirm)

    image.refresh_from_db()
    assert sorted(codes) == [201, 409]
    assert image.food_id == MealEntry.objects.get().food_id == foods[codes.index(201)].pk
