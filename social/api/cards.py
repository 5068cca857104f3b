"""Posts as every place shows them, over HTTP."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import models
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from social.api.people import PersonBriefSerializer, brief, viewer_of
from social.models import MediaType, PostType
from social.selectors.cards import cards
from users.api.pagination import PageRequest, page_response
from users.keyset import Page
from users.models.profile import Visibility

# What places a post in a list.
PLACE_KEY = (models.DateTimeField(), models.UUIDField())


class CardGroupSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The group.")
    name = serializers.CharField(help_text="Its name.")


class CardMentionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The person.")
    username = serializers.CharField(help_text="As it stands in the post, in whatever case.")


class CardMediaSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The attachment.")
    type = serializers.ChoiceField(MediaType.choices, help_text="What `url` leads to.")
    url = serializers.CharField(help_text="An uploaded picture takes your session to read.")
    thumbnail = serializers.CharField(help_text="A small picture, or the same as `url`.")
    alt_text = serializers.CharField(
        help_text="What it shows, for who cannot see it; may be empty."
    )


class CardWorkoutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The workout.")
    name = serializers.CharField(help_text="Its name.")
    duration = serializers.IntegerField(help_text="min")
    date = serializers.DateField(help_text="The author's own day.")
    exercises_count = serializers.IntegerField(help_text="Different exercises.")
    sets_count = serializers.IntegerField(help_text="Sets, with those to warm up.")
    volume = serializers.FloatField(help_text="kg; load × reps of the working sets")


class SharedCardSerializer(serializers.Serializer[Any]):
    """A post. Of a deleted one, a stub is left where it holds a conversation together."""

    id = serializers.UUIDField(help_text="The post.")
    user_id = serializers.UUIDField(
        allow_null=True, help_text="Who wrote it; null for a deleted post."
    )
    display_name = serializers.CharField(help_text="The author's; empty for a deleted post.")
    avatar_url = serializers.CharField(help_text="The author's, 512 pixels square, or empty.")
    author = PersonBriefSerializer(allow_null=True, help_text="Null for a deleted post.")
    type = serializers.ChoiceField(PostType.choices, help_text="What kind of post it is.")
    content = serializers.CharField(
        help_text="Up to 500 characters; empty for a deleted post and a share without words."
    )
    created_at = serializers.DateTimeField(help_text="When it was posted.")
    updated_at = serializers.DateTimeField(help_text="When anything of it changed last.")
    edited_at = serializers.DateTimeField(
        allow_null=True, help_text="When its words changed last; null if never."
    )
    visibility = serializers.ChoiceField(
        Visibility.choices, help_text="Who reads it, as far as the author's profile lets them."
    )
    parent = serializers.UUIDField(  # type: ignore[assignment]
        allow_null=True,
        help_text="What it replies to; null for a top post, and where you may not see that.",
    )
    root = serializers.UUIDField(  # type: ignore[assignment]
        allow_null=True,
        help_text="What its conversation began with; null if with itself.",
    )
    group = CardGroupSerializer(allow_null=True, help_text="Where it was posted, if in a group.")
    likes_count = serializers.IntegerField(help_text="How many like it.")
    comments_count = serializers.IntegerField(help_text="Direct replies.")
    shares_count = serializers.IntegerField(help_text="How often it was shared.")
    liked_by_me = serializers.BooleanField(help_text="Whether you like it.")
    shared_by_me = serializers.BooleanField(help_text="Whether you shared it.")
    hashtags = serializers.ListField(
        child=serializers.CharField(help_text="In lower case, without its sign."),
        help_text="The words that it is found by.",
    )
    mentions = CardMentionSerializer(many=True, help_text="Whom it calls by their names.")
    media = CardMediaSerializer(many=True, help_text="Pictures and videos, in their order.")
    media_url = serializers.CharField(
        allow_null=True, help_text="That of the first attachment; null without any."
    )
    workout = CardWorkoutSerializer(
        allow_null=True, help_text="The workout that the author shows with it."
    )
    is_deleted = serializers.BooleanField(help_text="Whether only a stub of it is left.")


class CardSerializer(SharedCardSerializer):
    shared_post = SharedCardSerializer(
        allow_null=True,
        help_text="What it passes on; null if nothing, or where you may not see that.",
    )


def represent(shown: Iterable[Mapping[str, Any]], request: Request | None) -> list[dict[str, Any]]:
    """Rows of ``cards`` as answers show them; extra keys stay."""
    addresses = _Addresses(request)
    return [addresses.card(row) for row in shown]


def card_of(
    post_id: UUID, *, viewer_id: UUID, hidden: Collection[UUID], request: Request | None
) -> dict[str, Any]:
    """One post that the viewer may see, as answers show it."""
    return represent([cards(viewer_id, [post_id], hidden=hidden)[post_id]], request)[0]


def card_page_response(
    *, request: Request, page_request: PageRequest, page: Page, hidden: Collection[UUID]
) -> Response:
    """Answer a page of posts, whose rows have ``id`` and ``created_at``."""
    first, last = place_of(page)
    return page_response(
        request=request,
        page=page_request,
        rows=cards_of(page.rows, request=request, hidden=hidden),
        first=first,
        last=last,
        more=page.more,
    )


def place_of(page: Page) -> tuple[tuple[Any, ...] | None, tuple[Any, ...] | None]:
    """What places the first and the last post of a page."""
    if not page.rows:
        return None, None
    first, last = ((row["created_at"], row["id"]) for row in (page.rows[0], page.rows[-1]))
    return first, last


def cards_of(
    rows: Iterable[Mapping[str, Any]], *, request: Request, hidden: Collection[UUID]
) -> list[dict[str, Any]]:
    """The posts of a page in its order, as answers show them."""
    ids = [row["id"] for row in rows]
    found = cards(viewer_of(request), ids, hidden=hidden)
    # One that was erased after the page was read is not there any more.
    return represent((found[post_id] for post_id in ids if post_id in found), request)


class _Addresses:
    """Makes addresses of names; what many rows share is made once."""

    def __init__(self, request: Request | None) -> None:
        self.origin = request.build_absolute_uri("/").rstrip("/") if request else ""
        self._pictures = ""
        self._people: dict[UUID, dict[str, Any]] = {}

    def card(self, row: Mapping[str, Any]) -> dict[str, Any]:
        author = self._author(row["author"]) if row["author"] else None
        media = [self._attachment(one) for one in row["media"]]
        card = {
            **row,
            "display_name": author["display_name"] if author else "",
            "avatar_url": author["avatar_url"] if author else "",
            "author": author,
            "media": media,
            "media_url": media[0]["url"] if media else None,
        }
        passed_on = row.get("shared_post")
        if passed_on:
            card["shared_post"] = self.card(passed_on)
        return card

    def _author(self, row: Mapping[str, Any]) -> dict[str, Any]:
        shown = self._people.get(row["id"])
        if shown is None:
            shown = self._people[row["id"]] = brief(row, None)
            for name in ("avatar_url", "avatar_thumbnail_url"):
                if shown[name].startswith("/"):
                    shown[name] = self.origin + shown[name]
        return shown

    def _attachment(self, row: Mapping[str, Any]) -> dict[str, Any]:
        url, thumbnail = row["url"], row["thumbnail"] or row["url"]
        if row["picture"]:
            self._pictures = self._pictures or self.origin + reverse("picture-list")
            url = f"{self._pictures}{row['picture']}/file/"
            thumbnail = f"{self._pictures}{row['picture']}/thumbnail/"
        return {
            "id": row["id"],
            "type": row["type"],
            "url": url,
            "thumbnail": thumbnail,
            "alt_text": row["alt_text"],
        }
