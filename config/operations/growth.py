"""How each table grows, in words; a test fails for one without them.

The times of its rows are told by UUIDv7 keys, or by a column that is named here.
"""

from typing import Final

_ONE_EACH: Final = "1:1 with User"
_ACCOUNTS: Final = "Grows with accounts"
_TRAINING: Final = "Grows with training"
_PLANS: Final = "Grows with plans"
_EATING: Final = "Grows with meals"
_DEVICES: Final = "Grows with connected devices"
_DAYS_WORN: Final = "One a day for each person with a device"
_DERIVED: Final = "Follows from the diaries"
_POSTING: Final = "Grows with posts"
_ENGAGEMENT: Final = "Grows with engagement"
_TIES: Final = "Grows with connections"
_TRANSIENT: Final = "Transient"
_CATALOG: Final = "Catalog: changes with releases"
_STAFF: Final = "Grows with what staff do"

GROWTH: Final[dict[str, str]] = {
    # Django's and other packages' own
    "django_migrations": "One for each migration",
    "django_content_type": "One for each model",
    "django_admin_log": _STAFF,
    "auth_permission": "Four for each model",
    "auth_group": "Manual",
    "auth_group_permissions": "Manual",
    "account_emailaddress": "About 1:1 with User",
    "account_emailconfirmation": f"{_TRANSIENT} (confirmed or over)",
    "mfa_authenticator": "Grows with second factors",
    "usersessions_usersession": f"{_TRANSIENT} (ends with its session)",
    # users
    "users_user": "Grows with sign-ups",
    "users_userprofile": _ONE_EACH,
    "users_usersettings": _ONE_EACH,
    "users_user_groups": "Manual",
    "users_user_user_permissions": "Manual",
    "users_session": f"{_TRANSIENT} (90 days on phones, 12 hours in browsers)",
    "users_erasedidentity": "Grows with erased accounts of another issuer",
    "users_externalidentity": "At most 1:1 with User",
    "users_accountexport": f"{_TRANSIENT} (its file for a week)",
    "users_liveevent": f"{_TRANSIENT} (a week)",
    "users_notification": "Grows with user activity",
    "users_notificationactor": "Grows with user activity",
    "users_pushdevice": "Grows with phones",
    "users_outboxmessage": f"{_TRANSIENT} (until its work is done)",
    "users_idempotencykey": f"{_TRANSIENT} (a week)",
    "users_syncclock": _ONE_EACH,
    "users_tombstone": "Grows with deletions",
    "users_auditentry": _STAFF,
    "users_audithead": "One row",
    "users_healthdisclosure": _STAFF,
    # workouts
    "workouts_muscle": _CATALOG,
    "workouts_equipment": _CATALOG,
    "workouts_exercise": "Catalog, and people's own exercises",
    "workouts_exercisemuscle": "A few for each exercise",
    "workouts_exerciseequipment": "A few for each exercise",
    "workouts_mergedexercise": "Grows with merges by staff",
    "workouts_workout": _TRAINING,
    "workouts_workoutset": f"{_TRAINING}, about 20 for each workout",
    "workouts_exercisenote": _TRAINING,
    "workouts_workoutplan": _PLANS,
    "workouts_workoutday": _PLANS,
    "workouts_plannedexercise": _PLANS,
    "workouts_plannedset": _PLANS,
    "workouts_planversion": "One for each change of a plan",
    "workouts_plangeneration": _PLANS,
    "workouts_gym": _ACCOUNTS,
    "workouts_trainingmax": "A few for each person",
    "workouts_planrun": "Grows with plans that are followed",
    "workouts_planpause": "Grows with plans that are followed",
    "workouts_skippedsession": "Grows with plans that are followed",
    "workouts_ruleevaluation": f"{_TRAINING} by plans",
    "workouts_workoutimport": "Grows with imports",
    "workouts_rowerror": "Grows with imports",
    "workouts_exercisealias": "Grows with imports",
    # nutrition
    "nutrition_foodcategory": _CATALOG,
    "nutrition_categorytag": _CATALOG,
    "nutrition_food": "Grows with imports of public databases, and people's own foods",
    "nutrition_portion": "A few for each food",
    "nutrition_mergedfood": "Grows with merges by staff",
    "nutrition_mealentry": _EATING,
    "nutrition_waterintake": "Grows with drinks",
    "nutrition_diaryday": _EATING,
    "nutrition_favoritefood": _ACCOUNTS,
    "nutrition_nutritiongoal": _ONE_EACH,
    "nutrition_pastgoal": "One for each change of a goal",
    "nutrition_daytarget": "At most seven for each goal",
    "nutrition_foodimage": "Grows with photos of food",
    "nutrition_foodcandidate": "A few for each photo of food",
    "nutrition_recipe": _ACCOUNTS,
    "nutrition_recipeingredient": "A few for each recipe",
    "nutrition_foodimport": "One for each import of a public database",
    # wearables
    "wearables_wearabledevice": _DEVICES,
    "wearables_providerstate": "One for each provider",
    "wearables_webhooksubscription": "A few for each provider",
    "wearables_revocation": f"{_TRANSIENT} (until the provider has heard)",
    "wearables_authorizationrequest": f"{_TRANSIENT} (minutes)",
    "wearables_activityimport": "Grows with imports",
    "wearables_dailyactivity": _DAYS_WORN,
    "wearables_dailyactivitysource": "One a day for each source",
    "wearables_sourcepriority": _DEVICES,
    "wearables_sleepdata": _DAYS_WORN,
    "wearables_heartratedata": "Grows with minutes worn; thinned, in months",
    "wearables_heartratekeeping": "1:1 with people who have heart rates",
    "wearables_syncrun": f"{_TRANSIENT} (90 days)",
    "wearables_webhookevent": f"{_TRANSIENT} (30 days)",
    "wearables_rawpayload": f"{_TRANSIENT} (WEARABLE_PAYLOAD_DAYS)",
    "wearables_pushbatch": f"{_TRANSIENT} (30 days)",
    "wearables_recordedworkout": f"{_TRAINING} with a device",
    # analytics
    "analytics_bodymetric": "Grows with weigh-ins",
    "analytics_goal": _ACCOUNTS,
    "analytics_strengthgoal": _ACCOUNTS,
    "analytics_bodygoal": _ACCOUNTS,
    "analytics_habitgoal": _ACCOUNTS,
    "analytics_trainingday": f"{_DERIVED}: one for each day of training",
    "analytics_nutritionsummary": f"{_DERIVED}: one for each day of food",
    "analytics_workoutanalysis": f"{_DERIVED}: one for each week and month",
    "analytics_trainingbreak": _ACCOUNTS,
    "analytics_analyticsstate": _ONE_EACH,
    "analytics_strengthprogress": f"{_DERIVED}: one for each exercise and day",
    "analytics_onermtest": _TRAINING,
    "analytics_personalrecord": f"{_DERIVED}: one for each best",
    "analytics_dailyfigure": "A few a day",
    # social
    "social_comment": _ENGAGEMENT,
    "social_achievement": _CATALOG,
    "social_userachievement": "Grows with user activity",
    "social_group": "Grows with groups",
    "social_membership": "Grows with groups",
    "social_joinrequest": f"{_TRANSIENT} (accepted or declined)",
    "social_invitelink": "Grows with groups",
    "social_challenge": "Grows with challenges",
    "social_challengeparticipant": "Grows with challenges",
    "social_challengeinvitation": f"{_TRANSIENT} (accepted or declined)",
    "social_hashtag": _POSTING,
    "social_post": "Grows with user activity",
    "social_picture": _POSTING,
    "social_postmedia": _POSTING,
    "social_postedit": _POSTING,
    "social_posthashtag": _POSTING,
    "social_mention": _POSTING,
    "social_like": _ENGAGEMENT,
    "social_authorfeed": "1:1 with people who post",
    "social_conversation": "Grows with user messaging",
    "social_conversationmember": "Grows with user messaging",
    "social_message": "Grows with user messaging",
    "social_messagepicture": "Grows with user messaging",
    "social_hiddenmessage": "Grows with user messaging",
    "social_socialfollow": _TIES,
    "social_followrequest": f"{_TRANSIENT} (accepted or declined)",
    "social_friendrequest": f"{_TRANSIENT} (accepted or declined)",
    "social_friendship": f"{_TIES}, two for each pair",
    "social_block": _TIES,
    "social_mute": _TIES,
    "social_report": "Grows with reports",
    "social_moderationaction": _STAFF,
}
# Where the key does not tell when a row came.
BORN: Final[dict[str, str]] = {
    "django_migrations": "applied",
    "django_admin_log": "action_time",
    "account_emailconfirmation": "created",
    "mfa_authenticator": "created_at",
    "usersessions_usersession": "created_at",
    # Made by the database, with random keys.
    "users_tombstone": "deleted_at",
    "users_notificationactor": "created_at",
    "wearables_heartratedata": "timestamp",
}
