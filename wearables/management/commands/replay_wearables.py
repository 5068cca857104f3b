from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from users.management.ops import OpsCommand, person_named, rehearsal
from wearables.models import WearableDevice
from wearables.providers import registry
from wearables.readings import Counts
from wearables.services import payloads


class Command(OpsCommand):
    help = (
        "Read the kept answers of providers once more, as after a fault of ours was mended."
        " Nothing is asked of anybody; running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--provider", choices=sorted(registry.PROVIDERS), help="Only of this one."
        )
        parser.add_argument("--user", help="Username; everybody without it.")

    def handle(
        self, *, provider: str | None, user: str | None, dry_run: bool, **options: Any
    ) -> None:
        devices = WearableDevice.objects.order_by("pk")
        if provider:
            devices = devices.filter(provider=provider)
        if user:
            devices = devices.filter(user=person_named(user))
            if not devices.exists():
                raise CommandError(f"{user} has no such device.")
        rows, counts, unread = list(devices), Counts(), 0
        with tqdm(total=payloads.kept(rows), desc="Payloads", unit="", disable=None) as bar:
            for device in rows:
                # A dry run keeps one person's writers waiting at a time.
                with rehearsal(dry_run=dry_run):
                    read, failed = payloads.replay([device], told=lambda _: bar.update())
                counts += read
                unread += failed
        self.tell(
            f"{len(rows)} devices: {counts.new} new, {counts.changed} changed,"
            f" {counts.deleted} deleted; {unread} payloads could not be read",
            dry_run=dry_run,
        )
