"""Answers of formulas to numbers that nobody stores."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from analytics.formulas import (
    ONE_RM_FORMULAS,
    SCALES,
    Interval,
    Result,
    Stretch,
    banister_trimp,
    chart_one_rm,
    edwards_trimp,
    estimate_one_rm,
    fat_free_mass,
    navy_body_fat,
    relative_strength,
)
from analytics.formulas.basal import BY_LEAN_MASS, basal_energy
from analytics.formulas.heart import BanisterVariant
from analytics.formulas.relative import Equipment, Event
from analytics.selectors.provenance import provenance
from nutrition.formulas import FORMULAS, Person, Sex

Row = dict[str, Any]

_DECIMALS: Final = 2
# Points of strength are compared to the hundredth, what one kg is worth finer than that.
_COEFFICIENT_DECIMALS: Final = 4


def one_rm_of_set(
    *, weight_kg: float, reps: int, reserve: float | None, day: date, explain: bool = False
) -> Row | None:
    """The maximum that a set speaks for; None where nobody can count the reserve.

    Without a reserve, or beyond the chart's 16 repetitions, there is none by the chart.
    """
    found = estimate_one_rm(weight_kg=weight_kg, reps=reps, reserve=reserve, day=day)
    if found is None:
        return None
    chart = None
    if reserve is not None:
        chart = chart_one_rm(weight_kg=weight_kg, reps=reps, reserve=reserve, day=day)
    return {
        "one_rm_kg": round(found.one_rm_kg, _DECIMALS),
        "formulas": [
            {
                "id": id_,
                "name": ONE_RM_FORMULAS[id_].name,
                "rule": ONE_RM_FORMULAS[id_].rule,
                "one_rm_kg": round(one_rm_kg, _DECIMALS),
            }
            for id_, one_rm_kg in found.by_formula.items()
        ],
        "provenance": provenance(found, explain=explain),
        "chart": chart
        and {
            "one_rm_kg": round(chart.one_rm_kg, _DECIMALS),
            "percent": chart.percent,
            "provenance": provenance(chart, explain=explain),
        },
    }


def strength_points(
    *,
    sex: Sex,
    body_weight_kg: float,
    total_kg: float,
    equipment: Equipment,
    event: Event,
    day: date,
    explain: bool = False,
) -> list[Row]:
    """By every scale; of a bench press alone by IPF GL, the only one that has it."""
    found = {
        scale: relative_strength(
            scale,
            sex=sex,
            bodyweight_kg=body_weight_kg,
            total_kg=total_kg,
            equipment=equipment,
            event=event,
            day=day,
        )
        for scale in SCALES
        if event == "sbd" or scale == "ipf_gl"
    }
    return [
        {
            "scale": scale,
            "points": round(result.points, _DECIMALS),
            "coefficient": round(result.coefficient, _COEFFICIENT_DECIMALS),
            "provenance": provenance(result, explain=explain),
        }
        for scale, result in found.items()
    ]


def body_fat(
    *,
    sex: Sex,
    height_cm: float,
    waist_cm: float,
    neck_cm: float,
    hip_cm: float | None = None,
    weight_kg: float | None = None,
    explain: bool = False,
) -> Row:
    """By girths, and what of a weight is no fat. Raises what navy_body_fat raises."""
    found = navy_body_fat(
        sex=sex, height_cm=height_cm, waist_cm=waist_cm, neck_cm=neck_cm, hip_cm=hip_cm
    )
    answer = {**_shown("body_fat_percent", found.percent, found, explain), "fat_free_mass": None}
    # Outside of its range a percentage need not be one of a body.
    if weight_kg is not None and found.validity == "valid":
        lean = fat_free_mass(
            weight_kg=weight_kg,
            body_fat_percent=found.percent,
            percent_interval=_of_bodies(found.interval),
        )
        answer["fat_free_mass"] = _shown("kg", lean.kg, lean, explain)
    return answer


def _of_bodies(interval: Interval | None) -> Interval | None:
    return interval and Interval(low=max(0.0, interval.low), high=min(100.0, interval.high))


def basal_rates(
    *,
    sex: Sex,
    weight_kg: float,
    height_cm: float,
    age_years: float,
    body_fat_percent: float | None = None,
    explain: bool = False,
) -> list[Row]:
    """By every formula that the numbers are enough for. Raises ValueError as Person does."""
    person = Person(
        sex=sex,
        weight_kg=weight_kg,
        height_cm=height_cm,
        age_years=age_years,
        body_fat_percent=body_fat_percent,
    )
    names = [name for name in FORMULAS if body_fat_percent or name not in BY_LEAN_MASS]
    found = {name: basal_energy(person, name) for name in names}
    return [
        {"formula": name, **_shown("kcal", result.kcal, result, explain)}
        for name, result in found.items()
    ]


def zone_impulse(minutes: Sequence[float], *, explain: bool = False) -> Row:
    """TRIMP of minutes in the five zones."""
    found = edwards_trimp(minutes)
    return _shown("trimp", found.trimp, found, explain)


def mean_impulse(
    *,
    minutes: float,
    mean_bpm: float,
    rest_bpm: float,
    max_bpm: float,
    sex: Sex,
    variant: BanisterVariant = "literature",
    explain: bool = False,
) -> Row:
    """TRIMP of minutes at a mean heart rate. Raises ValueError for a rest above the maximum."""
    found = banister_trimp(
        [Stretch(minutes=minutes, bpm=mean_bpm)],
        rest_bpm=rest_bpm,
        max_bpm=max_bpm,
        sex=sex,
        variant=variant,
    )
    return _shown("trimp", found.trimp, found, explain)


def _shown(name: str, value: float, result: Result, explain: bool) -> Row:  # noqa: FBT001 - ours
    return {name: round(value, _DECIMALS), "provenance": provenance(result, explain=explain)}
