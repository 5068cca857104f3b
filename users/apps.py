from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"

    def ready(self) -> None:
        self._register_personal_data()
        self._register_health_values()

    def _register_health_values(self) -> None:
        from users import health_values

        health_values.register(
            "users.UserProfile",
            open_to_staff=(
                *("display_name", "email", "bio", "avatar", "avatar_thumbnail", "avatar_url"),
                *("location", "website", "user_type", "fitness_level", "timezone", "visibility"),
            ),
        )
        # A text may say what somebody weighed, lifted or ate.
        health_values.register(
            "users.Notification",
            open_to_staff=(
                *("category", "kind", "target_type", "target_id", "read_at"),
                *("actors_count", "phrase"),
            ),
        )
        health_values.register("users.LiveEvent", open_to_staff=("kind",))
        # A reason may name what is masked.
        health_values.register(
            "users.HealthDisclosure", open_to_staff=("staff", "opened_at", "closes_at")
        )
        health_values.register(
            "users.AuditEntry",
            open_to_staff=(
                *("number", "at", "staff", "staff_name", "action", "model", "object_id"),
                *("person", "way_to_object", "way_to_person", "detail", "said", "address"),
                *("request_id", "digest", "shown_digest"),
            ),
        )

    def _register_personal_data(self) -> None:
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
            # Neither who of the staff it was, nor what tells of others.
            PersonalData(
                "users.HealthDisclosure", "health_disclosures", secret=frozenset({"staff"})
            ),
            # What staff did stays, without what tells of the erased (users/services/audit.py).
            PersonalData("users.AuditEntry", None, owner="staff", erase=False),
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
