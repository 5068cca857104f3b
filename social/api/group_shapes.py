"""How groups, their members and their doors look in requests and answers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from nutrition.api.texts import LineField
from social.api.people import PersonBriefSerializer, brief
from social.models import GroupAccess, GroupRole
from users.api.fields import IdField, refuse_far_year

_MOST_USES = 100_000


class GroupSerializer(serializers.Serializer[Any]):
    """A club of people who train together."""

    id = serializers.UUIDField(help_text="The group.")
    name = serializers.CharField(help_text="What it is called.")
    description = serializers.CharField(help_text="What it is about; may be empty.")
    access = serializers.ChoiceField(
        choices=GroupAccess.choices, help_text="How one becomes a member, and who reads it."
    )
    members_count = serializers.IntegerField(help_text="How many people are in it.")
    owner = PersonBriefSerializer(allow_null=True, help_text="Null if you may not see them.")
    my_role = serializers.ChoiceField(
        choices=GroupRole.choices, allow_null=True, help_text="Yours; null if you are not in it."
    )
    requested = serializers.BooleanField(help_text="Whether you have asked to join.")
    created_at = serializers.DateTimeField(help_text="When it was founded.")
    updated_at = serializers.DateTimeField(help_text="When its words or its access changed last.")


class GroupBodySerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    name = LineField(max_length=100, help_text="What it is called.")
    description = serializers.CharField(
        max_length=1000, allow_blank=True, required=False, help_text="What it is about."
    )
    access = serializers.ChoiceField(
        choices=GroupAccess.choices,
        required=False,
        help_text="Public without it: everybody may join and read.",
    )


class GroupMemberSerializer(serializers.Serializer[Any]):
    user = PersonBriefSerializer(help_text="Who.")
    role = serializers.ChoiceField(choices=GroupRole.choices, help_text="What they may do.")
    date_joined = serializers.DateTimeField(help_text="When they came in.")


class MemberRoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(
        choices=GroupRole.choices, help_text="Who makes another one the owner becomes an admin."
    )


class JoinRequestSerializer(serializers.Serializer[Any]):
    user = PersonBriefSerializer(help_text="Who would like to join.")
    created_at = serializers.DateTimeField(help_text="Since when.")


class InviteLinkSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The link.")
    code = serializers.CharField(help_text="The secret that lets its bearers in.")
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="From then on it lets nobody in; null is never."
    )
    max_uses = serializers.IntegerField(
        allow_null=True, help_text="How many people it lets in; null is any number."
    )
    uses = serializers.IntegerField(help_text="How many came in by it.")
    user = PersonBriefSerializer(
        allow_null=True, help_text="Who made it; null if you may not see them."
    )
    created_at = serializers.DateTimeField(help_text="When it was made.")


class GroupMembershipSerializer(serializers.Serializer[Any]):
    """Your own place in a group."""

    id = serializers.UUIDField(help_text="The membership.")
    group = serializers.UUIDField(help_text="In which group.")
    role = serializers.ChoiceField(choices=GroupRole.choices, help_text="What you may do.")
    date_joined = serializers.DateTimeField(help_text="When you came in.")
    updated_at = serializers.DateTimeField(help_text="When your role changed last.")


class OwnJoinRequestSerializer(serializers.Serializer[Any]):
    """A wish of yours to join a group, while it waits."""

    id = serializers.UUIDField(help_text="The request.")
    group = serializers.UUIDField(help_text="Which group you would like to join.")
    created_at = serializers.DateTimeField(help_text="Since when.")


class OwnInviteLinkSerializer(serializers.Serializer[Any]):
    """A link into a group that you made."""

    id = serializers.UUIDField(help_text="The link.")
    group = serializers.UUIDField(help_text="Into which group.")
    code = serializers.CharField(help_text="The secret that lets its bearers in.")
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="From then on it lets nobody in; null is never."
    )
    max_uses = serializers.IntegerField(
        allow_null=True, help_text="How many people it lets in; null is any number."
    )
    uses = serializers.IntegerField(help_text="How many came in by it.")
    created_at = serializers.DateTimeField(help_text="When it was made.")


class InviteLinkBodySerializer(serializers.Serializer[Any]):
    expires_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        validators=[refuse_far_year],
        help_text="From then on it lets nobody in; never without it.",
    )
    max_uses = serializers.IntegerField(
        min_value=1,
        max_value=_MOST_USES,
        required=False,
        allow_null=True,
        help_text="How many people it lets in; any number without it.",
    )


class JoinByLinkSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=43, help_text="The secret of the link.")


def groups_shown(
    rows: Iterable[Mapping[str, Any]], request: Request | None
) -> list[dict[str, Any]]:
    return [{**row, "owner": row["owner"] and brief(row["owner"], request)} for row in rows]


def members_shown(
    rows: Iterable[Mapping[str, Any]],
    request: Request | None,
    columns: Sequence[str],
    *,
    hidden: Collection[UUID] = (),
) -> list[dict[str, Any]]:
    """Rows that name a person, with these columns of theirs; None in place of the hidden."""
    return [
        {
            "user": None if row["person_id"] in hidden else person_shown(row, request),
            **{name: row[name] for name in columns},
        }
        for row in rows
    ]


def person_shown(row: Mapping[str, Any], request: Request | None) -> dict[str, Any]:
    """Who a row names whose own id is another."""
    return brief({**row, "id": row["person_id"]}, request)
