from django.apps import AppConfig


class WearablesConfig(AppConfig):
    name = "wearables"

    def ready(self) -> None:
        from users import personal_data

        personal_data.before_erasure("wearables.services.farewell.take_leave")
        self._register_personal_data()
        self._register_health_values()
        self._register_synced_resources()

    def _register_personal_data(self) -> None:
        from users import personal_data
        from users.personal_data import PersonalData

        tokens = frozenset({"auth_token", "refresh_token", "token_expires_at"})
        personal_data.register(
            PersonalData("wearables.WearableDevice", "wearable_devices", secret=tokens),
            PersonalData("wearables.ActivityImport", "activity_imports", files=("file",)),
            PersonalData("wearables.DailyActivity", "daily_activities"),
            PersonalData("wearables.DailyActivitySource", "daily_activity_sources"),
            PersonalData("wearables.SourcePriority", "source_priorities"),
            PersonalData("wearables.SleepData", "sleep"),
            PersonalData("wearables.RecordedWorkout", "recorded_workouts"),
            PersonalData("wearables.HeartRateData", "heart_rates"),
            PersonalData("wearables.HeartRateKeeping", None),
            PersonalData("wearables.SyncRun", "sync_runs"),
            # What the rows above were made of, for a while, and our own bookkeeping.
            PersonalData("wearables.RawPayload", None),
            PersonalData("wearables.PushBatch", None),
            PersonalData("wearables.AuthorizationRequest", None),
        )

    def _register_synced_resources(self) -> None:
        from users import sync
        from users.sync import SyncedResource

        shown = {
            "WearableDevice": "devices.represent_devices",
            "ActivityImport": "imports.represent_activity_imports",
            "DailyActivity": "daily.represent_daily_activities",
            "SourcePriority": "priorities.represent_source_priorities",
            "SleepData": "sleep.represent_sleeps",
            "RecordedWorkout": "recordings.represent_recorded_workouts",
        }
        sync.register(
            *(
                SyncedResource(f"wearables.{model}", f"wearables.api.{path}")
                for model, path in shown.items()
            )
        )

    def _register_health_values(self) -> None:
        from users import health_values

        source = ("device", "source_name", "source_kind", "source_app", "imported_by")
        health_values.register(
            "wearables.DailyActivity", open_to_staff=("device", "date", "sync_date")
        )
        health_values.register("wearables.DailyActivitySource", open_to_staff=(*source, "date"))
        health_values.register(
            "wearables.SleepData",
            open_to_staff=(*source, "date", "external_id", "role", "is_final", "deleted_at"),
        )
        health_values.register(
            "wearables.RecordedWorkout",
            open_to_staff=(
                *source,
                *("external_id", "sport", "name", "started_at", "finished_at", "timezone"),
                *("duration_s", "workout", "is_primary", "made_workout", "kept_apart"),
                *("deleted_at", "reason"),
            ),
        )
        health_values.register(
            "wearables.HeartRateData", open_to_staff=("timestamp", "device", "workout")
        )
        # What providers and phones sent, as they sent it.
        health_values.register(
            "wearables.RawPayload", open_to_staff=("device", "data_type", "received_at")
        )
        health_values.register("wearables.PushBatch", open_to_staff=("device", "batch_id"))
