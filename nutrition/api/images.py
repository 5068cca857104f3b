"""Photos of food over HTTP."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db.models import Prefetch
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from nutrition import selectors
from nutrition.api.food_shapes import FoodSerializer
from nutrition.api.meals import EntrySerializer, ShownEntrySerializer, refuse_unclear_amount
from nutrition.models import FoodCandidate, FoodImage
from nutrition.services import confirmations, images
from users.api.fields import IdField
from users.api.filters import TrueOrFalseFilter
from users.api.owned import OwnedViewSetMixin, idempotency_key
from users.api.parsers import UploadParser
from users.models import JobStatus
from users.services.pictures import MAX_BYTES

MULTIPART_OVERHEAD_BYTES: Final = 64 * 1024
# The person's own device may keep it; nobody between it and us.
CACHED: Final = "private, max-age=3600"
_URL: Final = {"type": "string", "format": "uri-reference"}

WITH_CANDIDATES = FoodImage.objects.prefetch_related(
    Prefetch("candidates", FoodCandidate.objects.order_by("rank"))
)


class FoodImageFilter(filters.FilterSet):
    ai_processed = TrueOrFalseFilter(label="Looked at by a recognizer, or not.")
    confirmed = TrueOrFalseFilter(
        field_name="confirmed_at",
        lookup_expr="isnull",
        exclude=True,
        label="Confirmed by you, or not.",
    )

    class Meta:
        model = FoodImage
        fields: list[str] = []


class FoodCandidateSerializer(serializers.ModelSerializer[FoodCandidate]):
    """What the photo may show, and how much of it."""

    food = serializers.SerializerMethodField(help_text="The food of that name, if there is one.")
    unit = serializers.SerializerMethodField(help_text="Of the amount: of the food's serving.")

    class Meta:
        model = FoodCandidate
        fields = ("rank", "label", "confidence", "food", "amount", "unit")
        read_only_fields = fields

    @extend_schema_field(FoodSerializer(allow_null=True))
    def get_food(self, candidate: FoodCandidate) -> Any:
        return self.context["foods"].get(candidate.food_id)

    def get_unit(self, candidate: FoodCandidate) -> str | None:
        food = self.context["foods"].get(candidate.food_id)
        return food["serving_unit"] if food else None


class FoodImageSerializer(serializers.ModelSerializer[FoodImage]):
    """A photo, what it may show, and what you said that it does."""

    status = serializers.ChoiceField(choices=JobStatus.choices)
    image_url = serializers.SerializerMethodField(help_text="WebP; for you alone.")
    thumbnail_url = serializers.SerializerMethodField(help_text="The same, small.")
    meal_entry = serializers.UUIDField(
        source="meal_entry_id", allow_null=True, help_text="What it was logged as."
    )
    food = serializers.UUIDField(
        source="food_id", allow_null=True, help_text="What it was confirmed to be."
    )
    candidates = FoodCandidateSerializer(many=True)

    class Meta:
        model = FoodImage
        fields = (
            "id",
            "status",
            "error",
            "image_url",
            "thumbnail_url",
            "meal_entry",
            "food",
            "ai_processed",
            "ai_confidence",
            "recognizer",
            "candidates",
            "confirmed_at",
            "confirmed_rank",
            "confirmed_amount",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    @extend_schema_field(_URL)
    def get_image_url(self, image: FoodImage) -> str:
        return self._url("image", image)

    @extend_schema_field(_URL)
    def get_thumbnail_url(self, image: FoodImage) -> str:
        return self._url("thumbnail", image)

    def _url(self, part: str, image: FoodImage) -> str:
        request = self.context.get("request")
        return str(reverse(f"food-image-{part}", args=[image.pk], request=request))


class PhotoSerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    image = serializers.FileField(help_text="JPEG, PNG or WebP; at most 10 MB.")


class ConfirmationSerializer(EntrySerializer):
    """What the photo shows, and the rest of the meal entry."""

    id = None  # type: ignore[assignment]
    rank = serializers.IntegerField(required=False, min_value=1, help_text="Of a candidate.")
    food = IdField(required=False, help_text="Another food, if it is none of them.")
    entry_id = IdField(required=False, help_text="Of the meal entry, made by the phone.")

    def validate(self, content: dict[str, Any]) -> dict[str, Any]:
        if ("rank" in content) is ("food" in content):
            message = "Give either the rank of a candidate, or a food."
            raise ValidationError({"rank": message}, code="invalid")
        refuse_unclear_amount(content, needed=False)
        return content


class ConfirmedSerializer(serializers.Serializer[Any]):
    entry = ShownEntrySerializer()
    image = FoodImageSerializer()


class FoodImageViewSetMixin(OwnedViewSetMixin):
    def show(self, image_id: UUID) -> dict[str, Any]:
        rows = WITH_CANDIDATES.filter(user=self.owner, pk=image_id)
        [shown] = _shown(self.owner.pk, rows, self.request)
        return shown


class PhotoViewSet(FoodImageViewSetMixin, GenericViewSet[FoodImage]):
    """Photos of what you ate, newest first."""

    queryset = WITH_CANDIDATES.order_by("-created_at", "-id")
    serializer_class = FoodImageSerializer
    filterset_class = FoodImageFilter
    parser_classes = (UploadParser,)
    max_body_bytes: ClassVar[int] = MAX_BYTES + MULTIPART_OVERHEAD_BYTES
    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})

    def list(self, request: Request) -> Response:
        """Your photos."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        assert page is not None
        return self.get_paginated_response(_shown(self.owner.pk, page, request))

    @extend_schema(
        request={"multipart/form-data": PhotoSerializer},
        responses={
            201: FoodImageSerializer,
            202: FoodImageSerializer,
            200: FoodImageSerializer,
        },
    )
    def create(self, request: Request) -> Response:
        """Upload a photo. 202 means that a recognizer will look at it; safe to repeat."""
        given = PhotoSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        image, is_new = images.add_image(
            user_id=self.owner.pk,
            upload=given.validated_data["image"],
            object_id=given.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
        )
        waits = image.status == JobStatus.PENDING
        code = status.HTTP_202_ACCEPTED if waits else status.HTTP_201_CREATED
        return Response(self.show(image.pk), status=code if is_new else status.HTTP_200_OK)


class FoodImageViewSet(FoodImageViewSetMixin, mixins.DestroyModelMixin, GenericViewSet[FoodImage]):
    """A photo of what you ate."""

    queryset = FoodImage.objects.order_by("-created_at", "-id")
    serializer_class = FoodImageSerializer

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """A photo, and what it may show."""
        self.get_object()
        return Response(self.show(pk))

    def perform_destroy(self, instance: FoodImage) -> None:
        images.remove_image(image=instance)

    @extend_schema(
        request=ConfirmationSerializer,
        responses={201: ConfirmedSerializer, 200: ConfirmedSerializer},
    )
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: UUID) -> Response:
        """Log what it shows: a candidate, or another food. Safe to repeat."""
        given = ConfirmationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        self.get_object()
        entry, is_new = confirmations.confirm_image(
            user_id=self.owner.pk, image_id=pk, content=given.validated_data
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response({"entry": entry, "image": self.show(pk)}, status=code)

    @extend_schema(responses={(200, "image/webp"): OpenApiTypes.BINARY})
    @action(detail=True)
    def image(self, request: Request, pk: UUID) -> FileResponse:
        """The picture, at most 1280 pixels on its longer side."""
        return _file(self.get_object().image)

    @extend_schema(responses={(200, "image/webp"): OpenApiTypes.BINARY})
    @action(detail=True)
    def thumbnail(self, request: Request, pk: UUID) -> FileResponse:
        """The picture, at most 256 pixels on its longer side."""
        return _file(self.get_object().thumbnail)


def represent_images(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = list(WITH_CANDIDATES.filter(user=user_id, pk__in=ids))
    return {row.pk: shown for row, shown in zip(rows, _shown(user_id, rows), strict=True)}


def _shown(
    user_id: UUID, photos: Iterable[FoodImage], request: Request | None = None
) -> list[dict[str, Any]]:
    """Photos with their candidates; the foods of all of them in one query."""
    rows = list(photos)
    ids = {one.food_id for row in rows for one in row.candidates.all() if one.food_id}
    foods = {food["id"]: food for food in selectors.foods(user_id, ids)} if ids else {}
    context = {"foods": foods, "request": request}
    return [FoodImageSerializer(row, context=context).data for row in rows]


def _file(file: FieldFile) -> FileResponse:
    try:
        source = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    name = (file.name or "").rpartition("-")[2]
    response = FileResponse(source, content_type="image/webp", filename=f"photo-{name}")
    response.headers["Cache-Control"] = CACHED
    return response
