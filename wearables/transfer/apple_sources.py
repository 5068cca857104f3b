"""Who wrote a record of Apple Health: its export has names, and no identifiers of apps."""

import re
from typing import Final

from wearables.readings import Kind, Source
from wearables.transfer.refusals import FileRefused

MAX_NAMES: Final = 5_000
_MAX_REMEMBERED: Final = 20_000
_MODEL: Final = re.compile(r"\bmodel:\s*(Watch|iPhone|iPad|iPod)\b")
_PHONES: Final = frozenset({"iPhone", "iPad", "iPod"})
# Names under which makers' apps write there, and the identifier that those apps have.
_APPS: Final = {
    "garmin connect": "com.garmin.connect.mobile",
    "connect": "com.garmin.connect.mobile",
    "oura": "com.ouraring.oura",
    "whoop": "com.whoop.iphone",
    "fitbit": "com.fitbit.FitbitMobile",
    "google health": "com.fitbit.FitbitMobile",
    "polar flow": "fi.polar.polarflow",
    "polar beat": "fi.polar.polarbeat",
}


class Sources:
    """The sources of an export, each known by its name and the text of a device."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Source] = {}
        self._by_name: dict[str, Source] = {}

    def of(self, name: str, device: str) -> Source:
        known = self._known.get((name, device))
        if known is not None:
            return known
        plain = " ".join(name.split())[:200]
        source = Source(name=plain, kind=_kind(plain, device), app=_APPS.get(plain.lower(), ""))
        self._note(source)
        # A device's text names its place in memory, so that there may be one for each record.
        if len(self._known) < _MAX_REMEMBERED:
            self._known[name, device] = source
        return source

    def of_day(self, name: str) -> Source:
        """One for all that came under a name: a day has one row for it."""
        return self._by_name.get(name) or Source(name=name)

    def _note(self, source: Source) -> None:
        noted = self._by_name.get(source.name)
        if noted is None and len(self._by_name) >= MAX_NAMES:
            raise FileRefused("too_many")
        if noted is None or (noted.kind != "watch" and source.kind != "hub"):
            self._by_name[source.name] = source


def _kind(name: str, device: str) -> Kind:
    found = _MODEL.search(device)
    if found:
        return "phone" if found[1] in _PHONES else "watch"
    if device:
        return "hub"
    # Older exports tell no device; a person's own are named after them by default.
    return "watch" if "Apple Watch" in name else "phone" if "iPhone" in name else "hub"
