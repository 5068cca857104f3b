"""Training load: how much, how evenly, and how it compares with what came before.

Loads are session RPE loads, or any other scale that is the same on all days. Nothing here
predicts injuries.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp
from statistics import fmean, stdev
from typing import Final, Literal

from analytics.formulas.provenance import Formula, Window
from analytics.formulas.result import Result, require_amounts

MOST_RPE: Final = 10
WEEK_DAYS: Final = 7
CHRONIC_DAYS: Final = 28
FITNESS_DAYS: Final = 42
FATIGUE_DAYS: Final = 7

SESSION_LOAD: Final = Formula(
    id="session_rpe_load",
    name="Session RPE load",
    valid="Any session whose effort was rated from 0 to 10.",
    source="Foster et al., 2001",
)
WEEKLY_LOAD: Final = Formula(
    id="weekly_load",
    name="Weekly load, monotony, and strain",
    valid="Whole weeks, rest days counted as 0.",
    source="Foster, 1998",
)
ACWR_COUPLED: Final = Formula(
    id="acwr_rolling_coupled",
    name="Acute to chronic workload ratio, rolling means, coupled",
    valid="From 28 days of history on. It describes loads and predicts nothing.",
    source="Windt and Gabbett, 2019; Impellizzeri et al., 2020",
)
ACWR_UNCOUPLED: Final = replace(
    ACWR_COUPLED,
    id="acwr_rolling_uncoupled",
    name="Acute to chronic workload ratio, rolling means, uncoupled",
)
ACWR_EWMA: Final = replace(
    ACWR_COUPLED,
    id="acwr_ewma",
    name="Acute to chronic workload ratio, exponentially weighted means",
    source="Williams et al., 2017; Impellizzeri et al., 2020",
)
LOAD_CURVE_EXPONENTIAL: Final = Formula(
    id="ctl_atl_tsb_exponential",
    name="Fitness, fatigue, and form",
    valid="From 42 days of history on, for loads of one scale.",
    source="After Banister et al., 1975",
)
LOAD_CURVE_LINEAR: Final = replace(LOAD_CURVE_EXPONENTIAL, id="ctl_atl_tsb_linear")

NO_INJURY_CLAIM: Final = "The ratio compares loads. It says nothing about injuries."
RULES_OF_THUMB: Final = (
    "A monotony above 2 or a strain above 6000 is often called high: rules of thumb, not limits."
)


@dataclass(frozen=True, kw_only=True)
class SessionLoad(Result):
    """The load of one session, in arbitrary units."""

    formula: Formula = SESSION_LOAD
    load: float
    rpe: float
    minutes: float

    def steps(self) -> list[str]:
        return [f"An effort of {self.rpe:g} × {self.minutes:g} minutes = {self.load:g}."]


def session_load(*, rpe: float, minutes: float) -> SessionLoad:
    """Effort of the whole session (0 to 10) × its minutes (Foster).

    The effort may be rated from a minute to two weeks after the session. Raises ValueError
    outside of its scale.
    """
    require_amounts(rpe=rpe, minutes=minutes)
    if rpe > MOST_RPE:
        raise ValueError(f"rpe must be from 0 to {MOST_RPE}, not {rpe}.")
    return SessionLoad(load=rpe * minutes, rpe=rpe, minutes=minutes)


@dataclass(frozen=True, kw_only=True)
class LoadHistory:
    """Load by day. A day from `first` to `last` without an entry is a rest day, of load 0.

    `first` is the day from which on the person logged, not that of the oldest session asked for:
    days before it are unknown rather than restful. Keep a history for each modality, as an hour
    of lifting and one of running strain differently; "all" adds them up.
    """

    loads: Mapping[date, float]
    first: date
    last: date
    modality: str = "all"

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"last must not be before first, {self.first}.")
        for day, load in self.loads.items():
            require_amounts(**{f"The load of {day}": load})

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def on(self, day: date) -> float:
        return self.loads.get(day, 0.0)

    def daily(self, days: int, *, before: int = 0) -> list[float]:
        """The loads of so many days, oldest first, ending so many days before the last one."""
        end = self.last - timedelta(days=before)
        return [self.on(end - timedelta(days=ago)) for ago in reversed(range(days))]

    def window(self, days: int) -> Window:
        """The last so many days, as far as they are known."""
        first = max(self.first, self.last - timedelta(days=days - 1))
        return Window(first=first, last=self.last, count=(self.last - first).days + 1)


@dataclass(frozen=True, kw_only=True)
class WeeklyLoad(Result):
    """The load of seven days, how evenly it fell, and the week before.

    Monotony and strain are None where every day was the same: a division by 0. The previous load
    is None where that week is not known, and the change (0.1 is 10 % more) also where it was 0.
    """

    formula: Formula = WEEKLY_LOAD
    modality: str
    load: float
    mean: float
    sd: float | None
    monotony: float | None
    strain: float | None
    previous_load: float | None
    change: float | None

    def steps(self) -> list[str]:
        lines = [f"The loads of the week add up to {self.load:g}, {self.mean:.1f} a day."]
        if self.previous_load is not None:
            lines.append(f"The week before had {self.previous_load:g}.")
        if self.change is not None:
            lines.append(f"That is a change of {self.change:+.0%}.")
        if self.monotony is not None and self.strain is not None:
            lines.append(
                f"Monotony = mean / standard deviation = {self.mean:.1f} / {self.sd:.1f}"
                f" = {self.monotony:.2f}, rest days included."
            )
            lines.append(
                f"Strain = load × monotony = {self.load:g} × {self.monotony:.2f}"
                f" = {self.strain:.0f}."
            )
        return lines


def weekly_load(history: LoadHistory) -> WeeklyLoad:
    """The last seven days of a history by Foster: load, monotony, and strain.

    Monotony is the mean daily load divided by its sample standard deviation, rest days as 0;
    with the population's it would be 8 % higher. Strain is load × monotony. While fewer than
    seven days are known, there is only the load.
    """
    is_whole = history.days >= WEEK_DAYS
    loads = history.daily(min(WEEK_DAYS, history.days))
    total, mean = sum(loads), fmean(loads)
    sd = stdev(loads) if is_whole else None
    monotony = mean / sd if sd else None
    before = (
        sum(history.daily(WEEK_DAYS, before=WEEK_DAYS)) if history.days >= 2 * WEEK_DAYS else None
    )
    caveats = [RULES_OF_THUMB] if monotony is not None else []
    if not is_whole:
        caveats.append("Monotony and strain need a whole week.")
    elif monotony is None:
        caveats.append("There is no monotony where all days are the same.")
    return WeeklyLoad(
        modality=history.modality,
        load=total,
        mean=mean,
        sd=sd,
        monotony=monotony,
        strain=None if monotony is None else total * monotony,
        previous_load=before,
        change=total / before - 1 if before else None,
        validity="valid" if is_whole else "warming_up",
        caveats=tuple(caveats),
        window=history.window(WEEK_DAYS),
    )


@dataclass(frozen=True, kw_only=True)
class WorkloadRatio(Result):
    """Acute against chronic load, both per day.

    The chronic load and the ratio are None below 28 days of history, and the ratio also where the
    chronic load is 0.
    """

    modality: str
    acute: float
    chronic: float | None
    ratio: float | None

    def steps(self) -> list[str]:
        lines = [f"The acute load is {self.acute:.1f} a day."]
        if self.chronic is not None:
            lines.append(f"The chronic load is {self.chronic:.1f} a day.")
        if self.ratio is not None:
            lines.append(f"{self.acute:.1f} / {self.chronic:.1f} = {self.ratio:.2f}.")
        return lines


def rolling_acwr(history: LoadHistory, *, is_coupled: bool = True) -> WorkloadRatio:
    """Acute : chronic workload ratio from rolling means. A description of load, no prediction.

    Coupled, the last 7 days against the last 28, which contain them; uncoupled, against the 21
    before them.

    The ratio was sold as a gauge of the risk of injury, and it is none. That the acute days are
    part of the chronic ones makes the two correlate (r about 0.5) without any meaning (Lolli et
    al.; Windt and Gabbett, 2019). Impellizzeri et al. (2020) put fixed or random numbers in place
    of the chronic load and found odds ratios much alike, and no useful predictive power (c about
    0.57, where chance is 0.5); they advise to drop it. So read it, if at all, as "more or less
    than of late", and prefer the load and the change of `weekly_load`.
    """
    if is_coupled:
        chronic = fmean(history.daily(CHRONIC_DAYS))
    else:
        chronic = fmean(history.daily(CHRONIC_DAYS - WEEK_DAYS, before=WEEK_DAYS))
    return _ratio(
        history,
        formula=ACWR_COUPLED if is_coupled else ACWR_UNCOUPLED,
        acute=fmean(history.daily(min(WEEK_DAYS, history.days))),
        chronic=chronic,
        window=history.window(CHRONIC_DAYS),
    )


def ewma_acwr(history: LoadHistory) -> WorkloadRatio:
    """Acute : chronic workload ratio from exponentially weighted means (Williams et al., 2017).

    E = λ × load + (1 − λ) × E of the day before, λ = 2 / (N + 1) for 7 and 28 days; the first day
    is its own mean, of which the chronic one still holds 14 % after four weeks.

    Old loads fade instead of dropping out on day 29, which makes the curve smoother. All that is
    to be said against the ratio itself stays: see `rolling_acwr`.
    """
    acute = chronic = history.on(history.first)
    for load in history.daily(history.days)[1:]:
        acute += 2 / (WEEK_DAYS + 1) * (load - acute)
        chronic += 2 / (CHRONIC_DAYS + 1) * (load - chronic)
    return _ratio(
        history,
        formula=ACWR_EWMA,
        acute=acute,
        chronic=chronic,
        window=history.window(history.days),
    )


def _ratio(
    history: LoadHistory,
    *,
    formula: Formula,
    acute: float,
    chronic: float,
    window: Window,
) -> WorkloadRatio:
    is_warm = history.days >= CHRONIC_DAYS
    caveats = [NO_INJURY_CLAIM]
    if not is_warm:
        caveats.append(f"There is no ratio before {CHRONIC_DAYS} days; {history.days} are known.")
    elif not chronic:
        caveats.append("There is no ratio to a chronic load of 0.")
    return WorkloadRatio(
        formula=formula,
        modality=history.modality,
        acute=acute,
        chronic=chronic if is_warm else None,
        ratio=acute / chronic if is_warm and chronic else None,
        validity="valid" if is_warm else "warming_up",
        caveats=tuple(caveats),
        window=window,
    )


Smoothing = Literal["exponential", "linear"]


@dataclass(frozen=True, kw_only=True)
class LoadPoint:
    """Fitness (CTL), fatigue (ATL), and form (TSB) of a day.

    The form in percent is of the fitness that it was booked from, None where that is 0.
    """

    day: date
    load: float
    ctl: float
    atl: float
    tsb: float
    form_percent: float | None


@dataclass(frozen=True, kw_only=True)
class LoadCurve(Result):
    """A point for each day of the window, oldest first."""

    modality: str
    smoothing: Smoothing
    is_form_of_next_day: bool
    points: tuple[LoadPoint, ...]

    @property
    def latest(self) -> LoadPoint:
        return self.points[-1]

    def steps(self) -> list[str]:
        now = self.latest
        came_from = "yesterday's" if self.is_form_of_next_day else "today's"
        share = {days: _weight(days, self.smoothing) for days in (FITNESS_DAYS, FATIGUE_DAYS)}
        return [
            f"Loads of: {self.modality}.",
            f"Fitness moves {share[FITNESS_DAYS]:.2%} of the way to each day's load: {now.ctl:.1f}"
            f" ({FITNESS_DAYS} days, {self.smoothing}).",
            f"Fatigue moves {share[FATIGUE_DAYS]:.2%} of the way: {now.atl:.1f}"
            f" ({FATIGUE_DAYS} days).",
            f"Form is {came_from} fitness less {came_from} fatigue: {now.tsb:+.1f}.",
        ]


def load_curve(
    history: LoadHistory,
    *,
    smoothing: Smoothing = "exponential",
    is_form_of_next_day: bool = True,
    start_ctl: float = 0,
    start_atl: float = 0,
) -> LoadCurve:
    """Fitness, fatigue, and form of each day (CTL, ATL, and TSB, after Banister).

    Each mean moves a share of the way to the day's load: 1 − e^(−1/τ), or 1/τ where linear, for
    τ = 42 days of fitness and 7 of fatigue. Both are in use; linear fatigue rises 7 % more after
    one hard day. Form is fitness less fatigue, by default of the evening before: how one comes to
    the day's training rather than how one leaves it. Pass the start values to go on from an
    earlier curve.

    Below 42 days of history the curve still rises from where it started: "warming_up".
    """
    to_ctl, to_atl = _weight(FITNESS_DAYS, smoothing), _weight(FATIGUE_DAYS, smoothing)
    require_amounts(start_ctl=start_ctl, start_atl=start_atl)
    ctl, atl = start_ctl, start_atl
    points = []
    for index, load in enumerate(history.daily(history.days)):
        evening_before = (ctl, atl)
        ctl += to_ctl * (load - ctl)
        atl += to_atl * (load - atl)
        fitness, fatigue = evening_before if is_form_of_next_day else (ctl, atl)
        points.append(
            LoadPoint(
                day=history.first + timedelta(days=index),
                load=load,
                ctl=ctl,
                atl=atl,
                tsb=fitness - fatigue,
                form_percent=100 * (fitness - fatigue) / fitness if fitness else None,
            )
        )
    is_warm = history.days >= FITNESS_DAYS or start_ctl > 0
    missing = f"The curve settles after {FITNESS_DAYS} days; {history.days} are known."
    return LoadCurve(
        formula=LOAD_CURVE_LINEAR if smoothing == "linear" else LOAD_CURVE_EXPONENTIAL,
        modality=history.modality,
        smoothing=smoothing,
        is_form_of_next_day=is_form_of_next_day,
        points=tuple(points),
        validity="valid" if is_warm else "warming_up",
        caveats=() if is_warm else (missing,),
        window=history.window(history.days),
    )


def _weight(days: int, smoothing: Smoothing) -> float:
    """The share of the way to a day's load, for a time constant of so many days."""
    return 1 / days if smoothing == "linear" else 1 - exp(-1 / days)
