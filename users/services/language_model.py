"""A language model behind the chat completions protocol: it writes plans, and looks at photos.

Off until AI_BASE_URL and the name of a model are set. What it answers is a stranger's text.
"""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from django.conf import settings

MAX_ANSWER_BYTES: Final = 2_000_000
CONNECT_TIMEOUT_S: Final = 5

_AWAY: Final = "The model cannot be reached."
_LATE: Final = "The model did not answer in time."


class ModelFailed(Exception):
    """No usable answer: the text says why, without what the other side sent."""


class ModelUnavailable(ModelFailed):
    """It may work later: a timeout, a refused connection, too many requests, a server's error."""


def is_configured() -> bool:
    return bool(settings.AI_BASE_URL and settings.AI_MODEL)


def complete(
    *, messages: Sequence[Mapping[str, Any]], schema: Mapping[str, Any], model: str = ""
) -> str:
    """The text that the model answers, within AI_TIMEOUT_S once it is reached.

    ``model`` is AI_MODEL where none is named. The schema is a request, not a promise. Raises
    ModelFailed or ModelUnavailable.
    """
    model = model or settings.AI_MODEL
    if not (settings.AI_BASE_URL and model):
        raise ModelFailed("No model is set up.")
    answer = _posted(
        orjson.dumps(
            {
                "model": model,
                "messages": messages,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "schema": schema},
                },
            }
        )
    )
    try:
        return _text_of(orjson.loads(answer))
    except orjson.JSONDecodeError as error:
        raise ModelFailed("The model's answer is not JSON.") from error


def _posted(body: bytes) -> bytes:
    # The standard library's client does what is wanted by doing little: it follows no redirect,
    # which could carry the key elsewhere, unpacks nothing, and lets go of its socket.
    base = urlsplit(settings.AI_BASE_URL)
    kind = HTTPSConnection if base.scheme == "https" else HTTPConnection
    connection = kind(base.hostname or "", base.port, timeout=CONNECT_TIMEOUT_S)
    is_late = threading.Event()
    try:
        with closing(connection):
            connection.connect()
            with _cut_off_when(is_late, connection.sock):
                connection.request(
                    "POST", f"{base.path.rstrip('/')}/chat/completions", body, _headers()
                )
                return _read(connection, is_late)
    except (OSError, HTTPException) as error:
        late = is_late.is_set() or isinstance(error, TimeoutError)
        raise ModelUnavailable(_LATE if late else _AWAY) from error


def _headers() -> dict[str, str]:
    key = settings.AI_API_KEY
    bearer = {"Authorization": f"Bearer {key}"} if key else {}
    return {"Content-Type": "application/json", **bearer}


@contextmanager
def _cut_off_when(is_late: threading.Event, sock: socket.socket) -> Iterator[None]:
    """End the connection after AI_TIMEOUT_S, however much it still says.

    A socket's own timeout begins anew with each byte.
    """

    def cut() -> None:
        is_late.set()
        with suppress(OSError):
            # Of the plain socket: the shutdown of TLS is not made for another thread's reads.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    sock.settimeout(settings.AI_TIMEOUT_S)
    watch = threading.Timer(settings.AI_TIMEOUT_S, cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _read(connection: HTTPConnection, is_late: threading.Event) -> bytes:
    with connection.getresponse() as response:
        status = response.status
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ModelUnavailable(f"The model answered with status {status}.")
        if status != HTTPStatus.OK:
            raise ModelFailed(f"The model answered with status {status}.")
        answer = response.read(MAX_ANSWER_BYTES + 1)
        if len(answer) > MAX_ANSWER_BYTES:
            raise ModelFailed("The model's answer is too long.")
        # A connection that ends early looks like the end of the answer.
        if is_late.is_set() or response.length:
            raise ModelUnavailable(_LATE if is_late.is_set() else _AWAY)
        return answer


def _text_of(answer: Any) -> str:
    try:
        choice = answer["choices"][0]
        reason, message = choice.get("finish_reason"), choice["message"]
        refusal, content = message.get("refusal"), message.get("content")
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ModelFailed("The model's answer has not the expected form.") from error
    if refusal or reason == "content_filter":
        raise ModelFailed("The model refused.")
    if reason == "length":
        raise ModelFailed("The model's answer was cut off.")
    if not isinstance(content, str):
        raise ModelFailed("The model's answer has no text.")
    return content
