"""How PostgreSQL is reached: the primary, and replicas of it that may answer reads."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

PRIMARY: Final = "default"
REPLICA: Final = "replica"
_PLACE: Final = ("host", "port")
_NAMED: Final = ("dbname", "user", "password", *_PLACE)
# A replica that came back is found again within this time.
_REPLICA_AGE_S: Final = 60


def limits(*, statement_timeout_ms: int, lock_timeout_ms: int) -> dict[str, str]:
    """What holds for each of our connections: of the session, or of the role behind a pooler."""
    return {
        "statement_timeout": str(statement_timeout_ms),
        "lock_timeout": str(lock_timeout_ms),
        "idle_in_transaction_session_timeout": "60000",
        "max_parallel_workers_per_gather": "0",
        "jit": "off",
    }


def read(
    url: str, *, replica_urls: Sequence[str], pooled: bool, limits: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Django's DATABASES. Behind a pooler, nothing lives longer than a transaction."""
    primary = _database(conninfo_to_dict(url), pooled=pooled, limits=limits)
    databases = {PRIMARY: {**primary, "CONN_MAX_AGE": None}}
    if replica_urls:
        replica = _database(_one_of(replica_urls), pooled=pooled, limits=limits)
        replica["OPTIONS"]["connect_timeout"] = 2
        databases[REPLICA] = {
            **replica,
            "CONN_MAX_AGE": _REPLICA_AGE_S,
            "CONN_HEALTH_CHECKS": True,
            "TEST": {"MIRROR": PRIMARY},
        }
    return databases


def _database(
    parts: Mapping[str, Any], *, pooled: bool, limits: Mapping[str, str]
) -> dict[str, Any]:
    options = {key: value for key, value in parts.items() if key not in _NAMED}
    if not pooled:
        # Planned once per connection: half the database's work per query (docs/performance.md).
        # From the third time on, since a migration may send two statements in one, and once.
        options |= {"server_side_binding": True, "prepare_threshold": 2}
        options["options"] = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "DISABLE_SERVER_SIDE_CURSORS": pooled,
        "OPTIONS": {"connect_timeout": 5, **options},
    }


def _one_of(urls: Sequence[str]) -> dict[str, Any]:
    """The address of several servers of which the driver takes any that is a standby."""
    all_parts = [conninfo_to_dict(url) for url in urls]
    shared = [
        {key: value for key, value in parts.items() if key not in _PLACE} for parts in all_parts
    ]
    if any(each != shared[0] for each in shared):
        raise ImproperlyConfigured("DATABASE_REPLICA_URLS may differ in host and port alone.")
    return {
        **shared[0],
        "host": ",".join(str(parts.get("host", "")) for parts in all_parts),
        "port": ",".join(str(parts.get("port", "5432")) for parts in all_parts),
        "target_session_attrs": "standby",
        "load_balance_hosts": "random",
    }
