"""The contract of plans is true: answers have the shapes that it says, and so have examples."""

from functools import cache
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from tests.factories.workouts import ExerciseFactory, PlanBodyFactory, PlanFactory
from workouts.api import examples

URL = "/api/v1/plans/"


@cache
def components() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)["components"]


def faults(value: Any, schema: dict[str, Any]) -> list[str]:
    validator = Draft202012Validator(
        {**schema, "components": components()},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def shape_faults(value: Any, name: str) -> list[str]:
    return faults(value, {"$ref": f"#/components/schemas/{name}"})


def test_every_example_is_one_of_its_field():
    schemas = components()["schemas"]
    ours = {name: schemas[name] for name in schemas if name.startswith("Training")}
    ours |= {name: schemas[name] for name in examples.WITH_EXAMPLES}

    wrong = {
        f"{name}.{field}": found
        for name, shape in ours.items()
        for field, schema in shape.get("properties", {}).items()
        for example in schema.get("examples", ())
        if (found := faults(example, schema))
    }

    assert wrong == {}


@pytest.mark.django_db
class TestAnswers:
    @pytest.fixture
    def plan(self, ana):
        planned = {
            "exercise": str(ExerciseFactory().pk),
            "start_load_kg": 60,
            "progression": {"kind": "linear"},
            "planned_sets": [{"count": 3, "reps_min": 5, "reps_max": 8, "rpe": 8.5}],
        }
        return PlanFactory(
            user=ana,
            body__days__0__exercises=[planned, {"name": "Carry", "sets": 2, "reps": "40 m"}],
            body__deload={"weeks": [1], "load_percent": 60},
        )

    @pytest.mark.parametrize(
        ("method", "path", "name"),
        [
            ("get", "", "TrainingPlanShown"),
            ("get", "versions/1/", "TrainingPlan"),
            ("get", "findings/", "TrainingValidation"),
            ("get", "volume/", "TrainingVolume"),
            ("post", "simulate/", "TrainingSimulation"),
        ],
    )
    def test_an_answer_has_the_shape_that_is_said(self, api, plan, method, path, name):
        answer = getattr(api, method)(f"{URL}{plan.pk}/{path}").json()

        assert shape_faults(answer, name) == []

    def test_a_page_has_the_shape_that_is_said(self, api, plan):
        rows = api.get(URL).json()["results"]

        assert [shape_faults(row, "PlanList") for row in rows] == [[]]

    def test_what_is_shown_may_be_sent(self, api, plan):
        shown = api.get(f"{URL}{plan.pk}/").json()

        assert shape_faults(shown, "TrainingPlanWritten") == []
        assert shape_faults(shown, "TrainingPlanChanged") == []
        assert api.put(f"{URL}{plan.pk}/", shown).status_code == 200

    def test_what_is_left_out_has_a_default(self, api):
        body = PlanBodyFactory()

        assert shape_faults(body, "TrainingPlanWritten") == []
        assert shape_faults({"goal": "endurance"}, "TrainingPlanChanged") == []
        assert shape_faults({"goal": "endurance"}, "TrainingPlanWritten") != []
        assert api.post(URL, body).status_code == 201
