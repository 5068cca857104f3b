from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import CommandParser

from analytics.services.refresh import CHUNK, Refreshed, rebuild_people
from users.management.ops import OpsCommand, person_named, progress
from users.models import User


class Command(OpsCommand):
    help = (
        "Make all derived rows anew from the diaries: strength progress, records, analyses, "
        "summaries, goals. Prints how many were wrong; run again, it finds none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", help="The username of one person; everybody without it.")
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="Only what follows from days since then.",
        )

    def handle(
        self, *, user: str | None, since: date | None, dry_run: bool, **options: Any
    ) -> None:
        everybody = User.objects.order_by("pk").values_list("pk", flat=True)
        user_ids = list(everybody) if user is None else [person_named(user)]
        done = Refreshed()
        chunks = rebuild_people(user_ids, now=datetime.now(UTC), since=since, dry_run=dry_run)
        for chunk in progress(chunks, of="Hundreds of people", total=-(-len(user_ids) // CHUNK)):
            done += chunk
        people = "1 person" if done.people == 1 else f"{done.people} people"
        self.tell(
            f"{people}: {done.written} rows written, {done.gone} taken away.", dry_run=dry_run
        )
