"""Plans made for a wish: by our rules at once, or by a language model in the background."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone as clock
from pydantic import ValidationError as InvalidDocument

from users.errors import Conflict
from users.models import JobStatus
from users.ownership import advance_clock
from users.services import jobs, language_model
from users.services.creation import create_once
from workouts import selectors
from workouts.models import Equipment, Exercise, PlanGeneration
from workouts.models.generation import GenerationMethod
from workouts.services import plans, programs
from workouts.training.document import Plan
from workouts.training.findings import Knowledge, findings
from workouts.training.generation import NothingFits, generate
from workouts.training.generation_draft import CatalogueExercise, Wish
from workouts.training.generation_slots import HARDEST
from workouts.training.volume import minutes_of

# A second try is told what was wrong with the first.
AI_TRIES: Final = 2
# How long a session is, we only estimate; a model cannot know our estimate beforehand.
AI_SESSION_TOLERANCE: Final = 1.25
_MOST_COMPLAINTS: Final = 20
_LONGEST_COMPLAINT: Final = 300
# Of a first answer, when the model is reminded of it.
_LONGEST_REMINDER: Final = 50_000
_WISHED: Final = ("goal", "days_per_week", "fitness_level", "duration_weeks")
_TASK: Final = (
    "You write strength and fitness training plans. Answer with one JSON object that follows the"
    " schema, and nothing else. Name exercises only by the slugs of the list, in the field"
    " `exercise`. Keep to the goal, the days per week, the level, the weeks and the session"
    " length of the wish; rests and warm-up count. Give every exercise planned_sets and, where it"
    " fits, a progression."
)


class GenerationOff(Conflict):
    def __init__(self) -> None:
        message = "Plans by a language model are not set up on this server."
        super().__init__(message, code="ai_not_configured")


class GenerationRunning(Conflict):
    def __init__(self) -> None:
        message = "The model is at work on a plan for you. Wait for it, or delete it."
        super().__init__(message, code="generation_running")


def read_wish(data: Any) -> Wish:
    """The wish that this data says. Raises ValidationError that names what is wrong where."""
    try:
        wish = Wish.model_validate(data)
    except InvalidDocument as wrong:
        found = plans.named_errors(wrong).items()
        at = {place: f"wish.{place}" for place, _ in found} | {"non_field_errors": "wish"}
        raise ValidationError({at[place]: errors for place, errors in found}) from None
    rows = Equipment.objects.filter(pk__in=wish.equipment)
    known = set(rows.values_list("pk", flat=True))
    unknown = {
        f"wish.equipment.{place}": ValidationError(f"Unknown: {slug}.", code="does_not_exist")
        for place, slug in enumerate(wish.equipment)
        if slug not in known
    }
    if unknown:
        raise ValidationError(unknown)
    return wish


def request_generation(
    *,
    user_id: UUID,
    method: str,
    wish: Wish,
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[PlanGeneration, bool]:
    """A generation, and whether it is new: done already by rules, or to be done by a model.

    Raises GenerationOff, GenerationRunning, ValidationError where nothing fits the wish, and what
    create_once raises.
    """
    if method == GenerationMethod.AI and not language_model.is_configured():
        raise GenerationOff

    def create(generation_id: UUID, hashed: bytes) -> PlanGeneration:
        revision = advance_clock(user_id)
        generation = PlanGeneration(
            id=generation_id,
            user_id=user_id,
            method=method,
            wish=wish.model_dump(mode="json"),
            creation_hash=hashed,
        )
        if method == GenerationMethod.RULES:
            _generate_by_rules(generation, wish)
        else:
            _refuse_a_second(user_id)
        generation.insert_at(revision)
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

    Raises ModelUnavailable for what may work later, unless it was tried often enough.
    """
    generation = PlanGeneration.objects.filter(pk=generation_id).first()
    if generation is None:
        raise jobs.JobCancelled
    try:
        document = _asked(generation)
    except language_model.ModelFailed as failed:
        may_heal = isinstance(failed, language_model.ModelUnavailable)
        if may_heal and generation.attempts < jobs.MAX_ATTEMPTS:
            raise
        jobs.end(generation, JobStatus.FAILED, error=str(failed))
        return
    with transaction.atomic():
        # Advances the clock. Whoever deleted it meanwhile, or was faster, leaves no plan behind.
        jobs.keep(generation)
        plan_id, _ = plans.create_plan(
            user_id=generation.user_id, document=document, is_ai_generated=True
        )
        jobs.end(generation, JobStatus.DONE, plan_id=plan_id, error="")


def _generate_by_rules(generation: PlanGeneration, wish: Wish) -> None:
    try:
        document = generate(wish, _catalogue())
    except NothingFits as nothing:
        raise ValidationError(
            {"wish.equipment": ValidationError(str(nothing), code="nothing_fits")}
        ) from None
    generation.plan_id, _ = plans.create_plan(user_id=generation.user_id, document=document)
    generation.status = JobStatus.DONE
    generation.finished_at = clock.now()


def _refuse_a_second(user_id: UUID) -> None:
    """Each answer of a model costs money: one at a time for each person."""
    waiting = PlanGeneration.objects.filter(
        user_id=user_id, status__in=[JobStatus.PENDING, JobStatus.RUNNING]
    )
    if waiting.exists():
        raise GenerationRunning


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


def _asked(generation: PlanGeneration) -> Plan:
    """The plan that the model made. It is told the wish and the catalogue, nothing of a person."""
    wish = Wish.model_validate(generation.wish)
    slugs = sorted(
        one.slug
        for one in _catalogue()
        if one.equipment <= set(wish.equipment) and one.difficulty <= HARDEST[wish.fitness_level]
    )
    if not slugs:
        raise language_model.ModelFailed(str(NothingFits()))
    messages = [
        {"role": "system", "content": _TASK},
        {
            "role": "user",
            "content": f"Wish: {wish.model_dump_json()}\nExercises: {', '.join(slugs)}",
        },
    ]
    complaints = [""]
    for _ in range(AI_TRIES):
        # For as long as the model may take.
        jobs.hold(generation, lease=timedelta(seconds=settings.AI_TIMEOUT_S) + jobs.LEASE)
        answer = language_model.complete(messages=messages, schema=_schema(slugs))
        try:
            return _checked(answer, wish=wish, slugs=frozenset(slugs), user_id=generation.user_id)
        except ValidationError as wrong:
            complaints = _complaints(wrong)
        messages += [
            {"role": "assistant", "content": answer[:_LONGEST_REMINDER]},
            {
                "role": "user",
                "content": "That plan was refused. Mend it:\n" + "\n".join(complaints),
            },
        ]
    raise language_model.ModelFailed(f"The model's plan is not valid. {complaints[0]}")


def _schema(slugs: list[str]) -> dict[str, Any]:
    """The shape of a plan whose exercises are slugs; ids and names follow from them."""
    schema = Plan.model_json_schema()
    parts = schema["$defs"]
    for part in parts.values():
        part.get("properties", {}).pop("id", None)
    for name in ("PlannedExercise", "Rung"):
        del parts[name]["properties"]["name"]
        parts[name]["properties"]["exercise"] = {"$ref": "#/$defs/Slug"}
        parts[name]["required"] = ["exercise"]
    parts["Slug"] = {"type": "string", "enum": slugs}
    return schema


def _checked(answer: str, *, wish: Wish, slugs: frozenset[str], user_id: UUID) -> Plan:
    """The plan that was answered. Raises ValidationError that says what is wrong with it."""
    # Some models put words or fences around their JSON, whatever they are asked for.
    try:
        data = orjson.loads(answer[answer.find("{") : answer.rfind("}") + 1])
    except orjson.JSONDecodeError:
        raise ValidationError("It is not JSON.") from None
    named = [part.get("exercise") for part in programs.parts_with_exercise(data)]
    others = {
        slug[:50] if isinstance(slug, str) else "one without a slug"
        for slug in named
        if not isinstance(slug, str) or slug not in slugs
    }
    if others:
        raise ValidationError(f"Not in the list of exercises: {', '.join(sorted(others)[:10])}.")
    document = plans.read_document(programs.with_catalogue(data))
    wrong = {place: ValidationError(message) for place, message in _misfits(document, wish)}
    if wrong:
        raise ValidationError(wrong)
    return plans.complete(user_id, plans.without_ids(document))


def _misfits(plan: Plan, wish: Wish) -> Iterator[tuple[str, str]]:
    """Where the plan cannot be followed, or is not what was wished for; and why."""
    for name in _WISHED:
        wished = getattr(wish, name)
        if getattr(plan, name) != wished:
            yield name, f"The wish says {wished}."
    for index, day in enumerate(plan.days):
        minutes = max(minutes_of(plan, day, week) for week in range(1, plan.cycle_weeks + 1))
        if minutes > wish.session_minutes * AI_SESSION_TOLERANCE:
            yield (
                f"days.{index}",
                f"It takes about {minutes:.0f} minutes; the wish says {wish.session_minutes}.",
            )
    # What is known of the person is not for the model to hear of.
    for finding in findings(plan, known=Knowledge()):
        if finding.severity == "error":
            yield finding.path, finding.message


def _complaints(wrong: ValidationError) -> list[str]:
    """What to tell the model, and of it the person: a few lines that can be stored."""
    if hasattr(wrong, "error_dict"):
        said = [
            f"{place}: {message}"
            for place, messages in wrong.message_dict.items()
            for message in messages
        ]
    else:
        said = wrong.messages
    return [
        "".join(filter(str.isprintable, line))[:_LONGEST_COMPLAINT]
        for line in said[:_MOST_COMPLAINTS]
    ]
