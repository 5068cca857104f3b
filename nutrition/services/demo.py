"""Half a year of a believable food diary for the people of the demo."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final, LiteralString
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from nutrition.formulas import GoalSuggestion, Person, suggest_goal
from nutrition.models import (
    DayTarget,
    DiaryDay,
    FavoriteFood,
    Food,
    FoodCategory,
    FoodSource,
    MealType,
    NutritionGoal,
    PastGoal,
    WaterIntake,
)
from nutrition.selectors.days import age_on
from nutrition.selectors.goals import ACTIVITY_BY_WORKOUTS, AIM_OF_GOAL
from nutrition.services import foods, meals, recipes
from nutrition.services.demo_days import Eaten, Eater, Stocked, Wish
from nutrition.services.demo_dishes import Dish, OwnRecipe
from nutrition.services.demo_menus import EUROPEAN, MENUS, PROTEIN_SNACKS
from nutrition.services.demo_own import FOODS, RECIPES
from users import training_days
from users.ids import uuid7
from users.keyset import fetch
from users.localtime import reading_of
from users.models import User
from users.ownership import advance_clocks
from users.services.creation import content_hash

DIARY_DAYS: Final = 182

_FAVORITES: Final = 4
_WEEKEND: Final = (6, 7)
# Who maintains eats more on days of training, and who gains on weekends.
_MORE_FOR_TRAINING_G, _MORE_FOR_WEEKENDS_G = 60, 50
_CARBS_KCAL: Final = 4
# How many days of the diary somebody ate less at first, and what they weighed before.
_CUTS: Final[Mapping[str, tuple[int, float]]] = {"ana": (70, 68.0)}
_TRAINED: LiteralString = """
    SELECT person.user_id, person.day FROM (
        SELECT one.user_id, generate_series(
            %(first)s::date, %(last)s::date, '1 day'
        )::date AS day
        FROM unnest(%(users)s::uuid[]) AS one (user_id)
    ) person
    WHERE {trained}
"""

Pantry = Mapping[str, Stocked]


class MissingFoods(ValidationError):
    """The shared table lacks what the demo eats."""


@dataclass(frozen=True, kw_only=True)
class _Cut:
    """What somebody aimed for until this day, before the goal that they have now."""

    last: date
    suggested: GoalSuggestion


@dataclass(frozen=True, kw_only=True)
class _Person:
    """Somebody of the demo, with the day and time that it is there."""

    user: User
    revision: int
    reading: datetime
    suggested: GoalSuggestion
    cut: _Cut | None = None

    @property
    def days(self) -> list[date]:
        """Those of the diary, up to today."""
        back = range(DIARY_DAYS - 1, -1, -1)
        return [self.reading.date() - timedelta(days=days) for days in back]


@transaction.atomic
def add_food(*, users: Sequence[User], now: datetime, seed: int) -> int:
    """Write what each person ate in the last half year; answers the number of meal entries.

    For people without a food diary, once their workouts are there; the same for the same seed,
    day, and workouts. A person more takes a handful of statements, or some more where they have
    recipes. Whoever's profile does not say enough for a goal has no diary. Raises MissingFoods.
    """
    pantry = _shared_pantry()
    eaters = [user for user in users if _has_a_body(user)]
    clocks = advance_clocks([user.pk for user in eaters])
    people = [_person(user, clocks[user.pk], now) for user in eaters]
    goals = [_goal(person) for person in people]
    targets = {goal.user_id: _targets(goal) for goal in goals}
    NutritionGoal.objects.insert(goals)
    DayTarget.objects.insert(target for some in targets.values() for target in some)
    PastGoal.objects.insert(_past_goals(zip(people, goals, strict=True)))
    _make_own(people, pantry, now)
    own = _own_pantries(people)
    trained = _training_days(people)
    log = _Log()
    for person in people:
        key = person.user.pk
        eater = _eater(person, {**pantry, **own[key]}, seed)
        wishes = list(_wishes(person, targets[key], trained[key]))
        log.add(person, eater, wishes)
    log.store()
    return log.logged


def _has_a_body(user: User) -> bool:
    profile = user.profile
    return all((profile.sex, profile.height, profile.body_weight_kg, profile.date_of_birth))


# --- Goals -----------------------------------------------------------------------------------


def _person(user: User, revision: int, now: datetime) -> _Person:
    reading = reading_of(now, user.profile.timezone)
    profile, settings = user.profile, user.settings
    assert profile.sex in {"female", "male"}
    body = Person(
        sex="female" if profile.sex == "female" else "male",
        weight_kg=profile.body_weight_kg or 0,
        height_cm=profile.height or 0,
        age_years=age_on(reading.date(), born=profile.date_of_birth or reading.date()),
    )
    workouts = settings.workout_days_per_week
    activity = next(name for least, name in ACTIVITY_BY_WORKOUTS if workouts >= least)
    aim = AIM_OF_GOAL.get(settings.primary_goal, "maintain")
    cut = None
    if user.username in _CUTS:
        days, weight_kg = _CUTS[user.username]
        cut = _Cut(
            last=reading.date() - timedelta(days=DIARY_DAYS - days),
            suggested=suggest_goal(
                replace(body, weight_kg=weight_kg), aim="cut", activity=activity
            ),
        )
    return _Person(
        user=user,
        revision=revision,
        reading=reading,
        suggested=suggest_goal(body, aim=aim, activity=activity),
        cut=cut,
    )


def _goal(person: _Person) -> NutritionGoal:
    return NutritionGoal(
        user=person.user, revision=person.revision, **_goal_fields(person.suggested)
    )


def _goal_fields(suggested: GoalSuggestion) -> dict[str, Any]:
    return {
        "calorie_target": suggested.kcal,
        "protein_target": suggested.protein_g,
        "carbs_target": suggested.carbs_g,
        "fat_target": suggested.fat_g,
        "fiber_target": suggested.fiber_g,
        "water_target": suggested.water_ml,
        "aim": suggested.aim,
    }


def _past_goals(goals: Iterable[tuple[_Person, NutritionGoal]]) -> Iterator[PastGoal]:
    for person, goal in goals:
        if person.cut is not None:
            fields = _goal_fields(person.cut.suggested)
            yield PastGoal(
                goal=goal,
                user_id=goal.user_id,
                valid_until=person.cut.last,
                document={**fields, "is_active": True, "days": []},
            )


def _targets(goal: NutritionGoal) -> list[DayTarget]:
    if goal.aim == "maintain":
        return [_with_more_carbs(goal, _MORE_FOR_TRAINING_G, is_training=True)]
    if goal.aim == "gain":
        return [_with_more_carbs(goal, _MORE_FOR_WEEKENDS_G, weekday=day) for day in _WEEKEND]
    return []


def _with_more_carbs(
    goal: NutritionGoal,
    more_g: int,
    *,
    weekday: int | None = None,
    is_training: bool | None = None,
) -> DayTarget:
    return DayTarget(
        goal=goal,
        user_id=goal.user_id,
        weekday=weekday,
        is_training=is_training,
        calorie_target=goal.calorie_target + _CARBS_KCAL * more_g,
        carbs_target=goal.carbs_target + more_g,
    )


def _training_days(people: Sequence[_Person]) -> dict[UUID, set[date]]:
    found: dict[UUID, set[date]] = {person.user.pk: set() for person in people}
    if people:
        parameters = {
            "users": list(found),
            "first": min(person.days[0] for person in people),
            "last": max(person.days[-1] for person in people),
        }
        for row in fetch(_TRAINED.format(trained=training_days.condition()), parameters):
            found[row["user_id"]].add(row["day"])
    return found


def _wishes(
    person: _Person, targets: Iterable[DayTarget], trained: Collection[date]
) -> Iterator[Wish]:
    """What each day should bring, by the goal that counts on it."""
    others = {(target.weekday, target.is_training): target for target in targets}
    for day in person.days:
        if person.cut is not None and day <= person.cut.last:
            yield _wish(day, person.cut.suggested)
            continue
        target = others.get((None, day in trained)) or others.get((day.isoweekday(), None))
        wish = _wish(day, person.suggested)
        yield replace(wish, kcal=(target.calorie_target if target else None) or wish.kcal)


def _wish(day: date, suggested: GoalSuggestion) -> Wish:
    return Wish(
        day=day,
        kcal=suggested.kcal,
        protein_g=suggested.protein_g,
        water_ml=suggested.water_ml,
    )


# --- What there is to eat --------------------------------------------------------------------


def _shared_pantry() -> Pantry:
    dishes = [dish for menu in MENUS.values() for kind in vars(menu).values() for dish in kind]
    dishes += PROTEIN_SNACKS
    for recipe in (recipe for some in RECIPES.values() for recipe in some):
        dishes += [recipe.parts, recipe.beside]
    slugs = {part.food for dish in dishes for part in dish}
    shared = Food.objects.filter(source=FoodSource.STARTER, created_by=None, source_id__in=slugs)
    found = {food.source_id: _stocked(food) for food in shared.prefetch_related("portions")}
    if missing := slugs - found.keys():
        raise MissingFoods(
            f"The food table lacks {', '.join(sorted(missing))}: run load_foods first."
        )
    return found


def _own_pantries(people: Sequence[_Person]) -> dict[UUID, dict[str, Stocked]]:
    """What each of them made, by its name."""
    found: dict[UUID, dict[str, Stocked]] = {person.user.pk: {} for person in people}
    for food in Food.objects.filter(created_by__in=list(found)).prefetch_related("portions"):
        assert food.created_by_id is not None
        found[food.created_by_id][food.name] = _stocked(food)
    return found


def _stocked(food: Food) -> Stocked:
    return Stocked(food=food, portions={portion.name: portion for portion in food.portions.all()})


def _make_own(people: Sequence[_Person], pantry: Pantry, now: datetime) -> None:
    """Recipes and custom foods of those who have some."""
    categories = FoodCategory.objects.in_bulk(
        {recipe.category for some in RECIPES.values() for recipe in some}, field_name="slug"
    )
    for user in (person.user for person in people):
        for own in FOODS.get(user.username, ()):
            food = foods.create_food(user_id=user.pk, object_id=uuid7(), content=own.content)
            if own.is_submitted:
                foods.submit_food(user_id=user.pk, food_id=food.pk, now=now)
        for recipe in RECIPES.get(user.username, ()):
            content = _recipe_content(recipe, pantry)
            recipes.create_recipe(
                user_id=user.pk,
                object_id=uuid7(),
                content={**content, "category": categories[recipe.category]},
                creation_hash=content_hash(content),
            )


def _recipe_content(recipe: OwnRecipe, pantry: Pantry) -> dict[str, object]:
    return {
        "name": recipe.name,
        "servings": recipe.servings,
        "cooked_weight_g": recipe.cooked_weight_g,
        "instructions": recipe.instructions,
        "ingredients": [
            {"food": pantry[part.food].food.pk, **pantry[part.food].how_much(part)}
            for part in recipe.parts
        ],
    }


def _eater(person: _Person, pantry: Pantry, seed: int) -> Eater:
    user = person.user
    region = user.profile.timezone.partition("/")[0]
    menu = MENUS.get(region, EUROPEAN)
    own = RECIPES.get(user.username, ())
    return Eater(
        rng=Random(f"{seed} {user.username} food"),  # noqa: S311 - a demo, not a secret
        aim=person.suggested.aim,
        menu=replace(
            menu,
            breakfasts=(*menu.breakfasts, *_dishes(own, MealType.BREAKFAST)),
            lunches=(*menu.lunches, *_dishes(own, MealType.LUNCH)),
            dinners=(*menu.dinners, *_dishes(own, MealType.DINNER)),
            snacks=(
                *menu.snacks,
                *_dishes(own, MealType.SNACK),
                *(food.dish for food in FOODS.get(user.username, ())),
            ),
        ),
        foods=pantry,
    )


def _dishes(recipes_: Iterable[OwnRecipe], meal: MealType) -> list[Dish]:
    return [recipe.dish for recipe in recipes_ if recipe.meal == meal]


# --- What was logged -------------------------------------------------------------------------


@dataclass
class _Log:
    """What all of them logged; the meal entries are stored as they come."""

    logged: int = 0
    drinks: list[WaterIntake] = field(default_factory=list)
    marks: list[DiaryDay] = field(default_factory=list)
    favorites: list[FavoriteFood] = field(default_factory=list)

    def add(self, person: _Person, eater: Eater, wishes: Sequence[Wish]) -> None:
        """Of these days, all that had happened at the time of the person's ``reading``."""
        whose: dict[str, Any] = {"user": person.user, "revision": person.revision}
        entries: list[dict[str, Any]] = []
        for eaten_day in eater.days(wishes):
            day, is_over = eaten_day.day, eaten_day.day < person.reading.date()
            until = time.max if is_over else person.reading.time()
            entries += [
                _entry(day, eaten, eater.foods[eaten.part.food])
                for eaten in eaten_day.eaten
                if eaten.clock <= until
            ]
            self.drinks += [
                WaterIntake(**whose, date=day, time=clock, amount_ml=amount_ml)
                for clock, amount_ml in eaten_day.drinks
                if clock <= until
            ]
            if eaten_day.is_marked and is_over:
                self.marks.append(DiaryDay(**whose, date=day, is_complete=True))
        meals.log_entries(user_id=person.user.pk, entries=entries)
        self.logged += len(entries)
        often = Counter(entry["food"] for entry in entries).most_common(_FAVORITES)
        self.favorites += [FavoriteFood(**whose, food_id=food_id) for food_id, _ in often]

    def store(self) -> None:
        WaterIntake.objects.insert(self.drinks)
        DiaryDay.objects.insert(self.marks)
        FavoriteFood.objects.insert(self.favorites)


def _entry(day: date, eaten: Eaten, stocked: Stocked) -> dict[str, Any]:
    """It as somebody logs it."""
    return {
        "date": day,
        "time": eaten.clock,
        "meal_type": eaten.meal,
        "food": stocked.food.pk,
        "notes": eaten.notes,
        **stocked.how_much(eaten.part),
    }
