"""Health values stay masked in the admin until there is a reason to see them: by construction,
since every admin of the site is made with this in front of it.

What is masked is in none of: columns, forms, inlines, ordering, filters, search.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import (
    display_for_field,
    display_for_value,
    flatten_fieldsets,
    label_for_field,
    lookup_field,
)
from django.contrib.admin.views.main import ChangeList
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from users import health_values
from users.models import User
from users.services import audit, disclosures

MASK: Final = "•••"
_PREFIXES: Final = "^=@"
# What the filters of Django's admin ask.
_KINDS: Final = frozenset(
    {"exact", "in", "isnull", "isempty", "gte", "gt", "lte", "lt", "year", "month", "day"}
)

if TYPE_CHECKING:
    _Any = BaseModelAdmin[Any]
    _Room = admin.ModelAdmin[Any]
else:
    _Any = _Room = object


@dataclass(frozen=True)
class _Veiled:
    """A masked column, in a list or on a page of one row."""

    name: str
    room: Any = field(repr=False)
    request: HttpRequest = field(compare=False, repr=False)
    is_link: bool = False
    do_not_call_in_templates: ClassVar[bool] = True

    @property
    def __name__(self) -> str:
        return self.name

    def __str__(self) -> str:
        return self.name

    @property
    def short_description(self) -> str:
        return str(label_for_field(self.name, self.room.model, self.room))

    def __call__(self, row: Model) -> Any:
        person = audit.person_of(row)
        if disclosures.may_see(_staff(self.request), person):
            return self._shown(row)
        way = _way_to_reason(self.request, person)
        if self.is_link or not way:
            return MASK
        title = "Hidden. Give a reason to see it."
        return format_html('<a href="{}" title="{}">{}</a>', way, title, MASK)

    def _shown(self, row: Model) -> Any:
        model_field, attribute, value = lookup_field(self.name, row, self.room)
        empty = self.room.get_empty_value_display()
        if model_field is not None:
            return display_for_field(value, model_field, empty)
        return display_for_value(value, empty, getattr(attribute, "boolean", False))


def _staff(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _way_to_reason(request: HttpRequest, person: UUID | None) -> str:
    """Where this reader may give a reason; empty where they may not."""
    if person is None or not request.user.has_perm("users.add_healthdisclosure"):
        return ""
    return reverse("admin:users_reason", args=[person], query={"next": request.get_full_path()})


class _VeiledForms(_Any):
    """Of a room and of its inlines. ``obj`` is the row of the page, for an inline too."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = super().get_fieldsets(request, obj)
        hidden = self._hidden(request, obj, flatten_fieldsets(shown))
        return [
            (title, {**options, "fields": [_replaced(name, hidden) for name in options["fields"]]})
            for title, options in shown
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = super().get_readonly_fields(request, obj)
        own = [one.name for one in self.model._meta.concrete_fields]
        hidden = self._hidden(request, obj, [*own, *names])
        # The names as well: no form has a field for them then, whoever declared it.
        return (*names, *hidden, *hidden.values())

    def _hidden(self, request: HttpRequest, obj: Any, names: Sequence[Any]) -> dict[str, _Veiled]:
        model = self.model
        masked = [n for n in names if isinstance(n, str) and health_values.masks(model, n)]
        if obj is None or not masked:
            return {}
        if disclosures.may_see(_staff(request), audit.person_of(obj)):
            return {}
        return {name: _Veiled(name, self, request) for name in masked}


def _replaced(name: Any, hidden: dict[str, _Veiled]) -> Any:
    if isinstance(name, (list, tuple)):
        return tuple(hidden.get(one, one) for one in name)
    return hidden.get(name, name)


class VeiledAdmin(_VeiledForms, _Room):
    """In front of every admin class of the site."""

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [_veiled_inline(one) for one in super().get_inlines(request, obj)]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        row = kwargs.get("obj")
        if row is not None:
            person = audit.person_of(row)
            context["health_is_open"] = disclosures.is_open(_staff(request), person)
            context["reason_url"] = _way_to_reason(request, person)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_list_display(self, request: HttpRequest) -> Any:
        names: Sequence[Any] = super().get_list_display(request)
        if disclosures.sees_everybody(_staff(request)):
            return names
        links = self.list_display_links or names[:1]
        return [
            _Veiled(name, self, request, is_link=name in links) if self._masks(name) else name
            for name in names
        ]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        links = super().get_list_display_links(request, list_display)
        return (
            [one for one in list_display if one in links or str(one) in links] if links else links
        )

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        if any(self._masks(name) for name in changelist.list_display):
            # Nothing is masked for whoever is asked for here: they see all of the page.
            for row in changelist.result_list:
                disclosures.may_see(_staff(request), audit.person_of(row))
        return changelist

    def get_list_filter(self, request: HttpRequest) -> Any:
        return self._allowed(request, super().get_list_filter(request))

    def get_search_fields(self, request: HttpRequest) -> Any:
        return self._allowed(request, super().get_search_fields(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # A room has these for what it searches by itself.
        own = {name: getattr(self, name) for name in ("words", "named") if hasattr(self, name)}
        room = copy(self)
        for name, paths in own.items():
            setattr(room, name, tuple(self._allowed(request, paths)))
        return super(VeiledAdmin, room).get_search_results(request, queryset, search_term)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """What an address may ask for is what the page offers; all else would be an oracle."""
        if request is None or "\0" in str(value) or not self._allowed(request, [lookup]):
            return False
        return self._offers(request, lookup)

    def _offers(self, request: HttpRequest, lookup: str) -> bool:
        path, kind = _split(lookup)
        if kind not in _KINDS:
            return False
        # Some filters are shown only once somebody was searched for.
        offered = [*self.list_filter, *self.get_list_filter(request), self.date_hierarchy]
        names = {_parameter(one) for one in offered}
        return path in names or _leads_to_a_row(self.model, path)

    def _allowed(self, request: HttpRequest, found: Sequence[Any]) -> list[Any]:
        if disclosures.sees_everybody(_staff(request)):
            return list(found)
        return [one for one in found if not self._masks(one)]

    def _masks(self, one: Any) -> bool:
        """A name, a path, or a filter, by what it asks for."""
        name = _parameter(one)
        return bool(name) and health_values.masks_path(self.model, name.lstrip(_PREFIXES))


def _parameter(one: Any) -> str:
    """What a filter is called in an address, without what it asks."""
    if isinstance(one, (list, tuple)):
        one = one[0]
    return one if isinstance(one, str) else str(getattr(one, "parameter_name", ""))


def _split(lookup: str) -> tuple[str, str]:
    """A path of fields, and what is asked of where it ends."""
    path, _, kind = lookup.rpartition(LOOKUP_SEP)
    return (path, kind) if path and kind in _KINDS else (lookup, "exact")


def _leads_to_a_row(model: type[Model], path: str) -> bool:
    """A key, of the row itself or of one that it refers to: how pages link to a list."""
    first, _, rest = path.partition(LOOKUP_SEP)
    if first in {"pk", model._meta.pk.name}:
        return not rest
    try:
        related = model._meta.get_field(first).related_model
    except FieldDoesNotExist:
        return False
    if related is None or related is ContentType or isinstance(related, str):
        return False
    return rest in {"", "pk", related._meta.pk.name}


@cache
def _veiled_inline(inline: type[Any]) -> type[Any]:
    return type(inline.__name__, (_VeiledForms, inline), {"__module__": inline.__module__})
