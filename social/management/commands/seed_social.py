from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from social.management.commands.seed_demo import at_least_one
from social.services import demo
from users.management.ops import OpsCommand
from users.services import demo as people


class Command(OpsCommand):
    help = "Have the people of the demo meet, post, compete and write. Twice is once."
    is_for_demos = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clear", action="store_true", help="Remove what it added.")
        parser.add_argument(
            "--users", type=at_least_one, help="Have so many people first, without diaries."
        )
        parser.add_argument("--seed", type=int, default=1, help="Another one, other lives.")

    def handle(
        self, *, clear: bool, users: int | None, seed: int, dry_run: bool, **options: Any
    ) -> None:
        wanted = people.demo_people(count=users or 0, seed=seed, with_staff=False)
        if dry_run:
            self.tell(_foreseen(wanted, clear=clear), dry_run=True)
            return
        if clear:
            self.tell(f"{demo.remove_social_life()} posts and all around them removed.")
            return
        now = timezone.now()
        people.add_people(people=wanted, now=now)
        self.tell(demo.add_social_life(now=now, seed=seed))


def _foreseen(wanted: list[people.DemoPerson], *, clear: bool) -> str:
    # Not tried: pictures are files, which no transaction takes back.
    if clear:
        return f"{demo.count_posts()} posts and all around them would be removed."
    strangers = demo.count_strangers()
    added = len(people.without_known(wanted))
    return f"{added} people would be added, {strangers + added} would begin to meet and post."
