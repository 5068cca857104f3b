"""Where a reference leads to, and what it is led to from."""

from collections.abc import Iterator
from typing import Any

SCHEMAS = "#/components/schemas/"
METHODS = frozenset({"get", "post", "put", "patch", "delete"})


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every (path, method, operation)."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def resolved(document: dict[str, Any], reference: str) -> Any:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def reached(document: dict[str, Any], start: Any) -> set[str]:
    """Every reference that leads on from here, those of discriminators included."""
    found: set[str] = set()
    waiting: list[Any] = [start]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
        elif isinstance(node, str) and node.startswith("#/components/") and node not in found:
            found.add(node)
            waiting.append(resolved(document, node))
    return found
