"""Personal records, and how each came about."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, LiteralString
from uuid import UUID

from analytics.formulas import Record, Window, estimate_one_rm
from analytics.formulas.records import AN_ESTIMATE, AVERAGE_PACE, UNITS
from analytics.selectors.provenance import provenance
from users.keyset import Page, Place, SqlList, fetch, given

_COLUMNS: LiteralString = """
    r.id, r.exercise_id, e.name AS exercise_name, r.kind, r.at, r.value, r.previous, r.date,
    r.set_id, r.workout_id, r.reps, r.load_kg, r.is_estimate, r.is_standing, r.created_at,
    r.updated_at
"""
_RECORDS = SqlList(
    source=f"""
        SELECT {_COLUMNS} FROM (
            SELECT r.* FROM analytics_personalrecord r
            WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
        ) r JOIN workouts_exercise e ON e.id = r.exercise_id ORDER BY {{order}}
    """,  # noqa: S608 - our own column names
    key=(("r.date", "date"), ("r.id", "uuid")),
)
_SOME: LiteralString = f"""
    SELECT {_COLUMNS} FROM analytics_personalrecord r
    JOIN workouts_exercise e ON e.id = r.exercise_id
    WHERE r.user_id = %(user)s AND r.id = ANY(%(ids)s)
"""  # noqa: S608 - our own column names
# The sets that a record stands against: those of the exercise up to its day.
_ONE: LiteralString = f"""
    SELECT {_COLUMNS}, coalesce(own.rir, 10 - own.rpe) AS reserve, looked.first, looked.last,
        looked.count
    FROM analytics_personalrecord r
    JOIN workouts_exercise e ON e.id = r.exercise_id
    LEFT JOIN workouts_workoutset own ON own.user_id = r.user_id AND own.id = r.set_id
    CROSS JOIN LATERAL (
        SELECT min(w.date) AS first, max(w.date) AS last, count(*) AS count
        FROM workouts_workout w
        JOIN workouts_workoutset s ON s.user_id = w.user_id AND s.workout_id = w.id
        WHERE w.user_id = r.user_id AND w.date <= r.date AND s.exercise_id = r.exercise_id
            AND s.set_type <> 'warm_up' AND s.load_type <> 'assisted'
            AND (s.reps IS NOT NULL OR s.duration IS NOT NULL OR s.distance IS NOT NULL)
    ) looked
    WHERE r.user_id = %(user)s AND r.id = %(id)s
"""  # noqa: S608 - our own column names
_AT: Final = frozenset({"reps", "pace"})


@dataclass(frozen=True)
class RecordFilter:
    """Which records of a person; None does not narrow."""

    exercise: UUID | None = None
    kind: str | None = None
    standing: bool | None = None
    date_after: date | None = None
    date_before: date | None = None


_CONDITIONS: Final[dict[str, LiteralString]] = {
    "exercise": "r.exercise_id = %(exercise)s",
    "kind": "r.kind = %(kind)s",
    "standing": "r.is_standing = %(standing)s",
    "date_after": "r.date >= %(date_after)s",
    "date_before": "r.date <= %(date_before)s",
}


def records_page(*, user_id: UUID, narrowed: RecordFilter, size: int, place: Place | None) -> Page:
    """The person's records, latest first."""
    values = given(narrowed)
    page = _RECORDS.page(
        where=["r.user_id = %(user)s", *(_CONDITIONS[name] for name in values)],
        parameters={"user": user_id, **values},
        size=size,
        place=place,
    )
    return Page(rows=[_shown(row) for row in page.rows], more=page.more)


def records(*, user_id: UUID, ids: list[UUID]) -> list[dict[str, Any]]:
    """These records of the person, in one query."""
    return [_shown(row) for row in fetch(_SOME, {"user": user_id, "ids": ids})]


def record(*, user_id: UUID, record_id: UUID, explain: bool = False) -> dict[str, Any] | None:
    """One record of the person with the sets that it stands against, in one query."""
    rows = fetch(_ONE, {"user": user_id, "id": record_id})
    if not rows:
        return None
    row = rows[0]
    window = Window(first=row.pop("first"), last=row.pop("last"), count=row.pop("count"))
    reserve = row.pop("reserve")
    shown = _shown(row, window=window, explain=explain)
    if explain and row["kind"] == "one_rm" and row["is_estimate"]:
        estimate = estimate_one_rm(
            weight_kg=row["load_kg"], reps=row["reps"], reserve=reserve, day=row["date"]
        )
        shown["provenance"]["explanation"] += estimate.explain() if estimate else []
    return shown


def _shown(
    row: dict[str, Any], *, window: Window | None = None, explain: bool = False
) -> dict[str, Any]:
    found = Record(
        kind=row["kind"],
        set_id=row["set_id"],
        workout=row["workout_id"] or row["set_id"],
        day=row["date"],
        value=row["value"],
        previous=row["previous"],
        at=row["at"] if row["kind"] in _AT else None,
        caveats=_caveats(row),
        window=window,
    )
    return {
        **row,
        "at": found.at,
        "unit": UNITS[found.kind],
        "is_first": found.is_first,
        "provenance": provenance(found, explain=explain),
    }


def _caveats(row: dict[str, Any]) -> tuple[str, ...]:
    if not row["is_estimate"]:
        return ()
    return (AVERAGE_PACE,) if row["kind"] == "pace" else (AN_ESTIMATE,)
