"""The bodies of the demo: what they weigh follows from what they ate and how they trained.

So what is learned of their expenditure from food and scale comes out near the one that they
have. Nothing here is stored; it is numbers in, numbers out.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from statistics import fmean
from typing import Any, Final

from analytics.formulas.body import navy_body_fat
from analytics.formulas.expenditure_filter import KCAL_PER_KG
from nutrition.formulas import Sex

YEAR_DAYS: Final = 364

# In kcal a day: beside the expenditure, what somebody stores now; more on a day of training, and
# with each kilogram; and how far a day without a log may be from balance.
_STORED: Final[Mapping[str, float]] = {"maintain": 0, "cut": -300, "gain": 120, "endurance": 0}
_TRAINING, _PER_KG, _UNLOGGED_SD = 200, 15, 250
# What stood before the diary of food, and was not logged.
_BEFORE_THE_DIARY: Final = (-20, 90)
# From so many days, what they spend is known: what they eat now is what they need.
_SETTLED_DAYS: Final = 98
# A scale shows water and salt as well, which stay for some days.
_SCALE_SD, _SCALE_STAYS = 0.3, 0.5
# Chances, of one.
_ON_A_WEEKDAY, _ON_A_WEEKEND = 0.72, 0.4
_WEEKS_WITHOUT: Final = 3
_SATURDAY: Final = 5

# Girths by height, and what a kilogram more adds.
_GIRTHS: Final[Mapping[Sex, Mapping[str, float]]] = {
    "female": {
        "waist": 0.418,
        "hips": 0.572,
        "neck_cm": 0.189,
        "chest": 0.53,
        "arms": 0.166,
        "thighs": 0.33,
    },
    "male": {
        "waist": 0.46,
        "hips": 0.535,
        "neck_cm": 0.209,
        "chest": 0.555,
        "arms": 0.186,
        "thighs": 0.315,
    },
}
_CM_PER_KG: Final = {
    "waist": 0.85,
    "hips": 0.6,
    "neck_cm": 0.12,
    "chest": 0.5,
    "arms": 0.25,
    "thighs": 0.45,
}
_TAPE_SD_CM: Final = 0.3
# A scale that measures fat differs from a tape by so many points.
_FAT_SD: Final = 0.6


@dataclass(frozen=True, kw_only=True)
class Body:
    """Somebody on their last day, with what they logged.

    ``intake_kcal`` has the days on which all food is logged.
    """

    sex: Sex
    height_cm: float
    weight_kg: float
    aim: str
    last: date
    intake_kcal: Mapping[date, float]
    trained: Collection[date]

    @property
    def days(self) -> list[date]:
        return [self.last - timedelta(days=ago) for ago in range(YEAR_DAYS - 1, -1, -1)]


@dataclass(frozen=True, kw_only=True)
class Course:
    """The weight of each morning, and what was spent on each day but the last."""

    weight_kg: Mapping[date, float]
    spent_kcal: Mapping[date, float]


def course_of(body: Body, rng: Random) -> Course:
    """Backwards from what somebody weighs now, as what they ate would have it."""
    rest_kcal = _rest_kcal(body)
    first_logged = min(body.intake_kcal)
    drift = rng.uniform(*_BEFORE_THE_DIARY)
    weights, spent = {body.last: body.weight_kg}, {}
    for day in reversed(body.days[:-1]):
        after = weights[day + timedelta(days=1)]
        spent[day] = rest_kcal + _PER_KG * (after - body.weight_kg)
        spent[day] += _TRAINING if day in body.trained else 0
        if day in body.intake_kcal:
            stored = body.intake_kcal[day] - spent[day]
        else:
            stored = rng.gauss(drift if day < first_logged else 0, _UNLOGGED_SD)
        weights[day] = after - stored / KCAL_PER_KG
    return Course(weight_kg=weights, spent_kcal=spent)


def _rest_kcal(body: Body) -> float:
    """What somebody spends on a day without training, if they store what their aim says."""
    settled = body.last - timedelta(days=_SETTLED_DAYS)
    balances = [
        kcal - (_TRAINING if day in body.trained else 0)
        for day, kcal in body.intake_kcal.items()
        if settled < day < body.last
    ]
    return fmean(balances) - _STORED[body.aim]


def weigh_ins(body: Body, course: Course, rng: Random) -> dict[date, float]:
    """What the scale showed, with weeks without; the last is what somebody weighs."""
    without = {
        first + timedelta(days=day)
        for first in rng.sample(body.days[:-14], _WEEKS_WITHOUT)
        for day in range(rng.randint(5, 9))
    }
    shown: dict[date, float] = {}
    water_kg = 0.0
    for day in body.days:
        water_kg = _SCALE_STAYS * water_kg + rng.gauss(0, _SCALE_SD)
        chance = _ON_A_WEEKEND if day.weekday() >= _SATURDAY else _ON_A_WEEKDAY
        if rng.random() < chance and day not in without:
            shown[day] = round(course.weight_kg[day] + water_kg, 1)
    shown[max(shown)] = body.weight_kg
    return shown


def girths(
    body: Body, course: Course, days: Collection[date], rng: Random
) -> Iterator[tuple[date, dict[str, Any]]]:
    """What a tape and a scale for body fat showed on the first of these days of each month."""
    of_month: dict[tuple[int, int], date] = {}
    for day in sorted(days):
        of_month.setdefault((day.year, day.month), day)
    for day in of_month.values():
        more_kg = course.weight_kg[day] - body.weight_kg
        tape = {
            name: share * body.height_cm + _CM_PER_KG[name] * more_kg
            for name, share in _GIRTHS[body.sex].items()
        }
        fat = navy_body_fat(
            sex=body.sex,
            height_cm=body.height_cm,
            waist_cm=tape["waist"],
            neck_cm=tape["neck_cm"],
            hip_cm=tape["hips"],
        )
        yield (
            day,
            {
                **{name: round(cm + rng.gauss(0, _TAPE_SD_CM), 1) for name, cm in tape.items()},
                "body_fat": round(fat.percent + rng.gauss(0, _FAT_SD), 1),
            },
        )
