"""What is odd about single exercises of a plan, and about those that share their progress."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from workouts.training.document import SetScheme
from workouts.training.finding import Finding, Knowledge, Spot, counted, listed
from workouts.training.rules import (
    AmrapTiers,
    Double,
    Linear,
    PercentWave,
    RepsSum,
    Rpe,
    SetsFirst,
    Stages,
    TrainingMaxReset,
)
from workouts.training.text import OPEN, is_understood, schemes_from_text, text_of

OF_TRAINING_MAX: Final = (PercentWave, TrainingMaxReset)
_OF_WORKING_LOAD: Final = (Linear, Double, RepsSum, Rpe, AmrapTiers, Stages, SetsFirst)
_OF_ONE_RM: Final = ("percent_1rm", "rep_max", "rpe", "rir")


def of_exercise(spot: Spot) -> Iterator[Finding]:
    for check in _CHECKS:
        yield from check(spot)


def of_tracks(spots: Iterable[Spot], known: Knowledge) -> Iterator[Finding]:
    """What the exercises of a track say together."""
    tracks: dict[str, list[Spot]] = defaultdict(list)
    for spot in spots:
        tracks[spot.track].append(spot)
    for sharing in tracks.values():
        yield from _of_shared_rule(sharing)
        yield from _of_training_max(sharing, known)
        yield from _of_start(sharing, known)
        yield from _of_one_rm(sharing, known)


def _of_weeks(spot: Spot) -> Iterator[Finding]:
    cycle = spot.plan.cycle_weeks
    for index, scheme in enumerate(spot.schemes):
        if scheme.week is not None and scheme.week > cycle:
            yield spot.says(
                "error",
                "week_outside_cycle",
                f"week {scheme.week} never comes, as the cycle has {counted(cycle, 'week')}.",
                path=spot.path_of(index),
            )
    named = {scheme.week for scheme in spot.work}
    if None in named or not named:
        return
    missing = [str(week) for week in range(1, cycle + 1) if week not in named]
    if missing:
        weeks = f"week{'' if len(missing) == 1 else 's'} {listed(missing)}"
        yield spot.says(
            "hint", "week_without_work", f"in {weeks} of the cycle it has no work set."
        )


def _of_rule(spot: Spot) -> Iterator[Finding]:
    rule = spot.planned.progression
    if rule is None:
        return
    path = f"{spot.path}.progression"
    amraps = [scheme for scheme in spot.work if scheme.set_type == "amrap"]
    if not spot.work:
        yield spot.says(
            "error", "nothing_to_judge", "its rule judges work sets, and it has none.", path=path
        )
    elif isinstance(rule, AmrapTiers) and not amraps:
        yield spot.says(
            "error", "no_amrap", "its rule counts the reps of an AMRAP set.", path=path
        )
    elif isinstance(rule, TrainingMaxReset) and not any(
        _is_at(scheme, rule.at_percent) for scheme in amraps
    ):
        yield spot.says(
            "error",
            "no_amrap",
            f"its rule needs an AMRAP set at {rule.at_percent:g} % of the training max or more.",
            path=path,
        )


def _is_at(scheme: SetScheme, percent: float) -> bool:
    return scheme.load_type == "percent_tm" and (scheme.load_value or 0) >= percent


def _of_references(spot: Spot) -> Iterator[Finding]:
    """Sets whose load is a share of another set's, in a week that has no such set."""
    lost = {
        index
        for week in range(1, spot.plan.cycle_weeks + 1)
        for index in _without_reference(spot.in_week(week))
    }
    for index in sorted(lost):
        of_previous = spot.schemes[index].load_type == "percent_of_previous"
        other = "the set before" if of_previous else "the first work set"
        yield spot.says(
            "error",
            "no_reference",
            f"its load is a share of that of {other}, and there is no such load.",
            path=spot.path_of(index),
        )


def _without_reference(schemes: list[tuple[int, SetScheme]]) -> list[int]:
    first = next(
        (
            has_load
            for (_, scheme), has_load in zip(schemes, _have_loads(schemes), strict=True)
            if scheme.is_work
        ),
        False,
    )
    have_loads = _have_loads(schemes, first=first)
    return [
        index for (index, _), has_load in zip(schemes, have_loads, strict=True) if not has_load
    ]


def _have_loads(schemes: list[tuple[int, SetScheme]], *, first: bool = False) -> list[bool]:
    """Whether each set has a load; ``first``: whether that of the first work set is known."""
    have_loads: list[bool] = []
    for _, scheme in schemes:
        if scheme.load_type == "percent_of_previous":
            have_loads.append(bool(have_loads) and have_loads[-1])
        else:
            have_loads.append(scheme.load_type != "percent_of_first" or first)
    return have_loads


def _of_text(spot: Spot) -> Iterator[Finding]:
    planned = spot.planned
    if not planned.planned_sets:
        return
    sets, reps = text_of(planned.planned_sets)
    if planned.sets not in {None, sets}:
        yield spot.says(
            "warning",
            "text_disagrees",
            f"sets says {planned.sets}, but planned_sets make {sets}.",
            path=f"{spot.path}.sets",
        )
    if planned.reps is not None and _is_other(planned.reps, sets, reps):
        yield spot.says(
            "warning",
            "text_disagrees",
            f"reps says {planned.reps}, but planned_sets make {reps}.",
            path=f"{spot.path}.reps",
        )


def _is_other(said: str, sets: int, reps: str) -> bool:
    """Words that are not understood are a remark, which contradicts nothing."""
    understood = text_of(schemes_from_text(sets, said, 0))[1]
    return said != reps and understood not in {OPEN, reps}


def _of_words(spot: Spot) -> Iterator[Finding]:
    """Beside sets that ask for something, such words are a remark."""
    reps = spot.planned.reps
    sets, asked = text_of(spot.schemes)
    if reps is not None and asked == OPEN and not is_understood(spot.planned.sets or sets, reps):
        yield spot.says(
            "warning",
            "text_not_understood",
            f"reps says {reps}, which is not understood, so its sets ask for no reps or time.",
            path=f"{spot.path}.reps",
        )


_CHECKS: Final[tuple[Callable[[Spot], Iterator[Finding]], ...]] = (
    _of_weeks,
    _of_rule,
    _of_references,
    _of_text,
    _of_words,
)


def _of_shared_rule(sharing: list[Spot]) -> Iterator[Finding]:
    """An exercise without a rule follows the others of its track, which is no contradiction."""
    ruled = [spot for spot in sharing if spot.planned.progression is not None]
    for spot in ruled[1:]:
        if spot.planned.progression != ruled[0].planned.progression:
            yield spot.says(
                "warning",
                "rules_differ",
                f"another exercise of the track {spot.track} progresses by another rule.",
                path=f"{spot.path}.progression",
            )


def _of_training_max(sharing: list[Spot], known: Knowledge) -> Iterator[Finding]:
    needing = [spot for spot in sharing if _needs_training_max(spot)]
    if not needing or sharing[0].track in known.training_max or _has_one_rm(sharing, known):
        return
    if any(isinstance(spot.planned.progression, OF_TRAINING_MAX) for spot in sharing):
        yield needing[0].says(
            "hint",
            "training_max_unknown",
            "its loads are known once you give a one-repetition maximum or a training max.",
        )
        return
    for spot in needing:
        yield spot.says(
            "error",
            "no_training_max",
            "its loads are shares of a training max, which comes neither from a rule of its track"
            " nor from a known one-repetition maximum.",
        )


def _needs_training_max(spot: Spot) -> bool:
    return isinstance(spot.planned.progression, OF_TRAINING_MAX) or any(
        scheme.load_type == "percent_tm" for scheme in spot.schemes
    )


def _of_start(sharing: list[Spot], known: Knowledge) -> Iterator[Finding]:
    """One hint for a whole track whose load rises, but from nobody knows where."""
    waiting = [spot for spot in sharing if _waits_for_load(spot)]
    if not waiting or any(_has_start(spot, known) for spot in sharing):
        return
    yield waiting[0].says(
        "hint", "start_unknown", "its first load is not known; the first session will say it."
    )


def _waits_for_load(spot: Spot) -> bool:
    return isinstance(spot.planned.progression, _OF_WORKING_LOAD) and any(
        scheme.load_type == "working" and scheme.reps_min for scheme in spot.work
    )


def _has_start(spot: Spot, known: Knowledge) -> bool:
    planned = spot.planned
    is_share = planned.start_percent_1rm is not None and planned.exercise in known.one_rm
    return planned.start_load_kg is not None or is_share


def _of_one_rm(sharing: list[Spot], known: Knowledge) -> Iterator[Finding]:
    waiting = [
        spot
        for spot in sharing
        if any(scheme.load_type in _OF_ONE_RM for scheme in spot.schemes)
        and not _has_one_rm([spot], known)
    ]
    if waiting:
        yield waiting[0].says(
            "hint", "one_rm_unknown", "its loads are known once you give a one-repetition maximum."
        )


def _has_one_rm(sharing: Iterable[Spot], known: Knowledge) -> bool:
    return any(spot.planned.exercise in known.one_rm for spot in sharing)
