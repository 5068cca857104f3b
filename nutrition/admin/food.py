"""The table of foods: looked up, checked, published and merged."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from nutrition import gtin
from nutrition.admin.food_forms import FoodForm, PortionFormSet
from nutrition.admin.merging import MergingAdmin
from nutrition.models import Food, FoodSource, MealEntry, Portion, RecipeIngredient
from nutrition.models.food import CHECKED, Folded
from nutrition.services import foods, moderation
from nutrition.transfer.readings import MAX_PORTIONS
from users.admin.reading import PersonalAdmin, ShortPaginator
from users.errors import Conflict
from users.keyset import fetch

Decide = Callable[..., Food]


class ShelfFilter(admin.SimpleListFilter):
    """The shared table without archived foods, unless another shelf is asked for."""

    title = parameter_name = "shelf"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [
            ("submitted", "Submitted by people"),
            ("unverified", "Shared, to be checked"),
            ("verified", "Shared and checked"),
            ("custom", "Of people"),
            ("archived", "Archived"),
        ]

    def choices(self, changelist: Any) -> Any:
        shared, *others = super().choices(changelist)
        return [{**shared, "display": "Shared"}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Food]) -> QuerySet[Food]:
        match self.value():
            case "submitted":
                return queryset.filter(submitted_at__isnull=False)
            case "unverified":
                return _shared(queryset).filter(verified=False)
            case "verified":
                return _shared(queryset).filter(search_weight__lte=CHECKED, verified=True)
            case "custom":
                return queryset.filter(created_by__isnull=False)
            case "archived":
                return queryset.filter(is_archived=True)
        return _shared(queryset)


def _shared(queryset: QuerySet[Food]) -> QuerySet[Food]:
    return queryset.filter(created_by=None, is_archived=False)


class PortionInline(admin.TabularInline[Portion, Food]):
    model = Portion
    formset = PortionFormSet
    fields = ("name", "amount")
    extra = 0
    max_num = MAX_PORTIONS

    def get_formset(self, request: HttpRequest, obj: Food | None = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **kwargs, validate_max=True)


@admin.register(Food)
class FoodAdmin(MergingAdmin, PersonalAdmin[Food]):
    """Foods come from files, from the starter table, and from people whose foods are published."""

    form = FoodForm
    inlines = (PortionInline,)
    paginator = ShortPaginator
    show_facets = admin.ShowFacets.NEVER
    list_display = (
        "name",
        "brand",
        "calories",
        "protein",
        "carbs",
        "fat",
        "serving",
        "category",
        "source",
        "verified",
        "trust_score",
        "created_by",
        "submitted_at",
    )
    # Of these there are indexes.
    sortable_by = ("name", "submitted_at")
    list_select_related = ("created_by", "category")
    list_filter = (ShelfFilter, "source", "category")
    # What is searched, get_search_results says.
    search_fields = ("search_text",)
    search_help_text = "Words of name and brand, a barcode, or an id."
    ordering = ("search_weight", "search_name", "id")
    fieldsets: ClassVar[Any] = (
        (
            None,
            {"fields": ("name", "brand", "also_called", "category", "verified", "is_archived")},
        ),
        (
            "Content of a serving",
            {
                "fields": (
                    ("serving_size", "serving_unit"),
                    ("calories", "protein", "carbs", "fat"),
                    ("fiber", "sugar"),
                    "micronutrients",
                    "estimated",
                    "trust_score",
                )
            },
        ),
        (
            "Origin",
            {"fields": ("barcode", "gtin", "source", "source_id", "licence", "created_by")},
        ),
        (
            "Record",
            {
                "fields": (
                    "submitted_at",
                    "source_modified_at",
                    "revision",
                    "created_at",
                    "updated_at",
                )
            },
        ),
    )
    readonly_fields = (
        "estimated",
        "trust_score",
        "gtin",
        "source",
        "source_id",
        "licence",
        "created_by",
        "submitted_at",
        "source_modified_at",
        "revision",
        "created_at",
        "updated_at",
    )
    actions = ("verify", "unverify", "publish", "reject", "merge")

    @admin.display(description="per")
    def serving(self, food: Food) -> str:
        return f"{food.serving_size:g} {food.serving_unit}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Food | None = None) -> bool:
        # The food of a recipe follows from the recipe.
        return not _is_of_recipe(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Food | None = None) -> bool:
        return not _is_of_recipe(obj) and super().has_delete_permission(request, obj)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        filters = [*super().get_list_filter(request)]
        # Millions are of a few sources; those of another would be looked for one by one.
        return filters if request.GET.get(SEARCH_VAR) else filters[:1]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Food], search_term: str
    ) -> tuple[QuerySet[Food], bool]:
        """Foods of a barcode or an id, or whose words begin with those of the term."""
        if (
            request.resolver_match is not None
            and request.resolver_match.url_name == "autocomplete"
        ):
            queryset = _shared(queryset)
        term = search_term.strip()
        code = gtin.normalize(term)
        if code is not None:
            return queryset.filter(gtin=code), False
        if _is_id(term):
            return queryset.filter(pk=term), False
        words = [Q(search_text__contains=f" {word}") for word in _folded(term).split()]
        # Said twice, since checked foods have an index of their own, and so have the others.
        checked = Q(*words, search_weight__lte=CHECKED)
        return queryset.filter(checked | Q(*words, search_weight__gt=CHECKED)), False

    # --- Writes, by the services -----------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Conflict as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Food, form: Any, change: bool) -> None:  # noqa: FBT001
        given = {name: form.cleaned_data[name] for name in form.changed_data}
        if "category" in given:
            given["category"] = given["category"].slug
        if given:
            self._change(obj, given)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        # For the log, which tells what was added, changed and deleted.
        formset.save(commit=False)
        if formset.has_changed():
            self._change(form.instance, {"portions": formset.portions})

    def _change(self, food: Food, content: foods.Content) -> None:
        foods.change_food(
            user_id=food.created_by_id, food_id=food.pk, content=content, by_staff=True
        )

    def delete_model(self, request: HttpRequest, obj: Food) -> None:
        foods.delete_food(user_id=obj.created_by_id, food_id=obj.pk, by_staff=True)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Food]) -> None:
        for food in queryset:
            self.delete_model(request, food)

    def get_deleted_objects(
        self, objs: QuerySet[Food] | Iterable[Food], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """The foods alone: a list of everybody's entries would be long, and is their own."""
        rows = list(objs)
        denied = any(not self.has_delete_permission(request, food) for food in rows)
        used = _used({food.pk for food in rows})
        return (
            [str(food) for food in rows],
            {"foods": len(rows)},
            {str(self.opts.verbose_name)} if denied else set(),
            [f"What was logged or cooked of {food}" for food in rows if food.pk in used],
        )

    # --- The queue of what people submitted, and of what is to be checked ---------------------

    @admin.action(description="Mark selected foods as checked", permissions=["change"])
    def verify(self, request: HttpRequest, queryset: QuerySet[Food]) -> None:
        self._decide(request, queryset, moderation.verify_food, "checked")

    @admin.action(description="Mark selected foods as not checked", permissions=["change"])
    def unverify(self, request: HttpRequest, queryset: QuerySet[Food]) -> None:
        self._decide(request, queryset, moderation.unverify_food, "no longer counted as checked")

    @admin.action(description="Publish selected submissions", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Food]) -> None:
        self._decide(request, queryset, moderation.publish_food, "published")

    @admin.action(description="Reject selected submissions", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Food]) -> None:
        self._decide(request, queryset, moderation.reject_submission, "rejected")

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[Food], decide: Decide, done: str
    ) -> None:
        count = 0
        for food in queryset.order_by("pk"):
            try:
                result = decide(food_id=food.pk)
            except Conflict as left_alone:
                self.message_user(request, f"{food}: {left_alone.message}", messages.WARNING)
                continue
            self.log_change(request, result, done.capitalize() + ".")
            count += 1
        self.message_user(request, f"{count} {done}.")


def _is_of_recipe(food: Food | None) -> bool:
    return food is not None and food.source == FoodSource.RECIPE


def _used(food_ids: set[UUID]) -> set[UUID]:
    entries = MealEntry.objects.filter(food=OuterRef("pk"))
    ingredients = RecipeIngredient.objects.filter(food=OuterRef("pk"))
    used = Food.objects.filter(Exists(entries) | Exists(ingredients), pk__in=food_ids)
    return set(used.values_list("pk", flat=True))


def _is_id(term: str) -> bool:
    try:
        UUID(term)
    except ValueError:
        return False
    return True


def _folded(term: str) -> str:
    """The term as search_text has its words."""
    [row] = fetch(f"SELECT {Folded.function}(%(term)s) AS folded", {"term": term})
    folded: str = row["folded"]
    return folded
