"""What people call what they eat, and the starter food that they mean."""

import pytest

from nutrition import selectors
from nutrition.selectors import FoodFilter
from nutrition.services import catalogue
from tests.factories.nutrition import FoodFactory

pytestmark = pytest.mark.django_db

# What is typed, and what comes first.
EVERYDAY = {
    "donut": "Doughnut, cake-type, plain",
    "coke": "Cola",
    "diet coke": "Diet cola",
    "prawn": "Shrimp, cooked",
    "prawns": "Shrimp, cooked",
    "mince": "Ground beef, 80 % lean, raw",
    "aubergine": "Eggplant, boiled",
    "courgette": "Zucchini, raw",
    "coriander": "Cilantro, fresh",
    "porridge": "Oatmeal, cooked with water",
    "sushi": "Sushi, salmon nigiri",
    "curry": "Chicken curry",
    "wrap": "Chicken wrap",
    "chicken tikka": "Chicken tikka masala",
    "big mac": "Double cheeseburger, fast food",
    "burger": "Hamburger, fast food",
    "crisps": "Potato chips",
    "fries": "French fries, fast food",
    "kebab": "Döner kebab, with bread",
    "ramen": "Ramen, with pork and egg",
    "whole milk": "Milk, whole",
    "milk": "Milk, whole",
    "peanut butter": "Peanut butter, smooth",
    "cheese": "Cheddar",
    "egg": "Egg, whole, raw",
    "eggs": "Egg, whole, raw",
    "boiled egg": "Egg, hard-boiled",
    "bread": "White bread",
    "toast": "White bread",
    "salad": "Side salad, without dressing",
    "beer": "Beer",
    "wine": "Red wine",
    "potato": "Potato, boiled, without skin",
    "potatoes": "Potato, boiled, without skin",
    "banana": "Banana, raw",
    "apples": "Apple, raw, with skin",
    "rice": "White rice, cooked",
    "spaghetti": "Pasta, cooked",
    "chicken": "Chicken breast, roasted",
    "chicken breast": "Chicken breast, roasted",
    "yoghurt": "Yogurt, plain, whole milk",
    "oats": "Rolled oats, dry",
    "rocket": "Arugula, raw",
    "swede": "Rutabaga, raw",
    "gherkin": "Pickle, dill",
    "spring onions": "Spring onion, raw",
    "soda": "Cola",
    "roti": "Chapati",
    "Brötchen": "Kaiser roll",
    "avacado": "Avocado, raw",
}  # fmt: skip


@pytest.fixture
def _starters():
    catalogue.load_foods()


def first(user, text, size=1):
    page = selectors.food_page(user.pk, FoodFilter(q=text), size, None)
    return [row["name"] for row in page.rows]


@pytest.mark.usefixtures("_starters")
def test_everyday_words_find_the_food_that_is_meant_first(ana):
    found = {text: first(ana, text) for text in EVERYDAY}

    assert found == {text: [name] for text, name in EVERYDAY.items()}


@pytest.mark.usefixtures("_starters")
def test_a_word_that_is_found_is_not_taken_for_one_that_is_spelled_alike(ana):
    unlike = {"salad": "Salami", "beer": "Beef", "wine": "Chicken wing", "crisps": "Crispy"}

    found = {text: first(ana, text, size=100) for text in unlike}

    assert all(found.values())
    assert [
        name for text, names in found.items() for name in names if name.startswith(unlike[text])
    ] == []


@pytest.mark.usefixtures("_starters")
def test_many_products_of_a_brand_do_not_hide_what_is_meant(ana):
    for number in range(30):
        FoodFactory(name=f"Whole milk No. {number}", brand="Mill", source="open_food_facts")

    found = first(ana, "whole milk", size=5)

    assert found == [
        "Milk, whole",
        "Cappuccino, whole milk",
        "Mozzarella, whole milk",
        "Yogurt, plain, whole milk",
        "Caffè latte, whole milk",
    ]
