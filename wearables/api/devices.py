"""What a person has connected, over HTTP. No answer holds a secret, but the one that makes it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from django.urls import URLPattern, URLResolver
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

from users.api.fields import DayField, IdField
from users.api.owned import OwnedViewSetMixin, idempotency_key
from wearables.api import runs
from wearables.api.silence import answering
from wearables.models import ConnectionMode, DeviceStatus, DeviceType, SyncRun, WearableDevice
from wearables.providers import registry
from wearables.services import connections, devices, syncing

_EXAMPLE: Final = {
    "id": "019a2f5e-1b22-7c90-8d14-6f0a2b3c4d5e",
    "provider": "oura",
    "device_type": "oura",
    "connection_mode": "oauth",
    "device_id": "oura:8f9a5221-639e-4a85-81cb-4065ef23f979",
    "name": "Oura Ring",
    "is_active": True,
    "status": "active",
    "error_code": "",
    "unavailable": {"heartrate": "permission"},
    "timezone": "Europe/Vienna",
    "last_synced": "2026-03-02T18:02:11Z",
    "next_sync_at": "2026-03-02T19:01:40Z",
    "last_webhook_at": "2026-03-02T07:14:03Z",
    "backfilled_from": "2025-12-02",
    "created_at": "2025-11-20T09:30:00Z",
    "updated_at": "2025-11-20T09:30:00Z",
}
_PHONE: Final = {
    **_EXAMPLE,
    "provider": "apple_watch",
    "device_type": "apple_watch",
    "connection_mode": "push",
    "device_id": "3F1C2B7A",
    "name": "Ana's iPhone",
    "unavailable": {},
    "timezone": "",
    "last_synced": None,
    "next_sync_at": None,
    "last_webhook_at": None,
    "backfilled_from": None,
}
_WISH: Final = {
    "provider": "apple_watch",
    "connection_mode": "push",
    "name": "Ana's iPhone",
    "device_id": "3F1C2B7A",
}
_ERROR: Final = {"$ref": "#/components/schemas/ErrorAnswer"}
_SILENT: Final = OpenApiResponse(_ERROR, description="The provider does not answer.")


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": "string", "enum": ["permission", "forbidden"]},
        "examples": [_EXAMPLE["unavailable"]],
    }
)
class UnavailableField(serializers.DictField):
    child = serializers.CharField()


class WearableDeviceSerializer(serializers.ModelSerializer[WearableDevice]):
    """A connection, and how it stands."""

    provider = serializers.CharField(help_text="Of wearable-providers: who is read, or sends.")
    device_type = serializers.ChoiceField(
        choices=DeviceType.choices, help_text="Whose kind of device it is."
    )
    connection_mode = serializers.ChoiceField(
        choices=ConnectionMode.choices, help_text="How its data come."
    )
    name = serializers.CharField(max_length=100, help_text="Yours for it.")
    is_active = serializers.BooleanField(
        help_text="Whether it is read, and its data count from now on."
    )
    status = serializers.ChoiceField(
        choices=DeviceStatus.choices,
        help_text="With reauth_required, the person has to connect it again.",
    )
    error_code = serializers.CharField(help_text="Why it has to be connected again, else empty.")
    unavailable = UnavailableField(
        help_text="What the provider does not let us read, by data type: permission (not granted)"
        " or forbidden (as after a membership has ended).",
    )
    next_sync_at = serializers.DateTimeField(
        allow_null=True, help_text="When it is read again, where it is read from time to time."
    )
    last_synced = serializers.DateTimeField(
        allow_null=True, help_text="When its data were last read, or sent."
    )
    last_webhook_at = serializers.DateTimeField(
        allow_null=True, help_text="When the provider last told us of something new."
    )

    class Meta:
        model = WearableDevice
        fields = tuple(_EXAMPLE)
        read_only_fields = fields


class DetailedDeviceSerializer(WearableDeviceSerializer):
    """A connection, and the history that is being read of it."""

    backfill = serializers.SerializerMethodField(
        help_text="How far the reading of its history is; null where none is being read."
    )

    class Meta(WearableDeviceSerializer.Meta):
        fields = (*WearableDeviceSerializer.Meta.fields, "backfill")
        read_only_fields = fields

    @extend_schema_field(runs.SyncRunSerializer(allow_null=True))
    def get_backfill(self, device: WearableDevice) -> Any:
        return runs.shown(syncing.backfills_of([device.pk]).get(device.pk))


class MadeDeviceSerializer(WearableDeviceSerializer):
    """A connection that was made just now."""

    push_secret = serializers.CharField(
        required=False,
        help_text="Signs what the phone sends; of a push device, and in this answer alone.",
    )

    class Meta(WearableDeviceSerializer.Meta):
        fields = (*WearableDeviceSerializer.Meta.fields, "push_secret")
        read_only_fields = fields


class DeviceWishSerializer(serializers.Serializer[Any]):
    """What is connected without signing in at its maker."""

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    provider = serializers.ChoiceField(
        choices=sorted([*registry.PROVIDERS, *registry.DESCRIBED]),
        help_text="Of wearable-providers.",
    )
    connection_mode = serializers.ChoiceField(
        choices=ConnectionMode.choices,
        help_text="One of the provider's modes; to sign in, see wearables/{provider}/authorize/.",
    )
    name = serializers.CharField(
        max_length=100, required=False, default="", help_text="Yours for it."
    )
    device_id = serializers.CharField(
        max_length=100,
        required=False,
        default="",
        help_text="Of a phone: the same whenever it connects. One that is known gets a new"
        " push_secret.",
    )
    personal_key = serializers.CharField(
        max_length=4096,
        required=False,
        default="",
        help_text="Of personal_key: as the provider has shown it.",
    )

    def validate(self, content: dict[str, Any]) -> dict[str, Any]:
        mode, key = content["connection_mode"], content["personal_key"]
        if mode == ConnectionMode.OAUTH:
            message = "Sign in at the provider: wearables/{provider}/authorize/."
            raise serializers.ValidationError({"connection_mode": message}, code="invalid_mode")
        if mode == ConnectionMode.PERSONAL_KEY and not key:
            raise serializers.ValidationError({"personal_key": "Give the key."}, code="required")
        if mode == ConnectionMode.PERSONAL_KEY and content["provider"] not in registry.PROVIDERS:
            raise devices.NotOfThisKind(content["provider"])
        return content


class DeviceChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, required=False, help_text="Yours for it.")
    is_active = serializers.BooleanField(
        required=False, help_text="Whether it is read, and its data count from now on."
    )


class BackfillSerializer(serializers.Serializer[Any]):
    since = DayField(help_text="The first day to read; as far back as the provider goes.")

    def validate_since(self, since: date) -> date:
        if since > timezone.now().date():
            raise serializers.ValidationError("Must be in the past.", code="out_of_range")
        return since


class DeviceFilter(filters.FilterSet):
    provider = filters.CharFilter(label="Of this provider.")
    status = filters.ChoiceFilter(choices=DeviceStatus.choices, label="How it stands.")

    class Meta:
        model = WearableDevice
        fields: list[str] = []


class WearableDeviceViewSet(
    OwnedViewSetMixin,
    mixins.ListModelMixin,
    GenericViewSet[WearableDevice],
):
    """Your devices, the latest first."""

    queryset = WearableDevice.objects.order_by("-id")
    serializer_class = WearableDeviceSerializer
    filterset_class = DeviceFilter
    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})

    @extend_schema(
        summary="Your devices",
        examples=[OpenApiExample("A ring", value=_EXAMPLE, response_only=True)],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What you have connected."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        summary="Connect without signing in",
        request=DeviceWishSerializer,
        responses={200: MadeDeviceSerializer, 201: MadeDeviceSerializer, 503: _SILENT},
        examples=[
            OpenApiExample("A phone that sends", value=_WISH, request_only=True),
            OpenApiExample(
                "Its secret, once",
                value={**_PHONE, "push_secret": "1Zq0vXo3cQmP4yB8rT6uW2sK9dF5gH7j"},
                response_only=True,
                status_codes=["201"],
            ),
        ],
    )
    def create(self, request: Request) -> Response:
        """Connect a phone that sends, an account by its personal key, or files.

        200 for what was connected before: a phone gets another `push_secret`, and its old one is
        void; an account has its key replaced.
        """
        given = DeviceWishSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        device, secret, is_new = self._connected(given.validated_data)
        shown = WearableDeviceSerializer(device).data | ({"push_secret": secret} if secret else {})
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(shown, status=code)

    def _connected(self, wish: dict[str, Any]) -> tuple[WearableDevice, str, bool]:
        if wish["connection_mode"] == ConnectionMode.PERSONAL_KEY:
            with answering():
                device, is_new = connections.connect_with_key(
                    user_id=self.owner.pk,
                    provider=wish["provider"],
                    personal_key=wish["personal_key"],
                    name=wish["name"],
                    now=timezone.now(),
                )
            return device, "", is_new
        asked: dict[str, Any] = {
            "user_id": self.owner.pk,
            "wish": devices.Wish(
                provider=wish["provider"], name=wish["name"], device_id=wish["device_id"]
            ),
            "object_id": wish.get("id"),
            "idempotency_key": idempotency_key(self.request),
        }
        if wish["connection_mode"] == ConnectionMode.PUSH:
            return devices.create_push_device(**asked)
        device, is_new = devices.create_file_device(**asked)
        return device, "", is_new

    @extend_schema(
        summary="A device",
        responses=DetailedDeviceSerializer,
        examples=[
            OpenApiExample(
                "While its history is read",
                value={**_EXAMPLE, "backfill": runs.EXAMPLE},
                response_only=True,
            )
        ],
    )
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """A device, and how far the reading of its history is."""
        return Response(DetailedDeviceSerializer(self.get_object()).data)

    @extend_schema(
        summary="Rename a device, or pause it",
        request=DeviceChangeSerializer,
        responses=WearableDeviceSerializer,
        examples=[
            OpenApiExample("Paused", value={"is_active": False}, request_only=True),
            OpenApiExample("A ring", value=_EXAMPLE, response_only=True),
        ],
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Rename it, or have it read or not. What it brought stays."""
        given = DeviceChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        device = devices.change_device(
            device=self.get_object(), content=given.validated_data, now=timezone.now()
        )
        return Response(self.get_serializer(device).data)

    @extend_schema(summary="Delete a device and what came from it", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete it with all days, nights and heart rates that came from it, and have the
        provider forget us. Workouts in your diary stay.
        """
        devices.remove_device(device=self.get_object(), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Disconnect, and keep the data",
        request=None,
        responses=WearableDeviceSerializer,
        examples=[
            OpenApiExample(
                "Disconnected",
                value={**_EXAMPLE, "status": "disconnected", "next_sync_at": None},
                response_only=True,
            )
        ],
    )
    @action(detail=True, methods=["post"])
    def disconnect(self, request: Request, pk: UUID) -> Response:
        """End the connection; the provider is told to forget us. What came from it stays."""
        device = devices.disconnect(device=self.get_object(), now=timezone.now())
        return Response(self.get_serializer(device).data)

    @extend_schema(
        summary="Read a device now",
        request=None,
        responses={202: runs.SyncRunSerializer},
        examples=[runs.SHOWN],
    )
    @action(detail=True, methods=["post"])
    def sync(self, request: Request, pk: UUID) -> Response:
        """Have it read now. While that is under way, the answer is the run that does it."""
        run = syncing.request_manual(device=self.get_object())
        return Response(runs.shown(run), status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        summary="Read a device's history",
        request=BackfillSerializer,
        responses={202: runs.SyncRunSerializer},
        examples=[
            OpenApiExample("Since a year ago", value={"since": "2025-03-02"}, request_only=True),
            runs.SHOWN,
        ],
    )
    @action(detail=True, methods=["post"])
    def backfill(self, request: Request, pk: UUID) -> Response:
        """Have its history read, the newest days first, back to a day.

        Days that were read before are not read again, unless `since` is among them.
        """
        given = BackfillSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        run = syncing.request_backfill(
            device=self.get_object(), since=given.validated_data["since"], now=timezone.now()
        )
        return Response(runs.shown(run), status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        summary="What was read of a device",
        responses=runs.SyncRunSerializer(many=True),
        filters=False,
        examples=[runs.SHOWN],
    )
    @action(detail=True, filterset_class=None)
    def runs(self, request: Request, pk: UUID) -> Response:
        """What was read of it, the latest first; kept for ninety days."""
        device = self.get_object()
        rows = SyncRun.objects.owned_by(self.owner).filter(device=device)
        page = self.paginate_queryset(rows.order_by("-created_at", "-id"))
        return self.get_paginated_response(runs.SyncRunSerializer(page, many=True).data)


def represent_devices(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = WearableDevice.objects.filter(user=user_id, pk__in=ids)
    return {row.pk: WearableDeviceSerializer(row).data for row in rows}


router = SimpleRouter(use_regex_path=False)
router.register("devices", WearableDeviceViewSet, basename="wearable-device")

urlpatterns: list[URLPattern | URLResolver] = [*router.urls, *runs.urlpatterns]
