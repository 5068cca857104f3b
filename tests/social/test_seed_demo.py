"""The demo: people, a year of their training, and the command that adds all of it."""

import json
import statistics
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from analytics.models import (
    AnalyticsState,
    BodyMetric,
    Goal,
    NutritionSummary,
    OneRmTest,
    PersonalRecord,
    StrengthProgress,
    TrainingBreak,
    TrainingDay,
    WorkoutAnalysis,
)
from analytics.services import demo as analytics
from nutrition.models import (
    DayTarget,
    DiaryDay,
    FavoriteFood,
    Food,
    MealEntry,
    NutritionGoal,
    PastGoal,
    Portion,
    Recipe,
    RecipeIngredient,
    WaterIntake,
)
from nutrition.services import catalogue as food_table
from nutrition.services import demo as food
from social.management.commands import seed_demo as command
from social.models import (
    Challenge,
    ChallengeParticipant,
    Comment,
    FollowRequest,
    FriendRequest,
    Friendship,
    Group,
    JoinRequest,
    Membership,
    Message,
    Picture,
    Post,
    SocialFollow,
    UserAchievement,
)
from social.services import demo as social
from social.services.repair import repair_counters
from tests.conftest import client_of
from tests.factories.analytics import OneRmTestFactory
from tests.factories.nutrition import CustomFoodFactory, MealEntryFactory
from tests.factories.social import ReplyFactory
from tests.factories.users import UserFactory
from tests.factories.workouts import WorkoutFactory, WorkoutSetFactory
from tests.recalled import recalled
from users.localtime import instant_of, reading_of
from users.models import OutboxMessage, SyncClock, Tombstone, User, UserProfile, UserSettings
from users.services import accounts
from users.services import demo as people
from wearables.services import demo as watches
from workouts.formulas import brzycki_one_rm
from workouts.models import Exercise, Workout, WorkoutSet
from workouts.services import catalogue, demo_runs, programs
from workouts.services import demo as training
from workouts.services.demo_moves import WARM_UP, Story

# A Monday afternoon in Vienna, morning in New York, Tuesday in Tokyo.
NOW = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
ANA, BEN, CARA = people.NAMED

# All that somebody's food diary is made of.
FOOD = (
    NutritionGoal,
    PastGoal,
    DayTarget,
    MealEntry,
    WaterIntake,
    DiaryDay,
    FavoriteFood,
    Recipe,
    RecipeIngredient,
)
# What is measured and wanted, and what follows from all of it.
ANALYTICS = (
    BodyMetric,
    OneRmTest,
    TrainingBreak,
    Goal,
    TrainingDay,
    NutritionSummary,
    StrengthProgress,
    PersonalRecord,
    WorkoutAnalysis,
    AnalyticsState,
)

# What they do together.
TOGETHER = (
    SocialFollow,
    FollowRequest,
    FriendRequest,
    Friendship,
    Post,
    Picture,
    Group,
    Membership,
    JoinRequest,
    Challenge,
    ChallengeParticipant,
    Comment,
    UserAchievement,
    Message,
)
# The first people of an empty database are the same each time, and a year takes seconds.
fill = command.fill
filled = recalled(fill)
filled_lately = recalled(fill)
load_exercises = recalled(catalogue.load_catalogue)

pytestmark = pytest.mark.django_db


def everyone():
    """The accounts but that of the house, which owns the public programs."""
    return User.objects.exclude(pk=accounts.HOUSE_ID)


@pytest.fixture(autouse=True)
def _var(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"


@pytest.fixture(autouse=True)
def _recalling(monkeypatch):
    monkeypatch.setattr(command, "fill", filled)


@recalled
def loaded() -> None:
    load_exercises()
    programs.load_programs()
    food_table.load_foods()


@pytest.fixture
def _lately(monkeypatch):
    """The diaries have weeks, where it is not about a year of them."""
    monkeypatch.setattr(command, "_FIGURE_DAYS", 28)
    monkeypatch.setattr(command, "fill", filled_lately)
    monkeypatch.setattr(training, "YEAR_DAYS", 42)
    monkeypatch.setattr(training, "STORIES", {"ana": Story(injured=range(2, 4))})
    monkeypatch.setattr(demo_runs, "WEEKS", 1)
    monkeypatch.setattr(food, "DIARY_DAYS", 28)


@pytest.fixture
def _fasting(db, monkeypatch):
    """Nobody eats or meets anybody, where many train: all of it takes as long to write."""
    loaded()
    monkeypatch.setattr(command, "_FIGURE_DAYS", 28)
    monkeypatch.setattr(command, "fill", fill)
    monkeypatch.setattr(food, "add_food", lambda **_: 0)
    monkeypatch.setattr(watches, "add_wearables", lambda **_: 0)
    monkeypatch.setattr(analytics, "add_analytics", lambda **_: 0)
    nothing = social.Added(posts=0, ties=0, achievements=0, messages=0)
    monkeypatch.setattr(social, "add_social_life", lambda **_: nothing)


@pytest.fixture
def _idle(db, monkeypatch):
    """Nobody trains or eats, where it is about what they do together."""
    loaded()
    monkeypatch.setattr(command, "_FIGURE_DAYS", 28)
    monkeypatch.setattr(command, "fill", fill)
    monkeypatch.setattr(training, "add_training", lambda **_: 0)
    monkeypatch.setattr(demo_runs, "add_runs", lambda **_: 0)
    monkeypatch.setattr(food, "add_food", lambda **_: 0)
    monkeypatch.setattr(watches, "add_wearables", lambda **_: 0)
    monkeypatch.setattr(analytics, "add_analytics", lambda **_: 0)


@contextmanager
def undone():
    """What is done in here leaves no trace, and takes no time to clear."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def seed_demo(*arguments: object, **options: object) -> list[str]:
    out = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("seed_demo", *map(str, arguments), stdout=out, **options)
    return out.getvalue().splitlines()


seeded = recalled(seed_demo)


def year_of(person: people.DemoPerson) -> list[Any]:
    """Their workouts with the sets, oldest first; the database has none of them afterwards."""
    if person.username not in _years:
        with undone():
            _years[person.username] = workouts_of(trained(person)[0])
    return _years[person.username]


_years: dict[str, list[Any]] = {}


def workouts_of(user: User) -> list[Any]:
    return list(Workout.objects.filter(user=user).order_by("date").prefetch_related("sets"))


def add_training(*who: people.DemoPerson, seed: int = 1, now: datetime = NOW) -> list[User]:
    if not catalogue.is_loaded():
        load_exercises()
    users = people.add_people(people=who, now=now)
    training.add_training(users=users, now=now, seed=seed)
    return users


trained = recalled(add_training)


def diary(username: str) -> list[tuple]:
    """What was trained, without ids and times of writing."""
    sets = WorkoutSet.objects.filter(user__username=username)
    return list(
        sets.order_by("workout__date", "position").values_list(
            "workout__date",
            "workout__name",
            "workout__started_at",
            "workout__finished_at",
            "workout__calories_burned",
            "workout__notes",
            "workout__is_public",
            "exercise__slug",
            "set_number",
            "reps",
            "weight",
            "duration",
            "distance",
            "rpe",
            "notes",
        )
    )


def column(sets: Any, name: str) -> list[Any]:
    return list(sets.values_list(name, flat=True))


def everything() -> list[tuple]:
    models = (User, UserProfile, UserSettings, EmailAddress, SyncClock, Workout, WorkoutSet)
    models += (*FOOD, Food, Portion, *ANALYTICS, *TOGETHER)
    rows = [row for model in models for row in model._base_manager.order_by("pk").values_list()]
    return [
        tuple(str(value) if isinstance(value, dict | list) else value for value in row)
        for row in rows
    ]


def weeks_of(workouts: list[Any]) -> dict[date, list[Any]]:
    """The workouts by the Monday of their week, without the first and last, which are cut."""
    first, last = workouts[0].date, workouts[-1].date
    monday = first - timedelta(days=first.weekday()) + timedelta(weeks=1)
    weeks = {}
    while monday + timedelta(weeks=1) <= last:
        days = range(7)
        week = {monday + timedelta(days=day) for day in days}
        weeks[monday] = [workout for workout in workouts if workout.date in week]
        monday += timedelta(weeks=1)
    return weeks


def tonnage(workouts: list[Any]) -> float:
    return sum(
        (each.weight or 0) * (each.reps or 0)
        for workout in workouts
        for each in workout.sets.all()
        if each.notes != WARM_UP
    )


# --- People ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("_lately")
def test_three_people_an_admin_and_the_support_can_log_in():
    seed_demo()

    users = {user.username: user for user in everyone()}
    assert set(users) == {"ana", "ben", "cara", "admin", "sam"}
    assert {name for name, user in users.items() if user.is_superuser} == {"admin"}
    assert {name for name, user in users.items() if user.is_staff} == {"admin", "sam"}
    for name, user in users.items():
        assert user.email == f"{name}@demo.numeneon.example"
        assert user.check_password("numeneon-demo-2026")
        [address] = EmailAddress.objects.filter(user=user)
        assert (address.email, address.verified, address.primary) == (user.email, True, True)
        assert user.profile.email == user.email


@pytest.mark.usefixtures("_lately")
def test_each_of_them_has_a_profile_of_their_own():
    seed_demo()

    columns = ("timezone", "user_type", "fitness_level", "visibility")
    profiles = {
        profile.user.username: tuple(getattr(profile, name) for name in columns)
        for profile in UserProfile.objects.filter(user__in=everyone()).select_related("user")
    }
    of_people = UserSettings.objects.filter(user__in=everyone())
    systems = dict(of_people.values_list("user__username", "measurement_system"))
    assert profiles == {
        "ana": ("Europe/Vienna", "user", "intermediate", "public"),
        "ben": ("America/New_York", "user", "beginner", "public"),
        "cara": ("Asia/Tokyo", "trainer", "advanced", "public"),
        "admin": ("UTC", "user", "beginner", "private"),
        "sam": ("UTC", "user", "beginner", "private"),
    }
    assert {name for name, system in systems.items() if system == "imperial"} == {"ben"}


def test_the_logins_are_printed_and_kept_for_other_programs(settings):
    said = seed_demo()

    kept = json.loads((settings.VAR_DIR / "demo.json").read_text())
    workouts, meals = Workout.objects.count(), MealEntry.objects.count()
    weigh_ins = BodyMetric.objects.count()
    assert meals > 5000
    assert weigh_ins > 500
    earned = UserAchievement.objects.count()
    assert earned > 50
    assert said == [
        f"5 people, {workouts} workouts, {meals} meal entries and {weigh_ins} weigh-ins added.",
        f"15 posts, 7 ties, {earned} achievements and 14 messages added.",
        "ana      numeneon-demo-2026 (user)",
        "ben      numeneon-demo-2026 (user)",
        "cara     numeneon-demo-2026 (trainer)",
        "admin    numeneon-demo-2026 (admin)",
        "sam      numeneon-demo-2026 (support)",
    ]
    assert kept == [
        {"username": "ana", "password": "numeneon-demo-2026", "role": "user"},
        {"username": "ben", "password": "numeneon-demo-2026", "role": "user"},
        {"username": "cara", "password": "numeneon-demo-2026", "role": "trainer"},
        {"username": "admin", "password": "numeneon-demo-2026", "role": "admin"},
        {"username": "sam", "password": "numeneon-demo-2026", "role": "support"},
    ]


@pytest.mark.usefixtures("_lately")
def test_seeding_again_adds_nothing_and_changes_nothing():
    seed_demo()
    before = everything()

    said = seed_demo("--seed", 2)

    assert said[0] == "0 people, 0 workouts, 0 meal entries and 0 weigh-ins added."
    assert everything() == before


@pytest.mark.usefixtures("_idle", "_fasting")
def test_a_username_that_somebody_has_stays_theirs(ana: User, settings):
    said = seed_demo()

    ana.refresh_from_db()
    kept = json.loads((settings.VAR_DIR / "demo.json").read_text())
    assert ana.email == "ana@example.com"
    assert not Workout.objects.filter(user=ana).exists()
    assert [login["username"] for login in kept] == ["ben", "cara", "admin", "sam"]
    assert said[-1] == "ana      is somebody else's username and stays theirs"


@pytest.mark.usefixtures("_lately")
def test_someone_of_the_demo_who_changed_their_name_is_not_made_twice():
    seed_demo()
    User.objects.filter(username="ana").update(username="anna")

    said = seed_demo()

    assert said[0] == "0 people, 0 workouts, 0 meal entries and 0 weigh-ins added."
    assert everyone().count() == 5


@pytest.mark.usefixtures("_lately", "_fasting")
def test_more_people_are_made_up_and_change_nothing_for_the_named():
    with undone():
        seed_demo("--users", 1)
        before = diary("ana")

    said = seed_demo("--users", 5)

    made_up = User.objects.filter(username__startswith="demo").order_by("username")
    assert [user.email for user in made_up] == [
        "demo0004@demo.numeneon.example",
        "demo0005@demo.numeneon.example",
    ]
    assert all(user.profile.display_name.count(" ") == 1 for user in made_up)
    assert all(user.settings.workout_days_per_week in {3, 4, 5} for user in made_up)
    assert all(Workout.objects.filter(user=user).count() > 10 for user in made_up)
    assert diary("ana") == before
    assert said[0].startswith("7 people, ")
    assert said[-1] == "demo0005 and those before: the same password"


@pytest.mark.usefixtures("_lately", "_fasting")
def test_people_can_be_added_later():
    seed_demo("--users", 1)
    before = everything()

    said = seed_demo("--users", 2)

    assert said[0].startswith("1 people, ")
    assert set(before) <= set(everything())


@pytest.mark.usefixtures("_lately")
def test_fewer_than_three_people_are_the_first_of_the_named():
    seed_demo("--users", 1)

    assert set(everyone().values_list("username", flat=True)) == {"ana", "admin", "sam"}


@pytest.mark.parametrize("users", ["0", "-1", "many"])
def test_a_number_of_people_that_makes_no_sense_is_refused(users: str):
    with pytest.raises(CommandError, match="--users"):
        seed_demo("--users", users)


# --- Clearing --------------------------------------------------------------------------------


@pytest.mark.usefixtures("_lately")
def test_clearing_erases_the_people_of_the_demo_and_nobody_else(settings):
    seed_demo("--users", 1)
    squat = Exercise.objects.get(slug="barbell-back-squat")
    # A diary of weeks is too short for one.
    OneRmTestFactory(user=User.objects.get(username="ana"), exercise=squat)
    before = {model for model in (*FOOD, *ANALYTICS) if model.objects.exists()}
    eve = UserFactory(username="eve", email="eve@notdemo.numeneon.example")
    WorkoutSetFactory(workout=WorkoutFactory(user=eve), exercise=squat)
    jam = CustomFoodFactory(created_by=eve)
    MealEntryFactory(user=eve, food=jam)

    said = seed_demo("--clear")

    assert before == {*FOOD, *ANALYTICS}
    assert said == ["3 people erased."]
    assert everyone().get().username == "eve"
    assert set(Workout.objects.values_list("user", flat=True)) == {eve.pk}
    assert WorkoutSet.objects.count() == 1
    assert set(SyncClock.objects.values_list("user", flat=True)) == {eve.pk, accounts.HOUSE_ID}
    assert set(EmailAddress.objects.values_list("user", flat=True)) == {eve.pk}
    assert not Tombstone.objects.exists()
    # A goal that was reached is pushed to phones, of which there are none.
    assert not OutboxMessage.objects.exclude(kind="push").exists()
    assert Exercise.objects.count() == 256
    assert [model.objects.count() for model in FOOD] == [0, 0, 0, 1, 0, 0, 0, 0, 0]
    assert [model.objects.count() for model in ANALYTICS] == [0] * 10
    assert not UserAchievement.objects.exists()
    assert Food.objects.get(is_custom=True).pk == jam.pk
    assert Food.objects.filter(source="starter").count() > 300
    assert not (settings.VAR_DIR / "demo.json").exists()


def test_clearing_leaves_nothing_of_what_they_did_together():
    call_command("seed_social", "--users", "3", stdout=StringIO())
    before = [model.objects.exists() for model in TOGETHER]

    said = seed_demo("--clear")

    assert before == [True] * 14
    assert said == ["3 people erased."]
    assert [model.objects.count() for model in TOGETHER] == [0] * 14
    assert not everyone().exists()


def test_clearing_what_is_not_there_is_no_error():
    said = seed_demo("--clear")

    assert said == ["0 people erased."]


# --- Production ------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["--clear"]])
def test_production_refuses_without_force(settings, arguments: list[str]):
    settings.PRODUCTION = True
    UserFactory(username="someone", email="someone@demo.numeneon.example")

    with pytest.raises(CommandError, match="This is production"):
        seed_demo(*arguments)

    assert User.objects.get().username == "someone"
    assert not Exercise.objects.exists()


@pytest.mark.usefixtures("_idle", "_fasting")
def test_production_never_gets_a_superuser_of_a_known_password(settings):
    settings.PRODUCTION = True

    seed_demo("--force")

    assert set(everyone().values_list("username", flat=True)) == {"ana", "ben", "cara"}
    assert not User.objects.filter(is_superuser=True).exists()


def test_production_clears_with_force(settings):
    people.add_people(people=[ANA], now=NOW)
    settings.PRODUCTION = True

    said = seed_demo("--clear", "--force")

    assert said == ["1 people erased."]


# --- Together --------------------------------------------------------------------------------


@pytest.mark.usefixtures("_lately")
def test_ana_finds_friends_posts_and_wishes_to_answer():
    seed_demo()
    api = client_of(User.objects.get(username="ana"))

    feed = api.get("/api/v1/feed/").json()["results"]
    asked = api.get("/api/v1/friend-requests/").json()["results"]
    told = api.get("/api/v1/notifications/").json()["results"]
    assert [(post["author"]["username"], post["likes_count"]) for post in feed] == [
        ("ana", 0),
        ("ben", 2),
        ("cara", 1),
        ("ben", 2),
        ("ana", 1),
        ("cara", 2),
        ("ana", 2),
    ]
    assert [one["user"]["username"] for one in asked] == ["cara"]
    assert {"post_liked", "post_replied", "mentioned", "followed", "challenge_finished"} <= {
        notification["kind"] for notification in told
    }


@pytest.mark.usefixtures("_lately")
def test_posts_of_the_demo_lie_in_its_past_and_show_what_posts_can():
    seed_demo()

    posts = {post.content.partition(" ")[0]: post for post in Post.objects.filter(parent=None)}
    thread = Post.objects.filter(root=posts["First"]).order_by("created_at")
    assert all(NOW - timedelta(days=21) < post.created_at < NOW for post in Post.objects.all())
    assert [post.parent_id for post in thread] == [None, *[post.pk for post in thread][:3]]
    assert posts["First"].workout.finished_at < posts["First"].created_at
    assert posts["Sunday's"].media.get().picture is not None
    assert posts["I"].shared_post == posts["Sunday's"]
    assert posts["A"].edits.get().edited_at == posts["A"].edited_at
    assert {post.visibility for post in posts.values()} == {"public", "followers", "private"}


@pytest.mark.usefixtures("_lately")
def test_challenges_of_the_demo_are_over_running_and_to_come():
    seed_demo()

    parts = ChallengeParticipant.objects.order_by("challenge__start_date", "rank")
    standings = defaultdict(list)
    for name, rank, progress in parts.values_list("challenge__name", "rank", "current_progress"):
        standings[name].append((rank, progress))
    finished = Challenge.objects.exclude(finished_at=None)
    assert [challenge.name for challenge in finished] == ["Two weeks, ten sessions"]
    assert list(standings) == [
        "Two weeks, ten sessions",
        "Twelve sessions",
        "Ten tons in a week",
        "A marathon in a week",
    ]
    assert min(progress for _, progress in standings["Twelve sessions"]) > 0
    assert standings["A marathon in a week"] == [(1, 0.0)]


@pytest.mark.usefixtures("_idle")
def test_the_many_live_together_too_and_every_count_is_right():
    seed_demo("--users", 3)

    said = seed_demo("--users", 15)

    again = seed_demo("--users", 15)
    crowd = User.objects.filter(username__startswith="demo")
    assert {drift.wrong for drift in repair_counters()} == {0}
    assert said[0].startswith("12 people, ")
    assert not crowd.filter(posts=None).exists()
    assert not SocialFollow.objects.exclude(following__profile__visibility="public").exists()
    assert not FollowRequest.objects.filter(following__profile__visibility="private").exists()
    assert Friendship.objects.filter(user__in=crowd).count() >= 24
    assert Post.objects.filter(author__in=crowd).latest("created_at").created_at <= NOW
    assert Membership.objects.filter(user__in=crowd).exists()
    assert again[1] == "0 posts, 0 ties, 0 achievements and 0 messages added."


@pytest.mark.usefixtures("_idle")
def test_a_social_life_is_removed_without_the_people_and_what_others_answered():
    seed_demo("--users", 5)
    eve = UserFactory(username="eve")
    answered = Post.objects.filter(parent=None, group=None, author__username="cara").earliest(
        "created_at"
    )
    ReplyFactory(parent=answered, author=eve)

    out = StringIO()
    call_command("seed_social", "--clear", stdout=out)

    kept = Post.objects.order_by("created_at").values_list("author__username", "content")
    assert out.getvalue().endswith(" posts and all around them removed.\n")
    assert everyone().count() == 8
    assert [author for author, _ in kept] == ["cara", "eve"]
    assert kept[0][1] == ""
    assert {model for model in TOGETHER if model.objects.exists()} == {Post}
    assert not OutboxMessage.objects.exclude(kind="push").exists()


def test_people_can_meet_without_diaries():
    out = StringIO()

    call_command("seed_social", "--users", "3", stdout=out)

    assert out.getvalue() == "15 posts, 7 ties, 8 achievements and 14 messages added.\n"
    assert not Workout.objects.exists()


def test_production_gets_no_social_life_without_force(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="This is production"):
        call_command("seed_social", "--users", "3")

    assert not everyone().exists()


# --- Training --------------------------------------------------------------------------------


@pytest.mark.parametrize(("person", "sessions"), [(ANA, 4), (BEN, 3), (CARA, 5)])
def test_a_year_has_its_sessions_a_week(person: people.DemoPerson, sessions: int):
    workouts = year_of(person)

    weeks = [len(week) for week in weeks_of(workouts).values()]
    today = reading_of(NOW, workouts[0].timezone).date()
    assert statistics.mode(weeks) == max(weeks) == sessions
    assert timedelta(0) <= workouts[0].date - (today - timedelta(days=364)) <= timedelta(days=7)
    assert timedelta(0) <= today - workouts[-1].date <= timedelta(days=7)


@pytest.mark.parametrize(("person", "weeks_off"), [(ANA, 4), (BEN, 1), (CARA, 1)])
def test_a_year_has_deloads_a_missed_week_and_a_holiday(person: people.DemoPerson, weeks_off: int):
    workouts = year_of(person)

    weeks = list(weeks_of(workouts).values())
    sizes = [len(week) for week in weeks]
    lifted: list[float] = []
    deloads = 0
    for week in weeks:
        is_deload = any("Deload" in workout.notes for workout in week)
        if is_deload and len(week) > 1:
            deloads += 1
            assert tonnage(week) <= 0.6 * statistics.median(lifted[-4:])
        elif len(week) == max(sizes):
            lifted.append(tonnage(week))
    assert 5 <= deloads <= 9
    assert sizes.count(0) == weeks_off
    assert any(pair == (1, 1) for pair in pairwise(sizes))


@pytest.mark.parametrize("person", people.NAMED)
def test_no_day_lies_in_the_future_and_all_times_agree(person: people.DemoPerson):
    workouts = year_of(person)

    zone = person.profile["timezone"]
    assert max(workout.date for workout in workouts) <= reading_of(NOW, zone).date()
    assert len({workout.date for workout in workouts}) == len(workouts)
    assert len({workout.start_time for workout in workouts}) > 30
    for workout in workouts:
        assert workout.timezone == zone
        assert workout.finished_at <= NOW
        assert workout.started_at == instant_of(workout.date, workout.start_time, zone)
        assert workout.end_time == reading_of(workout.finished_at, zone).time()
        length = workout.finished_at - workout.started_at
        assert timedelta(minutes=workout.duration) == length
        assert timedelta(minutes=12) < length < timedelta(hours=3)
        assert time(5) < workout.start_time < time(21)
        assert not workout.in_progress


@pytest.mark.usefixtures("_lately")
def test_a_session_that_would_still_run_is_left_out():
    with undone():
        finished = workouts_of(add_training(CARA, now=NOW + timedelta(days=4))[0])[-1]

    with undone():
        just_before = finished.finished_at - timedelta(minutes=1)
        earlier = workouts_of(add_training(CARA, now=just_before)[0])
    then = workouts_of(add_training(CARA, now=finished.finished_at)[0])

    assert earlier[-1].date < finished.date
    assert then[-1].finished_at == finished.finished_at


def test_the_same_seed_gives_the_same_year_and_another_another():
    with undone():
        trained(ANA)
        first = diary("ana")

    with undone():
        add_training(ANA)
        again = diary("ana")
    add_training(ANA, seed=2)

    assert first == again
    assert diary("ana") != first


def test_the_one_rm_of_every_set_is_the_formulas():
    seeded()

    sets = list(WorkoutSet.objects.all())
    assert len(sets) > 5000
    for each in sets:
        moved = each.weight if each.load_type == "external" else each.body_load_kg and each.load
        assert each.one_rm == brzycki_one_rm(weight_kg=moved, reps=each.reps)


def test_the_sets_of_a_workout_are_numbered_without_gaps():
    for workout in year_of(ANA):
        sets = sorted(workout.sets.all(), key=lambda each: each.position)
        seen: Counter[object] = Counter()
        for each in sets:
            seen[each.exercise_id] += 1
            assert each.set_number == seen[each.exercise_id]
        assert [each.position for each in sets] == list(range(1, len(sets) + 1))


def test_warm_ups_are_lighter_than_the_work_that_follows():
    warm_ups = 0
    for workout in [*year_of(ANA), *year_of(BEN)]:
        work: defaultdict[object, list[Any]] = defaultdict(list)
        for each in workout.sets.all():
            work[each.exercise_id].append(each)
        for sets in work.values():
            light = [each for each in sets if each.notes == WARM_UP]
            heavy = [each for each in sets if each.notes != WARM_UP]
            warm_ups += len(light)
            assert all(
                each.weight < other.weight and each.set_number < other.set_number
                for each in light
                for other in heavy
            )
    assert warm_ups > 500


def test_loads_grow_over_the_year_and_stand_still_in_between():
    workouts = workouts_of(trained(BEN)[0])

    squat = Exercise.objects.get(slug="barbell-back-squat").pk
    best = [
        max((each.weight for each in workout.sets.all() if each.exercise_id == squat), default=0)
        for workout in workouts
    ]
    records = [n for n, weight in enumerate(best) if weight > max(best[:n], default=0)]
    gaps = [after - before for before, after in pairwise(records)]
    assert max(best) >= 1.25 * next(weight for weight in best if weight)
    assert len(records) >= 6
    assert max(gaps) >= 12  # a month without a record


def test_repetitions_and_efforts_stay_in_their_ranges():
    seeded()
    made_up = add_training(*people.demo_people(count=5, seed=1)[-2:])

    sets = WorkoutSet.objects.exclude(notes=WARM_UP)
    loads = column(sets.filter(weight__isnull=False, load_type="external"), "weight")
    bench = sets.filter(
        user__username="ana", exercise__slug="barbell-bench-press", workout__plan_run=None
    )
    assert all(Workout.objects.filter(user=user).count() > 100 for user in made_up)
    assert set(column(sets, "rpe")) == {None, *range(2, 11)}
    assert max(column(bench, "reps")) == 6
    assert min(loads) >= 1
    assert max(loads) < 400


def test_the_body_alone_is_lifted_without_a_weight():
    trained(ANA)

    pull_ups = WorkoutSet.objects.filter(exercise__slug="pull-up")
    weighted = WorkoutSet.objects.filter(exercise__slug="weighted-pull-up")
    assert set(column(pull_ups, "weight")) == {None}
    assert set(column(pull_ups, "load")) == {64.0}
    assert min(column(pull_ups, "reps")) >= 1
    assert min(column(weighted, "weight")) >= 2.5


def test_a_run_has_a_distance_and_a_time_and_gets_faster():
    trained(CARA)

    runs = WorkoutSet.objects.filter(exercise__slug="running").order_by("workout__date")
    stretches = zip(column(runs, "duration"), column(runs, "distance"), strict=True)
    paces = [duration / distance for duration, distance in stretches]
    cardio = WorkoutSet.objects.filter(exercise__is_cardio=True)
    assert set(cardio.values_list("weight", "reps")) == {(None, None)}
    assert not cardio.filter(distance=None).exists()
    assert not cardio.filter(duration=None).exists()
    assert all(180 < pace < 480 for pace in paces)
    assert statistics.mean(paces[-8:]) < statistics.mean(paces[:8])


def test_an_injury_takes_three_weeks_and_some_strength_that_comes_back():
    [user] = trained(ANA)
    workouts = workouts_of(user)

    off, back = training.injury_of(user, NOW)

    days = [workout.date for workout in workouts]
    squats = WorkoutSet.objects.filter(exercise__slug="barbell-back-squat", rpe__isnull=False)
    best: defaultdict[date, float] = defaultdict(float)
    for day, kg, reps, rpe in squats.values_list("workout__date", "weight", "reps", "rpe"):
        best[day] = max(best[day], kg * 36 / (37 - reps - (10 - rpe)))
    before = max(kg for day, kg in best.items() if day < off)
    heavy_again = min(day for day in best if day >= back + timedelta(weeks=1))
    returned = [workout for workout in workouts if back <= workout.date < back + timedelta(7)]
    assert (off, back) == (date(2025, 11, 10), date(2025, 12, 1))
    assert not [day for day in days if off <= day < back]
    assert max(day for day in days if day < off) > off - timedelta(days=7)
    assert {workout.notes for workout in returned} == {
        "Back after the injury: light, and nothing hurts."
    }
    assert best[heavy_again] < before
    assert max(kg for day, kg in best.items() if day > back) > before


def test_nobody_else_was_injured():
    users = people.add_people(people=[BEN, CARA], now=NOW)

    assert [training.injury_of(user, NOW) for user in users] == [None, None]


def test_a_lift_stands_still_while_others_go_on():
    [user] = trained(ANA)

    best: defaultdict[str, list[float]] = defaultdict(list)
    rows = WorkoutSet.objects.filter(user=user, reps__lte=8).exclude(notes=WARM_UP)
    for slug, weight in rows.order_by("workout__date").values_list("exercise__slug", "weight"):
        best[str(slug)].append(weight)
    press, deadlift = best["barbell-overhead-press"], best["barbell-deadlift"]
    assert max(press) == max(press[: len(press) // 2])
    assert max(deadlift) > max(deadlift[: len(deadlift) // 2])


def test_most_sessions_are_rated_near_the_effort_of_their_sets():
    workouts = year_of(ANA)

    rated = [workout for workout in workouts if workout.session_rpe is not None]
    efforts = [
        statistics.mean(each.rpe for each in workout.sets.all() if each.rpe is not None)
        for workout in rated
    ]
    apart = [effort - workout.session_rpe for effort, workout in zip(efforts, rated, strict=True)]
    assert 0.75 < len(rated) / len(workouts) < 0.95
    assert {2 * workout.session_rpe % 1 for workout in rated} == {0}
    assert 0.4 < statistics.mean(apart) < 1
    assert max(workout.session_rpe for workout in rated) <= 10


def test_some_workouts_have_notes_some_are_public_most_know_their_calories():
    workouts = year_of(ANA)

    count = len(workouts)
    assert 0.15 < sum(bool(workout.notes) for workout in workouts) / count < 0.6
    assert 0.15 < sum(workout.is_public for workout in workouts) / count < 0.45
    assert 0.7 < sum(workout.calories_burned is not None for workout in workouts) / count < 1


def test_every_row_is_stamped_for_the_change_feed():
    trained(ANA)

    clock = SyncClock.objects.get()
    revisions = set(Workout.objects.values_list("revision", flat=True))
    assert 0 not in revisions
    assert max(revisions) <= clock.revision


def test_three_people_take_as_many_statements_as_one():
    load_exercises()

    with undone(), CaptureQueriesContext(connection) as one:
        add_training(ANA)
    with CaptureQueriesContext(connection) as three:
        add_training(*people.NAMED)

    assert len(three) == len(one)
    assert len(three) < 40


def test_without_the_catalogue_the_service_says_what_to_do():
    users = people.add_people(people=[ANA], now=NOW)

    with pytest.raises(training.MissingExercises) as missing:
        training.add_training(users=users, now=NOW, seed=1)

    assert missing.value.message.startswith("The exercise catalogue lacks barbell-back-squat, ")
    assert missing.value.message.endswith(": run load_catalogue first.")
    assert not Workout.objects.exists()


@pytest.mark.usefixtures("_lately")
def test_the_command_loads_an_empty_catalogue_itself():
    seed_demo("--users", 1)

    assert Exercise.objects.count() == 256


@pytest.mark.usefixtures("_lately")
def test_the_command_loads_an_empty_table_of_foods_itself():
    seed_demo("--users", 1)

    assert Food.objects.filter(source="starter").count() > 300


@pytest.mark.usefixtures("_lately")
def test_a_table_of_foods_with_gaps_is_an_error_and_adds_nobody():
    loaded()
    Food.objects.filter(source_id="banana-raw").delete()

    with pytest.raises(
        CommandError, match=r"^The food table lacks banana-raw: run load_foods first\.$"
    ):
        seed_demo("--users", 1)

    assert not everyone().exists()


def test_people_eat_more_on_the_days_on_which_they_trained():
    seeded()

    trained = set(column(Workout.objects.filter(user__username="ana"), "date"))
    entries = MealEntry.objects.filter(user__username="ana")
    full = entries.filter(meal_type="dinner", date__iso_week_day__lte=5).values("date")
    days = entries.filter(date__in=full).values_list("date").annotate(Sum("calories"))
    after_training = [kcal for day, kcal in days if day in trained]
    at_rest = [kcal for day, kcal in days if day not in trained]
    assert 80 < statistics.mean(after_training) - statistics.mean(at_rest) < 400


@pytest.mark.usefixtures("_lately")
def test_a_catalogue_with_gaps_is_an_error_and_adds_nobody():
    load_exercises()
    Exercise.objects.filter(slug="plank").delete()

    with pytest.raises(
        CommandError, match=r"^The exercise catalogue lacks plank: run load_catalogue first\.$"
    ):
        seed_demo()

    assert not User.objects.exists()
