"""The diary and the catalogue, in and out."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from users.api.fields import (
    TIME_FORMATS,
    FiniteFloatField,
    IdField,
    RowsField,
    refuse_far_year,
)
from users.localtime import validate_time_zone
from workouts import selectors
from workouts.api.sets import HalfStepField, SetSerializer, ShownSetSerializer
from workouts.models import Equipment, Exercise, Muscle, Workout
from workouts.models.exercise import MuscleGroup, MuscleRole
from workouts.models.workout import MAX_SETS


class MuscleShareSerializer(serializers.Serializer[Any]):
    muscle = serializers.SlugField(
        max_length=30, help_text="Such as chest; see the schema's list."
    )
    role = serializers.ChoiceField(choices=MuscleRole.choices)
    share = FiniteFloatField(
        min_value=0.01,
        max_value=1,
        help_text="Sets counted for each set done: 1 for a primary muscle, about 0.5 else.",
    )


class VisibleExerciseField(serializers.PrimaryKeyRelatedField[Exercise]):
    """Another person's exercise is refused like one that does not exist."""

    def get_queryset(self) -> QuerySet[Exercise]:
        return Exercise.objects.visible_to(self.context["request"].user.pk)


class ExerciseSerializer(serializers.ModelSerializer[Exercise]):
    """An exercise of the catalogue, or a custom one that its creator alone sees."""

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    muscle_group = serializers.ChoiceField(choices=MuscleGroup.choices)
    difficulty_level = serializers.IntegerField(
        min_value=1, max_value=5, default=1, help_text="1-5"
    )
    met = FiniteFloatField(
        min_value=1,
        max_value=25,
        allow_null=True,
        required=False,
        help_text="Metabolic equivalent, in multiples of rest.",
    )
    bodyweight_share = FiniteFloatField(
        min_value=0,
        max_value=1,
        allow_null=True,
        required=False,
        help_text="Part of the body weight that is moved, such as 0.65; unknown without it.",
    )
    muscles = MuscleShareSerializer(many=True, required=False, max_length=17)  # type: ignore[call-arg]
    equipment = serializers.ListField(
        child=serializers.SlugField(max_length=30), required=False, max_length=31
    )
    variation_of = VisibleExerciseField(
        queryset=Exercise.objects.all(), pk_field=IdField(), allow_null=True, required=False
    )

    class Meta:
        model = Exercise
        fields = (
            "id",
            "name",
            "slug",
            "description",
            "muscle_group",
            "is_cardio",
            "is_custom",
            "difficulty_level",
            "met",
            "load_type",
            "bodyweight_share",
            "equipment_needed",
            "illustration",
            "video_url",
            "variation_of",
            "muscles",
            "equipment",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("slug", "is_custom", "created_at", "updated_at")

    def validate_muscles(self, shares: list[dict[str, Any]]) -> list[dict[str, Any]]:
        named = [share["muscle"] for share in shares]
        if len(set(named)) != len(named):
            raise ValidationError("Each muscle may be named once.")
        _require_known(Muscle, named)
        return shares

    def validate_equipment(self, slugs: list[str]) -> list[str]:
        _require_known(Equipment, slugs)
        return sorted(set(slugs))


@extend_schema_field(SetSerializer(many=True))
class SetRowsField(RowsField):
    pass


class ExerciseNoteSerializer(serializers.Serializer[Any]):
    exercise = IdField(help_text="Of the catalogue, or your own.")
    text = serializers.CharField(max_length=1000)


@extend_schema_field(ExerciseNoteSerializer(many=True))
class ExerciseNotesField(RowsField):
    pass


def session_rpe_field() -> HalfStepField:
    return HalfStepField(
        min_value=0,
        max_value=10,
        allow_null=True,
        required=False,
        help_text="Effort of the whole session, 0-10 in half steps",
    )


class WorkoutSerializer(serializers.Serializer[Any]):
    """A workout with its sets, in the order in which they were done.

    Its times are either what the clock showed (`date`, `start_time`, `end_time`; an end before
    the start is on the next day) or instants (`started_at`, `finished_at`), never both.
    """

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    name = serializers.CharField(max_length=100)
    date = serializers.DateField(required=False, help_text="Your own day on which it began.")
    start_time = serializers.TimeField(
        required=False, input_formats=TIME_FORMATS, help_text="Local, so without an offset."
    )
    end_time = serializers.TimeField(
        required=False,
        allow_null=True,
        input_formats=TIME_FORMATS,
        help_text="Local, so without an offset.",
    )
    started_at = serializers.DateTimeField(required=False)
    finished_at = serializers.DateTimeField(required=False, allow_null=True)
    duration = serializers.IntegerField(
        min_value=0,
        max_value=2880,
        required=False,
        help_text="min; follows from start and end where both are known",
    )
    timezone = serializers.CharField(
        max_length=50,
        required=False,
        validators=[validate_time_zone],
        help_text="IANA name of the zone you were in; that of your profile without it.",
    )
    calories_burned = serializers.IntegerField(
        min_value=0,
        max_value=20_000,
        allow_null=True,
        required=False,
        help_text="kcal, gross; estimated where you give none and your body weight is known",
    )
    body_weight_kg = FiniteFloatField(
        min_value=20,
        max_value=500,
        allow_null=True,
        required=False,
        help_text="kg, on that day; that of your profile without it",
    )
    session_rpe = session_rpe_field()
    notes = serializers.CharField(max_length=4000, allow_blank=True, required=False)
    is_public = serializers.BooleanField(required=False)
    workout_plan_id = IdField(allow_null=True, required=False)
    plan_run_id = IdField(
        allow_null=True, required=False, help_text="The run that it is a session of."
    )
    session_number = serializers.IntegerField(
        min_value=1,
        max_value=364,
        allow_null=True,
        required=False,
        help_text="Which session of the run; the next one without it.",
    )
    sets = SetRowsField(row=SetSerializer, max_length=MAX_SETS, required=False)
    exercise_notes = ExerciseNotesField(row=ExerciseNoteSerializer, max_length=100, required=False)

    def validate_date(self, value: Any) -> Any:
        return _in_range(value)

    def validate_started_at(self, value: Any) -> Any:
        return _in_range(value)

    def validate_finished_at(self, value: Any) -> Any:
        return value if value is None else _in_range(value)

    def validate_sets(self, sets: list[dict[str, Any]]) -> list[dict[str, Any]]:
        given = [row["id"] for row in sets if "id" in row]
        if len(set(given)) != len(given):
            raise ValidationError("Two sets have the same id.", code="duplicate_id")
        return sets

    def validate_exercise_notes(self, notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        named = [note["exercise"] for note in notes]
        if len(set(named)) != len(named):
            raise ValidationError("Two notes are on the same exercise.", code="duplicate_note")
        return notes

    def validate(self, content: dict[str, Any]) -> dict[str, Any]:
        instants = [name for name in ("started_at", "finished_at") if name in content]
        readings = [name for name in ("date", "start_time", "end_time") if name in content]
        if instants and readings:
            message = f"Give {readings[0]} and the other readings of the clock, or instants."
            raise ValidationError({instants[0]: message}, code="both_given")
        if not self.partial and "started_at" not in content:
            missing = [name for name in ("date", "start_time") if name not in content]
            if missing:
                raise ValidationError(
                    dict.fromkeys(missing, "This field is required."), "required"
                )
        return content


class ExerciseSetsSerializer(serializers.Serializer[Any]):
    exercise_id = serializers.UUIDField()
    exercise_name = serializers.CharField()
    muscle_group = serializers.ChoiceField(choices=MuscleGroup.choices)
    is_cardio = serializers.BooleanField()
    notes = serializers.CharField(help_text="On the exercise in this workout.")
    sets = ShownSetSerializer(many=True)


class WorkoutFactsSerializer(serializers.ModelSerializer[Workout]):
    tonnage = serializers.FloatField(help_text="kg: load times reps, over all sets but warm-ups")

    class Meta:
        model = Workout
        fields = (
            "id",
            "name",
            "date",
            "start_time",
            "end_time",
            "duration",
            "started_at",
            "finished_at",
            "timezone",
            "in_progress",
            "calories_burned",
            "calories_estimated",
            "body_weight_kg",
            "session_rpe",
            "notes",
            "is_public",
            "workout_plan_id",
            "plan_run_id",
            "session_number",
            "created_at",
            "updated_at",
            "tonnage",
        )


class WorkoutListSerializer(WorkoutFactsSerializer):
    """A line of the diary."""

    sets_count = serializers.IntegerField()
    exercises_count = serializers.IntegerField()

    class Meta(WorkoutFactsSerializer.Meta):
        fields = (*WorkoutFactsSerializer.Meta.fields, "sets_count", "exercises_count")  # type: ignore[assignment]


class WorkoutDetailSerializer(WorkoutFactsSerializer):
    """A workout with its sets grouped by exercise, in the order of each one's first set."""

    sets = serializers.ListField(
        child=serializers.UUIDField(), help_text="The sets in the order in which they were done."
    )
    exercises = ExerciseSetsSerializer(many=True)
    exercise_notes = ExerciseNoteSerializer(
        many=True, help_text="Also on exercises without a set."
    )

    class Meta(WorkoutFactsSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *WorkoutFactsSerializer.Meta.fields,
            "sets",
            "exercises",
            "exercise_notes",
        )


class CopySerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Of the copy, made by the phone.")


class StartSerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    name = serializers.CharField(max_length=100, default="Workout")
    timezone = serializers.CharField(
        max_length=50, required=False, validators=[validate_time_zone], help_text="IANA name"
    )


class FinishSerializer(serializers.Serializer[Any]):
    finished_at = serializers.DateTimeField(required=False, help_text="Now, without it.")
    session_rpe = session_rpe_field()

    def validate_finished_at(self, value: Any) -> Any:
        return _in_range(value)


def represent_workouts(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return {row["id"]: row for row in selectors.workouts_with_sets(user_id=user_id, ids=ids)}


def represent_exercises(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return {row["id"]: row for row in selectors.exercises(user_id=user_id, ids=ids)}


def _in_range(value: Any) -> Any:
    refuse_far_year(value)
    return value


def _require_known(model: "type[Muscle | Equipment]", slugs: list[str]) -> None:
    known = set(model._default_manager.filter(pk__in=slugs).values_list("pk", flat=True))
    for slug in slugs:
        if slug not in known:
            raise ValidationError(f"Unknown: {slug}.", code="does_not_exist")
