"""Exercises that turn out to be the same one.

What people logged goes over to the exercise that is kept, person by person under their clocks, so
that their phones hear of it. Where many people are concerned, a worker moves some at a time; the
duplicates go in the transaction that moves the last.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import OperationalError, connection, models, transaction
from django.db.models import Case, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from users.errors import Conflict
from users.ownership import OwnedPart, Synced, advance_clocks
from users.services import outbox
from workouts.models import Exercise, ExerciseNote, MergedExercise, Workout, WorkoutSet
from workouts.models.plan import PlannedExercise, PlanVersion
from workouts.services.catalogue import IMPORT_PREFIX

MAX_DUPLICATES: Final = 50
# So many people's rows are moved while somebody waits; those of more by a worker.
AT_ONCE: Final = 20
CHUNK: Final = 100
_TRIES: Final = 10
# Less than a second: after that PostgreSQL ends one of two who wait for each other, and it should
# not be the person who logs a set.
_PATIENCE: Final = "500ms"
_LONGEST_NOTE: Final = 1000

# Where a workout has sets of more than one of them, they are numbered anew in their order.
_MOVE_SETS: LiteralString = """
    UPDATE workouts_workoutset moved
    SET exercise_id = %(keep)s,
        set_number = CASE WHEN placed.is_mixed THEN placed.place ELSE moved.set_number END
    FROM (
        SELECT id, user_id, row_number() OVER (whole ORDER BY position) AS place,
            min(exercise_id::text) OVER whole <> max(exercise_id::text) OVER whole AS is_mixed
        FROM workouts_workoutset
        WHERE user_id = ANY(%(owners)s) AND exercise_id = ANY(%(all)s) AND workout_id IN (
            SELECT workout_id FROM workouts_workoutset
            WHERE user_id = ANY(%(owners)s) AND exercise_id = ANY(%(duplicates)s)
        )
        WINDOW whole AS (PARTITION BY user_id, workout_id)
    ) placed
    WHERE moved.user_id = placed.user_id AND moved.id = placed.id
"""
# Plans name exercises in their documents and in the rungs of their rules as well.
_REWRITE: LiteralString = """
    UPDATE {table} SET {column} = replace({column}::text, %(old)s, %(new)s)::jsonb
    WHERE user_id = ANY(%(owners)s) AND {column}::text LIKE '%%' || %(old)s || '%%'
"""


class _Overtaken(Exception):
    """Somebody used one of the exercises for the first time just now."""


def merge_exercises(*, keep_id: UUID, duplicate_ids: Collection[UUID]) -> bool:
    """Make these exercises the one that is kept, and delete them; False if a worker goes on.

    Sets, notes, plans, training maxima, aliases, tests and goals go over to it. Where a person may
    have one row only, such as a training max from a day, that of the kept exercise stays. The
    duplicates' ids lead to it from then on. Raises Conflict where they cannot be one exercise.
    """
    ids = set(duplicate_ids)
    _refuse_unlike(keep_id, ids)
    if len(_owners(ids)) > AT_ONCE:
        _promise(keep_id, ids)
        return False
    _finish(keep_id, ids)
    return True


def kept_of(exercise_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """What those of them that were merged lead to."""
    merged = MergedExercise.objects.filter(pk__in=exercise_ids)
    return dict(merged.values_list("pk", "merged_into"))


def led_on(rows: "Collection[Mapping[str, Any]]") -> "list[Mapping[str, Any]]":
    """With the exercises that theirs were merged into since the phone last asked."""
    kept = kept_of({row["exercise"] for row in rows})
    return [{**row, "exercise": kept.get(row["exercise"], row["exercise"])} for row in rows]


def _promise(keep_id: UUID, duplicate_ids: Collection[UUID]) -> None:
    outbox.promise(
        kind="merge_exercises",
        keep_id=str(keep_id),
        duplicate_ids=sorted(str(one) for one in duplicate_ids),
    )


@outbox.handles("merge_exercises")
def go_on(*, keep_id: str, duplicate_ids: list[str]) -> None:
    """Move the rows of the next people; when few are left, theirs, and the exercises go."""
    keep = UUID(keep_id)
    left = Exercise.objects.filter(pk__in=duplicate_ids).values_list("pk", flat=True)
    ids = set(left)
    if not ids or not Exercise.objects.filter(pk=keep).exists():
        return
    owners = sorted(_owners(ids))
    if len(owners) <= AT_ONCE:
        _finish(keep, ids)
        return
    chunk = owners[:CHUNK]
    advance_clocks(chunk)
    _move(keep, ids, chunk)
    _promise(keep, ids)


# --- What may be one exercise ----------------------------------------------------------------


def _refuse_unlike(keep_id: UUID, duplicate_ids: set[UUID]) -> None:
    rows = Exercise.objects.in_bulk([keep_id, *duplicate_ids])
    keep = rows.pop(keep_id, None)
    if keep is None or keep_id in duplicate_ids or len(rows) < len(duplicate_ids):
        raise Conflict("One of these exercises is gone, or is to be kept as well.", code="gone")
    if not 0 < len(rows) <= MAX_DUPLICATES:
        message = f"Merge from one to {MAX_DUPLICATES} exercises into another."
        raise Conflict(message, code="wrong_number")
    for row in rows.values():
        if keep.created_by_id not in {None, row.created_by_id}:
            raise Conflict("Keep a shared exercise: others cannot see this one.", code="custom")
        if row.is_cardio != keep.is_cardio:
            raise Conflict(f"{row} and {keep} are of two kinds.", code="other_kind")
        if row.slug and not row.slug.startswith(IMPORT_PREFIX):
            message = f"Keep {row}: it is of our catalogue, and the next release brings it back."
            raise Conflict(message, code="of_the_catalogue")


def _pointing() -> "Iterator[tuple[type[Any], str]]":
    """Models of people's rows that refer to an exercise, and by which field."""
    for relation in Exercise._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        model = relation.related_model
        if issubclass(model, Synced | OwnedPart) and model is not Exercise:
            yield model, relation.field.name


def _owners(duplicate_ids: set[UUID]) -> set[UUID]:
    """Everybody whose rows refer to them, and whoever made them."""
    found = {
        owner_id
        for model, name in _pointing()
        for owner_id in model._base_manager.filter(**{f"{name}__in": duplicate_ids})
        .order_by()
        .values_list("user_id", flat=True)
        .distinct()
    }
    own = Exercise.objects.filter(pk__in=duplicate_ids) | Exercise.objects.filter(
        variation_of__in=duplicate_ids
    )
    found |= set(own.values_list("created_by", flat=True))
    return found - {None}


# --- Moving ----------------------------------------------------------------------------------


def _finish(keep_id: UUID, duplicate_ids: set[UUID]) -> None:
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                _merge(keep_id, duplicate_ids)
        except _Overtaken:
            continue
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
        else:
            return
    raise Conflict("These exercises are in use at the moment. Try again.", code="busy")


def _merge(keep_id: UUID, duplicate_ids: set[UUID]) -> None:
    owners = _owners(duplicate_ids)
    advance_clocks(owners)
    keep, duplicates = _locked(keep_id, duplicate_ids)
    # What refers to them by now is all there will be: the exercises are locked.
    if not _owners(duplicate_ids) <= owners:
        raise _Overtaken
    _move(keep_id, duplicate_ids, owners)
    _move_variations(keep, duplicate_ids)
    MergedExercise.objects.filter(merged_into__in=duplicate_ids).update(merged_into=keep)
    MergedExercise.objects.bulk_create(
        # What a person called theirs is not for others, and goes when they go.
        MergedExercise(
            id=row.pk, slug=row.slug, name=str(keep if row.is_custom else row), merged_into=keep
        )
        for row in duplicates
    )
    for row in duplicates:
        row.delete()


def _locked(keep_id: UUID, duplicate_ids: set[UUID]) -> tuple[Exercise, list[Exercise]]:
    """The exercises in the order of their keys; nobody can point at them anew until the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (usual,) = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_PATIENCE])
        rows = Exercise.objects.filter(pk__in={keep_id, *duplicate_ids})
        found = {row.pk: row for row in rows.order_by("pk").select_for_update()}
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [usual])
    if len(found) <= len(duplicate_ids):
        raise Conflict("One of these exercises is gone meanwhile.", code="gone")
    keep = found.pop(keep_id)
    return keep, list(found.values())


def _move(keep_id: UUID, duplicate_ids: set[UUID], owners: Collection[UUID]) -> None:
    """The rows of these people, whose clocks the caller has advanced."""
    _touch_workouts(duplicate_ids, owners)
    parameters: dict[str, Any] = {
        "keep": keep_id,
        "owners": list(owners),
        "duplicates": list(duplicate_ids),
        "all": [keep_id, *duplicate_ids],
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_SETS, parameters)
    _join_notes(keep_id, duplicate_ids, owners)
    _rewrite(keep_id, duplicate_ids, owners)
    for model, name in _pointing():
        if model is not WorkoutSet:
            _move_rows(model, name, keep_id, duplicate_ids, owners)


def _touch_workouts(duplicate_ids: set[UUID], owners: Collection[UUID]) -> None:
    sets = WorkoutSet.objects.filter(user__in=owners, exercise__in=duplicate_ids)
    workouts = Workout.objects.filter(user__in=owners, pk__in=sets.values("workout"))
    workouts.update(updated_at=timezone.now())


def _move_rows(
    model: type[Any],
    name: str,
    keep_id: UUID,
    duplicate_ids: set[UUID],
    owners: Collection[UUID],
) -> None:
    pointing = model._default_manager.filter(user__in=owners)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and name in constraint.fields:
            others = [field for field in constraint.fields if field != name]
            either = pointing.filter(**{f"{name}__in": [keep_id, *duplicate_ids]})
            first = Case(When(**{name: keep_id}, then=Value(0)), default=Value(1))
            placed = either.annotate(
                place=Window(RowNumber(), partition_by=others, order_by=[first, "pk"])
            )
            surplus = [row.pk for row in placed.filter(place__gt=1)]
            pointing.filter(pk__in=surplus).delete()
    rows = pointing.filter(**{f"{name}__in": duplicate_ids})
    parents = [parent for parent in model._meta.get_parent_list() if issubclass(parent, Synced)]
    for parent in parents:
        # Its stamps and revision are in the table that it begins in.
        keys = list(rows.values_list("pk", flat=True))
        parent._default_manager.filter(pk__in=keys).update(updated_at=timezone.now())
    if parents:
        rows.write(**{name: keep_id})
        return
    stamp = {"updated_at": timezone.now()} if issubclass(model, Synced) else {}
    rows.update(**{name: keep_id}, **stamp)


def _join_notes(keep_id: UUID, duplicate_ids: set[UUID], owners: Collection[UUID]) -> None:
    """One note on the kept exercise, with the words of all that there were in a workout."""
    notes = ExerciseNote.objects.filter(user__in=owners)
    touched = notes.filter(exercise__in=duplicate_ids).values("workout")
    either = notes.filter(workout__in=touched, exercise__in=[keep_id, *duplicate_ids])
    texts: dict[UUID, list[str]] = {}
    for workout_id, text in either.order_by("pk").values_list("workout", "text"):
        texts.setdefault(workout_id, []).append(text)
    for workout_id, said in texts.items():
        if len(said) > 1:
            # All of them say it, whichever stays.
            either.filter(workout=workout_id).write(text="\n".join(said)[:_LONGEST_NOTE])


def _rewrite(keep_id: UUID, duplicate_ids: set[UUID], owners: Collection[UUID]) -> None:
    places = [(PlannedExercise, "progression"), (PlanVersion, "document")]
    with connection.cursor() as cursor:
        for duplicate_id in duplicate_ids:
            for model, column in places:
                statement = _REWRITE.format(table=model._meta.db_table, column=column)
                cursor.execute(
                    statement,
                    {"old": str(duplicate_id), "new": str(keep_id), "owners": list(owners)},
                )


def _move_variations(keep: Exercise, duplicate_ids: set[UUID]) -> None:
    now = timezone.now()
    variations = Exercise.objects.filter(variation_of__in=duplicate_ids)
    variations.filter(pk=keep.pk).update(variation_of=None, updated_at=now)
    variations.exclude(pk__in=duplicate_ids).update(variation_of=keep, updated_at=now)
