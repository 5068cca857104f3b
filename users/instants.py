"""How an instant comes out of PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from psycopg.types.datetime import TimestamptzLoader


class UtcLoader(TimestamptzLoader):
    """Reads ISO text at C speed; the connections are in UTC and ISO, as Django sets them.

    The loader that Django registers takes the text apart with a regular expression, which for a
    page of the diary took longer than its query.
    """

    # What Django compares to see that the loader is the one it wants.
    timezone = UTC

    def load(self, data: Any) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            # Years that ISO 8601 does not have, or an infinite instant.
            return super().load(data).replace(tzinfo=UTC)
