"""Comments, and what they are on."""

from django.contrib import admin

from social.admin.post import MODERATED
from social.admin.things import way_to
from social.models import Comment
from users.admin.reading import RoomAdmin


@admin.register(Comment)
class CommentAdmin(RoomAdmin[Comment]):
    """To read. One that a moderator removed keeps its words, to be restored."""

    change_form_template = MODERATED
    list_display = ("__str__", "author", "on", "created_at", "deleted_at")
    list_select_related = people = ("author",)
    list_filter = (("deleted_at", admin.EmptyFieldListFilter),)
    fields = (
        "author",
        "on",
        "content",
        "revision",
        "created_at",
        "updated_at",
        "edited_at",
        "deleted_at",
    )

    @admin.display(description="on")
    def on(self, comment: Comment) -> str:
        return way_to(comment.target_type_id, comment.target_id)
