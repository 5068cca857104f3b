"""What the person's page is made of, and what a card of it may hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from config.admin.charts import Chart


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A text, the way to its page where there is one, and a state: ok, look or act."""

    text: object
    url: str = ""
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """Facts, a chart, or a table; ``url`` leads to the list behind it."""

    title: str
    facts: Sequence[tuple[str, Cell]] = ()
    chart: Chart | None = None
    head: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    note: str = ""
    url: str = ""
    is_wide: bool = False


def may_view(request: HttpRequest, *labels: str) -> bool:
    """Whether the reader may open the lists of these models, such as "social.Post"."""
    return all(_may_view(request, *label.lower().split(".")) for label in labels)


def _may_view(request: HttpRequest, app: str, model: str) -> bool:
    user = request.user
    return user.has_perm(f"{app}.view_{model}") or user.has_perm(f"{app}.change_{model}")


def list_of(label: str, search: str = "") -> str:
    """The address of the model's list, of one person where their username is given."""
    name = label.lower().replace(".", "_")
    return reverse(f"admin:{name}_changelist", query={"q": search} if search else None)


def page_of(label: str, pk: object) -> str:
    return reverse(f"admin:{label.lower().replace('.', '_')}_change", args=[pk])


def link_to(row: Model, text: object = None, *, state: str = "") -> Cell:
    return Cell(text=text or row, url=page_of(row._meta.label, row.pk), state=state)


def moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "–"
