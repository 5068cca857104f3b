"""Comments as they are shown: those on one thing, and a person's own with what they are on."""

from collections.abc import Collection
from typing import Any, LiteralString
from uuid import UUID

from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import Model, QuerySet

from social.models import Challenge, Comment, UserAchievement
from social.selectors import targets
from users.keyset import Page, Place, SqlList, fetch
from workouts.models import Workout, WorkoutPlan

_SOURCE: LiteralString = """
    SELECT comment.id, comment.user_id, comment.target_type_id, comment.target_id,
        comment.content, comment.created_at, comment.updated_at, comment.edited_at,
        person.id AS person_id, person.username, profile.display_name, profile.avatar,
        profile.avatar_thumbnail, profile.avatar_url
    FROM social_comment comment
    JOIN users_user person ON person.id = comment.user_id AND person.is_active
    JOIN users_userprofile profile ON profile.user_id = person.id
"""
_COMMENTS: LiteralString = f"""
    {_SOURCE} WHERE comment.id = ANY(%(ids)s::uuid[]) AND comment.deleted_at IS NULL
        AND comment.user_id <> ALL(%(hidden)s::uuid[])
"""
_ON_TARGET = SqlList(
    source=f"{_SOURCE} WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s",
    key=(("comment.created_at", "timestamptz"), ("comment.id", "uuid")),
    descending=False,
)
_OWN = SqlList(
    source=f"{_SOURCE} WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s",
    key=(("comment.created_at", "timestamptz"), ("comment.id", "uuid")),
)


def page_on(
    *,
    kind: targets.Kind,
    target_id: UUID,
    hidden: Collection[UUID],
    size: int,
    place: Place | None,
) -> Page:
    """What is said of one thing, oldest first. The caller has seen that it may be read."""
    return _ON_TARGET.page(
        where=[
            "comment.target_type_id = %(type)s",
            "comment.target_id = %(target)s",
            "comment.deleted_at IS NULL",
            "comment.user_id <> ALL(%(hidden)s::uuid[])",
        ],
        parameters={
            "type": kind.content_type.pk,
            "target": target_id,
            "hidden": list(hidden),
        },
        size=size,
        place=place,
    )


def own_page(*, user_id: UUID, hidden: Collection[UUID], size: int, place: Place | None) -> Page:
    """What a person said, newest first, each with what it is on."""
    page = _OWN.page(
        where=["comment.user_id = %(viewer)s", "comment.deleted_at IS NULL"],
        parameters={"viewer": user_id},
        size=size,
        place=place,
    )
    name_targets(page.rows, viewer_id=user_id, hidden=hidden)
    return page


def comments(
    *, viewer_id: UUID, ids: Collection[UUID], hidden: Collection[UUID]
) -> list[dict[str, Any]]:
    """These comments with what they are on, as far as the person sees it.

    One's own are shown also where what they are on is out of sight by now.
    """
    rows = fetch(_COMMENTS, {"ids": list(ids), "hidden": list(hidden)}) if ids else []
    name_targets(rows, viewer_id=viewer_id, hidden=hidden)
    return [row for row in rows if row["target"] or row["user_id"] == viewer_id]


def name_targets(rows: list[dict[str, Any]], *, viewer_id: UUID, hidden: Collection[UUID]) -> None:
    """Say of each row what it is on: kind, id and name; None where the person may not see it.

    However many rows of however many kinds, each kind of thing is read once.
    """
    seen: set[tuple[int, UUID]] = set()
    for kind, on_it in targets.by_kind(rows):
        ids = {row["target_id"] for row in on_it}
        seen |= {(kind.content_type.pk, one) for one in kind.visible(viewer_id, ids, hidden)}
    shown = [row for row in rows if (row["target_type_id"], row["target_id"]) in seen]
    things = _things(shown)
    for row in rows:
        thing = things.get((row["target_type_id"], row["target_id"]))
        row["target"] = thing and {
            "type": targets.kind_of(row["target_type_id"]).name,
            "id": row["target_id"],
            "name": _name(thing),
        }


def _things(rows: list[dict[str, Any]]) -> dict[tuple[int, UUID], Model]:
    """What these rows are on, each kind in one query."""
    named = ("target_type_id", "target_id")
    if not rows:
        return {}
    kinds: list[QuerySet[Any]] = [
        Workout.objects.only("name"),
        WorkoutPlan.objects.only("name"),
        Challenge.objects.only("name"),
        UserAchievement.objects.select_related("achievement").only("achievement__name"),
    ]
    found = Comment.objects.filter(pk__in=[row["id"] for row in rows])
    return {
        (one.target_type_id, one.target_id): one.target
        for one in found.only(*named).prefetch_related(GenericPrefetch("target", kinds))
        if one.target is not None
    }


def _name(thing: Model) -> str:
    return thing.achievement.name if isinstance(thing, UserAchievement) else str(thing.name)  # type: ignore[attr-defined]
