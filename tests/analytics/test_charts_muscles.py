"""The picture of muscles by week: what it counts, and how it is colored."""

import datetime as dt
from xml.etree import ElementTree as ET

import pytest

from analytics.charts import paper
from analytics.charts.days import Span
from analytics.charts.look import Look
from analytics.charts.muscles import Landmarks, MuscleWeek, TrainedMuscle, muscles_chart

FIRST = dt.date(2026, 1, 5)  # a Monday
SVG = "{http://www.w3.org/2000/svg}"
CHEST = TrainedMuscle(slug="chest", name="Chest", landmarks=Landmarks(mev=10, mav_high=20, mrv=22))
NECK = TrainedMuscle(slug="neck", name="Neck")


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def span(days: int) -> Span:
    return Span(first=FIRST, last=day(days - 1))


def parsed(svg: bytes) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - it was drawn here


def texts(svg: bytes) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


def says(svg: bytes) -> str:
    return parsed(svg).findtext(f"{SVG}desc") or ""


def test_a_cell_has_the_color_of_its_landmarks():
    zones = {8: "low", 10: "good", 20: "good", 21: "high", 22: "high", 23: "over"}

    painted = {}
    for sets in zones:
        svg = muscles_chart(
            [MuscleWeek(first=FIRST, hard_sets=sets, sets={"chest": sets})],
            [CHEST],
            span=span(7),
            look=Look(theme="light"),
        ).decode()
        # The last thing drawn in the panel before its text.
        panel = svg[svg.index('<g id="axes_1">') : svg.index("legend")]
        [painted[sets]] = {
            name
            for name in ("low", "good", "high", "over", "plain")
            if f"fill: {paper.color(name)}" in panel
        }

    assert painted == zones


def test_the_week_that_still_runs_stands_apart_and_out_of_the_mean():
    weeks = [
        MuscleWeek(first=day(0), hard_sets=12, sets={"chest": 12, "neck": 6}),
        MuscleWeek(first=day(7), hard_sets=10, sets={"chest": 10}),
        MuscleWeek(first=day(14), hard_sets=3, sets={"chest": 3}, is_over=False),
    ]

    svg = muscles_chart(weeks, [NECK, CHEST], span=span(17), look=Look())

    assert says(svg) == (
        "11 hard sets a week on average; each column is a week, named by its first day."
    )
    assert {"so far", "Jan 5", "12", "3", "Chest", "Neck", "No landmarks"} <= set(texts(svg))


def test_no_set_is_not_trained_whatever_the_landmarks():
    glutes = TrainedMuscle(
        slug="glutes", name="Glutes", landmarks=Landmarks(mev=0, mav_high=12, mrv=16)
    )
    weeks = [
        MuscleWeek(first=day(0), hard_sets=2, sets={"glutes": 2}),
        MuscleWeek(first=day(7), hard_sets=0, sets={}),
    ]

    svg = muscles_chart(weeks, [glutes], span=span(14), look=Look(theme="light"))

    assert {"Not trained", "MEV to MAV"} <= set(texts(svg))
    assert "Below MEV" not in texts(svg)
    assert f"fill: {paper.color('none')}" in svg.decode()


@pytest.mark.parametrize(
    ("sets", "text"), [(2.25, "2.3"), (2.35, "2.4"), (2.75, "2.8"), (0.05, "0.1"), (9.96, "10")]
)
def test_half_a_tenth_is_rounded_up(sets: float, text: str):
    week = MuscleWeek(first=FIRST, hard_sets=3, sets={"chest": sets})

    svg = muscles_chart([week], [CHEST], span=span(7), look=Look())

    assert text in texts(svg)


def test_a_muscle_that_should_be_trained_is_listed_without_a_set():
    calves = TrainedMuscle(
        slug="calves", name="Calves", landmarks=Landmarks(mev=8, mav_high=16, mrv=20)
    )
    glutes = TrainedMuscle(
        slug="glutes", name="Glutes", landmarks=Landmarks(mev=0, mav_high=12, mrv=16)
    )
    weeks = [MuscleWeek(first=FIRST, hard_sets=12, sets={"chest": 12})]

    svg = muscles_chart(weeks, [calves, glutes, NECK, CHEST], span=span(7), look=Look())

    assert "Calves" in texts(svg)
    assert {"Glutes", "Neck"}.isdisjoint(texts(svg))


def test_more_weeks_than_columns_are_merged_into_means():
    weeks = [MuscleWeek(first=day(7 * n), hard_sets=12, sets={"chest": 12}) for n in range(261)]

    svg = muscles_chart(weeks, [CHEST], span=span(1827), look=Look())

    assert "each column is the mean of 11 weeks" in says(svg)
