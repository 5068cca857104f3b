"""The demo: bodies that agree with what they ate, and what follows from a year of diaries."""

import statistics
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from analytics.formulas.energy import EnergyDay, adaptive_tdee
from analytics.formulas.plateau import lift_trend
from analytics.models import (
    AnalyticsState,
    BodyGoal,
    BodyMetric,
    Goal,
    HabitGoal,
    NutritionSummary,
    OneRmTest,
    PersonalRecord,
    StrengthGoal,
    StrengthProgress,
    TrainingBreak,
    TrainingDay,
    WorkoutAnalysis,
)
from analytics.selectors.energy import known_days
from analytics.services import demo
from analytics.services.demo_body import Body, course_of, girths, weigh_ins
from analytics.services.demo_goals import LIFTS, strength_goal
from analytics.services.refresh import refresh_people
from nutrition.services import catalogue as food_table
from nutrition.services import demo as food
from tests.recalled import recalled
from users.models import User
from users.services import demo as people
from workouts.models import Workout
from workouts.services import catalogue
from workouts.services import demo as training

# A Monday afternoon in Vienna.
NOW = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
TODAY = date(2026, 3, 2)
ANA, BEN, CARA = people.NAMED
MADE_UP = replace(BEN, username="demo0004")

GIRTHS = ("waist", "hips", "neck_cm", "chest", "arms", "thighs")


@recalled
def loaded() -> None:
    catalogue.load_catalogue()
    food_table.load_foods()


def shorten_diaries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "YEAR_DAYS", 28)
    monkeypatch.setattr(food, "DIARY_DAYS", 28)


@pytest.fixture
def _lately(monkeypatch):
    """The diaries have weeks, where it is not about a year of them."""
    shorten_diaries(monkeypatch)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def add_diaries(*who: people.DemoPerson, seed: int = 1) -> list[User]:
    """People who trained and ate, and measured nothing yet."""
    if not catalogue.is_loaded():
        loaded()
    users = people.add_people(people=who, now=NOW)
    training.add_training(users=users, now=NOW, seed=seed)
    food.add_food(users=users, now=NOW, seed=seed)
    return users


diaries_of = recalled(add_diaries)


@recalled
def year_of(*who: people.DemoPerson, seed: int = 1) -> list[User]:
    users = diaries_of(*who, seed=seed)
    demo.add_analytics(users=users, now=NOW, seed=seed)
    return users


def weeks_of(*who: people.DemoPerson, seed: int = 1) -> list[User]:
    users = add_diaries(*who, seed=seed)
    demo.add_analytics(users=users, now=NOW, seed=seed)
    return users


def measured(user: User) -> list[tuple[Any, ...]]:
    metrics = BodyMetric.objects.filter(user=user).order_by("date")
    return list(metrics.values_list("date", "weight", "body_fat", *GIRTHS))


def mean_weight(user: User, first_ago: int, last_ago: int) -> float:
    days = (TODAY - timedelta(days=first_ago), TODAY - timedelta(days=last_ago))
    metrics = BodyMetric.objects.filter(user=user, date__range=days)
    return statistics.mean(metric.weight or 0 for metric in metrics)


def body(aim: str = "maintain", *, seed: int = 1, **values: Any) -> Body:
    """Somebody who logs most days of half a year, and trains every other day."""
    rng = Random(seed)
    days = [TODAY - timedelta(days=ago) for ago in range(1, 182)]
    plain = {
        "sex": "male",
        "height_cm": 182.0,
        "weight_kg": 81.0,
        "aim": aim,
        "last": TODAY,
        "intake_kcal": {day: rng.gauss(2700, 200) for day in days if rng.random() < 0.9},
        "trained": set(days[::2]),
    }
    return Body(**{**plain, **values})


# --- Bodies ----------------------------------------------------------------------------------


@pytest.mark.parametrize("aim", ["maintain", "cut", "gain", "endurance"])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_food_and_scale_tell_what_a_body_spends(aim: str, seed: int):
    somebody, rng = body(aim, seed=seed), Random(seed)
    course = course_of(somebody, rng)
    scale = weigh_ins(somebody, course, rng)
    days = [
        EnergyDay(day=day, weight_kg=scale.get(day), intake_kcal=somebody.intake_kcal.get(day))
        for day in somebody.days
        if day >= min(somebody.intake_kcal)
    ]

    found = adaptive_tdee(days, start_tdee_kcal=2500)

    lately = [TODAY - timedelta(days=ago) for ago in range(1, 22)]
    truth = statistics.mean(course.spent_kcal[day] for day in lately)
    assert found.validity == "valid"
    assert abs(found.tdee_kcal - truth) < 2.5 * found.sd_kcal
    assert found.sd_kcal < 200


@pytest.mark.parametrize(
    ("aim", "kg"), [("maintain", 0.0), ("endurance", 0.0), ("gain", 1.5), ("cut", -3.8)]
)
def test_a_weight_goes_where_its_aim_says(aim: str, kg: float):
    somebody = body(aim, intake_kcal={TODAY - timedelta(days=ago): 2700 for ago in range(182)})

    course = course_of(somebody, Random(1))

    gained = course.weight_kg[TODAY] - course.weight_kg[TODAY - timedelta(days=98)]
    assert course.weight_kg[TODAY] == 81.0
    assert gained == pytest.approx(kg, abs=0.5)


def test_the_scale_is_stepped_on_some_days_a_week_and_shows_the_profiles_weight_last():
    somebody, rng = body(), Random(1)
    course = course_of(somebody, rng)

    scale = weigh_ins(somebody, course, rng)

    days = sorted(scale)
    gaps = {(after - before).days for before, after in pairwise(days)}
    noise = [kg - course.weight_kg[day] for day, kg in scale.items()]
    assert days[0] >= TODAY - timedelta(days=363)
    assert days[-1] <= TODAY
    assert scale[days[-1]] == 81.0
    assert 170 <= len(days) <= 250
    assert {1, 2, 3} <= gaps
    assert max(gaps) >= 6
    assert 0.25 < statistics.stdev(noise) < 0.55
    assert all(round(kg, 1) == kg for kg in scale.values())


def test_a_tape_is_taken_once_a_month_and_follows_the_weight():
    lighter, rng = body(), Random(1)
    days = [date(2026, 1, 3), date(2026, 1, 5), date(2026, 2, 2), TODAY]
    course = course_of(lighter, rng)
    heavy = replace(course, weight_kg=dict.fromkeys(days, 91.0))

    taken = dict(girths(lighter, heavy, days, rng))

    assert list(taken) == [date(2026, 1, 3), date(2026, 2, 2), TODAY]
    assert set(taken[TODAY]) == {*GIRTHS, "body_fat"}
    assert taken[TODAY]["waist"] == pytest.approx(0.46 * 182 + 8.5, abs=1)
    assert 15 < taken[TODAY]["body_fat"] < 24


@pytest.mark.parametrize(
    ("best_kg", "title", "target_kg"),
    [(0, "Deadlift 100 kg", 100), (99.9, "Deadlift 100 kg", 100), (104, "Deadlift 110 kg", 110)],
)
def test_a_lift_wanted_is_the_next_one(best_kg: float, title: str, target_kg: float):
    assert strength_goal(LIFTS["ana"], best_kg=best_kg) == (title, target_kg)


# --- The named people ------------------------------------------------------------------------


@pytest.mark.django_db
def test_ana_lost_weight_for_ten_weeks_and_has_kept_it():
    [user] = year_of(ANA)

    before, after = mean_weight(user, 200, 182), mean_weight(user, 110, 90)
    now = mean_weight(user, 21, 0)
    latest = BodyMetric.objects.filter(user=user).latest("date")
    waists = [row[3] for row in measured(user) if row[3] is not None]
    assert 3.5 < before - after < 6
    assert abs(now - after) < 0.8
    assert latest.weight == user.profile.body_weight_kg == 64.0
    assert 12 <= len(waists) <= 13
    assert waists[5] - waists[-1] > 2


@pytest.mark.django_db
def test_the_app_learns_what_ana_spends():
    [user] = year_of(ANA)

    known = known_days(user_id=user.pk, first=TODAY - timedelta(days=181), last=TODAY)
    found = adaptive_tdee(
        [
            EnergyDay(day=it.day, weight_kg=it.weight_kg, intake_kcal=it.intake_kcal)
            for it in known
        ],
        start_tdee_kcal=2150,
    )

    # She has kept her weight since the cut, so she spends what she eats.
    eaten = [
        it.intake_kcal
        for it in known
        if it.intake_kcal is not None and it.day > TODAY - timedelta(days=84)
    ]
    assert found.validity == "valid"
    assert found.tdee_kcal == pytest.approx(statistics.mean(eaten), abs=150)
    assert statistics.mean(eaten) > 2250


@pytest.mark.django_db
def test_ana_rested_when_she_was_injured():
    [user] = year_of(ANA)

    rest = TrainingBreak.objects.get()
    rested = Workout.objects.filter(date__gte=rest.starts_on, date__lt=rest.ends_on)
    assert (rest.user, rest.reason) == (user, "injury")
    assert (rest.starts_on, rest.ends_on) == training.injury_of(user, NOW)
    assert not rested.exists()


@pytest.mark.django_db
def test_what_was_tested_agrees_with_what_was_lifted():
    [user] = year_of(ANA)

    tests = OneRmTest.objects.filter(user=user).order_by("date", "exercise__slug")
    days = {test.date for test in tests}
    assert [test.exercise.slug for test in tests] == 2 * [
        "barbell-back-squat",
        "barbell-bench-press",
        "barbell-deadlift",
    ]
    assert days == {TODAY - timedelta(days=150), TODAY - timedelta(days=20)}
    for test in tests:
        since = test.date - timedelta(days=42)
        lately = StrengthProgress.objects.filter(
            user=user, exercise=test.exercise, date__range=(since, test.date), validity="valid"
        )
        estimates = lately.filter(calculated_1rm=True).values_list("one_rep_max", flat=True)
        assert test.weight_kg % 2.5 == 0
        assert 0.94 < test.weight_kg / statistics.median(estimates) <= 1.02


@pytest.mark.django_db
def test_goals_of_each_kind_stand_where_the_diaries_say():
    [user] = year_of(ANA)

    goals = {goal.title: goal for goal in Goal.objects.filter(user=user)}
    lift, weight = goals["Deadlift 100 kg"], goals["Down to 65 kg"]
    assert {type(goal) for goal in goals.values()} == {StrengthGoal, BodyGoal, HabitGoal}
    assert (lift.status, weight.status) == ("active", "achieved")
    assert 90 < lift.current_value < 100
    assert 50 < lift.progress_percent < 100
    assert timedelta(days=40) < weight.achieved_on - weight.start_date < timedelta(days=90)
    assert all(goal.current_value is not None for goal in goals.values())


@pytest.mark.django_db
def test_a_lift_stands_still_and_another_goes_on():
    [user] = year_of(ANA)

    verdicts = {}
    for slug in ("barbell-overhead-press", "barbell-deadlift"):
        lately = StrengthProgress.objects.filter(
            user=user,
            exercise__slug=slug,
            date__gt=TODAY - timedelta(days=84),
            validity="valid",
        )
        verdicts[slug] = lift_trend(lately.values_list("date", "one_rep_max")).verdict
    assert verdicts == {
        "barbell-overhead-press": "plateau",
        "barbell-deadlift": "progressing",
    }


@pytest.mark.django_db
def test_all_that_follows_from_the_diaries_is_computed(monkeypatch):
    users = year_of(ANA)
    shorten_diaries(monkeypatch)
    users += weeks_of(BEN)

    again = refresh_people([user.pk for user in users], now=NOW)

    days = Workout.objects.values("user", "date").distinct().count()
    meals = NutritionSummary.objects.filter(meal_count__gt=0)
    assert (again.written, again.gone) == (0, 0)
    assert TrainingDay.objects.count() == days
    assert meals.values("user").distinct().count() == 2
    assert PersonalRecord.objects.filter(is_standing=True, kind="one_rm").exists()
    assert WorkoutAnalysis.objects.filter(user=users[0], period="week").count() >= 47
    assert set(AnalyticsState.objects.values_list("user", "through")) == {
        (user.pk, TODAY) for user in users
    }


# --- Everybody -------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("_lately")
def test_who_is_made_up_has_a_scale_and_no_more():
    [user] = weeks_of(MADE_UP)

    rows = measured(user)
    assert len(rows) > 150
    assert {row[2:] for row in rows} == {(None,) * 7}
    assert not Goal.objects.exists()
    assert not OneRmTest.objects.exists()
    assert not TrainingBreak.objects.exists()


@pytest.mark.django_db
def test_who_eats_nothing_steps_on_no_scale():
    added = demo.add_analytics(users=add_diaries(people.ADMIN), now=NOW, seed=1)

    assert added == 0
    assert not BodyMetric.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("_lately")
def test_who_is_not_up_yet_was_not_on_the_scale():
    night = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
    users = add_diaries(ANA)

    demo.add_analytics(users=users, now=night, seed=1)

    assert BodyMetric.objects.latest("date").date < TODAY


@pytest.mark.django_db
@pytest.mark.usefixtures("_lately")
def test_the_same_seed_gives_the_same_body_whoever_else_there_is():
    with undone():
        first = measured(weeks_of(ANA)[0])

    with undone():
        again = measured(weeks_of(CARA, ANA)[1])
    other = measured(weeks_of(ANA, seed=2)[0])

    assert again == first
    assert other != first


@pytest.mark.django_db
def test_every_row_is_stamped_for_the_change_feed():
    year_of(ANA)

    models = (BodyMetric, OneRmTest, TrainingBreak, Goal, StrengthProgress)
    revisions = [set(model.objects.values_list("revision", flat=True)) for model in models]
    assert all(revisions)
    assert all(0 not in some for some in revisions)


@pytest.mark.django_db
@pytest.mark.usefixtures("_lately")
def test_another_person_takes_no_more_statements():
    one, *three = add_diaries(*(replace(BEN, username=f"demo000{number}") for number in range(4)))

    statements = [spent([one]), spent(three)]

    assert statements[0] == statements[1]
    assert statements[0] < 40


def spent(users: Sequence[User]) -> int:
    with CaptureQueriesContext(connection) as queries:
        demo.add_analytics(users=users, now=NOW, seed=1)
    return len(queries)
