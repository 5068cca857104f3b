"""Counts that are kept agree with their rows, and the command says where they did not."""

import pytest
from django.core.management import call_command

from social.models import AuthorFeed, Challenge, Group, Post
from social.services import repair
from tests.factories.social import (
    GroupFactory,
    LikeFactory,
    ParticipantFactory,
    PostFactory,
    ReplyFactory,
    ShareFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(ana):
    """Liked, answered and shared once, beside a challenge and a group with one person each."""
    post = PostFactory(author=ana)
    LikeFactory(post=post)
    ReplyFactory(parent=post)
    ShareFactory(shared_post=post)
    ParticipantFactory()
    GroupFactory()
    return post


def distort() -> None:
    Post.objects.all().write(likes_count=7, comments_count=7, shares_count=7)
    Challenge.objects.all().write(participant_count=7)
    Group.objects.all().write(members_count=7)


def test_counts_that_agree_are_left_alone(post, capsys):
    call_command("repair_counters")

    assert capsys.readouterr().out.splitlines() == [
        "post.likes_count: 0 wrong",
        "post.comments_count: 0 wrong",
        "post.shares_count: 0 wrong",
        "challenge.participant_count: 0 wrong",
        "group.members_count: 0 wrong",
        "authorfeed: 0 wrong",
        "0 mended.",
    ]


def test_every_count_that_is_wrong_is_named_and_mended(post, capsys):
    distort()
    AuthorFeed.objects.filter(user=post.author).delete()

    call_command("repair_counters")

    assert capsys.readouterr().out.splitlines() == [
        "post.likes_count: 3 wrong",
        "post.comments_count: 3 wrong",
        "post.shares_count: 3 wrong",
        "challenge.participant_count: 1 wrong",
        "group.members_count: 1 wrong",
        "authorfeed: 1 wrong",
        "12 mended.",
    ]
    post.refresh_from_db()
    assert (post.likes_count, post.comments_count, post.shares_count) == (1, 1, 1)
    assert AuthorFeed.objects.get(user=post.author).last_post_id == post.pk
    assert sum(drift.wrong for drift in repair.repair_counters()) == 0


def test_a_dry_run_counts_and_writes_nothing(post, capsys):
    distort()

    call_command("repair_counters", "--dry-run")

    assert capsys.readouterr().out.splitlines()[-1] == "11 would be mended."
    post.refresh_from_db()
    assert post.likes_count == 7
