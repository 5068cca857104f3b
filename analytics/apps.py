from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "analytics"

    def ready(self) -> None:
        from analytics import receivers  # noqa: F401 - listening is its use

        self._register_personal_data()
        self._register_health_values()
        self._register_synced_resources()

    def _register_personal_data(self) -> None:
        from users import personal_data
        from users.personal_data import PersonalData

        made_from = frozenset({"source_rows", "source_revision"})
        of_goal, links = "goal_ptr__user", frozenset({"goal_ptr", "polymorphic_ctype"})
        personal_data.register(
            PersonalData("analytics.AnalyticsState", None),
            PersonalData("analytics.OneRmTest", "one_rm_tests"),
            PersonalData("analytics.BodyMetric", "body_metrics"),
            PersonalData("analytics.TrainingBreak", "training_breaks"),
            # Its kinds hold all of it.
            PersonalData("analytics.Goal", None),
            PersonalData("analytics.StrengthGoal", "strength_goals", owner=of_goal, secret=links),
            PersonalData("analytics.BodyGoal", "body_goals", owner=of_goal, secret=links),
            PersonalData("analytics.HabitGoal", "habit_goals", owner=of_goal, secret=links),
            PersonalData("analytics.StrengthProgress", "strength_progress"),
            PersonalData("analytics.PersonalRecord", "personal_records"),
            PersonalData("analytics.TrainingDay", "training_days", secret=made_from),
            PersonalData("analytics.NutritionSummary", "nutrition_summaries", secret=made_from),
            PersonalData("analytics.WorkoutAnalysis", "workout_analyses"),
        )

    def _register_synced_resources(self) -> None:
        from users import sync
        from users.sync import SyncedResource

        sync.register(
            SyncedResource("analytics.BodyMetric", "analytics.api.body.represent_body_metrics"),
            SyncedResource("analytics.OneRmTest", "analytics.api.strength.represent_one_rm_tests"),
            SyncedResource(
                "analytics.TrainingBreak", "analytics.api.analyses.represent_training_breaks"
            ),
            SyncedResource("analytics.Goal", "analytics.api.goals.represent_goals"),
            SyncedResource(
                "analytics.StrengthProgress", "analytics.api.strength.represent_strength_progress"
            ),
            SyncedResource(
                "analytics.PersonalRecord", "analytics.api.strength.represent_personal_records"
            ),
            SyncedResource(
                "analytics.TrainingDay", "analytics.api.analyses.represent_training_days"
            ),
            SyncedResource(
                "analytics.NutritionSummary",
                "analytics.api.nutrition.represent_nutrition_summaries",
            ),
            SyncedResource(
                "analytics.WorkoutAnalysis", "analytics.api.analyses.represent_workout_analyses"
            ),
        )

    def _register_health_values(self) -> None:
        from users import health_values

        health_values.register("analytics.BodyMetric", open_to_staff=("date",))
        goal = ("start_date", "target_date", "is_abandoned", "achieved_on", "state", "status")
        for kind in ("Goal", "StrengthGoal", "BodyGoal", "HabitGoal"):
            health_values.register(f"analytics.{kind}", open_to_staff=(*goal, "goal_ptr"))
        # A reason may be an illness.
        health_values.register("analytics.TrainingBreak", open_to_staff=("starts_on", "ends_on"))
        # Strength counts body weight where that is lifted too, and would tell it.
        health_values.register(
            "analytics.StrengthProgress", open_to_staff=("exercise", "date", "sets_count")
        )
        health_values.register("analytics.OneRmTest", open_to_staff=("exercise", "date"))
        health_values.register(
            "analytics.PersonalRecord",
            open_to_staff=("exercise", "kind", "date", "set_id", "workout_id", "is_standing"),
        )
        health_values.register(
            "analytics.TrainingDay",
            open_to_staff=("date", "workouts", "minutes", "source_rows", "source_revision"),
        )
        health_values.register(
            "analytics.NutritionSummary",
            open_to_staff=("date", "meal_count", "is_complete", "source_rows", "source_revision"),
        )
        health_values.register(
            "analytics.WorkoutAnalysis",
            open_to_staff=("period", "start_date", "end_date", "total_workouts", "total_duration"),
        )
