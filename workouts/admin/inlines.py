"""Rows inside a whole that staff may put right."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Model
from django.http import HttpRequest

ChildT = TypeVar("ChildT", bound=Model)
ParentT = TypeVar("ParentT", bound=Model)


class KnownSelect(AutocompleteSelect):
    """Takes the labels of chosen rows from ``labels``, not from a query for each."""

    labels: Mapping[str, str] = {}

    def optgroups(
        self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None
    ) -> list[Any]:
        if not value or any(str(key) not in self.labels for key in value):
            return super().optgroups(name, list(value), attrs)
        options = [
            self.create_option(name, key, self.labels[str(key)], selected=True, index=index)
            for index, key in enumerate(value)
        ]
        return [(None, options, 0)]


class PartInline(admin.TabularInline[ChildT, ParentT]):
    """Rows inside a whole, each of which names a row of ``autocomplete``."""

    extra = 0
    autocomplete: str

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        if db_field.name == self.autocomplete:
            kwargs["widget"] = KnownSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_formset(self, request: HttpRequest, obj: ParentT | None = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        field = formset.form.base_fields.get(self.autocomplete)
        if field is None:
            return formset
        # Whoever fills in a row is not here to change or delete what it names.
        select = field.widget
        select.can_add_related = select.can_change_related = select.can_delete_related = False
        select.can_view_related = False
        if obj is not None:
            chosen = self.model._default_manager.filter(**{formset.fk.name: obj})
            rows = field.queryset.filter(pk__in=chosen.values(self.autocomplete))
            # A formset's forms have copies of this widget, which all see these labels.
            select.widget.labels = {str(row.pk): str(row) for row in rows}
        return formset
