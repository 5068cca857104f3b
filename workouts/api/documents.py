"""The shapes that are checked data and not serializers, for the API's contract."""

import copy
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from workouts.api.examples import WITH_EXAMPLES, add_field_examples
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
    """``run`` is the open one that it goes on from; null: from the beginning of the plan."""

    weeks: int
    run: UUID | None
    first_session_number: int
    all_sets_hit: SimulatedRun
    hit_80_percent: SimulatedRun


@dataclass(frozen=True, kw_only=True)
class Validation:
    """A plan is valid without errors; warnings and hints are advice."""

    is_valid: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class Author:
    """Whose plan it is; null where they do not show themselves."""

    username: str
    display_name: str


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
    "Author": Author,
}
_ID: Schema = {"type": "string", "format": "uuid"}
_IS_PUBLIC: Schema = {
    "type": "boolean",
    "description": "Published: everybody may see and copy it.",
}
# Of a plan beside its content. What is only shown may come back with the plan and is left alone.
_SHOWN: Schema = {
    "is_ai_generated": {"type": "boolean"},
    "version": {"type": "integer", "description": "Counts the changes of its content."},
    "copied_from": {"type": ["string", "null"], "format": "uuid"},
    "program": {"type": ["string", "null"], "description": "Of a shipped program."},
    "author": {"anyOf": [{"$ref": f"#/components/schemas/{PREFIX}Author"}, {"type": "null"}]},
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
    schemas = result["components"].setdefault("schemas", {})
    schemas.update(copy.deepcopy(_components()))
    for name in (*_components(), *WITH_EXAMPLES):
        add_field_examples(name.removeprefix(PREFIX), schemas[name])
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
    components |= _plans(components[f"{PREFIX}Plan"])
    return components


def _plans(plan: Schema) -> Schema:
    """A plan as it is shown, as it is sent, and as it is sent to change a part of it."""
    own: Schema = {"id": _ID, "is_public": _IS_PUBLIC}
    read_only = {name: {**field, "readOnly": True} for name, field in _SHOWN.items()}
    shown = {**own, **_SHOWN, **plan["properties"]}
    written = {**plan, "properties": {**own, **read_only, **plan["properties"]}}
    return {
        f"{PREFIX}PlanShown": {**plan, "properties": shown, "required": [*shown]},
        f"{PREFIX}PlanWritten": written,
        f"{PREFIX}PlanChanged": {**written, "required": []},
    }
