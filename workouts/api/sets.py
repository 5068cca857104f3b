"""Sets in and out: as they are logged, as they are stored, and what was asked of them."""

from typing import Any

from rest_framework import serializers

from users.api.fields import FiniteFloatField, IdField
from workouts.models.exercise import LoadType
from workouts.models.workout import MAX_SETS, TEMPO, SetType, Side


class HalfStepField(FiniteFloatField):
    default_error_messages = {"half_steps": "Must be in half steps, such as 8.5."}

    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if value * 2 % 1:
            self.fail("half_steps")
        return value


class SetSerializer(serializers.Serializer[Any]):
    """One set. What was not measured is null."""

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    exercise = IdField(help_text="Of the catalogue, or your own.")
    set_number = serializers.IntegerField(
        min_value=1,
        max_value=1000,
        required=False,
        help_text="Which set of this exercise; the next one without it.",
    )
    reps = serializers.IntegerField(min_value=0, max_value=10_000, allow_null=True, required=False)
    weight = FiniteFloatField(
        min_value=0, max_value=2000, allow_null=True, required=False, help_text="kg"
    )
    duration = serializers.IntegerField(
        min_value=0, max_value=172_800, allow_null=True, required=False, help_text="s"
    )
    distance = FiniteFloatField(
        min_value=0, max_value=2000, allow_null=True, required=False, help_text="km"
    )
    load_type = serializers.ChoiceField(
        choices=LoadType.choices,
        required=False,
        help_text="What `weight` means: on the bar, added to the body, or taken off it. That of"
        " the exercise without it.",
    )
    rpe = HalfStepField(
        min_value=1,
        max_value=10,
        allow_null=True,
        required=False,
        help_text="Rate of perceived exertion, 1-10 in half steps",
    )
    rir = HalfStepField(
        min_value=0,
        max_value=10,
        allow_null=True,
        required=False,
        help_text="Repetitions in reserve, 0-10 in half steps; goes before RPE",
    )
    set_type = serializers.ChoiceField(choices=SetType.choices, required=False)
    superset = serializers.IntegerField(
        min_value=1,
        max_value=100,
        allow_null=True,
        required=False,
        help_text="Sets with the same number were alternated.",
    )
    rest_seconds = serializers.IntegerField(
        min_value=0, max_value=86_400, allow_null=True, required=False, help_text="s, after it"
    )
    tempo = serializers.RegexField(
        TEMPO,
        max_length=11,
        allow_blank=True,
        required=False,
        error_messages={"invalid": "Tempo must look like 3-1-X-0."},
        help_text="Down, pause, up, pause in seconds; X is as fast as possible: 3-1-X-0",
    )
    side = serializers.ChoiceField(
        choices=Side.choices, allow_blank=True, required=False, help_text="Of one-sided work"
    )
    discomfort = serializers.IntegerField(
        min_value=0,
        max_value=10,
        allow_null=True,
        required=False,
        help_text="0 none to 10 worst; for yourself, nothing is concluded from it",
    )
    discomfort_note = serializers.CharField(
        max_length=200, allow_blank=True, required=False, help_text="Where, and how"
    )
    planned_exercise_id = IdField(
        allow_null=True,
        required=False,
        help_text="Of the plan that the workout follows; found by the exercise without it.",
    )
    notes = serializers.CharField(max_length=200, allow_blank=True, required=False)


class SetChangeSerializer(SetSerializer):
    """Any fields of a set but its id, and what the plan asked of it."""

    id = None  # type: ignore[assignment]
    planned_exercise_id = None  # type: ignore[assignment]
    exercise = IdField(required=False, help_text="Of the catalogue, or your own.")


class TargetSerializer(serializers.Serializer[Any]):
    """What a plan asked of a set when the session began."""

    set_type = serializers.ChoiceField(choices=SetType.choices)
    reps_min = serializers.IntegerField(allow_null=True)
    reps_max = serializers.IntegerField(allow_null=True)
    load_kg = serializers.FloatField(allow_null=True, help_text="kg; none: you choose")
    exact_kg = serializers.FloatField(
        allow_null=True, required=False, help_text="kg, before it was rounded to what you can load"
    )
    load_type = serializers.CharField()
    percent = serializers.FloatField(allow_null=True, help_text="%")
    rpe = serializers.FloatField(allow_null=True)
    rir = serializers.FloatField(allow_null=True)
    duration_seconds = serializers.IntegerField(allow_null=True, help_text="s")
    distance_km = serializers.FloatField(allow_null=True, help_text="km")
    rest_seconds = serializers.IntegerField(allow_null=True, help_text="s")
    tempo = serializers.CharField(allow_null=True)


class StoredSetSerializer(SetSerializer):
    """A set as stored, by itself."""

    workout = serializers.UUIDField(source="workout_id", read_only=True)
    exercise = IdField(source="exercise_id")
    position = serializers.IntegerField(read_only=True, help_text="Place in the workout, from 1.")
    load = serializers.FloatField(
        read_only=True,
        allow_null=True,
        help_text="kg moved: the weight, and of the body what load_type says",
    )
    target = TargetSerializer(
        read_only=True, allow_null=True, help_text="What the plan asked for, if one did."
    )
    one_rm = serializers.FloatField(
        read_only=True,
        allow_null=True,
        help_text="kg; one-repetition maximum after Brzycki, for 1-10 reps",
    )


class ShownSetSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    position = serializers.IntegerField(help_text="Place in the workout, from 1.")
    set_number = serializers.IntegerField()
    reps = serializers.IntegerField(allow_null=True)
    set_type = serializers.ChoiceField(choices=SetType.choices)
    weight = serializers.FloatField(allow_null=True, help_text="kg; see load_type")
    load_type = serializers.ChoiceField(choices=LoadType.choices)
    load = serializers.FloatField(allow_null=True, help_text="kg moved")
    duration = serializers.IntegerField(allow_null=True, help_text="s")
    distance = serializers.FloatField(allow_null=True, help_text="km")
    rpe = serializers.FloatField(allow_null=True)
    rir = serializers.FloatField(allow_null=True)
    one_rm = serializers.FloatField(allow_null=True, help_text="kg, after Brzycki, for 1-10 reps")
    superset = serializers.IntegerField(allow_null=True)
    rest_seconds = serializers.IntegerField(allow_null=True, help_text="s")
    tempo = serializers.CharField()
    side = serializers.CharField()
    discomfort = serializers.IntegerField(allow_null=True, help_text="0-10")
    discomfort_note = serializers.CharField()
    notes = serializers.CharField()
    planned_exercise_id = serializers.UUIDField(allow_null=True)
    target = TargetSerializer(allow_null=True)


class OrderSerializer(serializers.Serializer[Any]):
    order = serializers.ListField(
        child=IdField(),
        max_length=MAX_SETS,
        help_text="The id of every set of the workout, in the order wanted.",
    )
