"""What Prometheus is told: of requests, tasks, what apps announce, and how the system stands."""

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import redis
import yaml
from django.contrib.postgres.functions import TransactionNow
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from prometheus_client import REGISTRY
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from redis.exceptions import ConnectionError as RedisConnectionError

from config import logs
from config.metrics import exporter, state, state_broker, state_database
from config.metrics import tasks as task_metrics
from config.metrics.notes import BEAT_KEY, SENT_AT
from config.operations import backups
from tests.factories.users import UserFactory
from tests.factories.wearables import SyncRunFactory
from users import tasks
from users.models import JobStatus, OutboxMessage
from users.services import jobs, outbox
from users.signals import stream_ended, stream_opened
from wearables.models import ProviderState

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "config" / "deploy"
RUNBOOKS = ROOT / "docs" / "runbooks.md"
NAME = re.compile(r"\bnumeneon_\w+")
LOGIN = "/_allauth/app/v1/auth/login"


def told(metric: str, /, **labels: str) -> float:
    return REGISTRY.get_sample_value(metric, labels) or 0.0


class Counted:
    """How much a metric has grown since."""

    def __init__(self, metric: str, /, **labels: str) -> None:
        self.metric, self.labels = metric, {key: str(value) for key, value in labels.items()}
        self.before = told(self.metric, **self.labels)

    def __call__(self) -> float:
        return told(self.metric, **self.labels) - self.before


def stands() -> dict[tuple[str, ...], float]:
    """The present state, by name and the values of labels."""
    return {(name, *labels.values()): float(value) for name, labels, value in state.samples()}


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    state.forget()


@pytest.mark.django_db
class TestRequests:
    def test_statements_are_counted_by_the_route_that_ran_them(self, api):
        labels = {"kind": "request", "name": "api/v1/users/me/"}
        count = Counted("numeneon_queries_total", **labels)
        seconds = Counted("numeneon_query_seconds_total", **labels)

        with CaptureQueriesContext(connection) as ran:
            api.get("/api/v1/users/me/")

        assert count() == len(ran) > 0
        assert seconds() > 0

    def test_the_bytes_of_an_answer_are_counted(self, api):
        size = Counted("numeneon_response_bytes_total", route="api/v1/users/me/")

        response = api.get("/api/v1/users/me/")

        assert size() == len(response.content)

    def test_the_request_that_asks_is_under_way_and_then_no_more(self, client):
        text = client.get("/metrics").content.decode()

        assert "numeneon_requests_in_flight 1.0" in text
        assert told("numeneon_requests_in_flight") == 0

    def test_webhooks_are_counted_by_makers_that_we_know(self, client):
        count = Counted("numeneon_webhooks_total", provider="unknown", status=404)

        client.post("/webhooks/made-up/", {}, content_type="application/json")

        assert count() == 1

    def test_log_ins_are_counted_by_what_came_of_them(self, client):
        UserFactory(username="zoe", password="a-long-enough-secret")
        refused = Counted("numeneon_logins_total", outcome="refused")
        let_in = Counted("numeneon_logins_total", outcome="let_in")

        for password in ("wrong", "a-long-enough-secret"):
            body = {"username": "zoe", "password": password}
            client.post(LOGIN, body, content_type="application/json")

        assert (refused(), let_in()) == (1, 1)


@pytest.mark.django_db
class TestTasks:
    def test_a_task_is_counted_with_its_time_and_statements(self):
        task = "users.tasks.sweep_outbox"
        started = Counted("numeneon_tasks_started_total", task=task)
        ended = Counted("numeneon_tasks_total", task=task, outcome="succeeded")
        timed = Counted("numeneon_task_seconds_count", task=task)
        queries = Counted("numeneon_queries_total", kind="task", name=task)

        with CaptureQueriesContext(connection) as ran:
            tasks.sweep_outbox.apply()

        assert (started(), ended(), timed()) == (1, 1, 1)
        assert queries() == len(ran) > 0
        assert told("numeneon_tasks_running") == 0

    def test_a_task_that_raises_has_failed(self, monkeypatch):
        monkeypatch.setattr(outbox, "claim_due", lambda **_: 1 / 0)
        failed = Counted("numeneon_tasks_total", task="users.tasks.sweep_outbox", outcome="failed")

        tasks.sweep_outbox.apply()

        assert failed() == 1

    def test_a_message_tells_its_worker_when_and_for_which_request_it_was_sent(self, monkeypatch):
        task, headers, seen = "users.tasks.sweep_outbox", {}, []
        waited = Counted("numeneon_task_wait_seconds_sum", task=task)
        monkeypatch.setattr(outbox, "claim_due", lambda **_: seen.append(logs.request_id.get()))
        with logs.named("request-7"):
            task_metrics._send(headers=headers)
        headers[SENT_AT] -= 30

        tasks.sweep_outbox.apply(headers=headers)

        assert seen == ["request-7"]
        assert waited() == pytest.approx(30, abs=5)


@pytest.mark.django_db
class TestAnnounced:
    @pytest.mark.parametrize(
        ("attempts", "handler", "outcome"),
        [
            (0, lambda: None, "delivered"),
            (0, lambda: 1 / 0, "failed"),
            (11, lambda: 1 / 0, "given_up"),
        ],
        ids=["delivered", "failed", "given-up"],
    )
    def test_tries_of_promises_are_counted_by_kind(self, monkeypatch, attempts, handler, outcome):
        monkeypatch.setitem(outbox._handlers, "note", handler)
        message = outbox.promise(kind="note")
        OutboxMessage.objects.update(attempts=attempts)
        count = Counted("numeneon_outbox_total", kind="note", outcome=outcome)

        try:
            outbox.deliver(message_id=message.pk)
        except ZeroDivisionError:
            assert outcome != "delivered"

        assert count() == 1

    @pytest.mark.parametrize(
        ("raised", "outcome"),
        [(None, "ran"), (jobs.JobCancelled, "cancelled"), (ValueError, "failed")],
    )
    def test_tries_of_jobs_are_counted_by_kind(self, monkeypatch, raised, outcome):
        def runner(job_id):
            if raised:
                raise raised

        label = "wearables.SyncRun"
        monkeypatch.setitem(jobs._runners, label, runner)
        run = SyncRunFactory(status=JobStatus.PENDING)
        count = Counted("numeneon_jobs_total", kind=label, outcome=outcome)

        try:
            jobs.run(label=label, job_id=run.pk)
        except ValueError:
            assert outcome == "failed"

        assert count() == 1

    def test_jobs_that_are_given_up_are_counted(self, monkeypatch):
        monkeypatch.setitem(jobs._runners, "wearables.SyncRun", lambda job_id: None)
        run = SyncRunFactory(status=JobStatus.PENDING, attempts=jobs.MAX_ATTEMPTS)
        count = Counted("numeneon_jobs_total", kind="wearables.SyncRun", outcome="given_up")

        jobs.sweep(now=run.updated_at + dt.timedelta(minutes=1))

        assert count() == 1

    def test_streams_are_told_while_they_are_open(self):
        count = Counted("numeneon_streams_open")

        for _ in range(2):
            stream_opened.send(sender=None)
        stream_ended.send(sender=None)
        still_open = count()
        stream_ended.send(sender=None)

        assert (still_open, count()) == (1, 0)

    def test_a_run_of_a_connection_is_counted_with_what_it_brought_when_it_ends(self):
        run = SyncRunFactory(status=JobStatus.RUNNING, attempts=1)
        waited = {"provider": "oura", "kind": "manual", "outcome": "waiting"}
        waits = Counted("numeneon_syncs_total", **waited, error="rate_limited")
        ended = Counted(
            "numeneon_syncs_total", provider="oura", kind="manual", outcome="done", error=""
        )
        rows = Counted("numeneon_sync_rows_total", provider="oura", what="new")

        jobs.keep(run, status="waiting", error_code="rate_limited", new=3)
        type(run).objects.update(status=JobStatus.RUNNING)
        jobs.end(run, JobStatus.DONE, error_code="", new=5, changed=1, deleted=0)

        assert (waits(), ended(), rows()) == (1, 1, 5)


@pytest.mark.django_db
class TestState:
    def test_promises_that_wait_are_told_with_the_age_of_the_oldest(self):
        for age_s, failed_at in ((90, None), (30, None), (500, TransactionNow())):
            message = OutboxMessage.objects.create(kind="note", payload={})
            made = TransactionNow() - dt.timedelta(seconds=age_s)
            OutboxMessage.objects.filter(pk=message.pk).update(
                created_at=made, failed_at=failed_at
            )

        found = stands()

        assert found["numeneon_outbox_waiting",] == 2
        assert found["numeneon_outbox_oldest_seconds",] == 90
        assert found["numeneon_outbox_given_up",] == 1

    def test_jobs_are_told_by_kind_and_status_and_what_is_not_due_has_not_waited(self):
        run = SyncRunFactory(status=JobStatus.PENDING)
        type(run).objects.update(updated_at=TransactionNow() - dt.timedelta(seconds=40))
        SyncRunFactory(status="waiting", due_at=TransactionNow() + dt.timedelta(hours=1))

        found = stands()

        of = "wearables.SyncRun"
        assert found["numeneon_jobs", of, "pending"] == 1
        assert found["numeneon_jobs_oldest_seconds", of, "pending"] == 40
        assert found["numeneon_jobs", of, "waiting"] == 1
        assert found["numeneon_jobs_oldest_seconds", of, "waiting"] == 0
        assert found["numeneon_jobs", "workouts.WorkoutImport", "pending"] == 0

    def test_a_maker_that_is_left_alone_is_told_with_the_reason(self):
        ProviderState.objects.create(
            slug="oura",
            failures=7,
            pause_reason="unavailable",
            paused_until=TransactionNow() + dt.timedelta(minutes=4),
        )

        found = stands()

        assert found["numeneon_provider_failures", "oura"] == 7
        assert found["numeneon_provider_paused", "oura", "unavailable"] == 1
        assert found["numeneon_provider_paused", "oura", "rate_limited"] == 0
        assert found["numeneon_provider_disabled", "oura"] == 0

    def test_the_broker_tells_how_many_wait_and_since_when(self, settings):
        prefix = f"metrics-{os.getpid()}:"
        options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "global_keyprefix": prefix}
        settings.CELERY_BROKER_TRANSPORT_OPTIONS = options
        broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
        for age_s in (60, 20):
            message = {"headers": {SENT_AT: time.time() - age_s}}
            broker.lpush(f"{prefix}celery", json.dumps(message))

        found = {(name, *labels.values()): value for name, labels, value in state_broker.samples()}
        broker.delete(f"{prefix}celery")

        assert found["numeneon_queue_length", "celery"] == 2
        assert found["numeneon_queue_oldest_seconds", "celery"] == pytest.approx(60, abs=5)
        assert found["numeneon_queue_taken",] == 0

    def test_the_schedule_leaves_a_sign_of_life(self):
        cache.delete(BEAT_KEY)
        before = stands()

        task_metrics._note_time()

        assert ("numeneon_beat_last_seconds",) not in before
        assert stands()["numeneon_beat_last_seconds",] == cache.get(BEAT_KEY)

    def test_the_last_backup_is_told_with_its_time(self, settings, tmp_path):
        settings.BACKUP_DIR = tmp_path
        at = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
        before = stands()

        backups.note(backups.Backup(tmp_path, at, at, bytes=1, rows=1, files=0, verified_at=at))
        found = stands()

        assert ("numeneon_backup_last_seconds",) not in before
        assert found["numeneon_backup_last_seconds",] == at.timestamp()
        assert found["numeneon_backup_verified_seconds",] == at.timestamp()

    def test_it_costs_ten_statements_and_nothing_for_who_asks_again_at_once(
        self, client, django_assert_num_queries
    ):
        with django_assert_num_queries(11):  # among them a savepoint and the time limit
            first = client.get("/metrics")
        with django_assert_num_queries(0):
            again = client.get("/metrics")

        assert b"numeneon_database_size_bytes" in first.content
        assert b"numeneon_database_size_bytes" in again.content

    def test_servers_that_are_away_are_told_of_and_everything_else_as_well(
        self, client, monkeypatch
    ):
        def away(error):
            def raise_it():
                raise error

            return raise_it

        monkeypatch.setattr(state_database, "samples", away(OperationalError()))
        monkeypatch.setattr(state_broker, "samples", away(RedisConnectionError()))

        response = client.get("/metrics")

        assert response.status_code == 200
        assert b"numeneon_database_up 0.0" in response.content
        assert b"numeneon_redis_up 0.0" in response.content
        assert b"numeneon_disk_free_bytes" in response.content


class TestProcesses:
    @pytest.fixture
    def shared(self, settings, tmp_path) -> Path:
        settings.PROMETHEUS_MULTIPROC_DIR = str(tmp_path)
        return tmp_path

    def write(self, file: Path, name: str) -> None:
        values = MmapedDict(str(file))
        values.write_value(mmap_key(name, name, [], [], "Help."), 3.0, 0.0)
        values.close()

    def test_what_a_dead_process_had_under_way_is_forgotten_and_what_it_counted_is_not(
        self, shared
    ):
        dead = 2**22 + 1  # above every process
        for pid in (os.getpid(), dead):
            self.write(shared / f"gauge_livesum_{pid}.db", "numeneon_tasks_running")
            self.write(shared / f"counter_{pid}.db", "numeneon_made_up_total")

        text = exporter.page.of_processes().decode()

        assert "numeneon_tasks_running 3.0" in text
        assert "numeneon_made_up_total 6.0" in text

    def test_a_worker_answers_the_bearer_of_the_token_alone(self, settings, shared):
        settings.METRICS_TOKEN = "let-me-in"
        self.write(shared / f"counter_{os.getpid()}.db", "numeneon_made_up_total")
        server = exporter.serve(port=0, host="127.0.0.1")
        url = f"http://127.0.0.1:{server.server_port}/metrics"
        asked = urllib.request.Request(url, headers={"Authorization": "Bearer let-me-in"})

        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url)
        refused.value.close()
        with urllib.request.urlopen(asked) as answer:  # noqa: S310 - our own
            text = answer.read()
        server.shutdown()
        server.server_close()

        assert refused.value.code == 404
        assert b"numeneon_made_up_total 3.0" in text


# --- What reads them -----------------------------------------------------------------------------


def rules() -> list[dict]:
    document = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())
    return [rule for group in document["groups"] for rule in group["rules"]]


def known() -> set[str]:
    """All names that a query may ask for."""
    ours = (family for family in REGISTRY.collect() if family.name.startswith("numeneon_"))
    names = set(state.HELP)
    for family in ours:
        suffixes = {"counter": ["_total"], "gauge": [""]}.get(
            family.type, ["_bucket", "_count", "_sum"]
        )
        names |= {f"{family.name}{suffix}" for suffix in suffixes}
    return names


@pytest.mark.parametrize(
    "path",
    [
        "config/deploy/grafana/numeneon.json",
        "config/deploy/prometheus/alerts.yml",
        "docs/operations.md",
        "docs/runbooks.md",
    ],
)
def test_every_metric_that_is_named_exists(path):
    named = set(NAME.findall((ROOT / path).read_text()))

    assert named
    assert named <= known()


def test_every_metric_is_in_the_operations_page():
    page = (ROOT / "docs" / "operations.md").read_text()

    named = set(NAME.findall(page))
    plain = {re.sub(r"_(bucket|count|sum)$", "", name) for name in known()}
    assert plain - {re.sub(r"_(bucket|count|sum)$", "", name) for name in named} == set()


def test_every_alert_has_a_runbook_and_every_link_to_one_leads_there():
    headings = re.findall(r"^## (.+)$", RUNBOOKS.read_text(), re.MULTILINE)

    for rule in rules():
        assert rule["alert"] in headings
        link = f"docs/runbooks.md#{rule['alert'].lower()}"
        assert rule["annotations"]["runbook"] == link


def test_the_panels_of_the_dashboard_are_apart_and_each_asks_for_something():
    panels = json.loads((DEPLOY / "grafana" / "numeneon.json").read_text())["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]

    assert len({panel["id"] for panel in panels}) == len(set(places)) == len(panels)
    for panel in panels:
        assert panel["type"] == "row" or all(target["expr"] for target in panel["targets"])


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
def test_the_rules_alert_when_they_should_and_only_then():
    tested = subprocess.run(
        ["promtool", "test", "rules", "alerts_test.yml"],
        check=False,
        cwd=DEPLOY / "prometheus",
        capture_output=True,
        text=True,
    )

    assert tested.returncode == 0, tested.stdout + tested.stderr
