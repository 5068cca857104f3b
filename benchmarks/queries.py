"""Which statements the product and the limit run; a program of its own, for it needs Django.

    python -m benchmarks.queries detail list <sample.json

asks both in this process for the sample that benchmarks.data wrote, and writes for each case
how many statements the product runs (BEGIN and COMMIT count, for they are round trips too) and
which statements of the limit are none of the product's. There should be none of those: the limit
is what the same SQL costs without Django.
"""

import json
import math
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

import django

django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from psycopg import RawCursor  # noqa: E402

from benchmarks import limit_app  # noqa: E402
from benchmarks.case import Case, Request, Sample, Visitor, sample_of  # noqa: E402
from benchmarks.cases import CASES  # noqa: E402


def queries(case: Case, sample: Sample) -> dict[str, Any]:
    product = WSGIHandler()
    _ask(product, case, sample)  # the first request of a process also connects
    with CaptureQueriesContext(connection) as counted:
        _ask(product, case, sample)
        count = math.ceil(len(counted) / len(case.statuses))
    with _statements_of_product() as ours:
        _ask(product, case, sample)
    with _statements_of_limit() as theirs:
        _ask(limit_app.application, case, sample)
    known = {_key(statement) for statement in ours} | {"BEGIN", "COMMIT"}
    other = [" ".join(statement.split()) for statement in theirs if _key(statement) not in known]
    return {"count": count, "other_sql": other}


def _ask(application: Any, case: Case, sample: Sample) -> None:
    visitor, random = case.visitors(sample)[0], Random(0)
    for status in case.statuses:
        _exchange(application, case, case.request(sample, visitor, random), visitor, status)


def _exchange(
    application: Any, case: Case, request: Request, visitor: Visitor, status: int
) -> None:
    headers = {"authorization": f"Bearer {visitor.token}", "x-case": case.name}
    environ = (
        RequestFactory(SERVER_NAME="127.0.0.1")
        .generic(request.method, request.path, request.body, "application/json", headers=headers)
        .environ
    )
    environ["HTTP_HOST"] = "127.0.0.1"
    statuses: list[str] = []
    answer = application(environ, lambda answered, _: statuses.append(answered))
    body = b"".join(answer)
    if not statuses[0].startswith(str(status)):
        raise SystemExit(f"{case.name}: {statuses[0]} {body[:500]!r}")


@contextmanager
def _statements_of_product() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(execute: Any, statement: str, *rest: Any) -> Any:
        seen.append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(note):
        yield seen


@contextmanager
def _statements_of_limit() -> Iterator[list[str]]:
    seen: list[str] = []
    execute = RawCursor.execute

    def note(cursor: Any, statement: bytes, *rest: Any) -> Any:
        seen.append(statement.decode())
        return execute(cursor, statement, *rest)

    with patch.object(RawCursor, "execute", note):
        yield seen


def _key(statement: str) -> str:
    """The same for both ways to mark a parameter, to quote a name and to break lines, and without
    what a comment says.
    """
    marked = re.sub(r"%\(\w+\)s|%s|\$\d+", "?", statement).replace("%%", "%")
    marked = re.sub(r"--.*", "", marked)
    return re.sub(r'[\s"]+', "", marked)


if __name__ == "__main__":
    given = sample_of(json.load(sys.stdin))
    json.dump({name: queries(CASES[name], given) for name in sys.argv[1:]}, sys.stdout)
