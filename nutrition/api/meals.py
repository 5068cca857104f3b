"""What you ate and drank, over HTTP."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db import models
from django.http import Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from nutrition import selectors
from nutrition.models import MealEntry, MealType, WaterIntake
from nutrition.selectors import MealFilter
from nutrition.services import meals, water
from users.api.fields import ClockField, DayField, FiniteFloatField, IdField, RowsField
from users.api.listing import filter_values, sql_page_response
from users.api.owned import CreateOnceMixin, OwnedViewSetMixin, idempotency_key
from users.api.pagination import PageRequest
from users.api.serializers import represent

MEAL_KEY = (models.DateField(), models.TimeField(), models.UUIDField())
MAX_BULK: Final = 100
MOST: Final = 100_000


class MealFilterSet(filters.FilterSet):
    date = filters.DateFilter(label="On this day.")
    date_after = filters.DateFilter(field_name="date", label="On this day or later.")
    date_before = filters.DateFilter(field_name="date", label="On this day or earlier.")
    meal_type = filters.ChoiceFilter(choices=MealType.choices)
    food = filters.UUIDFilter(field_name="food", label="Of this food.")
    q = filters.CharFilter(field_name="food_name", label="Text in the food's name or the notes.")
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", label="Changed at this instant or later."
    )

    class Meta:
        model = MealEntry
        fields: list[str] = []


def how_much() -> dict[str, Any]:
    """The fields that say how much of a food it was."""
    return {
        "quantity": FiniteFloatField(
            min_value=0.0001, max_value=1000, required=False, help_text="Servings of the food."
        ),
        "amount": FiniteFloatField(
            min_value=0.0001,
            max_value=MOST,
            required=False,
            help_text="In the unit of the food's serving, such as g.",
        ),
        "portion": IdField(required=False, help_text="One of the food's portions."),
        "count": FiniteFloatField(
            min_value=0.0001, max_value=1000, required=False, help_text="How many portions; 1."
        ),
    }


def refuse_unclear_amount(
    content: Mapping[str, Any], *, needed: bool = True, has_portion: bool = False
) -> None:
    """Raises ValidationError unless one of the ways to say how much is used, and only one.

    A count alone is of the portion that there may be already.
    """
    ways = [name for name in meals.AMOUNTS if name in content]
    if len(ways) > 1:
        message = "Give one of quantity, amount and portion."
        raise ValidationError({ways[1]: message}, code="both_given")
    if needed and not ways:
        message = "Say how much: a quantity, an amount, or a portion."
        raise ValidationError({"quantity": message}, code="required")
    if "count" in content and "portion" not in content and not has_portion:
        raise ValidationError({"count": "It counts a portion: name it."}, code="required")


class EntrySerializer(serializers.Serializer[Any]):
    """So much of a food, with the time and the meal."""

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    food = IdField()
    date = DayField(required=False, help_text="Your own day; today without it.")
    time = ClockField(required=False, help_text="By your clock; now without it.")
    meal_type = serializers.ChoiceField(choices=MealType.choices)
    quantity = how_much()["quantity"]
    amount = how_much()["amount"]
    portion = how_much()["portion"]
    count = how_much()["count"]
    notes = serializers.CharField(max_length=200, allow_blank=True, required=False)

    def validate(self, content: dict[str, Any]) -> dict[str, Any]:
        refuse_unclear_amount(content, needed=not self.partial, has_portion=self.partial)
        return content


@extend_schema_field(EntrySerializer(many=True))
class EntriesField(RowsField):
    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        rows = super().to_internal_value(data)
        if not rows:
            raise ValidationError("There is nothing to log.", code="empty")
        errors: dict[str, Any] = {}
        for index, row in enumerate(rows):
            try:
                refuse_unclear_amount(row)
            except ValidationError as error:
                errors[str(index)] = error.detail
        if errors:
            raise ValidationError(errors)
        given = [row["id"] for row in rows if "id" in row]
        if len(set(given)) != len(given):
            raise ValidationError("Two entries have the same id.", code="duplicate_id")
        return rows


class BulkSerializer(serializers.Serializer[Any]):
    entries = EntriesField(row=EntrySerializer, max_length=MAX_BULK)


class CopyMealsSerializer(serializers.Serializer[Any]):
    from_date = DayField()
    to_date = DayField(help_text="Your own day that gets the entries.")
    from_meal = serializers.ChoiceField(
        choices=MealType.choices, required=False, help_text="This meal alone."
    )
    to_meal = serializers.ChoiceField(
        choices=MealType.choices, required=False, help_text="The meal that it is there."
    )

    def validate(self, content: dict[str, Any]) -> dict[str, Any]:
        from_meal, to_meal = content.get("from_meal"), content.get("to_meal")
        if content["from_date"] == content["to_date"] and to_meal in (None, from_meal):
            message = "It is there already. Name another day, or another meal."
            raise ValidationError({"to_date": message}, code="same_place")
        return content


class ShownEntrySerializer(serializers.ModelSerializer[MealEntry]):
    """An entry with what was eaten, by what the food contained when it was logged."""

    food = serializers.UUIDField()
    amount = serializers.FloatField(help_text="In serving_unit: quantity times serving_size.")
    portion_count = serializers.FloatField(
        allow_null=True, help_text="How many of portion_name, if it was counted so."
    )
    energy_kj = serializers.FloatField(help_text="kJ")
    calories = serializers.FloatField(help_text="kcal")
    protein = serializers.FloatField(help_text="g")
    carbs = serializers.FloatField(help_text="g, without fiber")
    fat = serializers.FloatField(help_text="g")
    fiber = serializers.FloatField(help_text="g")
    sugar = serializers.FloatField(help_text="g")

    class Meta:
        model = MealEntry
        fields = (
            "id",
            "food",
            "food_name",
            "date",
            "time",
            "meal_type",
            "quantity",
            "amount",
            "serving_size",
            "serving_unit",
            "portion_name",
            "portion_count",
            "calories",
            "energy_kj",
            "protein",
            "carbs",
            "fat",
            "fiber",
            "sugar",
            "trust_score",
            "notes",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class ShownEntriesSerializer(serializers.Serializer[Any]):
    entries = ShownEntrySerializer(many=True)


# They hold no state of a request, and take longer to build than entries to store.
WHOLE_ENTRY, CHANGED_ENTRY = EntrySerializer(), EntrySerializer(partial=True)
BULK = BulkSerializer()


class MealViewSet(OwnedViewSetMixin, GenericViewSet[MealEntry]):
    """Your food diary."""

    queryset = MealEntry.objects.order_by("-date", "-time", "-id")
    serializer_class = ShownEntrySerializer
    filterset_class = MealFilterSet
    creates_once: ClassVar[frozenset[str]] = frozenset({"create", "bulk", "copy"})

    def list(self, request: Request) -> Response:
        """Your entries, latest first."""
        page_request = PageRequest.of(request)
        page = selectors.meal_page(
            user_id=self.owner.pk,
            narrowed=MealFilter(**filter_values(MealFilterSet, request)),
            size=page_request.size,
            place=page_request.place_in(MEAL_KEY),
        )
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("date", "time", "id")
        )

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One entry."""
        return Response(self._shown(pk))

    @extend_schema(
        request=EntrySerializer, responses={201: ShownEntrySerializer, 200: ShownEntrySerializer}
    )
    def create(self, request: Request) -> Response:
        """Log a food. Safe to repeat with an id or a key."""
        entry, is_new = meals.log_entry(
            user_id=self.owner.pk,
            content=WHOLE_ENTRY.run_validation(request.data),
            idempotency_key=idempotency_key(request),
        )
        return _made(entry, is_new=is_new)

    @extend_schema(request=EntrySerializer, responses=ShownEntrySerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change an entry. Another food brings its facts of now; another amount keeps them."""
        content = CHANGED_ENTRY.run_validation(request.data)
        self._require(pk)
        meals.change_entry(user_id=self.owner.pk, entry_id=pk, content=content)
        return Response(self._shown(pk))

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete an entry, and the photos that it was made of."""
        self._require(pk)
        meals.delete_entry(user_id=self.owner.pk, entry_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        request=BulkSerializer,
        responses={201: ShownEntriesSerializer, 200: ShownEntriesSerializer},
    )
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Log up to 100 foods, all or nothing. Safe to repeat with ids or a key."""
        entries, is_new = meals.log_entries(
            user_id=self.owner.pk,
            entries=BULK.run_validation(request.data)["entries"],
            idempotency_key=idempotency_key(request),
        )
        return _made({"entries": entries}, is_new=is_new)

    @extend_schema(
        request=CopyMealsSerializer,
        responses={201: ShownEntriesSerializer, 200: ShownEntriesSerializer},
    )
    @action(detail=False, methods=["post"])
    def copy(self, request: Request) -> Response:
        """Log a day, or a meal of it, again. The foods count with what they contain today."""
        given = CopyMealsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        entries, is_new = meals.copy_entries(
            user_id=self.owner.pk,
            idempotency_key=idempotency_key(request),
            **given.validated_data,
        )
        return _made({"entries": entries}, is_new=is_new)

    def _require(self, entry_id: UUID) -> None:
        if not self.get_queryset().filter(pk=entry_id).exists():
            raise Http404

    def _shown(self, entry_id: UUID) -> dict[str, Any]:
        found = selectors.meals(user_id=self.owner.pk, ids=[entry_id])
        if not found:
            raise Http404
        return found[0]


def _made(answer: dict[str, Any], *, is_new: bool) -> Response:
    return Response(answer, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class WaterFilter(filters.FilterSet):
    date = filters.DateFilter(label="On this day.")
    date_after = filters.DateFilter(
        field_name="date", lookup_expr="gte", label="On this day or later."
    )
    date_before = filters.DateFilter(
        field_name="date", lookup_expr="lte", label="On this day or earlier."
    )
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", lookup_expr="gte", label="Changed at this instant or later."
    )

    class Meta:
        model = WaterIntake
        fields: list[str] = []


class WaterSerializer(serializers.ModelSerializer[WaterIntake]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    date = DayField(required=False, help_text="Your own day; today without it.")
    time = ClockField(required=False, help_text="By your clock; now without it.")
    amount_ml = serializers.IntegerField(min_value=1, max_value=10_000, help_text="ml")

    class Meta:
        model = WaterIntake
        fields = ("id", "date", "time", "amount_ml", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")


class WaterViewSet(
    CreateOnceMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[WaterIntake],
):
    """What you drank, latest first."""

    queryset = WaterIntake.objects.order_by("-date", "-time", "-id")
    serializer_class = WaterSerializer
    filterset_class = WaterFilter
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def perform_create_once(
        self, serializer: BaseSerializer[Any], object_id: UUID, creation_hash: bytes
    ) -> WaterIntake:
        content = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        return water.log_water(
            user_id=self.owner.pk,
            object_id=object_id,
            content=content,
            creation_hash=creation_hash,
            now=timezone.now(),
        )


def represent_meals(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return {row["id"]: row for row in selectors.meals(user_id=user_id, ids=ids)}


def represent_water(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return represent(WaterSerializer, WaterIntake.objects.filter(user_id=user_id, pk__in=ids))
