from workouts.selectors.catalogue import CatalogueFilter, catalogue_page, exercises
from workouts.selectors.diary import (
    DiaryFilter,
    diary_page,
    workout_with_sets,
    workouts_with_sets,
)
from workouts.selectors.lifters import (
    best_one_rms,
    exercise_facts,
    landmarks,
    lifter,
)
from workouts.selectors.plans import (
    PlanFilter,
    exercise_names,
    plan_document,
    plan_page,
    plan_shown,
    plans_shown,
)

__all__ = [
    "CatalogueFilter",
    "DiaryFilter",
    "PlanFilter",
    "best_one_rms",
    "catalogue_page",
    "diary_page",
    "exercise_facts",
    "exercise_names",
    "exercises",
    "landmarks",
    "lifter",
    "plan_document",
    "plan_page",
    "plan_shown",
    "plans_shown",
    "workout_with_sets",
    "workouts_with_sets",
]
