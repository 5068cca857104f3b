from django.apps import AppConfig


class WorkoutsConfig(AppConfig):
    name = "workouts"

    def ready(self) -> None:
        from users import personal_data, sync
        from users.personal_data import PersonalData
        from users.sync import SyncedResource

        personal_data.register(
            PersonalData("workouts.Exercise", "custom_exercises", owner="created_by"),
            PersonalData(
                "workouts.ExerciseMuscle", "custom_exercise_muscles", owner="exercise__created_by"
            ),
            PersonalData(
                "workouts.ExerciseEquipment",
                "custom_exercise_equipment",
                owner="exercise__created_by",
            ),
            PersonalData("workouts.Workout", "workouts"),
            PersonalData("workouts.WorkoutSet", "workout_sets"),
        )
        sync.register(
            SyncedResource("workouts.Exercise", "workouts.api.serializers.represent_exercises"),
            SyncedResource("workouts.Workout", "workouts.api.serializers.represent_workouts"),
        )
