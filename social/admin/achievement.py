"""What can be achieved, and who has."""

from django.contrib import admin
from django.http import HttpRequest

from social.models import Achievement, UserAchievement
from users.admin.reading import HTTPS, RoomAdmin, WholeRowForm


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
