"""Every case by its name. The writes come last: they change what the reads find.

Those of ``ALONE`` are measured without a limit beside them.
"""

from benchmarks.cases import analytics, foods, nutrition, plans, social, wearables, workouts

_ALL = (
    *(*plans.CASES, *workouts.CASES, *nutrition.CASES, *foods.CASES, *analytics.CASES),
    *(*social.CASES, *wearables.CASES),
)
CASES = {case.name: case for case in sorted(_ALL, key=lambda case: case.writes)}
ALONE = {case.name: case for case in (wearables.EVENTS,)}
