"""What is read of the nutrition facts of a product, in the older and in the newer schema."""

import pytest

from nutrition.transfer.off import read_product
from nutrition.transfer.readings import Nutrients
from tests.nutrition.transfer.products import SPREAD, flat, read, reason, structured

NUTRIENTS = Nutrients(
    kcal=539,
    protein=6.3,
    carbs=57.5,
    fat=30.9,
    sugar=56.3,
    saturated_fat=10.6,
    salt=0.107,
    micronutrients={"sodium_mg": 42.8},
)


def test_a_product_of_the_newer_schema_says_the_same():
    assert read(structured()) == read(flat())


def test_the_newer_schema_goes_first_where_both_are_filled():
    product = structured(nutriments=SPREAD | {"proteins_100g": 1})

    assert read(product).nutrients == NUTRIENTS


@pytest.mark.parametrize("nutrition", [None, {}, {"aggregated_set": None}, "none", [1]])
def test_an_empty_set_leaves_the_older_schema(nutrition):
    assert read(flat(nutrition=nutrition)).nutrients == NUTRIENTS


@pytest.mark.parametrize("nutriments", [None, {}, [], "none", {"nova-group": 4}])
def test_a_product_without_facts_is_told(nutriments):
    product = flat() | {"nutriments": nutriments, "nutrition": {"aggregated_set": None}}

    assert reason(product) == "no_nutrition"


@pytest.mark.parametrize("per", ["serving", "1kg", "100kj", 100])
def test_a_set_for_another_amount_is_not_taken_for_100_g(per):
    assert reason(structured(per=per)) == "no_nutrition"


def test_plain_energy_is_in_kj_whatever_its_unit_says():
    only_energy = SPREAD | {"energy_100g": 2252, "energy_unit": "kcal", "energy_value": 539}
    del only_energy["energy-kcal_100g"], only_energy["energy-kj_100g"]

    food = read(flat() | {"nutriments": only_energy})

    assert food.nutrients.kcal == 538.2409


def test_kcal_in_place_of_kj_are_found():
    only_energy = {"energy-kcal_100g": None, "energy-kj_100g": None, "energy_100g": 539}

    assert reason(flat(only_energy)) == "energy_unlike_macros"
    assert reason(flat({"energy-kj_100g": 539})) == "energy_units_disagree"


def test_swapped_energies_are_found():
    swapped = {"energy-kcal_100g": 2252, "energy-kj_100g": 539}

    assert reason(flat(swapped)) == "energy_swapped"


def test_energies_of_the_newer_schema_have_units():
    food = read(
        structured({"energy-kcal": {"value": 2252, "unit": "kJ"}, "energy-kj": {}, "energy": None})
    )

    assert food.nutrients.kcal == pytest.approx(538.2409, abs=1e-4)


def test_numbers_may_be_texts_with_either_decimal_mark():
    texts = {"energy-kcal_100g": "539", "proteins_100g": "6,3", "fat_100g": " 30.9 "}

    assert read(flat(texts)).nutrients == NUTRIENTS
    in_set = {"fat": {"value": "30,9", "unit": "g"}, "proteins": {"value": "6.3", "unit": "g"}}
    assert read(structured(in_set)).nutrients == NUTRIENTS


@pytest.mark.parametrize("value", ["NaN", "inf", "traces", "<0.5", True, [5], {"g": 5}])
@pytest.mark.parametrize("key", ["fat", "fiber", "salt", "energy-kj"])
def test_facts_that_are_no_numbers_are_told(key, value):
    rejected = read_product(flat({f"{key}_100g": value}))

    assert rejected.reason == "not_a_number"
    assert rejected.message.startswith(f"{key} is ")
    assert reason(structured({key: {"value": value, "unit": "g"}})) == "not_a_number"


def test_empty_facts_are_unknown():
    food = read(flat({"fiber_100g": "", "sugars_100g": None, "salt_100g": ""}))

    assert food.nutrients.fiber is None
    assert food.nutrients.sugar is None
    assert food.nutrients.salt == 0.107  # from sodium


def test_a_nutrient_that_is_not_on_the_package_is_unknown():
    assert read(flat({"fiber_100g": 0, "fiber_modifier": "-"})).nutrients.fiber is None
    absent = {"fiber": {"value": 0, "unit": "g", "modifier": "-"}}
    assert read(structured(absent)).nutrients.fiber is None


def test_sugar_above_carbohydrates_is_told():
    assert reason(flat({"sugars_100g": 57.6})) == "sugar_above_carbs"


def test_negative_facts_are_told():
    assert reason(flat({"sugars_100g": -1})) == "negative"


def test_total_carbohydrates_of_america_lose_their_fiber():
    in_set = {
        "carbohydrates": {},
        "carbohydrates-total": {"value": 60, "unit": "g"},
        "fiber": {"value": 2.5, "unit": "g"},
    }

    food = read(structured(in_set))

    assert food.nutrients.carbs == 57.5
    assert food.nutrients.total_carbs == 60
    assert "carbs_may_include_fiber" not in food.trust_facts


def test_carbohydrates_of_europe_are_without_fiber_already():
    food = read(flat({"fiber_100g": 2.5}))

    assert food.nutrients.carbs == 57.5
    assert food.nutrients.total_carbs == 60


def test_total_carbohydrates_without_fiber_are_a_doubt():
    carbs = {"carbohydrates_100g": None, "carbohydrates-total_100g": 57.5}

    food = read(flat(carbs))

    assert food.nutrients.carbs == 57.5
    assert "carbs_may_include_fiber" in food.trust_facts


def test_units_of_the_newer_schema_are_converted():
    food = read(
        structured(
            {
                "salt": {"value": 107, "unit": "mg"},
                "sodium": {},
                "calcium": {"value": 0.09714, "unit": "g"},
                "iron": {"value": 3.2, "unit": "mg"},
                "vitamin-b12": {"value": 0.56, "unit": "µg"},
                "vitamin-d": {"value": 0.0025, "unit": "mg"},
            }
        )
    )

    assert food.nutrients.salt == 0.107
    assert food.nutrients.micronutrients == {
        "sodium_mg": 42.8,
        "calcium_mg": 97.14,
        "iron_mg": 3.2,
        "vitamin_b12_ug": 0.56,
        "vitamin_d_ug": 2.5,
    }


def test_micronutrients_of_the_older_schema_are_in_grams():
    food = read(flat({"vitamin-c_100g": 0.03, "vitamin-c_unit": "mg", "caffeine_100g": "3.2e-2"}))

    assert food.nutrients.micronutrients == {
        "sodium_mg": 42.8,
        "vitamin_c_mg": 30,
        "caffeine_mg": 32,
    }


@pytest.mark.parametrize("value", [30, -0.001, "some", " ", "NaN", [1]])
def test_an_impossible_micronutrient_is_left_out_and_told(value):
    food = read(flat({"iron_100g": value}))

    assert "iron_mg" not in food.nutrients.micronutrients
    assert "micronutrients_left_out" in food.trust_facts


def test_alcohol_is_by_volume():
    beer = {
        "energy-kcal_100g": 42, "proteins_100g": 0.5, "carbohydrates_100g": 3, "fat_100g": 0,
        "alcohol_100g": 5,
    }  # fmt: skip

    food = read(flat() | {"nutriments": beer})

    assert food.nutrients.micronutrients == {"alcohol_g": 3.945}
    assert "energy_matches_macros" in food.trust_facts


def test_estimates_are_flagged_in_either_schema():
    flagged = {"proteins_modifier": "~", "iron_100g": 0.001, "iron_modifier": "~"}
    in_set = {
        "proteins": {"value": 6.3, "unit": "g", "source": "estimate"},
        "iron": {"value": 1, "unit": "mg", "modifier": "~"},
    }

    older, newer = read(flat(flagged)), read(structured(in_set))

    assert older.estimated == newer.estimated == {"protein", "iron_mg"}
    assert older.trust == newer.trust == read(flat()).trust - 8
    assert "estimates" in newer.trust_facts


def test_a_computed_value_is_an_estimate():
    food = read(structured({"fiber": {"value_computed": 2, "unit": "g"}}))

    assert food.nutrients.fiber == 2
    assert food.estimated == {"fiber"}


def test_kcal_that_were_computed_from_stated_kj_are_no_estimate():
    computed = {"value": 538, "unit": "kcal", "source": "packaging", "modifier": "~"}

    food = read(structured({"energy-kcal": computed}))

    assert food.nutrients.kcal == 538.2409
    assert food.estimated == frozenset()
    assert "energy_stated_twice" not in food.trust_facts


def test_units_of_no_mass_are_told():
    rejected = read_product(structured({"fat": {"value": 30, "unit": "% DV"}}))

    assert rejected.reason == "not_a_number"
    assert rejected.message == 'fat is in "% DV", which is no unit of mass.'


def test_facts_of_the_prepared_food_are_a_doubt():
    assert "as_prepared" in read(structured(preparation="prepared")).trust_facts


def test_vinegar_may_have_energy_that_its_nutrients_do_not_explain():
    sour = {
        "energy-kcal_100g": 22, "proteins_100g": 0, "carbohydrates_100g": 0.6, "fat_100g": 0,
    }  # fmt: skip
    product = flat() | {"nutriments": sour}

    food = read(product | {"categories_tags": ["en:condiments", "en:vinegars"]})

    assert food.nutrients.kcal == 22
    assert "energy_unlike_macros" in food.trust_facts
    assert reason(product) == "energy_unlike_macros"
