"""What answers about strength look like."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from analytics.api.provenance import ProvenanceSerializer
from analytics.formulas import ONE_RM_FORMULAS, SCALES
from analytics.models import OneRmTest, RecordKind, StrengthProgress, Validity
from users.api.fields import DayField, FiniteFloatField, IdField
from users.models.profile import Sex
from workouts.api.serializers import VisibleExerciseField
from workouts.models import Exercise
from workouts.models.exercise import MuscleGroup

EQUIPMENT = ("classic", "equipped")
VERDICTS = (
    *("plateau", "progressing", "regressing", "unclear"),
    *("plan_not_followed", "too_little_data"),
)


class ProgressSetSerializer(serializers.Serializer[Any]):
    set_number = serializers.IntegerField(help_text="Which set of this exercise, from 1.")
    weight = serializers.FloatField(help_text="kg")
    reps = serializers.IntegerField()
    volume = serializers.FloatField(help_text="kg; weight × reps")


class ProgressEstimateSerializer(serializers.Serializer[Any]):
    """The maximum of a day by tests, or else by seven formulas; it follows within seconds."""

    one_rep_max = serializers.FloatField(help_text="kg; 0 for no answer")
    low = serializers.FloatField(allow_null=True, help_text="kg; the lowest of the seven")
    high = serializers.FloatField(allow_null=True, help_text="kg; the highest of the seven")
    validity = serializers.ChoiceField(choices=Validity.choices)
    tested = serializers.BooleanField(help_text="Lifted in a test, and not estimated.")
    explanation = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="With explain=1, in sentences."
    )


class ProgressDaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="Your own day.")
    sets = ProgressSetSerializer(
        many=True, help_text="All with a weight and repetitions, warm-ups too, as they were done."
    )
    volume = serializers.FloatField(help_text="kg; of these sets")
    max_weight = serializers.FloatField(help_text="kg; 0 without such a set")
    max_reps = serializers.IntegerField(help_text="0 without such a set.")
    one_rm = serializers.FloatField(
        help_text="kg; the best by Brzycki of sets with 1 to 10 repetitions, 0 without one"
    )
    estimate = ProgressEstimateSerializer(
        allow_null=True, help_text="Null before it is computed, and without working sets."
    )


class ImprovementSerializer(serializers.Serializer[Any]):
    """From the first day to the last."""

    one_rm_improvement = serializers.FloatField(help_text="%; 0 where the first is 0")
    volume_improvement = serializers.FloatField(help_text="%; 0 where the first is 0")
    period_days = serializers.IntegerField(help_text="As asked for.")


class ProgressProvenanceSerializer(serializers.Serializer[Any]):
    improvement = ProvenanceSerializer()
    latest_estimate = ProvenanceSerializer()


class ExerciseProgressSerializer(serializers.Serializer[Any]):
    exercise_id = serializers.UUIDField()
    progress = ProgressDaySerializer(many=True, help_text="Days with sets, oldest first.")
    improvement = ImprovementSerializer(allow_null=True, help_text="Null for fewer than two days.")
    provenance = ProgressProvenanceSerializer()


class BestSetSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    load_kg = serializers.FloatField(allow_null=True, help_text="kg; all that was moved")
    reps = serializers.IntegerField(allow_null=True)
    reserve = serializers.FloatField(
        allow_null=True, help_text="Repetitions left; null was not noted."
    )


class StandingOneRmSerializer(serializers.Serializer[Any]):
    one_rm_kg = serializers.FloatField(help_text="kg; the best that is known")
    date = serializers.DateField()
    is_estimate = serializers.BooleanField()


class LiftTrendSerializer(serializers.Serializer[Any]):
    """Whether an exercise gets better. A hint, and no order."""

    verdict = serializers.ChoiceField(choices=VERDICTS)
    slope_kg_a_week = serializers.FloatField(allow_null=True, help_text="kg a week")
    percent_a_week = serializers.FloatField(allow_null=True, help_text="% of the mean, a week")
    weeks = serializers.IntegerField(help_text="From the first day with a maximum to the last.")
    adherence = serializers.FloatField(
        allow_null=True, help_text="0-1: the planned sessions that were done; null without a plan"
    )
    lever = serializers.ChoiceField(
        choices=("recovery", "more_sets"), allow_null=True, help_text="To try at a plateau."
    )
    sets_change = serializers.FloatField(
        allow_null=True, help_text="By which share to change the sets, such as 0.2."
    )
    provenance = ProvenanceSerializer()


class ExerciseTrendSerializer(LiftTrendSerializer):
    exercise_id = serializers.UUIDField()


class LiftSerializer(serializers.Serializer[Any]):
    """An exercise of yours: its latest day, its best, and where it goes."""

    exercise_id = serializers.UUIDField()
    exercise_name = serializers.CharField()
    muscle_group = serializers.ChoiceField(choices=MuscleGroup.choices)
    date = serializers.DateField(help_text="The latest day.")
    one_rep_max = serializers.FloatField(help_text="kg, of that day; 0 for no answer")
    calculated_1rm = serializers.BooleanField(help_text="An estimate; false for a test.")
    volume = serializers.FloatField(help_text="kg; load × reps of that day's working sets")
    sets_count = serializers.IntegerField(help_text="Working sets of that day.")
    best_set = BestSetSerializer(allow_null=True)
    provenance = ProvenanceSerializer(help_text="Of one_rep_max.")
    record = StandingOneRmSerializer(allow_null=True)
    trend = LiftTrendSerializer(help_text="Of the last twelve weeks.")


class EstimateSetSerializer(BestSetSerializer):
    date = serializers.DateField()


class FormulaOneRmSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text=f"One of {', '.join(ONE_RM_FORMULAS)}.")
    name = serializers.CharField()
    rule = serializers.CharField(help_text="w is the load, r the repetitions.")
    one_rm_kg = serializers.FloatField(help_text="kg")


class MedianOneRmSerializer(serializers.Serializer[Any]):
    one_rm_kg = serializers.FloatField(help_text="kg")
    set = EstimateSetSerializer()
    formulas = FormulaOneRmSerializer(many=True, help_text="What each of the seven says.")
    provenance = ProvenanceSerializer()


class ChartOneRmSerializer(serializers.Serializer[Any]):
    """By repetitions and reserve."""

    one_rm_kg = serializers.FloatField(help_text="kg")
    percent = serializers.FloatField(help_text="% of the maximum that the set takes")
    set = EstimateSetSerializer()
    provenance = ProvenanceSerializer()


class RepPercentSerializer(serializers.Serializer[Any]):
    reps = serializers.IntegerField(help_text="To failure.")
    percent = serializers.FloatField(help_text="% of the maximum")


class RepCurveSerializer(serializers.Serializer[Any]):
    power = serializers.FloatField(help_text="Of the chart; above 1 repetitions cost you more.")
    percents = RepPercentSerializer(many=True)
    provenance = ProvenanceSerializer()


class PersonalOneRmSerializer(serializers.Serializer[Any]):
    """By your own curve, learned from a year of sets whose reserve you noted."""

    one_rm_kg = serializers.FloatField(
        allow_null=True, help_text="kg; null without a noted set of late"
    )
    percent = serializers.FloatField(
        allow_null=True, help_text="% of the maximum that the set takes"
    )
    set = EstimateSetSerializer(allow_null=True)
    provenance = ProvenanceSerializer()
    curve = RepCurveSerializer()


class ShownTestSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    date = serializers.DateField()
    weight_kg = serializers.FloatField(help_text="kg")
    notes = serializers.CharField()


class OneRmRecordSerializer(StandingOneRmSerializer):
    id = serializers.UUIDField(help_text="The personal record.")


class BestOneRmSerializer(serializers.Serializer[Any]):
    """What you could lift once today, by everything that is known."""

    exercise_id = serializers.UUIDField()
    exercise_name = serializers.CharField()
    date = serializers.DateField(help_text="Your today.")
    one_rep_max = serializers.FloatField(
        allow_null=True, help_text="kg; the highest since your last test, the test included"
    )
    is_tested = serializers.BooleanField()
    measured_on = serializers.DateField(allow_null=True)
    provenance = ProvenanceSerializer()
    median = MedianOneRmSerializer(allow_null=True)
    chart = ChartOneRmSerializer(allow_null=True, help_text="Null without a noted reserve.")
    personal = PersonalOneRmSerializer(allow_null=True, help_text="Null before it is learned.")
    tests = ShownTestSerializer(many=True, help_text="The latest ten.")
    record = OneRmRecordSerializer(allow_null=True, help_text="The best ever.")


class RelativeQuerySerializer(serializers.Serializer[Any]):
    equipment = serializers.ChoiceField(
        choices=EQUIPMENT, default="classic", help_text="Only IPF GL knows the difference."
    )


class CompetitionLiftSerializer(StandingOneRmSerializer):
    exercise_id = serializers.UUIDField()
    exercise_name = serializers.CharField()


class CompetitionLiftsSerializer(serializers.Serializer[Any]):
    squat = CompetitionLiftSerializer(allow_null=True)
    bench = CompetitionLiftSerializer(allow_null=True)
    deadlift = CompetitionLiftSerializer(allow_null=True)


class StrengthScoreSerializer(serializers.Serializer[Any]):
    scale = serializers.ChoiceField(choices=list(SCALES), help_text="Its version: provenance.")
    event = serializers.ChoiceField(
        choices=("sbd", "bench"), help_text="All three lifts, or the bench press alone."
    )
    points = serializers.FloatField(help_text="Points of this scale.")
    coefficient = serializers.FloatField(help_text="Points for each kg.")
    total_kg = serializers.FloatField(help_text="kg")
    is_estimated = serializers.BooleanField()
    provenance = ProvenanceSerializer()


class StrengthMonthSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="The last day of the month, or today.")
    body_weight_kg = serializers.FloatField(help_text="kg")
    total_kg = serializers.FloatField(help_text="kg")
    is_estimated = serializers.BooleanField()
    dots = serializers.FloatField(help_text="Points.")
    wilks_2020 = serializers.FloatField(help_text="Points.")
    ipf_gl = serializers.FloatField(help_text="Points.")
    wilks = serializers.FloatField(help_text="Points.")


class RelativeStrengthSerializer(serializers.Serializer[Any]):
    """Your best squat, bench press and deadlift for your size."""

    date = serializers.DateField(help_text="Your today.")
    sex = serializers.ChoiceField(choices=Sex.choices, allow_null=True)
    body_weight_kg = serializers.FloatField(allow_null=True, help_text="kg")
    weighed_on = serializers.DateField(
        allow_null=True, help_text="Null for the weight of your profile."
    )
    equipment = serializers.ChoiceField(choices=EQUIPMENT)
    lifts = CompetitionLiftsSerializer()
    total_kg = serializers.FloatField(allow_null=True, help_text="kg; null without all three")
    is_estimated = serializers.BooleanField(help_text="A maximum among them is an estimate.")
    missing = serializers.ListField(
        child=serializers.ChoiceField(
            choices=("sex", "body_weight_kg", "squat", "bench", "deadlift")
        ),
        help_text="Without these there are no points, or not all.",
    )
    scores = StrengthScoreSerializer(many=True)
    history = StrengthMonthSerializer(many=True, help_text="By month, oldest first.")


class PersonalRecordSerializer(serializers.Serializer[Any]):
    """Better than everything before it."""

    id = serializers.UUIDField()
    exercise_id = serializers.UUIDField()
    exercise_name = serializers.CharField()
    kind = serializers.ChoiceField(choices=RecordKind.choices)
    at = serializers.FloatField(
        allow_null=True, help_text="The load in kg of reps, the distance in km of pace."
    )
    value = serializers.FloatField(help_text="In `unit`; a pace is better when it is lower.")
    unit = serializers.CharField(help_text="kg, repetitions, km or s")
    previous = serializers.FloatField(allow_null=True, help_text="What it beat, in `unit`.")
    is_first = serializers.BooleanField(help_text="There was nothing to beat.")
    date = serializers.DateField()
    set_id = serializers.UUIDField(help_text="The set, or the test.")
    workout_id = serializers.UUIDField(allow_null=True, help_text="Null for a test.")
    reps = serializers.IntegerField(allow_null=True, help_text="Of the set.")
    load_kg = serializers.FloatField(allow_null=True, help_text="kg; of the set")
    is_estimate = serializers.BooleanField(
        help_text="An estimated maximum, or a pace that is an average."
    )
    is_standing = serializers.BooleanField(help_text="Nothing beat it since.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    provenance = ProvenanceSerializer(help_text="Its window: in the single record alone.")


class OneRmTestSerializer(serializers.ModelSerializer[OneRmTest]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    exercise = VisibleExerciseField(queryset=Exercise.objects.all(), pk_field=IdField())
    date = DayField(required=False, help_text="Your own day; today without it.")
    weight_kg = FiniteFloatField(
        min_value=0.1, max_value=2000, help_text="kg; all that was moved, once"
    )

    class Meta:
        model = OneRmTest
        fields = ("id", "exercise", "date", "weight_kg", "notes", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")

    def validate_exercise(self, exercise: Exercise) -> Exercise:
        if exercise.is_cardio:
            raise ValidationError("Cardio has no one-repetition maximum.", code="cardio")
        return exercise


class StrengthProgressSerializer(serializers.ModelSerializer[StrengthProgress]):
    """A day of an exercise: what was lifted, and the maximum that the best set speaks for."""

    class Meta:
        model = StrengthProgress
        fields = (
            "id",
            "exercise",
            "date",
            "one_rep_max",
            "one_rep_max_low_kg",
            "one_rep_max_high_kg",
            "validity",
            "volume",
            "sets_count",
            "calculated_1rm",
            "best_set_id",
            "best_load_kg",
            "best_reps",
            "best_reserve",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields
