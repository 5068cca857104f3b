"""Finding foods by what somebody types."""

import datetime as dt
import random
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from nutrition import selectors
from nutrition.models import FavoriteFood, FoodCategory
from nutrition.selectors import FoodFilter
from nutrition.services import foods
from tests.factories.nutrition import (
    CustomFoodFactory,
    FoodCategoryFactory,
    FoodFactory,
    MealEntryFactory,
    RecipeFactory,
)
from users.keyset import Page, Place
from users.models import User

pytestmark = pytest.mark.django_db

KEY = ("match_tier", "match_score", "sort_name", "id")
# A food of some brand, which stands behind checked ones and those of no brand.
branded = partial(FoodFactory, source="open_food_facts", brand="Mill")


def search(user: User, q: str, **narrowed: Any) -> list[str]:
    page = selectors.food_page(user.pk, FoodFilter(q=q, **narrowed), 100, None)
    assert not page.more
    return [row["name"] for row in page.rows]


def days_ago(days: int) -> dt.date:
    return timezone.now().date() - dt.timedelta(days=days)


# --- What stands before what -----------------------------------------------------------------


@pytest.mark.parametrize("made", [FoodFactory, branded])
def test_the_name_itself_comes_before_names_that_begin_so_and_then_words(ana, made):
    for name in ("Sauce of tomato", "Tomatillo tomatos", "Tomato soup", "Tomato"):
        made(name=name)

    found = search(ana, "tomato")

    assert found == ["Tomato", "Tomato soup", "Sauce of tomato", "Tomatillo tomatos"]


def test_checked_foods_come_before_those_without_a_brand_and_these_before_the_others(ana):
    branded(name="Rice a")
    FoodFactory(name="Rice b", source="usda")
    FoodFactory(name="Rice c")
    FoodFactory(name="Rice d", source="open_food_facts", brand="Mill", verified=True)

    found = search(ana, "ric")

    assert found == ["Rice c", "Rice d", "Rice b", "Rice a"]


def test_staples_come_before_other_checked_foods_that_match_as_well(ana):
    for name in ("Rice", "Rice pudding", "Cooked rice"):
        FoodFactory(name=f"{name} a")
        FoodFactory(name=f"{name} b", is_staple=True)

    found = search(ana, "rice")

    assert found == [
        "Rice b",
        "Rice pudding b",
        "Rice a",
        "Rice pudding a",
        "Cooked rice b",
        "Cooked rice a",
    ]


def test_a_staple_that_nobody_checked_is_none(ana):
    FoodFactory(name="Rice b", source="usda", is_staple=True)
    FoodFactory(name="Rice a", source="usda")

    assert search(ana, "rice") == ["Rice a", "Rice b"]


def test_another_name_of_a_checked_food_is_as_good_as_its_name(ana):
    branded(name="Prawn")
    FoodFactory(name="Prawn", source="usda")
    FoodFactory(name="Prawn crackers")
    FoodFactory(name="Shrimp, cooked", also_called="gambas, King-Prawns,Prawns")
    FoodFactory(name="Squid", also_called="prawn")

    found = search(ana, "prawn")

    assert found == ["Shrimp, cooked", "Squid", "Prawn", "Prawn", "Prawn crackers"]


def test_staff_says_how_a_food_is_called_besides(ana):
    food = branded(name="Mineral water", verified=True)

    foods.change_food(
        user_id=None, food_id=food.pk, content={"also_called": "Fizz"}, by_staff=True
    )

    assert search(ana, "fizz") == ["Mineral water"]


def test_what_others_call_a_food_that_nobody_checked_are_words_alone(ana):
    branded(name="Cola", also_called="coke")
    branded(name="Coke")

    assert search(ana, "coke") == ["Coke", "Cola"]


@pytest.mark.parametrize("typed", ["egg", "EGG"])
def test_foods_of_the_kind_come_before_others_whose_names_begin_so(ana, typed):
    for name in ("Egg noodles", "Egg, fried", "Eggs, dried", "Egg white, raw", "Eggplant"):
        FoodFactory(name=name)
    FoodFactory(name="Egg, whole, raw", is_staple=True)
    branded(name="Egg")

    found = search(ana, typed)

    assert found == [
        "Egg, whole, raw",
        "Egg, fried",
        "Eggs, dried",
        "Egg",
        "Egg noodles",
        "Egg white, raw",
        "Eggplant",
    ]


def test_checked_foods_with_the_words_come_before_others_that_begin_so(ana):
    for number in range(3):
        branded(name=f"Whole milk No. {number}")
    FoodFactory(name="Milk, whole")
    FoodFactory(name="Whole milk yogurt")

    found = search(ana, "whole milk")

    assert found == [
        "Whole milk yogurt",
        "Milk, whole",
        *(f"Whole milk No. {number}" for number in range(3)),
    ]


def test_foods_with_the_words_come_checked_ones_first_then_by_name(ana):
    branded(name="A brown rice")
    FoodFactory(name="Cooked rice")
    FoodFactory(name="Boiled rice")
    FoodFactory(name="Big rice", source="usda")

    found = search(ana, "rice")

    assert found == ["Boiled rice", "Cooked rice", "Big rice", "A brown rice"]


def test_ones_own_foods_come_before_all_others(ana):
    FoodFactory(name="Porridge")
    CustomFoodFactory(name="Grandmother's porridge", created_by=ana)
    CustomFoodFactory(name="Porridge with nuts", created_by=ana)

    found = search(ana, "porridge")

    assert found == ["Porridge with nuts", "Grandmother's porridge", "Porridge"]


def test_what_one_ate_within_90_days_comes_before_all_others(ana, ben):
    FoodFactory(name="Oats")
    lately, earlier, bens = (branded(name=f"Rolled oats {letter}") for letter in "xyz")
    MealEntryFactory(user=ana, food=lately, date=days_ago(90))
    MealEntryFactory(user=ana, food=earlier, date=days_ago(91))
    MealEntryFactory(user=ben, food=bens, date=days_ago(1))

    found = search(ana, "oats")

    assert found == ["Rolled oats x", "Oats", "Rolled oats y", "Rolled oats z"]


def test_an_own_food_of_similar_spelling_stands_before_others_so_spelled(ana):
    FoodFactory(name="Banana")
    branded(name="Banana bar")
    CustomFoodFactory(name="My banana", created_by=ana)

    found = search(ana, "bannana")

    assert found == ["My banana", "Banana", "Banana bar"]


@pytest.mark.parametrize("made", [FoodFactory, CustomFoodFactory])
def test_who_finds_the_words_in_a_checked_or_an_own_food_did_not_misspell_them(ana, made):
    owner = {"created_by": ana} if made is CustomFoodFactory else {}
    made(name="Bannana bread", **owner)
    FoodFactory(name="Banana")
    branded(name="Banana bar")
    CustomFoodFactory(name="My banana", created_by=ana)

    assert search(ana, "bannana") == ["Bannana bread"]


@pytest.mark.parametrize("name", ["Bannana", "Bannana bread", "Bread of bannanas"])
def test_a_slip_that_others_made_too_leads_to_checked_and_own_foods_alone(ana, name):
    branded(name=name)
    FoodFactory(name="Banana")
    branded(name="Banana bar")
    CustomFoodFactory(name="My banana", created_by=ana)

    assert search(ana, "bannana") == [name, "My banana", "Banana"]


def test_of_those_spelled_equally_alike_staples_come_first(ana):
    FoodFactory(name="Avocado oil")
    FoodFactory(name="Avocado, raw", is_staple=True)

    assert search(ana, "avacado") == ["Avocado, raw", "Avocado oil"]


def test_the_nearest_spelling_comes_first(ana):
    FoodFactory(name="Bananas")
    FoodFactory(name="Ripe banana")

    found = search(ana, "bannana")

    assert found == ["Ripe banana", "Bananas"]


# --- What is found ---------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["c", "cr", "crè", "CREME", "fraiche creme", "creme (fraîche)"])
def test_case_accents_and_order_of_words_do_not_matter(ana, typed):
    FoodFactory(name="Crème fraîche")

    assert search(ana, typed) == ["Crème fraîche"]


def test_letters_with_an_accent_of_their_own_are_found(ana):
    FoodFactory(name="Crème brûlée")

    assert search(ana, "cre\u0300me bru\u0302le\u0301e") == ["Crème brûlée"]


@pytest.mark.parametrize("sign", [*"\u00ad\u200b\u200c\u200d\u2060\ufeff"])
def test_signs_without_width_do_not_matter(ana, sign):
    FoodFactory(name=f"Dark choco{sign}late{sign}")
    FoodFactory(name="Plain chocolate")

    assert search(ana, "dark chocolate") == [f"Dark choco{sign}late{sign}"]
    assert search(ana, f"{sign}plain cho{sign}colate") == ["Plain chocolate"]


@pytest.mark.parametrize("typed", ["diet coke", "coke di", "light coca-cola", "zero Coca Cola"])
def test_words_of_other_names_are_found_with_those_of_the_name(ana, typed):
    FoodFactory(name="Diet cola", also_called="Diet Coke, Coca-Cola zero, light")
    FoodFactory(name="Cola", also_called="Coke, Coca-Cola")

    assert search(ana, typed) == ["Diet cola"]


@pytest.mark.parametrize(
    "typed", ["ben jerrys", "Ben & Jerry's", "ben&jerry", "jerry\u2019s", "vanilla ben"]
)
def test_a_brand_is_found_with_and_without_its_signs(ana, typed):
    FoodFactory(name="Vanilla", brand="Ben & Jerry's")

    assert search(ana, typed) == ["Vanilla"]


@pytest.mark.parametrize("typed", ["avacado", "avokado", "avocadoo", "riipe avocado"])
def test_a_slip_of_the_finger_is_forgiven(ana, typed):
    FoodFactory(name="Avocado, ripe")

    assert search(ana, typed) == ["Avocado, ripe"]


def test_each_word_of_many_may_be_misspelled(ana):
    FoodFactory(name="Chicken breast")
    FoodFactory(name="Chicken soup")

    assert search(ana, "chiken brest") == ["Chicken breast"]


def test_words_of_3_letters_are_not_taken_for_others(ana):
    FoodFactory(name="Egg")

    assert search(ana, "egh") == []


def test_words_of_less_than_6_letters_are_taken_for_those_of_checked_foods_alone(ana):
    FoodFactory(name="Milk")
    branded(name="Milky")

    assert search(ana, "milkk") == ["Milk"]
    assert search(ana, "milkky") == ["Milk", "Milky"]


def test_a_word_is_found_by_its_beginning_not_by_its_middle(ana):
    FoodFactory(name="Pineapple")

    assert search(ana, "apple") == []


def test_all_words_must_be_there(ana):
    FoodFactory(name="Oat milk")

    assert search(ana, "milk soy") == []


@pytest.mark.parametrize("typed", ["!!!", " ", "%", "_", "'", "&-&", "①"])
def test_a_text_without_letters_and_digits_finds_nothing(ana, typed):
    FoodFactory(name="100 % juice_1")

    assert search(ana, typed) == []


def test_signs_of_a_pattern_are_only_signs(ana):
    FoodFactory(name="Juice")

    assert search(ana, "j%e") == []


def test_a_text_of_any_length_is_searched_by_its_first_8_words(ana):
    FoodFactory(name="a b c d e f g h")

    found = search(ana, "a b c d e f g h x " + "long " * 10_000)

    assert found == ["a b c d e f g h"]


def test_strangers_and_archived_foods_are_never_found(ana, ben):
    CustomFoodFactory(name="Waffle of ben", created_by=ben)
    CustomFoodFactory(name="Waffle of old", created_by=ana, is_archived=True)
    eaten = FoodFactory(name="Waffle that was", is_archived=True)
    MealEntryFactory(user=ana, food=eaten, date=days_ago(1))
    FavoriteFood.objects.create(user=ana, food=eaten)

    assert search(ana, "waffle") == []
    assert search(ana, "wafle") == []
    assert search(ana, "waffle", is_favorite=True) == []


# --- Narrowed --------------------------------------------------------------------------------


@pytest.fixture
def cheeses(ana: User, ben: User) -> None:
    dairy = FoodCategoryFactory(slug="dairy")
    soft = FoodCategoryFactory(slug="soft-cheese", parent=dairy)
    liked = FoodFactory(name="Cheese a", category=FoodCategory.objects.get(slug="dairy"))
    FoodFactory(name="Cheese b", category=soft, verified=True)
    FoodFactory(name="Cheese c", source="usda")
    CustomFoodFactory(name="Cheese d", created_by=ana)
    RecipeFactory(user=ana, food__name="Cheese e")
    CustomFoodFactory(name="Cheese f", created_by=ana, is_archived=True)
    CustomFoodFactory(name="Cheese g", created_by=ben)
    FavoriteFood.objects.create(user=ana, food=liked)


@pytest.mark.parametrize("q", [None, "cheese", "cheesse"])
@pytest.mark.parametrize(
    ("narrowed", "letters"),
    [
        ({}, "abcde"),
        ({"category": "dairy"}, "ab"),
        ({"category": "soft-cheese"}, "b"),
        ({"category": "no-such"}, ""),
        ({"source": "usda"}, "c"),
        ({"source": "recipe"}, "e"),
        ({"verified": True}, "b"),
        ({"verified": False}, "acde"),
        ({"is_custom": True}, "de"),
        ({"is_custom": False}, "abc"),
        ({"is_favorite": True}, "a"),
        ({"is_favorite": False}, "bcde"),
        ({"is_recipe": True}, "e"),
        ({"is_recipe": False}, "abcd"),
        ({"is_recipe": True, "is_custom": False}, ""),
        ({"archived": True}, "f"),
        ({"archived": False}, "abcde"),
        ({"updated_since": dt.datetime(2001, 1, 1, tzinfo=dt.UTC)}, "abcde"),
        ({"updated_since": dt.datetime(2201, 1, 1, tzinfo=dt.UTC)}, ""),
    ],
)
@pytest.mark.usefixtures("cheeses")
def test_filters_narrow_the_list_and_every_kind_of_match(ana, q, narrowed, letters):
    page = selectors.food_page(ana.pk, FoodFilter(q=q, **narrowed), 100, None)

    assert sorted(row["name"][-1] for row in page.rows) == list(letters)


# --- Pages -----------------------------------------------------------------------------------

WORDS = ["oat", "oats", "oatmeal", "milk", "milks", "mill", "rice", "riz", "soy", "soya"]
WORDS += ["chocolate", "choclate", "bar"]


@pytest.fixture
def larder(ana: User, ben: User) -> None:
    """Foods of all kinds, some with the same name."""
    dice = random.Random(7)
    for number in range(150):
        name = " ".join(dice.choices(WORDS, k=dice.choice([1, 2, 3])))
        made: list[dict[str, Any]] = [
            {"source": "starter"},
            {"source": "usda"},
            {"source": "open_food_facts", "brand": dice.choice(WORDS)},
            {"source": "open_food_facts", "brand": "Mill"},
            {"is_custom": True, "created_by": ana, "source": "person"},
            {"is_custom": True, "created_by": ben, "source": "person"},
        ]
        food = FoodFactory(name=name, **made[number % len(made)])
        if number % 7 == 0:
            MealEntryFactory(user=ana, food=food, date=days_ago(number))


def walked(user: User, q: str, *, backwards: bool = False) -> list[dict[str, Any]]:
    """All rows, page after page."""
    place = Place((9, 0.0, "", user.pk), backwards=True) if backwards else None
    pages: list[list[dict[str, Any]]] = []
    more = True
    while more:
        page: Page = selectors.food_page(user.pk, FoodFilter(q=q), 5, place)
        pages.append(page.rows)
        more = page.more
        if more:
            edge = page.rows[0 if backwards else -1]
            place = Place(tuple(edge[name] for name in KEY), backwards=backwards)
    return [row for page in (reversed(pages) if backwards else pages) for row in page]


@pytest.mark.parametrize(
    "q",
    [
        "o",
        "mi",
        "oat",
        "oats",
        "choclate",
        "chocolat",
        "milk oat",
        "oatt",
        "choccolat",
        "mill",
    ],
)
@pytest.mark.usefixtures("larder")
def test_page_after_page_either_way_is_one_large_page_without_doubles(ana, q):
    whole = selectors.food_page(ana.pk, FoodFilter(q=q), 100, None)

    ids = [row["id"] for row in whole.rows]
    assert not whole.more
    assert len(ids) > 5
    assert len(set(ids)) == len(ids)
    assert [tuple(row[name] for name in KEY) for row in whole.rows] == sorted(
        tuple(row[name] for name in KEY) for row in whole.rows
    )
    assert walked(ana, q) == whole.rows
    assert walked(ana, q, backwards=True) == whole.rows


@pytest.mark.usefixtures("larder")
def test_a_search_finds_the_same_once_postgresql_has_planned_it_for_good(ana):
    first = [search(ana, q) for q in ("milk", "choclate")]

    for word in WORDS:
        search(ana, word)

    assert [search(ana, q) for q in ("milk", "choclate")] == first


def test_beyond_the_last_kind_of_match_there_is_nothing(ana):
    FoodFactory(name="Tofu")

    page = selectors.food_page(
        ana.pk, FoodFilter(q="tofu"), 20, Place((7, 0.0, "", ana.pk), backwards=False)
    )

    assert page == Page(rows=[], more=False)


@pytest.mark.parametrize("q", ["r", "rice", "brown rice", "ricce", "nothing at all"])
def test_a_search_is_one_query(ana, q, django_assert_num_queries):
    FoodFactory.create_batch(3, name="Rice")

    with django_assert_num_queries(1):
        selectors.food_page(ana.pk, FoodFilter(q=q), 2, None)


def test_a_search_for_signs_asks_nobody(ana, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = selectors.food_page(ana.pk, FoodFilter(q="?!"), 2, None)

    assert page == Page(rows=[], more=False)


# --- The closest food ------------------------------------------------------------------------


def closest(user: User, *labels: str) -> list[str | None]:
    found = selectors.closest_foods(labels, user.pk)
    return [food and food["name"] for food in (found[label] for label in labels)]


def test_the_closest_food_of_each_label_takes_one_query(ana, django_assert_num_queries):
    for name in ("Pizza", "French fries, fast food", "Salad, Caesar", "Taco"):
        FoodFactory(name=name)
    branded(name="Tiramisù")
    labels = ("pizza\x00", "french_fries", "caesar salad", "tiramissu", "tacos", "gibberish", "!")

    with django_assert_num_queries(1):
        found = closest(ana, *labels)

    assert found == [
        "Pizza",
        "French fries, fast food",
        "Salad, Caesar",
        "Tiramisù",
        "Taco",
        None,
        None,
    ]


def test_the_closest_food_is_a_checked_one_before_a_branded_one_of_that_very_name(ana):
    branded(name="Omelette")
    FoodFactory(name="Omelette, plain")

    assert closest(ana, "omelette") == ["Omelette, plain"]


def test_the_closest_food_is_the_plain_form_before_what_is_made_of_it(ana):
    for name in ("Tomato juice", "Tomatoes, raw", "Banana chips", "Banana, raw"):
        FoodFactory(name=name)

    found = selectors.closest_foods(["Tomato", "banana"], ana.pk)

    assert [food["name"] for food in found.values() if food] == ["Tomatoes, raw", "Banana, raw"]


def test_the_closest_food_may_be_called_so_besides(ana):
    FoodFactory(name="Doughnut, glazed", also_called="donut, donuts")
    branded(name="Donuts")

    assert closest(ana, "donuts", "donut") == ["Doughnut, glazed"] * 2


def test_the_closest_food_is_ones_own_of_that_very_name(ana, ben):
    FoodFactory(name="Ramen")
    own = CustomFoodFactory(name="Ramen", created_by=ana)
    CustomFoodFactory(name="Gyoza", created_by=ben)
    CustomFoodFactory(name="Donuts with jam", created_by=ana)

    found = selectors.closest_foods(["ramen", "gyoza", "donuts"], ana.pk)

    assert found["ramen"] is not None
    assert found["ramen"]["id"] == own.pk
    assert (found["gyoza"], found["donuts"]) == (None, None)


def test_labels_without_words_have_no_food_and_ask_nobody(ana, django_assert_num_queries):
    with django_assert_num_queries(0):
        found = selectors.closest_foods(["", "?", "\x00"], ana.pk)

    assert found == {"": None, "?": None, "\x00": None}
