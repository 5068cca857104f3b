from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class OperationsConfig(AppConfig):
    """What concerns the whole system: its commands, templates and static files. No models."""

    name = "config"

    def ready(self) -> None:
        from config import observability

        observability.begin()


class NumeneonAdminConfig(AdminConfig):
    default_site = "config.admin.NumeneonAdminSite"
