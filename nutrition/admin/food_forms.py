"""Foods and portions as staff type them: by the rules that hold for everybody."""

import math
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from nutrition.models import Food, MergedFood, Portion
from nutrition.services import labels
from nutrition.transfer.micronutrients import BY_NAME
from users.admin import asking
from users.admin.reading import WholeRowForm

_LEAST_AMOUNT = 0.01


class FoodForm(WholeRowForm[Food]):
    serving_size = forms.FloatField(min_value=_LEAST_AMOUNT, help_text="In the serving's unit.")

    def clean_micronutrients(self) -> dict[str, float]:
        amounts = self.cleaned_data["micronutrients"] or {}
        if not isinstance(amounts, dict):
            raise ValidationError("Type an object of names and amounts.")
        for name, amount in amounts.items():
            if name not in BY_NAME:
                raise ValidationError(f"There is no nutrient {name}.")
            if not _is_amount(amount):
                raise ValidationError(f"{name} must be a number from 0 on.")
        return amounts

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.errors:
            return
        given = {name: self.cleaned_data[name] for name in self.changed_data}
        try:
            labels.take(self.instance, given)
        except ValidationError as wrong:
            for name, errors in wrong.error_dict.items():
                self.add_error(name.partition(".")[0], errors)


def _is_amount(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0


class PortionFormSet(BaseInlineFormSet[Portion, Food, Any]):
    @property
    def portions(self) -> list[dict[str, Any]]:
        """What is to be there in the end."""
        return [
            {"name": row["name"], "amount": row["amount"]}
            for row in (form.cleaned_data for form in self.forms)
            if row and not row.get("DELETE")
        ]


class MergeForm(asking.KeepForm):
    """One of the shared foods that were chosen, or any other."""

    what = "food"
    other = forms.ModelChoiceField(
        queryset=Food.objects.filter(created_by=None, is_archived=False),
        required=False,
        label="Or another",
        widget=AutocompleteSelect(MergedFood._meta.get_field("merged_into"), admin.site),
    )
