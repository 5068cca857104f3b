"""A person as far as loads go, and what exercises need and train."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson

from users.keyset import fetch
from workouts.training.loads import Inventory, default_inventory
from workouts.training.prescription import Lifter
from workouts.training.volume import Landmark

ONE_RM_DAYS = 180

_FACTS = """
    SELECT e.id, e.slug, e.name, e.difficulty_level, e.load_type, e.bodyweight_share,
        (SELECT array_agg(q.equipment_id ORDER BY q.equipment_id)
            FROM workouts_exerciseequipment q WHERE q.exercise_id = e.id) AS equipment,
        (SELECT jsonb_object_agg(m.muscle_id, m.share)
            FROM workouts_exercisemuscle m WHERE m.exercise_id = e.id AND NOT e.is_cardio)
            AS muscles
    FROM workouts_exercise e WHERE e.id = ANY(%(ids)s)
"""
# The best within the window, whatever the set was called: an estimate is one wherever it is from.
_BEST = """
    SELECT s.exercise_id, max(s.one_rm) AS one_rm
    FROM workouts_workoutset s
    JOIN workouts_workout w ON w.user_id = s.user_id AND w.id = s.workout_id
    WHERE s.user_id = %(user)s AND s.exercise_id = ANY(%(ids)s) AND s.one_rm IS NOT NULL
        AND NOT w.in_progress
        AND w.date > %(day)s::date - %(days)s::int AND w.date <= %(day)s
    GROUP BY s.exercise_id
"""
_TRAINING_MAXES = """
    SELECT DISTINCT ON (exercise_id) exercise_id, value_kg FROM workouts_trainingmax
    WHERE user_id = %(user)s AND exercise_id = ANY(%(ids)s) AND valid_from <= %(day)s
    ORDER BY exercise_id, valid_from DESC
"""
_HOME = """
    SELECT f.body_weight_kg, s.measurement_system, g.inventory, g.equipment
    FROM users_userprofile f JOIN users_usersettings s ON s.user_id = f.user_id
    LEFT JOIN LATERAL (
        SELECT g.inventory, g.equipment FROM workouts_gym g WHERE g.user_id = f.user_id
            AND (g.id = %(gym)s OR %(gym)s::uuid IS NULL AND g.is_default)
    ) g ON true
    WHERE f.user_id = %(user)s
"""


@dataclass(frozen=True, kw_only=True)
class ExerciseFacts:
    """What an exercise needs and trains; ``muscles`` are shares by slug, none for cardio."""

    id: UUID
    slug: str | None
    name: str
    difficulty: int
    load_type: str
    bodyweight_share: float | None
    equipment: tuple[str, ...]
    muscles: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class KnownLifter:
    """A lifter with the facts about the exercises in question.

    ``available`` is what the gym has, None where the person has not said.
    """

    lifter: Lifter
    facts: dict[UUID, ExerciseFacts]
    available: frozenset[str] | None

    @property
    def muscle_shares(self) -> dict[UUID, dict[str, float]]:
        return {one.id: one.muscles for one in self.facts.values()}


def exercise_facts(*, ids: Collection[UUID]) -> dict[UUID, ExerciseFacts]:
    rows = fetch(_FACTS, {"ids": list(ids)})
    return {
        row["id"]: ExerciseFacts(
            id=row["id"],
            slug=row["slug"],
            name=row["name"],
            difficulty=row["difficulty_level"],
            load_type=row["load_type"],
            bodyweight_share=row["bodyweight_share"],
            equipment=tuple(row["equipment"] or ()),
            muscles=orjson.loads(row["muscles"]) if row["muscles"] else {},
        )
        for row in rows
    }


def best_one_rms(*, user_id: UUID, ids: Collection[UUID], day: date) -> dict[UUID, float]:
    """The best one-repetition maximum in kg of each exercise in the half year up to a day."""
    parameters = {"user": user_id, "ids": list(ids), "day": day, "days": ONE_RM_DAYS}
    return {row["exercise_id"]: row["one_rm"] for row in fetch(_BEST, parameters)}


def lifter(
    *, user_id: UUID, ids: Collection[UUID], day: date, gym_id: UUID | None = None
) -> KnownLifter:
    """What is known of the person for these exercises on their own day, in four queries.

    Loads are those of the gym, of the default one without it, and of a usual one without any.
    """
    facts = exercise_facts(ids=ids)
    maxes = fetch(_TRAINING_MAXES, {"user": user_id, "ids": list(ids), "day": day})
    [home] = fetch(_HOME, {"user": user_id, "gym": gym_id})
    known = Lifter(
        inventory=_inventory(home["inventory"], home["measurement_system"]),
        one_rm_kg=best_one_rms(user_id=user_id, ids=ids, day=day),
        training_max_kg={row["exercise_id"]: row["value_kg"] for row in maxes},
        equipment={one.id: one.equipment for one in facts.values()},
        body_weight_kg=home["body_weight_kg"],
        bodyweight_share={
            one.id: one.bodyweight_share
            for one in facts.values()
            if one.load_type != "external" and one.bodyweight_share is not None
        },
    )
    # A gym with nothing at all is one of which nobody has said anything.
    available = frozenset(home["equipment"]) if home["equipment"] else None
    return KnownLifter(lifter=known, facts=facts, available=available)


def landmarks() -> dict[str, Landmark]:
    """Weekly sets per muscle, by slug, of the muscles that have landmarks."""
    rows = fetch(
        """
        SELECT slug, mv, mev, mav_low, mav_high, mrv FROM workouts_muscle WHERE mv IS NOT NULL
        """,
        {},
    )
    return {row.pop("slug"): Landmark(**row) for row in rows}


def _inventory(stored: str | None, system: str) -> Inventory:
    if stored is None:
        return default_inventory("imperial" if system == "imperial" else "metric")
    return Inventory.model_validate(orjson.loads(stored))
