from typing import Any

from django.core.management.base import BaseCommand

from social.services import achievements


class Command(BaseCommand):
    help = "Load the catalogue of achievements. Running it again changes nothing."

    def handle(self, **options: Any) -> None:
        self.stdout.write(str(achievements.load_catalogue()))
