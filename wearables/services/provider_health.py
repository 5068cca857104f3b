"""Whether a provider is asked at all: a circuit breaker, and pauses that it demands.

After FAILURES tries in a row that it did not answer, of whatever connections, nobody asks it for a
minute, then for two, four ... an hour; after each of these waits a single run tries. Each change
is one statement, so that workers side by side count right.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Q

from wearables.models import ProviderState

logger = logging.getLogger(__name__)

FAILURES: Final = 5
LONGEST_M: Final = 60
# A run that tries alone, and is lost, holds up the others no longer than this.
PROBE: Final = timedelta(minutes=2)
_LIMITED: Final = "rate_limited"
_SILENT: Final = "unavailable"
_FAILED: Final = """
    INSERT INTO wearables_providerstate AS state (slug, failures, pause_reason, updated_at)
    VALUES (%(slug)s, 1, '', %(now)s)
    ON CONFLICT (slug) DO UPDATE SET
        failures = state.failures + 1,
        paused_until = CASE WHEN state.failures + 1 < %(most)s THEN state.paused_until
            ELSE %(now)s + interval '1 minute'
                * least(%(longest)s, 2 ^ least(state.failures + 1 - %(most)s, 10)) END,
        pause_reason = CASE WHEN state.failures + 1 < %(most)s THEN state.pause_reason
            ELSE %(silent)s END,
        updated_at = %(now)s
    WHERE %(probing)s OR state.paused_until IS NULL OR state.paused_until <= %(now)s
    RETURNING failures
"""
_PAUSED: Final = """
    INSERT INTO wearables_providerstate AS state
        (slug, failures, paused_until, pause_reason, updated_at)
    VALUES (%(slug)s, 0, %(until)s, %(limited)s, %(now)s)
    ON CONFLICT (slug) DO UPDATE SET
        paused_until = greatest(state.paused_until, excluded.paused_until),
        pause_reason = excluded.pause_reason,
        updated_at = excluded.updated_at
"""
_DISABLED: Final = """
    INSERT INTO wearables_providerstate AS state
        (slug, failures, pause_reason, disabled_at, updated_at)
    VALUES (%(slug)s, 0, '', %(now)s, %(now)s)
    ON CONFLICT (slug) DO UPDATE SET disabled_at = %(now)s, updated_at = %(now)s
    WHERE state.disabled_at IS NULL
    RETURNING slug
"""


@dataclass(frozen=True, kw_only=True)
class Leave:
    """Whether a run may ask a provider; else when to come again, or never."""

    granted: bool
    again_at: datetime | None = None
    # It is the one that tries whether the provider answers again.
    probing: bool = False


def leave_to_ask(slug: str, *, now: datetime) -> Leave:
    """Whoever is told to probe reports with ``failed`` or ``succeeded``."""
    state = ProviderState.objects.filter(pk=slug).first()
    if state is None:
        return Leave(granted=True)
    if state.disabled_at is not None:
        return Leave(granted=False)
    if state.paused_until is not None and state.paused_until > now:
        return Leave(granted=False, again_at=state.paused_until)
    if state.failures < FAILURES:
        return Leave(granted=True)
    if _is_first(slug, now):
        return Leave(granted=True, probing=True)
    return Leave(granted=False, again_at=now + PROBE)


def _is_first(slug: str, now: datetime) -> bool:
    ready = ProviderState.objects.filter(
        Q(paused_until=None) | Q(paused_until__lte=now), pk=slug, failures__gte=FAILURES
    )
    return bool(ready.update(paused_until=now + PROBE, updated_at=now))


def failed(slug: str, *, now: datetime, probing: bool = False) -> None:
    """It did not answer. Those that were on their way when the circuit opened do not count."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FAILED,
            {
                "slug": slug,
                "now": now,
                "most": FAILURES,
                "longest": LONGEST_M,
                "silent": _SILENT,
                "probing": probing,
            },
        )
        row = cursor.fetchone()
    if row is not None and row[0] >= FAILURES:
        logger.warning("%s does not answer; it is left alone for a while.", slug)


def succeeded(slug: str) -> None:
    """It answered. A pause that it demanded itself stays."""
    silent = ProviderState.objects.filter(pk=slug, failures__gt=0)
    if not silent.exclude(pause_reason=_LIMITED).update(
        failures=0, paused_until=None, pause_reason=""
    ):
        silent.update(failures=0)


def pause(slug: str, *, until: datetime, now: datetime) -> None:
    """Leave it alone: it has had enough of all our people together."""
    with connection.cursor() as cursor:
        cursor.execute(_PAUSED, {"slug": slug, "until": until, "now": now, "limited": _LIMITED})


def disable(slug: str, *, now: datetime) -> None:
    """Ask it no more, until somebody has looked at it (``disabled_at`` in the admin)."""
    with connection.cursor() as cursor:
        cursor.execute(_DISABLED, {"slug": slug, "now": now})
        is_new = cursor.fetchone() is not None
    if is_new:
        logger.error("%s has retired an address that we ask; it is disabled.", slug)


def is_disabled(slug: str) -> bool:
    return ProviderState.objects.filter(pk=slug, disabled_at__isnull=False).exists()
