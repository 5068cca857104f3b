"""Files of recordings, over HTTP."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.conf import settings
from django.urls import include, path
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

from users.api.fields import IdField
from users.api.owned import OwnedViewSetMixin, idempotency_key
from users.api.parsers import UploadParser
from users.api.serializers import represent
from wearables.models import ActivityImport, FileFormat
from wearables.services import imports, imports_undo

MULTIPART_OVERHEAD_BYTES: Final = 64 * 1024
_STATES: Final = ("pending", "running", "done", "failed", "undone")
_IMPORT: Final[dict[str, Any]] = {
    "id": "019a2f80-5b1e-7c44-9d13-0a7be4f2c611",
    "status": "done",
    "format": "apple_health",
    "file_name": "export.zip",
    "size_bytes": 48210331,
    "bytes_read": 1204553120,
    "bytes_total": 1204553120,
    "workouts_new": 312,
    "workouts_known": 0,
    "days_new": 2148,
    "sleeps_new": 968,
    "heart_rates_new": 1420311,
    "problems": [],
    "error": "",
    "created_at": "2026-03-02T07:10:05Z",
    "updated_at": "2026-03-02T07:11:48Z",
    "finished_at": "2026-03-02T07:11:48Z",
}
_WAITING: Final[dict[str, Any]] = {
    **_IMPORT,
    "status": "pending",
    "format": "fit",
    "file_name": "morning-run.fit",
    "size_bytes": 121839,
    "bytes_read": 0,
    "bytes_total": 121839,
    "workouts_new": 0,
    "days_new": 0,
    "sleeps_new": 0,
    "heart_rates_new": 0,
    "updated_at": "2026-03-02T07:10:05Z",
    "finished_at": None,
}
_DONE_EXAMPLE: Final = [
    OpenApiExample("An export of Apple Health", value=_IMPORT, response_only=True)
]
_UNDONE_EXAMPLE: Final = [
    OpenApiExample(
        "Undone",
        value={
            **_IMPORT,
            "status": "undone",
            "workouts_new": 0,
            "days_new": 0,
            "sleeps_new": 0,
            "heart_rates_new": 0,
        },
        response_only=True,
    )
]


class ImportProblemSerializer(serializers.Serializer[Any]):
    """A part of a file that could not be taken, or the reason why none of it could."""

    name = serializers.CharField(help_text="Of the part: an entry of an archive, a track, a day.")
    code = serializers.CharField(help_text="For machines, such as truncated or bad_checksum.")
    message = serializers.CharField(help_text="For people.")


class ActivityImportSerializer(serializers.ModelSerializer[ActivityImport]):
    """A file of recordings, how far it is read, and what it brought."""

    status = serializers.ChoiceField(choices=_STATES, help_text="Where it stands.")
    format = serializers.ChoiceField(
        choices=FileFormat.choices, help_text="By what is in it, whatever its name says."
    )
    file_name = serializers.CharField(help_text="As it was uploaded.")
    size_bytes = serializers.IntegerField(help_text="bytes, as it was uploaded")
    bytes_total = serializers.IntegerField(help_text="bytes, unpacked")
    bytes_read = serializers.IntegerField(help_text="bytes, unpacked")
    workouts_new = serializers.IntegerField(help_text="Recordings that it brought.")
    workouts_known = serializers.IntegerField(help_text="Recordings that were there already.")
    days_new = serializers.IntegerField(help_text="Days of a source, new or changed.")
    sleeps_new = serializers.IntegerField(help_text="Sleeps that it brought.")
    heart_rates_new = serializers.IntegerField(help_text="Samples that it brought.")
    problems = ImportProblemSerializer(many=True, help_text="The first fifty.")
    error = serializers.CharField(help_text="Why it failed; else empty.")

    class Meta:
        model = ActivityImport
        fields = tuple(_IMPORT)
        read_only_fields = fields


class ActivityUploadSerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    file = serializers.FileField(
        help_text="FIT, TCX or GPX, a zip of such files, or the export of Apple Health."
    )


@extend_schema_view(
    list=extend_schema(summary="Your imports of recordings", examples=_DONE_EXAMPLE),
)
class ActivityUploadViewSet(
    OwnedViewSetMixin, mixins.ListModelMixin, GenericViewSet[ActivityImport]
):
    """Files of recordings, newest first."""

    queryset = ActivityImport.objects.order_by("-id")
    serializer_class = ActivityImportSerializer
    parser_classes = (UploadParser,)
    max_body_bytes: ClassVar[int] = settings.ACTIVITY_IMPORT_MAX_BYTES + MULTIPART_OVERHEAD_BYTES
    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})

    @extend_schema(
        summary="Upload recordings",
        request={"multipart/form-data": ActivityUploadSerializer},
        responses={202: ActivityImportSerializer, 200: ActivityImportSerializer},
        examples=[OpenApiExample("A run that waits", value=_WAITING, response_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Have a file read in the background. Safe to repeat with an id or a key; one at a time.

        What was imported before, from this file or another, is known and not doubled.
        """
        given = ActivityUploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        job, is_new = imports.request_import(
            user_id=self.owner.pk,
            upload=given.validated_data["file"],
            object_id=given.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
        )
        code = status.HTTP_202_ACCEPTED if is_new else status.HTTP_200_OK
        return Response(self.get_serializer(job).data, status=code)


@extend_schema_view(
    retrieve=extend_schema(summary="An import of recordings", examples=_DONE_EXAMPLE),
)
class ActivityImportViewSet(
    OwnedViewSetMixin, mixins.RetrieveModelMixin, GenericViewSet[ActivityImport]
):
    """One file of recordings: how far it is, what it brought, and the way back."""

    queryset = ActivityImport.objects.order_by("-id")
    serializer_class = ActivityImportSerializer

    @extend_schema(summary="Forget an import of recordings", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Forget the import and its file; what it brought stays. One that runs ends there."""
        imports.remove_import(job=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Undo an import of recordings",
        request=None,
        responses=ActivityImportSerializer,
        examples=_UNDONE_EXAMPLE,
    )
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: UUID) -> Response:
        """Delete what it brought; workouts that you changed since stay. Twice is once."""
        self.get_object()
        job = imports_undo.undo_import(user_id=self.owner.pk, import_id=pk)
        return Response(self.get_serializer(job).data)


def represent_activity_imports(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = ActivityImport.objects.filter(user=user_id, pk__in=ids)
    return represent(ActivityImportSerializer, rows)


router = SimpleRouter(use_regex_path=False)
router.register("activity-imports", ActivityUploadViewSet, "activity-uploads")
router.register("activity-imports", ActivityImportViewSet, "activity-imports")
urlpatterns = [path("", include(router.urls))]
