from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"

    def ready(self) -> None:
        from users import personal_data, receivers, sync  # noqa: F401 - listening is their use
        from users.personal_data import PersonalData
        from users.sync import SyncedResource

        personal_data.register(
            PersonalData(
                "users.User", "account", owner="pk", secret=frozenset({"password"}), erase=False
            ),
            PersonalData("users.UserProfile", "profile", files=("avatar", "avatar_thumbnail")),
            PersonalData("users.UserSettings", "settings"),
            PersonalData("users.ExternalIdentity", "external_identities"),
            PersonalData("account.EmailAddress", "email_addresses"),
            PersonalData("account.EmailConfirmation", None, owner="email_address__user"),
            PersonalData(
                "usersessions.UserSession", "sessions", secret=frozenset({"session_key"})
            ),
            PersonalData("mfa.Authenticator", "authenticators", secret=frozenset({"data"})),
            PersonalData("users.Session", None),
            PersonalData("users.SyncClock", None),
            PersonalData("users.Tombstone", None),
            PersonalData("users.IdempotencyKey", None),
            PersonalData("users.Notification", "notifications", secret=frozenset({"group_key"})),
            PersonalData("users.NotificationActor", "notification_actors"),
            PersonalData("users.LiveEvent", None),
            PersonalData("users.PushDevice", "push_devices", secret=frozenset({"token"})),
            PersonalData(
                "users.AccountExport", "exports", files=("file",), secret=frozenset({"file"})
            ),
            PersonalData("admin.LogEntry", None),
        )
        personal_data.before_erasure(
            "users.services.notifications.forget_everywhere",
            touches="users.services.notifications.told_of",
        )
        sync.register(
            SyncedResource("users.UserProfile", "users.api.serializers.represent_profiles"),
            SyncedResource("users.UserSettings", "users.api.serializers.represent_settings"),
            SyncedResource("users.Notification", "users.api.serializers.represent_notifications"),
            SyncedResource("users.PushDevice", "users.api.serializers.represent_push_devices"),
            SyncedResource("users.AccountExport", "users.api.serializers.represent_exports"),
        )
