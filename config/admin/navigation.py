"""The lists of the admin in the groups in which people look for them."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.text import capfirst

_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "People": (
        "users.User",
        "users.Trainer",
        "users.UserProfile",
        "users.UserSettings",
        "account.EmailAddress",
        "users.AccountExport",
        "users.Notification",
        "users.PushDevice",
    ),
    "Moderation": ("social.Report", "social.ModerationAction"),
    "Training": (
        "workouts.Workout",
        "workouts.WorkoutSet",
        "workouts.WorkoutPlan",
        "workouts.PlanRun",
        "workouts.TrainingMax",
        "workouts.Gym",
        "workouts.WorkoutImport",
        "workouts.PlanGeneration",
    ),
    "Exercise catalog": (
        "workouts.Exercise",
        "workouts.StrengthExercise",
        "workouts.CardioExercise",
        "workouts.Muscle",
        "workouts.Equipment",
        "workouts.ExerciseAlias",
    ),
    "Food diary": (
        "nutrition.MealEntry",
        "nutrition.WaterIntake",
        "nutrition.DiaryDay",
        "nutrition.NutritionGoal",
        "nutrition.Recipe",
        "nutrition.FavoriteFood",
        "nutrition.FoodImage",
    ),
    "Food catalog": (
        "nutrition.Food",
        "nutrition.FoodCategory",
        "nutrition.CategoryTag",
        "nutrition.MergedFood",
        "nutrition.FoodImport",
    ),
    "Devices": (
        "wearables.WearableDevice",
        "wearables.SyncRun",
        "wearables.ProviderState",
        "wearables.DailyActivity",
        "wearables.SleepData",
        "wearables.RecordedWorkout",
        "wearables.ActivityImport",
    ),
    "Body and progress": (
        "analytics.BodyMetric",
        "analytics.Goal",
        "analytics.PersonalRecord",
        "analytics.StrengthProgress",
        "analytics.OneRmTest",
        "analytics.TrainingDay",
        "analytics.WorkoutAnalysis",
        "analytics.NutritionSummary",
        "analytics.TrainingBreak",
    ),
    "Social": (
        "social.Post",
        "social.Comment",
        "social.Group",
        "social.Challenge",
        "social.Achievement",
        "social.UserAchievement",
        "social.Conversation",
        "social.SocialFollow",
        "social.Friendship",
        "social.Hashtag",
    ),
    "Staff and log-ins": (
        "users.AuditEntry",
        "users.HealthDisclosure",
        "auth.Group",
        "users.Session",
        "usersessions.UserSession",
        "mfa.Authenticator",
        "users.ExternalIdentity",
        "users.ErasedIdentity",
    ),
}
# What nobody placed comes after them, by name.
_REST: Final[Mapping[str, str]] = {
    "workouts": "Training in detail",
    "nutrition": "Food in detail",
    "wearables": "Devices in detail",
    "analytics": "Progress in detail",
    "social": "Social in detail",
}
_MACHINERY: Final = "Machinery"
_ORDER: Final = {name: place for place, name in enumerate([*_GROUPS, *_REST.values(), _MACHINERY])}
_PLACES: Final = {
    label: (group, place)
    for group, labels in _GROUPS.items()
    for place, label in enumerate(labels)
}


def lists(
    rooms: Mapping[type[Model], admin.ModelAdmin[Any]], request: HttpRequest
) -> list[dict[str, Any]]:
    """Those that this reader may open, by group."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for model, group, name in _in_order(tuple(rooms)):
        room = rooms[model]
        allowed = room.has_module_permission(request) and room.get_model_perms(request)
        if allowed and any(allowed.values()):
            groups.setdefault(group, []).append(_entry(model, name, allowed))
    return [
        {"name": name, "app_label": name.lower().replace(" ", "-"), "models": models}
        for name, models in groups.items()
    ]


@cache
def _in_order(models: tuple[type[Model], ...]) -> list[tuple[type[Model], str, str]]:
    """Each with its group and what it is called there."""
    known = []
    for model in models:
        group, place = _PLACES.get(
            model._meta.label, (_REST.get(model._meta.app_label, _MACHINERY), len(_PLACES))
        )
        name = str(capfirst(model._meta.verbose_name_plural))
        known.append((_ORDER[group], place, name, model, group))
    known.sort(key=lambda one: one[:3])
    return [(model, group, name) for _, _, name, model, group in known]


def _entry(model: type[Model], name: str, allowed: Mapping[str, bool]) -> dict[str, Any]:
    opens = allowed.get("view") or allowed.get("change")
    prefix = get_script_prefix()
    return {
        "name": name,
        "object_name": model._meta.object_name,
        "admin_url": _address(model, "changelist", prefix) if opens else None,
        "add_url": _address(model, "add", prefix) if allowed.get("add") else None,
    }


@cache
def _address(model: type[Model], page: str, prefix: str) -> str:
    """Of one of a hundred lists, on every page. ``prefix`` is where the server has this site."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")
