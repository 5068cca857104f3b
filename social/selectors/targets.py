"""What can be commented on or reported, and which of it a person sees.

Each kind answers whose the visible ones of some ids are; what is hidden, gone, or not for this
person is not among them. Each asks at most two queries, however many ids.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from uuid import UUID

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models

from social.models import Block, Challenge, Post
from social.selectors import groups
from social.selectors.messages import READABLE, SEEN
from users.keyset import fetch

Owners = dict[UUID, UUID | None]
Visible = Callable[[UUID, Collection[UUID], Collection[UUID]], Owners]

# How far the profile of somebody active who is not hidden lets this person look.
_PROFILE_OPEN: LiteralString = """
    owner.is_active AND owner.id <> ALL(%(hidden)s::uuid[]) AND (
        profile.visibility = 'public'
        OR profile.visibility = 'followers' AND (
            EXISTS (
                SELECT FROM social_socialfollow tie
                WHERE tie.follower_id = %(viewer)s AND tie.following_id = owner.id
            ) OR EXISTS (
                SELECT FROM social_friendship tie
                WHERE tie.user_id = %(viewer)s AND tie.friend_id = owner.id
            )
        )
    )
"""
_OWNER: LiteralString = """
    JOIN users_user owner ON owner.id = thing.user_id
    JOIN users_userprofile profile ON profile.user_id = owner.id
    WHERE thing.id = ANY(%(ids)s::uuid[])
"""
_WORKOUTS: LiteralString = f"""
    SELECT thing.id, thing.user_id AS owner_id FROM workouts_workout thing {_OWNER}
    AND (thing.user_id = %(viewer)s OR thing.is_public AND {_PROFILE_OPEN})
"""  # noqa: S608 - our own conditions
# Nobody is active in the account of the house, whose programs are for everybody.
_PLANS: LiteralString = f"""
    SELECT thing.id, thing.user_id AS owner_id FROM workouts_workoutplan thing {_OWNER}
    AND (thing.user_id = %(viewer)s OR thing.is_public
        AND thing.user_id <> ALL(%(hidden)s::uuid[])
        AND (owner.is_active OR thing.program IS NOT NULL))
"""  # noqa: S608 - our own conditions
_ACHIEVEMENTS: LiteralString = f"""
    SELECT thing.id, thing.user_id AS owner_id FROM social_userachievement thing {_OWNER}
    AND (thing.user_id = %(viewer)s OR {_PROFILE_OPEN})
"""  # noqa: S608 - our own conditions
_MESSAGES: LiteralString = f"""
    SELECT m.id, m.user_id AS owner_id FROM social_message m
    JOIN social_conversation c ON c.id = m.conversation_id
    JOIN social_conversationmember mine
        ON mine.conversation_id = c.id AND mine.user_id = %(viewer)s
    WHERE m.id = ANY(%(ids)s::uuid[]) AND m.deleted_at IS NULL AND {SEEN} AND {READABLE}
"""  # noqa: S608 - our own conditions
_PEOPLE: LiteralString = """
    SELECT person.id, person.id AS owner_id FROM users_user person
    JOIN users_userprofile profile ON profile.user_id = person.id
    WHERE person.id = ANY(%(ids)s::uuid[]) AND person.is_active
        AND person.id <> ALL(%(hidden)s::uuid[])
        AND (profile.visibility <> 'private' OR person.id = %(viewer)s OR EXISTS (
            SELECT FROM social_socialfollow tie
            WHERE (tie.follower_id, tie.following_id)
                IN ((%(viewer)s, person.id), (person.id, %(viewer)s))
        ) OR EXISTS (
            SELECT FROM social_friendship tie
            WHERE tie.user_id = %(viewer)s AND tie.friend_id = person.id
        ))
"""
_COMMENTS: LiteralString = """
    SELECT comment.id, comment.user_id AS owner_id, comment.target_type_id, comment.target_id
    FROM social_comment comment
    JOIN users_user author ON author.id = comment.user_id AND author.is_active
    WHERE comment.id = ANY(%(ids)s::uuid[]) AND comment.deleted_at IS NULL
        AND comment.user_id <> ALL(%(hidden)s::uuid[])
"""


def _sql(sql: LiteralString) -> Visible:
    def visible(viewer_id: UUID, ids: Collection[UUID], hidden: Collection[UUID]) -> Owners:
        values = {"viewer": viewer_id, "ids": list(ids), "hidden": list(hidden)}
        return {row["id"]: row["owner_id"] for row in fetch(sql, values)}

    return visible


def _workouts(viewer_id: UUID, ids: Collection[UUID], hidden: Collection[UUID]) -> Owners:
    """Published ones, and those that somebody shows in a post for this person."""
    found = _sql(_WORKOUTS)(viewer_id, ids, hidden)
    left = set(ids) - found.keys()
    if left:
        posts = Post.objects.live().visible_to(viewer_id, hidden=hidden)
        found |= dict(posts.filter(workout__in=left).values_list("workout_id", "author_id"))
    return found


def _challenges(viewer_id: UUID, ids: Collection[UUID], hidden: Collection[UUID]) -> Owners:
    shown = Challenge.objects.visible_to(viewer_id, hidden=hidden).filter(pk__in=ids)
    return dict(shown.values_list("pk", "created_by_id"))


def _posts(viewer_id: UUID, ids: Collection[UUID], hidden: Collection[UUID]) -> Owners:
    shown = Post.objects.live().visible_to(viewer_id, hidden=hidden).filter(pk__in=ids)
    return dict(shown.values_list("pk", "author_id"))


def _groups(viewer_id: UUID, ids: Collection[UUID], hidden: Collection[UUID]) -> Owners:
    rows = groups.groups(viewer_id=viewer_id, ids=ids, hidden=hidden)
    return {row["id"]: row["owner"]["id"] if row["owner"] else None for row in rows}


def _people(viewer_id: UUID, ids: Collection[UUID], hidden: Collection[UUID]) -> Owners:
    """Also whom the person has blocked themselves: that is when one reports somebody."""
    blocked = Block.objects.filter(user=viewer_id, blocked__in=ids)
    reverse = Block.objects.filter(blocked=viewer_id).values("user")
    mine = set(blocked.exclude(blocked__in=reverse).values_list("blocked_id", flat=True))
    return _sql(_PEOPLE)(viewer_id, ids, set(hidden) - mine)


def _comments(viewer_id: UUID, ids: Collection[UUID], hidden: Collection[UUID]) -> Owners:
    """A comment is as visible as what it is on."""
    rows = fetch(_COMMENTS, {"ids": list(ids), "hidden": list(hidden)})
    seen = {
        kind.name: kind.visible(viewer_id, {row["target_id"] for row in on_it}, hidden)
        for kind, on_it in by_kind(rows)
    }
    return {
        row["id"]: row["owner_id"]
        for row in rows
        if row["target_id"] in seen[kind_of(row["target_type_id"]).name]
    }


@dataclass(frozen=True)
class Kind:
    """``label`` names the model, ``visible`` answers whose the visible ones of some ids are."""

    name: str
    label: str
    visible: Visible

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @property
    def content_type(self) -> ContentType:
        """Django keeps them in memory: mostly no query."""
        return ContentType.objects.get_for_model(self.model)


_COMMENTED: Final = (
    Kind("workout", "workouts.Workout", _workouts),
    Kind("plan", "workouts.WorkoutPlan", _sql(_PLANS)),
    Kind("challenge", "social.Challenge", _challenges),
    Kind("achievement", "social.UserAchievement", _sql(_ACHIEVEMENTS)),
)
_REPORTED: Final = (
    *_COMMENTED[:3],
    Kind("post", "social.Post", _posts),
    Kind("comment", "social.Comment", _comments),
    Kind("message", "social.Message", _sql(_MESSAGES)),
    Kind("user", "users.User", _people),
    Kind("group", "social.Group", _groups),
)
COMMENTED: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _COMMENTED}
REPORTED: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _REPORTED}
# Their names as choices.
COMMENT_TARGETS: Final = tuple(COMMENTED)
REPORT_TARGETS: Final = tuple(REPORTED)
_ALL: Final[Mapping[str, Kind]] = {**COMMENTED, **REPORTED}


def kind_of(content_type_id: int) -> Kind:
    """The kind that rows of a model are stored under."""
    model = ContentType.objects.get_for_id(content_type_id).model_class()
    return next(kind for kind in _ALL.values() if kind.model is model)


def by_kind(rows: Collection[dict[str, Any]]) -> list[tuple[Kind, list[dict[str, Any]]]]:
    """Rows with ``target_type_id``, sorted by the kind of their target."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["target_type_id"], []).append(row)
    return [(kind_of(key), of_kind) for key, of_kind in found.items()]
