"""The diary: workouts with their sets and notes."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminIntegerFieldWidget, AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import CharField, FloatField, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from users.admin.finding import FoundByPerson
from users.admin.reading import PersonalAdmin, WholeRowForm, pretty
from users.localtime import validate_time_zone
from users.models import User
from users.ownership import advance_clocks
from users.selectors import time_zone_and_weight_of
from workouts.admin.exercise import refuse_foreign
from workouts.admin.inlines import PartInline
from workouts.models import ExerciseNote, Workout, WorkoutSet
from workouts.models.workout import MAX_SETS
from workouts.services import replays
from workouts.services.energy import estimate_energy
from workouts.services.sets import remove_set
from workouts.services.workouts import TIMING_FIELDS, delete_workout, reload_body
from workouts.timing import timing_of_readings


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
        if "calories_burned" in self.changed_data:
            self.instance.calories_estimated = False
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

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors and values["body_weight_kg"] is None:
            # As where the person logs it.
            _, values["body_weight_kg"] = time_zone_and_weight_of(values["person"].pk)
        return values


class SetFormSet(BaseInlineFormSet[WorkoutSet, Workout, Any]):
    def clean(self) -> None:
        """Compare the sets with each other: they are all here, and they may swap places."""
        super().clean()
        rows = [
            form.cleaned_data
            for form in self.forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        for row in rows:
            refuse_foreign(row["exercise"], owner_id=self.instance.user_id)
        _refuse_twins([row["position"] for row in rows], "Two sets have the same position.")
        _refuse_twins(
            [(row["exercise"], row["set_number"]) for row in rows],
            "Two sets of an exercise have the same number.",
        )


def _refuse_twins(keys: Sequence[Any], message: str) -> None:
    if any(count > 1 for count in Counter(keys).values()):
        raise ValidationError(message, code="unique")


class _WithFigures:
    """What the database makes of a set, as far as it is known."""

    @admin.display(description="1RM (kg)", ordering="one_rm")
    def rounded_one_rm(self, row: WorkoutSet) -> str:
        return "-" if row.one_rm is None else f"{row.one_rm:.1f}"

    @admin.display(description="moved (kg)", ordering="load")
    def rounded_load(self, row: WorkoutSet) -> str:
        return "-" if row.load is None else f"{row.load:.1f}"


class SetInline(_WithFigures, PartInline[WorkoutSet, Workout]):
    """What is corrected often; a set's own page has the rest."""

    model = WorkoutSet
    formset = SetFormSet
    autocomplete = "exercise"
    max_num = MAX_SETS
    show_change_link = True
    ordering = ("position",)
    fields = (
        "position",
        "exercise",
        "set_number",
        "set_type",
        "superset",
        "reps",
        "weight",
        "load_type",
        "duration",
        "distance",
        "rpe",
        "rir",
        "rounded_one_rm",
        "notes",
    )
    readonly_fields = ("rounded_one_rm",)
    # So many columns have to fit beside each other.
    formfield_overrides = {
        FloatField: {"widget": AdminIntegerFieldWidget},
        CharField: {"widget": forms.TextInput(attrs={"size": 10})},
    }

    def formfield_for_choice_field(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.TypedChoiceField | None:
        kwargs["widget"] = forms.Select(attrs={"style": "max-width: 8em"})
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class NoteInline(admin.TabularInline[ExerciseNote, Workout]):
    model = ExerciseNote
    verbose_name = "note"
    extra = 0
    fields = ("exercise", "text")
    readonly_fields = ("exercise",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExerciseNote]:
        return super().get_queryset(request).select_related("exercise").order_by("pk")

    def has_add_permission(self, request: HttpRequest, obj: Workout | None = None) -> bool:
        return False


@admin.register(Workout)
class WorkoutAdmin(FoundByPerson[Workout], PersonalAdmin[Workout]):
    form = WorkoutForm
    inlines = (SetInline, NoteInline)
    list_display = (
        "name",
        "user",
        "date",
        "start_time",
        "duration",
        "session_number",
        "in_progress",
        "is_public",
    )
    list_select_related = ("user",)
    indexed = (
        ("plan_run", admin.EmptyFieldListFilter),
        ("imported_by", admin.EmptyFieldListFilter),
    )
    list_filter = ("in_progress", "is_public", *indexed)
    words = ("name",)
    search_help_text = "A username, and words of the name; an id."
    ordering = ("-id",)
    sortable_by = ()
    readonly_fields = (
        "user",
        "started_at",
        "finished_at",
        "calories_estimated",
        "workout_plan_id",
        "plan_run",
        "session_number",
        "imported_by",
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
        time = (
            "timezone",
            "date",
            ("start_time", "end_time"),
            "duration",
            "in_progress",
        )
        energy = (
            *("session_rpe", "body_weight_kg", "calories_burned"),
            *(["calories_estimated"] if obj else []),
        )
        record = (
            "started_at",
            "finished_at",
            "workout_plan_id",
            ("plan_run", "session_number"),
            "imported_by",
            "revision",
            "created_at",
            "updated_at",
        )
        return (
            (None, {"fields": ("user" if obj else "person", "name", "notes", "is_public")}),
            ("Time", {"fields": time}),
            ("Energy", {"fields": energy}),
            *([("Record", {"fields": record})] if obj else []),
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        if formset.model is not WorkoutSet:
            formset.save()
            return
        rows = formset.save(commit=False)
        # Sets may swap places, so the places are compared when all are stored.
        _check_places("DEFERRED")
        for row in rows:
            row.save()
        for row in formset.deleted_objects:
            remove_set(user_id=row.user_id, set_id=row.pk)
        _check_places("IMMEDIATE")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        _follow_sets(form.instance.pk)

    def delete_model(self, request: HttpRequest, obj: Workout) -> None:
        delete_workout(user_id=obj.user_id, workout_id=obj.pk)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Workout]) -> None:
        sessions = queryset.filter(plan_run__isnull=False)
        runs = set(sessions.values_list("user_id", "plan_run_id"))
        super().delete_queryset(request, queryset)
        for user_id, run_id in runs:
            replays.settle_after(user_id=user_id, run_id=run_id)


def _check_places(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS workoutset_position_once, workoutset_number_once {when}")


def _follow_sets(workout_id: UUID) -> None:
    """Store what follows from a workout's sets and body weight, which staff changed just now."""
    workout = Workout.objects.get(pk=workout_id)
    reload_body(user_id=workout.user_id, workout_id=workout.pk)
    if workout.in_progress:
        return
    is_known = workout.calories_burned is not None or workout.body_weight_kg is None
    if workout.calories_estimated or not is_known:
        estimate_energy(user_id=workout.user_id, workout_id=workout.pk)
    if workout.plan_run_id is not None:
        replays.settle_after(user_id=workout.user_id, run_id=workout.plan_run_id)


class WorkoutSetForm(WholeRowForm[WorkoutSet]):
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        workout = values.get("workout") or getattr(self.instance, "workout", None)
        if workout is None:
            return values
        self.instance.user_id = workout.user_id
        try:
            refuse_foreign(values.get("exercise"), owner_id=workout.user_id)
        except ValidationError as refused:
            self.add_error("exercise", refused)
        return values


@admin.register(WorkoutSet)
class WorkoutSetAdmin(_WithFigures, FoundByPerson[WorkoutSet], PersonalAdmin[WorkoutSet]):
    form = WorkoutSetForm
    list_display = (
        "workout",
        "user",
        "exercise",
        "set_number",
        "set_type",
        "reps",
        "weight",
        "load_type",
        "rounded_load",
        "rounded_one_rm",
        "rpe",
        "rir",
        "duration",
        "distance",
    )
    list_select_related = ("workout", "user", "exercise")
    list_filter = ("set_type", "load_type")
    words = ("exercise__name",)
    named = ("exercise",)
    search_help_text = "A username and words of an exercise's name, or one of them; an id."
    ordering = ("-id",)
    sortable_by = ()
    autocomplete_fields = ("workout", "exercise")
    fields = (
        "workout",
        "user",
        "exercise",
        "position",
        "set_number",
        "set_type",
        "superset",
        "reps",
        "weight",
        "load_type",
        "body_load_kg",
        "rounded_load",
        "rounded_one_rm",
        "duration",
        "distance",
        "rpe",
        "rir",
        "rest_seconds",
        "tempo",
        "side",
        "discomfort",
        "discomfort_note",
        "notes",
        "planned_exercise_id",
        "shown_target",
    )
    readonly_fields = (
        "user",
        "body_load_kg",
        "rounded_load",
        "rounded_one_rm",
        "planned_exercise_id",
        "shown_target",
    )

    @admin.display(description="target")
    def shown_target(self, row: WorkoutSet) -> str:
        return "-" if row.target is None else pretty(row.target)

    def get_readonly_fields(
        self, request: HttpRequest, obj: WorkoutSet | None = None
    ) -> tuple[str, ...]:
        # A set stays in its workout: both would have changed, for two people perhaps.
        return ("workout", *self.readonly_fields) if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: WorkoutSet, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        _follow_sets(obj.workout_id)

    def delete_model(self, request: HttpRequest, obj: WorkoutSet) -> None:
        remove_set(user_id=obj.user_id, set_id=obj.pk)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[WorkoutSet]) -> None:
        rows = list(queryset)
        advance_clocks({row.user_id for row in rows})
        for row in rows:
            remove_set(user_id=row.user_id, set_id=row.pk)
