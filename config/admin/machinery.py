"""How the machinery stands: few queries, whatever the size of the tables.

What is open is found by partial indexes, what failed lately by ids that say when they were made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import redis
from django.apps import apps
from django.conf import settings
from django.db.models import Count, Min, Q, Value
from redis.exceptions import RedisError

from analytics.models import DailyFigure
from analytics.services.figures import DEVICE_STATES, DEVICES, first_id
from config.celery import app
from config.operations import backups
from social.models import Report, ReportStatus
from users.keyset import fetch
from users.models import JobStatus, OutboxMessage
from wearables.models import ProviderState

# Kinds of jobs by what they are called; the list of each has their details.
JOBS: Final[Mapping[str, str]] = {
    "workouts.WorkoutImport": "Workout imports",
    "wearables.ActivityImport": "Activity imports",
    "workouts.PlanGeneration": "Plan generations",
    "nutrition.FoodImage": "Meal photos",
    "wearables.SyncRun": "Device syncs",
}
# There are too many of these to look through; how their connections stand says more.
_TOO_MANY: Final = frozenset({"wearables.SyncRun"})
MOST_COUNTED: Final = 1000
FAILED_DAYS: Final = 7
SLOW: Final = timedelta(minutes=5)
_TAKEN: Final = "unacked"
_TIMEOUT_S: Final = 1


@dataclass(frozen=True, kw_only=True)
class OpenJob:
    label: str
    pk: Any
    status: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Outbox:
    waiting: int
    oldest: datetime | None
    failed: int


@dataclass(frozen=True, kw_only=True)
class Provider:
    """How many connections are in which state, and what is known of the provider itself."""

    name: str
    states: Mapping[str, int]
    trouble: str


def outbox() -> Outbox:
    waits = Q(failed_at=None)
    return Outbox(
        **OutboxMessage.objects.aggregate(
            waiting=Count("pk", filter=waits),
            oldest=Min("created_at", filter=waits),
            failed=Count("pk", filter=~waits),
        )
    )


def open_jobs(labels: Sequence[str]) -> list[OpenJob]:
    """The oldest of each kind, at most MOST_COUNTED; one query."""
    rows = _together(
        (
            label,
            Q(status__in=[JobStatus.PENDING, JobStatus.RUNNING]),
            "created_at",
        )
        for label in labels
    )
    return [OpenJob(label=label, pk=pk, status=s, created_at=at) for label, pk, s, at in rows]


def failed_jobs(labels: Sequence[str], *, now: datetime) -> dict[str, int]:
    """How many of each kind were asked for within FAILED_DAYS and failed; one query."""
    since = first_id((now - timedelta(days=FAILED_DAYS)).date())
    rows = _together(
        (label, Q(pk__gte=since, status=JobStatus.FAILED), "-pk")
        for label in labels
        if label not in _TOO_MANY
    )
    found: dict[str, int] = {}
    for label, *_ in rows:
        found[label] = found.get(label, 0) + 1
    return found


def _together(wanted: Any) -> list[tuple[Any, ...]]:
    """Rows of several kinds of jobs: label, key, status and when it was asked for."""
    parts = [
        apps.get_model(label)
        ._default_manager.filter(condition)
        .order_by(order)
        .values_list(Value(label), "pk", "status", "created_at")[:MOST_COUNTED]
        for label, condition, order in wanted
    ]
    if not parts:
        return []
    return list(parts[0].union(*parts[1:], all=True))


def reports() -> tuple[int, datetime | None]:
    """How many are open, and since when the oldest."""
    found = Report.objects.filter(status=ReportStatus.OPEN).aggregate(
        number=Count("pk"), oldest=Min("created_at")
    )
    return found["number"], found["oldest"]


def providers(*, now: datetime) -> list[Provider]:
    """Connections by provider, as the daily figures last counted them; two queries."""
    states: dict[str, dict[str, int]] = {}
    of_lately = DailyFigure.objects.filter(
        date__gte=(now - timedelta(days=1)).date(), name__startswith=f"{DEVICES}."
    )
    for name, value in of_lately.order_by("date").values_list("name", "value"):
        _, provider, state = name.split(".")
        states.setdefault(provider, dict.fromkeys(DEVICE_STATES, 0))[state] = value
    trouble = {one.slug: _trouble(one, now) for one in ProviderState.objects.all()}
    return [
        Provider(
            name=slug,
            states=states.get(slug, dict.fromkeys(DEVICE_STATES, 0)),
            trouble=trouble.get(slug, ""),
        )
        for slug in sorted(states | {slug: {} for slug, said in trouble.items() if said})
    ]


def _trouble(state: ProviderState, now: datetime) -> str:
    if state.disabled_at:
        return "Switched off: it has retired the addresses that we know."
    if state.paused_until and state.paused_until > now:
        return f"Paused until {state.paused_until:%H:%M} UTC: {state.pause_reason}"
    return f"{state.failures} failures in a row" if state.failures else ""


def database_size() -> int:
    """In bytes."""
    size: int = fetch("SELECT pg_database_size(current_database()) AS size", {})[0]["size"]
    return size


def tasks() -> tuple[int, int] | None:
    """Tasks that wait in Redis, and those that workers hold; None while Redis does not answer."""
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    broker = redis.Redis.from_url(
        settings.CELERY_BROKER_URL, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S
    )
    try:
        with broker:
            lengths = [broker.llen(f"{prefix}{name}") for name in app.amqp.queues]
            held = broker.hlen(f"{prefix}{_TAKEN}")
    except RedisError:
        return None
    return sum(lengths), held


def last_backup() -> datetime | None:
    """When the newest backup that is known here was taken."""
    found = backups.last_backup()
    return found.taken_at if found else None
