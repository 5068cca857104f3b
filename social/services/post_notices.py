"""Tells people of likes, replies, shares and mentions, and takes it back with them.

What is promised names what happened and not what to say: the handlers look at what is true when
they run, so that they may run twice and out of order.
"""

from typing import Any
from uuid import UUID

from social.models import Like, Mention, Post
from social.selectors import people, reading
from users.models.notification import NotificationCategory
from users.ownership import advance_clocks_unheard
from users.services import notifications, outbox


def promise_like(*, post_id: UUID, actor_id: UUID, author_id: UUID) -> None:
    if actor_id != author_id:
        outbox.promise(kind="social_like", post_id=str(post_id), user_id=str(actor_id))


def promise_reply(reply: Post, parent: Post) -> None:
    if reply.author_id != parent.author_id:
        outbox.promise(kind="social_reply", post_id=str(parent.pk), user_id=str(reply.author_id))


def promise_share(share: Post, shared: Post) -> None:
    if share.author_id != shared.author_id:
        outbox.promise(kind="social_share", post_id=str(shared.pk), user_id=str(share.author_id))


def promise_mention(*, post_id: UUID, author_id: UUID, person_id: UUID) -> None:
    if author_id != person_id:
        outbox.promise(kind="social_mention", post_id=str(post_id), user_id=str(person_id))


@outbox.handles("social_like")
def tell_of_like(*, post_id: str, user_id: str) -> None:
    """``user_id`` likes the post, or does no more."""
    post, actor_id = _post(post_id), UUID(user_id)
    if post is None:
        return
    advance_clocks_unheard([post.author_id, actor_id])
    happened = post.deleted_at is None and Like.objects.filter(post=post, user=actor_id).exists()
    _settle(
        happened,
        user_id=post.author_id,
        kind="post_liked",
        group_key=f"like:{post_id}",
        actor_id=actor_id,
        phrase="liked your post",
        target=post,
    )


@outbox.handles("social_reply")
def tell_of_reply(*, post_id: str, user_id: str) -> None:
    """``user_id`` replied to the post, or has deleted every reply."""
    post, actor_id = _post(post_id), UUID(user_id)
    if post is None:
        return
    advance_clocks_unheard([post.author_id, actor_id])
    replies = Post.objects.live().filter(parent=post, author=actor_id)
    newest = replies.order_by("-created_at", "-pk").first()
    _settle(
        newest is not None and _may_read(newest.pk, post.author_id),
        user_id=post.author_id,
        kind="post_replied",
        group_key=f"reply:{post_id}",
        actor_id=actor_id,
        phrase="replied to your post",
        target=post,
    )


@outbox.handles("social_share")
def tell_of_share(*, post_id: str, user_id: str) -> None:
    """``user_id`` shared the post, or does no more."""
    post, actor_id = _post(post_id), UUID(user_id)
    if post is None:
        return
    advance_clocks_unheard([post.author_id, actor_id])
    shares = Post.objects.live().filter(shared_post=post, author=actor_id)
    newest = shares.order_by("-created_at", "-pk").first()
    _settle(
        newest is not None and _may_read(newest.pk, post.author_id),
        user_id=post.author_id,
        kind="post_shared",
        group_key=f"share:{post_id}",
        actor_id=actor_id,
        phrase="shared your post",
        target=post,
    )


@outbox.handles("social_mention")
def tell_of_mention(*, post_id: str, user_id: str) -> None:
    """The post calls ``user_id`` by their name, or does no more."""
    post, person_id = _post(post_id), UUID(user_id)
    if post is None:
        return
    advance_clocks_unheard([post.author_id, person_id])
    is_named = Mention.objects.filter(post=post, person=person_id).exists()
    _settle(
        is_named and _may_read(post.pk, person_id),
        user_id=person_id,
        kind="mentioned",
        group_key=f"mention:{post_id}",
        actor_id=post.author_id,
        phrase="mentioned you in a post",
        target=post,
    )


def _post(post_id: str) -> Post | None:
    return Post.objects.filter(pk=post_id).first()


def _may_read(post_id: UUID, person_id: UUID) -> bool:
    hidden = people.hidden_from(person_id)
    try:
        reading.readable(post_id, viewer_id=person_id, hidden=hidden)
    except Post.DoesNotExist:
        return False
    return True


def _settle(happened: bool, /, **news: Any) -> None:  # noqa: FBT001 - what it is about
    if happened:
        notifications.tell(category=NotificationCategory.SOCIAL, **news)
        return
    whom = {name: news[name] for name in ("user_id", "group_key", "actor_id")}
    notifications.untell(**whom)
