"""A browser in a thread of its own, which tells of everything that went wrong in it.

Playwright runs an event loop in its thread. In the thread of the test, Django would take that for
a test that is asynchronous, and refuse to speak to the database.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, sync_playwright

# No name but the machine's own can be looked up.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
PATIENCE_MS = 15_000
TABS = 4
OURS = {"127.0.0.1", "localhost"}


def path_of_chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


class Far:
    """Something of Playwright's, whose methods are called in its thread."""

    def __init__(self, call: Callable[..., Any], near: Any) -> None:
        self._call = call
        self._near = near

    def __getattr__(self, name: str) -> Any:
        value = self._call(getattr, self._near, name)
        if callable(value):
            return lambda *args, **kwargs: self._wrapped(self._call(value, *args, **kwargs))
        return self._wrapped(value)

    def _wrapped(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._wrapped(one) for one in value]
        is_theirs = type(value).__module__.startswith(("playwright.", "tests."))
        return Far(self._call, value) if is_theirs else value


class Chromium:
    """One for all tests; each has a window as of a new person."""

    def __init__(self, path: str) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._playwright = self.call(sync_playwright().start)
        self._browser = self.call(
            lambda: self._playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        )

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self._thread.submit(function, *args, **kwargs).result()

    def close(self) -> None:
        self.call(self._browser.close)
        self.call(self._playwright.stop)
        self._thread.shutdown()

    @contextmanager
    def window(self, server: str, **options: Any) -> Iterator["Window"]:
        window = self.call(lambda: Window(self._browser.new_context(base_url=server, **options)))
        try:
            yield window
        finally:
            self.call(window.context.close)


class Window:
    """``wrong`` are errors and warnings of the console, breaches of the Content-Security-Policy
    among them, and requests that failed, were answered by an error, or were for another machine.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.wrong: list[str] = []
        self.page: Page = context.new_page()
        context.set_default_timeout(PATIENCE_MS)
        # Listened to and not intercepted: that would turn the cache off.
        context.on("request", self._asked)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.wrong.append(f"error: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def titles_of(self, addresses: Sequence[str]) -> dict[str, str]:
        """Those of many pages, each with all that it loads; a few are drawn at a time."""
        tabs = [self.page, *(self.context.new_page() for _ in range(TABS - 1))]
        titles = {}
        for first in range(0, len(addresses), TABS):
            opened = list(zip(tabs, addresses[first : first + TABS], strict=False))
            for tab, address in opened:
                tab.goto(address, wait_until="commit")
            for tab, address in opened:
                tab.wait_for_load_state("load")
                titles[address] = tab.title()
        return titles

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname not in OURS:
            self.wrong.append(f"asked another machine: {request.url}")

    def _heard(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.wrong.append(f"{message.type}: {message.text}")

    def _failed(self, request: Any) -> None:
        # What was still loading when the next page was asked for is given up.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.wrong.append(f"{response.status}: {response.url}")
