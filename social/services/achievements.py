"""Loads the catalogue of achievements, and awards them: each once to a person, for good."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import transaction

from social.models import Achievement, UserAchievement
from social.selectors.metrics import metrics_of
from users.errors import Conflict
from users.ids import uuid7
from users.keyset import fetch
from users.models.notification import NotificationCategory
from users.ownership import advance_clocks_unheard
from users.services import notifications, outbox

CATALOGUE: Final = Path(__file__).parents[1] / "catalogue" / "achievements.json"
CHUNK: Final = 200
# More at once, as after an import, are told of in one sentence.
_MOST_NOTIFICATIONS: Final = 3

_AWARD: LiteralString = """
    INSERT INTO social_userachievement
        (id, user_id, achievement_id, revision, earned_at, created_at, updated_at)
    SELECT id, user_id, achievement_id, revision, %(now)s, now(), now()
    FROM unnest(%(ids)s::uuid[], %(users)s::uuid[], %(achievements)s::uuid[],
        %(revisions)s::bigint[]) AS won (id, user_id, achievement_id, revision)
    ON CONFLICT (user_id, achievement_id) DO NOTHING
    RETURNING id, user_id
"""
_MISSING: LiteralString = """
    SELECT person.user_id, achievement.id
    FROM unnest(%(people)s::uuid[]) AS person (user_id)
    CROSS JOIN social_achievement achievement
    WHERE NOT EXISTS (
        SELECT FROM social_userachievement earned
        WHERE earned.user_id = person.user_id AND earned.achievement_id = achievement.id
    )
"""
_PEOPLE: LiteralString = """
    SELECT id FROM users_user WHERE is_active AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Loaded:
    """What loading the catalogue did."""

    added: int
    changed: int

    def __str__(self) -> str:
        return f"{self.added} achievements added, {self.changed} changed."


@transaction.atomic
def load_catalogue() -> Loaded:
    """Bring the table up to date with the catalogue. What was earned stays earned."""
    stored = {row.code: row for row in Achievement.objects.select_for_update()}
    added = changed = 0
    for entry in json.loads(CATALOGUE.read_text()):
        row = stored.get(entry["code"])
        if row is None:
            Achievement.objects.create(**entry)
            added += 1
        elif any(getattr(row, name) != value for name, value in entry.items()):
            Achievement.objects.filter(pk=row.pk).update(**entry)
            changed += 1
    return Loaded(added=added, changed=changed)


def award(user_ids: Collection[UUID], *, now: datetime) -> int:
    """Award these people what they have reached and not earned yet; answers how many were."""
    ordered = sorted(set(user_ids))
    return sum(
        _award(ordered[first : first + CHUNK], now) for first in range(0, len(ordered), CHUNK)
    )


@transaction.atomic
def award_by_hand(*, user_id: UUID, achievement_id: UUID, now: datetime) -> bool:
    """Award it to somebody, whatever their numbers say; False where they have it."""
    clocks = advance_clocks_unheard([user_id])
    if user_id not in clocks:
        return False  # erased at this moment
    return bool(_store([(uuid7(), user_id, achievement_id)], clocks, now))


@transaction.atomic
def revoke(*, earned: UserAchievement, now: datetime) -> None:
    """Take it back, from the person's phones as well.

    Raises Conflict where their numbers reach it: it would be awarded again at the next look.
    """
    advance_clocks_unheard([earned.user_id])
    reached = metrics_of([earned.user_id], now=now).get(earned.user_id, {})
    which = earned.achievement
    if reached.get(which.metric, 0) >= which.threshold:
        message = f"{earned.user} has reached {which.name}. Correct what it was earned with first."
        raise Conflict(message, code="still_reached")
    earned.delete()


def everyone(*, chunk: int = CHUNK) -> Iterator[list[UUID]]:
    """The ids of all active people, chunk by chunk."""
    after = UUID(int=0)
    while True:
        ids = [row["id"] for row in fetch(_PEOPLE, {"after": after, "limit": chunk})]
        if not ids:
            return
        yield ids
        after = ids[-1]


def _award(user_ids: Sequence[UUID], now: datetime) -> int:
    reached = _reached(user_ids, now)
    if not reached:
        return 0
    with transaction.atomic():
        clocks = advance_clocks_unheard({user_id for user_id, _ in reached})
        # Whoever is erased at this moment has no clock any more.
        won = [(uuid7(), user_id, which) for user_id, which in reached if user_id in clocks]
        return len(_store(won, clocks, now))


def _store(
    won: Sequence[tuple[UUID, UUID, UUID]], clocks: Mapping[UUID, int], now: datetime
) -> list[dict[str, Any]]:
    """The rows of id, person and achievement that were not there yet; their people are told."""
    earned = fetch(
        _AWARD,
        {
            "ids": [id_ for id_, _, _ in won],
            "users": [user_id for _, user_id, _ in won],
            "achievements": [which for _, _, which in won],
            "revisions": [clocks[user_id] for _, user_id, _ in won],
            "now": now,
        },
    )
    by_person: dict[UUID, list[str]] = {}
    for row in earned:
        by_person.setdefault(row["user_id"], []).append(str(row["id"]))
    for user_id, ids in by_person.items():
        outbox.promise(kind="social_achievement", user_id=str(user_id), earned=ids)
    return earned


def _reached(user_ids: Sequence[UUID], now: datetime) -> list[tuple[UUID, UUID]]:
    """Who has reached what without having earned it."""
    catalogue = {row.pk: row for row in Achievement.objects.all()}
    metrics = metrics_of(user_ids, now=now)
    return [
        (row["user_id"], row["id"])
        for row in fetch(_MISSING, {"people": list(user_ids)})
        if row["user_id"] in metrics
        and metrics[row["user_id"]].get(catalogue[row["id"]].metric, 0)
        >= catalogue[row["id"]].threshold
    ]


@outbox.handles("social_achievement")
def tell_of_achievements(*, user_id: str, earned: list[str]) -> None:
    rows = list(
        UserAchievement.objects.filter(pk__in=earned, user=UUID(user_id))
        .select_related("achievement")
        .order_by("pk")
    )
    if len(rows) > _MOST_NOTIFICATIONS:
        _tell(UUID(user_id), f"You earned {len(rows)} achievements.", rows[-1])
        return
    for row in rows:
        _tell(row.user_id, f"You earned {row.achievement.name}.", row)


def _tell(user_id: UUID, text: str, earned: Any) -> None:
    notifications.notify(
        user_id=user_id,
        category=NotificationCategory.SOCIAL,
        kind="achievement_earned",
        text=text,
        target=earned,
    )
