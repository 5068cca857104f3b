"""Every case by its name. The writes come last: they change what the reads find."""

from benchmarks.cases import analytics, foods, nutrition, plans, social, workouts

_ALL = (
    *(*plans.CASES, *workouts.CASES, *nutrition.CASES, *foods.CASES, *analytics.CASES),
    *social.CASES,
)
CASES = {case.name: case for case in sorted(_ALL, key=lambda case: case.writes)}
