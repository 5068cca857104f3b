from django.apps import AppConfig


class WearablesConfig(AppConfig):
    name = "wearables"

    def ready(self) -> None:
        from users import personal_data

        personal_data.before_erasure("wearables.services.farewell.take_leave")
        self._register_personal_data()
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
