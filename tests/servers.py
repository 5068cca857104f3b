"""A pytest plugin: real PostgreSQL and Redis, there before Django reads its settings."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import embedded

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "test"

os.environ.setdefault("ENVIRONMENT", "development")
# Where the account exports of the tests go.
os.environ["PRIVATE_ROOT"] = str(VAR / "private")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start what the environment does not name; xdist's workers inherit the addresses."""
    context = embedded.servers(var=VAR)
    context.__enter__()
    early_config.add_cleanup(lambda: context.__exit__(None, None, None))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Migrate while xdist's workers collect; they wait for the end of it."""
    option = session.config.option
    if getattr(option, "dist", "no") != "no" and not option.collectonly:
        command = [sys.executable, "-m", "tests.migrated"]
        migrating = subprocess.Popen(command, cwd=ROOT)
        session.config.add_cleanup(lambda: (migrating.kill(), migrating.wait()))


def pytest_collection(session: pytest.Session) -> None:
    """Collecting makes a million objects that stay: there is no garbage to look for."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.collect()
    gc.freeze()
    gc.enable()
