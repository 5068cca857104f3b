"""What is read of a product of Open Food Facts besides its nutrition facts."""

import datetime as dt

import pytest

from nutrition.transfer.off import read_product
from nutrition.transfer.readings import Nutrients, ReadFood
from tests.nutrition.transfer.products import flat, read, reason, structured


def test_a_product_of_the_older_schema_is_read():
    food = read_product(
        flat(
            brands="Ferrero, Nutella",
            categories_tags=["en:spreads", "en:hazelnut-spreads"],
            serving_size="15 g",
            last_modified_t=1_700_000_000,
        ),
        line=7,
    )

    assert food == ReadFood(
        line=7,
        source="open_food_facts",
        source_id="3017620422003",
        gtin="03017620422003",
        name="Pâte à tartiner",
        brand="Ferrero, Nutella",
        nutrients=Nutrients(
            kcal=539,
            protein=6.3,
            carbs=57.5,
            fat=30.9,
            sugar=56.3,
            saturated_fat=10.6,
            salt=0.107,
            micronutrients={"sodium_mg": 42.8},
        ),
        per="g",
        portions=(("1 serving", 15),),
        category_tags=("en:spreads", "en:hazelnut-spreads"),
        licence="ODbL-1.0",
        estimated=frozenset(),
        modified_at=dt.datetime(2023, 11, 14, 22, 13, 20, tzinfo=dt.UTC),
        trust=78,
        trust_facts=(
            "crowd_sourced",
            "energy_matches_macros",
            "energy_stated_twice",
            "macros_fit",
            "barcode_valid",
            "incomplete",
        ),
    )


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"product_name_en": "Spread", "product_name_fr": "Pâte"}, "Spread"),
        ({"product_name_fr": "Pâte", "product_name": "Crema"}, "Pâte"),
        ({"product_name_fr": "", "product_name": "Crema"}, "Crema"),
        ({"product_name": "", "product_name_it": "Crema", "product_name_de": "Creme"}, "Creme"),
        ({"product_name": None, "generic_name": "Hazelnut spread"}, "Hazelnut spread"),
        ({"product_name": " Salt &amp;  pepper\x07 "}, "Salt & pepper"),
        ({"product_name": "x" * 300}, "x" * 200),
    ],
)
def test_names_come_in_english_then_in_the_language_of_the_product(fields, name):
    assert read(flat(**fields)).name == name


@pytest.mark.parametrize("name", ["", " ", "-", "…", None, 5, ["Spread"]])
def test_a_product_without_a_name_is_told(name):
    assert reason(flat(product_name=name)) == "no_name"


@pytest.mark.parametrize(
    ("fields", "brand"),
    [
        ({"brands": "Ferrero, Nutella"}, "Ferrero, Nutella"),
        ({"brands": "Ferrero,Ferrero"}, "Ferrero"),
        ({"brands": ["Ferrero", "Nutella"]}, "Ferrero, Nutella"),
        ({"brands": ["xx:old-mill"]}, "Old Mill"),
        ({"brands": "", "brands_tags": ["xx:old-mill", "xx:ferrero"]}, "Old Mill, Ferrero"),
        ({"brands": None}, ""),
        ({"brands": 5}, ""),
        ({"brands": [None, "Ferrero"]}, "Ferrero"),
        ({"brands": ["x" * 150]}, "x" * 100),
    ],
)
def test_brands_come_as_text_list_or_tags(fields, brand):
    assert read(flat(**fields)).brand == brand


@pytest.mark.parametrize(
    ("fields", "per", "portions"),
    [
        ({"serving_size": "2 cookies (28 g)"}, "g", (("2 cookies", 28),)),
        ({"serving_size": "1 portion (330 ml)"}, "ml", (("1 portion", 330),)),
        ({"serving_size": "200 ml (206 g)"}, "g", (("200 ml", 206),)),
        (
            {"serving_size": "200 ml (206 g)", "nutrition_data_per": "100ml"},
            "ml",
            (("206 g", 200),),
        ),
        ({"serving_size": "1 cookie", "serving_quantity": 14}, "g", (("1 serving", 14),)),
        ({"serving_size": "1 cookie", "serving_quantity": "14.5"}, "g", (("1 serving", 14.5),)),
        ({"quantity": "1 l", "serving_size": "25 cl"}, "ml", (("1 serving", 250),)),
        ({"product_quantity_unit": "ml"}, "ml", ()),
        ({"product_quantity_unit": "g", "serving_size": "15 ml"}, "g", ()),
        ({"serving_quantity": 100, "serving_quantity_unit": "ml"}, "ml", (("1 serving", 100),)),
        ({"serving_size": "", "serving_quantity": "some"}, "g", ()),
        ({"serving_size": 5}, "g", ()),
    ],
)
def test_portions_are_in_what_the_nutrients_are_per(fields, per, portions):
    food = read(flat(**fields))

    assert food.per == per
    assert food.portions == portions


def test_the_newer_schema_says_what_its_facts_are_per():
    assert read(structured(per="100ml", serving_size="30 g")).per == "ml"
    assert read(structured(per="100g", serving_size="1 cup (240 ml)")).per == "g"


def test_errors_that_the_source_reports_are_a_doubt():
    errors = ["en:energy-value-in-kcal-does-not-match-value-in-kj"]

    assert "errors_reported" in read(flat(data_quality_errors_tags=errors)).trust_facts
    assert "errors_reported" not in read(flat(data_quality_errors_tags=[])).trust_facts


@pytest.mark.parametrize(
    ("code", "source_id", "gtin"),
    [
        ("034000470693", "0034000470693", "00034000470693"),
        ("34000470693", "0034000470693", "00034000470693"),
        (34000470693, "0034000470693", "00034000470693"),
        ("0000096385074", "96385074", "00000096385074"),
    ],
)
def test_leading_zeros_of_a_barcode_do_not_matter(code, source_id, gtin):
    food = read(flat(code=code))

    assert (food.source_id, food.gtin) == (source_id, gtin)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("", "no_barcode"),
        (None, "no_barcode"),
        (1.5, "no_barcode"),
        ("abc", "bad_barcode"),
        ("3017620422004", "bad_check_digit"),
    ],
)
def test_a_barcode_that_is_none_is_told(code, found):
    rejected = read_product(flat(code=code), line=3)

    assert rejected.reason == found
    assert rejected.line == 3


def test_a_barcode_of_a_shop_is_kept_and_trusted_less():
    food = read(flat(code="2000000000015"))

    assert food.gtin == "02000000000015"
    assert food.trust == read(flat()).trust - 5
    assert "barcode_internal" in food.trust_facts


def test_what_is_no_food_is_told():
    assert reason(flat(product_type="beauty")) == "not_food"
    assert read(flat(product_type="food")).name == "Pâte à tartiner"


@pytest.mark.parametrize("seconds", [None, "", "soon", 0, -5, 1e12, [1]])
def test_a_change_at_no_time_is_unknown(seconds):
    assert read(flat(last_modified_t=seconds)).modified_at is None


def test_categories_are_cleaned_and_limited():
    tags = ["en:a", "en:a", " ", 5, "x" * 200, *(f"en:{number}" for number in range(100))]

    food = read(flat(categories_tags=tags))

    assert food.category_tags[:3] == ("en:a", "x" * 100, "en:0")
    assert len(food.category_tags) == 47
