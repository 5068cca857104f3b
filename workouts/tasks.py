"""Importing the runners of jobs is what registers them with a worker."""

from workouts.services import generations

__runners__ = (generations,)
