"""Plans made for a wish: by our rules at once, or by a language model in the background."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone as clock
from pydantic import ValidationError as InvalidDocument

from users.errors import Conflict
from users.models import JobStatus
from users.ownership import advance_clock
from users.services import jobs
from users.services.creation import create_once
from workouts import selectors
from workouts.models import Exercise, PlanGeneration
from workouts.models.generation import GenerationMethod
from workouts.services import forecasts, language_model, plans, programs
from workouts.training.document import Plan
from workouts.training.generation import NothingFits, generate
from workouts.training.generation_draft import CatalogueExercise, Wish

# A second try is told what was wrong with the first.
AI_TRIES = 2
_MAX_COMPLAINTS = 20
_TASK = (
    "You write strength and fitness training plans. Answer with one JSON object that follows the"
    " schema. Name exercises only by the slugs of the list, in the field `exercise`. Keep to the"
    " number of days, the session length, the level and the equipment of the wish. Give every"
    " exercise planned_sets and, where it fits, a progression."
)


class GenerationOff(Conflict):
    def __init__(self) -> None:
        message = "Plans by a language model are not set up on this server."
        super().__init__(message, code="ai_not_configured")


def read_wish(data: Any) -> Wish:
    """The wish that this data says. Raises ValidationError that names what is wrong where."""
    try:
        return Wish.model_validate(data)
    except InvalidDocument as wrong:
        named = {f"wish.{place}": found for place, found in plans.named_errors(wrong).items()}
        raise ValidationError(named) from None


def request_generation(
    *,
    user_id: UUID,
    method: str,
    wish: Wish,
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[PlanGeneration, bool]:
    """A generation, and whether it is new: done already by rules, or to be done by a model.

    Raises GenerationOff, ValidationError where nothing fits the wish, and what create_once raises.
    """
    if method == GenerationMethod.AI and not language_model.is_configured():
        raise GenerationOff

    def create(generation_id: UUID, hashed: bytes) -> PlanGeneration:
        generation = PlanGeneration(
            id=generation_id,
            user_id=user_id,
            method=method,
            wish=wish.model_dump(mode="json"),
            creation_hash=hashed,
        )
        if method == GenerationMethod.RULES:
            _generate_by_rules(generation, wish)
        generation.save()
        if method == GenerationMethod.AI:
            jobs.announce(generation)
        return generation

    return create_once(
        model=PlanGeneration,
        user_id=user_id,
        content={"method": method, "wish": wish.model_dump(mode="json")},
        create=create,
        object_id=object_id,
        idempotency_key=idempotency_key,
    )


@jobs.runs("workouts.PlanGeneration")
def generate_by_model(generation_id: UUID) -> None:
    """Ask the model for the plan. Its answer is a plan like any other input: checked, or refused.

    Raises ModelUnavailable for what may work later.
    """
    generation = PlanGeneration.objects.get(pk=generation_id)
    wish = Wish.model_validate(generation.wish)
    try:
        document = _asked(generation, wish)
    except language_model.ModelUnavailable:
        raise
    except language_model.ModelFailed as failed:
        jobs.end(generation, JobStatus.FAILED, error=str(failed))
        return
    with transaction.atomic():
        advance_clock(generation.user_id)
        # Under the generation's own id: a second worker makes no second plan.
        plan_id, _ = plans.create_plan(
            user_id=generation.user_id,
            document=document,
            idempotency_key=f"generation/{generation.pk}",
            is_ai_generated=True,
        )
        jobs.end(generation, JobStatus.DONE, plan_id=plan_id, error="")


def _generate_by_rules(generation: PlanGeneration, wish: Wish) -> None:
    try:
        document = generate(wish, _catalogue())
    except NothingFits as nothing:
        raise ValidationError(
            {"equipment": ValidationError(str(nothing), code="nothing_fits")}
        ) from None
    generation.plan_id, _ = plans.create_plan(user_id=generation.user_id, document=document)
    generation.status = JobStatus.DONE
    generation.finished_at = clock.now()


def _catalogue() -> list[CatalogueExercise]:
    ids = Exercise.objects.filter(created_by=None, slug__isnull=False).values_list("pk", flat=True)
    return [
        CatalogueExercise(
            id=one.id,
            slug=one.slug or "",
            name=one.name,
            equipment=frozenset(one.equipment),
            difficulty=one.difficulty,
            muscles=one.muscles,
        )
        for one in selectors.exercise_facts(ids=ids).values()
    ]


def _asked(generation: PlanGeneration, wish: Wish) -> Plan:
    available = frozenset(wish.equipment)
    slugs = sorted(one.slug for one in _catalogue() if one.equipment <= available)
    messages = [
        {"role": "system", "content": _TASK},
        {"role": "user", "content": f"Wish: {wish.model_dump_json()}\nExercises: {slugs}"},
    ]
    complaints: Sequence[str] = ()
    for _ in range(AI_TRIES):
        answer = language_model.complete(messages=messages, schema=Plan.model_json_schema())
        document, complaints = _checked(generation, answer, allowed=frozenset(slugs))
        if document is not None:
            return document
        said = "; ".join(complaints)
        messages.append({"role": "user", "content": f"That plan was refused: {said}. Mend it."})
        jobs.keep(generation)
    raise language_model.ModelFailed(f"The model's plan is not valid: {complaints[0]}"[:500])


def _checked(
    generation: PlanGeneration, answer: Any, *, allowed: frozenset[str]
) -> tuple[Plan | None, Sequence[str]]:
    """The plan that was answered, or what is wrong with it."""
    if not isinstance(answer, Mapping):
        return None, ["It is not an object."]
    try:
        programs.require_only(answer, allowed)
        document = plans.complete(
            generation.user_id,
            plans.without_ids(plans.read_document(programs.with_catalogue(answer))),
        )
    except ValidationError as wrong:
        return None, _complaints(wrong)
    judged = forecasts.validation(user_id=generation.user_id, plan=document, now=clock.now())
    errors = [one for one in judged["findings"] if one.severity == "error"]
    if errors:
        return None, [f"{one.path}: {one.message}" for one in errors[:_MAX_COMPLAINTS]]
    return document, ()


def _complaints(wrong: ValidationError) -> list[str]:
    if not hasattr(wrong, "error_dict"):
        return [str(message) for message in wrong.messages]
    found = [
        f"{place}: {message}"
        for place, messages in wrong.message_dict.items()
        for message in messages
    ]
    return found[:_MAX_COMPLAINTS]
