"""Plans as they are shown: the person's own, and those that others have published."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import orjson

from users import connections
from users.keyset import Page, Place, SqlList, escape_like, fetch, given
from workouts.models import WorkoutPlan
from workouts.training.document import Plan

_PLAN_COLUMNS: LiteralString = """
    p.id, p.name, p.description, p.goal, p.days_per_week, p.duration_weeks, p.fitness_level,
    p.is_public, p.is_ai_generated, p.progression_strategy, p.cycle_weeks, p.deload, p.version,
    p.copied_from, p.program, p.created_at, p.updated_at
"""
# Whose plan it is, as far as they show themselves. Nobody is active in the account of the house.
_AUTHOR: LiteralString = """
    CASE WHEN f.visibility <> 'private' AND (u.is_active OR p.program IS NOT NULL)
        OR p.user_id = %(viewer)s THEN jsonb_build_object(
        'username', u.username, 'display_name', f.display_name) END AS author
"""
# Another person's custom exercise is a name only, on the rungs of a ladder as well.
_PROGRESSION: LiteralString = """
    CASE WHEN x.progression ? 'rungs' THEN jsonb_set(x.progression, '{rungs}', (
        SELECT jsonb_agg(r.rung || jsonb_build_object('exercise', e.id) ORDER BY r.place)
        FROM jsonb_array_elements(x.progression -> 'rungs') WITH ORDINALITY AS r (rung, place)
        LEFT JOIN workouts_exercise e ON e.id = (r.rung ->> 'exercise')::uuid
            AND (e.created_by_id IS NULL OR e.created_by_id = %(viewer)s)
    )) ELSE x.progression END
"""
_DAYS: LiteralString = f"""
    coalesce((
        SELECT json_agg(json_build_object(
            'id', d.id, 'day_number', d.day_number, 'focus', d.focus, 'warm_up', d.warm_up,
            'cool_down', d.cool_down, 'exercises', coalesce((
                SELECT json_agg(json_build_object(
                    'id', x.id,
                    'exercise', CASE WHEN e.created_by_id IS NULL
                        OR e.created_by_id = %(viewer)s THEN x.exercise_id END,
                    'name', x.name, 'sets', x.sets, 'reps', x.reps,
                    'rest_seconds', x.rest_seconds, 'order', x."order", 'notes', x.notes,
                    'superset', x.superset, 'tempo', nullif(x.tempo, ''),
                    'unilateral', x.unilateral, 'track', nullif(x.track, ''),
                    'start_load_kg', x.start_load_kg, 'start_percent_1rm', x.start_percent_1rm,
                    'progression', {_PROGRESSION}, 'planned_sets', coalesce((
                        SELECT json_agg(json_build_object(
                            'id', s.id, 'set_type', s.set_type, 'count', s.count,
                            'week', s.week, 'reps_min', s.reps_min, 'reps_max', s.reps_max,
                            'duration_seconds', s.duration_seconds,
                            'distance_km', s.distance_km, 'load_type', s.load_type,
                            'load_value', s.load_value, 'rpe', s.rpe, 'rir', s.rir,
                            'rest_seconds', s.rest_seconds, 'tempo', nullif(s.tempo, '')
                        ) ORDER BY s."order")
                        FROM workouts_plannedset s
                        WHERE s.user_id = x.user_id AND s.planned_exercise_id = x.id
                    ), '[]'::json)
                ) ORDER BY x."order")
                FROM workouts_plannedexercise x
                LEFT JOIN workouts_exercise e ON e.id = x.exercise_id
                WHERE x.user_id = d.user_id AND x.day_id = d.id
            ), '[]'::json)
        ) ORDER BY d.day_number)
        FROM workouts_workoutday d WHERE d.user_id = p.user_id AND d.plan_id = p.id
    ), '[]'::json)::text AS days
"""  # noqa: S608 - our own expression
_PLANS: LiteralString = f"""
    SELECT p.user_id, {_PLAN_COLUMNS}, {_AUTHOR}, {_DAYS}
    FROM workouts_workoutplan p
    JOIN users_user u ON u.id = p.user_id JOIN users_userprofile f ON f.user_id = p.user_id
    WHERE p.id = ANY(%(ids)s) AND (p.user_id = %(viewer)s OR p.is_public)
"""  # noqa: S608 - our own column names
# What is done for a planned exercise: itself, and the rungs of its ladder.
_DONE: LiteralString = """
    ARRAY(SELECT (rung ->> 'exercise')::uuid
        FROM jsonb_array_elements(x.progression -> 'rungs') rung) || x.exercise_id
"""
_LIST = SqlList(
    source=f"""
        SELECT {_PLAN_COLUMNS}, {_AUTHOR}, t.days_count, t.exercises_count, t.equipment
        FROM (
            SELECT p.* FROM workouts_workoutplan p
            WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
        ) p
        JOIN users_user u ON u.id = p.user_id JOIN users_userprofile f ON f.user_id = p.user_id
        CROSS JOIN LATERAL (
            SELECT count(DISTINCT d.id) AS days_count, count(DISTINCT x.id) AS exercises_count,
                coalesce(array_agg(DISTINCT q.equipment_id ORDER BY q.equipment_id)
                    FILTER (WHERE q.equipment_id IS NOT NULL), ARRAY[]::varchar[]) AS equipment
            FROM workouts_workoutday d
            LEFT JOIN workouts_plannedexercise x ON x.user_id = d.user_id AND x.day_id = d.id
            LEFT JOIN workouts_exerciseequipment q ON q.exercise_id = ANY({_DONE})
            WHERE d.user_id = p.user_id AND d.plan_id = p.id
        ) t ORDER BY {{order}}
    """,  # noqa: S608 - our own column names
    key=(("p.id", "uuid"),),
)


@dataclass(frozen=True)
class PlanFilter:
    """Which plans; None does not narrow. ``equipment`` is all that there is in the gym."""

    public: bool | None = None
    q: str | None = None
    goal: str | None = None
    fitness_level: str | None = None
    days_per_week: int | None = None
    duration_weeks_max: int | None = None
    equipment: tuple[str, ...] | None = None
    is_ai_generated: bool | None = None
    updated_since: datetime | None = None


_PUBLIC: LiteralString = "p.is_public AND p.user_id <> ALL(%(hidden)s::uuid[])"
_CONDITIONS: dict[str, LiteralString] = {
    "q": "(p.name ILIKE %(q)s OR p.description ILIKE %(q)s)",
    "goal": "p.goal = %(goal)s",
    "fitness_level": "p.fitness_level = %(fitness_level)s",
    "days_per_week": "p.days_per_week = %(days_per_week)s",
    "duration_weeks_max": "p.duration_weeks <= %(duration_weeks_max)s",
    "equipment": f"""NOT EXISTS (
        SELECT FROM workouts_workoutday d
        JOIN workouts_plannedexercise x ON x.user_id = d.user_id AND x.day_id = d.id
        JOIN workouts_exerciseequipment q ON q.exercise_id = ANY({_DONE})
        WHERE d.user_id = p.user_id AND d.plan_id = p.id
            AND q.equipment_id <> ALL(%(equipment)s))""",
    "is_ai_generated": "p.is_ai_generated = %(is_ai_generated)s",
    "updated_since": "p.updated_at >= %(updated_since)s",
}


def plan_page(*, viewer_id: UUID, narrowed: PlanFilter, size: int, place: Place | None) -> Page:
    """The person's plans, or all that are published, newest first, with what they need.

    Without those of people who are hidden from the person.
    """
    values = given(narrowed)
    public = values.pop("public", False)
    if "q" in values:
        values["q"] = f"%{escape_like(values['q'])}%"
    if "equipment" in values:
        values["equipment"] = list(values["equipment"])
    hidden = connections.hidden_from(viewer_id) if public else ()
    scope: LiteralString = _PUBLIC if public else "p.user_id = %(viewer)s"
    page = _LIST.page(
        where=[scope, *(text for name, text in _CONDITIONS.items() if name in values)],
        parameters={"viewer": viewer_id, "hidden": list(hidden), **values},
        size=size,
        place=place,
    )
    for row in page.rows:
        _wrap(row, "deload", "author")
    return page


def plans_shown(*, viewer_id: UUID, ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """These plans with their days, exercises and sets, as far as the person may see them.

    In one query, and one more where others' plans are among them. What PostgreSQL has put together
    as JSON is passed on as it is.
    """
    rows = _visible(viewer_id, ids)
    for row in rows:
        _wrap(row, "deload", "author", "days")
    return rows


def plan_shown(*, viewer_id: UUID, plan_id: UUID) -> dict[str, Any] | None:
    found = plans_shown(viewer_id=viewer_id, ids=[plan_id])
    return found[0] if found else None


def _visible(viewer_id: UUID, ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """The rows of these plans but for those of who is hidden from the person."""
    rows = fetch(_PLANS, {"viewer": viewer_id, "ids": list(ids)})
    owners = [row.pop("user_id") for row in rows]
    if all(owner == viewer_id for owner in owners):
        return rows
    hidden = connections.hidden_from(viewer_id)
    return [row for row, owner in zip(rows, owners, strict=True) if owner not in hidden]


def plan_document(*, viewer_id: UUID, plan_id: UUID) -> Plan:
    """The content of a plan that the person may see. Raises WorkoutPlan.DoesNotExist."""
    rows = _visible(viewer_id, [plan_id])
    if not rows:
        raise WorkoutPlan.DoesNotExist
    [row] = rows
    content = {name: row[name] for name in Plan.model_fields}
    for name in ("deload", "days"):
        content[name] = orjson.loads(content[name]) if content[name] else None
    return Plan.model_validate(content)


def exercise_names(*, viewer_id: UUID, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of those of these exercises that the person may see."""
    rows = fetch(
        """
        SELECT id, name FROM workouts_exercise
        WHERE id = ANY(%(ids)s) AND (created_by_id IS NULL OR created_by_id = %(viewer)s)
        """,
        {"ids": list(ids), "viewer": viewer_id},
    )
    return {row["id"]: row["name"] for row in rows}


def _wrap(row: dict[str, Any], *names: str) -> None:
    for name in names:
        if row[name] is not None:
            row[name] = orjson.Fragment(row[name])
