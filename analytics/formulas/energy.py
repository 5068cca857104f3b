"""Energy of a person over weeks: what they spend, and what food leaves for the body."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean
from typing import Final, Literal

from analytics.formulas.expenditure_filter import (
    KCAL_PER_KG,
    ExpenditureFilter,
    FilterSettings,
)
from analytics.formulas.provenance import Formula, Interval, Window
from analytics.formulas.result import (
    Result,
    interval_around,
    require_amounts,
    require_positive,
)

ADAPTIVE_TDEE: Final = Formula(
    id="adaptive_tdee",
    name="Energy spent a day, learned from weight and food",
    valid="From two weeks with weigh-ins and seven days of food on.",
    source="A Kalman filter with the states weight and expenditure",
)
ENERGY_BALANCE: Final = Formula(
    id="energy_balance",
    name="Energy spent a day, from the balance",
    valid="Four weeks or more of food and weight.",
    source="Intake less stored energy",
)
ENERGY_AVAILABILITY: Final = Formula(
    id="energy_availability",
    name="Energy availability",
    valid="Means of seven days or more of food and training, with a credible fat-free mass.",
    source="Loucks et al., 2011",
)

WARM_UP_DAYS: Final = 14
LEAST_FOOD_DAYS: Final = 7
LEAST_WEIGH_IN_SPAN_DAYS: Final = 7


@dataclass(frozen=True, kw_only=True)
class EnergyDay:
    """What is known of a day. The weight is the morning's, the food that of the day after it.

    The intake is None unless all food is logged (see `nutrition.formulas.is_complete_day`); its
    standard deviation is how far the foods' own data may be off.
    """

    day: date
    weight_kg: float | None = None
    intake_kcal: float | None = None
    intake_sd_kcal: float = 0

    def __post_init__(self) -> None:
        require_amounts(intake_sd_kcal=self.intake_sd_kcal)
        if self.weight_kg is not None:
            require_positive(weight_kg=self.weight_kg)
        if self.intake_kcal is not None:
            require_amounts(intake_kcal=self.intake_kcal)


@dataclass(frozen=True, kw_only=True)
class TdeePoint:
    """What the filter held on a day, its weigh-in included."""

    day: date
    tdee_kcal: float
    sd_kcal: float
    weight_kg: float


@dataclass(frozen=True, kw_only=True)
class AdaptiveTdee(Result):
    """Expenditure in kcal a day, its standard deviation, and how both came about day by day.

    Without a weigh-in there are no points, and the expenditure is the one it started from.
    """

    formula: Formula = ADAPTIVE_TDEE
    tdee_kcal: float
    sd_kcal: float
    start_tdee_kcal: float
    weigh_ins: int
    food_days: int
    points: tuple[TdeePoint, ...] = field(repr=False)
    settings: FilterSettings

    def steps(self) -> list[str]:
        lines = [
            f"A formula started it at {self.start_tdee_kcal:.0f} ±"
            f" {self.settings.start_sd_kcal:.0f} kcal a day.",
            f"There are {self.weigh_ins} weigh-ins and {self.food_days} days with all food logged"
            " between them.",
        ]
        if self.points:
            first, last = self.points[0], self.points[-1]
            lines.append(
                f"The weight, without the noise of the scale, went from {first.weight_kg:.1f} to"
                f" {last.weight_kg:.1f} kg, at {self.settings.kcal_per_kg:g} kcal a kg."
            )
        if self.interval:
            lines.append(
                f"That makes {self.tdee_kcal:.0f} ± {self.sd_kcal:.0f} kcal a day: with 80 %,"
                f" {self.interval.low:.0f} to {self.interval.high:.0f}."
            )
        return lines


def adaptive_tdee(
    days: Iterable[EnergyDay],
    *,
    start_tdee_kcal: float,
    until: date | None = None,
    settings: FilterSettings | None = None,
) -> AdaptiveTdee:
    """What a person spends a day, learned from weight and food, by a Kalman filter of two states.

    Weight moves by (intake − expenditure) / 7700 kg a day and expenditure drifts; each weigh-in
    corrects both. It begins at the first weigh-in with `start_tdee_kcal`, a formula's, and ends on
    the morning of `until`, or of the last day given. Days may come in any order and may be
    missing: a day without weigh-in corrects nothing, one without reliable food says nothing about
    expenditure and widens what is known of the weight.

    Such a day counts as in balance. Who lacks 500 kcal on each of two unlogged days a week reads
    about 2 × 500 / 5 = 200 kcal too high, and who has as much too many, too low: nothing in the
    data can tell, nor does the interval hold it, so a caveat says it.

    "warming_up" below two weeks, seven days of food, and two weigh-ins a week apart. Raises
    ValueError for a day given twice.
    """
    require_positive(start_tdee_kcal=start_tdee_kcal)
    settings = settings or FilterSettings()
    known = _by_day(days, until)
    weighed = sorted(day for day, it in known.items() if it.weight_kg is not None)
    if not weighed:
        return _as_started(start_tdee_kcal, settings)
    first, last = weighed[0], until or max(known)
    points = _run(known, first=first, last=last, start=start_tdee_kcal, settings=settings)
    # The food after the last weigh-in has not been weighed yet.
    between = [it for day, it in known.items() if first <= day < weighed[-1]]
    food_days = sum(it.intake_kcal is not None for it in between)
    weighed_days = (weighed[-1] - first).days
    is_warm = _is_warm(days=len(points), food_days=food_days, weighed_days=weighed_days)
    now = points[-1]
    return AdaptiveTdee(
        tdee_kcal=now.tdee_kcal,
        sd_kcal=now.sd_kcal,
        start_tdee_kcal=start_tdee_kcal,
        weigh_ins=len(weighed),
        food_days=food_days,
        points=points,
        settings=settings,
        interval=interval_around(now.tdee_kcal, sd=now.sd_kcal),
        validity="valid" if is_warm else "warming_up",
        caveats=_caveats(is_warm=is_warm, unlogged=weighed_days - food_days),
        window=Window(first=first, last=last, count=len(points)),
    )


def _is_warm(*, days: int, food_days: int, weighed_days: int) -> bool:
    return (
        days >= WARM_UP_DAYS
        and food_days >= LEAST_FOOD_DAYS
        and weighed_days >= LEAST_WEIGH_IN_SPAN_DAYS
    )


def _caveats(*, is_warm: bool, unlogged: int) -> tuple[str, ...]:
    caveats = [] if is_warm else ["It takes two weeks of weigh-ins and food to settle."]
    if unlogged:
        caveats.append(
            f"Days without all food logged ({unlogged}) count as in balance: if you ate less than"
            " you spent on them, you spend less than this, and if you ate more, you spend more."
        )
    return tuple(caveats)


def _as_started(tdee_kcal: float, settings: FilterSettings) -> AdaptiveTdee:
    return AdaptiveTdee(
        tdee_kcal=tdee_kcal,
        sd_kcal=settings.start_sd_kcal,
        start_tdee_kcal=tdee_kcal,
        weigh_ins=0,
        food_days=0,
        points=(),
        settings=settings,
        interval=interval_around(tdee_kcal, sd=settings.start_sd_kcal),
        validity="warming_up",
        caveats=("Without a weigh-in this is the formula's.",),
    )


def _by_day(days: Iterable[EnergyDay], until: date | None) -> dict[date, EnergyDay]:
    found: dict[date, EnergyDay] = {}
    for it in days:
        if it.day in found:
            raise ValueError(f"{it.day} is given twice.")
        found[it.day] = it
    return {day: it for day, it in found.items() if until is None or day <= until}


def _run(
    known: dict[date, EnergyDay],
    *,
    first: date,
    last: date,
    start: float,
    settings: FilterSettings,
) -> tuple[TdeePoint, ...]:
    begin = known[first].weight_kg
    assert begin is not None, "It begins at a weigh-in."
    state = ExpenditureFilter(begin, start, settings)
    points = [_point(first, state)]
    yesterday = known[first]
    for ago in range(1, (last - first).days + 1):
        day = first + timedelta(days=ago)
        state.live(yesterday.intake_kcal, intake_sd_kcal=yesterday.intake_sd_kcal)
        today = known.get(day) or EnergyDay(day=day)
        if today.weight_kg is not None:
            state.weigh(today.weight_kg)
        points.append(_point(day, state))
        yesterday = today
    return tuple(points)


def _point(day: date, state: ExpenditureFilter) -> TdeePoint:
    return TdeePoint(
        day=day,
        tdee_kcal=state.tdee_kcal,
        sd_kcal=state.tdee_sd_kcal,
        weight_kg=state.weight_kg,
    )


@dataclass(frozen=True, kw_only=True)
class EnergyBalance(Result):
    """Expenditure in kcal a day, and how much the body stored (below 0, gave)."""

    formula: Formula = ENERGY_BALANCE
    tdee_kcal: float
    mean_intake_kcal: float
    stored_kcal: float
    kg_per_day: float
    kcal_per_kg: float

    def steps(self) -> list[str]:
        return [
            f"{7 * self.kg_per_day:+.2f} kg a week at {self.kcal_per_kg:g} kcal a kg are"
            f" {self.stored_kcal:+.0f} kcal a day.",
            f"An intake of {self.mean_intake_kcal:.0f} less that = {self.tdee_kcal:.0f} kcal.",
        ]


def energy_balance(
    *,
    mean_intake_kcal: float,
    kg_per_day: float,
    kg_per_day_interval: Interval | None = None,
    kcal_per_kg: float = KCAL_PER_KG,
) -> EnergyBalance:
    """Expenditure = mean intake − change of weight × energy of a kg, all of the same days.

    The change comes from `weight_slope`, whose interval gives that of the expenditure. A trend
    that has not settled hides a third of it.
    """
    require_amounts(mean_intake_kcal=mean_intake_kcal)
    require_positive(kcal_per_kg=kcal_per_kg)
    stored = kg_per_day * kcal_per_kg
    interval = None
    if kg_per_day_interval:
        interval = Interval(
            low=mean_intake_kcal - kg_per_day_interval.high * kcal_per_kg,
            high=mean_intake_kcal - kg_per_day_interval.low * kcal_per_kg,
        )
    return EnergyBalance(
        tdee_kcal=mean_intake_kcal - stored,
        mean_intake_kcal=mean_intake_kcal,
        stored_kcal=stored,
        kg_per_day=kg_per_day,
        kcal_per_kg=kcal_per_kg,
        interval=interval,
    )


def net_kcal(*, gross_kcal: float, weight_kg: float, minutes: float) -> float:
    """What training took on top of resting: gross less 1 kcal per kg and hour, not below 0.

    Diaries and devices state gross energy. Beside a basal budget it counts resting twice.
    """
    require_amounts(gross_kcal=gross_kcal, minutes=minutes)
    require_positive(weight_kg=weight_kg)
    return max(0.0, gross_kcal - weight_kg * minutes / 60)


AvailabilityBand = Literal["below_30", "from_30_to_45", "from_45"]
LEAST_AVAILABILITY_DAYS: Final = 7
# Commonly quoted in screening, in kcal per kg of fat-free mass and day.
BAND_BORDERS: Final = (30, 45)
NO_DIAGNOSIS: Final = (
    "30 and 45 are borders that are commonly quoted for groups of people. This describes what is"
    " logged and is no diagnosis; a doctor or dietitian can say what it means for you."
)


@dataclass(frozen=True, kw_only=True)
class FuelDay:
    """Food and training of a day. The intake is None unless all food is logged.

    The energy of the training is net of resting: see `net_kcal`.
    """

    day: date
    intake_kcal: float | None
    exercise_kcal: float = 0

    def __post_init__(self) -> None:
        require_amounts(exercise_kcal=self.exercise_kcal)
        if self.intake_kcal is not None:
            require_amounts(intake_kcal=self.intake_kcal)


@dataclass(frozen=True, kw_only=True)
class EnergyAvailability(Result):
    """Kcal a day that food leaves to each kg of fat-free mass; None below seven whole days.

    A band is a place on the scale, and not a judgment.
    """

    formula: Formula = ENERGY_AVAILABILITY
    kcal_per_kg: float | None
    band: AvailabilityBand | None
    mean_intake_kcal: float | None
    mean_exercise_kcal: float | None
    ffm_kg: float
    whole_days: int

    def steps(self) -> list[str]:
        if self.kcal_per_kg is None:
            return [f"There are {self.whole_days} days with all food logged."]
        return [
            f"On {self.whole_days} days with all food logged, food gave"
            f" {self.mean_intake_kcal:.0f} kcal and training took {self.mean_exercise_kcal:.0f}.",
            f"What is left, per {self.ffm_kg:.1f} kg of fat-free mass:"
            f" {self.kcal_per_kg:.1f} kcal a day.",
        ]


def energy_availability(
    days: Iterable[FuelDay], *, ffm_kg: float, ffm_interval: Interval | None = None
) -> EnergyAvailability:
    """(Intake − net energy of training) / fat-free mass, over the days whose food is logged.

    At least seven such days, as single ones say nothing. Keep its words where it is shown: bands
    by their borders, no alarm, no diagnosis.
    """
    require_positive(ffm_kg=ffm_kg)
    whole = [(it, it.intake_kcal) for it in days if it.intake_kcal is not None]
    window = Window.of(it.day for it, _ in whole)
    if len({it.day for it, _ in whole}) < len(whole):
        raise ValueError("A day is given twice.")
    if len(whole) < LEAST_AVAILABILITY_DAYS:
        return EnergyAvailability(
            kcal_per_kg=None,
            band=None,
            mean_intake_kcal=None,
            mean_exercise_kcal=None,
            ffm_kg=ffm_kg,
            whole_days=len(whole),
            validity="warming_up",
            caveats=(f"It takes {LEAST_AVAILABILITY_DAYS} days with all food logged.",),
            window=window,
        )
    intake = fmean(kcal for _, kcal in whole)
    exercise = fmean(it.exercise_kcal for it, _ in whole)
    left = intake - exercise
    return EnergyAvailability(
        kcal_per_kg=left / ffm_kg,
        band=_band(left / ffm_kg),
        mean_intake_kcal=intake,
        mean_exercise_kcal=exercise,
        ffm_kg=ffm_kg,
        whole_days=len(whole),
        interval=_left_per_kg(left, ffm_interval),
        caveats=(NO_DIAGNOSIS,),
        window=window,
    )


def _left_per_kg(left: float, ffm_kg: Interval | None) -> Interval | None:
    if ffm_kg is None:
        return None
    require_positive(ffm_kg=ffm_kg.low)
    ends = (left / ffm_kg.low, left / ffm_kg.high)
    return Interval(low=min(ends), high=max(ends))


def _band(kcal_per_kg: float) -> AvailabilityBand:
    lower, upper = BAND_BORDERS
    if kcal_per_kg < lower:
        return "below_30"
    return "from_30_to_45" if kcal_per_kg < upper else "from_45"
