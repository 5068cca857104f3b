from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from social.services import demo_messages


class Command(BaseCommand):
    help = "Have people of the demo, or others, write to each other. Twice is once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--clear", action="store_true", help="Delete what it added before, and add it anew."
        )

    def handle(self, *, clear: bool, **options: Any) -> None:
        removed = demo_messages.remove_messages() if clear else 0
        added = demo_messages.add_messages(now=timezone.now())
        before = f"{removed} messages deleted, " if clear else ""
        self.stdout.write(f"{before}{added} messages added.")
