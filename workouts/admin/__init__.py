"""What staff may look up, and what they may put right in the diary and in the catalogue."""

from workouts.admin import exercise, parts, plan, run, transfer, workout

__all__ = ["exercise", "parts", "plan", "run", "transfer", "workout"]
