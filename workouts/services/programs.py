"""The public programs that we ship, as plans of the house."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import transaction

from users.ownership import advance_clock
from users.services.accounts import house_account
from workouts.models import Exercise, PlanVersion, WorkoutPlan
from workouts.services import plans
from workouts.training.document import Plan

PROGRAMS = Path(__file__).resolve().parents[1] / "catalogue" / "programs"


class MissingExercises(ValidationError):
    """A program trains with what the catalogue lacks."""


@dataclass(frozen=True)
class Stored:
    """What a load did: ``total`` programs are now as their files have them."""

    total: int
    added: int
    changed: int

    def __str__(self) -> str:
        return f"{self.total} programs: {self.added} added, {self.changed} changed"


def are_loaded() -> bool:
    return WorkoutPlan.objects.filter(program__isnull=False).exists()


@transaction.atomic
def load_programs() -> Stored:
    """Make the public programs what their files say. Twice is once.

    A program that has changed gets a new version; whoever copied or follows the old one keeps it.
    Raises MissingExercises where the catalogue is not loaded.
    """
    house = house_account()
    advance_clock(house.pk)
    files = sorted(PROGRAMS.glob("*.json"))
    stored = [_store(house.pk, orjson.loads(file.read_bytes())) for file in files]
    return Stored(total=len(files), added=stored.count("added"), changed=stored.count("changed"))


def with_catalogue(data: dict[str, Any]) -> dict[str, Any]:
    """The same data, in which catalogue slugs gave way to the ids and names of their exercises.

    Raises MissingExercises for slugs that the catalogue has not.
    """
    named = [part for part in parts_with_exercise(data) if isinstance(part.get("exercise"), str)]
    slugs = {part["exercise"] for part in named}
    rows = Exercise.objects.filter(slug__in=slugs)
    known = {slug: (pk, name) for slug, pk, name in rows.values_list("slug", "pk", "name")}
    missing = sorted(slugs - known.keys())
    if missing:
        names = ", ".join(missing[:10])
        message = f"The exercise catalogue lacks {names}: run load_catalogue first."
        raise MissingExercises(message, code="unknown_exercise")
    for part in named:
        part["exercise"], part["name"] = known[part["exercise"]]
    return data


def parts_with_exercise(data: Any) -> Iterator[dict[str, Any]]:
    """The parts of a plan that name an exercise: those of its days, and the rungs of ladders.

    Of data that may be anything, as far as it looks like a plan.
    """
    for day in _objects(data, "days"):
        for planned in _objects(day, "exercises"):
            yield planned
            yield from _objects(planned.get("progression"), "rungs")


def _store(house_id: UUID, data: dict[str, Any]) -> str:
    program = data.pop("slug")
    document = plans.read_document(with_catalogue(data))
    plan = WorkoutPlan.objects.filter(program=program).first()
    if plan is None:
        plans.create_plan(user_id=house_id, document=document, is_public=True, program=program)
        return "added"
    latest = PlanVersion.objects.get(user_id=house_id, plan=plan, version=plan.version)
    said = plans.without_ids(Plan.model_validate(latest.document))
    if said == plans.without_ids(plans.complete(house_id, document)):
        return "same"
    plans.change_plan(user_id=house_id, plan_id=plan.pk, document=document)
    return "changed"


def _objects(parent: Any, name: str) -> list[dict[str, Any]]:
    found = parent.get(name) if isinstance(parent, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
