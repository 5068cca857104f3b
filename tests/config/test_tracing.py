"""Traces: from a request to its statements and tasks, without what is a person's; or none."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.observability import tracing

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("opentelemetry.instrumentation", "opentelemetry.exporter", "opentelemetry.sdk.trace")
LIST_THEM = f"""
import sys, django
django.setup()
print([name for name in sys.modules if name.startswith({PACKAGES!r})])
"""


def run(*arguments: str, **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        check=False,
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module", name="sent")
def fixture_sent() -> dict[str, Any]:
    """What a traced process sends."""
    return json.loads(run("-m", "tests.config.traced"))


def named(sent: dict[str, Any], name: str) -> dict[str, Any]:
    [span] = [span for span in sent["spans"] if span["name"] == name]
    return span


def test_without_an_address_for_them_nothing_that_traces_is_loaded():
    assert run("-c", LIST_THEM, OTEL_EXPORTER_OTLP_ENDPOINT="") == "[]\n"


def test_a_request_leads_to_its_statements_and_through_the_broker_to_its_tasks(sent):
    request = named(sent, "GET look/<str:username>/")
    sending = named(sent, "apply_async/tests.fail")
    task = named(sent, "run/tests.fail")
    statements = [span for span in sent["spans"] if span["name"] == "SELECT"]

    assert request["parent"] == ""
    assert sending["parent"] == request["span"]
    assert {span["parent"] for span in statements} == {request["span"]}
    assert task["parent"] == sending["span"]
    assert len({span["trace"] for span in sent["spans"]}) == 1


def test_a_statement_is_shown_with_places_and_no_values(sent):
    shown = [span["attributes"].get("db.statement", "") for span in sent["spans"]]

    assert "SELECT %s AS name LIMIT ?" in shown


def test_nothing_of_a_person_is_sent(sent):
    attributes = {name for span in sent["spans"] for name in span["attributes"]}

    assert attributes <= tracing.SHOWN | tracing.STATEMENTS
    assert not any("secret" in span["text"] for span in sent["spans"])
    assert "ValueError" in named(sent, "run/tests.fail")["text"]


def test_lines_of_the_log_name_the_trace(sent):
    assert sent["logged"] == [named(sent, "GET look/<str:username>/")["trace"]]


def test_probes_are_not_traced_and_may_come_by_any_address(sent):
    assert not any("healthz" in span["name"] for span in sent["spans"])
