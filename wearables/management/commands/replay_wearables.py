from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from wearables.models import WearableDevice
from wearables.providers import registry
from wearables.services import payloads


class Command(BaseCommand):
    help = (
        "Read the kept answers of providers once more, as after a fault of ours was mended."
        " Nothing is asked of anybody; running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", choices=sorted(registry.PROVIDERS))
        parser.add_argument("--user", help="Username; everybody without it.")

    def handle(self, *, provider: str | None, user: str | None, **options: Any) -> None:
        devices = WearableDevice.objects.order_by("pk")
        if provider:
            devices = devices.filter(provider=provider)
        if user:
            devices = devices.filter(user__username=user)
            if not devices.exists():
                raise CommandError(f"{user} has no such device.")
        rows = list(devices)
        with tqdm(total=payloads.kept(rows), desc="Payloads", unit="", disable=None) as bar:
            counts, unread = payloads.replay(rows, told=lambda _: bar.update())
        self.stdout.write(
            f"{len(rows)} devices: {counts.new} new, {counts.changed} changed,"
            f" {counts.deleted} deleted; {unread} payloads could not be read"
        )
