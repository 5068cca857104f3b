"""A page between the click and the deed: what will happen, to whom, and why."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse


class ReasonForm(forms.Form):
    reason = forms.CharField(
        min_length=10,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="Kept in the audit trail, and told to the person.",
    )


def given(request: HttpRequest) -> Any:
    """What was typed on the page; None before it was shown."""
    return request.POST if "confirmed" in request.POST else None


def ask(
    room: admin.ModelAdmin[Any],
    request: HttpRequest,
    rows: Collection[Model],
    *,
    action: str,
    title: str,
    outcome: str,
    form: forms.Form | None = None,
    destroys: bool = True,
) -> TemplateResponse:
    """The page that runs ``action`` on these rows once more, then with "confirmed".

    ``outcome`` says what will have happened, and ``destroys`` whether it takes something away.
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
    return TemplateResponse(request, "admin/users/ask.html", context)
