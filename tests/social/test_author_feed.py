"""What tells feeds where to look follows every change of an author's posts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from social.models import AuthorFeed, Post
from social.services import author_feed, posts
from tests.factories.social import GroupFactory, PostFactory
from tests.factories.users import UserFactory
from users.models import SyncClock
from users.models.profile import Visibility

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["post", "group", "reply", "edit", "delete", "all"]),
        st.integers(0, 5),
        st.sampled_from(Visibility.values),
    ),
    max_size=12,
)


class TestAnyHistory(TestCase):
    @settings(max_examples=15, deadline=None)
    @given(STEPS)
    def test_the_newest_post_that_feeds_may_show_is_always_known(self, steps):
        ana = UserFactory()
        group = GroupFactory(created_by=ana)

        for step in steps:
            _take(ana, group, *step)
            shown = Post.objects.live().filter(author=ana, parent=None, group=None)
            newest = shown.exclude(visibility="private").order_by("-created_at", "-pk").first()
            kept = AuthorFeed.objects.filter(user=ana).first()
            assert (kept and kept.last_post_id) == (newest and newest.pk)
            assert (kept and kept.last_post_at) == (newest and newest.created_at)


def _take(ana, group, verb, which, visibility):
    """One step, of the post that ``which`` names as far as there are so many."""
    mine = list(Post.objects.live().filter(author=ana).order_by("pk"))
    post = mine[which % len(mine)] if mine else None
    content = {"content": "Words", "visibility": visibility}
    if verb == "post" or post is None:
        posts.create_post(user_id=ana.pk, content=content)
    elif verb == "group":
        posts.create_post(user_id=ana.pk, content={"content": "Words", "group": group.pk})
    elif verb == "reply":
        posts.reply(user_id=ana.pk, post_id=post.pk, content={"content": "Words"})
    elif verb == "delete":
        posts.delete_post(user_id=ana.pk, post_id=post.pk)
    elif verb == "all":
        posts.change_visibilities(user_id=ana.pk, old=post.visibility, new=visibility)
    elif post.parent_id is None and post.group_id is None:
        posts.edit_post(user_id=ana.pk, post_id=post.pk, content={"visibility": visibility})


@pytest.mark.django_db
def test_what_went_astray_is_mended_under_the_authors_clock(ana):
    post = PostFactory(author=ana)
    AuthorFeed.objects.all().delete()
    before = SyncClock.objects.get(user=ana).revision

    author_feed.keep(ana.pk)

    assert AuthorFeed.objects.get(user=ana).last_post_id == post.pk
    assert SyncClock.objects.get(user=ana).revision == before + 1
