from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from social.services import repair


class Command(BaseCommand):
    help = "Recount likes, replies, shares, participants and members; say which counts were wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Count, and write nothing.")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        drifts = repair.repair_counters(dry_run=dry_run)
        for drift in drifts:
            self.stdout.write(f"{drift.counter}: {drift.wrong} wrong")
        total = sum(drift.wrong for drift in drifts)
        self.stdout.write(f"{total} {'would be mended' if dry_run else 'mended'}.")
