"""What clients were promised, in short, and what would break them.

Only what a generated client notices is kept: operations, their parameters, bodies and answers,
fields with their types, and choices. Texts and examples may change as they like.
"""

from typing import Any

from config.openapi.references import SCHEMAS, operations, reached

# By operation or shape: each of its parts, and what that is. A part with "?" need not be there.
Contract = dict[str, dict[str, dict[str, str]]]


def contract_of(document: dict[str, Any]) -> Contract:
    found = [(path, method, one) for path, method, one in operations(document)]
    asked = reached(document, [one.get("requestBody") for _, _, one in found])
    return {
        "operations": {
            one["operationId"]: _operation(document, path, method, one)
            for path, method, one in found
        },
        "shapes": {
            name: _shape(shape) for name, shape in document["components"]["schemas"].items()
        },
        # Of these, clients may leave out what they left out so far.
        "requests": {
            name: {} for name in document["components"]["schemas"] if SCHEMAS + name in asked
        },
    }


def breaks(before: Contract, now: Contract) -> list[str]:
    """What a client of before could not live with, one line each."""
    found = []
    for kind in ("operations", "shapes"):
        for name, parts in before[kind].items():
            if name not in now[kind]:
                # A shape that nobody uses any more shows in the operations that used it.
                found += [f"{name} is gone"] if kind == "operations" else []
                continue
            is_request = kind == "operations" or name in before["requests"]
            found += _lost(name, parts, now[kind][name], is_request=is_request)
            if is_request:
                found += [
                    f"{name}: {part} must be given now"
                    for part in now[kind][name].keys() - parts.keys()
                    if not part.endswith("?") and f"{part}?" not in parts and not _is_told(part)
                ]
    return sorted(found)


def _lost(
    name: str, before: dict[str, str], now: dict[str, str], *, is_request: bool
) -> list[str]:
    found = []
    for part, kind in before.items():
        twin = part.removesuffix("?") if part.endswith("?") else f"{part}?"
        # Answers may promise more than before, requests may ask for less.
        may_be_twin = part.endswith("?") != is_request or _is_choice(part)
        told = now.get(part, now.get(twin) if may_be_twin else None)
        if told is None:
            found.append(f"{name}: {part} is gone" if twin not in now else f"{name}: {twin} now")
        elif told != kind:
            found.append(f"{name}: {part} was {kind}, is {told}")
    return found


def _is_told(part: str) -> bool:
    """Answers and choices that are new break nobody who passes over what they do not know."""
    return part.split(" ", 1)[0].isdigit() or part == "path" or _is_choice(part)


def _is_choice(part: str) -> bool:
    return part.startswith("=")


def _operation(
    document: dict[str, Any], path: str, method: str, operation: dict[str, Any]
) -> dict[str, str]:
    parts = {"path": f"{method.upper()} {path}"}
    for parameter in operation.get("parameters", ()):
        one = _followed(document, parameter)
        mark = "" if one.get("required") else "?"
        parts[f"{one['in']} {one['name']}{mark}"] = _kind(one["schema"])
    body = _followed(document, operation.get("requestBody", {}))
    for media_type, media in body.get("content", {}).items():
        parts[f"body {media_type}?"] = _kind(media.get("schema", {}))
    for status, answer in operation["responses"].items():
        for media_type, media in _followed(document, answer).get("content", {}).items():
            parts[f"{status} {media_type}"] = _kind(media.get("schema", {}))
    return parts


def _shape(shape: dict[str, Any]) -> dict[str, str]:
    required = shape.get("required", ())
    parts = {
        name if name in required else f"{name}?": _kind(field)
        for name, field in shape.get("properties", {}).items()
    }
    choices = {f"={choice}": "" for choice in shape.get("enum", ())}
    unions = shape.get("oneOf") or shape.get("anyOf") or shape.get("allOf") or ()
    return parts | choices | {f"={_kind(one)}": "" for one in unions}


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(SCHEMAS)
    for union, sign in (("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")):
        if union in schema:
            return sign.join(sorted(_kind(one) for one in schema[union]))
    kinds = schema.get("type", "any")
    words = [kinds] if isinstance(kinds, str) else sorted(kinds, key=lambda one: one == "null")
    if "array" in words:
        words[words.index("array")] = f"[{_kind(schema.get('items', {}))}]"
    form = schema.get("format", "")
    return " | ".join(words) + (f" {form}" if form else "")


def _followed(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        kind, name = node["$ref"].split("/")[-2:]
        node = document["components"][kind][name]
    return node
