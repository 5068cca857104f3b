"""A training plan as data: what the API takes and shows, what a run follows, what we ship.

One shape for all of them. ``Plan.model_json_schema()`` is its JSON schema. Loads are in kg, rests
and durations in seconds, distances in km, percentages in percent.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    field_validator,
    model_validator,
)

from workouts.training.curve import MAX_EFFECTIVE_REPS
from workouts.training.rules import Rule

MAX_DAYS, MAX_EXERCISES, MAX_SCHEMES, MAX_SETS = 7, 30, 60, 20
# Of a day in one week, and of the whole plan: a year of weeks that are all different fits.
MAX_SETS_OF_DAY, MAX_SCHEMES_OF_PLAN = 100, 3000
MAX_PERCENT = 150
MAX_REPS = 200
TEMPO = r"^([0-9]{1,2}|X)(-([0-9]{1,2}|X)){3}$"
# Reps in words, whether or not they can be done: "5", "8-12", "5+", and "12-8" as well.
REPS: Final = re.compile(
    r"(?P<min>-?\d+)(?:\s*(?:-|–|to)\s*(?P<max>-?\d+))?(?P<more>\s*\+)?(?:\s*reps?)?"
)
_EACH_SIDE = re.compile(r"\s*(?:(?:/|per|each)\s*)+(?:side|leg|arm)s?$|\s*[/\s]\s*each$")

FitnessLevel = Literal["beginner", "intermediate", "advanced"]
SetType = Literal["warm_up", "normal", "drop", "failure", "amrap"]
LoadType = Literal[
    "working",
    "absolute",
    "percent_1rm",
    "percent_tm",
    "percent_of_first",
    "percent_of_previous",
    "rep_max",
    "rpe",
    "rir",
    "bodyweight",
    "assisted",
    "open",
]
# Load types whose load_value is a share of something, in percent.
PERCENT_LOADS = ("percent_1rm", "percent_tm", "percent_of_first", "percent_of_previous")


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("Null characters are not allowed.")
    return text


def without_side(reps: str) -> str:
    """In small letters what is asked of each side: "8" for "8/side"."""
    return _EACH_SIDE.sub("", reps.strip().lower())


def _repeat(values: Sequence[object]) -> bool:
    """Whether one of them, other than None, is there twice."""
    given = [value for value in values if value is not None]
    return len(set(given)) != len(given)


Id = Annotated[UUID, Strict(strict=False)]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_storable),
]
ShortLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50),
    AfterValidator(_storable),
]
Text = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_storable)]
Reps = Annotated[int, Field(ge=1, le=MAX_REPS)]
Kilograms = Annotated[float, Field(ge=0, le=2000, allow_inf_nan=False)]
Percent = Annotated[float, Field(gt=0, le=MAX_PERCENT, allow_inf_nan=False)]
HalfStep = Annotated[float, Field(ge=0, le=10, multiple_of=0.5, allow_inf_nan=False)]
Weeks = Annotated[int, Field(ge=1, le=52)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SetScheme(Part):
    """Equal sets in a row: "3 × 5 at 85 % of the training max"."""

    id: Id | None = None
    set_type: SetType = "normal"
    count: Annotated[int, Field(ge=1, le=MAX_SETS)] = 1
    week: Weeks | None = Field(
        default=None, description="Week of the cycle in which it is done; every week without it."
    )
    reps_min: Reps | None = Field(default=None, description="Fewest reps that count as a hit.")
    reps_max: Reps | None = Field(default=None, description="None for the last set of an AMRAP.")
    duration_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None
    distance_km: Annotated[float, Field(gt=0, le=500, allow_inf_nan=False)] | None = None
    load_type: LoadType = "working"
    load_value: Annotated[float, Field(ge=0, le=2000, allow_inf_nan=False)] | None = Field(
        default=None,
        description=(
            "kg for absolute, bodyweight (added) and assisted (help); percent for percent_* and"
            " working; reps for rep_max. rpe and rir take it from the fields of that name."
        ),
    )
    rpe: Annotated[float, Field(ge=1, le=10, multiple_of=0.5, allow_inf_nan=False)] | None = None
    rir: HalfStep | None = None
    rest_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    tempo: Annotated[str, StringConstraints(pattern=TEMPO)] | None = Field(
        default=None, description="Down, pause, up, pause in seconds; X is as fast as possible."
    )

    @model_validator(mode="after")
    def _hang_together(self) -> Self:
        if self.reps_min and self.reps_max and self.reps_min > self.reps_max:
            raise ValueError("reps_min must not be above reps_max.")
        if self.reps_max and not self.reps_min:
            raise ValueError("reps_max needs reps_min.")
        if self.load_type in {"rpe", "rir"} and self.reserve is None:
            raise ValueError(f"A load by {self.load_type} needs {self.load_type}.")
        needs_value = (*PERCENT_LOADS, "absolute", "assisted", "rep_max")
        if self.load_type in needs_value and self.load_value is None:
            raise ValueError(f"A load of type {self.load_type} needs load_value.")
        percent = self.load_type in (*PERCENT_LOADS, "working")
        if percent and self.load_value is not None and not 0 < self.load_value <= MAX_PERCENT:
            raise ValueError("load_value must be above 0 and at most 150 percent.")
        # Beyond, the curve of repetitions says nothing.
        rep_maxes = range(1, MAX_EFFECTIVE_REPS + 1)
        if self.load_type == "rep_max" and self.load_value not in rep_maxes:
            raise ValueError(f"rep_max is a number of reps from 1 to {MAX_EFFECTIVE_REPS}.")
        return self

    @property
    def is_work(self) -> bool:
        """Whether it counts for progress: neither a warm-up nor a drop from the set before."""
        return self.set_type not in {"warm_up", "drop"}

    @property
    def reserve(self) -> float | None:
        """Repetitions that shall be left, from RIR or else from RPE."""
        if self.rir is not None:
            return self.rir
        return None if self.rpe is None else 10 - self.rpe


class PlannedExercise(Part):
    id: Id | None = None
    exercise: Id | None = Field(default=None, description="Of the catalogue, or your own.")
    name: Line | None = Field(
        default=None, description="Needed without an exercise; that of the exercise else."
    )
    sets: Annotated[int, Field(ge=1, le=MAX_SETS)] | None = Field(
        default=None, description="Number of work sets; follows from planned_sets without it."
    )
    reps: ShortLine | None = Field(
        default=None, description='Such as "8-12", "5+" or "30 s"; follows from planned_sets.'
    )
    rest_seconds: Annotated[int, Field(ge=0, le=3600)] = 60
    order: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="Place in the day; that in the list without it."
    )
    notes: Text = ""
    superset: Annotated[int, Field(ge=1, le=50)] | None = Field(
        default=None, description="Exercises of a day with the same number alternate."
    )
    tempo: Annotated[str, StringConstraints(pattern=TEMPO)] | None = None
    unilateral: bool = Field(default=False, description="Each side for itself.")
    track: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")] | None = Field(
        default=None,
        description="Exercises of the same track share their progress; each its own without it.",
    )
    start_load_kg: Kilograms | None = Field(
        default=None, description="Working load of the first session, where the person names none."
    )
    start_percent_1rm: Percent | None = Field(
        default=None, description="The same as a share of the person's one-repetition maximum."
    )
    progression: Rule | None = Field(
        default=None, description="How loads change; none: they stay."
    )
    planned_sets: Annotated[list[SetScheme], Field(max_length=MAX_SCHEMES)] = Field(
        default_factory=list, description="Set schemes; made from sets and reps without them."
    )

    @field_validator("reps")
    @classmethod
    def _can_be_done(cls, reps: str | None) -> str | None:
        """Words may say anything; numbers must be reps."""
        for part in without_side(reps or "").split("/"):
            if said := REPS.fullmatch(part.strip()):
                fewest = int(said["min"])
                most = int(said["max"] or fewest)
                if not (1 <= fewest <= MAX_REPS and 1 <= most <= MAX_REPS):
                    raise ValueError(f"Reps are from 1 to {MAX_REPS}.")
                if fewest > most:
                    raise ValueError("Reps go from the fewest to the most, such as 8-12.")
        return reps

    @model_validator(mode="after")
    def _say_something(self) -> Self:
        if self.exercise is None and self.name is None:
            raise ValueError("Give an exercise, or a name.")
        if not self.planned_sets and self.sets is None:
            raise ValueError("Give planned_sets, or sets and reps.")
        if not self.planned_sets and self.reps is None:
            raise ValueError("Give reps, or planned_sets.")
        return self


class Day(Part):
    id: Id | None = None
    day_number: Annotated[int, Field(ge=1, le=MAX_DAYS)]
    focus: Line
    warm_up: Text = ""
    cool_down: Text = ""
    exercises: Annotated[list[PlannedExercise], Field(max_length=MAX_EXERCISES)] = Field(
        default_factory=list, description="In the order in which they are done."
    )

    @model_validator(mode="after")
    def _stay_within_reason(self) -> Self:
        sets = Counter[int | None]()
        for one in self.exercises:
            for scheme in one.planned_sets:
                sets[scheme.week] += scheme.count
            if not one.planned_sets:
                sets[None] += one.sets or 0
        every_week = sets.pop(None, 0)
        if every_week + max(sets.values(), default=0) > MAX_SETS_OF_DAY:
            raise ValueError(f"A day has at most {MAX_SETS_OF_DAY} sets in a week.")
        return self


class Deload(Part):
    """Planned easier weeks; in them no rule moves a load."""

    weeks: Annotated[list[Weeks], Field(min_length=1, max_length=52)] = Field(
        description="Weeks of the cycle, such as [4]."
    )
    load_percent: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = Field(
        default=100, description="Of the working load; percentages in the plan stay as they are."
    )
    sets_percent: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = Field(
        default=100, description="Of the sets of each scheme, rounded up."
    )


class Plan(Part):
    """A whole plan with its days, exercises and set schemes."""

    name: Line
    description: Text = ""
    goal: ShortLine = Field(
        description="strength, muscle_gain, weight_loss, endurance, or your own word."
    )
    days_per_week: Annotated[int, Field(ge=1, le=7)]
    duration_weeks: Weeks = 4
    fitness_level: FitnessLevel
    progression_strategy: Text = Field(default="", description="In words.")
    cycle_weeks: Weeks = Field(
        default=1, description="After so many weeks the set schemes begin anew."
    )
    deload: Deload | None = None
    days: Annotated[list[Day], Field(max_length=MAX_DAYS)] = Field(
        default_factory=list,
        description="Done in turn, days_per_week of them a week: two days three times a week"
        " alternate.",
    )

    @field_validator("days")
    @classmethod
    def _fit_together(cls, days: list[Day]) -> list[Day]:
        planned = [one for day in days for one in day.exercises]
        schemes = [scheme for one in planned for scheme in one.planned_sets]
        if _repeat([day.day_number for day in days]):
            raise ValueError("Two days have the same day_number.")
        if any(_repeat([part.id for part in parts]) for parts in (days, planned, schemes)):
            raise ValueError("An id stands for one day, one exercise or one set scheme.")
        # Sets in words become as many schemes at most.
        if sum(len(one.planned_sets) or one.sets or 0 for one in planned) > MAX_SCHEMES_OF_PLAN:
            raise ValueError(f"A plan has at most {MAX_SCHEMES_OF_PLAN} set schemes.")
        return days

    def in_order(self) -> list[Day]:
        return sorted(self.days, key=lambda day: day.day_number)

    def cycle_week(self, week: int) -> int:
        """Which week of the cycle the plan's week (from 1) is."""
        return (week - 1) % self.cycle_weeks + 1

    def is_deload(self, week: int) -> bool:
        return self.deload is not None and self.cycle_week(week) in self.deload.weeks
