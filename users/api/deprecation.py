"""How an endpoint says that it will go: in every answer, and in the document."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import wraps
from typing import Any

from django.utils.http import http_date
from drf_spectacular.utils import extend_schema

# The policy, in the repository's docs.
POLICY = "/api/docs/"


def deprecated(
    *, since: date, sunset: date, instead: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a view's method: it works as before until ``sunset``, and says what to call instead.

    The answers carry ``Deprecation`` (RFC 9745) and ``Sunset`` (RFC 8594); the document has
    ``deprecated``, ``x-sunset`` and ``x-instead``. ``instead`` is an operation's id. Stands above
    an ``extend_schema`` of the method. For a field there is drf-spectacular's
    ``extend_schema_serializer(deprecate_fields=[…])``.
    """
    headers = {
        "Deprecation": f"@{_instant(since)}",
        "Sunset": http_date(_instant(sunset)),
        "Link": f'<{POLICY}>; rel="deprecation"; type="text/html"',
    }

    def mark(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def answer(*args: Any, **kwargs: Any) -> Any:
            response = method(*args, **kwargs)
            for name, value in headers.items():
                response.headers[name] = value
            return response

        extensions = {"x-sunset": sunset.isoformat(), "x-instead": instead}
        described: Callable[..., Any] = extend_schema(deprecated=True, extensions=extensions)(
            answer
        )
        return described

    return mark


def _instant(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
