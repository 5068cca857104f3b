"""What is derived, and what is true of every derived number."""

from django.db import models

from users.ownership import OwnedModel


class Validity(models.TextChoices):
    """How far a derived number can be believed; analytics.formulas says the same."""

    VALID = "valid", "Valid"
    WARMING_UP = "warming_up", "Too little history yet"
    OUT_OF_RANGE = "out_of_range", "Outside of what the formula is for"
    NO_ANSWER = "no_answer", "No answer: the number stands for nothing"


class DerivedModel(OwnedModel):
    """A row that follows from the diaries alone: nobody writes it but the refresh.

    It can be thrown away and made again (manage.py rebuild_analytics).
    """

    class Meta(OwnedModel.Meta):
        abstract = True


def validity_field() -> models.CharField:  # type: ignore[type-arg]
    return models.CharField(max_length=15, choices=Validity, default=Validity.NO_ANSWER)
