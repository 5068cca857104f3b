"""The live stream over HTTP: a server in a process of its own, a Redis that may die."""

import contextlib
import http.client
import time
from collections.abc import Iterator

import pytest
import redis

from tests.config.streams import PATH, Listening, Redis, serving
from tests.config.test_stack import free_port
from tests.conftest import client_of
from tests.users.everything import with_token
from users.models import LiveEvent, Session, SyncClock, User, UserProfile
from users.services import accounts, live

PREFIX = "live-server"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", name="redis_server")
def fixture_redis_server() -> Iterator[Redis]:
    server = Redis(free_port())
    yield server
    server.kill()


@pytest.fixture(scope="module", name="port")
def fixture_port(django_db_setup, django_db_blocker, redis_server: Redis) -> Iterator[int]:
    """A server that looks into the database only when it is nudged."""
    port = free_port()
    with serving(redis_server, port=port, prefix=PREFIX):
        yield port


@pytest.fixture(autouse=True)
def _on_our_redis(settings, monkeypatch, redis_server: Redis):
    settings.CACHE_URL = redis_server.url
    monkeypatch.setitem(settings.CACHES["default"], "KEY_PREFIX", PREFIX)
    monkeypatch.setattr(live, "_publisher", live._Publisher())
    monkeypatch.setattr(live, "PAUSE_S", 0)


@pytest.fixture
def token(ana: User) -> str:
    return with_token(client_of(ana))


@pytest.fixture
def opened(port: int, token: str):
    """Opens streams of ana's, and closes them."""
    with contextlib.ExitStack() as stack:

        def open_one(**changes) -> Listening:
            one = Listening(port, **{"token": token, **changes})
            stack.callback(one.close)
            return one

        yield open_one


def tell(user: User, number: int) -> None:
    live.announce(user_ids=[user.pk], kind="message", data={"number": number})


def code_of(stream: Listening) -> tuple[int, str, str | None]:
    [error] = stream.json()["errors"]
    return stream.status, error["code"], error["attr"]


# --- What arrives --------------------------------------------------------------------------------


def test_what_happens_arrives_at_once_and_only_at_its_person(opened, ana: User, ben: User):
    stream = opened()
    greeting = stream.next()
    present = SyncClock.objects.get(user=ana).revision
    assert stream.last.startswith(f"{present}-")

    tell(ben, 0)
    tell(ana, 1)
    tell(ana, 2)

    assert stream.headers["Content-Type"] == "text/event-stream"
    assert [greeting, stream.next(), stream.next()] == [
        ("ready", {}),
        ("message", {"number": 1}),
        ("message", {"number": 2}),
    ]
    assert stream.last == f"{present + 2}-{int(LiveEvent.objects.last().created_at.timestamp())}"


@pytest.mark.parametrize("how", ["header", "query"])
def test_who_comes_back_gets_what_was_missed_and_nothing_twice(opened, ana: User, how: str):
    before = opened()
    assert before.next() == ("ready", {})
    tell(ana, 1)
    assert before.next() == ("message", {"number": 1})
    before.close()
    for number in range(2, 150):
        tell(ana, number)

    place = (
        {"last": before.last} if how == "header" else {"query": f"?last_event_id={before.last}"}
    )
    after = opened(**place)

    assert [after.next() for _ in range(148)] == [
        ("message", {"number": number}) for number in range(2, 150)
    ]
    tell(ana, 150)
    assert after.next() == ("message", {"number": 150})


def test_who_missed_nothing_is_told_so_by_a_fresh_id_alone(opened, ana: User):
    revision = SyncClock.objects.get(user=ana).revision
    an_hour_ago = int(time.time()) - 3600

    blocks = opened(last=f"{revision}-{an_hour_ago}").blocks()

    assert next(blocks) == {"retry": "2000"}
    [(name, value)] = next(blocks).items()
    assert (name, value.split("-")[0]) == ("id", str(revision))
    assert int(value.split("-")[1]) > an_hour_ago


@pytest.mark.parametrize(("days", "ahead"), [(8, 0), (0, 5)], ids=["too-old", "of-the-future"])
def test_an_id_from_which_nobody_can_go_on_starts_anew(opened, ana: User, days: int, ahead: int):
    tell(ana, 1)
    revision = SyncClock.objects.get(user=ana).revision

    stream = opened(last=f"{revision - 1 + 2 * ahead}-{int(time.time()) - days * 86_400}")

    assert stream.next() == ("reset", {})
    assert stream.last.startswith(f"{revision}-")
    tell(ana, 2)
    assert stream.next() == ("message", {"number": 2})


def test_a_quiet_stream_shows_that_it_lives(opened):
    blocks = opened().blocks()

    assert [next(blocks) for _ in range(2)][1]["event"] == "ready"
    assert next(blocks) == {"": ""}


# --- Topics --------------------------------------------------------------------------------------


def test_a_topic_begins_with_its_state_and_goes_on(opened, ana: User, ben: User):
    topic = f"profile:{ben.pk}"
    stream = opened(query=f"?topics={topic},profile:{str(ben.pk).upper()}")
    heard = [stream.next(), stream.next()]

    live.publish_topic(topic, {"name": "Benjamin"})
    live.publish_topic(topic, {"name": "Benjamin"})
    live.publish_topic(f"profile:{ana.pk}", {"name": "Not asked for"})
    tell(ana, 1)

    assert heard == [("ready", {}), ("topic", {"topic": topic, "data": {"name": "ben"}})]
    assert {repr(stream.next()) for _ in range(2)} == {
        repr(("topic", {"topic": topic, "data": {"name": "Benjamin"}})),
        repr(("message", {"number": 1})),
    }


def test_a_topic_that_is_closed_meanwhile_says_so_and_no_more(opened, ana: User, ben: User):
    topic = f"profile:{ben.pk}"
    stream = opened(query=f"?topics={topic}")
    assert [stream.next()[0] for _ in range(2)] == ["ready", "topic"]

    UserProfile.objects.filter(user=ben).update(visibility="private")

    assert stream.next() == ("topic", {"topic": topic, "data": None})
    live.publish_topic(topic, {"name": "Secret"})
    tell(ana, 1)
    assert stream.next() == ("message", {"number": 1})


def test_topics_that_are_not_there_or_not_for_one_are_refused_by_name(opened, ana, ben):
    UserProfile.objects.filter(user=ben).update(visibility="private")
    many = ",".join(f"profile:{n}" for n in range(11))

    refused = [
        code_of(opened(query=f"?topics={names}"))
        for names in (f"profile:{ben.pk}", "profile:x", f"gym:{ana.pk}", "x", many)
    ]

    assert refused == [(400, "not_found", "topics")] * 4 + [(400, "max_length", "topics")]


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "nmn_nobody"])
def test_without_a_log_in_there_is_no_stream(opened, token: str):
    stream = opened(token=token)

    code = "authentication_failed" if token else "not_authenticated"
    assert code_of(stream) == (401, code, None)
    assert stream.headers["WWW-Authenticate"] == "Bearer"


def test_an_id_that_is_none_is_refused_by_name(opened):
    for last in ("x", "5", "5-", "-5", "5-6-7", f"{2**63}-1", "5-1e3", "%D9%A5-%D9%A6"):
        stream = opened(query=f"?last_event_id={last}")

        assert code_of(stream) == (400, "invalid", "last_event_id")


@pytest.mark.parametrize("over", ["session", "account"])
def test_a_stream_ends_with_the_log_in_or_the_account(opened, ana: User, over: str):
    stream = opened()
    assert stream.next()[0] == "ready"

    if over == "session":
        Session.objects.filter(user=ana).delete()
    else:
        accounts.close_account(user=ana)

    assert [block for block in stream.blocks() if block != {"": ""}] == []


def test_a_sixth_stream_is_one_too_many_until_another_is_closed(opened):
    five = [opened() for _ in range(5)]
    assert [stream.next()[0] for stream in five] == ["ready"] * 5

    refused = opened()
    status, code, _ = code_of(refused)
    five[0].close()

    assert (status, code, refused.headers["Retry-After"]) == (429, "throttled", "40")
    deadline = time.monotonic() + 10
    while opened().status != http.client.OK:
        assert time.monotonic() < deadline


def test_the_live_server_answers_nothing_else(port: int, token: str):
    def asked(method: str, path: str) -> tuple[int, str]:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as one:
            one.request(method, path, headers={"X-Session-Token": token})
            answer = one.getresponse()
            return answer.status, answer.read().decode()

    assert [asked("GET", path)[0] for path in ("/healthz", "/readyz", "/metrics")] == [200] * 3
    for path in ("/", "/admin/", "/api/v1/users/", "/api/docs/", "/_allauth/app/v1/auth/session"):
        status, body = asked("GET", path)
        assert (status, "not_found" in body) == (404, True)
    assert asked("POST", PATH)[0] == 405
    assert "api/v1/stream/" in asked("GET", "/metrics")[1]


# --- When something dies -------------------------------------------------------------------------


def test_a_connection_to_redis_that_breaks_delays_events_and_loses_none(
    opened, ana: User, redis_server: Redis
):
    stream = opened()
    assert stream.next()[0] == "ready"

    with redis.Redis.from_url(redis_server.url) as client:
        client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        tell(ana, 1)

    # The server looks every ten minutes; so it heard, or looked when it heard again.
    assert stream.next() == ("message", {"number": 1})


def test_nothing_is_lost_or_repeated_when_redis_and_the_server_die(
    ana: User, token: str, redis_server: Redis
):
    port, patience = free_port(), {"look_s": 0.2}
    with serving(redis_server, port=port, prefix=PREFIX, **patience):
        first = Listening(port, token)
        heard = [first.next()]
        tell(ana, 1)
        heard.append(first.next())
        redis_server.kill()
        tell(ana, 2)  # nobody is nudged
        heard.append(first.next())
    tell(ana, 3)
    tell(ana, 4)
    first.close()

    redis_server.start()
    with serving(redis_server, port=port, prefix=PREFIX, **patience):
        second = Listening(port, token, last=first.last)
        heard += [second.next(), second.next()]
        tell(ana, 5)
        heard.append(second.next())
        second.close()

    numbers = [data.get("number") for _, data in heard]
    assert numbers == [None, 1, 2, 3, 4, 5]


def test_a_stream_ends_when_its_hour_is_over(ana: User, token: str, redis_server: Redis):
    with serving(redis_server, port=(port := free_port()), prefix=PREFIX, look_s=0.1, age_s=0.3):
        stream = Listening(port, token)
        blocks = list(stream.blocks())
        stream.close()

    assert [block.get("event") for block in blocks] == [None, "ready"]
