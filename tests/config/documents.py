"""The document, made once in a process, and what its shapes take."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from config.openapi import references

NAME = "urn:document"


@cache
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    return {(path, method): one for path, method, one in references.operations(document())}


def followed(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = references.resolved(document(), node["$ref"])
    return node


def examples_of(media: dict[str, Any]) -> list[Any]:
    if "example" in media:
        return [media["example"]]
    return [followed(example)["value"] for example in media.get("examples", {}).values()]


def faults(schema: dict[str, Any], value: Any, *, closed: bool = False) -> list[str]:
    """What the shape does not take; where it is closed, also every key that it does not name."""
    validator = Draft202012Validator(
        _absolute(schema),
        registry=_registry(closed=closed),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@cache
def _registry(*, closed: bool) -> Registry:
    shapes = _closed(document()) if closed else document()
    whole = DRAFT202012.create_resource(_absolute(shapes))
    return Registry().with_resource(NAME, whole)


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    shape = {key: _closed(value) for key, value in node.items()}
    is_open = "properties" not in node or "additionalProperties" in node
    if node.get("type") == "object" and not is_open:
        shape["unevaluatedProperties"] = False
    return shape


def _absolute(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: NAME + value if key == "$ref" and value.startswith("#") else _absolute(value)
            for key, value in node.items()
        }
    return [_absolute(one) for one in node] if isinstance(node, list) else node
