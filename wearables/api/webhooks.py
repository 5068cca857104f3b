"""Where providers tell us what is new. They prove who they are; the content is no data to us."""

from typing import ClassVar, Final

from allauth.account.adapter import get_adapter
from django.http import Http404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from users.api.throttling import MinuteThrottle, is_within
from wearables.providers.base import Forged, IncomingWebhook, Unreadable
from wearables.services import webhooks

MEGABYTE: Final = 1024 * 1024
# A provider tells of all its people from a few addresses.
MOST_PER_MINUTE: Final = 12_000


class WebhookThrottle(MinuteThrottle):
    """Far more than a provider sends from one address."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        address = get_adapter().get_client_ip(request._request)
        return is_within(MOST_PER_MINUTE, f"webhook:{address}")


class WebhookView(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (WebhookThrottle,)
    http_method_names = ["get", "post"]
    max_body_bytes: ClassVar[int] = MEGABYTE

    @extend_schema(exclude=True)
    def get(self, request: Request, provider: str) -> Response:
        """A question that a provider asks before it subscribes us."""
        return self._answer(request, provider)

    @extend_schema(exclude=True)
    def post(self, request: Request, provider: str) -> Response:
        """An event; the same one again is answered alike, and changes nothing."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        if kind not in {"", "application/json"}:
            raise UnsupportedMediaType(kind)
        return self._answer(request, provider)

    def _answer(self, request: Request, provider: str) -> Response:
        incoming = IncomingWebhook(
            method=request.method or "",
            query=request.query_params.dict(),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request._request.body,
            received_at=timezone.now(),
        )
        try:
            answer = webhooks.receive(provider=provider, request=incoming)
        except webhooks.NotHeard:
            raise Http404 from None
        except Forged:
            return Response(status=status.HTTP_401_UNAUTHORIZED)
        except Unreadable:
            return Response(status=status.HTTP_400_BAD_REQUEST)
        return Response(answer.body, status=answer.status)


urlpatterns = [path("<str:provider>/", WebhookView.as_view(), name="webhook")]
