import datetime as dt
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wearables.providers import http
from wearables.providers.base import (
    AlreadyDone,
    Forbidden,
    NotThere,
    RateLimited,
    ReauthRequired,
    Refused,
    Retired,
    Unavailable,
    Unreadable,
)
from wearables.providers.http import ClientApi, Http, PersonApi, raise_for, wait_told_by

NOW = dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC)
SECRET = "hunter2"


# --- The policy --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Retry-After": "14"}, 14.0),
        ({"Retry-After": " 0.5 "}, 0.5),
        ({"Retry-After": "Tue, 10 Nov 2026 12:02:00 GMT"}, 120.0),
        ({"Retry-After": "Tue, 10 Nov 2026 12:02:00 -0000"}, 120.0),
        ({"Retry-After": "Tue, 10 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"X-RateLimit-Reset": "37"}, 37.0),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 90)}, 90.0),
        ({"Retry-After": "5", "X-RateLimit-Reset": "300"}, 5.0),
        ({"Retry-After": "", "X-RateLimit-Reset": "300"}, 300.0),
        ({"Retry-After": "-3"}, 0.0),
        ({"Retry-After": "999999"}, 86_400.0),
        ({"Retry-After": "inf"}, 86_400.0),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_the_wait_after_a_429_is_what_the_provider_tells(headers, wait_s):
    assert wait_told_by(headers, now=NOW) == wait_s


@given(told=st.text(max_size=40) | st.floats().map(str))
def test_no_provider_can_have_us_wait_for_ever(told):
    wait_s = wait_told_by({"Retry-After": told}, now=NOW)

    assert wait_s is None or 0 <= wait_s <= 86_400


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, Refused),
        (400, Refused),
        (401, ReauthRequired),
        (403, Forbidden),
        (404, NotThere),
        (408, Unavailable),
        (409, AlreadyDone),
        (410, Retired),
        (422, Refused),
        (429, RateLimited),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_each_outcome_has_one_meaning(status, error):
    with pytest.raises(error) as raised:
        raise_for(status, {"Retry-After": "14"}, now=NOW)

    assert type(raised.value) is error
    assert getattr(raised.value, "retry_after_s", 14.0) == 14.0


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_what_succeeds_raises_nothing(status):
    raise_for(status, {}, now=NOW)


# --- Tokens ------------------------------------------------------------------------------------


class Refusing:
    """Http that refuses the first calls with errors, and records the tokens that came."""

    urls = {"api": "https://provider.test"}

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.tokens = list(errors), []

    def url(self, base: str, path: str) -> str:
        return f"{self.urls[base]}{path}"

    def checked(self, method: str, url: str, *, headers: Any, **options: Any) -> bytes:
        self.tokens.append(headers["Authorization"])
        if self.errors:
            raise self.errors.pop(0)
        return b'{"ok": true}'


def _api(refusing: Any) -> PersonApi:
    return PersonApi(
        refusing, token=lambda fresh: "new" if fresh else "old", timezone=ZoneInfo("UTC")
    )


def test_a_refused_token_is_replaced_once():
    refusing = Refusing(ReauthRequired())

    answer = _api(refusing).get("/data")

    assert answer == {"ok": True}
    assert refusing.tokens == ["Bearer old", "Bearer new"]


def test_a_fresh_token_that_is_refused_means_connecting_again():
    refusing = Refusing(ReauthRequired(), ReauthRequired())

    with pytest.raises(ReauthRequired):
        _api(refusing).get("/data")

    assert refusing.tokens == ["Bearer old", "Bearer new"]


@pytest.mark.parametrize("error", [Unavailable(), RateLimited(), Forbidden(), NotThere()])
def test_no_other_outcome_spends_a_token(error):
    refusing = Refusing(error)

    with pytest.raises(type(error)):
        _api(refusing).post("/data", {"a": 1})

    assert refusing.tokens == ["Bearer old"]


# --- Over a real connection --------------------------------------------------------------------


class _Provider(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        status, headers, body = {
            "/long": (200, {}, b"1" * 200_000),
            "/moved": (302, {"Location": "/elsewhere"}, b""),
            "/prose": (200, {}, b"<html>sorry</html>"),
            "/empty": (204, {}, b""),
            "/busy": (429, {"Retry-After": "14"}, f"{SECRET} is wrong".encode()),
        }.get(self.path.partition("?")[0], (200, {}, b'{"ok": true}'))
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def address(asked) -> Iterator[str]:
    handler = type("Provider", (_Provider,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def provider(address) -> Iterator[PersonApi]:
    calls = Http({"api": address}, timeout_s=5, now=lambda: NOW)
    yield PersonApi(calls, token=lambda fresh: SECRET, timezone=ZoneInfo("UTC"))
    calls._session.close()


def test_an_endless_answer_is_given_up(provider, monkeypatch):
    monkeypatch.setattr(http, "MAX_ANSWER_BYTES", 100_000)

    with pytest.raises(Unreadable):
        provider.get("/long")


def test_a_redirect_is_not_followed(provider, asked):
    with pytest.raises(Refused):
        provider.get("/moved")

    assert asked == ["/moved"]


def test_an_answer_that_is_no_json_is_unreadable(provider):
    with pytest.raises(Unreadable):
        provider.get("/prose")


def test_an_empty_answer_is_none(provider):
    assert provider.get("/empty") is None


def test_errors_hold_nothing_of_the_answer_or_the_address(provider):
    with pytest.raises(RateLimited) as raised:
        provider.get("/busy", {"access_token": SECRET})

    told = "".join(traceback.format_exception(raised.value))
    assert SECRET not in told
    assert "127.0.0.1" not in told


def test_a_provider_that_is_down_is_unavailable_and_its_address_untold():
    calls = Http({"api": "http://127.0.0.1:1"}, timeout_s=5)
    provider = PersonApi(calls, token=lambda fresh: SECRET, timezone=ZoneInfo("UTC"))

    with pytest.raises(Unavailable) as raised:
        provider.get(f"/?access_token={SECRET}")

    told = "".join(traceback.format_exception(raised.value))
    assert SECRET not in told
    assert "127.0.0.1" not in told
    calls._session.close()


def test_a_bare_token_is_an_answer_to_our_own_calls(address):
    calls = Http({"api": address}, timeout_s=5)
    api = ClientApi(calls, client_id="client", client_secret="secret", extras={})

    answer = api.request("GET", "/prose")

    assert answer == "<html>sorry</html>"
    calls._session.close()
