"""Examples of posts in the feed, as the API's contract shows them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_POST: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
_ROOT: Final = "019a2f5d-11b0-7f22-8a14-90c3de47b6a1"
_BEN: Final = {
    "id": "0197c5f0-6f2e-7d61-9d0a-3b5c2f4e8a10",
    "username": "ben",
    "display_name": "Ben",
    "avatar_url": "https://example.com/media/avatars/019a2f5e.webp",
    "avatar_thumbnail_url": "https://example.com/media/avatars/019a2f5e-128.webp",
}
_PICTURE: Final = "https://example.com/api/v1/pictures/019a2f5e-70aa-7c55-b1c2-6e0f4d9a8b37/"
SHARED: Final[dict[str, Any]] = {
    "id": _ROOT,
    "user_id": _BEN["id"],
    "display_name": _BEN["display_name"],
    "avatar_url": _BEN["avatar_url"],
    "author": _BEN,
    "type": "milestones",
    "content": "140 kg off the floor, at last. Thanks @ana! #deadlift",
    "created_at": "2026-03-02T18:05:00Z",
    "updated_at": "2026-03-02T18:05:00Z",
    "edited_at": None,
    "visibility": "public",
    "parent": None,
    "root": None,
    "group": None,
    "likes_count": 12,
    "comments_count": 3,
    "shares_count": 1,
    "liked_by_me": True,
    "shared_by_me": False,
    "hashtags": ["deadlift"],
    "mentions": [{"id": "0197c5f0-7a10-7e02-8c44-1f9b3d5e7a20", "username": "ana"}],
    "media": [
        {
            "id": "019a2f5e-70ab-7001-8d10-5b7c9e1f3a24",
            "type": "image",
            "url": f"{_PICTURE}file/",
            "thumbnail": f"{_PICTURE}thumbnail/",
            "alt_text": "Ben beside a loaded bar.",
        }
    ],
    "media_url": f"{_PICTURE}file/",
    "workout": {
        "id": "019a2f5c-90cc-7d3e-a2b1-4c6d8e0f2a46",
        "name": "Pull day",
        "duration": 62,
        "date": "2026-03-02",
        "exercises_count": 5,
        "sets_count": 18,
        "volume": 6240.0,
    },
    "is_deleted": False,
}
CARD: Final[dict[str, Any]] = {**SHARED, "shared_post": None}
REPLY: Final[dict[str, Any]] = {
    **CARD,
    "id": _POST,
    "type": "thoughts",
    "content": "What a pull!",
    "created_at": "2026-03-02T18:11:00Z",
    "updated_at": "2026-03-02T18:11:00Z",
    "parent": _ROOT,
    "root": _ROOT,
    "likes_count": 2,
    "comments_count": 0,
    "shares_count": 0,
    "hashtags": [],
    "mentions": [],
    "media": [],
    "media_url": None,
    "workout": None,
    "depth": 1,
}
A_CARD: Final = OpenApiExample("A post", value=CARD, response_only=True)
A_THREAD: Final = OpenApiExample(
    "A conversation",
    value={"next": None, "previous": None, "post": CARD, "results": [REPLY]},
    response_only=True,
)
A_HASHTAG: Final = OpenApiExample(
    "A hashtag", value={"name": "deadlift", "posts_count": 41}, response_only=True
)
