"""The lists of the admin in the groups in which people look for them."""

from collections.abc import Mapping
from typing import Any, Final

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


def grouped(apps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lists that Django offers by app, by group."""
    groups: dict[str, list[tuple[Any, dict[str, Any]]]] = {}
    for app in apps:
        for model in app["models"]:
            label = f"{app['app_label']}.{model['object_name']}"
            group, place = _PLACES.get(
                label, (_REST.get(app["app_label"], _MACHINERY), len(_PLACES))
            )
            groups.setdefault(group, []).append(((place, str(model["name"])), model))
    return [
        {
            "name": name,
            "app_label": name.lower().replace(" ", "-"),
            "models": [model for _, model in sorted(groups[name], key=lambda one: one[0])],
        }
        for name in sorted(groups, key=_ORDER.__getitem__)
    ]
