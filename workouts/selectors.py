"""The screens that every session opens: a workout with its sets, the diary, the catalogue.

Written as SQL because the ORM spends ten times the work of the query on building it; tests hold
each answer against the ORM's (docs/performance.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

import orjson

from users.keyset import Page, Place, SqlList, fetch

_WORKOUT_COLUMNS: LiteralString = """
    w.id, w.name, w.date, w.start_time, w.end_time, w.duration, w.started_at, w.finished_at,
    w.timezone, w.in_progress, w.calories_burned, w.calories_estimated, w.body_weight_kg, w.notes,
    w.is_public, w.workout_plan_id, w.plan_run_id, w.session_number, w.created_at, w.updated_at
"""
_WORKOUTS: LiteralString = f"""
    SELECT {_WORKOUT_COLUMNS} FROM workouts_workout w
    WHERE w.user_id = %(user)s AND w.id = ANY(%(ids)s)
"""  # noqa: S608 - our own column names
_SETS: LiteralString = """
    SELECT s.workout_id, s.exercise_id, e.name AS exercise_name, e.muscle_group, e.is_cardio,
        coalesce(n.text, '') AS exercise_notes,
        s.id, s.position, s.set_number, s.set_type, s.reps, s.weight, s.load_type, s.load,
        s.duration, s.distance, s.rpe, s.rir, s.one_rm, s.superset, s.rest_seconds, s.tempo,
        s.side, s.discomfort, s.discomfort_note, s.notes, s.planned_exercise_id, s.target
    FROM workouts_workoutset s JOIN workouts_exercise e ON e.id = s.exercise_id
    LEFT JOIN workouts_exercisenote n ON n.user_id = s.user_id AND n.workout_id = s.workout_id
        AND n.exercise_id = s.exercise_id
    WHERE s.user_id = %(user)s AND s.workout_id = ANY(%(ids)s)
    ORDER BY s.workout_id, s.position
"""
# The totals are those of the page's rows alone: they are added up after the LIMIT.
_DIARY = SqlList(
    source=f"""
        SELECT w.*, t.sets_count, t.exercises_count, t.tonnage
        FROM (
            SELECT {_WORKOUT_COLUMNS}, w.user_id FROM workouts_workout w
            WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
        ) w
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE s.target IS NULL OR s.reps IS NOT NULL
                    OR s.duration IS NOT NULL OR s.distance IS NOT NULL) AS sets_count,
                count(DISTINCT s.exercise_id) AS exercises_count,
                coalesce(sum(s.load * s.reps) FILTER (WHERE s.set_type <> 'warm_up'), 0) AS tonnage
            FROM workouts_workoutset s WHERE s.user_id = w.user_id AND s.workout_id = w.id
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
    "updated_since": "w.updated_at >= %(updated_since)s",
}


def diary_page(*, user_id: UUID, narrowed: DiaryFilter, size: int, place: Place | None) -> Page:
    """The person's workouts, newest first, with their number of sets and tonnage in kg."""
    values = _given(narrowed)
    if "q" in values:
        values["q"] = f"%{_escape_like(values['q'])}%"
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
        workout |= {"tonnage": 0.0, "sets": [], "exercises": {}}
    for row in fetch(_SETS, parameters) if workouts else ():
        _add_set(workouts[row.pop("workout_id")], row)
    for workout in workouts.values():
        workout["exercises"] = list(workout["exercises"].values())
    return list(workouts.values())


def workout_with_sets(*, user_id: UUID, workout_id: UUID) -> dict[str, Any] | None:
    found = workouts_with_sets(user_id=user_id, ids=[workout_id])
    return found[0] if found else None


def _add_set(workout: dict[str, Any], row: dict[str, Any]) -> None:
    exercise = {
        name: row.pop(name)
        for name in ("exercise_id", "exercise_name", "muscle_group", "is_cardio")
    }
    exercise["notes"] = row.pop("exercise_notes")
    group = workout["exercises"].setdefault(exercise["exercise_id"], exercise)
    group.setdefault("sets", []).append(row)
    workout["sets"].append(row["id"])
    if isinstance(row["target"], str):
        row["target"] = orjson.loads(row["target"])
    if row["set_type"] != "warm_up" and row["load"] is not None and row["reps"] is not None:
        workout["tonnage"] += row["load"] * row["reps"]


def _escape_like(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


_EXERCISE_COLUMNS: LiteralString = """
    e.id, e.name, e.slug, e.description, e.muscle_group, e.is_cardio, e.is_custom,
    e.difficulty_level, e.met, e.load_type, e.bodyweight_share, e.equipment_needed,
    e.illustration, e.video_url, e.variation_of_id AS variation_of, e.created_at, e.updated_at
"""
_PARTS: LiteralString = """
    CROSS JOIN LATERAL (
        SELECT array_agg(x.muscle_id ORDER BY x.share DESC, x.muscle_id) AS muscle,
            array_agg(x.role ORDER BY x.share DESC, x.muscle_id) AS role,
            array_agg(x.share ORDER BY x.share DESC, x.muscle_id) AS share
        FROM workouts_exercisemuscle x WHERE x.exercise_id = e.id
    ) muscles
    CROSS JOIN LATERAL (
        SELECT array_agg(x.equipment_id ORDER BY x.equipment_id) AS equipment
        FROM workouts_exerciseequipment x WHERE x.exercise_id = e.id
    ) equipment
"""
_EXERCISES: LiteralString = f"""
    SELECT {_EXERCISE_COLUMNS}, muscle, role, share, equipment
    FROM workouts_exercise e {_PARTS}
    WHERE e.id = ANY(%(ids)s) AND (e.created_by_id IS NULL OR e.created_by_id = %(user)s)
"""  # noqa: S608 - our own column names
_BY_NAME = SqlList(
    source=f"""
        SELECT e.*, muscle, role, share, equipment
        FROM (
            SELECT {_EXERCISE_COLUMNS}, lower(e.name) AS sort_name FROM workouts_exercise e
            WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
        ) e {_PARTS} ORDER BY {{order}}
    """,  # noqa: S608 - our own column names
    key=(("lower(e.name)", "text"), ("e.id", "uuid")),
    descending=False,
)
# 3 for the name itself, 1 for the words of it, less for how it begins and for being the main form
# of its variations, and how alike the spelling is.
_BY_MATCH = SqlList(
    source=f"""
        SELECT e.*, muscle, role, share, equipment
        FROM (
            SELECT * FROM (
                SELECT {_EXERCISE_COLUMNS}, (
                    CASE WHEN lower(e.name) = lower(%(q)s) THEN 3.0
                        WHEN e.name ILIKE ALL (%(words)s) THEN 1.0 ELSE 0.0 END
                    + CASE WHEN e.name ILIKE %(beginning)s THEN 0.2 ELSE 0.0 END
                    + CASE WHEN e.variation_of_id IS NULL THEN 0.3 ELSE 0.0 END
                    + similarity(%(q)s, e.name))::float8 AS match
                FROM workouts_exercise e
                WHERE {{where}} AND (e.name ILIKE ALL (%(words)s) OR %(q)s <%% e.name)
            ) e WHERE {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
        ) e {_PARTS} ORDER BY {{order}}
    """,  # noqa: S608 - our own column names
    key=(("e.match", "float8"), ("e.id", "uuid")),
)


@dataclass(frozen=True)
class CatalogueFilter:
    """Which exercises; None does not narrow."""

    q: str | None = None
    muscle_group: str | None = None
    muscle: str | None = None
    equipment: str | None = None
    is_cardio: bool | None = None
    is_custom: bool | None = None
    difficulty_min: int | None = None
    difficulty_max: int | None = None
    variation_of: UUID | None = None
    updated_since: datetime | None = None


_CATALOGUE_CONDITIONS: dict[str, LiteralString] = {
    "muscle_group": "e.muscle_group = %(muscle_group)s",
    "muscle": (
        "EXISTS (SELECT FROM workouts_exercisemuscle x"
        " WHERE x.exercise_id = e.id AND x.muscle_id = %(muscle)s)"
    ),
    "equipment": (
        "EXISTS (SELECT FROM workouts_exerciseequipment x"
        " WHERE x.exercise_id = e.id AND x.equipment_id = %(equipment)s)"
    ),
    "is_cardio": "e.is_cardio = %(is_cardio)s",
    "is_custom": "e.is_custom = %(is_custom)s",
    "difficulty_min": "e.difficulty_level >= %(difficulty_min)s",
    "difficulty_max": "e.difficulty_level <= %(difficulty_max)s",
    "variation_of": "e.variation_of_id = %(variation_of)s",
    "updated_since": "e.updated_at >= %(updated_since)s",
}


def catalogue_page(
    *, user_id: UUID, narrowed: CatalogueFilter, size: int, place: Place | None
) -> Page:
    """Exercises that the person may use: by name, or the best matches of ``q`` first."""
    values: dict[str, Any] = _given(narrowed)
    where = ["(e.created_by_id IS NULL OR e.created_by_id = %(user)s)"]
    where += [text for name, text in _CATALOGUE_CONDITIONS.items() if name in values]
    if narrowed.q is not None:
        words = narrowed.q.split()
        values["beginning"] = f"{_escape_like(narrowed.q)}%"
        values["words"] = [f"%{_escape_like(word)}%" for word in words]
    listed = _BY_NAME if narrowed.q is None else _BY_MATCH
    page = listed.page(where=where, parameters={"user": user_id, **values}, size=size, place=place)
    for row in page.rows:
        _group_muscles(row)
    return page


def exercises(*, user_id: UUID, ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """These exercises, as far as the person may see them, in one query."""
    rows = fetch(_EXERCISES, {"user": user_id, "ids": list(ids)})
    for row in rows:
        _group_muscles(row)
    return rows


def _group_muscles(row: dict[str, Any]) -> None:
    muscles, roles, shares = (row.pop(name) or () for name in ("muscle", "role", "share"))
    row["muscles"] = [
        {"muscle": muscle, "role": role, "share": share}
        for muscle, role, share in zip(muscles, roles, shares, strict=True)
    ]
    row["equipment"] = row["equipment"] or []


def _given(narrowed: "DiaryFilter | CatalogueFilter") -> dict[str, Any]:
    return {name: value for name, value in vars(narrowed).items() if value is not None}
