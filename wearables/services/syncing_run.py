"""Reads a connection: page by page, each stored before the next is asked for.

A run keeps in its row what is left of it. Whoever goes on after a lost worker reads its last part
once more, which changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Func, JSONField, Value
from django.utils import timezone

from users.models import JobStatus
from users.services import jobs
from wearables.models import DeviceStatus, SyncKind, SyncRun, WearableDevice
from wearables.providers.base import (
    AlreadyDone,
    DataType,
    Notice,
    NotThere,
    Page,
    Provider,
    ProviderError,
    RateLimited,
    Unavailable,
    Window,
)
from wearables.readings import Counts
from wearables.services import ingest, outcomes, payloads, provider_health
from wearables.services.apis import api_of, mode_of, provider_of
from wearables.services.outcomes import Outcome
from wearables.services.reauth import mark_reauth
from wearables.services.syncing import HISTORY, WAITING, WEEKLY, today_of
from wearables.services.tokens import NotConnected, Tokens

LABEL: Final = "wearables.SyncRun"
FORBIDDEN: Final = "forbidden"
# Of a history that is not read but requested.
_REQUEST_DAYS: Final = 30
_WEEK: Final = timedelta(days=7)
_MOST_REJECTED: Final = 20
# What a webhook told of and is gone by now, or was done before.
_NOTHING_THERE: Final = frozenset({NotThere.code, AlreadyDone.code})
_ERRORS: Final = {
    "reauth_required": "Connect this device again.",
    "not_connected": "The device is not connected any more.",
    "unavailable": "The provider does not answer.",
    "rate_limited": "The provider wants to be asked less often.",
    "retired": "The provider has given up this service.",
    "provider_disabled": "The provider is not read at the moment.",
}


class Disabled(ProviderError):
    """Nobody asks this provider until an operator has looked at it."""

    code = "provider_disabled"


@dataclass(frozen=True)
class Step:
    """Days of a data type; both are empty for what a webhook tells of."""

    data_type: str
    window: Window | None = None


@jobs.runs(LABEL)
def run_sync(run_id: UUID) -> None:
    run = SyncRun.objects.select_related("device").filter(pk=run_id).first()
    if run is None:
        raise jobs.JobCancelled
    _Reading(run).go()


class _Reading:
    """One attempt at a run."""

    def __init__(self, run: SyncRun) -> None:
        self.run, self.device = run, run.device
        self.tokens = Tokens(run.device_id)
        self.counts = Counts(new=run.new, changed=run.changed, deleted=run.deleted)
        self.counts.rejected = list(run.scope.get("rejected", ()))
        self.probing = self.heard = False

    def go(self) -> None:
        try:
            maker = self._maker()
        except ProviderError as error:
            self._end(JobStatus.FAILED, error.code)
            return
        leave = provider_health.leave_to_ask(maker.slug, now=timezone.now())
        if leave.again_at is not None:
            self._wait("unavailable", leave.again_at)
            return
        if not leave.granted:
            self._end(JobStatus.FAILED, Disabled.code)
            return
        self.probing = leave.probing
        self.api = api_of(self.device, token=self.tokens)
        self._begin(maker)
        self._work(maker)

    def _maker(self) -> Provider:
        maker = provider_of(self.device.provider)
        is_read = self.device.status == DeviceStatus.ACTIVE and self.device.is_active
        if maker is None or not is_read:
            raise NotConnected
        return maker

    def _begin(self, maker: Provider) -> None:
        """Say what there is to do, unless an attempt before this one has."""
        scope = self.run.scope
        if "notice" not in scope and "left" not in scope:
            scope["left"] = _plan(maker, self.run, now=timezone.now())
        self._keep(started_at=self.run.started_at or timezone.now(), due_at=None)

    def _work(self, maker: Provider) -> None:
        code = ""
        while (step := _next(maker, self.run)) is not None:
            try:
                self._take(maker, step)
            except ProviderError as error:
                outcome = outcomes.outcome_of(error, self.run.kind)
                if self._waits(maker, error, outcome):
                    return
                if outcome.then in {"give_up", "reconnect", "disable"}:
                    self._stop(maker, error, outcome)
                    return
                code = self._pass_over(maker, step, error, outcome) or code
            else:
                self._done(step)
                self._heard(maker)
        self._finish(code)

    def _heard(self, maker: Provider) -> None:
        """The provider answers, whatever it says."""
        if not self.heard:
            provider_health.succeeded(maker.slug)
        self.heard = True

    # --- One step ----------------------------------------------------------------------------

    def _take(self, maker: Provider, step: Step) -> None:
        if step.data_type == HISTORY and step.window is not None:
            maker.request_history(self.api, step.window)
            return
        known = {known.name for known in maker.data_types}
        for page in self._pages(maker, step):
            # Whoever was taken as lost stores nothing any more.
            jobs.keep(self.run)
            if page.payload is not None and step.data_type in known:
                context = {"timezone": self.api.timezone.key}
                payloads.keep(
                    device=self.device,
                    data_type=step.data_type,
                    payload=page.payload,
                    context=context,
                )
            self.counts += ingest.store(device=self.device, readings=page.readings)
            self._keep()

    def _pages(self, maker: Provider, step: Step) -> Iterator[Page]:
        if step.window is None:
            return maker.fetch_notice(self.api, _notice_of(self.run))
        mode = mode_of(self.device)
        return maker.fetch(self.api, step.data_type, step.window, mode=mode)

    def _done(self, step: Step) -> None:
        """Keep how far it came. What comes on is patient again."""
        scope = self.run.scope
        scope.pop("tries", None)
        _shorten(self.run, step)
        if step.window is not None and self.run.kind == SyncKind.BACKFILL:
            self._tell_history()
        elif step.window is not None and self.run.since is None:
            self._write(cursors=_merged("cursors", {step.data_type: f"{step.window.last}"}))
            if self.device.unavailable.get(step.data_type) == FORBIDDEN:
                self._set_unavailable(step.data_type, "")
        self._keep()

    def _tell_history(self) -> None:
        run, left = self.run, self.run.scope.get("left", {})
        assert run.since is not None
        assert run.until is not None
        lasts = [date.fromisoformat(last) for _, last in left.values()]
        newest = max(lasts, default=run.since - timedelta(days=1))
        run.days_done = (run.until - newest).days
        read_from = newest + timedelta(days=1)
        known = self.device.backfilled_from
        if read_from <= run.until and (known is None or read_from < known):
            self._write(backfilled_from=read_from)

    def _pass_over(
        self, maker: Provider, step: Step, error: ProviderError, outcome: Outcome
    ) -> str:
        """Go on without it; answers what to tell of that."""
        self._heard(maker)
        is_lost = outcome.then == "unavailable"
        if is_lost and step.data_type in {HISTORY, *(known.name for known in maker.data_types)}:
            self._set_unavailable(step.data_type, FORBIDDEN)
        _shorten(self.run, step, whole=outcome.then != "skip")
        self._keep()
        is_asked_for = step.window is None or (is_lost and step.data_type == HISTORY)
        return error.code if outcome.then == "leave" or is_asked_for else ""

    # --- The end of an attempt ---------------------------------------------------------------

    def _waits(self, maker: Provider, error: ProviderError, outcome: Outcome) -> bool:
        """Whether the run comes again later."""
        now = timezone.now()
        if isinstance(error, Unavailable):
            provider_health.failed(maker.slug, now=now, probing=self.probing)
        elif not isinstance(error, NotConnected):
            self._heard(maker)
        tries = self.run.scope.setdefault("tries", {})
        wait = outcomes.wait_before(error, outcome, tries=tries.get(error.code, 0))
        if wait is None:
            return False
        tries[error.code] = tries.get(error.code, 0) + 1
        if isinstance(error, RateLimited) and maker.shares_limits:
            provider_health.pause(maker.slug, until=now + wait, now=now)
        self._wait(error.code, now + wait)
        return True

    def _stop(self, maker: Provider, error: ProviderError, outcome: Outcome) -> None:
        if outcome.then == "reconnect":
            mark_reauth(device=self.device, error_code=error.code, seen=self.tokens.given)
        if outcome.then == "disable":
            provider_health.disable(maker.slug, now=timezone.now())
        self._end(JobStatus.FAILED, error.code)

    def _finish(self, code: str) -> None:
        is_done = not code or code in _NOTHING_THERE
        status = JobStatus.DONE if is_done else JobStatus.FAILED
        self._write(last_synced=timezone.now())
        self._end(status, code)

    def _wait(self, code: str, due_at: datetime) -> None:
        self._keep(status=WAITING, due_at=due_at, error_code=code)

    def _end(self, status: str, code: str = "") -> None:
        if "notice" in self.run.scope:
            # What it brought is worked through, and may be health values, or hold a token.
            self.run.scope["notice"] |= {"payload": None, "url": ""}
        self._keep(
            status=status,
            error_code=code,
            error=_ERRORS.get(code, "") if status == JobStatus.FAILED else "",
            finished_at=timezone.now(),
        )

    def _keep(self, **values: Any) -> None:
        """Raises JobCancelled."""
        run = self.run
        run.new, run.changed, run.deleted = (
            self.counts.new,
            self.counts.changed,
            self.counts.deleted,
        )
        if self.counts.rejected:
            run.scope["rejected"] = self.counts.rejected[:_MOST_REJECTED]
        for name in ("new", "changed", "deleted", "scope", "days_done"):
            values.setdefault(name, getattr(run, name))
        jobs.keep(run, **values)

    def _write(self, **values: Any) -> None:
        WearableDevice.objects.filter(pk=self.device.pk).write(**values)

    @transaction.atomic
    def _set_unavailable(self, data_type: str, reason: str) -> None:
        """Others may write other data types of it at the same moment."""
        rows = WearableDevice.objects.filter(pk=self.device.pk)
        stored = rows.select_for_update(no_key=True).get()
        unavailable = {k: v for k, v in stored.unavailable.items() if k != data_type}
        if reason:
            unavailable[data_type] = reason
        rows.write(unavailable=unavailable)
        self.device.unavailable = unavailable


# --- What there is to read ---------------------------------------------------------------------


def _plan(maker: Provider, run: SyncRun, *, now: datetime) -> dict[str, list[str]]:
    """Of each data type the days to read."""
    device = run.device
    today = today_of(device, now=now)
    is_weekly = run.kind != SyncKind.BACKFILL and _is_weekly(device, today)
    if is_weekly:
        WearableDevice.objects.filter(pk=device.pk).write(
            cursors=_merged("cursors", {WEEKLY: today.isoformat()})
        )
    only = run.scope.get("data_types")
    left = {}
    for known in maker.data_types:
        if only is not None and known.name not in only:
            continue
        if _is_left_out(device, known, is_weekly=is_weekly):
            continue
        first, last = _days(run, known, today, is_weekly=is_weekly)
        if first <= last:
            left[known.name] = [first.isoformat(), last.isoformat()]
    return left


def _is_weekly(device: WearableDevice, today: date) -> bool:
    last = device.cursors.get(WEEKLY)
    return last is None or today - date.fromisoformat(last) >= _WEEK


def _is_left_out(device: WearableDevice, known: DataType, *, is_weekly: bool) -> bool:
    """What was forbidden may be allowed by now: a lapsed membership, a mistake of theirs."""
    reason = device.unavailable.get(known.name)
    return reason is not None and not (is_weekly and reason == FORBIDDEN)


def _days(run: SyncRun, known: DataType, today: date, *, is_weekly: bool) -> tuple[date, date]:
    last = run.until or today
    if run.since is not None:
        return run.since, last
    again = settings.WEARABLE_REREAD_DAYS_WEEKLY if is_weekly else settings.WEARABLE_REREAD_DAYS
    cursor = run.device.cursors.get(known.name)
    read = min(date.fromisoformat(cursor), last) if cursor else last
    return read - timedelta(days=again), last


def _next(maker: Provider, run: SyncRun) -> Step | None:
    """The next to read: of history the newest days of all, else the oldest of each in turn."""
    if "notice" in run.scope:
        return None if run.scope.get("is_read") else Step(run.scope["notice"]["data_type"])
    left = run.scope["left"]
    if not left:
        return None
    if HISTORY in left:
        return _step(run, HISTORY, _REQUEST_DAYS)
    names = [known for known in maker.data_types if known.name in left]
    if not names:
        # Data types that are no more, as after an update.
        return None
    if run.kind != SyncKind.BACKFILL:
        return _step(run, names[0].name, names[0].chunk_days)
    newest = max(names, key=lambda known: left[known.name][1])
    step = _step(run, newest.name, newest.chunk_days)
    assert step.window is not None
    # What goes before it has to be there for these days: values of a night want their sleep.
    first = step.window.first.isoformat()
    before = next(known for known in names if left[known.name][1] >= first)
    return _step(run, before.name, before.chunk_days)


def _step(run: SyncRun, name: str, chunk_days: int) -> Step:
    first, last = (date.fromisoformat(day) for day in run.scope["left"][name])
    chunk = timedelta(days=chunk_days - 1)
    if run.kind == SyncKind.BACKFILL:
        return Step(name, Window(max(first, last - chunk), last))
    return Step(name, Window(first, min(last, first + chunk)))


def _shorten(run: SyncRun, step: Step, *, whole: bool = False) -> None:
    """Take these days off what is left, or all days of their data type."""
    if step.window is None:
        run.scope["is_read"] = True
        return
    left = run.scope["left"]
    first, last = (date.fromisoformat(day) for day in left.pop(step.data_type))
    if run.kind == SyncKind.BACKFILL:
        last = step.window.first - timedelta(days=1)
    else:
        first = step.window.last + timedelta(days=1)
    if first <= last and not whole:
        left[step.data_type] = [first.isoformat(), last.isoformat()]


def _notice_of(run: SyncRun) -> Notice:
    return Notice(**run.scope["notice"])


def _merged(column: str, values: dict[str, str]) -> Func:
    """A JSON column with these values in it, whatever else is written into it meanwhile."""
    return Func(
        F(column),
        Value(values, output_field=JSONField()),
        function="jsonb_concat",
        output_field=JSONField(),
    )
