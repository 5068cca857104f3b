from typing import Any

from django.utils import timezone

from users.management.ops import OpsCommand
from wearables.services import subscriptions


class Command(OpsCommand):
    help = "Subscribe to the webhooks of every configured provider. Twice is once."

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        if dry_run:
            asked = ", ".join(one.slug for one in subscriptions.subscribed_to()) or "nobody"
            self.tell(f"{asked} would be asked.", dry_run=True)
            return
        kept = subscriptions.keep_all(now=timezone.now())
        self.tell(f"{kept} subscriptions are kept.")
