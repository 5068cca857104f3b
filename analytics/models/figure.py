"""How the whole of it goes, day by day: what the admin's first page draws."""

from django.db import models
from django.db.models import Q

from users.ids import uuid7


class DailyFigure(models.Model):
    """A number of a day, of nobody in particular. It can be made again (rebuild_figures)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    date = models.DateField(
        editable=False, help_text="UTC for sign-ups and posts; diaries go by the person's own day."
    )
    name = models.CharField(max_length=50, editable=False)
    value = models.BigIntegerField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["date", "name"], name="dailyfigure_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="dailyfigure_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
