"""Whether what is stored agrees with itself: the checks of all apps, and how they are run."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import DatabaseError, connection, transaction

from analytics.services import integrity as analytics
from config.operations import files, schema_checks
from nutrition.services import integrity as nutrition
from social.services import integrity as social
from users.services import integrity as users
from users.services.checks import Check, Found, Track
from wearables.services import integrity as wearables

logger = logging.getLogger(__name__)

# The database first: what others find may follow from it.
CHECKS: Final[tuple[Check, ...]] = (
    *schema_checks.CHECKS,
    *users.CHECKS,
    *nutrition.CHECKS,
    *wearables.CHECKS,
    *analytics.CHECKS,
    *social.CHECKS,
    *files.CHECKS,
)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a check found, and what was done about it; ``error`` where it could not look."""

    check: Check
    found: Found = field(default_factory=Found)
    mended: int = 0
    left: int = 0
    error: str = ""

    @property
    def is_repairable(self) -> bool:
        return self.check.mend is not None


def run(checks: Iterable[Check], *, repair: bool, track: Any) -> Iterator[Result]:
    """One check after the other, each in transactions of its own.

    ``track`` makes a Track of a check. A check that fails does not keep the next from its turn.
    With ``repair``, what can be mended is, and looked at once more.
    """
    for check in checks:
        try:
            yield _run(check, repair=repair, track=track(check))
        except (DatabaseError, OSError, ValueError) as error:
            logger.debug("The check %s failed.", check.name, exc_info=True)
            yield Result(check=check, error=f"{type(error).__name__}: {str(error).strip()}")


def _run(check: Check, *, repair: bool, track: Track) -> Result:
    found = _look(check, track)
    if not (repair and found.wrong and check.mend):
        return Result(check=check, found=found, left=found.wrong)
    mended = check.mend(track)
    return Result(check=check, found=found, mended=mended, left=_look(check, track).wrong)


def _look(check: Check, track: Track) -> Found:
    """For as long as it takes, and without leaving anything behind."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        found = check.look(track)
        transaction.set_rollback(True)
    return found
