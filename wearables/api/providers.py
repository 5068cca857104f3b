"""What can be connected, and what each gives, over HTTP."""

from typing import Any, Final

from django.db.models import Count
from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from users.models import User
from wearables.models import ProviderState, WearableDevice
from wearables.providers import registry
from wearables.services.apis import is_configured

_EXAMPLE: Final = {
    "slug": "oura",
    "title": "Oura Ring",
    "device_type": "oura",
    "modes": ["oauth"],
    "is_configured": True,
    "is_disabled": False,
    "metrics": {"steps": "measured", "distance": "estimated", "floors_climbed": "none"},
    "webhooks": True,
    "history_days": None,
    "notes": ["Distance is an estimate of energy."],
    "devices": 1,
}


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": "string", "enum": ["measured", "estimated", "none"]},
        "examples": [_EXAMPLE["metrics"]],
    }
)
class GivenMetricsField(serializers.DictField):
    child = serializers.CharField()


class WearableProviderSerializer(serializers.Serializer[Any]):
    """A maker, or another way in, and what it gives."""

    slug = serializers.CharField(help_text="Its name in addresses.")
    title = serializers.CharField(help_text="Its name for people.")
    device_type = serializers.CharField(help_text="The device_type of its devices.")
    modes = serializers.ListField(
        child=serializers.CharField(), help_text="How it can be connected here."
    )
    is_configured = serializers.BooleanField(help_text="Whether it can be connected here at all.")
    is_disabled = serializers.BooleanField(
        help_text="Whether it has given up the service that we know."
    )
    metrics = GivenMetricsField(
        help_text="Of each metric: measured, estimated, or none.",
    )
    webhooks = serializers.BooleanField(help_text="Whether it tells us of what is new.")
    history_days = serializers.IntegerField(
        allow_null=True, help_text="Days of history that it gives; null where no limit is known."
    )
    notes = serializers.ListField(child=serializers.CharField(), help_text="Good to know.")
    devices = serializers.IntegerField(help_text="How many of yours are of it.")


class WearableProvidersView(APIView):
    @extend_schema(
        summary="What can be connected",
        responses=WearableProviderSerializer(many=True),
        examples=[OpenApiExample("A ring", value=_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """Every provider, what it gives, and how many of your devices are of it."""
        assert isinstance(request.user, User)
        mine = WearableDevice.objects.filter(user=request.user).order_by()
        counts = dict(mine.values_list("provider").annotate(count=Count("pk")))
        states = ProviderState.objects.filter(disabled_at__isnull=False)
        disabled = set(states.values_list("slug", flat=True))
        known: tuple[Any, ...] = (*registry.PROVIDERS.values(), *registry.DESCRIBED.values())
        return Response([_shown(one, counts.get(one.slug, 0), disabled) for one in known])


def _shown(provider: Any, devices: int, disabled: set[str]) -> dict[str, Any]:
    modes = [mode for mode in provider.modes if mode != "oauth" or is_configured(provider.slug)]
    gives = provider.capabilities
    return {
        "slug": provider.slug,
        "title": provider.title,
        "device_type": provider.device_type,
        "modes": modes,
        "is_configured": bool(modes),
        "is_disabled": provider.slug in disabled,
        "metrics": dict(gives.metrics),
        "webhooks": gives.webhooks,
        "history_days": gives.history_days,
        "notes": list(gives.notes),
        "devices": devices,
    }


urlpatterns = [
    path("wearable-providers/", WearableProvidersView.as_view(), name="wearable-providers")
]
