"""A reading room: what its pages have in common, in this app and in those above it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Field, Model, QuerySet, TextChoices, URLField
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from users.admin.finding import FoundByPerson
from users.ownership import OwnedPart, advance_clock

# Of rows inside a row; the list of their model has the others.
MAX_SHOWN: Final = 200
_MOST_COUNTED: Final = 10_000
ModelT = TypeVar("ModelT", bound=Model)
# An address that staff type without one gets this scheme.
HTTPS: dict[type[Field[Any, Any]], Mapping[str, Any]] = {URLField: {"assume_scheme": "https"}}


class ShortPaginator(Paginator[Any]):
    """Counts no further than anybody turns pages: to count a table is to read it."""

    @cached_property
    def count(self) -> int:
        assert isinstance(self.object_list, QuerySet)
        return self.object_list.order_by()[:_MOST_COUNTED].count()


class WholeRowForm(forms.ModelForm[ModelT]):
    """Checks every constraint, also those over columns that the form does not show."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]


class PersonalAdmin(admin.ModelAdmin[ModelT]):
    """Rows of people, who may be writing them from their phones at the same time."""

    show_full_result_count = False
    paginator = ShortPaginator
    # To say how many there are of each kind is to count them.
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides = HTTPS

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> ModelT | None:
        row = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST":
            return row
        # A form stores all columns: what it does not show must be what is stored by now.
        owner_id = self.owner_id_of(row)
        if owner_id is not None:
            advance_clock(owner_id)
        return super().get_object(request, object_id, from_field)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """What is inside a row goes with it, whoever may not delete it by itself."""
        rows, counts, denied, kept = super().get_deleted_objects(objs, request)
        parts = {
            str(model._meta.verbose_name)
            for model in self.admin_site._registry
            if issubclass(model, OwnedPart)
        }
        return rows, dict(counts), denied - parts, kept

    def owner_id_of(self, row: ModelT) -> UUID | None:
        owner_field = getattr(row, "owner_field", "user")
        owner_id: UUID | None = getattr(row, f"{owner_field}_id", None)
        return owner_id


class ReadingAdmin(PersonalAdmin[ModelT]):
    """Rows that nobody writes by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ModelT | None = None) -> bool:
        return False


class RecordAdmin(ReadingAdmin[ModelT]):
    """Rows that nobody removes by hand either."""

    def has_delete_permission(self, request: HttpRequest, obj: ModelT | None = None) -> bool:
        return False


class RoomAdmin(FoundByPerson[ModelT], RecordAdmin[ModelT]):
    """A long list, newest first, that is searched by whom its rows are about."""

    ordering: ClassVar[tuple[str | Combinable, ...]] = ("-id",)
    sortable_by = ()


class StatusFilter(admin.SimpleListFilter):
    """By the states that there can be, which need no walk through the table."""

    title = parameter_name = "status"
    statuses: ClassVar[type[TextChoices]]

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(status.value, str(status.label)) for status in self.statuses]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


def pretty(value: object) -> SafeString:
    """Stored JSON, one thing a line."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))


def link(row: Model, text: object) -> SafeString:
    """A way to the page of the row."""
    page = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(page, args=[row.pk]), text)


def lines(texts: Iterable[object]) -> SafeString:
    return format_html_join(SafeString("<br>"), "{}", ((text,) for text in texts))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> SafeString | str:
    """The rows under their head; a dash where there are none."""
    body = format_html_join("", "<tr>{}</tr>", ((_cells(row),) for row in rows))
    if not body:
        return "-"
    titles = format_html_join("", "<th>{}</th>", ((title,) for title in head))
    return format_html("<table><thead><tr>{}</tr></thead>{}</table>", titles, body)


def _cells(row: Sequence[object]) -> SafeString:
    return format_html_join("", "<td>{}</td>", ((_cell(value),) for value in row))


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return localize(localtime(value))
    return "-" if value is None or value == "" else value
