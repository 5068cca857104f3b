from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone

from social.services import demo_messages
from users.management.ops import OpsCommand, rehearsal


class Command(OpsCommand):
    help = "Have people of the demo, or others, write to each other. Twice is once."
    is_for_demos = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--clear", action="store_true", help="Delete what it added before, and add it anew."
        )

    def handle(self, *, clear: bool, dry_run: bool, **options: Any) -> None:
        with rehearsal(dry_run=dry_run), transaction.atomic():
            removed = demo_messages.remove_messages() if clear else 0
            added = demo_messages.add_messages(now=timezone.now())
        before = f"{removed} messages deleted, " if clear else ""
        self.tell(f"{before}{added} messages added.", dry_run=dry_run)
