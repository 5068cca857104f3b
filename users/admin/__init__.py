"""What staff may look up about people, and the few things that they may do."""

from users.admin import account, audit, export, health, login, machinery, notification

__all__ = ["account", "audit", "export", "health", "login", "machinery", "notification"]
