from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from analytics.services import figures
from users.management.ops import OpsCommand, rehearsal

_USUAL_DAYS = 90
_MOST_DAYS = 3660


class Command(OpsCommand):
    help = (
        "Make the daily figures of the admin's first page anew, from diaries and posts: those of "
        "the last 90 days, or since a day. Twice is once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="The first day, in UTC.",
        )

    def handle(self, *, since: date | None, dry_run: bool, **options: Any) -> None:
        now = datetime.now(UTC)
        days = _USUAL_DAYS if since is None else (now.date() - since).days + 1
        if days < 1:
            raise CommandError(f"{since} is yet to come.", returncode=2)
        if days > _MOST_DAYS:
            raise CommandError("That is more than ten years ago.", returncode=2)
        with rehearsal(dry_run=dry_run):
            made = figures.rebuild_last_days(days, now=now)
        self.tell(f"{made} figures of {days} days made.", dry_run=dry_run)
