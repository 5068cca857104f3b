"""The feed, a leaderboard, a conversation, and a like that is taken back.

benchmarks/social_data.py writes down the statements that the product runs for each of them, and
the limit runs just those, in their order. What is made of the rows is that of social/selectors/
and social/api/ (cards.py, challenge_shapes.py, message_shapes.py). Who changes it there changes
it here.
"""

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import orjson
import uuid_utils.compat

from benchmarks.case import (
    PAGE_SIZE,
    SOCIAL,
    Case,
    Db,
    Environ,
    Request,
    Sample,
    Visitor,
    first_page,
)
from benchmarks.cases.workouts import BEGIN, COMMIT
from benchmarks.noted import Noted

STATEMENTS = "social.json"  # below VAR_DIR
CIRCLES = (50, 500, 5_000)  # how many a visitor follows
OUTBOX_AFTER = timedelta(seconds=20)


@cache
def _statements(case: str) -> list[Noted]:
    noted = orjson.loads((Path(os.environ["VAR_DIR"]) / STATEMENTS).read_bytes())
    return [Noted(**parts) for parts in noted[case]]


def feed_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    return Request("GET", "/api/v1/feed/")


def feed(db: Db, user_id: UUID, environ: Environ) -> Any:
    hidden, places, cards = _statements("feed")
    assert not hidden.rows(db, {"person": user_id})
    values = {"viewer": user_id, "hidden": [], "limit": PAGE_SIZE + 1}
    page = first_page(environ, places.rows(db, values), ("created_at", "id"))
    values["ids"] = ids = [row["id"] for row in page["results"]]
    found = {row["id"]: row for row in cards.rows(db, values)}
    passed_on = {id_: row.pop("shared_post_id") for id_, row in found.items()}
    for row in found.values():
        _card(row)
    page["results"] = [
        {**found[id_], "shared_post": found.get(passed_on[id_])} for id_ in ids if id_ in found
    ]
    return page


def _card(row: dict[str, Any]) -> None:
    row["author"] = _person(row, row["user_id"])
    row["display_name"] = row["author"]["display_name"]
    row["avatar_url"] = row["author"]["avatar_url"]
    row["hashtags"] = row["hashtags"] or []
    row["mentions"] = orjson.Fragment(row["mentions"] or "[]")
    row["media"] = [
        {
            "id": one["id"],
            "type": one["type"],
            "url": one["url"],
            "thumbnail": one["thumbnail"] or one["url"],
            "alt_text": one["alt_text"],
        }
        for one in orjson.loads(row["media"] or "[]")
    ]
    row["media_url"] = row["media"][0]["url"] if row["media"] else None
    for name in ("group", "workout"):
        if row[name]:
            row[name] = orjson.Fragment(row[name])


def _person(row: dict[str, Any], id_: UUID) -> dict[str, Any]:
    """Nobody has uploaded a picture."""
    del row["avatar"]
    shown = {"id": id_, "username": row.pop("username"), "display_name": row.pop("display_name")}
    shown["avatar_url"] = row.pop("avatar_url")
    shown["avatar_thumbnail_url"] = row.pop("avatar_thumbnail")
    return shown


def leaderboard_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    return Request("GET", f"/api/v1/challenges/{random.choice(sample.challenges)}/leaderboard/")


def leaderboard(db: Db, user_id: UUID, environ: Environ) -> Any:
    hidden, board = _statements("leaderboard")
    assert not hidden.rows(db, {"person": user_id})
    challenge_id = UUID(environ["PATH_INFO"].split("/")[4])
    values = {"viewer": user_id, "challenge": challenge_id, "hidden": []}
    parts: dict[str, list[dict[str, Any]]] = {"page": [], "above": [], "below": [], "me": []}
    for row in board.rows(db, values):
        parts.setdefault(row["part"], []).append(row)
    page = first_page(environ, parts["page"], ("rank", "id"))
    me = parts["me"]
    return {
        "challenge": orjson.Fragment(parts["challenge"][0]["about"]),
        "leaderboard": [_entry(row) for row in page["results"]],
        "ranked_at": parts["challenge"][0]["ranked_at"],
        "me": _entry(me[0]) if me else None,
        "neighbors": [_entry(row) for row in (*parts["above"][::-1], *parts["below"])],
        "next": page["next"],
        "previous": page["previous"],
    }


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "rank": row["rank"],
        "user_id": row["user_id"],
        "display_name": row["display_name"],
        "avatar_url": row["avatar_url"],
        "progress": row["current_progress"],
        "joined_at": row["joined_at"],
    }


def conversation_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    conversation = random.choice(visitor.conversations)
    return Request("GET", f"/api/v1/conversations/{conversation}/messages/")


def conversation(db: Db, user_id: UUID, environ: Environ) -> Any:
    hidden, messages, briefs = _statements("conversation")
    assert not hidden.rows(db, {"person": user_id})
    conversation_id = UUID(environ["PATH_INFO"].split("/")[4])
    values = {"viewer": user_id, "hidden": [], "limit": PAGE_SIZE + 1}
    rows = messages.rows(db, {**values, "conversation": conversation_id})
    page = first_page(environ, rows, ("created_at", "id"))
    rows = page["results"]
    named = {id_ for row in rows for id_ in (row["sender"], row["receiver"])} - {None}
    people = {row["id"]: _person(row, row["id"]) for row in briefs.rows(db, {"ids": list(named)})}
    for row in rows:
        row["sender"] = people.get(row["sender"])
        row["receiver"] = people.get(row["receiver"])
        row["pictures"] = []
    return page


class LikeRequest:
    """Each visitor likes a post, and takes it back the next time that it is their turn."""

    def __init__(self) -> None:
        self.liked: dict[str, str] = {}

    def __call__(self, sample: Sample, visitor: Visitor, random: Random) -> Request:
        post = self.liked.pop(visitor.token, None)
        method = "DELETE" if post else "POST"
        if post is None:
            post = self.liked[visitor.token] = random.choice(sample.posts)
        return Request(method, f"/api/v1/posts/{post}/like/")


def like(db: Db, user_id: UUID, environ: Environ) -> Any:
    post_id = UUID(environ["PATH_INFO"].split("/")[4])
    BEGIN.run(db)
    if environ["REQUEST_METHOD"] == "DELETE":
        clock, taken_back, promise = _statements("unlike")
        clock.run(db, {"0": [user_id]})
        assert taken_back.rows(db, {"person": user_id, "post": post_id})
        answer = None
    else:
        clock, hidden, readable, liked, promise = _statements("like")
        clock.run(db, {"0": [user_id]})
        assert not hidden.rows(db, {"person": user_id})
        assert readable.rows(db, {"viewer": user_id, "post": post_id, "hidden": []})
        values = {"id": uuid_utils.compat.uuid7(), "person": user_id, "post": post_id}
        [counted] = liked.rows(db, values)
        answer = {"post": post_id, "liked_by_me": True, "likes_count": counted["number"]}
    promise.run(db, _promised(user_id, post_id))
    COMMIT.run(db)
    return answer


def _promised(user_id: UUID, post_id: UUID) -> dict[str, Any]:
    """A row of the outbox, in the order of its columns."""
    now = datetime.now(UTC)
    payload = orjson.dumps({"post_id": post_id, "user_id": user_id}).decode()
    row = (uuid_utils.compat.uuid7(), "social_like", payload, now, now + OUTBOX_AFTER, 0, None)
    return {str(number): value for number, value in enumerate(row)}


def _feed_of(circle: int) -> Case:
    return Case(f"feed-{circle}", feed_request, feed, goal=0.6, circle=circle, world=SOCIAL)


CASES = (
    *(_feed_of(circle) for circle in CIRCLES),
    Case("leaderboard", leaderboard_request, leaderboard, goal=0.6, world=SOCIAL),
    Case("conversation", conversation_request, conversation, goal=0.45, world=SOCIAL),
    Case(
        "like",
        LikeRequest(),
        like,
        goal=0.35,
        statuses=(201, 204),
        writes=True,
        world=SOCIAL,
    ),
)
