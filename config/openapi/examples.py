"""An example for every field, and of fields one for every request and answer that has none."""

from typing import Any

from config.openapi.references import SCHEMAS, operations
from config.openapi.requests import REQUESTS
from config.openapi.shapes import Schema
from config.openapi.values import VALUES

_BY_TYPE: dict[str, Any] = {
    "uuid": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9",
    "date": "2026-03-02",
    "time-local": "18:05:00",
    "date-time": "2026-03-02T18:05:00Z",
    "email": "ana@example.com",
    "uri": "https://example.com/",
    "uri-reference": "/media/avatars/019a2f5e.webp",
    "binary": "(bytes)",
    "double": 82.5,
    "integer": 5,
    "number": 82.5,
    "boolean": True,
    "string": "Push day",
}
_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "string": (str,),
}


def add(result: dict[str, Any]) -> None:
    """Give every field, request and answer without an example one that fits its shape."""
    schemas = result["components"]["schemas"]
    for name, schema in schemas.items():
        for field, shape in schema.get("properties", {}).items():
            _add_to_field(f"{name}.{field}", field, shape)
    shown = Composer(schemas)
    components = result["components"]
    requests = [*components.get("requestBodies", {}).values()]
    answers = [*components.get("responses", {}).values()]
    for _, _, operation in operations(result):
        requests.append(operation.get("requestBody", {}))
        answers += operation["responses"].values()
    for body in requests:
        shown.add_to(body, is_request=True)
    for body in answers:
        shown.add_to(body, is_request=False)


def _add_to_field(key: str, name: str, shape: Schema) -> None:
    if "items" in shape and f"{name}[]" in VALUES:
        shape["items"].setdefault("examples", [VALUES[f"{name}[]"]])
    if {"example", "examples", "$ref", "allOf", "oneOf", "items"} & shape.keys():
        return
    kind = _kind(shape)
    value = VALUES.get(key, VALUES.get(name))
    if "const" in shape or "enum" in shape:
        value = shape.get("const", shape.get("enum", [None])[0])
    elif not _fits(value, kind, shape):
        value = _within(_BY_TYPE.get(shape.get("format", ""), _BY_TYPE.get(kind)), shape)
    if value is not None:
        shape["examples"] = [value]


def _kind(shape: Schema) -> str:
    kinds = shape.get("type", "")
    return kinds if isinstance(kinds, str) else next((one for one in kinds if one != "null"), "")


def _fits(value: Any, kind: str, shape: Schema) -> bool:
    if not isinstance(value, _TYPES.get(kind, ())) or isinstance(value, bool) != (
        kind == "boolean"
    ):
        return False
    if isinstance(value, str):
        return shape.get("format") in {None, "uri-reference", "time-local"} or (
            shape.get("format") == _BY_FORM.get(value[4:5])
        )
    return bool(shape.get("minimum", value) <= value <= shape.get("maximum", value))


# What the fifth character tells of dates and addresses.
_BY_FORM = {"-": "date", "s": "uri"}


def _within(value: Any, shape: Schema) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = min(value, shape.get("maximum", value))
        return max(value, shape.get("minimum", value))
    if isinstance(value, str) and "maxLength" in shape and shape.get("format") is None:
        return value[: shape["maxLength"]]
    return value


class Composer:
    """Makes one value of a shape from the examples of its fields."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self.schemas = schemas

    def add_to(self, body: dict[str, Any], *, is_request: bool) -> None:
        for media_type, media in body.get("content", {}).items():
            if {"example", "examples"} & media.keys() or "schema" not in media:
                continue
            if media_type == "application/json":
                schema = media["schema"]
                value = self.request(schema) if is_request else self.answer(schema)
            else:
                value = _OTHER_MEDIA.get(media_type) or self.request(media["schema"])
            media["example"] = value

    def answer(self, schema: Schema, above: tuple[str, ...] = ()) -> Any:
        """Everything that the shape has; what holds itself ends at its second turn."""
        name = schema.get("$ref", "").removeprefix(SCHEMAS)
        if name:
            return self.answer(self.schemas[name], (*above, name))
        for key in ("examples", "example"):
            if key in schema:
                return schema[key][0] if key == "examples" else schema[key]
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        if "allOf" in schema:
            return self._all(schema["allOf"], above)
        if "oneOf" in schema or "anyOf" in schema:
            return self._one(schema.get("oneOf") or schema["anyOf"], above)
        return self._plain(schema, above)

    def _all(self, shapes: list[Schema], above: tuple[str, ...]) -> Any:
        values = [self.answer(shape, above) for shape in shapes]
        if not all(isinstance(value, dict) for value in values):
            return values[0]
        return {key: value for one in values for key, value in one.items()}

    def _one(self, shapes: list[Schema], above: tuple[str, ...]) -> Any:
        for shape in shapes:
            name = shape.get("$ref", "").removeprefix(SCHEMAS)
            if shape != {"type": "null"} and name not in above:
                return self.answer(shape, above)
        return None

    def _plain(self, schema: Schema, above: tuple[str, ...]) -> Any:
        kind = _kind(schema)
        if kind == "array":
            items = schema.get("items", {})
            again = items.get("$ref", "").removeprefix(SCHEMAS) in above
            return [] if again or schema.get("maxItems") == 0 else [self.answer(items, above)]
        if kind == "object" or "properties" in schema:
            return {
                name: self.answer(shape, above)
                for name, shape in schema.get("properties", {}).items()
            }
        return _within(_BY_TYPE.get(schema.get("format", ""), _BY_TYPE.get(kind)), schema)

    def request(self, schema: Schema) -> Any:
        """What one would send: the request given by hand, else what must be there."""
        name = schema.get("$ref", "").removeprefix(SCHEMAS)
        if name in REQUESTS:
            return REQUESTS[name]
        shape = self.schemas.get(name, schema)
        if {"oneOf", "anyOf", "allOf"} & shape.keys():
            return self.answer(shape)
        if _kind(shape) == "array":
            return [self.request(shape["items"])]
        if "properties" not in shape:
            return self.answer(shape)
        fields = shape["properties"]
        wanted = shape.get("required") or _first_writable(fields)
        return {
            name: self._field(fields[name]) for name in wanted if not fields[name].get("readOnly")
        }

    def _field(self, shape: Schema) -> Any:
        if "$ref" in shape:
            return self.request(shape)
        if _kind(shape) == "array" and not {"example", "examples"} & shape.keys():
            return [self._field(shape.get("items", {}))]
        return self.answer(shape)


def _first_writable(fields: dict[str, Schema]) -> list[str]:
    """Of a change, in which nothing must be there, one field."""
    plain = [
        name for name, shape in fields.items() if name != "id" and not shape.get("readOnly", False)
    ]
    return plain[:1]


_OTHER_MEDIA = {
    "text/event-stream": 'id: 45-1795307376\nevent: notification\ndata: {"kind": "like"}\n\n',
    "text/csv": "Date;Workout Name;Exercise Name;Set Order;Weight;Reps\n",
    "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 320"/>',
    "image/webp": "(bytes)",
    "image/jpeg": "(bytes)",
    "application/zip": "(bytes)",
}
