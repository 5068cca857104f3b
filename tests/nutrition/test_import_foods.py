"""Files of foods on their way into the shared table."""

import csv
import datetime as dt
import gzip
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nutrition.models import Food, FoodImport, MergedFood, Portion
from nutrition.models.food import UNCATEGORIZED_ID
from nutrition.services.catalogue import load_foods
from tests.factories.nutrition import (
    CustomFoodFactory,
    FoodFactory,
    RecipeFactory,
    RecipeIngredientFactory,
)
from tests.nutrition.imported import (
    NUTELLA,
    OFF,
    a_dump,
    a_product,
    foods,
    import_foods,
    the_import,
)
from tests.nutrition.transfer.foods import csv_lines, jsonl_lines, reasons

pytestmark = pytest.mark.django_db

MARCH = 1_772_323_200  # the first of March 2026
DAY = 86_400


@pytest.fixture
def dump(tmp_path):
    return tmp_path / "products.jsonl"


def versions() -> list[tuple]:
    """Where each row lies that an import writes, and which transaction wrote or locked it."""
    with connection.cursor() as cursor:
        rows = []
        for table in ("nutrition_food", "nutrition_portion"):
            cursor.execute(f"SELECT ctid, xmin, xmax, id FROM {table} ORDER BY id")  # noqa: S608 - our own
            rows += cursor.fetchall()
    return rows


# --- What is stored --------------------------------------------------------------------------


def test_a_product_becomes_a_food_with_everything_that_is_known_of_it(dump):
    load_foods()
    a_dump(
        dump,
        a_product(
            brands="Ferrero",
            categories_tags=["en:breakfasts", "en:spreads", "en:sweet-spreads", "fr:truc"],
            serving_size="1 tablespoon (15 g)",
            last_modified_t=MARCH,
        ),
    )

    said = import_foods(dump)

    assert said == ["1 added, 0 changed, 0 unchanged", "0 rejected"]
    food = Food.objects.get(source=OFF)
    assert (food.name, food.brand, food.category.slug) == (
        "Pâte à tartiner",
        "Ferrero",
        "sugar-and-sweet-spreads",
    )
    assert (food.calories, food.protein, food.carbs, food.fat) == (539, 6.3, 57.5, 30.9)
    assert (food.fiber, food.sugar, food.estimated) == (0, 56.3, ["fiber"])
    assert food.micronutrients == {"saturated_fat_g": 10.6, "salt_g": 0.107, "sodium_mg": 42.8}
    assert (food.serving_size, food.serving_unit) == (100, "g")
    assert (food.barcode, food.gtin, food.source_id) == (NUTELLA, f"0{NUTELLA}", NUTELLA)
    assert (food.licence, food.verified, food.is_custom, food.created_by) == (
        "ODbL-1.0",
        False,
        False,
        None,
    )
    assert (food.trust_score, food.revision, food.is_archived) == (78, 0, False)
    assert food.source_modified_at == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert (food.search_name, food.search_text) == (
        "pate a tartiner",
        " pate a tartiner ferrero",
    )
    assert list(food.portions.values_list("name", "amount")) == [("1 tablespoon", 15)]


def test_the_most_special_category_that_is_known_counts(dump):
    load_foods()
    a_dump(
        dump,
        a_product(categories_tags=["en:dairies", "en:cheeses", "en:brie", "en:brie-of-here"]),
        a_product("4000000000013", categories_tags=["en:never-heard-of"]),
    )

    import_foods(dump)

    found = Food.objects.filter(source=OFF).order_by("source_id")
    assert [food.category.slug for food in found] == ["ripened-cheese", "uncategorized"]


def test_without_categories_every_food_is_uncategorized(dump):
    a_dump(dump, a_product(categories_tags=["en:cheeses"]))

    import_foods(dump)

    assert str(Food.objects.get().category_id) == UNCATEGORIZED_ID


def test_both_formats_of_open_food_facts_store_the_same(tmp_path):
    as_csv, as_jsonl = tmp_path / "products.csv", tmp_path / "products.jsonl.gz"
    as_csv.write_bytes(b"".join(csv_lines(200, 0)))
    as_jsonl.write_bytes(gzip.compress(b"".join(jsonl_lines(200, 0))))

    import_foods(as_csv, "off-csv")
    from_csv = foods()
    said = import_foods(as_jsonl)

    assert said == ["0 added, 0 changed, 200 unchanged", "0 rejected"]
    assert len(from_csv) == 200
    assert foods() == from_csv


# --- Twice is once ---------------------------------------------------------------------------


def test_the_same_file_again_is_unchanged_and_writes_nothing(dump):
    dump.write_bytes(b"".join(jsonl_lines(300)))
    import_foods(dump, batch=100)
    before = versions()

    said = import_foods(dump, batch=70)

    assert said[0] == "0 added, 0 changed, 294 unchanged"
    assert said[1] == "6 rejected"
    assert versions() == before
    assert FoodImport.objects.filter(finished_at=None).count() == 0


def test_a_newer_row_changes_the_food_and_keeps_its_id_and_portions(dump):
    a_dump(dump, a_product(serving_size="1 spoon (15 g)", last_modified_t=MARCH))
    import_foods(dump)
    before = Food.objects.get()
    spoon = before.portions.get()
    newer = a_product(
        nutriments={"fat_100g": 30, "saturated-fat_100g": 10},
        serving_size="1 spoon (20 g)",
        last_modified_t=MARCH + DAY,
    )
    a_dump(dump, newer)

    said = import_foods(dump)

    food = Food.objects.get()
    assert said[0] == "0 added, 1 changed, 0 unchanged"
    assert (food.pk, food.created_at, food.fat) == (before.pk, before.created_at, 30)
    assert food.updated_at > before.updated_at
    assert list(food.portions.values_list("id", "amount")) == [(spoon.pk, 20)]


def test_only_another_portion_is_a_change_as_well(dump):
    a_dump(dump, a_product(serving_size="1 spoon (15 g)"))
    import_foods(dump)
    a_dump(dump, a_product(serving_size="1 knife (7 g)"))

    said = import_foods(dump)

    assert said[0] == "0 added, 1 changed, 0 unchanged"
    assert list(Portion.objects.values_list("name", "amount")) == [("1 knife", 7)]


def test_an_older_row_does_not_go_back_in_time(dump):
    a_dump(dump, a_product(product_name="New", last_modified_t=MARCH + DAY))
    import_foods(dump)
    before = versions()
    a_dump(dump, a_product(product_name="Old", last_modified_t=MARCH))

    said = import_foods(dump)

    assert said[0] == "0 added, 0 changed, 1 unchanged"
    assert versions() == before


@pytest.mark.parametrize("batch", [1, 2, 3, 5000])
def test_of_a_food_that_stands_in_the_file_twice_the_newest_counts(dump, batch):
    a_dump(
        dump,
        a_product(product_name="First", last_modified_t=MARCH),
        a_product(product_name="Second", last_modified_t=MARCH + 2),
        a_product(product_name="Third", last_modified_t=MARCH + 1),
    )

    import_foods(dump, batch=batch)

    assert Food.objects.get().name == "Second"
    counts = the_import()
    assert counts["added"] + counts["changed"] + counts["unchanged"] == 3


def test_of_rows_without_a_time_the_last_one_counts(dump):
    a_dump(dump, a_product(product_name="First"), a_product(product_name="Second"))

    said = import_foods(dump)

    assert said[0] == "1 added, 0 changed, 1 unchanged"
    assert Food.objects.get().name == "Second"


# --- What staff and people did ---------------------------------------------------------------


def test_a_food_that_staff_checked_keeps_its_numbers(dump):
    a_dump(dump, a_product(serving_size="1 spoon (15 g)"))
    import_foods(dump)
    Food.objects.update(verified=True, fat=29.5, name="Checked")
    a_dump(dump, a_product(product_name="Changed", serving_size="1 knife (7 g)"))

    said = import_foods(dump)

    assert said[0] == "0 added, 0 changed, 1 unchanged"
    food = Food.objects.get()
    assert (food.name, food.fat, food.portions.get().name) == ("Checked", 29.5, "1 spoon")


def test_an_archived_food_is_brought_up_to_date_and_stays_archived(dump):
    a_dump(dump, a_product())
    import_foods(dump)
    Food.objects.update(is_archived=True)
    a_dump(dump, a_product(product_name="Changed"))

    import_foods(dump)

    food = Food.objects.get()
    assert (food.name, food.is_archived) == ("Changed", True)


def test_a_food_that_was_merged_away_stays_away_and_is_counted(dump):
    kept = FoodFactory()
    MergedFood.objects.create(source=OFF, source_id=NUTELLA, name="", merged_into=kept)
    # Another source may call another food the same.
    MergedFood.objects.create(source="usda", source_id="4000000000013", name="", merged_into=kept)
    a_dump(dump, a_product(), a_product("4000000000013"))

    said = import_foods(dump)

    assert said[0] == "1 added, 0 changed, 0 unchanged, 1 merged into others"
    assert Food.objects.get(source=OFF).source_id == "4000000000013"


def test_foods_of_people_with_the_same_barcode_are_left_alone(dump, ana):
    own = CustomFoodFactory(created_by=ana, gtin=f"0{NUTELLA}", barcode=NUTELLA)
    before = Food.objects.filter(pk=own.pk).values().get()
    a_dump(dump, a_product())

    import_foods(dump)

    assert Food.objects.filter(pk=own.pk).values().get() == before
    assert Food.objects.count() == 2


def test_recipes_are_computed_again_when_an_ingredient_changes(dump, ana):
    a_dump(dump, a_product(last_modified_t=MARCH), a_product("4000000000013"))
    import_foods(dump)
    recipe = RecipeFactory(user=ana, servings=2)
    RecipeIngredientFactory(recipe=recipe, food=Food.objects.get(source_id=NUTELLA), amount=50)
    a_dump(
        dump,
        a_product(
            nutriments={"energy-kcal_100g": 560, "energy-kj_100g": 2343, "fat_100g": 34},
            last_modified_t=MARCH + DAY,
        ),
        a_product("4000000000013"),
    )

    import_foods(dump)

    food = Food.objects.get(recipe=recipe)
    assert (food.calories, food.fat) == (140, 8.5)
    assert food.revision > 1
    assert FoodImport.objects.exclude(stale=[]).count() == 0


# --- What is rejected ------------------------------------------------------------------------


def test_two_percent_bad_rows_are_told_by_reason_each_with_an_example(dump):
    dump.write_bytes(b"".join(jsonl_lines(2000)))

    said = import_foods(dump, batch=300)

    assert said[:2] == ["1,960 added, 0 changed, 0 unchanged", "40 rejected"]
    told = [line.split()[:2] for line in said[2:]]
    assert {reason.rstrip(","): int(count) for count, reason in told} == reasons(2000)
    assert "       3 no_barcode, such as line 50: It has no code." in said
    assert Food.objects.count() == 1960


def test_rejected_rows_are_written_into_a_table(dump, tmp_path):
    dump.write_bytes(b"".join(jsonl_lines(1000)))
    table = tmp_path / "rejected.csv"

    import_foods(dump, rejected=table, batch=128)

    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["line", "source_id", "reason", "message"]
    assert Counter(row["reason"] for row in rows) == reasons(1000)
    assert rows[0] == {
        "line": "50",
        "source_id": "",
        "reason": "no_barcode",
        "message": "It has no code.",
    }


def test_a_dry_run_tells_the_same_and_stores_nothing(dump):
    a_dump(dump, a_product(), a_product("4000000000020"))
    import_foods(dump)
    before = versions()
    FoodImport.objects.all().delete()
    a_dump(
        dump,
        a_product(product_name="Changed"),
        a_product("4000000000020"),
        a_product("4000000000013"),
        a_product("4000000000037", nutriments={"fat_100g": "much"}),
    )

    said = import_foods(dump, dry_run=True)

    assert said[0] == "1 added, 1 changed, 1 unchanged"
    assert said[1] == "1 rejected"
    assert versions() == before
    assert not FoodImport.objects.exists()
    assert import_foods(dump) == said


# --- Cost ------------------------------------------------------------------------------------


def test_a_batch_takes_the_same_statements_for_any_number_of_foods(dump):
    dump.write_bytes(b"".join(jsonl_lines(10, 0)))
    with CaptureQueriesContext(connection) as few:
        import_foods(dump)
    dump.write_bytes(b"".join(jsonl_lines(500, 0)))

    with CaptureQueriesContext(connection) as many:
        import_foods(dump)

    assert len(many) == len(few)
