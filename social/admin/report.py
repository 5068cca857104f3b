"""What people reported, and what moderators did about it."""

from typing import Any, Final
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import truncatechars
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from social.admin.desk import (
    BUTTONS,
    DecisionForm,
    actions_about,
    actions_about_person,
    decide,
    possible,
)
from social.admin.things import IN_SIGHT, Thing, key_of, things, way_to
from social.models import ModerationAction, Report, ReportStatus
from social.selectors.targets import REPORTED
from users.admin.reading import RoomAdmin
from users.errors import Conflict
from users.models import StaffAction, User
from users.services import audit

_SHOWN: Final = 50
_TEXT_SHOWN: Final = 120
_SMALL_PX: Final = 48
_EVERYTHING: Final = "all"


class QueueFilter(admin.SimpleListFilter):
    """The open ones, each thing once, unless another state is asked for."""

    title = parameter_name = "status"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        closed = [status for status in ReportStatus if status != ReportStatus.OPEN]
        return [*((one.value, str(one.label)) for one in closed), (_EVERYTHING, "All")]

    def choices(self, changelist: ChangeList) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": "Open"}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        match self.value():
            case None:
                return queryset.filter(status=ReportStatus.OPEN).exclude(_newer_of_the_same())
            case "all":
                return queryset
            case status:
                return queryset.filter(status=status)


def _newer_of_the_same() -> Exists:
    same = Report.objects.filter(
        status=ReportStatus.OPEN,
        target_type=OuterRef("target_type"),
        target_id=OuterRef("target_id"),
    )
    later = Q(created_at=OuterRef("created_at"), pk__gt=OuterRef("pk"))
    return Exists(same.filter(Q(created_at__gt=OuterRef("created_at")) | later))


@admin.register(Report)
class ReportAdmin(RoomAdmin[Report]):
    """The queue: whoever may view reports reads it, whoever may change them decides."""

    list_display = ("what", "text", "small", "whose", "reports", "earlier", "created_at", "reason")
    list_display_links = ("what", "text")
    list_select_related = ("user",)
    list_filter = (QueueFilter, "reason")
    search_help_text = "How the username of who reported begins, or an id."
    ordering = ("-created_at", "-id")
    list_per_page = 50
    actions = None

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        rows: list[Any] = list(changelist.result_list)
        found = things(key_of(row) for row in rows)
        for row in rows:
            row.thing = found[key_of(row)]
        changelist.result_list = rows
        return changelist

    @admin.display
    def what(self, report: Any) -> str:
        kind, state = report.thing.kind, report.thing.state
        return kind if state == IN_SIGHT else f"{kind} ({state})"

    @admin.display
    def text(self, report: Any) -> str:
        return truncatechars(report.thing.text, _TEXT_SHOWN) or "-"

    @admin.display(description="picture")
    def small(self, report: Any) -> SafeString | str:
        pictures = report.thing.pictures
        return _image(report, pictures[0].pk, _SMALL_PX) if pictures else "-"

    @admin.display
    def whose(self, report: Any) -> str:
        return str(report.thing.person or "-")

    @admin.display(description="reports")
    def reports(self, report: Any) -> int:
        return int(report.thing.open_reports)

    @admin.display(description="earlier")
    def earlier(self, report: Any) -> int:
        return int(report.thing.earlier_actions)

    # --- The desk ----------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        ours = [
            path(
                "<uuid:pk>/pictures/<uuid:picture_id>/",
                view(self.picture_view),
                name="social_report_picture",
            ),
            path("about/<str:kind>/<uuid:pk>/", view(self.about_view), name="social_moderate"),
        ]
        return [*ours, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A report, what it is about, and what can be done."""
        self._require_view(request)
        report = self._report(object_id)
        return self._desk(request, report, title=f"Report: {report.get_reason_display()}")

    def about_view(self, request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
        """The same for a thing that nobody reported. A message is none of the moderators' then."""
        self._require_view(request)
        if kind not in REPORTED or kind == "message":
            raise Http404
        thing = get_object_or_404(REPORTED[kind].model._base_manager, pk=pk)
        return self._desk(request, thing, title=f"Moderate: {kind}")

    def picture_view(self, request: HttpRequest, pk: UUID, picture_id: UUID) -> FileResponse:
        """A thumbnail out of what is reported."""
        self._require_view(request)
        report = self._report(pk)
        for picture in things([key_of(report)])[key_of(report)].pictures:
            if picture.pk == picture_id:
                try:
                    return FileResponse(picture.thumbnail.open(), content_type="image/webp")
                except (FileNotFoundError, ValueError):
                    break
        raise Http404

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _may_decide(self, request: HttpRequest, thing: Thing) -> bool:
        # Nobody judges what is their own.
        is_own = thing.person is not None and thing.person.pk == request.user.pk
        return request.user.has_perm("social.change_report") and not is_own

    def _report(self, pk: object) -> Report:
        try:
            report_id = UUID(str(pk))
        except ValueError:
            raise Http404 from None
        return get_object_or_404(Report.objects.select_related("user"), pk=report_id)

    def _desk(self, request: HttpRequest, about: Model, *, title: str) -> HttpResponse:
        thing = things([key_of(about)])[key_of(about)]
        form = DecisionForm(request.POST or None)
        if request.method == "POST":
            if not self._may_decide(request, thing):
                raise PermissionDenied
            if form.is_valid():
                self._decide(request, about, form)
                return HttpResponseRedirect(request.path)
        return TemplateResponse(
            request,
            "admin/social/desk.html",
            {
                **self.admin_site.each_context(request),
                **_shown(about, thing),
                "title": title,
                "opts": self.opts,
                "form": form,
                "media": self.media,
                "page": self._page_of(request, thing),
                "may_decide": self._may_decide(request, thing),
            },
        )

    def _page_of(self, request: HttpRequest, thing: Thing) -> str:
        """The way to the thing's own page, for who may see that."""
        room = self.admin_site._registry.get(type(thing.row))
        may_see = room is not None and room.has_view_permission(request)
        return way_to(*thing.key) if may_see else thing.kind

    def _decide(self, request: HttpRequest, about: Model, form: DecisionForm) -> None:
        moderator = request.user
        assert isinstance(moderator, User)
        given = form.cleaned_data
        try:
            action = decide(moderator=moderator, about=about, **given)
        except Conflict as refusal:
            self.message_user(request, refusal.message, messages.WARNING)
            return
        done = audit.Note(
            action=StaffAction.RUN,
            model=about._meta.label,
            object_id=str(about.pk),
            # Not the one who reported it.
            person=action.person_id,
            detail={"action": action.verb},
        )
        audit.note(done, staff=moderator)
        self.message_user(request, f"{action}. {BUTTONS[action.verb][1]}")


def _shown(about: Model, thing: Thing) -> dict[str, Any]:
    """What the page says of a thing."""
    report = about if isinstance(about, Report) else None
    done = list(actions_about(thing.key)[:_SHOWN])
    reports = Report.objects.filter(target_type=thing.key[0], target_id=thing.key[1])
    pictures = [_image(report, one.pk) for one in thing.pictures] if report else []
    before = list(actions_about_person(thing.person)[:_SHOWN]) if thing.person else []
    return {
        "report": report,
        "thing": thing,
        "pictures": pictures,
        "reports": reports.select_related("user").order_by("-created_at", "-pk")[:_SHOWN],
        "done": done,
        "last": done[0].pk if done else "",
        "before": before,
        "buttons": possible(thing, done=done, before=before),
    }


def _image(report: Report, picture_id: UUID, width_px: int | None = None) -> SafeString:
    address = reverse("admin:social_report_picture", args=[report.pk, picture_id])
    size = format_html(' width="{}"', width_px) if width_px else ""
    return format_html('<img src="{}" alt="" loading="lazy"{}>', address, size)


# --- The audit trail -------------------------------------------------------------------------


class ModeratorFilter(admin.SimpleListFilter):
    """By those who are staff now."""

    title = parameter_name = "moderator"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        staff = User.objects.filter(is_staff=True).order_by("username")[:_SHOWN]
        return [(str(one.pk), one.username) for one in staff]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ModerationAction]
    ) -> QuerySet[ModerationAction]:
        chosen = self.value()
        known = {value for value, _ in self.lookup_choices}
        return queryset.filter(moderator=UUID(chosen)) if chosen in known else queryset


@admin.register(ModerationAction)
class ModerationActionAdmin(RoomAdmin[ModerationAction]):
    """Nobody adds to it here, changes it or takes from it."""

    list_display = ("verb", "about", "person", "moderator", "short_note", "created_at")
    list_select_related = ("person", "moderator")
    list_filter = ("verb", ModeratorFilter)
    people = ("person", "moderator")
    search_help_text = "How the username of the person or the moderator begins."
    actions = None
    fields = ("verb", "about", "person", "moderator", "note", "report", "created_at")

    @admin.display
    def about(self, action: ModerationAction) -> str:
        return way_to(action.target_type_id, action.target_id)

    @admin.display(description="note")
    def short_note(self, action: ModerationAction) -> str:
        return truncatechars(action.note, _TEXT_SHOWN)
