"""What each endpoint of ours says of itself."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_standardized_errors.openapi import AutoSchema
from rest_framework.serializers import ModelSerializer

# What an answer has only where there is something to tell.
_AT_TIMES = {"push_secret"}
_CONFLICT = "Another row has this id, or this is in use or was done meanwhile."


class NumeneonSchema(AutoSchema):
    """Documents what every endpoint of ours may answer beside its own statuses."""

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

    def _map_basic_serializer(
        self, serializer: Any, direction: Literal["request", "response"]
    ) -> dict[str, Any]:
        """The answer for a row has all of its fields, also those that a request may leave out."""
        schema: dict[str, Any] = super()._map_basic_serializer(  # type: ignore[no-untyped-call]
            serializer, direction
        )
        if direction == "response" and isinstance(serializer, ModelSerializer):
            schema["required"] = sorted(schema["properties"].keys() - _AT_TIMES)
        return schema

    def _get_request_body(
        self, direction: Literal["request", "response"] = "request"
    ) -> dict[str, Any] | None:
        """Also of a DELETE whose view says that it takes one: an erasure wants the password."""
        method = self.method
        takes_body = getattr(self.view, "delete_takes_a_body", False)
        self.method = "POST" if method == "DELETE" and takes_body else method
        try:
            body: dict[str, Any] | None = super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = method
        return body

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
        if self.method in {"GET", "DELETE"} and (
            self._takes_query()
            or "{username}" in self.path
            or self._get_request_body() is not None
        ):
            extra |= {"400": "A parameter, such as the cursor or a filter, is not understood."}
        if _creates_once(self):
            extra |= {"422": "The Idempotency-Key was used for a different request."}
        # What a view answers by its own rules; its words are those of the status.
        own = getattr(self.view, "also_answers", {})
        told = own.get(getattr(self.view, "action", None) or self.method.lower())
        extra |= {told: ""} if told else {}
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
