"""The diary and the catalogue over HTTP."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from users.api.listing import filter_values, sql_page_response
from users.api.owned import CreateOnceMixin, OwnedViewSetMixin, idempotency_key
from users.api.pagination import PageRequest
from workouts import selectors
from workouts.api.filters import ExerciseFilter, WorkoutFilter
from workouts.api.serializers import (
    CopySerializer,
    ExerciseSerializer,
    FinishSerializer,
    StartSerializer,
    WorkoutDetailSerializer,
    WorkoutListSerializer,
    WorkoutSerializer,
)
from workouts.api.sets import (
    OrderSerializer,
    SetChangeSerializer,
    SetSerializer,
    StoredSetSerializer,
)
from workouts.models import Exercise, Workout, WorkoutSet
from workouts.selectors import CatalogueFilter, DiaryFilter
from workouts.services import exercises, sets, workouts

DIARY_KEY = (models.DateField(), models.TimeField(), models.UUIDField())
NAME_KEY = (models.TextField(), models.UUIDField())
# They hold no state of a request, and to build one takes longer than to insert a workout.
WHOLE_WORKOUT, CHANGED_WORKOUT = WorkoutSerializer(), WorkoutSerializer(partial=True)
MATCH_KEY = (models.FloatField(), models.UUIDField())


@extend_schema_view(
    create=extend_schema(
        request=WorkoutSerializer,
        responses={201: WorkoutDetailSerializer, 200: WorkoutDetailSerializer},
    ),
    update=extend_schema(request=WorkoutSerializer, responses=WorkoutDetailSerializer),
    partial_update=extend_schema(request=WorkoutSerializer, responses=WorkoutDetailSerializer),
)
class WorkoutViewSet(OwnedViewSetMixin, GenericViewSet[Workout]):
    """Your training diary."""

    queryset = Workout.objects.order_by("-date", "-start_time", "-id")
    serializer_class = WorkoutSerializer
    filterset_class = WorkoutFilter
    creates_once: ClassVar[frozenset[str]] = frozenset({"create", "start", "duplicate", "add_set"})

    @extend_schema(responses=WorkoutListSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Your workouts, newest first."""
        page_request = PageRequest.of(request)
        page = selectors.diary_page(
            user_id=self.owner.pk,
            narrowed=DiaryFilter(**filter_values(WorkoutFilter, request)),
            size=page_request.size,
            place=page_request.place_in(DIARY_KEY),
        )
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("date", "start_time", "id")
        )

    @extend_schema(responses=WorkoutDetailSerializer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One workout with its sets grouped by exercise."""
        return Response(self._shown(pk))

    def create(self, request: Request) -> Response:
        """Log a workout with its sets, all or nothing. Safe to repeat with an id or a key."""
        content = self._content(request)
        workout_id, is_new = workouts.log_workout(
            user_id=self.owner.pk,
            content=content,
            object_id=content.pop("id", None),
            idempotency_key=idempotency_key(request),
        )
        return self._made(workout_id, is_new=is_new)

    def update(self, request: Request, pk: UUID) -> Response:
        """Replace the workout and its sets. What you leave out becomes empty."""
        content = self._content(request)
        self._require(pk)
        workouts.replace_workout(user_id=self.owner.pk, workout_id=pk, content=content)
        return Response(self._shown(pk))

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change some fields. `sets`, if given, replaces them all."""
        content = self._content(request, partial=True)
        self._require(pk)
        workouts.change_workout(user_id=self.owner.pk, workout_id=pk, content=content)
        return Response(self._shown(pk))

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete the workout and its sets."""
        self._require(pk)
        workouts.delete_workout(user_id=self.owner.pk, workout_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        request=StartSerializer,
        responses={201: WorkoutDetailSerializer, 200: WorkoutDetailSerializer},
    )
    @action(detail=False, methods=["post"])
    def start(self, request: Request) -> Response:
        """Begin a workout now. One at a time. Safe to repeat with an id or a key."""
        shape = StartSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        content = dict(shape.validated_data)
        workout_id, is_new = workouts.start_workout(
            user_id=self.owner.pk,
            now=timezone.now(),
            object_id=content.pop("id", None),
            content=content,
            idempotency_key=idempotency_key(request),
        )
        return self._made(workout_id, is_new=is_new)

    @extend_schema(request=FinishSerializer, responses=WorkoutDetailSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: UUID) -> Response:
        """End the running workout; its duration follows."""
        shape = FinishSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        self._require(pk)
        workouts.finish_workout(
            user_id=self.owner.pk,
            workout_id=pk,
            finished_at=shape.validated_data.get("finished_at") or timezone.now(),
            session_rpe=shape.validated_data.get("session_rpe"),
        )
        return Response(self._shown(pk))

    @extend_schema(
        request=CopySerializer,
        responses={201: WorkoutDetailSerializer, 200: WorkoutDetailSerializer},
    )
    @action(detail=True, methods=["post"])
    def duplicate(self, request: Request, pk: UUID) -> Response:
        """The same sets again, as a workout of now. Safe to repeat with an id or a key."""
        shape = CopySerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        self._require(pk)
        workout_id, is_new = workouts.duplicate_workout(
            user_id=self.owner.pk,
            workout_id=pk,
            now=timezone.now(),
            object_id=shape.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
        )
        return self._made(workout_id, is_new=is_new)

    @extend_schema(responses=StoredSetSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def sets(self, request: Request, pk: UUID) -> Response:
        """The sets in the order in which they were done."""
        self._require(pk)
        rows = WorkoutSet.objects.owned_by(self.owner).filter(workout=pk).in_order()
        return Response(StoredSetSerializer(rows, many=True).data)

    @extend_schema(
        request=SetSerializer, responses={201: StoredSetSerializer, 200: StoredSetSerializer}
    )
    @sets.mapping.post
    def add_set(self, request: Request, pk: UUID) -> Response:
        """Put a set at the end. Safe to repeat with an id or a key."""
        shape = SetSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        self._require(pk)
        row, is_new = sets.add_set(
            user_id=self.owner.pk,
            workout_id=pk,
            content=shape.validated_data,
            idempotency_key=idempotency_key(request),
        )
        row.refresh_from_db()
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(StoredSetSerializer(row).data, status=code)

    @extend_schema(request=OrderSerializer, responses=WorkoutDetailSerializer)
    @action(detail=True, methods=["put"], url_path="sets/order")
    def order(self, request: Request, pk: UUID) -> Response:
        """Put the sets into another order."""
        shape = OrderSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        self._require(pk)
        sets.reorder_sets(
            user_id=self.owner.pk, workout_id=pk, order=shape.validated_data["order"]
        )
        return Response(self._shown(pk))

    def _content(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        serializer = CHANGED_WORKOUT if partial else WHOLE_WORKOUT
        content: dict[str, Any] = serializer.run_validation(request.data)
        return content

    def _made(self, workout_id: UUID, *, is_new: bool) -> Response:
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(self._shown(workout_id), status=code)

    def _require(self, workout_id: UUID) -> None:
        if not self.get_queryset().filter(pk=workout_id).exists():
            raise Http404

    def _shown(self, workout_id: UUID) -> dict[str, Any]:
        found = selectors.workout_with_sets(user_id=self.owner.pk, workout_id=workout_id)
        if found is None:
            raise Http404
        return found


class WorkoutSetViewSet(OwnedViewSetMixin, GenericViewSet[WorkoutSet]):
    """Single sets, while you train."""

    queryset = WorkoutSet.objects.all()
    serializer_class = StoredSetSerializer

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One set."""
        return Response(StoredSetSerializer(self.get_object()).data)

    @extend_schema(request=SetChangeSerializer, responses=StoredSetSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change some fields of a set."""
        shape = SetChangeSerializer(data=request.data, partial=True)
        shape.is_valid(raise_exception=True)
        self.get_object()
        row = sets.change_set(user_id=self.owner.pk, set_id=pk, content=shape.validated_data)
        return Response(StoredSetSerializer(row).data)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Remove a set; the ones after it move up."""
        self.get_object()
        sets.remove_set(user_id=self.owner.pk, set_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExerciseViewSet(CreateOnceMixin, mixins.DestroyModelMixin, GenericViewSet[Exercise]):
    """The catalogue, and your own exercises, which nobody else sees."""

    queryset = Exercise.objects.order_by("name", "id")
    serializer_class = ExerciseSerializer
    filterset_class = ExerciseFilter

    def get_queryset(self) -> QuerySet[Exercise]:  # type: ignore[override]
        """What may be changed and deleted: the person's own ones."""
        return Exercise.objects.owned_by(self.request.user)

    def list(self, request: Request) -> Response:
        """Exercises by name, or the best matches of `q` first."""
        values = filter_values(ExerciseFilter, request)
        page_request = PageRequest.of(request)
        page = selectors.catalogue_page(
            user_id=self.owner.pk,
            narrowed=CatalogueFilter(**values),
            size=page_request.size,
            place=page_request.place_in(MATCH_KEY if "q" in values else NAME_KEY),
        )
        key = ("match", "id") if "q" in values else ("sort_name", "id")
        answer = sql_page_response(request=request, page_request=page_request, page=page, key=key)
        for row in page.rows:
            del row[key[0]]
        return answer

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One exercise."""
        return Response(self._shown(pk))

    def perform_create_once(
        self, serializer: BaseSerializer[Any], object_id: UUID, creation_hash: bytes
    ) -> Exercise:
        content = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        return exercises.create_exercise(
            user_id=self.owner.pk,
            object_id=object_id,
            content=content,
            creation_hash=creation_hash,
        )

    def represent(self, row: Exercise) -> Any:
        return self._shown(row.pk)

    def update(self, request: Request, pk: UUID) -> Response:
        """Replace your own exercise. What you leave out becomes empty."""
        return self._change(request, pk, partial=False)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change your own exercise."""
        return self._change(request, pk, partial=True)

    def perform_destroy(self, instance: Exercise) -> None:
        exercises.delete_exercise(user_id=self.owner.pk, exercise_id=instance.pk)

    def _change(self, request: Request, pk: UUID, *, partial: bool) -> Response:
        exercise = self.get_object()
        serializer = self.get_serializer(exercise, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        content = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        if not partial:
            content = {**exercises.BLANK, **content}
        exercises.change_exercise(user_id=self.owner.pk, exercise_id=pk, content=content)
        return Response(self._shown(pk))

    def _shown(self, exercise_id: UUID) -> dict[str, Any]:
        found = selectors.exercises(user_id=self.owner.pk, ids=[exercise_id])
        if not found:
            raise Http404
        return found[0]
