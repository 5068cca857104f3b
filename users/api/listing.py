"""List endpoints whose rows come from a selector in SQL."""

from typing import Any, cast

from django_filters.rest_framework import FilterSet
from django_filters.utils import translate_validation
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from users.api.pagination import PageRequest, page_response
from users.keyset import Page


def filter_values(filterset: type[FilterSet], request: Request) -> dict[str, Any]:
    """The checked values of the filters that the request names; a 400 for a bad one."""
    names = filterset.base_filters.keys()
    if not names & request.query_params.keys():
        return {}
    checked = filterset(request.query_params, request=request)
    if not checked.is_valid():
        raise cast(ValidationError, translate_validation(checked.errors))
    values = checked.form.cleaned_data
    return {name: values[name] for name in names if values[name] not in (None, "")}


def sql_page_response(
    *, request: Request, page_request: PageRequest, page: Page, key: tuple[str, ...]
) -> Response:
    """Answer a page whose rows are placed by these values of theirs."""
    ends = (page.rows[0], page.rows[-1]) if page.rows else (None, None)
    first, last = ([row[name] for name in key] if row else None for row in ends)
    return page_response(
        request=request, page=page_request, rows=page.rows, first=first, last=last, more=page.more
    )
