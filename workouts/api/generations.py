"""Plans made for a wish, over HTTP."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from users.api.fields import IdField
from users.api.owned import OwnedViewSetMixin, idempotency_key
from users.models import JobStatus
from workouts.api.documents import shape
from workouts.models import PlanGeneration
from workouts.models.generation import GenerationMethod
from workouts.services import generations


@extend_schema_field(shape("Wish"))
class WishField(serializers.JSONField):
    pass


class PlanGenerationSerializer(serializers.ModelSerializer[PlanGeneration]):
    """A wish and what became of it; the plan is one of yours, to read and change."""

    method = serializers.ChoiceField(
        choices=GenerationMethod.choices, help_text="By documented rules, or by a language model."
    )
    wish = WishField(help_text="Goal, days, level, equipment and time.")
    plan = serializers.UUIDField(source="plan_id", allow_null=True)

    class Meta:
        model = PlanGeneration
        fields = (
            "id",
            "method",
            "wish",
            "status",
            "error",
            "plan",
            "created_at",
            "updated_at",
            "finished_at",
        )


class WishForPlanSerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    method = serializers.ChoiceField(
        choices=GenerationMethod.choices,
        default=GenerationMethod.RULES,
        help_text="A language model answers 202 and works in the background, where it is set up.",
    )
    wish = WishField()


class PlanGenerationViewSet(
    OwnedViewSetMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[PlanGeneration],
):
    """Plans made for your wishes, newest first."""

    queryset = PlanGeneration.objects.order_by("-id")
    serializer_class = PlanGenerationSerializer
    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})

    @extend_schema(
        request=WishForPlanSerializer,
        responses={
            201: PlanGenerationSerializer,
            202: PlanGenerationSerializer,
            200: PlanGenerationSerializer,
        },
    )
    def create(self, request: Request) -> Response:
        """Make a plan of a wish: at once by rules (201), or later by a model (202)."""
        given = WishForPlanSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        generation, is_new = generations.request_generation(
            user_id=self.owner.pk,
            method=given.validated_data["method"],
            wish=generations.read_wish(given.validated_data["wish"]),
            object_id=given.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
        )
        made = generation.status == JobStatus.DONE
        code = status.HTTP_201_CREATED if made else status.HTTP_202_ACCEPTED
        return Response(
            self.get_serializer(generation).data, status=code if is_new else status.HTTP_200_OK
        )


def represent_generations(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = PlanGeneration.objects.filter(user=user_id, pk__in=ids)
    return {row.pk: PlanGenerationSerializer(row).data for row in rows}
