"""Posts, replies and shares: written, edited, deleted, and counted exactly.

Beside the author's clock, rows are locked in the order of their keys, so that nobody waits for
somebody who waits for them.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from social.models import Post, PostEdit, PostType
from social.selectors import people, reading
from social.selectors.groups import STAFF, role_of
from social.services import author_feed, post_notices, post_parts
from social.services.groups import require_member
from social.signals import person_acted
from users.errors import Conflict
from users.models.profile import Visibility
from users.ownership import advance_clock, advance_clocks_unheard, bury
from users.services.creation import create_once
from workouts.models import Workout

Content = Mapping[str, Any]


class MembershipNeeded(Conflict):
    def __init__(self) -> None:
        super().__init__("Join the group to reply in it.", code="not_a_member")


def create_post(
    *,
    user_id: UUID,
    content: Content,
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[UUID, bool]:
    """A post of its own; answers its id, and whether it was made just now.

    ``content`` may hold content, type, visibility, workout and group (their ids) and media, a list
    of pictures ({"picture": id}) and addresses ({"media_url", "media_type", "thumbnail_url"}),
    each with an alt_text. Raises ValidationError for what is not the author's, and what
    create_once raises.
    """

    def create(post_id: UUID, hashed: bytes) -> Post:
        post = _draft(user_id, post_id, hashed)
        group_id = content.get("group")
        visibility = content.get("visibility", Visibility.PUBLIC)
        if group_id is not None:
            require_member(user_id=user_id, group_id=group_id)
            _require_open(visibility)
        post.root_id, post.visibility, post.group_id = post_id, visibility, group_id
        _publish(post, content)
        return post

    post, is_new = create_once(
        model=Post,
        user_id=user_id,
        content=content,
        create=create,
        object_id=object_id,
        idempotency_key=idempotency_key,
    )
    return post.pk, is_new


def reply(
    *,
    user_id: UUID,
    post_id: UUID,
    content: Content,
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[UUID, bool]:
    """A reply to a post, with the audience of what their conversation began with.

    Takes and answers what create_post does, but for visibility and group. Raises Post.DoesNotExist
    for a post that the person may not read, MembershipNeeded in a group that they are not in.
    """

    def create(reply_id: UUID, hashed: bytes) -> Post:
        post = _draft(user_id, reply_id, hashed)
        found = reading.answerable(post_id, viewer_id=user_id, hidden=people.hidden_from(user_id))
        # The root as well: its visibility cannot change before the copy of it is stored.
        locked = _locked({post_id, found["root_id"]})
        parent, root = locked[post_id], locked[found["root_id"]]
        if parent.deleted_at is not None:
            raise Post.DoesNotExist
        if root.group_id is not None and role_of(user_id, root.group_id) is None:
            raise MembershipNeeded
        post.parent, post.root = parent, root
        post.visibility, post.group_id = root.visibility, root.group_id
        _publish(post, content)
        _count(parent.pk, "comments_count", 1)
        post_notices.promise_reply(post, parent)
        person_acted.send(sender=None, user_ids=(parent.author_id,))
        return post

    post, is_new = create_once(
        model=Post,
        user_id=user_id,
        content={**content, "parent": post_id},
        create=create,
        object_id=object_id,
        idempotency_key=idempotency_key,
    )
    return post.pk, is_new


def share(
    *,
    user_id: UUID,
    post_id: UUID,
    content: Content,
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[UUID, bool]:
    """Pass a post on, with own words or (once) without any.

    ``content`` may hold content and visibility. What is shared without words stands for what it
    passes on. Raises Post.DoesNotExist for a post that the person may not read, ValidationError
    for one that is not for everybody.
    """
    made: set[UUID] = set()

    def create(share_id: UUID, hashed: bytes) -> Post:
        post = _draft(user_id, share_id, hashed)
        shared = _shared(user_id, post_id)
        if not content.get("content"):
            stored = Post.objects.live().filter(author=user_id, shared_post=shared, content="")
            before = stored.first()
            if before is not None:
                return before
        post.root_id, post.shared_post = share_id, shared
        post.visibility = content.get("visibility", Visibility.PUBLIC)
        _publish(post, content)
        _count(shared.pk, "shares_count", 1)
        post_notices.promise_share(post, shared)
        made.add(share_id)
        return post

    post, _ = create_once(
        model=Post,
        user_id=user_id,
        content={**content, "shared_post": post_id},
        create=create,
        object_id=object_id,
        idempotency_key=idempotency_key,
    )
    return post.pk, post.pk in made


@transaction.atomic
def edit_post(*, user_id: UUID, post_id: UUID, content: Content) -> None:
    """Change words, type or visibility of one's own post; earlier words are kept beside it.

    Raises Post.DoesNotExist for what is not theirs, ValidationError for another visibility of
    what has that of its conversation or group.
    """
    revision = advance_clock(user_id)
    post = Post.objects.live().get(author=user_id, pk=post_id)
    changed = {name: new for name, new in content.items() if getattr(post, name) != new}
    if not changed:
        return
    now = timezone.now()
    stamps = {"revision": revision, "updated_at": now}
    if changed.get("content") == "" and post.shared_post_id is None:
        raise ValidationError({"content": ValidationError("Say something.", code="blank")})
    if "visibility" in changed:
        _require_own_audience(post)
        _move_threads([post.pk], changed["visibility"])
    if "content" in changed:
        stamps["edited_at"] = now
        PostEdit(user_id=user_id, post=post, content=post.content, edited_at=now).insert()
    _forget_edits_if_wider([post.pk], changed.get("visibility"), than=post.visibility)
    Post.objects.filter(pk=post_id).write(**changed, **stamps)
    if "content" in changed:
        post.content = changed["content"]
        post_parts.retag(post)
        post_parts.rename(post)
    if "visibility" in changed:
        author_feed.settle(user_id)


@transaction.atomic
def change_visibilities(*, user_id: UUID, old: Visibility, new: Visibility) -> int:
    """Give all of a person's posts of one visibility another; answers how many there were.

    Replies go with the posts that began their conversations. Posts in groups stay as they are.
    """
    revision = advance_clock(user_id)
    mine = Post.objects.live().filter(author=user_id, parent=None, group=None, visibility=old)
    ids = list(mine.values_list("pk", flat=True))
    if old == new or not ids:
        return 0
    _move_threads(ids, new)
    _forget_edits_if_wider(ids, new, than=old)
    Post.objects.filter(pk__in=ids).write(revision=revision, updated_at=timezone.now())
    author_feed.settle(user_id)
    return len(ids)


@transaction.atomic
def delete_post(*, user_id: UUID, post_id: UUID) -> None:
    """Delete one's own post, or one in a group that one runs.

    Raises Post.DoesNotExist for any other.
    """
    post = Post.objects.live().get(pk=post_id)
    if post.author_id != user_id:
        # The role of somebody whose clock is ours stays what it is.
        advance_clocks_unheard([user_id, post.author_id])
        if post.group_id is None or role_of(user_id, post.group_id) not in STAFF:
            raise Post.DoesNotExist
    remove_post(post_id=post_id)


@transaction.atomic
def remove_post(*, post_id: UUID) -> bool:
    """Delete a post, whoever wants it; False where that was done already.

    What it said goes at once. Its row stays, for replies and shares hang on it.
    """
    author_id = Post.objects.live().filter(pk=post_id).values_list("author", flat=True).first()
    if author_id is None:
        return False
    revision = advance_clock(author_id)
    # What it hangs on never changes, so it may be read before it is locked.
    hangs_on = Post.objects.filter(pk=post_id).values_list("parent_id", "shared_post_id").get()
    locked = _locked({post_id, *filter(None, hangs_on)})
    post = locked[post_id]
    if post.deleted_at is not None:
        return False
    post_parts.strip(post)
    Post.objects.filter(pk=post_id).write(
        content="", workout=None, deleted_at=timezone.now(), edited_at=None
    )
    bury(Post, [(author_id, post_id)], {author_id: revision})
    if post.parent_id is not None:
        _count(post.parent_id, "comments_count", -1)
        post_notices.promise_reply(post, locked[post.parent_id])
    if post.shared_post_id is not None:
        _count(post.shared_post_id, "shares_count", -1)
        post_notices.promise_share(post, locked[post.shared_post_id])
    author_feed.settle(author_id)
    return True


def _draft(author_id: UUID, post_id: UUID, hashed: bytes) -> Post:
    """A post to be published, of an author whose clock is held from here."""
    revision = advance_clock(author_id)
    return Post(id=post_id, author_id=author_id, creation_hash=hashed, revision=revision)


def _publish(post: Post, content: Content) -> None:
    """Store a new post with what its words and its body say."""
    media: Sequence[Mapping[str, Any]] = content.get("media", ())
    post.content = content.get("content", "")
    post.type = content.get("type") or (PostType.MEDIA if media else PostType.THOUGHTS)
    post.workout_id = _own_workout(post.author_id, content.get("workout"))
    post.insert_at(post.revision)
    post_parts.attach(post, media)
    post_parts.tag(post)
    post_parts.mention(post)
    author_feed.settle(post.author_id)
    person_acted.send(sender=None, user_ids=(post.author_id,))


def _own_workout(author_id: UUID, workout_id: UUID | None) -> UUID | None:
    if workout_id is None:
        return None
    if not Workout.objects.filter(user=author_id, pk=workout_id).exists():
        raise ValidationError(
            {"workout": ValidationError("You have no such workout.", code="does_not_exist")}
        )
    return workout_id


def _shared(user_id: UUID, post_id: UUID) -> Post:
    hidden = people.hidden_from(user_id)
    found = reading.readable(post_id, viewer_id=user_id, hidden=hidden)
    if not found["content"] and found["shared_post_id"] is not None:
        shared_id = found["shared_post_id"]
        found = reading.readable(shared_id, viewer_id=user_id, hidden=hidden)
    if not reading.is_sharable(found["id"], viewer_id=user_id):
        raise ValidationError("This post is not for everybody.", code="not_public")
    shared = _locked({found["id"]})[found["id"]]
    if shared.deleted_at is not None:
        raise Post.DoesNotExist
    return shared


def _require_open(visibility: str) -> None:
    if visibility != Visibility.PUBLIC:
        _refuse_visibility("A post in a group is for those who see the group.")


def _require_own_audience(post: Post) -> None:
    if post.is_reply:
        _refuse_visibility("A reply is for those who see what it replies to.")
    if post.group_id is not None:
        _refuse_visibility("A post in a group is for those who see the group.")


def _refuse_visibility(message: str) -> None:
    raise ValidationError({"visibility": ValidationError(message, code="not_its_own")})


def _forget_edits_if_wider(
    post_ids: Collection[UUID], visibility: str | None, *, than: str
) -> None:
    """What was written for fewer is not shown to more."""
    rising: list[str] = [Visibility.PRIVATE, Visibility.FOLLOWERS, Visibility.PUBLIC]
    if visibility is not None and rising.index(visibility) > rising.index(than):
        PostEdit.objects.filter(post__in=post_ids).remove()


def _move_threads(root_ids: Collection[UUID], visibility: str) -> None:
    """Replies repeat the visibility of their root; their authors' clocks stand still."""
    thread = Post.objects.filter(root__in=root_ids)
    list(thread.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    thread.write(visibility=visibility)


def _locked(post_ids: Collection[UUID]) -> dict[UUID, Post]:
    rows = Post.objects.filter(pk__in=post_ids).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(no_key=True)}


def _count(post_id: UUID, counter: str, step: int) -> None:
    Post.objects.filter(pk=post_id).write(**{counter: F(counter) + step})
