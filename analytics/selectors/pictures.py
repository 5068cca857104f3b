"""Pictures of a person's numbers, drawn once for each state of their diaries."""

import zlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson
from django.core.cache import cache
from redis.exceptions import RedisError

from analytics.charts.look import Asked, Chart
from users.keyset import fetch

USUAL_DAYS: Final[dict[Chart, int]] = {
    "strength": 90,
    "weight": 90,
    "muscles": 84,
    "calories": 30,
    "load": 90,
}
_KEPT_S: Final = 24 * 60 * 60
# Whatever a person changes advances their clock, and so does what follows from it.
_STATE: LiteralString = """
    SELECT coalesce(clock.revision, 0) AS revision,
        (%(now)s AT TIME ZONE coalesce(profile.timezone, 'UTC'))::date AS today
    FROM users_user person
    LEFT JOIN users_syncclock clock ON clock.user_id = person.id
    LEFT JOIN users_userprofile profile ON profile.user_id = person.id
    WHERE person.id = %(user)s
"""
_MOST_TRAINED: LiteralString = """
    SELECT exercise_id FROM analytics_strengthprogress
    WHERE user_id = %(user)s AND date >= %(since)s
    GROUP BY exercise_id ORDER BY count(*) DESC, exercise_id LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One that may still have to be drawn. The key changes whenever it may look otherwise."""

    asked: Asked
    today: date
    key: str


def picture_of(asked: Asked, *, now: datetime) -> Picture | None:
    """None for a person whom there is not. One query."""
    rows = fetch(_STATE, {"user": asked.user_id, "now": now})
    if not rows:
        return None
    state: dict[str, Any] = rows[0]
    known = orjson.dumps([asdict(asked), state["revision"], state["today"]])
    return Picture(asked=asked, today=state["today"], key=sha256(known).hexdigest())


def most_trained(*, user_id: UUID, since: date) -> UUID | None:
    """The exercise of the most days since that one; None without any."""
    rows = fetch(_MOST_TRAINED, {"user": user_id, "since": since})
    return rows[0]["exercise_id"] if rows else None


def svg_of(picture: Picture) -> bytes | None:
    """The picture as SVG; None for an exercise that the person cannot see."""
    kept = _kept(picture)
    if kept is not None:
        return kept
    # To draw takes a library of 60 MB that is a second in loading, which most processes never
    # need.
    from analytics.selectors.charts import drawn  # noqa: PLC0415

    svg = drawn(picture.asked, today=picture.today)
    if svg is not None:
        _keep(picture, svg)
    return svg


def _kept(picture: Picture) -> bytes | None:
    try:
        packed = cache.get(f"chart:{picture.key}")
    except RedisError:
        # It is drawn once more.
        return None
    return zlib.decompress(packed) if packed else None


def _keep(picture: Picture, svg: bytes) -> None:
    try:
        cache.set(f"chart:{picture.key}", zlib.compress(svg), _KEPT_S)
    except RedisError:
        return
