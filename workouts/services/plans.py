"""Plans: written as a whole, a version for each change, copied, put into another order."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone as clock
from pydantic import ValidationError as InvalidDocument

from users.errors import Conflict
from users.ids import uuid7
from users.ownership import advance_clock
from users.services.creation import create_once
from workouts import selectors
from workouts.models import (
    PlannedExercise,
    PlannedSet,
    PlanRun,
    PlanVersion,
    WorkoutDay,
    WorkoutPlan,
)
from workouts.models.run import RunStatus
from workouts.services.workouts import UnknownExercise
from workouts.training import document as documents
from workouts.training.document import Plan
from workouts.training.rules import VariationLadder
from workouts.training.text import with_text

Content = Mapping[str, Any]

# What a client may send back with the plan that it was given, and what is not part of its content.
SHOWN_ONLY: Final = frozenset(
    {
        "is_ai_generated",
        "version",
        "copied_from",
        "program",
        "author",
        "created_at",
        "updated_at",
    }
)
_ROW_FIELDS = tuple(name for name in Plan.model_fields if name not in {"days", "deload"})
_INSERT_DAYS = """
    INSERT INTO workouts_workoutday
        (id, user_id, plan_id, day_number, focus, warm_up, cool_down)
    SELECT d.id, %(user)s, %(plan)s, d.day_number, d.focus, d.warm_up, d.cool_down
    FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS d (id uuid, day_number int, focus text, warm_up text, cool_down text)
"""
_INSERT_EXERCISES = """
    INSERT INTO workouts_plannedexercise (id, user_id, day_id, exercise_id, name, sets, reps,
        rest_seconds, notes, "order", superset, tempo, unilateral, track, start_load_kg,
        start_percent_1rm, progression)
    SELECT x.id, %(user)s, x.day, x.exercise, x.name, x.sets, x.reps, x.rest_seconds, x.notes,
        x."order", x.superset, coalesce(x.tempo, ''), x.unilateral, coalesce(x.track, ''),
        x.start_load_kg, x.start_percent_1rm, x.progression
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS x (id uuid, day uuid, exercise uuid, name text,
        sets int, reps text, rest_seconds int, notes text, "order" int, superset int, tempo text,
        unilateral boolean, track text, start_load_kg float8, start_percent_1rm float8,
        progression jsonb)
"""
_INSERT_SETS = """
    INSERT INTO workouts_plannedset (id, user_id, planned_exercise_id, "order", set_type, count,
        week, reps_min, reps_max, duration_seconds, distance_km, load_type, load_value, rpe, rir,
        rest_seconds, tempo)
    SELECT s.id, %(user)s, s.planned_exercise, s."order", s.set_type, s.count, s.week, s.reps_min,
        s.reps_max, s.duration_seconds, s.distance_km, s.load_type, s.load_value, s.rpe, s.rir,
        s.rest_seconds, coalesce(s.tempo, '')
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS s (id uuid, planned_exercise uuid, "order" int,
        set_type text, count int, week int, reps_min int, reps_max int, duration_seconds int,
        distance_km float8, load_type text, load_value float8, rpe float8, rir float8,
        rest_seconds int, tempo text)
"""


class PlanInUse(Conflict):
    def __init__(self) -> None:
        super().__init__("You follow this plan. Finish its run first.", code="plan_in_use")


def read_document(data: Content) -> Plan:
    """The plan that this data describes. Raises ValidationError that names what is wrong where."""
    try:
        return Plan.model_validate(data)
    except InvalidDocument as wrong:
        raise ValidationError(named_errors(wrong)) from None


def create_plan(
    *,
    user_id: UUID,
    document: Plan,
    is_public: bool = False,
    object_id: UUID | None = None,
    idempotency_key: str = "",
    **facts: Any,
) -> tuple[UUID, bool]:
    """Store a plan with its days, exercises and sets; its id, and whether it is new.

    ``facts`` are is_ai_generated and program. Raises what create_once raises, and
    UnknownExercise.
    """
    facts["is_public"] = is_public
    return _create(
        user_id=user_id,
        content={"document": document.model_dump(mode="json"), "facts": facts},
        made=lambda: (document, facts),
        object_id=object_id,
        idempotency_key=idempotency_key,
    )


def copy_plan(
    *,
    user_id: UUID,
    plan_id: UUID,
    name: str | None = None,
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[UUID, bool]:
    """A plan of the person's own with the content of one that they may see, in its own rows.

    Another person's custom exercises become names. A repeated request answers the copy, whatever
    has become of the original. Raises what create_once raises, and WorkoutPlan.DoesNotExist.
    """

    def made() -> tuple[Plan, Content]:
        # The first of them knows who is hidden from whom.
        document = without_ids(selectors.plan_document(viewer_id=user_id, plan_id=plan_id))
        original = WorkoutPlan.objects.visible_to(user_id).get(pk=plan_id)
        facts = {"copied_from": plan_id, "is_ai_generated": original.is_ai_generated}
        return document.model_copy(update={"name": name or document.name}), facts

    return _create(
        user_id=user_id,
        content={"copied_from": plan_id, "name": name},
        made=made,
        object_id=object_id,
        idempotency_key=idempotency_key,
    )


def _create(
    *,
    user_id: UUID,
    content: Content,
    made: Callable[[], tuple[Plan, Content]],
    object_id: UUID | None,
    idempotency_key: str,
) -> tuple[UUID, bool]:
    """Store what ``made`` answers, once for this content: what the client sent."""

    def create(plan_id: UUID, hashed: bytes) -> WorkoutPlan:
        revision = advance_clock(user_id)
        document, facts = made()
        plan = WorkoutPlan(id=plan_id, user_id=user_id, creation_hash=hashed, **facts)
        document = complete(user_id, document)
        _fill(plan, document)
        plan.insert_at(revision)
        _insert_tree(plan, document)
        return plan

    plan, is_new = create_once(
        model=WorkoutPlan,
        user_id=user_id,
        content=content,
        create=create,
        object_id=object_id,
        idempotency_key=idempotency_key,
    )
    return plan.pk, is_new


@transaction.atomic
def change_plan(
    *, user_id: UUID, plan_id: UUID, document: Plan, is_public: bool | None = None
) -> None:
    """Make the plan what the document says: a new version, unless it says nothing new.

    Days, exercises and sets that keep their ids stay themselves. Runs go on with the version that
    they were started on.
    """
    revision = advance_clock(user_id)
    _change(user_id, plan_id, document, is_public=is_public, revision=revision)


@transaction.atomic
def change_part_of_plan(
    *, user_id: UUID, plan_id: UUID, content: Content, is_public: bool | None = None
) -> None:
    """As change_plan, with everything that the content does not name as it is now."""
    revision = advance_clock(user_id)
    stored = selectors.plan_document(viewer_id=user_id, plan_id=plan_id)
    document = read_document({**stored.model_dump(mode="json"), **content})
    _change(user_id, plan_id, document, is_public=is_public, revision=revision)


def _change(
    user_id: UUID, plan_id: UUID, document: Plan, *, is_public: bool | None, revision: int
) -> None:
    plan = WorkoutPlan.objects.get(user_id=user_id, pk=plan_id)
    document = complete(user_id, document)
    latest = PlanVersion.objects.get(user_id=user_id, plan=plan, version=plan.version)
    says_new = document.model_dump(mode="json") != latest.document
    if not says_new and is_public in {None, plan.is_public}:
        return
    if says_new:
        plan.version += 1
        _fill(plan, document)
    if is_public is not None:
        plan.is_public = is_public
    names = (*_ROW_FIELDS, "deload", "version", "is_public")
    WorkoutPlan.objects.filter(user_id=user_id, pk=plan_id).write(
        **{name: getattr(plan, name) for name in names},
        updated_at=clock.now(),
        revision=revision,
    )
    if says_new:
        _remove_tree(plan)
        _insert_tree(plan, document)


@transaction.atomic
def reorder_plan(*, user_id: UUID, plan_id: UUID, order: Sequence[Content]) -> None:
    """Put days and their exercises into this order; exercises may move to another day.

    ``order`` names every day with ``exercises``, and every exercise in it, exactly once. The day
    numbers stay those that there are. Raises ValidationError for an incomplete order, and for a
    day that would become too long.
    """
    revision = advance_clock(user_id)
    document = selectors.plan_document(viewer_id=user_id, plan_id=plan_id)
    days = {day.id: day for day in document.days}
    exercises = {one.id: one for day in document.days for one in day.exercises}
    named = [one for day in order for one in day["exercises"]]
    if not _is_order_of(days, [day["id"] for day in order]) or not _is_order_of(exercises, named):
        message = "Name every day and every exercise of the plan exactly once."
        raise ValidationError({"days": ValidationError(message, code="invalid_order")})
    placed = [
        days[day["id"]].model_copy(
            update={
                "day_number": number,
                "exercises": [
                    exercises[one].model_copy(update={"order": place})
                    for place, one in enumerate(day["exercises"], start=1)
                ],
            }
        )
        for day, number in zip(order, sorted(day.day_number for day in days.values()), strict=True)
    ]
    moved = document.model_copy(update={"days": placed}).model_dump(mode="json")
    # A day with exercises of another one can be more than a day may be.
    _change(user_id, plan_id, read_document(moved), is_public=None, revision=revision)


def _is_order_of(parts: Mapping[UUID | None, object], named: Sequence[UUID]) -> bool:
    return len(named) == len(parts) and set(named) == parts.keys()


@transaction.atomic
def delete_plan(*, user_id: UUID, plan_id: UUID) -> None:
    """Delete a plan with its finished runs. Raises PlanInUse while one is open."""
    advance_clock(user_id)
    plan = WorkoutPlan.objects.get(user_id=user_id, pk=plan_id)
    if PlanRun.objects.filter(user_id=user_id, plan=plan).exclude(status=RunStatus.FINISHED):
        raise PlanInUse
    plan.delete()


def without_ids(document: Plan) -> Plan:
    """The same content for rows of its own; who shares a track goes on to do so."""
    tracks = {one.track for day in document.days for one in day.exercises}
    days = [
        day.model_copy(
            update={
                "id": None,
                "exercises": [_without_ids(one, tracks) for one in day.exercises],
            }
        )
        for day in document.days
    ]
    return document.model_copy(update={"days": days})


def _without_ids(
    one: documents.PlannedExercise, tracks: Collection[str | None]
) -> documents.PlannedExercise:
    schemes = [scheme.model_copy(update={"id": None}) for scheme in one.planned_sets]
    # A track can be named after an exercise, which has to be told once that has another id.
    own = str(one.id) if str(one.id) in tracks else None
    return one.model_copy(update={"id": None, "track": one.track or own, "planned_sets": schemes})


def _fill(plan: WorkoutPlan, document: Plan) -> None:
    for name in _ROW_FIELDS:
        setattr(plan, name, getattr(document, name))
    plan.deload = None if document.deload is None else document.deload.model_dump(mode="json")


def _remove_tree(plan: WorkoutPlan) -> None:
    days = WorkoutDay.objects.filter(user_id=plan.user_id, plan=plan)
    exercises = PlannedExercise.objects.filter(user_id=plan.user_id, day__in=days)
    PlannedSet.objects.filter(user_id=plan.user_id, planned_exercise__in=exercises).remove()
    exercises.remove()
    days.remove()


def _insert_tree(plan: WorkoutPlan, document: Plan) -> None:
    """``document`` is complete."""
    stored = document.model_dump(mode="json")
    days, exercises, schemes = [], [], []
    for day in stored["days"]:
        days.append(day)
        for one in day["exercises"]:
            exercises.append({**one, "day": day["id"]})
            schemes += [
                {**scheme, "planned_exercise": one["id"], "order": order}
                for order, scheme in enumerate(one["planned_sets"], start=1)
            ]
    with connection.cursor() as cursor:
        for sql, rows in (
            (_INSERT_DAYS, days),
            (_INSERT_EXERCISES, exercises),
            (_INSERT_SETS, schemes),
        ):
            text = orjson.dumps(rows).decode()
            cursor.execute(sql, {"user": plan.user_id, "plan": plan.pk, "rows": text})
    PlanVersion(user_id=plan.user_id, plan=plan, version=plan.version, document=stored).insert()


def complete(user_id: UUID, document: Plan) -> Plan:
    """The document as it is stored: with names and ids, both ways to say a set, in its order.

    What it says already stays. Raises UnknownExercise.
    """
    document = with_text(with_names(user_id, document))
    days = [_complete_day(day) for day in document.in_order()]
    return document.model_copy(update={"days": days})


def with_names(user_id: UUID, document: Plan) -> Plan:
    """The document with a name for each exercise. Raises UnknownExercise, which says where."""
    named = dict(_exercises_named(document))
    names = selectors.exercise_names(viewer_id=user_id, ids=set(named.values()))
    for path, exercise in named.items():
        if exercise not in names:
            raise UnknownExercise(path)
    days = [
        day.model_copy(update={"exercises": [_with_name(one, names) for one in day.exercises]})
        for day in document.days
    ]
    return document.model_copy(update={"days": days})


def _exercises_named(document: Plan) -> Iterator[tuple[str, UUID]]:
    """Every exercise that the plan names by its id, the rungs of ladders included, by its path."""
    for number, day in enumerate(document.days):
        for index, one in enumerate(day.exercises):
            path = f"days.{number}.exercises.{index}"
            if one.exercise is not None:
                yield f"{path}.exercise", one.exercise
            if isinstance(one.progression, VariationLadder):
                for place, rung in enumerate(one.progression.rungs):
                    if rung.exercise is not None:
                        yield f"{path}.progression.rungs.{place}.exercise", rung.exercise


def _with_name(
    one: documents.PlannedExercise, names: Mapping[UUID, str]
) -> documents.PlannedExercise:
    if one.name is not None or one.exercise is None:
        return one
    return one.model_copy(update={"name": names[one.exercise]})


def _complete_day(day: documents.Day) -> documents.Day:
    # Who names a place comes before whom the list has put there.
    placed = sorted(
        enumerate(day.exercises, start=1),
        key=lambda each: (each[1].order or each[0], each[1].order is None),
    )
    exercises = [_complete_exercise(one, place) for place, (_, one) in enumerate(placed, start=1)]
    return day.model_copy(update={"id": day.id or uuid7(), "exercises": exercises})


def _complete_exercise(one: documents.PlannedExercise, place: int) -> documents.PlannedExercise:
    schemes = [
        scheme.model_copy(update={"id": scheme.id or uuid7()}) for scheme in one.planned_sets
    ]
    return one.model_copy(
        update={"id": one.id or uuid7(), "order": place, "planned_sets": schemes}
    )


_CODES = {"missing": "required", "extra_forbidden": "unknown_field"}
# A body can hold more than a hundred thousand, and nobody reads them.
_MAX_ERRORS: Final = 100


def named_errors(wrong: InvalidDocument) -> dict[str, list[ValidationError]]:
    """The first errors by where they are: days.0.exercises.2.progression.increment_kg."""
    found: dict[str, list[ValidationError]] = {}
    for error in wrong.errors(include_url=False, include_input=False)[:_MAX_ERRORS]:
        place = [str(part) for part in error["loc"]]
        if "progression" in place:
            # Pydantic names the kind of rule as well, which is no field.
            del place[place.index("progression") + 1 : place.index("progression") + 2]
        message = error["msg"].removeprefix("Value error, ")
        code = _CODES.get(error["type"], "invalid")
        message = message if message.endswith(".") else f"{message}."
        found.setdefault(".".join(place) or "non_field_errors", []).append(
            ValidationError(message, code=code)
        )
    return found
