"""What happens to every request before and after its view."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar

import orjson
import uuid_utils.compat as uuid
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin
from rest_framework.exceptions import ParseError

from config import errors, logs, metrics
from config.observability.work import Work
from config.representation import check_document
from users.sessions import TokenCookieMiddleware

logger = logging.getLogger("numeneon.request")
_MAX_REQUEST_ID_LENGTH = 64
TOO_MANY_REQUESTS = 429


class _InBothWorlds:
    """Middleware of the web server that the live server has too, with no thread for it."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)  # type: ignore[type-var]


class RequestLogMiddleware(_InBothWorlds):
    """Give the request an id, measure it, and write one line about it.

    A stream is measured until it begins.
    """

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._answer_async(request)
        with self._named(request) as request_id, metrics.under_way(request) as work:
            return self._noted(request, self.get_response(request), request_id, work)

    async def _answer_async(self, request: HttpRequest) -> HttpResponse:
        with self._named(request) as request_id, metrics.under_way(request) as work:
            response = await self.get_response(request)
            return self._noted(request, response, request_id, work)

    def _named(self, request: HttpRequest) -> AbstractContextManager[str]:
        given = request.headers.get("X-Request-ID", "")
        # A proxy may name the request; nobody may write into our logs.
        ours = given.isascii() and given.replace("-", "").isalnum()
        request_id = given if ours and len(given) <= _MAX_REQUEST_ID_LENGTH else uuid.uuid7().hex
        return logs.named(request_id)

    def _noted(
        self, request: HttpRequest, response: HttpResponse, request_id: str, work: Work
    ) -> HttpResponse:
        response.headers["X-Request-ID"] = request_id
        metrics.observe(request, response, work=work)
        self._log(request, response, work)
        return response

    def _log(self, request: HttpRequest, response: HttpResponse, work: Work) -> None:
        match = request.resolver_match
        logger.info(
            "%s %s %s",
            request.method,
            match.route if match else "unmatched",
            response.status_code,
            extra={
                "status": response.status_code,
                "duration_ms": round(work.seconds() * 1000, 1),
                "queries": work.queries,
                "query_ms": round(work.query_s * 1000, 1),
            },
        )


class BoundaryMiddleware(_InBothWorlds):
    """Refuse bodies that are too large, close every answer to caches and foreign content, and
    answer 503 while the database or Redis is away.
    """

    POLICY: ClassVar[str] = (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._answer_async(request)
        return self._refusal(request) or self._closed(self.get_response(request))

    async def _answer_async(self, request: HttpRequest) -> HttpResponse:
        return self._refusal(request) or self._closed(await self.get_response(request))

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        if request.path_info not in settings.PROBES:
            request.get_host()  # raises for a name that is not ours
        if settings.SECURE_SSL_REDIRECT and errors.is_api(request) and not request.is_secure():
            return errors.plain(403, "https_required", "Use https.")
        return None

    def _closed(self, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Content-Security-Policy", self.POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        if response.status_code == TOO_MANY_REQUESTS:
            response.headers.setdefault("Retry-After", "60")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        limit = getattr(
            getattr(view, "cls", None), "max_body_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        )
        length = request.META.get("CONTENT_LENGTH")
        if not length and "HTTP_TRANSFER_ENCODING" in request.META:
            # Django would read nothing of it, and store what it read.
            return errors.plain(411, "length_required", "Send a Content-Length.")
        if length and (not length.isdecimal() or int(length) > limit):
            return errors.plain(
                413, "payload_too_large", f"The body may have at most {limit} bytes."
            )
        if request.path_info.startswith(settings.ACCOUNTS_API_PREFIX) and request.body:
            return self._check_accounts_body(request)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if errors.is_outage(error):
            logger.error("A server that we need does not answer: %s", type(error).__name__)
            return errors.unavailable(request)
        if "webauthn" in request.path_info and isinstance(
            error, (ValueError, TypeError, KeyError, RecursionError)
        ):
            # What its parser raises over a passkey that is none.
            return errors.plain(400, "invalid", "This is not a passkey's answer.")
        return None

    def _check_accounts_body(self, request: HttpRequest) -> HttpResponse | None:
        """Our limits hold for django-allauth's endpoints too, which read JSON by themselves."""
        try:
            document = orjson.loads(request.body)
            check_document(document)
        except (orjson.JSONDecodeError, ParseError) as error:
            return errors.plain(400, "parse_error", str(error))
        if not isinstance(document, dict):
            return errors.plain(400, "parse_error", "Send an object.")
        # As it was understood here, so that nothing is understood otherwise there.
        request._body = orjson.dumps(document)
        return None


def _is_for_browsers(request: HttpRequest) -> bool:
    """Not the API and webhooks, whose requests have no session, cookie or CSRF state, and not the
    probes, which may come by an address that is no name of ours.
    """
    path = request.path_info
    ours = (settings.API_PREFIX, settings.WEBHOOKS_PREFIX)
    return not path.startswith(ours) and path not in settings.PROBES


class _BrowserOnly(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> Any:
        if not _is_for_browsers(request):
            return self.get_response(request)
        return super().__call__(request)


class BrowserSessionMiddleware(_BrowserOnly, TokenCookieMiddleware):
    pass


class BrowserCommonMiddleware(_BrowserOnly, CommonMiddleware):
    pass


class BrowserCsrfMiddleware(_BrowserOnly, CsrfViewMiddleware):
    def process_view(
        self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any
    ) -> Any:
        if not _is_for_browsers(request):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class BrowserAuthenticationMiddleware(_BrowserOnly, AuthenticationMiddleware):
    pass


class BrowserMessageMiddleware(_BrowserOnly, MessageMiddleware):
    pass
