"""What there is to lift, and what percentages refer to, over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import (
    extend_schema_field,
)
from pydantic import ValidationError as InvalidDocument
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from users.api.fields import FiniteFloatField, IdField, refuse_far_year
from users.api.owned import CreateOnceMixin
from workouts.api.documents import shape
from workouts.api.filters import TrainingMaxFilter
from workouts.api.serializers import VisibleExerciseField
from workouts.models import (
    Equipment,
    Exercise,
    Gym,
    TrainingMax,
)
from workouts.services import gyms
from workouts.services.plans import named_errors
from workouts.training.loads import Inventory


@extend_schema_field(shape("Inventory"))
class InventoryField(serializers.JSONField):
    def to_internal_value(self, data: Any) -> Any:
        try:
            return Inventory.model_validate(data).model_dump(mode="json")
        except InvalidDocument as wrong:
            raise DjangoValidationError(named_errors(wrong)) from None


class GymSerializer(serializers.ModelSerializer[Gym]):
    """A place where you train: what it has, and so what can be loaded."""

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    inventory = InventoryField(
        required=False, help_text="A usual gym in your units without it; loads in kg."
    )
    equipment = serializers.ListField(
        child=serializers.SlugField(max_length=30),
        required=False,
        max_length=40,
        help_text="What the gym has, by slug.",
    )
    is_default = serializers.BooleanField(
        required=False, help_text="Where you usually train; the first gym is, to begin with."
    )

    class Meta:
        model = Gym
        fields = (
            "id",
            "name",
            "is_default",
            "equipment",
            "inventory",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("created_at", "updated_at")

    def validate_equipment(self, slugs: list[str]) -> list[str]:
        known = set(Equipment.objects.filter(pk__in=slugs).values_list("pk", flat=True))
        for slug in slugs:
            if slug not in known:
                raise ValidationError(f"Unknown: {slug}.", code="does_not_exist")
        return sorted(set(slugs))


class GymViewSet(
    CreateOnceMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[Gym],
):
    """Your gyms: bars, plates, dumbbells and machines, by which loads are rounded."""

    queryset = Gym.objects.order_by("-id")
    serializer_class = GymSerializer
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def perform_create_once(
        self, serializer: BaseSerializer[Any], object_id: UUID, creation_hash: bytes
    ) -> Gym:
        content = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        return gyms.create_gym(
            user_id=self.owner.pk,
            object_id=object_id,
            content=content,
            creation_hash=creation_hash,
        )

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        content = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        serializer.instance = gyms.change_gym(
            user_id=self.owner.pk, gym_id=self.kwargs["pk"], content=content
        )


class TrainingMaxSerializer(serializers.ModelSerializer[TrainingMax]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    exercise = VisibleExerciseField(queryset=Exercise.objects.all(), pk_field=IdField())
    value_kg = FiniteFloatField(min_value=0.1, max_value=2000, help_text="kg")

    class Meta:
        model = TrainingMax
        fields = ("id", "exercise", "value_kg", "source", "valid_from", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")

    def validate_valid_from(self, day: date) -> date:
        refuse_far_year(day)
        return day


class TrainingMaxViewSet(
    CreateOnceMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[TrainingMax],
):
    """What the percentages of your plans refer to, newest first."""

    queryset = TrainingMax.objects.order_by("-valid_from", "-id")
    serializer_class = TrainingMaxSerializer
    filterset_class = TrainingMaxFilter
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]


def represent_gyms(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = Gym.objects.filter(user=user_id, pk__in=ids)
    return {row.pk: GymSerializer(row).data for row in rows}


def represent_training_maxes(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = TrainingMax.objects.filter(user=user_id, pk__in=ids)
    return {row.pk: TrainingMaxSerializer(row).data for row in rows}
