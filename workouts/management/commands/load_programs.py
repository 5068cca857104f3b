from typing import Any

from users.management.ops import OpsCommand, rehearsal
from workouts.services import programs


class Command(OpsCommand):
    help = "Load the public training programs. Running it again changes nothing."

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        with rehearsal(dry_run=dry_run):
            stored = programs.load_programs()
        self.tell(stored, dry_run=dry_run)
