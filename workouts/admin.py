"""What staff may look up and put right in the diary and in the catalogue."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminIntegerFieldWidget, AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import CharField, FloatField, Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from users.admin import PersonalAdmin, RecordAdmin, WholeRowForm
from users.localtime import validate_time_zone
from users.models import User
from users.ownership import advance_clocks
from workouts.models import (
    CardioExercise,
    Equipment,
    Exercise,
    ExerciseEquipment,
    ExerciseMuscle,
    Muscle,
    StrengthExercise,
    Workout,
    WorkoutSet,
)
from workouts.services.sets import MAX_SETS, remove_set
from workouts.services.workouts import TIMING_FIELDS
from workouts.timing import timing_of_readings

ChildT = TypeVar("ChildT", bound=Model)
ParentT = TypeVar("ParentT", bound=Model)


class KnownSelect(AutocompleteSelect):
    """Takes the labels of chosen rows from ``labels``, not from a query for each."""

    labels: Mapping[str, str] = {}

    def optgroups(
        self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None
    ) -> list[Any]:
        if not value or any(str(key) not in self.labels for key in value):
            return super().optgroups(name, list(value), attrs)
        options = [
            self.create_option(name, key, self.labels[str(key)], selected=True, index=index)
            for index, key in enumerate(value)
        ]
        return [(None, options, 0)]


class PartInline(admin.TabularInline[ChildT, ParentT]):
    """Rows inside a whole, each of which names a row of ``autocomplete``."""

    extra = 0
    autocomplete: str

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        if db_field.name == self.autocomplete:
            kwargs["widget"] = KnownSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_formset(self, request: HttpRequest, obj: ParentT | None = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        field = formset.form.base_fields.get(self.autocomplete)
        if field is None:
            return formset
        # Whoever fills in a row is not here to change or delete what it names.
        select = field.widget
        select.can_add_related = select.can_change_related = select.can_delete_related = False
        select.can_view_related = False
        if obj is not None:
            chosen = self.model._default_manager.filter(**{formset.fk.name: obj})
            rows = field.queryset.filter(pk__in=chosen.values(self.autocomplete))
            # A formset's forms have copies of this widget, which all see these labels.
            select.widget.labels = {str(row.pk): str(row) for row in rows}
        return formset


# --- The catalogue ---------------------------------------------------------------------------


class OriginFilter(admin.SimpleListFilter):
    title = parameter_name = "origin"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [("catalogue", "Catalogue"), ("custom", "Custom")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Exercise]) -> QuerySet[Exercise]:
        if self.value() is None:
            return queryset
        return queryset.filter(is_custom=self.value() == "custom")


class ExerciseForm(WholeRowForm[Exercise]):
    def clean_variation_of(self) -> Exercise | None:
        parent: Exercise | None = self.cleaned_data["variation_of"]
        if parent is not None and parent.created_by_id not in {None, self.instance.created_by_id}:
            raise ValidationError("This is another person's exercise.", code="does_not_exist")
        return parent


class MuscleShareInline(PartInline[ExerciseMuscle, Exercise]):
    model = ExerciseMuscle
    autocomplete = "muscle"
    verbose_name = "muscle"


class ExerciseEquipmentInline(PartInline[ExerciseEquipment, Exercise]):
    model = ExerciseEquipment
    autocomplete = "equipment"
    verbose_name = verbose_name_plural = "equipment"


@admin.register(Exercise)
class ExerciseAdmin(PersonalAdmin[Exercise]):
    form = ExerciseForm
    inlines = (MuscleShareInline, ExerciseEquipmentInline)
    list_display: tuple[str, ...] = (
        "name",
        "muscle_group",
        "is_cardio",
        "difficulty_level",
        "equipment_needed",
        "is_custom",
        "created_by",
    )
    list_select_related = ("created_by",)
    list_filter: ClassVar[tuple[Any, ...]] = (
        OriginFilter,
        "muscle_group",
        "is_cardio",
        "difficulty_level",
        "equipment",
    )
    search_fields = ("name", "slug", "created_by__username")
    ordering = ("name",)
    autocomplete_fields = ("variation_of",)
    fields: ClassVar[tuple[str, ...]] = (
        "name",
        "slug",
        "created_by",
        "description",
        "muscle_group",
        "is_cardio",
        "difficulty_level",
        "equipment_needed",
        "met",
        "variation_of",
        "illustration",
        "video_url",
        "revision",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("created_by", "revision", "created_at", "updated_at")


class _KindAdmin(ExerciseAdmin):
    """The exercises of one kind. They are deleted as exercises, which tells their owners."""

    is_cardio: bool
    list_display = tuple(name for name in ExerciseAdmin.list_display if name != "is_cardio")
    list_filter = tuple(name for name in ExerciseAdmin.list_filter if name != "is_cardio")
    fields = tuple(name for name in ExerciseAdmin.fields if name != "is_cardio")

    def has_delete_permission(self, request: HttpRequest, obj: Exercise | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Exercise, form: Any, change: bool) -> None:  # noqa: FBT001
        obj.is_cardio = self.is_cardio
        super().save_model(request, obj, form, change)


@admin.register(CardioExercise)
class CardioExerciseAdmin(_KindAdmin):
    is_cardio = True


@admin.register(StrengthExercise)
class StrengthExerciseAdmin(_KindAdmin):
    is_cardio = False


@admin.register(Muscle)
class MuscleAdmin(RecordAdmin[Muscle]):
    list_display = fields = ("name", "slug", "muscle_group")
    list_filter = ("muscle_group",)
    search_fields = ("name", "slug")
    ordering = ("name",)


@admin.register(Equipment)
class EquipmentAdmin(admin.ModelAdmin[Equipment]):
    list_display = fields = ("name", "slug")
    search_fields = ("name", "slug")
    ordering = ("name",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Equipment | None = None
    ) -> tuple[str, ...]:
        # The slug is the key: with another one it would be another thing.
        return ("slug",) if obj else ()


# --- The diary -------------------------------------------------------------------------------


class WorkoutForm(WholeRowForm[Workout]):
    def clean_timezone(self) -> str:
        name: str = self.cleaned_data["timezone"]
        validate_time_zone(name)
        return name

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        is_timed = self.instance._state.adding or not {*TIMING_FIELDS}.isdisjoint(
            self.changed_data
        )
        if is_timed and not self.errors:
            self._set_timing(values)
        return values

    def _set_timing(self, values: dict[str, Any]) -> None:
        """Have the instants follow the readings; a workout logged by instants keeps its own."""
        try:
            timing = timing_of_readings(
                timezone=values["timezone"],
                day=values["date"],
                start_time=values["start_time"],
                end_time=values["end_time"],
                duration=values["duration"],
            )
        except OverflowError:
            self.add_error("date", "Date must be from 1970 to 2200.")
            return
        values["duration"] = timing.duration
        self.instance.started_at, self.instance.finished_at = timing.started_at, timing.finished_at


class NewWorkoutForm(WorkoutForm):
    person = forms.ModelChoiceField(
        queryset=User.objects.all(),
        widget=AutocompleteSelect(Workout._meta.get_field("user"), admin.site),
    )

    def clean_person(self) -> User:
        person: User = self.cleaned_data["person"]
        self.instance.user = person
        return person


class SetFormSet(BaseInlineFormSet[WorkoutSet, Workout, Any]):
    def clean(self) -> None:
        """Compare the sets with each other: they are all here, and they may swap places."""
        super().clean()
        rows = [
            form.cleaned_data
            for form in self.forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        visible = {None, self.instance.user_id}
        if any(row["exercise"].created_by_id not in visible for row in rows):
            raise ValidationError("A set names another person's exercise.", code="not_theirs")
        _refuse_twins([row["position"] for row in rows], "Two sets have the same position.")
        _refuse_twins(
            [(row["exercise"], row["set_number"]) for row in rows],
            "Two sets of an exercise have the same number.",
        )


def _refuse_twins(keys: Sequence[Any], message: str) -> None:
    if any(count > 1 for count in Counter(keys).values()):
        raise ValidationError(message, code="unique")


class _WithOneRm:
    @admin.display(description="1RM", ordering="one_rm")
    def rounded_one_rm(self, row: WorkoutSet) -> str:
        return "-" if row.one_rm is None else f"{row.one_rm:.1f}"


class SetInline(_WithOneRm, PartInline[WorkoutSet, Workout]):
    model = WorkoutSet
    formset = SetFormSet
    autocomplete = "exercise"
    max_num = MAX_SETS
    ordering = ("position",)
    fields = (
        "position",
        "exercise",
        "set_number",
        "reps",
        "weight",
        "duration",
        "distance",
        "rpe",
        "rounded_one_rm",
        "notes",
    )
    readonly_fields = ("rounded_one_rm",)
    # Ten columns have to fit beside each other.
    formfield_overrides = {
        FloatField: {"widget": AdminIntegerFieldWidget},
        CharField: {"widget": forms.TextInput(attrs={"size": 10})},
    }


@admin.register(Workout)
class WorkoutAdmin(PersonalAdmin[Workout]):
    form = WorkoutForm
    inlines = (SetInline,)
    list_display = ("name", "user", "date", "start_time", "duration", "in_progress", "is_public")
    list_select_related = ("user",)
    list_filter = ("in_progress", "is_public")
    search_fields = ("name", "user__username")
    date_hierarchy = "date"
    ordering = ("-id",)
    readonly_fields = (
        "user",
        "started_at",
        "finished_at",
        "workout_plan_id",
        "revision",
        "created_at",
        "updated_at",
    )

    def get_form(
        self, request: HttpRequest, obj: Workout | None = None, *args: Any, **kwargs: Any
    ) -> type[Any]:
        kwargs["form"] = WorkoutForm if obj else NewWorkoutForm
        return super().get_form(request, obj, *args, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Workout | None = None) -> Any:
        derived = ("started_at", "finished_at", "workout_plan_id", "revision")
        return (
            (None, {"fields": ("user" if obj else "person", "name", "notes", "is_public")}),
            (
                "Time",
                {
                    "fields": (
                        "timezone",
                        "date",
                        ("start_time", "end_time"),
                        "duration",
                        "in_progress",
                        "calories_burned",
                    )
                },
            ),
            *([("Record", {"fields": (*derived, "created_at", "updated_at")})] if obj else []),
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        rows = formset.save(commit=False)
        # Sets may swap places, so the places are compared when all are stored.
        _check_places("DEFERRED")
        for row in rows:
            row.save()
        for row in formset.deleted_objects:
            remove_set(user_id=row.user_id, set_id=row.pk)
        _check_places("IMMEDIATE")


def _check_places(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS workoutset_position_once, workoutset_number_once {when}")


class WorkoutSetForm(WholeRowForm[WorkoutSet]):
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        workout = values.get("workout") or getattr(self.instance, "workout", None)
        exercise = values.get("exercise")
        if workout is None or exercise is None:
            return values
        self.instance.user_id = workout.user_id
        if exercise.created_by_id not in {None, workout.user_id}:
            self.add_error("exercise", "This is another person's exercise.")
        return values


@admin.register(WorkoutSet)
class WorkoutSetAdmin(_WithOneRm, PersonalAdmin[WorkoutSet]):
    form = WorkoutSetForm
    list_display = (
        "workout",
        "user",
        "exercise",
        "set_number",
        "reps",
        "weight",
        "rounded_one_rm",
        "rpe",
        "duration",
        "distance",
    )
    list_select_related = ("workout", "user", "exercise")
    list_filter = ("exercise__muscle_group", "exercise__is_cardio")
    search_fields = ("exercise__name", "user__username")
    ordering = ("-id",)
    autocomplete_fields = ("workout", "exercise")
    fields = (
        "workout",
        "user",
        "exercise",
        "position",
        "set_number",
        "reps",
        "weight",
        "duration",
        "distance",
        "rpe",
        "rounded_one_rm",
        "notes",
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: WorkoutSet | None = None
    ) -> tuple[str, ...]:
        # A set stays in its workout: both would have changed, for two people perhaps.
        return ("workout", "user", "rounded_one_rm") if obj else ("user", "rounded_one_rm")

    def delete_model(self, request: HttpRequest, obj: WorkoutSet) -> None:
        remove_set(user_id=obj.user_id, set_id=obj.pk)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[WorkoutSet]) -> None:
        rows = list(queryset)
        advance_clocks({row.user_id for row in rows})
        for row in rows:
            remove_set(user_id=row.user_id, set_id=row.pk)
