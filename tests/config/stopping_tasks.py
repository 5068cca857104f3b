"""Tasks for the tests of a worker's end; each tells in a file how far it came."""

import os
import time
from pathlib import Path

from config.celery import app

ROOM = Path(os.environ["TEST_ROOM"])


@app.task
def lift(name: str) -> None:
    """Begin, and be done as soon as there is a file of this name."""
    _tell(f"{name} begins")
    while not (ROOM / name).exists():
        time.sleep(0.01)
    _tell(f"{name} is done")


def _tell(line: str) -> None:
    with (ROOM / "told").open("a") as told:
        told.write(f"{line}\n")
