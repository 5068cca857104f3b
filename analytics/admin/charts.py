"""How far a person's numbers have come, and pictures of them."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from analytics.charts.look import Asked, Chart, Look
from analytics.models import AnalyticsState
from analytics.selectors.pictures import most_trained, picture_of, svg_of
from users.admin.health import may_see
from users.admin.reading import RoomAdmin

HALF_A_YEAR_DAYS: Final = 182
# What somebody must be allowed to view to see a picture of it.
SHOWS: Final[dict[Chart, str]] = {
    "strength": "strengthprogress",
    "weight": "bodymetric",
    "muscles": "workoutanalysis",
    "calories": "nutritionsummary",
    "load": "trainingday",
}


@admin.register(AnalyticsState)
class AnalyticsStateAdmin(RoomAdmin[AnalyticsState]):
    """Its page has the person's charts, as that of their account has."""

    list_display = fields = ("user", "revision", "through", "week_starts_on", "refreshed_at")
    list_select_related = ("user",)
    ordering = ("-user",)

    def get_urls(self) -> list[URLPattern]:
        chart = path(
            "<uuid:person>/<slug:chart>.svg",
            self.admin_site.admin_view(self.chart_view),
            name="analytics_chart",
        )
        return [chart, *super().get_urls()]

    def chart_view(self, request: HttpRequest, person: UUID, chart: str) -> HttpResponse:
        """The last half year, for staff who may view what is in it."""
        if chart not in SHOWS:
            raise Http404
        if not request.user.has_perm(f"analytics.view_{SHOWS[chart]}"):
            raise PermissionDenied
        if not may_see(request, person):
            raise PermissionDenied
        asked = Asked(
            chart=chart,
            user_id=person,
            exercise_id=_exercise(request, person) if chart == "strength" else None,
            days=HALF_A_YEAR_DAYS,
            look=Look(width="phone" if request.GET.get("width") == "phone" else "wide"),
        )
        picture = picture_of(asked, now=timezone.now())
        svg = picture and svg_of(picture)
        if not svg:
            raise Http404
        return HttpResponse(svg, content_type="image/svg+xml")


def _exercise(request: HttpRequest, person: UUID) -> UUID | None:
    """The one asked for, or the one trained most of late."""
    asked = request.GET.get("exercise")
    if asked is None:
        since = timezone.now().date() - timedelta(days=HALF_A_YEAR_DAYS)
        return most_trained(user_id=person, since=since)
    try:
        return UUID(asked)
    except ValueError:
        raise Http404 from None


def chart_image(chart: Chart, person: UUID, *, title: object, **query: Any) -> SafeString:
    """A picture on a page of the admin."""
    address = reverse("admin:analytics_chart", args=[person, chart], query=query)
    return format_html('<img src="{}" alt="{}" style="max-width: 100%">', address, title)
