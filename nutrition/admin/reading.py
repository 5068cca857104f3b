"""What the pages of the reading room are made of."""

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Of rows inside a row; the list of their model has the others.
MAX_SHOWN: Final = 200
_MOST_COUNTED: Final = 10_000


class ShortPaginator(Paginator[Any]):
    """Counts no further than anybody turns pages: to count a table is to read it."""

    @cached_property
    def count(self) -> int:
        assert isinstance(self.object_list, QuerySet)
        return self.object_list.order_by()[:_MOST_COUNTED].count()


def pretty(value: object) -> SafeString:
    """Stored JSON, one thing a line."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))


def link(row: Model, text: object) -> SafeString:
    """A way to the page of the row."""
    page = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(page, args=[row.pk]), text)


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
