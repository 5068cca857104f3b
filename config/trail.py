"""What staff do in the admin goes into the audit trail, by construction: whatever its views and
actions are, they are watched from here.
"""

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from config import logs
from users.models import AuditEntry, StaffAction, User
from users.services import audit
from users.services.audit import Note, Trail

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
_REDIRECTS: Final = 300
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_WRITE: Final = re.compile(
    r"\s*(?:WITH\b.*\b)?(?:INSERT INTO|UPDATE|DELETE FROM)\b", re.IGNORECASE | re.DOTALL
)
# A form that is refused writes these too.
_BOOKKEEPING: Final = re.compile(r"users_syncclock|users_session|usersessions_usersession")
# As Django calls them, and as our own pages do.
_KEYS: Final = ("object_id", "pk", "id", "person")
_PAGES: Final = {
    "add": StaffAction.ADD,
    "change": StaffAction.CHANGE,
    "delete": StaffAction.DELETE,
}

if TYPE_CHECKING:
    AdminBase = admin.ModelAdmin[Any]
else:
    AdminBase = object


def watched(view: View) -> View:
    """The view, with entries for what it does and shows, in the transaction of what it does."""

    @wraps(view)
    def watch(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with audit.following(_trail_of(request)) as trail:
            try:
                return _followed(view, trail, request, *args, **kwargs)
            except Exception as error:
                if request.method not in _SAFE:
                    _log_failure(request, error)
                raise

    return watch


def _followed(
    view: View, trail: Trail, request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponseBase:
    room = getattr(view, "__self__", None)
    model = room.model if isinstance(room, admin.ModelAdmin) else None
    if request.method in _SAFE:
        response = _rendered(view(request, *args, **kwargs))
        trail.notes += _views(trail, request, model, kwargs)
        audit.write(trail)
        return response
    with transaction.atomic():
        # Looked up beforehand: they may be gone afterwards.
        people = _people_asked_for(request, model, kwargs)
        writes = _Writes()
        with connection.execute_wrapper(writes):
            response = _rendered(view(request, *args, **kwargs))
        if writes.happened and not trail.notes:
            trail.notes += _notes_by_address(request, model, people)
        if response.status_code < _REDIRECTS:
            trail.notes += _views(trail, request, model, kwargs)
        audit.write(trail)
    return response


def _trail_of(request: HttpRequest) -> Trail:
    assert isinstance(request.user, User)
    return Trail(
        staff=request.user, address=_address_of(request), request_id=logs.request_id.get()
    )


def _address_of(request: HttpRequest | None) -> str | None:
    try:
        return str(get_adapter().get_client_ip(request)) if request else None
    except PermissionDenied:
        return None


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    # A page asks whether it may show something while it is rendered.
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    return response


class _Writes:
    """Hears of statements that write more than every request does."""

    def __init__(self) -> None:
        self.happened = False

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: Any,
        params: Any,
        many: bool,  # noqa: FBT001 - as Django calls it
        context: Any,
    ) -> Any:
        text = str(sql)
        # A lock is no write.
        if _WRITE.match(text.replace("FOR UPDATE", "")) and not _BOOKKEEPING.search(text):
            self.happened = True
        return execute(sql, params, many, context)


def _people_asked_for(
    request: HttpRequest, model: type[Model] | None, kwargs: dict[str, Any]
) -> dict[str, UUID | None]:
    """The rows that the request names, and whose they are."""
    named = [*request.POST.getlist(ACTION_CHECKBOX_NAME), _object_id(kwargs)]
    ids = [one for one in named if one]
    if model is None or not ids:
        return {}
    try:
        return audit.people_of(model, ids)
    except (ValueError, ValidationError):
        return {}


def _notes_by_address(
    request: HttpRequest, model: type[Model] | None, people: dict[str, UUID | None]
) -> list[Note]:
    """What is known of a deed that its view did not tell of."""
    asked = _action_of(request)
    name = _page_of(request)
    action = StaffAction.RUN if asked else _PAGES.get(name.rpartition("_")[2], StaffAction.OTHER)
    detail = {"action": asked} if asked else {"page": name}
    if request.POST.get("select_across") == "1":
        detail["rows"] = "all of the list"
    label = _label(model) if model else ""
    if not people:
        return [Note(action=action, model=label, detail=detail)]
    return [
        Note(action=action, model=label, object_id=key, person=person, detail=detail)
        for key, person in people.items()
    ]


def _views(
    trail: Trail, request: HttpRequest, model: type[Model] | None, kwargs: dict[str, Any]
) -> list[Note]:
    """Whose health values the page shows, each for themselves."""
    return [
        Note(
            action=StaffAction.VIEW,
            model=_label(model) if model else "",
            object_id=_object_id(kwargs),
            person=person,
            detail={"page": _page_of(request)},
        )
        for person in trail.seen
    ]


def _action_of(request: HttpRequest) -> str:
    is_list = _page_of(request).endswith("_changelist")
    return request.POST.get("action", "") if is_list else ""


def _page_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.url_name or "") if match else ""


def _object_id(kwargs: dict[str, Any]) -> str:
    given = next((kwargs[key] for key in _KEYS if key in kwargs), "")
    return unquote(str(given))[:100]


def _label(model: type[Model]) -> str:
    """A trainer's history is that of their account."""
    concrete = model._meta.concrete_model
    assert concrete is not None
    return concrete._meta.label


def _log_failure(request: HttpRequest, error: Exception) -> None:
    name = type(error).__name__
    logger.warning("Staff %s failed at %s: %s", request.user.pk, _page_of(request), name)


class TrailAdmin(AdminBase):
    """What every admin of this site has beside its own: it tells the trail, and its history pages
    show it. Django's own log is not written, so that there is one.
    """

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        self._note(request, StaffAction.ADD, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        self._note(request, StaffAction.CHANGE, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        for row in queryset:
            self._note(request, StaffAction.DELETE, row, [])

    def _note(self, request: HttpRequest, action: StaffAction, row: Model, message: Any) -> None:
        detail: dict[str, Any] = {}
        asked = _action_of(request)
        if asked and action != StaffAction.DELETE:
            action, detail["action"] = StaffAction.RUN, asked
        if isinstance(message, str):
            detail["note"] = message
        elif message:
            detail["fields"] = list(message)
        audit.note(
            Note(
                action=action,
                model=_label(type(row)),
                object_id=str(row.pk),
                person=audit.person_of(row),
                detail=detail,
            )
        )

    def construct_change_message(  # type: ignore[override]
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        add: bool = False,  # noqa: FBT001, FBT002 - as Django calls it
    ) -> list[str]:
        """The names of what changed, and not the texts of the rows that it changed in."""
        changed = [] if add else list(form.changed_data)
        for formset in formsets or []:
            part = formset.model._meta.model_name
            changed += [f"{part} added" for _ in formset.new_objects]
            for _, names in formset.changed_objects:
                changed += [f"{part}.{name}" for name in names]
            changed += [f"{part} deleted" for _ in formset.deleted_objects]
        return changed

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        response = super().history_view(request, object_id, extra_context)
        if isinstance(response, SimpleTemplateResponse):
            assert response.context_data is not None
            shown = self.get_paginator(request, _history(self.model, unquote(object_id)), 100)
            page = shown.get_page(request.GET.get("p"))
            response.context_data |= {
                "action_list": page,
                "page_range": shown.get_elided_page_range(page.number),
                "pagination_required": shown.num_pages > 1,
            }
        return response


def _history(model: type[Model], object_id: str) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.filter(object_id=object_id, model=_label(model))
    return entries.exclude(action=StaffAction.VIEW).order_by("number")


@receiver(user_logged_in, dispatch_uid="config.note_login")
def note_login(*, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Of staff: by whatever door, since the same account opens the admin."""
    if user.is_staff:
        trail = Trail(
            staff=user,
            address=_address_of(request),
            request_id=logs.request_id.get(),
            notes=[audit.login_of(user)],
        )
        audit.write(trail)
