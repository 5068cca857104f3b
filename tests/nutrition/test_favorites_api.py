"""Foods that a person wants at hand."""

import pytest

from nutrition.models import FavoriteFood
from tests.factories.nutrition import CustomFoodFactory, FoodFactory, PortionFactory
from tests.users.races import at_once
from users.ids import uuid7
from users.models import Tombstone

URL = "/api/v1/favorite-foods/"
pytestmark = pytest.mark.django_db


def error(response) -> tuple[int, str, str | None]:
    [wrong] = response.json()["errors"]
    return response.status_code, wrong["code"], wrong["attr"]


def favorite(person, food) -> FavoriteFood:
    return FavoriteFood.objects.create(user=person, food=food)


def test_favorites_come_newest_first_with_their_foods(api, ana, ben):
    milk, skyr = FoodFactory(name="Milk"), CustomFoodFactory(name="Skyr", created_by=ana)
    PortionFactory(food=skyr, name="1 cup")
    older, newer = favorite(ana, milk), favorite(ana, skyr)
    favorite(ben, milk)

    rows = api.get(URL).json()["results"]

    assert [row["id"] for row in rows] == [str(newer.pk), str(older.pk)]
    assert rows[0].keys() == {"id", "food", "created_at"}
    assert rows[0]["food"] == api.get(f"/api/v1/foods/{skyr.pk}/").json()
    assert rows[0]["food"]["is_favorite"]


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_costs_three_queries(api, ana, django_assert_num_queries, count):
    for food in FoodFactory.create_batch(count):
        favorite(ana, food)

    with django_assert_num_queries(3):  # whose token, the page, the foods
        rows = api.get(URL).json()["results"]

    assert len(rows) == count


def test_pages_hold_every_favorite_once(api, ana):
    made = [str(favorite(ana, food).pk) for food in FoodFactory.create_batch(5)]

    seen, url = [], f"{URL}?page_size=2"
    while url:
        page = api.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]

    assert seen == made[::-1]


def test_an_archived_food_stays_a_favorite(api, ana):
    favorite(ana, CustomFoodFactory(created_by=ana, is_archived=True))

    [row] = api.get(URL).json()["results"]

    assert row["food"]["is_archived"]


def test_a_favorite_is_made_once_however_often_it_is_sent(api, ana):
    food = FoodFactory()
    body = {"id": str(uuid7()), "food": str(food.pk)}

    first, second = api.post(URL, body), api.post(URL, body)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first.json()["food"]["id"] == str(food.pk)
    assert FavoriteFood.objects.get().user == ana


def test_the_same_food_is_no_second_favorite(api, ana):
    stored = favorite(ana, FoodFactory())

    response = api.post(URL, {"food": str(stored.food_id)})

    assert error(response) == (409, "already_favorite", None)
    assert FavoriteFood.objects.get() == stored


@pytest.mark.parametrize("value", [None, "x", 5, "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"])
def test_what_is_no_food_is_no_favorite(api, value):
    assert error(api.post(URL, {"food": value}))[::2] == (400, "food")
    assert not FavoriteFood.objects.exists()


def test_another_persons_food_is_no_favorite(api, ben):
    secret = CustomFoodFactory(created_by=ben)

    assert error(api.post(URL, {"food": str(secret.pk)})) == (400, "does_not_exist", "food")
    assert not FavoriteFood.objects.exists()


def test_a_removed_favorite_leaves_a_tombstone(api, ana):
    stored = favorite(ana, FoodFactory())

    response = api.delete(f"{URL}{stored.pk}/")

    assert response.status_code == 204
    assert not FavoriteFood.objects.exists()
    assert Tombstone.objects.get().object_id == stored.pk


def test_another_persons_favorite_does_not_exist(bens_api, anonymous, ana):
    stored = favorite(ana, FoodFactory())

    assert bens_api.get(URL).json()["results"] == []
    assert bens_api.delete(f"{URL}{stored.pk}/").status_code == 404
    assert anonymous.get(URL).status_code == 401
    assert anonymous.post(URL, {"food": str(stored.food_id)}).status_code == 401
    assert anonymous.delete(f"{URL}{stored.pk}/").status_code == 401
    assert FavoriteFood.objects.get() == stored


def test_the_change_feed_has_favorites_with_their_foods(api, ana):
    made = api.post(URL, {"food": str(FoodFactory().pk)}).json()

    changes = api.get("/api/v1/sync/").json()["results"]

    assert [
        change["data"] for change in changes if change["resource"] == "nutrition.favoritefood"
    ] == [made]


@pytest.mark.django_db(transaction=True)
def test_of_taps_at_once_one_makes_the_favorite(api):
    food = FoodFactory()

    codes = at_once(6, lambda _: api.post(URL, {"food": str(food.pk)}).status_code)

    assert sorted(codes) == [201] + [409] * 5
    assert FavoriteFood.objects.count() == 1
