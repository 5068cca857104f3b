from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from analytics.services.refresh import CHUNK, Refreshed, rebuild_people
from users.models import User


class Command(BaseCommand):
    help = (
        "Make all derived rows anew from the diaries: strength progress, records, analyses, "
        "summaries, goals. Prints how many were wrong; run again, it finds none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", help="The username of one person; everybody by default.")
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            help="Only what follows from days since YYYY-MM-DD.",
        )

    def handle(self, *, user: str | None, since: date | None, **options: Any) -> None:
        everybody = User.objects.order_by("pk")
        if user is not None:
            everybody = everybody.filter(username=user)
            if not everybody.exists():
                raise CommandError(f"There is nobody called {user}.")
        user_ids = list(everybody.values_list("pk", flat=True))
        done = Refreshed()
        chunks = rebuild_people(user_ids, now=datetime.now(UTC), since=since)
        for chunk in tqdm(chunks, total=-(-len(user_ids) // CHUNK), unit="chunk", disable=None):
            done += chunk
        people = "1 person" if done.people == 1 else f"{done.people} people"
        self.stdout.write(f"{people}: {done.written} rows written, {done.gone} taken away.")
