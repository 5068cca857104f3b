from typing import Any

from tqdm import tqdm

from users.management.ops import OpsCommand
from workouts.models import PlanRun
from workouts.services import replays


class Command(OpsCommand):
    help = (
        "Replay every run of a plan whose decisions are behind its workouts. They are brought up"
        " to date when somebody looks, so this is for those who cannot wait."
    )

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        with tqdm(total=PlanRun.objects.count(), desc="Runs", unit="", disable=None) as bar:
            total, late = replays.settle_all(dry_run=dry_run, told=bar.update)
        self.tell(f"{total} runs: {late} {'would be replayed' if dry_run else 'replayed'}")
