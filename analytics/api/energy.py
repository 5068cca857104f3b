"""What you spend and what food leaves you, over HTTP."""

from typing import Any, Final

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.api import examples_energy
from analytics.api.provenance import EXPLAIN, ProvenanceSerializer, wants_explanation
from analytics.api.spans import days_of, days_parameter
from analytics.selectors.energy import energy_story
from nutrition.formulas import ACTIVITY_FACTORS, FORMULAS
from users.models import User
from users.selectors import today_of

USUAL_DAYS: Final = 28
BANDS: Final = ("below_30", "from_30_to_45", "from_45")


class BasalEnergySerializer(serializers.Serializer[Any]):
    formula_id = serializers.ChoiceField(choices=list(FORMULAS))
    kcal = serializers.FloatField(allow_null=True, help_text="kcal a day at rest")
    missing = serializers.ListField(
        child=serializers.CharField(),
        help_text="What it lacks: fields of your profile, or body_fat.",
    )
    provenance = ProvenanceSerializer(allow_null=True)


class EnergyStartSerializer(serializers.Serializer[Any]):
    """What the adaptive expenditure begins from, before weight and food correct it."""

    kcal = serializers.FloatField(help_text="kcal a day")
    sd_kcal = serializers.FloatField(help_text="kcal a day; how far that may be off")
    from_what = serializers.ChoiceField(
        choices=["katch_mcardle", "mifflin_st_jeor", "mean_intake"],
        help_text="A basal formula with a factor, or what you eat where no formula has its data.",
    )
    activity = serializers.ChoiceField(
        choices=list(ACTIVITY_FACTORS),
        allow_null=True,
        help_text="Guessed from the workouts a week of your settings.",
    )
    activity_factor = serializers.FloatField(
        allow_null=True, help_text="What basal energy is multiplied by."
    )


class AdaptiveTdeeSerializer(serializers.Serializer[Any]):
    kcal = serializers.FloatField(help_text="kcal a day, as of this morning")
    sd_kcal = serializers.FloatField(help_text="kcal a day; standard deviation")
    weigh_ins = serializers.IntegerField(help_text="That it learned from.")
    food_days = serializers.IntegerField(
        help_text="Days with all food logged, up to the last weigh-in."
    )
    kcal_per_kg = serializers.FloatField(help_text="kcal that a kg of weight stands for")
    provenance = ProvenanceSerializer()


class WeightBalanceSerializer(serializers.Serializer[Any]):
    """The classic balance: mean intake less what the body stored."""

    tdee_kcal = serializers.FloatField(help_text="kcal spent a day; the interval is of it")
    mean_intake_kcal = serializers.FloatField(help_text="kcal eaten a day")
    stored_kcal = serializers.FloatField(help_text="kcal a day; below 0 was taken from the body")
    kg_per_day = serializers.FloatField(help_text="kg a day")
    kcal_per_kg = serializers.FloatField(help_text="kcal that a kg of weight stands for")
    provenance = ProvenanceSerializer()


class MeanBalanceSerializer(serializers.Serializer[Any]):
    kcal_per_day = serializers.FloatField(
        allow_null=True, help_text="kcal eaten less spent, a day; null without a whole day"
    )
    mean_intake_kcal = serializers.FloatField(allow_null=True, help_text="kcal a day")
    mean_tdee_kcal = serializers.FloatField(allow_null=True, help_text="kcal a day")
    days = serializers.IntegerField(help_text="With all food logged.")
    provenance = ProvenanceSerializer()


class EnergyAvailabilitySerializer(serializers.Serializer[Any]):
    """What food leaves beside training, for each kg of the body that is not fat. It describes
    what is logged and is no diagnosis.
    """

    kcal_per_kg = serializers.FloatField(
        allow_null=True, help_text="kcal per kg of fat-free mass a day; null below seven days"
    )
    band = serializers.ChoiceField(
        choices=BANDS, allow_null=True, help_text="Its place between commonly quoted borders."
    )
    mean_intake_kcal = serializers.FloatField(allow_null=True, help_text="kcal a day")
    mean_exercise_kcal = serializers.FloatField(
        allow_null=True, help_text="kcal a day above rest, as far as your body weight is known"
    )
    fat_free_mass_kg = serializers.FloatField(help_text="kg")
    days = serializers.IntegerField(help_text="With all food logged.")
    provenance = ProvenanceSerializer()


class EnergyDaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="Your own day.")
    weight_kg = serializers.FloatField(allow_null=True, help_text="kg")
    logged_kcal = serializers.IntegerField(allow_null=True, help_text="kcal; what is logged")
    intake_kcal = serializers.FloatField(
        allow_null=True, help_text="kcal; null for a day in part, and for today"
    )
    exercise_kcal = serializers.FloatField(help_text="kcal of training above rest")
    tdee_kcal = serializers.FloatField(
        allow_null=True, help_text="kcal a day, as learned up to that morning"
    )
    tdee_low_kcal = serializers.FloatField(allow_null=True, help_text="kcal; with 80 %, above")
    tdee_high_kcal = serializers.FloatField(allow_null=True, help_text="kcal; with 80 %, below")
    balance_kcal = serializers.FloatField(allow_null=True, help_text="kcal eaten less spent")


class EnergyStorySerializer(serializers.Serializer[Any]):
    first = serializers.DateField(help_text="Its first day.")
    last = serializers.DateField(help_text="Your today, whose food does not count yet.")
    basal = BasalEnergySerializer(many=True)
    start = EnergyStartSerializer(
        allow_null=True, help_text="Null where neither profile nor food says anything."
    )
    adaptive_tdee = AdaptiveTdeeSerializer(
        allow_null=True, help_text="Learned from up to five years; null without a start."
    )
    weight_balance = WeightBalanceSerializer(
        allow_null=True,
        help_text="Null for too few weigh-ins, or less than seven days with all food logged.",
    )
    mean_balance = MeanBalanceSerializer()
    availability = EnergyAvailabilitySerializer(
        allow_null=True, help_text="Null where body fat or weight is not known."
    )
    series = EnergyDaySerializer(many=True, help_text="Every day, oldest first.")


class EnergyBalanceView(APIView):
    @extend_schema(
        summary="Your energy balance",
        parameters=[days_parameter(USUAL_DAYS), EXPLAIN],
        responses=EnergyStorySerializer,
        examples=[OpenApiExample("A cut", value=examples_energy.STORY, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """What you spend at rest and in all, learned from weight and food; what you eat against
        it; and what food leaves beside training.
        """
        assert isinstance(request.user, User)
        days, explain = days_of(request, default=USUAL_DAYS), wants_explanation(request)
        user_id = request.user.pk
        today = today_of(user_id, now=timezone.now())
        return Response(energy_story(user_id=user_id, today=today, days=days, explain=explain))


urlpatterns = [path("energy-balance/", EnergyBalanceView.as_view(), name="energy-balance")]
