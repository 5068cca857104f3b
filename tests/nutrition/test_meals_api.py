"""Logging food over HTTP."""

import datetime as dt

import pytest
from django.utils import timezone

from nutrition.models import MealEntry, MergedFood
from tests.factories.nutrition import (
    CustomFoodFactory,
    FoodFactory,
    MealEntryFactory,
    PortionFactory,
)
from users.ids import uuid7

pytestmark = pytest.mark.django_db

URL = "/api/v1/meals/"
NOON = {"date": "2026-03-02", "time": "12:30", "meal_type": "lunch"}


@pytest.fixture
def oats(db):
    return FoodFactory(
        name="Oats",
        brand="Mill",
        calories=380,
        protein=13.0,
        carbs=58.7,
        fat=7.0,
        fiber=10.0,
        sugar=1.0,
        trust_score=80,
    )


def errors(response):
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


def test_an_entry_holds_what_was_eaten(api, oats):
    response = api.post(URL, {**NOON, "food": str(oats.pk), "quantity": 1.5, "notes": "warm"})

    assert response.status_code == 201
    entry = response.json()
    created = {entry.pop(name) for name in ("created_at", "updated_at")}
    assert len(created) == 1
    assert entry == {
        "id": str(MealEntry.objects.get().pk),
        "food": str(oats.pk),
        "food_name": "Oats (Mill)",
        "date": "2026-03-02",
        "time": "12:30:00",
        "meal_type": "lunch",
        "quantity": 1.5,
        "amount": 150.0,
        "serving_size": 100.0,
        "serving_unit": "g",
        "portion_name": "",
        "portion_count": None,
        "calories": 570.0,
        "energy_kj": 2384.9,
        "protein": 19.5,
        "carbs": 88.05,
        "fat": 10.5,
        "fiber": 15.0,
        "sugar": 1.5,
        "trust_score": 80,
        "notes": "warm",
    }


def test_an_amount_is_in_the_unit_of_the_serving(api, oats):
    entry = api.post(URL, {**NOON, "food": str(oats.pk), "amount": 40}).json()

    assert (entry["quantity"], entry["amount"], entry["calories"]) == (0.4, 40.0, 152.0)


def test_a_portion_is_counted(api, oats):
    scoop = PortionFactory(food=oats, name="1 scoop", amount=25)

    entry = api.post(
        URL, {**NOON, "food": str(oats.pk), "portion": str(scoop.pk), "count": 3}
    ).json()

    assert (entry["amount"], entry["calories"]) == (75.0, 285.0)
    assert (entry["portion_name"], entry["portion_count"]) == ("1 scoop", 3.0)


def test_without_a_time_it_is_now_by_the_persons_clock(api, ana, oats, monkeypatch):
    now = dt.datetime(2026, 3, 2, 23, 30, 10, 5, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    ana.profile.timezone = "Asia/Tokyo"
    ana.profile.save()

    entry = api.post(URL, {"meal_type": "snack", "food": str(oats.pk), "quantity": 1}).json()

    assert (entry["date"], entry["time"]) == ("2026-03-03", "08:30:10")


def test_a_later_edit_of_the_food_does_not_rewrite_history(api, oats):
    entry = api.post(URL, {**NOON, "food": str(oats.pk), "quantity": 2}).json()

    oats.name, oats.calories, oats.protein = "Corn", 1, 0.0
    oats.save()

    assert api.get(f"{URL}{entry['id']}/").json() == entry


def test_another_amount_keeps_the_facts_of_then(api, ana, oats):
    entry = MealEntryFactory(user=ana, food=oats)
    oats.calories = 1
    oats.save()

    changed = api.patch(f"{URL}{entry.pk}/", {"amount": 50}).json()

    assert (changed["quantity"], changed["calories"]) == (0.5, 190.0)


def test_another_food_brings_its_facts_of_now(api, ana, oats):
    entry = MealEntryFactory(user=ana)

    changed = api.patch(f"{URL}{entry.pk}/", {"food": str(oats.pk), "quantity": 2}).json()

    assert (changed["food_name"], changed["calories"]) == ("Oats (Mill)", 760.0)


def test_a_count_alone_is_of_the_portion_that_it_was_counted_in(api, oats):
    scoop = PortionFactory(food=oats, name="1 scoop", amount=25)
    entry = api.post(URL, {**NOON, "food": str(oats.pk), "portion": str(scoop.pk)}).json()

    more = api.patch(f"{URL}{entry['id']}/", {"count": 3}).json()
    api.patch(f"{URL}{entry['id']}/", {"amount": 60})
    refused = api.patch(f"{URL}{entry['id']}/", {"count": 2})

    assert (more["amount"], more["portion_count"], more["portion_name"]) == (75.0, 3.0, "1 scoop")
    assert (refused.status_code, errors(refused)) == (400, [("required", "count")])
    assert MealEntry.objects.get().quantity == 0.6


def test_another_food_needs_an_amount(api, ana, oats):
    entry = MealEntryFactory(user=ana)

    response = api.patch(f"{URL}{entry.pk}/", {"food": str(oats.pk)})

    assert (response.status_code, errors(response)) == (400, [("required", "quantity")])
    assert MealEntry.objects.get().food_id == entry.food_id


def test_the_same_id_and_content_is_stored_once(api, oats):
    content = {"id": str(uuid7()), **NOON, "food": str(oats.pk), "quantity": 1}

    first, again = api.post(URL, content), api.post(URL, content)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert MealEntry.objects.count() == 1


def test_the_same_id_with_other_content_is_refused(api, oats):
    content = {"id": str(uuid7()), **NOON, "food": str(oats.pk), "quantity": 1}
    api.post(URL, content)

    response = api.post(URL, {**content, "quantity": 2})

    assert (response.status_code, errors(response)) == (409, [("id_taken", None)])
    assert MealEntry.objects.get().quantity == 1


def test_a_strangers_food_is_refused_like_one_that_is_none(api, ben):
    food = CustomFoodFactory(created_by=ben)

    refused = api.post(URL, {**NOON, "food": str(food.pk), "quantity": 1})
    unknown = api.post(URL, {**NOON, "food": str(uuid7()), "quantity": 1})

    assert (refused.status_code, errors(refused)) == (400, [("does_not_exist", "food")])
    assert refused.json() == unknown.json()
    assert not MealEntry.objects.exists()


def test_a_food_that_was_merged_leads_to_the_one_that_was_kept(api, oats):
    gone = MergedFood.objects.create(name="Oat flakes", source="usda", merged_into=oats)

    entry = api.post(URL, {**NOON, "food": str(gone.pk), "quantity": 1}).json()

    assert (entry["food"], entry["food_name"]) == (str(oats.pk), "Oats (Mill)")


def test_a_portion_of_another_food_is_refused(api, oats):
    portion = PortionFactory()

    response = api.post(URL, {**NOON, "food": str(oats.pk), "portion": str(portion.pk)})

    assert (response.status_code, errors(response)) == (400, [("does_not_exist", "portion")])
    assert not MealEntry.objects.exists()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({}, ("required", "quantity")),
        ({"quantity": 1, "amount": 2}, ("both_given", "amount")),
        ({"quantity": 0}, ("min_value", "quantity")),
        ({"quantity": -1}, ("min_value", "quantity")),
        ({"quantity": 1001}, ("max_value", "quantity")),
        ({"quantity": "NaN"}, ("invalid", "quantity")),
        ({"quantity": 1, "count": 2}, ("required", "count")),
        ({"quantity": 1, "meal_type": "brunch"}, ("invalid_choice", "meal_type")),
        ({"quantity": 1, "date": "2026-02-30"}, ("invalid", "date")),
        ({"quantity": 1, "date": "1900-01-01"}, ("out_of_range", "date")),
        ({"quantity": 1, "time": "25:00"}, ("invalid", "time")),
        ({"quantity": 1, "notes": "x" * 201}, ("max_length", "notes")),
    ],
)
def test_what_cannot_be_is_refused_by_name(api, oats, content, expected):
    response = api.post(URL, {**NOON, "food": str(oats.pk), **content})

    assert (response.status_code, errors(response)) == (400, [expected])
    assert not MealEntry.objects.exists()


def test_an_entry_of_another_person_does_not_exist(bens_api, ana):
    entry = MealEntryFactory(user=ana)
    url = f"{URL}{entry.pk}/"

    answers = [bens_api.get(url), bens_api.patch(url, {"quantity": 9}), bens_api.delete(url)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert MealEntry.objects.get().quantity == 1
    assert bens_api.get(URL).json()["results"] == []


def test_nobody_logs_without_a_token(anonymous, oats):
    assert anonymous.post(URL, {**NOON, "food": str(oats.pk), "quantity": 1}).status_code == 401
    assert anonymous.get(URL).status_code == 401


def test_a_deleted_entry_is_gone_and_does_not_return(api, oats):
    content = {"id": str(uuid7()), **NOON, "food": str(oats.pk), "quantity": 1}
    api.post(URL, content)

    deleted = api.delete(f"{URL}{content['id']}/")
    again = api.post(URL, content)

    assert (deleted.status_code, again.status_code) == (204, 409)
    assert errors(again) == [("deleted", None)]
    assert not MealEntry.objects.exists()


def test_the_list_narrows(api, ana):
    kept = MealEntryFactory(user=ana, meal_type="dinner", notes="with Ben")
    MealEntryFactory(user=ana, meal_type="lunch", date=dt.date(2026, 3, 3))

    found = [
        api.get(URL, query).json()["results"]
        for query in (
            {"date": "2026-03-02"},
            {"date_before": "2026-03-02"},
            {"meal_type": "dinner"},
            {"food": str(kept.food_id)},
            {"q": "with b"},
        )
    ]

    assert [[row["id"] for row in rows] for rows in found] == [[str(kept.pk)]] * 5


@pytest.mark.parametrize(
    ("content", "attr"),
    [
        ({"amount": "1_000"}, "amount"),
        ({"amount": "١٢"}, "amount"),
        ({"date": "2026-W10-1"}, "date"),
    ],
)
def test_only_what_everybody_reads_alike_is_a_number_or_a_day(api, oats, content, attr):
    response = api.post(URL, {**NOON, "food": str(oats.pk), **content})

    assert (response.status_code, errors(response)[0]) == (400, ("invalid", attr))


def test_a_filter_that_is_neither_true_nor_false_is_refused(api):
    response = api.get("/api/v1/foods/", {"is_custom": "maybe"})

    assert (response.status_code, errors(response)) == (400, [("invalid", "is_custom")])


def test_logging_and_listing_cost_the_same_for_any_number(api, oats, django_assert_num_queries):
    entries = [{**NOON, "food": str(oats.pk), "quantity": 1} for _ in range(20)]

    # The token; a savepoint around the clock and the insert.
    with django_assert_num_queries(5):
        assert api.post(f"{URL}bulk/", {"entries": entries}).status_code == 201
    with django_assert_num_queries(2):
        rows = api.get(URL).json()["results"]

    assert len(rows) == 20


def test_many_are_logged_in_their_order(api, oats):
    milk = FoodFactory(name="Milk", serving_unit="ml")
    entries = [
        {**NOON, "food": str(milk.pk), "amount": 200},
        {**NOON, "food": str(oats.pk), "quantity": 0.5},
    ]

    response = api.post(f"{URL}bulk/", {"entries": entries})

    assert response.status_code == 201
    rows = response.json()["entries"]
    assert [(row["food_name"], row["amount"]) for row in rows] == [
        ("Milk", 200.0),
        ("Oats (Mill)", 50.0),
    ]


def test_one_bad_entry_stores_none(api, ben, oats):
    entries = [
        {**NOON, "food": str(oats.pk), "quantity": 1},
        {**NOON, "food": str(CustomFoodFactory(created_by=ben).pk), "quantity": 1},
    ]

    unknown = api.post(f"{URL}bulk/", {"entries": entries})
    unclear = api.post(f"{URL}bulk/", {"entries": [entries[0], {**entries[0], "amount": 5}]})
    empty = api.post(f"{URL}bulk/", {"entries": []})
    many = api.post(f"{URL}bulk/", {"entries": entries[:1] * 101})

    assert errors(unknown) == [("does_not_exist", "entries.1.food")]
    assert errors(unclear) == [("both_given", "entries.1.amount")]
    assert errors(empty) == [("empty", "entries")]
    assert errors(many) == [("max_length", "entries")]
    assert not MealEntry.objects.exists()


def test_a_repeated_bulk_stores_what_is_new(api, oats):
    known = {"id": str(uuid7()), **NOON, "food": str(oats.pk), "quantity": 1}
    first = api.post(f"{URL}bulk/", {"entries": [known]})
    new = {**known, "id": str(uuid7())}

    both = api.post(f"{URL}bulk/", {"entries": [new, known]})
    again = api.post(f"{URL}bulk/", {"entries": [new, known]})

    assert [answer.status_code for answer in (first, both, again)] == [201, 201, 200]
    assert [row["id"] for row in both.json()["entries"]] == [new["id"], known["id"]]
    assert again.json() == both.json()
    assert MealEntry.objects.count() == 2


def test_a_repeated_key_stores_once(api, oats):
    entries = {"entries": [{**NOON, "food": str(oats.pk), "quantity": n} for n in (1, 2, 3)]}

    first = api.post(f"{URL}bulk/", entries, headers={"Idempotency-Key": "k"})
    again = api.post(f"{URL}bulk/", entries, headers={"Idempotency-Key": "k"})
    other = api.post(
        f"{URL}bulk/", {"entries": entries["entries"][:1]}, headers={"Idempotency-Key": "k"}
    )

    assert [answer.status_code for answer in (first, again, other)] == [201, 200, 422]
    assert again.json() == first.json()
    assert MealEntry.objects.count() == 3


def test_a_day_is_copied_with_what_its_foods_contain_today(api, ana, oats):
    MealEntryFactory(user=ana, food=oats, meal_type="breakfast", time=dt.time(8), quantity=0.5)
    MealEntryFactory(user=ana, meal_type="dinner", time=dt.time(19))
    oats.calories, oats.serving_size = 190, 50.0
    oats.save()

    response = api.post(f"{URL}copy/", {"from_date": "2026-03-02", "to_date": "2026-03-03"})

    assert response.status_code == 201
    rows = response.json()["entries"]
    assert [(row["date"], row["time"], row["meal_type"]) for row in rows] == [
        ("2026-03-03", "08:00:00", "breakfast"),
        ("2026-03-03", "19:00:00", "dinner"),
    ]
    assert (rows[0]["quantity"], rows[0]["amount"], rows[0]["calories"]) == (1.0, 50.0, 190.0)
    assert MealEntry.objects.filter(date="2026-03-02").count() == 2


def test_what_is_counted_in_another_unit_today_is_copied_as_it_was(api, ana, oats):
    MealEntryFactory(user=ana, food=oats, quantity=1.5)
    oats.calories, oats.serving_size, oats.serving_unit = 100, 1.0, "cup"
    oats.save()

    response = api.post(f"{URL}copy/", {"from_date": "2026-03-02", "to_date": "2026-03-03"})

    [row] = response.json()["entries"]
    assert (row["amount"], row["serving_unit"], row["calories"]) == (150.0, "g", 570.0)


def test_one_meal_is_copied_into_another(api, ana):
    MealEntryFactory(user=ana, meal_type="lunch")
    MealEntryFactory(user=ana, meal_type="snack")
    content = {"from_date": "2026-03-02", "to_date": "2026-03-02", "from_meal": "lunch"}

    response = api.post(f"{URL}copy/", {**content, "to_meal": "dinner"})

    assert [row["meal_type"] for row in response.json()["entries"]] == ["dinner"]
    assert MealEntry.objects.count() == 3


def test_a_copy_onto_itself_or_of_nothing_is_refused(api, ana, ben):
    MealEntryFactory(user=ana)
    MealEntryFactory(user=ben, date=dt.date(2026, 3, 5))

    same = api.post(f"{URL}copy/", {"from_date": "2026-03-02", "to_date": "2026-03-02"})
    bens = api.post(f"{URL}copy/", {"from_date": "2026-03-05", "to_date": "2026-03-06"})

    assert (same.status_code, errors(same)) == (400, [("same_place", "to_date")])
    assert (bens.status_code, errors(bens)) == (400, [("empty", "from_date")])
    assert MealEntry.objects.count() == 2


def test_a_repeated_copy_copies_once(api, ana):
    MealEntryFactory(user=ana)
    content = {"from_date": "2026-03-02", "to_date": "2026-03-03"}

    answers = [
        api.post(f"{URL}copy/", content, headers={"Idempotency-Key": "yesterday"})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert MealEntry.objects.count() == 2
