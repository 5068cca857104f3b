"""One shape for every error, and one named answer for each status.

A client handles errors in one place, so it needs one type for them. Which codes a field can have
stands beside the status, in `x-error-codes`, and not in a type for each field of each endpoint.
"""

from typing import Any

from config.openapi.accounts import PATHS as ACCOUNT_PATHS
from config.openapi.references import SCHEMAS

_ERROR = {"$ref": "#/components/schemas/ErrorAnswer"}
_SHAPES: dict[str, Any] = {
    "ErrorType": {
        "type": "string",
        "enum": ["validation_error", "client_error", "server_error"],
        "description": "Whether the request was wrong in itself, refused, or failed here.",
    },
    "ErrorDetail": {
        "type": "object",
        "required": ["code", "detail", "attr"],
        "properties": {
            "code": {"type": "string", "description": "For programs.", "examples": ["required"]},
            "detail": {
                "type": "string",
                "description": "For people.",
                "examples": ["This field is required."],
            },
            "attr": {
                "type": ["string", "null"],
                "description": "The field, parts with dots: `sets.0.reps`.",
                "examples": ["name"],
            },
        },
    },
    "ErrorAnswer": {
        "type": "object",
        "required": ["type", "errors"],
        "properties": {
            "type": {"$ref": "#/components/schemas/ErrorType"},
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": {"$ref": "#/components/schemas/ErrorDetail"},
            },
        },
    },
}
_HEADERS: dict[str, Any] = {
    "X-Request-ID": {
        "description": "Names this request in the logs: yours if you sent one, else ours.",
        "schema": {"type": "string"},
        "example": "7f6c1d4e0b5a4f1f9a4ce1ce0f3a2b6d",
    },
    "Retry-After": {
        "description": "Seconds to wait before trying again.",
        "schema": {"type": "integer"},
        "example": 12,
    },
    "ETag": {
        "description": "Names this state of the answer, for `If-None-Match`.",
        "schema": {"type": "string"},
        "example": '"5f2c1b"',
    },
}
# By status: name, what it means, and an example's type, code, detail and field.
_ANSWERS: dict[str, tuple[str, str, tuple[str, str, str, str | None]]] = {
    "400": (
        "Invalid",
        "Something in the request is not understood or not allowed; `attr` says what.",
        ("validation_error", "required", "This field is required.", "name"),
    ),
    "401": (
        "NotSignedIn",
        "There is no token, or it is no longer good: sign in.",
        (
            "client_error",
            "not_authenticated",
            "Authentication credentials were not provided.",
            None,
        ),
    ),
    "403": (
        "Forbidden",
        "You see it, and may not do this.",
        (
            "client_error",
            "permission_denied",
            "You do not have permission to perform this action.",
            None,
        ),
    ),
    "404": (
        "NotFound",
        "There is no such thing, or not for you.",
        ("client_error", "not_found", "Not found.", None),
    ),
    "409": (
        "Conflict",
        "Another row has this id, or this is in use or was done meanwhile.",
        ("client_error", "id_taken", "Another row has this id.", "id"),
    ),
    "413": (
        "TooLarge",
        "The body is too large.",
        ("client_error", "too_large", "The body is too large.", None),
    ),
    "415": (
        "UnsupportedType",
        "The body is not of a type that this takes.",
        (
            "client_error",
            "unsupported_media_type",
            'Unsupported media type "text/plain" in request.',
            None,
        ),
    ),
    "422": (
        "KeyReused",
        "The Idempotency-Key was used for a different request.",
        ("client_error", "idempotency_key_reused", "This key was used for other content.", None),
    ),
    "429": (
        "TooManyRequests",
        "Too many requests: wait as long as Retry-After says.",
        (
            "client_error",
            "throttled",
            "Request was throttled. Expected available in 12 seconds.",
            None,
        ),
    ),
    "503": (
        "Unavailable",
        "A server that we need does not answer: try again later.",
        ("server_error", "unavailable", "Please try again in a moment.", None),
    ),
}
_WAITING = {"429", "503"}


def unite(result: dict[str, Any]) -> None:
    """Let every operation of ours answer errors in one shape, by the answers named here."""
    components = result["components"]
    components["headers"] = dict(_HEADERS)
    named = components.setdefault("responses", {})
    for status, (name, description, example) in _ANSWERS.items():
        named[name] = _answer(status, description, example)
    for path, item in result["paths"].items():
        if not path.startswith(ACCOUNT_PATHS):
            for operation in item.values():
                if isinstance(operation, dict):
                    _unite_operation(operation, components["schemas"])
    components["schemas"].update(_SHAPES)


def _answer(
    status: str, description: str, example: tuple[str, str, str, str | None]
) -> dict[str, Any]:
    kind, code, detail, attr = example
    headers = {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}
    if status in _WAITING:
        headers["Retry-After"] = {"$ref": "#/components/headers/Retry-After"}
    value = {"type": kind, "errors": [{"code": code, "detail": detail, "attr": attr}]}
    return {
        "description": description,
        "headers": headers,
        "content": {"application/json": {"schema": _ERROR, "example": value}},
    }


def _unite_operation(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        if status not in _ANSWERS:
            answer["description"] = answer.get("description") or _said(status)
            answer.setdefault("headers", {})["X-Request-ID"] = {
                "$ref": "#/components/headers/X-Request-ID"
            }
            continue
        name, description, _ = _ANSWERS[status]
        codes = _codes(answer, schemas) if status == "400" else {}
        own = _own_words(answer)
        shared: dict[str, Any] = {"$ref": f"#/components/responses/{name}"}
        if codes or own:
            kind, meaning, example = (
                status,
                own.get("description", description),
                _ANSWERS[status][2],
            )
            shared = _answer(kind, meaning, example)
            if "examples" in own:
                shared["content"]["application/json"].pop("example")
                shared["content"]["application/json"]["examples"] = own["examples"]
            if codes:
                shared["x-error-codes"] = codes
        operation["responses"][status] = shared


def _said(status: str) -> str:
    return {"200": "Done.", "201": "Made.", "202": "Taken; a worker does it.", "204": "Done."}.get(
        status, "See the description."
    )


def _own_words(answer: dict[str, Any]) -> dict[str, Any]:
    """The description and the examples that an endpoint gave of its own."""
    own: dict[str, Any] = {}
    if answer.get("description") and answer["description"] not in _GENERAL:
        own["description"] = answer["description"]
    examples = {
        name: example
        for media in answer.get("content", {}).values()
        for name, example in media.get("examples", {}).items()
        if name not in _GENERAL_EXAMPLES
    }
    return own | ({"examples": examples} if examples else {})


_GENERAL_EXAMPLES = {
    "AuthenticationFailed",
    "NotAuthenticated",
    "NotFound",
    "PermissionDenied",
    "Throttled",
}
_GENERAL = {
    "A server that we need does not answer.",
    "Another row has this id, or this is in use or was done meanwhile.",
    "The request is not what the endpoint takes.",
    "The body is too large.",
    "The body is not of a supported type.",
    "A parameter, such as the cursor or a filter, is not understood.",
    "The Idempotency-Key was used for a different request.",
}


def _codes(answer: dict[str, Any], schemas: dict[str, Any]) -> dict[str, list[str]]:
    """The codes that each field can have, from the shapes of drf-standardized-errors."""
    codes: dict[str, set[str]] = {}
    seen: set[str] = set()
    waiting: list[Any] = [answer.get("content", {})]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, str) and node.startswith(SCHEMAS) and node not in seen:
            seen.add(node)
            waiting.append(schemas.get(node.removeprefix(SCHEMAS)))
        elif isinstance(node, dict):
            properties = node.get("properties", {})
            for field in properties.get("attr", {}).get("enum", ()):
                codes.setdefault(field, set()).update(properties["code"].get("enum", ()))
            waiting += node.values()
    return {field: sorted(found) for field, found in sorted(codes.items()) if found}
