"""Wakes a worker when something is in the outbox, and tells new connections how to read time."""

import logging
from functools import partial
from typing import Any
from uuid import UUID

from celery.exceptions import OperationalError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from users import tasks
from users.instants import UtcLoader
from users.signals import job_waiting, outbox_message_written

logger = logging.getLogger(__name__)


@receiver(connection_created, dispatch_uid="users.read_instants")
def read_instants(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    connection.connection.adapters.register_loader("timestamptz", UtcLoader)


@receiver(outbox_message_written, dispatch_uid="users.nudge_worker")
def nudge_worker(*, message_id: UUID, **kwargs: Any) -> None:
    transaction.on_commit(partial(_nudge, str(message_id)))


def _nudge(message_id: str) -> None:
    try:
        tasks.deliver_outbox_message.delay(message_id=message_id)
    except OperationalError:
        # The message is safe in its row; the sweep sends it when Redis is back.
        logger.warning("Outbox message %s waits for the sweep: no broker.", message_id)


@receiver(job_waiting, dispatch_uid="users.nudge_worker_for_job")
def nudge_worker_for_job(*, label: str, job_id: UUID, **kwargs: Any) -> None:
    transaction.on_commit(partial(_nudge_job, label, str(job_id)))


def _nudge_job(label: str, job_id: str) -> None:
    try:
        tasks.run_job.delay(label=label, job_id=job_id)
    except OperationalError:
        logger.warning("Job %s %s waits for the sweep: no broker.", label, job_id)
