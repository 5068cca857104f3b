"""A person's diary as a file of another app, in little memory however long it is."""

from collections.abc import Iterable, Iterator
from datetime import time
from typing import Any, Final
from uuid import UUID

from users.keyset import fetch
from workouts.transfer.readings import App, ReadSet, ReadWorkout, WeightUnit
from workouts.transfer.writing import hevy_rows, strong_rows

PAGE_SIZE: Final = 100
_CHUNK_CHARACTERS: Final = 32_768
_WRITERS: Final = {"strong": strong_rows, "hevy": hevy_rows}

# Page by page and not by a cursor, which a slow download would hold open, and which a pool of
# connections does not have.
_WORKOUTS = """
    SELECT w.id, w.name, w.date, w.start_time, w.end_time, w.duration, w.session_rpe,
        w.notes
    FROM workouts_workout w
    WHERE w.user_id = %(user)s AND NOT w.in_progress
        AND (w.date, w.start_time, w.id) > (%(date)s::date, %(start_time)s::time, %(id)s::uuid)
    ORDER BY w.date, w.start_time, w.id LIMIT %(size)s
"""
# What was planned and not done is no set. Neither app knows RIR; RPE says the same.
_SETS = """
    SELECT s.workout_id, e.name AS exercise, s.set_type, s.reps, s.weight, s.duration, s.distance,
        coalesce(s.rpe, CASE WHEN s.rir <= 9 THEN 10 - s.rir END) AS rpe, s.superset,
        s.rest_seconds, s.notes
    FROM workouts_workoutset s JOIN workouts_exercise e ON e.id = s.exercise_id
    WHERE s.user_id = %(user)s AND s.workout_id = ANY(%(ids)s)
        AND (s.target IS NULL OR s.reps IS NOT NULL OR s.duration IS NOT NULL
            OR s.distance IS NOT NULL)
    ORDER BY s.workout_id, s.position
"""
_NOTES = """
    SELECT n.workout_id, e.name AS exercise, n.text
    FROM workouts_exercisenote n JOIN workouts_exercise e ON e.id = n.exercise_id
    WHERE n.user_id = %(user)s AND n.workout_id = ANY(%(ids)s)
    ORDER BY n.workout_id, n.id
"""


def export_csv(*, user_id: UUID, app: App, weight_unit: WeightUnit) -> Iterator[str]:
    """The person's finished workouts, oldest first, as the app would write them; in pieces.

    Each hundred workouts cost three queries, at the moment at which they are taken.
    """
    return _in_chunks(_WRITERS[app](_diary(user_id), weight_unit))


def _diary(user_id: UUID) -> Iterator[ReadWorkout]:
    place: dict[str, Any] = {"date": "-infinity", "start_time": time(), "id": UUID(int=0)}
    while rows := fetch(_WORKOUTS, {"user": user_id, "size": PAGE_SIZE, **place}):
        yield from _read(user_id, rows)
        if len(rows) < PAGE_SIZE:
            return
        place = {name: rows[-1][name] for name in place}


def _read(user_id: UUID, rows: list[dict[str, Any]]) -> Iterator[ReadWorkout]:
    parameters = {"user": user_id, "ids": [row["id"] for row in rows]}
    sets: dict[UUID, list[ReadSet]] = {row["id"]: [] for row in rows}
    for done in fetch(_SETS, parameters):
        sets[done.pop("workout_id")].append(ReadSet(line=0, **done))
    notes: dict[UUID, dict[str, str]] = {row["id"]: {} for row in rows}
    for note in fetch(_NOTES, parameters):
        notes[note["workout_id"]][note["exercise"]] = note["text"]
    for row in rows:
        known = row["duration"] or row["end_time"] is not None
        yield ReadWorkout(
            line=0,
            name=row["name"],
            date=row["date"],
            start_time=row["start_time"],
            end_time=row["end_time"],
            duration_minutes=row["duration"] if known else None,
            session_rpe=row["session_rpe"],
            notes=row["notes"],
            exercise_notes=notes[row["id"]],
            sets=sets[row["id"]],
        )


def _in_chunks(lines: Iterable[str]) -> Iterator[str]:
    """Few long texts in place of many short ones, each of which costs the server a write."""
    chunk: list[str] = []
    length = 0
    for line in lines:
        chunk.append(line)
        length += len(line)
        if length >= _CHUNK_CHARACTERS:
            yield "".join(chunk)
            chunk, length = [], 0
    yield "".join(chunk)
