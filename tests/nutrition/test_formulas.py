"""Energy, goals, and scores: printed values, and the shapes that they must have."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nutrition.formulas import (
    ACTIVITY_FACTORS,
    AIMS,
    FORMULAS,
    SCORE_RULES,
    Amounts,
    Day,
    Person,
    atwater_kcal,
    band_score,
    bmr_kcal,
    ceiling_score,
    compliance,
    cunningham,
    floor_score,
    harris_benedict_revised,
    is_complete_day,
    katch_mcardle,
    kcal_from_kj,
    kj_from_kcal,
    macro_ranges,
    mifflin_st_jeor,
    suggest_goal,
    tdee_kcal,
    weekly_compliance,
)

HE = {"sex": "male", "weight_kg": 80, "height_cm": 180, "age_years": 30}
SHE = {"sex": "female", "weight_kg": 60, "height_cm": 165, "age_years": 30}
TARGETS = Amounts(kcal=2200, protein_g=160, carbs_g=220, fat_g=70, fiber_g=30)

people = st.builds(
    Person,
    weight_kg=st.floats(30, 300),
    height_cm=st.floats(120, 220),
    age_years=st.integers(10, 95),
    sex=st.sampled_from(["female", "male"]),
    body_fat_percent=st.none() | st.floats(3, 60),
    is_pregnant=st.booleans(),
)
aims = st.sampled_from(list(AIMS))
activities = st.sampled_from(list(ACTIVITY_FACTORS))
amounts = st.none() | st.floats(0, 10_000)
days = st.builds(Amounts, **dict.fromkeys(SCORE_RULES, amounts))


def had(kcal=None, protein=None, carbs=None, fat=None, fiber=None):
    return Amounts(kcal=kcal, protein_g=protein, carbs_g=carbs, fat_g=fat, fiber_g=fiber)


def scores(result):
    return {name: part.score for name, part in result.nutrients.items()}


# --- Energy ----------------------------------------------------------------------------------


def test_a_kilocalorie_is_4184_joules():
    assert kj_from_kcal(100) == pytest.approx(418.4)
    assert kcal_from_kj(418.4) == pytest.approx(100)


@given(kcal=st.floats(0, 1e6))
def test_kilojoules_and_back_give_the_same_energy(kcal):
    assert kcal_from_kj(kj_from_kcal(kcal)) == pytest.approx(kcal)


@pytest.mark.parametrize(
    ("content", "kcal"),
    [
        ({"protein_g": 1, "carbs_g": 0, "fat_g": 0}, 4),
        ({"protein_g": 0, "carbs_g": 1, "fat_g": 0}, 4),
        ({"protein_g": 0, "carbs_g": 0, "fat_g": 1}, 9),
        ({"protein_g": 0, "carbs_g": 0, "fat_g": 0, "fiber_g": 1}, 2),
        ({"protein_g": 0, "carbs_g": 0, "fat_g": 0, "alcohol_g": 1}, 7),
        ({"protein_g": 22.39, "carbs_g": 47.02, "fat_g": 6.69, "fiber_g": 10.8}, 359.45),
    ],
)
def test_each_part_of_a_food_gives_its_energy(content, kcal):
    assert atwater_kcal(**content) == pytest.approx(kcal)


@pytest.mark.parametrize(
    ("formula", "given_body", "kcal"),
    [
        (mifflin_st_jeor, HE, 1780),
        (mifflin_st_jeor, SHE, 1320.25),
        (harris_benedict_revised, HE, 1853.632),
        (harris_benedict_revised, SHE, 1383.683),
        (katch_mcardle, {"lean_mass_kg": 68}, 1838.8),
        (cunningham, {"lean_mass_kg": 68}, 1996),
    ],
)
def test_basal_energy_has_the_printed_values(formula, given_body, kcal):
    assert formula(**given_body) == pytest.approx(kcal)


@pytest.mark.parametrize(
    ("activity", "kcal"),
    [
        ("sedentary", 1200),
        ("light", 1375),
        ("moderate", 1550),
        ("active", 1725),
        ("very_active", 1900),
    ],
)
def test_a_day_takes_basal_energy_times_the_activity_factor(activity, kcal):
    assert tdee_kcal(bmr_kcal=1000, activity=activity) == pytest.approx(kcal)


@pytest.mark.parametrize(
    ("formula", "kcal"),
    [
        ("mifflin_st_jeor", 1780),
        ("harris_benedict_revised", 1853.632),
        ("katch_mcardle", 1838.8),
        ("cunningham", 1996),
    ],
)
def test_a_person_is_measured_by_the_formula_asked_for(formula, kcal):
    person = Person(**HE, body_fat_percent=15)

    assert bmr_kcal(person, formula) == pytest.approx(kcal)
    assert FORMULAS[formula].version == 1


@pytest.mark.parametrize(
    ("person", "formula", "message"),
    [
        (Person(**HE), "katch_mcardle", "Katch-McArdle needs a body fat percentage."),
        (Person(**HE), "cunningham", "Cunningham, 1980 needs a body fat percentage."),
        (Person(**{**HE, "sex": None}), "mifflin_st_jeor", "Mifflin-St Jeor, 1990 needs the sex."),
        (
            Person(sex="female", weight_kg=20, height_cm=50, age_years=100),
            "mifflin_st_jeor",
            "Mifflin-St Jeor, 1990 has no answer for a body of this size.",
        ),
    ],
)
def test_a_formula_refuses_whom_it_cannot_measure(person, formula, message):
    with pytest.raises(ValueError, match=message):
        bmr_kcal(person, formula)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weight_kg": 0}, "weight_kg must be above 0, not 0."),
        ({"height_cm": -1}, "height_cm must be above 0, not -1."),
        ({"age_years": math.nan}, "age_years must be above 0, not nan."),
        ({"weight_kg": math.inf}, "weight_kg must be above 0, not inf."),
        ({"body_fat_percent": 2.9}, "body_fat_percent must be from 3 to 60, not 2.9."),
        ({"body_fat_percent": 61}, "body_fat_percent must be from 3 to 60, not 61."),
    ],
)
def test_nobody_has_such_numbers(changes, message):
    with pytest.raises(ValueError, match=message):
        Person(**{**HE, **changes})


# --- A goal for a person ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aim", "basis", "protein", "fat"),
    [
        ("maintain", {"kcal": 2700, "weight_kg": 80}, (112, 160), (60, 105)),
        ("cut", {"kcal": 2000, "weight_kg": 80, "lean_mass_kg": 68}, (156.4, 210.8), (33.3, 66.7)),
        ("cut", {"kcal": 2000, "weight_kg": 75, "lean_mass_kg": 62}, (142.6, 192.2), (33.3, 66.7)),
        ("cut", {"kcal": 1800, "weight_kg": 80}, (144, 192), (30, 60)),
        ("gain", {"kcal": 2700, "weight_kg": 80, "lean_mass_kg": 68}, (128, 176), (60, 105)),
        ("endurance", {"kcal": 2700, "weight_kg": 80}, (96, 144), (60, 90)),
    ],
)
def test_protein_and_fat_have_the_ranges_of_the_aim(aim, basis, protein, fat):
    ranges = macro_ranges(aim=aim, **basis)

    assert ranges.protein_g == pytest.approx(protein)
    assert ranges.fat_g == pytest.approx(fat, abs=0.05)


@pytest.mark.parametrize(
    ("aim", "expected"),
    [
        # 1780 × 1.55 = 2759 kcal, 136 g = 80 × 1.7, 27.5 % of 2759 = 84.3 g of fat.
        ("maintain", (2760, 136, 365, 84, 39, 2400)),
        ("cut", (2277, 168, 273, 57, 32, 2400)),
        ("gain", (3037, 152, 398, 93, 43, 2400)),
        ("endurance", (2761, 120, 397, 77, 39, 2400)),
    ],
)
def test_a_suggestion_takes_the_middle_of_each_range(aim, expected):
    goal = suggest_goal(Person(**HE), aim=aim, activity="moderate")

    assert (
        goal.kcal,
        goal.protein_g,
        goal.carbs_g,
        goal.fat_g,
        goal.fiber_g,
        goal.water_ml,
    ) == expected
    assert goal.guard_rails == ()


def test_a_suggestion_says_what_it_came_from():
    person = Person(**HE)

    goal = suggest_goal(person, aim="cut", activity="moderate")

    assert (goal.person, goal.aim, goal.activity) == (person, "cut", "moderate")
    assert (goal.formula, goal.bmr_kcal, goal.tdee_kcal) == ("mifflin_st_jeor", 1780, 2759)
    assert goal.energy_change == pytest.approx(-0.175)
    assert goal.notes == (
        "Mifflin-St Jeor, 1990: Within about 10 % for most adults from 19 to 78 years.",
    )


def test_known_body_fat_makes_it_go_by_lean_mass():
    person = Person(**HE, body_fat_percent=15)

    goal = suggest_goal(person, aim="cut", activity="moderate")

    assert (goal.formula, goal.bmr_kcal) == ("katch_mcardle", pytest.approx(1838.8))
    assert goal.protein_g == 184  # 68 × 2.7


def test_a_formula_asked_for_goes_before_the_usual_one():
    person = Person(**HE, body_fat_percent=15)

    goal = suggest_goal(person, aim="maintain", activity="sedentary", formula="cunningham")

    assert (goal.formula, goal.tdee_kcal) == ("cunningham", pytest.approx(2395.2))


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"age_years": 17}, "minor", "There is no deficit for anyone under 18."),
        ({"is_pregnant": True}, "pregnant", "There is no deficit during pregnancy."),
        (
            {"weight_kg": 50},
            "underweight",
            "There is no deficit at a BMI below 18.5; it is 18.4.",
        ),
    ],
)
def test_some_are_given_no_deficit_and_are_told_why(changes, code, reason):
    person = Person(**{**SHE, **changes})

    goal = suggest_goal(person, aim="cut", activity="light")

    assert goal.tdee_kcal <= goal.kcal < goal.tdee_kcal + 4
    assert [(rail.code, rail.reason) for rail in goal.guard_rails] == [(code, reason)]


@pytest.mark.parametrize(
    ("body", "activity", "kcal", "reason"),
    [
        # 1320.25 × 1.2 × 0.825 = 1307 would be below basal energy.
        (
            SHE,
            "sedentary",
            1320.25,
            "No deficit goes below basal energy (1320 kcal) or 1200 kcal.",
        ),
        (
            {**SHE, "weight_kg": 50, "height_cm": 155, "age_years": 60},
            "sedentary",
            1200,
            "No deficit goes below basal energy (1008 kcal) or 1200 kcal.",
        ),
        (
            {**HE, "weight_kg": 60, "height_cm": 165, "age_years": 60},
            "sedentary",
            1500,
            "No deficit goes below basal energy (1336 kcal) or 1500 kcal.",
        ),
    ],
)
def test_a_deficit_ends_at_basal_energy_or_at_the_least_energy(body, activity, kcal, reason):
    goal = suggest_goal(Person(**body), aim="cut", activity=activity)

    assert kcal <= goal.kcal < kcal + 4
    assert [(rail.code, rail.reason) for rail in goal.guard_rails] == [("energy_floor", reason)]


def test_the_floor_asks_nobody_to_eat_more_than_they_spend():
    small = Person(sex="female", weight_kg=40, height_cm=140, age_years=90)

    goal = suggest_goal(small, aim="cut", activity="sedentary")

    assert goal.tdee_kcal == pytest.approx(796.8)
    assert goal.kcal == 800
    assert [rail.code for rail in goal.guard_rails] == ["energy_floor"]


def test_weight_above_a_bmi_of_30_takes_no_protein():
    person = Person(sex="male", weight_kg=160, height_cm=180, age_years=30)

    goal = suggest_goal(person, aim="maintain", activity="light")

    assert goal.protein_g == 165  # 97.2 kg × 1.7
    assert goal.notes[1:] == ("Protein does not count the weight above a BMI of 30.",)


def test_protein_is_at_most_45_percent_of_energy():
    person = Person(sex="female", weight_kg=110, height_cm=160, age_years=70, body_fat_percent=20)

    goal = suggest_goal(person, aim="cut", activity="sedentary", formula="mifflin_st_jeor")

    assert [rail.code for rail in goal.guard_rails] == ["energy_floor", "protein_share"]
    assert goal.protein_g == 179  # 45 % of 1589 kcal; 88 kg × 2.7 are 238
    assert goal.kcal == 1592


@pytest.mark.parametrize(
    ("weight", "water"),
    [(40, 1500), (50, 1500), (60, 1800), (71, 2150), (133.3, 4000), (200, 4000)],
)
def test_water_goes_by_weight_within_limits(weight, water):
    person = Person(**{**HE, "weight_kg": weight})

    assert suggest_goal(person, aim="maintain", activity="light").water_ml == water


def test_a_suggestion_outside_the_ages_studied_says_so():
    old = suggest_goal(Person(**{**HE, "age_years": 79}), aim="maintain", activity="light")
    expecting = suggest_goal(Person(**SHE, is_pregnant=True), aim="gain", activity="light")

    assert old.notes[1:] == ("The formulas were derived from people of 19 to 78 years.",)
    assert expecting.notes[1:] == ("What a pregnancy needs on top is not in it.",)


@given(person=people, aim=aims, activity=activities)
def test_the_macros_of_a_suggestion_are_its_energy(person, aim, activity):
    goal = suggest_goal(person, aim=aim, activity=activity)

    assert 4 * goal.protein_g + 4 * goal.carbs_g + 9 * goal.fat_g == goal.kcal
    assert min(goal.protein_g, goal.carbs_g, goal.fat_g, goal.fiber_g) > 0


@given(person=people, aim=aims, activity=activities)
def test_a_suggestion_stays_within_the_rails(person, aim, activity):
    goal = suggest_goal(person, aim=aim, activity=activity)

    floor = max(goal.bmr_kcal, 1200 if person.sex == "female" else 1500)
    wanted = goal.tdee_kcal * (1 + goal.energy_change)
    assert goal.kcal > min(goal.tdee_kcal, floor) - 0.001
    assert goal.kcal > wanted - 0.001
    if goal.guard_rails == ():
        assert goal.kcal < wanted + 4.001
    if person.age_years < 18 or person.is_pregnant or person.bmi < 18.5:
        assert goal.kcal > goal.tdee_kcal - 0.001


# --- How well a day kept to its goal ---------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "share", "score"),
    [
        (band_score, 0.5, 0),
        (band_score, 0.7, 0),
        (band_score, 0.825, 50),
        (band_score, 0.95, 100),
        (band_score, 1.05, 100),
        (band_score, 1.175, 50),
        (band_score, 1.3, 0),
        (floor_score, 0.7, 0),
        (floor_score, 0.825, 50),
        (floor_score, 0.95, 100),
        (floor_score, 3, 100),
        (ceiling_score, 0, 100),
        (ceiling_score, 1.05, 100),
        (ceiling_score, 1.175, 50),
        (ceiling_score, 1.3, 0),
    ],
)
def test_each_shape_minds_its_own_side(shape, share, score):
    assert shape(share, full=0.05, zero=0.3) == pytest.approx(score)


def test_the_weights_add_up_to_one():
    assert sum(rule.weight for rule in SCORE_RULES.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("day", "score", "parts"),
    [
        (had(2200, 160, 220, 70, 30), 100, (100, 100, 100, 100, 100)),
        (had(2310, 150, 240, 75, 24), 92.25, (100, 87.5, 100, 100, 60)),
        (had(2860, 120, 330, 105, 15), 15, (0, 50, 0, 0, 0)),
        (had(1000, 60, 100, 30, 8), 0, (0, 0, 0, 0, 0)),
    ],
)
def test_a_day_has_the_printed_score(day, score, parts):
    result = compliance(day, TARGETS)

    assert (result.score, result.coverage) == (score, 1)
    assert tuple(scores(result).values()) == parts


def test_each_nutrient_says_its_shape_and_its_share_of_the_target():
    result = compliance(had(2310, 150, 240, 75, 24), TARGETS)

    assert {name: (part.kind, part.percent) for name, part in result.nutrients.items()} == {
        "kcal": ("band", 105),
        "protein_g": ("floor", 93.75),
        "carbs_g": ("band", 109.09),
        "fat_g": ("band", 107.14),
        "fiber_g": ("floor", 80),
    }


@pytest.mark.parametrize(
    ("targets", "score", "coverage"),
    [
        (had(2200, 160), 94.64, 0.7),  # (0.4 × 100 + 0.3 × 87.5) / 0.7
        (had(kcal=2200), 100, 0.4),
        (had(fiber=30), 60, 0.1),
        (had(2200, 160, 220, 70, fiber=0), 95.83, 0.9),
        (had(), None, 0),
        (Amounts(salt_g=6), None, 0),
    ],
)
def test_goals_that_are_not_set_leave_their_weight_to_the_others(targets, score, coverage):
    day = Amounts(kcal=2310, protein_g=150, carbs_g=240, fat_g=75, fiber_g=24, salt_g=5)

    result = compliance(day, targets)

    assert (result.score, result.coverage) == (score, coverage)


def test_what_is_not_known_of_a_day_is_not_scored():
    result = compliance(had(2200, 160, 220, 70, fiber=None), TARGETS)

    assert (result.score, result.coverage) == (100, 0.9)
    assert "fiber_g" not in result.nutrients


@pytest.mark.parametrize(
    ("salt", "alcohol", "expected"),
    [
        (3, 0, {"salt_g": (50, 100), "alcohol_g": (None, 100)}),
        (7.5, 1, {"salt_g": (125, 50), "alcohol_g": (None, 0)}),
        (9, 40, {"salt_g": (150, 0), "alcohol_g": (None, 0)}),
    ],
)
def test_salt_and_alcohol_have_a_ceiling_that_the_score_does_not_count(salt, alcohol, expected):
    day = Amounts(kcal=2200, salt_g=salt, alcohol_g=alcohol)

    result = compliance(day, Amounts(kcal=2200, salt_g=6, alcohol_g=0))

    parts = {name: (part.percent, part.score) for name, part in result.nutrients.items()}
    assert parts == {"kcal": (100, 100), **expected}
    assert (result.score, result.coverage) == (100, 0.4)


def test_an_incomplete_day_has_percents_and_no_score():
    result = compliance(had(1100, 80, 110, 35, 15), TARGETS, is_complete=False)

    assert (result.score, result.coverage) == (None, 1)
    assert set(scores(result).values()) == {None}
    assert {part.percent for part in result.nutrients.values()} == {50}


@pytest.mark.parametrize(
    ("aim", "kcal", "score"),
    [
        (None, 2420, 80),
        ("cut", 2420, 50),
        ("gain", 2420, 80),
        ("cut", 2530, 0),
        ("cut", 1980, 80),
        ("gain", 1980, 50),
        ("gain", 1870, 0),
        ("maintain", 1980, 80),
        ("endurance", 2420, 80),
        ("cut", 2310, 100),
        ("gain", 2090, 100),
    ],
)
def test_energy_against_the_aim_costs_more(aim, kcal, score):
    assert compliance(had(kcal=kcal), had(kcal=2200), aim=aim).score == score


@given(actual=days, targets=days, aim=st.none() | aims)
def test_scores_are_from_0_to_100(actual, targets, aim):
    result = compliance(actual, targets, aim=aim)

    given_scores = [*scores(result).values()]
    assert all(0 <= score <= 100 for score in given_scores)
    assert 0 <= result.coverage <= 1
    assert (result.score is None) == (result.coverage == 0)
    assert result.score is None or 0 <= result.score <= 100


@given(
    nutrient=st.sampled_from(["protein_g", "fiber_g"]),
    less=st.floats(0, 500),
    more=st.floats(0, 500),
)
def test_more_protein_or_fiber_never_lowers_the_score(nutrient, less, more):
    target = Amounts(**{nutrient: 100})

    before = compliance(Amounts(**{nutrient: less}), target).score
    after = compliance(Amounts(**{nutrient: less + more}), target).score

    assert before <= after


@given(
    nutrient=st.sampled_from(["kcal", "carbs_g", "fat_g"]),
    nearer=st.floats(0, 1),
    farther=st.floats(0, 1),
    side=st.sampled_from([-1, 1]),
    aim=st.none() | aims,
)
def test_farther_from_a_band_is_never_better(nutrient, nearer, farther, side, aim):
    nearer, farther = sorted([nearer, farther])
    target = Amounts(**{nutrient: 100})

    near = compliance(Amounts(**{nutrient: 100 + 100 * side * nearer}), target, aim=aim).score
    far = compliance(Amounts(**{nutrient: 100 + 100 * side * farther}), target, aim=aim).score

    assert near >= far


@given(actual=days, targets=days, aim=aims)
def test_an_aim_never_raises_a_score(actual, targets, aim):
    plain = compliance(actual, targets)

    aimed = compliance(actual, targets, aim=aim)

    assert aimed.coverage == plain.coverage
    assert aimed.score is None or aimed.score <= plain.score


@pytest.mark.parametrize(
    ("kcal", "meals", "bmr", "is_marked", "expected"),
    [
        (1068, 2, 1780, False, True),
        (1067, 2, 1780, False, False),
        (3000, 1, 1780, False, False),
        (200, 1, 1780, True, True),
        (0, 0, None, True, True),
        (720, 2, None, False, True),
        (719, 3, None, False, False),
    ],
)
def test_a_day_is_complete_when_marked_or_with_two_meals_and_60_percent_of_basal_energy(
    kcal, meals, bmr, is_marked, expected
):
    assert is_complete_day(kcal=kcal, meals=meals, bmr_kcal=bmr, is_marked=is_marked) is expected


def test_one_feast_does_not_erase_a_week():
    usual = Day(actual=had(2090, 160, 220, 70, 30), targets=TARGETS)
    feast = Day(actual=had(3300, 160, 220, 70, 30), targets=TARGETS)

    week = weekly_compliance([usual] * 6 + [feast])

    assert compliance(feast.actual, TARGETS).score == 60
    assert week.score == 100
    assert week.nutrients["kcal"].actual == pytest.approx(2262.857, abs=1e-3)


def test_incomplete_days_are_not_in_the_mean_of_a_week():
    full = Day(actual=had(2200, 120), targets=had(2200, 160))
    half = Day(actual=had(500, 10), targets=had(2200, 160), is_complete=False)

    week = weekly_compliance([full, half, half])

    assert scores(week) == {"kcal": 100, "protein_g": 50}
    assert week.score == 78.57  # (0.4 × 100 + 0.3 × 50) / 0.7


def test_a_week_takes_the_mean_of_goals_that_differ_by_day():
    training = Day(actual=had(2600, 160), targets=had(2500, 160))
    rest = Day(actual=had(1900), targets=had(2000))

    week = weekly_compliance([training, rest])

    assert {name: (part.actual, part.target) for name, part in week.nutrients.items()} == {
        "kcal": (2250, 2250),
        "protein_g": (160, 160),
    }


@pytest.mark.parametrize("week", [[], [Day(actual=had(500), targets=TARGETS, is_complete=False)]])
def test_a_week_without_a_complete_day_has_no_score(week):
    result = weekly_compliance(week)

    assert (result.score, result.coverage, result.nutrients) == (None, 0, {})
