"""What workers do for the food diary; importing the runners of jobs is what registers them."""

from datetime import UTC, datetime

from celery import shared_task

from nutrition.services import images, recognition

__runners__ = (recognition,)


@shared_task
def remove_orphaned_food_images() -> None:
    images.remove_orphaned_files(now=datetime.now(UTC))
