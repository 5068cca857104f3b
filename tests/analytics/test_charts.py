"""Numbers in, pictures out: well-formed, the same every time, and true."""

import datetime as dt
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from analytics.charts import paper
from analytics.charts.calories import FoodDay, calories_chart
from analytics.charts.days import Span
from analytics.charts.load import LoadDay, load_chart
from analytics.charts.look import Look
from analytics.charts.muscles import Landmarks, MuscleWeek, TrainedMuscle, muscles_chart
from analytics.charts.strength import KnownMaximum, StrengthDay, strength_chart
from analytics.charts.weight import WeightPoint, weight_chart

FIRST = dt.date(2026, 1, 5)  # a Monday
SVG = "{http://www.w3.org/2000/svg}"
PHONE = Look()
LOOKS = [
    Look(theme=theme, width=width)
    for theme in ("auto", "light", "dark")
    for width in ("phone", "wide")
]
CHEST = TrainedMuscle(slug="chest", name="Chest", landmarks=Landmarks(mev=10, mav_high=20, mrv=22))
NECK = TrainedMuscle(slug="neck", name="Neck")


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def span(days: int) -> Span:
    return Span(first=FIRST, last=day(days - 1))


def weights(look: Look = PHONE, *, days: int = 90, every: int = 2, **known) -> bytes:
    points = [
        WeightPoint(
            day=day(n),
            weight_kg=84 - n / 50 + n % 3 / 4,
            trend_kg=84 - n / 50,
            low_kg=83 - n / 50,
            high_kg=85 - n / 50,
        )
        for n in range(0, days, every)
    ]
    return weight_chart(points, span=span(days), look=look, **known)


def strength(look: Look = PHONE, *, days: int = 90, exercise: str = "Squat", **known) -> bytes:
    rows = [
        StrengthDay(
            day=day(n),
            one_rm_kg=100 + n / 10,
            low_kg=98 + n / 10,
            high_kg=103 + n / 10,
            validity="out_of_range" if n % 9 == 0 else "valid",
            is_tested=n == days - 1,
            volume_kg=3000,
        )
        for n in range(0, days, 3)
    ]
    maxima = [KnownMaximum(day=day(0), kg=100), KnownMaximum(day=day(days // 2), kg=105)]
    return strength_chart(rows, maxima, exercise=exercise, span=span(days), look=look, **known)


def calories(look: Look = PHONE, *, days: int = 90) -> bytes:
    rows = [
        FoodDay(day=day(n), kcal=2300, is_complete=n % 7 != 0, goal_kcal=2200 if n > 9 else None)
        for n in range(days)
    ]
    return calories_chart(rows, span=span(days), look=look)


def loads(look: Look = PHONE, *, days: int = 90) -> bytes:
    rows = [
        LoadDay(
            day=day(n),
            lifting=360.0 * (n % 2),
            cardio=200.0 * (n % 5 == 0),
            fitness=n / 2,
            fatigue=80 - n / 3,
            form=n / 2 - 80 + n / 3,
        )
        for n in range(days)
    ]
    return load_chart(rows, span=span(days), look=look)


def muscles(look: Look = PHONE, *, days: int = 91) -> bytes:
    weeks = [
        MuscleWeek(
            first=day(n), hard_sets=13, sets={"chest": 12, "neck": 2.5}, is_over=n + 7 < days
        )
        for n in range(0, days, 7)
    ]
    return muscles_chart(weeks, [CHEST, NECK], span=span(days), look=look)


CHARTS = {
    "weight": weights,
    "strength": strength,
    "calories": calories,
    "load": loads,
    "muscles": muscles,
}
ALL = pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)


def parsed(svg: bytes) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - it was drawn here


def texts(svg: bytes) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


def says(svg: bytes) -> str:
    return parsed(svg).findtext(f"{SVG}desc") or ""


def points_of(svg: bytes, color: str) -> int:
    """How many points the longest line of a color has."""
    paths = [
        element.get("d", "")
        for element in parsed(svg).iter(f"{SVG}path")
        if f"stroke: {paper.color(color)}" in element.get("style", "")
    ]
    return max((path.count("L") + 1 for path in paths), default=0)


# --- What holds for all of them --------------------------------------------------------------


@ALL
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.theme}-{look.width}")
def test_a_chart_is_an_svg_of_its_width_with_a_title_and_a_sentence(draw, look: Look):
    root = parsed(draw(look))

    assert root.tag == f"{SVG}svg"
    assert root.get("width") == {"phone": "360", "wide": "1000"}[look.width]
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")


@ALL
def test_the_same_numbers_give_the_same_bytes(draw):
    assert draw() == draw()


@ALL
def test_a_chart_asks_nobody_for_anything_and_runs_nothing(draw):
    svg = draw().decode()

    assert "<script" not in svg
    assert "<image" not in svg
    assert set(re.findall(r"https?://[^\"' ]+", svg)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


@ALL
def test_every_color_has_its_counterpart_in_the_dark(draw):
    painted = re.compile(r"(?:fill|stroke): (#[0-9a-f]{6})")

    light = painted.findall(draw(Look(theme="light")).decode())
    dark = painted.findall(draw(Look(theme="dark")).decode())

    assert set(light) <= set(paper._DARK)
    assert dark == [paper._DARK[color] for color in light]


@ALL
def test_auto_leaves_the_colors_to_the_device(draw):
    svg = draw(Look(theme="auto")).decode()

    assert "@media (prefers-color-scheme: dark)" in svg
    assert re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", svg) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@ALL
def test_a_chosen_theme_needs_no_variables(draw, theme):
    svg = draw(Look(theme=theme)).decode()

    assert "var(" not in svg
    assert "@media" not in svg


def test_no_two_colors_by_day_are_the_same():
    assert len(paper._DARK) == len(paper._COLORS)


@ALL
@pytest.mark.parametrize("days", [1, 2, 8, 400, 1826])
def test_any_range_is_drawn(draw, days: int):
    assert parsed(draw(days=days)).tag == f"{SVG}svg"


@pytest.mark.parametrize(
    ("svg", "sentence"),
    [
        (weight_chart([], span=span(9), look=Look()), "No weigh-in in this time."),
        (
            strength_chart([], [], exercise="Squat", span=span(9), look=Look()),
            "There was no set in this time.",
        ),
        (calories_chart([], span=span(9), look=Look()), "Nothing was logged in this time."),
        (load_chart([], span=span(9), look=Look()), "There was no training in this time."),
        (muscles_chart([], [CHEST], span=span(9), look=Look()), "No muscle had a hard set"),
    ],
)
def test_without_numbers_there_is_a_sentence_and_no_frame(svg: bytes, sentence: str):
    assert sentence in " ".join(texts(svg))
    assert says(svg) == "Jan 5, 2026 to Jan 13, 2026."
    assert b"axes" not in svg


# --- What people write -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Press & <b>pull</b>", "$x^2$", "腿举", "Curl 💪", 'fill: #171a21" /><script>']
)
def test_a_name_is_shown_as_it_was_written(name: str):
    svg = strength(exercise=name)

    assert parsed(svg).findtext(f"{SVG}title") == name
    assert name in texts(svg)
    assert b"<script" not in svg


def test_a_long_name_is_cut_on_a_phone_and_whole_in_the_title():
    name = "Bench Press " * 12

    svg = strength(exercise=name)

    [headline] = [text for text in texts(svg) if text.startswith("Bench")]
    assert headline == "Bench Press Bench Press Bench P…"
    assert parsed(svg).findtext(f"{SVG}title") == name


def test_what_xml_cannot_hold_becomes_a_space():
    assert parsed(strength(exercise="A\x0bB\x00")).findtext(f"{SVG}title") == "A B "


# --- What each says --------------------------------------------------------------------------


def test_the_weight_is_said_with_its_change_and_its_goal():
    svg = weights(days=89, kg_per_week=-0.14, goal_kg=80)

    assert says(svg) == "The trend is at 82.2 kg on Apr 3, −0.14 kg a week."
    assert {"Trend", "Weigh-in", "80 % of weigh-ins", "Goal, 80 kg", "kg"} <= set(texts(svg))


def test_a_weight_without_a_known_change_says_none():
    assert says(weights(days=1)) == "The trend is at 84 kg on Jan 5."


def test_a_day_of_another_year_is_said_with_it():
    late = Span(first=FIRST, last=dt.date(2027, 1, 2))
    point = WeightPoint(day=FIRST, weight_kg=80, trend_kg=80)

    svg = weight_chart([point], span=late, look=Look())

    assert says(svg) == "The trend is at 80 kg on Jan 5, 2026."


def test_strength_says_its_best_day_and_marks_tests_and_rough_estimates():
    svg = strength(days=91)

    assert says(svg) == "31 days with sets or tests; best 109 kg on Apr 5."
    assert {"Estimate", "Rough estimate", "Tested", "Best known"} <= set(texts(svg))
    assert {"1RM, kg", "Volume of working sets, kg"} <= set(texts(svg))


def test_a_test_is_named_where_there_is_one():
    tested = StrengthDay(
        day=FIRST,
        one_rm_kg=120,
        low_kg=120,
        high_kg=120,
        validity="valid",
        is_tested=True,
        volume_kg=0,
    )

    svg = strength_chart([tested], [], exercise="Squat", span=span(7), look=Look())

    assert says(svg) == "1 day with sets or tests; best 120 kg on Jan 5."
    assert "Tested" in texts(svg)
    assert {"Formulas, lowest to highest", "Volume of working sets, kg"}.isdisjoint(texts(svg))


def unrated(*, volume_kg: float) -> StrengthDay:
    return StrengthDay(
        day=FIRST,
        one_rm_kg=None,
        low_kg=None,
        high_kg=None,
        validity="no_answer",
        is_tested=False,
        volume_kg=volume_kg,
    )


def test_days_whose_sets_say_nothing_of_a_maximum_show_their_volume():
    high = unrated(volume_kg=900)

    svg = strength_chart([high], [], exercise="Calf Raise", span=span(7), look=Look())

    assert says(svg) == "1 day with sets; none speaks for a maximum."
    assert "Volume of working sets, kg" in texts(svg)
    assert "1RM, kg" not in texts(svg)


def test_holds_have_neither_a_maximum_nor_a_volume_and_no_frame():
    held = unrated(volume_kg=0)

    svg = strength_chart([held], [], exercise="Side Plank", span=span(7), look=Look())

    assert says(svg) == "1 day with sets."
    assert "No set has a volume in kg or speaks for a maximum." in " ".join(texts(svg))
    assert b"axes" not in svg


def test_calories_are_compared_on_complete_days():
    rows = [
        FoodDay(day=day(0), kcal=2500, is_complete=True, goal_kcal=2200),
        FoodDay(day=day(1), kcal=2300, is_complete=True, goal_kcal=2200),
        FoodDay(day=day(2), kcal=500, is_complete=False, goal_kcal=2200),
    ]

    svg = calories_chart(rows, span=span(3), look=Look())

    assert says(svg) == "2,400 kcal a day on 2 complete days, 200 above goal."
    assert {"Day", "Not all logged", "Goal", "kcal"} <= set(texts(svg))


@pytest.mark.parametrize(
    ("kcal", "is_complete", "goal_kcal", "sentence"),
    [
        (2000, True, 2200, "2,000 kcal a day on 1 complete day, 200 below goal."),
        (2200, True, 2200, "2,200 kcal a day on 1 complete day, as aimed for."),
        (2200, True, None, "2,200 kcal a day on 1 complete day; no goal."),
        (900, False, 2200, "1 day logged, none of them completely."),
    ],
)
def test_calories_say_what_they_can(kcal, is_complete, goal_kcal, sentence):
    row = FoodDay(day=FIRST, kcal=kcal, is_complete=is_complete, goal_kcal=goal_kcal)

    assert says(calories_chart([row], span=span(1), look=Look())) == sentence


def goal_line(*days: FoodDay) -> str:
    """The goal as it is drawn: where it moves and lines to, without spaces."""
    svg = calories_chart(days, span=span(4), look=Look(theme="light"))
    [panel] = [one for one in parsed(svg).iter(f"{SVG}g") if one.get("id") == "axes_1"]
    [line] = [
        path.get("d", "")
        for path in panel.iter(f"{SVG}path")
        if f"stroke: {paper.color('second')}" in path.get("style", "")
    ]
    return line


def test_a_goal_moves_in_steps_also_over_a_day_without_food():
    line = goal_line(
        FoodDay(day=day(0), kcal=2000, is_complete=True, goal_kcal=2200),
        FoodDay(day=day(1), kcal=2000, is_complete=True, goal_kcal=2400),
        FoodDay(day=day(3), kcal=2000, is_complete=True, goal_kcal=2100),
    )

    points = [(float(x), float(y)) for x, y in re.findall(r"[ML] (\S+) (\S+)", line)]
    assert len({y for _, y in points}) == 3
    assert [(p, q) for p, q in pairwise(points) if p[0] != q[0] and p[1] != q[1]] == []


def test_load_says_where_fitness_stands_today_and_form_since_yesterday():
    svg = loads(days=91)

    assert says(svg) == "Fitness 45, fatigue 50; form −5 from yesterday."
    assert {"Lifting", "Cardio", "Fitness (CTL)", "Fatigue (ATL)"} <= set(texts(svg))
    assert "Pale: first 42 days" not in texts(svg)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (41, "Fitness 7, fatigue 40; form +0 from yesterday. They settle after 42 days."),
        (60, "Fitness 7, fatigue 40; form +0 from yesterday."),
    ],
)
def test_curves_that_have_not_settled_are_pale(days: int, sentence: str):
    rows = [
        LoadDay(
            day=day(n), lifting=300, cardio=0, fitness=7, fatigue=40, form=0, is_settled=n >= 41
        )
        for n in range(days)
    ]

    svg = load_chart(rows, span=span(days), look=Look(theme="light"))

    assert says(svg) == sentence
    assert "Pale: first 42 days" in texts(svg)
    pale = f"stroke: {paper.color('second')}; stroke-opacity: 0.35"
    assert svg.decode().count(pale) == 1


def test_a_lifter_has_no_cardio_in_the_legend():
    rows = [LoadDay(day=FIRST, lifting=300, cardio=0, fitness=7, fatigue=40, form=0)]

    assert "Cardio" not in texts(load_chart(rows, span=span(1), look=Look()))


def test_a_line_of_years_has_as_many_points_as_bars():
    by_day = loads(Look(theme="light"), days=92)
    of_years = loads(Look(theme="light"), days=1826)

    assert points_of(by_day, "main") == 92
    assert points_of(of_years, "main") == 87  # one for every three weeks
