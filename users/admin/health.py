"""Health values in the admin: who may see whose, and the form where a reason is given."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from users.admin.reading import RecordAdmin
from users.models import HealthDisclosure, User
from users.models.staff import MIN_REASON_LENGTH
from users.services import disclosures


def may_see(request: HttpRequest, user_id: UUID | None) -> bool:
    """Whether this request may show health values of this person.

    A yes is in the audit trail as a look at them: ask only where they are shown if they may be.
    A request asks the database once, for however many people it asks.
    """
    assert isinstance(request.user, User)
    return disclosures.may_see(request.user, user_id)


def may_give_reason(request: HttpRequest) -> bool:
    return request.user.has_perm("users.add_healthdisclosure")


def reason_url(user_id: UUID, *, back_to: str = "") -> str:
    """Where a reason is given to see this person's health values."""
    query = {"next": back_to} if back_to else None
    return reverse("admin:users_reason", args=[user_id], query=query)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        min_length=MIN_REASON_LENGTH,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "style": "width: 100%; max-width: 40em"}),
        help_text="Such as the number of their request. The person finds it in their export.",
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        # What nobody can read is no reason.
        if sum(letter.isalnum() for letter in reason) < MIN_REASON_LENGTH:
            raise forms.ValidationError("Say it in words.")
        return reason


@admin.register(HealthDisclosure)
class HealthDisclosureAdmin(RecordAdmin[HealthDisclosure]):
    """Who saw whose health values, and why."""

    list_display = ("user", "staff", "reason", "opened_at", "closes_at")
    list_select_related = ("user", "staff")
    search_fields = ("user__username", "staff__username")
    search_help_text = "Whose values they are, or who of the staff saw them."
    ordering = ("-id",)
    sortable_by = ()
    fields = list_display

    def get_urls(self) -> list[URLPattern]:
        reason = path(
            "for/<uuid:person>/", self.admin_site.admin_view(self.reason_view), name="users_reason"
        )
        return [reason, *super().get_urls()]

    def reason_view(self, request: HttpRequest, person: UUID) -> HttpResponse:
        """Asks for a reason, and then opens the person's health values for half an hour."""
        if not may_give_reason(request):
            raise PermissionDenied
        user = get_object_or_404(User, pk=person)
        form = ReasonForm(request.POST or None)
        back_to = _safe(request, user)
        if form.is_valid():
            assert isinstance(request.user, User)
            disclosures.disclose(
                staff=request.user, user_id=user.pk, now=timezone.now(), **form.cleaned_data
            )
            self.message_user(request, f"The health values of {user} are shown for 30 minutes.")
            return HttpResponseRedirect(back_to)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": f"See the health values of {user}",
            "opts": self.opts,
            "person": user,
            "form": form,
            "back_to": back_to,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/users/reason.html", context)


def _safe(request: HttpRequest, user: User) -> str:
    """The page that they came from, if it is one of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours else reverse("admin:users_user_change", args=[user.pk])
