"""A person with rows in every table of social, for tests of what others see and what stays."""

from dataclasses import dataclass

from django.core.files.base import ContentFile

from social.models import (
    Achievement,
    Challenge,
    ChallengeInvitation,
    Comment,
    Conversation,
    FollowRequest,
    FriendRequest,
    Group,
    HiddenMessage,
    InviteLink,
    Message,
    ModerationAction,
    Picture,
    Post,
)
from tests.factories.social import (
    BlockFactory,
    ChallengeFactory,
    ChallengeInvitationFactory,
    CommentFactory,
    ConversationFactory,
    FollowFactory,
    FollowRequestFactory,
    FriendRequestFactory,
    FriendshipFactory,
    GroupFactory,
    InviteLinkFactory,
    JoinRequestFactory,
    LikeFactory,
    MentionFactory,
    MessageFactory,
    MessagePictureFactory,
    MuteFactory,
    ParticipantFactory,
    PictureFactory,
    PostEditFactory,
    PostFactory,
    PostHashtagFactory,
    PostMediaFactory,
    ReportFactory,
    UserAchievementFactory,
)
from tests.factories.users import UserFactory
from users.models import User
from workouts.models import Workout


@dataclass
class Joined:
    """What a person did among people: all of it for themselves and those who are in it."""

    mate: User
    post: Post
    picture: Picture
    group: Group
    link: InviteLink
    challenge: Challenge
    invitation: ChallengeInvitation
    achievement: Achievement
    conversation: Conversation
    direct: Conversation
    message: Message
    comment: Comment
    asked_to_follow: FollowRequest
    befriending: FriendRequest
    sent_request: FriendRequest


def join_in(user: User, workout: Workout, *, word: str) -> Joined:
    """Rows of all kinds; the word stands in every text that is the person's."""
    mate = UserFactory()
    post = PostFactory(author=user, content=word, visibility="private", workout=workout)
    PostFactory(author=user, content=word)
    picture = _picture(user, word)
    PostMediaFactory(post=post, picture=picture, media_url="", alt_text=word)
    PostEditFactory(post=post, content=word)
    PostHashtagFactory(post=post, hashtag__name="squats")
    MentionFactory(post=post, person=mate)
    LikeFactory(post=PostFactory(author=mate), user=user)
    FollowFactory(follower=user, following=mate)
    FollowFactory(follower=mate, following=user)
    FollowRequestFactory(follower=user)
    FriendshipFactory(user=user, friend=mate)
    BlockFactory(user=user)
    MuteFactory(user=user)
    group = GroupFactory(created_by=user, name=word, description=word, access="invite")
    JoinRequestFactory(user=user)
    challenge = ChallengeFactory(
        created_by=user, name=word, description=word, is_public=False, target=3
    )
    ParticipantFactory(challenge=challenge, user=user)
    talk = _talk(user, mate, workout, word)
    earned = UserAchievementFactory(user=user)
    report = ReportFactory(user=user, details=word)
    ModerationAction.objects.create(
        person=user,
        report=report,
        verb="warn",
        target_type=report.target_type,
        target_id=report.target_id,
    )
    return Joined(
        mate=mate,
        post=post,
        picture=picture,
        group=group,
        link=InviteLinkFactory(group=group, user=user, code=f"{word} code"),
        challenge=challenge,
        invitation=ChallengeInvitationFactory(user=user, challenge__created_by=mate),
        achievement=earned.achievement,
        conversation=talk[0],
        direct=talk[1].conversation,
        message=talk[1],
        comment=CommentFactory(author=user, target=earned, content=word),
        asked_to_follow=FollowRequestFactory(following=user),
        befriending=FriendRequestFactory(to_user=user),
        sent_request=FriendRequestFactory(from_user=user),
    )


def _picture(user: User, word: str) -> Picture:
    picture = PictureFactory.build(user=user)
    picture.image.save(f"{word}.webp", ContentFile(f"{word} picture".encode()), save=False)
    picture.thumbnail.save(f"{word}-400.webp", ContentFile(f"{word} small".encode()), save=False)
    picture.save()
    return picture


def _talk(user: User, mate: User, workout: Workout, word: str) -> tuple[Conversation, Message]:
    """A conversation of several that the person leads, and a message to one."""
    several = ConversationFactory(members=[user, mate, UserFactory()], title="Trip")
    direct = ConversationFactory(members=[user, mate])
    message = MessageFactory(conversation=direct, sender=user, content=word, workout=workout)
    MessagePictureFactory(message=message, picture=_picture(user, word))
    read = MessageFactory(conversation=direct, sender=mate)
    HiddenMessage.objects.create(user=user, message=read)
    return several, message
