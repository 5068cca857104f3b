"""People, as they see themselves and as others see them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db.models import Model, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from users import connections
from users.api.fields import FiniteFloatField, IdField
from users.models import (
    AccountExport,
    Notification,
    PushDevice,
    User,
    UserProfile,
    UserSettings,
)
from users.selectors import newest_actors

EARLIEST_BIRTH = date(1900, 1, 1)


MOST_ACTORS = 3


def picture_url(name: str, request: Request | None) -> str:
    """Where the public file of this name is; nowhere without a name."""
    if not name:
        return ""
    url = default_storage.url(name)
    return str(request.build_absolute_uri(url)) if request else url


class AvatarFieldsMixin(serializers.Serializer[Any]):
    avatar_thumbnail_url = serializers.SerializerMethodField(
        help_text="The uploaded picture, 128 pixels square; empty without one."
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        answer: dict[str, Any] = super().to_representation(instance)
        if instance.avatar:
            answer["avatar_url"] = self._url(instance.avatar.name or "")
        return answer

    @extend_schema_field({"type": "string", "format": "uri-reference"})
    def get_avatar_thumbnail_url(self, profile: UserProfile) -> str:
        return self._url(profile.avatar_thumbnail.name or "") if profile.avatar_thumbnail else ""

    def _url(self, name: str) -> str:
        return picture_url(name, self.context.get("request"))


class ProfileSerializer(AvatarFieldsMixin, serializers.ModelSerializer[UserProfile]):
    height = FiniteFloatField(
        min_value=50, max_value=300, allow_null=True, required=False, help_text="cm"
    )
    body_weight_kg = FiniteFloatField(
        min_value=20,
        max_value=500,
        allow_null=True,
        required=False,
        help_text="kg; for energy and body-weight loads. A workout keeps that of its day.",
    )

    class Meta:
        model = UserProfile
        fields = (
            "display_name",
            "email",
            "bio",
            "avatar_url",
            "avatar_thumbnail_url",
            "location",
            "website",
            "user_type",
            "fitness_level",
            "height",
            "body_weight_kg",
            "date_of_birth",
            "sex",
            "timezone",
            "visibility",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("email", "created_at", "updated_at")

    def validate_date_of_birth(self, day: date | None) -> date | None:
        if day is not None and not EARLIEST_BIRTH <= day <= timezone.now().date():
            raise serializers.ValidationError("Must be from 1900 to today.", code="out_of_range")
        return day


class SettingsSerializer(serializers.ModelSerializer[UserSettings]):
    workout_days_per_week = serializers.IntegerField(
        min_value=0, max_value=7, required=False, help_text="0-7"
    )
    week_starts_on = serializers.IntegerField(
        min_value=1,
        max_value=7,
        required=False,
        help_text="The first day of your weeks: 1 is Monday, 7 Sunday.",
    )
    language = serializers.RegexField(
        r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,6})?$",
        max_length=10,
        required=False,
        error_messages={"invalid": "Language must look like en or de-AT."},
        help_text="BCP 47, such as de-AT",
    )

    class Meta:
        model = UserSettings
        fields = (
            "dark_mode",
            "notification_workouts",
            "notification_nutrition",
            "notification_social",
            "measurement_system",
            "primary_goal",
            "workout_days_per_week",
            "week_starts_on",
            "language",
            "read_receipts",
            "messages_from",
        )


class MeSerializer(serializers.Serializer[User]):
    """The complete profile: the account, what it tells of itself, and its settings."""

    id = serializers.UUIDField(read_only=True)
    username = serializers.CharField(read_only=True)
    email = serializers.EmailField(read_only=True)
    date_joined = serializers.DateTimeField(read_only=True)
    profile = ProfileSerializer()
    settings = SettingsSerializer()


class MePatchSerializer(serializers.Serializer[User]):
    profile = ProfileSerializer(required=False, partial=True)
    settings = SettingsSerializer(required=False, partial=True)


class ErasureSerializer(serializers.Serializer[Any]):
    password = serializers.CharField(
        write_only=True,
        required=False,
        trim_whitespace=False,
        max_length=500,
        help_text="Needed again, unless the account has none.",
    )


class AvatarSerializer(serializers.Serializer[Any]):
    avatar = serializers.FileField(
        write_only=True,
        help_text=(
            "JPEG, PNG or WebP; at most 10 MB and 40 megapixels (progressive JPEG 32, WebP 12)."
        ),
    )


class PersonSerializer(AvatarFieldsMixin, serializers.ModelSerializer[UserProfile]):
    """What a search shows of anyone who can be found."""

    id = serializers.UUIDField(source="user_id", read_only=True)
    username = serializers.CharField(source="user.username", read_only=True)

    class Meta:
        model = UserProfile
        fields = (
            "id",
            "username",
            "display_name",
            "avatar_url",
            "avatar_thumbnail_url",
            "user_type",
            "visibility",
        )
        read_only_fields = fields


class PublicProfileSerializer(PersonSerializer):
    """A profile as others see it. Never the address, body, birthday or time zone."""

    DETAILS = ("bio", "location", "website", "fitness_level", "created_at")

    class Meta(PersonSerializer.Meta):
        fields = (
            *PersonSerializer.Meta.fields,
            "bio",
            "location",
            "website",
            "fitness_level",
            "created_at",
        )  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for name in self.DETAILS:
            fields[name].allow_null = True
        return fields

    def to_representation(self, instance: UserProfile) -> dict[str, Any]:
        answer = super().to_representation(instance)
        if not instance.shows_details_to(self.context["request"].user.pk):
            answer |= dict.fromkeys(self.DETAILS)
        return answer


class ActorSerializer(serializers.Serializer[Any]):
    """A person as a notification names them."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    avatar_thumbnail_url = serializers.SerializerMethodField(help_text="Empty without a picture.")

    @extend_schema_field({"type": "string", "format": "uri-reference"})
    def get_avatar_thumbnail_url(self, actor: Mapping[str, Any]) -> str:
        return picture_url(actor["avatar_thumbnail"], self.context.get("request"))


class NotificationListSerializer(serializers.ListSerializer[Any]):
    def to_representation(self, data: Any) -> list[Any]:
        return super().to_representation(with_actors(data))


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    actors = serializers.SerializerMethodField(
        help_text="The newest of those who did it, at most three."
    )
    target_type = serializers.SerializerMethodField(help_text='Such as "workouts.workout".')

    class Meta:
        model = Notification
        list_serializer_class = NotificationListSerializer
        fields = (
            "id",
            "category",
            "kind",
            "text",
            "actors_count",
            "actors",
            "target_type",
            "target_id",
            "read_at",
            "created_at",
        )
        read_only_fields = fields

    @extend_schema_field(ActorSerializer(many=True))
    def get_actors(self, notification: Notification) -> Any:
        if not hasattr(notification, "newest_actors"):
            with_actors([notification])
        return ActorSerializer(notification.newest_actors, many=True, context=self.context).data  # type: ignore[attr-defined]

    @extend_schema_field({"type": ["string", "null"]})
    def get_target_type(self, notification: Notification) -> str | None:
        # Django keeps content types in memory: no query per row.
        if notification.target_type_id is None:
            return None
        kind = ContentType.objects.get_for_id(notification.target_type_id)
        return f"{kind.app_label}.{kind.model}"


class ReadNotificationsSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(
        child=IdField(),
        required=False,
        max_length=100,
        help_text="Which ones; without it, all of them.",
    )
    updated = serializers.IntegerField(read_only=True, help_text="How many were unread.")


class PushDeviceSerializer(serializers.ModelSerializer[PushDevice]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")

    class Meta:
        model = PushDevice
        fields = ("id", "platform", "token", "name", "created_at")
        read_only_fields = ("created_at",)
        # Whether another account has the token is not a form error: see the service.
        extra_kwargs = {"token": {"validators": [], "write_only": True}}


class AccountExportSerializer(serializers.ModelSerializer[AccountExport]):
    download_url = serializers.SerializerMethodField(help_text="Null until ready.")

    class Meta:
        model = AccountExport
        fields = ("id", "status", "size_bytes", "created_at", "expires_at", "download_url")
        read_only_fields = fields

    @extend_schema_field({"type": ["string", "null"], "format": "uri-reference"})
    def get_download_url(self, export: AccountExport) -> str | None:
        if not export.is_downloadable:
            return None
        return reverse(
            "account-export-download", args=[export.pk], request=self.context.get("request")
        )


class ChangeSerializer(serializers.Serializer[Any]):
    resource = serializers.CharField(help_text='Such as "workouts.workout".')
    id = serializers.UUIDField()
    revision = serializers.IntegerField(help_text="Grows with every change of this person's data.")
    deleted = serializers.BooleanField()
    data = serializers.JSONField(  # type: ignore[assignment]
        help_text="The row as its own endpoint shows it; null if deleted."
    )


class SyncPageSerializer(serializers.Serializer[Any]):
    results = ChangeSerializer(many=True)
    cursor = serializers.CharField(help_text="Where to go on, now or the next time.")
    has_more = serializers.BooleanField()


def represent(
    serializer: type[serializers.ModelSerializer[Any]], rows: "QuerySet[Any]"
) -> dict[UUID, Any]:
    return {row.pk: serializer(row).data for row in rows}


def _of(model: type[Model], user_id: UUID, ids: list[UUID]) -> "QuerySet[Any]":
    return model._default_manager.filter(user_id=user_id, pk__in=ids)


def represent_profiles(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return represent(ProfileSerializer, _of(UserProfile, user_id, ids))


def represent_settings(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return represent(SettingsSerializer, _of(UserSettings, user_id, ids))


def with_actors(rows: Iterable[Notification]) -> list[Notification]:
    """One person's notifications, each knowing its newest actors; at most one query of ours."""
    notifications = list(rows)
    acted = [one.pk for one in notifications if one.actors_count]
    hidden = connections.hidden_from(notifications[0].user_id) if acted else ()
    found = newest_actors(acted, most=MOST_ACTORS, hidden=hidden)
    for one in notifications:
        one.newest_actors = found.get(one.pk, [])  # type: ignore[attr-defined]
    return notifications


def represent_notifications(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = with_actors(_of(Notification, user_id, ids))
    return {row.pk: NotificationSerializer(row).data for row in rows}


def represent_push_devices(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return represent(PushDeviceSerializer, _of(PushDevice, user_id, ids))


def represent_exports(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return represent(AccountExportSerializer, _of(AccountExport, user_id, ids))
