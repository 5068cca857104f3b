"""Shapes as generators of clients understand them best."""

from collections.abc import Iterator
from typing import Any, get_args

from config.openapi.references import SCHEMAS, operations, reached
from workouts.training.document import FitnessLevel, LoadType, SetType

Schema = dict[str, Any]
_LITERAL = frozenset({"example", "examples", "default", "const", "enum"})
_NULL = {"type": "null"}
_NO_BOUNDS = {2147483647: "maximum", -2147483648: "minimum"}
# Choices that pydantic writes where they are used, by what they choose.
_ENUMS: dict[tuple[str, ...], str] = {
    ("permission", "forbidden"): "UnavailableEnum",
    ("measured", "estimated", "none"): "MetricOriginEnum",
    get_args(SetType): "SetTypeEnum",
    get_args(LoadType): "PlannedLoadEnum",
    get_args(FitnessLevel): "FitnessLevelEnum",
    ("strength", "muscle_gain", "weight_loss", "endurance"): "PrimaryGoalEnum",
    ("none", "below_mv", "maintaining", "growing", "high", "above_mrv"): "VolumeLevelEnum",
    ("raise", "keep", "lower", "advance", "hold"): "ProgressionActionEnum",
    ("planned", "reactive"): "DeloadKindEnum",
    ("error", "warning", "hint"): "SeverityEnum",
}


def simplify(result: Schema) -> None:
    """Name every choice, say null in one way, ask for one token, promise what is always there."""
    schemas = result["components"]["schemas"]
    for shape in [*schemas.values()]:
        for part in parts(shape):
            _one_null(part)
            _empty_text(part, schemas)
            _formats(part)
    for part in parts([*schemas.values()]):
        _named_choice(part, schemas)
    for _, _, operation in operations(result):
        for parameter in operation.get("parameters", ()):
            _named_parameter(parameter, schemas)
    for part in parts([result["paths"], result["components"].get("responses", {})]):
        _formats(part)
    for _, _, operation in operations(result):
        operation["security"] = _alternatives(operation.get("security", []))
    _describe_tokens(result["components"]["securitySchemes"])
    _promise(result)


def parts(node: Any) -> Iterator[Schema]:
    """Every mapping inside of a schema, itself first; not what is an example or a choice."""
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key == "properties":
                # Whatever their names are: these are fields.
                yield from parts([*value.values()])
            elif key not in _LITERAL:
                yield from parts(value)
    elif isinstance(node, list):
        for one in node:
            yield from parts(one)


def _one_null(part: Schema) -> None:
    """``anyOf`` of a plain type and null is that type or null; references keep a union."""
    for kind in ("anyOf", "oneOf"):
        choices = part.get(kind)
        if not isinstance(choices, list):
            continue
        for index, choice in enumerate(choices):
            if choice == {"$ref": f"{SCHEMAS}NullEnum"}:
                choices[index] = dict(_NULL)
        others = [choice for choice in choices if choice != _NULL]
        if len(others) == 1 and len(choices) > 1:
            (only,) = others
            if isinstance(only.get("type"), str) and "enum" not in only:
                del part[kind]
                part.update({**only, **part, "type": [only["type"], "null"]})
            elif kind == "anyOf":
                part["oneOf"] = part.pop("anyOf")


def _empty_text(part: Schema, schemas: Schema) -> None:
    """A choice or a pattern that may also be empty is one type, not a union of two."""
    choices = part.get("oneOf")
    if not isinstance(choices, list):
        return
    blank = {"$ref": f"{SCHEMAS}BlankEnum"}
    if blank in choices:
        (enum,) = [one["$ref"] for one in choices if one not in (blank, _NULL)]
        name = enum.removeprefix(SCHEMAS).removesuffix("Enum") + "OrEmptyEnum"
        schemas[name] = _with_empty(schemas[enum.removeprefix(SCHEMAS)])
        rest = [one for one in choices if one == _NULL]
        if rest:
            part["oneOf"] = [{"$ref": SCHEMAS + name}, *rest]
        else:
            del part["oneOf"]
            part["allOf"] = [{"$ref": SCHEMAS + name}]
    elif len(choices) == 2 and choices[1] == {"type": "string", "maxLength": 0}:  # noqa: PLR2004 - a pair
        text = {**choices[0]}
        text.pop("format", None)
        if "pattern" in text:
            text["pattern"] = f"^$|{text['pattern']}"
        del part["oneOf"]
        part.update({**text, **part})


def _with_empty(enum: Schema) -> Schema:
    description = enum.get("description", "")
    return {
        "type": "string",
        "enum": [*enum["enum"], ""],
        "description": f"{description}\n* empty - not said".strip(),
    }


def _formats(part: Schema) -> None:
    # Those of pydantic are the field's name again.
    part.pop("title", None)
    kinds = part.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "number" in kinds and "format" not in part:
        part["format"] = "double"
    if part.get("format") == "time":
        # RFC 3339 asks for an offset there; our readings of a clock have none.
        part["format"] = "time-local"
    if "integer" in kinds:
        for bound, key in _NO_BOUNDS.items():
            if part.get(key) == bound:
                del part[key]


def _named_choice(part: Schema, schemas: Schema) -> None:
    """A choice among several words has a name, wherever it is used."""
    words = part.get("enum")
    name = _ENUMS.get(tuple(words)) if isinstance(words, list) else None
    if name is None or part is schemas.get(name):
        return
    schemas.setdefault(name, {"type": "string", "enum": words})
    for taken in ("enum", "type", "title"):
        part.pop(taken, None)
    part["allOf"] = [{"$ref": SCHEMAS + name}]


def _named_parameter(parameter: Schema, schemas: Schema) -> None:
    """A choice in a parameter is that of a field with the same words, or has a name of its own."""
    schema = parameter.get("schema", {})
    words = schema.get("enum")
    if words is None:
        return
    same = [
        name
        for name, shape in schemas.items()
        if name.endswith("Enum") and sorted(shape.get("enum", ())) == sorted(words)
    ]
    own = "".join(word.title() for word in parameter["name"].split("_")) + "ParameterEnum"
    name = same[0] if same else own
    if name in schemas and not same:
        raise ValueError(f"Two parameters {parameter['name']} have different choices: name one.")
    schemas.setdefault(name, {"type": "string", "enum": words})
    parameter.setdefault("example", schema.get("default", words[0]))
    parameter["schema"] = {
        key: value for key, value in schema.items() if key not in {"enum", "type"}
    } | {"allOf": [{"$ref": SCHEMAS + name}]}


def _alternatives(security: list[dict[str, list[str]]]) -> list[dict[str, list[str]]]:
    """Any one of the tokens will do; together in one object they would all be asked for."""
    return [{scheme: scopes} for entry in security for scheme, scopes in entry.items()] + [
        entry for entry in security if not entry
    ]


def _describe_tokens(schemes: Schema) -> None:
    words = {
        "bearerToken": "The session token of a log-in: `Authorization: Bearer nmn_…`.",
        "sessionToken": "The same token in a header of its own.",
        "supabaseToken": "An access token of the configured Supabase project.",
    }
    for name, scheme in schemes.items():
        scheme.setdefault("description", words.get(name, name))


# Shapes of answers that share their description with a request.
_WHOLE = {"BodyGoal", "HabitGoal", "StrengthGoal", "StoredSet"}


def _promise(result: Schema) -> None:
    """Answers have all of their parts, also those that a request may leave out."""
    asked = reached(result, [one.get("requestBody") for _, _, one in operations(result)])
    for name, shape in result["components"]["schemas"].items():
        is_answer = name in _WHOLE or name.startswith("Training")
        if is_answer and SCHEMAS + name not in asked and "properties" in shape:
            shape["required"] = sorted(shape["properties"])


def drop_unused(result: Schema) -> None:
    """What no operation leads to is in nobody's way, and in no client."""
    used = reached(result, result["paths"])
    for kind, components in result["components"].items():
        if kind != "securitySchemes":
            for name in [*components]:
                if f"#/components/{kind}/{name}" not in used:
                    del components[name]
    result["components"] = {kind: found for kind, found in result["components"].items() if found}
