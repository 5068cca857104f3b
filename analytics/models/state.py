"""How far a person's derived rows have come."""

from django.conf import settings
from django.db import models


class AnalyticsState(models.Model):
    """Up to which change of the diaries, and through which day, everything is computed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    revision = models.BigIntegerField(default=0, help_text="The person's clock at that time.")
    through = models.DateField(null=True, help_text="The person's own day at that time.")
    week_starts_on = models.SmallIntegerField(
        default=1, help_text="The first day of their weeks at that time, 1 is Monday."
    )
    refreshed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.revision} through {self.through}"
