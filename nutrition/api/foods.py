"""Foods over HTTP: the shared table, and a person's own ones."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import models, transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from nutrition import gtin, selectors
from nutrition.api.filters import USUAL_RECENT, FoodFilter, RecentFilter
from nutrition.api.food_shapes import (
    AttributionSerializer,
    FoodBodySerializer,
    FoodChangeSerializer,
    FoodSerializer,
    RecentFoodSerializer,
)
from nutrition.models import Food, MergedFood
from nutrition.services import foods
from users.api.listing import filter_values, sql_page_response
from users.api.owned import CreateOnceMixin
from users.api.pagination import PageRequest
from users.models.staff import StaffAction
from users.services import audit

# Answers that only these endpoints have.
_REFUSED = OpenApiResponse(
    {"$ref": "#/components/schemas/ErrorAnswer"},
    description="Only staff changes shared foods, and those that staff has checked.",
)
_NO_BARCODE = OpenApiResponse(
    {"$ref": "#/components/schemas/ErrorAnswer"},
    description="This is no barcode, or its check digit is wrong.",
)
Key = dict[str, "models.Field[Any, Any]"]
# What places a row in the list, and in a search.
NAME_KEY: Final[Key] = {"sort_name": models.TextField(), "id": models.UUIDField()}
MATCH_KEY: Final[Key] = {
    "match_tier": models.IntegerField(),
    "match_score": models.FloatField(),
    **NAME_KEY,
}


@extend_schema_view(
    create=extend_schema(
        request=FoodBodySerializer, responses={201: FoodSerializer, 200: FoodSerializer}
    ),
    update=extend_schema(
        request=FoodChangeSerializer, responses={200: FoodSerializer, 403: _REFUSED}
    ),
    partial_update=extend_schema(
        request=FoodChangeSerializer, responses={200: FoodSerializer, 403: _REFUSED}
    ),
    destroy=extend_schema(responses={204: None, 403: _REFUSED}),
)
class FoodViewSet(CreateOnceMixin, GenericViewSet[Food]):
    """The shared table of foods, and your own ones, which nobody else sees."""

    queryset = Food.objects.order_by("name", "id")
    serializer_class = FoodBodySerializer
    filterset_class = FoodFilter

    def get_queryset(self) -> QuerySet[Food]:  # type: ignore[override]
        return Food.objects.visible_to(self.owner.pk)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, foods.StaffOnly):
            exc = PermissionDenied(exc.message, exc.code)
        return super().handle_exception(exc)

    @extend_schema(responses=FoodSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Foods by name, or the best matches of `q` first: your own and recent ones lead."""
        values = filter_values(FoodFilter, request)
        page_request = PageRequest.of(request)
        key = MATCH_KEY if "q" in values else NAME_KEY
        page = selectors.food_page(
            user_id=self.owner.pk,
            narrowed=selectors.FoodFilter(**values),
            size=page_request.size,
            place=page_request.place_in(tuple(key.values())),
        )
        answer = sql_page_response(
            request=request, page_request=page_request, page=page, key=tuple(key)
        )
        for row in page.rows:
            for name in key.keys() - {"id"}:
                del row[name]
        return answer

    @extend_schema(responses=FoodSerializer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One food, archived or not."""
        return Response(self._shown(pk))

    def perform_create_once(
        self, serializer: BaseSerializer[Any], object_id: UUID, creation_hash: bytes
    ) -> Food:
        content = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        return foods.create_food(
            user_id=self.owner.pk,
            object_id=object_id,
            content=content,
            creation_hash=creation_hash,
        )

    def represent(self, row: Food) -> Any:
        return self._shown(row.pk)

    def update(self, request: Request, pk: UUID) -> Response:
        """Replace your own food; what you leave out becomes empty. Staff: also shared ones.

        What was logged keeps the facts that it was logged with.
        """
        return self._change(request, pk, partial=False)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change some fields. `portions`, if given, replaces them all."""
        return self._change(request, pk, partial=True)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a food that nothing refers to. One that was logged can be archived instead."""
        food = self.get_object()
        by_staff = self._may_as_staff("delete")
        with transaction.atomic():
            foods.delete_food(user_id=food.created_by_id, food_id=pk, by_staff=by_staff)
            if by_staff:
                self._note(StaffAction.DELETE, food)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        responses=RecentFoodSerializer(many=True),
        filters=False,
        parameters=[
            OpenApiParameter(
                name,
                OpenApiTypes.INT if name == "limit" else OpenApiTypes.STR,
                description=str(declared.label),
                enum=[value for value, _ in declared.extra.get("choices", ())] or None,
            )
            for name, declared in RecentFilter.base_filters.items()
        ],
    )
    @action(detail=False, pagination_class=None)
    def recent(self, request: Request) -> Response:
        """What you logged within 90 days, with how you logged it last."""
        values = filter_values(RecentFilter, request)
        rows = selectors.recent_foods(
            self.owner.pk,
            values.get("meal_type"),
            values.get("sort", "recent"),
            int(values.get("limit", USUAL_RECENT)),
        )
        return Response(rows)

    @extend_schema(responses={200: FoodSerializer, 400: _NO_BARCODE}, filters=False)
    @action(detail=False, url_path="barcode/<str:code>", pagination_class=None)
    def barcode(self, request: Request, code: str) -> Response:
        """The food with this barcode, in any form of GTIN or UPC: yours, else the most trusted.

        A code that no food has is a 404, `unknown_barcode`: create the food with it, and offer
        it to everybody with `submit/`.
        """
        try:
            normal = gtin.gtin14(code)
        except gtin.NotAGtin as wrong:
            raise ValidationError({"code": wrong.message}, wrong.code) from None
        found = selectors.foods_of_barcode(self.owner.pk, normal)
        if not found:
            raise NotFound(
                "No food has this barcode yet. Create it with POST foods/ and this barcode; POST"
                " foods/{id}/submit/ then offers it to everybody.",
                "unknown_barcode",
            )
        return Response(found[0])

    @extend_schema(request=None, responses=FoodSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: UUID) -> Response:
        """Offer your own food to everybody. Staff look at it, and you learn what they decide."""
        food = self.get_object()
        if food.created_by_id is None:
            raise foods.AlreadyPublished
        foods.submit_food(user_id=self.owner.pk, food_id=pk, now=timezone.now())
        return Response(self._shown(pk))

    def _change(self, request: Request, pk: UUID, *, partial: bool) -> Response:
        food = self.get_object()
        by_staff = self._may_as_staff("change")
        foods.refuse_others(food, by_staff=by_staff)
        serializer = FoodChangeSerializer(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        content = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        if not partial:
            content = {**foods.BLANK, **content}
        with transaction.atomic():
            foods.change_food(
                user_id=food.created_by_id, food_id=pk, content=content, by_staff=by_staff
            )
            if by_staff:
                self._note(StaffAction.CHANGE, food, fields=sorted(request.data))
        return Response(self._shown(pk))

    def _may_as_staff(self, verb: str) -> bool:
        """Whether who asks may do this to foods that everybody shares."""
        return self.owner.is_staff and self.owner.has_perm(f"nutrition.{verb}_food")

    def _note(self, action: StaffAction, food: Food, **detail: Any) -> None:
        """What staff do to a food that is not their own is in the trail, here too."""
        if food.created_by_id != self.owner.pk:
            made = audit.Note(
                action=action, model=food._meta.label, object_id=str(food.pk), detail=detail
            )
            audit.note(made, staff=self.owner)

    def _shown(self, food_id: UUID) -> dict[str, Any]:
        found = selectors.foods(self.owner.pk, [food_id])
        if not found:
            # A phone may know it by the id that it had before it was merged.
            kept = MergedFood.objects.filter(pk=food_id).values_list("merged_into", flat=True)
            found = selectors.foods(self.owner.pk, kept)
        if not found:
            raise Http404
        return found[0]


class FoodAttributionsView(APIView):
    @extend_schema(responses=AttributionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Where the foods are from, and what their licences ask you to show beside them."""
        return Response(selectors.attributions())


def represent_foods(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return {row["id"]: row for row in selectors.foods(user_id, ids)}
