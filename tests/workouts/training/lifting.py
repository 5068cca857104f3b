"""Rules and sets in few words, for the tests of progression."""

from pydantic import TypeAdapter

from workouts.training.progression import evaluate
from workouts.training.rules import Rule
from workouts.training.state import DoneSet, Target

RULES = TypeAdapter(Rule)
GZCLP = {
    "kind": "stages",
    "stages": [{"sets": 5, "reps": 3}, {"sets": 6, "reps": 2}, {"sets": 10, "reps": 1}],
}
TIERS = {
    "kind": "amrap_tiers",
    "tiers": [{"reps_from": 7, "increment_kg": 2.5}, {"reps_from": 10, "increment_kg": 5}],
}
LADDER = {
    "kind": "variation_ladder",
    "rungs": [{"name": "Wall push-up"}, {"name": "Knee push-up"}, {"name": "Push-up"}],
}
EVERY_RULE = [
    {"kind": "linear"},
    {"kind": "linear", "successes": 2, "failures": 1},
    {"kind": "double"},
    {"kind": "reps_sum", "threshold": 15},
    {"kind": "percent_wave"},
    {"kind": "percent_wave", "decrease_percent": 10},
    {"kind": "training_max_reset"},
    {"kind": "rpe"},
    TIERS,
    GZCLP,
    {"kind": "sets_first"},
    LADDER,
]


def rule(kind, **values):
    return RULES.validate_python(
        {**(kind if isinstance(kind, dict) else {"kind": kind}), **values}
    )


def sets(reps, *, load_kg=100.0, asked=5, asked_kg=100.0, rir=None, **target):
    """One set for each of ``reps``; None is a set that was left out."""
    aim = Target(reps_min=asked, load_kg=asked_kg, **target)
    return [DoneSet(target=aim, reps=done, load_kg=load_kg, rir=rir) for done in reps]


def amrap(reps, *, percent=95.0, load_kg=120.0, asked_kg=120.0, load_type="percent_tm"):
    aim = Target(
        set_type="amrap", reps_min=1, load_kg=asked_kg, percent=percent, load_type=load_type
    )
    return [DoneSet(target=aim, reps=reps, load_kg=load_kg)]


def decide(rule, state, sets, *, cycle_end=False):
    return evaluate(rule=rule, state=state, sets=sets, cycle_end=cycle_end)
