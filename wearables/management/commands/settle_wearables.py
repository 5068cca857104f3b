from typing import Any

from django.core.management.base import CommandParser

from users.management.ops import OpsCommand, person_named, progress
from wearables.services.resettling import Resettled, people_with_devices, resettle_people


class Command(OpsCommand):
    help = (
        "Make everybody's days and nights anew from what their devices told. Prints how many "
        "were wrong; run again, it finds none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", help="The username of one person; everybody without it.")

    def handle(self, *, user: str | None, dry_run: bool, **options: Any) -> None:
        people = people_with_devices() if user is None else [person_named(user)]
        done = Resettled()
        settled = resettle_people(people, dry_run=dry_run)
        for one in progress(settled, of="People", total=len(people)):
            done += one
        verb = "differ" if dry_run else "were made anew"
        self.tell(f"{done.days} days and {done.sleeps} sleeps {verb}.")
