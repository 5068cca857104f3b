"""What one can eat, with what it contains and where the numbers are from."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, Expression, F, Func, Q, Value, When
from django.db.models.functions import Concat
from treebeard.ns_tree import NS_Node

from nutrition.querysets import FoodQuerySet
from users.ids import uuid7
from users.ownership import Synced

# Where foods go whose category is deleted; made by a migration.
UNCATEGORIZED_ID = "01900000-0000-7000-8000-000000000002"


# What stands before what in a search: of the checked foods the basic ones and the others, then
# foods without a brand, and those with one.
STAPLE, CHECKED, PLAIN, BRANDED = range(4)


# What sums of binary fractions are off.
ROUNDING = 1e-6


class FoodSource(models.TextChoices):
    STARTER = "starter", "Numeneon"
    PERSON = "person", "A person"
    RECIPE = "recipe", "A recipe"
    OPEN_FOOD_FACTS = "open_food_facts", "Open Food Facts"
    USDA = "usda", "USDA FoodData Central"


class FoodCategory(NS_Node):
    """A node of the tree of categories, kept as nested sets: a branch is one range."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)

    node_order_by: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name_plural = "food categories"
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="foodcategory_named",
                violation_error_message="Name it.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CategoryTag(models.Model):
    """What a source calls a category of ours. While it does, the category stays."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tag = models.CharField(max_length=150, unique=True, help_text="Such as en:yogurts.")
    category = models.ForeignKey(FoodCategory, on_delete=models.RESTRICT, related_name="tags")

    def __str__(self) -> str:
        return self.tag


class Folded(Func):
    """A text without case, accents and punctuation, as the search compares it."""

    function = "nutrition_fold"
    output_field = models.TextField()


class FoldedWords(Folded):
    """With a space before each word, so that its beginning can be told from its middle."""

    template = "(' ' || %(function)s(%(expressions)s))"


class FoldedNames(Func):
    """The name up to its first comma, and other names: folded, each with a comma behind it."""

    function = "nutrition_names"
    output_field = models.TextField()


def _searched(text: Expression) -> models.GeneratedField:
    """Kept by the database, so that no import and no edit can leave it behind."""
    return models.GeneratedField(
        expression=text,
        # By bytes: then an index finds what begins with a text, whatever the language.
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )


_IS_CHECKED = Q(verified=True) | Q(source=FoodSource.STARTER)


class Food(Synced):
    """A food of the shared table, or one that a person made for themselves alone.

    What it contains is that of one serving: ``serving_size`` in ``serving_unit``.
    """

    owner_field = "created_by"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    brand = models.CharField(max_length=100, blank=True)
    # The database fills in what imports do not say.
    also_called = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Other names, with commas between them.",
    )
    calories = models.IntegerField(help_text="kcal")
    energy_kcal = models.FloatField(
        null=True,
        blank=True,
        editable=False,
        help_text="kcal before they were rounded to whole ones, where that is known.",
    )
    protein = models.FloatField(help_text="g")
    carbs = models.FloatField(help_text="g, without fiber")
    fat = models.FloatField(help_text="g")
    fiber = models.FloatField(default=0, help_text="g")
    sugar = models.FloatField(default=0, help_text="g")
    serving_size = models.FloatField(default=100, help_text="In the serving's unit.")
    serving_unit = models.CharField(max_length=50, default="g", help_text="Such as g or ml.")
    barcode = models.CharField(max_length=100, blank=True, help_text="As it was given.")
    is_custom = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        # That of the change feed begins with it.
        db_index=False,
        related_name="custom_foods",
    )
    verified = models.BooleanField(default=False, help_text="Checked by staff.")
    is_staple = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="A basic food, which a search shows first.",
    )
    category = models.ForeignKey(
        FoodCategory,
        on_delete=models.SET_DEFAULT,
        default=UNCATEGORIZED_ID,
        related_name="foods",
    )
    source = models.CharField(max_length=20, choices=FoodSource, default=FoodSource.PERSON)
    source_id = models.CharField(max_length=64, blank=True, help_text="What the source calls it.")
    licence = models.CharField(max_length=50, blank=True)
    gtin = models.CharField(
        max_length=14, blank=True, help_text="The barcode as GTIN-14, if its check digit is right."
    )
    micronutrients = models.JSONField(
        default=dict, blank=True, help_text="Of a serving, by names that end in their unit."
    )
    estimated = models.JSONField(
        default=list, blank=True, help_text="Names of nutrients that the source only estimates."
    )
    trust_score = models.IntegerField(
        null=True, blank=True, editable=False, help_text="0-100; how well the numbers agree."
    )
    is_archived = models.BooleanField(
        default=False, help_text="No search finds it any more; what was logged stays."
    )
    submitted_at = models.DateTimeField(
        null=True, blank=True, help_text="When its creator offered it to everybody."
    )
    source_modified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    creation_hash = models.BinaryField(max_length=32, null=True, editable=False)
    search_name = _searched(Folded(F("name")))
    search_text = _searched(
        FoldedWords(
            Concat(F("name"), Value(" "), F("brand"), Value(" "), F("also_called")),
        )
    )
    # Of checked foods alone, whose names we trust.
    search_called = _searched(Case(When(_IS_CHECKED, then=FoldedNames("name", "also_called"))))
    search_weight = models.GeneratedField(
        expression=Case(
            When(_IS_CHECKED & Q(is_staple=True), then=Value(STAPLE)),
            When(_IS_CHECKED, then=Value(CHECKED)),
            When(brand="", then=Value(PLAIN)),
            default=Value(BRANDED),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    objects = FoodQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["barcode"], name="food_barcode"),
            models.Index(fields=["name"], name="food_name"),
            models.Index(fields=["is_custom", "created_by"], name="food_custom"),
            models.Index(
                fields=["created_by", "revision"],
                condition=Q(created_by__isnull=False),
                name="food_sync",
            ),
            models.Index(fields=["gtin"], condition=~Q(gtin=""), name="food_gtin"),
            # The list by name; and in the search, names that begin with a text. What narrows
            # them is looked at in the index itself: it may leave few, or none.
            models.Index(
                fields=["search_weight", "search_name", "id"],
                include=["category", "source", "updated_at"],
                condition=Q(created_by=None, is_archived=False),
                name="food_search_name",
            ),
            # The search by words and by spelling, which asks the few checked foods first.
            GinIndex(
                OpClass("search_text", name="gin_trgm_ops"),
                condition=Q(created_by=None, is_archived=False, search_weight__lte=CHECKED),
                name="food_search_checked",
            ),
            GinIndex(
                OpClass("search_text", name="gin_trgm_ops"),
                condition=Q(created_by=None, is_archived=False, search_weight__gt=CHECKED),
                name="food_search_text",
            ),
            # The queues of the admin.
            models.Index(
                fields=["submitted_at"],
                condition=Q(submitted_at__isnull=False),
                name="food_submitted",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"],
                condition=~Q(source_id=""),
                name="food_source_once",
                violation_error_message="This food of the source exists.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="food_named", violation_error_message="Name it."
            ),
            models.CheckConstraint(
                condition=Q(calories__gte=0, calories__lte=20_000),
                name="food_calories_in_range",
                violation_error_message="Calories must be from 0 to 20000 kcal.",
            ),
            models.CheckConstraint(
                condition=Q(
                    energy_kcal__gte=F("calories") - 0.5 - ROUNDING,
                    energy_kcal__lte=F("calories") + 0.5 + ROUNDING,
                ),
                name="food_energy_is_calories",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__gte": 0, f"{name}__lte": 5000}),
                    name=f"food_{name}_in_range",
                    violation_error_message=f"{name.capitalize()} must be from 0 to 5000 g.",
                )
                for name in ("protein", "carbs", "fat", "fiber", "sugar")
            ),
            models.CheckConstraint(
                condition=Q(serving_size__gt=0, serving_size__lte=10_000),
                name="food_serving_size_in_range",
                violation_error_message="Serving size must be above 0 and at most 10000.",
            ),
            models.CheckConstraint(
                condition=~Q(serving_unit=""),
                name="food_serving_unit_named",
                violation_error_message="Name the unit of the serving.",
            ),
            models.CheckConstraint(
                condition=Q(is_custom=True, created_by__isnull=False)
                | Q(is_custom=False, created_by__isnull=True),
                name="food_custom_has_creator",
                violation_error_message="A custom food has a creator, and no other has one.",
            ),
            models.CheckConstraint(
                condition=Q(source__in=FoodSource.values), name="food_source_known"
            ),
            models.CheckConstraint(
                condition=Q(trust_score__isnull=True)
                | Q(trust_score__gte=0, trust_score__lte=100),
                name="food_trust_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.brand})" if self.brand else self.name

    def save(self, **kwargs: Any) -> None:
        """Whoever types whole calories means these."""
        if self.energy_kcal is not None and abs(self.energy_kcal - self.calories) > 0.5 + ROUNDING:
            self.energy_kcal = None
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "energy_kcal"}
        super().save(**kwargs)


class Portion(models.Model):
    """A usual amount of a food: "1 slice" is 28 g."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    food = models.ForeignKey(
        Food, on_delete=models.CASCADE, db_index=False, related_name="portions"
    )
    name = models.CharField(max_length=100)
    amount = models.FloatField(help_text="In the unit of the food's serving.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["food", "name"],
                name="portion_name_once",
                violation_error_message="The food has a portion of this name.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="portion_named", violation_error_message="Name it."
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=10_000),
                name="portion_amount_in_range",
                violation_error_message="Amount must be above 0 and at most 10000.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} = {self.amount:g}"


class MergedFood(models.Model):
    """A food that turned out to be another one.

    Its source and barcode still lead there, and no import brings it back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=20, choices=FoodSource)
    source_id = models.CharField(max_length=64, blank=True)
    gtin = models.CharField(max_length=14, blank=True)
    name = models.CharField(max_length=310)
    merged_into = models.ForeignKey(Food, on_delete=models.CASCADE, related_name="merged")
    merged_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["gtin"], condition=~Q(gtin=""), name="mergedfood_gtin"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"],
                condition=~Q(source_id=""),
                name="mergedfood_source_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name
