"""docs/training.md says what the rules of plan generation are."""

import re
from pathlib import Path

from users.services import language_model
from workouts.services import generations
from workouts.training.generation_slots import (
    CONDITIONING,
    DELOAD_WEEKS,
    DOSES,
    EASY_MINUTES,
    HARDEST,
    HOLD_SECONDS,
    LEVELS,
    RESERVE,
    SPLITS,
    WEEKLY_SETS,
    Dose,
    Outline,
)

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "training.md").read_text()
ROWS = [
    [cell.strip().strip("`") for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("|")
]


def rows_after(*header: str) -> list[list[str]]:
    """The rows of the table that begins with this header."""
    start = ROWS.index(list(header)) + 2
    width = len(header)
    end = next(
        (
            number
            for number, row in enumerate(ROWS[start:], start)
            if len(row) != width or set(ROWS[min(number + 1, len(ROWS) - 1)][0]) == {"-"}
        ),
        len(ROWS),
    )
    return ROWS[start:end]


def slots(day: Outline, role: str) -> str:
    return ", ".join(slot.movement.replace("_", " ") for slot in day.slots if slot.role == role)


def dose(dose: Dose, level: int) -> str:
    least, most = dose.reps[level]
    return f"{dose.sets[level]} × {least}" + (f"-{most}" if most > least else "")


def test_the_splits_are_those_of_the_rules():
    said = rows_after("days per week", "split")

    assert said == [
        [str(days), ", ".join(day.focus for day in split)] for days, split in SPLITS.items()
    ]


def test_the_days_have_the_slots_of_the_rules():
    said = rows_after("day", "main slots", "second slots", "small slots")

    days = {day.focus: day for split in SPLITS.values() for day in split if len(day.slots) > 1}
    assert sorted(said) == sorted(
        [focus, *(slots(day, role) for role in ("main", "second", "small"))]
        for focus, day in days.items()
    )


def test_the_doses_are_those_of_the_rules():
    said = rows_after("goal", "slot", *LEVELS, "rest")

    assert said == [
        [goal, role, *(dose(one, level) for level in range(3)), f"{one.rest_seconds} s"]
        for goal, doses in DOSES.items()
        for role, one in doses.items()
    ]


def test_the_levels_are_those_of_the_rules():
    reserve, held, easy = rows_after("by level", *LEVELS)

    assert reserve[1:] == [f"{RESERVE[level]:g}" for level in LEVELS]
    assert held[1:] == [str(HOLD_SECONDS[level]) for level in LEVELS]
    assert easy[1:] == [f"{DELOAD_WEEKS[level]} weeks" for level in LEVELS]
    assert [
        int(found) for found in re.findall(r"difficulty (\d) .* (\d) .* (\d) for", PAGE)[0]
    ] == [HARDEST[level] for level in LEVELS]


def test_the_conditioning_is_that_of_the_rules():
    said = rows_after("goal", "share of the session", "its place in importance")

    assert [(goal, share) for goal, share, _ in said] == [
        (goal, f"{share:.0%}".replace("%", " %")) for goal, (share, _) in CONDITIONING.items()
    ]
    assert [place for _, (_, place) in CONDITIONING.items()] == [3, 0]
    assert f"has {EASY_MINUTES} minutes" in PAGE


def test_the_weekly_sets_are_those_of_the_rules():
    said = rows_after("muscle", "sets a week")

    assert said == [
        [muscle.replace("_", " "), f"{least:g}-{most:g}"]
        for muscle, (least, most) in WEEKLY_SETS.items()
    ]


def test_the_limits_of_a_model_are_those_of_the_code():
    assert f"{generations.AI_SESSION_TOLERANCE} times the wished time" in PAGE
    assert f"longer than {language_model.MAX_ANSWER_BYTES // 1_000_000} MB" in PAGE
