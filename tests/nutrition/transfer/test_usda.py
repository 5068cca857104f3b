"""What is read of a food of FoodData Central."""

import datetime as dt

import pytest

from nutrition.transfer import usda
from nutrition.transfer.readings import Nutrients, ReadFood
from tests.nutrition.transfer.foods import (
    CHICKEN,
    CHICKPEA_FLOUR,
    UsdaFood,
    write_table,
    write_usda,
)

CEREAL = {
    "brand_owner": "Big Foods, Inc.", "brand_name": "Old Mill", "gtin_upc": "034000470693",
    "serving_size": "40.0", "serving_size_unit": "g", "household_serving_fulltext": "1 cup",
    "branded_food_category": "Cereal & Oats", "modified_date": "2021-06-30",
}  # fmt: skip


@pytest.fixture
def read_one(tmp_path):
    def read(nutrients, **fields):
        food = UsdaFood(1, "Food", nutrients, **fields)
        (found,) = usda.read(write_usda(tmp_path, [food]))
        return found

    return read


def test_chicken_is_what_usda_says(tmp_path):
    food = UsdaFood(171077, "Chicken, breast, roasted", CHICKEN, category="5")
    write_table(tmp_path / "food_category.csv", ("id", "description"), [("5", "Poultry Products")])

    (chicken,) = usda.read(write_usda(tmp_path, [food]))

    assert chicken == ReadFood(
        line=2,
        source="usda",
        source_id="171077",
        gtin=None,
        name="Chicken, breast, roasted",
        brand="",
        nutrients=Nutrients(
            kcal=165,
            protein=31.02,
            carbs=0,
            fat=3.57,
            fiber=0,
            salt=0.185,
            micronutrients={"sodium_mg": 74},
        ),
        per="g",
        portions=(),
        category_tags=("usda:poultry-products",),
        licence="CC0-1.0",
        estimated=frozenset(),
        modified_at=dt.datetime(2019, 4, 1, tzinfo=dt.UTC),
        trust=77,
        trust_facts=("measured", "energy_matches_macros", "macros_fit", "incomplete"),
    )


def test_carbohydrates_of_chickpea_flour_lose_their_fiber(read_one):
    nutrients = read_one(CHICKPEA_FLOUR).nutrients

    assert nutrients == Nutrients(kcal=387, protein=22.39, carbs=47.02, fat=6.69, fiber=10.8)
    assert nutrients.total_carbs == 57.82


@pytest.mark.parametrize(
    ("energies", "kcal", "estimated"),
    [
        ({"1008": 165, "2047": 160, "2048": 155, "1062": 670}, 165, set()),
        ({"2047": 160, "2048": 155}, 160, set()),
        ({"2048": 155}, 155, set()),
        ({"1062": 690}, 164.914, set()),
        ({}, 156.21, {"kcal"}),  # 4 × 31.02 + 9 × 3.57
    ],
)
def test_energy_comes_from_the_first_id_that_is_stated(read_one, energies, kcal, estimated):
    without = {nutrient: amount for nutrient, amount in CHICKEN.items() if nutrient != "1008"}

    food = read_one(without | energies)

    assert food.nutrients.kcal == kcal
    assert food.estimated == estimated


def test_energy_that_is_estimated_costs_trust(read_one):
    without = {nutrient: amount for nutrient, amount in CHICKEN.items() if nutrient != "1008"}

    food = read_one(without)

    assert "energy_unchecked" in food.trust_facts
    assert food.trust == 77 - 21 - 8


def test_second_ids_count_where_the_first_are_missing(read_one):
    food = read_one(
        {"2047": 240, "1003": 10, "1085": 5, "1050": 40, "2033": 6, "1063": 3, "1258": 1}
    )

    assert food.nutrients == Nutrients(
        kcal=240, protein=10, carbs=34, fat=5, fiber=6, sugar=3, saturated_fat=1
    )


def test_numbers_of_the_older_reference_are_known(read_one):
    food = read_one({"208": 165, "203": 31.02, "204": 3.57, "205": 0, "307": 74, "418": 0.3})

    assert food.nutrients == Nutrients(
        kcal=165,
        protein=31.02,
        carbs=0,
        fat=3.57,
        salt=0.185,
        micronutrients={"sodium_mg": 74, "vitamin_b12_ug": 0.3},
    )


def test_units_are_those_of_the_release(tmp_path):
    write_usda(tmp_path, [UsdaFood(1, "Food", CHICKEN | {"1089": 1500, "1093": 0.074})])
    rows = [("1089", "Iron", "UG", "303"), ("1093", "Sodium", "G", "307")]
    write_table(tmp_path / "nutrient.csv", ("id", "name", "unit_name", "nutrient_nbr"), rows)

    (food,) = usda.read(tmp_path)

    assert food.nutrients.micronutrients == {"sodium_mg": 74, "iron_mg": 1.5}


@pytest.mark.parametrize("amount", ["9999", "-1", "some", " "])
def test_an_impossible_micronutrient_is_left_out_and_told(read_one, amount):
    food = read_one(CHICKEN | {"1089": amount})

    assert food.nutrients.micronutrients == {"sodium_mg": 74}
    assert "micronutrients_left_out" in food.trust_facts


def test_units_of_no_mass_are_told(tmp_path):
    write_usda(tmp_path, [UsdaFood(1, "Food", CHICKEN)])
    rows = [("1003", "Protein", "IU", "203"), ("9999", "Unheard of", "G", "999")]
    write_table(tmp_path / "nutrient.csv", ("id", "name", "unit_name", "nutrient_nbr"), rows)

    (found,) = usda.read(tmp_path)

    assert found.reason == "not_a_number"
    assert found.message == 'Nutrient 1003 is in "iu", which is no unit of mass.'


def test_energies_may_be_in_the_other_unit(tmp_path):
    write_usda(tmp_path, [UsdaFood(1, "Food", CHICKEN | {"1008": 690.36, "1062": 165})])
    rows = [("1008", "Energy", "kJ", "208"), ("1062", "Energy", "KCAL", "268")]
    write_table(tmp_path / "nutrient.csv", ("id", "name", "unit_name", "nutrient_nbr"), rows)

    (food,) = usda.read(tmp_path)

    assert food.nutrients.kcal == pytest.approx(165)
    assert "energy_stated_twice" in food.trust_facts


def test_a_branded_food_has_barcode_brand_and_serving(read_one):
    food = read_one(CHICKPEA_FLOUR, kind="branded_food", brand=CEREAL)

    assert (food.gtin, food.stable_id) == ("00034000470693", "gtin:00034000470693")
    assert food.brand == "Old Mill"
    assert food.portions == (("1 cup", 40),)
    assert food.category_tags == ("usda:cereal-oats",)
    assert food.modified_at == dt.datetime(2021, 6, 30, tzinfo=dt.UTC)
    assert food.trust_facts[0] == "from_manufacturer"


@pytest.mark.parametrize("code", ["034000470693", "00034000470693", "34000470693"])
def test_a_barcode_of_usda_is_the_same_with_any_zeros(read_one, code):
    food = read_one(CHICKPEA_FLOUR, kind="branded_food", brand=CEREAL | {"gtin_upc": code})

    assert food.gtin == "00034000470693"


def test_a_wrong_barcode_costs_trust_and_not_the_food(read_one):
    brand = CEREAL | {"gtin_upc": "034000470694"}

    food = read_one(CHICKPEA_FLOUR, kind="branded_food", brand=brand)

    assert (food.gtin, food.stable_id) == (None, "")
    assert "barcode_wrong" in food.trust_facts


@pytest.mark.parametrize("unit", ["ml", "MLT"])
def test_a_branded_drink_is_per_100_ml(read_one, unit):
    brand = CEREAL | {"brand_name": "", "serving_size": "240", "serving_size_unit": unit}
    cola = {"1008": 42, "1003": 0, "1004": 0, "1005": 10.6}

    food = read_one(cola, kind="branded_food", brand=brand, portions=({"gram_weight": 5},))

    assert food.per == "ml"
    assert food.portions == (("1 cup", 240),)
    assert food.brand == "Big Foods, Inc."


@pytest.mark.parametrize(
    "brand",
    [
        {"serving_size": "", "serving_size_unit": "g"},
        {"serving_size": "some", "serving_size_unit": "g"},
        {"serving_size": "0", "serving_size_unit": "g"},
        {"serving_size": "1", "serving_size_unit": "IU"},
    ],
)
def test_a_serving_without_an_amount_is_none(read_one, brand):
    food = read_one(CHICKPEA_FLOUR, kind="branded_food", brand=CEREAL | brand)

    assert food.portions == ()


@pytest.mark.parametrize(
    ("cells", "portion"),
    [
        (
            {"amount": "1.0", "measure_unit_id": "9999", "modifier": "cup, chopped or diced"},
            ("1 cup, chopped or diced", 140),
        ),
        (
            {"amount": "0.5", "measure_unit_id": "1000", "modifier": "sliced"},
            ("0.5 cup, sliced", 140),
        ),
        ({"amount": "", "measure_unit_id": "1000"}, ("1 cup", 140)),
        ({"portion_description": "1 breast", "modifier": "61523"}, ("1 breast", 140)),
        ({"measure_unit_id": "9999"}, ("1 serving", 140)),
        ({"portion_description": "Quantity not specified"}, None),
        ({"modifier": "cup", "gram_weight": ""}, None),
        ({"modifier": "cup", "gram_weight": "0"}, None),
        ({"modifier": "cup", "gram_weight": "many"}, None),
    ],
)
def test_portions_are_named_by_whatever_names_them(tmp_path, cells, portion):
    units = [("1000", "cup"), ("9999", "undetermined")]
    write_table(tmp_path / "measure_unit.csv", ("id", "name"), units)
    food = UsdaFood(1, "Food", CHICKEN, portions=({"gram_weight": "140"} | cells,))

    (found,) = usda.read(write_usda(tmp_path, [food]))

    assert found.portions == ((portion,) if portion else ())


def test_of_portions_of_one_name_the_first_counts(read_one):
    cups = ({"modifier": "cup", "gram_weight": weight} for weight in (140, 150))

    assert read_one(CHICKEN, portions=tuple(cups)).portions == (("1 cup", 140),)


def test_at_most_twenty_portions_are_read(read_one):
    many = ({"modifier": f"cup {number}", "gram_weight": 140} for number in range(30))

    assert len(read_one(CHICKEN, portions=tuple(many)).portions) == 20


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("foundation_food", "measured"),
        ("sr_legacy_food", "measured"),
        ("survey_fndds_food", "recipe_calculated"),
        ("branded_food", "from_manufacturer"),
    ],
)
def test_kinds_of_foods_are_known_to_different_degrees(read_one, kind, fact):
    assert read_one(CHICKEN, kind=kind).trust_facts[0] == fact


def test_samples_and_purchases_are_no_foods(tmp_path):
    kinds = ("sample_food", "sub_sample_food", "market_acquisition", "foundation_food")
    foods = [UsdaFood(number, kind, CHICKEN, kind) for number, kind in enumerate(kinds)]

    found = list(usda.read(write_usda(tmp_path, foods)))

    assert [food.name for food in found] == ["foundation_food"]


def test_what_stays_when_ids_change_is_told(tmp_path):
    write_usda(
        tmp_path,
        [UsdaFood(1, "Legacy", CHICKEN), UsdaFood(2, "Survey", CHICKEN, "survey_fndds_food", "9")],
    )
    write_table(tmp_path / "sr_legacy_food.csv", ("fdc_id", "NDB_number"), [("1", "5064")])
    write_table(tmp_path / "survey_fndds_food.csv", ("fdc_id", "food_code"), [("2", "24120110")])
    columns = ("wweia_food_category_code", "wweia_food_category_description")
    write_table(tmp_path / "wweia_food_category.csv", columns, [("9", "Chicken, whole pieces")])

    legacy, survey = usda.read(tmp_path)

    assert (legacy.stable_id, survey.stable_id) == ("ndb:5064", "fndds:24120110")
    assert survey.category_tags == ("usda:chicken-whole-pieces",)


def test_the_measured_may_have_energy_that_their_nutrients_do_not_explain(read_one):
    vinegar = {"1008": 21, "1003": 0, "1004": 0, "1005": 0.93}

    measured = read_one(vinegar)

    assert measured.nutrients.kcal == 21
    assert "energy_unlike_macros" in measured.trust_facts


def test_what_a_maker_says_must_be_explained(read_one):
    vinegar = {"1008": 21, "1003": 0, "1004": 0, "1005": 0.93}

    found = read_one(vinegar, kind="branded_food", brand=CEREAL)

    assert (found.source_id, found.reason) == ("1", "energy_unlike_macros")


@pytest.mark.parametrize(
    ("nutrients", "reason"),
    [
        ({}, "no_nutrition"),
        ({"1008": 165}, "no_protein"),
        (CHICKEN | {"1003": "n/a"}, "not_a_number"),
        (CHICKEN | {"1008": "nan"}, "not_a_number"),
        (CHICKEN | {"1004": -1}, "negative"),
        (CHICKEN | {"1008": 903}, "too_much_energy"),
        (CHICKEN | {"1062": 165}, "energy_units_disagree"),
        (CHICKEN | {"2000": 1}, "sugar_above_carbs"),
    ],
)
def test_a_food_that_cannot_be_believed_is_told(read_one, nutrients, reason):
    found = read_one(nutrients)

    assert (found.line, found.source_id, found.reason) == (2, "1", reason)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2019-04-01", dt.datetime(2019, 4, 1, tzinfo=dt.UTC)),
        ("4/1/2019", dt.datetime(2019, 4, 1, tzinfo=dt.UTC)),
        ("13/1/2019", None),
        ("soon", None),
        ("", dt.datetime(2019, 4, 1, tzinfo=dt.UTC)),  # that of its publication
    ],
)
def test_days_are_written_in_two_ways(read_one, cell, day):
    brand = CEREAL | {"modified_date": cell}

    food = read_one(CHICKEN, kind="branded_food", brand=brand)

    assert food.modified_at == (day or dt.datetime(2019, 4, 1, tzinfo=dt.UTC))
