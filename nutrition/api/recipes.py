"""Your recipes over HTTP."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db import models
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from nutrition import selectors
from nutrition.api.meals import how_much, refuse_unclear_amount
from nutrition.api.texts import LineField
from nutrition.models import FoodCategory, Recipe
from nutrition.selectors import RecipeFilter
from nutrition.services import recipes
from users.api.fields import FiniteFloatField, IdField, RowsField
from users.api.filters import TrueOrFalseFilter
from users.api.listing import filter_values, sql_page_response
from users.api.owned import CreateOnceMixin
from users.api.pagination import PageRequest

NAME_KEY = (models.TextField(), models.UUIDField())
MAX_INGREDIENTS: Final = 100


class RecipeFilterSet(filters.FilterSet):
    q = filters.CharFilter(field_name="id", label="Text in the name.")
    archived = TrueOrFalseFilter(field_name="id", label="The archived ones instead.")
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", label="Changed at this instant or later."
    )

    class Meta:
        model = Recipe
        fields: list[str] = []


class IngredientSerializer(serializers.Serializer[Any]):
    """So much of a food; in one of three ways."""

    food = IdField()
    quantity = how_much()["quantity"]
    amount = how_much()["amount"]
    portion = how_much()["portion"]
    count = how_much()["count"]


@extend_schema_field(IngredientSerializer(many=True))
class IngredientsField(RowsField):
    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        rows = super().to_internal_value(data)
        if not rows:
            raise ValidationError("A recipe is made of something.", code="empty")
        for index, row in enumerate(rows):
            try:
                refuse_unclear_amount(row)
            except ValidationError as error:
                raise ValidationError({str(index): error.detail}) from error
        return rows


class RecipeSerializer(serializers.Serializer[Any]):
    """A dish of your foods."""

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    name = LineField(max_length=200)
    category = serializers.SlugRelatedField(
        slug_field="slug",
        queryset=FoodCategory.objects.all(),
        required=False,
        help_text="Such as soups; see food-categories/.",
    )
    servings = FiniteFloatField(
        min_value=0.01, max_value=1000, help_text="How many the whole amount gives."
    )
    cooked_weight_g = FiniteFloatField(
        min_value=0.1,
        max_value=100_000,
        required=False,
        allow_null=True,
        help_text="g of the whole; the sum of what goes into it without",
    )
    instructions = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    ingredients = IngredientsField(row=IngredientSerializer, max_length=MAX_INGREDIENTS)
    is_archived = serializers.BooleanField(
        required=False, help_text="No search finds it any more; what was logged stays."
    )


class ShownIngredientSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    food = serializers.UUIDField()
    food_name = serializers.CharField()
    brand = serializers.CharField()
    amount = serializers.FloatField(help_text="In `unit`.")
    unit = serializers.CharField(help_text="Such as g.")
    calories = serializers.FloatField(help_text="kcal")
    protein = serializers.FloatField(help_text="g")
    carbs = serializers.FloatField(help_text="g, without fiber")
    fat = serializers.FloatField(help_text="g")


class ShownRecipeSerializer(serializers.Serializer[Any]):
    """A recipe with what one serving of it contains. Log its `food` as any other."""

    id = serializers.UUIDField()
    food = serializers.UUIDField(help_text="The food that a serving of it is.")
    name = serializers.CharField()
    category = serializers.SlugField()
    is_archived = serializers.BooleanField()
    servings = serializers.FloatField(help_text="How many the whole amount gives.")
    cooked_weight_g = serializers.FloatField(allow_null=True, help_text="g of the whole")
    instructions = serializers.CharField()
    ingredients = ShownIngredientSerializer(many=True)
    serving_size = serializers.FloatField(help_text="In serving_unit.")
    serving_unit = serializers.CharField(help_text="g or ml where it can be weighed.")
    calories = serializers.IntegerField(help_text="kcal of a serving")
    energy_kj = serializers.FloatField(help_text="kJ of a serving")
    protein = serializers.FloatField(help_text="g of a serving")
    carbs = serializers.FloatField(help_text="g of a serving, without fiber")
    fat = serializers.FloatField(help_text="g of a serving")
    fiber = serializers.FloatField(help_text="g of a serving")
    sugar = serializers.FloatField(help_text="g of a serving")
    trust_score = serializers.IntegerField(allow_null=True, help_text="0-100")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@extend_schema_view(
    create=extend_schema(
        request=RecipeSerializer,
        responses={201: ShownRecipeSerializer, 200: ShownRecipeSerializer},
    ),
)
class RecipeViewSet(CreateOnceMixin, GenericViewSet[Recipe]):
    """Your recipes."""

    queryset = Recipe.objects.order_by("id")
    serializer_class = RecipeSerializer
    filterset_class = RecipeFilterSet
    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})

    @extend_schema(responses=ShownRecipeSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Your recipes by name."""
        page_request = PageRequest.of(request)
        page = selectors.recipe_page(
            user_id=self.owner.pk,
            narrowed=RecipeFilter(**filter_values(RecipeFilterSet, request)),
            size=page_request.size,
            place=page_request.place_in(NAME_KEY),
        )
        key = ("sort_name", "id")
        answer = sql_page_response(request=request, page_request=page_request, page=page, key=key)
        for row in page.rows:
            del row["sort_name"]
        return answer

    @extend_schema(responses=ShownRecipeSerializer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One recipe with its ingredients."""
        return Response(self._shown(pk))

    def perform_create_once(
        self, serializer: BaseSerializer[Any], object_id: UUID, creation_hash: bytes
    ) -> Recipe:
        content = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        return recipes.create_recipe(
            user_id=self.owner.pk,
            object_id=object_id,
            content=content,
            creation_hash=creation_hash,
        )

    def represent(self, row: Recipe) -> Any:
        return self._shown(row.pk)

    @extend_schema(request=RecipeSerializer, responses=ShownRecipeSerializer)
    def update(self, request: Request, pk: UUID) -> Response:
        """Replace a recipe. What you leave out becomes empty; what was logged stays."""
        return self._change(request, pk, partial=False)

    @extend_schema(request=RecipeSerializer, responses=ShownRecipeSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change a recipe. `ingredients`, if given, replaces them all."""
        return self._change(request, pk, partial=True)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a recipe that was never logged; others can be archived."""
        self.get_object()
        recipes.delete_recipe(user_id=self.owner.pk, recipe_id=pk)
        return Response(status=204)

    def _change(self, request: Request, pk: UUID, *, partial: bool) -> Response:
        self.get_object()
        serializer = self.get_serializer(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        content = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        if not partial:
            content = {**recipes.BLANK, **content}
        recipes.change_recipe(user_id=self.owner.pk, recipe_id=pk, content=content)
        return Response(self._shown(pk))

    def _shown(self, recipe_id: UUID) -> dict[str, Any]:
        found = selectors.recipes(user_id=self.owner.pk, ids=[recipe_id])
        if not found:
            raise Http404
        return found[0]


def represent_recipes(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return {row["id"]: row for row in selectors.recipes(user_id=user_id, ids=ids)}
