"""Merging duplicates: a page that asks which food is kept."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from nutrition.admin.food_forms import MergeForm
from nutrition.models import Food
from nutrition.services import merging
from users.admin import asking
from users.errors import Conflict

if TYPE_CHECKING:
    AdminBase = admin.ModelAdmin[Food]
else:
    AdminBase = object


class MergingAdmin(AdminBase):
    """Has the action; whoever may delete foods may do it."""

    @admin.action(description="Merge selected foods", permissions=["delete"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Food]) -> TemplateResponse | None:
        chosen = queryset.order_by("-verified", "-trust_score", "pk")
        keepable = chosen.filter(created_by=None, is_archived=False)
        form = MergeForm(asking.given(request), keepable=keepable)
        if not form.is_valid():
            return self._ask(request, chosen, form)
        kept = form.kept
        duplicates = list(chosen.exclude(pk=kept.pk))
        try:
            merging.merge_foods(
                keep_id=kept.pk, duplicate_ids=[duplicate.pk for duplicate in duplicates]
            )
        except Conflict as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return None
        names = ", ".join(str(duplicate) for duplicate in duplicates)
        self.log_change(request, kept, f"Merged into it: {names}")
        self.message_user(request, f"{len(duplicates)} merged into {kept}.")
        return None

    def _ask(
        self, request: HttpRequest, chosen: QuerySet[Food], form: MergeForm
    ) -> TemplateResponse:
        foods = chosen.annotate(times_logged=Count("entries")).select_related("created_by")
        return asking.ask(
            self,
            request,
            foods,
            action="merge",
            title="Merge foods",
            form=form,
            template="admin/nutrition/merge_foods.html",
        )
