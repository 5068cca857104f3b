"""Two questions of the machine that runs us: are you alive, and may I send you requests?"""

from functools import cache

from django.core.cache import cache as redis_cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The database and Redis answer, and the database has every migration."""
    checks = {"database": _database(), "redis": _redis()}
    checks["migrations"] = checks["database"] and _migrated()
    ready = all(checks.values())
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": checks},
        status=200 if ready else 503,
    )


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return False
    return True


def _redis() -> bool:
    try:
        redis_cache.get("readyz")
    except RedisError:
        return False
    return True


def _migrated() -> bool:
    try:
        return _all_migrations_applied()
    except _MigrationsMissingError:
        return False


class _MigrationsMissingError(Exception):
    pass


@cache
def _all_migrations_applied() -> bool:
    """Only yes is remembered: a database does not lose migrations under a running process."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _MigrationsMissingError
    return True
