import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from wearables.services import keys


class Command(BaseCommand):
    help = (
        "Encrypt every stored secret with the first key of WEARABLE_KEYS. Safe to run beside the"
        " server and more than once; ends with 1 where no key of the ring opens a secret."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what would be rotated.")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        with tqdm(total=keys.count(), desc="Secrets", unit="", disable=None) as bar:
            rotation = keys.rotate(dry_run=dry_run, told=bar.update)
        self.stdout.write(f"{'Dry run: ' if dry_run else ''}{rotation}")
        if rotation.unreadable:
            sys.exit(1)
