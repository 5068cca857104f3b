"""JSON in and out, by orjson, with the limits that a public API needs."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)


class OrjsonParser(BaseParser):
    """Refuses what Python's own parser lets through: NaN, lone surrogates, NUL, deep nesting."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            document = orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            raise ParseError(f"JSON parse error: {error}") from error
        check_document(document)
        return document


class AlwaysJson(BaseContentNegotiation):
    """There is one representation; an Accept header is no reason for a refusal."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        content_type = (request.content_type or "").split(";")[0].strip().lower()
        for parser in parsers:
            if parser.media_type == content_type:
                return parser
        return None

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


def check_document(document: Any) -> None:
    """Raise ParseError for nesting deeper than JSON_MAX_DEPTH or a NUL in any text."""
    level = [document]
    for _ in range(settings.JSON_MAX_DEPTH):
        level = [child for value in level for child in _children(value)]
        if not level:
            return
    raise ParseError(f"JSON may be nested at most {settings.JSON_MAX_DEPTH} deep.")


def _children(value: Any) -> list[Any]:
    if isinstance(value, str):
        if "\x00" in value:
            raise ParseError("Text may not hold NUL characters.")
        return []
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []
