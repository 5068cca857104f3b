"""Examples of posts and pictures, as the API's contract shows them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from social.api.examples_feed import A_CARD, CARD, REPLY

_PICTURE: Final = "019a2f5e-70aa-7c55-b1c2-6e0f4d9a8b37"
_PICTURE_URL: Final = f"https://example.com/api/v1/pictures/{_PICTURE}/"
_REPLY_CARD: Final = {name: value for name, value in REPLY.items() if name != "depth"}
_SHARE: Final = {
    **_REPLY_CARD,
    "content": "See you at the bar.",
    "parent": None,
    "root": None,
    "shared_post": {name: value for name, value in CARD.items() if name != "shared_post"},
}


def _request(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _response(name: str, value: Any, *codes: str) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=codes or None)


POST: Final = [
    _request(
        "A post with a picture and a workout",
        {
            "content": CARD["content"],
            "type": "milestones",
            "visibility": "public",
            "workout": CARD["workout"]["id"],
            "media": [{"picture": _PICTURE, "alt_text": "Ben beside a loaded bar."}],
        },
    ),
    A_CARD,
]
CHANGED: Final = [_request("Other words", {"content": CARD["content"]}), A_CARD]
REPLY_MADE: Final = [
    _request("A reply", {"content": REPLY["content"]}),
    _response("A reply", _REPLY_CARD, "200", "201"),
]
REPLIES: Final = [_response("A reply", _REPLY_CARD)]
SHARE_MADE: Final = [
    _request("A share with words", {"content": _SHARE["content"]}),
    _response("A share", _SHARE, "200", "201"),
]
SHARES: Final = [_response("A share", _SHARE)]
LIKED: Final = [
    _response(
        "Liked",
        {"post": CARD["id"], "liked_by_me": True, "likes_count": 12},
        "200",
        "201",
    )
]
LIKES: Final = [
    _response("A person", {**CARD["author"], "liked_at": "2026-03-02T18:07:00Z"}),
]
EDITS: Final = [
    _response(
        "Earlier words",
        {
            "id": "019a2f60-02b4-7a11-9c3e-5d7f1b2a4c68",
            "content": "140 kg of the floor, at last.",
            "edited_at": "2026-03-02T18:06:00Z",
        },
    )
]
VISIBILITIES: Final = [
    _request("Public posts to followers", {"from": "public", "to": "followers"}),
    _response("Changed", {"changed": 31}),
]
PICTURE: Final = [
    _response(
        "A picture",
        {
            "id": _PICTURE,
            "url": f"{_PICTURE_URL}file/",
            "thumbnail_url": f"{_PICTURE_URL}thumbnail/",
            "width": 2048,
            "height": 1536,
            "created_at": "2026-03-02T18:04:00Z",
            "updated_at": "2026-03-02T18:04:00Z",
        },
    )
]
