"""Changing what people did: late, by hand, or because a maker has thought again."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any, Final

from tests.simulator.messages import Fault, parsed_date, parsed_instant
from tests.simulator.people import NUMBERS, STAGES, Day, Person, Sleep, Workout
from tests.simulator.store import World

NIGHT_S: Final = {"deep": 5400, "light": 14_400, "rem": 5400, "awake": 1200}
PLAIN: Final = ("score", "hrv_ms", "breaths", "lowest_bpm", "score_state", "validation", "kind")
OF_WORKOUTS: Final = ("sport", "duration_s", "kcal", "distance_m", "average_bpm", "max_bpm")

Given = Mapping[str, Any]


def person_and_day(world: World, given: Given) -> tuple[Person, Day]:
    """Whom and which day JSON means: the first person, their today."""
    person = world.person(given.get("person") or next(iter(world.people)))
    on = given.get("date")
    day = person.day(parsed_date(on, "date") if on else world.today(person))
    return person, day


def edit_day(world: World, given: Given) -> dict[str, Any]:
    """Set numbers of a day; null is a number that is not measured, ``absent`` a day that is not.

    Edited numbers are said by all makers as they are, and do not grow during today.
    """
    person, day = person_and_day(world, given)
    unknown = set(given) - {*NUMBERS, "person", "date", "absent", "tell"}
    if unknown:
        raise Fault(400, f"No numbers of a day: {', '.join(sorted(unknown))}.")
    for name in NUMBERS:
        if name in given:
            day.numbers[name] = given[name]
            day.edited.add(name)
    day.is_absent = bool(given.get("absent", day.is_absent and not day.edited))
    _touched(world, person, day)
    return shown_day(world, person, day)


def _touched(world: World, person: Person, day: Day) -> None:
    day.changed_at = world.now()
    person.first_day = min(person.first_day, day.date)
    person.history_days = max(1, person.history_days)
    person.heart.clear()


# --- Sleep -------------------------------------------------------------------------------------


def edit_sleep(world: World, given: Given) -> dict[str, Any]:
    """Change a sleep of a date, or make it: ``which`` is main, nap, rest, or a name of yours.

    A start that moves leaves the end, and an end the start: what is longer or shorter then is the
    light sleep. ``minutes`` gives stages; with them, the end follows.
    """
    person, day = person_and_day(world, given)
    which = given.get("which") or ("nap" if given.get("nap") else "main")
    sleep = _sleep(day, which) or _made(person, day, which)
    for name in PLAIN:
        if name in given:
            setattr(sleep, name, given[name])
    sleep.is_nap = bool(given.get("nap", sleep.is_nap))
    sleep.has_stages = bool(given.get("stages", sleep.has_stages))
    _move(sleep, given)
    sleep.is_deleted = False
    sleep.changed_at = world.now()
    day.is_absent = False
    day.edited.add("sleep")
    _touched(world, person, day)
    return shown_sleep(world, person, sleep)


def _sleep(day: Day, which: str) -> Sleep | None:
    key = f"{day.date}:{which}"
    return next((sleep for sleep in day.sleeps if sleep.key == key), None)


def _made(person: Person, day: Day, which: str) -> Sleep:
    evening = person.at(day.date - timedelta(days=1), time(23))
    start = evening if which == "main" else person.at(day.date, time(14))
    seconds = dict(NIGHT_S) if which == "main" else dict.fromkeys(STAGES, 0) | {"light": 2400}
    kind = "rest" if which == "rest" else "sleep"
    sleep = Sleep(f"{day.date}:{which}", start, seconds, start, is_nap=which == "nap", kind=kind)
    sleep.score, sleep.hrv_ms, sleep.breaths = (78, 48, 14.2) if which == "main" else (None,) * 3
    day.sleeps.append(sleep)
    return sleep


def _move(sleep: Sleep, given: Given) -> None:
    end = sleep.end
    if "start" in given:
        sleep.start = parsed_instant(given["start"], "start")
    if "end" in given:
        end = parsed_instant(given["end"], "end")
    if "minutes" in given:
        sleep.seconds |= {stage: round(60 * given["minutes"][stage]) for stage in given["minutes"]}
        if set(sleep.seconds) != set(STAGES):
            raise Fault(400, f"minutes has {', '.join(STAGES)}.")
        if "end" not in given:
            return
    light = round((end - sleep.start).total_seconds()) - sum(sleep.seconds.values())
    sleep.seconds["light"] += light
    if sleep.seconds["light"] < 0 or end <= sleep.start:
        raise Fault(400, "The stages do not fit between start and end.")


def delete_sleep(world: World, given: Given) -> dict[str, Any]:
    person, day = person_and_day(world, given)
    sleep = _sleep(day, given.get("which") or "main")
    if sleep is None:
        raise Fault(404, "No such sleep.")
    sleep.is_deleted, sleep.changed_at = True, world.now()
    day.edited.add("sleep")
    _touched(world, person, day)
    return shown_sleep(world, person, sleep)


# --- Workouts ----------------------------------------------------------------------------------


def edit_workout(world: World, given: Given) -> dict[str, Any]:
    """Change the workout of a date, or make one: ``which`` names it, where there are several."""
    person, day = person_and_day(world, given)
    key = f"{day.date}:{given.get('which') or 'workout'}"
    workout = next((one for one in day.workouts if one.key == key), None)
    if workout is None:
        start = person.at(day.date, time(17, 30))
        workout = Workout(key, "running", start, 2400, 420, 148, 171, start, distance_m=6900)
        day.workouts.append(workout)
    if given.get("sport", "running") not in {"running", "cycling", "strength"}:
        raise Fault(400, "sport is running, cycling or strength.")
    for name in OF_WORKOUTS:
        if name in given:
            setattr(workout, name, given[name])
    if "start" in given:
        workout.start = parsed_instant(given["start"], "start")
    workout.is_deleted, workout.changed_at, day.is_absent = False, world.now(), False
    day.edited.add("workout")
    _touched(world, person, day)
    return shown_workout(person, workout)


def delete_workout(world: World, given: Given) -> dict[str, Any]:
    person, day = person_and_day(world, given)
    key = f"{day.date}:{given.get('which') or 'workout'}"
    for workout in day.workouts:
        if workout.key == key:
            workout.is_deleted, workout.changed_at = True, world.now()
            day.edited.add("workout")
            _touched(world, person, day)
            return shown_workout(person, workout)
    raise Fault(404, "No such workout.")


# --- As JSON -----------------------------------------------------------------------------------


def shown_day(world: World, person: Person, day: Day) -> dict[str, Any]:
    return {
        "person": person.id,
        "date": day.date.isoformat(),
        "absent": day.is_absent,
        **day.numbers,
        "sleeps": [shown_sleep(world, person, sleep) for sleep in day.sleeps],
        "workouts": [shown_workout(person, workout) for workout in day.workouts],
    }


def shown_sleep(world: World, person: Person, sleep: Sleep) -> dict[str, Any]:
    return {
        "key": sleep.key,
        "date": _woke(person, sleep).isoformat(),
        "start": person.local(sleep.start).isoformat(),
        "end": person.local(sleep.end).isoformat(),
        "minutes": {stage: seconds / 60 for stage, seconds in sleep.seconds.items()},
        "nap": sleep.is_nap,
        "stages": sleep.has_stages,
        "deleted": sleep.is_deleted,
        **{name: getattr(sleep, name) for name in PLAIN},
        "ids": {slug: world.uuid(slug, person, sleep.key) for slug in ("oura", "whoop", "fitbit")},
    }


def _woke(person: Person, sleep: Sleep) -> date:
    return person.local(sleep.end).date()


def shown_workout(person: Person, workout: Workout) -> dict[str, Any]:
    return {
        "key": workout.key,
        "start": person.local(workout.start).isoformat(),
        "end": person.local(workout.end).isoformat(),
        "deleted": workout.is_deleted,
        **{name: getattr(workout, name) for name in OF_WORKOUTS},
    }
