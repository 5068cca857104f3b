"""Erasure: what others keep of a person who goes, and that their counts stay exact."""

import pytest

from social.models import (
    Comment,
    Conversation,
    ConversationMember,
    Friendship,
    Group,
    HiddenMessage,
    Like,
    Membership,
    Message,
    Post,
    SocialFollow,
)
from social.services import repair
from tests.factories.social import (
    ChallengeFactory,
    CommentFactory,
    ConversationFactory,
    FollowFactory,
    FriendshipFactory,
    GroupFactory,
    LikeFactory,
    MembershipFactory,
    MentionFactory,
    MessageFactory,
    ParticipantFactory,
    PostFactory,
    PostMediaFactory,
    ReplyFactory,
    ShareFactory,
)
from tests.factories.users import UserFactory
from users.models import Tombstone, User
from users.models.account import DELETED_ID
from users.services import accounts

pytestmark = pytest.mark.django_db


def erase(user: User) -> None:
    accounts.close_account(user=User.objects.get(pk=user.pk))
    accounts.erase_account(user_id=str(user.pk))
    assert not User.objects.filter(pk=user.pk).exists()


def drift() -> int:
    return sum(one.wrong for one in repair.repair_counters(dry_run=True))


def test_what_others_answered_or_shared_stays_as_a_stub(ana, ben):
    post = PostFactory(author=ana, content="Secret", hashtags=["legs"])
    PostMediaFactory(post=post)
    MentionFactory(post=post, person=ben)
    answer = ReplyFactory(parent=post, author=ben)
    shared = PostFactory(author=ana)
    ShareFactory(shared_post=shared, author=ben)
    forgotten = PostFactory(author=ana)

    erase(ana)

    post.refresh_from_db()
    assert (post.author_id, post.content, post.deleted_at is None) == (DELETED_ID, "", False)
    assert post.media.count() == post.mentions.count() == post.post_hashtags.count() == 0
    assert Post.objects.get(pk=answer.pk).parent_id == post.pk
    assert Post.objects.get(pk=shared.pk).content == ""
    assert not Post.objects.filter(pk=forgotten.pk).exists()


def test_what_lies_between_two_answers_of_others_stays_as_a_stub_too(ana, ben):
    root = PostFactory(author=ben)
    first = ReplyFactory(parent=root, author=ana)
    second = ReplyFactory(parent=first, author=ana)
    answer = ReplyFactory(parent=second, author=ben)
    alone = ReplyFactory(parent=root, author=ana)

    erase(ana)

    kept = Post.objects.filter(root=root).values_list("pk", flat=True)
    assert set(kept) == {root.pk, first.pk, second.pk, answer.pk}
    assert not Post.objects.filter(pk=alone.pk).exists()


def test_counts_of_others_go_down_by_what_the_person_added(ana, ben):
    post = PostFactory(author=ben)
    LikeFactory(post=post, user=ana)
    LikeFactory(post=post)
    ReplyFactory(parent=post, author=ana)
    ShareFactory(shared_post=post, author=ana)
    challenge = ChallengeFactory(created_by=ben)
    ParticipantFactory(challenge=challenge, user=ana)
    group = GroupFactory(created_by=ben)
    MembershipFactory(group=group, user=ana)

    erase(ana)

    for row in (post, challenge, group):
        row.refresh_from_db()
    assert (post.likes_count, post.comments_count, post.shares_count) == (1, 0, 0)
    assert (challenge.participant_count, group.members_count) == (0, 1)
    assert drift() == 0


def test_an_answer_that_stays_as_a_stub_is_counted_no_more(ana, ben):
    post = PostFactory(author=ben)
    answer = ReplyFactory(parent=post, author=ana)
    ReplyFactory(parent=answer, author=ben)

    erase(ana)

    post.refresh_from_db()
    assert post.comments_count == 0
    assert drift() == 0


def test_a_group_goes_to_its_oldest_admin_and_else_to_its_oldest_member(ana):
    led, plain, alone = (GroupFactory(created_by=ana) for _ in range(3))
    MembershipFactory(group=led)
    admin = MembershipFactory(group=led, role="admin")
    oldest = MembershipFactory(group=plain)
    MembershipFactory(group=plain)

    erase(ana)

    owners = Membership.objects.filter(role="owner").values_list("group", "user")
    assert set(owners) == {(led.pk, admin.user_id), (plain.pk, oldest.user_id)}
    assert not Group.objects.filter(pk=alone.pk).exists()
    assert Group.objects.get(pk=led.pk).created_by_id == DELETED_ID


def test_comments_on_others_things_lose_their_words(ana, ben):
    comment = CommentFactory(author=ana, target=ChallengeFactory(created_by=ben))

    erase(ana)

    comment = Comment.objects.get(pk=comment.pk)
    assert (comment.author_id, comment.content) == (DELETED_ID, "")
    assert comment.deleted_at is not None


def test_a_challenge_goes_on_without_the_one_who_made_it(ana, ben):
    challenge = ChallengeFactory(created_by=ana)
    ParticipantFactory(challenge=challenge, user=ben)

    erase(ana)

    challenge.refresh_from_db()
    assert (challenge.created_by_id, challenge.participant_count) == (DELETED_ID, 1)


def test_a_challenge_that_nobody_else_is_in_goes(ana):
    challenge = ChallengeFactory(created_by=ana)
    ParticipantFactory(challenge=challenge, user=ana)

    erase(ana)

    assert not type(challenge).objects.filter(pk=challenge.pk).exists()


def test_phones_of_others_learn_which_ties_are_gone(ana, ben):
    FriendshipFactory(user=ana, friend=ben)
    follow = FollowFactory(follower=ben, following=ana)
    bens_row = Friendship.objects.get(user=ben)

    erase(ana)

    assert SocialFollow.objects.count() == Friendship.objects.count() == 0
    graves = Tombstone.objects.filter(user=ben).values_list("resource", "object_id")
    assert {
        ("social.socialfollow", follow.pk),
        ("social.friendship", bens_row.pk),
    } <= set(graves)


def test_direct_conversations_go_on_both_sides_and_groups_stay(ana, ben):
    direct = ConversationFactory(members=[ana, ben])
    MessageFactory(conversation=direct, sender=ana)
    MessageFactory(conversation=direct, sender=ben)
    group = ConversationFactory(members=[ana, ben, UserFactory()])
    MessageFactory(conversation=group, sender=ana)
    kept = MessageFactory(conversation=group, sender=ben)

    erase(ana)

    assert list(Conversation.objects.all()) == [group]
    assert list(Message.objects.all()) == [kept]
    assert ConversationMember.objects.filter(conversation=group).count() == 2


def test_what_others_did_with_posts_and_messages_goes_with_them(ana, ben):
    kept = PostFactory(author=ana)
    ReplyFactory(parent=kept, author=ben)
    LikeFactory(post=kept, user=ben)
    LikeFactory(post=PostFactory(author=ana), user=ben)
    conversation = ConversationFactory(members=[ana, ben, UserFactory()])
    message = MessageFactory(conversation=conversation, sender=ana)
    HiddenMessage.objects.create(user=ben, message=message)

    erase(ana)

    kept.refresh_from_db()
    assert kept.likes_count == Like.objects.count() == HiddenMessage.objects.count() == 0
