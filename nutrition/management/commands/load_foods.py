from typing import Any

from django.core.management.base import BaseCommand

from nutrition.services import catalogue


class Command(BaseCommand):
    help = "Load the starter foods and the categories. Running it again changes nothing."

    def handle(self, **options: Any) -> None:
        self.stdout.write(str(catalogue.load_foods()))
