from typing import Any

from users.management.ops import OpsCommand, rehearsal
from workouts.services import catalogue


class Command(OpsCommand):
    help = "Load our exercise catalogue. Running it again changes nothing."

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        with rehearsal(dry_run=dry_run):
            stored = catalogue.load_catalogue()
        self.tell(stored, dry_run=dry_run)
