from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from social.services import standings
from users.management.ops import OpsCommand, progress, rehearsal


class Command(OpsCommand):
    help = (
        "Count the progress of challenges anew from everybody's training days. Finished ones stay "
        "as they are. Prints how many rows were wrong; run again, it finds none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--challenge", type=UUID, help="One of them, by its id; all without.")

    def handle(self, *, challenge: UUID | None, dry_run: bool, **options: Any) -> None:
        ids = standings.running() if challenge is None else [challenge]
        counted = [_recompute(one, dry_run=dry_run) for one in progress(ids, of="Challenges")]
        if challenge is not None and counted == [None]:
            raise CommandError("There is no such challenge, or it is finished.")
        wrong = [number for number in counted if number is not None]
        challenges = "1 challenge" if len(wrong) == 1 else f"{len(wrong)} challenges"
        rows = "1 row" if sum(wrong) == 1 else f"{sum(wrong)} rows"
        verb = "is" if sum(wrong) == 1 else "are"
        if not dry_run:
            verb = "was" if sum(wrong) == 1 else "were"
        self.tell(f"{challenges}: {rows} {verb} wrong.", dry_run=dry_run)


def _recompute(challenge_id: UUID, *, dry_run: bool) -> int | None:
    with rehearsal(dry_run=dry_run):
        return standings.recompute(challenge_id, now=datetime.now(UTC))
