"""The public programs that we ship, as plans of the house."""

from collections.abc import Iterable, Mapping
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


def with_catalogue(data: Mapping[str, Any]) -> dict[str, Any]:
    """A plan whose exercises are catalogue slugs, with their ids and names instead.

    Raises MissingExercises for slugs that the catalogue has not.
    """
    known: dict[str | None, Mapping[str, Any]] = {
        row["slug"]: row
        for row in Exercise.objects.filter(slug__in=_slugs(data)).values("slug", "pk", "name")
    }
    missing = sorted(slug for slug in set(_slugs(data)) if slug not in known)
    if missing:
        names = ", ".join(missing[:10])
        raise MissingExercises(f"The catalogue lacks {names}.", code="unknown_exercise")
    named: dict[str, Any] = _named(data, known)
    return named


def require_only(data: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """Raise MissingExercises for a plan that names another exercise than these slugs."""
    others = sorted(set(_slugs(data)) - allowed)
    if others:
        names = ", ".join(slug[:50] for slug in others[:10])
        raise MissingExercises(f"Not in the list of exercises: {names}.", code="unknown_exercise")


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


def _slugs(node: Any) -> list[str]:
    """Every exercise that is named in the plan, the rungs of ladders included."""
    if isinstance(node, Mapping):
        own = [node["exercise"]] if isinstance(node.get("exercise"), str) else []
        return [*own, *_slugs(node.values())]
    if isinstance(node, Iterable) and not isinstance(node, str | bytes):
        return [slug for one in node for slug in _slugs(one)]
    return []


def _named(node: Any, known: Mapping[str | None, Mapping[str, Any]]) -> Any:
    if isinstance(node, Mapping):
        inner = {key: _named(one, known) for key, one in node.items()}
        if isinstance(node.get("exercise"), str):
            row = known[node["exercise"]]
            inner["exercise"] = row["pk"]
            inner.setdefault("name", row["name"])
        return inner
    return [_named(one, known) for one in node] if isinstance(node, list) else node
