"""The tree of categories, and what sources call them."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from treebeard.admin import TreeAdmin
from treebeard.forms import movenodeform_factory

from nutrition.models import CategoryTag, FoodCategory
from nutrition.services import categories


@admin.register(FoodCategory)
class FoodCategoryAdmin(TreeAdmin):  # type: ignore[misc]  # django-treebeard has no types
    """Nodes are moved by dragging, or by their form. Those without others below may be deleted."""

    form = movenodeform_factory(FoodCategory)
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    search_help_text = "A part of a name or slug."

    def get_readonly_fields(
        self, request: HttpRequest, obj: FoodCategory | None = None
    ) -> tuple[str, ...]:
        # Foods show it, and phones have stored it.
        return ("slug",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: FoodCategory | None = None) -> bool:
        may_go = obj is None or (obj.is_leaf() and not categories.is_fixed(obj))
        return may_go and bool(super().has_delete_permission(request, obj))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with transaction.atomic():
            if request.method == "POST":
                categories.lock_tree()
            answer: HttpResponseBase = super().changeform_view(request, *args, **kwargs)
        return answer

    def move_node(self, request: HttpRequest) -> HttpResponseBase:
        with transaction.atomic():
            categories.lock_tree()
            answer: HttpResponseBase = super().move_node(request)
        return answer

    def delete_model(self, request: HttpRequest, obj: FoodCategory) -> None:
        categories.delete_category(category_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[FoodCategory]) -> None:
        for category in queryset:
            self.delete_model(request, category)


@admin.register(CategoryTag)
class CategoryTagAdmin(admin.ModelAdmin[CategoryTag]):
    list_display = fields = ("tag", "category")
    list_select_related = ("category",)
    search_fields = ("tag", "category__name", "category__slug")
    search_help_text = "A part of a tag, or of a category's name."
    autocomplete_fields = ("category",)
    ordering = ("tag",)
