"""Examples of conversations and messages, as the API's contract shows them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_ANA: Final = {
    "id": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b1",
    "username": "ana",
    "display_name": "Ana Gruber",
    "avatar_url": "https://example.com/media/avatars/ana.webp",
    "avatar_thumbnail_url": "https://example.com/media/avatars/ana-128.webp",
}
_BEN: Final = {
    "id": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b2",
    "username": "ben",
    "display_name": "Ben Carter",
    "avatar_url": "",
    "avatar_thumbnail_url": "",
}
_CONVERSATION_ID: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b3"
_MESSAGE_ID: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b4"
_PICTURE_ID: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b5"
_WORKOUT_ID: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b6"
_PICTURE: Final = f"https://example.com/api/v1/pictures/{_PICTURE_ID}"
_SENT_AT: Final = "2026-03-02T18:05:00.120000Z"

_MESSAGE: Final[dict[str, Any]] = {
    "id": _MESSAGE_ID,
    "conversation": _CONVERSATION_ID,
    "sender": _BEN,
    "receiver": _ANA,
    "content": "First time over 100 kg!",
    "is_read": False,
    "pictures": [
        {
            "id": _PICTURE_ID,
            "url": f"{_PICTURE}/file/",
            "thumbnail": f"{_PICTURE}/thumbnail/",
            "width": 1600,
            "height": 1200,
        }
    ],
    "workout": {
        "id": _WORKOUT_ID,
        "name": "Pull day",
        "duration": 62,
        "date": "2026-03-02",
        "exercises_count": 5,
        "sets_count": 18,
        "volume": 6420.0,
    },
    "is_deleted": False,
    "created_at": _SENT_AT,
    "updated_at": _SENT_AT,
}
_BODY: Final = {
    "content": "First time over 100 kg!",
    "workout": _WORKOUT_ID,
    "pictures": [_PICTURE_ID],
}


def _member(person: dict[str, Any], read_at: str) -> dict[str, Any]:
    return {"user": person, "is_admin": False, "is_waiting": False, "last_read_at": read_at}


MESSAGE: Final = OpenApiExample("A message", value=_MESSAGE, response_only=True)
BODY: Final = OpenApiExample("A picture and a workout", value=_BODY, request_only=True)
DIRECT_BODY: Final = OpenApiExample(
    "To one person", value={"receiver": "ana", **_BODY}, request_only=True
)
CONVERSATION: Final = OpenApiExample(
    "Of two",
    value={
        "id": _CONVERSATION_ID,
        "kind": "direct",
        "title": "",
        "state": "active",
        "members": [_member(_BEN, _SENT_AT), _member(_ANA, "2026-03-02T17:58:11Z")],
        "members_count": 2,
        "is_admin": False,
        "last_message": _MESSAGE,
        "unread_count": 1,
        "last_read_at": "2026-03-02T17:58:11Z",
        "muted_until": None,
        "created_at": "2026-01-05T19:05:00Z",
        "last_message_at": _SENT_AT,
    },
    response_only=True,
)
DIRECT: Final = OpenApiExample("With one person", value={"username": "ben"}, request_only=True)
GROUP: Final = OpenApiExample(
    "Among several",
    value={"title": "Saturday run", "members": ["ben", "cara"]},
    request_only=True,
)
CHANGE: Final = OpenApiExample(
    "Quiet for the night", value={"muted_until": "2026-03-03T06:00:00Z"}, request_only=True
)
ADDED: Final = OpenApiExample("Somebody", value={"username": "cara"}, request_only=True)
READ_BODY: Final = OpenApiExample(
    "Up to a message", value={"up_to": _MESSAGE_ID}, request_only=True
)
READ: Final = OpenApiExample(
    "Up to a message", value={"last_read_at": _SENT_AT}, response_only=True
)
UNREAD: Final = OpenApiExample(
    "Unread", value={"messages": 7, "conversations": 2, "requests": 1}, response_only=True
)
