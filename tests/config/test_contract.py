"""What clients were promised: examples that hold, and changes that break nobody."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from config.openapi.collection import collection_of
from config.openapi.contract import breaks, contract_of
from config.openapi.feed import ROWS
from config.openapi.naming import AREAS, operation_id
from tests.config.documents import document, examples_of, faults, followed, operations
from users import sync

BASELINE = Path(settings.BASE_DIR) / "docs" / "openapi-baseline.json"


def bodies() -> list[tuple[str, dict[str, Any]]]:
    """(where, media) of every request and every answer with a body."""
    return [
        (f"{operation['operationId']} {part} {media_type}", media)
        for operation in operations().values()
        for part, body in [
            ("request", followed(operation.get("requestBody", {}))),
            *((status, followed(answer)) for status, answer in operation["responses"].items()),
        ]
        for media_type, media in body.get("content", {}).items()
    ]


def test_every_request_and_every_answer_has_an_example():
    without = [where for where, media in bodies() if not examples_of(media)]

    assert without == []


def test_every_example_is_of_its_shape():
    wrong = [
        (where, found)
        for where, media in bodies()
        if where.endswith("json")
        for example in examples_of(media)
        if (found := faults(media["schema"], example))
    ]

    assert wrong == []


def test_operations_have_names_of_their_own_by_the_rule():
    ids = [operation["operationId"] for operation in operations().values()]

    assert len(set(ids)) == len(ids)
    assert {
        "workouts_list",
        "workouts_create",
        "workouts_get",
        "workouts_replace",
        "workouts_update",
        "workouts_delete",
        "workouts_finish",
        "workouts_sets_create",
        "posts_like",
        "auth_login",
        "sync_get",
    } <= set(ids)


@pytest.mark.parametrize(
    ("method", "path", "lists", "expected"),
    [
        ("get", "/api/v1/plans/", True, "plans_list"),
        ("get", "/api/v1/plans/{id}/", False, "plans_get"),
        ("post", "/api/v1/plans/", True, "plans_create"),
        ("post", "/api/v1/plans/{id}/copy/", False, "plans_copy"),
        ("put", "/api/v1/plans/{id}/order/", False, "plans_order_replace"),
        ("get", "/api/v1/training-load/chart.svg", False, "training_load_chart_get"),
        ("post", "/_allauth/app/v1/auth/2fa/authenticate", False, "auth_2fa_authenticate"),
    ],
)
def test_an_id_is_the_words_of_the_path_and_a_verb(method, path, lists, expected):
    assert operation_id(path, method, lists=lists) == expected


def test_every_operation_is_in_an_area_that_is_described():
    areas = {tag for operation in operations().values() for tag in operation["tags"]}

    assert areas == AREAS.keys()
    assert {tag["name"] for tag in document()["tags"]} == AREAS.keys()


def test_one_token_is_enough():
    security = operations()["/api/v1/workouts/", "get"]["security"]

    assert security == [{"bearerToken": []}, {"sessionToken": []}]


def test_errors_are_one_shape_with_the_codes_of_each_field_beside_it():
    answer = operations()["/api/v1/workouts/", "post"]["responses"]["400"]
    limited = followed(operations()["/api/v1/workouts/", "get"]["responses"]["429"])

    assert answer["x-error-codes"]["name"] == [
        "blank",
        "invalid",
        "max_length",
        "null",
        "null_characters_not_allowed",
        "required",
        "surrogate_characters_not_allowed",
    ]
    assert limited["headers"].keys() == {"X-Request-ID", "Retry-After"}
    assert not [name for name in document()["components"]["schemas"] if "ErrorComponent" in name]


def test_an_erasure_takes_the_password():
    operation = operations()["/api/v1/users/me/", "delete"]

    assert operation["requestBody"]["content"]["application/json"] == {
        "schema": {"$ref": "#/components/schemas/ErasureRequest"},
        "example": {"password": "a-long-passphrase"},
    }
    assert "400" in operation["responses"]


def test_kinds_of_goals_are_told_apart_by_their_type():
    shapes = document()["components"]["schemas"]

    assert shapes["Goal"]["discriminator"] == {
        "propertyName": "type",
        "mapping": {
            "strength": "#/components/schemas/StrengthGoal",
            "body": "#/components/schemas/BodyGoal",
            "habit": "#/components/schemas/HabitGoal",
        },
    }


def test_every_choice_of_several_has_a_name():
    inline = [
        f"{name}.{field}"
        for name, schema in document()["components"]["schemas"].items()
        for field, shape in schema.get("properties", {}).items()
        if len(shape.get("enum", ())) > 1
    ]

    assert inline == []


def test_every_resource_of_the_feed_has_a_shape():
    resources = {resource.name for resource in sync.registered()}

    assert ROWS.keys() == resources
    assert set(ROWS.values()) <= document()["components"]["schemas"].keys()


def test_nothing_that_was_promised_is_gone():
    promised = json.loads(BASELINE.read_text())

    assert breaks(promised, contract_of(document())) == []


def shape(name: str, now: dict[str, Any]) -> dict[str, Any]:
    return now["components"]["schemas"][name]


def without_an_operation(now: dict[str, Any]) -> None:
    del now["paths"]["/api/v1/water/"]["get"]


def without_a_field(now: dict[str, Any]) -> None:
    del shape("Water", now)["properties"]["amount_ml"]


def of_another_type(now: dict[str, Any]) -> None:
    shape("Water", now)["properties"]["amount_ml"]["type"] = "string"


def without_a_choice(now: dict[str, Any]) -> None:
    shape("MealTypeEnum", now)["enum"].remove("snack")


def asking_for_more(now: dict[str, Any]) -> None:
    shape("WaterRequest", now)["properties"]["glass"] = {"type": "string"}
    shape("WaterRequest", now)["required"].append("glass")


def promising_less(now: dict[str, Any]) -> None:
    shape("Water", now)["required"].remove("amount_ml")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (without_an_operation, ["water_list is gone"]),
        (without_a_field, ["Water: amount_ml is gone"]),
        (of_another_type, ["Water: amount_ml was integer, is string"]),
        (without_a_choice, ["MealTypeEnum: =snack is gone"]),
        (asking_for_more, ["WaterRequest: glass must be given now"]),
        (promising_less, ["Water: amount_ml? now"]),
    ],
)
def test_a_change_that_breaks_clients_is_named(change, expected):
    now = copy.deepcopy(document())
    change(now)

    assert breaks(contract_of(document()), contract_of(now)) == expected


def test_what_is_added_breaks_nobody():
    now = copy.deepcopy(document())
    shape("Water", now)["properties"]["glass"] = {"type": "string"}
    shape("WaterRequest", now)["properties"]["glass"] = {"type": "string"}
    shape("WaterRequest", now)["required"] = []
    shape("MealTypeEnum", now)["enum"].append("brunch")
    now["paths"]["/api/v1/brunch/"] = {"get": {"operationId": "brunch_list", "responses": {}}}

    assert breaks(contract_of(document()), contract_of(now)) == []


def test_the_command_fails_with_what_is_broken(monkeypatch):
    now = copy.deepcopy(document())
    without_an_operation(now)
    monkeypatch.setattr(
        "config.management.commands.compare_contract.SchemaGenerator.get_schema",
        lambda *_, **__: now,
    )

    with pytest.raises(CommandError, match=r"would break clients[^:]*:\n  water_list is gone$"):
        call_command("compare_contract")


def requests_of(collection: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for folder in collection["item"] for one in folder["item"]]


def test_the_collection_has_every_operation_in_its_area():
    collection = collection_of(document())

    assert {one["name"] for one in requests_of(collection)} == {
        operation["operationId"] for operation in operations().values()
    }
    assert {folder["name"] for folder in collection["item"]} == AREAS.keys()


def test_a_request_of_the_collection_can_be_sent_as_it_is():
    requests = {one["name"]: one for one in requests_of(collection_of(document()))}
    log_in, workout = requests["auth_login"], requests["workouts_get"]["request"]

    assert json.loads(log_in["request"]["body"]["raw"]) == {
        "username": "ana",
        "password": "numeneon-demo-2026",
    }
    assert 'pm.collectionVariables.set("token"' in "".join(log_in["event"][0]["script"]["exec"])
    assert workout["url"]["raw"] == "{{base}}/api/v1/workouts/{{workouts_id}}/"


def test_the_safe_collection_changes_nothing_and_ends():
    requests = requests_of(collection_of(document(), safe=True))

    names = {one["name"] for one in requests}
    methods = {one["request"]["method"] for one in requests if one["name"] != "auth_login"}

    assert methods == {"GET"}
    assert {"auth_login", "workouts_list"} <= names
    assert "stream_get" not in names
