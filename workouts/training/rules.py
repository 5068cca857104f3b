"""Progression rules as data. How each moves a load is in progression.py."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, Strict, model_validator

Kg = Annotated[float, Field(gt=0, le=200, allow_inf_nan=False)]
Percent = Annotated[float, Field(gt=0, lt=100, allow_inf_nan=False)]
RepCount = Annotated[int, Field(ge=1, le=200)]
Times = Annotated[int, Field(ge=1, le=20)]
Sets = Annotated[int, Field(ge=1, le=20)]


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    max_load_kg: Annotated[float, Field(gt=0, le=2000, allow_inf_nan=False)] | None = Field(
        default=None, description="No rule goes above it."
    )


class Linear(_Rule):
    """More after ``successes`` sessions in which every set was done, less after ``failures``."""

    kind: Literal["linear"] = "linear"
    increment_kg: Kg = 2.5
    successes: Times = 1
    failures: Times = 3
    decrease_percent: Percent = 10


class Double(_Rule):
    """First more reps, from ``reps_min`` to ``reps_max`` in every set; then more load."""

    kind: Literal["double"] = "double"
    reps_min: RepCount = 8
    reps_max: RepCount = 12
    increment_kg: Kg = 2.5

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.reps_min >= self.reps_max:
            raise ValueError("reps_min must be below reps_max.")
        return self


class RepsSum(_Rule):
    """More load once the reps of all work sets add up to more than ``threshold``."""

    kind: Literal["reps_sum"] = "reps_sum"
    threshold: Annotated[int, Field(ge=1, le=2000)] = 30
    increment_kg: Kg = 2.5


class PercentWave(_Rule):
    """Percentages of a training max; the training max moves once a cycle.

    Up by ``increment_kg`` where every work set of the cycle reached its reps; otherwise it stays,
    or falls by ``decrease_percent`` where that is given.
    """

    kind: Literal["percent_wave"] = "percent_wave"
    increment_kg: Kg = 2.5
    training_max_percent: Annotated[float, Field(ge=50, le=100, allow_inf_nan=False)] = Field(
        default=90, description="Of the one-repetition maximum, at the start."
    )
    decrease_percent: Percent | None = None


class TrainingMaxReset(_Rule):
    """The reps of the AMRAP set at ``at_percent`` of the training max move it."""

    kind: Literal["training_max_reset"] = "training_max_reset"
    at_percent: Annotated[float, Field(ge=50, le=100, allow_inf_nan=False)] = 95
    training_max_percent: Annotated[float, Field(ge=50, le=100, allow_inf_nan=False)] = 90
    raise_from_reps: RepCount = 5
    keep_from_reps: RepCount = 3
    increment_kg: Kg = 2.5
    decrease_percent: Percent = 10

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.keep_from_reps > self.raise_from_reps:
            raise ValueError("keep_from_reps must not be above raise_from_reps.")
        return self


class Rpe(_Rule):
    """The load follows from how hard the last session's best set was, by the RPE curve."""

    kind: Literal["rpe"] = "rpe"
    target_reps: Annotated[int, Field(ge=1, le=12)] = 5
    target_rpe: Annotated[float, Field(ge=5, le=10, multiple_of=0.5, allow_inf_nan=False)] = 8
    max_change_percent: Percent = Field(default=10, description="Of the load, in one session.")


class AmrapTier(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    reps_from: RepCount
    increment_kg: Annotated[float, Field(ge=-200, le=200, allow_inf_nan=False)]


class AmrapTiers(_Rule):
    """The more reps in the AMRAP set, the more load next time; below all tiers it stays."""

    kind: Literal["amrap_tiers"] = "amrap_tiers"
    tiers: Annotated[list[AmrapTier], Field(min_length=1, max_length=10)]


class Stage(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    sets: Sets
    reps: RepCount


class Stages(_Rule):
    """More load while all sets are done; a failure moves on to the next stage.

    A failure in the last stage begins the first anew at ``restart_percent`` of the load.
    """

    kind: Literal["stages"] = "stages"
    stages: Annotated[list[Stage], Field(min_length=1, max_length=10)]
    increment_kg: Kg = 2.5
    restart_percent: Percent = 85
    last_set_amrap: bool = False


class SetsFirst(_Rule):
    """First more sets, up to ``sets_max``; then more load and ``sets_min`` again."""

    kind: Literal["sets_first"] = "sets_first"
    sets_min: Sets = 3
    sets_max: Sets = 5
    increment_kg: Kg = 2.5

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.sets_min >= self.sets_max:
            raise ValueError("sets_min must be below sets_max.")
        return self


class Rung(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    exercise: Annotated[UUID, Strict(strict=False)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


class VariationLadder(_Rule):
    """First more reps, one at a time up to ``reps_max``; then the next, harder exercise."""

    kind: Literal["variation_ladder"] = "variation_ladder"
    rungs: Annotated[list[Rung], Field(min_length=1, max_length=20)] = Field(
        description="From easy to hard; the first is where the person begins."
    )
    reps_min: RepCount = 5
    reps_max: RepCount = 8

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.reps_min >= self.reps_max:
            raise ValueError("reps_min must be below reps_max.")
        return self


Rule = Annotated[
    Linear
    | Double
    | RepsSum
    | PercentWave
    | TrainingMaxReset
    | Rpe
    | AmrapTiers
    | Stages
    | SetsFirst
    | VariationLadder,
    Field(discriminator="kind"),
]
