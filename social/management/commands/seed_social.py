from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from social.management.commands.seed_demo import at_least_one
from social.services import demo
from users.services import demo as people


class Command(BaseCommand):
    help = "Have the people of the demo meet, post, compete and write. Twice is once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clear", action="store_true", help="Remove what it added.")
        parser.add_argument(
            "--users", type=at_least_one, help="Have so many people first, without diaries."
        )
        parser.add_argument("--seed", type=int, default=1, help="Another one, other lives.")
        parser.add_argument("--force", action="store_true", help="In production too.")

    def handle(
        self, *, clear: bool, users: int | None, seed: int, force: bool, **options: Any
    ) -> None:
        if settings.PRODUCTION and not force:
            raise CommandError("This is production: add --force if you mean it.")
        if clear:
            self.stdout.write(f"{demo.remove_social_life()} posts and all around them removed.")
            return
        now = timezone.now()
        if users:
            wanted = people.demo_people(count=users, seed=seed, with_admin=False)
            people.add_people(people=wanted, now=now)
        self.stdout.write(str(demo.add_social_life(now=now, seed=seed)))
