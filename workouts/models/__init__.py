from workouts.models.exercise import (
    CardioExercise,
    Equipment,
    Exercise,
    ExerciseEquipment,
    ExerciseMuscle,
    Muscle,
    StrengthExercise,
)
from workouts.models.workout import Workout, WorkoutSet

__all__ = [
    "CardioExercise",
    "Equipment",
    "Exercise",
    "ExerciseEquipment",
    "ExerciseMuscle",
    "Muscle",
    "StrengthExercise",
    "Workout",
    "WorkoutSet",
]
