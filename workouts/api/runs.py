"""Following a plan over HTTP, and what there is to lift."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from pydantic import TypeAdapter
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from users.api.fields import IdField
from users.api.listing import filter_values
from users.api.owned import OwnedViewSetMixin, idempotency_key
from users.selectors import today_of
from workouts import selectors
from workouts.api.documents import shape
from workouts.api.filters import PlanRunFilter, RuleEvaluationFilter
from workouts.api.plans import StartSerializer
from workouts.api.serializers import WorkoutDetailSerializer
from workouts.models import (
    PlanPause,
    PlanRun,
    RuleEvaluation,
    SkippedSession,
)
from workouts.selectors import runs as run_selectors
from workouts.services import replays, runs
from workouts.training.rules import Rule


class PauseSerializer(serializers.ModelSerializer[PlanPause]):
    class Meta:
        model = PlanPause
        fields = ("starts_on", "ends_on", "reason")


@extend_schema_field({"type": "object", "additionalProperties": shape("TrackState")})
class StateField(serializers.DictField):
    pass


class PlanRunSerializer(serializers.ModelSerializer[PlanRun]):
    """A run of a plan; `state` says where each track stands, loads in kg."""

    plan = serializers.UUIDField(source="plan_id")
    version = serializers.IntegerField(source="version_number", help_text="Of the plan.")
    name = serializers.CharField(source="plan_name", help_text="Of the plan.")
    gym = serializers.UUIDField(source="gym_id", allow_null=True)
    state = StateField(help_text="By track: load_kg, training_max_kg, stage …")
    pauses = PauseSerializer(many=True)

    class Meta:
        model = PlanRun
        fields = (
            "id",
            "plan",
            "version",
            "name",
            "gym",
            "status",
            "started_on",
            "finished_on",
            "state",
            "pauses",
            "created_at",
            "updated_at",
        )


class StartRunSerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    plan = IdField(help_text="One of your own; copy a published one first.")
    gym = IdField(required=False, allow_null=True, help_text="Your default one without it.")
    started_on = serializers.DateField(required=False, help_text="Your today without it.")
    starts = StartSerializer(
        many=True,
        required=False,
        max_length=100,  # type: ignore[call-arg]
        help_text="Where lifts stand; the others follow from the plan and your history.",
    )

    def validate_started_on(self, day: Any) -> Any:
        if not 1970 <= day.year <= 2199:  # noqa: PLR2004 - the years of the diary
            raise ValidationError("Must be from 1970 to 2199.", code="out_of_range")
        return day


class ChangeRunSerializer(serializers.Serializer[Any]):
    gym = IdField(required=False, allow_null=True, help_text="Loads are those of this gym.")


class BeginSessionSerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Of the workout, made by the phone.")


class SkipSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(
        min_value=1, max_value=364, required=False, help_text="Of the session, which is the next."
    )


class PauseRunSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=100, required=False, allow_blank=True)


class RuleEvaluationSerializer(serializers.ModelSerializer[RuleEvaluation]):
    """A decision: what the rule looked at, what it changed, and why."""

    class Meta:
        model = RuleEvaluation
        fields = (
            "id",
            "session_number",
            "planned_exercise_id",
            "name",
            "track",
            "rule",
            "action",
            "reason",
            "inputs",
            "before",
            "after",
            "evaluated_at",
        )


def as_shown(rows: QuerySet[PlanRun]) -> QuerySet[PlanRun]:
    """With what is shown of their plans. Of the document, which is long, that is the name."""
    return rows.annotate(
        version_number=F("version__version"),
        plan_name=KeyTextTransform("name", "version__document"),
    ).prefetch_related("pauses")


class PlanRunViewSet(OwnedViewSetMixin, GenericViewSet[PlanRun]):
    """The plans that you follow: what to do today, and why."""

    queryset = PlanRun.objects.order_by("-id")
    serializer_class = PlanRunSerializer
    filterset_class = PlanRunFilter
    creates_once: ClassVar[frozenset[str]] = frozenset({"create", "start"})

    def list(self, request: Request) -> Response:
        """The plans that you follow or followed, newest first."""
        page = self.paginate_queryset(as_shown(self.filter_queryset(self.get_queryset()))) or []
        replays.settle_page(page)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One run, with where it stands."""
        run = as_shown(self.get_queryset()).get(pk=pk)
        replays.settle(run)
        return Response(self.get_serializer(run).data)

    @extend_schema(
        request=StartRunSerializer, responses={201: PlanRunSerializer, 200: PlanRunSerializer}
    )
    def create(self, request: Request) -> Response:
        """Begin to follow a plan as it is now. Safe to repeat with an id or a key."""
        given = StartRunSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        content = dict(given.validated_data)
        run_id, is_new = runs.start_run(
            user_id=self.owner.pk,
            object_id=content.pop("id", None),
            content=content,
            now=timezone.now(),
            idempotency_key=idempotency_key(request),
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return self._shown(run_id, code)

    @extend_schema(request=ChangeRunSerializer, responses=PlanRunSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Train in another gym."""
        given = ChangeRunSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        self._require(pk)
        runs.change_run(user_id=self.owner.pk, run_id=pk, content=given.validated_data)
        return self._shown(pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Forget the run and its decisions; its workouts stay."""
        self._require(pk)
        runs.delete_run(user_id=self.owner.pk, run_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={200: OpenApiResponse(shape("Today"))}, filters=False)
    @action(detail=True)
    def today(self, request: Request, pk: UUID) -> Response:
        """The next session: exercises, sets, loads that you can make, and why."""
        run = self._with_version(pk)
        past = replays.settle(run)
        day = today_of(self.owner.pk, now=timezone.now())
        return Response(run_selectors.today(run, past, day=day))

    @extend_schema(
        request=BeginSessionSerializer,
        responses={201: WorkoutDetailSerializer, 200: WorkoutDetailSerializer},
    )
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: UUID) -> Response:
        """Begin the next session as a running workout, with a target beside each set."""
        given = BeginSessionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        self._require(pk)
        workout_id, is_new = runs.start_session(
            user_id=self.owner.pk,
            run_id=pk,
            now=timezone.now(),
            object_id=given.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
        )
        shown = selectors.workout_with_sets(user_id=self.owner.pk, workout_id=workout_id)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(shown, status=code)

    @extend_schema(request=SkipSerializer, responses=PlanRunSerializer)
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, pk: UUID) -> Response:
        """Leave the next session out. Safe to repeat with its number."""
        given = SkipSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        self._require(pk)
        runs.skip_session(
            user_id=self.owner.pk, run_id=pk, now=timezone.now(), **given.validated_data
        )
        return self._shown(pk)

    @extend_schema(responses={204: None})
    @action(detail=True, methods=["delete"], url_path="skipped/<int:number>")
    def unskip(self, request: Request, pk: UUID, number: int) -> Response:
        """Take the skipping of a session back."""
        self._require(pk)
        try:
            runs.unskip_session(user_id=self.owner.pk, run_id=pk, number=min(number, 2**31 - 1))
        except SkippedSession.DoesNotExist:
            raise Http404 from None
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=PauseRunSerializer, responses=PlanRunSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: UUID) -> Response:
        """Freeze it, as in an illness: its weeks ask for nothing until you resume."""
        given = PauseRunSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        self._require(pk)
        runs.pause_run(
            user_id=self.owner.pk, run_id=pk, now=timezone.now(), **given.validated_data
        )
        return self._shown(pk)

    @extend_schema(request=None, responses=PlanRunSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: UUID) -> Response:
        """Go on after a pause."""
        self._require(pk)
        runs.resume_run(user_id=self.owner.pk, run_id=pk, now=timezone.now())
        return self._shown(pk)

    @extend_schema(request=None, responses=PlanRunSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: UUID) -> Response:
        """Stop following the plan; what you did stays."""
        self._require(pk)
        runs.finish_run(user_id=self.owner.pk, run_id=pk, now=timezone.now())
        return self._shown(pk)

    @extend_schema(responses={200: OpenApiResponse(shape("Adherence"))}, filters=False)
    @action(detail=True)
    def adherence(self, request: Request, pk: UUID) -> Response:
        """Planned against performed, week by week; frozen weeks do not count."""
        run = self._with_version(pk)
        past = run_selectors.history(run)
        today = today_of(self.owner.pk, now=timezone.now())
        return Response(run_selectors.adherence(run, past, today=today))

    @extend_schema(
        parameters=[
            OpenApiParameter("session_number", int, description="Of this session."),
            OpenApiParameter("track", str, description="Of this track."),
        ],
        responses=RuleEvaluationSerializer(many=True),
    )
    @action(detail=True, filterset_class=None)
    def decisions(self, request: Request, pk: UUID) -> Response:
        """Why loads moved, newest first."""
        run = self.get_object()
        replays.settle(run)
        narrowed = filter_values(RuleEvaluationFilter, request)
        rows = RuleEvaluation.objects.filter(user=self.owner, run=run, **narrowed)
        page = self.paginate_queryset(rows.order_by("-session_number", "-place", "-id"))
        return self.get_paginated_response(RuleEvaluationSerializer(page, many=True).data)

    def _require(self, run_id: UUID) -> None:
        if not self.get_queryset().filter(pk=run_id).exists():
            raise Http404

    def _with_version(self, run_id: UUID) -> PlanRun:
        run: PlanRun = self.get_queryset().select_related("version").get(pk=run_id)
        return run

    def _shown(self, run_id: UUID, code: int = status.HTTP_200_OK) -> Response:
        run = as_shown(self.get_queryset()).get(pk=run_id)
        return Response(self.get_serializer(run).data, status=code)


class ProgressionRulesView(APIView):
    """The progression rules that a planned exercise may carry."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses={200: {"type": "object", "description": "A JSON schema."}})
    def get(self, request: Request) -> Response:
        """The rules as a JSON schema, with what each does and its defaults."""
        return Response(TypeAdapter(Rule).json_schema())


def represent_runs(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = as_shown(PlanRun.objects.filter(user=user_id, pk__in=ids))
    return {row.pk: PlanRunSerializer(row).data for row in rows}
