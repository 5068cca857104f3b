"""Challenges, and how those who take part stand."""

from typing import Final

from django.contrib import admin
from django.db.models import F
from django.utils.safestring import SafeString

from social.admin.post import MODERATED
from social.models import Challenge, ChallengeInvitation, ChallengeParticipant
from users.admin.reading import RoomAdmin, link, table

_RANKS_SHOWN: Final = 50


@admin.register(Challenge)
class ChallengeAdmin(RoomAdmin[Challenge]):
    """Progress follows from the diaries, and ranks from that."""

    change_form_template = MODERATED
    list_display = (
        "name",
        "created_by",
        "challenge_type",
        "start_date",
        "end_date",
        "participant_count",
        "is_public",
        "finished_at",
    )
    list_select_related = people = ("created_by",)
    list_filter = ("challenge_type", "is_public", ("finished_at", admin.EmptyFieldListFilter))
    fieldsets = (
        (None, {"fields": ("name", "description", "created_by", "challenge_type", "target")}),
        ("When", {"fields": ("start_date", "end_date", "late_entry_hours")}),
        ("For whom", {"fields": ("is_public", "group", "max_participants", "participant_count")}),
        ("Standings", {"fields": ("ranked_at", "refresh_due_at", "finished_at", "leaders")}),
        ("Record", {"fields": ("revision", "created_at", "updated_at")}),
    )

    @admin.display(description="the first by rank")
    def leaders(self, challenge: Challenge) -> SafeString | str:
        rows = challenge.participants.select_related("user")
        first = rows.order_by(F("rank").asc(nulls_last=True), "pk")[:_RANKS_SHOWN]
        return table(
            ["Rank", "Person", "Progress", "Counts from", "Completed"],
            (
                (
                    row.rank,
                    link(row.user, row.user),
                    f"{row.current_progress:g}",
                    row.counts_from,
                    row.completed_at,
                )
                for row in first
            ),
        )


@admin.register(ChallengeParticipant)
class ChallengeParticipantAdmin(RoomAdmin[ChallengeParticipant]):
    list_display = (
        "user",
        "challenge",
        "rank",
        "current_progress",
        "counts_from",
        "completed_at",
        "joined_at",
    )
    list_select_related = ("user", "challenge")
    fields = (*list_display, "is_stale", "revision", "updated_at")


@admin.register(ChallengeInvitation)
class ChallengeInvitationAdmin(RoomAdmin[ChallengeInvitation]):
    list_display = fields = ("user", "challenge", "invited_by", "created_at")
    list_select_related = ("user", "challenge", "invited_by")
    people = ("user", "invited_by")
