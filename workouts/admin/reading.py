"""What the pages of the reading room are made of."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet, TextChoices
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Of rows inside a row; the list of their model has the others.
MAX_SHOWN = 200


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
    shown = ("-" if cell is None or cell == "" else cell for cell in row)
    return format_html_join("", "<td>{}</td>", ((cell,) for cell in shown))
