"""Recorded sessions: those of a person, and the workouts of the diary that they may be of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from django.db.models import F

from users.keyset import fetch
from users.localtime import day_bounds
from users.ownership import SyncedQuerySet
from users.selectors import time_zone_of
from wearables.formulas.duplicates import Span, kinds_of_exercises
from wearables.models import RecordedWorkout

# How long a workout that is still running is taken to last, until somebody ends it.
_RUNNING: Final = timedelta(hours=4)
_DAY: Final = timedelta(days=1)
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2200, 1, 1)
_LOGGED = """
    SELECT w.id, w.started_at, w.finished_at, w.duration, w.in_progress, w.updated_at,
        w.calories_burned, w.calories_estimated, w.body_weight_kg, done.lifts, done.cardio
    FROM workouts_workout w CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(NOT x.is_cardio), false) AS lifts,
            array_agg(DISTINCT coalesce(x.slug, x.name)) FILTER (WHERE x.is_cardio) AS cardio
        FROM workouts_workoutset s JOIN workouts_exercise x ON x.id = s.exercise_id
        WHERE s.user_id = w.user_id AND s.workout_id = w.id
    ) done
    WHERE w.user_id = %(user)s
        AND (w.id = ANY(%(ids)s) OR w.date BETWEEN %(first)s AND %(last)s)
    ORDER BY w.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A workout of the diary, as far as it matters to recordings."""

    id: UUID
    span: Span
    started_at: datetime
    finished_at: datetime | None
    in_progress: bool
    updated_at: datetime
    calories_burned: int | None
    calories_estimated: bool
    body_weight_kg: float | None


def logged_workouts(
    *,
    user_id: UUID,
    ids: Collection[UUID] = (),
    between: tuple[datetime, datetime] | None = None,
) -> list[Logged]:
    """The person's workouts of these ids, and those on the days around these two instants."""
    first, last = between or (None, None)
    parameters = {
        "user": user_id,
        "ids": list(ids),
        # Any zone's day of an instant is at most one day from that of UTC.
        "first": first and (first - _DAY).date(),
        "last": last and (last + _DAY).date(),
    }
    return [_logged(row) for row in fetch(_LOGGED, parameters)]


def _logged(row: dict[str, Any]) -> Logged:
    kinds = kinds_of_exercises(lifts=row.pop("lifts"), cardio=set(row.pop("cardio") or ()))
    minutes = row.pop("duration")
    end = row["finished_at"]
    if end is None and row["in_progress"]:
        end = row["started_at"] + _RUNNING
    elif end is None and minutes:
        end = row["started_at"] + timedelta(minutes=minutes)
    return Logged(span=Span(row["started_at"], end, kinds), **row)


def recordings() -> "SyncedQuerySet[RecordedWorkout]":
    """Those that their sources have not deleted, latest first; each with its device_name."""
    live = RecordedWorkout.objects.filter(deleted_at=None).order_by("-started_at", "-id")
    return named(live)


def named(rows: "SyncedQuerySet[RecordedWorkout]") -> "SyncedQuerySet[RecordedWorkout]":
    """Each with the name of its device; the device's secrets stay where they are."""
    return cast("SyncedQuerySet[RecordedWorkout]", rows.annotate(device_name=F("device__name")))


def others_of(row: RecordedWorkout) -> list[RecordedWorkout]:
    """The other recordings of the same workout; the one that it shows first."""
    if row.workout_id is None:
        return []
    rows = recordings().filter(user=row.user_id, workout=row.workout_id).exclude(pk=row.pk)
    return list(rows.order_by("-is_primary", "started_at", "id"))


def day_instants(*, user_id: UUID, day: date) -> tuple[datetime, datetime]:
    """The start and the end, exclusive, of the person's day, of those that a diary may have."""
    return day_bounds(min(max(day, _FIRST_DAY), _LAST_DAY), time_zone_of(user_id))
