"""What staff may look up of what follows from the diaries: a reading room."""

from analytics.admin import body, charts, goal, periods, strength

__all__ = ["body", "charts", "goal", "periods", "strength"]
