"""The contract: valid, complete, and served without anyone else's help."""

import json
import re

import pytest
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from tests.architecture.routes import routes
from tests.config.documents import document, followed, operations

OURS = {key: op for key, op in operations().items() if key[0].startswith("/api/v1/")}


def test_it_is_valid_openapi_3_1():
    validate_schema(document())

    assert document()["openapi"] == "3.1.0"


def test_it_names_every_route_and_method_that_there_is():
    existing = {
        (re.sub(r"<\w+:(\w+)>", "{}", f"/{route.path}"), method.lower())
        for route in routes()
        for method in route.methods
    }
    described = {(re.sub(r"{\w+}", "{}", path), method) for path, method in OURS}

    assert described == existing


def test_it_describes_sign_up_log_in_reset_second_factor_and_sessions():
    paths = document()["paths"]

    assert {
        "/_allauth/app/v1/auth/signup",
        "/_allauth/app/v1/auth/login",
        "/_allauth/app/v1/auth/email/verify",
        "/_allauth/app/v1/auth/password/request",
        "/_allauth/app/v1/auth/2fa/authenticate",
        "/_allauth/app/v1/auth/sessions",
    } <= paths.keys()


def test_every_reference_leads_somewhere():
    text = json.dumps(document())
    components = document()["components"]

    for part in text.split('"$ref": "')[1:]:
        kind, name = part.partition('"')[0].removeprefix("#/components/").split("/")
        assert name in components[kind]


@pytest.mark.parametrize("key", OURS, ids=str)
def test_every_endpoint_says_what_it_does_and_what_may_go_wrong(key):
    operation = OURS[key]
    expected = {"401", "429", "503"}
    if key[1] in {"post", "put", "patch"}:
        expected |= {"400", "409", "413", "415"}
    if "{" in key[0]:
        expected |= {"404"}
    if any(parameter["in"] == "query" for parameter in operation.get("parameters", ())):
        expected |= {"400"}

    assert operation.get("description")
    assert expected <= operation["responses"].keys()


def test_lists_answer_a_bad_cursor_in_the_shape_of_every_error():
    answer = followed(OURS["/api/v1/plans/{id}/versions/", "get"]["responses"]["400"])

    assert answer["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/ErrorAnswer"
    }


def test_every_field_has_an_example_or_is_made_of_such():
    bare = [
        (name, field)
        for name, schema in document()["components"]["schemas"].items()
        if not name.startswith("Auth")
        for field, shape in schema.get("properties", {}).items()
        if not {"example", "examples", "$ref", "items", "allOf", "oneOf"} & shape.keys()
    ]

    assert bare == [("Change", "data")]


@pytest.mark.parametrize("page", ["/api/docs/", "/api/redoc/"])
def test_the_pages_load_nothing_from_elsewhere(page, client):
    html = client.get(page).content.decode()

    assert "/static/drf_spectacular_sidecar/" in html
    assert "http://" not in html.replace("http://testserver", "").replace("www.w3.org", "")
    assert "https://" not in html


@pytest.mark.django_db
def test_the_schema_is_public(client):
    assert APIClient().get("/api/schema/").status_code == 200
