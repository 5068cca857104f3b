"""How the tests of the graph see what there is between two people."""

from social.models import Block, FollowRequest, FriendRequest, Friendship, Mute, SocialFollow
from tests.social.told import keep_promises, told
from users.models import User, UserProfile

TIES = (SocialFollow, FollowRequest, FriendRequest, Friendship, Block, Mute)
NOTHING = {
    "following": False,
    "followed_by": False,
    "requested": False,
    "requested_by": False,
    "follow_request_id": None,
    "friends": False,
    "friend_request": None,
    "friend_request_id": None,
    "blocking": False,
    "muting": False,
    "muting_until": None,
    "muting_notifications": False,
}


def url(person: User | str, verb: str) -> str:
    return f"/api/v1/users/{person}/{verb}/"


def showing(person: User, visibility: str) -> User:
    UserProfile.objects.filter(user=person).update(visibility=visibility)
    return person


def ties() -> dict[str, list]:
    return {model.__name__: list(model.objects.values()) for model in TIES}


def standing(answer) -> dict:
    """What of an answered relationship is not as between strangers."""
    body = answer.json()
    return {name: body[name] for name, none in NOTHING.items() if body[name] != none}


def heard(person: User) -> list[str]:
    """What somebody was told, once workers are done."""
    keep_promises()
    return [text for _, text in told(person)]
