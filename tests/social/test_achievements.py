"""Achievements: what earns them, that each comes once, and who sees them."""

import datetime as dt
import json

import pytest
import time_machine
from django.core.management import call_command

from analytics.models import NutritionSummary, TrainingDay
from social.models import Achievement, Post, UserAchievement
from social.selectors.metrics import metrics_of, streaks_of
from social.services import achievements
from tests.factories.analytics import PersonalRecordFactory
from tests.factories.social import FollowFactory, PostFactory
from tests.factories.users import UserFactory
from tests.factories.workouts import ExerciseFactory
from tests.users.races import at_once
from users.models import Notification, UserSettings
from users.ownership import advance_clock

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)
URL = "/api/v1/achievements/"


@pytest.fixture
def catalogue(db):
    achievements.load_catalogue()


def trained(user, *days, **values):
    for day in days:
        TrainingDay.objects.create(user=user, date=day, **{"workouts": 1, **values})


def earned_codes(user):
    rows = UserAchievement.objects.filter(user=user).order_by("achievement__code")
    return list(rows.values_list("achievement__code", flat=True))


def test_the_catalogue_has_at_least_forty_in_four_categories():
    entries = json.loads(achievements.CATALOGUE.read_text())

    assert len(entries) >= 40
    assert {one["category"] for one in entries} == {"workout", "nutrition", "social", "strength"}


def test_every_metric_of_the_catalogue_is_measured(ana, catalogue):
    measured = metrics_of([ana.pk], now=NOW)[ana.pk]

    assert set(Achievement.objects.values_list("metric", flat=True)) == set(measured)


def test_loading_the_catalogue_again_changes_nothing(catalogue, capsys):
    call_command("load_achievements")

    assert capsys.readouterr().out == "0 achievements added, 0 changed.\n"


def test_a_changed_entry_is_mended_and_stays_earned(ana, catalogue):
    row = Achievement.objects.get(code="first_workout")
    UserAchievement.objects.create(user=ana, achievement=row)
    Achievement.objects.filter(pk=row.pk).update(name="Old")

    loaded = achievements.load_catalogue()

    assert str(loaded) == "0 achievements added, 1 changed."
    assert earned_codes(ana) == ["first_workout"]


def test_ten_workouts_earn_two_steps_and_one_workout_one(ana, ben, catalogue):
    trained(ana, dt.date(2026, 1, 5), workouts=10)
    trained(ben, dt.date(2026, 1, 5))

    awarded = achievements.award([ana.pk, ben.pk], now=NOW)

    assert awarded == 3
    assert earned_codes(ana) == ["first_workout", "workouts_10"]
    assert earned_codes(ben) == ["first_workout"]


def test_what_is_earned_comes_once_and_is_not_taken_back(ana, catalogue):
    trained(ana, dt.date(2026, 1, 5))
    achievements.award([ana.pk], now=NOW)
    TrainingDay.objects.all().delete()

    again = achievements.award([ana.pk], now=NOW)

    assert again == 0
    assert earned_codes(ana) == ["first_workout"]


def test_whoever_earns_something_is_told_of_it(ana, catalogue):
    trained(ana, dt.date(2026, 1, 5))
    achievements.award([ana.pk], now=NOW)
    earned = UserAchievement.objects.get()

    achievements.tell_of_achievements(user_id=str(ana.pk), earned=[str(earned.pk)])

    told = Notification.objects.get(user=ana)
    assert (told.kind, told.text, told.target) == (
        "achievement_earned",
        "You earned First Workout.",
        earned,
    )


def test_many_at_once_are_told_in_one_sentence(ana, catalogue):
    trained(ana, dt.date(2026, 1, 5), workouts=120)
    achievements.award([ana.pk], now=NOW)
    ids = [str(pk) for pk in UserAchievement.objects.values_list("pk", flat=True)]

    achievements.tell_of_achievements(user_id=str(ana.pk), earned=ids)

    assert Notification.objects.get().text == "You earned 4 achievements."


def test_a_lift_counts_by_body_weight(ana, catalogue):
    ana.profile.body_weight_kg = 80
    ana.profile.save()
    bench = ExerciseFactory(name="Bench", slug="barbell-bench-press")
    PersonalRecordFactory(user=ana, exercise=bench, kind="one_rm", value=100)

    measured = metrics_of([ana.pk], now=NOW)[ana.pk]
    achievements.award([ana.pk], now=NOW)

    assert measured["bench_to_body_weight"] == 1.25
    assert measured["records"] == 1
    assert measured["total_kg"] == 0
    assert earned_codes(ana) == ["bench_0_75", "bench_1", "first_record"]


def test_posts_likes_and_followers_count(ana, catalogue):
    post = PostFactory(author=ana)
    Post.objects.filter(pk=post.pk).write(likes_count=12)
    for _ in range(10):
        FollowFactory(following=ana)

    achievements.award([ana.pk], now=NOW)

    assert earned_codes(ana) == ["first_post", "followers_10", "likes_10"]


@pytest.mark.parametrize(
    ("week_starts_on", "days", "current"),
    [
        # The fourth is a Wednesday. Sunday the first ends a week that begins on Mondays …
        pytest.param(1, ["2026-02-22", "2026-03-01", "2026-03-02"], 3, id="from-monday"),
        # … and begins one that begins on Sundays.
        pytest.param(7, ["2026-02-22", "2026-03-01", "2026-03-02"], 2, id="from-sunday"),
    ],
)
def test_weeks_begin_on_the_persons_own_weekday(ana, week_starts_on, days, current):
    UserSettings.objects.filter(pk=ana.pk).update(week_starts_on=week_starts_on)
    trained(ana, *map(dt.date.fromisoformat, days))

    streaks = streaks_of([ana.pk], now=NOW)[ana.pk]

    assert streaks.training_weeks.current == current


@time_machine.travel(NOW, tick=False)
def test_complete_days_of_food_make_a_streak(ana, api):
    for day in range(1, 5):
        NutritionSummary.objects.create(
            user=ana, date=dt.date(2026, 3, day), is_complete=day != 2, meal_count=1
        )

    answer = api.get(f"{URL}streaks/")

    assert answer.json()["food_days"] == {
        "current": 2,
        "longest": 2,
        "freezes": 0,
        "last_frozen_on": None,
    }


def test_a_break_over_most_of_a_week_is_no_missed_week(ana):
    trained(ana, dt.date(2026, 2, 9), dt.date(2026, 3, 3))
    ana.trainingbreak_set.create(starts_on=dt.date(2026, 2, 16), ends_on=dt.date(2026, 3, 1))

    streaks = streaks_of([ana.pk], now=NOW)[ana.pk]

    assert streaks.training_weeks.current == 2


@time_machine.travel(NOW, tick=False)
def test_the_list_shows_how_far_one_is(api, ana, catalogue, django_assert_num_queries):
    trained(ana, dt.date(2026, 1, 5), workouts=7)
    achievements.award([ana.pk], now=NOW)

    with django_assert_num_queries(4):  # the token, the page, the metrics, the streaks
        answer = api.get(URL, {"category": "workout", "page_size": 100}).json()

    rows = {row["code"]: row for row in answer["results"]}
    assert (rows["workouts_10"]["progress"], rows["workouts_10"]["progress_percent"]) == (7, 70)
    assert rows["workouts_10"]["earned_at"] is None
    assert rows["first_workout"]["progress_percent"] == 100
    assert rows["first_workout"]["earned_at"] == "2026-03-04T12:00:00Z"
    assert {row["category"] for row in answer["results"]} == {"workout"}


def test_the_list_tells_the_earned_from_the_others(api, ana, catalogue):
    trained(ana, dt.date(2026, 1, 5))
    achievements.award([ana.pk], now=NOW)

    earned = api.get(URL, {"earned": "true"}).json()["results"]
    others = api.get(URL, {"earned": "false", "page_size": 100}).json()["results"]

    assert [row["code"] for row in earned] == ["first_workout"]
    assert len(others) == Achievement.objects.count() - 1


def test_pages_of_the_catalogue_hold_each_entry_once(api, catalogue):
    codes, url = [], f"{URL}?page_size=17"
    while url:
        answer = api.get(url).json()
        codes += [row["code"] for row in answer["results"]]
        url = answer["next"]

    assert len(codes) == len(set(codes)) == Achievement.objects.count()


def test_others_see_what_somebody_earned_as_far_as_the_profile_shows_it(
    api, ben, bens_api, ana, catalogue
):
    row = Achievement.objects.get(code="first_workout")
    UserAchievement.objects.create(user=ben, achievement=row)
    url = f"/api/v1/users/{ben.username}/achievements/"

    shown = api.get(url)
    ben.profile.visibility = "followers"
    ben.profile.save()
    refused = api.get(url)
    FollowFactory(follower=ana, following=ben)
    followed = api.get(url)

    assert [one["code"] for one in shown.json()["results"]] == ["first_workout"]
    assert refused.status_code == 404
    assert followed.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_workers_award_the_same_only_once():
    achievements.load_catalogue()
    ana = UserFactory()
    trained(ana, dt.date(2026, 1, 5))

    awarded = at_once(4, lambda _: achievements.award([ana.pk], now=NOW))

    assert sorted(awarded) == [0, 0, 0, 1]
    assert earned_codes(ana) == ["first_workout"]


def test_everyone_is_walked_chunk_by_chunk(catalogue):
    people = sorted(UserFactory().pk for _ in range(3))
    UserFactory(is_active=False)

    chunks = list(achievements.everyone(chunk=2))

    assert [pk for chunk in chunks for pk in chunk] == people
    assert [len(chunk) for chunk in chunks] == [2, 1]


def test_awarding_advances_the_clock_so_that_phones_hear_of_it(ana, catalogue):
    before = advance_clock(ana.pk)
    trained(ana, dt.date(2026, 1, 5))

    achievements.award([ana.pk], now=NOW)

    assert UserAchievement.objects.get().revision > before
