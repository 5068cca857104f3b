from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from users.management.ops import OpsCommand
from wearables.services.partitions import AHEAD, existing_months, make_next_months, missing_months

_MOST = 120


class Command(OpsCommand):
    help = (
        "Make the table of this month's heart rates and of the next ones. Running it again"
        " changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--months", type=_months, default=AHEAD, help=f"How many after this one; {AHEAD}."
        )
        parser.add_argument("--list", action="store_true", help="Print those that there are.")

    def handle(
        self,
        *,
        months: int,
        list: bool,  # noqa: A002 - the flag
        dry_run: bool,
        **options: Any,
    ) -> None:
        today = timezone.now().date()
        if list:
            for name in existing_months():
                self.tell(name)
        elif dry_run:
            missing = missing_months(today=today, count=months)
            self.tell(f"{len(missing)} months would be made.", dry_run=True)
        else:
            self.tell(f"{len(make_next_months(today=today, count=months))} months made.")


def _months(text: str) -> int:
    if not text.isdecimal() or int(text) > _MOST:
        raise ArgumentTypeError(f"from 0 to {_MOST} months")
    return int(text)
