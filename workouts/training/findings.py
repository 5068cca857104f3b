"""What is odd about a plan that is well formed.

An error is something that the plan says and no run of it can do. A warning is something to think
over. A hint says what the plan leaves open.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from workouts.training.document import Day, Plan
from workouts.training.finding import Finding, Knowledge, Severity, Spot, counted, listed, spots_of
from workouts.training.findings_exercise import OF_TRAINING_MAX, of_exercise, of_tracks
from workouts.training.rules import AmrapTiers, Linear, Stages
from workouts.training.volume import Landmark, minutes_of, weekly_sets

__all__ = ["Finding", "Knowledge", "Severity", "findings"]

LONGEST_SESSION_MINUTES: Final = 120
LONGEST_WITHOUT_DELOAD_WEEKS: Final = 8
BIG_MUSCLES: Final = (
    *("chest", "glutes", "hamstrings", "lats"),
    *("middle_back", "quadriceps", "shoulders"),
)
_SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "hint")
# They ask for more whenever the last session went well.
_TIRING: Final = (Linear, Stages, AmrapTiers, *OF_TRAINING_MAX)


def findings(plan: Plan, *, known: Knowledge) -> list[Finding]:
    """Everything worth saying about the plan: errors first, each kind in the plan's order."""
    spots = list(spots_of(plan))
    found = [
        *_of_schedule(plan),
        *_of_deload(plan, spots),
        *(finding for index, day in enumerate(plan.days) for finding in _of_day(plan, day, index)),
        *(finding for spot in spots for finding in of_exercise(spot)),
        *of_tracks(spots, known),
        *_of_equipment(spots, known),
        *_of_volume(plan, known),
    ]
    return sorted(found, key=lambda finding: _SEVERITIES.index(finding.severity))


def _of_schedule(plan: Plan) -> Iterator[Finding]:
    if not plan.days:
        yield Finding(
            severity="error", code="no_days", path="days", message="The plan has no days."
        )
    elif plan.days_per_week % len(plan.days):
        yield Finding(
            severity="hint",
            code="days_rotate",
            path="days_per_week",
            message=(
                f"{plan.days_per_week} sessions a week and {counted(len(plan.days), 'day')}: the"
                " days take turns, so weeks begin with different ones."
            ),
        )
    if plan.duration_weeks < plan.cycle_weeks:
        yield Finding(
            severity="warning",
            code="shorter_than_cycle",
            path="duration_weeks",
            message=(
                f"The plan ends after {counted(plan.duration_weeks, 'week')}, before its cycle of"
                f" {plan.cycle_weeks} does."
            ),
        )


def _of_deload(plan: Plan, spots: Iterable[Spot]) -> Iterator[Finding]:
    if plan.deload is not None:
        for index, week in enumerate(plan.deload.weeks):
            if week > plan.cycle_weeks:
                yield Finding(
                    severity="error",
                    code="deload_outside_cycle",
                    path=f"deload.weeks.{index}",
                    message=(
                        f"The easy week {week} never comes, as the cycle has"
                        f" {counted(plan.cycle_weeks, 'week')}."
                    ),
                )
        return
    tiring = any(isinstance(spot.planned.progression, _TIRING) for spot in spots)
    if tiring and plan.duration_weeks > LONGEST_WITHOUT_DELOAD_WEEKS:
        yield Finding(
            severity="hint",
            code="no_deload",
            path="deload",
            message=f"Loads rise for {plan.duration_weeks} weeks, and none of them is easy.",
        )


def _of_day(plan: Plan, day: Day, index: int) -> Iterator[Finding]:
    path = f"days.{index}"
    if not day.exercises:
        yield Finding(
            severity="error",
            code="empty_day",
            path=path,
            message=f"Day {day.day_number}, {day.focus}, has no exercises.",
        )
    yield from _of_supersets(day, path)
    longest = max(minutes_of(plan, day, week) for week in range(1, plan.cycle_weeks + 1))
    if longest > LONGEST_SESSION_MINUTES:
        yield Finding(
            severity="warning",
            code="long_session",
            path=path,
            message=f"Day {day.day_number}, {day.focus}, takes about {longest:.0f} minutes.",
        )


def _of_supersets(day: Day, path: str) -> Iterator[Finding]:
    members: dict[int, list[int]] = defaultdict(list)
    for position, planned in enumerate(day.exercises):
        if planned.superset is not None:
            members[planned.superset].append(position)
    for superset, positions in members.items():
        if len(positions) == 1:
            yield Finding(
                severity="warning",
                code="lonely_superset",
                path=f"{path}.exercises.{positions[0]}.superset",
                message=f"Superset {superset} has one exercise, so nothing alternates.",
            )


def _of_equipment(spots: Iterable[Spot], known: Knowledge) -> Iterator[Finding]:
    available = known.available
    if available is None:
        return
    for spot in spots:
        exercise = spot.planned.exercise
        needed = known.equipment.get(exercise, ()) if exercise else ()
        missing = [thing.replace("_", " ") for thing in needed if thing not in available]
        if missing:
            yield spot.says(
                "warning", "equipment_missing", f"it needs what the gym lacks: {listed(missing)}."
            )


def _of_volume(plan: Plan, known: Knowledge) -> Iterator[Finding]:
    """The busiest week of the cycle against the landmarks; easy weeks are meant to be less."""
    weeks = weekly_sets(plan, known.muscle_shares)
    busiest: dict[str, float] = {}
    for week, sets in weeks.items():
        if not plan.is_deload(week):
            for muscle, count in sets.items():
                busiest[muscle] = max(busiest.get(muscle, 0), count)
    if not busiest:
        return
    for muscle, landmark in sorted(known.landmarks.items()):
        yield from _of_muscle(muscle, busiest.get(muscle, 0), landmark)


def _of_muscle(muscle: str, sets: float, landmark: Landmark) -> Iterator[Finding]:
    name = muscle.replace("_", " ").capitalize()
    a_week = f"{name}: {round(sets, 1):g} sets a week"
    # What needs no sets of its own to grow has its share from other lifts, and landmarks that
    # count only the sets of its own.
    counts_all = landmark.mev > 0
    verdicts: Sequence[tuple[bool, Severity, str, str]] = (
        (
            counts_all and sets > landmark.mrv,
            "warning",
            "above_mrv",
            f"{a_week}; few recover from more than {landmark.mrv:g}.",
        ),
        (
            0 < sets < landmark.mev,
            "hint",
            "below_mev",
            f"{a_week}; to grow it takes about {landmark.mev:g}.",
        ),
        (
            sets == 0 and muscle in BIG_MUSCLES,
            "hint",
            "untrained",
            f"{name}: nothing in the plan trains it.",
        ),
    )
    for holds, severity, code, message in verdicts:
        if holds:
            yield Finding(severity=severity, code=code, path="days", message=message)
