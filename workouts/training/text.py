"""Sets and reps in the words that people use, "3 × 8-12", and as set schemes."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from pydantic import ValidationError

from workouts.training.document import (
    MAX_SETS,
    REPS,
    Plan,
    PlannedExercise,
    SetScheme,
    without_side,
)

MAX_TEXT: Final = 50
# What is said of sets that ask for nothing countable.
OPEN: Final = "open"

_QUANTITY = re.compile(r"(?P<value>\d{1,6}(?:\.\d{1,3})?)\s*(?P<unit>[a-z]+)\.?")
_AS_MANY_AS_POSSIBLE: Final = ("amrap", "max", "max reps", "as many as possible")
_SECONDS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
}
_KILOMETERS: Final = {
    **dict.fromkeys(("m", "meter", "meters"), 0.001),
    **dict.fromkeys(("km", "kilometer", "kilometers"), 1),
}


def schemes_from_text(sets: int, reps: str, rest_seconds: int) -> list[SetScheme]:
    """Set schemes of so many sets of "5", "8-12", "5+", "AMRAP", "30 s", "1 min" or "400 m".

    "5+" is an AMRAP in the last set, with 5 reps in those before. "5/3/1+" says one thing for
    each of three sets, and "8/side" means 8 reps. What is not understood makes sets that ask for
    neither reps, time nor distance.
    """
    words = without_side(reps)
    parts = [part.strip() for part in words.split("/")]
    if len(parts) == sets > 1:
        asked = [_asked(part) for part in parts]
        known = all(one or part == OPEN for one, part in zip(asked, parts, strict=True))
        return _joined(asked if known else [{}] * sets, rest_seconds)
    each = _asked(words)
    if each.get("set_type") == "amrap" and "reps_min" in each:
        plain = {"reps_min": each["reps_min"], "reps_max": each["reps_min"]}
        return _joined([plain] * (sets - 1) + [each], rest_seconds)
    return _joined([each] * sets, rest_seconds)


def is_understood(sets: int, reps: str) -> bool:
    """Whether so many sets of ``reps`` ask for something, or say that they are open."""
    said = without_side(reps)
    return set(said.split("/")) == {OPEN} or text_of(schemes_from_text(sets, reps, 0))[1] != OPEN


def text_of(schemes: Iterable[SetScheme]) -> tuple[int, str]:
    """The number of work sets and their reps, of the first week that has any.

    Sets that differ are joined by "/". Schemes without a work set speak of their other sets.
    """
    schemes = list(schemes)
    sets = _expanded(_of_first_week([scheme for scheme in schemes if scheme.is_work]))
    sets = sets or _expanded(_of_first_week(schemes))
    sets = sets[:MAX_SETS]
    if not sets:
        return 1, OPEN
    texts = [_text(scheme) for scheme in sets]
    if len(set(texts)) == 1 and not (len(texts) > 1 and texts[0].endswith("+")):
        return len(texts), texts[0]
    if {f"{text}+" for text in texts[:-1]} <= {texts[-1]}:
        return len(texts), texts[-1]
    return len(texts), _shortened(texts)


def with_text(plan: Plan) -> Plan:
    """The plan with both: sets and reps in words, and set schemes, each made from the other."""
    days = [
        day.model_copy(update={"exercises": [_with_both(planned) for planned in day.exercises]})
        for day in plan.days
    ]
    return plan.model_copy(update={"days": days})


def schemes_of(planned: PlannedExercise) -> list[SetScheme]:
    """Its set schemes, made from sets and reps where it has none."""
    if planned.planned_sets:
        return list(planned.planned_sets)
    # The document asks for sets and reps where there are no set schemes.
    return schemes_from_text(planned.sets or 1, planned.reps or OPEN, planned.rest_seconds)


def _with_both(planned: PlannedExercise) -> PlannedExercise:
    schemes = schemes_of(planned)
    sets, reps = text_of(schemes)
    return planned.model_copy(
        update={
            "sets": planned.sets or sets,
            "reps": planned.reps or reps,
            "planned_sets": schemes,
        }
    )


def _asked(words: str) -> dict[str, Any]:
    """The fields of a scheme that the words name; none where they are not understood."""
    if words in _AS_MANY_AS_POSSIBLE:
        return {"set_type": "amrap"}
    if reps := REPS.fullmatch(words):
        return _checked(_reps(reps["min"], reps["max"], amrap=bool(reps["more"])))
    if quantity := _QUANTITY.fullmatch(words):
        return _checked(_quantity(float(quantity["value"]), quantity["unit"]))
    return {}


def _reps(fewest: str, most: str | None, *, amrap: bool) -> dict[str, Any]:
    if amrap:
        return {} if most else {"set_type": "amrap", "reps_min": int(fewest)}
    return {"reps_min": int(fewest), "reps_max": int(most or fewest)}


def _quantity(value: float, unit: str) -> dict[str, Any]:
    if unit in _SECONDS:
        return {"duration_seconds": round(value * _SECONDS[unit])}
    if unit in _KILOMETERS:
        return {"distance_km": round(value * _KILOMETERS[unit], 6)}
    return {}


def _checked(asked: dict[str, Any]) -> dict[str, Any]:
    """What a scheme can hold: 0 or 300 reps, or 12-8, are not understood."""
    try:
        SetScheme(**asked)
    except ValidationError:
        return {}
    return asked


def _joined(asked: Sequence[dict[str, Any]], rest_seconds: int) -> list[SetScheme]:
    """Equal sets in a row as one scheme."""
    runs: list[tuple[dict[str, Any], int]] = []
    for each in asked:
        if runs and runs[-1][0] == each:
            runs[-1] = (each, runs[-1][1] + 1)
        else:
            runs.append((each, 1))
    return [SetScheme(count=count, rest_seconds=rest_seconds, **each) for each, count in runs]


def _of_first_week(schemes: Sequence[SetScheme]) -> list[SetScheme]:
    week = min((scheme.week or 1 for scheme in schemes), default=1)
    return [scheme for scheme in schemes if scheme.week in {None, week}]


def _expanded(schemes: Iterable[SetScheme]) -> list[SetScheme]:
    return [scheme for scheme in schemes for _ in range(scheme.count)]


def _text(scheme: SetScheme) -> str:
    if scheme.reps_min is not None:
        return _text_of_reps(scheme, scheme.reps_min)
    if scheme.duration_seconds is not None:
        minutes, seconds = divmod(scheme.duration_seconds, 60)
        return f"{minutes} min" if minutes and not seconds else f"{scheme.duration_seconds} s"
    if scheme.distance_km is not None:
        if scheme.distance_km >= 1:
            return f"{scheme.distance_km:.9g} km"
        return f"{round(scheme.distance_km * 1000, 3):g} m"
    return "AMRAP" if scheme.set_type in {"amrap", "failure"} else OPEN


def _text_of_reps(scheme: SetScheme, reps_min: int) -> str:
    if scheme.set_type == "amrap":
        return f"{reps_min}+"
    if scheme.reps_max is None or scheme.reps_max == reps_min:
        return str(reps_min)
    return f"{reps_min}-{scheme.reps_max}"


def _shortened(texts: Sequence[str]) -> str:
    text = "/".join(texts)
    if len(text) <= MAX_TEXT:
        return text
    return text[: MAX_TEXT - 1].rpartition("/")[0] + "/…"
