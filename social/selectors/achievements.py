"""The catalogue as a person sees it, and what somebody has earned."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from social.selectors.metrics import metrics_of
from users.keyset import Page, Place, SqlList, fetch

_CATALOGUE: LiteralString = """
    SELECT achievement.id, achievement.code, achievement.name, achievement.description,
        achievement.category, achievement.icon_url, achievement.metric, achievement.threshold,
        mine.id AS earned_id, mine.earned_at
    FROM social_achievement achievement
    LEFT JOIN social_userachievement mine
        ON mine.achievement_id = achievement.id AND mine.user_id = %(person)s
"""
_LIST = SqlList(
    source=_CATALOGUE + " WHERE {where} AND {beyond} ORDER BY {order} LIMIT %(limit)s",
    key=(("category", "text"), ("metric", "text"), ("threshold", "float8")),
    descending=False,
)
_EARNED = SqlList(
    source="""
        SELECT earned.id, earned.earned_at, achievement.id AS achievement_id, achievement.code,
            achievement.name, achievement.description, achievement.category, achievement.icon_url
        FROM social_userachievement earned
        JOIN social_achievement achievement ON achievement.id = earned.achievement_id
        WHERE {where} AND {beyond} ORDER BY {order} LIMIT %(limit)s
    """,
    key=(("earned.earned_at", "timestamptz"), ("earned.id", "uuid")),
)
_CONDITIONS: Mapping[str, LiteralString] = {
    "category": "achievement.category = %(category)s",
    "earned": "(mine.id IS NOT NULL) = %(earned)s",
}


def catalogue_page(
    *, user_id: UUID, narrowed: Mapping[str, Any], size: int, place: Place | None, now: datetime
) -> Page:
    """Achievements with the person's progress towards each, step by step within a metric."""
    page = _LIST.page(
        where=["true", *(_CONDITIONS[name] for name in narrowed)],
        parameters={"person": user_id, **narrowed},
        size=size,
        place=place,
    )
    return Page(rows=_with_progress(page.rows, user_id, now), more=page.more)


def achievement(*, user_id: UUID, achievement_id: UUID, now: datetime) -> dict[str, Any] | None:
    rows = fetch(
        _CATALOGUE + " WHERE achievement.id = %(id)s", {"person": user_id, "id": achievement_id}
    )
    return _with_progress(rows, user_id, now)[0] if rows else None


def earned_page(*, user_id: UUID, size: int, place: Place | None) -> Page:
    """What somebody has earned, newest first."""
    return _EARNED.page(
        where=["earned.user_id = %(person)s"],
        parameters={"person": user_id},
        size=size,
        place=place,
    )


def earned_rows(*, user_id: UUID, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    return _EARNED.page(
        where=["earned.user_id = %(person)s", "earned.id = ANY(%(ids)s)"],
        parameters={"person": user_id, "ids": list(ids)},
        size=len(ids),
        place=None,
    ).rows


def _with_progress(
    rows: list[dict[str, Any]], user_id: UUID, now: datetime
) -> list[dict[str, Any]]:
    """What is earned stays at 100 %, whatever was deleted since."""
    metrics = metrics_of([user_id], now=now).get(user_id, {})
    for row in rows:
        row["progress"] = round(metrics.get(row["metric"], 0.0), 3)
        share = min(100.0, 100 * row["progress"] / row["threshold"])
        row["progress_percent"] = 100.0 if row["earned_id"] else round(min(share, 99.9), 1)
    return rows
