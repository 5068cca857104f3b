"""Plans over HTTP: written and read as a whole, browsed, copied, judged."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from users.api.fields import FiniteFloatField, IdField
from users.api.listing import filter_values, sql_page_response
from users.api.owned import OwnedViewSetMixin, idempotency_key
from users.api.pagination import PageRequest
from workouts import selectors
from workouts.api.documents import body, shape
from workouts.api.filters import PlanFilter
from workouts.models import PlanVersion, WorkoutPlan
from workouts.services import forecasts, plans
from workouts.training.document import MAX_DAYS, MAX_EXERCISES, Plan

KEY = (models.UUIDField(),)


@extend_schema_field(shape("Author"))
class AuthorField(serializers.DictField):
    pass


@extend_schema_field(shape("Deload"))
class DeloadField(serializers.JSONField):
    pass


class PlanListSerializer(serializers.ModelSerializer[WorkoutPlan]):
    """A line of the list of plans."""

    author = AuthorField(allow_null=True)
    deload = DeloadField(allow_null=True, help_text="Planned easier weeks, if there are any.")
    days_count = serializers.IntegerField()
    exercises_count = serializers.IntegerField()
    equipment = serializers.ListField(
        child=serializers.CharField(), help_text="Everything that its exercises need."
    )

    class Meta:
        model = WorkoutPlan
        fields = (
            "id",
            "name",
            "description",
            "goal",
            "days_per_week",
            "duration_weeks",
            "fitness_level",
            "is_public",
            "is_ai_generated",
            "progression_strategy",
            "cycle_weeks",
            "deload",
            "version",
            "copied_from",
            "program",
            "created_at",
            "updated_at",
            "author",
            "days_count",
            "exercises_count",
            "equipment",
        )


class PlanCopySerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Of the copy, made by the phone.")
    name = serializers.CharField(max_length=100, required=False, help_text="Of the copy.")


class DayOrderSerializer(serializers.Serializer[Any]):
    id = IdField(help_text="Of the day.")
    exercises = serializers.ListField(
        child=IdField(),
        max_length=MAX_EXERCISES,
        help_text="Planned exercises in the order wanted; they may come from another day.",
    )


class PlanOrderSerializer(serializers.Serializer[Any]):
    days = DayOrderSerializer(many=True, max_length=MAX_DAYS)  # type: ignore[call-arg]


@extend_schema_serializer(component_name="LiftStart")
class StartSerializer(serializers.Serializer[Any]):
    """Where a lift stands."""

    track = serializers.CharField(
        max_length=40, required=False, help_text="A track of the plan, or a planned exercise's id."
    )
    exercise = IdField(required=False, help_text="All tracks of an exercise.")
    load_kg = FiniteFloatField(
        min_value=0, max_value=2000, allow_null=True, required=False, help_text="kg, to work with"
    )
    training_max_kg = FiniteFloatField(
        min_value=1, max_value=2000, allow_null=True, required=False, help_text="kg"
    )
    one_rm_kg = FiniteFloatField(
        min_value=1,
        max_value=2000,
        allow_null=True,
        required=False,
        help_text="kg; with an exercise",
    )

    def validate(self, content: dict[str, Any]) -> dict[str, Any]:
        if ("track" in content) == ("exercise" in content):
            raise ValidationError({"track": "Give either a track or an exercise."})
        if content.get("one_rm_kg") is not None and "exercise" not in content:
            raise ValidationError({"one_rm_kg": "It belongs to an exercise."})
        return content


class SimulateSerializer(serializers.Serializer[Any]):
    weeks = serializers.IntegerField(
        min_value=1,
        max_value=52,
        required=False,
        help_text="The whole plan without it, or as much of a very full one as is possible.",
    )
    starts = StartSerializer(many=True, required=False, max_length=100)  # type: ignore[call-arg]


class VersionSerializer(serializers.ModelSerializer[PlanVersion]):
    class Meta:
        model = PlanVersion
        fields = ("version", "created_at")


class WorkoutPlanViewSet(OwnedViewSetMixin, GenericViewSet[WorkoutPlan]):
    """Your training plans, and those that others have published."""

    queryset = WorkoutPlan.objects.order_by("-id")
    serializer_class = PlanListSerializer
    filterset_class = PlanFilter
    creates_once: ClassVar[frozenset[str]] = frozenset({"create", "copy"})

    @extend_schema(responses=PlanListSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Your plans, newest first; with `public=true`, all that are published."""
        page_request = PageRequest.of(request)
        values = filter_values(PlanFilter, request)
        if "equipment" in values:
            values["equipment"] = tuple(filter(None, values["equipment"])) or None
        page = selectors.plan_page(
            viewer_id=self.owner.pk,
            narrowed=selectors.PlanFilter(**values),
            size=page_request.size,
            place=page_request.place_in(KEY),
        )
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("id",)
        )

    @extend_schema(responses={200: OpenApiResponse(shape("PlanShown"))})
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """A whole plan: your own, or a published one."""
        return Response(self._shown(pk))

    @extend_schema(
        request=body("PlanWritten"),
        responses={
            201: OpenApiResponse(shape("PlanShown")),
            200: OpenApiResponse(shape("PlanShown")),
        },
    )
    def create(self, request: Request) -> Response:
        """Store a plan with its days, exercises and sets. Safe to repeat with an id or a key."""
        content = _content(request)
        plan_id, is_new = plans.create_plan(
            user_id=self.owner.pk,
            object_id=_given_id(content),
            is_public=_flag(content, "is_public") or False,
            document=plans.read_document(content),
            idempotency_key=idempotency_key(request),
        )
        return self._made(plan_id, is_new=is_new)

    @extend_schema(
        request=body("PlanWritten"), responses={200: OpenApiResponse(shape("PlanShown"))}
    )
    def update(self, request: Request, pk: UUID) -> Response:
        """Replace the whole plan: a new version. Runs stay on theirs."""
        content = _content(request)
        content.pop("id", None)
        is_public = _flag(content, "is_public")
        document = plans.read_document(content)
        self._require(pk)
        plans.change_plan(
            user_id=self.owner.pk, plan_id=pk, document=document, is_public=is_public
        )
        return Response(self._shown(pk))

    @extend_schema(
        request=body("PlanChanged"), responses={200: OpenApiResponse(shape("PlanShown"))}
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change some fields. `days`, if given, replaces them all; so does `deload`."""
        content = _content(request)
        content.pop("id", None)
        is_public = _flag(content, "is_public")
        self._require(pk)
        plans.change_part_of_plan(
            user_id=self.owner.pk, plan_id=pk, content=content, is_public=is_public
        )
        return Response(self._shown(pk))

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete the plan with its finished runs; your workouts stay."""
        self._require(pk)
        plans.delete_plan(user_id=self.owner.pk, plan_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        request=PlanCopySerializer,
        responses={
            201: OpenApiResponse(shape("PlanShown")),
            200: OpenApiResponse(shape("PlanShown")),
        },
    )
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: UUID) -> Response:
        """A plan of your own with the same content. Safe to repeat with an id or a key."""
        shape_ = PlanCopySerializer(data=request.data)
        shape_.is_valid(raise_exception=True)
        plan_id, is_new = plans.copy_plan(
            user_id=self.owner.pk,
            plan_id=pk,
            name=shape_.validated_data.get("name"),
            object_id=shape_.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
        )
        return self._made(plan_id, is_new=is_new)

    @extend_schema(
        request=PlanOrderSerializer, responses={200: OpenApiResponse(shape("PlanShown"))}
    )
    @action(detail=True, methods=["put"])
    def order(self, request: Request, pk: UUID) -> Response:
        """Put days and exercises into another order."""
        shape_ = PlanOrderSerializer(data=request.data)
        shape_.is_valid(raise_exception=True)
        self._require(pk)
        plans.reorder_plan(user_id=self.owner.pk, plan_id=pk, order=shape_.validated_data["days"])
        return Response(self._shown(pk))

    @extend_schema(
        request=body("PlanWritten"), responses={200: OpenApiResponse(shape("Validation"))}
    )
    @action(detail=False, methods=["post"])
    def validate(self, request: Request) -> Response:
        """Judge a draft without storing it. A draft of the wrong shape is a 400."""
        content = _content(request)
        _given_id(content)
        _flag(content, "is_public")
        # As it was sent, so that findings name places in it.
        draft = plans.with_names(self.owner.pk, plans.read_document(content))
        return Response(
            forecasts.validation(user_id=self.owner.pk, plan=draft, now=timezone.now())
        )

    @extend_schema(responses={200: OpenApiResponse(shape("Validation"))}, filters=False)
    @action(detail=True)
    def findings(self, request: Request, pk: UUID) -> Response:
        """What is wrong with the plan, or could be better."""
        plan = self._document(pk)
        return Response(forecasts.validation(user_id=self.owner.pk, plan=plan, now=timezone.now()))

    @extend_schema(responses={200: OpenApiResponse(shape("Volume"))}, filters=False)
    @action(detail=True)
    def volume(self, request: Request, pk: UUID) -> Response:
        """Weekly fractional sets per muscle, against the landmarks."""
        return Response(forecasts.volume(plan=self._document(pk)))

    @extend_schema(
        request=SimulateSerializer, responses={200: OpenApiResponse(shape("Simulation"))}
    )
    @action(detail=True, methods=["post"])
    def simulate(self, request: Request, pk: UUID) -> Response:
        """The plan weeks ahead, if you hit every set, and if you hit 80 % of them."""
        shape_ = SimulateSerializer(data=request.data)
        shape_.is_valid(raise_exception=True)
        return Response(
            forecasts.simulation(
                user_id=self.owner.pk,
                plan_id=pk,
                plan=self._document(pk),
                weeks=shape_.validated_data.get("weeks"),
                starts=shape_.validated_data.get("starts", []),
                now=timezone.now(),
            )
        )

    @extend_schema(responses=VersionSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def versions(self, request: Request, pk: UUID) -> Response:
        """The versions of your plan, newest first."""
        self._require(pk)
        rows = PlanVersion.objects.owned_by(self.owner).filter(plan=pk).defer("document")
        page = self.paginate_queryset(rows.order_by("-version", "-id"))
        return self.get_paginated_response(VersionSerializer(page, many=True).data)

    @extend_schema(responses={200: OpenApiResponse(shape("Plan"))}, filters=False)
    @action(detail=True, url_path="versions/<int:version>")
    def version(self, request: Request, pk: UUID, version: int) -> Response:
        """What your plan said in one version; PUT it to the plan to go back to it."""
        rows = PlanVersion.objects.owned_by(self.owner).filter(plan=pk)
        found = rows.filter(version=min(version, 2**31 - 1)).first()
        if found is None:
            raise Http404
        return Response(found.document)

    def _made(self, plan_id: UUID, *, is_new: bool) -> Response:
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(self._shown(plan_id), status=code)

    def _require(self, plan_id: UUID) -> None:
        if not self.get_queryset().filter(pk=plan_id).exists():
            raise Http404

    def _document(self, plan_id: UUID) -> Plan:
        return selectors.plan_document(viewer_id=self.owner.pk, plan_id=plan_id)

    def _shown(self, plan_id: UUID) -> dict[str, Any]:
        found = selectors.plan_shown(viewer_id=self.owner.pk, plan_id=plan_id)
        if found is None:
            raise Http404
        return found


def represent_plans(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return {row["id"]: row for row in selectors.plans_shown(viewer_id=user_id, ids=ids)}


def _content(request: Request) -> dict[str, Any]:
    """The body without what is only shown, so that a plan can be sent back as it came."""
    if not isinstance(request.data, Mapping):
        raise ValidationError("Expected an object.")
    return {name: one for name, one in request.data.items() if name not in plans.SHOWN_ONLY}


def _given_id(content: dict[str, Any]) -> UUID | None:
    value = content.pop("id", None)
    if value is None:
        return None
    try:
        given: UUID = IdField().run_validation(value)
    except ValidationError as error:
        raise ValidationError({"id": error.detail}) from None
    return given


def _flag(content: dict[str, Any], name: str) -> bool | None:
    value = content.pop(name, None)
    if value is not None and not isinstance(value, bool):
        raise ValidationError({name: "Must be true or false."})
    return value
