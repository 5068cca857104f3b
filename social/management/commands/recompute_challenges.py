from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from social.services import standings


class Command(BaseCommand):
    help = (
        "Count the progress of challenges anew from everybody's training days. Finished ones stay "
        "as they are. Prints how many rows were wrong; run again, it finds none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--challenge", type=UUID, help="One of them; all by default.")

    def handle(self, *, challenge: UUID | None, **options: Any) -> None:
        ids = standings.running() if challenge is None else [challenge]
        counted = [
            standings.recompute(one, now=datetime.now(UTC))
            for one in tqdm(ids, unit="challenge", disable=None)
        ]
        if challenge is not None and counted == [None]:
            raise CommandError("There is no such challenge, or it is finished.")
        wrong = [number for number in counted if number is not None]
        challenges = "1 challenge" if len(wrong) == 1 else f"{len(wrong)} challenges"
        rows = "1 row was" if sum(wrong) == 1 else f"{sum(wrong)} rows were"
        self.stdout.write(f"{challenges}: {rows} wrong.")
