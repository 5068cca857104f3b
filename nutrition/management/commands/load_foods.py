from typing import Any

from nutrition.services import catalogue
from users.management.ops import OpsCommand, rehearsal


class Command(OpsCommand):
    help = "Load the starter foods and the categories. Running it again changes nothing."

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        with rehearsal(dry_run=dry_run):
            loaded = catalogue.load_foods()
        self.tell(loaded, dry_run=dry_run)
