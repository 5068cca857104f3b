"""Many people and posts at once, in SQL: what factories would take minutes for."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from users.ids import uuid7

_USERS = """
    INSERT INTO users_user (id, password, is_superuser, username, first_name, last_name, email,
        is_staff, is_active, date_joined)
    SELECT id, '', false, 'crowd' || number, '', '', 'crowd' || number || '@example.com', false,
        true, now()
    FROM unnest(%s::uuid[]) WITH ORDINALITY AS one (id, number)
"""
_PROFILES = """
    INSERT INTO users_userprofile (user_id, display_name, email, bio, avatar, avatar_thumbnail,
        avatar_url, location, website, user_type, fitness_level, sex, timezone, visibility,
        created_at, updated_at, revision)
    SELECT id, username, email, '', '', '', '', '', '', 'user', 'beginner', '', 'UTC', 'public',
        now(), now(), 0
    FROM users_user WHERE id = ANY(%s::uuid[])
"""
_POSTS = """
    INSERT INTO social_post (id, user_id, root_id, parent_id, group_id, content, type, visibility,
        created_at, updated_at, deleted_at, revision)
    VALUES (%(id)s, %(author)s, %(root)s, %(parent)s, %(group)s, 'Hello', %(type)s,
        %(visibility)s, %(at)s, %(at)s, %(deleted_at)s, 0)
"""
_SAME_POSTS = """
    INSERT INTO social_post (id, user_id, root_id, content, type, visibility, created_at,
        updated_at, revision)
    SELECT id, author, id, 'Hello', 'thoughts', 'public', at, at, 0
    FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) AS one (id, author, at)
"""
_FOLLOWS = """
    INSERT INTO social_socialfollow (id, follower_id, following_id, created_at, updated_at,
        revision)
    SELECT gen_random_uuid(), %s, id, now(), now(), 0 FROM unnest(%s::uuid[]) AS one (id)
"""
_NEWEST = """
    INSERT INTO social_authorfeed (user_id, last_post_at, last_post_id)
    SELECT DISTINCT ON (user_id) user_id, created_at, id FROM social_post
    WHERE deleted_at IS NULL AND parent_id IS NULL AND group_id IS NULL
        AND visibility <> 'private'
    ORDER BY user_id, created_at DESC, id DESC
    ON CONFLICT (user_id) DO UPDATE
    SET last_post_at = excluded.last_post_at, last_post_id = excluded.last_post_id
"""


def _run(sql: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def add_people(number: int) -> list[UUID]:
    """Public ones."""
    ids = [uuid7() for _ in range(number)]
    _run(_USERS, ids)
    _run(_PROFILES, ids)
    return ids


def follow(follower: UUID, people: list[UUID]) -> None:
    _run(_FOLLOWS, follower, people)


def add_post(*, author: UUID, at: dt.datetime, **values: Any) -> UUID:
    post_id = uuid7()
    row = {
        "id": post_id,
        "author": author,
        "root": post_id,
        "parent": None,
        "group": None,
        "type": "thoughts",
        "visibility": "public",
        "at": at,
        "deleted_at": None,
        **values,
    }
    with connection.cursor() as cursor:
        cursor.execute(_POSTS, row)
    return post_id


def add_public_posts(posts: Iterable[tuple[UUID, dt.datetime]]) -> None:
    """By these authors at these instants."""
    authors, instants = zip(*posts, strict=True)
    _run(_SAME_POSTS, [uuid7() for _ in authors], list(authors), list(instants))


def show_in_feeds() -> None:
    """Keep AuthorFeed as services do, for all of them."""
    _run(_NEWEST)
