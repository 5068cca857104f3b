"""Strength for the size of a body: points that compare a total of lifts across body weights."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp
from typing import Final, Literal

from analytics.formulas.provenance import Formula, Interval, Window, shown
from analytics.formulas.result import Result, require_amounts, require_positive

Sex = Literal["female", "male"]
Equipment = Literal["classic", "equipped"]
Event = Literal["sbd", "bench"]
ScaleId = Literal["dots", "wilks_2020", "ipf_gl", "wilks"]

LEAST_GL_BODYWEIGHT_KG: Final = 35
OTHER_BODYWEIGHT: Final = "The scale was not made for this body weight."

_FULL: Final = "A full total of squat, bench press and deadlift; the body weight is clamped to"


@dataclass(frozen=True, kw_only=True)
class Polynomial:
    """What a scale divides by, lowest power first, and the body weights that it was made for."""

    scale: float
    terms: tuple[float, ...]
    clamp_kg: tuple[float, float]

    def coefficient(self, bodyweight_kg: float) -> float:
        """Points for each kg of the total."""
        low, high = self.clamp_kg
        body = min(high, max(low, bodyweight_kg))
        return self.scale / sum(term * body**power for power, term in enumerate(self.terms))


@dataclass(frozen=True, kw_only=True)
class Goodlift:
    """100 / (a − b × e^(−c × body weight))."""

    a: float
    b: float
    c: float

    def coefficient(self, bodyweight_kg: float) -> float:
        """Points for each kg of the total."""
        if bodyweight_kg < LEAST_GL_BODYWEIGHT_KG:
            return 0
        return 100 / (self.a - self.b * exp(-self.c * bodyweight_kg))


SCALES: Final[Mapping[ScaleId, Formula]] = {
    "dots": Formula(
        id="dots",
        name="DOTS",
        valid=f"{_FULL} 40-210 kg (women 40-150).",
        source="BVDK (Konertz), 2019",
    ),
    "wilks_2020": Formula(
        id="wilks_2020",
        name="Wilks 2020",
        valid=f"{_FULL} 40-200.95 kg (women 40-150.95). Not comparable with the older Wilks.",
        source="Wilks, 2020",
    ),
    "ipf_gl": Formula(
        id="ipf_gl",
        name="IPF GL",
        valid=(
            "A full total, or a bench press alone, from 35 kg of body weight on. Not meant for"
            " comparing men with women."
        ),
        source="International Powerlifting Federation, 2020",
    ),
    "wilks": Formula(
        id="wilks",
        name="Wilks",
        valid=f"{_FULL} 40-201.9 kg (women 26.51-154.53). Replaced by Wilks 2020.",
        source="Wilks, 1994",
    ),
}

POLYNOMIALS: Final[Mapping[tuple[ScaleId, Sex], Polynomial]] = {
    ("dots", "male"): Polynomial(
        scale=500,
        terms=(-307.75076, 24.0900756, -0.1918759221, 7.391293e-4, -1.0930e-6),
        clamp_kg=(40, 210),
    ),
    ("dots", "female"): Polynomial(
        scale=500,
        terms=(-57.96288, 13.6175032, -0.1126655495, 5.158568e-4, -1.0706e-6),
        clamp_kg=(40, 150),
    ),
    ("wilks_2020", "male"): Polynomial(
        scale=600,
        terms=(
            *(47.4617885411949, 8.47206137941125, 0.073694103462609),
            *(-0.00139583381094385, 7.07665973070743e-6, -1.20804336482315e-8),
        ),
        clamp_kg=(40, 200.95),
    ),
    ("wilks_2020", "female"): Polynomial(
        scale=600,
        terms=(
            *(-125.425539779509, 13.7121941940668, -0.0330725063103405),
            *(-0.0010504000506583, 9.38773881462799e-6, -2.3334613884954e-8),
        ),
        clamp_kg=(40, 150.95),
    ),
    ("wilks", "male"): Polynomial(
        scale=500,
        terms=(
            *(-216.0475144, 16.2606339, -0.002388645),
            *(-0.00113732, 7.01863e-6, -1.291e-8),
        ),
        clamp_kg=(40, 201.9),
    ),
    ("wilks", "female"): Polynomial(
        scale=500,
        terms=(
            *(594.31747775582, -27.23842536447, 0.82112226871),
            *(-0.00930733913, 4.731582e-5, -9.054e-8),
        ),
        clamp_kg=(26.51, 154.53),
    ),
}

GOODLIFT: Final[Mapping[tuple[Event, Equipment, Sex], Goodlift]] = {
    ("sbd", "classic", "male"): Goodlift(a=1199.72839, b=1025.18162, c=0.009210),
    ("sbd", "classic", "female"): Goodlift(a=610.32796, b=1045.59282, c=0.03048),
    ("sbd", "equipped", "male"): Goodlift(a=1236.25115, b=1449.21864, c=0.01644),
    ("sbd", "equipped", "female"): Goodlift(a=758.63878, b=949.31382, c=0.02435),
    ("bench", "classic", "male"): Goodlift(a=320.98041, b=281.40258, c=0.01008),
    ("bench", "classic", "female"): Goodlift(a=142.40398, b=442.52671, c=0.04724),
    ("bench", "equipped", "male"): Goodlift(a=381.22073, b=733.79378, c=0.02398),
    ("bench", "equipped", "female"): Goodlift(a=221.82209, b=357.00377, c=0.02937),
}


@dataclass(frozen=True, kw_only=True)
class RelativeStrength(Result):
    """Points, and what they were made of.

    Out of range is a body weight that the scale was not made for. The interval is None for a
    total that was lifted; one of estimates gives it theirs.
    """

    points: float
    coefficient: float
    is_estimated: bool
    sex: Sex
    equipment: Equipment
    event: Event
    bodyweight_kg: float
    total_kg: float

    def steps(self) -> list[str]:
        kind = "estimated" if self.is_estimated else "lifted"
        lift = "bench press" if self.event == "bench" else "squat, bench press and deadlift"
        steps = [
            f"Total of {lift}, {kind}: {shown(self.total_kg)} kg.",
            f"At a body weight of {shown(self.bodyweight_kg)} kg, {self.formula.name}"
            f" (version {self.formula.version}, {self.sex}) gives"
            f" {shown(self.coefficient, 4)} points for each kg.",
            f"{shown(self.total_kg)} × {shown(self.coefficient, 4)} = {shown(self.points)}.",
        ]
        if self.interval:
            low, high = shown(self.interval.low), shown(self.interval.high)
            steps.append(f"The estimates of the lifts allow from {low} to {high} points.")
        return steps


def relative_strength(
    scale: ScaleId,
    *,
    sex: Sex,
    bodyweight_kg: float,
    total_kg: float,
    day: date,
    equipment: Equipment = "classic",
    event: Event = "sbd",
    estimated: Interval | None = None,
    lifted_on: Sequence[date] = (),
) -> RelativeStrength:
    """Points of a total at a body weight. Only IPF GL knows equipment, and the bench press alone.

    `day` is that of the body weight, `lifted_on` those of the lifts where they are known.
    `estimated` is what the total may be, in kg, where it is of estimates instead of lifts. Raises
    ValueError for a bench press on another scale, and for numbers that are nobody's.
    """
    require_positive(bodyweight_kg=bodyweight_kg)
    require_amounts(total_kg=total_kg)
    coefficient_of, (low, high) = _rule(scale, sex=sex, equipment=equipment, event=event)
    coefficient = coefficient_of(bodyweight_kg)
    is_known = low <= bodyweight_kg <= high
    return RelativeStrength(
        formula=SCALES[scale],
        points=total_kg * coefficient,
        coefficient=coefficient,
        interval=estimated.times(coefficient) if estimated else None,
        validity="valid" if is_known else "out_of_range",
        caveats=() if is_known else (OTHER_BODYWEIGHT,),
        is_estimated=estimated is not None,
        sex=sex,
        equipment=equipment,
        event=event,
        bodyweight_kg=bodyweight_kg,
        total_kg=total_kg,
        window=Window.of([*lifted_on, day]),
    )


def _rule(
    scale: ScaleId, *, sex: Sex, equipment: Equipment, event: Event
) -> tuple[Callable[[float], float], tuple[float, float]]:
    """Points for each kg by body weight, and the body weights that this holds for."""
    if scale == "ipf_gl":
        goodlift = GOODLIFT[event, equipment, sex]
        return goodlift.coefficient, (LEAST_GL_BODYWEIGHT_KG, float("inf"))
    if event != "sbd":
        raise ValueError(f"{SCALES[scale].name} needs a full total.")
    polynomial = POLYNOMIALS[scale, sex]
    return polynomial.coefficient, polynomial.clamp_kg
