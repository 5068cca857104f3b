"""What phones send of their health stores, over HTTP."""

import hashlib
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any, ClassVar, Final

from django.http import Http404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from users.models import User
from wearables.api.push_shapes import PushAnswerSerializer, PushBodySerializer
from wearables.models import ConnectionMode, WearableDevice
from wearables.services import push

# 5,000 records with sources and long ids.
MAX_BODY_BYTES: Final = 4 * 1024 * 1024
_REFUSED: Final = (
    "X-Numeneon-Signature does not fit the body, the device's secret and the time of day."
)
_ERROR: Final = {"$ref": "#/components/schemas/ErrorAnswer"}
_DEVICE: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
_WATCH: Final = {"name": "Apple Watch of Ana", "deviceType": "watch"}
_BODY: Final = {
    "device": _DEVICE,
    "batch_id": "2026-03-02T07:00:00Z/1",
    "records": [
        {
            "id": "6E1B3F0A-9C44-4F0B-8E51-0C5F3B1D2A77",
            "type": "HKQuantityTypeIdentifierHeartRate",
            "startDate": "2026-03-02T06:58:12+01:00",
            "value": 52,
            "unit": "count/min",
            "source": _WATCH,
        }
    ],
    "sleep": [
        {
            "id": "0F2C9D1B-3A57-4E8C-9B60-7D1E5A4C8F02",
            "startDate": "2026-03-01T23:10:00+01:00",
            "endDate": "2026-03-02T00:25:00+01:00",
            "stage": "asleepCore",
            "source": _WATCH,
        }
    ],
    "days": [{"date": "2026-03-01", "steps": 9120, "distance": 6.8, "source": _WATCH}],
    "deleted": [],
}
_ANSWER: Final = {
    "accepted": 2,
    "duplicates": 0,
    "rejected": [{"list": "records", "index": 0, "reason": "Its value is out of range."}],
    "left_out": ["day 2026-03-01: total_calories out of range"],
}


class SignedJsonParser(BaseParser):
    """JSON, and the bytes that it came as: what was signed are they, and not what they mean."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = stream.read()
        usual: Any = api_settings.DEFAULT_PARSER_CLASSES[0]
        return {"body": body, "document": usual().parse(BytesIO(body))}


class PushView(APIView):
    parser_classes = (SignedJsonParser,)
    max_body_bytes: ClassVar[int] = MAX_BODY_BYTES

    @extend_schema(
        summary="Send what the phone has read",
        parameters=[
            OpenApiParameter(
                "X-Numeneon-Signature",
                str,
                OpenApiParameter.HEADER,
                required=True,
                description=(
                    "t=<seconds since 1970>,v1=<hex>: HMAC-SHA256 over those seconds, a dot and "
                    "the body as it is sent, with the device's push_secret. At most 5 minutes old."
                ),
            )
        ],
        request=PushBodySerializer,
        responses={
            202: PushAnswerSerializer,
            403: OpenApiResponse(_ERROR, description="The signature does not fit."),
            404: OpenApiResponse(_ERROR, description="You have no such push device."),
        },
        examples=[
            OpenApiExample("A morning", value=_BODY, request_only=True),
            OpenApiExample("Taken", value=_ANSWER, response_only=True, status_codes=["202"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """Send records of Apple Health or Health Connect, signed with the device's secret.

        The same `batch_id` with the same body is answered as the first time, and stores nothing
        twice. A batch is taken but for the items that `rejected` names, and for what `left_out`
        says of the others.

        **Days.** Send totals as `days` wherever the store can count them: it knows which of its
        sources tell of the same minute. `records` of steps, distance, energy, exercise and floors
        are added up by source and by the day of their start, and that sum *replaces* what the
        source said of the day: send all of a day's records of a type in one batch, and all of
        them again when one comes late. A day's total in `days` goes before such a sum of the same
        batch, not before one of a later batch: keep to one way for each source.

        **Sleep.** Stages of one source, with no gap of more than an hour, are one sleep. Send all
        stages of a sleep together: it replaces those of its source that it overlaps. A night of
        which single stages changed is to be sent anew as a whole, with the heart rate variability
        and breathing of the night: these count as the mean inside of a sleep of the same batch.

        **Deleted.** `deleted` takes the ids of workouts and of sleeps. That of a sleep sent as
        stages is its first stage's, as it was sent last; ids of other stages do nothing.
        """
        sent: Any = request.data
        body: bytes = sent.get("body", b"")
        given = PushBodySerializer(data=sent.get("document", {}))
        given.is_valid(raise_exception=True)
        device = self._device(request, given.validated_data["device"])
        now = timezone.now()
        header = request.headers.get("X-Numeneon-Signature", "")
        try:
            push.check_signature(device=device, header=header, body=body, now=now)
        except push.SignatureRefused:
            raise PermissionDenied(_REFUSED, code="signature_refused") from None
        answer = push.receive(
            device=device,
            batch=given.validated_data,
            sha256=hashlib.sha256(body).digest(),
            now=now,
        )
        return Response(answer, status=status.HTTP_202_ACCEPTED)

    def _device(self, request: Request, device_id: Any) -> WearableDevice:
        assert isinstance(request.user, User)
        mine = WearableDevice.objects.owned_by(request.user)
        device = mine.filter(pk=device_id, connection_mode=ConnectionMode.PUSH).first()
        if device is None:
            raise Http404
        return device


urlpatterns = [path("wearables/push/", PushView.as_view(), name="wearables-push")]
