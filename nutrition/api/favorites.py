"""Favorite foods over HTTP."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from nutrition import selectors
from nutrition.api.food_shapes import FoodSerializer
from nutrition.models import FavoriteFood
from nutrition.services import favorites
from users.api.fields import IdField
from users.api.owned import CreateOnceMixin


class FavoriteBodySerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    food = IdField(help_text="Of the shared table, or your own.")


class FavoriteFoodSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    food = FoodSerializer()
    created_at = serializers.DateTimeField()


@extend_schema_view(
    create=extend_schema(
        request=FavoriteBodySerializer,
        responses={201: FavoriteFoodSerializer, 200: FavoriteFoodSerializer},
    ),
)
class FavoriteFoodViewSet(CreateOnceMixin, mixins.DestroyModelMixin, GenericViewSet[FavoriteFood]):
    """Foods that you want at hand."""

    queryset = FavoriteFood.objects.order_by("-id")
    serializer_class = FavoriteBodySerializer

    @extend_schema(responses=FavoriteFoodSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Your favorites, newest first."""
        rows = self.paginate_queryset(self.get_queryset())
        assert rows is not None
        return self.get_paginated_response(_shown(self.owner.pk, rows))

    @extend_schema(responses=FavoriteFoodSerializer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One favorite."""
        return Response(_shown(self.owner.pk, [self.get_object()])[0])

    def perform_create_once(
        self, serializer: BaseSerializer[Any], object_id: UUID, creation_hash: bytes
    ) -> FavoriteFood:
        return favorites.add_favorite(
            user_id=self.owner.pk,
            object_id=object_id,
            food_id=serializer.validated_data["food"],
            creation_hash=creation_hash,
        )

    def represent(self, row: FavoriteFood) -> Any:
        return _shown(self.owner.pk, [row])[0]

    def perform_destroy(self, instance: FavoriteFood) -> None:
        favorites.remove_favorite(user_id=self.owner.pk, favorite_id=instance.pk)


def represent_favorites(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = FavoriteFood.objects.filter(user=user_id, pk__in=ids)
    return {shown["id"]: shown for shown in _shown(user_id, rows)}


def _shown(user_id: UUID, favorites_: Iterable[FavoriteFood]) -> list[dict[str, Any]]:
    """The favorites with their foods, in one query for all."""
    rows = list(favorites_)
    foods = {food["id"]: food for food in selectors.foods(user_id, [row.food_id for row in rows])}
    return [
        {"id": row.pk, "food": foods[row.food_id], "created_at": row.created_at} for row in rows
    ]
