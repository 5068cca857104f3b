"""Faults of public files, from the file into the table or into the report."""

import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nutrition.gtin import check_digit
from nutrition.models import Food, FoodImport
from nutrition.services.catalogue import load_foods
from tests.nutrition.imported import NUTELLA, OFF, a_dump, a_product, import_foods
from tests.nutrition.transfer import products
from tests.nutrition.transfer.foods import (
    CHICKEN,
    CHICKPEA_FLOUR,
    UsdaFood,
    write_table,
    write_usda,
)

pytestmark = pytest.mark.django_db

NO_ENERGY = dict.fromkeys(("energy-kcal_100g", "energy-kj_100g", "energy_100g"))


@pytest.fixture
def stored(tmp_path):
    """What becomes of a product of Open Food Facts: its food, or why it has none."""

    def store(*found: dict, number: int = 0) -> Food | str:
        said = import_foods(a_dump(tmp_path / f"{number}.jsonl", *found))
        if Food.objects.exists():
            return Food.objects.get()
        return said[2].split()[1].rstrip(",")

    return store


@pytest.fixture
def stored_of_usda(tmp_path):
    def store(nutrients: dict, **facts: object) -> Food | str:
        said = import_foods(
            write_usda(tmp_path, [UsdaFood(171077, "Food", nutrients, **facts)]), "usda-csv"
        )
        if Food.objects.exists():
            return Food.objects.get()
        return said[2].split()[1].rstrip(",")

    return store


# --- Open Food Facts -------------------------------------------------------------------------


@pytest.mark.parametrize("schema", [products.flat, products.structured])
def test_both_schemas_become_the_same_food(stored, schema):
    food = stored(schema())

    assert (food.calories, food.protein, food.carbs, food.fat, food.sugar) == (
        539,
        6.3,
        57.5,
        30.9,
        56.3,
    )


def test_energy_is_in_kj_whatever_its_unit_says(stored):
    facts = NO_ENERGY | {"energy_100g": 2252, "energy_unit": "kcal"}

    food = stored(a_product(nutriments=facts))

    assert food.calories == 538


def test_energies_in_each_others_place_are_rejected(stored):
    facts = {"energy-kcal_100g": 2252, "energy-kj_100g": 539, "energy_100g": 539}

    assert stored(a_product(nutriments=facts)) == "energy_swapped"


def test_carbohydrates_with_fiber_are_stored_without_it(stored):
    facts = {"carbohydrates_100g": None, "carbohydrates-total_100g": 61.5, "fiber_100g": 4}

    food = stored(a_product(nutriments=facts))

    assert (food.carbs, food.fiber) == (57.5, 4)


def test_estimated_nutrients_are_named_as_the_table_calls_them(stored):
    food = stored(
        products.structured(
            nutrients={
                "saturated-fat": {"value": 10.6, "unit": "g", "source": "estimate"},
                "energy-kcal": {"value": 539, "unit": "kcal", "modifier": "~"},
                "energy-kj": {"value": 2252, "unit": "kJ", "modifier": "~"},
                "fiber": {"value": 3.4, "unit": "g", "modifier": "~"},
                "proteins": {"value": 6.3, "unit": "g", "source": "packaging"},
            }
        )
    )

    assert food.estimated == ["calories", "fiber", "saturated_fat_g"]


def test_numbers_as_text_count_and_words_do_not(stored):
    facts = {"fat_100g": "30,9", "proteins_100g": " 6.3 ", "sugars_100g": "5.63e1"}

    food = stored(a_product(nutriments=facts))

    assert (food.fat, food.protein, food.sugar) == (30.9, 6.3, 56.3)


def test_words_in_the_place_of_a_number_are_rejected(stored):
    assert stored(a_product(nutriments={"fat_100g": "traces"})) == "not_a_number"


def test_more_sugar_than_carbohydrates_is_rejected(stored):
    assert stored(a_product(nutriments={"sugars_100g": 58})) == "sugar_above_carbs"


@pytest.mark.parametrize("code", ["034000470693", "0034000470693", "00034000470693", 34000470693])
def test_zeros_before_a_barcode_do_not_make_another_food(stored, tmp_path, code):
    food = stored(a_product(code), a_product("34000470693"))

    assert (food.source_id, food.barcode, food.gtin) == (
        "0034000470693",
        "0034000470693",
        "00034000470693",
    )


def test_a_wrong_check_digit_is_rejected(stored):
    assert stored(a_product("3017620422004")) == "bad_check_digit"


def test_a_drink_is_stored_per_100_ml(stored):
    food = stored(a_product(nutrition_data_per="100ml", serving_size="1 portion (330 ml)"))

    assert food.serving_unit == "ml"
    assert food.portions.get().amount == 330


def test_a_serving_of_next_to_nothing_is_no_portion(stored):
    food = stored(a_product(serving_size="1 tablet (0.4 mg)"))

    assert food.portions.count() == 0


def test_alcohol_is_kept_in_grams_and_excuses_the_energy(stored):
    load_foods()
    Food.objects.all().delete()
    facts = {
        "energy-kcal_100g": 43, "energy-kj_100g": 180, "energy_100g": 180, "alcohol_100g": 5,
        "proteins_100g": 0.5, "carbohydrates_100g": 3.3, "sugars_100g": 0, "fat_100g": 0,
        "saturated-fat_100g": 0,
    }  # fmt: skip

    food = stored(
        a_product(nutriments=facts, categories_tags=["en:alcoholic-beverages", "en:beers"])
    )

    assert (food.calories, food.micronutrients["alcohol_g"]) == (43, 3.945)
    assert food.category.slug == "beer-and-cider"


def test_texts_that_no_database_takes_are_cleaned(stored):
    food = stored(
        b'{"code": "3017620422003", "product_name": "A\\u0000 \\u202e' + b"x" * 300 + b'",'
        b' "brands": "B\\u0000 &amp; C", "serving_size": "\\u0000 (5 g)", "nutriments": {'
        b'"energy-kcal_100g": 100, "proteins_100g": 25, "carbohydrates_100g": 0, "fat_100g": 0}}'
    )

    assert food.name == "A " + "x" * 198
    assert food.brand == "B & C"


TEXT = st.text(max_size=250) | st.none() | st.integers() | st.just("1 cup (240 ml)")
AMOUNT = st.floats() | st.integers() | st.text(max_size=5) | st.sampled_from([0, 1, 1e-9, 33.3])


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    found=st.lists(
        st.fixed_dictionaries(
            {
                "number": st.integers(0, 30),
                "product_name": TEXT,
                "brands": TEXT,
                "serving_size": TEXT,
                "serving_quantity": AMOUNT,
                "categories_tags": st.lists(st.text(max_size=120)),
                "last_modified_t": AMOUNT,
                "fiber_100g": AMOUNT,
                "salt_100g": AMOUNT,
                "vitamin-c_100g": AMOUNT,
            }
        ),
        max_size=8,
    )
)
def test_whatever_a_file_says_the_table_takes_it_or_the_report_does(tmp_path, found):
    lines = []
    for facts in found:
        body = f"40{facts.pop('number'):010d}"
        keys = ("fiber_100g", "salt_100g", "vitamin-c_100g")
        nutriments = {key: facts.pop(key) for key in keys}
        lines.append(a_product(body + check_digit(body), nutriments=nutriments, **facts))
    path = tmp_path / "any.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    import_foods(path, restart=True)

    counts = FoodImport.objects.values().latest("started_at")
    told = sum(counts[name] for name in ("added", "changed", "unchanged"))
    assert told + sum(counts["rejected"].values()) == len(found)


# --- FoodData Central ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("energy", "kcal"),
    [
        ({"2047": 165}, 165),
        ({"2048": 164}, 164),
        ({"2047": 165, "2048": 164}, 165),
        ({"1008": 166, "2047": 165}, 166),
        ({"1062": 690}, 165),
    ],
)
def test_energy_is_found_under_each_of_its_numbers(stored_of_usda, energy, kcal):
    nutrients = {name: amount for name, amount in CHICKEN.items() if name != "1008"} | energy

    food = stored_of_usda(nutrients)

    assert food.calories == kcal
    assert "calories" not in food.estimated


def test_energy_that_is_stated_nowhere_is_an_estimate(stored_of_usda):
    nutrients = {name: amount for name, amount in CHICKEN.items() if name != "1008"}

    food = stored_of_usda(nutrients)

    assert (food.calories, food.estimated) == (156, ["calories", "sugar"])


def test_carbohydrates_by_difference_are_stored_without_fiber(stored_of_usda):
    food = stored_of_usda(CHICKPEA_FLOUR)

    assert (food.carbs, food.fiber, food.calories) == (47.02, 10.8, 387)


def test_a_food_is_the_same_one_when_the_next_release_gives_it_another_id(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, fdc_id, name in ((old, 100, "Chicken"), (new, 200, "Chicken, roasted")):
        folder.mkdir()
        write_usda(folder, [UsdaFood(fdc_id, name, CHICKEN)])
        write_table(folder / "sr_legacy_food.csv", ("fdc_id", "NDB_number"), [(fdc_id, 5064)])
    import_foods(old, "usda-csv")
    before = Food.objects.get()

    said = import_foods(new, "usda-csv")

    food = Food.objects.get()
    assert said[0] == "0 added, 1 changed, 0 unchanged"
    assert (food.pk, food.source_id, food.name) == (before.pk, "ndb:5064", "Chicken, roasted")


def test_a_branded_food_has_its_barcode_category_and_portion(tmp_path):
    load_foods()
    brand = {
        "brand_owner": "Big Foods, Inc.", "brand_name": "Old Mill", "gtin_upc": "034000470693",
        "serving_size": "40.0", "serving_size_unit": "g", "household_serving_fulltext": "1 cup",
        "branded_food_category": "Cereal", "modified_date": "2021-06-30",
    }  # fmt: skip
    folder = tmp_path / "download"
    folder.mkdir()
    write_usda(folder, [UsdaFood(7, "Oats", CHICKPEA_FLOUR, kind="branded_food", brand=brand)])
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"download/{file.name}")

    import_foods(tmp_path / "download.zip", "usda-csv")

    food = Food.objects.get(source="usda")
    assert (food.source_id, food.barcode, food.gtin) == (
        "gtin:00034000470693",
        "0034000470693",
        "00034000470693",
    )
    assert (food.brand, food.category.slug, food.licence) == (
        "Old Mill",
        "breakfast-cereals",
        "CC0-1.0",
    )
    assert list(food.portions.values_list("name", "amount")) == [("1 cup", 40)]


def test_of_versions_of_one_barcode_the_newest_counts(tmp_path):
    def version(fdc_id: int, day: str) -> UsdaFood:
        brand = {"gtin_upc": "034000470693", "brand_name": day, "modified_date": day}
        return UsdaFood(fdc_id, "Oats", CHICKEN, kind="branded_food", brand=brand)

    write_usda(tmp_path, [version(1, "2022-01-01"), version(2, "2021-01-01")])

    import_foods(tmp_path, "usda-csv", batch=1)

    assert Food.objects.get().brand == "2022-01-01"


def test_a_stable_id_of_garbage_is_cleaned(tmp_path):
    write_usda(tmp_path, [UsdaFood(1, "Food", CHICKEN)])
    write_table(tmp_path / "sr_legacy_food.csv", ("fdc_id", "NDB_number"), [(1, "5\0" + "4" * 99)])

    import_foods(tmp_path, "usda-csv")

    assert Food.objects.get().source_id == "ndb:5" + "4" * 35


# --- The same food of two sources ------------------------------------------------------------


def test_sources_do_not_touch_each_others_foods(tmp_path):
    brand = {"gtin_upc": NUTELLA, "brand_name": "Ferrero", "modified_date": "2021-06-30"}
    write_usda(tmp_path, [UsdaFood(1, "Spread", CHICKEN, kind="branded_food", brand=brand)])
    import_foods(tmp_path, "usda-csv")
    before = Food.objects.filter(source="usda").values().get()

    import_foods(a_dump(tmp_path / "products.jsonl", a_product()))

    assert Food.objects.filter(source="usda").values().get() == before
    assert Food.objects.get(source=OFF).gtin == before["gtin"]
