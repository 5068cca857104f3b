"""The trail of what staff did, to read."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from users.admin.finding import WhenFilter, id_of, people_of
from users.admin.reading import RecordAdmin
from users.models import AuditEntry, AuditHead, StaffAction

_SHOWN_OF_ID: Final = 8


class ActionFilter(admin.SimpleListFilter):
    """By the actions that there are, which need no walk through the trail."""

    title = parameter_name = "action"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(action.value, str(action.label)) for action in StaffAction]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class ModelFilter(admin.SimpleListFilter):
    title = parameter_name = "model"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        labels = {model._meta.label for model in model_admin.admin_site._registry}
        return [(label, label) for label in sorted(labels)]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        return queryset.filter(model=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(RecordAdmin[AuditEntry]):
    """Nobody adds to it, changes it or takes from it."""

    list_display = (
        "number",
        "at",
        "staff_name",
        "action",
        "way_to_object",
        "way_to_person",
        "said",
    )
    list_filter = (ActionFilter, ModelFilter, WhenFilter)
    search_fields = ("staff", "object_id", "person")
    search_help_text = (
        "How the username of who did it, or of whom it is about, begins; or an id of either or "
        "of an object."
    )
    ordering = ("-number",)
    sortable_by = ()
    actions = None
    fields = (
        "number",
        "at",
        "staff",
        "staff_name",
        "action",
        "model",
        "way_to_object",
        "way_to_person",
        "said",
        "reason",
        "address",
        "request_id",
        "shown_digest",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        wanted = id_of(term)
        people = [wanted] if wanted else people_of(term)
        found = Q(staff__in=people) | Q(person__in=people) | Q(object_id=str(wanted or term))
        return queryset.filter(found), False

    @admin.display(description="object")
    def way_to_object(self, entry: AuditEntry) -> str | SafeString:
        if not entry.object_id:
            return entry.model or "-"
        return _way(entry.model, entry.object_id, f"{entry.model} {_short(entry.object_id)}")

    @admin.display(description="person")
    def way_to_person(self, entry: AuditEntry) -> str | SafeString:
        # Not their name, which would be asked for once for each of them.
        key = str(entry.person or "")
        return _way("users.User", key, _short(key)) if key else "-"

    @admin.display(description="digest")
    def shown_digest(self, entry: AuditEntry) -> str:
        return bytes(entry.digest).hex()


@admin.register(AuditHead)
class AuditHeadAdmin(RecordAdmin[AuditHead]):
    """Where the trail ends, by its own account."""

    list_display = fields = ("number",)
    search_fields = ("number__exact",)
    search_help_text = "A number."
    ordering = ("slug",)


def _short(key: str) -> str:
    """The end of an id, which tells those of the same minute apart."""
    return f"…{key[-_SHOWN_OF_ID:]}" if len(key) > _SHOWN_OF_ID else key


def _way(label: str, object_id: str, text: str) -> str | SafeString:
    page = f"admin:{label.lower().replace('.', '_')}_change"
    try:
        return format_html('<a href="{}">{}</a>', reverse(page, args=[object_id]), text)
    except NoReverseMatch:
        return text
