import sys
from typing import Any

from tqdm import tqdm

from users.management.ops import OpsCommand
from wearables.services import keys


class Command(OpsCommand):
    help = (
        "Encrypt every stored secret with the first key of WEARABLE_KEYS. Safe to run beside the"
        " server and more than once; ends with 1 where no key of the ring opens a secret."
    )

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        with tqdm(total=keys.count(), desc="Secrets", unit="", disable=None) as bar:
            rotation = keys.rotate(dry_run=dry_run, told=bar.update)
        self.tell(rotation, dry_run=dry_run)
        if rotation.unreadable:
            sys.exit(1)
