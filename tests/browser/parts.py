"""What pages consist of, as far as a browser can stumble over it."""

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

# Classes that say of which model or field an element is.
OF_NAMES = ("app-", "model-", "field-", "column-", "dynamic-")
LOADING = {"src", "href"}
LOADED = {"script", "link", "img", "use"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.update(_parts(tag, {name: value or "" for name, value in attrs}))


def _parts(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """Its name, those of its attributes, what it loads, and classes that name no model."""
    yield tag
    for name, value in attributes.items():
        yield f"{tag}[{name}]"
        if tag in LOADED and name in LOADING:
            yield f"{tag}[{name}={value}]"
        if name in {"type", "class"}:
            words = (word for word in value.split() if not word.startswith(OF_NAMES))
            yield from (f"{tag}[{name}={word}]" for word in words)


def parts_of(response: Any) -> set[str]:
    """Of the page: its elements, and the templates that it is made of."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.parts | {str(template.name) for template in response.templates}


def covering(parts: Mapping[str, set[str]]) -> list[str]:
    """A few of the pages, which have among them every part of all."""
    missing = set().union(*parts.values())
    chosen = []
    while missing:
        best = max(parts, key=lambda page: len(parts[page] & missing))
        chosen.append(best)
        missing -= parts[best]
    return chosen
