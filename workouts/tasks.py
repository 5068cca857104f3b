"""What workers do for the diary; importing the runners of jobs is what registers them."""

from datetime import UTC, datetime

from celery import shared_task

from workouts.services import generations, merging, transfers

__runners__ = (generations, transfers)
__handlers__ = (merging,)


@shared_task
def remove_old_import_files() -> None:
    transfers.remove_old_files(now=datetime.now(UTC))
