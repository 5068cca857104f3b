"""The rows of the change feed by the names of their resources.

`data` of a change stays open on purpose: a resource that is new must not break a phone that does
not know it yet. `SyncedRows` says what it is for those that are known.
"""

from typing import Any

ROWS = {
    "users.userprofile": "Profile",
    "users.usersettings": "Settings",
    "users.notification": "Notification",
    "users.pushdevice": "PushDevice",
    "users.accountexport": "AccountExport",
    "workouts.exercise": "Exercise",
    "workouts.workout": "WorkoutDetail",
    "workouts.workoutplan": "TrainingPlanShown",
    "workouts.plangeneration": "PlanGeneration",
    "workouts.planrun": "PlanRun",
    "workouts.gym": "Gym",
    "workouts.trainingmax": "TrainingMax",
    "workouts.workoutimport": "WorkoutImport",
    "workouts.exercisealias": "ExerciseAlias",
    "nutrition.food": "Food",
    "nutrition.favoritefood": "FavoriteFood",
    "nutrition.recipe": "ShownRecipe",
    "nutrition.nutritiongoal": "NutritionGoal",
    "nutrition.waterintake": "Water",
    "nutrition.mealentry": "ShownEntry",
    "nutrition.foodimage": "FoodImage",
    "wearables.wearabledevice": "WearableDevice",
    "wearables.activityimport": "ActivityImport",
    "wearables.dailyactivity": "DailyActivity",
    "wearables.sleepdata": "Sleep",
    "wearables.recordedworkout": "RecordedWorkout",
    "analytics.bodymetric": "BodyMetric",
    "analytics.onermtest": "OneRmTest",
    "analytics.trainingbreak": "TrainingBreak",
    "analytics.goal": "Goal",
    "analytics.personalrecord": "PersonalRecord",
    "social.post": "Card",
    "social.picture": "Picture",
    "social.comment": "Comment",
    "social.socialfollow": "Follow",
    "social.followrequest": "FollowRequest",
    "social.friendrequest": "FriendRequest",
    "social.friendship": "Friendship",
    "social.block": "Block",
    "social.mute": "Mute",
    "social.message": "Message",
    "social.group": "Group",
    "social.challenge": "Challenge",
    "social.challengeinvitation": "ChallengeInvitation",
    "social.userachievement": "EarnedAchievement",
    "social.report": "Report",
}


def name_rows(result: dict[str, Any]) -> None:
    schemas = result["components"]["schemas"]
    schemas["SyncedRows"] = {
        "type": "object",
        "description": "What `data` of a change is, by its `resource`. Never sent as a whole.",
        "properties": {
            resource: {"$ref": f"#/components/schemas/{shape}"} for resource, shape in ROWS.items()
        },
    }
    change = schemas["Change"]["properties"]
    change["resource"]["examples"] = ["workouts.workout"]
    change["revision"]["format"] = "int64"
    change["data"] = {
        "type": ["object", "null"],
        "additionalProperties": True,
        "description": "The row as its own endpoint shows it; null if deleted. Its shape is the"
        " property of SyncedRows that is named as `resource`; pass over resources that you do not"
        " know.",
        "x-shapes": {"$ref": "#/components/schemas/SyncedRows"},
    }
