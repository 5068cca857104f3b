"""That people write to each other, and not what."""

from django.contrib import admin
from django.utils.safestring import SafeString

from social.models import Conversation
from users.admin.reading import MAX_SHOWN, RoomAdmin, link, table


@admin.register(Conversation)
class ConversationAdmin(RoomAdmin[Conversation]):
    """Messages are read in a report of them alone."""

    list_display = ("__str__", "kind", "created_by", "created_at", "last_message_at")
    list_select_related = ("created_by",)
    list_filter = ("kind",)
    people = ("members__user",)
    fields = ("kind", "title", "created_by", "members", "created_at", "last_message_at")

    @admin.display
    def members(self, conversation: Conversation) -> SafeString | str:
        rows = conversation.members.select_related("user").order_by("-pk")[:MAX_SHOWN]
        return table(
            ["Person", "State", "Admin", "Since"],
            (
                (
                    link(row.user, row.user),
                    row.get_state_display(),
                    "yes" if row.is_admin else "no",
                    row.created_at,
                )
                for row in rows
            ),
        )
