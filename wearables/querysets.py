"""Which rows of wearables."""

from typing import TYPE_CHECKING

from users.ownership import PartQuerySet

if TYPE_CHECKING:
    from wearables.models import DailyActivitySource  # noqa: F401 - named in the base class


class DailySourceQuerySet(PartQuerySet["DailyActivitySource"]):
    whole = "device"
