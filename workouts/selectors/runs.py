"""Where a run stands: what was done, what comes next, and how much of the plan was kept."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from users.keyset import fetch
from workouts.models import PlanRun
from workouts.models.run import RunStatus
from workouts.selectors.lifters import KnownLifter, lifter
from workouts.training.document import Plan
from workouts.training.prescription import PrescribedExercise, prescribe
from workouts.training.progression_work import WorkSet
from workouts.training.replay import RULES_VERSION, replay
from workouts.training.state import (
    DoneSet,
    Place,
    Session,
    Target,
    TrackState,
    last_number,
    place_of,
    track_of,
)
from workouts.training.volume import minutes_of

WEEK = timedelta(days=7)
# Of a week's days; a week that was paused for longer asks for nothing.
_FROZEN_DAYS = 4

_SESSIONS = """
    SELECT plan_run_id AS run, session_number AS number, id, revision, in_progress, date
    FROM workouts_workout WHERE user_id = %(user)s AND plan_run_id = ANY(%(runs)s)
    UNION ALL
    SELECT run_id, number, NULL, 0, false, skipped_on FROM workouts_skippedsession
    WHERE user_id = %(user)s AND run_id = ANY(%(runs)s)
    ORDER BY number, id
"""
_SETS = """
    SELECT w.session_number, s.planned_exercise_id, s.set_type, s.reps, s.weight, s.load_type,
        s.rpe, s.rir, s.duration, s.distance, s.target
    FROM workouts_workout w
    JOIN workouts_workoutset s ON s.user_id = w.user_id AND s.workout_id = w.id
    WHERE w.user_id = %(user)s AND w.plan_run_id = %(run)s AND NOT w.in_progress
        AND s.planned_exercise_id IS NOT NULL
    ORDER BY w.session_number, s.position
"""


@dataclass(frozen=True)
class History:
    """The sessions of a run in the order of their numbers; a skipped one has no id."""

    rows: tuple[dict[str, Any], ...]

    @property
    def fingerprint(self) -> bytes:
        """Changes with every change of the sessions, whoever made it, and of the rules.

        What is done in the running one counts only once it is finished.
        """
        rows = [
            (row["number"], row["id"], None if row["in_progress"] else row["revision"])
            for row in self.rows
        ]
        return sha256(orjson.dumps([RULES_VERSION, rows])).digest()

    @property
    def taken(self) -> set[int]:
        return {row["number"] for row in self.rows}

    @property
    def next_number(self) -> int:
        """The session that is being done, or else the one after the last."""
        running: list[int] = [row["number"] for row in self.rows if row["in_progress"]]
        last: int = self.rows[-1]["number"] if self.rows else 0
        return running[0] if running else last + 1

    @property
    def running(self) -> UUID | None:
        """The workout in which a session is being done."""
        return next((row["id"] for row in self.rows if row["in_progress"]), None)


@dataclass(frozen=True, kw_only=True)
class Start:
    """Where a run began: its tracks, and maxima in kg that the person named, by exercise."""

    states: Mapping[str, TrackState]
    one_rm_kg: Mapping[UUID, float]

    def as_json(self) -> dict[str, Any]:
        return {
            "tracks": {track: state.as_json() for track, state in self.states.items()},
            "one_rm_kg": {str(exercise): value for exercise, value in self.one_rm_kg.items()},
        }


@dataclass(frozen=True, kw_only=True)
class Upcoming:
    """A session that is to be done; ``running`` is the workout in which it is being done."""

    plan: Plan
    place: Place
    exercises: list[PrescribedExercise]
    known: KnownLifter
    running: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class AdherenceWeek:
    """A week since the start of a run; ``planned`` is 0 in a frozen one."""

    starts_on: date
    planned: int
    done: int
    skipped: int
    is_frozen: bool


@dataclass(frozen=True, kw_only=True)
class Adherence:
    """How much of a plan was kept, in percent; None before anything was due.

    ``sessions_percent`` counts at most the planned sessions of each week that is over or full, so
    that more in one week do not make up for fewer in another. ``sets_percent`` is work sets done
    of those asked for, ``hit_percent`` those that reached their target, as the rules see it; both
    in done sessions.
    """

    weeks: list[AdherenceWeek]
    sessions_planned: int
    sessions_done: int
    sessions_percent: float | None
    sets_planned: int
    sets_done: int
    sets_hit: int
    sets_percent: float | None
    hit_percent: float | None


def plan_of(run: PlanRun) -> Plan:
    """The version of the plan that the run follows."""
    return Plan.model_validate(run.version.document)


def start_of(run: PlanRun) -> Start:
    stored = run.start_state
    return Start(
        states={track: TrackState.from_json(one) for track, one in stored["tracks"].items()},
        one_rm_kg={UUID(exercise): value for exercise, value in stored["one_rm_kg"].items()},
    )


def history(run: PlanRun) -> History:
    """The sessions of the run that were done, are being done, or were skipped."""
    return histories(user_id=run.user_id, run_ids=[run.pk])[run.pk]


def histories(*, user_id: UUID, run_ids: Collection[UUID]) -> dict[UUID, History]:
    rows: dict[UUID, list[dict[str, Any]]] = {run_id: [] for run_id in run_ids}
    for row in fetch(_SESSIONS, {"user": user_id, "runs": list(run_ids)}):
        rows[row.pop("run")].append(row)
    return {run_id: History(rows=tuple(found)) for run_id, found in rows.items()}


def sessions(run: PlanRun, past: History) -> list[Session]:
    """What was done in the finished workouts of the run."""
    finished = [row["number"] for row in past.rows if row["id"] and not row["in_progress"]]
    done: dict[int, dict[UUID, list[DoneSet]]] = defaultdict(lambda: defaultdict(list))
    for row in fetch(_SETS, {"user": run.user_id, "run": run.pk}):
        done[row["session_number"]][row["planned_exercise_id"]].append(_done_set(row))
    return [
        Session(
            number=number,
            sets={planned: tuple(sets) for planned, sets in done[number].items()},
        )
        for number in finished
    ]


def upcoming(
    run: PlanRun, past: History, *, day: date, number: int | None = None
) -> Upcoming | None:
    """The next session of a settled run, or the one of this number; None beyond the last.

    ``day`` is the person's own: maxima are those that were known on it.
    """
    plan = plan_of(run)
    wanted = past.next_number if number is None else number
    if wanted > last_number(plan):
        return None
    place = place_of(plan, wanted)
    known = known_to(run, plan, day=day)
    states = _states_before(run, plan, past, wanted)
    asked = prescribe(plan=plan, place=place, states=states, lifter=known.lifter)
    return Upcoming(
        plan=plan,
        place=place,
        # Of an exercise that was deleted since, the run's version still knows the name.
        exercises=[
            one if one.exercise in known.facts else replace(one, exercise=None) for one in asked
        ],
        known=known,
        running=past.running if wanted == past.next_number else None,
    )


def _states_before(run: PlanRun, plan: Plan, past: History, number: int) -> dict[str, TrackState]:
    """Where the tracks of a settled run stand before a session, which may be logged late."""
    if number >= past.next_number:
        return {track: TrackState.from_json(one) for track, one in run.state.items()}
    earlier = [session for session in sessions(run, past) if session.number < number]
    start = start_of(run).states
    return replay(plan=plan, start=start, sessions=earlier, upcoming=number).states


def known_to(run: PlanRun, plan: Plan, *, day: date) -> KnownLifter:
    """The person on that day; a maximum is at least the one that they began the run with."""
    known = lifter(user_id=run.user_id, ids=exercises_of(plan), day=day, gym_id=run.gym_id)
    one_rms = dict(known.lifter.one_rm_kg)
    for exercise, named_kg in start_of(run).one_rm_kg.items():
        one_rms[exercise] = max(named_kg, one_rms.get(exercise, 0))
    return replace(known, lifter=replace(known.lifter, one_rm_kg=one_rms))


def today(run: PlanRun, past: History, *, day: date) -> dict[str, Any]:
    """What to do next and why: the next session of a settled run, or why there is none."""
    answer = {"run": run.pk, "status": run.status, "session": None}
    if run.status == RunStatus.PAUSED:
        return {**answer, "message": "This run is paused. Resume it to go on."}
    if run.status == RunStatus.FINISHED:
        return {**answer, "message": "This run is finished."}
    next_one = upcoming(run, past, day=day)
    if next_one is None:
        return {**answer, "message": "There is no session left."}
    plan, place = next_one.plan, next_one.place
    decided = _last_decisions(run)
    session = {
        "session_number": place.number,
        "sessions_total": last_number(plan),
        "week": place.week,
        "cycle_week": place.cycle_week,
        "is_deload": place.is_deload,
        "day_number": place.day.day_number,
        "focus": place.day.focus,
        "warm_up": place.day.warm_up,
        "cool_down": place.day.cool_down,
        "minutes": minutes_of(plan, place.day, place.cycle_week),
        "workout": next_one.running,
        "exercises": [
            {
                "planned_exercise_id": one.planned.id,
                "exercise": one.exercise,
                "name": one.name,
                "superset": one.planned.superset,
                "tempo": one.planned.tempo,
                "unilateral": one.planned.unilateral,
                "notes": one.planned.notes,
                "decision": decided.get(track_of(one.planned)),
                "sets": [
                    {"target": asked.target, "plates_kg": asked.plates_kg, "why": asked.why}
                    for asked in one.sets
                ],
            }
            for one in next_one.exercises
        ],
    }
    message = f"Session {place.number} of {last_number(plan)}: {place.day.focus}."
    return {**answer, "message": message, "session": session}


def _last_decisions(run: PlanRun) -> dict[str, dict[str, Any]]:
    """What was decided last about each track."""
    rows = fetch(
        """
        SELECT DISTINCT ON (track) track, session_number, action, reason
        FROM workouts_ruleevaluation WHERE user_id = %(user)s AND run_id = %(run)s
        ORDER BY track, session_number DESC, place DESC
        """,
        {"user": run.user_id, "run": run.pk},
    )
    return {row.pop("track"): row for row in rows}


def adherence(run: PlanRun, past: History, *, today: date) -> Adherence:
    """Planned against performed, from the start of the run to the person's today."""
    plan = plan_of(run)
    weeks = _weeks(run, plan, past, today=today)
    over = [
        week
        for week in weeks
        if week.planned and (week.starts_on + WEEK <= today or week.done >= week.planned)
    ]
    planned, kept = sum(w.planned for w in over), sum(min(w.done, w.planned) for w in over)
    asked = [
        one
        for session in sessions(run, past)
        for sets in session.sets.values()
        for one in sets
        if one.target is not None and one.target.is_work
    ]
    done = [one for one in asked if one.is_done]
    hit = [one for one in done if one.target and WorkSet(done=one, target=one.target).is_hit]
    return Adherence(
        weeks=weeks,
        sessions_planned=planned,
        sessions_done=sum(week.done for week in weeks),
        sessions_percent=_percent(kept, planned),
        sets_planned=len(asked),
        sets_done=len(done),
        sets_hit=len(hit),
        sets_percent=_percent(len(done), len(asked)),
        hit_percent=_percent(len(hit), len(asked)),
    )


def _weeks(run: PlanRun, plan: Plan, past: History, *, today: date) -> list[AdherenceWeek]:
    pauses = list(run.pauses.values_list("starts_on", "ends_on"))
    end = min(today, run.finished_on or today)
    weeks = []
    starts_on, due = run.started_on, last_number(plan)
    while starts_on <= end:
        days = [starts_on + timedelta(days=n) for n in range(7)]
        paused = sum(any(a <= day and (b is None or day < b) for a, b in pauses) for day in days)
        here = [row for row in past.rows if starts_on <= row["date"] < starts_on + WEEK]
        done = sum(1 for row in here if row["id"] and not row["in_progress"])
        is_frozen = paused >= _FROZEN_DAYS
        planned = 0 if is_frozen else min(plan.days_per_week, due)
        due -= planned
        weeks.append(
            AdherenceWeek(
                starts_on=starts_on,
                planned=planned,
                done=done,
                skipped=sum(1 for row in here if row["id"] is None),
                is_frozen=is_frozen,
            )
        )
        starts_on += WEEK
    return weeks


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _done_set(row: dict[str, Any]) -> DoneSet:
    rir = row["rir"]
    if rir is None and row["rpe"] is not None:
        rir = 10 - row["rpe"]
    target = Target(**orjson.loads(row["target"])) if row["target"] else None
    return DoneSet(
        target=target,
        set_type=row["set_type"],
        reps=row["reps"],
        load_kg=_in_terms_of(target, row),
        rir=rir,
        duration_seconds=row["duration"],
        distance_km=row["distance"],
    )


def _in_terms_of(target: Target | None, row: Mapping[str, Any]) -> float | None:
    """The weight as the target means it: help is less than nothing on the belt, and back."""
    weight: float | None = row["weight"]
    if target is None or weight is None:
        return weight
    is_other_way = {target.load_type, row["load_type"]} == {"bodyweight", "assisted"}
    return -weight if is_other_way else weight


def exercises_of(plan: Plan) -> list[UUID]:
    named: set[UUID] = set()
    for day in plan.days:
        for one in day.exercises:
            if one.exercise is not None:
                named.add(one.exercise)
            for rung in getattr(one.progression, "rungs", ()):
                if rung.exercise is not None:
                    named.add(rung.exercise)
    return sorted(named)
