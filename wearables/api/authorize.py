"""Signing in at a provider, over HTTP.

The provider sends the browser to the callback's GET, which only passes it on into the app. What
makes the connection is the POST, with the token of the person who began: a browser alone could be
somebody else's.
"""

from typing import Any, Final, cast
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from users.models import User
from wearables.api.devices import WearableDeviceSerializer
from wearables.api.silence import answering
from wearables.models import ConnectionMode
from wearables.providers import registry
from wearables.providers.base import Mode
from wearables.services import connections

_STATE: Final = "bX2qE8f0m3sT6yWvA1dG4hJ7kL9pR5uZ0cN2xQ8oV3M"
_ERROR: Final = {"$ref": "#/components/schemas/ErrorAnswer"}
_NO_SUCH: Final = OpenApiResponse(_ERROR, description="There is no such provider.")
_SILENT: Final = OpenApiResponse(_ERROR, description="The provider does not answer.")
_LONGEST: Final = 4096


class SignInSerializer(serializers.Serializer[Any]):
    """How to sign in, and where to go on afterwards."""

    connection_mode = serializers.ChoiceField(
        choices=ConnectionMode.choices,
        default=ConnectionMode.OAUTH,
        help_text="One of the provider's modes for which one signs in.",
    )
    return_url = serializers.CharField(
        max_length=500,
        default="",
        allow_blank=True,
        help_text="An address of the app, where the browser ends with code and state.",
    )


class BegunSignInSerializer(serializers.Serializer[Any]):
    """Where to send the person's browser."""

    authorization_url = serializers.CharField(help_text="To be opened in a browser.")
    state = serializers.CharField(help_text="What the browser will bring back; once, and to you.")
    expires_at = serializers.DateTimeField(help_text="Until when it has to be back.")


class CodeSerializer(serializers.Serializer[Any]):
    """What the browser has brought back."""

    code = serializers.CharField(max_length=_LONGEST, help_text="The provider's, for one use.")
    state = serializers.CharField(max_length=200, help_text="As the sign-in began with.")


class BroughtBackSerializer(serializers.Serializer[Any]):
    """What the provider gave the browser, for an app without an address to return to."""

    code = serializers.CharField(help_text="The provider's, for one use.")
    state = serializers.CharField(help_text="As the sign-in began with.")
    error = serializers.CharField(help_text="The provider's word for why there is no code.")


class AuthorizeView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        summary="Begin to sign in at a provider",
        request=SignInSerializer,
        responses={200: BegunSignInSerializer, 404: _NO_SUCH},
        examples=[
            OpenApiExample(
                "Back into the app",
                value={"return_url": "numeneon://connected"},
                request_only=True,
            ),
            OpenApiExample(
                "Open this",
                value={
                    "authorization_url": "https://cloud.ouraring.com/oauth/authorize"
                    f"?response_type=code&client_id=...&state={_STATE}",
                    "state": _STATE,
                    "expires_at": "2026-03-02T18:10:00Z",
                },
                response_only=True,
            ),
        ],
    )
    def post(self, request: Request, provider: str) -> Response:
        """Answer the address at which the person signs in and says what we may read."""
        given = SignInSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        begun = connections.begin_authorization(
            user_id=_me(request),
            provider=_known(provider),
            mode=cast("Mode", given.validated_data["connection_mode"]),
            return_url=given.validated_data["return_url"],
            redirect_uri=callback_url(provider, request),
            now=timezone.now(),
        )
        return Response(BegunSignInSerializer(begun).data)


class CallbackView(APIView):
    def get_permissions(self) -> list[BasePermission]:
        # A browser comes back without a token.
        return [AllowAny() if self.request.method == "GET" else IsAuthenticated()]

    @extend_schema(
        summary="Back from a provider",
        parameters=[
            OpenApiParameter("state", str, required=True, description="As the sign-in began."),
            OpenApiParameter("code", str, description="The provider's, for one use."),
            OpenApiParameter("error", str, description="Why there is none."),
        ],
        responses={
            200: BroughtBackSerializer,
            302: OpenApiResponse(description="On to the app's address, with code and state."),
            404: _NO_SUCH,
        },
        examples=[
            OpenApiExample(
                "Without an address to return to",
                value={"code": "kYv3xN8q", "state": _STATE, "error": ""},
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request, provider: str) -> Response | HttpResponseRedirect:
        """Where the provider sends the browser: it passes code and state on to the app, which
        posts them here. By itself it connects nothing.
        """
        told = request.query_params
        state = told.get("state", "")[:200]
        return_url = connections.return_url_of(
            provider=_known(provider), state=state, now=timezone.now()
        )
        brought = {
            "code": told.get("code", "")[:_LONGEST],
            "state": state,
            "error": told.get("error", "")[:100],
        }
        response = _onward(return_url, brought) if return_url else Response(brought)
        # The code is in the address of this page, and in that of the next.
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    @extend_schema(
        summary="Connect with what the browser brought back",
        request=CodeSerializer,
        responses={
            200: WearableDeviceSerializer,
            201: WearableDeviceSerializer,
            404: _NO_SUCH,
            503: _SILENT,
        },
        examples=[
            OpenApiExample(
                "Code and state", value={"code": "kYv3xN8q", "state": _STATE}, request_only=True
            )
        ],
    )
    def post(self, request: Request, provider: str) -> Response:
        """Make the connection, once, for whoever began; 200 for an account that was connected
        before. Its history begins to be read.
        """
        given = CodeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        with answering():
            device, is_new = connections.complete_authorization(
                user_id=_me(request),
                provider=_known(provider),
                **given.validated_data,
                now=timezone.now(),
            )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(WearableDeviceSerializer(device).data, status=code)


def callback_url(provider: str, request: Request) -> str:
    """Where the provider sends the browser; the same as is registered there."""
    path_ = reverse("wearable-callback", args=[provider])
    if settings.PUBLIC_URL:
        return f"{settings.PUBLIC_URL}{path_}"
    return request.build_absolute_uri(path_)


class _Onward(HttpResponseRedirect):
    """To an address that was checked when the sign-in began; also of the app's own scheme."""

    def __init__(self, address: str) -> None:
        self.allowed_schemes = [urlsplit(address).scheme]
        super().__init__(address)


def _onward(return_url: str, brought: dict[str, str]) -> HttpResponseRedirect:
    query = urlencode({name: value for name, value in brought.items() if value})
    separator = "&" if urlsplit(return_url).query else "?"
    plain, _, fragment = return_url.partition("#")
    address = f"{plain}{separator}{query}{f'#{fragment}' if fragment else ''}"
    return _Onward(address)


def _known(provider: str) -> str:
    if provider not in registry.PROVIDERS:
        raise Http404
    return provider


def _me(request: Request) -> UUID:
    assert isinstance(request.user, User)
    return request.user.pk


urlpatterns = [
    path(
        "wearables/<slug:provider>/authorize/",
        AuthorizeView.as_view(),
        name="wearable-authorize",
    ),
    path("wearables/<slug:provider>/callback/", CallbackView.as_view(), name="wearable-callback"),
]
