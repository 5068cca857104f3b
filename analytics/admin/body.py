"""What people weigh and measure."""

from django.contrib import admin

from analytics.models import BodyMetric
from analytics.models.body import MEASURES
from users.admin.reading import RecordAdmin, ShortPaginator


@admin.register(BodyMetric)
class BodyMetricAdmin(RecordAdmin[BodyMetric]):
    paginator = ShortPaginator
    list_display = ("user", "date", "weight", "body_fat", "waist")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    # Those of all people by day: no index has them, and staff look at one person.
    ordering = ("-id",)
    sortable_by = ()
    fields = ("user", "date", *MEASURES, "notes", "revision", "created_at", "updated_at")
