from workouts.models.exercise import (
    CardioExercise,
    Equipment,
    Exercise,
    ExerciseEquipment,
    ExerciseMuscle,
    MergedExercise,
    Muscle,
    StrengthExercise,
)
from workouts.models.generation import PlanGeneration
from workouts.models.plan import (
    PlannedExercise,
    PlannedSet,
    PlanVersion,
    WorkoutDay,
    WorkoutPlan,
)
from workouts.models.run import (
    Gym,
    PlanPause,
    PlanRun,
    RuleEvaluation,
    SkippedSession,
    TrainingMax,
)
from workouts.models.transfer import ExerciseAlias, RowError, WorkoutImport
from workouts.models.workout import ExerciseNote, Workout, WorkoutSet

__all__ = [
    "CardioExercise",
    "Equipment",
    "Exercise",
    "ExerciseAlias",
    "ExerciseEquipment",
    "ExerciseMuscle",
    "ExerciseNote",
    "Gym",
    "MergedExercise",
    "Muscle",
    "PlanGeneration",
    "PlanPause",
    "PlanRun",
    "PlanVersion",
    "PlannedExercise",
    "PlannedSet",
    "RowError",
    "RuleEvaluation",
    "SkippedSession",
    "StrengthExercise",
    "TrainingMax",
    "Workout",
    "WorkoutDay",
    "WorkoutImport",
    "WorkoutPlan",
    "WorkoutSet",
]
