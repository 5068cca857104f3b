"""What went wrong, as an HTTP answer in one shape: {"type", "errors": [{code, detail, attr}]}."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from celery.exceptions import OperationalError as BrokerError
from django.apps import apps
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError, InterfaceError, OperationalError
from django.db.models import (
    BaseConstraint,
    CheckConstraint,
    Model,
    ProtectedError,
    RestrictedError,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from drf_standardized_errors.handler import ExceptionHandler
from psycopg import errors as postgres
from redis.exceptions import RedisError
from rest_framework import exceptions, status
from rest_framework.exceptions import APIException, ErrorDetail
from rest_framework.response import Response

from users.errors import Conflict, IdempotencyKeyReused

logger = logging.getLogger(__name__)

Kinds = type[Exception] | tuple[type[Exception], ...]
UNAVAILABLE = "The service is not available at the moment. Try again."


class ConflictAnswer(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"
    default_detail = "Another request did this at the same moment. Look again."


class UnprocessableAnswer(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "unprocessable"


class UnavailableAnswer(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "unavailable"
    default_detail = UNAVAILABLE
    # DRF's own name for the seconds of Retry-After.
    wait = 5


class DomainExceptionHandler(ExceptionHandler):
    """Knows what the domain and the database raise; the rest is a bug and stays a 500."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if is_outage(exc):
            logger.error("A server that we need does not answer: %s", type(exc).__name__)
            return UnavailableAnswer()
        for kinds, answer in _ANSWERS:
            if isinstance(exc, kinds):
                return answer(exc)
        return super().convert_known_exceptions(exc)

    def report_exception(self, exc: APIException, response: Response) -> None:
        """An outage is reported where it is noticed, not again by every request."""
        if response.status_code != status.HTTP_503_SERVICE_UNAVAILABLE:
            super().report_exception(exc, response)


def is_outage(error: Exception) -> bool:
    if isinstance(error, OperationalError) and isinstance(
        error.__cause__, (postgres.QueryCanceled, postgres.LockNotAvailable)
    ):
        return True
    return isinstance(error, (OperationalError, InterfaceError, RedisError, BrokerError))


def plain(code: int, name: str, detail: str) -> HttpResponse:
    """An error answer in our shape from outside a view."""
    kind = "client_error" if code < status.HTTP_500_INTERNAL_SERVER_ERROR else "server_error"
    body = {"type": kind, "errors": [{"code": name, "detail": detail, "attr": None}]}
    return HttpResponse(orjson.dumps(body), status=code, content_type="application/json")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, "bad_request", "This request cannot be understood.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, "not_found", "Not found.")


@csrf_exempt
def absent(request: HttpRequest, *args: str) -> HttpResponse:
    raise Http404


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, "error", "A server error occurred.")


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _answer(request, 503, "unavailable", UNAVAILABLE)
    response.headers["Retry-After"] = str(UnavailableAnswer.wait)
    return response


def is_api(request: HttpRequest) -> bool:
    return f"{request.path_info}/".startswith(
        (settings.API_PREFIX, settings.ACCOUNTS_API_PREFIX, settings.WEBHOOKS_PREFIX)
    )


def _answer(request: HttpRequest, code: int, name: str, detail: str) -> HttpResponse:
    if is_api(request):
        return plain(code, name, detail)
    # Without the request: who is logged in is known by servers that may be what is missing.
    return HttpResponse(render_to_string("error.html", {"detail": detail}), status=code)


def _from_django(error: DjangoValidationError) -> exceptions.ValidationError:
    if hasattr(error, "error_dict"):
        fields = {
            "non_field_errors" if name == NON_FIELD_ERRORS else name: _details(found)
            for name, found in error.error_dict.items()
        }
        return exceptions.ValidationError(fields)
    return exceptions.ValidationError({"non_field_errors": _details(error.error_list)})


def _details(found: list[DjangoValidationError]) -> list[ErrorDetail]:
    return [
        ErrorDetail(message, code=one.code or "invalid")
        for one in found
        for message in one.messages
    ]


def _from_database(error: IntegrityError) -> Exception:
    cause = error.__cause__
    if not isinstance(
        cause, (postgres.UniqueViolation, postgres.CheckViolation, postgres.ForeignKeyViolation)
    ):
        return error
    name = cause.diag.constraint_name or ""
    if name.endswith("_pkey"):
        return ConflictAnswer("This id belongs to another row.", "id_taken")
    model, constraint = _rule(name)
    message = constraint.get_violation_error_message() if constraint else None
    if isinstance(constraint, CheckConstraint):
        assert model is not None
        return _from_django(DjangoValidationError({_first_field(model, constraint): message}))
    return ConflictAnswer(message)


def _rule(name: str) -> tuple[type[Model] | None, BaseConstraint | None]:
    """The constraint of that name, and its model, if it is one with words of its own."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name and constraint.violation_error_message is not None:
                return model, constraint
    return None, None


def _first_field(model: type[Model], constraint: CheckConstraint) -> str:
    names = {field.name for field in model._meta.concrete_fields}
    return next((n for n in _fields_of(constraint.condition) if n in names), NON_FIELD_ERRORS)


def _fields_of(condition: Any) -> Iterator[str]:
    for child in getattr(condition, "children", ()):
        if isinstance(child, tuple):
            yield child[0].split("__")[0]
        else:
            yield from _fields_of(child)


# The first that fits.
_ANSWERS: tuple[tuple[Kinds, Callable[[Any], Exception]], ...] = (
    (IdempotencyKeyReused, lambda error: UnprocessableAnswer(error.message, error.code)),
    (Conflict, lambda error: ConflictAnswer(error.message, error.code)),
    (DjangoValidationError, _from_django),
    # It was there when the request began; another one has deleted it meanwhile.
    (ObjectDoesNotExist, lambda _: exceptions.NotFound()),
    (SuspiciousOperation, lambda _: exceptions.ParseError()),
    (
        (ProtectedError, RestrictedError),
        lambda _: ConflictAnswer("This is in use and cannot be deleted.", "in_use"),
    ),
    (IntegrityError, _from_database),
)
