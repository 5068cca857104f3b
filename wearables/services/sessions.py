"""Which recordings are of one session: where each belongs, and which one speaks for the rest."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from users.ids import uuid7
from wearables.formulas.duplicates import (
    SAME_START,
    Agreement,
    Span,
    Standing,
    agreement,
    kinds_of_sport,
    why_before,
)
from wearables.models import DeviceStatus, RecordedWorkout, WearableDevice
from wearables.providers.registry import PROVIDERS
from wearables.selectors.recordings import Logged, logged_workouts
from workouts.timing import MAX_LENGTH

_DAY: Final = timedelta(days=1)
_CONNECTED: Final = (DeviceStatus.ACTIVE, DeviceStatus.REAUTH_REQUIRED)


@dataclass(eq=False, kw_only=True)
class Session:
    """A workout of the diary and its recordings, if only one that is about to be made.

    ``shown``, ``written_at`` and ``calories_given`` are as they were found: which recording the
    workout shows, how recordings last left it, and what they gave to one of the person's own.
    """

    workout_id: UUID
    logged: Logged | None = None
    is_made: bool = True
    members: list[RecordedWorkout] = field(default_factory=list)
    shown: RecordedWorkout | None = None
    written_at: datetime | None = None
    calories_given: int | None = None
    is_touched: bool = False
    # The person has said what it shall be, so that their earlier edits do not stand against it.
    is_told: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether the workout is as recordings left it, or shall be so again."""
        return self.is_told or self.logged is None or self.logged.updated_at == self.written_at

    def tells_otherwise(self, row: RecordedWorkout) -> bool:
        """Whether its own source has told of another time here: those are two sessions."""
        source = row.device_id, row.source_name
        return any(
            (one.device_id, one.source_name) == source and not _overlap(one, row)
            for one in self.members
        )


def span_of(row: RecordedWorkout) -> Span:
    return Span(row.started_at, row.finished_at, kinds_of_sport(row.sport))


class Sessions:
    """The sessions around some recordings of a person, in memory.

    Loaded in a handful of queries, changed by ``place``, ``enter``, ``leave`` and ``begin``, and
    stored by wearables.services.diary.
    """

    def __init__(self, user_id: UUID) -> None:
        self.user_id = user_id
        self.by_workout: dict[UUID, Session] = {}
        self.rows: dict[UUID, RecordedWorkout] = {}
        # As they are stored, by id; of a new one, nothing.
        self.stored: dict[UUID, dict[str, Any]] = {}
        self._by_day: defaultdict[date, dict[UUID, Session]] = defaultdict(dict)
        self._dismissed: defaultdict[date, dict[UUID, RecordedWorkout]] = defaultdict(dict)
        self._devices: dict[UUID, tuple[str, str]] = {}
        self._direct: dict[str, str] = {}

    # --- Loading ---------------------------------------------------------------------------

    def load(
        self,
        rows: Iterable[RecordedWorkout],
        *,
        workout_ids: Collection[UUID] = (),
        between: tuple[datetime, datetime] | None = None,
    ) -> None:
        """These recordings with all of their sessions, these workouts, and what was around then.

        Four queries, whatever their number.
        """
        self._load_devices()
        self._keep(rows)
        if between is not None:
            first, last = between[0] - MAX_LENGTH, between[1] + SAME_START
            self._keep(self._live(Q(started_at__gte=first, started_at__lte=last)))
        ids = {row.workout_id for row in self.rows.values() if row.workout_id} | {*workout_ids}
        found = logged_workouts(user_id=self.user_id, ids=ids, between=between)
        if found:
            known = self.rows.keys()
            self._keep(self._live(Q(workout__in=[one.id for one in found]) & ~Q(pk__in=known)))
        self._build(found)

    def _live(self, condition: Q) -> Iterable[RecordedWorkout]:
        return RecordedWorkout.objects.filter(condition, user=self.user_id, deleted_at=None)

    def _keep(self, rows: Iterable[RecordedWorkout]) -> None:
        for row in rows:
            if row.pk not in self.rows:
                self.rows[row.pk] = row
                self.stored[row.pk] = _state(row)

    def _load_devices(self) -> None:
        devices = WearableDevice.objects.filter(user=self.user_id)
        columns = ("id", "name", "provider", "status", "is_active")
        for device_id, name, slug, status, is_active in devices.values_list(*columns):
            self._devices[device_id] = name, slug
            if status in _CONNECTED and is_active and slug in PROVIDERS:
                self._direct |= dict.fromkeys(PROVIDERS[slug].apps, slug)

    def _build(self, found: Iterable[Logged]) -> None:
        for one in found:
            session = Session(workout_id=one.id, logged=one, is_made=False)
            self.by_workout[one.id] = session
            self._note(session, one.span)
        for row in sorted(self.rows.values(), key=lambda row: row.pk):
            if row.workout_id is not None:
                self._put_back(self.by_workout[row.workout_id], row)
            elif row.deleted_at is None:
                for day in _days(span_of(row)):
                    self._dismissed[day][row.pk] = row

    def _put_back(self, session: Session, row: RecordedWorkout) -> None:
        session.members.append(row)
        session.is_made |= row.made_workout
        if row.is_primary:
            session.shown = row
            session.written_at = row.workout_written_at
            session.calories_given = row.calories_given
        self._note(session, span_of(row))

    # --- Where a recording belongs ---------------------------------------------------------

    def add(self, row: RecordedWorkout) -> None:
        """A new recording, which is not stored yet and in no session."""
        self.rows[row.pk] = row

    def place(self, row: RecordedWorkout) -> bool:
        """Into the session that it is of, or one of its own. False where that was dismissed."""
        session = None if row.kept_apart else self.closest(row)
        if session is not None:
            self.enter(session, row)
        elif not row.kept_apart and self._was_dismissed(span_of(row)):
            return False
        else:
            self.begin(row)
        return True

    def closest(self, row: RecordedWorkout, *, without: Session | None = None) -> Session | None:
        """The session that agrees best; one with recordings goes before one that was logged."""
        found = []
        for session in self._near(self._by_day, span_of(row)):
            if session is without or session.tells_otherwise(row):
                continue
            best = self._agreement(session, row)
            if best is not None:
                place = (not session.members, -best.share, best.apart, session.workout_id)
                found.append((place, session))
        return min(found, key=lambda one: one[0])[1] if found else None

    def _agreement(self, session: Session, row: RecordedWorkout) -> Agreement | None:
        """With what the person logged, or else with the recording that speaks for the others.

        Not with just any of them: one long recording would make one session of several.
        """
        if session.logged is not None and not session.is_made:
            return agreement(session.logged.span, span_of(row))
        others = [one for one in session.members if one is not row and not one.kept_apart]
        if not others:
            return None
        primary = min(others, key=lambda one: self._standing(one).rank)
        return agreement(span_of(primary), span_of(row))

    def begin(self, row: RecordedWorkout) -> None:
        """A session of its own, with a workout that is to be made."""
        session = Session(workout_id=uuid7())
        self.by_workout[session.workout_id] = session
        self.enter(session, row)

    def enter(self, session: Session, row: RecordedWorkout) -> None:
        session.members.append(row)
        session.is_touched = True
        row.workout_id = session.workout_id
        row.made_workout = session.is_made
        row.dismissed_at = None
        self._note(session, span_of(row))

    def leave(self, row: RecordedWorkout) -> Session | None:
        """Out of its session, with all that it was there."""
        session = self.session_of(row)
        if session is not None:
            session.members.remove(row)
            session.is_touched = True
        row.workout_id = None
        row.is_primary = row.is_chosen = row.is_joined = row.made_workout = False
        row.workout_written_at = row.calories_given = None
        row.reason = ""
        return session

    def follow(self, row: RecordedWorkout) -> None:
        """After its times or sport have changed: stay, or go where it belongs now."""
        session = self.session_of(row)
        if session is None or row.is_joined or row.kept_apart:
            return
        if session.is_made and not session.is_ours:
            return
        self._note(session, span_of(row))
        if self._agreement(session, row) is not None:
            return
        better = self.closest(row, without=session)
        is_alone = session.is_made and session.members == [row]
        if better is None and is_alone:
            return
        self.leave(row)
        if better is None:
            self.begin(row)
        else:
            self.enter(better, row)

    def session_of(self, row: RecordedWorkout) -> Session | None:
        return self.by_workout.get(row.workout_id) if row.workout_id else None

    def _was_dismissed(self, span: Span) -> bool:
        rows = self._near(self._dismissed, span)
        return any(agreement(span_of(row), span) is not None for row in rows)

    def _note(self, session: Session, span: Span) -> None:
        for day in _days(span):
            self._by_day[day][session.workout_id] = session

    def _near(self, by_day: Any, span: Span) -> list[Any]:
        found: dict[UUID, Any] = {}
        for day in _days(span):
            found |= by_day.get(day, {})
        return list(found.values())

    # --- Which one speaks for the rest -----------------------------------------------------

    def touched(self) -> list[Session]:
        return [one for one in self.by_workout.values() if one.is_touched]

    def crown(self, session: Session) -> RecordedWorkout:
        """Choose what the workout shows, and say why. The session has members."""
        standings = {row.pk: self._standing(row) for row in session.members}
        session.members.sort(key=lambda row: standings[row.pk].rank)
        primary, *others = session.members
        for row in session.members:
            row.is_primary = row is primary
        primary.reason = self._reason(session, primary, others, standings)[:200]
        for row in others:
            reason = why_before(standings[primary.pk], standings[row.pk])
            row.reason = f"{standings[primary.pk].label} goes before it: {reason}."[:200]
        return primary

    def _reason(
        self,
        session: Session,
        primary: RecordedWorkout,
        others: list[RecordedWorkout],
        standings: dict[UUID, Standing],
    ) -> str:
        if others:
            first, second = standings[primary.pk], standings[others[0].pk]
            why = why_before(first, second)
            return (
                f"{first.label} goes before {second.label}: {why}. {_sameness(primary, others[0])}"
            )
        if session.is_made:
            return ""
        return "You logged this workout yourself; it keeps what you entered."

    def _standing(self, row: RecordedWorkout) -> Standing:
        name, provider = self._devices[row.device_id]
        length = (row.finished_at - row.started_at).total_seconds()
        return Standing(
            id=row.pk,
            label=row.source_name or name,
            kind=row.source_kind,
            is_chosen=row.is_chosen,
            is_copy=any(
                row.source_app.startswith(app) and slug != provider
                for app, slug in self._direct.items()
            ),
            has_heart_rate=row.average_heart_rate is not None,
            has_distance=row.distance is not None,
            length_s=round(length),
        )


def _overlap(one: RecordedWorkout, other: RecordedWorkout) -> bool:
    """Whether they share any time; those without a length, at least their start."""
    begun = max(one.started_at, other.started_at)
    ended = min(one.finished_at, other.finished_at)
    return begun < ended or one.started_at == other.started_at


def _sameness(one: RecordedWorkout, other: RecordedWorkout) -> str:
    """Why two recordings are taken to be of one session, in words."""
    found = agreement(span_of(one), span_of(other))
    if one.is_joined or other.is_joined or found is None:
        return "They belong to one workout."
    if found.apart <= SAME_START:
        begun = one.started_at.astimezone(ZoneInfo(one.timezone))
        return f"Both began at {begun:%H:%M}."
    return f"They share {found.share:.0%} of the shorter one."


def _days(span: Span) -> Iterator[date]:
    """The days of UTC on which something may be the same."""
    day = (span.started_at - SAME_START).date()
    last = ((span.finished_at or span.started_at) + SAME_START).date()
    while day <= last:
        yield day
        day += _DAY


_TRACKED: Final = tuple(
    column.attname
    for column in RecordedWorkout._meta.concrete_fields
    if column.name not in {"revision", "created_at", "updated_at", "creation_hash"}
)


def _state(row: RecordedWorkout) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _TRACKED}


def unlike_stored(sessions: Sessions) -> list[RecordedWorkout]:
    """The recordings that are new, or no longer what is stored of them."""
    return [row for row in sessions.rows.values() if sessions.stored.get(row.pk) != _state(row)]
