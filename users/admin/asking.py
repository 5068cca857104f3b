"""A page between the click and the deed: what will happen, to whom, and why."""

from collections.abc import Collection
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse


class ReasonForm(forms.Form):
    reason = forms.CharField(
        min_length=10,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="Kept in the audit trail, and told to the person.",
    )


class KeepForm(forms.Form):
    """Which of several is kept: one of those that may be, or ``other``, which a subclass has."""

    what: ClassVar[str]
    keep: ClassVar[Any] = forms.ModelChoiceField(
        queryset=None, required=False, empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, keepable: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep = self.fields["keep"]
        assert isinstance(keep, forms.ModelChoiceField)
        keep.queryset = keepable

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and bool(values["keep"]) == bool(values["other"]):
            raise ValidationError(f"Say which {self.what} is kept: one of these, or another.")
        return values

    @property
    def kept(self) -> Any:
        return self.cleaned_data["keep"] or self.cleaned_data["other"]


def given(request: HttpRequest) -> Any:
    """What was typed on the page; None before it was shown."""
    return request.POST if "confirmed" in request.POST else None


def ask(
    room: admin.ModelAdmin[Any],
    request: HttpRequest,
    rows: Collection[Model] | QuerySet[Any],
    *,
    action: str,
    title: str,
    outcome: str = "",
    form: forms.Form | None = None,
    destroys: bool = True,
    template: str = "admin/users/ask.html",
) -> TemplateResponse:
    """The page that runs ``action`` on these rows once more, then with "confirmed".

    ``outcome`` says what will have happened, and ``destroys`` whether it takes something away. A
    ``template`` of the room's own extends the usual one, and may say more of the rows.
    """
    context = {
        **room.admin_site.each_context(request),
        "title": title,
        "opts": room.opts,
        "rows": rows,
        "action": action,
        "outcome": outcome,
        "form": form,
        "destroys": destroys,
        "checkbox": ACTION_CHECKBOX_NAME,
        "media": room.media + form.media if form else room.media,
    }
    return TemplateResponse(request, template, context)
