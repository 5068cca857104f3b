"""The usual dishes of the demo. Amounts are those of a day of about 2200 kcal."""

from collections.abc import Mapping
from typing import Final

from nutrition.services.demo_dishes import Dish, Menu, Part, counted

_BANANA = counted("banana-raw", "1 medium")
_APPLE = counted("apple-raw-with-skin", "1 medium")
_COFFEE = counted("coffee-black", "1 cup")
_LATTE = counted("caffe-latte-whole-milk", "1 cup")
_GREEN_TEA = counted("green-tea", "1 cup")
_OLIVE_OIL = Part("olive-oil", 10)

# Quick and rich in protein; everybody reaches for them when there was little of it in a day.
PROTEIN_SNACKS: Final[tuple[Dish, ...]] = (
    (counted("skyr-plain", "1 container"), Part("raspberries-raw", 80)),
    (Part("quark-low-fat", 200), Part("blueberries-raw", 60)),
    (counted("whey-protein-powder", "1 scoop"), Part("milk-1-percent-fat", 250)),
    (Part("cottage-cheese-1-percent-fat", 200), Part("pineapple-raw", 100)),
)

_SNACKS: Final[tuple[Dish, ...]] = (
    (_APPLE, counted("almonds", "1 handful")),
    (_BANANA, counted("whey-protein-powder", "1 scoop")),
    (counted("protein-bar", "1 bar"), _COFFEE),
    (counted("dark-chocolate-70-85-percent-cacao", "1 square", 2), _COFFEE),
)

EUROPEAN: Final = Menu(
    breakfasts=(
        (Part("rolled-oats-dry", 65), Part("milk-2-percent-fat", 250), _BANANA, _COFFEE),
        (
            Part("muesli-with-dried-fruit-and-nuts", 70),
            Part("yogurt-plain-low-fat", 200),
            Part("blueberries-raw", 80),
            _COFFEE,
        ),
        (
            counted("rye-bread", "1 slice", 3),
            Part("butter-unsalted", 10),
            counted("ham-sliced-96-percent-fat-free", "1 slice", 3),
            counted("tomato-raw", "1 medium"),
            _COFFEE,
        ),
    ),
    weekend_breakfasts=(
        (
            counted("kaiser-roll", "1 roll", 2),
            counted("egg-hard-boiled", "1 large"),
            counted("gouda", "1 slice"),
            Part("butter-unsalted", 10),
            counted("jam", "1 tablespoon"),
            _LATTE,
        ),
        (
            counted("egg-scrambled", "1 large", 2),
            counted("whole-wheat-bread", "1 slice", 2),
            counted("smoked-salmon", "1 slice", 2),
            counted("orange-juice", "1 glass"),
            _LATTE,
        ),
    ),
    lunches=(
        (
            Part("chicken-breast-roasted", 120),
            Part("white-rice-cooked", 230),
            Part("broccoli-boiled", 150),
            _OLIVE_OIL,
        ),
        (
            Part("lentils-boiled", 220),
            Part("feta", 40),
            Part("tomato-raw", 150),
            Part("cucumber-raw-with-peel", 100),
            _OLIVE_OIL,
            counted("rye-bread", "1 slice"),
        ),
        (
            Part("pasta-cooked", 270),
            Part("tuna-canned-in-water-drained", 90),
            Part("tomato-pasta-sauce", 150),
            Part("parmesan", 10),
        ),
        (
            counted("whole-wheat-roll", "1 roll", 2),
            Part("turkey-breast-sliced", 80),
            counted("gouda", "1 slice"),
            Part("romaine-lettuce-raw", 40),
            _APPLE,
        ),
        (
            Part("beef-pot-roast-lean-braised", 110),
            Part("potato-boiled-without-skin", 320),
            Part("red-bell-pepper-raw", 80),
            counted("kaiser-roll", "1 roll"),
        ),
    ),
    dinners=(
        (
            Part("salmon-atlantic-farmed-cooked", 120),
            Part("potato-boiled-without-skin", 320),
            Part("spinach-boiled", 150),
            Part("olive-oil", 5),
        ),
        (
            Part("bulgur-cooked", 250),
            Part("chickpeas-boiled", 120),
            Part("zucchini-boiled", 150),
            Part("feta", 40),
            Part("olive-oil", 5),
        ),
        (
            counted("rye-bread", "1 slice", 3),
            Part("gouda", 40),
            Part("ham-cured-lean-roasted", 60),
            Part("radish-raw", 60),
            counted("tomato-raw", "1 medium"),
        ),
        (
            Part("turkey-breast-roasted-meat-only", 110),
            Part("egg-noodles-cooked", 230),
            Part("red-bell-pepper-raw", 100),
            Part("carrot-raw", 80),
            counted("soy-sauce", "1 tablespoon"),
            Part("sunflower-oil", 10),
        ),
        (
            Part("pork-tenderloin-lean-roasted", 120),
            Part("mashed-potatoes-with-milk-and-butter", 300),
            Part("green-beans-boiled", 150),
        ),
        (
            counted("egg-fried", "1 large", 2),
            Part("potato-boiled-without-skin", 320),
            Part("white-mushroom-raw", 120),
            Part("side-salad-without-dressing", 120),
            Part("rapeseed-canola-oil", 5),
        ),
    ),
    snacks=(
        *_SNACKS,
        (counted("yogurt-fruit-low-fat", "1 container"),),
        (counted("apple-strudel", "1 piece"), counted("cappuccino-whole-milk", "1 cup")),
    ),
    feasts=(
        (
            counted("bratwurst-pork-cooked", "1 link", 2),
            counted("french-fries-fast-food", "1 medium serving", 2),
            counted("beer", "1 can", 2),
            counted("apple-strudel", "1 piece", 2),
        ),
        (
            Part("cheese-pizza-frozen-baked", 380),
            counted("red-wine", "1 glass", 2),
            counted("ice-cream-vanilla", "1 scoop", 3),
        ),
    ),
)

AMERICAN: Final = Menu(
    breakfasts=(
        (
            Part("rolled-oats-dry", 60),
            Part("milk-2-percent-fat", 250),
            counted("peanut-butter-smooth", "1 tablespoon"),
            _BANANA,
            _COFFEE,
        ),
        (
            Part("greek-yogurt-plain-2-percent-fat", 220),
            Part("granola-homemade", 45),
            Part("strawberries-raw", 150),
            _COFFEE,
        ),
        (
            counted("bagel-plain", "1 medium"),
            counted("cream-cheese", "1 tablespoon", 2),
            counted("turkey-breast-sliced", "1 slice", 2),
            counted("orange-juice", "1 glass"),
        ),
    ),
    weekend_breakfasts=(
        (
            counted("pancake-plain", "1 pancake", 3),
            counted("maple-syrup", "1 tablespoon", 2),
            counted("egg-scrambled", "1 large", 2),
            Part("blueberries-raw", 80),
            _LATTE,
        ),
        (
            counted("egg-fried", "1 large", 2),
            counted("bacon-fried", "1 slice", 2),
            counted("wheat-bread", "1 slice", 3),
            Part("avocado-raw", 50),
            counted("orange-juice", "1 glass"),
        ),
    ),
    lunches=(
        (counted("submarine-sandwich-roast-beef", "1 six-inch sandwich", 2), _APPLE),
        (
            Part("chicken-breast-roasted", 120),
            Part("brown-rice-cooked", 240),
            Part("black-beans-boiled", 100),
            counted("salsa", "1 tablespoon", 3),
            Part("avocado-raw", 50),
        ),
        (
            counted("burrito-beef-and-bean", "1 burrito", 2),
            Part("side-salad-without-dressing", 100),
        ),
        (
            counted("whole-wheat-bread", "1 slice", 3),
            Part("tuna-canned-in-water-drained", 110),
            counted("mayonnaise-light", "1 tablespoon", 2),
            Part("romaine-lettuce-raw", 40),
            Part("grapes-raw", 150),
        ),
        (
            counted("flour-tortilla", "1 tortilla", 2),
            Part("grilled-chicken-sandwich-fast-food", 80),
            Part("turkey-breast-sliced", 80),
            counted("cheddar", "1 slice"),
            counted("carrot-raw", "1 medium", 2),
        ),
    ),
    dinners=(
        (
            Part("ground-beef-90-percent-lean-broiled", 120),
            Part("pasta-cooked", 280),
            Part("tomato-pasta-sauce", 150),
            Part("parmesan", 10),
        ),
        (
            Part("beef-sirloin-steak-broiled", 140),
            Part("potato-baked-with-skin", 330),
            Part("broccoli-boiled", 160),
            Part("butter-salted", 5),
        ),
        (
            Part("salmon-atlantic-farmed-cooked", 130),
            Part("quinoa-cooked", 250),
            Part("asparagus-boiled", 150),
            Part("olive-oil", 5),
        ),
        (
            Part("chicken-thigh-roasted-meat-only", 120),
            Part("white-rice-cooked", 280),
            Part("green-beans-boiled", 150),
            counted("barbecue-sauce", "1 tablespoon", 2),
        ),
        (Part("chili-with-beans-canned", 380), Part("cornbread", 90), Part("cheddar", 20)),
        (
            Part("shrimp-cooked", 150),
            Part("pasta-cooked", 280),
            Part("zucchini-boiled", 150),
            Part("olive-oil", 12),
        ),
    ),
    snacks=(
        *_SNACKS,
        (counted("granola-bar", "1 bar"), counted("milk-2-percent-fat", "1 glass")),
        (counted("rice-cake-brown-rice", "1 cake", 2), Part("peanut-butter-smooth", 25)),
    ),
    feasts=(
        (
            counted("double-cheeseburger-fast-food", "1 sandwich", 2),
            counted("french-fries-fast-food", "1 medium serving", 2),
            counted("beer", "1 can", 2),
            counted("brownie", "1 square"),
        ),
        (
            counted("pepperoni-pizza-fast-food", "1 slice", 4),
            counted("cola", "1 can"),
            counted("chocolate-cake-with-frosting", "1 slice"),
        ),
    ),
)

ASIAN: Final = Menu(
    breakfasts=(
        (
            Part("white-rice-cooked", 220),
            counted("egg-poached", "1 large"),
            Part("smoked-salmon", 40),
            counted("miso", "1 tablespoon"),
            _GREEN_TEA,
        ),
        (Part("rolled-oats-dry", 60), Part("soy-drink-unsweetened", 250), _BANANA, _GREEN_TEA),
        (
            counted("white-bread", "1 slice", 3),
            counted("egg-hard-boiled", "1 large"),
            Part("butter-unsalted", 8),
            counted("mandarin-raw", "1 medium", 2),
            _COFFEE,
        ),
    ),
    weekend_breakfasts=(
        (
            counted("pancake-plain", "1 pancake", 3),
            counted("honey", "1 tablespoon"),
            Part("greek-yogurt-plain-fat-free", 170),
            Part("strawberries-raw", 120),
            _GREEN_TEA,
        ),
        (
            Part("white-rice-cooked", 250),
            Part("mackerel-atlantic-cooked", 60),
            counted("omelet", "1 large egg"),
            counted("miso", "1 tablespoon"),
            Part("spinach-boiled", 80),
            _GREEN_TEA,
        ),
    ),
    lunches=(
        (
            counted("california-roll", "8 pieces"),
            Part("edamame-prepared-from-frozen", 100),
            Part("tuna-yellowfin-raw", 50),
            _GREEN_TEA,
        ),
        (
            Part("chicken-and-vegetables-stir-fried", 250),
            Part("white-rice-cooked", 250),
            Part("kimchi", 60),
        ),
        (
            Part("rice-noodles-cooked", 280),
            Part("shrimp-cooked", 110),
            Part("bok-choy-raw", 120),
            Part("sesame-oil", 10),
            counted("soy-sauce", "1 tablespoon"),
        ),
        (
            Part("tofu-firm", 140),
            Part("brown-rice-cooked", 260),
            Part("shiitake-mushroom-raw", 60),
            counted("teriyaki-sauce", "1 tablespoon", 2),
        ),
        (Part("chicken-chow-mein", 450), Part("edamame-prepared-from-frozen", 60)),
    ),
    dinners=(
        (
            Part("salmon-atlantic-farmed-cooked", 110),
            Part("white-rice-cooked", 280),
            Part("spinach-boiled", 120),
            counted("soy-sauce", "1 tablespoon"),
        ),
        (
            Part("tuna-yellowfin-cooked", 120),
            Part("sticky-rice-cooked", 320),
            Part("avocado-raw", 60),
            Part("cucumber-raw-with-peel", 100),
        ),
        (
            Part("chicken-thigh-roasted-meat-only", 100),
            Part("brown-rice-cooked", 260),
            Part("red-cabbage-raw", 100),
            counted("teriyaki-sauce", "1 tablespoon", 2),
            Part("sesame-seeds", 5),
        ),
        (Part("beef-and-vegetables-stir-fried", 300), Part("white-rice-cooked", 260)),
        (
            Part("tofu-firm", 150),
            Part("egg-noodles-cooked", 250),
            Part("snow-peas-raw", 100),
            Part("sesame-oil", 5),
            counted("soy-sauce", "1 tablespoon"),
        ),
        (
            Part("cod-atlantic-cooked", 140),
            Part("sweet-potato-baked", 250),
            Part("bok-choy-raw", 150),
            Part("miso", 20),
            Part("sesame-oil", 8),
        ),
    ),
    snacks=(
        *_SNACKS,
        (counted("mandarin-raw", "1 medium", 2), counted("cashews", "1 handful")),
        (counted("sports-drink", "1 glass"), _BANANA),
    ),
    feasts=(
        (
            counted("instant-ramen-noodles-dry-with-seasoning", "1 package", 2),
            counted("egg-roll-pork", "1 roll", 2),
            counted("sake", "1 cup"),
            counted("ice-cream-vanilla", "1 scoop", 2),
        ),
        (
            counted("general-tsos-chicken", "3 pieces", 5),
            Part("fried-rice-without-meat", 300),
            counted("beer", "1 can", 2),
            counted("cheesecake", "1 slice"),
        ),
    ),
)

# By the first word of a time zone.
MENUS: Final[Mapping[str, Menu]] = {
    "Europe": EUROPEAN,
    "Africa": EUROPEAN,
    "America": AMERICAN,
    "Australia": AMERICAN,
    "Asia": ASIAN,
}
