from typing import Any

from django.core.management.base import CommandError

from users.management.ops import OpsCommand, rehearsal
from users.services import roles


class Command(OpsCommand):
    help = "Give each role of staff its permissions. Running it again changes nothing."

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        try:
            with rehearsal(dry_run=dry_run):
                loaded = roles.load_roles()
        except roles.UnknownPermission as error:
            raise CommandError(f"{error} Has the database been migrated?") from error
        self.tell(loaded, dry_run=dry_run)
