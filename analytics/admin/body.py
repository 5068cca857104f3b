"""What people weigh and measure."""

from django.contrib import admin

from analytics.models import BodyMetric
from analytics.models.body import MEASURES
from users.admin.reading import RoomAdmin


@admin.register(BodyMetric)
class BodyMetricAdmin(RoomAdmin[BodyMetric]):
    list_display = ("user", "date", "weight", "body_fat", "waist")
    list_select_related = ("user",)
    fields = ("user", "date", *MEASURES, "notes", "revision", "created_at", "updated_at")
