"""What is sent to write posts, and what is answered beside their cards."""

from typing import Any, Final

from django.core.validators import URLValidator
from django_filters import rest_framework as filters
from rest_framework import serializers

from social.api.people import PersonBriefSerializer
from social.models import MediaType, PostType
from social.models.post import MAX_CONTENT
from users.api.fields import IdField
from users.models.profile import Visibility

MAX_MEDIA: Final = 10
_MAX_URL: Final = 500
_BY_THE_PHONE: Final = "Made by the phone, if it likes."


class SafeUrlField(serializers.URLField):
    """An address that every app can load: https alone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=_MAX_URL, **kwargs)
        self.validators = [
            URLValidator(schemes=["https"]) if isinstance(one, URLValidator) else one
            for one in self.validators
        ]


class PostFilter(filters.FilterSet):
    author = filters.CharFilter(max_length=150)
    type = filters.ChoiceFilter(choices=PostType.choices)
    hashtag = filters.CharFilter(max_length=100)
    group = filters.UUIDFilter()
    q = filters.CharFilter(max_length=200)


class MediaBodySerializer(serializers.Serializer[Any]):
    """A picture that was uploaded here, or a picture or video at an address elsewhere."""

    picture = IdField(required=False, help_text="Uploaded by you, and in no post or message yet.")
    media_url = SafeUrlField(required=False, help_text="https; instead of `picture`.")
    media_type = serializers.ChoiceField(
        MediaType.choices,
        required=False,
        help_text="What media_url leads to; an image without it.",
    )
    thumbnail_url = SafeUrlField(required=False, help_text="https; a small picture for media_url.")
    alt_text = serializers.CharField(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="What it shows, for who cannot see it.",
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if ("picture" in given) is ("media_url" in given):
            message = "Give either a picture or the address of one."
            raise serializers.ValidationError({"picture": message}, code="invalid")
        if "picture" in given and {"media_type", "thumbnail_url"} & given.keys():
            message = "This is only for an address."
            extra = "media_type" if "media_type" in given else "thumbnail_url"
            raise serializers.ValidationError({extra: message}, code="invalid")
        return given


def _content(**options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=MAX_CONTENT, **options)


class ReplyBodySerializer(serializers.Serializer[Any]):
    """A reply; it is read by whoever reads the post that the conversation began with."""

    id = IdField(required=False, help_text=_BY_THE_PHONE)
    content = _content(help_text="With #hashtags and @usernames.")
    type = serializers.ChoiceField(
        PostType.choices, required=False, help_text="media if it has any, else thoughts."
    )
    workout = IdField(
        required=False, allow_null=True, help_text="One of yours, shown to whoever reads this."
    )
    media = MediaBodySerializer(  # type: ignore[call-arg]
        many=True,
        required=False,
        max_length=MAX_MEDIA,
        help_text=f"Up to {MAX_MEDIA} pictures and videos, in their order.",
    )


class PostBodySerializer(ReplyBodySerializer):
    """A post of its own."""

    visibility = serializers.ChoiceField(
        Visibility.choices,
        required=False,
        help_text="Who reads it, as far as your profile lets them; public without it.",
    )
    group = IdField(
        required=False, allow_null=True, help_text="Of yours; it is then read by that group."
    )


class ShareBodySerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text=_BY_THE_PHONE)
    content = _content(
        required=False, allow_blank=True, help_text="Your words; without any, it is shared once."
    )
    visibility = serializers.ChoiceField(
        Visibility.choices, required=False, help_text="Of your share; public without it."
    )


class PostChangeSerializer(serializers.Serializer[Any]):
    content = _content(
        required=False, allow_blank=True, help_text="May be empty in a share alone."
    )
    type = serializers.ChoiceField(PostType.choices, required=False, help_text="What it is.")
    visibility = serializers.ChoiceField(
        Visibility.choices,
        required=False,
        help_text="Its replies go along. Replies and posts in groups have none of their own.",
    )


class VisibilitiesSerializer(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        # "from" is no name for an attribute.
        choices = Visibility.choices
        return {
            "from": serializers.ChoiceField(choices, help_text="The posts that have this now."),
            "to": serializers.ChoiceField(choices, help_text="What they will have."),
        }


class ChangedPostsSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField(help_text="How many posts were changed.")


class LikedSerializer(serializers.Serializer[Any]):
    post = serializers.UUIDField(help_text="What you like.")
    liked_by_me = serializers.BooleanField(help_text="True.")
    likes_count = serializers.IntegerField(help_text="How many like it, you among them.")


class LikerSerializer(PersonBriefSerializer):
    liked_at = serializers.DateTimeField(help_text="When they liked it.")


class PostEditSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The edit.")
    content = serializers.CharField(help_text="What the post said until then.")
    edited_at = serializers.DateTimeField(help_text="When other words took their place.")
