"""Foods that turn out to be the same one.

Whoever logs a food holds their own clock, and then the food's row. So a merge takes the clocks of
all people concerned before it locks the foods. A person who logs one of them for the first time
meanwhile makes it begin anew.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from nutrition.models import (
    FavoriteFood,
    Food,
    FoodCandidate,
    FoodImage,
    FoodSource,
    MealEntry,
    MergedFood,
    Portion,
    RecipeIngredient,
)
from nutrition.services import recipes
from nutrition.transfer.readings import MAX_PORTIONS
from users.errors import Conflict
from users.ownership import advance_clocks

MAX_DUPLICATES: Final = 50
_TRIES: Final = 10
# Less than a second: after that PostgreSQL ends one of two who wait for each other, and it should
# not be the person who logs a food.
_PATIENCE: Final = "500ms"


class _Overtaken(Exception):
    """Somebody logged one of the foods for the first time just now."""


def merge_foods(*, keep_id: UUID, duplicate_ids: Collection[UUID]) -> Food:
    """Make these foods the one that is kept, and delete them.

    Entries, recipes, favorites and photos go over to it; entries keep the facts that they were
    logged with. The kept food takes over portions and the barcode that it lacks. The duplicates'
    ids, barcodes and sources lead to it from then on. One transaction; raises Conflict where they
    cannot be one food, or are logged so often that no moment is free.
    """
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return _merge(keep_id, set(duplicate_ids))
        except _Overtaken:
            continue
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
    raise Conflict("These foods are in use at the moment. Try again.", code="busy")


def _merge(keep_id: UUID, duplicate_ids: set[UUID]) -> Food:
    owners = _owners(keep_id, duplicate_ids)
    advance_clocks(owners)
    keep, duplicates = _locked(keep_id, duplicate_ids)
    # What is stored by now stays what it is: the foods are locked.
    if not _owners(keep_id, duplicate_ids) <= owners:
        raise _Overtaken
    _refuse_unlike(keep, duplicates)
    _move_entries_and_photos(keep, duplicate_ids)
    _move_favorites(keep, duplicate_ids)
    moved = RecipeIngredient.objects.filter(food__in=duplicate_ids).update(food=keep)
    _take_over(keep, duplicates)
    _remember(keep, duplicates)
    for duplicate in duplicates:
        duplicate.delete()
    if moved:
        recipes.refresh_recipes(food_ids=[keep.pk])
    return keep


def _owners(keep_id: UUID, duplicate_ids: set[UUID]) -> set[UUID]:
    """Everybody whose rows will change: also those of recipes of the kept food, made anew."""
    pointing = [
        model._default_manager.filter(food__in=duplicate_ids).order_by().values_list("user_id")
        for model in (MealEntry, FavoriteFood, FoodImage, FoodCandidate)
    ]
    ingredients = RecipeIngredient.objects.filter(food__in=[keep_id, *duplicate_ids])
    customs = Food.objects.filter(pk__in=duplicate_ids, created_by__isnull=False)
    everybody = customs.values_list("created_by").union(
        ingredients.values_list("user_id"), *pointing
    )
    return {owner_id for (owner_id,) in everybody}


def _locked(keep_id: UUID, duplicate_ids: set[UUID]) -> tuple[Food, list[Food]]:
    """The foods, in the order of their keys; nobody can point at them anew until the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (usual,) = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_PATIENCE])
        foods = list(
            Food.objects.filter(pk__in={keep_id, *duplicate_ids})
            .order_by("pk")
            .select_for_update()
        )
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [usual])
    keep = next((food for food in foods if food.pk == keep_id), None)
    duplicates = [food for food in foods if food.pk != keep_id]
    if keep is None or keep_id in duplicate_ids or len(duplicates) < len(duplicate_ids):
        raise Conflict("One of these foods is gone, or is to be kept as well.", code="gone")
    return keep, duplicates


def _refuse_unlike(keep: Food, duplicates: Sequence[Food]) -> None:
    if not 0 < len(duplicates) <= MAX_DUPLICATES:
        message = f"Merge from one to {MAX_DUPLICATES} foods into another."
        raise Conflict(message, code="wrong_number")
    if FoodSource.RECIPE in {food.source for food in (keep, *duplicates)}:
        raise Conflict("The food of a recipe is no other one.", code="is_recipe")
    if keep.created_by_id is not None:
        raise Conflict("Keep a shared food: others cannot see this one.", code="custom")
    if keep.is_archived:
        raise Conflict("Keep a food that is not archived.", code="archived")
    for food in duplicates:
        # Amounts in recipes, of photos and of portions are in the unit of the serving.
        if food.serving_unit != keep.serving_unit:
            message = f"{food} is in {food.serving_unit}, {keep} in {keep.serving_unit}."
            raise Conflict(message, code="other_unit")


def _move_entries_and_photos(keep: Food, duplicate_ids: set[UUID]) -> None:
    now = timezone.now()
    MealEntry.objects.filter(food__in=duplicate_ids).update(food=keep, updated_at=now)
    FoodImage.objects.filter(food__in=duplicate_ids).update(food=keep, updated_at=now)
    FoodCandidate.objects.filter(food__in=duplicate_ids).update(food=keep)


def _move_favorites(keep: Food, duplicate_ids: set[UUID]) -> None:
    """A person who has two of the foods as favorites keeps one."""
    of_any = FavoriteFood.objects.filter(food__in=[keep.pk, *duplicate_ids])
    kept: dict[UUID, UUID] = {}
    # That of the kept food before the others, and the oldest of those.
    for pk, user_id, food_id in of_any.order_by("pk").values_list("pk", "user_id", "food_id"):
        if food_id == keep.pk:
            kept[user_id] = pk
        else:
            kept.setdefault(user_id, pk)
    of_any.exclude(pk__in=kept.values()).delete()
    FavoriteFood.objects.filter(food__in=duplicate_ids).update(
        food=keep, updated_at=timezone.now()
    )


def _take_over(keep: Food, duplicates: Sequence[Food]) -> None:
    """Portions, and the barcode, that the kept food lacks."""
    coded = next((food for food in duplicates if food.gtin), None)
    if not keep.gtin and coded is not None:
        keep.barcode, keep.gtin = coded.barcode, coded.gtin
    keep.save(update_fields=["barcode", "gtin", "updated_at"])
    own = list(keep.portions.all())
    theirs = Portion.objects.filter(food__in=duplicates).order_by("food", "pk")
    lacking = _of_other_names(theirs, known={portion.name.casefold() for portion in own})
    Portion.objects.bulk_create(
        Portion(food=keep, name=portion.name, amount=portion.amount)
        for portion in lacking[: max(MAX_PORTIONS - len(own), 0)]
    )


def _of_other_names(portions: Iterable[Portion], *, known: set[str]) -> list[Portion]:
    others: dict[str, Portion] = {}
    for portion in portions:
        if portion.name.casefold() not in known:
            others.setdefault(portion.name.casefold(), portion)
    return list(others.values())


def _remember(keep: Food, duplicates: Sequence[Food]) -> None:
    """Where the duplicates went, under their own ids; what went to them before goes on."""
    MergedFood.objects.filter(merged_into__in=duplicates).update(merged_into=keep)
    MergedFood.objects.bulk_create(
        MergedFood(
            id=food.pk,
            source=food.source,
            source_id=food.source_id,
            gtin=food.gtin,
            # What a person called theirs is not for others, and goes when they go.
            name=str(keep if food.is_custom else food),
            merged_into=keep,
        )
        for food in duplicates
    )
