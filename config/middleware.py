"""What happens to every request before and after its view."""

import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar

import uuid_utils.compat as uuid
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin

from config import errors, logs, metrics
from users.sessions import TokenCookieMiddleware

logger = logging.getLogger("numeneon.request")
GetResponse = Callable[[HttpRequest], HttpResponse]
_MAX_REQUEST_ID_LENGTH = 64


class RequestLogMiddleware:
    """Give the request an id, measure it, and write one line about it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        # A proxy may name the request; nobody may write into our logs.
        ours = given.isascii() and given.replace("-", "").isalnum()
        request_id = given if ours and len(given) <= _MAX_REQUEST_ID_LENGTH else uuid.uuid7().hex
        token = logs.request_id.set(request_id)
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            metrics.observe(request, response, started=started)
            self._log(request, response, started=started)
        finally:
            logs.request_id.reset(token)
        return response

    def _log(self, request: HttpRequest, response: HttpResponse, *, started: float) -> None:
        match = request.resolver_match
        logger.info(
            "%s %s %s",
            request.method,
            match.route if match else "unmatched",
            response.status_code,
            extra={
                "status": response.status_code,
                "duration_ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )


class BoundaryMiddleware:
    """Refuse bodies that are too large, close every answer to caches and foreign content, and
    answer 503 while the database or Redis is away.
    """

    POLICY: ClassVar[str] = (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and errors.is_api(request) and not request.is_secure():
            return errors.plain(403, "https_required", "Use https.")
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        limit = getattr(
            getattr(view, "cls", None), "max_body_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        )
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > limit:
            return errors.plain(
                413, "payload_too_large", f"The body may have at most {limit} bytes."
            )
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if errors.is_outage(error):
            logger.error("A server that we need does not answer: %s", type(error).__name__)
            return errors.plain(503, "unavailable", errors.UNAVAILABLE, retry_after_s=5)
        return None


def _is_for_browsers(request: HttpRequest) -> bool:
    """Not the API, whose requests have no session, cookie or CSRF state, and not the probes, which
    may come by an address that is no name of ours.
    """
    path = request.path_info
    return not path.startswith(settings.API_PREFIX) and path not in settings.PROBES


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
