"""The tree of categories: shown, and kept sound by whoever changes it."""

import pytest
from django.db.models import RestrictedError

from nutrition.models import CategoryTag, Food, FoodCategory
from nutrition.models.food import UNCATEGORIZED_ID
from nutrition.services.categories import delete_category, is_fixed
from tests.factories.nutrition import CustomFoodFactory, FoodCategoryFactory, FoodFactory
from users.errors import Conflict

URL = "/api/v1/food-categories/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(db) -> dict[str, FoodCategory]:
    fruit = FoodCategoryFactory(slug="fruit", name="Fruit")
    berries = FoodCategoryFactory(slug="berries", name="Berries", parent=fruit)
    apples = FoodCategoryFactory(slug="apples", name="Apples", parent=fruit)
    dairy = FoodCategoryFactory(slug="dairy", name="Dairy")
    wild = FoodCategoryFactory(slug="wild", name="Wild berries", parent=berries)
    return {"fruit": fruit, "berries": berries, "apples": apples, "dairy": dairy, "wild": wild}


def shape(branches: list[dict]) -> list:
    return [(branch["slug"], branch["depth"], shape(branch["children"])) for branch in branches]


def test_the_tree_has_every_category_below_its_parent_by_name(api, tree):
    assert shape(api.get(URL).json()) == [
        ("dairy", 0, []),
        ("fruit", 0, [("apples", 1, []), ("berries", 1, [("wild", 2, [])])]),
        ("uncategorized", 0, []),
    ]


def test_a_category_comes_with_those_above_and_right_below_it(api, tree):
    answer = api.get(f"{URL}berries/").json()

    assert (answer["id"], answer["name"]) == (str(tree["berries"].pk), "Berries")
    assert [row["slug"] for row in answer["ancestors"]] == ["fruit"]
    assert [row["slug"] for row in answer["children"]] == ["wild"]


def test_a_root_has_none_above_it_and_a_leaf_none_below(api, tree):
    root, leaf = api.get(f"{URL}fruit/").json(), api.get(f"{URL}wild/").json()

    assert (root["ancestors"], leaf["children"]) == ([], [])
    assert [row["slug"] for row in root["children"]] == ["apples", "berries"]
    assert [row["slug"] for row in leaf["ancestors"]] == ["fruit", "berries"]


def test_an_unknown_category_does_not_exist(api):
    assert api.get(f"{URL}nothing/").status_code == 404


@pytest.mark.parametrize("path", [URL, f"{URL}uncategorized/"])
def test_categories_are_for_whoever_has_signed_in(bens_api, anonymous, path):
    assert bens_api.get(path).status_code == 200
    assert anonymous.get(path).status_code == 401


@pytest.mark.parametrize("path", [URL, f"{URL}fruit/"])
def test_categories_cost_one_query(api, tree, path, django_assert_num_queries):
    with django_assert_num_queries(2):  # whose token, the categories
        assert api.get(path).status_code == 200


def test_foods_of_a_deleted_category_are_uncategorized_and_phones_learn_of_it(tree, ana):
    mine = CustomFoodFactory(created_by=ana, category=tree["apples"])
    shared = FoodFactory(category=tree["apples"])
    before = mine.revision

    delete_category(category_id=tree["apples"].pk)

    assert not FoodCategory.objects.filter(slug="apples").exists()
    mine.refresh_from_db()
    shared.refresh_from_db()
    assert {str(mine.category_id), str(shared.category_id)} == {UNCATEGORIZED_ID}
    assert mine.revision > before
    assert not any(FoodCategory.objects.find_problems())


@pytest.mark.parametrize(("slug", "code"), [("uncategorized", "fixed"), ("fruit", "has_children")])
def test_what_holds_others_stays(tree, slug, code):
    category = FoodCategory.objects.get(slug=slug)
    food = FoodFactory(category=category)

    with pytest.raises(Conflict) as refused:
        delete_category(category_id=category.pk)

    assert refused.value.code == code
    assert Food.objects.get(pk=food.pk).category == category
    assert FoodCategory.objects.count() == 6


def test_a_category_that_a_source_names_stays(tree):
    CategoryTag.objects.create(tag="en:dairies", category=tree["dairy"])
    food = FoodFactory(category=tree["dairy"])

    with pytest.raises(RestrictedError):
        delete_category(category_id=tree["dairy"].pk)

    assert Food.objects.get(pk=food.pk).category == tree["dairy"]


def test_only_the_uncategorized_are_fixed(tree):
    assert [category.slug for category in FoodCategory.objects.all() if is_fixed(category)] == [
        "uncategorized"
    ]
