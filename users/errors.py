"""What can go wrong between two requests of one person."""

from django.core.exceptions import ValidationError


class Conflict(ValidationError):
    """The request is sound, but what is stored says otherwise (a 409)."""

    message: str
    code: str

    def __init__(self, message: str, *, code: str = "conflict") -> None:
        super().__init__(message, code=code)


class IdempotencyKeyReused(Conflict):
    """The key of an earlier request came with other content (a 422)."""

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for a different request.",
            code="idempotency_key_reused",
        )
