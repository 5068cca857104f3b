"""People as other people's answers name them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request

from social.selectors import people
from users.models import User


class PersonBriefSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True, help_text="The person.")
    username = serializers.CharField(read_only=True, help_text="What mentions call them.")
    display_name = serializers.CharField(read_only=True, help_text="As they want to be called.")
    avatar_url = serializers.CharField(read_only=True, help_text="512 pixels square, or empty.")
    avatar_thumbnail_url = serializers.CharField(
        read_only=True, help_text="128 pixels square, or empty."
    )


def brief(row: Mapping[str, Any], request: Request | None) -> dict[str, Any]:
    """A row of ``people.briefs`` (or one with its columns) as answers show it."""
    avatar, thumbnail = row["avatar"], row["avatar_thumbnail"]
    return {
        "id": row["id"],
        "username": row["username"],
        "display_name": row["display_name"],
        "avatar_url": _url(avatar, request) if avatar else row["avatar_url"],
        "avatar_thumbnail_url": _url(thumbnail, request) if thumbnail else "",
    }


def viewer_of(request: Request) -> UUID:
    """The signed-in person. Permission classes have already turned anonymous ones away."""
    assert isinstance(request.user, User)
    return request.user.pk


def person_or_404(request: Request, username: str) -> UUID:
    """The person of this name, as far as the requesting one may know of them."""
    try:
        return people.person_of(username, viewer_id=viewer_of(request))
    except people.PersonUnknown:
        raise Http404 from None


def _url(name: str, request: Request | None) -> str:
    url = default_storage.url(name)
    return request.build_absolute_uri(url) if request else url
