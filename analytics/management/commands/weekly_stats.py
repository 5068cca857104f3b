"""Make everybody's week of training agree with their diaries, and add it up."""

from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from analytics.services.weekly import refresh_week


class Command(BaseCommand):
    help = "Refresh everybody's week of training. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--week-of",
            type=date.fromisoformat,
            help="Any day of the week, such as 2026-03-02; a day of last week without it.",
        )

    def handle(self, *, week_of: date | None, **options: Any) -> None:
        now = timezone.now()
        day = week_of or now.date() - timedelta(days=7)
        week = refresh_week(week_of=day, now=now)
        self.stdout.write(
            f"{week.people} people trained {week.workouts} times in the week of {day}:"
            f" {week.minutes} min, {week.sets} sets, {week.volume_kg:.0f} kg."
            f" {week.written} weeks were written."
        )
