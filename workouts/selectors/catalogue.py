"""The catalogue of exercises, by name or by how well they match a text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from users.keyset import Page, Place, SqlList, escape_like, fetch, given

_EXERCISE_COLUMNS: LiteralString = """
    e.id, e.name, e.slug, e.description, e.muscle_group, e.is_cardio, e.is_custom,
    e.difficulty_level, e.met, e.load_type, e.bodyweight_share, e.equipment_needed,
    e.illustration, e.video_url, e.variation_of_id AS variation_of, e.created_at, e.updated_at
"""
_PARTS: LiteralString = """
    CROSS JOIN LATERAL (
        SELECT array_agg(x.muscle_id ORDER BY x.share DESC, x.muscle_id) AS muscle,
            array_agg(x.role ORDER BY x.share DESC, x.muscle_id) AS role,
            array_agg(x.share ORDER BY x.share DESC, x.muscle_id) AS share
        FROM workouts_exercisemuscle x WHERE x.exercise_id = e.id
    ) muscles
    CROSS JOIN LATERAL (
        SELECT array_agg(x.equipment_id ORDER BY x.equipment_id) AS equipment
        FROM workouts_exerciseequipment x WHERE x.exercise_id = e.id
    ) equipment
"""
_EXERCISES: LiteralString = f"""
    SELECT {_EXERCISE_COLUMNS}, muscle, role, share, equipment
    FROM workouts_exercise e {_PARTS}
    WHERE e.id = ANY(%(ids)s) AND (e.created_by_id IS NULL OR e.created_by_id = %(user)s)
"""  # noqa: S608 - our own column names
_BY_NAME = SqlList(
    source=f"""
        SELECT e.*, muscle, role, share, equipment
        FROM (
            SELECT {_EXERCISE_COLUMNS}, lower(e.name) AS sort_name FROM workouts_exercise e
            WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
        ) e {_PARTS} ORDER BY {{order}}
    """,  # noqa: S608 - our own column names
    key=(("lower(e.name)", "text"), ("e.id", "uuid")),
    descending=False,
)
# 3 for the name itself, 1 for the words of it, less for how it begins and for being the main form
# of its variations, and how alike the spelling is.
_BY_MATCH = SqlList(
    source=f"""
        SELECT e.*, muscle, role, share, equipment
        FROM (
            SELECT * FROM (
                SELECT {_EXERCISE_COLUMNS}, (
                    CASE WHEN lower(e.name) = lower(%(q)s) THEN 3.0
                        WHEN e.name ILIKE ALL (%(words)s) THEN 1.0 ELSE 0.0 END
                    + CASE WHEN e.name ILIKE %(beginning)s THEN 0.2 ELSE 0.0 END
                    + CASE WHEN e.variation_of_id IS NULL THEN 0.3 ELSE 0.0 END
                    + similarity(%(q)s, e.name))::float8 AS match
                FROM workouts_exercise e
                WHERE {{where}} AND (e.name ILIKE ALL (%(words)s) OR %(q)s <%% e.name)
            ) e WHERE {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
        ) e {_PARTS} ORDER BY {{order}}
    """,  # noqa: S608 - our own column names
    key=(("e.match", "float8"), ("e.id", "uuid")),
)


@dataclass(frozen=True)
class CatalogueFilter:
    """Which exercises; None does not narrow."""

    q: str | None = None
    muscle_group: str | None = None
    muscle: str | None = None
    equipment: str | None = None
    is_cardio: bool | None = None
    is_custom: bool | None = None
    difficulty_min: int | None = None
    difficulty_max: int | None = None
    variation_of: UUID | None = None
    updated_since: datetime | None = None


_CATALOGUE_CONDITIONS: dict[str, LiteralString] = {
    "muscle_group": "e.muscle_group = %(muscle_group)s",
    "muscle": (
        "EXISTS (SELECT FROM workouts_exercisemuscle x"
        " WHERE x.exercise_id = e.id AND x.muscle_id = %(muscle)s)"
    ),
    "equipment": (
        "EXISTS (SELECT FROM workouts_exerciseequipment x"
        " WHERE x.exercise_id = e.id AND x.equipment_id = %(equipment)s)"
    ),
    "is_cardio": "e.is_cardio = %(is_cardio)s",
    "is_custom": "e.is_custom = %(is_custom)s",
    "difficulty_min": "e.difficulty_level >= %(difficulty_min)s",
    "difficulty_max": "e.difficulty_level <= %(difficulty_max)s",
    "variation_of": "e.variation_of_id = %(variation_of)s",
    "updated_since": "e.updated_at >= %(updated_since)s",
}


def catalogue_page(
    *, user_id: UUID, narrowed: CatalogueFilter, size: int, place: Place | None
) -> Page:
    """Exercises that the person may use: by name, or the best matches of ``q`` first."""
    values: dict[str, Any] = given(narrowed)
    where = ["(e.created_by_id IS NULL OR e.created_by_id = %(user)s)"]
    where += [text for name, text in _CATALOGUE_CONDITIONS.items() if name in values]
    if narrowed.q is not None:
        words = narrowed.q.split()
        values["beginning"] = f"{escape_like(narrowed.q)}%"
        values["words"] = [f"%{escape_like(word)}%" for word in words]
    listed = _BY_NAME if narrowed.q is None else _BY_MATCH
    page = listed.page(where=where, parameters={"user": user_id, **values}, size=size, place=place)
    for row in page.rows:
        _group_muscles(row)
    return page


def exercises(*, user_id: UUID, ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """These exercises, as far as the person may see them, in one query."""
    rows = fetch(_EXERCISES, {"user": user_id, "ids": list(ids)})
    for row in rows:
        _group_muscles(row)
    return rows


def _group_muscles(row: dict[str, Any]) -> None:
    muscles, roles, shares = (row.pop(name) or () for name in ("muscle", "role", "share"))
    row["muscles"] = [
        {"muscle": muscle, "role": role, "share": share}
        for muscle, role, share in zip(muscles, roles, shares, strict=True)
    ]
    row["equipment"] = row["equipment"] or []
