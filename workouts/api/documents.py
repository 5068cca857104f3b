"""The shapes that are checked data and not serializers, for the API's contract."""

import copy
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from workouts.selectors.runs import Adherence
from workouts.training.document import Plan
from workouts.training.findings import Finding
from workouts.training.generation import Wish
from workouts.training.loads import Inventory
from workouts.training.rules import Rule
from workouts.training.simulation import SimulatedRun
from workouts.training.state import Target
from workouts.training.volume import Level

PREFIX = "Training"
Schema = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ShownSet:
    """One set of a session; ``why`` says where its load comes from."""

    target: Target
    plates_kg: tuple[float, ...] | None
    why: str


@dataclass(frozen=True, kw_only=True)
class ShownDecision:
    session_number: int
    action: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ShownExercise:
    """An exercise of a session; ``decision`` is what its rule decided last."""

    planned_exercise_id: UUID
    exercise: UUID | None
    name: str
    superset: int | None
    tempo: str | None
    unilateral: bool
    notes: str
    decision: ShownDecision | None
    sets: tuple[ShownSet, ...]


@dataclass(frozen=True, kw_only=True)
class ShownSession:
    """What to do next and why; ``workout`` is the one in which it is being done."""

    session_number: int
    sessions_total: int
    week: int
    cycle_week: int
    is_deload: bool
    day_number: int
    focus: str
    warm_up: str
    cool_down: str
    minutes: float
    workout: UUID | None
    exercises: tuple[ShownExercise, ...]


@dataclass(frozen=True, kw_only=True)
class Today:
    """``session`` is null when the run is paused or over; ``message`` says so."""

    run: UUID
    status: str
    message: str
    session: ShownSession | None


@dataclass(frozen=True, kw_only=True)
class MuscleVolume:
    """Hard sets a week of a muscle, beside its landmarks; null where it has none.

    ``direct_sets`` are those in which it is the target; muscles with an MEV of 0 are judged by
    them.
    """

    muscle: str
    sets: float
    direct_sets: float
    level: Level | None
    mv: float | None
    mev: float | None
    mav_low: float | None
    mav_high: float | None
    mrv: float | None


@dataclass(frozen=True, kw_only=True)
class WeekVolume:
    cycle_week: int
    is_deload: bool
    minutes: tuple[float, ...]
    muscles: tuple[MuscleVolume, ...]


@dataclass(frozen=True, kw_only=True)
class Volume:
    """Fractional sets per muscle in each week of the cycle; ``minutes`` are per day."""

    weeks: tuple[WeekVolume, ...]


@dataclass(frozen=True, kw_only=True)
class Simulation:
    weeks: int
    all_sets_hit: SimulatedRun
    hit_80_percent: SimulatedRun


@dataclass(frozen=True, kw_only=True)
class Validation:
    """A plan is valid without errors; warnings and hints are advice."""

    is_valid: bool
    findings: tuple[Finding, ...]


_SHAPES: dict[str, Any] = {
    "Plan": Plan,
    "ProgressionRule": Rule,
    "Inventory": Inventory,
    "Wish": Wish,
    "Today": Today,
    "Volume": Volume,
    "Simulation": Simulation,
    "Validation": Validation,
    "Adherence": Adherence,
}
_SHOWN: Schema = {
    "id": {"type": "string", "format": "uuid"},
    "is_public": {"type": "boolean", "description": "Published: everybody may see and copy it."},
    "is_ai_generated": {"type": "boolean"},
    "version": {"type": "integer", "description": "Counts the changes of its content."},
    "copied_from": {"type": ["string", "null"], "format": "uuid"},
    "program": {"type": ["string", "null"], "description": "Of a shipped program."},
    "author": {
        "type": ["object", "null"],
        "description": "Null where they do not show themselves.",
        "properties": {"username": {"type": "string"}, "display_name": {"type": "string"}},
    },
    "created_at": {"type": "string", "format": "date-time"},
    "updated_at": {"type": "string", "format": "date-time"},
}


def shape(name: str) -> Schema:
    """A reference to one of the shapes, where a serializer would stand."""
    return {"$ref": f"#/components/schemas/{PREFIX}{name}"}


def body(name: str) -> dict[str, Schema]:
    return {"application/json": shape(name)}


def add_training_shapes(
    result: Schema,
    generator: Any,
    request: Any,
    public: bool,  # noqa: FBT001 - their call
) -> Schema:
    """Add the shapes to the components that endpoints refer to."""
    result["components"].setdefault("schemas", {}).update(copy.deepcopy(_components()))
    return result


@cache
def _components() -> Schema:
    components: Schema = {}
    for name, kind in _SHAPES.items():
        schema = TypeAdapter(kind).json_schema(
            ref_template=f"#/components/schemas/{PREFIX}{{model}}", mode="serialization"
        )
        for part, definition in schema.pop("$defs", {}).items():
            components.setdefault(PREFIX + part, definition)
        components[PREFIX + name] = schema
    plan = components[f"{PREFIX}Plan"]
    writable = {"id": _SHOWN["id"], "is_public": _SHOWN["is_public"]}
    components[f"{PREFIX}PlanWritten"] = {
        **plan,
        "properties": {**writable, **plan["properties"]},
    }
    components[f"{PREFIX}PlanShown"] = {**plan, "properties": {**_SHOWN, **plan["properties"]}}
    return components
