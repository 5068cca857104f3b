"""Keys that sort by the time at which they were made."""

from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    """A UUID of version 7: 48 bits of milliseconds, the rest random (RFC 9562)."""
    return uuid_utils.compat.uuid7()
