from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from wearables.models import DeviceStatus, SyncKind, WearableDevice
from wearables.providers import registry
from wearables.services import syncing


class Command(BaseCommand):
    help = (
        "Ask for a sync of every connection that can be read, as the schedule would. Workers do"
        " it; one that is open already is not asked for twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", choices=sorted(registry.PROVIDERS))
        parser.add_argument("--user", help="Username; everybody without it.")

    def handle(self, *, provider: str | None, user: str | None, **options: Any) -> None:
        devices = WearableDevice.objects.filter(status=DeviceStatus.ACTIVE, is_active=True)
        if provider:
            devices = devices.filter(provider=provider)
        if user:
            devices = devices.filter(user__username=user)
        asked = 0
        for device in tqdm(list(devices.order_by("pk")), desc="Devices", unit="", disable=None):
            if syncing.is_scheduled(device):
                syncing.request_sync(device=device, kind=SyncKind.SCHEDULED)
                asked += 1
        self.stdout.write(f"{asked} syncs requested")
