"""Replies and shares over HTTP: written, listed, counted."""

import pytest

from social.models import Post
from tests.factories.social import (
    BlockFactory,
    FollowFactory,
    GroupFactory,
    MembershipFactory,
    PostFactory,
    ReplyFactory,
    ShareFactory,
)
from tests.factories.users import UserFactory
from users.ids import uuid7

pytestmark = pytest.mark.django_db
URL = "/api/v1/posts/"


def replies(post):
    return f"{URL}{post.pk}/replies/"


def shares(post):
    return f"{URL}{post.pk}/shares/"


def counted(post):
    post.refresh_from_db()
    return post.likes_count, post.comments_count, post.shares_count


class TestReplies:
    def test_a_reply_has_the_audience_of_its_conversation(self, api, ana, ben):
        root = PostFactory(author=ben, visibility="followers")
        FollowFactory(follower=ana, following=ben)

        response = api.post(replies(root), {"content": "Well done", "visibility": "public"})

        reply = Post.objects.get(parent=root)
        card = response.json()
        assert response.status_code == 201
        assert (card["parent"], card["root"]) == (str(root.pk), str(root.pk))
        assert (reply.visibility, reply.author, counted(root)) == ("followers", ana, (0, 1, 0))

    def test_a_reply_to_a_reply_counts_there_alone(self, api):
        root = PostFactory()
        first = ReplyFactory(parent=root)

        card = api.post(replies(first), {"content": "And so"}).json()

        assert (card["parent"], card["root"]) == (str(first.pk), str(root.pk))
        assert (counted(root), counted(first)) == ((0, 1, 0), (0, 1, 0))

    def test_a_repeated_reply_is_made_and_counted_once(self, api):
        root, body = PostFactory(), {"id": str(uuid7()), "content": "a"}

        statuses = [api.post(replies(root), body).status_code for _ in range(2)]
        elsewhere = api.post(replies(PostFactory()), body)

        assert (statuses, counted(root)) == ([201, 200], (0, 1, 0))
        assert elsewhere.status_code == 409

    def test_nobody_replies_to_what_they_may_not_read(self, api, ana, ben):
        hidden = PostFactory(author=BlockFactory(blocked=ana).user)
        private = PostFactory(author=ben, visibility="private")
        deleted = PostFactory(author=ben)
        Post.objects.filter(pk=deleted.pk).write(deleted_at=deleted.created_at)

        statuses = [
            api.post(replies(one), {"content": "a"}).status_code
            for one in (hidden, private, deleted)
        ]

        assert statuses == [404, 404, 404]
        assert Post.objects.count() == 3

    def test_only_members_reply_in_a_group(self, api, ana):
        post = PostFactory(group=GroupFactory())

        refused = api.post(replies(post), {"content": "a"})
        MembershipFactory(user=ana, group=post.group)
        allowed = api.post(replies(post), {"content": "a"})

        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "not_a_member")
        assert (allowed.status_code, Post.objects.get(parent=post).group) == (201, post.group)

    def test_replies_come_oldest_first_without_hidden_people(
        self, api, ana, ben, django_assert_num_queries
    ):
        root = PostFactory()
        first, second = ReplyFactory(parent=root), ReplyFactory(parent=root, author=ben)
        ReplyFactory(parent=root, author=BlockFactory(user=ana).blocked)

        with django_assert_num_queries(6):  # session, hidden, may I, page, cards, what is not
            rows = api.get(replies(root)).json()["results"]

        assert [row["id"] for row in rows] == [str(first.pk), str(second.pk)]
        assert api.get(f"{URL}{root.pk}/").json()["comments_count"] == 2


class TestShares:
    def test_a_share_with_words_is_a_post_of_its_own(self, api, ana, ben):
        post = PostFactory(author=ben, content="Original")

        response = api.post(shares(post), {"content": "Look at @ben"})

        card = response.json()
        assert response.status_code == 201
        assert (card["author"]["username"], card["content"]) == ("ana", "Look at @ben")
        assert (card["shared_post"]["id"], card["parent"]) == (str(post.pk), None)
        assert counted(post) == (0, 0, 1)
        assert api.get(f"{URL}{post.pk}/").json()["shared_by_me"] is True

    def test_without_words_it_is_shared_once(self, api):
        post = PostFactory()

        first, second = api.post(shares(post), {}), api.post(shares(post), {"content": ""})
        worded = api.post(shares(post), {"content": "Again"})

        assert [one.status_code for one in (first, second, worded)] == [201, 200, 201]
        assert first.json() == second.json()
        assert counted(post) == (0, 0, 2)

    def test_a_share_that_was_deleted_can_be_made_anew(self, api):
        post = PostFactory()
        api.delete(f"{URL}{api.post(shares(post), {}).json()['id']}/")

        again = api.post(shares(post), {})

        assert (again.status_code, counted(post)) == (201, (0, 0, 1))

    def test_a_share_without_words_stands_for_what_it_passes_on(self, api):
        post = PostFactory()
        share = ShareFactory(shared_post=post)

        card = api.post(shares(share), {}).json()

        assert card["shared_post"]["id"] == str(post.pk)
        assert (counted(post), counted(share)) == ((0, 0, 2), (0, 0, 0))

    @pytest.mark.parametrize("case", ["followers", "profile", "group"])
    def test_only_what_everybody_may_read_is_passed_on(self, api, ana, ben, case):
        FollowFactory(follower=ana, following=ben)
        post = PostFactory(
            author=ben,
            visibility="followers" if case == "followers" else "public",
            group=GroupFactory() if case == "group" else None,
        )
        if case == "profile":
            ben.profile.visibility = "followers"
            ben.profile.save()

        response = api.post(shares(post), {})

        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "not_public")
        assert counted(post) == (0, 0, 0)

    def test_ones_own_may_be_passed_on_whoever_reads_it(self, api, bens_api, ana):
        post = PostFactory(author=ana, visibility="private")

        card = api.post(shares(post), {"content": "Mine"}).json()

        assert card["shared_post"]["id"] == str(post.pk)
        assert bens_api.get(f"{URL}{card['id']}/").json()["shared_post"] is None

    def test_a_reply_into_a_narrower_conversation_is_not_for_everybody(self, api, ana):
        root = PostFactory(visibility="followers")
        FollowFactory(follower=ana, following=root.author)
        reply = ReplyFactory(parent=root)

        assert api.post(shares(reply), {}).status_code == 400

    def test_shares_come_newest_first_as_far_as_one_may_read_them(self, api, ana):
        post = PostFactory()
        old, new = ShareFactory(shared_post=post), ShareFactory(shared_post=post, content="New")
        ShareFactory(shared_post=post, visibility="private")
        ShareFactory(shared_post=post, author=BlockFactory(user=ana).blocked)

        rows = api.get(shares(post)).json()["results"]

        assert [row["id"] for row in rows] == [str(new.pk), str(old.pk)]


def test_replies_and_shares_of_inactive_people_are_not_shown(api):
    post, gone = PostFactory(), UserFactory(is_active=False)
    ReplyFactory(parent=post, author=gone)
    ShareFactory(shared_post=post, author=gone)

    listed = [api.get(of(post)).json()["results"] for of in (replies, shares)]

    assert listed == [[], []]
