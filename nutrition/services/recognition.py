"""Has photos of food looked at, in the background, and keeps what they may show."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from nutrition import selectors
from nutrition.models import FoodCandidate, FoodImage
from nutrition.recognition import Guess, Recognition, RecognitionFailed
from nutrition.services import recognizers
from users.models import JobStatus
from users.services import jobs, language_model

logger = logging.getLogger(__name__)

# In these, a gram is a unit of the food, or close enough to one for a guess.
_WEIGHED_IN: Final = ("g", "ml")
_MAX_AMOUNT: Final = 10_000


@jobs.runs("nutrition.FoodImage")
def recognize(image_id: UUID) -> None:
    """Look at a photo, and store its candidates. What a person confirmed meanwhile stays.

    Raises ModelUnavailable for what may work later, unless it was tried often enough.
    """
    image = FoodImage.objects.filter(pk=image_id).first()
    if image is None:
        raise jobs.JobCancelled
    try:
        found = _recognized(image)
    except (language_model.ModelFailed, RecognitionFailed) as failed:
        may_heal = isinstance(failed, language_model.ModelUnavailable)
        if may_heal and image.attempts < jobs.MAX_ATTEMPTS:
            raise
        logger.warning("Photo %s was not recognized: %s", image.pk, failed, exc_info=failed)
        jobs.end(image, JobStatus.FAILED, error=str(failed))
        return
    _store(image, found)


def _recognized(image: FoodImage) -> Recognition:
    recognizer = recognizers.recognizer()
    try:
        with image.image.open("rb") as file:
            photo = file.read()
    except FileNotFoundError as error:
        raise RecognitionFailed("The photo's file is lost.") from error
    # For as long as a model may take.
    jobs.hold(image, lease=timedelta(seconds=settings.AI_TIMEOUT_S) + jobs.LEASE)
    return recognizer.recognize(photo)


@transaction.atomic
def _store(image: FoodImage, found: Recognition) -> None:
    # Advances the clock. Whoever deleted the photo meanwhile, or was faster, leaves nothing here.
    jobs.keep(image)
    labels = [guess.label for guess in found.guesses]
    foods = selectors.closest_foods(labels, image.user_id) if labels else {}
    FoodCandidate.objects.filter(image=image).remove()
    FoodCandidate.objects.insert(
        _candidate(image, rank, guess, foods.get(guess.label))
        for rank, guess in enumerate(found.guesses, start=1)
    )
    jobs.end(
        image,
        JobStatus.DONE,
        ai_processed=True,
        ai_confidence=found.guesses[0].confidence if found.guesses else None,
        recognizer=found.model,
        error="",
    )


def _candidate(
    image: FoodImage, rank: int, guess: Guess, food: Mapping[str, Any] | None
) -> FoodCandidate:
    return FoodCandidate(
        user_id=image.user_id,
        image=image,
        rank=rank,
        label=guess.label,
        confidence=guess.confidence,
        food_id=food["id"] if food else None,
        amount=_amount(guess, food) if food else None,
    )


def _amount(guess: Guess, food: Mapping[str, Any]) -> float:
    """In the unit of the food's serving: what it seems to weigh, or else what is usual of it."""
    if guess.amount_g is not None and food["serving_unit"].lower() in _WEIGHED_IN:
        return min(guess.amount_g, _MAX_AMOUNT)
    usual: float = food["portions"][0]["amount"] if food["portions"] else food["serving_size"]
    return usual
