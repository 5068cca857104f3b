"""What workers do for the food diary; importing their modules registers jobs and handlers."""

from datetime import UTC, datetime

from celery import shared_task

from nutrition.services import images, recipes, recognition

# The modules of the jobs' runners and of the outbox's handlers.
__registered__ = (recipes, recognition)


@shared_task
def remove_orphaned_food_images() -> None:
    images.remove_orphaned_files(now=datetime.now(UTC))
