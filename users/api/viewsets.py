"""A person's account, and how people find each other."""

from typing import Any, ClassVar
from uuid import UUID

from allauth.core import ratelimit
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from users.api.filters import NotificationFilter, PersonFilter
from users.api.owned import CreateOnceMixin, OwnedViewSetMixin
from users.api.parsers import UploadParser
from users.api.serializers import (
    AccountExportSerializer,
    AvatarSerializer,
    ErasureSerializer,
    MePatchSerializer,
    MeSerializer,
    NotificationSerializer,
    PersonSerializer,
    ProfileSerializer,
    PublicProfileSerializer,
    PushDeviceSerializer,
    ReadNotificationsSerializer,
    SettingsSerializer,
)
from users.models import AccountExport, Notification, PushDevice, User, UserProfile
from users.services import accounts, avatars, devices, exports, notifications, pictures

MULTIPART_OVERHEAD_BYTES = 64 * 1024


class MyView(GenericAPIView[Any]):
    """A view of the signed-in person; its path names nobody."""

    @property
    def me(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user


class MeView(MyView):
    serializer_class = MeSerializer
    delete_takes_a_body = True

    def get(self, request: Request) -> Response:
        """Your account, profile and settings in one answer."""
        return Response(self.get_serializer(self._complete()).data)

    @extend_schema(request=MePatchSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Change any fields of `profile` and `settings`; all or nothing."""
        shape = MePatchSerializer(data=request.data, partial=True)
        shape.is_valid(raise_exception=True)
        user = self._complete()
        with transaction.atomic():
            for part, row in (("profile", user.profile), ("settings", user.settings)):
                accounts.change(row=row, values=shape.validated_data.get(part, {}))
        return Response(self.get_serializer(self._complete()).data)

    @extend_schema(request=ErasureSerializer, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Erase your account and everything that is yours. There is no way back."""
        given = ErasureSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        self._confirm(given.validated_data.get("password", ""))
        accounts.close_account(user=User.objects.get(pk=self.me.pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _confirm(self, password: str) -> None:
        if not self.me.has_usable_password():
            return
        request = self.request._request
        if not ratelimit.consume(request, action="reauthenticate", user=self.me):
            raise Throttled(60)
        if not self.me.check_password(password):
            raise ValidationError({"password": "This is not your password."}, code="incorrect")

    def _complete(self) -> User:
        """The person with profile and settings, also where a row of these went missing."""
        user = User.objects.select_related("profile", "settings").get(pk=self.me.pk)
        if not hasattr(user, "profile"):
            user.profile = accounts.healed_profile(user=user)
        if not hasattr(user, "settings"):
            user.settings = accounts.healed_settings(user=user)
        return user


class MySettingsView(MyView):
    serializer_class = SettingsSerializer

    def get(self, request: Request) -> Response:
        """Your settings."""
        return Response(self.get_serializer(accounts.healed_settings(user=self.me)).data)

    def patch(self, request: Request) -> Response:
        """Change any of your settings."""
        settings = accounts.healed_settings(user=self.me)
        serializer = self.get_serializer(settings, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        accounts.change(row=settings, values=serializer.validated_data)
        return Response(self.get_serializer(settings).data)


class MyAvatarView(MyView):
    serializer_class = AvatarSerializer
    parser_classes = (UploadParser,)
    max_body_bytes: ClassVar[int] = pictures.MAX_BYTES + MULTIPART_OVERHEAD_BYTES

    @extend_schema(request={"multipart/form-data": AvatarSerializer}, responses=ProfileSerializer)
    def put(self, request: Request) -> Response:
        """Upload your picture."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        upload = serializer.validated_data["avatar"]
        profile = avatars.set_avatar(user_id=self.me.pk, upload=upload, size_bytes=upload.size)
        return Response(ProfileSerializer(profile, context=self.get_serializer_context()).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Remove your picture."""
        avatars.remove_avatar(user_id=self.me.pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AccountExportViewSet(
    OwnedViewSetMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[AccountExport],
):
    """Copies of everything that is yours, as a zip of JSON."""

    queryset = AccountExport.objects.order_by("-created_at", "-id")
    serializer_class = AccountExportSerializer

    @extend_schema(
        request=None, responses={202: AccountExportSerializer, 200: AccountExportSerializer}
    )
    def create(self, request: Request) -> Response:
        """Start an export (202), or look at the one in preparation (200)."""
        export, is_new = exports.request_export(user_id=self.owner.pk)
        code = status.HTTP_202_ACCEPTED if is_new else status.HTTP_200_OK
        return Response(self.get_serializer(export).data, status=code)

    def perform_destroy(self, instance: AccountExport) -> None:
        exports.remove_export(export=instance)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True)
    def download(self, request: Request, pk: UUID) -> HttpResponseBase:
        """The zip itself."""
        export = self.get_object()
        if not export.is_downloadable:
            raise Http404
        return FileResponse(export.file.open("rb"), as_attachment=True, filename="numeneon.zip")


class PushDeviceViewSet(
    CreateOnceMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[PushDevice],
):
    """Phones on which we may ring."""

    queryset = PushDevice.objects.order_by("-created_at", "-id")
    serializer_class = PushDeviceSerializer
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def perform_create_once(
        self, serializer: BaseSerializer[Any], object_id: UUID, creation_hash: bytes
    ) -> PushDevice:
        values = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        return devices.register_device(
            user_id=self.owner.pk, object_id=object_id, creation_hash=creation_hash, **values
        )

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        values = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        serializer.instance = devices.change_device(
            user_id=self.owner.pk, object_id=self.kwargs["pk"], values=values
        )


class PersonViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[UserProfile]):
    """Other people, as far as they let themselves be found."""

    queryset = UserProfile.objects.select_related("user")
    serializer_class = PersonSerializer
    filterset_class = PersonFilter
    lookup_field = "user__username"
    lookup_url_kwarg = "username"

    def get_queryset(self) -> QuerySet[UserProfile]:
        return super().get_queryset().visible_to(self.request.user.pk)  # type: ignore[attr-defined, no-any-return]

    def get_object(self) -> UserProfile:
        """Usernames have no case."""
        username = self.kwargs["username"]
        if "\x00" in username:
            raise Http404
        rows = self.get_queryset().alias(lowered=Lower("user__username"))
        return get_object_or_404(rows, lowered=Lower(Value(username)))

    def get_serializer_class(self) -> type[BaseSerializer[UserProfile]]:
        return PublicProfileSerializer if self.action == "retrieve" else PersonSerializer


class NotificationViewSet(
    OwnedViewSetMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[Notification],
):
    """What we told you, newest first."""

    queryset = Notification.objects.order_by("-created_at", "-id")
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter

    def perform_destroy(self, instance: Notification) -> None:
        notifications.remove(notification=instance)

    @extend_schema(request=ReadNotificationsSerializer, responses=ReadNotificationsSerializer)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def read(self, request: Request) -> Response:
        """Mark notifications as read."""
        shape = ReadNotificationsSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        rows = self.get_queryset()
        if "ids" in shape.validated_data:
            rows = rows.filter(pk__in=shape.validated_data["ids"])
        updated = notifications.mark_read(notifications=rows, read_at=timezone.now())
        return Response({"updated": updated})
