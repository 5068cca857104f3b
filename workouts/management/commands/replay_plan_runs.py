from typing import Any

from django.core.management.base import BaseCommand

from workouts.services import replays


class Command(BaseCommand):
    help = (
        "Replay every run of a plan whose decisions are behind its workouts. They are brought up"
        " to date when somebody looks, so this is for those who cannot wait."
    )

    def handle(self, **options: Any) -> None:
        total, late = replays.settle_all()
        self.stdout.write(f"{total} runs: {late} replayed")
