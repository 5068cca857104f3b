"""Named filters of the diary and the catalogue.

They say which parameters there are and check them; the selectors turn the values into SQL.
"""

from django_filters import rest_framework as filters

from workouts.models import Exercise, Workout
from workouts.models.exercise import MuscleGroup


class WorkoutFilter(filters.FilterSet):
    date_after = filters.DateFilter(field_name="date", label="On this day or later.")
    date_before = filters.DateFilter(field_name="date", label="On this day or earlier.")
    exercise = filters.UUIDFilter(
        field_name="sets__exercise", label="With a set of this exercise."
    )
    q = filters.CharFilter(field_name="name", label="Text in the name or notes.")
    is_public = filters.BooleanFilter()
    in_progress = filters.BooleanFilter()
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
    is_cardio = filters.BooleanFilter()
    is_custom = filters.BooleanFilter(label="Your own ones, or the catalogue.")
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
