"""How the whole system stands: queues, makers, database, disks, backup.

Each web process answers the same, so a query takes the max() over them.
"""

import platform
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from redis.exceptions import RedisError

from config.metrics import state_broker, state_database
from config.metrics.notes import BEAT_KEY
from config.operations import backups

Sample = tuple[str, Mapping[str, str], float]

# Who asks more often than this gets the same again: the answer costs some ten statements.
KEPT_S: Final = 5.0
HELP: Final[Mapping[str, str]] = {
    **state_database.HELP,
    **state_broker.HELP,
    "numeneon_build_info": "What runs here: always 1.",
    "numeneon_database_up": "Whether PostgreSQL answers.",
    "numeneon_redis_up": "Whether Redis answers.",
    "numeneon_beat_last_seconds": "When the schedule last gave out a task, in Unix time.",
    "numeneon_disk_free_bytes": "Free for our files, by what they are.",
    "numeneon_disk_size_bytes": "Of the file system that they are on.",
    "numeneon_backup_last_seconds": "When the last backup was made, in Unix time.",
    "numeneon_backup_verified_seconds": "When it was restored and found equal, in Unix time.",
}


class _State:
    """The last answer, and its age."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._text, self._made_at = b"", 0.0

    def text(self) -> bytes:
        with self._lock:
            if time.monotonic() - self._made_at > KEPT_S or not self._text:
                self._text, self._made_at = _rendered(), time.monotonic()
            return self._text

    def forget(self) -> None:
        self._text = b""


_state = _State()
text, forget = _state.text, _state.forget


class _Collector:
    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for name, labels, value in samples():
            if name not in families:
                families[name] = GaugeMetricFamily(name, HELP[name], labels=tuple(labels))
            families[name].add_metric(tuple(labels.values()), value)
        yield from families.values()


def _rendered() -> bytes:
    registry = CollectorRegistry()
    registry.register(_Collector())
    return generate_latest(registry)


def samples() -> Iterator[Sample]:
    """Of what answers. What does not is told as such, and is not waited for."""
    try:
        found = list(state_database.samples())
    except DatabaseError:
        found = []
    yield from found
    yield "numeneon_database_up", {}, float(bool(found))
    try:
        queues = list(state_broker.samples())
        beat = cache.get(BEAT_KEY)
    except RedisError:
        yield "numeneon_redis_up", {}, 0.0
    else:
        yield from queues
        yield "numeneon_redis_up", {}, 1.0
        if beat is not None:
            yield "numeneon_beat_last_seconds", {}, beat
    yield from _of_this_machine()
    yield from _of_backups()


def _of_this_machine() -> Iterator[Sample]:
    build = {"release": settings.RELEASE, "python": platform.python_version()}
    yield "numeneon_build_info", {**build, "django": version("django")}, 1.0
    for name, folder in (("media", settings.MEDIA_ROOT), ("private", settings.PRIVATE_ROOT)):
        with suppress(OSError):
            usage = shutil.disk_usage(_existing(Path(folder)))
            yield "numeneon_disk_free_bytes", {"files": name}, usage.free
            yield "numeneon_disk_size_bytes", {"files": name}, usage.total


def _of_backups() -> Iterator[Sample]:
    backup = backups.last_backup()
    if backup is not None:
        yield "numeneon_backup_last_seconds", {}, backup.taken_at.timestamp()
        if backup.verified_at is not None:
            yield "numeneon_backup_verified_seconds", {}, backup.verified_at.timestamp()


def _existing(folder: Path) -> Path:
    """The folder, or what it will be made in with its first file."""
    return next((one for one in (folder, *folder.parents) if one.exists()), folder)
