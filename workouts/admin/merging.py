"""Merging duplicates: a page that asks which exercise is kept."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from users.admin import asking
from users.errors import Conflict
from workouts.models import Exercise, MergedExercise, WorkoutSet
from workouts.services import merging

if TYPE_CHECKING:
    AdminBase = admin.ModelAdmin[Exercise]
else:
    AdminBase = object


class MergeForm(asking.KeepForm):
    """One of those that were chosen, or any other of the catalogue."""

    what = "exercise"
    other = forms.ModelChoiceField(
        queryset=Exercise.objects.filter(created_by=None),
        required=False,
        label="Or another",
        widget=AutocompleteSelect(MergedExercise._meta.get_field("merged_into"), admin.site),
    )


class MergingAdmin(AdminBase):
    """Has the action; whoever may delete exercises may do it."""

    @admin.action(description="Merge selected exercises", permissions=["delete"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Exercise]) -> TemplateResponse | None:
        chosen = queryset.select_related(None).order_by("created_by", "name", "pk")
        form = MergeForm(asking.given(request), keepable=chosen)
        if not form.is_valid():
            return self._ask_which(request, chosen, form)
        kept = form.kept
        duplicates = list(chosen.exclude(pk=kept.pk))
        names = ", ".join(str(duplicate) for duplicate in duplicates)
        try:
            is_done = merging.merge_exercises(
                keep_id=kept.pk, duplicate_ids=[duplicate.pk for duplicate in duplicates]
            )
        except Conflict as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return None
        self.log_change(request, kept, f"Merged into it: {names}")
        later = "" if is_done else " Many people logged them: a worker moves theirs, then they go."
        self.message_user(request, f"{len(duplicates)} merged into {kept}.{later}")
        return None

    def _ask_which(
        self, request: HttpRequest, chosen: QuerySet[Exercise], form: MergeForm
    ) -> TemplateResponse:
        sets = WorkoutSet.objects.filter(exercise=OuterRef("pk"))
        return asking.ask(
            self,
            request,
            chosen.annotate(is_logged=Exists(sets)).select_related("created_by"),
            action="merge",
            title="Merge exercises",
            form=form,
            template="admin/workouts/merge_exercises.html",
        )
