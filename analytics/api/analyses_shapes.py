"""What weeks, months and ranges of training look like over HTTP."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analytics.api.provenance import ProvenanceSerializer
from analytics.models import Period, TrainingBreak, TrainingDay, Validity, WorkoutAnalysis
from users.api.fields import DayField, IdField

_LEVELS: Final = [
    ("none", "Not trained"),
    ("below_mv", "Too few to maintain it"),
    ("maintaining", "Enough to maintain it"),
    ("growing", "Enough to make it grow"),
    ("high", "More than is best for growth"),
    ("above_mrv", "More than it recovers from"),
]
_WEEK_KINDS: Final = [
    ("normal", "As usual"),
    ("deload", "A deload"),
    ("missed", "Light because sessions were missed"),
    ("light", "As light as a deload, without a plan to tell why"),
    ("off", "Off"),
    ("too_little_data", "Too few weeks before it"),
]
_REASONS: Final = [("standing_still", "Lifts stand still"), ("calendar", "It is time")]
RECOVERIES: Final = [("good", "Good"), ("low", "Low")]


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": "number", "format": "double"},
        "examples": [{"chest": 12.0, "triceps": 6.0}],
    }
)
class MuscleSetsField(serializers.JSONField):
    """Sets by the slug of the muscle."""


class TrainingSumsSerializer(serializers.Serializer[Any]):
    start_date = serializers.DateField(help_text="The first day.")
    end_date = serializers.DateField(help_text="The last day.")
    total_workouts = serializers.IntegerField()
    total_volume = serializers.FloatField(help_text="kg; load × reps of the working sets")
    total_duration = serializers.IntegerField(help_text="min")
    total_sets = serializers.IntegerField(help_text="Working sets.")
    total_reps = serializers.IntegerField(help_text="Of the working sets.")
    hard_sets = serializers.IntegerField(
        help_text="Working sets that left at most 4 repetitions, as far as is known."
    )
    total_distance_km = serializers.FloatField(help_text="km")
    avg_intensity = serializers.FloatField(
        help_text="% of the 1RM known on the day, by repetitions; 0 where intensity_validity is"
        " no_answer"
    )
    intensity_validity = serializers.ChoiceField(choices=Validity.choices)
    intensity_sets = serializers.IntegerField(help_text="Sets that it is the mean of.")
    intensity_left_out = serializers.IntegerField(
        help_text="Sets with a load whose 1RM was not known."
    )
    consistency_score = serializers.FloatField(
        help_text="0-100, of the eight weeks that were over by its end; 0 where"
        " consistency_validity is no_answer"
    )
    consistency_validity = serializers.ChoiceField(choices=Validity.choices)
    most_trained_muscle = serializers.CharField(allow_blank=True, help_text="Slug.")
    least_trained_muscle = serializers.CharField(
        allow_blank=True, help_text="Slug; of those that were trained in eight weeks."
    )
    muscle_sets = MuscleSetsField(help_text="Fractional hard sets by muscle.")


class MuscleAgainstLandmarksSerializer(serializers.Serializer[Any]):
    """A muscle's sets beside the landmarks, which are scaled to the days; null where it has none.

    Landmarks are coaches' rules of thumb.
    """

    muscle = serializers.SlugField()
    name = serializers.CharField()
    sets = serializers.FloatField(help_text="Fractional hard sets.")
    sets_a_week = serializers.FloatField(help_text="The same, for seven of the days.")
    mv = serializers.FloatField(allow_null=True, help_text="Sets that maintain it.")
    mev = serializers.FloatField(allow_null=True, help_text="Fewest that make it grow.")
    mav_low = serializers.FloatField(allow_null=True, help_text="Where it grows best: from")
    mav_high = serializers.FloatField(allow_null=True, help_text="to.")
    mrv = serializers.FloatField(allow_null=True, help_text="Most from which it recovers.")
    level = serializers.ChoiceField(choices=_LEVELS, allow_null=True)


class MuscleBalanceSerializer(serializers.Serializer[Any]):
    """Sets of opposing muscles."""

    ratio = serializers.FloatField(allow_null=True, help_text="First / second.")
    first_sets = serializers.FloatField(help_text="Of the side that is named first.")
    second_sets = serializers.FloatField(help_text="Of the other side.")
    provenance = ProvenanceSerializer()


class ConsistencyPartsSerializer(serializers.Serializer[Any]):
    sessions_a_week = serializers.FloatField(
        allow_null=True, help_text="Of the weeks that count; null without any"
    )
    plan_match = serializers.FloatField(
        allow_null=True, help_text="0-1, how much of what was planned was done"
    )
    gap_sd_days = serializers.FloatField(
        allow_null=True, help_text="How much the days between sessions vary."
    )
    streak_weeks = serializers.IntegerField(help_text="Weeks in a row with all sessions.")
    weeks_off = serializers.IntegerField(help_text="Of the eight, left out.")


class AnalysisProvenanceSerializer(serializers.Serializer[Any]):
    totals = ProvenanceSerializer()
    avg_intensity = ProvenanceSerializer()
    consistency_score = ProvenanceSerializer()
    muscle_sets = ProvenanceSerializer()


class TrainingRangeSerializer(TrainingSumsSerializer):
    muscles = MuscleAgainstLandmarksSerializer(many=True)
    consistency = ConsistencyPartsSerializer()
    push_pull = MuscleBalanceSerializer(help_text="Sets that push, and sets that pull.")
    quads_hamstrings = MuscleBalanceSerializer()
    provenance = AnalysisProvenanceSerializer()


class AnalysisSerializer(TrainingRangeSerializer):
    id = serializers.UUIDField()
    period = serializers.ChoiceField(choices=Period.choices)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RangeQuerySerializer(serializers.Serializer[Any]):
    start_date = DayField(help_text="The first day.")
    end_date = DayField(help_text="The last day, at most five years later.")


class DeloadQuerySerializer(serializers.Serializer[Any]):
    recovery = serializers.ChoiceField(
        choices=RECOVERIES, required=False, help_text="How you sleep, eat and feel."
    )


class JudgedWeekSerializer(serializers.Serializer[Any]):
    start_date = serializers.DateField(help_text="The first day of the week.")
    kind = serializers.ChoiceField(choices=_WEEK_KINDS)
    load = serializers.FloatField(help_text="In `load_unit`.")
    usual_load = serializers.FloatField(
        allow_null=True, help_text="Median of the four weeks before that were no deloads."
    )
    share = serializers.FloatField(allow_null=True, help_text="Of the usual load.")
    sessions_done = serializers.IntegerField()
    sessions_planned = serializers.IntegerField(
        allow_null=True, help_text="By the plan that was followed; null without one."
    )
    provenance = ProvenanceSerializer()


class DeloadSerializer(serializers.Serializer[Any]):
    """A hint, and no order."""

    is_due = serializers.BooleanField()
    reason = serializers.ChoiceField(choices=_REASONS, allow_null=True)
    weeks_since_deload = serializers.IntegerField()
    lifts_standing_still = serializers.IntegerField(help_text="Or fall.")
    load_share_low = serializers.FloatField(help_text="Of a usual week's load: from")
    load_share_high = serializers.FloatField(help_text="to.")
    sets_share = serializers.FloatField(help_text="Of a usual week's sets.")
    provenance = ProvenanceSerializer()
    load_unit = serializers.ChoiceField(choices=[("kg", "kg"), ("sets", "Hard sets")])
    weeks = JudgedWeekSerializer(many=True, help_text="That are over, oldest first.")


class TrainingBreakSerializer(serializers.ModelSerializer[TrainingBreak]):
    """Days off: consistency leaves out a week of which they are four or more."""

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    starts_on = DayField(required=False, help_text="The first day off; today without it.")
    ends_on = DayField(
        required=False,
        allow_null=True,
        help_text="The first day that counts again; null while it lasts.",
    )

    class Meta:
        model = TrainingBreak
        fields = ("id", "starts_on", "ends_on", "reason", "notes", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")


class DailyTrainingSerializer(serializers.ModelSerializer[TrainingDay]):
    """What the workouts of a day amount to, with those that still run."""

    muscle_sets = MuscleSetsField(read_only=True, help_text="Fractional hard sets by muscle.")

    class Meta:
        model = TrainingDay
        fields = (
            "id",
            "date",
            "workouts",
            "minutes",
            "volume",
            "sets_count",
            "reps",
            "hard_sets",
            "distance_km",
            "muscle_sets",
            "calories_burned",
            "net_calories_kcal",
            "lifting_load",
            "cardio_load",
            "rated_load",
            "intensity_reps",
            "relative_reps",
            "intensity_sets",
            "intensity_left_out",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class WorkoutAnalysisSerializer(
    TrainingSumsSerializer, serializers.ModelSerializer[WorkoutAnalysis]
):
    """The sums of a week or a calendar month, which is over or still runs."""

    class Meta:
        model = WorkoutAnalysis
        fields = (
            "id",
            "period",
            *TrainingSumsSerializer._declared_fields,
            "created_at",
            "updated_at",
        )
        read_only_fields = fields
