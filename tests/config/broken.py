"""One way to break what each check of integrity looks at; answers what its example names."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

from django.contrib.auth.models import Group as Role
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from analytics.models import Goal, TrainingDay
from analytics.services.refresh import refresh_people
from nutrition.models import Food, FoodCategory
from nutrition.services.recipes import recompute
from social.models import ChallengeParticipant, Friendship, Message, Post
from tests.factories.analytics import HabitGoalFactory
from tests.factories.nutrition import FoodCategoryFactory, RecipeIngredientFactory
from tests.factories.social import (
    ChallengeFactory,
    CommentFactory,
    FriendshipFactory,
    MessageFactory,
    ParticipantFactory,
    PostFactory,
    ReplyFactory,
)
from tests.factories.users import NotificationFactory, UserFactory
from tests.factories.wearables import (
    EVENING,
    DailyActivityFactory,
    DailyActivitySourceFactory,
    DeviceFactory,
    HeartRateFactory,
)
from tests.factories.workouts import CustomExerciseFactory, WorkoutFactory, WorkoutSetFactory
from users.ids import uuid7
from users.models import (
    NotificationActor,
    PushDevice,
    StaffAction,
    SyncClock,
    Tombstone,
    UserProfile,
    UserSettings,
)
from users.services import audit
from wearables.models import DailyActivity, HeartRateData
from wearables.services.partitions import ensure_months, make_next_months, months_from

LONG_AGO = dt.timedelta(days=9).total_seconds()


def execute(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def migration_unknown() -> str:
    execute("DELETE FROM django_migrations WHERE app = 'social' AND name = '0002_same_owners'")
    return "social.0002_same_owners"


def constraint_unproved() -> str:
    execute("ALTER TABLE users_user ADD CONSTRAINT named CHECK (username <> '') NOT VALID")
    return "named"


def index_unfinished() -> str:
    execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'post_sync'::regclass")
    return "post_sync"


def sequence_behind() -> str:
    newest = Role.objects.create(name="newest").pk
    Role.objects.create(pk=newest + 1, name="by hand")
    return "auth_group_id_seq"


def settings_lost() -> str:
    user = UserFactory()
    UserSettings.objects.filter(user=user).remove()
    return str(user.pk)


def part_of_another() -> str:
    part = WorkoutSetFactory()
    execute("SET LOCAL session_replication_role = replica")
    execute("UPDATE workouts_workoutset SET user_id = %s", UserFactory().pk)
    execute("SET LOCAL session_replication_role = origin")
    return f"workouts_workoutset.workout_id {part.pk}"


def exercise_of_another() -> str:
    part = WorkoutSetFactory(exercise=CustomExerciseFactory())
    return f"workouts_workoutset.exercise_id {part.pk}"


def clock_behind() -> str:
    user = UserFactory()
    SyncClock.objects.filter(user=user).update(revision=0)
    UserSettings.objects.filter(user=user).write(revision=0)
    return f"users_userprofile of {user.pk}"


def tombstone_of_the_living() -> str:
    phone = PushDevice.objects.create(user=UserFactory(), platform="fcm", token="t")
    grave = Tombstone.objects.create(
        user=phone.user,
        resource="users.pushdevice",
        object_id=phone.pk,
        revision=phone.revision,
        deleted_at=timezone.now(),
    )
    return f"users.pushdevice {grave.pk}"


def actor_uncounted() -> str:
    told = NotificationFactory(actors_count=7, phrase="liked your post")
    NotificationActor.objects.create(
        user=told.user, notification=told, actor=UserFactory(), created_at=timezone.now()
    )
    return str(told.pk)


def trail_changed() -> str:
    note = audit.Note(action=StaffAction.OTHER)
    [entry] = audit.write(audit.Trail(staff=UserFactory(), notes=[note]))
    execute("UPDATE users_auditentry SET action = 'login'")
    return f"Entry {entry.number} is not what was written."


def category_too_deep() -> str:
    branch = FoodCategoryFactory(parent=FoodCategoryFactory())
    FoodCategory.objects.filter(pk=branch.pk).update(depth=9)
    return str(branch.pk)


def categories_crossed() -> str:
    branch = FoodCategoryFactory(parent=FoodCategoryFactory())
    FoodCategory.objects.filter(pk=branch.pk).update(rgt=99)
    return str(branch.pk)


def recipe_of_before() -> str:
    part = RecipeIngredientFactory()
    recompute([(part.user_id, part.recipe_id)])
    Food.objects.filter(pk=part.food_id).update(protein=33)
    return f"recipe {part.recipe_id}"


def recipe_without_a_nutrient() -> str:
    part = RecipeIngredientFactory(food__micronutrients={"iron_mg": 2.0})
    recompute([(part.user_id, part.recipe_id)])
    Food.objects.filter(recipe=part.recipe).update(micronutrients={})
    return f"recipe {part.recipe_id}"


def day_unsettled() -> str:
    source = DailyActivitySourceFactory()
    DailyActivityFactory(device=source.device, steps=1)
    DailyActivity.objects.filter(user=source.user).write(steps=2)
    return f"rows of {source.user_id}"


def heart_rate_of_no_device() -> str:
    ensure_months([EVENING.date()])
    beat = HeartRateFactory()
    HeartRateData.objects.filter(user=beat.user).write(device_id=uuid7())
    return "samples of device "


def month_missing() -> str:
    today = timezone.now().date()
    make_next_months(today=today)
    following = months_from(today, 2)[1]
    execute(f"DROP TABLE wearables_heartratedata_{following:%Y_%m}")
    return f"{following:%Y-%m}"


def secret_of_another_key() -> str:
    device = DeviceFactory()
    execute("UPDATE wearables_wearabledevice SET auth_token = 'gibberish', refresh_token = ''")
    return f"wearables_wearabledevice {device.pk}"


def day_of_training_changed() -> str:
    workout = WorkoutFactory(in_progress=False)
    refresh_people([workout.user_id], now=timezone.now())
    TrainingDay.objects.filter(user=workout.user).write(volume=7)
    return f"rows of {workout.user_id}"


def goal_of_another_kind() -> str:
    goal = HabitGoalFactory()
    kind = "SELECT id FROM django_content_type WHERE model = 'goal'"
    execute(f"UPDATE analytics_goal SET polymorphic_ctype_id = ({kind})")  # noqa: S608
    assert Goal.objects.non_polymorphic().count() == 1
    return f"analytics_habitgoal {goal.pk}"


def friend_of_one_alone() -> str:
    tie = FriendshipFactory()
    Friendship.objects.exclude(pk=tie.pk).remove()
    return str(tie.pk)


def likes_miscounted() -> str:
    post = PostFactory()
    Post.objects.filter(pk=post.pk).write(likes_count=7)
    return f"post.likes_count {post.pk}"


def comment_on_nothing() -> str:
    comment = CommentFactory()
    execute("DELETE FROM workouts_workout")
    return str(comment.pk)


def message_read_by_nobody() -> str:
    message = MessageFactory()
    Message.objects.filter(pk=message.pk).write(is_read=True)
    return str(message.pk)


def reply_of_its_own_thread() -> str:
    reply = ReplyFactory()
    Post.objects.filter(pk=reply.pk).write(root_id=reply.pk)
    return str(reply.pk)


def progress_changed() -> str:
    challenge = ParticipantFactory(challenge=ChallengeFactory(), is_stale=False).challenge
    ChallengeParticipant.objects.filter(challenge=challenge).write(current_progress=9, rank=1)
    return f"social_challenge {challenge.pk}"


def file_lost() -> str:
    profile = UserFactory().profile
    UserProfile.objects.filter(pk=profile.pk).write(avatar="avatars/gone.webp")
    return f"users.UserProfile {profile.pk}"


def file_of_nobody() -> str:
    name = default_storage.save("avatars/stray.webp", ContentFile(b"x"))
    old = timezone.now().timestamp() - LONG_AGO
    os.utime(Path(default_storage.path(name)), (old, old))
    return "avatars/stray.webp"


BROKEN: list[tuple[str, Callable[[], str], bool]] = [
    # The check, what breaks it, and whether --repair mends that.
    ("migrations", migration_unknown, False),
    ("constraints", constraint_unproved, True),
    ("indexes", index_unfinished, False),
    ("sequences", sequence_behind, True),
    ("accounts", settings_lost, True),
    ("owners", part_of_another, False),
    ("borrowed", exercise_of_another, False),
    ("clocks", clock_behind, True),
    ("tombstones", tombstone_of_the_living, True),
    ("actors", actor_uncounted, True),
    ("audit-trail", trail_changed, False),
    ("categories", category_too_deep, True),
    ("categories", categories_crossed, True),
    ("recipes", recipe_of_before, True),
    ("recipes", recipe_without_a_nutrient, True),
    ("wearable-days", day_unsettled, True),
    ("heart-rates", heart_rate_of_no_device, True),
    ("heart-rate-months", month_missing, True),
    ("secrets", secret_of_another_key, False),
    ("derived", day_of_training_changed, True),
    ("goals", goal_of_another_kind, False),
    ("friendships", friend_of_one_alone, True),
    ("counters", likes_miscounted, True),
    ("comments", comment_on_nothing, True),
    ("receipts", message_read_by_nobody, True),
    ("threads", reply_of_its_own_thread, False),
    ("standings", progress_changed, True),
    ("lost-files", file_lost, False),
    ("stray-files", file_of_nobody, True),
]
