"""What a person says that a photo of food shows: a candidate, or something else."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone as clock

from nutrition import selectors
from nutrition.models import FoodCandidate, FoodImage
from nutrition.services import meals
from users.errors import Conflict
from users.localtime import reading_of
from users.ownership import advance_clock
from users.selectors import time_zone_of
from users.services.creation import content_hash

Content = Mapping[str, Any]
Entry = dict[str, Any]

_OF_THE_ENTRY: Final = ("date", "time", "meal_type", "notes")
_AMOUNTS: Final = ("quantity", "amount", "portion", "count")


class AlreadyConfirmed(Conflict):
    def __init__(self) -> None:
        message = "This photo was confirmed to be something else. Change its meal entry."
        super().__init__(message, code="already_confirmed")


class UnusableCandidate(ValidationError):
    def __init__(self, message: str, code: str) -> None:
        super().__init__({"rank": ValidationError(message, code=code)})


class AmountMissing(ValidationError):
    def __init__(self) -> None:
        message = "Say how much of it there was."
        super().__init__({"amount": ValidationError(message, code="required")})


@transaction.atomic
def confirm_image(*, user_id: UUID, image_id: UUID, content: Content) -> tuple[Entry, bool]:
    """Log what the photo shows; the meal entry as it is shown, and whether it is new.

    ``content`` has the ``rank`` of a candidate or a ``food``, perhaps an amount as a meal entry
    has it (else that of the candidate), and the rest of the entry, whose id is ``entry_id``.
    Without a date or time it is when the photo came, by the person's clock. Again with the same
    content answers the stored entry. Raises AlreadyConfirmed, UnusableCandidate, AmountMissing,
    and what log_entry raises.
    """
    revision = advance_clock(user_id)
    image = FoodImage.objects.get(user_id=user_id, pk=image_id)
    hashed = content_hash(content)
    if image.confirmed_at is not None:
        return _confirmed_before(image, hashed), False
    candidate = _candidate(image, content)
    entry, _ = meals.log_entry(user_id=user_id, content=_entry(image, candidate, content))
    now = clock.now()
    FoodImage.objects.filter(user_id=user_id, pk=image_id).write(
        meal_entry_id=entry["id"],
        food_id=entry["food"],
        confirmed_at=now,
        confirmed_rank=candidate.rank if candidate else None,
        confirmed_amount=entry["amount"],
        confirmation_hash=hashed,
        updated_at=now,
        revision=revision,
    )
    return entry, True


def _confirmed_before(image: FoodImage, hashed: bytes) -> Entry:
    if bytes(image.confirmation_hash or b"") != hashed or image.meal_entry_id is None:
        raise AlreadyConfirmed
    [entry] = selectors.meals(user_id=image.user_id, ids=[image.meal_entry_id])
    return entry


def _candidate(image: FoodImage, content: Content) -> FoodCandidate | None:
    """The one that was chosen, by its rank or by its food."""
    candidates = FoodCandidate.objects.filter(user=image.user_id, image=image).order_by("rank")
    if "rank" not in content:
        return candidates.filter(food=content["food"]).first()
    candidate = candidates.filter(rank=content["rank"]).first()
    if candidate is None:
        raise UnusableCandidate("The photo has no such candidate.", "does_not_exist")
    if candidate.food_id is None:
        raise UnusableCandidate("No food of that name is known. Name a food instead.", "no_food")
    return candidate


def _entry(image: FoodImage, candidate: FoodCandidate | None, content: Content) -> Entry:
    amount = {name: content[name] for name in _AMOUNTS if name in content}
    if not amount:
        if candidate is None or candidate.amount is None:
            raise AmountMissing
        amount = {"amount": candidate.amount}
    taken = reading_of(image.created_at, time_zone_of(image.user_id)).replace(microsecond=0)
    entry = {
        "date": taken.date(),
        "time": taken.time(),
        "food": candidate.food_id if candidate else content["food"],
        **{name: content[name] for name in _OF_THE_ENTRY if name in content},
        **amount,
    }
    return {**entry, "id": content["entry_id"]} if "entry_id" in content else entry
