"""What workers do for people: ids in, one service call, safe to run twice."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from celery import shared_task

from users.services import accounts, creation, exports, jobs, live, mail, notifications, outbox

# The modules of the outbox's handlers; importing them here is what registers them.
__handlers__ = (accounts, exports, mail, notifications)


@shared_task
def deliver_outbox_message(*, message_id: str) -> None:
    outbox.deliver(message_id=UUID(message_id))


@shared_task
def sweep_outbox() -> None:
    """Hand out again what was promised and not done: a lost nudge, a failed try."""
    for message_id in outbox.claim_due(now=datetime.now(UTC)):
        deliver_outbox_message.delay(message_id=str(message_id))


@shared_task
def remove_expired_exports() -> None:
    exports.remove_expired_exports(now=datetime.now(UTC))


@shared_task
def remove_expired_sessions() -> None:
    accounts.remove_expired_sessions()


@shared_task
def remove_old_idempotency_keys() -> None:
    creation.remove_old_keys(before=datetime.now(UTC) - timedelta(days=7))


@shared_task
def remove_old_live_events() -> None:
    live.remove_old_events(now=datetime.now(UTC))


@shared_task
def run_job(*, label: str, job_id: str) -> None:
    jobs.run(label=label, job_id=UUID(job_id))


@shared_task
def sweep_jobs() -> None:
    """Hand out again the jobs that a worker never got or was lost with."""
    for label, job_id in jobs.sweep(now=datetime.now(UTC)):
        run_job.delay(label=label, job_id=str(job_id))
