"""The diary: a workout with its sets, and the list of workouts.

Written as SQL because the ORM spends ten times the work of the query on building it; tests hold
each answer against the ORM's (docs/performance.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

import orjson

from users.keyset import Page, Place, SqlList, escape_like, fetch, given

_WORKOUT_COLUMNS: LiteralString = """
    w.id, w.name, w.date, w.start_time, w.end_time, w.duration, w.started_at, w.finished_at,
    w.timezone, w.in_progress, w.calories_burned, w.calories_estimated, w.body_weight_kg,
    w.session_rpe, w.notes, w.is_public, w.workout_plan_id, w.plan_run_id, w.session_number,
    w.created_at, w.updated_at
"""
_WORKOUTS: LiteralString = f"""
    SELECT {_WORKOUT_COLUMNS}, (
        SELECT jsonb_object_agg(n.exercise_id, n.text) FROM workouts_exercisenote n
        WHERE n.user_id = w.user_id AND n.workout_id = w.id
    ) AS exercise_notes
    FROM workouts_workout w
    WHERE w.user_id = %(user)s AND w.id = ANY(%(ids)s)
"""  # noqa: S608 - our own column names
_SETS: LiteralString = """
    SELECT s.workout_id, s.exercise_id, e.name AS exercise_name, e.muscle_group, e.is_cardio,
        s.id, s.position, s.set_number, s.set_type, s.reps, s.weight, s.load_type, s.load,
        s.duration, s.distance, s.rpe, s.rir, s.one_rm, s.superset, s.rest_seconds, s.tempo,
        s.side, s.discomfort, s.discomfort_note, s.notes, s.planned_exercise_id, s.target
    FROM workouts_workoutset s JOIN workouts_exercise e ON e.id = s.exercise_id
    WHERE s.user_id = %(user)s AND s.workout_id = ANY(%(ids)s)
    ORDER BY s.workout_id, s.position
"""
# The totals are those of the page's rows alone: they are added up after the LIMIT. What a plan
# asked for and nobody did is no set yet.
_DIARY = SqlList(
    source=f"""
        SELECT w.*, t.sets_count, t.exercises_count, t.tonnage
        FROM (
            SELECT {_WORKOUT_COLUMNS}, w.user_id FROM workouts_workout w
            WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
        ) w
        CROSS JOIN LATERAL (
            SELECT count(*) AS sets_count, count(DISTINCT s.exercise_id) AS exercises_count,
                coalesce(sum(s.load * s.reps) FILTER (WHERE s.set_type <> 'warm_up'), 0) AS tonnage
            FROM workouts_workoutset s WHERE s.user_id = w.user_id AND s.workout_id = w.id
                AND (s.target IS NULL OR s.reps IS NOT NULL OR s.duration IS NOT NULL
                    OR s.distance IS NOT NULL)
        ) t
        ORDER BY {{order}}
    """,  # noqa: S608 - our own column names
    key=(("w.date", "date"), ("w.start_time", "time"), ("w.id", "uuid")),
)


@dataclass(frozen=True)
class DiaryFilter:
    """Which workouts of a person; None does not narrow."""

    date_after: date | None = None
    date_before: date | None = None
    exercise: UUID | None = None
    q: str | None = None
    is_public: bool | None = None
    in_progress: bool | None = None
    plan_run: UUID | None = None
    updated_since: datetime | None = None


_DIARY_CONDITIONS: dict[str, LiteralString] = {
    "date_after": "w.date >= %(date_after)s",
    "date_before": "w.date <= %(date_before)s",
    "exercise": (
        "EXISTS (SELECT FROM workouts_workoutset s WHERE s.user_id = w.user_id"
        " AND s.workout_id = w.id AND s.exercise_id = %(exercise)s)"
    ),
    "q": "(w.name ILIKE %(q)s OR w.notes ILIKE %(q)s)",
    "is_public": "w.is_public = %(is_public)s",
    "in_progress": "w.in_progress = %(in_progress)s",
    "plan_run": "w.plan_run_id = %(plan_run)s",
    "updated_since": "w.updated_at >= %(updated_since)s",
}


def diary_page(*, user_id: UUID, narrowed: DiaryFilter, size: int, place: Place | None) -> Page:
    """The person's workouts, newest first, with their number of sets and tonnage in kg."""
    values = given(narrowed)
    if "q" in values:
        values["q"] = f"%{escape_like(values['q'])}%"
    page = _DIARY.page(
        where=["w.user_id = %(user)s", *(_DIARY_CONDITIONS[name] for name in values)],
        parameters={"user": user_id, **values},
        size=size,
        place=place,
    )
    for row in page.rows:
        del row["user_id"]
    return page


def workouts_with_sets(*, user_id: UUID, ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """These workouts of the person with their sets grouped by exercise, in two queries.

    Exercises stand in the order of their first set, sets in the order in which they were done.
    """
    parameters = {"user": user_id, "ids": list(ids)}
    workouts = {row["id"]: row for row in fetch(_WORKOUTS, parameters)}
    for workout in workouts.values():
        notes = orjson.loads(workout["exercise_notes"] or "{}")
        workout |= {"tonnage": 0.0, "sets": [], "exercises": {}, "exercise_notes": notes}
    for row in fetch(_SETS, parameters) if workouts else ():
        _add_set(workouts[row.pop("workout_id")], row)
    for workout in workouts.values():
        workout["exercises"] = list(workout["exercises"].values())
        notes = workout["exercise_notes"].items()
        workout["exercise_notes"] = [{"exercise": one, "text": text} for one, text in notes]
    return list(workouts.values())


def workout_with_sets(*, user_id: UUID, workout_id: UUID) -> dict[str, Any] | None:
    found = workouts_with_sets(user_id=user_id, ids=[workout_id])
    return found[0] if found else None


def _add_set(workout: dict[str, Any], row: dict[str, Any]) -> None:
    exercise = {
        name: row.pop(name)
        for name in ("exercise_id", "exercise_name", "muscle_group", "is_cardio")
    }
    exercise["notes"] = workout["exercise_notes"].get(str(exercise["exercise_id"]), "")
    group = workout["exercises"].setdefault(exercise["exercise_id"], exercise)
    group.setdefault("sets", []).append(row)
    workout["sets"].append(row["id"])
    if isinstance(row["target"], str):
        row["target"] = orjson.loads(row["target"])
    if row["set_type"] != "warm_up" and row["load"] is not None and row["reps"] is not None:
        workout["tonnage"] += row["load"] * row["reps"]
