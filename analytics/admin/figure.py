"""The numbers behind the charts of the first page."""

from django.contrib import admin

from analytics.models import DailyFigure
from users.admin.reading import RecordAdmin, ShortPaginator


@admin.register(DailyFigure)
class DailyFigureAdmin(RecordAdmin[DailyFigure]):
    """Nobody's in particular; manage.py rebuild_figures makes them anew."""

    paginator = ShortPaginator
    show_facets = admin.ShowFacets.NEVER
    list_display = ("date", "name", "value")
    search_fields = ("name__startswith",)
    search_help_text = "How a name begins, such as active or devices."
    date_hierarchy = "date"
    ordering = ("-date", "name")
    sortable_by = ()
    fields = ("date", "name", "value")
