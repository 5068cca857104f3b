"""A web application of one answer, which waits for a file."""

import os
import time
from pathlib import Path

ROOM = Path(os.environ["TEST_ROOM"])


def application(environ, start_response):
    (ROOM / "asked").touch()
    while environ["PATH_INFO"] == "/slow" and not (ROOM / "go").exists():
        time.sleep(0.01)
    start_response("200 OK", [("Content-Length", "4")])
    return [b"done"]
