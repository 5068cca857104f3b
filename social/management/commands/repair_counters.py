from typing import Any

from social.services import repair
from users.management.ops import OpsCommand, progress


class Command(OpsCommand):
    help = (
        "Recount likes, replies, shares, participants and members; say which counts were wrong."
        " Run again, it finds none."
    )

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        total = 0
        drifts = repair.repaired(dry_run=dry_run)
        for drift in progress(drifts, of="Counters", total=len(repair.COUNTERS) + 1):
            self.tell(f"{drift.counter}: {drift.wrong} wrong")
            total += drift.wrong
        self.tell(f"{total} {'would be mended' if dry_run else 'mended'}.")
