"""Where foods came from, and where duplicates went: records."""

from django.contrib import admin
from django.utils.safestring import SafeString

from nutrition.models import FoodImport, MergedFood
from users.admin.reading import RecordAdmin, pretty

_COUNTS = ("added", "changed", "unchanged", "merged")


@admin.register(FoodImport)
class FoodImportAdmin(RecordAdmin[FoodImport]):
    list_display = ("file_name", "format", "line", *_COUNTS, "started_at", "finished_at")
    list_filter = ("format", ("finished_at", admin.EmptyFieldListFilter))
    search_fields = ("file_name",)
    search_help_text = "A part of the file's name."
    sortable_by = ()
    ordering = ("-id",)
    fields = (
        "file_name",
        "format",
        "fingerprint",
        "offset",
        "line",
        *_COUNTS,
        "shown_rejected",
        "shown_examples",
        "started_at",
        "updated_at",
        "finished_at",
    )

    @admin.display(description="rejected")
    def shown_rejected(self, job: FoodImport) -> SafeString:
        return pretty(job.rejected)

    @admin.display(description="examples")
    def shown_examples(self, job: FoodImport) -> SafeString:
        return pretty(job.examples)


@admin.register(MergedFood)
class MergedFoodAdmin(RecordAdmin[MergedFood]):
    list_display = ("name", "source", "source_id", "gtin", "merged_into", "merged_at")
    list_select_related = ("merged_into",)
    list_filter = ("source",)
    search_fields = ("gtin__exact", "source_id__exact")
    search_help_text = "A GTIN-14, or what the source called it."
    ordering = ("-id",)
    sortable_by = ()
    fields = ("id", "name", "source", "source_id", "gtin", "merged_into", "merged_at")
