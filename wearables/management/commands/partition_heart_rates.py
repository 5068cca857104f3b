from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from wearables.services.partitions import AHEAD, existing_months, make_next_months


class Command(BaseCommand):
    help = "Make the table of this month's heart rates and of the next ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--months", type=int, default=AHEAD, help=f"How many after this one; {AHEAD}."
        )
        parser.add_argument("--list", action="store_true", help="Print those that there are.")

    def handle(self, *, months: int, list: bool, **options: Any) -> None:  # noqa: A002 - the flag
        if list:
            for name in existing_months():
                self.stdout.write(name)
            return
        made = make_next_months(today=timezone.now().date(), count=months)
        self.stdout.write(f"{len(made)} months made.")
