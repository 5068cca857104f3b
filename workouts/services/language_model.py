"""A language model behind the chat completions protocol, as far as plans need one.

Off until AI_BASE_URL and AI_MODEL are set. It is given wishes and the catalogue, nothing about the
person; what it answers is checked like any other input.
"""

from collections.abc import Sequence
from typing import Any

import orjson
import requests
from django.conf import settings

MAX_ANSWER_BYTES = 2_000_000
_CHUNK_BYTES = 65_536


class ModelFailed(Exception):
    """No usable answer: the text says why, without what the other side sent."""


class ModelUnavailable(ModelFailed):
    """It may work later: a timeout, a refused connection, too many requests, a server's error."""


def is_configured() -> bool:
    return bool(settings.AI_BASE_URL and settings.AI_MODEL)


def complete(*, messages: Sequence[dict[str, str]], schema: dict[str, Any]) -> Any:
    """The JSON value that the model answers. Raises ModelFailed or ModelUnavailable."""
    body = {
        "model": settings.AI_MODEL,
        "messages": list(messages),
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": schema},
        },
    }
    headers = {"Content-Type": "application/json"}
    if settings.AI_API_KEY:
        headers["Authorization"] = f"Bearer {settings.AI_API_KEY}"
    try:
        # Redirects could carry the key elsewhere.
        with requests.post(
            f"{settings.AI_BASE_URL.rstrip('/')}/chat/completions",
            data=orjson.dumps(body),
            headers=headers,
            timeout=(5, settings.AI_TIMEOUT_S),
            allow_redirects=False,
            stream=True,
        ) as response:
            answer = _read(response)
    except requests.RequestException as error:
        raise ModelUnavailable("The model did not answer in time.") from error
    return _value_of(answer)


def _read(response: requests.Response) -> Any:
    code = response.status_code
    if code == requests.codes.too_many_requests or code >= requests.codes.server_error:
        raise ModelUnavailable(f"The model answered with status {code}.")
    if code != requests.codes.ok:
        raise ModelFailed(f"The model answered with status {code}.")
    text = b""
    for chunk in response.iter_content(_CHUNK_BYTES):
        text += chunk
        if len(text) > MAX_ANSWER_BYTES:
            raise ModelFailed("The model's answer is too long.")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ModelFailed("The model's answer is not JSON.") from error


def _value_of(answer: Any) -> Any:
    try:
        choice = answer["choices"][0]
        message = choice["message"]
        refusal, content = message.get("refusal"), message.get("content")
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ModelFailed("The model's answer has not the expected form.") from error
    if refusal or choice.get("finish_reason") == "content_filter":
        raise ModelFailed("The model refused.")
    if choice.get("finish_reason") == "length":
        raise ModelFailed("The model's answer was cut off.")
    if not isinstance(content, str):
        raise ModelFailed("The model's answer has no text.")
    try:
        return orjson.loads(_without_fence(content))
    except orjson.JSONDecodeError as error:
        raise ModelFailed("The model's answer is not JSON.") from error


def _without_fence(text: str) -> str:
    """Some models put their JSON between Markdown fences, whatever they are asked for."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```"):
        return text.partition("\n")[2].rpartition("```")[0]
    return text
