"""What people do together, with counters and feeds as services keep them."""

import datetime as dt

import factory
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, QuerySet
from django.utils import timezone
from factory.django import DjangoModelFactory

from social.models import (
    Achievement,
    AuthorFeed,
    Block,
    Challenge,
    ChallengeInvitation,
    ChallengeParticipant,
    Comment,
    Conversation,
    ConversationMember,
    FollowRequest,
    FriendRequest,
    Friendship,
    Group,
    Hashtag,
    InviteLink,
    JoinRequest,
    Like,
    Membership,
    Mention,
    Message,
    MessagePicture,
    Mute,
    Picture,
    Post,
    PostEdit,
    PostHashtag,
    PostMedia,
    Report,
    SocialFollow,
    UserAchievement,
)
from tests.factories.users import UserFactory
from tests.factories.workouts import WorkoutFactory
from users.ids import uuid7


def _set(row, **values):
    """Change a row without its clock, as counters are."""
    QuerySet(type(row)).filter(pk=row.pk).update(**values)
    row.refresh_from_db(fields=list(values))


class DatedFactory(DjangoModelFactory):
    """Takes ``created_at``, which the database would otherwise give."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, created_at=None, **kwargs):
        row = super()._create(model_class, *args, **kwargs)
        if created_at is not None:
            _set(row, created_at=created_at)
        return row


class HashtagFactory(DjangoModelFactory):
    class Meta:
        model = Hashtag
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: f"hashtag{n}")


class PictureFactory(DatedFactory):
    class Meta:
        model = Picture

    user = factory.SubFactory(UserFactory)
    image = "pictures/photo.webp"
    thumbnail = "pictures/photo-400.webp"
    width = 1600
    height = 1200


class PostFactory(DatedFactory):
    """A public post of the author's own, outside of groups.

    ``hashtags`` are names, ``mentions`` people.
    """

    class Meta:
        model = Post
        skip_postgeneration_save = True

    id = factory.LazyFunction(uuid7)
    author = factory.SubFactory(UserFactory)
    content = factory.Sequence(lambda n: f"Post {n}")
    root_id = factory.SelfAttribute("id")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        post = super()._create(model_class, *args, **kwargs)
        if post.deleted_at is None:
            if post.parent is not None:
                _set(post.parent, comments_count=F("comments_count") + 1)
            if post.shared_post is not None:
                _set(post.shared_post, shares_count=F("shares_count") + 1)
        _show_in_feeds(post.author)
        return post

    @factory.post_generation
    def hashtags(self, create, extracted, **kwargs):
        for name in extracted or ():
            PostHashtagFactory(post=self, hashtag__name=name)

    @factory.post_generation
    def mentions(self, create, extracted, **kwargs):
        for person in extracted or ():
            MentionFactory(post=self, person=person)


def _show_in_feeds(author):
    shown = author.posts.filter(deleted_at=None, parent=None, group=None)
    newest = shown.exclude(visibility="private").order_by("-created_at", "-pk").first()
    if newest is not None:
        AuthorFeed.objects.update_or_create(
            user=author,
            defaults={"last_post_at": newest.created_at, "last_post_id": newest.pk},
        )


class ReplyFactory(PostFactory):
    """To ``parent``, with the audience of what the conversation began with."""

    parent = factory.SubFactory(PostFactory)
    root_id = factory.SelfAttribute("parent.root_id")
    visibility = factory.SelfAttribute("parent.visibility")
    group = factory.SelfAttribute("parent.group")


class ShareFactory(PostFactory):
    """Of ``shared_post``, without words."""

    content = ""
    shared_post = factory.SubFactory(PostFactory)


class PostMediaFactory(DjangoModelFactory):
    """A picture at an address elsewhere; give ``picture`` and no ``media_url`` for one of ours."""

    class Meta:
        model = PostMedia

    post = factory.SubFactory(PostFactory)
    user = factory.SelfAttribute("post.author")
    media_type = "image"
    media_url = factory.Sequence(lambda n: f"https://pictures.example.com/{n}.jpg")
    order = factory.Sequence(lambda n: n)


class PostEditFactory(DjangoModelFactory):
    class Meta:
        model = PostEdit

    post = factory.SubFactory(PostFactory)
    user = factory.SelfAttribute("post.author")
    content = factory.Sequence(lambda n: f"What it said {n}")
    edited_at = factory.LazyFunction(timezone.now)


class PostHashtagFactory(DjangoModelFactory):
    class Meta:
        model = PostHashtag

    post = factory.SubFactory(PostFactory)
    user = factory.SelfAttribute("post.author")
    hashtag = factory.SubFactory(HashtagFactory)
    posted_at = factory.SelfAttribute("post.created_at")


class MentionFactory(DjangoModelFactory):
    class Meta:
        model = Mention

    post = factory.SubFactory(PostFactory)
    user = factory.SelfAttribute("post.author")
    person = factory.SubFactory(UserFactory)


class LikeFactory(DatedFactory):
    class Meta:
        model = Like

    user = factory.SubFactory(UserFactory)
    post = factory.SubFactory(PostFactory)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        like = super()._create(model_class, *args, **kwargs)
        _set(like.post, likes_count=F("likes_count") + 1)
        return like


class FollowFactory(DatedFactory):
    class Meta:
        model = SocialFollow

    follower = factory.SubFactory(UserFactory)
    following = factory.SubFactory(UserFactory)


class FollowRequestFactory(DatedFactory):
    class Meta:
        model = FollowRequest

    follower = factory.SubFactory(UserFactory)
    following = factory.SubFactory(UserFactory)


class FriendRequestFactory(DatedFactory):
    class Meta:
        model = FriendRequest

    from_user = factory.SubFactory(UserFactory)
    to_user = factory.SubFactory(UserFactory)


class FriendshipFactory(DatedFactory):
    """Both rows; answers that of ``user``."""

    class Meta:
        model = Friendship

    user = factory.SubFactory(UserFactory)
    friend = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        turned = {**kwargs, "user": kwargs["friend"], "friend": kwargs["user"]}
        super()._create(model_class, *args, **turned)
        return super()._create(model_class, *args, **kwargs)


class BlockFactory(DatedFactory):
    class Meta:
        model = Block

    user = factory.SubFactory(UserFactory)
    blocked = factory.SubFactory(UserFactory)


class MuteFactory(DatedFactory):
    class Meta:
        model = Mute

    user = factory.SubFactory(UserFactory)
    muted = factory.SubFactory(UserFactory)


class GroupFactory(DatedFactory):
    """A public one, with the membership of its owner."""

    class Meta:
        model = Group

    created_by = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Group {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        group = super()._create(model_class, *args, **kwargs)
        MembershipFactory(user=group.created_by, group=group, role="owner")
        return group


class MembershipFactory(DatedFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    group = factory.SubFactory(GroupFactory)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        membership = super()._create(model_class, *args, **kwargs)
        _set(membership.group, members_count=F("members_count") + 1)
        return membership


class JoinRequestFactory(DatedFactory):
    class Meta:
        model = JoinRequest

    user = factory.SubFactory(UserFactory)
    group = factory.SubFactory(GroupFactory, access="request")


class InviteLinkFactory(DatedFactory):
    """Of the group's owner."""

    class Meta:
        model = InviteLink

    group = factory.SubFactory(GroupFactory, access="invite")
    user = factory.SelfAttribute("group.created_by")
    code = factory.Sequence(lambda n: f"code-{n}")


class ConversationFactory(DjangoModelFactory):
    """Among ``members``: direct between two of them, a group otherwise.

    The first is who began it, and the admin of a group.
    """

    class Meta:
        model = Conversation

    @classmethod
    def _create(cls, model_class, *args, members=None, kind=None, **kwargs):
        people = members if members is not None else [UserFactory(), UserFactory()]
        kind = kind or ("direct" if len(people) == 2 else "group")
        if kind == "direct":
            kwargs["direct_key"] = ":".join(sorted(str(person.pk) for person in people))
        kwargs.setdefault("created_by", people[0])
        conversation = super()._create(model_class, *args, kind=kind, **kwargs)
        for place, person in enumerate(people):
            ConversationMemberFactory(
                user=person,
                conversation=conversation,
                is_admin=kind == "group" and place == 0,
                last_message_at=conversation.last_message_at,
            )
        return conversation


class ConversationMemberFactory(DatedFactory):
    class Meta:
        model = ConversationMember

    user = factory.SubFactory(UserFactory)
    conversation = factory.SubFactory(ConversationFactory, kind="group")


class MessageFactory(DjangoModelFactory):
    """In ``conversation``, of the one who began it if no ``sender`` is given."""

    class Meta:
        model = Message

    conversation = factory.SubFactory(ConversationFactory)
    sender = factory.SelfAttribute("conversation.created_by")
    content = factory.Sequence(lambda n: f"Message {n}")
    created_at = factory.LazyFunction(timezone.now)

    @factory.lazy_attribute
    def receiver(self):
        if self.conversation.kind != "direct":
            return None
        others = self.conversation.members.exclude(user=self.sender)
        return others.select_related("user").get().user

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        message = super()._create(model_class, *args, **kwargs)
        conversation = message.conversation
        newest = max(filter(None, (message.created_at, conversation.last_message_at)))
        _set(conversation, last_message_at=newest)
        places = QuerySet(ConversationMember).filter(conversation=conversation)
        places.update(last_message_at=newest)
        return message


class MessagePictureFactory(DjangoModelFactory):
    class Meta:
        model = MessagePicture

    message = factory.SubFactory(MessageFactory)
    user = factory.SelfAttribute("message.sender")
    picture = factory.SubFactory(PictureFactory, user=factory.SelfAttribute("..user"))
    order = factory.Sequence(lambda n: n)


class ChallengeFactory(DatedFactory):
    """A public one over workouts that began today and ends in a week. Nobody takes part."""

    class Meta:
        model = Challenge

    created_by = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Challenge {n}")
    challenge_type = "workout"
    start_date = factory.LazyFunction(lambda: timezone.now().date())
    end_date = factory.LazyAttribute(lambda one: one.start_date + dt.timedelta(days=6))


class ParticipantFactory(DatedFactory):
    """Who joined before the challenge began."""

    class Meta:
        model = ChallengeParticipant

    user = factory.SubFactory(UserFactory)
    challenge = factory.SubFactory(ChallengeFactory)
    counts_from = factory.SelfAttribute("challenge.start_date")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        participant = super()._create(model_class, *args, **kwargs)
        _set(participant.challenge, participant_count=F("participant_count") + 1)
        return participant


class ChallengeInvitationFactory(DatedFactory):
    class Meta:
        model = ChallengeInvitation

    user = factory.SubFactory(UserFactory)
    challenge = factory.SubFactory(ChallengeFactory, is_public=False)
    invited_by = factory.SelfAttribute("challenge.created_by")


class AchievementFactory(DjangoModelFactory):
    """One that is in no catalogue."""

    class Meta:
        model = Achievement

    code = factory.Sequence(lambda n: f"achievement-{n}")
    name = factory.Sequence(lambda n: f"Achievement {n}")
    description = "Train once."
    category = "workout"
    metric = factory.Sequence(lambda n: f"metric_{n}")
    threshold = 1.0


class UserAchievementFactory(DatedFactory):
    class Meta:
        model = UserAchievement

    user = factory.SubFactory(UserFactory)
    achievement = factory.SubFactory(AchievementFactory)


class CommentFactory(DatedFactory):
    """On a workout, or on the ``target`` that is given."""

    class Meta:
        model = Comment

    author = factory.SubFactory(UserFactory)
    target = factory.SubFactory(WorkoutFactory)
    content = factory.Sequence(lambda n: f"Comment {n}")


class ReportFactory(DatedFactory):
    """Of a post, or of the ``target`` that is given."""

    class Meta:
        model = Report
        exclude = ("target",)

    user = factory.SubFactory(UserFactory)
    target = factory.SubFactory(PostFactory)
    target_type = factory.LazyAttribute(
        lambda report: ContentType.objects.get_for_model(report.target)
    )
    target_id = factory.SelfAttribute("target.pk")
    reason = "spam"
