"""What a person spends and what food gives them, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean
from typing import Any, Final, LiteralString
from uuid import UUID

from analytics.formulas import (
    AdaptiveTdee,
    EnergyAvailability,
    EnergyBalance,
    EnergyDay,
    FilterSettings,
    FuelDay,
    WeighIn,
    adaptive_tdee,
    energy_availability,
    energy_balance,
    weight_slope,
)
from analytics.formulas.basal import BY_LEAN_MASS, BasalEnergy, basal_energy
from analytics.formulas.energy import LEAST_FOOD_DAYS
from analytics.formulas.result import SD_PER_SIDE
from analytics.formulas.surplus import EatenDay, mean_balance
from analytics.selectors.body import Body, KnownFat, body_of, known_fat, lean_mass
from analytics.selectors.provenance import provenance
from nutrition.formulas import ACTIVITY_FACTORS, FORMULAS, Activity, FormulaId, Person
from nutrition.selectors.days import age_on
from nutrition.selectors.goals import ACTIVITY_BY_WORKOUTS
from users.keyset import fetch

# As far back as the expenditure is learned from, whatever is shown of it.
LEARNED_DAYS: Final = 1826
# After so long without a weigh-in it begins anew, from the formula.
LONGEST_GAP_DAYS: Final = 56
# Where no formula says it, it begins at what is eaten, and is less sure of that.
START_SD_OF_INTAKE_KCAL: Final = 600.0
_DAYS: LiteralString = """
    SELECT date AS day, max(weight_kg) AS weight_kg, max(kcal) AS kcal, max(doubt) AS doubt,
        bool_or(is_complete) AS is_complete, max(exercise_kcal) AS exercise_kcal
    FROM (
        SELECT date, weight AS weight_kg, NULL::integer AS kcal, NULL::float8 AS doubt,
            NULL::boolean AS is_complete, NULL::float8 AS exercise_kcal
        FROM analytics_bodymetric WHERE user_id = %(user)s AND date BETWEEN %(first)s AND %(last)s
        UNION ALL
        SELECT date, NULL, calories, doubt, is_complete, NULL FROM analytics_nutritionsummary
        WHERE user_id = %(user)s AND date BETWEEN %(first)s AND %(last)s
        UNION ALL
        SELECT date, NULL, NULL, NULL, NULL, net_calories_kcal FROM analytics_trainingday
        WHERE user_id = %(user)s AND date BETWEEN %(first)s AND %(last)s
    ) known
    GROUP BY date ORDER BY date
"""
_WORKOUTS_A_WEEK: LiteralString = """
    SELECT workout_days_per_week FROM users_usersettings WHERE user_id = %(user)s
"""


@dataclass(frozen=True, kw_only=True)
class KnownDay:
    """What the diaries hold of a day; the food is None unless all of it is logged."""

    day: date
    weight_kg: float | None
    logged_kcal: int | None
    intake_kcal: float | None
    doubt: float
    exercise_kcal: float


@dataclass(frozen=True, kw_only=True)
class Start:
    """Where learning begins: kcal a day, and from what."""

    kcal: float
    sd_kcal: float
    origin: FormulaId | str
    activity: Activity | None = None


def energy_story(
    *, user_id: UUID, today: date, days: int, explain: bool = False
) -> dict[str, Any]:
    """Basal energy, expenditure, balance and availability, of so many days up to today.

    Today's food is still being eaten, so that the last day of it is yesterday. Six queries at
    most, whatever there is.
    """
    first = today - timedelta(days=days)
    known = known_days(user_id=user_id, first=today - timedelta(days=LEARNED_DAYS), last=today)
    body = body_of(user_id=user_id, today=today)
    fat = known_fat(body)
    basal = basal_energies(body, fat, today)
    activity = _activity(user_id)
    start = _start(basal, activity, known, today)
    learned = learned_tdee(known, start=start, today=today) if start else None
    eaten = [day for day in known if first <= day.day < today]
    return {
        "first": first,
        "last": today,
        "basal": [
            _shown_basal(name, basal.get(name), body, fat, explain=explain) for name in FORMULAS
        ],
        "start": start and _shown_start(start),
        "adaptive_tdee": learned and _shown_tdee(learned, explain=explain),
        "weight_balance": _shown_weight_balance(
            weight_balance(known, eaten, today=today, days=days), explain=explain
        ),
        "mean_balance": _shown_balance(learned, eaten, explain=explain),
        "availability": _shown_availability(_availability(eaten, body, fat), explain=explain),
        "series": _series(known, learned, first=first, today=today),
    }


def known_days(*, user_id: UUID, first: date, last: date) -> list[KnownDay]:
    """Days with a weigh-in, food or training, oldest first, in one query."""
    rows = fetch(_DAYS, {"user": user_id, "first": first, "last": last})
    return [
        KnownDay(
            day=row["day"],
            weight_kg=row["weight_kg"],
            logged_kcal=row["kcal"],
            intake_kcal=float(row["kcal"]) if row["is_complete"] else None,
            doubt=row["doubt"] or 0.0,
            exercise_kcal=row["exercise_kcal"] or 0.0,
        )
        for row in rows
    ]


def basal_energies(body: Body, fat: KnownFat | None, today: date) -> dict[FormulaId, BasalEnergy]:
    """By each formula that has what it needs."""
    if body.weight is None or body.height_cm is None or body.date_of_birth is None:
        return {}
    found: dict[FormulaId, BasalEnergy] = {}
    for name in FORMULAS:
        try:
            # A body fat that no formula knows leaves those that do not ask for it.
            percent = fat.percent if fat and name in BY_LEAN_MASS else None
            person = Person(
                sex=body.sex,
                weight_kg=body.weight.value,
                height_cm=body.height_cm,
                age_years=age_on(today, born=body.date_of_birth),
                body_fat_percent=percent,
            )
            found[name] = basal_energy(person, name)
        except ValueError:
            continue
    return found


def learned_tdee(known: Sequence[KnownDay], *, start: Start, today: date) -> AdaptiveTdee:
    """The expenditure of this morning, from the weigh-ins since the last long gap and the food."""
    begins = _begin(known)
    return adaptive_tdee(
        [
            EnergyDay(
                day=it.day,
                weight_kg=it.weight_kg,
                intake_kcal=it.intake_kcal,
                intake_sd_kcal=(it.intake_kcal or 0.0) * it.doubt,
            )
            for it in known
            if begins is not None and it.day >= begins
        ],
        start_tdee_kcal=start.kcal,
        until=today,
        settings=FilterSettings(start_sd_kcal=start.sd_kcal),
    )


def _begin(known: Sequence[KnownDay]) -> date | None:
    """The first weigh-in after the last long gap between two of them."""
    weighed = [it.day for it in known if it.weight_kg is not None]
    begins = weighed[0] if weighed else None
    for before, after in pairwise(weighed):
        if (after - before).days > LONGEST_GAP_DAYS:
            begins = after
    return begins


def weight_balance(
    known: Sequence[KnownDay], eaten: Sequence[KnownDay], *, today: date, days: int
) -> EnergyBalance | None:
    """Expenditure by the classic balance of these days; None for too little food or weight."""
    weigh_ins = [
        WeighIn(day=it.day, weight_kg=it.weight_kg) for it in known if it.weight_kg is not None
    ]
    slope = weight_slope(weigh_ins, until=today, days=days)
    intakes = [it.intake_kcal for it in eaten if it.intake_kcal is not None]
    if slope.kg_per_day is None or len(intakes) < LEAST_FOOD_DAYS:
        return None
    found = energy_balance(
        mean_intake_kcal=fmean(intakes),
        kg_per_day=slope.kg_per_day,
        kg_per_day_interval=slope.interval,
    )
    caveats = [f"{len(intakes)} of {days} days have all food logged."]
    return replace(found, window=slope.window, caveats=(*found.caveats, *caveats))


def _activity(user_id: UUID) -> Activity:
    """A guess for who does not say how they move."""
    rows = fetch(_WORKOUTS_A_WEEK, {"user": user_id})
    workouts = rows[0]["workout_days_per_week"] if rows else 0
    return next(name for least, name in ACTIVITY_BY_WORKOUTS if workouts >= least)


def _start(
    basal: dict[FormulaId, BasalEnergy],
    activity: Activity,
    known: Sequence[KnownDay],
    today: date,
) -> Start | None:
    for name in ("katch_mcardle", "mifflin_st_jeor"):
        if name in basal:
            return Start(
                kcal=basal[name].kcal * ACTIVITY_FACTORS[activity],
                sd_kcal=FilterSettings().start_sd_kcal,
                origin=name,
                activity=activity,
            )
    intakes = [it.intake_kcal for it in known if it.intake_kcal is not None and it.day < today]
    if len(intakes) < LEAST_FOOD_DAYS or not fmean(intakes):
        return None
    return Start(kcal=fmean(intakes), sd_kcal=START_SD_OF_INTAKE_KCAL, origin="mean_intake")


def _availability(
    eaten: Sequence[KnownDay], body: Body, fat: KnownFat | None
) -> EnergyAvailability | None:
    lean = lean_mass(body, fat)
    if lean is None:
        return None
    return energy_availability(
        [
            FuelDay(day=it.day, intake_kcal=it.intake_kcal, exercise_kcal=it.exercise_kcal)
            for it in eaten
        ],
        ffm_kg=lean.kg,
        ffm_interval=lean.interval,
    )


def _series(
    known: Sequence[KnownDay], learned: AdaptiveTdee | None, *, first: date, today: date
) -> list[dict[str, Any]]:
    """Every day, oldest first; what is not known of one is null."""
    by_day = {it.day: it for it in known}
    points = {point.day: point for point in learned.points} if learned else {}
    series = []
    for ago in range((today - first).days, -1, -1):
        day = today - timedelta(days=ago)
        it, point = by_day.get(day), points.get(day)
        intake = it.intake_kcal if it and day < today else None
        series.append(
            {
                "date": day,
                "weight_kg": it and it.weight_kg,
                "logged_kcal": it and it.logged_kcal,
                "intake_kcal": intake,
                "exercise_kcal": round(it.exercise_kcal, 1) if it else 0.0,
                "tdee_kcal": point and round(point.tdee_kcal, 1),
                "tdee_low_kcal": point and round(point.tdee_kcal - SD_PER_SIDE * point.sd_kcal, 1),
                "tdee_high_kcal": point
                and round(point.tdee_kcal + SD_PER_SIDE * point.sd_kcal, 1),
                "balance_kcal": round(intake - point.tdee_kcal, 1)
                if point and intake is not None
                else None,
            }
        )
    return series


def _shown_basal(
    name: FormulaId,
    found: BasalEnergy | None,
    body: Body,
    fat: KnownFat | None,
    *,
    explain: bool,
) -> dict[str, Any]:
    needed: dict[str, Any] = {
        "body_weight_kg": body.weight,
        "height": body.height_cm,
        "date_of_birth": body.date_of_birth,
        **({"body_fat": fat} if name in BY_LEAN_MASS else {"sex": body.sex}),
    }
    return {
        "formula_id": name,
        "kcal": found and round(found.kcal, 1),
        "missing": [one for one, value in needed.items() if value is None],
        "provenance": found and provenance(found, explain=explain),
    }


def _shown_start(start: Start) -> dict[str, Any]:
    return {
        "kcal": round(start.kcal, 1),
        "sd_kcal": start.sd_kcal,
        "from_what": start.origin,
        "activity": start.activity,
        "activity_factor": start.activity and ACTIVITY_FACTORS[start.activity],
    }


def _shown_tdee(found: AdaptiveTdee, *, explain: bool) -> dict[str, Any]:
    return {
        "kcal": round(found.tdee_kcal, 1),
        "sd_kcal": round(found.sd_kcal, 1),
        "weigh_ins": found.weigh_ins,
        "food_days": found.food_days,
        "kcal_per_kg": found.settings.kcal_per_kg,
        "provenance": provenance(found, explain=explain),
    }


def _shown_weight_balance(found: EnergyBalance | None, *, explain: bool) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "tdee_kcal": round(found.tdee_kcal, 1),
        "mean_intake_kcal": round(found.mean_intake_kcal, 1),
        "stored_kcal": round(found.stored_kcal, 1),
        "kg_per_day": round(found.kg_per_day, 4),
        "kcal_per_kg": found.kcal_per_kg,
        "provenance": provenance(found, explain=explain),
    }


def _shown_balance(
    learned: AdaptiveTdee | None, eaten: Sequence[KnownDay], *, explain: bool
) -> dict[str, Any]:
    points = {point.day: point for point in learned.points} if learned else {}
    found = mean_balance(
        EatenDay(
            day=it.day,
            intake_kcal=it.intake_kcal,
            spent_kcal=points[it.day].tdee_kcal,
            spent_sd_kcal=points[it.day].sd_kcal,
        )
        for it in eaten
        if it.intake_kcal is not None and it.day in points
    )
    return {
        "kcal_per_day": _rounded(found.kcal_per_day),
        "mean_intake_kcal": _rounded(found.mean_intake_kcal),
        "mean_tdee_kcal": _rounded(found.mean_spent_kcal),
        "days": found.days,
        "provenance": provenance(found, explain=explain),
    }


def _shown_availability(
    found: EnergyAvailability | None, *, explain: bool
) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "kcal_per_kg": _rounded(found.kcal_per_kg),
        "band": found.band,
        "mean_intake_kcal": _rounded(found.mean_intake_kcal),
        "mean_exercise_kcal": _rounded(found.mean_exercise_kcal),
        "fat_free_mass_kg": round(found.ffm_kg, 2),
        "days": found.whole_days,
        "provenance": provenance(found, explain=explain),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
