"""Foods that a person wants at hand."""

from uuid import UUID

from django.db import transaction

from nutrition.models import FavoriteFood, Food
from nutrition.services.labels import refusal
from users.errors import Conflict
from users.ownership import advance_clock


@transaction.atomic
def add_favorite(
    *, user_id: UUID, object_id: UUID, food_id: UUID, creation_hash: bytes | None = None
) -> FavoriteFood:
    """Raises ValidationError for a food that the person cannot see, Conflict for a favorite."""
    revision = advance_clock(user_id)
    if not Food.objects.visible_to(user_id).filter(pk=food_id).exists():
        raise refusal("food", "does_not_exist", "There is no such food.")
    if FavoriteFood.objects.filter(user_id=user_id, food_id=food_id).exists():
        raise Conflict("This food is a favorite already.", code="already_favorite")
    favorite = FavoriteFood(
        id=object_id, user_id=user_id, food_id=food_id, creation_hash=creation_hash
    )
    favorite.insert_at(revision)
    return favorite


@transaction.atomic
def remove_favorite(*, user_id: UUID, favorite_id: UUID) -> None:
    advance_clock(user_id)
    FavoriteFood.objects.get(user_id=user_id, pk=favorite_id).delete()
