"""Every case by its name."""

from benchmarks.cases import workouts

CASES = {case.name: case for case in (*workouts.CASES,)}
