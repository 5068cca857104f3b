"""What a gym can load: its bars, plates, dumbbells and stacks, and the load nearest to a wish.

A load is what the bar shows in all, what one dumbbell or kettlebell weighs, what the stack is set
to, or what hangs on the belt. Everything is in kg; a gym in pounds has odd numbers of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, gcd
from typing import Annotated, Final, Literal

from pydantic import Field

from users.units import pounds_to_kg
from workouts.training.document import Part

System = Literal["metric", "imperial"]
BarKind = Literal["barbell", "ez_bar", "trap_bar", "smith_machine", "landmine"]

MAX_LOAD_KG: Final = 1000.0
# Nearer than this, two loads are the same.
EXACT_KG: Final = 1e-6
# Where nobody said what the load is made of.
UNKNOWN_STEP_KG: Final = 0.5

# The more particular kind decides: a barbell in a landmine is loaded at one end only.
_BARS: Final[tuple[BarKind, ...]] = (
    "landmine",
    "smith_machine",
    "trap_bar",
    "ez_bar",
    "barbell",
)
_ON_A_BELT: Final = ("plate", "pull_up_bar", "dip_bars", "rings")

_METRIC_BARS: Final[dict[BarKind, float]] = {
    "barbell": 20,
    "ez_bar": 10,
    "trap_bar": 25,
    "smith_machine": 15,
    "landmine": 20,
}
_IMPERIAL_BARS: Final[dict[BarKind, float]] = {
    "barbell": 45,
    "ez_bar": 25,
    "trap_bar": 55,
    "smith_machine": 35,
    "landmine": 45,
}
_METRIC_PLATES: Final = ((25, 8), (20, 4), (15, 2), (10, 4), (5, 2), (2.5, 2), (1.25, 2))
_IMPERIAL_PLATES: Final = ((45, 8), (35, 2), (25, 4), (10, 4), (5, 2), (2.5, 2))
_METRIC_DUMBBELLS: Final = (*range(1, 11), *range(12, 51, 2))
_IMPERIAL_DUMBBELLS: Final = (*range(5, 121, 5),)
_METRIC_KETTLEBELLS: Final = (*range(4, 17, 2), *range(20, 49, 4))
_IMPERIAL_KETTLEBELLS: Final = (*range(5, 51, 5), *range(60, 101, 10))

Bar = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0.1, le=200, allow_inf_nan=False)]
Step = Annotated[float, Field(ge=0.1, le=50, allow_inf_nan=False)]
Weights = Annotated[list[Weight], Field(min_length=1, max_length=100)]


class Plates(Part):
    weight_kg: Annotated[float, Field(ge=0.1, le=100, allow_inf_nan=False)]
    pairs: Annotated[int, Field(ge=1, le=20)]


class Inventory(Part):
    """What a person's gym has; each part that is not given is that of a usual metric gym."""

    bars: dict[BarKind, Bar] = Field(
        default_factory=lambda: dict(_METRIC_BARS),
        description="Weight of each empty bar; one that is missing here has its usual weight.",
    )
    plates: Annotated[list[Plates], Field(max_length=30)] = Field(
        default_factory=lambda: [
            Plates(weight_kg=weight, pairs=pairs) for weight, pairs in _METRIC_PLATES
        ]
    )
    dumbbells: Weights | None = Field(
        default_factory=lambda: [float(weight) for weight in _METRIC_DUMBBELLS],
        description="Weights of single dumbbells; null where they are adjustable.",
    )
    dumbbell_step_kg: Step = Field(default=2, description="Of adjustable dumbbells.")
    kettlebells: Weights | None = Field(
        default_factory=lambda: [float(weight) for weight in _METRIC_KETTLEBELLS],
        description="Weights of single kettlebells; null where they are adjustable.",
    )
    kettlebell_step_kg: Step = Field(default=4, description="Of adjustable kettlebells.")
    machine_step_kg: Step = 5
    cable_step_kg: Step = 2.5
    bodyweight_step_kg: Step | None = Field(
        default=None, description="Of weight added to the body; null: made from single plates."
    )
    assist_step_kg: Step = Field(default=5, description="Of a machine that helps.")


@dataclass(frozen=True)
class Loaded:
    """A load that can be made. ``plates_kg`` is heaviest first: for each side of a bar, for the
    one end of a landmine, or all that hangs on the belt; None where no plates are involved.
    """

    load_kg: float
    plates_kg: tuple[float, ...] | None = None
    equipment: str | None = None


def default_inventory(system: System) -> Inventory:
    """What a usual gym has; an imperial one has real bars and plates in pounds."""
    if system == "metric":
        return Inventory()
    return Inventory(
        bars={kind: pounds_to_kg(pounds) for kind, pounds in _IMPERIAL_BARS.items()},
        plates=[
            Plates(weight_kg=pounds_to_kg(pounds), pairs=pairs)
            for pounds, pairs in _IMPERIAL_PLATES
        ],
        dumbbells=[pounds_to_kg(pounds) for pounds in _IMPERIAL_DUMBBELLS],
        dumbbell_step_kg=pounds_to_kg(5),
        kettlebells=[pounds_to_kg(pounds) for pounds in _IMPERIAL_KETTLEBELLS],
        kettlebell_step_kg=pounds_to_kg(10),
        machine_step_kg=pounds_to_kg(10),
        cable_step_kg=pounds_to_kg(5),
        assist_step_kg=pounds_to_kg(10),
    )


def loadable(
    inventory: Inventory, equipment: Collection[str], target_kg: float, *, plates: bool = True
) -> Loaded:
    """The load nearest to ``target_kg``, the lighter of two as near, never below the lightest.

    The first of bar, dumbbell, kettlebell, machine, cable and belt that ``equipment`` names
    decides. Without any of them the load is a multiple of half a kilogram. A wish above 1000 kg
    counts as 1000 kg. Which plates make the load is said only if ``plates``: to choose among
    ill-matched ones takes milliseconds.
    """
    target_kg = _within_reason(target_kg)
    bar = next((bar for bar in _BARS if bar in equipment), None)
    if bar is not None:
        return _on_bar(inventory, bar, target_kg, plates=plates)
    for kind, weights, step_kg in _pieces(inventory):
        if kind in equipment:
            return Loaded(_of_pieces(weights, step_kg, target_kg), equipment=kind)
    if any(kind in equipment for kind in _ON_A_BELT):
        return added(inventory, target_kg, plates=plates)
    return Loaded(_stepped(target_kg, UNKNOWN_STEP_KG, fewest=0))


def added(inventory: Inventory, target_kg: float, *, plates: bool = True) -> Loaded:
    """The weight to add to the body nearest to ``target_kg``; nothing is possible, too."""
    target_kg = _within_reason(target_kg)
    if inventory.bodyweight_step_kg is not None:
        return Loaded(_stepped(target_kg, inventory.bodyweight_step_kg, fewest=0))
    load_kg, hung = _stack_of(inventory, singles=True).made(target_kg, plates=plates)
    return Loaded(_shown(load_kg), hung, "plate")


def helped(inventory: Inventory, target_kg: float) -> Loaded:
    """The help of an assisting machine nearest to ``target_kg``; none is possible, too."""
    step = inventory.assist_step_kg
    return Loaded(_stepped(_within_reason(target_kg), step, fewest=0), equipment="machine")


def _on_bar(inventory: Inventory, bar: BarKind, target_kg: float, *, plates: bool) -> Loaded:
    bar_kg = inventory.bars.get(bar, _METRIC_BARS[bar])
    ends = 1 if bar == "landmine" else 2
    stack = _stack_of(inventory, singles=ends == 1)
    load_kg, on_each = stack.made((target_kg - bar_kg) / ends, plates=plates)
    return Loaded(_shown(bar_kg + ends * load_kg), on_each, bar)


def _pieces(inventory: Inventory) -> tuple[tuple[str, Sequence[float] | None, float], ...]:
    """What is taken as a whole: a kind, its weights where they are fixed, else its step."""
    return (
        ("dumbbell", inventory.dumbbells, inventory.dumbbell_step_kg),
        ("kettlebell", inventory.kettlebells, inventory.kettlebell_step_kg),
        ("machine", None, inventory.machine_step_kg),
        ("cable", None, inventory.cable_step_kg),
    )


def _of_pieces(weights: Sequence[float] | None, step_kg: float, target_kg: float) -> float:
    if weights is None:
        return _stepped(target_kg, step_kg)
    # Rounding makes distances that differ only by the noise of floats equal.
    return _shown(min(weights, key=lambda weight: (round(abs(weight - target_kg), 6), weight)))


def _stepped(target_kg: float, step_kg: float, *, fewest: int = 1) -> float:
    steps = ceil((target_kg - EXACT_KG) / step_kg - 0.5)
    return _shown(max(steps, fewest) * step_kg)


def _within_reason(target_kg: float) -> float:
    return min(max(target_kg, 0), MAX_LOAD_KG)


def _shown(load_kg: float) -> float:
    return round(float(load_kg), 3)


# What one side of a bar, or a belt, holds at most.
_STACK_KG: Final = MAX_LOAD_KG / 2
# Fine enough for a quarter of a pound to be a whole number; a gram is the coarsest that the sums
# of ill-matched plates are counted in, so that there are never more than half a million of them.
_GRAINS_PER_KG: Final = 10**10
_GRAM: Final = _GRAINS_PER_KG // 1000
# Far more than ordinary plates take; ill-matched ones get the best that was found until then.
_MOST_VISITS: Final = 500


@dataclass(frozen=True, eq=False)
class _Stack:
    """A stock of plates, heaviest first, and every sum it makes, in units of ``unit_kg``.

    ``sums[n]`` has a bit for each sum that the nth kind and the lighter ones make.
    """

    unit_kg: float
    weights_kg: tuple[float, ...]
    units: tuple[int, ...]
    stock: tuple[int, ...]
    sums: tuple[int, ...]

    def made(self, target_kg: float, *, plates: bool) -> tuple[float, tuple[float, ...] | None]:
        """The load nearest to ``target_kg`` in kg, and the plates that make it, if asked for."""
        total = self.nearest(target_kg)
        if not plates:
            return total * self.unit_kg, None
        chosen = self.plates(total)
        return sum(chosen), chosen

    def nearest(self, target_kg: float) -> int:
        """The sum nearest to ``target_kg``, in units; the smaller of two as near."""
        wanted = target_kg / self.unit_kg
        exact = EXACT_KG / self.unit_kg
        whole = max(floor(wanted + exact), 0)
        below = (self.sums[0] & ((2 << whole) - 1)).bit_length() - 1
        more = self.sums[0] >> (whole + 1)
        if not more:
            return below
        above = whole + (more & -more).bit_length()
        return below if wanted - below <= above - wanted + exact else above

    def plates(self, total: int) -> tuple[float, ...]:
        """The fewest plates that make ``total``, which is one of the sums; heaviest first."""
        counts = _FewestPlates(self).that_make(total)
        return tuple(
            weight
            for weight, count in zip(self.weights_kg, counts, strict=True)
            for _ in range(count)
        )

    def makes(self, total: int, *, from_kind: int) -> bool:
        return bool(self.sums[from_kind] >> total & 1)


class _FewestPlates:
    """Depth first, heavy plates first, leaving out what cannot have fewer plates."""

    def __init__(self, stack: _Stack) -> None:
        self.stack = stack
        self.best: tuple[int, ...] = ()
        self.fewest: float = float("inf")
        self.visits = 0

    def that_make(self, total: int) -> tuple[int, ...]:
        self._visit((), total)
        return self.best

    def _visit(self, counts: tuple[int, ...], left: int) -> None:
        self.visits += 1
        kind, used = len(counts), sum(counts)
        if left == 0:
            self.best = counts + (0,) * (len(self.stack.units) - kind)
            self.fewest = used
            return
        for count in range(min(self.stack.stock[kind], left // self.stack.units[kind]), -1, -1):
            rest = left - count * self.stack.units[kind]
            # Taking fewer of the heavy ones never needs fewer of the light ones.
            if used + count + self._at_least(kind + 1, rest) >= self.fewest:
                return
            if self.stack.makes(rest, from_kind=kind + 1):
                self._visit((*counts, count), rest)
            if self.visits > _MOST_VISITS:
                return

    def _at_least(self, kind: int, left: int) -> int:
        lighter = self.stack.units[kind : kind + 1]
        return -(-left // lighter[0]) if lighter else 0


def _stack_of(inventory: Inventory, *, singles: bool) -> _Stack:
    """What one side can hold where plates go on in pairs, or all of them singly."""
    each = 2 if singles else 1
    stock = sorted((plates.weight_kg, each * plates.pairs) for plates in inventory.plates)
    return _stack(tuple(reversed(stock)))


# The sums of thirty odd kinds take two megabytes, those of a real gym a few bytes.
@lru_cache(maxsize=16)
def _stack(stock: tuple[tuple[float, int], ...]) -> _Stack:
    grains = [round(weight * _GRAINS_PER_KG) for weight, _ in stock]
    unit = max(gcd(*grains), _GRAM)
    units = tuple(round(grain / unit) for grain in grains)
    most = (1 << floor(_STACK_KG * _GRAINS_PER_KG / unit) + 1) - 1
    sums = [1]
    for weight, (_, count) in zip(reversed(units), reversed(stock), strict=True):
        sums.append(_with_more(sums[-1], weight, count) & most)
    return _Stack(
        unit_kg=unit / _GRAINS_PER_KG,
        weights_kg=tuple(weight for weight, _ in stock),
        units=units,
        stock=tuple(count for _, count in stock),
        sums=tuple(reversed(sums)),
    )


def _with_more(sums: int, weight: int, count: int) -> int:
    """``sums``, and those with up to ``count`` plates more; doubling covers them in few steps."""
    step = 1
    while count:
        step = min(step, count)
        sums |= sums << step * weight
        count -= step
        step *= 2
    return sums
