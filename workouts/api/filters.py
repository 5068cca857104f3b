"""Named filters of the diary and the catalogue.

They say which parameters there are and check them; the selectors turn the values into SQL.
"""

from django_filters import rest_framework as filters

from users.api.filters import TrueOrFalseFilter
from users.models.profile import FitnessLevel
from workouts.models import (
    Exercise,
    PlanRun,
    RuleEvaluation,
    TrainingMax,
    Workout,
    WorkoutPlan,
)
from workouts.models.exercise import MuscleGroup
from workouts.models.run import RunStatus


class WorkoutFilter(filters.FilterSet):
    date_after = filters.DateFilter(field_name="date", label="On this day or later.")
    date_before = filters.DateFilter(field_name="date", label="On this day or earlier.")
    exercise = filters.UUIDFilter(
        field_name="sets__exercise", label="With a set of this exercise."
    )
    q = filters.CharFilter(field_name="name", label="Text in the name or notes.")
    is_public = TrueOrFalseFilter()
    in_progress = TrueOrFalseFilter()
    plan_run = filters.UUIDFilter(field_name="plan_run", label="Sessions of this run.")
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", label="Changed at this instant or later."
    )

    class Meta:
        model = Workout
        fields: list[str] = []


class ExerciseFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="name", label="Words in the name; best matches first.")
    muscle_group = filters.ChoiceFilter(choices=MuscleGroup.choices)
    muscle = filters.CharFilter(field_name="muscles", label="Trains this muscle, such as chest.")
    equipment = filters.CharFilter(field_name="equipment", label="Needs this, such as barbell.")
    is_cardio = TrueOrFalseFilter()
    is_custom = TrueOrFalseFilter(label="Your own ones, or the catalogue.")
    difficulty_min = filters.NumberFilter(
        field_name="difficulty_level", min_value=1, max_value=5, decimal_places=0
    )
    difficulty_max = filters.NumberFilter(
        field_name="difficulty_level", min_value=1, max_value=5, decimal_places=0
    )
    variation_of = filters.UUIDFilter(field_name="variation_of")
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", label="Changed at this instant or later."
    )

    class Meta:
        model = Exercise
        fields: list[str] = []


class WordsFilter(filters.BaseCSVFilter, filters.CharFilter):
    """Words with commas between them."""


class PlanFilter(filters.FilterSet):
    public = TrueOrFalseFilter(
        field_name="is_public", label="All published plans, and not only your own."
    )
    q = filters.CharFilter(field_name="name", label="Text in the name or description.")
    goal = filters.CharFilter()
    fitness_level = filters.ChoiceFilter(choices=FitnessLevel.choices)
    days_per_week = filters.NumberFilter(min_value=1, max_value=7, decimal_places=0)
    duration_weeks_max = filters.NumberFilter(
        field_name="duration_weeks",
        min_value=1,
        max_value=52,
        decimal_places=0,
        label="At most so many weeks.",
    )
    equipment = WordsFilter(
        field_name="name",
        label="Equipment that you have, with commas; plans that need more are left out.",
    )
    is_ai_generated = TrueOrFalseFilter()
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", label="Changed at this instant or later."
    )

    class Meta:
        model = WorkoutPlan
        fields: list[str] = []


class PlanRunFilter(filters.FilterSet):
    plan = filters.UUIDFilter(field_name="plan")
    status = filters.ChoiceFilter(choices=RunStatus.choices)
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", lookup_expr="gte", label="Changed at this instant or later."
    )

    class Meta:
        model = PlanRun
        fields: list[str] = []


class RuleEvaluationFilter(filters.FilterSet):
    session_number = filters.NumberFilter(min_value=1, max_value=10_000)
    track = filters.CharFilter()

    class Meta:
        model = RuleEvaluation
        fields: list[str] = []


class TrainingMaxFilter(filters.FilterSet):
    exercise = filters.UUIDFilter(field_name="exercise")
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", lookup_expr="gte", label="Changed at this instant or later."
    )

    class Meta:
        model = TrainingMax
        fields: list[str] = []
