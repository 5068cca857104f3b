"""Pages by position, not by number: page 1,000 costs what page 1 costs, and rows that arrive
meanwhile move nothing.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import orjson
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import F, Func, Model, QuerySet, Value
from django.db.models.fields import BooleanField, Field
from django.db.models.lookups import GreaterThan, LessThan
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from users.keyset import Place

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100


def encode(place: Place) -> str:
    # As text, because the library loses a zero of a time of day's microseconds.
    key = [str(value) if isinstance(value, time) else value for value in place.key]
    document = orjson.dumps([place.backwards, *key], default=str)
    return base64.urlsafe_b64encode(document).decode().rstrip("=")


def decode(text: str) -> Place:
    """Raises ValidationError for anything that encode did not write."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        document = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError) as error:
        raise invalid_cursor() from error
    match document:
        case [bool() as backwards, _, *_]:
            return Place(key=tuple(document[1:]), backwards=backwards)
    raise invalid_cursor()


@dataclass(frozen=True)
class PageRequest:
    """What a client asked for: how many rows, and from where."""

    size: int
    place: Place | None

    @classmethod
    def of(cls, request: Request) -> "PageRequest":
        text = request.query_params.get("cursor")
        return cls(
            size=page_size(request.query_params, default=DEFAULT_PAGE_SIZE, most=MAX_PAGE_SIZE),
            place=decode(text) if text else None,
        )

    def place_in(self, fields: "Sequence[Field[Any, Any]]") -> Place | None:
        """The place with its key as values of these fields; ValidationError if it has others."""
        if self.place is None:
            return None
        if len(fields) != len(self.place.key):
            raise invalid_cursor()
        key = tuple(
            _clean(field, value) for field, value in zip(fields, self.place.key, strict=True)
        )
        return Place(key=key, backwards=self.place.backwards)

    @property
    def backwards(self) -> bool:
        return self.place is not None and self.place.backwards


def page_response(
    *,
    request: Request,
    page: PageRequest,
    rows: list[Any],
    first: Sequence[Any] | None,
    last: Sequence[Any] | None,
    more: bool,
) -> Response:
    """Answer ``rows``, whose outermost keys are ``first`` and ``last``.

    ``more`` says whether rows lie beyond them in the direction of reading.
    """
    has_next = bool(rows) if page.backwards else more
    has_previous = more if page.backwards else page.place is not None and bool(rows)
    url = request.build_absolute_uri()

    def link(position: Sequence[Any] | None, *, backwards: bool) -> str:
        place = Place(key=tuple(position or ()), backwards=backwards)
        return str(replace_query_param(url, "cursor", encode(place)))

    return Response(
        {
            "next": link(last, backwards=False) if has_next else None,
            "previous": link(first, backwards=True) if has_previous else None,
            "results": rows,
        }
    )


class KeysetPagination(BasePagination):
    """The default page of a queryset that is ordered all up or all down, ending in its key."""

    def paginate_queryset(  # type: ignore[override]
        self, queryset: QuerySet[Any], request: Request, view: Any = None
    ) -> list[Any]:
        names = [str(name) for name in queryset.query.order_by]
        self.descending = names[0].startswith("-")
        self.names = [name.lstrip("-") for name in names]
        assert all(name.startswith("-") == self.descending for name in names)
        assert self.names[-1] in {"pk", queryset.model._meta.pk.name}

        self.request = request
        self.page = PageRequest.of(request)
        fields = [_field(queryset, name) for name in self.names]
        place = self.page.place_in(fields)
        if place is not None:
            queryset = self._beyond(queryset, fields, place)
        if self.page.backwards:
            queryset = queryset.reverse()
        rows = list(queryset[: self.page.size + 1])
        self.more = len(rows) > self.page.size
        rows = rows[: self.page.size]
        if self.page.backwards:
            rows.reverse()
        self.edges = (self._position(rows[0]), self._position(rows[-1])) if rows else (None, None)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        first, last = self.edges
        return page_response(
            request=self.request,
            page=self.page,
            rows=data,
            first=first,
            last=last,
            more=self.more,
        )

    def _beyond(
        self, queryset: QuerySet[Any], fields: "list[Field[Any, Any]]", place: Place
    ) -> QuerySet[Any]:
        values = [
            Value(value, output_field=field)
            for field, value in zip(fields, place.key, strict=True)
        ]
        compare = LessThan if self.descending is not place.backwards else GreaterThan
        # A row comparison is what an index can follow; the same said with OR is not.
        ours = Func(*(F(name) for name in self.names), function="ROW", output_field=BooleanField())
        theirs = Func(*values, function="ROW", output_field=BooleanField())
        return queryset.filter(compare(ours, theirs))

    def _position(self, row: Any) -> tuple[Any, ...]:
        if isinstance(row, Mapping):
            return tuple(row["id" if name == "pk" else name] for name in self.names)
        return tuple(getattr(row, name) for name in self.names)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return SCHEMA_PARAMETERS

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri", "example": None}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**link, "description": "The page after this one."},
                "previous": {**link, "description": "The page before this one."},
                "results": schema,
            },
        }


SCHEMA_PARAMETERS: list[dict[str, Any]] = [
    {
        "name": "cursor",
        "in": "query",
        "description": "A place in the list, taken from `next` or `previous`.",
        "schema": {"type": "string"},
    },
    {
        "name": "page_size",
        "in": "query",
        "description": "Rows in a page.",
        "schema": {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_PAGE_SIZE,
            "default": DEFAULT_PAGE_SIZE,
        },
    },
]


def page_size(parameters: Mapping[str, str], *, default: int, most: int) -> int:
    text = parameters.get("page_size", str(default))
    # Longer numbers are not worth parsing; isdecimal() alone takes other scripts' digits.
    size = int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0  # noqa: PLR2004
    if not 1 <= size <= most:
        raise ValidationError({"page_size": f"Must be a whole number from 1 to {most}."})
    return size


def invalid_cursor() -> ValidationError:
    return ValidationError({"cursor": "This is not a cursor that we gave out."})


def _field(queryset: QuerySet[Any], name: str) -> "Field[Any, Any]":
    if name in queryset.query.annotations:
        return queryset.query.annotations[name].output_field
    model: type[Model] = queryset.model
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(field, Field)
    return field


def _clean(field: "Field[Any, Any]", value: Any) -> Any:
    if value is None or (isinstance(value, str) and "\x00" in value):
        raise invalid_cursor()
    try:
        cleaned = field.to_python(value)
    except (DjangoValidationError, TypeError, ValueError, OverflowError) as error:
        raise invalid_cursor() from error
    if isinstance(cleaned, datetime) and cleaned.tzinfo is None:
        raise invalid_cursor()
    return cleaned
