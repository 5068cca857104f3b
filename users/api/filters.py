"""Named filters of people and notifications."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from users.models import Notification, UserProfile
from users.models.notification import NotificationCategory


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
    unread = filters.BooleanFilter(
        field_name="read_at", lookup_expr="isnull", label="Only unread ones, or only read ones."
    )
    category = filters.ChoiceFilter(choices=NotificationCategory.choices)

    class Meta:
        model = Notification
        fields: list[str] = []
