"""How well a day, or a week, kept to its goal: from 0 to 100."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Final, Literal

from nutrition.formulas.goals import Aim

Nutrient = Literal["kcal", "protein_g", "carbs_g", "fat_g", "fiber_g", "salt_g", "alcohol_g"]
Kind = Literal["band", "floor", "ceiling"]

LEAST_SHARE_OF_BMR: Final = 0.6
LEAST_MEALS: Final = 2
# Where nobody's basal energy is known, that of a small adult.
UNKNOWN_BMR_KCAL: Final = 1200


def is_complete_day(
    *, kcal: float, meals: int, bmr_kcal: float | None, is_marked: bool = False
) -> bool:
    """Whether all that was eaten is logged: its person said so, or it looks so.

    It looks so from two meals and 60 % of basal energy on; 1200 kcal stand in for an unknown one.
    """
    least = LEAST_SHARE_OF_BMR * (UNKNOWN_BMR_KCAL if bmr_kcal is None else bmr_kcal)
    return is_marked or (meals >= LEAST_MEALS and kcal >= least)


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """What a day had, or what it should have. None is not known, or not a goal."""

    kcal: float | None = None
    protein_g: float | None = None
    carbs_g: float | None = None
    fat_g: float | None = None
    fiber_g: float | None = None
    salt_g: float | None = None
    alcohol_g: float | None = None


def band_score(share: float, *, full: float = 0, zero: float) -> float:
    """From 100 to 0 by how far a share of the target is from 1, at either side.

    100 as far as `full`, 0 from `zero` on, a straight line between.
    """
    return _fading(abs(share - 1), full=full, zero=zero)


def floor_score(share: float, *, full: float = 0, zero: float) -> float:
    """As a band that minds only what is missing from the target; more is fine."""
    return _fading(1 - share, full=full, zero=zero)


def ceiling_score(share: float, *, full: float = 0, zero: float) -> float:
    """As a band that minds only what is above the target; less is fine."""
    return _fading(share - 1, full=full, zero=zero)


def _fading(off: float, *, full: float, zero: float) -> float:
    return 100 * min(1.0, max(0.0, (zero - off) / (zero - full)))


SHAPES: Final = {"band": band_score, "floor": floor_score, "ceiling": ceiling_score}


@dataclass(frozen=True, kw_only=True)
class ScoreRule:
    """The shape of a nutrient's score, and how much it counts. Weights add up to 1."""

    kind: Kind
    weight: float = 0
    full: float = 0
    zero: float = 0.5


SCORE_RULES: Final[Mapping[Nutrient, ScoreRule]] = {
    "kcal": ScoreRule(kind="band", weight=0.4, full=0.05, zero=0.3),
    "protein_g": ScoreRule(kind="floor", weight=0.3),
    "carbs_g": ScoreRule(kind="band", weight=0.1, full=0.1),
    "fat_g": ScoreRule(kind="band", weight=0.1, full=0.1),
    "fiber_g": ScoreRule(kind="floor", weight=0.1),
    # Shown beside the others; the score does not count them.
    "salt_g": ScoreRule(kind="ceiling"),
    "alcohol_g": ScoreRule(kind="ceiling"),
}
# Against the aim, energy reaches 0 at this share of the way.
AGAINST_THE_AIM: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class SubScore:
    """One nutrient against its goal. The percent is of the target, None for a target of 0."""

    kind: Kind
    weight: float
    actual: float
    target: float
    percent: float | None
    score: float | None


@dataclass(frozen=True, kw_only=True)
class Compliance:
    """A score from 0 to 100, or None without a complete day or a goal that counts.

    The coverage, from 0 to 1, is the weight of the goals that there are.
    """

    score: float | None
    coverage: float
    nutrients: Mapping[Nutrient, SubScore]


def compliance(
    actual: Amounts, targets: Amounts, *, aim: Aim | None = None, is_complete: bool = True
) -> Compliance:
    """How well a day kept to its goal, by `SCORE_RULES`; scores have two decimals.

    A target of None is no goal, nor is one of 0, but for a ceiling; the others share its weight.
    For an incomplete day there are percents and no scores: what is not logged is not known.

    The aim makes the score mind a direction: to cut, energy above its band fades to 0 at 15 %
    instead of 30 %, and to gain, energy below it does.
    """
    scored = _scored(actual, targets, aim)
    return Compliance(
        score=_overall(scored) if is_complete else None,
        coverage=round(sum(rule.weight for _, rule, *_ in scored), 4),
        nutrients={
            nutrient: SubScore(
                kind=rule.kind,
                weight=rule.weight,
                actual=has,
                target=wants,
                percent=round(100 * has / wants, 2) if wants else None,
                score=round(score, 2) if is_complete else None,
            )
            for nutrient, rule, has, wants, score in scored
        },
    )


_Scored = tuple[Nutrient, ScoreRule, float, float, float]


def _scored(
    actual: Amounts, targets: Amounts, aim: Aim | None, *, factor: float = 1
) -> list[_Scored]:
    """Of each nutrient with a goal its rule, amount (times the factor), target, and score."""
    amounts, goals = vars(actual), vars(targets)
    found: list[_Scored] = []
    for nutrient, rule in SCORE_RULES.items():
        has, wants = amounts[nutrient], goals[nutrient]
        if has is None or not _is_goal(wants, rule):
            continue
        has *= factor
        found.append((nutrient, rule, has, wants, _score(nutrient, has, wants, aim)))
    return found


def _overall(scored: Iterable[_Scored]) -> float | None:
    """The score of all that counts; None where nothing does."""
    weight = weighted = 0.0
    for _, rule, _, _, score in scored:
        weight += rule.weight
        weighted += score * rule.weight
    return round(weighted / weight, 2) if weight else None


def _is_goal(target: float | None, rule: ScoreRule) -> bool:
    return target is not None and (target > 0 or (target == 0 and rule.kind == "ceiling"))


def _score(nutrient: Nutrient, actual: float, target: float, aim: Aim | None) -> float:
    if not target:
        return 0 if actual > 0 else 100
    rule, share = SCORE_RULES[nutrient], actual / target
    is_against = (aim == "cut" and share > 1) or (aim == "gain" and share < 1)
    zero = rule.zero * AGAINST_THE_AIM if nutrient == "kcal" and is_against else rule.zero
    return SHAPES[rule.kind](share, full=rule.full, zero=zero)


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day's food, the goals that it had, and whether all of the food is logged."""

    actual: Amounts
    targets: Amounts
    is_complete: bool = True


def weekly_compliance(days: Iterable[Day], *, aim: Aim | None = None) -> Compliance:
    """The score of a week's means, so that one feast does not erase it.

    Only complete days count, and for each nutrient those with a goal. A week without one has no
    score.
    """
    complete = [day for day in days if day.is_complete]
    actual, targets = {}, {}
    for nutrient, rule in SCORE_RULES.items():
        pairs = [
            (has, wants)
            for day in complete
            if (has := getattr(day.actual, nutrient)) is not None
            and _is_goal(wants := getattr(day.targets, nutrient), rule)
        ]
        if pairs:
            actual[nutrient] = fmean(has for has, _ in pairs)
            targets[nutrient] = fmean(wants for _, wants in pairs)
    return compliance(Amounts(**actual), Amounts(**targets), aim=aim)


# How far the amounts of a food may be off, from the most to the least trusted one: a rule of
# ours, between a label's usual tolerance and the errors found in foods that people enter.
LEAST_DOUBT: Final = 0.05
MOST_DOUBT: Final = 0.30
UNKNOWN_TRUST: Final = 50


def doubt(trust: float | None) -> float:
    """The share by which the amounts of a food of this trust score (0-100) may be off."""
    known = UNKNOWN_TRUST if trust is None else trust
    return MOST_DOUBT - (MOST_DOUBT - LEAST_DOUBT) * known / 100


def score_interval(
    actual: Amounts, targets: Amounts, *, share: float, aim: Aim | None = None
) -> tuple[float, float] | None:
    """The lowest and the highest score of a complete day if all of it was off by a share.

    Of three days: as it is logged, and with everything less and more by the share. None where
    no goal counts.
    """
    scores = [
        score
        for factor in (1 - share, 1, 1 + share)
        if (score := _overall(_scored(actual, targets, aim, factor=factor))) is not None
    ]
    return (min(scores), max(scores)) if scores else None
