"""How many days back an answer goes: ``?days=``."""

from typing import Final

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

MOST_DAYS: Final = 1826


def days_parameter(default: int) -> OpenApiParameter:
    return OpenApiParameter(
        "days",
        {"type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": default},
        description="How many days before today it begins.",
    )


def days_of(request: Request, *, default: int) -> int:
    """Raises ValidationError, which names ``days``, for what is not from 1 to five years."""
    text = request.query_params.get("days", str(default))
    # Longer numbers are not worth parsing; isdecimal() alone takes other scripts' digits.
    days = int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0  # noqa: PLR2004
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError({"days": f"Must be a whole number from 1 to {MOST_DAYS}."})
    return days
