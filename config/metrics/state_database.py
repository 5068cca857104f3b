"""What the database says of itself and of the work that waits in it.

Every statement goes by an index or reads the server's own figures: it is run every few seconds on
tables of any size.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction

from users.models.job import JobState, JobStatus

Sample = tuple[str, Mapping[str, str], float]

# Beyond this, how many wait makes no difference any more.
MOST_COUNTED: Final = 100_000
HELP: Final[Mapping[str, str]] = {
    "numeneon_outbox_waiting": "Promises that are still to be kept, counted up to 100,000.",
    "numeneon_outbox_oldest_seconds": "How long the oldest of them has waited.",
    "numeneon_outbox_given_up": "Promises that were given up, and wait for somebody.",
    "numeneon_jobs": "Jobs that are open, by kind and status.",
    "numeneon_jobs_oldest_seconds": "How long nothing was heard of the quietest of them.",
    "numeneon_provider_paused": "1 while a maker of wearables is left alone, by why.",
    "numeneon_provider_disabled": "1 for a maker that nobody asks until somebody has looked.",
    "numeneon_provider_failures": "Tries in a row that a maker did not answer.",
    "numeneon_database_size_bytes": "Of the whole database.",
    "numeneon_database_connections": "Connections to it, by what they do.",
    "numeneon_database_max_connections": "How many the server takes.",
    "numeneon_database_oldest_transaction_seconds": "For how long the oldest has been open.",
    "numeneon_database_deadlocks": "Since the statistics began.",
    "numeneon_database_xid_age": "Transactions since the oldest row that was not frozen.",
    "numeneon_replication_lag_seconds": "How far a replica is behind, in time.",
    "numeneon_replication_lag_bytes": "How far it is behind, in log that it has not replayed.",
    "numeneon_replication_slot_bytes": "Log that is kept for a slot.",
    "numeneon_table_rows": "Rows of the ten tables with the most dead ones, by estimate.",
}
_OUTBOX: Final = """
    SELECT (SELECT count(*) FROM (
            SELECT FROM users_outboxmessage WHERE failed_at IS NULL LIMIT %s) AS waiting),
        (SELECT extract(epoch FROM now() - created_at) FROM users_outboxmessage
            WHERE failed_at IS NULL ORDER BY id LIMIT 1),
        (SELECT count(*) FROM users_outboxmessage WHERE failed_at IS NOT NULL)
"""
_JOBS: Final = """
    SELECT '{label}', status, count(*), extract(epoch FROM now() - min(updated_at))
    FROM {table} WHERE status IN ('pending', 'running') GROUP BY status
"""
_WAITING_SYNCS: Final = """
    SELECT 'wearables.SyncRun', 'waiting', count(*), extract(epoch FROM now() - min(due_at))
    FROM wearables_syncrun WHERE status = 'waiting'
"""
_PROVIDERS: Final = """
    SELECT slug, failures, pause_reason, coalesce(paused_until > now(), false),
        disabled_at IS NOT NULL
    FROM wearables_providerstate ORDER BY slug
"""
_DATABASE: Final = """
    SELECT pg_database_size(current_database()), current_setting('max_connections')::integer,
        (SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()),
        (SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database())
"""
_CONNECTIONS: Final = """
    SELECT coalesce(state, 'unknown'), count(*),
        max(extract(epoch FROM now() - xact_start)) FILTER (WHERE pid <> pg_backend_pid())
    FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
    GROUP BY 1
"""
# Without the role pg_monitor, others see of a replica that it is there, and no more.
_REPLICAS: Final = """
    SELECT application_name, extract(epoch FROM replay_lag),
        pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)
    FROM pg_stat_replication WHERE replay_lsn IS NOT NULL AND NOT pg_is_in_recovery()
"""
_SLOTS: Final = """
    SELECT slot_name, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)
    FROM pg_replication_slots WHERE restart_lsn IS NOT NULL AND NOT pg_is_in_recovery()
"""
_TABLES: Final = """
    SELECT relname, n_live_tup, n_dead_tup FROM pg_stat_user_tables
    ORDER BY n_dead_tup DESC, relname LIMIT 10
"""


def samples() -> Iterator[Sample]:
    """Raises DatabaseError."""
    with transaction.atomic():
        # Prometheus does not wait for long, and comes again.
        _rows("SET LOCAL statement_timeout = 2000")
        for part in (_outbox, _jobs, _providers, _database, _connections, _replication, _tables):
            yield from part()


def _rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall() if cursor.description else []


def _outbox() -> Iterator[Sample]:
    [(waiting, oldest_s, given_up)] = _rows(_OUTBOX, MOST_COUNTED)
    yield "numeneon_outbox_waiting", {}, waiting
    yield "numeneon_outbox_oldest_seconds", {}, float(oldest_s or 0)
    yield "numeneon_outbox_given_up", {}, given_up


def _jobs() -> Iterator[Sample]:
    kinds = {
        model._meta.label: model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, JobState)
    }
    parts = [_JOBS.format(label=label, table=table) for label, table in sorted(kinds.items())]
    statuses = (JobStatus.PENDING.value, JobStatus.RUNNING.value)
    found: dict[tuple[str, str], tuple[int, float]] = {
        (label, status): (0, 0.0) for label in sorted(kinds) for status in statuses
    }
    for label, status, count, oldest_s in _rows(" UNION ALL ".join([*parts, _WAITING_SYNCS])):
        # One that is not due yet has not waited.
        found[label, status] = count, max(0.0, float(oldest_s or 0))
    for (label, status), (count, _) in found.items():
        yield "numeneon_jobs", {"kind": label, "status": status}, count
    for (label, status), (_, oldest_s) in found.items():
        yield "numeneon_jobs_oldest_seconds", {"kind": label, "status": status}, oldest_s


def _providers() -> Iterator[Sample]:
    for slug, failures, reason, is_paused, is_disabled in _rows(_PROVIDERS):
        provider = {"provider": slug}
        yield "numeneon_provider_failures", provider, failures
        yield "numeneon_provider_disabled", provider, is_disabled
        for why in ("unavailable", "rate_limited"):
            paused = is_paused and reason == why
            yield "numeneon_provider_paused", {**provider, "reason": why}, paused


def _database() -> Iterator[Sample]:
    [(size, connections, deadlocks, xid_age)] = _rows(_DATABASE)
    yield "numeneon_database_size_bytes", {}, size
    yield "numeneon_database_max_connections", {}, connections
    yield "numeneon_database_deadlocks", {}, deadlocks
    yield "numeneon_database_xid_age", {}, xid_age


def _connections() -> Iterator[Sample]:
    oldest_s = 0.0
    for state, count, state_oldest_s in _rows(_CONNECTIONS):
        yield "numeneon_database_connections", {"state": state}, count
        oldest_s = max(oldest_s, float(state_oldest_s or 0))
    yield "numeneon_database_oldest_transaction_seconds", {}, oldest_s


def _replication() -> Iterator[Sample]:
    for name, lag_s, lag_bytes in _rows(_REPLICAS):
        # A replica that has replayed all there is tells no lag.
        yield "numeneon_replication_lag_seconds", {"replica": name}, float(lag_s or 0)
        yield "numeneon_replication_lag_bytes", {"replica": name}, float(lag_bytes)
    for name, kept in _rows(_SLOTS):
        yield "numeneon_replication_slot_bytes", {"slot": name}, float(kept)


def _tables() -> Iterator[Sample]:
    for table, live, dead in _rows(_TABLES):
        yield "numeneon_table_rows", {"table": table, "state": "live"}, live
        yield "numeneon_table_rows", {"table": table, "state": "dead"}, dead
