#!/usr/bin/env python
"""Run a management command, beside embedded servers where the environment names none."""

import os
import sys
from pathlib import Path

from config import embedded

VAR = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent / "var")
# These answer from the code alone; starting a database for them would only cost time.
WITHOUT_SERVERS = {"help", "--help", "--version", "spectacular", "collectstatic", "makemessages"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not os.environ.get("DATABASE_URL"):
        # Whoever uses the embedded database is developing; with another one, production it is
        # until the environment says otherwise.
        os.environ.setdefault("ENVIRONMENT", "development")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - reads the settings

    if len(sys.argv) < 2 or sys.argv[1] in WITHOUT_SERVERS:  # noqa: PLR2004 - the program and its command
        execute_from_command_line(sys.argv)
        return
    with embedded.servers(var=VAR):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
