"""What staff may look up about people, and the few things that they may do."""

from users.admin import account, export, login, machinery, notification

__all__ = ["account", "export", "login", "machinery", "notification"]
