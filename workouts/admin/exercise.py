"""The catalogue, and the exercises that people made for themselves."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from users.admin.reading import PersonalAdmin, RecordAdmin, WholeRowForm
from workouts.admin.inlines import PartInline
from workouts.admin.merging import MergingAdmin
from workouts.models import (
    CardioExercise,
    Equipment,
    Exercise,
    ExerciseEquipment,
    ExerciseMuscle,
    Muscle,
    StrengthExercise,
)

LANDMARKS = ("mv", "mev", "mav_low", "mav_high", "mrv")


def refuse_foreign(exercise: Exercise | None, *, owner_id: UUID | None) -> None:
    """Raise ValidationError for an exercise that this owner cannot see."""
    if exercise is not None and exercise.created_by_id not in {None, owner_id}:
        raise ValidationError("This is another person's exercise.", code="does_not_exist")


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


class LevelFilter(admin.SimpleListFilter):
    """From 1 for beginners to 5: all that there can be."""

    title = "difficulty"
    parameter_name = "level"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(str(level), str(level)) for level in range(1, 6)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Exercise]) -> QuerySet[Exercise]:
        known = {value for value, _ in self.lookup_choices}
        chosen = self.value()
        return queryset.filter(difficulty_level=chosen) if chosen in known else queryset


class ExerciseForm(WholeRowForm[Exercise]):
    def clean_variation_of(self) -> Exercise | None:
        parent: Exercise | None = self.cleaned_data["variation_of"]
        refuse_foreign(parent, owner_id=self.instance.created_by_id)
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
class ExerciseAdmin(MergingAdmin, PersonalAdmin[Exercise]):
    form = ExerciseForm
    inlines = (MuscleShareInline, ExerciseEquipmentInline)
    list_display: tuple[str, ...] = (
        "name",
        "muscle_group",
        "is_cardio",
        "load_type",
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
        "load_type",
        LevelFilter,
        "equipment",
    )
    search_fields = ("name", "slug", "created_by__username")
    search_help_text = "A part of the name, of what the catalogue calls it, or of who made it."
    ordering = ("name",)
    sortable_by: ClassVar[tuple[str, ...]] = ("name",)
    autocomplete_fields = ("variation_of",)
    actions: Sequence[str] = ("merge",)
    fields: ClassVar[tuple[str, ...]] = (
        "name",
        "slug",
        "created_by",
        "description",
        "muscle_group",
        "is_cardio",
        "load_type",
        "bodyweight_share",
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
    actions = ()
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


class MuscleForm(WholeRowForm[Muscle]):
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        known = [values.get(name) is not None for name in LANDMARKS]
        if not self.errors and any(known) and not all(known):
            raise ValidationError("Give all five landmarks, or none.", code="incomplete")
        return values


@admin.register(Muscle)
class MuscleAdmin(RecordAdmin[Muscle]):
    """Muscles are fixed. Their landmarks are rules of thumb, which may be set anew."""

    form = MuscleForm
    list_display = ("name", "slug", "muscle_group", *LANDMARKS)
    list_filter = ("muscle_group",)
    search_fields = ("name", "slug")
    search_help_text = "A part of a name or slug."
    ordering = ("name",)
    fields = ("name", "slug", "muscle_group", *LANDMARKS)
    readonly_fields = ("name", "slug", "muscle_group")

    def has_change_permission(self, request: HttpRequest, obj: Muscle | None = None) -> bool:
        return request.user.has_perm("workouts.change_muscle")


@admin.register(Equipment)
class EquipmentAdmin(admin.ModelAdmin[Equipment]):
    list_display = fields = ("name", "slug")
    search_fields = ("name", "slug")
    search_help_text = "A part of a name or slug."
    ordering = ("name",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Equipment | None = None
    ) -> tuple[str, ...]:
        # The slug is the key: with another one it would be another thing.
        return ("slug",) if obj else ()
