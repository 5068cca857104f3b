"""What recorded sessions write into the diary: once for each session, however many tell of it.

A workout that was made of recordings follows them until the person changes it: we note its
updated_at whenever we write it, and where it has moved on, the workout is theirs. What they say
of the recordings themselves (which one it shows, where one belongs) still goes before that.
Workouts that they logged only get calories where none were measured.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from django.db import models

from users.selectors import time_zone_and_weight_of
from wearables.formulas.moves import slug_of_move
from wearables.formulas.sports import SPORTS
from wearables.models import RecordedWorkout
from wearables.services import heart_rate
from wearables.services.sessions import Session, Sessions, unlike_stored
from workouts.models import Exercise, Workout, WorkoutSet
from workouts.models.exercise import LoadType
from workouts.services.energy import estimate_energy
from workouts.timing import Timing, timing_of_instants

_STRENGTH: Final = "strength"
_BATCH: Final = 500
_SECOND: Final = timedelta(seconds=1)
_UPSERTED: Final = [
    column.name
    for column in RecordedWorkout._meta.concrete_fields
    if column.name not in {"id", "user", "created_at", "creation_hash"}
]


@dataclass(kw_only=True)
class _Page:
    """What is to be written, found out before any of it is."""

    revision: int
    now: datetime
    made: list[tuple[Session, RecordedWorkout]] = field(default_factory=list)
    again: list[tuple[Session, RecordedWorkout]] = field(default_factory=list)
    gone: list[Session] = field(default_factory=list)
    calories: list[tuple[Session, int | None]] = field(default_factory=list)
    # Workouts with the times within which heart rates are theirs.
    linked: dict[UUID, tuple[datetime, datetime]] = field(default_factory=dict)


def write(
    sessions: Sessions,
    *,
    revision: int,
    now: datetime,
    changed: Collection[UUID] = (),
    keep_workouts: bool = False,
) -> None:
    """Store the recordings, and have the diary say what they do.

    For a caller who has advanced the clock. ``changed`` are recordings that say something else
    than before. With ``keep_workouts``, a workout that loses its last recording stays.
    """
    page = _Page(revision=revision, now=now)
    for session in sessions.touched():
        if session.members:
            _settle(page, session, sessions.crown(session), changed)
        elif not keep_workouts:
            _abandon(page, session)
    rows = unlike_stored(sessions)
    _step_down(rows, sessions)
    _make(sessions.user_id, page)
    _store(rows, revision=revision)
    _write_again(sessions.user_id, page)
    _write_calories(sessions.user_id, page)
    _remove(sessions.user_id, page)
    for workout_id, (started_at, finished_at) in page.linked.items():
        heart_rate.link_workout(
            user_id=sessions.user_id,
            workout_id=workout_id,
            started_at=started_at,
            finished_at=finished_at,
        )


# --- What is to be written -----------------------------------------------------------------


def _settle(
    page: _Page, session: Session, primary: RecordedWorkout, changed: Collection[UUID]
) -> None:
    if session.logged is None:
        page.made.append((session, primary))
    elif not session.is_made:
        _settle_logged(page, session)
    elif (primary is not session.shown or primary.pk in changed) and session.is_ours:
        session.written_at = page.now
        page.again.append((session, primary))
    for row in session.members:
        row.workout_written_at = row.calories_given = None
    primary.workout_written_at = session.written_at
    primary.calories_given = session.calories_given


def _settle_logged(page: _Page, session: Session) -> None:
    logged, primary = session.logged, session.members[0]
    assert logged is not None
    known = [row.calories for row in session.members if row.calories is not None]
    _give(page, session, known[0] if known else None)
    page.linked[logged.id] = (
        min(logged.started_at, primary.started_at),
        max(logged.finished_at or primary.finished_at, primary.finished_at),
    )


def _give(page: _Page, session: Session, calories: int | None) -> None:
    """To a workout of the person's own, where it has none but an estimate or those of before."""
    logged, given = session.logged, session.calories_given
    assert logged is not None
    has_ours = given is not None and logged.calories_burned == given
    has_none = logged.calories_burned is None or logged.calories_estimated
    session.calories_given = given if has_ours else None
    is_new = calories is not None and (has_none or (has_ours and calories != given))
    if is_new or (calories is None and has_ours):
        session.calories_given = calories
        page.calories.append((session, calories))


def _abandon(page: _Page, session: Session) -> None:
    """Nothing live tells of it any more."""
    if not session.is_made:
        _give(page, session, None)
    elif session.logged is not None and session.is_ours:
        page.gone.append(session)


# --- Recordings ----------------------------------------------------------------------------


def _step_down(rows: Sequence[RecordedWorkout], sessions: Sessions) -> None:
    """Before others take their places: a workout has one primary at any moment."""
    primary = []
    for row in rows:
        before = sessions.stored.get(row.pk, {})
        if before.get("is_primary") and (before["workout_id"], True) != (
            row.workout_id,
            row.is_primary,
        ):
            primary.append(row.pk)
    if primary:
        RecordedWorkout.objects.filter(user=sessions.user_id, pk__in=primary).write(
            is_primary=False
        )


def _store(rows: Sequence[RecordedWorkout], *, revision: int) -> None:
    for row in rows:
        row.revision = revision
    # The plain one: the clock has been advanced.
    models.QuerySet.bulk_create(
        RecordedWorkout.objects.all(),
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=_UPSERTED,
    )


# --- Workouts ------------------------------------------------------------------------------


def _make(user_id: UUID, page: _Page) -> None:
    if not page.made:
        return
    weight = time_zone_and_weight_of(user_id)[1]
    workouts = []
    for session, row in page.made:
        workout = Workout(
            id=session.workout_id,
            user_id=user_id,
            body_weight_kg=weight,
            revision=page.revision,
            **_content(row),
        )
        workouts.append((workout, row))
        page.linked[workout.pk] = (row.started_at, row.finished_at)
    Workout.objects.insert(workout for workout, _ in workouts)
    for workout, row in workouts:
        row.workout_written_at = workout.updated_at
    _fill(user_id, [(workout.pk, weight, row) for workout, row in workouts])


def _write_again(user_id: UUID, page: _Page) -> None:
    if not page.again:
        return
    filled = []
    for session, row in page.again:
        logged = session.logged
        assert logged is not None
        Workout.objects.filter(user=user_id, pk=logged.id).write(
            **_content(row), updated_at=page.now, revision=page.revision
        )
        filled.append((logged.id, logged.body_weight_kg, row))
        if (logged.started_at, logged.finished_at) != (row.started_at, row.finished_at):
            _unlink(user_id, session)
        page.linked[logged.id] = (row.started_at, row.finished_at)
    written = [session.workout_id for session, _ in page.again]
    WorkoutSet.objects.filter(user=user_id, workout__in=written).remove()
    _fill(user_id, filled)


def _write_calories(user_id: UUID, page: _Page) -> None:
    """Of workouts that the person logged; without measured ones, an estimate again."""
    for session, calories in page.calories:
        assert session.logged is not None
        Workout.objects.filter(user=user_id, pk=session.workout_id).write(
            calories_burned=calories,
            calories_estimated=False,
            updated_at=page.now,
            revision=page.revision,
        )
        if calories is None and not session.logged.in_progress:
            estimate_energy(user_id=user_id, workout_id=session.workout_id)


def _remove(user_id: UUID, page: _Page) -> None:
    gone = [session.workout_id for session in page.gone]
    if not gone:
        return
    for session in page.gone:
        _unlink(user_id, session)
    Workout.objects.filter(user=user_id, pk__in=gone).delete()


def _unlink(user_id: UUID, session: Session) -> None:
    logged = session.logged
    assert logged is not None
    heart_rate.forget_workout(
        user_id=user_id,
        workout_id=logged.id,
        started_at=logged.started_at,
        # The diary knows no parts of a second.
        finished_at=logged.finished_at and logged.finished_at + _SECOND,
    )


def _content(row: RecordedWorkout) -> dict[str, Any]:
    """The fields of a workout that a recording fills; whatever else it has is the person's."""
    timing = timing_of_instants(
        timezone=row.timezone,
        started_at=row.started_at,
        finished_at=row.finished_at,
        duration=0,
    )
    times = {one.name: getattr(timing, one.name) for one in fields(Timing)}
    return {
        "name": row.name or SPORTS[row.sport].title,
        "calories_burned": row.calories,
        "calories_estimated": False,
        **times,
    }


def _fill(user_id: UUID, workouts: Sequence[tuple[UUID, float | None, RecordedWorkout]]) -> None:
    """The sets of new or emptied workouts, and calories where none were measured."""
    done = {workout_id: _sets_of(row) for workout_id, _, row in workouts}
    exercises = _exercises({one["exercise"] for sets in done.values() for one in sets})
    sets = []
    for workout_id, weight, _ in workouts:
        known = [one for one in done[workout_id] if one["exercise"] in exercises]
        sets += _numbered(user_id, workout_id, weight, known, exercises)
    WorkoutSet.objects.insert(sets)
    for workout_id, weight, row in workouts:
        if row.calories is None and weight is not None and done[workout_id]:
            estimate_energy(user_id=user_id, workout_id=workout_id)


def _sets_of(row: RecordedWorkout) -> list[dict[str, Any]]:
    """What was done, with slugs for exercises: the moves of lifting, or one of a sport's own."""
    if row.sport == _STRENGTH:
        return [{**done, "exercise": slug_of_move(done["exercise"])} for done in row.sets]
    slug = SPORTS[row.sport].exercise
    elapsed = round((row.finished_at - row.started_at).total_seconds())
    seconds = elapsed if row.duration_s is None else min(row.duration_s, elapsed)
    values = {"duration": seconds, "distance": row.distance}
    return [{"exercise": slug, **values}] if slug else []


def _exercises(slugs: Collection[str]) -> Mapping[str, Exercise]:
    """Those of the shared catalogue, by slug."""
    if not slugs:
        return {}
    shared = Exercise.objects.filter(slug__in=slugs, created_by=None)
    rows = shared.only("id", "slug", "load_type", "bodyweight_share", "created_by")
    return {cast("str", exercise.slug): exercise for exercise in rows}


def _numbered(
    user_id: UUID,
    workout_id: UUID,
    weight: float | None,
    done: Sequence[Mapping[str, Any]],
    exercises: Mapping[str, Exercise],
) -> list[WorkoutSet]:
    counts: dict[str, int] = {}
    sets = []
    for position, values in enumerate(done, start=1):
        slug = values["exercise"]
        counts[slug] = counts.get(slug, 0) + 1
        exercise = exercises[slug]
        sets.append(
            WorkoutSet(
                user_id=user_id,
                workout_id=workout_id,
                position=position,
                set_number=counts[slug],
                load_type=exercise.load_type,
                body_load_kg=_body_load(exercise, weight),
                **{**values, "exercise": exercise},
            )
        )
    return sets


def _body_load(exercise: Exercise, weight: float | None) -> float | None:
    """As the diary does it: what a set moves of the body, in kg."""
    if exercise.load_type == LoadType.EXTERNAL or None in {weight, exercise.bodyweight_share}:
        return None
    return cast("float", weight) * cast("float", exercise.bodyweight_share)
