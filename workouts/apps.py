from django.apps import AppConfig


class WorkoutsConfig(AppConfig):
    name = "workouts"

    def ready(self) -> None:
        self._register_personal_data()
        self._register_health_values()
        self._register_synced_resources()
        self._register_training_days()

    def _register_personal_data(self) -> None:
        from users import personal_data
        from users.personal_data import PersonalData

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
            # It leads to shared exercises alone; an erasure finds nothing there.
            PersonalData("workouts.MergedExercise", None, owner="merged_into__created_by"),
            PersonalData("workouts.Gym", "gyms"),
            PersonalData("workouts.TrainingMax", "training_maxes"),
            PersonalData("workouts.WorkoutPlan", "workout_plans"),
            PersonalData("workouts.WorkoutDay", "workout_days"),
            PersonalData("workouts.PlannedExercise", "planned_exercises"),
            PersonalData("workouts.PlannedSet", "planned_sets"),
            PersonalData("workouts.PlanVersion", "plan_versions"),
            PersonalData("workouts.PlanGeneration", "plan_generations"),
            PersonalData("workouts.PlanRun", "plan_runs", secret=frozenset({"replayed"})),
            PersonalData("workouts.PlanPause", "plan_pauses"),
            PersonalData("workouts.SkippedSession", "skipped_sessions"),
            PersonalData("workouts.RuleEvaluation", "rule_evaluations"),
            PersonalData(
                "workouts.WorkoutImport",
                "workout_imports",
                files=("file",),
                secret=frozenset({"file"}),
            ),
            PersonalData("workouts.RowError", "workout_import_errors"),
            PersonalData("workouts.ExerciseAlias", "exercise_aliases"),
            PersonalData("workouts.Workout", "workouts", secret=frozenset({"import_key"})),
            PersonalData("workouts.WorkoutSet", "workout_sets"),
            PersonalData("workouts.ExerciseNote", "exercise_notes"),
        )

    def _register_synced_resources(self) -> None:
        from users import sync
        from users.sync import SyncedResource

        sync.register(
            SyncedResource("workouts.Exercise", "workouts.api.serializers.represent_exercises"),
            SyncedResource("workouts.Workout", "workouts.api.serializers.represent_workouts"),
            SyncedResource("workouts.WorkoutPlan", "workouts.api.plans.represent_plans"),
            SyncedResource(
                "workouts.PlanGeneration", "workouts.api.generations.represent_generations"
            ),
            SyncedResource("workouts.PlanRun", "workouts.api.runs.represent_runs"),
            SyncedResource("workouts.Gym", "workouts.api.gyms.represent_gyms"),
            SyncedResource("workouts.TrainingMax", "workouts.api.gyms.represent_training_maxes"),
            SyncedResource("workouts.WorkoutImport", "workouts.api.transfer.represent_imports"),
            SyncedResource("workouts.ExerciseAlias", "workouts.api.transfer.represent_aliases"),
        )

    def _register_training_days(self) -> None:
        from users import training_days

        training_days.register(
            "workouts",
            "EXISTS (SELECT FROM workouts_workout trained"
            " WHERE trained.user_id = person.user_id AND trained.date = person.day)",
        )

    def _register_health_values(self) -> None:
        from users import health_values

        health_values.register(
            "workouts.Workout",
            open_to_staff=(
                *("name", "date", "start_time", "end_time", "duration", "started_at"),
                *("finished_at", "timezone", "in_progress", "is_public", "workout_plan_id"),
                *("plan_run", "session_number", "imported_by"),
            ),
        )
        # With the load of an exercise of body weight, somebody's body weight would be known.
        health_values.register(
            "workouts.WorkoutSet",
            open_to_staff=(
                *("workout", "exercise", "position", "set_number", "set_type", "superset"),
                *("reps", "weight", "load_type", "duration", "distance", "rest_seconds"),
                *("tempo", "side", "planned_exercise_id"),
            ),
        )
        # What somebody wrote into a file comes back in what is asked and what was wrong.
        health_values.register(
            "workouts.WorkoutImport",
            open_to_staff=(
                *("file", "file_name", "size_bytes", "source", "weight_unit", "distance_unit"),
                *("date_order", "timezone", "dry_run", "create_unknown", "status", "attempts"),
                *("claimed_until", "error", "finished_at", "rows_total", "rows_done"),
                *("workouts_new", "workouts_known", "sets_new", "errors_count"),
            ),
        )
        health_values.register(
            "workouts.RowError", open_to_staff=("job", "line", "column", "code")
        )
        health_values.register("workouts.ExerciseNote", open_to_staff=("workout", "exercise"))
        # A reason may be an illness, a wish an injury.
        health_values.register("workouts.PlanPause", open_to_staff=("run", "starts_on", "ends_on"))
        health_values.register(
            "workouts.PlanGeneration",
            open_to_staff=("status", "attempts", "error", "finished_at", "method", "plan"),
        )
