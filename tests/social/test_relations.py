"""What the relations of social rows do when they are written through, walked and cut."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import QuerySet

from social.models import (
    Challenge,
    Comment,
    Group,
    Membership,
    Message,
    Post,
    PostHashtag,
    Report,
    UserAchievement,
)
from tests.factories.social import (
    ChallengeFactory,
    CommentFactory,
    ConversationFactory,
    FriendshipFactory,
    GroupFactory,
    HashtagFactory,
    LikeFactory,
    MembershipFactory,
    MessageFactory,
    PostFactory,
    ReplyFactory,
    ReportFactory,
    ShareFactory,
    UserAchievementFactory,
)
from tests.factories.users import NotificationFactory, UserFactory
from tests.factories.workouts import PlanFactory, WorkoutFactory
from users.models import Notification, SyncClock, User
from users.models.account import deleted_user
from workouts.models import Workout, WorkoutPlan

pytestmark = pytest.mark.django_db

# What may be commented on, reported or told of; the rest is looked up by its own manager.
TARGETS: list[QuerySet] = [
    Workout.objects.all(),
    WorkoutPlan.objects.all(),
    Challenge.objects.all(),
]


class TestHashtags:
    """Many to many, over rows that belong to the post's author."""

    @pytest.fixture
    def post(self):
        return PostFactory(hashtags=["legs", "squat"])

    def defaults(self, post):
        return {"user_id": post.author_id, "posted_at": post.created_at}

    def names(self, post):
        return list(post.hashtags.order_by("name").values_list("name", flat=True))

    def test_they_are_added_once_however_often(self, post):
        tag = HashtagFactory(name="gym")

        for _ in range(2):
            post.hashtags.add(tag, through_defaults=self.defaults(post))

        assert self.names(post) == ["gym", "legs", "squat"]
        assert post.post_hashtags.get(hashtag=tag).posted_at == post.created_at

    def test_they_are_removed(self, post):
        post.hashtags.remove(HashtagFactory(name="legs"))

        assert self.names(post) == ["squat"]

    def test_setting_them_keeps_those_that_stay(self, post):
        kept = post.post_hashtags.get(hashtag__name="legs").pk

        post.hashtags.set(
            [HashtagFactory(name="legs"), HashtagFactory(name="gym")],
            through_defaults=self.defaults(post),
        )

        assert self.names(post) == ["gym", "legs"]
        assert post.post_hashtags.get(hashtag__name="legs").pk == kept

    def test_they_are_cleared(self, post):
        post.hashtags.clear()

        assert self.names(post) == []
        assert not PostHashtag.objects.exists()

    def test_a_hashtag_has_its_posts(self, post):
        PostFactory(hashtags=["squat"], content="Another one")

        assert post in HashtagFactory(name="legs").posts.all()
        assert HashtagFactory(name="squat").posts.count() == 2

    def test_each_way_of_changing_them_is_a_change_of_the_post(self, post):
        seen = []
        for change in (
            lambda: post.hashtags.add(HashtagFactory(), through_defaults=self.defaults(post)),
            lambda: post.hashtags.remove(HashtagFactory(name="legs")),
            lambda: post.hashtags.set([HashtagFactory(name="squat")]),
            post.hashtags.clear,
        ):
            change()
            post.refresh_from_db()
            seen.append(post.revision)

        assert seen == sorted(set(seen))
        assert seen[-1] == SyncClock.objects.get(user=post.author).revision


class TestMembers:
    """Many to many over a model that names two people: the member, and who invited them."""

    def test_who_is_added_has_a_role_and_an_inviter(self, ana, ben):
        group = GroupFactory(created_by=ana)

        group.members.add(ben, through_defaults={"role": "admin", "invited_by": ana})

        assert set(group.members.all()) == {ana, ben}
        membership = group.memberships.get(user=ben)
        assert (membership.role, membership.invited_by) == ("admin", ana)
        assert membership.revision == SyncClock.objects.get(user=ben).revision

    def test_an_inviter_is_no_member_by_that(self, ana, ben):
        group = GroupFactory(created_by=ana)
        MembershipFactory(group=group, user=ben, invited_by=UserFactory(username="cara"))

        assert not User.objects.get(username="cara").social_groups.exists()

    def test_a_person_has_their_groups(self, ana, ben):
        mine, theirs = GroupFactory(created_by=ana), GroupFactory(created_by=ben)
        MembershipFactory(group=theirs, user=ana)
        GroupFactory()

        assert set(ana.social_groups.all()) == {mine, theirs}
        assert list(ana.social_groups.filter(memberships__role="owner")) == [mine]


def test_friendship_is_symmetric(ana, ben):
    FriendshipFactory(user=ana, friend=ben)

    assert User.objects.filter(friendships__friend=ana).get() == ben
    assert User.objects.filter(friendships__friend=ben).get() == ana


class TestTargets:
    """Generic foreign keys: rows about a thing of any kind."""

    def things(self):
        return [
            thing
            for _ in range(3)
            for thing in (WorkoutFactory(), PlanFactory(), ChallengeFactory())
        ]

    @pytest.mark.parametrize(
        ("model", "about"),
        [
            (Comment, lambda thing: CommentFactory(target=thing)),
            (Notification, lambda thing: NotificationFactory(target=thing)),
            (Report, lambda thing: ReportFactory(target=thing)),
        ],
        ids=["comment", "notification", "report"],
    )
    def test_what_many_rows_are_about_costs_a_query_for_each_kind(
        self, model, about, django_assert_num_queries
    ):
        things = self.things()
        rows = [about(thing) for thing in things]

        with django_assert_num_queries(4):  # the rows; workouts, plans, challenges
            found = list(
                model.objects.filter(pk__in=[row.pk for row in rows])
                .order_by("pk")
                .prefetch_related(GenericPrefetch("target", TARGETS))
            )
            targets = [row.target for row in found]

        assert targets == things

    def test_a_thing_has_its_comments(self):
        challenge, earned = ChallengeFactory(), UserAchievementFactory()
        said = [CommentFactory(target=challenge), CommentFactory(target=earned)]
        CommentFactory(target=ChallengeFactory())

        assert [challenge.comments.get(), earned.comments.get()] == said

    def test_things_with_many_comments_cost_one_query_more(self, django_assert_num_queries):
        for challenge in (ChallengeFactory(), ChallengeFactory()):
            CommentFactory(target=challenge)
            CommentFactory(target=challenge)

        with django_assert_num_queries(2):  # the challenges; their comments
            found = Challenge.objects.prefetch_related("comments")
            counts = [len(challenge.comments.all()) for challenge in found]

        assert counts == [2, 2]

    def test_comments_go_with_the_thing_that_knows_of_them(self):
        earned = UserAchievementFactory()
        CommentFactory(target=earned)

        earned.delete()

        assert not Comment.objects.exists()
        assert not UserAchievement.objects.exists()

    def test_rows_are_found_by_what_they_are_about(self):
        workout, plan = WorkoutFactory(), PlanFactory()
        said = CommentFactory(target=workout)
        CommentFactory(target=plan)

        kind = ContentType.objects.get_for_model(Workout)

        assert Comment.objects.get(target_type=kind, target_id=workout.pk) == said


class TestEndings:
    """What is left when what a row refers to goes."""

    def test_what_a_person_said_on_others_things_stays_without_their_name(self, ana):
        said, led, made = (
            CommentFactory(author=ana),
            GroupFactory(created_by=ana),
            ChallengeFactory(created_by=ana),
        )

        ana.delete()

        nobody = deleted_user()
        assert Comment.objects.get(pk=said.pk).author == nobody
        assert Group.objects.get(pk=led.pk).created_by == nobody
        assert Challenge.objects.get(pk=made.pk).created_by == nobody
        assert not nobody.is_active

    def test_what_is_a_persons_own_goes_with_them(self, ana, ben):
        post = PostFactory(author=ana)
        LikeFactory(user=ben, post=post)
        LikeFactory(user=ana)
        FriendshipFactory(user=ana, friend=ben)
        MessageFactory(conversation=ConversationFactory(members=[ana, ben]))
        NotificationFactory(user=ana)

        ana.delete()

        assert not ben.friendships.exists() | ben.friends.exists()
        assert not ben.received_messages.exists() | Message.objects.exists()
        assert not ben.likes.exists()
        assert not Notification.objects.exists()
        assert not Post.objects.filter(pk=post.pk).exists()

    def test_replies_and_shares_go_with_the_post_in_the_table(self):
        post = PostFactory()
        answer = ReplyFactory(parent=ReplyFactory(parent=post))
        shared = ShareFactory(shared_post=post)

        post.delete()

        assert not Post.objects.filter(pk__in=[answer.pk, shared.pk]).exists()

    def test_a_post_or_message_stays_when_its_workout_goes(self, ana, ben):
        workout = WorkoutFactory(user=ana)
        post = PostFactory(author=ana, workout=workout)
        talk = ConversationFactory(members=[ana, ben])
        message = MessageFactory(conversation=talk, workout=workout)
        before = post.revision

        assert list(workout.social_posts.all()) == [post]
        workout.delete()

        post.refresh_from_db()
        message.refresh_from_db()
        assert (post.workout, message.workout) == (None, None)
        assert post.revision > before

    def test_a_member_stays_when_who_invited_them_goes(self, ana, ben):
        membership = MembershipFactory(user=ben, invited_by=ana)

        ana.delete()

        assert Membership.objects.get(pk=membership.pk).invited_by is None

    def test_all_that_is_in_a_group_goes_with_it(self):
        group = GroupFactory()
        PostFactory(group=group)
        ChallengeFactory(group=group)

        group.delete()

        assert not Membership.objects.exists() | Post.objects.exists()
        assert not Challenge.objects.exists()
