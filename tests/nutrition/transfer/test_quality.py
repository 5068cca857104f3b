"""Each rule on its own, at its limit; what they make of a real dump is in test_dumps."""

import pytest

from nutrition.transfer.quality import (
    MOST_KCAL_OF_USDA,
    Content,
    accepted,
    atwater_kcal,
    energy_residual,
    kcal_of_macros,
)
from nutrition.transfer.readings import Nutrients, Unusable


def bread(**stated: object) -> Content:
    """What is stated of a plain food, some of it replaced."""
    plain = {"kcal": 250, "protein": 8, "carbs": 48, "fat": 2, "fiber": 6, "sugar": 3}
    return Content(**(plain | {"saturated_fat": 0.5, "salt": 1.2} | stated))


def reason_against(content: Content, **options: object) -> str:
    with pytest.raises(Unusable) as unusable:
        accepted(content, **options)
    return unusable.value.reason


def test_a_plain_food_is_taken_as_stated():
    nutrients, estimated = accepted(bread())

    assert nutrients == Nutrients(
        kcal=250, protein=8, carbs=48, fat=2, fiber=6, sugar=3, saturated_fat=0.5, salt=1.2,
        micronutrients={"sodium_mg": 480},
    )  # fmt: skip
    assert estimated == frozenset()


@pytest.mark.parametrize(
    ("missing", "reason"),
    [("kcal", "no_energy"), ("protein", "no_protein"), ("carbs", "no_carbs"), ("fat", "no_fat")],
)
def test_energy_and_macronutrients_are_needed(missing, reason):
    assert reason_against(bread(**{missing: None})) == reason


@pytest.mark.parametrize(
    "name", ["kcal", "kj", "protein", "carbs", "fat", "fiber", "sugar", "salt", "sodium"]
)
def test_nothing_is_below_zero(name):
    assert reason_against(bread(**{name: -0.1})) == "negative"


def test_kcal_follow_from_kj():
    nutrients, _ = accepted(bread(kcal=None, kj=1046))

    assert nutrients.kcal == 250.0


@pytest.mark.parametrize("kj", [1000, 1046, 1100])
def test_kj_are_four_to_four_point_four_times_kcal(kj):
    assert accepted(bread(kj=kj))[0].kcal == 250


@pytest.mark.parametrize("kj", [999, 1101, 250])
def test_kj_that_are_not_kcal_are_found(kj):
    assert reason_against(bread(kj=kj)) == "energy_units_disagree"


def test_swapped_fields_are_found():
    with pytest.raises(Unusable) as unusable:
        accepted(bread(kcal=1046, kj=250))

    assert unusable.value.reason == "energy_swapped"
    assert unusable.value.message == "It states 1046 kcal and 250 kJ, each in the other's place."


def test_rounding_of_little_energy_is_no_disagreement():
    tea = Content(kcal=1, kj=6, protein=0, carbs=0.3, fat=0)

    assert accepted(tea)[0].kcal == 1


@pytest.mark.parametrize(("kcal", "most", "fits"), [(900, 900, True), (901, 900, False)])
def test_no_food_has_more_than_900_kcal(kcal, most, fits):
    fat = Content(kcal=kcal, protein=0, carbs=0, fat=100)

    assert (accepted(fat)[0].kcal == kcal) if fits else reason_against(fat) == "too_much_energy"


def test_the_lard_of_usda_has_902_kcal():
    lard = Content(kcal=902, protein=0, total_carbs=0, fat=100)

    assert accepted(lard, most_kcal=MOST_KCAL_OF_USDA)[0].kcal == 902


@pytest.mark.parametrize("name", ["protein", "carbs", "fat", "fiber", "salt"])
def test_no_nutrient_is_more_than_100_g(name):
    assert reason_against(bread(**{name: 100.1})) == "above_100_g"


def test_saturated_fat_is_part_of_fat():
    assert reason_against(bread(saturated_fat=2.01)) == "saturated_above_fat"
    assert accepted(bread(saturated_fat=2))[0].saturated_fat == 2


def test_sugar_is_part_of_carbohydrates():
    assert reason_against(bread(sugar=48.1)) == "sugar_above_carbs"
    assert accepted(bread(sugar=48))[0].sugar == 48


def test_macronutrients_are_at_most_105_g():
    powder = {"protein": 45, "carbs": 45, "kcal": 495, "fiber": None}

    assert accepted(bread(**powder, fat=15))[0].fat == 15
    assert reason_against(bread(**powder, fat=15.1)) == "macros_above_105_g"


@pytest.mark.parametrize(
    ("kcal", "fits"), [(320.9, True), (321, False), (165.1, True), (165, False)]
)
def test_energy_is_within_30_percent_and_5_kcal_of_the_macronutrients(kcal, fits):
    # 4 × 10 + 4 × 40 + 9 × 3 + 2 × 8 = 243, and 0.3 × 243 + 5 = 77.9.
    food = Content(kcal=kcal, protein=10, carbs=40, fat=3, fiber=8)

    if fits:
        assert accepted(food)[0].kcal == kcal
    else:
        assert reason_against(food) == "energy_unlike_macros"


def test_energy_of_up_to_13_kcal_is_not_held_against_macronutrients():
    assert accepted(Content(kcal=12, protein=0, carbs=0, fat=0))[0].kcal == 12
    assert reason_against(Content(kcal=14, protein=0, carbs=0, fat=0)) == "energy_unlike_macros"


def test_no_energy_in_a_food_full_of_it_is_found():
    assert reason_against(bread(kcal=0)) == "energy_unlike_macros"


def test_alcohol_gives_energy():
    # Vodka: 31.6 g of alcohol, nothing else.
    vodka = {"kcal": 221, "protein": 0, "carbs": 0, "fat": 0}

    assert reason_against(Content(**vodka)) == "energy_unlike_macros"
    assert accepted(Content(**vodka, micronutrients={"alcohol_g": 31.6}))[0].kcal == 221


@pytest.mark.parametrize("kcal", [8, 238])
def test_polyols_give_anything_from_nothing_to_two_point_four(kcal):
    # Erythritol and xylitol.
    sweet = {"kcal": kcal, "protein": 0, "carbs": 99, "fat": 0}

    assert reason_against(Content(**sweet)) == "energy_unlike_macros"
    assert accepted(Content(**sweet, micronutrients={"polyols_g": 99}))[0].kcal == kcal


def test_vinegar_is_spared_for_its_acid():
    vinegar = Content(kcal=22, protein=0, carbs=0.6, fat=0)

    assert accepted(vinegar, is_exempt=True)[0].kcal == 22
    assert reason_against(vinegar) == "energy_unlike_macros"


def test_the_first_rule_that_is_broken_is_told():
    assert reason_against(bread(kcal=None, protein=-1)) == "negative"
    assert reason_against(bread(kcal=4000, kj=950, fat=200)) == "energy_swapped"
    assert reason_against(bread(kcal=4000, fat=200)) == "too_much_energy"


def test_fiber_is_taken_off_total_carbohydrates():
    nutrients, estimated = accepted(bread(carbs=None, total_carbs=54))

    assert nutrients.carbs == 48
    assert nutrients.total_carbs == 54
    assert estimated == frozenset()


def test_total_carbohydrates_stay_where_fiber_is_unknown():
    nutrients, _ = accepted(bread(carbs=None, total_carbs=54, fiber=None))

    assert nutrients.carbs == nutrients.total_carbs == 54


def test_carbohydrates_without_fiber_are_stated_before_their_total():
    nutrients, _ = accepted(bread(carbs=48, total_carbs=60))

    assert nutrients.carbs == 48


@pytest.mark.parametrize(("sugar", "carbs"), [(4, 4), (None, 0), (0, 0)])
def test_fiber_above_total_carbohydrates_leaves_sugar_as_an_estimate(sugar, carbs):
    bran = Content(
        kcal=120, protein=10, total_carbs=20, fat=2, fiber=21, sugar=sugar, micronutrients={}
    )

    nutrients, estimated = accepted(bran)

    assert nutrients.carbs == carbs
    assert estimated == {"carbs"}


def test_sugar_above_total_carbohydrates_is_found():
    content = Content(kcal=40, protein=0, total_carbs=10, fat=0, fiber=1, sugar=11)

    assert reason_against(content) == "sugar_above_carbs"


def test_salt_is_two_and_a_half_times_sodium():
    nutrients, _ = accepted(bread(salt=None, sodium=0.48))

    assert nutrients.salt == 1.2
    assert nutrients.micronutrients == {"sodium_mg": 480}


def test_unknown_salt_stays_unknown():
    nutrients, _ = accepted(bread(salt=None))

    assert nutrients.salt is None
    assert nutrients.micronutrients == {}


@pytest.mark.parametrize(
    ("guessed", "estimated"),
    [
        ({"kcal"}, set()),  # it is stated in kJ as well
        ({"kj"}, set()),
        ({"kcal", "kj"}, {"kcal"}),
        ({"salt"}, set()),  # sodium is stated as well
        ({"salt", "sodium"}, {"salt", "sodium_mg"}),
        ({"fiber", "protein"}, {"fiber", "protein"}),
    ],
)
def test_what_is_stated_goes_before_what_is_estimated(guessed, estimated):
    _, found = accepted(bread(kj=1046, sodium=0.48, estimated=guessed))

    assert found == estimated


def test_energy_in_kj_is_taken_where_kcal_are_a_guess():
    nutrients, _ = accepted(bread(kcal=245, kj=1046, estimated={"kcal"}))

    assert nutrients.kcal == 250


def test_energy_of_macronutrients_needs_them_all():
    assert kcal_of_macros(bread()) == 254
    assert kcal_of_macros(bread(fat=None)) is None
    assert kcal_of_macros(bread(carbs=None, total_carbs=54)) == 254


def test_energy_of_content_is_a_range_where_there_are_polyols():
    nutrients = Nutrients(
        kcal=0, protein=1, carbs=50, fat=10, fiber=5, micronutrients={"polyols_g": 20}
    )

    assert atwater_kcal(nutrients) == (4 + 120 + 90 + 10, 4 + 120 + 90 + 10 + 48)


@pytest.mark.parametrize(("kcal", "residual"), [(243, 0), (320.9, 1), (204.05, 0.5)])
def test_the_residual_is_the_distance_in_tolerances(kcal, residual):
    nutrients = Nutrients(kcal=kcal, protein=10, carbs=40, fat=3, fiber=8)

    assert energy_residual(nutrients) == pytest.approx(residual)
