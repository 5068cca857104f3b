import pytest

from nutrition.transfer.quality import Content, accepted
from nutrition.transfer.trust import Background, trust

VITAMINS = dict.fromkeys(("iron_mg", "zinc_mg", "calcium_mg", "copper_mg", "water_g"), 1.0)
COMPLETE = {
    "kcal": 254, "kj": 1063, "protein": 8, "carbs": 48, "fat": 2,
    "fiber": 6, "sugar": 3, "saturated_fat": 0.5, "salt": 1.2,
}  # fmt: skip


def score(origin="measured", barcode="none", *, is_exempt=False, background=(), **stated: object):
    """What a complete food scores, some of what is stated replaced."""
    content = Content(**(COMPLETE | {"micronutrients": dict(VITAMINS)} | stated))
    nutrients, estimated = accepted(content, is_exempt=is_exempt)
    known = Background(origin=origin, barcode=barcode, **dict.fromkeys(background, True))
    return trust(nutrients, estimated, content, known)


def test_a_complete_measured_food_has_a_hundred():
    assert score() == (
        100,
        ("measured", "energy_matches_macros", "energy_stated_twice", "macros_fit", "complete"),
    )


@pytest.mark.parametrize(
    ("origin", "points"),
    [
        ("measured", 100),
        ("recipe_calculated", 95),
        ("from_manufacturer", 90),
        ("crowd_sourced", 85),
    ],
)
def test_sources_differ(origin, points):
    found, facts = score(origin)

    assert found == points
    assert facts[0] == origin


@pytest.mark.parametrize(
    ("barcode", "points", "fact"),
    [
        ("valid", 100, "barcode_valid"),
        ("internal", 95, "barcode_internal"),
        ("wrong", 90, "barcode_wrong"),
    ],
)
def test_barcodes_differ(barcode, points, fact):
    found, facts = score(barcode=barcode)

    assert found == points
    assert fact in facts


@pytest.mark.parametrize(
    ("stated", "points", "fact"),
    [
        # Half of 0.3 × 254 + 5 away.
        ({"kcal": 213.4, "kj": None}, 100 - 10 - 12, "energy_matches_macros"),
        ({"kj": None}, 100 - 10, "energy_matches_macros"),
        ({"kcal": 100, "kj": None, "is_exempt": True}, 100 - 10 - 25, "energy_unlike_macros"),
        # Energy that is a guess proves nothing, and costs a main estimate.
        ({"kj": None, "estimated": {"kcal"}}, 100 - 10 - 25 - 8, "energy_unchecked"),
        ({"fiber": None, "kcal": 242, "kj": 1012}, 100 - 3, "incomplete"),
        ({"micronutrients": {}}, 100 - 3, "incomplete"),
        ({"estimated": {"protein", "fat"}}, 100 - 16, "estimates"),
        ({"estimated": {"fiber", "sugar"}}, 100 - 4, "estimates"),
        ({"sodium": 0.6}, 100 - 5, "salt_unlike_sodium"),
        (
            {"carbs": None, "total_carbs": 48, "fiber": None, "kcal": 242, "kj": 1012},
            100 - 3 - 5,
            "carbs_may_include_fiber",
        ),
        ({"background": ["is_prepared"]}, 100 - 10, "as_prepared"),
        ({"background": ["has_reported_errors"]}, 100 - 10, "errors_reported"),
        ({"micronutrients_left_out": True}, 100 - 3, "micronutrients_left_out"),
    ],
)
def test_each_doubt_costs_what_is_documented(stated, points, fact):
    found, facts = score(**stated)

    assert found == points
    assert fact in facts


def test_more_than_a_hundred_grams_cost_half_of_their_part():
    powder = {"kcal": 410, "kj": 1715, "protein": 51, "carbs": 51, "fat": 0, "fiber": 1}

    found, facts = score(**powder, saturated_fat=0)

    assert found == 95
    assert "macros_rounded_up" in facts


def test_estimated_micronutrients_cost_nothing():
    assert score(estimated={"iron_mg"})[0] == 100


def test_salt_may_be_rounded():
    assert score(sodium=0.45)[0] == 100


def test_a_food_of_guesses_has_little_and_never_less_than_nothing():
    found, facts = score(
        "crowd_sourced",
        "internal",
        background=["is_prepared", "has_reported_errors"],
        kj=None,
        fiber=None,
        sugar=None,
        saturated_fat=None,
        salt=None,
        micronutrients={},
        estimated={"kcal", "protein", "carbs", "fat"},
    )

    assert found == 0
    assert facts == (
        "crowd_sourced", "energy_unchecked", "macros_fit", "barcode_internal", "incomplete",
        "estimates", "as_prepared", "errors_reported",
    )  # fmt: skip
