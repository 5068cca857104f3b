from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from wearables.services import subscriptions


class Command(BaseCommand):
    help = "Subscribe to the webhooks of every configured provider. Twice is once."

    def handle(self, **options: Any) -> None:
        kept = subscriptions.keep_all(now=timezone.now())
        self.stdout.write(f"{kept} subscriptions are kept.")
