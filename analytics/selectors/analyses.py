"""Weeks, months and any other stretch of training, and where each of their numbers is from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson

from analytics.formulas import (
    AverageIntensity,
    Consistency,
    KnownMaxima,
    LoadedSet,
    MuscleBalance,
    MuscleSets,
    TrainingWeek,
    Window,
    average_intensity,
    consistency_score,
    muscle_balance,
)
from analytics.formulas.intensity import NO_MAXIMUM, Balance
from analytics.formulas.totals import TrainingTotals
from analytics.selectors.periods import NUMBERS, WEEKS, week_of
from analytics.selectors.provenance import provenance
from users.keyset import Page, Place, SqlList, fetch, given
from workouts.models import Muscle
from workouts.training.volume import Landmark, against

_LAST_OF_WEEK: Final = timedelta(days=6)
_LANDMARKS: Final = ("mv", "mev", "mav_low", "mav_high", "mrv")
_BALANCES: Final[tuple[Balance, ...]] = ("push_pull", "quads_hamstrings")

_COLUMNS: LiteralString = """
    a.id, a.period, a.start_date, a.end_date, a.total_workouts, a.total_volume, a.total_duration,
    a.total_sets, a.total_reps, a.hard_sets, a.total_distance_km, a.avg_intensity,
    a.intensity_validity, a.intensity_sets, a.intensity_left_out, a.consistency_score,
    a.consistency_validity, a.most_trained_muscle, a.least_trained_muscle, a.muscle_sets,
    a.created_at, a.updated_at
"""
_ANALYSES = SqlList(
    source=f"""
        SELECT {_COLUMNS} FROM analytics_workoutanalysis a
        WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
    """,  # noqa: S608 - our own column names
    key=(("a.start_date", "date"), ("a.id", "uuid")),
)
_ANALYSIS: LiteralString = f"""
    SELECT {_COLUMNS} FROM analytics_workoutanalysis a
    WHERE a.user_id = %(user)s AND a.id = %(id)s
"""  # noqa: S608 - our own column names
_RANGE: LiteralString = f"""
    WITH period AS MATERIALIZED (
        SELECT s.user_id, 1 AS n, %(first)s::date AS start_date, %(last)s::date AS end_date,
            %(today)s::date AS today, s.week_starts_on
        FROM users_usersettings s WHERE s.user_id = %(user)s
    ) SELECT * FROM ({NUMBERS}) made
"""  # noqa: S608 - our own parts
# The weeks that were over by a day and by yesterday, from the first with a workout on.
_WEEKS_OVER: LiteralString = f"""
    WITH week AS MATERIALIZED (
        SELECT s.user_id, generate_series(
            {week_of("first.day", "s.week_starts_on")}::timestamp,
            {week_of("least(%(last)s::date + 1, %(today)s::date)", "s.week_starts_on")} - 7,
            '7 days')::date AS start
        FROM users_usersettings s CROSS JOIN LATERAL (
            SELECT min(d.date) AS day FROM analytics_trainingday d WHERE d.user_id = s.user_id
        ) first
        WHERE s.user_id = %(user)s
    )
    SELECT fact.start, fact.done, fact.planned, fact.is_frozen, days.dates, days.volume,
        days.hard_sets
    FROM ({WEEKS}) fact CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(d.date), '{{}}') AS dates,
            coalesce(sum(d.volume::numeric), 0)::float8 AS volume,
            coalesce(sum(d.hard_sets), 0)::int AS hard_sets
        FROM analytics_trainingday d
        WHERE d.user_id = fact.user_id AND d.date BETWEEN fact.start AND fact.start + 6
    ) days
    ORDER BY fact.start
"""  # noqa: S608 - our own parts
_LOADED: LiteralString = """
    SELECT w.date AS day, s.exercise_id AS exercise, s.load AS load_kg, s.reps,
        known.value AS one_rm_kg
    FROM workouts_workout w
    JOIN workouts_workoutset s ON s.user_id = w.user_id AND s.workout_id = w.id
    LEFT JOIN LATERAL (
        SELECT r.value FROM analytics_personalrecord r
        WHERE r.user_id = w.user_id AND r.exercise_id = s.exercise_id AND r.kind = 'one_rm'
            AND r.date <= w.date
        ORDER BY r.date DESC, r.value DESC LIMIT 1
    ) known ON true
    WHERE w.user_id = %(user)s AND w.date BETWEEN %(first)s AND %(last)s
        AND s.set_type <> 'warm_up' AND s.load > 0 AND s.reps > 0
    ORDER BY w.date, w.id, s.position
"""


@dataclass(frozen=True)
class AnalysisFilter:
    """Which weeks and months of a person; None does not narrow."""

    period: str | None = None
    date_after: date | None = None
    date_before: date | None = None


_CONDITIONS: Final[Mapping[str, LiteralString]] = {
    "period": "a.period = %(period)s",
    "date_after": "a.start_date >= %(date_after)s",
    "date_before": "a.start_date <= %(date_before)s",
}


def analyses_page(
    *, user_id: UUID, narrowed: AnalysisFilter, today: date, size: int, place: Place | None
) -> Page:
    """The person's weeks and months, latest first, with where their numbers are from."""
    values = given(narrowed)
    page = _ANALYSES.page(
        where=["a.user_id = %(user)s", *(_CONDITIONS[name] for name in values)],
        parameters={"user": user_id, **values},
        size=size,
        place=place,
    )
    return replace(page, rows=_shown(user_id, page.rows, today))


def analysis(
    *, user_id: UUID, analysis_id: UUID, today: date, explain: bool = False
) -> dict[str, Any] | None:
    """A week or a month of the person; with ``explain`` also how its numbers came about."""
    rows = fetch(_ANALYSIS, {"user": user_id, "id": analysis_id})
    return _shown(user_id, rows, today, explain=explain)[0] if rows else None


def analysis_of_range(
    *, user_id: UUID, first: date, last: date, today: date, explain: bool = False
) -> dict[str, Any]:
    """The same of any days, which nothing stores; ``today`` is the person's own day."""
    asked = {"user": user_id, "first": first, "last": last, "today": today}
    [row] = fetch(_RANGE, asked)
    for name in ("user_id", "n", "today", "week_starts_on"):
        del row[name]
    return _shown(user_id, [row], today, explain=explain)[0]


@dataclass(frozen=True, kw_only=True)
class WeekOver:
    """A week that is over, the dates of its training days, and how much that was."""

    week: TrainingWeek
    dates: tuple[date, ...]
    volume_kg: float
    hard_sets: int


def weeks_over(*, user_id: UUID, last: date, today: date) -> list[WeekOver]:
    """Those that were over by a day and by yesterday, from the person's first workout on."""
    rows = fetch(_WEEKS_OVER, {"user": user_id, "last": last, "today": today})
    return [
        WeekOver(
            week=TrainingWeek(
                start=row["start"],
                done=row["done"],
                planned=row["planned"],
                is_frozen=row["is_frozen"],
            ),
            dates=tuple(row["dates"]),
            volume_kg=row["volume"],
            hard_sets=row["hard_sets"],
        )
        for row in rows
    ]


def _shown(
    user_id: UUID, rows: list[dict[str, Any]], today: date, *, explain: bool = False
) -> list[dict[str, Any]]:
    """In two queries for any number of rows; ``explain``, for one of them, takes a third."""
    if not rows:
        return []
    weeks = weeks_over(user_id=user_id, last=max(row["end_date"] for row in rows), today=today)
    muscles = list(Muscle.objects.order_by("slug"))
    return [_shown_one(user_id, row, weeks, muscles, explain=explain) for row in rows]


def _shown_one(
    user_id: UUID,
    row: dict[str, Any],
    weeks: Iterable[WeekOver],
    muscles: Iterable[Muscle],
    *,
    explain: bool,
) -> dict[str, Any]:
    row["muscle_sets"] = orjson.loads(row["muscle_sets"])
    trained = _muscle_sets(row)
    consistency = _consistency(row, weeks)
    numbers = {
        "totals": _totals(row),
        "avg_intensity": _explained_intensity(user_id, row) if explain else _intensity(row),
        "consistency_score": consistency,
        "muscle_sets": trained,
    }
    return {
        **row,
        "muscles": _against_landmarks(row, muscles),
        "consistency": {
            "sessions_a_week": consistency.sessions_a_week,
            "plan_match": consistency.plan_match,
            "gap_sd_days": consistency.gap_sd_days,
            "streak_weeks": consistency.streak_weeks,
            "weeks_off": consistency.weeks_off,
        },
        **{
            name: _shown_balance(muscle_balance(trained, name), explain=explain)
            for name in _BALANCES
        },
        "provenance": {
            name: provenance(number, explain=explain) for name, number in numbers.items()
        },
    }


def _window(row: Mapping[str, Any], count: int) -> Window:
    return Window(first=row["start_date"], last=row["end_date"], count=count)


def _totals(row: Mapping[str, Any]) -> TrainingTotals:
    return TrainingTotals(
        window=_window(row, row["total_workouts"]),
        workouts=row["total_workouts"],
        minutes=row["total_duration"],
        sets=row["total_sets"],
        hard_sets=row["hard_sets"],
        reps=row["total_reps"],
        volume_kg=row["total_volume"],
        distance_km=row["total_distance_km"],
    )


def _intensity(row: Mapping[str, Any]) -> AverageIntensity:
    """As far as the stored numbers say it."""
    is_known = row["intensity_validity"] == "valid"
    return AverageIntensity(
        validity=row["intensity_validity"],
        caveats=(NO_MAXIMUM,) if row["intensity_left_out"] else (),
        window=_window(row, row["intensity_sets"]),
        percent=row["avg_intensity"] if is_known else None,
        by_mean={},
        tonnage_kg=row["total_volume"],
        reps=row["total_reps"],
        left_out=row["intensity_left_out"],
    )


def _explained_intensity(user_id: UUID, row: Mapping[str, Any]) -> AverageIntensity:
    """From the sets themselves."""
    sets = fetch(_LOADED, {"user": user_id, "first": row["start_date"], "last": row["end_date"]})
    known = [
        (one["exercise"], one["day"], one_rm_kg)
        for one in sets
        if (one_rm_kg := one.pop("one_rm_kg")) is not None
    ]
    made = average_intensity([LoadedSet(**one) for one in sets], KnownMaxima(known))
    return replace(made, window=_window(row, made.window.count if made.window else 0))


def _muscle_sets(row: Mapping[str, Any]) -> MuscleSets:
    return MuscleSets(
        validity="valid" if row["hard_sets"] else "no_answer",
        window=_window(row, row["hard_sets"]),
        by_muscle=row["muscle_sets"],
        most_trained=row["most_trained_muscle"] or None,
        least_trained=row["least_trained_muscle"] or None,
    )


def _consistency(row: Mapping[str, Any], weeks: Iterable[WeekOver]) -> Consistency:
    end = row["end_date"]
    before = list(takewhile(lambda one: one.week.start + _LAST_OF_WEEK <= end, weeks))
    return consistency_score(
        [one.week for one in before], session_days=[day for one in before for day in one.dates]
    )


def _against_landmarks(row: Mapping[str, Any], muscles: Iterable[Muscle]) -> list[dict[str, Any]]:
    """Every muscle that was trained or has landmarks, which are scaled to the days."""
    weeks = ((row["end_date"] - row["start_date"]).days + 1) / 7
    shown = []
    for muscle in muscles:
        sets = row["muscle_sets"].get(muscle.slug, 0.0)
        weekly = {name: getattr(muscle, name) for name in _LANDMARKS}
        landmark = None if muscle.mv is None else Landmark(**weekly)
        if landmark is None and not sets:
            continue
        shown.append(
            {
                "muscle": muscle.slug,
                "name": muscle.name,
                "sets": sets,
                "sets_a_week": sets / weeks,
                **{name: weekly[name] and weekly[name] * weeks for name in _LANDMARKS},
                "level": None if landmark is None else against(sets / weeks, landmark),
            }
        )
    return shown


def _shown_balance(balance: MuscleBalance, *, explain: bool) -> dict[str, Any]:
    return {
        "ratio": balance.ratio,
        "first_sets": balance.first_sets,
        "second_sets": balance.second_sets,
        "provenance": provenance(balance, explain=explain),
    }
