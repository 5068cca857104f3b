"""History from and to other apps over HTTP."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from users.api.fields import IdField, RowsField
from users.api.owned import CreateOnceMixin, OwnedViewSetMixin, idempotency_key
from users.api.parsers import UploadParser
from users.localtime import validate_time_zone
from users.models import User
from workouts.api.serializers import VisibleExerciseField
from workouts.models import Exercise, ExerciseAlias, RowError, WorkoutImport
from workouts.models.transfer import ImportSource, ImportStatus
from workouts.services import transfers
from workouts.services.transfers_export import export_csv
from workouts.services.transfers_names import alias_key
from workouts.transfer.texts import is_visible

MULTIPART_OVERHEAD_BYTES = 64 * 1024
MAX_ANSWERS = 500
# What browsers and phones call a CSV file; whether it is one, its content tells.
TEXTS = ("application/csv", "application/x-csv", "application/vnd.ms-excel")
UNTOLD = ("", "application/octet-stream")
WEIGHT_UNITS = ["kg", "lb"]


class SuggestionSerializer(serializers.Serializer[Any]):
    exercise = serializers.UUIDField()
    name = serializers.CharField()
    match = serializers.FloatField(help_text="How alike the spelling is, from 0 to 1.")


class UnknownNameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="As the file has it.")
    sets = serializers.IntegerField(help_text="How many it has in the file.")
    suggestions = SuggestionSerializer(many=True)


class GuessedNameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="As the file has it.")
    exercise = serializers.UUIDField()
    exercise_name = serializers.CharField()


class QuestionsSerializer(serializers.Serializer[Any]):
    """What the import waits for; `guessed` are names that it takes for an exercise."""

    weight_unit = serializers.ListField(child=serializers.CharField(), required=False)
    distance_unit = serializers.ListField(child=serializers.CharField(), required=False)
    date_order = serializers.ListField(child=serializers.CharField(), required=False)
    exercises = UnknownNameSerializer(many=True, required=False)
    guessed = GuessedNameSerializer(many=True, required=False)


@extend_schema_field(QuestionsSerializer)
class QuestionsField(serializers.JSONField):
    pass


class WorkoutImportSerializer(serializers.ModelSerializer[WorkoutImport]):
    """A file of another app's workouts, how far it is, and what it waits for."""

    status = serializers.ChoiceField(choices=ImportStatus.choices)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=ImportSource.choices, allow_blank=True, help_text="Empty until it is found out."
    )
    questions = QuestionsField()

    class Meta:
        model = WorkoutImport
        fields = (
            "id",
            "status",
            "source",
            "file_name",
            "size_bytes",
            "weight_unit",
            "distance_unit",
            "date_order",
            "timezone",
            "dry_run",
            "create_unknown",
            "questions",
            "rows_total",
            "rows_done",
            "workouts_new",
            "workouts_known",
            "sets_new",
            "errors_count",
            "error",
            "created_at",
            "updated_at",
            "finished_at",
        )
        read_only_fields = fields


class OptionsSerializer(serializers.Serializer[Any]):
    """How to read a file where it does not say so itself."""

    weight_unit = serializers.ChoiceField(
        choices=WEIGHT_UNITS,
        required=False,
        allow_blank=True,
        help_text="Of loads without a unit; detected or asked about without it.",
    )
    distance_unit = serializers.ChoiceField(
        choices=["km", "mi", "m"], required=False, allow_blank=True
    )
    date_order = serializers.ChoiceField(
        choices=["day_first", "month_first"],
        required=False,
        allow_blank=True,
        help_text="Of dates that can be read in two ways.",
    )
    timezone = serializers.CharField(
        max_length=50,
        required=False,
        validators=[validate_time_zone],
        help_text="IANA name of the zone of its times; that of your profile without it.",
    )
    dry_run = serializers.BooleanField(
        required=False, help_text="Look what it would bring, and store no workout."
    )
    create_unknown = serializers.BooleanField(
        required=False, help_text="Make custom exercises of names that are not known."
    )


class UploadSerializer(OptionsSerializer):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    file = serializers.FileField(help_text="CSV as Strong or Hevy export it; at most 20 MB.")

    def validate_file(self, file: Any) -> Any:
        kind = (file.content_type or "").split(";")[0].strip().lower()
        if not (kind.startswith("text/") or kind in TEXTS or kind in UNTOLD):
            raise ValidationError(f"This is {kind}. Send CSV.", code="unsupported_type")
        return file


class NameAnswerSerializer(serializers.Serializer[Any]):
    """What a name of the file means: an exercise, or a new custom one."""

    name = serializers.CharField(max_length=100)
    exercise = IdField(required=False)
    create = serializers.BooleanField(required=False)  # type: ignore[assignment]


@extend_schema_field(NameAnswerSerializer(many=True))
class NameAnswersField(RowsField):
    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        rows = super().to_internal_value(data)
        for index, row in enumerate(rows):
            if bool(row.get("create")) is ("exercise" in row):
                message = "Give either an exercise, or create."
                raise ValidationError({str(index): {"exercise": [message]}}, code="invalid")
        return rows


class AnswersSerializer(OptionsSerializer):
    exercises = NameAnswersField(
        row=NameAnswerSerializer,
        max_length=MAX_ANSWERS,
        required=False,
        help_text="What names of the file mean; remembered for later imports.",
    )


class RowErrorSerializer(serializers.ModelSerializer[RowError]):
    """What is wrong with a line of the file."""

    class Meta:
        model = RowError
        fields = ("line", "column", "code", "message")


class UploadViewSet(OwnedViewSetMixin, mixins.ListModelMixin, GenericViewSet[WorkoutImport]):
    """Imports of your history, newest first."""

    queryset = WorkoutImport.objects.order_by("-id")
    serializer_class = WorkoutImportSerializer
    parser_classes = (UploadParser,)
    max_body_bytes: ClassVar[int] = transfers.MAX_FILE_BYTES + MULTIPART_OVERHEAD_BYTES
    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})

    @extend_schema(
        request={"multipart/form-data": UploadSerializer},
        responses={202: WorkoutImportSerializer, 200: WorkoutImportSerializer},
    )
    def create(self, request: Request) -> Response:
        """Upload a file of Strong or Hevy. Safe to repeat with an id or a key; one at a time."""
        given = UploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        options = dict(given.validated_data)
        job, is_new = transfers.request_import(
            user_id=self.owner.pk,
            upload=options.pop("file"),
            object_id=options.pop("id", None),
            options=options,
            idempotency_key=idempotency_key(request),
        )
        code = status.HTTP_202_ACCEPTED if is_new else status.HTTP_200_OK
        return Response(self.get_serializer(job).data, status=code)


class WorkoutImportViewSet(
    OwnedViewSetMixin, mixins.RetrieveModelMixin, GenericViewSet[WorkoutImport]
):
    """One import: its progress, its questions, and the way back."""

    queryset = WorkoutImport.objects.order_by("-id")
    serializer_class = WorkoutImportSerializer

    @extend_schema(request=AnswersSerializer, responses=WorkoutImportSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Answer what it asks, or change how it reads; it is then run again."""
        given = AnswersSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        self.get_object()
        job = transfers.answer_import(
            user_id=self.owner.pk, import_id=pk, answers=given.validated_data
        )
        return Response(self.get_serializer(job).data)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Forget the import and its file; the workouts that it brought stay."""
        transfers.remove_import(job=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=RowErrorSerializer(many=True))
    @action(detail=True)
    def errors(self, request: Request, pk: UUID) -> Response:
        """The lines that could not be taken, the first thousand of them."""
        job = self.get_object()
        rows = RowError.objects.owned_by(self.owner).filter(job=job).order_by("line", "id")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(RowErrorSerializer(page, many=True).data)

    @extend_schema(request=None, responses=WorkoutImportSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: UUID) -> Response:
        """Delete the workouts that this import brought; those that you changed since stay."""
        self.get_object()
        job = transfers.undo_import(user_id=self.owner.pk, import_id=pk)
        return Response(self.get_serializer(job).data)


class ExerciseAliasSerializer(serializers.ModelSerializer[ExerciseAlias]):
    """What another app calls an exercise; later imports go by it."""

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    exercise = VisibleExerciseField(queryset=Exercise.objects.all(), pk_field=IdField())

    class Meta:
        model = ExerciseAlias
        fields = ("id", "name", "exercise", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")

    def validate_name(self, name: str) -> str:
        if not is_visible(name):
            raise ValidationError("Give a name that can be seen.", code="blank")
        return alias_key(name)


class ExerciseAliasViewSet(
    CreateOnceMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[ExerciseAlias],
):
    """What names in other apps' files mean to you."""

    queryset = ExerciseAlias.objects.order_by("name", "id")
    serializer_class = ExerciseAliasSerializer
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]


class ExportSerializer(serializers.Serializer[Any]):
    app = serializers.ChoiceField(
        choices=ImportSource.choices, default=ImportSource.STRONG, help_text="Whose format."
    )
    weight_unit = serializers.ChoiceField(
        choices=WEIGHT_UNITS, default="kg", help_text="Of the loads in the file."
    )


class WorkoutExportView(APIView):
    """Your diary as a file of another app."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(parameters=[ExportSerializer], responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request) -> StreamingHttpResponse:
        """All finished workouts as CSV, oldest first."""
        given = ExportSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        app = given.validated_data["app"]
        assert isinstance(request.user, User)
        lines = export_csv(user_id=request.user.pk, **given.validated_data)
        return StreamingHttpResponse(
            lines,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="numeneon-{app}.csv"'},
        )


def represent_imports(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = WorkoutImport.objects.filter(user=user_id, pk__in=ids)
    return {row.pk: WorkoutImportSerializer(row).data for row in rows}


def represent_aliases(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = ExerciseAlias.objects.filter(user=user_id, pk__in=ids)
    return {row.pk: ExerciseAliasSerializer(row).data for row in rows}
