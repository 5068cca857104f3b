from typing import Any

from social.services import achievements
from users.management.ops import OpsCommand, rehearsal


class Command(OpsCommand):
    help = "Load the catalogue of achievements. Running it again changes nothing."

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        with rehearsal(dry_run=dry_run):
            loaded = achievements.load_catalogue()
        self.tell(loaded, dry_run=dry_run)
