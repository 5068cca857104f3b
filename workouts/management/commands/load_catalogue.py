from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workouts.services import catalogue


class Command(BaseCommand):
    help = "Load our exercise catalogue. Running it again changes nothing."

    def handle(self, **options: Any) -> None:
        try:
            stored = catalogue.load_catalogue()
        except catalogue.CatalogueNameTaken as error:
            raise CommandError(error.message) from error
        self.stdout.write(str(stored))
