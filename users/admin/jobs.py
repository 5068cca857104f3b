"""Actions on lists of jobs."""

from collections.abc import Collection
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from users.admin import asking
from users.models import JobStatus
from users.services import rescue


def retry(
    room: admin.ModelAdmin[Any],
    request: HttpRequest,
    queryset: QuerySet[Any],
    *,
    one_each: bool = True,
) -> None:
    """Have those of them that have failed tried again."""
    failed = list(queryset.filter(status=JobStatus.FAILED).order_by("pk"))
    ids = [job.pk for job in failed]
    count = rescue.retry_jobs(model=room.model, ids=ids, one_each=one_each)
    for job in failed if count else ():
        room.log_change(request, job, "To be tried again.")
    room.message_user(request, f"{count} will be tried again.")
    if count < len(failed):
        text = f"{len(failed) - count} cannot: the file is gone, or another of theirs is at work."
        room.message_user(request, text, messages.WARNING)


def stop(
    room: admin.ModelAdmin[Any],
    request: HttpRequest,
    queryset: QuerySet[Any],
    *,
    statuses: Collection[str] = (JobStatus.PENDING, JobStatus.RUNNING),
) -> TemplateResponse | None:
    """Ask, and then give up those of them that wait or run."""
    rows = list(queryset.filter(status__in=statuses).order_by("pk"))
    if not rows:
        room.message_user(request, "None of these waits or runs.", messages.WARNING)
        return None
    if asking.given(request) is None:
        outcome = "They end where they are, and what they have stored stays."
        return asking.ask(room, request, rows, action="stop", title="Stop jobs", outcome=outcome)
    ids = [row.pk for row in rows]
    count = rescue.stop_jobs(model=room.model, ids=ids, statuses=statuses)
    for row in rows:
        room.log_change(request, row, "Stopped.")
    room.message_user(request, f"{count} stopped.")
    return None
