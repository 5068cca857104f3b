"""Files of foods that ops import."""

from django.db import models
from django.db.models import Q

from users.ids import uuid7


class FoodImportFormat(models.TextChoices):
    OFF_JSONL = "off-jsonl", "Open Food Facts, JSON lines"
    OFF_CSV = "off-csv", "Open Food Facts, CSV"
    USDA_CSV = "usda-csv", "USDA FoodData Central, CSV"


class FoodImport(models.Model):
    """How far a file is imported, so that whoever was interrupted goes on from there.

    Every row that was read is in one of the counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    format = models.CharField(max_length=10, choices=FoodImportFormat)
    file_name = models.CharField(max_length=200)
    fingerprint = models.CharField(
        max_length=64, help_text="Of the file's size, time and beginning."
    )
    offset = models.BigIntegerField(
        default=0, help_text="Where the next row begins; of USDA, the last food's id."
    )
    line = models.BigIntegerField(default=0, help_text="The last one that was read.")
    added = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(
        default=0, help_text="As they were, older than what is stored, or checked by staff."
    )
    merged = models.BigIntegerField(
        default=0, help_text="Those that staff merged into other foods, and stay so."
    )
    rejected = models.JSONField(default=dict, blank=True, help_text="How many, by reason.")
    examples = models.JSONField(
        default=dict, blank=True, help_text="A rejected row of each reason, in words."
    )
    stale = models.JSONField(
        default=list,
        blank=True,
        help_text="Ids of changed foods, of which recipes have yet to be computed again.",
    )
    started_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["format", "fingerprint"],
                condition=Q(finished_at=None),
                name="foodimport_one_open",
            ),
            models.CheckConstraint(
                condition=Q(format__in=FoodImportFormat.values), name="foodimport_format_known"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
