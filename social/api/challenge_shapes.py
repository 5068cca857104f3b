"""What challenges and their boards look like over HTTP."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from nutrition.api.texts import LineField
from social.api.people import PersonBriefSerializer, brief
from social.models import ChallengeType
from social.selectors import people
from social.selectors.leaderboards import Board
from users.api.fields import DayField, FiniteFloatField, IdField
from users.api.serializers import picture_url

MOST_INVITED: Final = 50
STATUSES: Final = ("upcoming", "running", "finished")
UNITS: Final[Mapping[str, str]] = {
    ChallengeType.WORKOUT: "workouts",
    ChallengeType.VOLUME: "kg",
    ChallengeType.DISTANCE: "km",
    ChallengeType.CALORIES: "kcal",
}
_MOST_PARTICIPANTS: Final = 1_000_000
_PERSON: Final = ("id", "username", "display_name", "avatar", "avatar_thumbnail", "avatar_url")


class ChallengeGroupSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The group.")
    name = serializers.CharField(help_text="Its name.")


class ParticipationSerializer(serializers.Serializer[Any]):
    """Your part in a challenge. Progress and rank are those of the last standings."""

    id = serializers.UUIDField(help_text="Your part in it.")
    challenge = serializers.UUIDField(help_text="The challenge.")
    joined_at = serializers.DateTimeField(help_text="When you joined.")
    counts_from = serializers.DateField(
        help_text="Your own day on which you joined; what came before does not count."
    )
    progress = serializers.FloatField(help_text="In `unit`.")
    rank = serializers.IntegerField(
        allow_null=True, help_text="From 1, equals share one; null until the next standings."
    )
    completed_at = serializers.DateTimeField(
        allow_null=True, help_text="When the target was found to be reached."
    )


class ChallengeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The challenge.")
    name = serializers.CharField(help_text="What it is called.")
    description = serializers.CharField(help_text="What it is about; may be empty.")
    challenge_type = serializers.ChoiceField(ChallengeType.choices, help_text="What is counted.")
    unit = serializers.CharField(help_text="Of progress and target: workouts, kg, km or kcal.")
    start_date = serializers.DateField(help_text="The first day that counts, your own.")
    end_date = serializers.DateField(help_text="The last day that counts, your own.")
    status = serializers.ChoiceField(
        STATUSES, help_text="It is finished once its standings are frozen."
    )
    is_public = serializers.BooleanField(
        help_text="Otherwise it is for the group, or for who is invited."
    )
    group = ChallengeGroupSerializer(allow_null=True, help_text="Whose members it is for.")
    created_by = serializers.UUIDField(
        allow_null=True, help_text="Who began it; null if they are gone."
    )
    creator = PersonBriefSerializer(allow_null=True, help_text="The same, as a person.")
    target = serializers.FloatField(allow_null=True, help_text="What completes it, in `unit`.")
    max_participants = serializers.IntegerField(allow_null=True, help_text="Null for any number.")
    late_entry_hours = serializers.IntegerField(
        help_text="h; how long after everybody's last day entries still count."
    )
    participant_count = serializers.IntegerField(help_text="How many take part.")
    is_invited = serializers.BooleanField(help_text="Whether you were asked and have not joined.")
    me = ParticipationSerializer(allow_null=True, help_text="Null if you take no part.")
    ranked_at = serializers.DateTimeField(
        allow_null=True, help_text="When the standings were made last."
    )
    finished_at = serializers.DateTimeField(
        allow_null=True, help_text="When they were frozen; null until then."
    )
    created_at = serializers.DateTimeField(help_text="When it was made.")
    updated_at = serializers.DateTimeField(help_text="When its words or terms changed last.")


class ChallengeChangeSerializer(serializers.Serializer[Any]):
    name = LineField(max_length=100, help_text="What it is called.")
    description = serializers.CharField(
        max_length=2000, allow_blank=True, required=False, help_text="What it is about."
    )
    challenge_type = serializers.ChoiceField(ChallengeType.choices, help_text="What is counted.")
    start_date = DayField(help_text="The first day that counts, for each in their own days.")
    end_date = DayField(help_text="The last day that counts; 366 days are the most.")
    is_public = serializers.BooleanField(
        required=False,
        help_text="True without it. Otherwise for who is invited; one of a group never is.",
    )
    target = FiniteFloatField(
        min_value=0.001,
        max_value=1e9,
        allow_null=True,
        required=False,
        help_text="What completes it: workouts, kg, km or kcal.",
    )
    max_participants = serializers.IntegerField(
        min_value=2,
        max_value=_MOST_PARTICIPANTS,
        allow_null=True,
        required=False,
        help_text="Null for any number.",
    )
    late_entry_hours = serializers.IntegerField(
        min_value=0,
        max_value=72,
        required=False,
        help_text="h; how long after everybody's last day entries still count. 12 without it.",
    )


class ChallengeBodySerializer(ChallengeChangeSerializer):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    group = IdField(
        required=False, allow_null=True, help_text="One of which you are owner or admin."
    )


class InvitationsBodySerializer(serializers.Serializer[Any]):
    usernames = serializers.ListField(
        child=serializers.CharField(max_length=150, help_text="In whatever case."),
        min_length=1,
        max_length=MOST_INVITED,
        help_text="Whom to ask; who is in it or was asked already stays as they are.",
    )


class ChallengeInvitationSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The invitation.")
    challenge = serializers.UUIDField(help_text="To which challenge.")
    user = PersonBriefSerializer(help_text="Who was asked.")
    invited_by = PersonBriefSerializer(
        allow_null=True, help_text="Who asked them; null if they are gone."
    )
    created_at = serializers.DateTimeField(help_text="When they were asked.")


class RankedChallengeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The challenge.")
    name = serializers.CharField(help_text="What it is called.")
    description = serializers.CharField(help_text="What it is about; may be empty.")
    challenge_type = serializers.ChoiceField(ChallengeType.choices, help_text="What is counted.")
    start_date = serializers.DateField(help_text="The first day that counts.")
    end_date = serializers.DateField(help_text="The last day that counts.")
    participant_count = serializers.IntegerField(help_text="How many take part.")


class LeaderboardEntrySerializer(serializers.Serializer[Any]):
    rank = serializers.IntegerField(
        allow_null=True,
        help_text="From 1 among all; equals share one. Null only of `me`, before new standings.",
    )
    user_id = serializers.UUIDField(help_text="The person.")
    display_name = serializers.CharField(help_text="As they want to be called.")
    avatar_url = serializers.CharField(help_text="512 pixels square, or empty.")
    progress = serializers.FloatField(help_text="Workouts, kg, km or kcal.")
    joined_at = serializers.DateTimeField(help_text="When they joined.")
    friends_rank = serializers.IntegerField(
        required=False, allow_null=True, help_text="Among those shown, with `friends` alone."
    )


class LeaderboardSerializer(serializers.Serializer[Any]):
    """One snapshot: all ranks and all progress are of the same moment."""

    challenge = RankedChallengeSerializer(help_text="What is competed in.")
    leaderboard = LeaderboardEntrySerializer(many=True, help_text="A page, the first at the top.")
    next = serializers.CharField(allow_null=True, help_text="The page below this one.")
    previous = serializers.CharField(allow_null=True, help_text="The page above this one.")
    ranked_at = serializers.DateTimeField(
        allow_null=True, help_text="The moment that it shows; null before the first."
    )
    me = LeaderboardEntrySerializer(allow_null=True, help_text="Null if you take no part.")
    neighbors = LeaderboardEntrySerializer(
        many=True, help_text="Up to three right above you, and up to three right below."
    )


def challenges_shown(
    rows: Iterable[Mapping[str, Any]], request: Request | None
) -> list[dict[str, Any]]:
    return [_challenge_shown(row, request) for row in rows]


def _challenge_shown(row: Mapping[str, Any], request: Request | None) -> dict[str, Any]:
    shown = {name: row[name] for name in ChallengeSerializer._declared_fields if name in row}
    creator = {"id": row["creator_id"], **{name: row[name] for name in _PERSON[1:]}}
    return shown | {
        "unit": UNITS[row["challenge_type"]],
        "group": {"id": row["group_id"], "name": row["group_name"]} if row["group_id"] else None,
        "created_by": row["creator_id"],
        "creator": brief(creator, request) if row["creator_id"] else None,
        "me": _my_part(row) if row["my_id"] else None,
    }


def _my_part(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "joined_at", "counts_from", "progress", "rank", "completed_at")
    return {"challenge": row["id"], **{name: row[f"my_{name}"] for name in names}}


def invitations_shown(
    rows: Iterable[Mapping[str, Any]], request: Request | None
) -> list[dict[str, Any]]:
    """With the people, in one query for all."""
    found = list(rows)
    ids = {row[name] for row in found for name in ("user_id", "invited_by_id")}
    known = people.briefs(ids - {None})
    shown: dict[UUID, dict[str, Any]] = {
        user_id: brief(row, request) for user_id, row in known.items()
    }
    return [
        {
            "id": row["id"],
            "challenge": row["challenge"],
            "user": shown[row["user_id"]],
            "invited_by": shown.get(row["invited_by_id"]),
            "created_at": row["created_at"],
        }
        for row in found
    ]


def board_shown(board: Board, request: Request, *, among_friends: bool) -> dict[str, Any]:
    """Without the addresses of the pages beside it."""
    # To ask the request for each address would take longer than all the rest.
    origin = request.build_absolute_uri("/").rstrip("/")

    def entry(row: Mapping[str, Any]) -> dict[str, Any]:
        avatar = picture_url(row["avatar"], None)
        if avatar.startswith("/"):
            avatar = origin + avatar
        shown = {
            "rank": row["rank"],
            "user_id": row["user_id"],
            "display_name": row["display_name"],
            "avatar_url": avatar or row["avatar_url"],
            "progress": row["current_progress"],
            "joined_at": row["joined_at"],
        }
        return shown | {"friends_rank": row["friends_rank"]} if among_friends else shown

    return {
        "challenge": board.challenge,
        "leaderboard": [entry(row) for row in board.rows],
        "ranked_at": board.ranked_at,
        "me": entry(board.me) if board.me else None,
        "neighbors": [entry(row) for row in board.neighbors],
    }
