"""How much of everything: a session within its time, a week between too little and too much."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from workouts.training.generation_draft import Draft, Pick, Wish
from workouts.training.generation_slots import (
    FEWEST_SETS,
    FEWEST_SLOTS,
    MOST_SETS,
    WEEKLY_SETS,
)

_STEP_MINUTES: Final = 5
# The share of a set that an exercise has for the muscles it is made for.
_DIRECT: Final = 1.0

Week = Sequence[Draft]


class _Found(NamedTuple):
    """A pick, and where in the week it is."""

    day: int
    place: int
    pick: Pick


def fitted(draft: Draft, wish: Wish) -> Draft:
    """The day without what goes beyond the time of a session.

    The least important slots go first, then single sets and minutes of conditioning. Only when
    three slots with the fewest sets are still too long, they lose more.
    """
    for shorten in _WAYS:
        while draft.minutes(wish) > wish.session_minutes:
            shorter = shorten(draft)
            if shorter is None:
                break
            draft = shorter
    return draft


def balanced(week: Week, wish: Wish) -> Week:
    """The week with its sets moved towards what each muscle grows by, as far as time allows."""
    for change in (_with_less, _with_more):
        while (changed := change(week, wish)) is not None:
            week = changed
    return week


def _without_last(draft: Draft, *, keep: int) -> Draft | None:
    return replace(draft, picks=draft.picks[:-1]) if len(draft.picks) > keep else None


def _with_fewer_sets(draft: Draft, *, spares: bool) -> Draft | None:
    """One set less of the exercise with the most; of the least important one of several.

    ``spares``: every exercise keeps the fewest sets of its role.
    """
    most, place = max(
        (
            (pick.sets, place)
            for place, pick in enumerate(draft.picks)
            if pick.sets > (FEWEST_SETS[pick.slot.role] if spares else 1)
        ),
        default=(0, 0),
    )
    return _with_sets(draft, place, most - 1) if most else None


def _with_less_conditioning(draft: Draft) -> Draft | None:
    for place, pick in enumerate(draft.picks):
        if pick.is_conditioning and pick.minutes > _STEP_MINUTES:
            return _with(draft, place, replace(pick, minutes=pick.minutes - _STEP_MINUTES))
    return None


_WAYS: Final[tuple[Callable[[Draft], Draft | None], ...]] = (
    lambda draft: _without_last(draft, keep=FEWEST_SLOTS),
    lambda draft: _with_fewer_sets(draft, spares=True),
    _with_less_conditioning,
    lambda draft: _without_last(draft, keep=1),
    lambda draft: _with_fewer_sets(draft, spares=False),
)


def _with_less(week: Week, wish: Wish) -> Week | None:
    """The week with less for a muscle that has too much; None where there is nothing to take.

    Single sets go first, then whole slots that are no main ones; always those of the last day
    and of the least importance.
    """
    before = _weekly_sets(week)
    for muscle in _furthest(before, too_many=True):
        made_for = list(reversed(_made_for(week, muscle)))
        for less in (_with_one_set_less, _without):
            for found in made_for:
                changed = less(week, found)
                if changed is not None and not _falls_short(found, before, changed):
                    return changed
    return None


def _with_more(week: Week, wish: Wish) -> Week | None:
    """The week with one set more for a muscle that has too few; None where none can be added.

    Of the exercises made for the muscle the one with the fewest sets gets it.
    """
    before = _weekly_sets(week)
    for muscle in _furthest(before, too_many=False):
        for found in sorted(_made_for(week, muscle), key=lambda found: found.pick.sets):
            changed = _with_one_set_more(week, found, wish)
            if changed is not None and not _overdoes(before, _weekly_sets(changed)):
                return changed
    return None


def _with_one_set_less(week: Week, found: _Found) -> Week | None:
    if found.pick.sets <= FEWEST_SETS[found.pick.slot.role]:
        return None
    return _changed(week, found, replace(found.pick, sets=found.pick.sets - 1))


def _with_one_set_more(week: Week, found: _Found, wish: Wish) -> Week | None:
    if found.pick.sets >= MOST_SETS or found.pick.is_conditioning:
        return None
    changed = _changed(week, found, replace(found.pick, sets=found.pick.sets + 1))
    return changed if changed[found.day].minutes(wish) <= wish.session_minutes else None


def _without(week: Week, found: _Found) -> Week | None:
    picks = week[found.day].picks
    if found.pick.slot.role in {"main", "conditioning"} or len(picks) <= FEWEST_SLOTS:
        return None
    return _changed(week, found)


def _changed(week: Week, found: _Found, *instead: Pick) -> Week:
    draft, place = week[found.day], found.place
    picks = (*draft.picks[:place], *instead, *draft.picks[place + 1 :])
    return (*week[: found.day], replace(draft, picks=picks), *week[found.day + 1 :])


def _furthest(sets: dict[str, float], *, too_many: bool) -> list[str]:
    """The muscles above (or below) their weekly sets, those furthest from them first."""
    beyond = {
        muscle: sets.get(muscle, 0) - most if too_many else least - sets.get(muscle, 0)
        for muscle, (least, most) in WEEKLY_SETS.items()
    }
    return sorted((name for name, by in beyond.items() if by > 0), key=lambda name: -beyond[name])


def _falls_short(found: _Found, before: dict[str, float], changed: Week) -> bool:
    """Whether a muscle that the exercise is made for had enough, and has too little now."""
    after = _weekly_sets(changed)
    return any(
        after.get(muscle, 0) < least <= before.get(muscle, 0)
        for muscle, (least, _) in WEEKLY_SETS.items()
        if found.pick.exercise.muscles.get(muscle, 0) >= _DIRECT
    )


def _overdoes(before: dict[str, float], after: dict[str, float]) -> bool:
    """Whether a muscle got more than does well."""
    return any(
        after.get(muscle, 0) > max(most, before.get(muscle, 0))
        for muscle, (_, most) in WEEKLY_SETS.items()
    )


def _weekly_sets(week: Week) -> dict[str, float]:
    """Per muscle; conditioning is measured in minutes instead."""
    totals: defaultdict[str, float] = defaultdict(float)
    for found in _all(week):
        if not found.pick.is_conditioning:
            for muscle, share in found.pick.exercise.muscles.items():
                totals[muscle] += found.pick.sets * share
    return totals


def _made_for(week: Week, muscle: str) -> list[_Found]:
    return [found for found in _all(week) if found.pick.exercise.muscles.get(muscle, 0) >= _DIRECT]


def _all(week: Week) -> Iterator[_Found]:
    for day, draft in enumerate(week):
        for place, pick in enumerate(draft.picks):
            yield _Found(day, place, pick)


def _with_sets(draft: Draft, place: int, sets: int) -> Draft:
    return _with(draft, place, replace(draft.picks[place], sets=sets))


def _with(draft: Draft, place: int, pick: Pick) -> Draft:
    return replace(draft, picks=(*draft.picks[:place], pick, *draft.picks[place + 1 :]))
