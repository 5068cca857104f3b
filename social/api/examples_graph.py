"""Examples of ties between people, as the API's contract shows them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_ANA: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
_BEN: Final = "019a2f60-11aa-7d41-8c02-55d0c3b2f7e4"
_BRIEF: Final = {
    "id": _BEN,
    "username": "ben",
    "display_name": "Ben",
    "avatar_url": "https://numeneon.example/media/avatars/ben.webp",
    "avatar_thumbnail_url": "https://numeneon.example/media/avatars/ben-128.webp",
}
_TIE: Final[dict[str, Any]] = {
    "id": "019a2f61-0d5c-7a0e-b1f3-90c5a1d2e6f8",
    "user": _BRIEF,
    "created_at": "2026-03-02T18:05:00Z",
}
_RELATIONSHIP: Final[dict[str, Any]] = {
    "id": _BEN,
    "username": "ben",
    "following": True,
    "followed_by": False,
    "requested": False,
    "requested_by": False,
    "follow_request_id": None,
    "friends": False,
    "friend_request": "sent",
    "friend_request_id": _TIE["id"],
    "blocking": False,
    "muting": False,
    "muting_until": None,
    "muting_notifications": False,
    "followers_count": 128,
    "following_count": 97,
    "friends_count": 31,
    "posts_count": 212,
}


def _answer(name: str, value: Any) -> list[OpenApiExample]:
    return [OpenApiExample(name, value=value, response_only=True)]


FOLLOW: Final = _answer("Somebody whom you follow", {**_TIE, "followed_by_me": True})
FOLLOW_REQUEST: Final = _answer("Somebody who asks", {**_TIE, "follower": _BEN, "following": _ANA})
FRIENDSHIP: Final = _answer("A friend", _TIE)
FRIEND_REQUEST: Final = _answer("Somebody who asks", {**_TIE, "from_user": _BEN, "to_user": _ANA})
BLOCK: Final = _answer("Somebody whom you block", _TIE)
MUTE: Final = _answer(
    "Muted for a week",
    {**_TIE, "muted_until": "2026-03-09T18:05:00Z", "hide_notifications": True},
)
MUTE_BODY: Final = OpenApiExample(
    "For a week",
    value={"muted_until": "2026-03-09T18:05:00Z", "hide_notifications": True},
    request_only=True,
)
FRIEND_REQUEST_BODY: Final = OpenApiExample("Ben", value={"username": "ben"}, request_only=True)
RELATIONSHIP: Final = _answer("How you stand to Ben", _RELATIONSHIP)
SUGGESTION: Final = _answer(
    "Three friends in common",
    {"user": _BRIEF, "friends_in_common": 3, "follows_in_common": 1, "groups_in_common": 0},
)
