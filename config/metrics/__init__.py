"""What Prometheus sees of the requests, from every web process together, and of the rest."""

from config.metrics.page import metrics, metrics_of_processes
from config.metrics.requests import observe, under_way

__all__ = ["metrics", "metrics_of_processes", "observe", "under_way"]
