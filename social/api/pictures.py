"""Pictures for posts and messages, over HTTP."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

from social.api import examples_posts as examples
from social.api.people import viewer_of
from social.models import Picture
from social.selectors import people, reading
from social.services import pictures
from users.api.fields import IdField
from users.api.owned import OwnedViewSetMixin, idempotency_key
from users.api.parsers import UploadParser
from users.services.pictures import MAX_BYTES

MULTIPART_OVERHEAD_BYTES: Final = 64 * 1024
# The person's own device may keep it; nobody between it and us.
CACHED: Final = "private, max-age=3600"
_URL: Final = {"type": "string", "format": "uri-reference"}


class PictureBodySerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    image = serializers.FileField(help_text="JPEG, PNG or WebP; at most 10 MB.")


class PictureSerializer(serializers.ModelSerializer[Picture]):
    """An uploaded picture, read by whoever reads the post or message that it is in."""

    id = serializers.UUIDField(read_only=True, help_text="What a post or message names it by.")
    url = serializers.SerializerMethodField(
        help_text="WebP, at most 2048 px on its longer side; takes your session to read."
    )
    thumbnail_url = serializers.SerializerMethodField(
        help_text="The same, at most 400 px on its longer side."
    )

    class Meta:
        model = Picture
        fields = ("id", "url", "thumbnail_url", "width", "height", "created_at", "updated_at")
        read_only_fields = fields

    @extend_schema_field(_URL)
    def get_url(self, picture: Picture) -> str:
        return self._url("file", picture)

    @extend_schema_field(_URL)
    def get_thumbnail_url(self, picture: Picture) -> str:
        return self._url("thumbnail", picture)

    def _url(self, part: str, picture: Picture) -> str:
        request = self.context.get("request")
        return str(reverse(f"picture-{part}", args=[picture.pk], request=request))


class PictureViewSet(OwnedViewSetMixin, GenericViewSet[Picture]):
    """Pictures that you upload for a post or a message."""

    queryset = Picture.objects.order_by("-created_at", "-id")
    serializer_class = PictureSerializer
    parser_classes = (UploadParser,)
    max_body_bytes: ClassVar[int] = MAX_BYTES + MULTIPART_OVERHEAD_BYTES
    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})

    @extend_schema(
        summary="Upload a picture",
        request={"multipart/form-data": PictureBodySerializer},
        responses={201: PictureSerializer, 200: PictureSerializer},
        examples=examples.PICTURE,
    )
    def create(self, request: Request) -> Response:
        """Upload a picture, to be put in a post or message within a day. Safe to repeat."""
        given = PictureBodySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        picture, is_new = pictures.add_picture(
            user_id=self.owner.pk,
            upload=given.validated_data["image"],
            object_id=given.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(self.get_serializer(picture).data, status=code)

    @extend_schema(summary="A picture of yours", examples=examples.PICTURE)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """A picture that you uploaded."""
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(summary="Delete a picture", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a picture that is in no post or message. One that is goes with that."""
        pictures.remove_picture(user_id=self.owner.pk, picture_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="The picture itself", responses={(200, "image/webp"): OpenApiTypes.BINARY}
    )
    @action(detail=True)
    def file(self, request: Request, pk: UUID) -> FileResponse:
        """The picture, at most 2048 pixels on its longer side."""
        return _file(request, pk, "image")

    @extend_schema(
        summary="The picture, small", responses={(200, "image/webp"): OpenApiTypes.BINARY}
    )
    @action(detail=True)
    def thumbnail(self, request: Request, pk: UUID) -> FileResponse:
        """The picture, at most 400 pixels on its longer side."""
        return _file(request, pk, "thumbnail")


def represent_pictures(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = Picture.objects.filter(user=user_id, pk__in=ids)
    return {row.pk: PictureSerializer(row).data for row in rows}


def _file(request: Request, picture_id: UUID, part: str) -> FileResponse:
    viewer_id = viewer_of(request)
    hidden = people.hidden_from(viewer_id)
    names = reading.picture_files(picture_id, viewer_id=viewer_id, hidden=hidden)
    if names is None:
        raise Http404
    try:
        source = pictures.storage().open(names[part])
    except FileNotFoundError:
        raise Http404 from None
    size = names[part].rpartition("-")[2]
    response = FileResponse(source, content_type="image/webp", filename=f"picture-{size}")
    response.headers["Cache-Control"] = CACHED
    return response


router = SimpleRouter(use_regex_path=False)
router.register("pictures", PictureViewSet)

urlpatterns = router.urls
