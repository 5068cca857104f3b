"""How strong somebody is for their size, now and month by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal, LiteralString
from uuid import UUID

from analytics.formulas import (
    SCALES,
    Interval,
    RelativeStrength,
    estimate_one_rm,
    relative_strength,
)
from analytics.formulas.relative import Equipment, Event, ScaleId, Sex
from analytics.selectors.provenance import provenance
from users.keyset import fetch

Lift = Literal["squat", "bench", "deadlift"]
# What counts on a platform, by what the catalogue calls it; the best of them stands for the lift.
COMPETITION_LIFTS: Final[Mapping[Lift, tuple[str, ...]]] = {
    "squat": ("barbell-back-squat", "paused-back-squat"),
    "bench": ("barbell-bench-press", "paused-bench-press"),
    "deadlift": ("barbell-deadlift", "sumo-deadlift"),
}
_LIFT_OF: Final = {slug: lift for lift, slugs in COMPETITION_LIFTS.items() for slug in slugs}

# The weight of a day is the last one measured up to it.
_BODIES: LiteralString = """
    SELECT sample.day, profile.sex, profile.body_weight_kg AS profile_kg, known.weight, known.date
    FROM unnest(%(days)s::date[]) AS sample (day)
    JOIN users_userprofile profile ON profile.user_id = %(user)s
    LEFT JOIN LATERAL (
        SELECT metric.weight, metric.date FROM analytics_bodymetric metric
        WHERE metric.user_id = %(user)s AND metric.date <= sample.day
            AND metric.weight IS NOT NULL
        ORDER BY metric.date DESC LIMIT 1
    ) known ON true
    ORDER BY sample.day
"""
_MAXIMA: LiteralString = """
    SELECT e.slug, e.name, r.exercise_id, r.date, r.value, r.is_estimate, r.load_kg, r.reps,
        coalesce(s.rir, 10 - s.rpe) AS reserve
    FROM workouts_exercise e
    JOIN analytics_personalrecord r ON r.user_id = %(user)s AND r.exercise_id = e.id
        AND r.kind = 'one_rm' AND r.date <= %(today)s
    LEFT JOIN workouts_workoutset s ON s.user_id = r.user_id AND s.id = r.set_id
    WHERE e.slug = ANY(%(slugs)s)
    ORDER BY r.value, r.date DESC
"""


@dataclass(frozen=True, kw_only=True)
class Body:
    """Of a day. The weight is the last one measured, or else the profile's."""

    day: date
    sex: Sex | None
    weight_kg: float | None
    weighed_on: date | None

    @property
    def missing(self) -> list[str]:
        return [
            *(["sex"] if self.sex is None else []),
            *(["body_weight_kg"] if self.weight_kg is None else []),
        ]


@dataclass(frozen=True, kw_only=True)
class Total:
    """The best maxima of the three lifts known on a day, in kg."""

    lifts: Mapping[Lift, dict[str, Any]]

    @property
    def missing(self) -> list[str]:
        return [lift for lift in COMPETITION_LIFTS if lift not in self.lifts]

    def kg(self, event: Event) -> float:
        return float(sum(row["value"] for row in self._counted(event)))

    def estimated(self, event: Event) -> Interval | None:
        """From where to where it may lie; None where all of it was lifted."""
        counted = self._counted(event)
        if not any(row["is_estimate"] for row in counted):
            return None
        spans = [_span(row) for row in counted]
        return Interval(low=sum(one.low for one in spans), high=sum(one.high for one in spans))

    def days(self, event: Event) -> list[date]:
        """On which the lifts that make it up were done."""
        return [row["date"] for row in self._counted(event)]

    def _counted(self, event: Event) -> list[dict[str, Any]]:
        return [row for lift, row in self.lifts.items() if event == "sbd" or lift == "bench"]


def relative_strengths(
    *,
    user_id: UUID,
    today: date,
    days: int,
    equipment: Equipment = "classic",
    explain: bool = False,
) -> dict[str, Any]:
    """Points on each scale for the best known maxima, and their course by month.

    A month stands for its last day, the running one for today; months before everything was known
    are left out. Nothing has points while something is missing. Two queries.
    """
    samples = [*_month_ends(today - timedelta(days=days), today), today]
    bodies = _bodies(user_id, samples)
    maxima = fetch(_MAXIMA, {"user": user_id, "today": today, "slugs": list(_LIFT_OF)})
    totals = [_total(maxima, day) for day in samples]
    body, total = bodies[-1], totals[-1]
    return {
        "date": today,
        "sex": body.sex,
        "body_weight_kg": body.weight_kg,
        "weighed_on": body.weighed_on,
        "equipment": equipment,
        "lifts": {lift: _shown_lift(total.lifts.get(lift)) for lift in COMPETITION_LIFTS},
        "total_kg": None if total.missing else total.kg("sbd"),
        "is_estimated": total.estimated("sbd") is not None,
        "missing": [*body.missing, *total.missing],
        "scores": [
            _shown_score(score, explain=explain) for score in _scores(body, total, equipment)
        ],
        "history": [
            _shown_month(known, then, equipment)
            for known, then in zip(bodies, totals, strict=True)
            if not known.missing and not then.missing
        ],
    }


def _month_ends(first: date, today: date) -> list[date]:
    """The last days of the months that ended from one day on and before another."""
    ends = []
    end = today.replace(day=1) - timedelta(days=1)
    while end >= first:
        ends.append(end)
        end = end.replace(day=1) - timedelta(days=1)
    return ends[::-1]


def _bodies(user_id: UUID, samples: Sequence[date]) -> list[Body]:
    return [
        Body(
            day=row["day"],
            sex=row["sex"] or None,
            weight_kg=row["weight"] or row["profile_kg"],
            weighed_on=row["date"],
        )
        for row in fetch(_BODIES, {"user": user_id, "days": list(samples)})
    ]


def _total(maxima: list[dict[str, Any]], day: date) -> Total:
    """What was known on a day. The rows come with the highest last, so that it stays."""
    best = {_LIFT_OF[row["slug"]]: row for row in maxima if row["date"] <= day}
    return Total(lifts={lift: best[lift] for lift in COMPETITION_LIFTS if lift in best})


def _span(row: dict[str, Any]) -> Interval:
    """Between which values the formulas see a maximum; itself where it was lifted."""
    estimate = row["is_estimate"] and estimate_one_rm(
        weight_kg=row["load_kg"], reps=row["reps"], reserve=row["reserve"], day=row["date"]
    )
    found = estimate.interval if estimate else None
    return found or Interval(low=row["value"], high=row["value"])


def _scores(body: Body, total: Total, equipment: Equipment) -> list[RelativeStrength]:
    """On every scale, and for the bench press alone where the scale knows it."""
    events: list[tuple[ScaleId, Event]] = []
    if not total.missing:
        events += [(scale, "sbd") for scale in SCALES]
    if "bench" in total.lifts:
        events.append(("ipf_gl", "bench"))
    if body.sex is None or body.weight_kg is None:
        return []
    return [
        relative_strength(
            scale,
            sex=body.sex,
            bodyweight_kg=body.weight_kg,
            total_kg=total.kg(event),
            day=body.weighed_on or body.day,
            equipment=equipment,
            event=event,
            estimated=total.estimated(event),
            lifted_on=total.days(event),
        )
        for scale, event in events
    ]


def _shown_lift(row: dict[str, Any] | None) -> dict[str, Any] | None:
    return row and {
        "exercise_id": row["exercise_id"],
        "exercise_name": row["name"],
        "one_rm_kg": row["value"],
        "is_estimate": row["is_estimate"],
        "date": row["date"],
    }


def _shown_score(score: RelativeStrength, *, explain: bool) -> dict[str, Any]:
    return {
        "scale": score.formula.id,
        "event": score.event,
        "points": score.points,
        "coefficient": score.coefficient,
        "total_kg": score.total_kg,
        "is_estimated": score.is_estimated,
        "provenance": provenance(score, explain=explain),
    }


def _shown_month(body: Body, total: Total, equipment: Equipment) -> dict[str, Any]:
    points = {
        score.formula.id: score.points
        for score in _scores(body, total, equipment)
        if score.event == "sbd"
    }
    return {
        "date": body.day,
        "body_weight_kg": body.weight_kg,
        "total_kg": total.kg("sbd"),
        "is_estimated": total.estimated("sbd") is not None,
        **points,
    }
