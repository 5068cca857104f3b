"""What staff may do about people, from the list of accounts."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone

from social.models import Achievement
from social.services import achievements, moderation
from users.admin import asking
from users.admin.account import AccountAdmin
from users.errors import Conflict
from users.models import User
from users.services.accounts import STANDING_IDS


class AwardForm(forms.Form):
    achievement = forms.ModelChoiceField(
        queryset=Achievement.objects.order_by("category", "metric", "threshold")
    )


@admin.action(description="Suspend selected people")
def suspend(
    room: AccountAdmin, request: HttpRequest, queryset: QuerySet[User]
) -> TemplateResponse | None:
    return _moderate(
        room,
        request,
        queryset,
        verb="suspend",
        outcome="They are logged out at once and cannot log in; nobody sees what is theirs.",
    )


@admin.action(description="Reinstate selected people")
def reinstate(
    room: AccountAdmin, request: HttpRequest, queryset: QuerySet[User]
) -> TemplateResponse | None:
    return _moderate(
        room,
        request,
        queryset,
        verb="reinstate",
        outcome="They may log in again, and have all that they had.",
    )


def _moderate(
    room: AccountAdmin,
    request: HttpRequest,
    queryset: QuerySet[User],
    *,
    verb: str,
    outcome: str,
) -> TemplateResponse | None:
    moderator = request.user
    assert isinstance(moderator, User)
    # Nobody judges themselves.
    people = list(queryset.exclude(pk=moderator.pk).order_by("pk"))
    form = asking.ReasonForm(asking.given(request))
    if not form.is_valid():
        title = f"{verb.capitalize()} people"
        return asking.ask(
            room,
            request,
            people,
            action=verb,
            title=title,
            outcome=outcome,
            form=form,
            destroys=verb == "suspend",
        )
    for person in people:
        try:
            getattr(moderation, verb)(
                moderator=moderator, about=person, note=form.cleaned_data["reason"]
            )
        except Conflict as refusal:
            room.message_user(request, f"{person}: {refusal.message}", messages.WARNING)
            continue
        done = {"suspend": "suspended", "reinstate": "reinstated"}[verb]
        room.log_change(request, person, f"{done.capitalize()}.")
        room.message_user(request, f"{person} is {done}; a mail tells them why.")
    return None


@admin.action(description="Award an achievement")
def award(
    room: AccountAdmin, request: HttpRequest, queryset: QuerySet[User]
) -> TemplateResponse | None:
    people = list(queryset.filter(is_active=True).exclude(pk__in=STANDING_IDS).order_by("pk"))
    form = AwardForm(asking.given(request))
    if not form.is_valid():
        outcome = "They are told that they earned it. It can be revoked."
        title = "Award an achievement"
        return asking.ask(
            room,
            request,
            people,
            action="award",
            title=title,
            outcome=outcome,
            form=form,
            destroys=False,
        )
    which: Achievement = form.cleaned_data["achievement"]
    now = timezone.now()
    for person in people:
        is_new = achievements.award_by_hand(user_id=person.pk, achievement_id=which.pk, now=now)
        if is_new:
            room.log_change(request, person, f"Awarded {which}.")
        text = f"{person} has earned {which}." if is_new else f"{person} has {which} already."
        room.message_user(request, text, messages.SUCCESS if is_new else messages.WARNING)
    return None


OFFERED: list[tuple[str, Any]] = [
    ("social.change_report", suspend),
    ("social.change_report", reinstate),
    ("social.add_userachievement", award),
]
AccountAdmin.offered.extend(OFFERED)
