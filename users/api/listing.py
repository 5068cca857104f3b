"""List endpoints whose rows come from a selector in SQL."""

from typing import Any

from django.core.exceptions import ValidationError as FormError
from django_filters.rest_framework import FilterSet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from users.api.pagination import PageRequest, page_response
from users.keyset import Page


def filter_values(filterset: type[FilterSet], request: Request) -> dict[str, Any]:
    """The checked values of the filters that the request names; a 400 that names a bad one.

    Asks the form field of each given filter; to build the whole form costs more than the query.
    """
    given = request.query_params
    values, errors = {}, {}
    for name, declared in filterset.base_filters.items():
        if name not in given:
            continue
        field = declared.field
        try:
            values[name] = field.clean(field.widget.value_from_datadict(given, {}, name))
        except FormError as error:
            errors[name] = error.messages
    if errors:
        raise ValidationError(errors)
    return {name: value for name, value in values.items() if value not in (None, "")}


def sql_page_response(
    *, request: Request, page_request: PageRequest, page: Page, key: tuple[str, ...]
) -> Response:
    """Answer a page whose rows are placed by these values of theirs."""
    ends = (page.rows[0], page.rows[-1]) if page.rows else (None, None)
    first, last = ([row[name] for name in key] if row else None for row in ends)
    return page_response(
        request=request, page=page_request, rows=page.rows, first=first, last=last, more=page.more
    )
