from typing import Any

from django.core.management.base import CommandParser

from users.management.ops import OpsCommand, person_named, progress, rehearsal
from wearables.models import DeviceStatus, SyncKind, WearableDevice
from wearables.providers import registry
from wearables.services import syncing


class Command(OpsCommand):
    help = (
        "Ask for a sync of every connection that can be read, as the schedule would. Workers do"
        " it; one that is open already is not asked for twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--provider", choices=sorted(registry.PROVIDERS), help="Only of this one."
        )
        parser.add_argument("--user", help="Username; everybody without it.")

    def handle(
        self, *, provider: str | None, user: str | None, dry_run: bool, **options: Any
    ) -> None:
        devices = WearableDevice.objects.filter(status=DeviceStatus.ACTIVE, is_active=True)
        if provider:
            devices = devices.filter(provider=provider)
        if user:
            devices = devices.filter(user=person_named(user))
        asked = 0
        for device in progress(list(devices.order_by("pk")), of="Devices"):
            if syncing.is_scheduled(device):
                with rehearsal(dry_run=dry_run):
                    syncing.request_sync(device=device, kind=SyncKind.SCHEDULED)
                asked += 1
        self.tell(f"{asked} syncs requested", dry_run=dry_run)
