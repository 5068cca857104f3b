"""Workouts of another app's file as rows of the diary, a batch at a time."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone as clock

from users.ids import uuid7
from users.keyset import fetch
from users.localtime import instant_of
from workouts.models import WorkoutImport
from workouts.services.transfers_names import alias_key
from workouts.timing import Timing, timing_of_instants, timing_of_readings
from workouts.transfer.readings import ReadWorkout, RowError

MAX_EXERCISE_NOTE = 1000
_MAX_COLUMN, _MAX_MESSAGE = 50, 300

# A session is known by what an import remembered of it, whatever became of it since; and where
# it was logged here, by when it began and what it is called.
_KNOWN = """
    SELECT g.number, coalesce(w.imported_by_id = %(import)s, false) AS is_ours
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS g (number int, key text, name text, date date,
        start_time time)
    CROSS JOIN LATERAL (
        SELECT w.imported_by_id FROM workouts_workout w
        WHERE w.user_id = %(user)s AND w.import_key = decode(g.key, 'hex')
        UNION ALL
        SELECT w.imported_by_id FROM workouts_workout w
        WHERE w.user_id = %(user)s AND w.date = g.date AND w.start_time = g.start_time
            AND btrim(regexp_replace(w.name, '\\s+', ' ', 'g')) = g.name
        LIMIT 1
    ) w
"""
_INSERT_WORKOUTS = """
    INSERT INTO workouts_workout (id, user_id, revision, created_at, updated_at, name, date,
        start_time, end_time, duration, started_at, finished_at, timezone, in_progress,
        calories_estimated, session_rpe, notes, is_public, imported_by_id, import_key)
    SELECT r.id, %(user)s, %(revision)s, %(now)s, %(now)s, r.name, r.date, r.start_time,
        r.end_time, r.duration, r.started_at, r.finished_at, %(zone)s, false, false,
        r.session_rpe, r.notes, false, %(import)s, decode(r.key, 'hex')
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (id uuid, key text, name text, date date,
        start_time time, end_time time, duration int, started_at timestamptz,
        finished_at timestamptz, session_rpe float8, notes text)
"""
# As workouts.insert_sets does; nobody knows what the person weighed then.
_INSERT_SETS = """
    INSERT INTO workouts_workoutset (id, user_id, workout_id, exercise_id, position, set_number,
        reps, weight, load_type, duration, distance, rpe, set_type, superset, rest_seconds, tempo,
        side, discomfort_note, notes)
    SELECT s.id, %(user)s, s.workout, e.id, s.position, s.set_number, s.reps, s.weight,
        e.load_type, s.duration, s.distance, s.rpe, s.set_type, s.superset, s.rest_seconds, '',
        s.side, '', s.notes
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS s (id uuid, workout uuid, exercise uuid,
        position int, set_number int, reps int, weight float8, duration int, distance float8,
        rpe float8, set_type text, superset int, rest_seconds int, side text, notes text)
    JOIN workouts_exercise e ON e.id = s.exercise
        AND (e.created_by_id IS NULL OR e.created_by_id = %(user)s)
"""
_INSERT_NOTES = """
    INSERT INTO workouts_exercisenote (id, user_id, workout_id, exercise_id, text)
    SELECT n.id, %(user)s, n.workout, e.id, n.text
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS n (id uuid, workout uuid, exercise uuid, text text)
    JOIN workouts_exercise e ON e.id = n.exercise
        AND (e.created_by_id IS NULL OR e.created_by_id = %(user)s)
"""
# A second worker may tell the same.
_INSERT_ERRORS = """
    INSERT INTO workouts_rowerror (id, user_id, job_id, line, "column", code, message)
    SELECT r.id, %(user)s, %(import)s, r.line, r."column", r.code, r.message
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (id uuid, line int, "column" text, code text,
        message text)
    ON CONFLICT (user_id, job_id, line, "column") DO NOTHING
"""


class ExerciseGone(Exception):
    """An exercise was deleted after the names of the file were looked up. Trying again asks."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A workout of the file. ``key`` tells it from others, in this file and in later ones."""

    key: bytes
    read: ReadWorkout


def import_key(workout: ReadWorkout) -> bytes:
    """The same for the same session in another export: when it began, and what it is called."""
    start = workout.start.isoformat(timespec="seconds")
    return hashlib.sha256(f"{start}\n{workout.name}".encode()).digest()


def known(*, job: WorkoutImport, batch: Sequence[Candidate]) -> dict[bytes, bool]:
    """The keys of those that the diary has, and whether each is from this import, in one query."""
    rows = [
        {
            "number": number,
            "key": one.key.hex(),
            "name": one.read.name,
            "date": one.read.date,
            "start_time": one.read.start_time,
        }
        for number, one in enumerate(batch)
    ]
    parameters = {"user": job.user_id, "import": job.pk, "rows": orjson.dumps(rows).decode()}
    found = fetch(_KNOWN, parameters) if rows else []
    return {batch[row["number"]].key: row["is_ours"] for row in found}


def insert(
    *,
    job: WorkoutImport,
    revision: int,
    batch: Sequence[Candidate],
    exercises: Mapping[str, UUID],
) -> None:
    """Store these workouts in three statements, for a caller who has advanced the clock.

    Every set's exercise is in ``exercises``, by its alias_key; notes on others are left out.
    Raises ExerciseGone.
    """
    ids = {one.key: uuid7() for one in batch}
    shared = {
        "user": job.user_id,
        "import": job.pk,
        "revision": revision,
        "now": clock.now(),
        "zone": job.timezone,
    }
    _insert(_INSERT_WORKOUTS, shared, [_workout_row(job, one, ids[one.key]) for one in batch])
    user = {"user": job.user_id}
    sets = [row for one in batch for row in _set_rows(one.read, ids[one.key], exercises)]
    notes = [row for one in batch for row in _note_rows(one.read, ids[one.key], exercises)]
    stored = _insert(_INSERT_SETS, user, sets) + _insert(_INSERT_NOTES, user, notes)
    if stored != len(sets) + len(notes):
        raise ExerciseGone


def insert_errors(*, job: WorkoutImport, errors: Sequence[RowError]) -> None:
    rows = [
        {
            "id": uuid7(),
            "line": error.line,
            "column": error.column[:_MAX_COLUMN],
            "code": error.code,
            "message": error.message[:_MAX_MESSAGE],
        }
        for error in errors
    ]
    _insert(_INSERT_ERRORS, {"user": job.user_id, "import": job.pk}, rows)


def _insert(sql: str, parameters: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> int:
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(sql, {**parameters, "rows": orjson.dumps(rows).decode()})
        stored: int = cursor.rowcount
    return stored


def _workout_row(job: WorkoutImport, one: Candidate, workout_id: UUID) -> dict[str, Any]:
    timing = _timing(one.read, job.timezone)
    return {
        "id": workout_id,
        "key": one.key.hex(),
        "name": one.read.name,
        "date": timing.date,
        "start_time": timing.start_time,
        "end_time": timing.end_time,
        "duration": timing.duration,
        "started_at": timing.started_at,
        "finished_at": timing.finished_at,
        "session_rpe": one.read.session_rpe,
        "notes": one.read.notes,
    }


def _timing(read: ReadWorkout, zone: str) -> Timing:
    minutes = read.duration_minutes or 0
    try:
        return timing_of_readings(
            timezone=zone,
            day=read.date,
            start_time=read.start_time,
            end_time=read.end_time,
            duration=minutes,
        )
    except ValidationError:
        # The clocks of this zone went forward over it: the phone was in another one that day.
        started_at = instant_of(read.date, read.start_time, zone)
        return timing_of_instants(
            timezone=zone, started_at=started_at, finished_at=None, duration=minutes
        )


def _set_rows(
    read: ReadWorkout, workout_id: UUID, exercises: Mapping[str, UUID]
) -> Iterator[dict[str, Any]]:
    numbers = Counter[UUID]()
    for position, done in enumerate(read.sets, start=1):
        exercise = exercises[alias_key(done.exercise)]
        numbers[exercise] += 1
        yield {
            "id": uuid7(),
            "workout": workout_id,
            "exercise": exercise,
            "position": position,
            "set_number": numbers[exercise],
            "reps": done.reps,
            "weight": done.weight,
            "duration": done.duration,
            "distance": done.distance,
            "rpe": done.rpe,
            "set_type": done.set_type,
            "superset": done.superset,
            "rest_seconds": done.rest_seconds,
            "side": done.side,
            "notes": done.notes,
        }


def _note_rows(
    read: ReadWorkout, workout_id: UUID, exercises: Mapping[str, UUID]
) -> Iterator[dict[str, Any]]:
    texts: dict[UUID, list[str]] = {}
    for name, text in read.exercise_notes.items():
        # Two names of the file may mean one exercise, which has one note.
        if exercise := exercises.get(alias_key(name)):
            texts.setdefault(exercise, []).append(text)
    for exercise, said in texts.items():
        text = "\n".join(said)[:MAX_EXERCISE_NOTE].rstrip()
        yield {"id": uuid7(), "workout": workout_id, "exercise": exercise, "text": text}
