"""Groups, and who is in them."""

from typing import Final

from django.contrib import admin
from django.utils.safestring import SafeString

from social.admin.post import MODERATED
from social.models import Group, InviteLink, JoinRequest, Membership
from users.admin.reading import RoomAdmin, link, table

_MEMBERS_SHOWN: Final = 50


@admin.register(Group)
class GroupAdmin(RoomAdmin[Group]):
    change_form_template = MODERATED
    list_display = ("name", "created_by", "access", "members_count", "created_at")
    list_select_related = people = ("created_by",)
    list_filter = ("access",)
    fields = (
        "name",
        "description",
        "created_by",
        "access",
        "members_count",
        "staff",
        "newest_members",
        "revision",
        "created_at",
        "updated_at",
    )

    @admin.display(description="who runs it")
    def staff(self, group: Group) -> SafeString | str:
        return _table(group, is_staff=True)

    @admin.display(description="the newest members")
    def newest_members(self, group: Group) -> SafeString | str:
        return _table(group, is_staff=False)


def _table(group: Group, *, is_staff: bool) -> SafeString | str:
    rows = group.memberships.select_related("user", "invited_by").order_by("-date_joined", "-pk")
    chosen = rows.exclude(role="member") if is_staff else rows.filter(role="member")
    return table(
        ["Person", "Role", "Since", "Invited by"],
        (
            (link(row.user, row.user), row.get_role_display(), row.date_joined, row.invited_by)
            for row in chosen[:_MEMBERS_SHOWN]
        ),
    )


@admin.register(Membership)
class MembershipAdmin(RoomAdmin[Membership]):
    list_display = fields = ("user", "group", "role", "invited_by", "date_joined")
    list_select_related = ("user", "group", "invited_by")
    list_filter = ("role",)


@admin.register(JoinRequest)
class JoinRequestAdmin(RoomAdmin[JoinRequest]):
    list_display = fields = ("user", "group", "created_at")
    list_select_related = ("user", "group")


@admin.register(InviteLink)
class InviteLinkAdmin(RoomAdmin[InviteLink]):
    """That there is a link, and not what opens the group."""

    list_display = fields = ("user", "group", "uses", "max_uses", "expires_at", "created_at")
    list_select_related = ("user", "group")
