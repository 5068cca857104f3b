"""The document as a collection of requests, for Postman, Bruno, Insomnia and newman.

The format is Postman's collection 2.1, which all of them read. A list keeps the id of its first
row in a variable of its name, and the requests below it use that: run from the top, everything
has something to ask for.
"""

import json
from typing import Any

from config.openapi.accounts import PATHS as ACCOUNT_PATHS
from config.openapi.naming import API
from config.openapi.references import operations

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
LOG_IN = f"{ACCOUNT_PATHS}auth/login"
_VARIABLES = {
    "base": "http://127.0.0.1:8000",
    "token": "",
    "username": "ben",
    "date": "2026-03-02",
    "metric": "sleep",
    "provider": "oura",
    "version": "1",
    "session_number": "1",
    "code": "034000470693",
    "slug": "dairy",
    "nobody": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9",
}
# Ids that another list tells.
_SAME_ID = {"strength": "exercises_id"}
_LOG_IN_SCRIPT = """\
const meta = pm.response.json().meta || {};
if (meta.session_token) { pm.collectionVariables.set("token", meta.session_token); }"""
_KEEP_FIRST = """\
const rows = pm.response.code === 200 ? (pm.response.json().results || pm.response.json()) : [];
if (Array.isArray(rows) && rows.length && rows[0].id) {{
  pm.collectionVariables.set("{name}", rows[0].id);
}}"""
_DOCUMENTED = """\
pm.test("a documented status", () => pm.expect([{statuses}]).to.include(pm.response.code));"""


def collection_of(document: dict[str, Any], *, safe: bool = False) -> dict[str, Any]:
    """All operations in folders by their area; with ``safe`` the log-in and GETs alone."""
    resolve = document["components"]
    folders: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    variables = dict(_VARIABLES)
    # Lists before what is in them, so that ids are known by then.
    for path, method, operation in sorted(operations(document), key=_by_length):
        if safe and path != LOG_IN and not _is_safe(path, method, operation):
            continue
        names = _variables_of(path)
        variables |= {name: variables["nobody"] for name in names if name not in variables}
        folders[operation["tags"][0]].append(_request(path, method, operation, resolve))
    return {
        "info": {
            "name": document["info"]["title"],
            "description": document["info"]["description"],
            "schema": SCHEMA,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}"}]},
        "variable": [{"key": key, "value": value} for key, value in variables.items()],
        "item": [
            {"name": name, "item": requests} for name, requests in folders.items() if requests
        ],
    }


def environment() -> dict[str, Any]:
    return {
        "name": "Numeneon on this machine",
        "values": [{"key": "base", "value": _VARIABLES["base"], "enabled": True}],
    }


def _is_safe(path: str, method: str, operation: dict[str, Any]) -> bool:
    """Changes nothing, and ends: a stream stays open."""
    is_stream = "text/event-stream" in operation["responses"].get("200", {}).get("content", {})
    return method == "get" and not path.startswith(ACCOUNT_PATHS) and not is_stream


def _by_length(entry: tuple[str, str, Any]) -> tuple[bool, int, str, str]:
    path, method, _ = entry
    return path != LOG_IN, path.count("{"), path, method


def _variables_of(path: str) -> list[str]:
    return [_variable(path, part[1:-1]) for part in path.split("/") if part.startswith("{")]


def _variable(path: str, name: str) -> str:
    """An id is that of the list above it (``workouts_id``); other parts go by their names."""
    if name != "id":
        return name
    word = path.partition("{id}")[0].removeprefix(API).strip("/").replace("/", "_")
    return _SAME_ID.get(word, f"{word}_id")


def _request(
    path: str, method: str, operation: dict[str, Any], components: dict[str, Any]
) -> dict[str, Any]:
    words = [
        "{{" + _variable(path, part[1:-1]) + "}}" if part.startswith("{") else part
        for part in path.split("/")
    ]
    query = [
        {"key": one["name"], "value": _given(one), "disabled": not one.get("required", False)}
        for one in operation.get("parameters", ())
        if one.get("in") == "query"
    ]
    asked = "&".join(f"{one['key']}={one['value']}" for one in query if not one["disabled"])
    request: dict[str, Any] = {
        "method": method.upper(),
        "header": [],
        "description": operation.get("description", ""),
        "url": {
            "raw": "{{base}}" + "/".join(words) + (f"?{asked}" if asked else ""),
            "host": ["{{base}}"],
            "path": words[1:],
            "query": query,
        },
    }
    if path == LOG_IN:
        request["auth"] = {"type": "noauth"}
    request |= _body(operation, components)
    lines = _script(path, method, operation)
    script = {"type": "text/javascript", "exec": "\n".join(lines).split("\n")}
    return {
        "name": operation["operationId"],
        "request": request,
        "event": [{"listen": "test", "script": script}],
    }


def _given(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    for found in (parameter.get("example"), schema.get("default"), *schema.get("enum", ())[:1]):
        if found is not None:
            return str(found)
    kind = "date" if parameter["name"] in {"from", "to"} else schema.get("format")
    given = {"date": _VARIABLES["date"], "date-time": f"{_VARIABLES['date']}T00:00:00Z"}
    given |= {"integer": "5", "number": "82.5", "boolean": "true"}
    return given.get(str(kind)) or given.get(schema.get("type"), "")


def _body(operation: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {})
    if "$ref" in body:
        body = components["requestBodies"][body["$ref"].rpartition("/")[2]]
    content = body.get("content", {})
    if "application/json" in content:
        text = json.dumps(_shown(content["application/json"], components), indent=2)
        return {
            "header": [{"key": "Content-Type", "value": "application/json"}],
            "body": {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}},
        }
    if "multipart/form-data" in content:
        fields = _shown(content["multipart/form-data"], components)
        form = [
            {"key": name, "type": "file", "src": ""}
            if value == "(bytes)"
            else {"key": name, "type": "text", "value": str(value)}
            for name, value in fields.items()
        ]
        return {"body": {"mode": "formdata", "formdata": form}}
    return {}


def _shown(media: dict[str, Any], components: dict[str, Any]) -> Any:
    if "example" in media:
        return media["example"]
    first: dict[str, Any] = next(iter(media["examples"].values()))
    if "$ref" in first:
        first = components["examples"][first["$ref"].rpartition("/")[2]]
    return first["value"]


def _script(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    lines = [_DOCUMENTED.format(statuses=", ".join(operation["responses"]))]
    if path.startswith(ACCOUNT_PATHS):
        lines.append(_LOG_IN_SCRIPT)
    elif method == "get" and operation["operationId"].endswith("_list"):
        name = _variable(path + "{id}/", "id") if "{" not in path else ""
        lines += [_KEEP_FIRST.format(name=name)] if name else []
    return lines
