"""Named filters of people and notifications."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from django_filters.widgets import BooleanWidget

from users.models import Notification, UserProfile
from users.models.notification import NotificationCategory


class _Widget(BooleanWidget):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        known = super().value_from_datadict(data, files, name)
        # What it does not know becomes nothing there, and would narrow nothing.
        return data.get(name) or None if known is None else known


class _Field(forms.NullBooleanField):
    def clean(self, value: Any) -> Any:
        if isinstance(value, str):
            raise forms.ValidationError("Give true or false.", code="invalid")
        return super().clean(value)


class TrueOrFalseFilter(filters.BooleanFilter):
    """Refuses what is neither; the library's own then filters nothing."""

    field_class = _Field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"widget": _Widget, **kwargs})


class PersonFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label="Begins or is spelled like a username or displayed name."
    )
    user_type = filters.ChoiceFilter(choices=UserProfile._meta.get_field("user_type").choices)

    class Meta:
        model = UserProfile
        fields: list[str] = []

    def search(
        self, rows: "QuerySet[UserProfile]", name: str, text: str
    ) -> "QuerySet[UserProfile]":
        return rows.matching(text)  # type: ignore[attr-defined, no-any-return]

    def filter_queryset(self, queryset: "QuerySet[UserProfile]") -> "QuerySet[UserProfile]":
        rows = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("q"):
            return rows.order_by("-similarity", "-pk")
        return rows.order_by("-pk")


class NotificationFilter(filters.FilterSet):
    unread = TrueOrFalseFilter(
        field_name="read_at", lookup_expr="isnull", label="Only unread ones, or only read ones."
    )
    category = filters.ChoiceFilter(choices=NotificationCategory.choices)

    class Meta:
        model = Notification
        fields: list[str] = []
