"""Examples of challenges, as the API's contract shows them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_ANA: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
_BEN: Final = "019a2f60-11aa-7d41-8c02-55d0c3b2f7e4"
_ID: Final = "019a2f61-0d5c-7a0e-b1f3-90c5a1d2e6f8"
_WORDS: Final[dict[str, Any]] = {
    "name": "100 km in March",
    "description": "Run, ride or row: every kilometer counts.",
    "challenge_type": "distance",
    "start_date": "2026-03-01",
    "end_date": "2026-03-31",
}
_TERMS: Final[dict[str, Any]] = {
    "is_public": True,
    "target": 100.0,
    "max_participants": None,
    "late_entry_hours": 12,
}
_PERSON: Final = {
    "id": _BEN,
    "username": "ben",
    "display_name": "Ben",
    "avatar_url": "https://numeneon.example/media/avatars/ben.webp",
    "avatar_thumbnail_url": "https://numeneon.example/media/avatars/ben-128.webp",
}
_CHALLENGE: Final[dict[str, Any]] = {
    "id": _ID,
    **_WORDS,
    "unit": "km",
    "status": "running",
    **_TERMS,
    "group": None,
    "created_by": _BEN,
    "creator": _PERSON,
    "participant_count": 14,
    "is_invited": False,
    "me": {
        "id": "019a2f62-5b7e-7c90-a2d4-18f6c3e0b7a1",
        "challenge": _ID,
        "joined_at": "2026-02-27T07:12:00Z",
        "counts_from": "2026-02-27",
        "progress": 42.2,
        "rank": 2,
        "completed_at": None,
    },
    "ranked_at": "2026-03-12T18:05:01Z",
    "finished_at": None,
    "created_at": "2026-02-20T18:05:00Z",
    "updated_at": "2026-02-20T18:05:00Z",
}
_FIRST: Final = {
    "rank": 1,
    "user_id": _BEN,
    "display_name": "Ben",
    "avatar_url": "https://numeneon.example/media/avatars/ben.webp",
    "progress": 48.7,
    "joined_at": "2026-02-20T18:06:00Z",
}
_ME: Final = {
    "rank": 2,
    "user_id": _ANA,
    "display_name": "Ana",
    "avatar_url": "",
    "progress": 42.2,
    "joined_at": "2026-02-27T07:12:00Z",
}

CHALLENGE: Final = [OpenApiExample("A challenge", value=_CHALLENGE, response_only=True)]
CHALLENGE_BODY: Final = OpenApiExample(
    "A hundred kilometers", value={**_WORDS, **_TERMS}, request_only=True
)
INVITATION: Final = [
    OpenApiExample(
        "Ben was asked",
        value={
            "id": "019a2f63-7f3b-7d18-9b50-6a02e4c8d9f3",
            "challenge": _ID,
            "user": _PERSON,
            "invited_by": {**_PERSON, "id": _ANA, "username": "ana", "display_name": "Ana"},
            "created_at": "2026-02-21T18:05:00Z",
        },
        response_only=True,
    )
]
INVITATIONS_BODY: Final = OpenApiExample(
    "Two people", value={"usernames": ["ben", "Chris"]}, request_only=True
)
LEADERBOARD: Final = [
    OpenApiExample(
        "Second of two",
        value={
            "challenge": {"id": _ID, **_WORDS, "participant_count": 2},
            "leaderboard": [_FIRST, _ME],
            "next": None,
            "previous": None,
            "ranked_at": "2026-03-12T18:05:01Z",
            "me": _ME,
            "neighbors": [_FIRST],
        },
        response_only=True,
    )
]
