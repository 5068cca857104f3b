"""The diary's writes. Each is one transaction and a constant number of statements."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone as clock

from users.errors import Conflict
from users.ids import uuid7
from users.ownership import advance_clock
from users.selectors import time_zone_of
from users.services.creation import content_hash, create_once, refuse_mixed_up
from workouts.models import Exercise, Workout, WorkoutSet
from workouts.timing import Timing, timing_of_instants, timing_of_readings

SET_FIELDS = ("reps", "weight", "duration", "distance", "rpe", "notes")
PLAIN_FIELDS = ("name", "calories_burned", "notes", "is_public", "workout_plan_id")
INSTANTS = ("started_at", "finished_at")
TIMING_FIELDS = (
    "timezone",
    "date",
    "start_time",
    "end_time",
    "started_at",
    "finished_at",
    "duration",
)
_INSERT_SETS = """
    INSERT INTO workouts_workoutset (id, user_id, workout_id, exercise_id, position, set_number,
        reps, weight, duration, distance, rpe, notes)
    SELECT s.id, %(user)s, %(workout)s, e.id, s.position, s.set_number,
        s.reps, s.weight, s.duration, s.distance, s.rpe, s.notes
    FROM unnest(%(id)s::uuid[], %(exercise)s::uuid[], %(position)s::int[], %(set_number)s::int[],
        %(reps)s::int[], %(weight)s::float8[], %(duration)s::int[], %(distance)s::float8[],
        %(rpe)s::int[], %(notes)s::text[])
        AS s (id, exercise_id, position, set_number, reps, weight, duration, distance, rpe, notes)
    JOIN workouts_exercise e ON e.id = s.exercise_id
        AND (e.created_by_id IS NULL OR e.created_by_id = %(user)s)
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
    """Make the workout what the content says; what it leaves out becomes empty."""
    blank = {"calories_burned": None, "notes": "", "is_public": False, "workout_plan_id": None}
    with transaction.atomic():
        workout, revision = _locked(user_id, workout_id)
        _write(workout, {**blank, **content}, _timing(user_id, content), revision=revision)
        _replace_sets(workout, content.get("sets", []))


def change_workout(*, user_id: UUID, workout_id: UUID, content: Content) -> None:
    """Change the given fields; given sets take the place of all that were there."""
    with transaction.atomic():
        workout, revision = _locked(user_id, workout_id)
        timing = None
        if any(name in content for name in TIMING_FIELDS):
            timing = _timing(user_id, _merged_timing(workout, content))
        _write(workout, content, timing, revision=revision)
        if "sets" in content:
            _replace_sets(workout, content["sets"])


def start_workout(
    *,
    user_id: UUID,
    now: datetime,
    content: Content,
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[UUID, bool]:
    """Begin a workout at this instant; answers its id and whether it began just now.

    Raises Conflict while another one is running, and what create_once raises.
    """

    def begin(workout_id: UUID, hashed: bytes) -> Workout:
        revision = advance_clock(user_id)
        if Workout.objects.filter(user_id=user_id, in_progress=True).exists():
            raise Conflict("Finish your running workout first.", code="already_running")
        zone = content.get("timezone") or time_zone_of(user_id)
        timing = timing_of_instants(timezone=zone, started_at=now, finished_at=None, duration=0)
        workout = Workout(
            id=workout_id,
            user_id=user_id,
            name=content["name"],
            in_progress=True,
            creation_hash=hashed,
        )
        _set_timing(workout, timing)
        workout.insert_at(revision)
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


def finish_workout(*, user_id: UUID, workout_id: UUID, finished_at: datetime) -> None:
    """End a running workout; its duration follows."""
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
        _write(workout, {"in_progress": False}, timing, revision=revision)


def duplicate_workout(
    *,
    user_id: UUID,
    workout_id: UUID,
    now: datetime,
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[UUID, bool]:
    """The same sets again, as a workout of now; how they felt is not copied.

    Answers the copy's id and whether it was made just now. Raises what create_once raises.
    """

    def copy(copy_id: UUID, hashed: bytes) -> Workout:
        original, revision = _locked(user_id, workout_id)
        timing = timing_of_instants(
            timezone=time_zone_of(user_id), started_at=now, finished_at=None, duration=0
        )
        workout = Workout(id=copy_id, user_id=user_id, name=original.name, creation_hash=hashed)
        _set_timing(workout, timing)
        workout.insert_at(revision)
        sets = original.sets.in_order().values(
            "exercise", "set_number", "reps", "weight", "duration", "distance"
        )
        insert_sets(workout=workout, sets=list(sets))
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
    columns = {name: [row.get(name) for row in rows] for name in SET_FIELDS}
    columns["notes"] = [row.get("notes") or "" for row in rows]
    for name in ("id", "exercise", "position", "set_number"):
        columns[name] = [row[name] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_SETS, {"user": workout.user_id, "workout": workout.pk, **columns})
        stored = cursor.rowcount
    if stored != len(rows):
        raise UnknownExercise(_first_unknown(workout.user_id, rows))


def _insert(
    user_id: UUID, object_id: UUID, content: Content, hashed: bytes, *, revision: int | None = None
) -> Workout:
    workout = Workout(user_id=user_id, id=object_id, creation_hash=hashed)
    for name in PLAIN_FIELDS:
        if name in content:
            setattr(workout, name, content[name])
    _set_timing(workout, _timing(user_id, content))
    workout.insert_at(advance_clock(user_id) if revision is None else revision)
    insert_sets(workout=workout, sets=content.get("sets", []))
    return workout


def _locked(user_id: UUID, workout_id: UUID) -> tuple[Workout, int]:
    """The workout with the person's other writers locked out, and their new revision."""
    revision = advance_clock(user_id)
    return Workout.objects.get(user_id=user_id, pk=workout_id), revision


def _write(workout: Workout, content: Content, timing: Timing | None, *, revision: int) -> None:
    for name in (*PLAIN_FIELDS, "in_progress"):
        if name in content:
            setattr(workout, name, content[name])
    if timing is not None:
        _set_timing(workout, timing)
    values = {
        name: getattr(workout, name) for name in (*PLAIN_FIELDS, *TIMING_FIELDS, "in_progress")
    }
    Workout.objects.filter(user_id=workout.user_id, pk=workout.pk).write(
        **values, updated_at=clock.now(), revision=revision
    )


def _set_timing(workout: Workout, timing: Timing) -> None:
    for name in TIMING_FIELDS:
        setattr(workout, name, getattr(timing, name))


def _timing(user_id: UUID, content: Content) -> Timing:
    zone = content.get("timezone") or time_zone_of(user_id)
    duration = content.get("duration", 0)
    if content.get("started_at") is not None:
        return timing_of_instants(
            timezone=zone,
            started_at=content["started_at"],
            finished_at=content.get("finished_at"),
            duration=duration,
        )
    return timing_of_readings(
        timezone=zone,
        day=content["date"],
        start_time=content["start_time"],
        end_time=content.get("end_time"),
        duration=duration,
    )


def _merged_timing(workout: Workout, content: Content) -> dict[str, Any]:
    """What was stored, with the given fields over it.

    Instants stay unless a time is given. A new beginning without a new end keeps the length.
    """
    readings = ("date", "start_time", "end_time")
    names = ("timezone", "duration", *INSTANTS)
    if not any(name in content for name in readings):
        stored = {name: getattr(workout, name) for name in names}
        return {**stored, **{name: content[name] for name in names if name in content}}
    stored = {name: getattr(workout, name) for name in ("timezone", "duration", *readings)}
    merged = {**stored, **{name: content[name] for name in stored if name in content}}
    if "end_time" in content or workout.finished_at is None:
        return merged
    begun = timing_of_readings(
        timezone=merged["timezone"],
        day=merged["date"],
        start_time=merged["start_time"],
        end_time=None,
        duration=0,
    )
    length = workout.finished_at - workout.started_at
    return {
        "timezone": merged["timezone"],
        "started_at": begun.started_at,
        "finished_at": begun.started_at + length,
    }


def _replace_sets(workout: Workout, sets: Sequence[Content]) -> None:
    WorkoutSet.objects.filter(user_id=workout.user_id, workout=workout).remove()
    insert_sets(workout=workout, sets=sets)


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


def _first_unknown(user_id: UUID, rows: Sequence[Content]) -> str:
    named = {row["exercise"] for row in rows}
    visible = set(
        Exercise.objects.visible_to(user_id).filter(pk__in=named).values_list("pk", flat=True)
    )
    index = next(n for n, row in enumerate(rows) if row["exercise"] not in visible)
    return f"sets.{index}.exercise"
