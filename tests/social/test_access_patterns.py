"""How code walks from people to posts, likes, friends, requests and messages, and back."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from social.models import FriendRequest, Friendship, Like
from social.services import graph
from tests.factories.social import (
    ConversationFactory,
    FriendRequestFactory,
    FriendshipFactory,
    LikeFactory,
    MessageFactory,
    PostFactory,
    ReplyFactory,
)
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

HOUR = timezone.timedelta(hours=1)


class TestProfile:
    def test_a_user_has_one_profile(self, ana):
        assert ana.profile.display_name == "ana"

    def test_a_profile_has_its_user(self, ana):
        assert ana.profile.user == ana


class TestPosts:
    def test_a_user_has_their_posts_newest_first(self, ana):
        now = timezone.now()
        old, new = (PostFactory(author=ana, created_at=now - age * HOUR) for age in (2, 1))
        PostFactory()

        assert list(ana.posts.all()) == [new, old]

    def test_a_post_has_its_author(self, ana):
        assert PostFactory(author=ana).author == ana

    def test_a_post_has_its_direct_replies(self):
        post = PostFactory()
        replies = {ReplyFactory(parent=post), ReplyFactory(parent=post)}
        ReplyFactory(parent=ReplyFactory())

        assert set(post.replies.all()) == replies

    def test_a_reply_has_its_parent_and_what_it_all_began_with(self):
        post = PostFactory()
        reply = ReplyFactory(parent=post)
        answer = ReplyFactory(parent=reply)

        assert (post.parent, reply.parent, answer.parent) == (None, post, reply)
        assert post.root == reply.root == answer.root == post

    def test_a_conversation_has_all_its_posts_at_any_depth(self):
        post = PostFactory()
        reply = ReplyFactory(parent=post)
        answer = ReplyFactory(parent=reply)
        PostFactory()

        assert set(post.thread.all()) == {post, reply, answer}

    @pytest.mark.parametrize("kind", ["thoughts", "media", "milestones"])
    def test_there_are_three_types(self, ana, kind):
        PostFactory(author=ana, type=kind)

        assert ana.posts.get(type=kind).get_type_display() == kind.capitalize()

    def test_a_post_is_a_thought_nobody_has_liked_answered_or_shared_yet(self):
        post = PostFactory()

        assert (post.type, post.likes_count, post.comments_count, post.shares_count) == (
            "thoughts",
            0,
            0,
            0,
        )


class TestLikes:
    def test_a_user_has_their_likes(self, ana):
        like = LikeFactory(user=ana)
        LikeFactory()

        assert list(ana.likes.all()) == [like]

    def test_a_post_has_its_likes_and_their_number(self):
        post = PostFactory()
        likes = {LikeFactory(post=post), LikeFactory(post=post)}
        LikeFactory()

        assert set(post.likes.all()) == likes
        assert post.likes.count() == 2

    def test_a_person_likes_a_post_once(self, ana):
        post = PostFactory()
        LikeFactory(user=ana, post=post)

        with pytest.raises(IntegrityError, match="like_once"), transaction.atomic():
            Like.objects.create(user=ana, post=post)

        assert post.likes.count() == 1


class TestFriends:
    def test_a_friendship_is_a_row_of_each(self, ana, ben):
        FriendshipFactory(user=ana, friend=ben)

        assert [tie.friend for tie in ana.friendships.all()] == [ben]
        assert [tie.friend for tie in ben.friendships.all()] == [ana]

    def test_a_user_is_the_friend_in_their_friends_rows(self, ana, ben):
        FriendshipFactory(user=ana, friend=ben)

        assert [tie.user for tie in ana.friends.all()] == [ben]
        assert [tie.user for tie in ben.friends.all()] == [ana]

    def test_the_newest_friends_come_first(self, ana):
        now = timezone.now()
        old, new = (FriendshipFactory(user=ana, created_at=now - age * HOUR) for age in (2, 1))

        assert list(ana.friendships.all()) == [new, old]

    def test_two_are_friends_once(self, ana, ben):
        FriendshipFactory(user=ana, friend=ben)

        with pytest.raises(IntegrityError, match="friendship_once"), transaction.atomic():
            Friendship.objects.create(user=ana, friend=ben)

        assert ana.friendships.count() == 1


class TestFriendRequests:
    def test_a_user_has_those_they_sent_and_those_sent_to_them(self, ana, ben):
        sent = FriendRequestFactory(from_user=ana, to_user=ben)
        received = FriendRequestFactory(to_user=ana)

        assert list(ana.sent_requests.all()) == list(ben.received_requests.all()) == [sent]
        assert list(ana.received_requests.all()) == [received]

    def test_the_newest_come_first(self, ana):
        now = timezone.now()
        old, new = (FriendRequestFactory(to_user=ana, created_at=now - n * HOUR) for n in (2, 1))

        assert list(ana.received_requests.all()) == [new, old]

    @pytest.mark.parametrize("crossing", [False, True])
    def test_one_waits_between_two_people(self, ana, ben, crossing):
        FriendRequestFactory(from_user=ana, to_user=ben)
        one, other = (ben, ana) if crossing else (ana, ben)

        with pytest.raises(IntegrityError, match="friendrequest_on"), transaction.atomic():
            FriendRequest.objects.create(from_user=one, to_user=other)

        assert FriendRequest.objects.count() == 1

    def test_an_accepted_one_is_gone_and_has_made_two_friendships(self, ana, ben):
        graph.befriend(user_id=ana.pk, person_id=ben.pk)

        graph.accept_friend_request(user_id=ben.pk, request_id=ben.received_requests.get().pk)

        assert (ana.sent_requests.count(), Friendship.objects.count()) == (0, 2)
        assert (ana.friendships.get().friend, ben.friendships.get().friend) == (ben, ana)

    def test_a_declined_one_is_gone_and_has_made_none(self, ana, ben):
        graph.befriend(user_id=ana.pk, person_id=ben.pk)

        graph.decline_friend_request(user_id=ben.pk, request_id=ben.received_requests.get().pk)

        assert (ana.sent_requests.count(), Friendship.objects.count()) == (0, 0)


class TestMessages:
    @pytest.fixture
    def messages(self, ana, ben):
        conversation = ConversationFactory(members=[ana, ben])
        return [MessageFactory(conversation=conversation, sender=one) for one in (ana, ben)]

    def test_a_user_has_those_they_sent_and_those_they_received(self, ana, messages):
        sent, received = messages
        MessageFactory()

        assert list(ana.sent_messages.all()) == [sent]
        assert list(ana.received_messages.all()) == [received]

    def test_a_message_has_who_sent_and_who_receives_it_and_is_unread(self, ana, ben, messages):
        sent, received = messages

        assert (sent.sender, sent.receiver, sent.is_read) == (ana, ben, False)
        assert (received.sender, received.receiver, received.is_read) == (ben, ana, False)

    def test_a_message_among_several_is_received_by_no_one_of_them(self, ana, ben):
        among = ConversationFactory(members=[ana, ben, UserFactory()])

        assert MessageFactory(conversation=among).receiver is None
        assert not ben.received_messages.exists()
