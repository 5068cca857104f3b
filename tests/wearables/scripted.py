"""A provider's server as a function: what is asked is kept, and what it answers goes the real way
through the Api, with its policy for every status.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from wearables.providers.base import Mode
from wearables.providers.http import ClientApi, Http, PersonApi


class Asked(NamedTuple):
    method: str
    url: str
    params: Mapping[str, Any]
    json: Any
    headers: Mapping[str, str]


# JSON, a status alone, text as it is, or None for a 204.
Server = Callable[[Asked], Any]


class ScriptedHttp(Http):
    def __init__(self, server: Server, urls: Mapping[str, str]) -> None:
        super().__init__(urls, timeout_s=1)
        self._server = server
        self.asked: list[Asked] = []

    def send(self, method, url, **options):
        asked = Asked(
            method,
            url,
            options.get("params") or {},
            options.get("json"),
            {**(options.get("headers") or {}), **_basic(options.get("auth"))},
        )
        self.asked.append(asked)
        answer = self._server(asked)
        if isinstance(answer, int):
            return answer, {}, b""
        if answer is None:
            return 204, {}, b""
        return 200, {}, answer.encode() if isinstance(answer, str) else orjson.dumps(answer)


def _basic(auth: tuple[str, str] | None) -> dict[str, str]:
    return {} if auth is None else {"Authorization": f"Basic {':'.join(auth)}"}


def person_api(
    server: Server,
    *,
    zone: str = "Europe/Berlin",
    external_user_id: str = "",
    mode: Mode = "oauth",
    urls: Mapping[str, str] | None = None,
    token_extras: Mapping[str, Any] | None = None,
) -> tuple[PersonApi, list[Asked]]:
    http = ScriptedHttp(server, urls or {"api": "https://api.example"})
    api = PersonApi(
        http,
        token=lambda fresh: "fresh" if fresh else "usual",
        timezone=ZoneInfo(zone),
        external_user_id=external_user_id,
        mode=mode,
        token_extras=token_extras,
    )
    return api, http.asked


def client_api(
    server: Server, *, urls: Mapping[str, str] | None = None, **extras: str
) -> tuple[ClientApi, list[Asked]]:
    http = ScriptedHttp(server, urls or {"api": "https://api.example"})
    api = ClientApi(http, client_id="us", client_secret="ours", extras=extras)
    return api, http.asked
