"""Examples of groups, as the API's contract shows them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_GROUP: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
_BEN: Final = {
    "id": "0197c5f0-6f2e-7d61-9d0a-3b5c2f4e8a10",
    "username": "ben",
    "display_name": "Ben",
    "avatar_url": "https://numeneon.example/media/avatars/ben.webp",
    "avatar_thumbnail_url": "https://numeneon.example/media/avatars/ben-128.webp",
}
_WORDS: Final = {
    "name": "Early Lifters",
    "description": "Mondays and Thursdays at six.",
    "access": "request",
}


def _answer(name: str, value: Any) -> list[OpenApiExample]:
    return [OpenApiExample(name, value=value, response_only=True)]


def _body(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


GROUP: Final = _answer(
    "A group that one asks to join",
    {
        "id": _GROUP,
        **_WORDS,
        "members_count": 14,
        "owner": _BEN,
        "my_role": "member",
        "requested": False,
        "created_at": "2026-01-05T19:05:00Z",
        "updated_at": "2026-03-02T18:05:00Z",
    },
)
GROUP_BODY: Final = _body("Early Lifters", _WORDS)
MEMBER: Final = _answer(
    "An admin", {"user": _BEN, "role": "admin", "date_joined": "2026-01-06T07:30:00Z"}
)
ROLE: Final = _body("Make somebody an admin", {"role": "admin"})
JOIN_REQUEST: Final = _answer(
    "Somebody who waits", {"user": _BEN, "created_at": "2026-03-02T18:05:00Z"}
)
_LIMITS: Final = {"expires_at": "2026-03-09T18:05:00Z", "max_uses": 10}
INVITE_LINK: Final = _answer(
    "For ten people, for a week",
    {
        "id": "019a2f61-0d5c-7a0e-b1f3-90c5a1d2e6f8",
        "code": "q1Xw3nS5rVb7ZcD9eFgHiJkLmNoPqRsTuVwXyZ01234",
        **_LIMITS,
        "uses": 3,
        "user": _BEN,
        "created_at": "2026-03-02T18:05:00Z",
    },
)
INVITE_LINK_BODY: Final = _body("For ten people, for a week", _LIMITS)
JOIN_BY_LINK: Final = _body("By a link", {"code": "q1Xw3nS5rVb7ZcD9eFgHiJkLmNoPqRsTuVwXyZ01234"})
