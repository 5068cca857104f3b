"""What staff may look up of what follows from the diaries: a reading room."""

from analytics.admin import body, charts, figure, goal, periods, strength

__all__ = ["body", "charts", "figure", "goal", "periods", "strength"]
