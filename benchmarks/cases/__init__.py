"""Every case by its name."""

from benchmarks.cases import plans, workouts

CASES = {case.name: case for case in (*plans.CASES, *workouts.CASES)}
