"""Fields that refuse what Django REST framework lets through, and one for long lists."""

import math
import re
from collections.abc import Mapping
from datetime import date, time
from functools import cache
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

AnyField = serializers.Field[Any, Any, Any, Any]
# Not ISO 8601 as a whole, which would take an offset and drop it.
TIME_FORMATS = ["%H:%M:%S", "%H:%M", "%H:%M:%S.%f"]
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,3})?")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
EARLIEST_YEAR, LATEST_YEAR = 1970, 2199


def refuse_far_year(value: Any) -> None:
    """Raises ValidationError for a date or an instant that no diary holds."""
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise serializers.ValidationError(
            f"Must be from {EARLIEST_YEAR} to {LATEST_YEAR}.", code="out_of_range"
        )


class DayField(serializers.DateField):
    """A person's own day."""

    def to_internal_value(self, data: Any) -> date:
        # Python reads weeks and days without hyphens as well.
        if isinstance(data, str) and not _DATE.fullmatch(data):
            self.fail("invalid", format="YYYY-MM-DD")
        day = super().to_internal_value(data)
        refuse_far_year(day)
        return day


class ClockField(serializers.TimeField):
    """What the person's clock shows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=TIME_FORMATS, **kwargs)

    def to_internal_value(self, data: Any) -> time:
        if not isinstance(data, str | time):
            self.fail("invalid", format="hh:mm[:ss[.uuuuuu]]")
        if isinstance(data, str) and _CLOCK.fullmatch(data):
            # What phones send, read in a tenth of the time.
            return time.fromisoformat(data)
        return super().to_internal_value(data)


class FiniteFloatField(serializers.FloatField):
    """A number: neither NaN nor infinity, which have no JSON, and no true or false.

    In a query it comes as text, of which Python takes more than is a number to others.
    """

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or (isinstance(data, str) and not _NUMBER.fullmatch(data)):
            self.fail("invalid")
        try:
            value = super().to_internal_value(data)
        except OverflowError:
            self.fail("invalid")
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class IdField(serializers.UUIDField):
    """An id as text. Django REST framework would make one of a number, or of true."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str | UUID):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class RowsField(AnyField):
    """A list of flat objects, each checked by the fields of a serializer.

    For lists that come by the dozen: a nested serializer builds its fields anew for every
    request and looks at each of them for every row, given or not. Errors name row and field all
    the same.
    """

    default_error_messages = {
        "not_a_list": "Expected a list of items.",
        "not_an_object": "Expected an object.",
        "max_length": "Ensure this field has no more than {max_length} elements.",
    }

    def __init__(
        self, *, row: type[serializers.Serializer[Any]], max_length: int, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.row = row
        self.max_length = max_length

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        if not isinstance(data, list):
            self.fail("not_a_list")
        if len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        rows, errors = [], {}
        for index, item in enumerate(data):
            row, wrong = self._checked(item)
            rows.append(row)
            if wrong:
                errors[str(index)] = wrong
        if errors:
            raise serializers.ValidationError(errors)
        return rows

    def to_representation(self, value: Any) -> Any:
        return value

    def _checked(self, item: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        if not isinstance(item, Mapping):
            return {}, {"non_field_errors": [_detail(self, "not_an_object")]}
        fields, required = _fields_of(self.row)
        row: dict[str, Any] = {}
        wrong: dict[str, Any] = {
            name: [_detail(fields[name], "required")] for name in required if name not in item
        }
        for name, value in item.items():
            field = fields.get(name)
            if field is None:
                continue
            try:
                row[name] = field.run_validation(value)
            except serializers.ValidationError as error:
                wrong[name] = error.detail
        return row, wrong


def _detail(field: AnyField, code: str) -> ErrorDetail:
    return ErrorDetail(str(field.error_messages[code]), code=code)


@cache
def _fields_of(
    row: type[serializers.Serializer[Any]],
) -> tuple[dict[str, AnyField], tuple[str, ...]]:
    """The fields that a row may give, and the names of those that it must.

    They hold no state of a request, so all requests share them.
    """
    fields = {name: field for name, field in row().fields.items() if not field.read_only}
    return fields, tuple(name for name, field in fields.items() if field.required)
