"""What is done to the document as a whole, once every endpoint has said its part."""

from typing import Any

from config.openapi import accounts, errors, examples, feed, naming, shapes

# Where it was loaded from comes first: Swagger UI then asks the server that it came from.
_SERVERS = [
    {"url": "/", "description": "The server that this document comes from."},
    {"url": "http://127.0.0.1:8000", "description": "`make run` on this machine."},
]


def complete(
    result: dict[str, Any],
    generator: Any,
    request: Any,
    public: bool,  # noqa: FBT001 - their call
) -> dict[str, Any]:
    """Finish the document for people who read it and for programs that make clients of it."""
    result["servers"] = _SERVERS
    result["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    accounts.add(result)
    errors.unite(result)
    feed.name_rows(result)
    shapes.simplify(result)
    naming.name(result)
    examples.add(result)
    shapes.drop_unused(result)
    result["paths"] = dict(sorted(result["paths"].items()))
    result["components"]["schemas"] = dict(sorted(result["components"]["schemas"].items()))
    return result
