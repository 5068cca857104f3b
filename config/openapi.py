"""The API's contract: our endpoints from the code, the accounts' from django-allauth."""

import copy
from typing import Any, Literal

from allauth.headless.spec.internal.schema import get_schema
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_standardized_errors.openapi import AutoSchema

ACCOUNT_PREFIX = "Account"
_ABSENT = ("/account/phone", "/auth/phone", "/tokens/")
_CONFLICT = "Another row has this id, or this is in use or was done meanwhile."


class NumeneonSchema(AutoSchema):
    """Documents what every endpoint of ours may answer beside its own statuses."""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_override_parameters(self) -> list[Any]:
        from drf_spectacular.utils import OpenApiParameter  # noqa: PLC0415

        parameters = list(super().get_override_parameters())
        if _creates_once(self):
            parameters.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    str,
                    OpenApiParameter.HEADER,
                    description="Makes a create without an `id` safe to repeat.",
                )
            )
        return parameters

    def get_response_serializers(self) -> Any:
        responses: Any = super().get_response_serializers()
        if _creates_once(self):
            return (
                responses if isinstance(responses, dict) else dict.fromkeys((201, 200), responses)
            )
        return responses

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if direction != "response":
            return bodies
        extra = {"503": "A server that we need does not answer."}
        if self.method in {"POST", "PUT", "PATCH", "DELETE"}:
            extra |= {"409": _CONFLICT}
        if self.method in {"POST", "PUT", "PATCH"}:
            extra |= {
                "400": "The request is not what the endpoint takes.",
                "413": "The body is too large.",
                "415": "The body is not of a supported type.",
            }
        if self.method in {"GET", "DELETE"} and self._takes_query():
            extra |= {"400": "A parameter, such as the cursor or a filter, is not understood."}
        if _creates_once(self):
            extra |= {"422": "The Idempotency-Key was used for a different request."}
        schema = {"$ref": "#/components/schemas/ErrorAnswer"}
        for code, description in extra.items():
            bodies.setdefault(
                code,
                {"description": description, "content": {"application/json": {"schema": schema}}},
            )
        return bodies

    def _takes_query(self) -> bool:
        return any(parameter["in"] == "query" for parameter in self._get_parameters())


def _creates_once(schema: NumeneonSchema) -> bool:
    view = schema.view
    return getattr(view, "action", None) in getattr(view, "creates_once", ())


class SessionTokenScheme(OpenApiAuthenticationExtension):
    target_class = "users.api.authentication.SessionTokenAuthentication"
    name = ["bearerToken", "sessionToken"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {"type": "http", "scheme": "bearer"},
            {"type": "apiKey", "in": "header", "name": "X-Session-Token"},
        ]


class SupabaseScheme(OpenApiAuthenticationExtension):
    target_class = "users.api.supabase.SupabaseAuthentication"
    name = "supabaseToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def document_accounts(
    result: dict[str, Any],
    generator: Any,
    request: Any,
    public: bool,  # noqa: FBT001 - their call
) -> dict[str, Any]:
    """Add django-allauth's own description, its components renamed so that none collide."""
    accounts = _renamed(copy.deepcopy(get_schema()))
    for path, item in accounts["paths"].items():
        if not any(part in path for part in _ABSENT):
            result["paths"][path] = item
    for kind, components in accounts["components"].items():
        result["components"].setdefault(kind, {}).update(components)
    result["components"]["schemas"]["ErrorAnswer"] = _ERROR_ANSWER
    result["paths"] = dict(sorted(result["paths"].items()))
    return result


_ERROR_ANSWER = {
    "type": "object",
    "required": ["type", "errors"],
    "properties": {
        "type": {"type": "string", "enum": ["validation_error", "client_error", "server_error"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail", "attr"],
                "properties": {
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "attr": {"type": ["string", "null"]},
                },
            },
        },
    },
}


def _renamed(spec: dict[str, Any]) -> dict[str, Any]:
    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            return {
                key: _rename_reference(value) if key == "$ref" else walk(value)
                for key, value in node.items()
                if key != "tags"
            } | ({"tags": ["accounts"]} if "responses" in node and "tags" in node else {})
        return [walk(item) for item in node] if isinstance(node, list) else node

    renamed: dict[str, Any] = walk(spec)
    renamed["components"] = {
        kind: {ACCOUNT_PREFIX + name: value for name, value in components.items()}
        for kind, components in renamed["components"].items()
    }
    for path, item in renamed["paths"].items():
        for method, operation in item.items():
            if not isinstance(operation, dict):
                continue
            operation["operationId"] = f"{method}{path.replace('/', '_').replace('-', '_')}"
            operation["security"] = [
                {ACCOUNT_PREFIX + name: scopes for name, scopes in entry.items()}
                for entry in operation.get("security", [])
            ]
    return renamed


def _rename_reference(reference: str) -> str:
    head, _, name = reference.rpartition("/")
    return f"{head}/{ACCOUNT_PREFIX}{name}"


_EXAMPLES: dict[str, Any] = {
    "uuid": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9",
    "date": "2026-03-02",
    "time": "18:05:00",
    "date-time": "2026-03-02T18:05:00Z",
    "email": "ana@example.com",
    "uri": "https://example.com/",
    "uri-reference": "/media/avatars/019a2f5e.webp",
    "binary": "(bytes)",
    "double": 82.5,
    "integer": 5,
    "number": 82.5,
    "boolean": True,
    "string": "Push day",
}


def add_examples(
    result: dict[str, Any],
    generator: Any,
    request: Any,
    public: bool,  # noqa: FBT001 - their call
) -> dict[str, Any]:
    """Give every field without an example one of its type."""
    for schema in result["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            example = _example(field)
            if example is not None and "example" not in field and "$ref" not in field:
                field.setdefault("examples", [example])
    return result


def _example(field: dict[str, Any]) -> Any:
    if "anyOf" in field:
        # The last choice is null, which tells nothing.
        return _example(field["anyOf"][0])
    kinds = field.get("type", "")
    kind = kinds if isinstance(kinds, str) else next((k for k in kinds if k != "null"), "")
    if "const" in field:
        return field["const"]
    if "enum" in field:
        return field["enum"][0]
    return _EXAMPLES.get(field.get("format", ""), _EXAMPLES.get(kind))
