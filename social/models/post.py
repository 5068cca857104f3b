"""What people tell each other: posts, replies, and what is attached to them."""

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.files.storage import storages
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from social.querysets import PostPartQuerySet, PostQuerySet
from users.ids import uuid7
from users.models.profile import Visibility
from users.ownership import OwnedModel, OwnedPart, SameOwner, SyncedQuerySet, SyncedThing

MAX_CONTENT = 500


def private_storage() -> Any:
    return storages["private"]


class PostType(models.TextChoices):
    THOUGHTS = "thoughts", "Thoughts"
    MEDIA = "media", "Media"
    MILESTONES = "milestones", "Milestones"


class MediaType(models.TextChoices):
    IMAGE = "image", "Image"
    VIDEO = "video", "Video"


class Hashtag(models.Model):
    """A word that posts are found by, in lower case and without its sign."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return f"#{self.name}"


class Post(SyncedThing):
    """A post, or a reply to one. ``root`` is what its conversation began with, itself if that."""

    owner_field = "author"

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="posts",
        db_column="user_id",
        db_index=False,
        editable=False,
    )
    content = models.TextField(
        max_length=MAX_CONTENT, blank=True, validators=[MaxLengthValidator(MAX_CONTENT)]
    )
    type = models.CharField(max_length=20, choices=PostType, default=PostType.THOUGHTS)
    workout = models.ForeignKey(
        "workouts.Workout",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="social_posts",
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="replies",
        db_index=False,
    )
    root = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        editable=False,
        related_name="thread",
        db_index=False,
    )
    shared_post = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="shares",
        db_index=False,
        help_text="What this post passes on.",
    )
    group = models.ForeignKey(
        "social.Group",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="posts",
        db_index=False,
    )
    visibility = models.CharField(
        max_length=20,
        choices=Visibility,
        default=Visibility.PUBLIC,
        help_text="Who reads it, as far as the author's profile lets them.",
    )
    hashtags = models.ManyToManyField(Hashtag, through="PostHashtag", related_name="posts")
    likes_count = models.IntegerField(default=0, db_default=0, editable=False)
    comments_count = models.IntegerField(
        default=0, db_default=0, editable=False, help_text="Direct replies that are not deleted."
    )
    shares_count = models.IntegerField(default=0, db_default=0, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Only a stub is left, for its replies."
    )

    objects: ClassVar[PostQuerySet] = PostQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["author", "revision"], name="post_sync"),
            models.Index(fields=["author", "-created_at", "-id"], name="post_author_newest"),
            # The feed: the newest posts of an author, without reading the rows that are left out.
            models.Index(
                fields=["author", "-created_at", "-id"],
                include=["visibility", "type"],
                condition=Q(deleted_at=None, parent=None, group=None),
                name="post_feed",
            ),
            models.Index(fields=["parent", "created_at", "id"], name="post_replies"),
            models.Index(fields=["root", "created_at", "id"], name="post_thread"),
            models.Index(
                fields=["shared_post", "-created_at", "-id"],
                condition=Q(shared_post__isnull=False),
                name="post_shares",
            ),
            models.Index(
                fields=["author", "shared_post"],
                condition=Q(shared_post__isnull=False, deleted_at=None),
                name="post_shared_by",
            ),
            models.Index(
                fields=["group", "-created_at", "-id"],
                condition=Q(group__isnull=False, parent=None, deleted_at=None),
                name="post_group_newest",
            ),
            # What everybody posts, and a search for words that many posts have.
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(deleted_at=None, parent=None, group=None),
                name="post_newest",
            ),
            GinIndex(SearchVector("content", config="simple"), name="post_words"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["author", "id"], name="post_of_author"),
            models.UniqueConstraint(
                fields=["author", "shared_post"],
                condition=Q(content="", deleted_at=None),
                name="post_shared_once_without_words",
                violation_error_message="You have shared this already.",
            ),
            models.CheckConstraint(
                condition=~Q(content="")
                | Q(shared_post__isnull=False)
                | Q(deleted_at__isnull=False),
                name="post_says_something",
                violation_error_message="Say something.",
            ),
            models.CheckConstraint(condition=Q(type__in=PostType.values), name="post_type_known"),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="post_visibility_known"
            ),
            models.CheckConstraint(
                condition=Q(likes_count__gte=0, comments_count__gte=0, shares_count__gte=0),
                name="post_counts_not_negative",
            ),
            SameOwner(parent="workout", name="post_same_owner_as_workout"),
        ]

    def __str__(self) -> str:
        return self.content[:50] or str(self.pk)

    @property
    def user_id(self) -> UUID:
        """Whose it is, as its parts call it."""
        return self.author_id

    @property
    def is_reply(self) -> bool:
        return self.parent_id is not None


class Picture(OwnedModel):
    """An uploaded picture, for one post or one message of its owner."""

    image = models.ImageField(upload_to="pictures/", storage=private_storage, editable=False)
    thumbnail = models.ImageField(upload_to="pictures/", storage=private_storage, editable=False)
    width = models.IntegerField(help_text="px", editable=False)
    height = models.IntegerField(help_text="px", editable=False)

    objects: ClassVar[SyncedQuerySet["Picture"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "id"], name="picture_of_user")]

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"


class PostMedia(OwnedPart):
    """A picture or video of a post: uploaded here, or at an address elsewhere."""

    whole = "post"

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="media")
    media_type = models.CharField(max_length=10, choices=MediaType)
    media_url = models.URLField(
        max_length=500, blank=True, help_text="Empty for an uploaded picture."
    )
    thumbnail_url = models.URLField(max_length=500, blank=True)
    picture = models.ForeignKey(
        Picture,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="post_media",
        db_index=False,
    )
    alt_text = models.CharField(
        max_length=300, blank=True, help_text="What it shows, for who cannot see it."
    )
    order = models.IntegerField(default=0)

    objects: ClassVar[PostPartQuerySet] = PostPartQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["post", "order"]
        verbose_name_plural = "post media"
        constraints = [
            models.UniqueConstraint(fields=["user", "post", "order"], name="postmedia_order"),
            models.UniqueConstraint(
                fields=["user", "picture"], name="postmedia_picture_used_once"
            ),
            models.CheckConstraint(
                condition=Q(media_url="", picture__isnull=False)
                | ~Q(media_url="") & Q(picture=None),
                name="postmedia_here_or_elsewhere",
            ),
            models.CheckConstraint(
                condition=Q(media_type__in=MediaType.values), name="postmedia_type_known"
            ),
            SameOwner(parent="post", name="postmedia_same_owner"),
            SameOwner(parent="picture", name="postmedia_same_owner_as_picture"),
        ]

    def __str__(self) -> str:
        return self.media_url or str(self.picture_id)


class PostEdit(OwnedPart):
    """What a post said before it was edited."""

    whole = "post"

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="edits")
    content = models.TextField(blank=True)
    edited_at = models.DateTimeField(help_text="When other words took the place of these.")

    objects: ClassVar[PostPartQuerySet] = PostPartQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "post", "edited_at"], name="postedit_once"),
            SameOwner(parent="post", name="postedit_same_owner"),
        ]

    def __str__(self) -> str:
        return self.content[:50]


class PostHashtag(OwnedPart):
    whole = "post"

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="post_hashtags")
    hashtag = models.ForeignKey(
        Hashtag, on_delete=models.CASCADE, related_name="post_hashtags", db_index=False
    )
    posted_at = models.DateTimeField(help_text="When the post was made.")

    objects: ClassVar[PostPartQuerySet] = PostPartQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["hashtag", "-posted_at", "-post"], name="posthashtag_newest")
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "post", "hashtag"], name="posthashtag_once"),
            SameOwner(parent="post", name="posthashtag_same_owner"),
        ]

    def __str__(self) -> str:
        return str(self.hashtag_id)


class Mention(OwnedPart):
    """Somebody whom a post calls by their name."""

    whole = "post"

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions"
    )

    objects: ClassVar[PostPartQuerySet] = PostPartQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "post", "person"], name="mention_once"),
            SameOwner(parent="post", name="mention_same_owner"),
        ]

    def __str__(self) -> str:
        return str(self.person_id)


class Like(models.Model):
    """That somebody likes a post. Comes and goes too often for the change feed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="likes",
        db_index=False,
        editable=False,
    )
    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, related_name="likes", db_index=False, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["post", "-created_at", "-id"], name="like_newest")]
        constraints = [models.UniqueConstraint(fields=["user", "post"], name="like_once")]

    def __str__(self) -> str:
        return str(self.post_id)


class AuthorFeed(models.Model):
    """An author's newest post that feeds may show: what tells a feed where to look."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    last_post_at = models.DateTimeField()
    last_post_id = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.last_post_at:%Y-%m-%d %H:%M}"
