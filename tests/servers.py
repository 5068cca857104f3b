"""A pytest plugin: real PostgreSQL and Redis, there before Django reads its settings."""

import os
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
