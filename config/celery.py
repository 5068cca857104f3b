"""The Celery app and the whole schedule."""

import os
import signal
import threading

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, worker_shutting_down
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


@setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """Celery leaves logging alone when somebody listens here; Django has set it up."""


@worker_shutting_down.connect
def give_back_what_takes_long(how: str, **kwargs: object) -> None:
    """A worker that is told to stop finishes its tasks, and after a while gives back the rest.

    Celery's own soft shutdown sleeps for the whole time even if all is done, deaf to what finishes
    meanwhile, and would give that back as well.
    """
    if how == "Warm":
        end = (os.getpid(), signal.SIGQUIT)
        timer = threading.Timer(settings.WORKER_STOP_S, os.kill, end)
        timer.daemon = True
        timer.start()


app = Celery("numeneon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "outbox": {"task": "users.tasks.sweep_outbox", "schedule": 15.0},
    "jobs": {"task": "users.tasks.sweep_jobs", "schedule": 30.0},
    "analytics": {"task": "analytics.tasks.sweep_analytics", "schedule": 30.0},
    "daily-figures": {"task": "analytics.tasks.refresh_figures", "schedule": 600.0},
    "standings": {"task": "social.tasks.sweep_standings", "schedule": 10.0},
    "challenges": {"task": "social.tasks.sweep_challenges", "schedule": 60.0},
    "challenge-recounts": {
        "task": "social.tasks.recompute_challenges",
        "schedule": crontab(minute="7", hour="4"),
    },
    "achievements": {
        "task": "social.tasks.award_everyone",
        "schedule": crontab(minute="27", hour="4"),
    },
    "orphaned-comments": {
        "task": "social.tasks.remove_orphaned_comments",
        "schedule": crontab(minute="27", hour="3"),
    },
    "unused-pictures": {
        "task": "social.tasks.remove_unused_pictures",
        "schedule": crontab(minute="37", hour="3"),
    },
    "account-exports": {"task": "users.tasks.remove_expired_exports", "schedule": 600.0},
    "import-files": {
        "task": "workouts.tasks.remove_old_import_files",
        "schedule": crontab(minute="47", hour="3"),
    },
    "wearables": {"task": "wearables.tasks.sync_due", "schedule": 60.0},
    "waiting-syncs": {"task": "wearables.tasks.wake_waiting", "schedule": 10.0},
    "webhook-subscriptions": {
        "task": "wearables.tasks.keep_subscriptions",
        "schedule": crontab(minute="17", hour="*/6"),
    },
    "old-of-wearables": {
        "task": "wearables.tasks.remove_old",
        "schedule": crontab(minute="7", hour="3"),
    },
    "heart-rate-months": {
        "task": "wearables.tasks.make_heart_rate_months",
        "schedule": crontab(minute="17", hour="3"),
    },
    "heart-rate-thinning": {
        "task": "wearables.tasks.thin_heart_rates",
        "schedule": crontab(minute="47", hour="2"),
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
    "live-events": {
        "task": "users.tasks.remove_old_live_events",
        "schedule": crontab(minute="27"),
    },
}
