"""How each maker words its errors."""

import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from tests.simulator.messages import Fault

GOOGLE_STATUS: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
}


def worded(slug: str, base: str, fault: Fault) -> Any:
    """The body of an error of a maker; None is an empty one."""
    if fault.body is not None:
        return fault.body
    if fault.status == 410 and slug == "fitbit":
        return {"errors": [{"errorType": "gone", "message": fault.message}], "success": False}
    if base in {"authorize", "token", "revoke", "__sim__"}:
        return {"error": fault.message}
    return _WORDS[slug](base, fault)


def _google(_base: str, fault: Fault) -> Any:
    known = set(GOOGLE_STATUS.values()) | {"FAILED_PRECONDITION"}
    usual = GOOGLE_STATUS.get(fault.status, "UNKNOWN")
    status = fault.code if fault.code in known else usual
    error: dict[str, Any] = {"code": fault.status, "message": fault.message, "status": status}
    if fault.code and fault.code not in known:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        error["details"] = [{"@type": kind, "reason": fault.code}]
    return {"error": error}


def _garmin(base: str, fault: Fault) -> Any:
    name = "message" if base == "personal" else "errorMessage"
    return {name: fault.message}


def _oura(_base: str, fault: Fault) -> Any:
    if fault.status == 422:
        detail = {"loc": ["query", fault.code], "msg": fault.message, "type": "value_error"}
        return {"detail": [detail]}
    return {
        "status": fault.status,
        "title": HTTPStatus(fault.status).phrase,
        "detail": fault.message,
    }


def _whoop(_base: str, fault: Fault) -> Any:
    return {"message": fault.message} if fault.status == 400 else None


def _polar(_base: str, fault: Fault) -> Any:
    return {
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "status": fault.status,
        "errorType": HTTPStatus(fault.status).phrase.lower().replace(" ", "_"),
        "message": fault.message,
        "corrId": secrets.token_hex(8),
    }


_WORDS: Final = {
    "fitbit": _google,
    "garmin": _garmin,
    "oura": _oura,
    "whoop": _whoop,
    "polar": _polar,
}
