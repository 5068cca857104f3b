"""An exercise day by day, and all of a person's exercises with where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson

from analytics.formulas import LiftTrend, Result, Window
from analytics.formulas.one_rm import MEDIAN_OF_SEVEN
from analytics.formulas.provenance import Formula, shown
from analytics.selectors.provenance import provenance
from analytics.selectors.tested import one_rm_of_day
from analytics.selectors.trends import TREND_DAYS, Calendar, shown_trend, trends_of
from users.keyset import Page, Place, SqlList, fetch

EXERCISE_PROGRESS: Final = Formula(
    id="exercise_progress",
    name="Progress of an exercise",
    valid="Any days with sets, warm-ups among them; the maximum is of 1 to 10 repetitions.",
    source="Brzycki, 1993",
)
# By what is compared: why its part has no answer where the first day has nothing of it.
_NOTHING_BEFORE: Final[Mapping[str, str]] = {
    "one_rm": "The first day has no maximum to improve on: sets without a weight or repetitions"
    " are not counted, nor are those of more than 10.",
    "volume": "The first day has no volume to improve on: sets without a weight or repetitions"
    " are not counted.",
}
# One statement for the whole answer, with the sets as JSON that is passed on as it is. What a
# plan asked for and nobody did is no set; one without a weight or repetitions makes a day. The
# workouts come as an array, so that of their sets those of the exercise alone are read.
_PROGRESS: LiteralString = """
    WITH person AS MATERIALIZED (
        SELECT (%(now)s AT TIME ZONE coalesce((
            SELECT timezone FROM users_userprofile WHERE user_id = %(user)s
        ), 'UTC'))::date AS today
    )
    SELECT day.*, p.one_rep_max, p.one_rep_max_low_kg, p.one_rep_max_high_kg, p.validity,
        p.calculated_1rm, p.best_load_kg, p.best_reps, p.best_reserve
    FROM workouts_exercise e
    LEFT JOIN LATERAL (
        SELECT w.date,
            json_agg(json_build_object('set_number', s.set_number, 'weight', s.weight,
                    'reps', s.reps, 'volume', s.weight * s.reps)
                ORDER BY w.started_at, w.id, s.position)
                FILTER (WHERE s.weight IS NOT NULL AND s.reps IS NOT NULL)::text AS sets,
            coalesce(sum(s.weight * s.reps ORDER BY w.started_at, w.id, s.position), 0) AS volume,
            coalesce(max(s.weight) FILTER (WHERE s.reps IS NOT NULL), 0) AS max_weight,
            coalesce(max(s.reps) FILTER (WHERE s.weight IS NOT NULL), 0) AS max_reps,
            coalesce(max(s.one_rm) FILTER (WHERE s.weight IS NOT NULL), 0) AS one_rm
        FROM workouts_workoutset s JOIN workouts_workout w ON w.id = s.workout_id
        WHERE s.user_id = %(user)s AND s.exercise_id = %(exercise)s AND s.workout_id = ANY(ARRAY(
            SELECT known.id FROM workouts_workout known WHERE known.user_id = %(user)s
                AND known.date >= (SELECT today - %(days)s::int FROM person)
                AND known.date <= (SELECT today FROM person)
        )) AND (s.target IS NULL OR s.reps IS NOT NULL OR s.duration IS NOT NULL
            OR s.distance IS NOT NULL)
        GROUP BY w.date
    ) day ON true
    LEFT JOIN analytics_strengthprogress p
        ON p.user_id = %(user)s AND p.exercise_id = e.id AND p.date = day.date
        AND p.date >= (SELECT today - %(days)s::int FROM person)
    WHERE e.id = %(exercise)s AND (e.created_by_id IS NULL OR e.created_by_id = %(user)s)
    ORDER BY day.date
"""
# From one exercise of the person to the next along the index, so that it does not matter on how
# many days each was trained.
_LIFTS = SqlList(
    source="""
        WITH RECURSIVE lift (exercise_id) AS (
            (SELECT p.exercise_id FROM analytics_strengthprogress p WHERE p.user_id = %(user)s
            ORDER BY p.exercise_id LIMIT 1)
            UNION ALL
            SELECT (SELECT p.exercise_id FROM analytics_strengthprogress p
                WHERE p.user_id = %(user)s AND p.exercise_id > lift.exercise_id
                ORDER BY p.exercise_id LIMIT 1)
            FROM lift WHERE lift.exercise_id IS NOT NULL
        )
        SELECT latest.*, e.name AS exercise_name, e.muscle_group, record.value AS record_kg,
            record.date AS record_date, record.is_estimate AS record_is_estimate
        FROM (
            SELECT latest.* FROM lift CROSS JOIN LATERAL (
                SELECT p.exercise_id, p.date, p.one_rep_max, p.one_rep_max_low_kg,
                    p.one_rep_max_high_kg, p.validity, p.volume, p.sets_count, p.calculated_1rm,
                    p.best_set_id, p.best_load_kg, p.best_reps, p.best_reserve
                FROM analytics_strengthprogress p
                WHERE p.user_id = %(user)s AND p.exercise_id = lift.exercise_id
                ORDER BY p.date DESC LIMIT 1
            ) latest
            WHERE {where} AND {beyond} ORDER BY {order} LIMIT %(limit)s
        ) latest
        JOIN workouts_exercise e ON e.id = latest.exercise_id
        LEFT JOIN LATERAL (
            SELECT r.value, r.date, r.is_estimate FROM analytics_personalrecord r
            WHERE r.user_id = %(user)s AND r.exercise_id = latest.exercise_id
                AND r.kind = 'one_rm' AND r.is_standing
            ORDER BY r.date DESC LIMIT 1
        ) record ON true
        ORDER BY {order}
    """,
    key=(("latest.date", "date"), ("latest.exercise_id", "uuid")),
)


@dataclass(frozen=True, kw_only=True)
class Progress(Result):
    """From the first day of a window to the last: how much more was lifted."""

    formula: Formula = EXERCISE_PROGRESS
    first: Mapping[str, Any] | None = None
    last: Mapping[str, Any] | None = None

    @property
    def one_rm_percent(self) -> float:
        return self._improvement("one_rm")

    @property
    def volume_percent(self) -> float:
        return self._improvement("volume")

    def _improvement(self, name: str) -> float:
        """In percent, to a tenth; 0 where there was nothing to improve on."""
        assert self.first is not None
        assert self.last is not None
        first, last = self.first[name], self.last[name]
        return round((last - first) / first * 100, 1) if first > 0 else 0.0

    def steps(self) -> list[str]:
        if self.first is None or self.last is None:
            return ["It takes two days with sets to compare."]
        steps = {
            "one_rm": f"The best maximum by Brzycki went from {shown(self.first['one_rm'])} kg on"
            f" {self.first['date']} to {shown(self.last['one_rm'])} kg on {self.last['date']}:"
            f" {self.one_rm_percent:+.1f} %.",
            "volume": f"The volume, weight × repetitions of all sets, went from"
            f" {shown(self.first['volume'])} to {shown(self.last['volume'])} kg:"
            f" {self.volume_percent:+.1f} %.",
        }
        # What a caveat says has no answer did not go from anywhere.
        return [step for name, step in steps.items() if self.first[name] > 0]


@dataclass(frozen=True, kw_only=True)
class NoMaximum(Result):
    """Where no set speaks for a maximum."""

    formula: Formula = MEDIAN_OF_SEVEN

    def steps(self) -> list[str]:
        return ["No set here says anything about a maximum."]


NO_MAXIMUM: Final = NoMaximum(validity="no_answer", window=Window.of(()))


def exercise_progress(
    *, user_id: UUID, exercise_id: UUID, days: int, now: datetime, explain: bool = False
) -> dict[str, Any] | None:
    """The days with sets of an exercise from so many before the person's today, oldest first.

    None for an exercise that the person cannot see. One query.
    """
    rows = fetch(_PROGRESS, {"user": user_id, "exercise": exercise_id, "days": days, "now": now})
    if not rows:
        return None
    known = [row for row in rows if row["date"] is not None]
    compared = _compared(known)
    estimated = [row for row in known if row["one_rep_max"]]
    latest = one_rm_of_day(estimated[-1]) if estimated else None
    return {
        "exercise_id": exercise_id,
        "progress": [_shown_day(row, explain=explain) for row in known],
        "improvement": _improvement(compared, days=days),
        "provenance": {
            "improvement": provenance(compared, explain=explain),
            "latest_estimate": provenance(latest or NO_MAXIMUM, explain=explain),
        },
    }


def _compared(known: list[dict[str, Any]]) -> Progress:
    """The first of the days with the last; no answer where neither part has one."""
    window = Window.of(row["date"] for row in known)
    if len(known) < 2:  # noqa: PLR2004 - the first and the last
        return Progress(validity="no_answer", window=window)
    first, last = known[0], known[-1]
    caveats = tuple(why for name, why in _NOTHING_BEFORE.items() if first[name] <= 0)
    return Progress(
        first=first,
        last=last,
        validity="valid" if len(caveats) < len(_NOTHING_BEFORE) else "no_answer",
        caveats=caveats,
        window=window,
    )


def _improvement(compared: Progress, *, days: int) -> dict[str, Any] | None:
    if compared.first is None:
        return None
    return {
        "one_rm_improvement": compared.one_rm_percent,
        "volume_improvement": compared.volume_percent,
        "period_days": days,
    }


def _shown_day(row: dict[str, Any], *, explain: bool) -> dict[str, Any]:
    estimate = None
    if row["validity"] is not None:
        estimate = {
            "one_rep_max": row["one_rep_max"],
            "low": row["one_rep_max_low_kg"],
            "high": row["one_rep_max_high_kg"],
            "validity": row["validity"],
            "tested": not row["calculated_1rm"],
        }
        if explain:
            estimate["explanation"] = (one_rm_of_day(row) or NO_MAXIMUM).explain()
    return {
        "date": row["date"],
        "sets": orjson.Fragment(row["sets"] or "[]"),
        "volume": row["volume"],
        "max_weight": row["max_weight"],
        "max_reps": row["max_reps"],
        "one_rm": row["one_rm"],
        "estimate": estimate,
    }


def lifts_page(
    *, user_id: UUID, calendar: Calendar, size: int, place: Place | None, explain: bool = False
) -> Page:
    """The person's exercises, the latest trained first, each with its latest day, its standing
    record and its trend.
    """
    page = _LIFTS.page(where=["true"], parameters={"user": user_id}, size=size, place=place)
    trends = trends_of(
        user_id=user_id,
        exercise_ids=[row["exercise_id"] for row in page.rows],
        calendar=calendar,
        days=TREND_DAYS,
    )
    rows = [_shown_lift(row, trends[row["exercise_id"]], explain=explain) for row in page.rows]
    return Page(rows=rows, more=page.more)


def _shown_lift(row: dict[str, Any], trend: LiftTrend, *, explain: bool) -> dict[str, Any]:
    best = one_rm_of_day(row) if row["one_rep_max"] else None
    record = row["record_kg"] and {
        "one_rm_kg": row["record_kg"],
        "date": row["record_date"],
        "is_estimate": row["record_is_estimate"],
    }
    return {
        "exercise_id": row["exercise_id"],
        "exercise_name": row["exercise_name"],
        "muscle_group": row["muscle_group"],
        "date": row["date"],
        "one_rep_max": row["one_rep_max"],
        "calculated_1rm": row["calculated_1rm"],
        "volume": row["volume"],
        "sets_count": row["sets_count"],
        "best_set": best_set(row),
        "provenance": provenance(best or NO_MAXIMUM, explain=explain),
        "record": record,
        "trend": shown_trend(trend, explain=explain),
    }


def best_set(row: dict[str, Any]) -> dict[str, Any] | None:
    """The set that speaks for the maximum of a day; None where a test alone does."""
    if row["best_set_id"] is None:
        return None
    return {
        "id": row["best_set_id"],
        "load_kg": row["best_load_kg"],
        "reps": row["best_reps"],
        "reserve": row["best_reserve"],
    }
