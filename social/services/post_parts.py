"""What hangs on a post: hashtags, mentions, pictures. Their callers have advanced the clock."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from social.formulas.text import hashtags_in, usernames_in
from social.models import (
    Hashtag,
    MediaType,
    Mention,
    Picture,
    Post,
    PostEdit,
    PostHashtag,
    PostMedia,
)
from social.selectors.mentions import mentionable
from social.services import pictures, post_notices

MediaRow = Mapping[str, Any]


def attach(post: Post, media: Sequence[MediaRow]) -> None:
    """Put pictures and videos on a new post, in this order.

    Raises ValidationError for a picture that is not the author's, or in use.
    """
    wanted = [row["picture"] for row in media if "picture" in row]
    free = pictures.unused(post.author_id, wanted)
    for place, row in enumerate(media):
        if "picture" in row and (row["picture"] not in free or wanted.count(row["picture"]) > 1):
            message = "This is no picture of yours that is still to be used."
            raise ValidationError(
                {f"media.{place}.picture": ValidationError(message, code="not_usable")}
            )
    PostMedia.objects.insert(
        PostMedia(
            user_id=post.author_id,
            post=post,
            order=place,
            picture_id=row.get("picture"),
            media_url=row.get("media_url", ""),
            media_type=row.get("media_type", MediaType.IMAGE),
            thumbnail_url=row.get("thumbnail_url", ""),
            alt_text=row.get("alt_text", ""),
        )
        for place, row in enumerate(media)
    )


def tag(post: Post) -> None:
    """Make a new post found by its hashtags."""
    PostHashtag.objects.insert(
        PostHashtag(user_id=post.author_id, post=post, hashtag=one, posted_at=post.created_at)
        for one in _hashtags(post.content)
    )


def retag(post: Post) -> None:
    """The same after its words have changed; advances the clock once more."""
    named = {"user_id": post.author_id, "posted_at": post.created_at}
    post.hashtags.set(_hashtags(post.content), through_defaults=named)


def mention(post: Post) -> None:
    """Have a new post name whom its words call, and tell them."""
    named = mentionable(post.author_id, usernames_in(post.content))
    _name(post, named)
    _tell(post, named)


def rename(post: Post) -> None:
    """The same after its words have changed; tells who is new and takes it back from the rest."""
    named = mentionable(post.author_id, usernames_in(post.content))
    known = set(Mention.objects.filter(post=post).values_list("person_id", flat=True))
    Mention.objects.filter(post=post, person__in=known - named).remove()
    _name(post, named - known)
    _tell(post, named ^ known)


def strip(post: Post) -> None:
    """Leave nothing on a post that is deleted, and no picture of it in the storage."""
    author_id = post.author_id
    named = set(Mention.objects.filter(post=post).values_list("person_id", flat=True))
    used = PostMedia.objects.filter(post=post, picture__isnull=False)
    picture_ids: list[UUID] = list(used.values_list("picture_id", flat=True))
    for part in (PostMedia, PostEdit, PostHashtag, Mention):
        part.objects.filter(post=post).remove()
    if picture_ids:
        pictures.remove(list(Picture.objects.filter(user=author_id, pk__in=picture_ids)))
    _tell(post, named)


def _name(post: Post, person_ids: set[UUID]) -> None:
    Mention.objects.insert(
        Mention(user_id=post.author_id, post=post, person_id=one) for one in sorted(person_ids)
    )


def _tell(post: Post, person_ids: set[UUID]) -> None:
    for person_id in sorted(person_ids):
        post_notices.promise_mention(
            post_id=post.pk, author_id=post.author_id, person_id=person_id
        )


def _hashtags(text: str) -> list[Hashtag]:
    """The rows of these words, made where there are none yet."""
    names = hashtags_in(text)
    found = {tag.name: tag for tag in Hashtag.objects.filter(name__in=names)} if names else {}
    # In the order of names: two posts with the same new words do not wait for each other.
    missing = sorted(set(names) - found.keys())
    if missing:
        Hashtag.objects.bulk_create([Hashtag(name=one) for one in missing], ignore_conflicts=True)
        found |= {tag.name: tag for tag in Hashtag.objects.filter(name__in=missing)}
    return [found[name] for name in names]
