"""Logs what a person ate. Each write is one transaction and a constant number of statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from nutrition import selectors
from nutrition.models import Food, MealEntry, MergedFood, Portion
from nutrition.selectors.meals import ENTRY_COLUMNS, shown_entry
from nutrition.services import images
from users.errors import Conflict
from users.ids import uuid7
from users.keyset import fetch
from users.localtime import reading_of
from users.ownership import advance_clock
from users.selectors import time_zone_of
from users.services.creation import claim_key, content_hash, stored_ids

MAX_ENTRIES: Final = 200
AMOUNTS: Final = ("quantity", "amount", "portion")

Content = Mapping[str, Any]
Rows = list[dict[str, Any]]

_SNAPSHOT_COLUMNS = """
    food_name, serving_size, serving_unit, serving_calories, serving_protein, serving_carbs,
    serving_fat, serving_fiber, serving_sugar, serving_micronutrients, trust_score
"""
# What is kept of a food f, in the order of the columns above.
_SNAPSHOT = """
    f.name || CASE WHEN f.brand = '' THEN '' ELSE ' (' || f.brand || ')' END, f.serving_size,
    f.serving_unit, coalesce(f.energy_kcal, f.calories), f.protein, f.carbs, f.fat, f.fiber,
    f.sugar, f.micronutrients, f.trust_score
"""
_OF_THEN = """
    e.food_name, e.serving_size, e.serving_unit, e.serving_calories, e.serving_protein,
    e.serving_carbs, e.serving_fat, e.serving_fiber, e.serving_sugar, e.serving_micronutrients,
    e.trust_score
"""
# The lock lets a food that is merged into another at this moment wait, and take the entry along.
_INSERT = f"""
    INSERT INTO nutrition_mealentry (id, user_id, revision, created_at, updated_at, creation_hash,
        date, time, meal_type, notes, food_id, quantity, portion_name, portion_amount,
        {_SNAPSHOT_COLUMNS})
    SELECT e.id, %(user)s, %(revision)s, %(now)s, %(now)s, decode(e.hash, 'hex'),
        e.date, e.time, e.meal_type, coalesce(e.notes, ''), f.id,
        coalesce(e.quantity, coalesce(e.amount, e.count * p.amount) / f.serving_size),
        coalesce(p.name, ''), p.amount, {_SNAPSHOT}
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS e (id uuid, hash text, date date, time time,
        meal_type text, notes text, food uuid, quantity float8, amount float8, portion uuid,
        count float8)
    JOIN nutrition_food f ON f.id = e.food
        AND (f.created_by_id IS NULL OR f.created_by_id = %(user)s)
    LEFT JOIN nutrition_portion p ON p.id = e.portion AND p.food_id = f.id
    WHERE e.portion IS NULL OR p.id IS NOT NULL
    FOR KEY SHARE OF f
    RETURNING {ENTRY_COLUMNS}
"""  # noqa: S608 - our own column names
# As much of it as it was: a serving may have another size today. Where it is counted in another
# unit, nobody knows how much that is, and the facts of then are all that there is.
_COPY = f"""
    INSERT INTO nutrition_mealentry (id, user_id, revision, created_at, updated_at,
        date, time, meal_type, notes, food_id, quantity, portion_name, portion_amount,
        {_SNAPSHOT_COLUMNS})
    SELECT c.id, e.user_id, %(revision)s, %(now)s, %(now)s,
        %(to_date)s, e.time, coalesce(%(to_meal)s, e.meal_type), e.notes, f.id,
        e.quantity * e.serving_size / facts.serving_size, e.portion_name, e.portion_amount,
        facts.*
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS c (id uuid, source uuid)
    JOIN nutrition_mealentry e ON e.user_id = %(user)s AND e.id = c.source
    JOIN nutrition_food f ON f.id = e.food_id
    CROSS JOIN LATERAL (
        SELECT {_SNAPSHOT} WHERE f.serving_unit = e.serving_unit
        UNION ALL SELECT {_OF_THEN} WHERE f.serving_unit <> e.serving_unit
    ) facts ({_SNAPSHOT_COLUMNS})
    FOR KEY SHARE OF f
    RETURNING {ENTRY_COLUMNS}
"""  # noqa: S608 - our own column names
_RESNAP = f"""
    UPDATE nutrition_mealentry SET (food_id, {_SNAPSHOT_COLUMNS}) = (
        SELECT f.id, {_SNAPSHOT} FROM nutrition_food f WHERE f.id = %(food)s
    ) WHERE id = %(id)s AND user_id = %(user)s
    RETURNING id
"""  # noqa: S608 - our own column names


class UnknownFood(ValidationError):
    """It does not exist, or is another person's."""

    def __init__(self, attr: str = "food") -> None:
        super().__init__({attr: ValidationError("There is no such food.", code="does_not_exist")})


class UnknownPortion(ValidationError):
    def __init__(self, attr: str = "portion") -> None:
        message = "The food has no such portion."
        super().__init__({attr: ValidationError(message, code="does_not_exist")})


def log_entry(
    *, user_id: UUID, content: Content, idempotency_key: str = ""
) -> tuple[dict[str, Any], bool]:
    """Log one food; its entry as it is shown, and whether it was stored just now."""
    rows, is_new = _log(user_id, [content], idempotency_key, prefix="")
    return rows[0], is_new


def log_entries(
    *, user_id: UUID, entries: Sequence[Content], idempotency_key: str = ""
) -> tuple[Rows, bool]:
    """Log many foods, all or nothing; the entries in their order, and whether any is new.

    Each names a food and its ``quantity``, its ``amount``, or a ``portion`` and the ``count`` of
    them. Without a date or time it is now, by the person's clock. Entries whose id was stored
    with the same content, and all of a key that was used for them, are answered as they are
    stored. Raises UnknownFood, UnknownPortion, and what create_once raises.
    """
    return _log(user_id, entries, idempotency_key, prefix="entries.{}.")


@transaction.atomic
def _log(
    user_id: UUID, entries: Sequence[Content], idempotency_key: str, *, prefix: str
) -> tuple[Rows, bool]:
    revision = advance_clock(user_id)
    ids, is_known = _ids(user_id, entries, idempotency_key)
    if is_known:
        found = _stored(user_id, ids)
        if len(found) < len(ids):
            raise Conflict("This was deleted.", code="deleted")
        return found, False
    hashes = {entry["id"]: content_hash(entry) for entry in entries if entry.get("id") is not None}
    stored = stored_ids(model=MealEntry, user_id=user_id, hashes=hashes) if hashes else frozenset()
    new = [
        (place, {**entry, "id": id_, "hash": hashes[id_].hex() if id_ in hashes else None})
        for place, (id_, entry) in enumerate(zip(ids, entries, strict=True))
        if id_ not in stored
    ]
    shown = {row["id"]: row for row in _insert(user_id, revision, [entry for _, entry in new])}
    if len(shown) < len(new):
        left = _led_on([(place, entry) for place, entry in new if entry["id"] not in shown])
        again = _insert(user_id, revision, [entry for _, entry in left])
        shown |= {row["id"]: row for row in again}
        _refuse_unknown(user_id, left, made=shown.keys(), prefix=prefix)
    if stored:
        shown |= {row["id"]: row for row in _stored(user_id, list(stored))}
    return [shown[id_] for id_ in ids], bool(new)


def _ids(
    user_id: UUID, entries: Sequence[Content], idempotency_key: str
) -> tuple[list[UUID], bool]:
    """An id for each entry, and whether the key says that they are stored already."""
    given = [entry.get("id") for entry in entries]
    if not idempotency_key or all(given):
        return [id_ or uuid7() for id_ in given], False
    first, is_new = claim_key(
        model=MealEntry, user_id=user_id, key=idempotency_key, content={"entries": entries}
    )
    # One key stands for many rows: their ids are counted on from its own.
    ids = [id_ or UUID(int=first.int + place) for place, id_ in enumerate(given)]
    return ids, not is_new


def _stored(user_id: UUID, ids: list[UUID]) -> Rows:
    found = {row["id"]: row for row in selectors.meals(user_id=user_id, ids=ids)}
    # One that was deleted meanwhile is not brought back.
    return [found[id_] for id_ in ids if id_ in found]


def _insert(user_id: UUID, revision: int, entries: Sequence[Content]) -> Rows:
    if not entries:
        return []
    now = timezone.now()
    if any("date" not in entry or "time" not in entry for entry in entries):
        reading = reading_of(now, time_zone_of(user_id))
        clock = {"date": reading.date(), "time": reading.time().replace(microsecond=0)}
        entries = [{**clock, **entry} for entry in entries]
    rows = [{"count": 1, **entry} for entry in entries]
    values = {
        "user": user_id,
        "revision": revision,
        "now": now,
        "rows": orjson.dumps(rows).decode(),
    }
    return [shown_entry(row) for row in fetch(_INSERT, values)]


def _led_on(entries: Sequence[tuple[int, Content]]) -> list[tuple[int, Content]]:
    """With the foods that theirs were merged into since the phone last asked."""
    merged = MergedFood.objects.filter(pk__in=[entry["food"] for _, entry in entries])
    kept = dict(merged.values_list("pk", "merged_into"))
    return [
        (place, {**entry, "food": kept.get(entry["food"], entry["food"])})
        for place, entry in entries
    ]


def _refuse_unknown(
    user_id: UUID, entries: Sequence[tuple[int, Content]], *, made: Collection[UUID], prefix: str
) -> None:
    left = [(place, entry) for place, entry in entries if entry["id"] not in made]
    if not left:
        return
    visible = set(
        Food.objects.visible_to(user_id)
        .filter(pk__in=[entry["food"] for _, entry in left])
        .values_list("pk", flat=True)
    )
    place, entry = left[0]
    if entry["food"] not in visible:
        raise UnknownFood(f"{prefix.format(place)}food")
    raise UnknownPortion(f"{prefix.format(place)}portion")


@transaction.atomic
def copy_entries(
    *,
    user_id: UUID,
    from_date: date,
    to_date: date,
    from_meal: str | None = None,
    to_meal: str | None = None,
    idempotency_key: str = "",
) -> tuple[Rows, bool]:
    """Log a day, or a meal of it, again on another day; with what the foods contain today.

    Raises ValidationError where nothing is logged there, or more than MAX_ENTRIES.
    """
    revision = advance_clock(user_id)
    sources = _sources(user_id, from_date, from_meal)
    content = {"copy": [from_date, to_date, from_meal, to_meal]}
    first, is_new = uuid7(), True
    if idempotency_key:
        first, is_new = claim_key(
            model=MealEntry, user_id=user_id, key=idempotency_key, content=content
        )
    # As in _ids. A repeated copy may be of a day that has fewer or more entries by now.
    ids = [UUID(int=first.int + place) for place in range(MAX_ENTRIES)]
    if not is_new:
        return _stored(user_id, ids), False
    if not sources:
        message = "Nothing is logged there."
        raise ValidationError({"from_date": ValidationError(message, code="empty")})
    if len(sources) > MAX_ENTRIES:
        message = f"At most {MAX_ENTRIES} entries can be copied at once."
        raise ValidationError({"from_date": ValidationError(message, code="too_many")})
    pairs = [{"id": id_, "source": source} for id_, source in zip(ids, sources, strict=False)]
    values = {
        "user": user_id,
        "revision": revision,
        "now": timezone.now(),
        "to_date": to_date,
        "to_meal": to_meal,
        "rows": orjson.dumps(pairs).decode(),
    }
    found = {row["id"]: shown_entry(row) for row in fetch(_COPY, values)}
    return [found[pair["id"]] for pair in pairs], True


def _sources(user_id: UUID, day: date, meal_type: str | None) -> list[UUID]:
    entries = MealEntry.objects.filter(user_id=user_id, date=day)
    if meal_type is not None:
        entries = entries.filter(meal_type=meal_type)
    ordered = entries.order_by("time", "id").values_list("pk", flat=True)
    return list(ordered[: MAX_ENTRIES + 1])


@transaction.atomic
def change_entry(*, user_id: UUID, entry_id: UUID, content: Content) -> None:
    """Change an entry. Another food brings its own facts; another amount scales those it has.

    Raises UnknownFood, UnknownPortion, and ValidationError for another food without an amount.
    """
    revision = advance_clock(user_id)
    entry = MealEntry.objects.get(user_id=user_id, pk=entry_id)
    plain = {
        name: content[name] for name in ("date", "time", "meal_type", "notes") if name in content
    }
    food_id = content.get("food", entry.food_id)
    if food_id != entry.food_id:
        if not any(name in content for name in AMOUNTS):
            message = "Say how much of the other food it was."
            raise ValidationError({"quantity": ValidationError(message, code="required")})
        _take_other_food(entry, food_id)
    plain |= _measured(entry, content)
    MealEntry.objects.filter(pk=entry.pk).write(
        revision=revision, updated_at=timezone.now(), **plain
    )


def _take_other_food(entry: MealEntry, food_id: UUID) -> None:
    if not Food.objects.visible_to(entry.user_id).filter(pk=food_id).exists():
        raise UnknownFood
    fetch(_RESNAP, {"food": food_id, "id": entry.pk, "user": entry.user_id})
    entry.refresh_from_db()


def _measured(entry: MealEntry, content: Content) -> dict[str, Any]:
    """The new quantity of an entry, and the portion that it is counted in."""
    if content.get("portion") is not None:
        unit_today = Q(food__serving_unit=entry.serving_unit)
        portion = Portion.objects.filter(
            unit_today, pk=content["portion"], food=entry.food_id
        ).first()
        if portion is None:
            raise UnknownPortion
        amount = portion.amount * content.get("count", 1)
        named = {"portion_name": portion.name, "portion_amount": portion.amount}
        return {"quantity": amount / entry.serving_size, **named}
    plain = {"portion_name": "", "portion_amount": None}
    if "count" in content and entry.portion_amount is not None:
        # So many more of the portions that it is counted in.
        return {"quantity": entry.portion_amount * content["count"] / entry.serving_size}
    if "count" in content:
        message = "The entry is not counted in portions: name one."
        raise ValidationError({"count": ValidationError(message, code="required")})
    if "amount" in content:
        return {"quantity": content["amount"] / entry.serving_size, **plain}
    return {"quantity": content["quantity"], **plain} if "quantity" in content else {}


@transaction.atomic
def delete_entry(*, user_id: UUID, entry_id: UUID) -> None:
    """Delete an entry, and the photos that it was made of."""
    advance_clock(user_id)
    images.remove_files_of_entries([entry_id])
    MealEntry.objects.get(user_id=user_id, pk=entry_id).delete()
