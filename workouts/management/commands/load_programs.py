from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workouts.services import programs


class Command(BaseCommand):
    help = "Load the public training programs. Running it again changes nothing."

    def handle(self, **options: Any) -> None:
        try:
            stored = programs.load_programs()
        except programs.MissingExercises as error:
            raise CommandError(error.message) from error
        self.stdout.write(str(stored))
