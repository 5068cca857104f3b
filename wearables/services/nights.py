"""Which of the sleeps that the sources tell of are the person's nights and naps."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db import connection

from users.keyset import fetch
from users.localtime import reading_of
from users.selectors import time_zone_of
from users.services.settling import Settled
from wearables.formulas.sleep import Period, Verdict, judge
from wearables.formulas.sources import SLEEP_RANKS
from wearables.models import SleepRole
from wearables.selectors.sources import Sources, sources_of

# Two sources may put one sleep on two dates, and each of those has neighbors of its own.
_BESIDE: Final = 1
_LOOKED_AT: Final = 2
# A date has one main sleep at any moment: who loses a place leaves it before another takes it.
_IN_TURN: Final = (SleepRole.DUPLICATE, SleepRole.NAP, SleepRole.MAIN)
_SLEEPS: Final = """
    SELECT id, device_id, external_id, source_name, source_kind, source_app, date, sleep_start,
        sleep_end, duration, deep_sleep, says_nap, is_final, role, reason
    FROM wearables_sleepdata
    WHERE user_id = %(user)s AND date = ANY(%(dates)s) AND deleted_at IS NULL
"""
_WRITE: Final = """
    UPDATE wearables_sleepdata sleep SET role = %(role)s, reason = verdict.reason,
        revision = %(revision)s, updated_at = now()
    FROM unnest(%(ids)s::uuid[], %(reasons)s::text[]) AS verdict (id, reason)
    WHERE sleep.id = verdict.id AND sleep.user_id = %(user)s
"""


def settle_nights(*, user_id: UUID, revision: int, dates: Collection[date]) -> Settled:
    """Give the sleeps of these dates, and of those beside them, their roles.

    For a caller who has advanced the clock. What has its role already is not written.
    """
    if not dates:
        return Settled()
    told = fetch(_SLEEPS, {"user": user_id, "dates": _around(dates, _LOOKED_AT)})
    if not told:
        return Settled()
    sources, zone = sources_of(user_id), time_zone_of(user_id)
    verdicts = judge([_period(row, sources, zone) for row in told])
    settled = set(with_neighbors(dates))
    wrong = [
        (row["id"], verdicts[row["id"]])
        for row in told
        if row["date"] in settled
        and (row["role"], row["reason"]) != (verdicts[row["id"]].role, verdicts[row["id"]].reason)
    ]
    _write(user_id, revision, wrong)
    return Settled(written=len(wrong))


def with_neighbors(dates: Collection[date]) -> list[date]:
    """The dates whose nights may change with those of these."""
    return _around(dates, _BESIDE)


def _around(dates: Collection[date], days: int) -> list[date]:
    steps = [timedelta(days=step) for step in range(-days, days + 1)]
    return sorted({each + step for each in set(dates) for step in steps})


def _period(row: Mapping[str, Any], sources: Sources, zone: str) -> Period:
    device = row["device_id"]
    # Of a name that is as long as a column may be, the reason holds the beginning.
    title = (row["source_name"] or sources.title(device))[:100]
    place = sources.place("sleep", device)
    lasted = row["sleep_end"] - row["sleep_start"]
    return Period(
        key=row["id"],
        date=row["date"],
        start=row["sleep_start"],
        end=row["sleep_end"],
        local_start=reading_of(row["sleep_start"], zone),
        asleep_minutes=row["duration"],
        says_nap=row["says_nap"],
        order=(
            10**6 if place is None else place,
            sources.store(device),
            SLEEP_RANKS.get(row["source_kind"], max(SLEEP_RANKS.values())),
            not row["is_final"],
            row["deep_sleep"] is None,
            -lasted,
            str(device),
            row["external_id"],
        ),
        title=title,
        copy_of=sources.copied_from(device, row["source_app"]),
    )


def _write(user_id: UUID, revision: int, verdicts: Sequence[tuple[UUID, Verdict]]) -> None:
    ordered = sorted(verdicts, key=lambda pair: _IN_TURN.index(SleepRole(pair[1].role)))
    for role, group in groupby(ordered, key=lambda pair: pair[1].role):
        judged = list(group)
        values = {
            "user": user_id,
            "revision": revision,
            "role": role,
            "ids": [sleep_id for sleep_id, _ in judged],
            "reasons": [verdict.reason for _, verdict in judged],
        }
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, values)
