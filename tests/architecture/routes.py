"""Every route of the API, from the URL resolver: what exists, not what we remember."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

API = "api/v1/"


@dataclass(frozen=True)
class Route:
    path: str
    methods: frozenset[str]
    view: type[Any]

    def __str__(self) -> str:
        return self.path


def routes() -> list[Route]:
    merged: dict[str, Route] = {}
    for path, pattern in _walk(get_resolver(), ""):
        if not path.startswith(API):
            continue
        view = pattern.callback.cls
        methods = frozenset(name.upper() for name in _methods(pattern) if name != "options")
        known = merged.get(path)
        merged[path] = Route(path, methods | (known.methods if known else frozenset()), view)
    return sorted(merged.values(), key=str)


def _walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, path)
        else:
            yield path, entry


def _methods(pattern: URLPattern) -> set[str]:
    allowed = set(pattern.callback.cls.http_method_names)
    actions = getattr(pattern.callback, "actions", None)
    if actions:
        return set(actions) & allowed - {"head"}
    return {name for name in allowed - {"head"} if hasattr(pattern.callback.cls, name)}
