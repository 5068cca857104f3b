"""Photos of food, and what they were taken for."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from nutrition.models import FoodCandidate, FoodImage
from users.admin import jobs
from users.admin.health import may_see
from users.admin.reading import MAX_SHOWN, RoomAdmin, StatusFilter, link, table
from users.models import JobStatus

_SHOWN_PX = 64


class ImageStatusFilter(StatusFilter):
    statuses = JobStatus


@admin.register(FoodImage)
class FoodImageAdmin(RoomAdmin[FoodImage]):
    """Staff see thumbnails. The photos themselves, and deleting them, are their owners'."""

    list_display = (
        "small",
        "user",
        "status",
        "recognizer",
        "ai_confidence",
        "confirmed_rank",
        "food",
        "created_at",
    )
    list_display_links = ("small", "created_at")
    list_select_related = ("user", "food")
    list_filter = ("ai_processed", ImageStatusFilter)
    actions = ("try_again",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("small", "user", "meal_entry")}),
        (
            "Recognized",
            {
                "fields": (
                    "status",
                    "attempts",
                    "error",
                    "ai_processed",
                    "ai_confidence",
                    "recognizer",
                    "candidates",
                )
            },
        ),
        (
            "Confirmed",
            {"fields": ("confirmed_at", "confirmed_rank", "food", "confirmed_amount")},
        ),
        ("Record", {"fields": ("finished_at", "revision", "created_at", "updated_at")}),
    )

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("nutrition.change_foodimage")

    @admin.action(description="Look at selected failed photos again", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[FoodImage]) -> None:
        jobs.retry(self, request, queryset, one_each=False)

    def get_urls(self) -> list[URLPattern]:
        thumbnail = path(
            "<uuid:pk>/thumbnail/",
            self.admin_site.admin_view(self.thumbnail_view),
            name="nutrition_foodimage_thumbnail",
        )
        return [thumbnail, *super().get_urls()]

    def thumbnail_view(self, request: HttpRequest, pk: object) -> FileResponse:
        image = get_object_or_404(FoodImage, pk=pk)
        if not self.has_view_permission(request, image) or not may_see(request, image.user_id):
            raise PermissionDenied
        try:
            return FileResponse(image.thumbnail.open(), content_type="image/webp")
        except (FileNotFoundError, ValueError):
            raise Http404 from None

    @admin.display(description="thumbnail")
    def small(self, image: FoodImage) -> SafeString:
        return format_html(
            '<img src="{}" alt="" width="{}" loading="lazy">',
            reverse("admin:nutrition_foodimage_thumbnail", args=[image.pk]),
            _SHOWN_PX,
        )

    @admin.display
    def candidates(self, image: FoodImage) -> SafeString | str:
        rows = FoodCandidate.objects.filter(user_id=image.user_id, image=image)
        ranked = rows.select_related("food").order_by("rank")[:MAX_SHOWN]
        return table(
            ["Rank", "Label", "Confidence", "Food", "Amount"],
            (
                (
                    row.rank,
                    row.label,
                    f"{row.confidence:.2f}",
                    link(row.food, row.food) if row.food else None,
                    row.amount,
                )
                for row in ranked
            ),
        )
