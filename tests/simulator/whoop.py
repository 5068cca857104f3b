"""WHOOP API v2, from WHOOP's side. Its day runs from falling asleep to falling asleep."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from tests.simulator.messages import Answer, Call, Fault, Route, page
from tests.simulator.people import Person, Sleep, Workout
from tests.simulator.store import World

MOST_A_PAGE: Final = 25
KILOJOULES_A_KCAL: Final = 4.184
# Where each stage is told, in milliseconds.
STAGES: Final = {
    "awake": "total_awake_time_milli",
    "light": "total_light_sleep_time_milli",
    "deep": "total_slow_wave_sleep_time_milli",
    "rem": "total_rem_sleep_time_milli",
}
SPORTS: Final = {
    "running": (0, "running"),
    "cycling": (1, "cycling"),
    "strength": (45, "weightlifting"),
}

Record = dict[str, Any]


@dataclass(frozen=True)
class Cycle:
    """From one main sleep to the next; the current one has no end yet."""

    person: Person
    sleep: Sleep
    end: datetime | None

    def number(self, world: World) -> int:
        return world.integer("whoop", self.person, f"{self.sleep.key}:cycle")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _offset(person: Person, at: datetime) -> str:
    return person.local(at).isoformat()[-6:]


def _common(world: World, person: Person, start: datetime, changed_at: datetime) -> Record:
    return {
        "user_id": int(world.user_id("whoop", person)),
        "created_at": _stamp(start),
        "updated_at": _stamp(changed_at),
    }


def state_of(world: World, person: Person, sleep: Sleep) -> str:
    """Whether a sleep is scored; a scenario holds the last one back, or that of its date."""
    on = person.local(sleep.end).date()
    for kind, state in (("pending_score", "PENDING_SCORE"), ("unscorable", "UNSCORABLE")):
        scenario = world.scenarios.on(kind, "whoop", person.id)
        if scenario and scenario.options.get("date", str(world.today(person))) == str(on):
            return state
    return sleep.score_state


# --- Records -----------------------------------------------------------------------------------


def cycles(world: World, person: Person) -> list[Cycle]:
    nights = [
        sleep
        for sleep in world.sleeps(person, person.first_day, world.today(person))
        if not sleep.is_nap
    ]
    ends = [night.start for night in nights[1:]]
    return [Cycle(person, night, end) for night, end in zip(nights, [*ends, None], strict=False)]


def cycle_record(world: World, cycle: Cycle) -> Record:
    person, sleep = cycle.person, cycle.sleep
    state = state_of(world, person, sleep)
    said = _common(world, person, sleep.start, sleep.changed_at)
    said |= {
        "id": cycle.number(world),
        "start": _stamp(sleep.start),
        "timezone_offset": _offset(person, sleep.start),
        "score_state": state,
    }
    if cycle.end:
        said["end"] = _stamp(cycle.end)
    numbers = world.numbers(person, person.local(sleep.end).date(), "whoop")
    if state == "SCORED" and numbers and numbers["total_kcal"] is not None:
        said["score"] = {
            "strain": 10.4,
            "kilojoule": round(numbers["total_kcal"] * KILOJOULES_A_KCAL, 3),
            "average_heart_rate": 68,
            "max_heart_rate": 151,
        }
    return said


def recovery_record(world: World, cycle: Cycle) -> Record:
    person, sleep = cycle.person, cycle.sleep
    state = state_of(world, person, sleep)
    said = _common(world, person, sleep.end, sleep.changed_at)
    said |= {
        "cycle_id": cycle.number(world),
        "sleep_id": world.uuid("whoop", person, sleep.key),
        "score_state": state,
    }
    numbers = world.numbers(person, person.local(sleep.end).date(), "whoop")
    if state == "SCORED":
        said["score"] = {
            "user_calibrating": False,
            "recovery_score": 64.0,
            "resting_heart_rate": float((numbers and numbers["resting_bpm"]) or sleep.lowest_bpm),
            "hrv_rmssd_milli": None if sleep.hrv_ms is None else sleep.hrv_ms + 0.25,
            "spo2_percentage": 96.1,
            "skin_temp_celsius": 33.4,
        }
    return said


def sleep_record(world: World, person: Person, sleep: Sleep) -> Record:
    state = state_of(world, person, sleep)
    said = _common(world, person, sleep.end, sleep.changed_at)
    said |= {
        "id": world.uuid("whoop", person, sleep.key),
        "cycle_id": _cycle_of(world, person, sleep),
        "start": _stamp(sleep.start),
        "end": _stamp(sleep.end),
        "timezone_offset": _offset(person, sleep.end),
        "nap": sleep.is_nap,
        "score_state": state,
    }
    if state != "SCORED":
        return said
    stages = {name: 1000 * sleep.seconds[stage] for stage, name in STAGES.items()}
    said["score"] = {
        "stage_summary": {
            "total_in_bed_time_milli": 1000 * sum(sleep.seconds.values()),
            "total_no_data_time_milli": 0,
            "sleep_cycle_count": 5,
            "disturbance_count": 9,
            **stages,
        },
        "sleep_needed": {"baseline_milli": 27_395_716, "need_from_sleep_debt_milli": 352_230},
        "respiratory_rate": sleep.breaths,
        "sleep_consistency_percentage": 81.0,
        "sleep_efficiency_percentage": round(
            100 * sleep.asleep_s / sum(sleep.seconds.values()), 2
        ),
    }
    if sleep.score is not None:
        said["score"]["sleep_performance_percentage"] = float(sleep.score)
    return said


def _cycle_of(world: World, person: Person, sleep: Sleep) -> int | None:
    """The cycle that a sleep begins, or that a nap lies in."""
    begun = [cycle for cycle in cycles(world, person) if cycle.sleep.start <= sleep.start]
    return begun[-1].number(world) if begun else None


def workout_record(world: World, person: Person, workout: Workout) -> Record:
    number, name = SPORTS[workout.sport]
    score: Record = {
        "strain": 9.1,
        "average_heart_rate": workout.average_bpm,
        "max_heart_rate": workout.max_bpm,
        "kilojoule": round(workout.kcal * KILOJOULES_A_KCAL, 3),
        "percent_recorded": 100.0,
        "zone_durations": {"zone_two_milli": 1000 * workout.duration_s},
    }
    if workout.distance_m:
        score |= {
            "distance_meter": float(workout.distance_m),
            "altitude_gain_meter": float(workout.climb_m or 0),
            "altitude_change_meter": 0.5,
        }
    return _common(world, person, workout.end, workout.changed_at) | {
        "id": world.uuid("whoop", person, workout.key),
        "start": _stamp(workout.start),
        "end": _stamp(workout.end),
        "timezone_offset": _offset(person, workout.start),
        "sport_name": name,
        "sport_id": number,
        "score_state": "SCORED",
        "score": score,
    }


# --- Collections -------------------------------------------------------------------------------

# When each record starts, and how it is made: only those of a page are.
Rows = Callable[[World, Person], Iterator[tuple[datetime, Callable[[], Record]]]]


def _cycle_rows(world: World, person: Person) -> Iterator[tuple[datetime, Callable[[], Record]]]:
    for cycle in cycles(world, person):
        yield cycle.sleep.start, partial(cycle_record, world, cycle)


def _recovery_rows(
    world: World, person: Person
) -> Iterator[tuple[datetime, Callable[[], Record]]]:
    for cycle in cycles(world, person):
        yield cycle.sleep.start, partial(recovery_record, world, cycle)


def _sleep_rows(world: World, person: Person) -> Iterator[tuple[datetime, Callable[[], Record]]]:
    for sleep in world.sleeps(person, person.first_day, world.today(person)):
        yield sleep.start, partial(sleep_record, world, person, sleep)


def _workout_rows(world: World, person: Person) -> Iterator[tuple[datetime, Callable[[], Record]]]:
    for workout in world.workouts(person, person.first_day, world.today(person)):
        yield workout.start, partial(workout_record, world, person, workout)


def listed(rows: Rows) -> Callable[[Call], Answer]:
    """A page of [start, end), the newest first."""

    def answer(call: Call) -> Answer:
        limit = call.number("limit", 10)
        if not 1 <= limit <= MOST_A_PAGE:
            raise Fault(400, "limit is from 1 to 25.")
        end = call.moment("end", call.world.now())
        start = call.moment("start", datetime.min.replace(tzinfo=UTC))
        found = [make for at, make in rows(call.world, call.person) if start <= at < end]
        token = call.query.get("nextToken", "")
        shown, following = page(found[::-1], size=limit, token=token)
        return Answer({"records": [make() for make in shown], "next_token": following or None})

    return answer


# --- Single objects ----------------------------------------------------------------------------


def _sleep(call: Call) -> Sleep:
    found = call.world.sleep_named("whoop", call.person, call.parts["id"])
    if found is None or found.kind == "rest":
        raise Fault(404)
    return found


def show_sleep(call: Call) -> Answer:
    return Answer(sleep_record(call.world, call.person, _sleep(call)))


def show_stream(call: Call) -> Answer:
    """What was measured each minute of a sleep."""
    sleep = _sleep(call)
    if "hr" not in call.query.get("types", "").split(","):
        raise Fault(400, "types is missing.")
    stream = [
        {"timestamp": _stamp(at), "hr": bpm}
        for at, bpm in call.world.heart(call.person, sleep.start, sleep.end, step_s=60)
    ]
    return Answer({"stream": stream, "algorithm_version": "2.1"})


def show_workout(call: Call) -> Answer:
    found = call.world.workout_named("whoop", call.person, call.parts["id"])
    if found is None:
        raise Fault(404)
    return Answer(workout_record(call.world, call.person, found))


def _cycle(call: Call) -> Cycle:
    for cycle in cycles(call.world, call.person):
        if str(cycle.number(call.world)) == call.parts["id"]:
            return cycle
    raise Fault(404)


def show_cycle(call: Call) -> Answer:
    return Answer(cycle_record(call.world, _cycle(call)))


def show_sleep_of_cycle(call: Call) -> Answer:
    return Answer(sleep_record(call.world, call.person, _cycle(call).sleep))


def show_recovery_of_cycle(call: Call) -> Answer:
    return Answer(recovery_record(call.world, _cycle(call)))


def show_profile(call: Call) -> Answer:
    number, person = int(call.world.user_id("whoop", call.person)), call.person
    said = {"user_id": number, "email": f"{person.id}@example.com"}
    return Answer(said | {"first_name": person.id, "last_name": "Simulated"})


def show_body(_call: Call) -> Answer:
    return Answer({"height_meter": 1.74, "weight_kilogram": 71.5, "max_heart_rate": 189})


def leave(call: Call) -> Answer:
    assert call.grant
    call.grant.is_dead = True
    return Answer(status=204)


CYCLES: Final = frozenset({"read:cycles"})
RECOVERY: Final = frozenset({"read:recovery"})
SLEEP: Final = frozenset({"read:sleep"})
WORKOUT: Final = frozenset({"read:workout"})
ROUTES: Final = {
    "api": (
        Route("GET", "/v2/cycle", listed(_cycle_rows), CYCLES),
        Route("GET", "/v2/recovery", listed(_recovery_rows), RECOVERY),
        Route("GET", "/v2/activity/sleep", listed(_sleep_rows), SLEEP),
        Route("GET", "/v2/activity/workout", listed(_workout_rows), WORKOUT),
        Route("GET", "/v2/cycle/{id}", show_cycle, CYCLES, is_object=True),
        Route("GET", "/v2/cycle/{id}/sleep", show_sleep_of_cycle, SLEEP, is_object=True),
        Route("GET", "/v2/cycle/{id}/recovery", show_recovery_of_cycle, RECOVERY, is_object=True),
        Route("GET", "/v2/activity/sleep/{id}", show_sleep, SLEEP, is_object=True),
        Route("GET", "/v2/activity/sleep/{id}/stream", show_stream, SLEEP, is_object=True),
        Route("GET", "/v2/activity/workout/{id}", show_workout, WORKOUT, is_object=True),
        Route("GET", "/v2/user/profile/basic", show_profile, frozenset({"read:profile"})),
        Route("GET", "/v2/user/measurement/body", show_body, frozenset({"read:body_measurement"})),
        Route("DELETE", "/v2/user/access", leave),
    )
}
