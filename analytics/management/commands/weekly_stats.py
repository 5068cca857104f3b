"""Make everybody's week of training agree with their diaries, and add it up."""

from datetime import date, timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from tqdm import tqdm

from analytics.services.weekly import people_count, refresh_week
from users.management.ops import OpsCommand


class Command(OpsCommand):
    help = "Refresh everybody's week of training. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--week-of",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="Any day of the week, such as 2026-03-02; a day of last week without it.",
        )

    def handle(self, *, week_of: date | None, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        day = week_of or now.date() - timedelta(days=7)
        with tqdm(total=people_count(), desc="People", unit="", disable=None) as bar:
            week = refresh_week(week_of=day, now=now, dry_run=dry_run, told=bar.update)
        verb = "would be written" if dry_run else "were written"
        self.tell(
            f"{week.people} people trained {week.workouts} times in the week of {day}:"
            f" {week.minutes} min, {week.sets} sets, {week.volume_kg:.0f} kg."
            f" {week.written} weeks {verb}."
        )
