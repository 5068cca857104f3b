"""The diary's writes. Each is one transaction and a constant number of statements."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone as clock

from users.errors import Conflict
from users.ids import uuid7
from users.ownership import advance_clock
from users.selectors import time_zone_and_weight_of
from users.services.creation import content_hash, create_once, refuse_mixed_up
from workouts.models import Exercise, ExerciseNote, Workout, WorkoutSet
from workouts.services import merging, replays
from workouts.services.energy import estimate_energy
from workouts.services.sessions import targets_again, targets_for
from workouts.services.times import given_timing, merged_timing
from workouts.timing import Timing, timing_of_instants

# What a copy of a set takes along: what was done, and not how it felt.
COPIED_SET_FIELDS = (
    "exercise",
    "set_number",
    "reps",
    "weight",
    "load_type",
    "duration",
    "distance",
    "set_type",
    "superset",
    "rest_seconds",
    "tempo",
    "side",
)
UNDONE: Final = {"reps": None, "duration": None, "distance": None}
PLAIN_FIELDS = (
    "name",
    "calories_burned",
    "body_weight_kg",
    "session_rpe",
    "notes",
    "is_public",
    "workout_plan_id",
    "plan_run_id",
    "session_number",
)
TIMING_FIELDS = tuple(field.name for field in fields(Timing))
# One parameter for all rows: a set gives few of these columns, and each would be an array.
_INSERT_SETS = """
    INSERT INTO workouts_workoutset (id, user_id, workout_id, exercise_id, position, set_number,
        reps, weight, load_type, body_load_kg, duration, distance, rpe, rir, set_type, superset,
        rest_seconds, tempo, side, discomfort, discomfort_note, notes, planned_exercise_id, target)
    SELECT s.id, %(user)s, %(workout)s, e.id, s.position, s.set_number, s.reps, s.weight,
        coalesce(s.load_type, e.load_type),
        CASE WHEN coalesce(s.load_type, e.load_type) <> 'external'
            THEN %(body_weight)s::float8 * e.bodyweight_share END,
        s.duration, s.distance, s.rpe, s.rir, coalesce(s.set_type, 'normal'), s.superset,
        s.rest_seconds, coalesce(s.tempo, ''), coalesce(s.side, ''), s.discomfort,
        coalesce(s.discomfort_note, ''), coalesce(s.notes, ''), s.planned_exercise_id, s.target
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS s (id uuid, exercise uuid, position int,
        set_number int, reps int, weight float8, load_type text, duration int, distance float8,
        rpe float8, rir float8, set_type text, superset int, rest_seconds int, tempo text,
        side text, discomfort int, discomfort_note text, notes text, planned_exercise_id uuid,
        target jsonb)
    JOIN workouts_exercise e ON e.id = s.exercise
        AND (e.created_by_id IS NULL OR e.created_by_id = %(user)s)
"""
_INSERT_NOTES = """
    INSERT INTO workouts_exercisenote (id, user_id, workout_id, exercise_id, text)
    SELECT n.id, %(user)s, %(workout)s, e.id, n.text
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS n (id uuid, exercise uuid, text text)
    JOIN workouts_exercise e ON e.id = n.exercise
        AND (e.created_by_id IS NULL OR e.created_by_id = %(user)s)
"""
_RELOAD_BODY = """
    UPDATE workouts_workoutset s
    SET body_load_kg = CASE WHEN s.load_type <> 'external'
        THEN w.body_weight_kg * e.bodyweight_share END
    FROM workouts_exercise e, workouts_workout w
    WHERE e.id = s.exercise_id AND w.user_id = s.user_id AND w.id = s.workout_id
        AND s.user_id = %(user)s AND s.workout_id = %(workout)s
"""

Content = Mapping[str, Any]


class UnknownExercise(ValidationError):
    """A set names an exercise that is not in the catalogue and not the person's own."""

    def __init__(self, attr: str = "exercise") -> None:
        message = "There is no such exercise."
        super().__init__({attr: ValidationError(message, code="does_not_exist")})


class NotInProgress(Conflict):
    def __init__(self) -> None:
        super().__init__("This workout is not running.", code="not_in_progress")


def log_workout(
    *, user_id: UUID, content: Content, object_id: UUID | None, idempotency_key: str = ""
) -> tuple[UUID, bool]:
    """Store a workout with its sets; answers its id and whether it was stored just now.

    The same id or key with the same content is answered with the stored row's id. Raises what
    create_once raises, UnknownExercise, and ValidationError for times that cannot be.
    """
    if idempotency_key and object_id is None:
        workout, is_new = create_once(
            model=Workout,
            user_id=user_id,
            content=content,
            create=lambda id_, hashed: _insert(user_id, id_, content, hashed),
            idempotency_key=idempotency_key,
        )
        return workout.pk, is_new
    hashed = content_hash({**content, "id": object_id})
    with transaction.atomic():
        revision = advance_clock(user_id)
        if object_id is not None and refuse_mixed_up(
            model=Workout, user_id=user_id, object_id=object_id, hashed=hashed
        ):
            return object_id, False
        workout = _insert(user_id, object_id or uuid7(), content, hashed, revision=revision)
    return workout.pk, True


def replace_workout(*, user_id: UUID, workout_id: UUID, content: Content) -> None:
    """Make the workout what the content says; what it leaves out becomes empty.

    The body weight of that day stays, and so does what a session's plan asked for.
    """
    unknown = dict.fromkeys(("calories_burned", "session_rpe", "workout_plan_id"))
    blank: dict[str, Any] = {**unknown, "notes": "", "is_public": False}
    with transaction.atomic():
        workout, revision = _locked(user_id, workout_id)
        _refuse_new_run(workout, content)
        if workout.plan_run_id is not None:
            del blank["workout_plan_id"]
        _write(workout, {**blank, **content}, given_timing(user_id, content), revision=revision)
        _replace_sets(workout, content.get("sets", []))
        _replace_notes(workout, content.get("exercise_notes", []))
        _follow_up(workout)


def change_workout(*, user_id: UUID, workout_id: UUID, content: Content) -> None:
    """Change the given fields; given sets take the place of all that were there."""
    with transaction.atomic():
        workout, revision = _locked(user_id, workout_id)
        _refuse_new_run(workout, content)
        timing = None
        if any(name in content for name in TIMING_FIELDS):
            timing = merged_timing(workout, content)
        _write(workout, content, timing, revision=revision)
        if "sets" in content:
            _replace_sets(workout, content["sets"])
        elif "body_weight_kg" in content:
            reload_body(user_id=user_id, workout_id=workout_id)
        if "exercise_notes" in content:
            _replace_notes(workout, content["exercise_notes"])
        _follow_up(workout)


@transaction.atomic
def delete_workout(*, user_id: UUID, workout_id: UUID) -> None:
    """Delete a workout with its sets; its run stands where it stood without it."""
    workout, revision = _locked(user_id, workout_id)
    workout.delete()
    if workout.plan_run_id is not None:
        replays.settle_after(user_id=user_id, run_id=workout.plan_run_id, revision=revision)


def start_workout(
    *,
    user_id: UUID,
    now: datetime,
    content: Content,
    object_id: UUID | None = None,
    idempotency_key: str = "",
    begun: Callable[[Workout], None] | None = None,
) -> tuple[UUID, bool]:
    """Begin a workout at this instant; answers its id and whether it began just now.

    ``begun`` fills a new one, in the same transaction. Raises Conflict while another one is
    running, and what create_once raises.
    """

    def begin(workout_id: UUID, hashed: bytes) -> Workout:
        revision = advance_clock(user_id)
        if Workout.objects.filter(user_id=user_id, in_progress=True).exists():
            raise Conflict("Finish your running workout first.", code="already_running")
        home, body_weight_kg = time_zone_and_weight_of(user_id)
        zone = content.get("timezone") or home
        timing = timing_of_instants(timezone=zone, started_at=now, finished_at=None, duration=0)
        workout = Workout(
            id=workout_id,
            user_id=user_id,
            name=content["name"],
            body_weight_kg=body_weight_kg,
            in_progress=True,
            creation_hash=hashed,
        )
        _set_timing(workout, timing)
        workout.insert_at(revision)
        if begun is not None:
            begun(workout)
        return workout

    workout, is_new = create_once(
        model=Workout,
        user_id=user_id,
        content={**content, "start": True},
        create=begin,
        object_id=object_id,
        idempotency_key=idempotency_key,
    )
    return workout.pk, is_new


def finish_workout(
    *, user_id: UUID, workout_id: UUID, finished_at: datetime, session_rpe: float | None = None
) -> None:
    """End a running workout; its duration follows. Without an effort, it keeps what it has."""
    with transaction.atomic():
        workout, revision = _locked(user_id, workout_id)
        if not workout.in_progress:
            raise NotInProgress
        timing = timing_of_instants(
            timezone=workout.timezone,
            started_at=workout.started_at,
            finished_at=finished_at,
            duration=0,
        )
        effort = {} if session_rpe is None else {"session_rpe": session_rpe}
        _write(workout, {"in_progress": False, **effort}, timing, revision=revision)
        _follow_up(workout)


def duplicate_workout(
    *,
    user_id: UUID,
    workout_id: UUID,
    now: datetime,
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[UUID, bool]:
    """The same sets again, as a workout of now; how they felt is not copied.

    The copy of a session is none: it has the sets that were done, without targets. Answers the
    copy's id and whether it was made just now. Raises what create_once raises.
    """

    def copy(copy_id: UUID, hashed: bytes) -> Workout:
        original, revision = _locked(user_id, workout_id)
        zone, body_weight_kg = time_zone_and_weight_of(user_id)
        timing = timing_of_instants(timezone=zone, started_at=now, finished_at=None, duration=0)
        workout = Workout(
            id=copy_id,
            user_id=user_id,
            name=original.name,
            body_weight_kg=body_weight_kg,
            creation_hash=hashed,
        )
        _set_timing(workout, timing)
        workout.insert_at(revision)
        done = original.sets.exclude(target__isnull=False, **UNDONE).in_order()
        insert_sets(workout=workout, sets=list(done.values(*COPIED_SET_FIELDS)))
        _estimate(workout)
        return workout

    made, is_new = create_once(
        model=Workout,
        user_id=user_id,
        content={"copy_of": workout_id},
        create=copy,
        object_id=object_id,
        idempotency_key=idempotency_key,
    )
    return made.pk, is_new


def insert_sets(*, workout: Workout, sets: Sequence[Content]) -> None:
    """Store these sets in this order, in one statement, after the caller advanced the clock."""
    if not sets:
        return
    rows = _numbered(sets)
    parameters: dict[str, Any] = {
        "user": workout.user_id,
        "workout": workout.pk,
        "body_weight": workout.body_weight_kg,
        "rows": orjson.dumps(rows).decode(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_SETS, parameters)
        stored = cursor.rowcount
    if stored != len(rows):
        led = merging.led_on(sets)
        if led == [*sets]:
            raise UnknownExercise(f"sets.{_first_unknown(workout.user_id, rows)}.exercise")
        WorkoutSet.objects.filter(user_id=workout.user_id, workout=workout).remove()
        insert_sets(workout=workout, sets=led)


def _insert(
    user_id: UUID, object_id: UUID, content: Content, hashed: bytes, *, revision: int | None = None
) -> Workout:
    workout = Workout(user_id=user_id, id=object_id, creation_hash=hashed)
    revision = advance_clock(user_id) if revision is None else revision
    zone, body_weight_kg = time_zone_and_weight_of(user_id)
    content = {"timezone": zone, "body_weight_kg": body_weight_kg, **content}
    sets = content.get("sets", [])
    if content.get("plan_run_id") is not None:
        content, sets = targets_for(user_id=user_id, content=content)
    elif content.get("session_number") is not None:
        raise _of_no_run("session_number", "Say of which run it is, with plan_run_id.")
    for name in PLAIN_FIELDS:
        if name in content:
            setattr(workout, name, content[name])
    _set_timing(workout, given_timing(user_id, content))
    workout.insert_at(revision)
    insert_sets(workout=workout, sets=sets)
    insert_notes(workout=workout, notes=content.get("exercise_notes", []))
    _follow_up(workout)
    return workout


def _locked(user_id: UUID, workout_id: UUID) -> tuple[Workout, int]:
    """The workout with the person's other writers locked out, and their new revision."""
    revision = advance_clock(user_id)
    return Workout.objects.get(user_id=user_id, pk=workout_id), revision


def _write(workout: Workout, content: Content, timing: Timing | None, *, revision: int) -> None:
    # An estimate that comes back as it was shown is no measurement.
    if content.get("calories_burned", workout.calories_burned) != workout.calories_burned:
        workout.calories_estimated = False
    for name in (*PLAIN_FIELDS, "in_progress"):
        if name in content:
            setattr(workout, name, content[name])
    if timing is not None:
        _set_timing(workout, timing)
    workout.revision = revision
    names = (*PLAIN_FIELDS, *TIMING_FIELDS, "in_progress", "calories_estimated", "revision")
    values = {name: getattr(workout, name) for name in names}
    Workout.objects.filter(user_id=workout.user_id, pk=workout.pk).write(
        **values, updated_at=clock.now()
    )


def _refuse_new_run(workout: Workout, content: Content) -> None:
    names = ["plan_run_id", "session_number"]
    if workout.plan_run_id is not None:
        names.append("workout_plan_id")
    for name in names:
        if content.get(name, getattr(workout, name)) != getattr(workout, name):
            raise _of_no_run(name, "A workout joins a run when it is logged, and stays there.")


def _of_no_run(name: str, message: str) -> ValidationError:
    return ValidationError({name: ValidationError(message, code="invalid")})


def _follow_up(workout: Workout) -> None:
    """What follows from a workout once it is written: its energy, and where its run stands."""
    _estimate(workout)
    if workout.plan_run_id is not None and not workout.in_progress:
        replays.settle_after(
            user_id=workout.user_id, run_id=workout.plan_run_id, revision=workout.revision
        )


def _estimate(workout: Workout) -> None:
    measured = workout.calories_burned is not None and not workout.calories_estimated
    unknown = workout.body_weight_kg is None and not workout.calories_estimated
    if not (measured or unknown or workout.in_progress):
        estimate_energy(user_id=workout.user_id, workout_id=workout.pk)


def _set_timing(workout: Workout, timing: Timing) -> None:
    for name in TIMING_FIELDS:
        setattr(workout, name, getattr(timing, name))


def insert_notes(*, workout: Workout, notes: Sequence[Content]) -> None:
    """Store these notes on exercises, after the caller advanced the clock."""
    if not notes:
        return
    rows = [{**note, "id": uuid7()} for note in notes]
    parameters: dict[str, Any] = {
        "user": workout.user_id,
        "workout": workout.pk,
        "rows": orjson.dumps(rows).decode(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_NOTES, parameters)
        stored = cursor.rowcount
    if stored != len(rows):
        index = _first_unknown(workout.user_id, rows)
        raise UnknownExercise(f"exercise_notes.{index}.exercise")


def _replace_sets(workout: Workout, sets: Sequence[Content]) -> None:
    if workout.plan_run_id is not None:
        sets = targets_again(workout=workout, sets=sets)
    WorkoutSet.objects.filter(user_id=workout.user_id, workout=workout).remove()
    insert_sets(workout=workout, sets=sets)


def _replace_notes(workout: Workout, notes: Sequence[Content]) -> None:
    ExerciseNote.objects.filter(user_id=workout.user_id, workout=workout).remove()
    insert_notes(workout=workout, notes=notes)


def reload_body(*, user_id: UUID, workout_id: UUID) -> None:
    """What the sets of a workout moved of the body, after its weight or a load type changed."""
    with connection.cursor() as cursor:
        cursor.execute(_RELOAD_BODY, {"user": user_id, "workout": workout_id})


def _numbered(sets: Sequence[Content]) -> list[dict[str, Any]]:
    """The sets with an id, their place, and their number among those of their exercise."""
    seen: Counter[UUID] = Counter()
    taken: set[tuple[UUID, int]] = set()
    rows = []
    for position, given in enumerate(sets, start=1):
        number = given.get("set_number") or seen[given["exercise"]] + 1
        if (given["exercise"], number) in taken:
            message = "Two sets of an exercise have the same set_number."
            raise ValidationError({"sets": ValidationError(message, code="duplicate_set_number")})
        taken.add((given["exercise"], number))
        seen[given["exercise"]] = max(number, seen[given["exercise"]])
        rows.append(
            {**given, "id": given.get("id") or uuid7(), "position": position, "set_number": number}
        )
    return rows


def _first_unknown(user_id: UUID, rows: Sequence[Content]) -> int:
    named = {row["exercise"] for row in rows}
    visible = set(
        Exercise.objects.visible_to(user_id).filter(pk__in=named).values_list("pk", flat=True)
    )
    return next(n for n, row in enumerate(rows) if row["exercise"] not in visible)
