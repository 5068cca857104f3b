"""The limit: a bare WSGI function that answers every case by the product's SQL, and no more."""

import os
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import sha256
from typing import Any

import orjson
import psycopg
from psycopg.types.string import TextLoader

from benchmarks.case import Db, Statement
from benchmarks.cases import CASES

# As users.selectors.user_of_token asks; the answer is used as it is.
PERSON = Statement("""
    SELECT session.auth_hash, person.password, person.is_superuser, person.username,
        person.is_staff, person.is_active, person.id, person.email
    FROM users_session session JOIN users_user person ON person.id = session.user_id
    WHERE session.session_key = $1 AND session.expire_date > now() AND person.is_active
""")
SESSION_KEY_LENGTH = 40
STATUS = {
    200: "200 OK",
    201: "201 Created",
    204: "204 No Content",
    401: "401 Unauthorized",
}
HEADERS = [("Content-Type", "application/json")]


@cache
def cursor() -> Db:
    """The one cursor of this process, which has one thread for requests."""
    connection = psycopg.connect(
        os.environ["DATABASE_URL"],
        autocommit=True,
        prepare_threshold=0,
        options="-c TimeZone=UTC -c max_parallel_workers_per_gather=0 -c jit=off",
    )
    # What PostgreSQL puts together as JSON is passed on as it is.
    connection.adapters.register_loader("jsonb", TextLoader)
    return psycopg.RawCursor(connection)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    db = cursor()
    token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    PERSON.run(db, sha256(token.encode()).hexdigest()[:SESSION_KEY_LENGTH])
    person = db.fetchone()
    if person is None:
        start_response(STATUS[401], HEADERS)
        return [b"{}"]
    case = CASES[environ["HTTP_X_CASE"]]
    document = case.limit(db, person[6], environ)
    if document is None:
        start_response(STATUS[204], [])
        return []
    start_response(STATUS[case.statuses[0]], HEADERS)
    return [orjson.dumps(document, option=orjson.OPT_UTC_Z)]
