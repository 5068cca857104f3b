"""Recorded sessions and the diary: several recordings of one session are one workout.

What devices and files send is stored by ``store_workouts``. What the person says goes before our
rules, and can be taken back: a recording that they dismissed or joined may be separated again.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone as clock

from users.errors import Conflict
from users.ownership import advance_clock
from users.selectors import time_zone_of
from wearables.models import RecordedWorkout, WearableDevice
from wearables.readings import Counts, WorkoutReading
from wearables.services import diary
from wearables.services.recording_values import (
    RejectedReading,
    Values,
    apply_values,
    values_of,
)
from wearables.services.sessions import Sessions, span_of


class InNoWorkout(Conflict):
    def __init__(self) -> None:
        super().__init__("It is in no workout. Separate or join it first.", code="in_no_workout")


class UnknownWorkout(ValidationError):
    """The person has no such workout."""

    def __init__(self) -> None:
        message = "There is no such workout."
        super().__init__({"workout": ValidationError(message, code="does_not_exist")})


# --- What sources send -----------------------------------------------------------------------


def store_workouts(
    *,
    device: WearableDevice,
    readings: Sequence[WorkoutReading],
    deleted: Collection[str],
    revision: int,
    imported_by: UUID | None = None,
) -> Counts:
    """Store what a connection recorded, and forget what it deleted, by its external ids.

    For a caller who has advanced the person's clock, and stored the heart rates of the readings:
    those are linked here. The same again changes nothing. A constant number of statements, and
    one or two more for each workout.
    """
    counts, now = Counts(), clock.now()
    told = _told(readings, counts, now)
    rows = RecordedWorkout.objects.filter(user=device.user_id, device=device)
    known = {row.external_id: row for row in rows.filter(external_id__in={*told, *deleted})}
    gone = [known[one] for one in {*deleted} - told.keys() if one in known]
    gone = [row for row in gone if row.deleted_at is None]
    fresh = [
        values
        for external_id, values in sorted(told.items(), key=lambda one: one[1]["started_at"])
        if external_id not in known or _says_more(known[external_id], values)
    ]
    if not fresh and not gone:
        return counts
    sessions = Sessions(device.user_id)
    sessions.load(_concerned(known, fresh, gone), between=_span_of(fresh))
    for row in gone:
        _forget(sessions, row, now)
    changed = _take_in(sessions, device, fresh, known, imported_by=imported_by, now=now)
    diary.write(sessions, revision=revision, now=now, changed=changed)
    counts.new += sum(values["external_id"] not in known for values in fresh)
    counts.changed += len(changed)
    counts.deleted += len(gone)
    return counts


def _told(readings: Sequence[WorkoutReading], counts: Counts, now: datetime) -> dict[str, Values]:
    told: dict[str, Values] = {}
    for reading in readings:
        try:
            values, left_out = values_of(reading, now=now)
        except RejectedReading as rejected:
            counts.rejected.append(str(rejected))
            continue
        counts.rejected += left_out
        told[reading.external_id] = values
    return told


def _says_more(row: RecordedWorkout, values: Values) -> bool:
    return row.deleted_at is not None or any(
        getattr(row, name) != value for name, value in values.items()
    )


def _concerned(
    known: dict[str, RecordedWorkout], fresh: list[Values], gone: list[RecordedWorkout]
) -> list[RecordedWorkout]:
    named = {values["external_id"] for values in fresh}
    return [row for external_id, row in known.items() if external_id in named] + gone


def _span_of(fresh: list[Values]) -> tuple[datetime, datetime] | None:
    if not fresh:
        return None
    return (
        min(values["started_at"] for values in fresh),
        max(values["finished_at"] for values in fresh),
    )


def _forget(sessions: Sessions, row: RecordedWorkout, now: datetime) -> None:
    """Its source has deleted it. One that was dismissed stays so, should it come again."""
    if row.workout_id is None:
        row.dismissed_at = row.dismissed_at or now
    sessions.leave(row)
    row.deleted_at = now


def _take_in(
    sessions: Sessions,
    device: WearableDevice,
    fresh: list[Values],
    known: dict[str, RecordedWorkout],
    *,
    imported_by: UUID | None,
    now: datetime,
) -> set[UUID]:
    """Put each where it belongs; answers the ids of those that were known."""
    zone = device.timezone or time_zone_of(device.user_id)
    changed: set[UUID] = set()
    for values in fresh:
        row = known.get(values["external_id"])
        if row is None:
            row = RecordedWorkout(user_id=device.user_id, device_id=device.pk, timezone=zone)
            row.imported_by_id = imported_by
            apply_values(row, values)
            sessions.add(row)
            _put(sessions, row, now)
        else:
            before = span_of(row)
            apply_values(row, values)
            changed.add(row.pk)
            _put(sessions, row, now, has_moved=span_of(row) != before)
    return changed


def _put(
    sessions: Sessions, row: RecordedWorkout, now: datetime, *, has_moved: bool = False
) -> None:
    was_deleted, row.deleted_at = row.deleted_at is not None, None
    session = sessions.session_of(row)
    if session is not None:
        session.is_touched = True
        if has_moved:
            sessions.follow(row)
    elif row.dismissed_at is not None or (row.pk in sessions.stored and not was_deleted):
        # The person does not want it.
        row.dismissed_at = row.dismissed_at or now
    elif not sessions.place(row):
        row.dismissed_at = now


def forget_device(*, user_id: UUID, device_id: UUID, revision: int) -> None:
    """Before a device is deleted: its workouts stay, and show what other recordings say of them.

    For a caller who has advanced the clock and deletes the device, and its recordings with it.
    """
    rows = list(RecordedWorkout.objects.filter(user=user_id, device=device_id, deleted_at=None))
    _part_with(user_id, rows, revision=revision, keep_workouts=True)


def forget_import(*, user_id: UUID, import_id: UUID, revision: int) -> int:
    """Undo what an import brought; answers how many recordings that were.

    Their workouts go as well, where nothing else tells of them and the person has not changed
    them since. For a caller who has advanced the clock.
    """
    brought = RecordedWorkout.objects.filter(user=user_id, imported_by=import_id)
    rows = list(brought)
    _part_with(user_id, rows, revision=revision, keep_workouts=False)
    brought.delete()
    return len(rows)


def _part_with(
    user_id: UUID, rows: Sequence[RecordedWorkout], *, revision: int, keep_workouts: bool
) -> None:
    if not rows:
        return
    sessions = Sessions(user_id)
    sessions.load(rows)
    for row in rows:
        sessions.leave(row)
    diary.write(sessions, revision=revision, now=clock.now(), keep_workouts=keep_workouts)


# --- What the person says --------------------------------------------------------------------


@transaction.atomic
def separate(*, user_id: UUID, recording_id: UUID) -> None:
    """Make it a session of its own, with a workout of its own; also one that was dismissed.

    Raises RecordedWorkout.DoesNotExist, as all of these do.
    """
    sessions, row, revision = _loaded(user_id, recording_id)
    session = sessions.session_of(row)
    if session is None or not session.is_made or session.members != [row]:
        sessions.leave(row)
        sessions.begin(row)
    row.is_joined, row.kept_apart = False, True
    _write(sessions, revision)


@transaction.atomic
def join(*, user_id: UUID, recording_id: UUID, workout_id: UUID) -> None:
    """Make it a recording of this workout of theirs. One that was made for it alone goes.

    Raises UnknownWorkout.
    """
    sessions, row, revision = _loaded(user_id, recording_id, workout_id=workout_id)
    target = sessions.by_workout.get(workout_id)
    if target is None:
        raise UnknownWorkout
    if target is not sessions.session_of(row):
        _take_out(sessions, row)
        sessions.enter(target, row)
    row.is_joined, row.kept_apart = True, False
    _write(sessions, revision)


@transaction.atomic
def make_primary(*, user_id: UUID, recording_id: UUID) -> None:
    """Have the workout show what this recording says, whatever goes first by our rules.

    Also where the person has changed the workout since; their notes stay. Raises InNoWorkout.
    """
    sessions, row, revision = _loaded(user_id, recording_id)
    session = sessions.session_of(row)
    if session is None:
        raise InNoWorkout
    for member in session.members:
        member.is_chosen = member is row
    session.is_touched = session.is_told = True
    _write(sessions, revision)


@transaction.atomic
def dismiss(*, user_id: UUID, recording_id: UUID) -> None:
    """Take it out of the diary, with the workout that was made of it alone. Twice is once."""
    sessions, row, revision = _loaded(user_id, recording_id)
    if row.dismissed_at is None:
        _take_out(sessions, row)
        row.dismissed_at = clock.now()
        _write(sessions, revision)


def _take_out(sessions: Sessions, row: RecordedWorkout) -> None:
    session = sessions.leave(row)
    if session is not None and not session.members:
        session.is_told = True


def _loaded(
    user_id: UUID, recording_id: UUID, *, workout_id: UUID | None = None
) -> tuple[Sessions, RecordedWorkout, int]:
    revision = advance_clock(user_id)
    row = RecordedWorkout.objects.get(user=user_id, pk=recording_id, deleted_at=None)
    sessions = Sessions(user_id)
    sessions.load([row], workout_ids=[workout_id] if workout_id else [])
    return sessions, row, revision


def _write(sessions: Sessions, revision: int, **options: Any) -> None:
    diary.write(sessions, revision=revision, now=clock.now(), **options)
