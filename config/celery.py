"""The Celery app and the whole schedule."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


@setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """Celery leaves logging alone when somebody listens here; Django has set it up."""


app = Celery("numeneon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "outbox": {"task": "users.tasks.sweep_outbox", "schedule": 15.0},
    "jobs": {"task": "users.tasks.sweep_jobs", "schedule": 30.0},
    "analytics": {"task": "analytics.tasks.sweep_analytics", "schedule": 30.0},
    "account-exports": {"task": "users.tasks.remove_expired_exports", "schedule": 600.0},
    "import-files": {
        "task": "workouts.tasks.remove_old_import_files",
        "schedule": crontab(minute="47", hour="3"),
    },
    "food-images": {
        "task": "nutrition.tasks.remove_orphaned_food_images",
        "schedule": crontab(minute="57", hour="3"),
    },
    "sessions": {"task": "users.tasks.remove_expired_sessions", "schedule": crontab(minute="17")},
    "idempotency-keys": {
        "task": "users.tasks.remove_old_idempotency_keys",
        "schedule": crontab(minute="37"),
    },
}
