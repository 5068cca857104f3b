"""What staff may look up of connections and of what they brought: a reading room."""

from wearables.admin import connections, days, machinery, recordings

__all__ = ["connections", "days", "machinery", "recordings"]
