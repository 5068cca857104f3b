"""A post that is asked for by its id is read by exactly those to whom the querysets show it."""

import itertools

import pytest
from django.utils import timezone

from social.models import Post
from social.selectors.people import hidden_from
from social.selectors.reading import readable
from tests.factories.social import (
    BlockFactory,
    FollowFactory,
    FriendshipFactory,
    GroupFactory,
    MembershipFactory,
    PostFactory,
    ReplyFactory,
)
from tests.factories.users import UserFactory
from users.models.profile import Visibility

pytestmark = pytest.mark.django_db


def is_readable(post, viewer, hidden):
    try:
        readable(post.pk, viewer_id=viewer.pk, hidden=hidden)
    except Post.DoesNotExist:
        return False
    return True


def test_whoever_is_shown_a_post_finds_it_and_nobody_else(ana, ben):
    viewers = [ana, UserFactory(), UserFactory(), UserFactory(), UserFactory(is_active=False)]
    _, follower, friend, member, _ = viewers
    groups = [None, *(GroupFactory(access=access) for access in ("public", "invite"))]
    for profile, group in itertools.product(Visibility.values, groups):
        author = UserFactory()
        author.profile.visibility = profile
        author.profile.save()
        FollowFactory(follower=follower, following=author)
        FriendshipFactory(user=friend, friend=author)
        for visibility in Visibility.values:
            root = PostFactory(author=author, visibility=visibility, group=group)
            ReplyFactory(parent=ReplyFactory(parent=root, author=viewers[4]), author=ben)
    for group in groups[1:]:
        MembershipFactory(user=member, group=group)
    Post.objects.filter(author=Post.objects.earliest("pk").author).write(deleted_at=timezone.now())
    BlockFactory(user=friend, blocked=Post.objects.latest("pk").root.author)
    BlockFactory(user=ben, blocked=member)
    posts = list(Post.objects.all())

    for viewer in (*viewers, ben):
        hidden = hidden_from(viewer.pk)
        shown = Post.objects.live().visible_to(viewer.pk, hidden=hidden)
        expected = set(shown.values_list("pk", flat=True))
        found = {post.pk for post in posts if is_readable(post, viewer, hidden)}
        assert 0 < len(expected) < len(posts)
        assert found == expected
