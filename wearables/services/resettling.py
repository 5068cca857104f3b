"""All days and nights of a person anew: after a change of their order, and to prove them right."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from users.keyset import fetch
from users.ownership import advance_clock
from users.services import outbox
from users.services.settling import Settled
from wearables.models import WearableDevice
from wearables.services.days import settle_days
from wearables.services.nights import settle_nights

KIND: Final = "wearables_resettle"
_DATES: Final = """
    SELECT date FROM wearables_dailyactivitysource WHERE user_id = %(user)s
    UNION SELECT date FROM wearables_dailyactivity WHERE user_id = %(user)s
"""
_NIGHTS: Final = """
    SELECT DISTINCT date FROM wearables_sleepdata
    WHERE user_id = %(user)s AND deleted_at IS NULL
"""


@dataclass(frozen=True)
class Resettled:
    """How many sleeps and days were not as they should be."""

    sleeps: int = 0
    days: int = 0

    def __add__(self, other: "Resettled") -> "Resettled":
        return Resettled(sleeps=self.sleeps + other.sleeps, days=self.days + other.days)


def promise_resettling(user_id: UUID) -> None:
    """Have a worker do it once the transaction is committed."""
    outbox.promise(kind=KIND, user_id=str(user_id))


@outbox.handles(KIND)
def _kept_promise(*, user_id: str) -> None:
    resettle(user_id=UUID(user_id))


@transaction.atomic
def resettle(*, user_id: UUID, dry_run: bool = False) -> Resettled:
    """Make all days and nights of a person follow from their sources. Twice is once.

    A dry run only counts.
    """
    revision = advance_clock(user_id)
    nights = settle_nights(
        user_id=user_id,
        revision=revision,
        dates=[row["date"] for row in fetch(_NIGHTS, {"user": user_id})],
    )
    days: Settled = settle_days(
        user_id=user_id,
        revision=revision,
        dates=[row["date"] for row in fetch(_DATES, {"user": user_id})],
    )
    done = Resettled(sleeps=nights.written, days=days.written + days.gone)
    # Where nothing was wrong, the person's clock stays where it is as well.
    transaction.set_rollback(dry_run or done == Resettled())
    return done


def resettle_people(user_ids: list[UUID], *, dry_run: bool) -> Iterator[Resettled]:
    """One person after the other, each committed by themselves."""
    for user_id in user_ids:
        yield resettle(user_id=user_id, dry_run=dry_run)


def people_with_devices() -> list[UUID]:
    owners = WearableDevice.objects.order_by("user_id").values_list("user_id", flat=True)
    return list(owners.distinct())
