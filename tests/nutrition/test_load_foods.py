"""The foods that a fresh machine has, with their categories and what sources call those."""

import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nutrition.models import CategoryTag, Food, FoodCategory, MergedFood, Portion
from nutrition.models.food import UNCATEGORIZED_ID
from nutrition.services import catalogue
from tests.factories.nutrition import FoodFactory, RecipeFactory, RecipeIngredientFactory
from tests.users.races import at_once

pytestmark = pytest.mark.django_db

TAGS = json.loads((catalogue.CATALOGUE / "category_tags.json").read_bytes())
COUNT = sum(len(tags) for tags in TAGS.values())
ALL = f"691 foods, 87 categories and {COUNT} tags"


def load() -> str:
    out = StringIO()
    call_command("load_foods", stdout=out)
    return out.getvalue().strip()


def stored() -> list[tuple]:
    """Every row that a load writes, and which version of it the table holds."""
    with connection.cursor() as cursor:
        rows = []
        for table in ("food", "portion", "foodcategory", "categorytag"):
            cursor.execute(f"SELECT xmin, ctid, t.* FROM nutrition_{table} t ORDER BY id")  # noqa: S608 - our own
            rows += cursor.fetchall()
    return rows


def tree() -> list[tuple[str, int, str]]:
    """Each category in the order of the tree, with its depth and what it is under."""
    nodes = FoodCategory.objects.order_by("tree_id", "lft")
    parents = [FoodCategory.objects.get_parent(node) for node in nodes]
    return [
        (node.slug, node.depth, parent.slug if parent else "")
        for node, parent in zip(nodes, parents, strict=True)
    ]


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Files of our own in the place of those that are shipped, to be changed at will."""
    monkeypatch.setattr(catalogue, "CATALOGUE", tmp_path)

    def write(categories, foods=(), tags=None):
        (tmp_path / "categories.json").write_text(json.dumps(categories))
        (tmp_path / "foods.json").write_text(json.dumps(list(foods)))
        (tmp_path / "category_tags.json").write_text(json.dumps(tags or {}))

    return write


def branch(slug, *children, name=None):
    return {"slug": slug, "name": name or slug.capitalize(), "children": list(children)}


def a_food(**facts):
    oats = {
        "slug": "oats", "name": "Oats", "category": "grains", "per": "g", "kcal": 379,
        "protein": 13.15, "total_carbs": 67.7, "fat": 6.52, "fiber": 10.1, "sugar": 0.99,
        "saturated_fat": 1.11, "salt": 0.015, "micronutrients": {"sodium_mg": 6},
        "portions": [{"name": "1 cup", "grams": 81}],
    }  # fmt: skip
    return oats | facts


# --- What is shipped -------------------------------------------------------------------------


def test_a_first_load_adds_everything_and_says_so():
    said = load()

    # The category for what has no other is there already.
    assert said == f"{ALL}: {691 + 86 + COUNT} added, 0 changed"
    assert Food.objects.filter(source="starter", verified=True, created_by=None).count() == 691
    assert FoodCategory.objects.count() == 87
    assert CategoryTag.objects.count() == COUNT
    assert catalogue.is_loaded()


def test_a_second_load_changes_nothing_and_writes_nothing():
    load()
    before = stored()

    said = load()

    assert said == f"{ALL}: 0 added, 0 changed"
    assert stored() == before


def test_a_load_takes_the_same_few_statements_for_any_number_of_foods(files):
    files([branch("grains")], [a_food()], {"grains": ["en:cereals"]})
    with CaptureQueriesContext(connection) as few:
        load()
    foods = [a_food(slug=f"oats-{n}", name=f"Oats {n}") for n in range(50)]
    files([branch("grains", branch("oats"))], foods, {"oats": ["en:oats", "en:rolled-oats"]})

    with CaptureQueriesContext(connection) as many:
        load()

    assert len(many) == len(few) == 16


def test_a_food_has_net_carbs_and_what_a_label_tells_besides():
    load()

    food = Food.objects.get(source="starter", source_id="almonds")

    assert (food.name, food.brand, food.serving_size, food.serving_unit) == (
        "Almonds",
        "",
        100,
        "g",
    )
    assert (food.calories, food.protein, food.carbs, food.fat) == (579, 21.15, 9.05, 49.93)
    assert (food.fiber, food.sugar) == (12.5, 4.35)
    assert food.micronutrients == {
        "sodium_mg": 1, "salt_g": 0.0025, "saturated_fat_g": 3.802, "potassium_mg": 733,
        "calcium_mg": 269, "iron_mg": 3.71, "magnesium_mg": 270, "zinc_mg": 3.12,
    }  # fmt: skip
    assert (food.category.slug, food.licence, food.estimated) == ("nuts", "", [])
    assert (food.verified, food.trust_score, food.search_weight) == (True, 88, 0)
    assert list(food.portions.order_by("amount").values_list("name", "amount")) == [
        ("1 almond", 1.2),
        ("1 handful", 28),
    ]


def test_a_drink_is_counted_in_milliliters():
    load()

    drink = Food.objects.get(source_id="apple-juice")

    assert (drink.serving_size, drink.serving_unit) == (100, "ml")
    assert drink.portions.get(name="1 cup").amount == 240


def test_no_portion_and_no_tag_is_lost():
    load()

    foods = json.loads((catalogue.CATALOGUE / "foods.json").read_bytes())
    assert Portion.objects.count() == sum(len(food["portions"]) for food in foods)
    assert Counter(CategoryTag.objects.values_list("category__slug", flat=True)) == {
        slug: len(tags) for slug, tags in TAGS.items()
    }


def test_tags_are_as_the_readers_write_them_and_each_is_there_once():
    tags = [tag for tags in TAGS.values() for tag in tags]

    assert len(tags) == len(set(tags))
    assert [tag for tag in tags if not tag.startswith(("en:", "usda:"))] == []
    assert [tag for tag in tags if tag != tag.lower() or " " in tag or "--" in tag] == []


def test_every_category_but_uncategorized_is_known_to_a_source():
    load()

    without = FoodCategory.objects.filter(tags=None)

    assert [category.slug for category in without] == ["uncategorized"]


# --- The tree --------------------------------------------------------------------------------


def test_the_tree_is_one_that_the_library_finds_nothing_wrong_with():
    load()

    nodes = FoodCategory.objects
    nodes.add_child(nodes.get(slug="cheese"), {"slug": "blue", "name": "Blue cheese"})

    names = [node.name for node in nodes.get_root_nodes()]
    assert names == sorted(names)
    assert len(names) == 17
    cheese, dairy = nodes.get(slug="cheese"), nodes.get(slug="dairy")
    assert [node.name for node in nodes.get_children(cheese)] == [
        "Blue cheese",
        "Fresh cheese",
        "Ripened cheese",
    ]
    assert [node.slug for node in nodes.get_ancestors(cheese)] == ["dairy"]
    assert nodes.get_descendants(dairy).count() == 7
    assert nodes.get_parent(nodes.get(pk=UNCATEGORIZED_ID)) is None


def test_a_later_file_adds_renames_and_moves_categories(files):
    files([branch("dairy", branch("milk")), branch("drinks", branch("juice"))])
    load()
    ids = dict(FoodCategory.objects.values_list("slug", "id"))
    files([branch("drinks", branch("milk", name="All milk"), branch("cider")), branch("dairy")])

    said = load()

    assert said == "0 foods, 4 categories and 0 tags: 1 added, 1 changed"
    assert tree() == [
        ("dairy", 1, ""),
        ("drinks", 1, ""),
        ("milk", 2, "drinks"),
        ("cider", 2, "drinks"),
        ("juice", 2, "drinks"),
        ("uncategorized", 1, ""),
    ]
    after = dict(FoodCategory.objects.values_list("slug", "id"))
    assert {slug: after[slug] for slug in ids} == ids


def test_categories_of_staff_stay_where_they_are(files):
    files([branch("dairy", branch("milk"))])
    load()
    milk = FoodCategory.objects.get(slug="milk")
    FoodCategory.objects.add_child(milk, {"slug": "ours", "name": "Ours"})
    FoodCategory.objects.add_root({"slug": "theirs", "name": "Theirs"})
    files([branch("dairy"), branch("milk")])

    load()

    assert tree() == [
        ("dairy", 1, ""),
        ("milk", 1, ""),
        ("ours", 2, "milk"),
        ("theirs", 1, ""),
        ("uncategorized", 1, ""),
    ]


def test_a_tag_goes_where_the_file_says_and_those_of_staff_stay(files):
    files([branch("dairy"), branch("milk")], tags={"dairy": ["en:milks"]})
    load()
    staff = CategoryTag.objects.create(
        tag="fr:lait", category=FoodCategory.objects.get(slug="milk")
    )
    files([branch("dairy"), branch("milk")], tags={"milk": ["en:milks"]})

    said = load()

    assert said == "0 foods, 2 categories and 1 tags: 0 added, 1 changed"
    assert CategoryTag.objects.get(tag="en:milks").category.slug == "milk"
    assert CategoryTag.objects.get(pk=staff.pk).category.slug == "milk"


# --- Foods that changed ----------------------------------------------------------------------


def test_what_staff_changed_becomes_what_the_file_says_again(files):
    files([branch("grains")], [a_food()])
    load()
    Food.objects.update(calories=1, energy_kcal=None, name="Oatz", verified=False)

    said = load()

    assert said == "1 foods, 1 categories and 0 tags: 0 added, 1 changed"
    food = Food.objects.get()
    assert (food.calories, food.name, food.verified) == (379, "Oats", False)


def test_other_names_and_what_is_a_staple_are_those_of_the_file(files):
    files([branch("grains")], [a_food(also=["porridge oats", "Haferflocken"], staple=True)])

    load()

    food = Food.objects.get()
    assert (food.also_called, food.is_staple) == ("porridge oats, Haferflocken", True)
    assert (food.search_weight, food.search_called) == (0, "oats,porridge oats,haferflocken,")
    assert food.search_text == " oats porridge oats haferflocken"


def test_a_food_with_other_names_than_the_file_has_changed(files):
    files([branch("grains")], [a_food(), a_food(slug="rolled", name="Rolled oats")])
    load()
    Food.objects.filter(source_id="rolled").update(also_called="ours", is_staple=True)
    files(
        [branch("grains")],
        [a_food(kcal=380, also=["oat"]), a_food(slug="rolled", name="Rolled oats")],
    )

    said = load()

    assert said == "2 foods, 1 categories and 0 tags: 0 added, 2 changed"
    names = Food.objects.order_by("source_id").values_list("also_called", "is_staple")
    assert list(names) == [("oat", False), ("", False)]
    assert load() == "2 foods, 1 categories and 0 tags: 0 added, 0 changed"


def test_a_changed_row_keeps_the_food_and_the_portions_that_remain(files):
    portions = [{"name": "1 cup", "grams": 81}, {"name": "1 bowl", "grams": 40}]
    files([branch("grains")], [a_food(portions=portions)])
    load()
    before = Food.objects.get()
    cup = before.portions.get(name="1 cup")
    portions = [{"name": "1 cup", "grams": 90}, {"name": "1 spoon", "grams": 10}]
    files([branch("grains")], [a_food(portions=portions)])

    said = load()

    food = Food.objects.get()
    assert said == "1 foods, 1 categories and 0 tags: 0 added, 1 changed"
    assert (food.pk, food.created_at) == (before.pk, before.created_at)
    assert food.updated_at > before.updated_at
    assert set(food.portions.values_list("name", "amount")) == {("1 cup", 90), ("1 spoon", 10)}
    assert food.portions.get(name="1 cup").pk == cup.pk


def test_an_archived_food_stays_archived_and_a_merged_one_away(files):
    files([branch("grains")], [a_food(), a_food(slug="rolled", name="Rolled oats")])
    load()
    oats, rolled = (Food.objects.get(source_id=slug) for slug in ("oats", "rolled"))
    Food.objects.filter(pk=oats.pk).update(is_archived=True)
    MergedFood.objects.create(source="starter", source_id="rolled", name="", merged_into=oats)
    rolled.delete()

    said = load()

    assert said == "1 foods, 1 categories and 0 tags: 0 added, 0 changed"
    assert list(Food.objects.values_list("source_id", "is_archived")) == [("oats", True)]


def test_recipes_are_computed_again_when_a_starter_food_changes(files, ana):
    files([branch("grains")], [a_food()])
    load()
    recipe = RecipeFactory(user=ana, servings=2)
    RecipeIngredientFactory(recipe=recipe, food=Food.objects.get(source_id="oats"), amount=50)
    files([branch("grains")], [a_food(kcal=380)])

    load()

    assert Food.objects.get(recipe=recipe).calories == 95


def test_foods_of_people_and_other_sources_are_left_alone(files, ana):
    own = FoodFactory(source="person", is_custom=True, created_by=ana, name="Oats")
    bought = FoodFactory(source="open_food_facts", source_id="oats", name="Oats")
    before = list(Food.objects.order_by("pk").values())
    files([branch("grains")], [a_food()])

    load()

    assert list(Food.objects.filter(pk__in=[own.pk, bought.pk]).order_by("pk").values()) == before
    assert Food.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_machines_that_load_at_once_load_once(files):
    files([branch("grains")], [a_food()], {"grains": ["en:cereals"]})

    results = at_once(3, lambda number: str(catalogue.load_foods()))

    assert sorted(results) == [
        *["1 foods, 1 categories and 1 tags: 0 added, 0 changed"] * 2,
        "1 foods, 1 categories and 1 tags: 3 added, 0 changed",
    ]
