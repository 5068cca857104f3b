"""Posts over HTTP: written, read, edited, deleted."""

import pytest

from social.api.posts import represent_posts
from social.models import AuthorFeed, Hashtag, Mention, Picture, Post, PostEdit, PostMedia
from tests.factories.social import (
    BlockFactory,
    FollowFactory,
    GroupFactory,
    MembershipFactory,
    PictureFactory,
    PostFactory,
    ReplyFactory,
    ShareFactory,
)
from tests.factories.users import UserFactory
from tests.factories.workouts import WorkoutFactory, WorkoutSetFactory
from users.ids import uuid7
from users.models import SyncClock, Tombstone
from users.models.profile import Visibility

pytestmark = pytest.mark.django_db
URL = "/api/v1/posts/"


def detail(post, part=""):
    return f"{URL}{getattr(post, 'pk', post)}/{part}"


def errors_of(response):
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


def show_profile_to(person, visibility):
    person.profile.visibility = visibility
    person.profile.save()


class TestPosting:
    def test_a_post_says_all_that_it_was_given(self, api, ana, ben):
        workout, picture = WorkoutFactory(user=ana), PictureFactory(user=ana)
        body = {
            "content": " Squats with @Ben #legs #Legs\nand more ",
            "type": "milestones",
            "visibility": "followers",
            "workout": str(workout.pk),
            "media": [
                {"media_url": "https://example.com/a.mp4", "media_type": "video"},
                {"picture": str(picture.pk), "alt_text": "A rack"},
            ],
        }

        response = api.post(URL, body)

        post = Post.objects.get()
        card = response.json()
        assert response.status_code == 201
        assert (post.author, post.root, post.parent) == (ana, post, None)
        assert card["content"] == "Squats with @Ben #legs #Legs\nand more"
        assert (card["type"], card["visibility"]) == ("milestones", "followers")
        assert card["workout"]["id"] == str(workout.pk)
        assert card["hashtags"] == ["legs"]
        assert card["mentions"] == [{"id": str(ben.pk), "username": "ben"}]
        assert [(one["type"], one["alt_text"]) for one in card["media"]] == [
            ("video", ""),
            ("image", "A rack"),
        ]
        assert card["media_url"] == "https://example.com/a.mp4"
        assert api.get(detail(post)).json() == card

    def test_it_may_say_no_more_than_words(self, api, ana):
        card = api.post(URL, {"content": "Hello"}).json()

        assert (card["type"], card["visibility"], card["media"]) == ("thoughts", "public", [])
        assert card["author"]["username"] == "ana"
        assert AuthorFeed.objects.get(user=ana).last_post_id == Post.objects.get().pk

    def test_a_post_with_media_is_of_that_type(self, api):
        media = [{"media_url": "https://example.com/a.jpg"}]

        card = api.post(URL, {"content": "Look", "media": media}).json()

        assert card["type"] == "media"

    def test_a_repeated_post_is_made_once(self, api, ana):
        picture = PictureFactory(user=ana)
        body = {"id": str(uuid7()), "content": "#a", "media": [{"picture": str(picture.pk)}]}

        first, second = api.post(URL, body), api.post(URL, body)
        other = api.post(URL, {**body, "content": "#b"})

        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
        assert (other.status_code, other.json()["errors"][0]["code"]) == (409, "id_taken")
        assert Post.objects.count() == 1

    def test_a_key_makes_it_once_as_well(self, api):
        first = api.post(URL, {"content": "a"}, HTTP_IDEMPOTENCY_KEY="k")
        second = api.post(URL, {"content": "a"}, HTTP_IDEMPOTENCY_KEY="k")
        other = api.post(URL, {"content": "b"}, HTTP_IDEMPOTENCY_KEY="k")

        assert [one.status_code for one in (first, second, other)] == [201, 200, 422]
        assert Post.objects.count() == 1

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            ({}, ("content", "required")),
            ({"content": "  "}, ("content", "blank")),
            ({"content": "a" * 501}, ("content", "max_length")),
            ({"content": "a", "type": "x"}, ("type", "invalid_choice")),
            ({"content": "a", "visibility": "x"}, ("visibility", "invalid_choice")),
            ({"content": "a", "media": [{}]}, ("media.0.picture", "invalid")),
            (
                {"content": "a", "media": [{"media_url": "http://example.com/a.jpg"}]},
                ("media.0.media_url", "invalid"),
            ),
            (
                {"content": "a", "media": [{"media_url": "https://example.com/a.jpg"}] * 11},
                ("media.non_field_errors", "max_length"),
            ),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, api, body, error):
        response = api.post(URL, body)

        assert (response.status_code, errors_of(response)) == (400, [error])
        assert not Post.objects.exists()

    def test_what_is_anothers_cannot_be_shown(self, api, ana, ben):
        used = PictureFactory(user=ana)
        PostMedia.objects.create(post=PostFactory(author=ana), picture=used, media_type="image")
        pictures = [PictureFactory(user=ben), used]

        answers = [
            api.post(URL, {"content": "a", "workout": str(WorkoutFactory(user=ben).pk)}),
            api.post(URL, {"content": "a", "group": str(GroupFactory(created_by=ben).pk)}),
            *(
                api.post(URL, {"content": "a", "media": [{"picture": str(one.pk)}]})
                for one in pictures
            ),
        ]

        assert [one.status_code for one in answers] == [400] * 4
        assert [errors_of(one)[0] for one in answers] == [
            ("workout", "does_not_exist"),
            ("group", "not_a_member"),
            ("media.0.picture", "not_usable"),
            ("media.0.picture", "not_usable"),
        ]
        assert Post.objects.count() == 1

    def test_a_post_in_a_group_is_for_the_group_and_in_no_feed(self, api, ana):
        group = GroupFactory(created_by=ana, access="invite")

        response = api.post(URL, {"content": "a", "group": str(group.pk)})
        refused = api.post(URL, {"content": "a", "group": str(group.pk), "visibility": "private"})

        assert response.json()["group"] == {"id": str(group.pk), "name": group.name}
        assert errors_of(refused) == [("visibility", "not_its_own")]
        assert not AuthorFeed.objects.exists()

    def test_only_people_of_whom_the_author_may_know_are_mentioned(self, api, ana):
        blocking, private, friend = (UserFactory(username=f"name{n}") for n in range(3))
        BlockFactory(user=blocking, blocked=ana)
        show_profile_to(private, "private")
        show_profile_to(friend, "private")
        FollowFactory(follower=friend, following=ana)

        card = api.post(URL, {"content": "@name0 @name1 @name2 @nobody"}).json()

        assert card["mentions"] == [{"id": str(friend.pk), "username": "name2"}]
        assert Mention.objects.count() == 1

    @pytest.mark.parametrize("number", [1, 9])
    def test_posting_costs_the_same_for_any_number_of_tags_and_pictures(
        self, api, ana, number, django_assert_num_queries
    ):
        pictures = [PictureFactory(user=ana) for _ in range(number)]
        body = {
            "content": " ".join(f"#tag{n}x" for n in range(number)),
            "media": [{"picture": str(one.pk)} for one in pictures],
        }

        with django_assert_num_queries(14):
            api.post(URL, body)


class TestReading:
    def test_the_list_is_what_one_may_read_narrowed_as_one_likes(self, api, ana, ben):
        carla = UserFactory(username="carla")
        BlockFactory(user=carla, blocked=ana)
        legs = PostFactory(author=ben, content="Heavy squats", hashtags=["legs"], type="media")
        own = PostFactory(author=ana, content="Light squats", visibility="private")
        PostFactory(author=ben, content="Squats", visibility="private")
        PostFactory(author=carla, content="Squats", hashtags=["legs"])

        def listed(**query):
            return [one["id"] for one in api.get(URL, query).json()["results"]]

        assert listed() == [str(own.pk), str(legs.pk)]
        assert listed(author="BEN") == listed(hashtag="#LEGS") == listed(type="media")
        assert listed(author="BEN") == [str(legs.pk)]
        assert listed(q="squats -light") == [str(legs.pk)]
        assert listed(author="carla") == listed(author="nobody") == []

    @pytest.mark.parametrize(
        "query", ["?type=x", "?group=x", "?author=%00", "?q=%00", "?cursor=x", "?page_size=0"]
    )
    def test_a_filter_that_makes_no_sense_is_refused(self, api, query):
        assert api.get(URL + query).status_code == 400

    @pytest.mark.parametrize(
        "part", ["", "likes/", "replies/", "shares/", "edits/", "workout/", "thread/"]
    )
    def test_who_may_not_read_a_post_does_not_find_it(self, api, ben, part):
        workout = WorkoutFactory(user=ben)
        private = PostFactory(author=ben, visibility="private", workout=workout)

        assert api.get(detail(private, part)).status_code == 404
        assert api.get(detail(uuid7(), part)).status_code == 404

    def test_the_whole_workout_is_shown_but_for_what_is_private(self, api, bens_api, ben):
        workout = WorkoutFactory(user=ben, body_weight_kg=80.0)
        WorkoutSetFactory(workout=workout, reps=5, weight=100, discomfort=3)
        post = PostFactory(author=ben, workout=workout)

        shown = api.get(detail(post, "workout/")).json()
        own = bens_api.get(detail(post, "workout/")).json()

        [exercise] = shown["exercises"]
        assert (shown["id"], exercise["sets"][0]["reps"]) == (str(workout.pk), 5)
        assert (shown["body_weight_kg"], exercise["sets"][0]["discomfort"]) == (None, None)
        assert (own["body_weight_kg"], own["exercises"][0]["sets"][0]["discomfort"]) == (80.0, 3)

    def test_a_post_without_a_workout_shows_none(self, api):
        assert api.get(detail(PostFactory(), "workout/")).status_code == 404

    def test_one_post_costs_three_queries(self, api, ben, django_assert_num_queries):
        post = PostFactory(author=ben)
        api.get(detail(post))

        with django_assert_num_queries(4):  # the session, who is hidden, may I, and the card
            api.get(detail(post))


class TestEditing:
    def test_other_words_keep_the_earlier_ones_beside_them(self, api, ana, ben):
        post = PostFactory(author=ana, content="@ben #old #kept", hashtags=["old", "kept"])
        Mention.objects.create(post=post, person=ben)
        carla = UserFactory(username="carla")

        card = api.patch(detail(post), {"content": "@carla #kept #new"}).json()

        [earlier] = api.get(detail(post, "edits/")).json()["results"]
        assert card["content"] == "@carla #kept #new"
        assert card["hashtags"] == ["kept", "new"]
        assert card["mentions"] == [{"id": str(carla.pk), "username": "carla"}]
        assert card["edited_at"] == earlier["edited_at"]
        assert earlier["content"] == "@ben #old #kept"

    def test_what_changes_nothing_is_no_edit(self, api, ana):
        post = PostFactory(author=ana, content="Same")
        before = api.get(detail(post)).json()

        assert api.patch(detail(post), {"content": "Same", "type": "thoughts"}).json() == before
        assert api.patch(detail(post), {}).json() == before
        assert not PostEdit.objects.exists()

    def test_an_edit_is_reported_by_the_change_feed(self, api, ana):
        post = PostFactory(author=ana)
        before = Post.objects.get().revision

        api.patch(detail(post), {"type": "milestones"})

        assert Post.objects.get().revision > before

    def test_replies_go_where_their_root_goes(self, api, ana, ben):
        root = PostFactory(author=ana)
        ReplyFactory(parent=ReplyFactory(parent=root, author=ben))

        api.patch(detail(root), {"visibility": "private"})

        assert set(Post.objects.values_list("visibility", flat=True)) == {"private"}
        assert not AuthorFeed.objects.filter(user=ana).exists()

    def test_what_has_no_audience_of_its_own_cannot_change_it(self, api, ana):
        reply = ReplyFactory(author=ana)
        grouped = PostFactory(author=ana, group=GroupFactory(created_by=ana))

        answers = [api.patch(detail(one), {"visibility": "private"}) for one in (reply, grouped)]

        assert [errors_of(one) for one in answers] == [[("visibility", "not_its_own")]] * 2
        assert not Post.objects.filter(visibility="private").exists()

    def test_only_a_share_may_lose_its_words(self, api, ana):
        post = PostFactory(author=ana, content="Words")
        share = ShareFactory(author=ana, content="Words")

        refused = api.patch(detail(post), {"content": ""})
        allowed = api.patch(detail(share), {"content": ""})

        assert errors_of(refused) == [("content", "blank")]
        assert (allowed.status_code, allowed.json()["content"]) == (200, "")

    def test_nobody_edits_anothers_post(self, api, ben):
        post = PostFactory(author=ben, content="Words")

        assert api.patch(detail(post), {"content": "Others"}).status_code == 404
        assert Post.objects.get().content == "Words"

    def test_all_posts_of_a_visibility_change_at_once(self, api, ana, ben):
        root = PostFactory(author=ana)
        reply = ReplyFactory(parent=root, author=ben)
        other = PostFactory(author=ana, visibility="private")
        grouped = PostFactory(author=ana, group=GroupFactory())
        anothers = PostFactory(author=ben)

        answer = api.post(f"{URL}visibility/", {"from": "public", "to": "followers"})

        found = dict(Post.objects.values_list("pk", "visibility"))
        assert answer.json() == {"changed": 1}
        assert [found[one.pk] for one in (root, reply, other, grouped, anothers, reply.root)] == [
            "followers",
            "followers",
            "private",
            "public",
            "public",
            "followers",
        ]


class TestDeleting:
    def test_it_leaves_a_stub_without_a_word_for_its_replies(self, api, ana, ben):
        picture = PictureFactory(user=ana)
        post = PostFactory(
            author=ana, hashtags=["a"], mentions=[ben], workout=WorkoutFactory(user=ana)
        )
        PostMedia.objects.create(post=post, picture=picture, media_type="image")
        api.patch(detail(post), {"content": "Other @ben"})
        reply = ReplyFactory(parent=post, author=ben)

        response = api.delete(detail(post))

        post.refresh_from_db()
        thread = api.get(detail(reply, "thread/")).json()
        assert (response.status_code, api.get(detail(post)).status_code) == (204, 404)
        assert (post.content, post.workout, post.deleted_at is None) == ("", None, False)
        parts = (post.media, post.edits, post.post_hashtags, post.mentions)
        assert [part.count() for part in parts] == [0] * 4
        assert not Picture.objects.exists()
        assert (thread["post"]["is_deleted"], thread["post"]["author"]) == (True, None)
        assert [one["id"] for one in thread["results"]] == [str(reply.pk)]

    def test_counters_go_down_with_it_once(self, api, ana):
        post, shared = PostFactory(), PostFactory()
        reply = ReplyFactory(parent=post, author=ana)
        share = ShareFactory(shared_post=shared, author=ana)

        first = [api.delete(detail(one)).status_code for one in (reply, share)]
        second = [api.delete(detail(one)).status_code for one in (reply, share)]

        post.refresh_from_db()
        shared.refresh_from_db()
        assert (first, second) == ([204, 204], [404, 404])
        assert (post.comments_count, shared.shares_count) == (0, 0)

    def test_phones_learn_of_it_and_a_late_retry_does_not_bring_it_back(self, api, ana):
        body = {"id": str(uuid7()), "content": "Words"}
        api.post(URL, body)

        api.delete(detail(body["id"]))

        grave = Tombstone.objects.get(resource="social.post")
        assert str(grave.object_id) == body["id"]
        assert grave.revision == SyncClock.objects.get(user=ana).revision
        assert represent_posts(ana.pk, [grave.object_id]) == {}
        assert api.post(URL, body).json()["errors"][0]["code"] == "deleted"

    def test_feeds_look_for_the_newest_that_is_left(self, api, ana):
        older, newer = PostFactory(author=ana), PostFactory(author=ana)

        api.delete(detail(newer))

        assert AuthorFeed.objects.get(user=ana).last_post_id == older.pk

    def test_nobody_deletes_anothers_post(self, api, ben):
        post = PostFactory(author=ben)

        assert api.delete(detail(post)).status_code == 404
        assert Post.objects.live().exists()

    @pytest.mark.parametrize(
        ("role", "status"), [("owner", 204), ("admin", 204), ("member", 404), (None, 404)]
    )
    def test_who_runs_a_group_deletes_its_posts(self, api, ana, ben, role, status):
        group = GroupFactory()
        if role:
            MembershipFactory(user=ana, group=group, role=role)
        post = PostFactory(author=ben, group=group)

        assert api.delete(detail(post)).status_code == status
        assert Post.objects.live().exists() is (status == 404)


def test_the_change_feed_shows_posts_as_their_cards(api, ana, django_assert_num_queries):
    posts = [PostFactory(author=ana, visibility=one) for one in Visibility.values]

    with django_assert_num_queries(2):
        shown = represent_posts(ana.pk, [post.pk for post in posts])

    assert shown[posts[2].pk]["visibility"] == "private"
    assert len(shown) == 3


def test_a_hashtag_is_one_for_all_posts(api, bens_api):
    api.post(URL, {"content": "#legs"})
    bens_api.post(URL, {"content": "#LEGS #arms"})

    assert sorted(Hashtag.objects.values_list("name", flat=True)) == ["arms", "legs"]
