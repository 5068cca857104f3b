from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from users.models import User
from wearables.services.resettling import Resettled, people_with_devices, resettle_people


class Command(BaseCommand):
    help = (
        "Make everybody's days and nights anew from what their devices told. Prints how many "
        "were wrong; run again, it finds none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", help="The username of one person; everybody by default.")
        parser.add_argument("--dry-run", action="store_true", help="Count, and change nothing.")

    def handle(self, *, user: str | None, dry_run: bool, **options: Any) -> None:
        people = people_with_devices() if user is None else [_person(user)]
        done = Resettled()
        for one in tqdm(resettle_people(people, dry_run=dry_run), total=len(people), disable=None):
            done += one
        verb = "differ" if dry_run else "were made anew"
        self.stdout.write(f"{done.days} days and {done.sleeps} sleeps {verb}.")


def _person(username: str) -> Any:
    found = User.objects.filter(username=username).first()
    if found is None:
        raise CommandError(f"There is nobody called {username}.")
    return found.pk
