"""What a person weighs and measures."""

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from users.ownership import OwnedModel, SyncedQuerySet

GIRTHS: Final = ("chest", "waist", "hips", "arms", "thighs", "neck_cm")
MEASURES: Final = ("weight", "body_fat", "muscle_mass", *GIRTHS)
# From and to, in the unit of the measure.
RANGES: Final = {
    "weight": (20, 500),
    "body_fat": (1, 75),
    "muscle_mass": (5, 300),
    **dict.fromkeys(GIRTHS, (5, 400)),
}


class BodyMetric(OwnedModel):
    """Measurements of a day. Empty fields were not measured."""

    date = models.DateField(help_text="The person's own day.")
    weight = models.FloatField(null=True, blank=True, help_text="kg")
    body_fat = models.FloatField(null=True, blank=True, help_text="%")
    muscle_mass = models.FloatField(null=True, blank=True, help_text="kg")
    chest = models.FloatField(null=True, blank=True, help_text="cm")
    waist = models.FloatField(null=True, blank=True, help_text="cm")
    hips = models.FloatField(null=True, blank=True, help_text="cm")
    arms = models.FloatField(null=True, blank=True, help_text="cm")
    thighs = models.FloatField(null=True, blank=True, help_text="cm")
    neck_cm = models.FloatField(null=True, blank=True, help_text="cm")
    notes = models.CharField(max_length=200, blank=True)

    objects: ClassVar[SyncedQuerySet["BodyMetric"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user", "date"],
                name="bodymetric_once_a_day",
                violation_error_message="This day has its measurements; change those.",
            ),
            models.CheckConstraint(
                condition=Q(date__gte="1970-01-01", date__lte="2200-01-01"),
                name="bodymetric_date_in_range",
                violation_error_message="Date must be from 1970 to 2200.",
            ),
            *(
                models.CheckConstraint(
                    # A null passes: it says nothing.
                    condition=Q(**{f"{name}__gte": low, f"{name}__lte": high}),
                    name=f"bodymetric_{name}_in_range",
                    violation_error_message=f"It must be from {low} to {high}.",
                )
                for name, (low, high) in RANGES.items()
            ),
        ]

    def __str__(self) -> str:
        return str(self.date)
