from argparse import ArgumentTypeError
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from analytics.services import demo as analytics
from analytics.services import figures
from nutrition.services import catalogue as food_table
from nutrition.services import demo as food
from social.services import demo as social
from users.management.ops import OpsCommand
from users.services import demo as people
from wearables.services import demo as watches
from workouts.services import catalogue, demo_runs, programs
from workouts.services import demo as training

LOGINS = "demo.json"
# Whoever is interrupted loses this many people at most, and memory holds no more of them.
PEOPLE_AT_A_TIME = 10
# As long as its diaries are.
_FIGURE_DAYS = 365


def at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ArgumentTypeError("there must be at least one")
    return number


def fill(*, everyone: Sequence[people.DemoPerson], now: datetime, seed: int) -> list[str]:
    """Add whoever is not there yet with all that they did; answers what was added."""
    if not catalogue.is_loaded():
        catalogue.load_catalogue()
    if not programs.are_loaded():
        programs.load_programs()
    if not food_table.is_loaded():
        food_table.load_foods()
    added = workouts = meals = weigh_ins = 0
    with tqdm(total=len(everyone), desc="People", unit="", disable=None) as progress:
        for start in range(0, len(everyone), PEOPLE_AT_A_TIME):
            some = everyone[start : start + PEOPLE_AT_A_TIME]
            with transaction.atomic():
                new = people.add_people(people=some, now=now)
                workouts += training.add_training(users=new, now=now, seed=seed)
                named = [user for user in new if user.username in people.FOLLOWERS]
                workouts += demo_runs.add_runs(users=named, now=now)
                # In this order: people eat more on days of training, and weigh what they ate.
                meals += food.add_food(users=new, now=now, seed=seed)
                watches.add_wearables(users=named, now=now, seed=seed)
                weigh_ins += analytics.add_analytics(users=new, now=now, seed=seed)
            added += len(new)
            progress.update(len(some))
    together = social.add_social_life(now=now, seed=seed)
    return [
        f"{added} people, {workouts} workouts, {meals} meal entries"
        f" and {weigh_ins} weigh-ins added.",
        str(together),
    ]


class Command(OpsCommand):
    help = "Fill the app with people, their diaries, and what they do together. Twice is once."
    is_for_demos = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clear", action="store_true", help="Erase the people of the demo.")
        parser.add_argument(
            "--users", type=at_least_one, default=len(people.NAMED), help="How many people."
        )
        parser.add_argument("--seed", type=int, default=1, help="Another one, other diaries.")

    def handle(self, *, clear: bool, users: int, seed: int, dry_run: bool, **options: Any) -> None:
        if dry_run:
            self.tell(self._foreseen(clear=clear, count=users, seed=seed), dry_run=True)
            return
        try:
            if clear:
                self._clear()
            else:
                self._fill(count=users, seed=seed, now=timezone.now())
        except (
            catalogue.CatalogueNameTaken,
            programs.MissingExercises,
            training.MissingExercises,
            food.MissingFoods,
        ) as error:
            raise CommandError(error.message) from error
        # The admin's first page shows the demo at once.
        figures.rebuild_last_days(_FIGURE_DAYS, now=timezone.now())
        if not settings.PRODUCTION:
            people.write_logins(path=settings.VAR_DIR / LOGINS)

    def _foreseen(self, *, clear: bool, count: int, seed: int) -> str:
        # Not tried: pictures are files, which no transaction takes back.
        if clear:
            return f"{people.demo_users().count()} people would be erased."
        new = people.without_known(_everyone(count=count, seed=seed))
        return f"{len(new)} people would be added, with their diaries."

    def _clear(self) -> None:
        social.remove_social_life()
        erased = people.erase_everyone()
        total = people.demo_users().count()
        gone = sum(1 for _ in tqdm(erased, total=total, desc="People", unit="", disable=None))
        self.stdout.write(f"{gone} people erased.")

    def _fill(self, *, count: int, seed: int, now: datetime) -> None:
        everyone = _everyone(count=count, seed=seed)
        for line in fill(everyone=everyone, now=now, seed=seed):
            self.stdout.write(line)
        logins = people.logins()
        for login in logins:
            self.stdout.write(f"{login.username:8} {login.password} ({login.role})")
        if count > len(people.NAMED):
            self.stdout.write(f"{everyone[-1].username} and those before: the same password")
        expected = {person.username for person in everyone if person in people.WITH_LOGIN}
        for username in sorted(expected - {login.username for login in logins}):
            self.stdout.write(f"{username:8} is somebody else's username and stays theirs")


def _everyone(*, count: int, seed: int) -> list[people.DemoPerson]:
    # A superuser whose password is in the source is for development alone.
    return people.demo_people(count=count, seed=seed, with_staff=not settings.PRODUCTION)
