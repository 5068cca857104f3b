"""What the named people of the demo made themselves: recipes, and foods with a barcode.

The barcodes begin with 952, which GS1 keeps for examples.
"""

from collections.abc import Mapping
from typing import Final

from nutrition.models import MealType
from nutrition.services.demo_dishes import OwnFood, OwnRecipe, Part, counted

# By username.
RECIPES: Final[Mapping[str, tuple[OwnRecipe, ...]]] = {
    "ana": (
        OwnRecipe(
            name="Red lentil bolognese",
            category="soups-and-stews",
            servings=4,
            cooked_weight_g=1400,
            parts=(
                Part("lentils-dry", 250),
                Part("tomatoes-canned", 800),
                Part("onion-raw", 150),
                Part("carrot-raw", 200),
                Part("tomato-paste", 50),
                Part("olive-oil", 25),
            ),
            instructions="Soften onion and carrot in the oil, add the rest, simmer 25 minutes.",
            meal=MealType.DINNER,
            beside=(Part("pasta-cooked", 180), Part("parmesan", 15)),
        ),
        OwnRecipe(
            name="Overnight oats with skyr",
            category="breakfast-cereals",
            servings=2,
            cooked_weight_g=820,
            parts=(
                Part("rolled-oats-dry", 120),
                Part("skyr-plain", 250),
                Part("milk-2-percent-fat", 250),
                Part("blueberries-raw", 150),
                Part("chia-seeds", 24),
                Part("honey", 20),
            ),
            instructions="Stir, and leave in the fridge until morning.",
            meal=MealType.BREAKFAST,
            beside=(counted("coffee-black", "1 cup"),),
        ),
    ),
    "ben": (
        OwnRecipe(
            name="Turkey chili",
            category="soups-and-stews",
            servings=5,
            cooked_weight_g=2300,
            parts=(
                Part("ground-turkey-raw-93-percent-lean", 700),
                Part("kidney-beans-boiled", 480),
                Part("tomatoes-canned", 800),
                Part("sweet-corn-canned-drained", 250),
                Part("onion-raw", 200),
                Part("olive-oil", 20),
            ),
            instructions="Brown the turkey with the onion, add the rest, simmer for 40 minutes.",
            meal=MealType.DINNER,
            beside=(Part("white-rice-cooked", 220),),
        ),
        OwnRecipe(
            name="Peanut butter shake",
            category="protein-powders-and-shakes",
            servings=1,
            cooked_weight_g=560,
            parts=(
                Part("milk-2-percent-fat", 350),
                Part("whey-protein-powder", 32),
                Part("peanut-butter-smooth", 32),
                Part("rolled-oats-dry", 40),
                counted("banana-raw", "1 medium"),
            ),
            instructions="Blend for a minute.",
            meal=MealType.SNACK,
        ),
        OwnRecipe(
            name="Banana oat pancakes",
            category="cakes-and-pastries",
            servings=2,
            parts=(
                Part("rolled-oats-dry", 120),
                counted("egg-whole-raw", "1 large", 3),
                Part("cottage-cheese-2-percent-fat", 200),
                counted("banana-raw", "1 medium"),
            ),
            instructions="Blend, and fry small pancakes over medium heat.",
            meal=MealType.BREAKFAST,
            beside=(counted("coffee-black", "1 cup"),),
        ),
    ),
    "cara": (
        OwnRecipe(
            name="Miso salmon rice bowl",
            category="asian-dishes",
            servings=2,
            cooked_weight_g=950,
            parts=(
                Part("salmon-atlantic-farmed-raw", 240),
                Part("white-rice-dry", 160),
                Part("miso", 30),
                Part("bok-choy-raw", 200),
                Part("sesame-seeds", 10),
            ),
            instructions="Brush the salmon with the miso, roast it, and serve it over the rice.",
            meal=MealType.DINNER,
        ),
        OwnRecipe(
            name="Rice balls with tuna",
            category="rice",
            servings=4,
            parts=(
                Part("white-rice-cooked", 600),
                Part("tuna-canned-in-water-drained", 165),
                counted("mayonnaise-light", "1 tablespoon", 2),
                Part("sesame-seeds", 8),
            ),
            instructions="Fill the warm rice with the tuna, and press it into four balls.",
            meal=MealType.LUNCH,
            beside=(
                Part("edamame-prepared-from-frozen", 100),
                counted("mandarin-raw", "1 medium"),
            ),
        ),
    ),
}

FOODS: Final[Mapping[str, tuple[OwnFood, ...]]] = {
    "ana": (
        OwnFood(
            content={
                "name": "Pumpkin seed roll",
                "brand": "Gruber Bakery",
                "category": "bread",
                "calories": 232,
                "protein": 9.6,
                "carbs": 32.0,
                "fat": 6.5,
                "fiber": 3.6,
                "sugar": 1.4,
                "serving_size": 80.0,
                "serving_unit": "g",
                "barcode": "9520000000103",
                "portions": ({"name": "1 roll", "amount": 80.0},),
            },
        ),
    ),
    "ben": (
        OwnFood(
            content={
                "name": "Protein oat bar",
                "brand": "Hudson Foods",
                "category": "bars-and-gels",
                "calories": 214,
                "protein": 15.0,
                "carbs": 22.0,
                "fat": 6.8,
                "fiber": 3.0,
                "sugar": 6.5,
                "serving_size": 55.0,
                "serving_unit": "g",
                "barcode": "9520000000202",
                "portions": ({"name": "1 bar", "amount": 55.0},),
            },
            is_submitted=True,
        ),
    ),
    "cara": (
        OwnFood(
            content={
                "name": "Matcha energy ball",
                "brand": "Mori Kitchen",
                "category": "bars-and-gels",
                "calories": 146,
                "protein": 4.2,
                "carbs": 17.5,
                "fat": 6.3,
                "fiber": 2.6,
                "sugar": 12.0,
                "serving_size": 36.0,
                "serving_unit": "g",
                "barcode": "9520000000301",
                "portions": ({"name": "1 ball", "amount": 18.0},),
            },
        ),
    ),
}
