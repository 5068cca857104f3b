"""The rows of the change feed by the names of their resources.

`data` of a change stays open on purpose: a resource that is new must not break a phone that does
not know it yet. `SyncedRows` says what it is for those that are known.
"""

from typing import Any, Literal

from django.utils.module_loading import import_string
from drf_spectacular.extensions import OpenApiSerializerExtension

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
    "nutrition.diaryday": "DiaryDay",
    "nutrition.waterintake": "Water",
    "nutrition.mealentry": "ShownEntry",
    "nutrition.foodimage": "FoodImage",
    "wearables.wearabledevice": "WearableDevice",
    "wearables.activityimport": "ActivityImport",
    "wearables.dailyactivity": "DailyActivity",
    "wearables.sourcepriority": "SourceOrder",
    "wearables.sleepdata": "Sleep",
    "wearables.recordedworkout": "RecordedWorkout",
    "analytics.bodymetric": "BodyMetric",
    "analytics.onermtest": "OneRmTest",
    "analytics.trainingbreak": "TrainingBreak",
    "analytics.goal": "Goal",
    "analytics.strengthprogress": "StrengthProgress",
    "analytics.personalrecord": "PersonalRecord",
    "analytics.trainingday": "DailyTraining",
    "analytics.nutritionsummary": "StoredNutritionSummary",
    "analytics.workoutanalysis": "WorkoutAnalysis",
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
    "social.conversationmember": "ConversationMembership",
    "social.group": "Group",
    "social.membership": "GroupMembership",
    "social.joinrequest": "OwnJoinRequest",
    "social.invitelink": "OwnInviteLink",
    "social.challenge": "Challenge",
    "social.challengeparticipant": "Participation",
    "social.challengeinvitation": "ChallengeInvitation",
    "social.userachievement": "EarnedAchievement",
    "social.report": "Report",
}
# Of rows that no endpoint answers: the feed alone brings their shapes into the document.
_SERIALIZERS = (
    "nutrition.api.days.DiaryDaySerializer",
    "analytics.api.analyses_shapes.DailyTrainingSerializer",
    "analytics.api.analyses_shapes.WorkoutAnalysisSerializer",
    "analytics.api.nutrition.StoredNutritionSummarySerializer",
    "analytics.api.strength_shapes.StrengthProgressSerializer",
    "social.api.group_shapes.GroupMembershipSerializer",
    "social.api.group_shapes.OwnInviteLinkSerializer",
    "social.api.group_shapes.OwnJoinRequestSerializer",
    "social.api.message_shapes.ConversationMembershipSerializer",
)


class ChangeExtension(OpenApiSerializerExtension):
    """Describes, beside a change of the feed, the rows that may stand in it."""

    target_class = "users.api.serializers.ChangeSerializer"

    def map_serializer(
        self, auto_schema: Any, direction: Literal["request", "response"]
    ) -> dict[str, Any]:
        for path in _SERIALIZERS:
            auto_schema.resolve_serializer(import_string(path), direction)
        schema: dict[str, Any] = auto_schema._map_serializer(
            self.target, direction, bypass_extensions=True
        )
        return schema


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
        "description": "The row as its own endpoint shows it, where it has one; null if deleted."
        " Its shape is the property of SyncedRows that is named as `resource`; pass over resources"
        " that you do not know.",
        "x-shapes": {"$ref": "#/components/schemas/SyncedRows"},
    }
