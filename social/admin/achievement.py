"""What can be achieved, and who has."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone

from social.models import Achievement, UserAchievement
from social.services import achievements
from users.admin import asking
from users.admin.reading import HTTPS, RoomAdmin, WholeRowForm
from users.errors import Conflict


class AchievementForm(WholeRowForm[Achievement]):
    pass


@admin.register(Achievement)
class AchievementAdmin(admin.ModelAdmin[Achievement]):
    """Rows of the catalogue, which a release brings; a picture is given here."""

    form = AchievementForm
    formfield_overrides = HTTPS
    list_display = ("name", "category", "metric", "threshold", "code")
    list_filter = ("category",)
    search_fields = ("name", "code")
    search_help_text = "A part of its name or code."
    ordering = ("category", "metric", "threshold")
    fields = ("code", "category", "metric", "name", "description", "icon_url", "threshold")
    readonly_fields = ("code", "category", "metric", "name", "description", "threshold")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Achievement | None = None) -> bool:
        # Everybody who earned it would lose it.
        return False


@admin.register(UserAchievement)
class UserAchievementAdmin(RoomAdmin[UserAchievement]):
    list_display = fields = ("user", "achievement", "earned_at")
    list_select_related = ("user", "achievement")
    list_filter = ("achievement__category",)
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("social.delete_userachievement")

    @admin.action(description="Revoke selected achievements", permissions=["revoke"])
    def revoke(
        self, request: HttpRequest, queryset: QuerySet[UserAchievement]
    ) -> TemplateResponse | None:
        rows = list(queryset.select_related("user", "achievement").order_by("pk"))
        if asking.given(request) is None:
            outcome = "They are taken back, also from the phones of those who earned them."
            return asking.ask(
                self, request, rows, action="revoke", title="Revoke achievements", outcome=outcome
            )
        for earned in rows:
            text = f"{earned.user}: {earned.achievement}"
            try:
                achievements.revoke(earned=earned, now=timezone.now())
            except Conflict as refusal:
                self.message_user(request, refusal.message, messages.WARNING)
                continue
            self.message_user(request, f"{text} is revoked.")
        return None
