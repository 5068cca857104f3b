"""The admin's first page: how it goes and what needs somebody, as far as they may look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.timesince import timesince

from analytics.models import DailyFigure
from analytics.services.figures import ACTIVE, SIGN_UPS
from config.admin import machinery
from config.admin.cards import list_of, may_view, page_of
from config.admin.charts import Chart, Series, by_day, number
from config.admin.machinery import FAILED_DAYS, JOBS, MOST_COUNTED, SLOW, OpenJob

DAYS: Final = 90
_WEEK: Final = 7
_SLOWEST: Final = 5
# Who looks after the machinery.
_OPERATOR: Final = "users.OutboxMessage"
_OLD_BACKUP: Final = timedelta(hours=26)
_MANY_WAITING: Final = 100


@dataclass(frozen=True, kw_only=True)
class Tile:
    """Something that somebody may have to look after; ``state`` is ok, look or act."""

    title: str
    value: str
    note: str
    url: str = ""
    state: str = "ok"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A chart with its last days in a number; it leads to the list that it counts."""

    chart: Chart
    value: str
    note: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Jobs of a kind; ``slow`` wait or run for too long."""

    name: str
    waiting: str
    running: str
    failed: str
    url: str


@dataclass(frozen=True, kw_only=True)
class SlowJob:
    name: str
    status: str
    since: str
    url: str


def dashboard(request: HttpRequest, *, now: datetime) -> dict[str, object]:
    """For the template; what the reader may not see is not asked for."""
    jobs = _Jobs(request, now=now)
    may_see_devices = may_view(request, "wearables.WearableDevice")
    return {
        "tiles": list(_tiles(request, jobs, now=now)),
        "panels": _panels(request, today=now.date()),
        "shows_devices": may_see_devices,
        "providers": machinery.providers(now=now) if may_see_devices else [],
        "devices_url": list_of("wearables.WearableDevice"),
        "jobs": jobs.kinds(),
        "slow_jobs": jobs.slow(),
        "failed_days": FAILED_DAYS,
    }


# --- Charts ----------------------------------------------------------------------------------

_COUNTED: Final = (
    (SIGN_UPS, "Sign-ups", "users.User", "main"),
    ("workouts", "Workouts", "workouts.Workout", "second"),
    ("meals", "Meal entries", "nutrition.MealEntry", "third"),
    ("posts", "Posts", "social.Post", "fourth"),
)
_ACTIVE_NAMES: Final = ("in a day", "in a week", "in a month")


def _panels(request: HttpRequest, *, today: date) -> list[Panel]:
    counted = [one for one in _COUNTED if may_view(request, one[2])]
    if not counted:
        return []
    days = [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    known = DailyFigure.objects.filter(
        date__gte=days[0],
        date__lte=today,
        name__in=[*ACTIVE, *(name for name, *_ in counted)],
    )
    found = {(day, name): value for day, name, value in known.values_list("date", "name", "value")}

    def of(name: str) -> list[float | None]:
        return [found.get((day, name)) for day in days]

    panels = [_counted(days, of(name), *rest) for name, *rest in counted]
    if counted[0][0] == SIGN_UPS:
        panels.insert(0, _active(days, [of(name) for name in ACTIVE]))
    return panels


def _active(days: Sequence[date], values: Sequence[list[float | None]]) -> Panel:
    looks = ("third", "second", "main")
    series = [
        Series(name=f"Active {name}", values=known, look=look)
        for name, known, look in zip(_ACTIVE_NAMES, values, looks, strict=True)
    ]
    latest = [_latest(one) for one in values]
    says = ", ".join(
        f"{number(value)} {name}" for value, name in zip(latest, _ACTIVE_NAMES, strict=True)
    )
    return Panel(
        chart=by_day("Active people", days, series, says=f"Active at last: {says}."),
        value=number(latest[-1]),
        note="in the last 30 days",
        url=list_of("users.User"),
    )


def _counted(
    days: Sequence[date], values: list[float | None], title: str, model: str, look: str
) -> Panel:
    this_week, week_before = _sum(values[-_WEEK:]), _sum(values[-2 * _WEEK : -_WEEK])
    says = f"{number(this_week)} in the last 7 days, {number(week_before)} in the 7 before."
    series = [Series(name=title, values=values, look=look, is_line=False)]
    return Panel(
        chart=by_day(title, days, series, says=says),
        value=number(this_week),
        note=f"in 7 days; {number(week_before)} in the 7 before",
        url=list_of(model),
    )


def _sum(values: Sequence[float | None]) -> float:
    return sum(value or 0 for value in values)


def _latest(values: Sequence[float | None]) -> float | None:
    return next((value for value in reversed(values) if value is not None), None)


# --- What may need somebody ------------------------------------------------------------------


def _tiles(request: HttpRequest, jobs: "_Jobs", *, now: datetime) -> Iterator[Tile]:
    if may_view(request, "social.Report"):
        yield _moderation(now=now)
    if jobs.labels:
        yield jobs.tile()
    if may_view(request, _OPERATOR):
        yield _outbox(now=now)
        yield _tasks()
        yield _backup(now=now)
        yield Tile(
            title="Database",
            value=filesizeformat(machinery.database_size()),
            note="tables and indexes; manage.py db_stats tells more",
        )


def _moderation(*, now: datetime) -> Tile:
    waiting, oldest = machinery.reports()
    late = oldest is not None and now - oldest > timedelta(days=1)
    return Tile(
        title="Moderation",
        value=number(waiting),
        note=f"open, the oldest since {timesince(oldest, now)}" if oldest else "nothing is open",
        url=list_of("social.Report"),
        state="act" if late else "look" if waiting else "ok",
    )


def _outbox(*, now: datetime) -> Tile:
    box = machinery.outbox()
    stuck = box.oldest is not None and now - box.oldest > SLOW
    waits = f"oldest since {timesince(box.oldest, now)}" if box.oldest else "nothing waits"
    return Tile(
        title="Outbox",
        value=number(box.waiting),
        note=f"{waits}; {number(box.failed)} given up",
        url=list_of("users.OutboxMessage"),
        state="act" if box.failed or stuck else "ok",
    )


def _tasks() -> Tile:
    found = machinery.tasks()
    if found is None:
        return Tile(title="Tasks", value="–", note="Redis does not answer", state="act")
    waiting, held = found
    return Tile(
        title="Tasks",
        value=number(waiting),
        note=f"in the queue; {number(held)} with workers",
        state="look" if waiting > _MANY_WAITING else "ok",
    )


def _backup(*, now: datetime) -> Tile:
    made_at = machinery.last_backup()
    if made_at is None:
        return Tile(title="Last backup", value="none", note="manage.py backup", state="look")
    return Tile(
        title="Last backup",
        value=timesince(made_at, now).split(",")[0],
        note=f"ago, {made_at:%Y-%m-%d %H:%M} UTC",
        state="look" if now - made_at > _OLD_BACKUP else "ok",
    )


class _Jobs:
    """Work that people watch, of the kinds whose lists the reader may open."""

    def __init__(self, request: HttpRequest, *, now: datetime) -> None:
        self.now = now
        self.labels = [label for label in JOBS if may_view(request, label)]
        self.open: list[OpenJob] = machinery.open_jobs(self.labels) if self.labels else []
        self.failed = machinery.failed_jobs(self.labels, now=now) if self.labels else {}

    def tile(self) -> Tile:
        slow, failed = len(self._slow()), sum(self.failed.values())
        return Tile(
            title="Jobs",
            value=_at_most(len(self.open)),
            note=f"open, {slow} of them slow; {failed} failed in {FAILED_DAYS} days",
            url="#jobs",
            state="act" if slow else "look" if failed else "ok",
        )

    def kinds(self) -> list[Kind]:
        states = [(job.label, job.status) for job in self.open]
        return [
            Kind(
                name=JOBS[label],
                waiting=_at_most(states.count((label, "pending"))),
                running=_at_most(states.count((label, "running"))),
                failed=_at_most(self.failed[label]) if label in self.failed else "0",
                url=list_of(label),
            )
            for label in self.labels
        ]

    def slow(self) -> list[SlowJob]:
        return [
            SlowJob(
                name=JOBS[job.label],
                status=job.status,
                since=timesince(job.created_at, self.now),
                url=page_of(job.label, job.pk),
            )
            for job in self._slow()[:_SLOWEST]
        ]

    def _slow(self) -> list[OpenJob]:
        waiting = (job for job in self.open if self.now - job.created_at > SLOW)
        return sorted(waiting, key=lambda job: job.created_at)


def _at_most(count: int) -> str:
    return f"{number(count)}{'+' if count >= MOST_COUNTED else ''}"
