"""Examples of comments and reports, as the API's contract shows them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_WORKOUT: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
_COMMENT: Final[dict[str, Any]] = {
    "id": "019a2f60-11aa-7d41-8c02-55d0c3b2f7e4",
    "author": {
        "id": "0197c5f0-6f2e-7d61-9d0a-3b5c2f4e8a10",
        "username": "ben",
        "display_name": "Ben",
        "avatar_url": "https://numeneon.example/media/avatars/ben.webp",
        "avatar_thumbnail_url": "https://numeneon.example/media/avatars/ben-128.webp",
    },
    "target_type": "workout",
    "target_id": _WORKOUT,
    "target": {"type": "workout", "id": _WORKOUT, "name": "Push day"},
    "content": "Strong last set!",
    "created_at": "2026-03-02T18:05:00Z",
    "updated_at": "2026-03-02T18:05:00Z",
    "edited_at": None,
}
_REPORTED: Final = {
    "target_type": "comment",
    "target_id": _COMMENT["id"],
    "reason": "abuse",
    "details": "He writes this under everything.",
}


def _both(name: str, value: dict[str, Any], body: dict[str, Any]) -> list[OpenApiExample]:
    return [
        OpenApiExample(name, value=value, response_only=True),
        OpenApiExample(f"{name}, as it is sent", value=body, request_only=True),
    ]


COMMENT: Final = _both(
    "On a workout",
    _COMMENT,
    {name: _COMMENT[name] for name in ("target_type", "target_id", "content")},
)
NEW_WORDS: Final = OpenApiExample(
    "Other words", value={"content": "Strong last set, Ana!"}, request_only=True
)
REPORT: Final = _both(
    "A comment",
    {
        "id": "019a2f61-0d5c-7a0e-b1f3-90c5a1d2e6f8",
        **_REPORTED,
        "status": "open",
        "created_at": "2026-03-02T18:05:00Z",
        "resolved_at": None,
    },
    _REPORTED,
)
