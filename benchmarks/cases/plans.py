"""A training plan as it is opened: six days, 36 exercises, four set schemes of each.

The SQL is that of workouts/selectors/plans.py. Who changes it there changes it here.
"""

from random import Random
from typing import Any
from uuid import UUID

import orjson

from benchmarks.case import Case, Db, Environ, Request, Sample, Statement, Visitor

PLANS = Statement("""
    SELECT
    p.id, p.name, p.description, p.goal, p.days_per_week, p.duration_weeks, p.fitness_level,
    p.is_public, p.is_ai_generated, p.progression_strategy, p.cycle_weeks, p.deload, p.version,
    p.copied_from, p.program, p.created_at, p.updated_at,
    CASE WHEN f.visibility <> 'private' AND (u.is_active OR p.program IS NOT NULL)
        OR p.user_id = $1 THEN jsonb_build_object(
        'username', u.username, 'display_name', f.display_name) END AS author,
    coalesce((
        SELECT json_agg(json_build_object(
            'id', d.id, 'day_number', d.day_number, 'focus', d.focus, 'warm_up', d.warm_up,
            'cool_down', d.cool_down, 'exercises', coalesce((
                SELECT json_agg(json_build_object(
                    'id', x.id,
                    'exercise', CASE WHEN e.created_by_id IS NULL
                        OR e.created_by_id = $1 THEN x.exercise_id END,
                    'name', x.name, 'sets', x.sets, 'reps', x.reps,
                    'rest_seconds', x.rest_seconds, 'order', x."order", 'notes', x.notes,
                    'superset', x.superset, 'tempo', nullif(x.tempo, ''),
                    'unilateral', x.unilateral, 'track', nullif(x.track, ''),
                    'start_load_kg', x.start_load_kg, 'start_percent_1rm', x.start_percent_1rm,
                    'progression',
    CASE WHEN x.progression ? 'rungs' THEN jsonb_set(x.progression, '{rungs}', (
        SELECT jsonb_agg(r.rung || jsonb_build_object('exercise', e.id) ORDER BY r.place)
        FROM jsonb_array_elements(x.progression -> 'rungs') WITH ORDINALITY AS r (rung, place)
        LEFT JOIN workouts_exercise e ON e.id = (r.rung ->> 'exercise')::uuid
            AND (e.created_by_id IS NULL OR e.created_by_id = $1)
    )) ELSE x.progression END
                    , 'planned_sets', coalesce((
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
    FROM workouts_workoutplan p
    JOIN users_user u ON u.id = p.user_id JOIN users_userprofile f ON f.user_id = p.user_id
    WHERE p.id = ANY($2) AND (p.user_id = $1 OR p.is_public)
""")


def request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    return Request("GET", f"/api/v1/plans/{random.choice(visitor.plans)}/")


def shown(db: Db, user_id: UUID, environ: Environ) -> Any:
    [plan] = PLANS.rows(db, user_id, [UUID(environ["PATH_INFO"].split("/")[4])])
    for name in ("deload", "author", "days"):
        if plan[name] is not None:
            plan[name] = orjson.Fragment(plan[name])
    return plan


CASES = (Case("plan", request, shown, goal=0.45),)
