"""A person's page: who they are, how their year went, and what staff may have to know of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, LiteralString

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from analytics.models import TrainingDay
from config.admin import year
from config.admin.cards import Card, Cell, link_to, list_of, may_view, moment, page_of
from config.admin.charts import number
from social.models import ModerationAction
from users.admin import health
from users.keyset import fetch
from users.localtime import reading_of
from users.models import AccountExport, AuditEntry, User
from wearables.models import ActivityImport, DeviceStatus, WearableDevice
from workouts.models import PlanGeneration, WorkoutImport

_SHOWN: Final = 8
_FIRST_YEAR: Final = 1970
# With no more than so many read, however popular somebody is.
_MOST: Final = 10_000
_SOCIAL: LiteralString = """
    SELECT
        (SELECT count(*) FROM (SELECT FROM social_post
            WHERE user_id = %(person)s AND deleted_at IS NULL LIMIT %(most)s) one) AS posts,
        (SELECT count(*) FROM (SELECT FROM social_comment
            WHERE user_id = %(person)s AND deleted_at IS NULL LIMIT %(most)s) one) AS comments,
        (SELECT count(*) FROM (SELECT FROM social_socialfollow
            WHERE following_id = %(person)s LIMIT %(most)s) one) AS followers,
        (SELECT count(*) FROM (SELECT FROM social_socialfollow
            WHERE follower_id = %(person)s LIMIT %(most)s) one) AS following,
        (SELECT count(*) FROM (SELECT FROM social_friendship
            WHERE user_id = %(person)s LIMIT %(most)s) one) AS friends
"""
# Of the account itself, of posts and of comments; whose the others are is seen at the desk.
_REPORTS: LiteralString = """
    WITH kind AS (
        SELECT id, model FROM django_content_type
        WHERE (app_label, model) IN (('users', 'user'), ('social', 'post'), ('social', 'comment'))
    ), about AS (
        SELECT report.status FROM social_report report
        JOIN kind ON kind.id = report.target_type_id AND kind.model = 'user'
        WHERE report.target_id = %(person)s
        UNION ALL
        SELECT report.status FROM social_post post
        JOIN social_report report ON report.target_id = post.id
        JOIN kind ON kind.id = report.target_type_id AND kind.model = 'post'
        WHERE post.user_id = %(person)s
        UNION ALL
        SELECT report.status FROM social_comment comment
        JOIN social_report report ON report.target_id = comment.id
        JOIN kind ON kind.id = report.target_type_id AND kind.model = 'comment'
        WHERE comment.user_id = %(person)s
    )
    SELECT (SELECT count(*) FROM about) AS about,
        (SELECT count(*) FROM about WHERE status = 'open') AS open,
        (SELECT count(*) FROM social_report WHERE user_id = %(person)s) AS by_them
"""


@dataclass(frozen=True, kw_only=True)
class Badge:
    text: str
    state: str = ""


def person_year(site: AdminSite, request: HttpRequest, person_id: object) -> HttpResponse:
    """The page of a person and a year; as many queries for somebody with much as with little."""
    if not may_view(request, "users.User"):
        raise PermissionDenied
    person = get_object_or_404(User.objects.select_related("profile", "settings"), pk=person_id)
    now = timezone.now()
    today = reading_of(now, person.profile.timezone).date()
    chosen = _chosen_year(request, today)
    wanted = year.wanted(request)
    opened = bool(wanted) and health.may_see(request, person.pk)
    context = {
        **site.each_context(request),
        "title": person.profile.display_name or person.username,
        "person": person,
        "opts": User._meta,
        "badges": _badges(person),
        "year": chosen,
        "years": _years(person, today),
        "cards": list(_cards(request, person)),
        "health_cards": year.cards(person, wanted, chosen=chosen, today=today, now=now)
        if opened
        else [],
        "masked": bool(wanted) and not opened,
        "reason_url": health.reason_url(person.pk, back_to=request.get_full_path())
        if health.may_give_reason(request)
        else "",
    }
    return TemplateResponse(request, "admin/person_year.html", context)


def _chosen_year(request: HttpRequest, today: date) -> int:
    asked = request.GET.get("year", str(today.year))
    if not (asked.isascii() and asked.isdecimal() and _FIRST_YEAR <= int(asked) <= today.year):
        raise Http404
    return int(asked)


def _years(person: User, today: date) -> list[int]:
    """Those since they came, or trained first, newest first."""
    trained = TrainingDay.objects.filter(user=person).order_by("date").values_list("date")
    first = min([person.date_joined.year, today.year, *(day.year for (day,) in trained[:1])])
    return list(range(today.year, first - 1, -1))


def _badges(person: User) -> list[Badge]:
    verified = EmailAddress.objects.filter(user=person, verified=True, primary=True).exists()
    factors = Authenticator.objects.filter(user=person).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    has_factor = factors.exists()
    badges = [
        Badge(text="Active", state="ok")
        if person.is_active
        else Badge(text="Shut out", state="act"),
        Badge(text="Address verified", state="ok")
        if verified
        else Badge(text="Address not verified", state="look"),
        Badge(text="Second factor", state="ok") if has_factor else Badge(text="No second factor"),
        Badge(text=person.profile.get_user_type_display()),
        Badge(text=f"Profile: {person.profile.get_visibility_display().lower()}"),
    ]
    if person.is_staff:
        badges.append(Badge(text="Superuser" if person.is_superuser else "Staff", state="look"))
    return badges


# --- What is no health value -----------------------------------------------------------------


def _cards(request: HttpRequest, person: User) -> Iterable[Card]:
    yield _account(person)
    for labels, make in _MAKERS:
        if may_view(request, *labels):
            yield make(person)
    if kinds := [kind for kind in _KINDS if may_view(request, kind._meta.label)]:
        yield _jobs(person, kinds)


def _account(person: User) -> Card:
    seen = UserSession.objects.filter(user=person).order_by("-last_seen_at").first()
    return Card(
        title="Account",
        url=page_of("users.User", person.pk),
        facts=[
            ("Username", Cell(text=person.username)),
            ("Email", Cell(text=person.email)),
            ("Joined", Cell(text=moment(person.date_joined))),
            ("Last log-in", Cell(text=moment(person.last_login))),
            ("Last browser session", Cell(text=moment(seen.last_seen_at) if seen else "–")),
            ("Time zone", Cell(text=person.profile.timezone)),
            ("Units", Cell(text=person.settings.get_measurement_system_display())),
        ],
    )


def _devices(person: User) -> Card:
    devices = WearableDevice.objects.filter(user=person).defer("auth_token", "refresh_token")
    return Card(
        title="Devices",
        url=list_of("wearables.WearableDevice", person.username),
        note="No device is connected.",
        head=["Device", "Status", "Last sync"],
        rows=[
            [
                link_to(device, device.name),
                Cell(text=device.get_status_display(), state=_state_of(device)),
                Cell(text=moment(device.last_synced)),
            ]
            for device in devices.order_by("-id")[:_SHOWN]
        ],
    )


def _state_of(device: WearableDevice) -> str:
    if device.status == DeviceStatus.REAUTH_REQUIRED:
        return "act"
    return "ok" if device.status == DeviceStatus.ACTIVE and device.is_active else ""


def _social(person: User) -> Card:
    [counts] = fetch(_SOCIAL, {"person": person.pk, "most": _MOST})
    return Card(
        title="Social",
        url=list_of("social.Post", person.username),
        facts=[
            (name.capitalize(), Cell(text=f"{number(count)}{'+' if count >= _MOST else ''}"))
            for name, count in counts.items()
        ],
    )


def _moderation(person: User) -> Card:
    [reports] = fetch(_REPORTS, {"person": person.pk})
    actions = ModerationAction.objects.filter(person=person).select_related("moderator")
    return Card(
        title="Reports and moderation",
        url=list_of("social.Report", person.username),
        facts=[
            (
                "Open about them",
                Cell(text=number(reports["open"]), state="act" if reports["open"] else ""),
            ),
            ("Ever about them", Cell(text=number(reports["about"]))),
            ("By them", Cell(text=number(reports["by_them"]))),
        ],
        head=["Done about them", "By", "When"],
        rows=[
            [
                link_to(action),
                Cell(text=action.moderator or "–"),
                Cell(text=moment(action.created_at)),
            ]
            for action in actions.order_by("-id")[:_SHOWN]
        ],
    )


_KINDS: Final[tuple[type[Model], ...]] = (
    AccountExport,
    WorkoutImport,
    ActivityImport,
    PlanGeneration,
)


def _jobs(person: User, kinds: Sequence[type[Model]]) -> Card:
    parts = [
        model._default_manager.filter(user=person)
        .order_by("-created_at")
        .values_list(Value(model._meta.label), "pk", "status", "created_at")[:_SHOWN]
        for model in kinds
    ]
    found = sorted(parts[0].union(*parts[1:], all=True), key=lambda row: row[3], reverse=True)
    names = {model._meta.label: str(model._meta.verbose_name) for model in kinds}
    return Card(
        title="Exports, imports and plans",
        note="Nothing was asked for.",
        head=["What", "Status", "Asked for"],
        rows=[
            [
                Cell(text=names[label].capitalize(), url=page_of(label, pk)),
                Cell(text=status, state="act" if status == "failed" else ""),
                Cell(text=moment(at)),
            ]
            for label, pk, status, at in found[:_SHOWN]
        ],
    )


def _trail(person: User) -> Card:
    entries = AuditEntry.objects.about(person.pk).order_by("-number")[:_SHOWN]
    return Card(
        title="What staff did",
        note="Nothing yet.",
        url=list_of("users.AuditEntry", person.username),
        head=["What", "Who", "When"],
        rows=[
            [
                link_to(entry, entry.get_action_display()),
                Cell(text=entry.staff_name or "–"),
                Cell(text=moment(entry.at)),
            ]
            for entry in entries
        ],
    )


_MAKERS: Final[tuple[tuple[tuple[str, ...], Callable[[User], Card]], ...]] = (
    (("wearables.WearableDevice",), _devices),
    (("social.Post",), _social),
    (("social.Report", "social.ModerationAction"), _moderation),
    (("users.AuditEntry",), _trail),
)
