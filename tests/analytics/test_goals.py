"""Goals as rows of two tables, and what they say of themselves."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from analytics.models import BodyGoal, Goal, HabitGoal, StrengthGoal, StrengthProgress
from analytics.services import goals
from analytics.services.people import Person
from tests.factories.analytics import (
    BodyGoalFactory,
    BodyMetricFactory,
    HabitGoalFactory,
    NutritionSummaryFactory,
    StrengthGoalFactory,
    StrengthProgressFactory,
    TrainingDayFactory,
)
from tests.factories.workouts import CustomExerciseFactory, ExerciseFactory
from tests.users.races import at_once
from users import personal_data
from users.models import Notification, SyncClock, Tombstone, UserSettings
from users.ownership import advance_clock

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 3, 2)
TODAY = MONDAY + dt.timedelta(days=27)
NOW = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)


def settle(*people, today: dt.date = TODAY, week_starts_on: int = 1) -> None:
    """As a refresh does."""
    goals.settle_goals(
        people=[
            Person(
                user_id=one.pk,
                clock=advance_clock(one.pk),
                today=today,
                week_starts_on=week_starts_on,
            )
            for one in people
        ]
    )


def said(goal: Goal) -> tuple[float | None, float | None, float | None, dt.date | None]:
    goal = Goal.objects.get(pk=goal.pk)
    return goal.start_value, goal.current_value, goal.progress_percent, goal.achieved_on


def graves() -> list[tuple[str, object]]:
    return list(Tombstone.objects.order_by("revision").values_list("resource", "object_id"))


# --- Rows of two tables --------------------------------------------------------------------------


def test_goals_of_all_kinds_come_as_what_they_are(ana):
    made = [StrengthGoalFactory(user=ana), BodyGoalFactory(user=ana), HabitGoalFactory(user=ana)]

    found = list(Goal.objects.order_by("id"))

    assert found == made
    assert [type(goal) for goal in found] == [StrengthGoal, BodyGoal, HabitGoal]


def test_a_goal_that_is_stored_under_a_clock_knows_its_kind(ana):
    goal = HabitGoalFactory.build(user=ana)

    goal.insert_at(advance_clock(ana.pk))

    [stored] = Goal.objects.all()
    assert (type(stored), stored.weeks) == (HabitGoal, 4)
    assert stored.revision == SyncClock.objects.get(user=ana).revision


def test_every_way_of_writing_a_goal_moves_its_revision(ana):
    goal = StrengthGoalFactory(user=ana)
    seen = [Goal.objects.get().revision]

    goal.target_kg = 150
    goal.save()
    seen.append(Goal.objects.get().revision)
    Goal.objects.filter(user=ana).update(title="Press")
    seen.append(Goal.objects.get().revision)
    StrengthGoal.objects.filter(user=ana).update(title="Bench", target_kg=160)
    seen.append(Goal.objects.get().revision)
    StrengthGoal.objects.filter(user=ana).write(target_kg=170, revision=99)

    assert seen == sorted(set(seen))
    stored = StrengthGoal.objects.get()
    assert (stored.title, stored.target_kg, stored.revision) == ("Bench", 170, 99)


@pytest.mark.parametrize("factory", [StrengthGoalFactory, BodyGoalFactory, HabitGoalFactory])
@pytest.mark.parametrize(
    "delete",
    [
        lambda goal: goal.delete(),
        lambda goal: Goal.objects.get(pk=goal.pk).delete(),
        lambda goal: Goal.objects.filter(pk=goal.pk).delete(),
        lambda goal: type(goal).objects.filter(pk=goal.pk).delete(),
    ],
    ids=["itself", "as read", "rows of all kinds", "rows of its kind"],
)
def test_a_deleted_goal_leaves_one_tombstone_by_the_name_of_all_kinds(ana, factory, delete):
    goal = factory(user=ana)
    key = goal.pk

    delete(goal)

    assert graves() == [("analytics.goal", key)]
    assert not Goal.objects.non_polymorphic().exists()
    assert not factory._meta.model.objects.exists()


def test_a_goal_goes_with_its_exercise_and_phones_learn_of_it(ana):
    exercise = CustomExerciseFactory(created_by=ana)
    goal = StrengthGoalFactory(user=ana, exercise=exercise)
    key = goal.pk

    exercise.delete()

    assert ("analytics.goal", key) in graves()
    assert not Goal.objects.non_polymorphic().exists()


def test_the_owner_of_a_goal_cannot_change(ana, ben):
    StrengthGoalFactory(user=ana)
    goal = Goal.objects.get()

    goal.user = ben
    with pytest.raises(ValueError, match="cannot change"):
        goal.save()

    assert Goal.objects.get().user == ana


def test_an_export_has_each_goal_once_and_whole(ana, ben):
    goal = StrengthGoalFactory(user=ana, title="Bench", target_kg=140)
    habit = HabitGoalFactory(user=ana)
    StrengthGoalFactory(user=ben)

    exported = {
        part.name: list(part.exported(ana.pk))
        for part in personal_data.registered()
        if part.name is not None and issubclass(part.model, Goal)
    }

    assert [row["id"] for rows in exported.values() for row in rows] == [goal.pk, habit.pk]
    [row] = exported["strength_goals"]
    assert (row["title"], row["target_kg"]) == ("Bench", 140)
    assert row["exercise_id"] == goal.exercise_id


def test_an_erasure_takes_goals_of_all_kinds_and_nobody_elses(ana, ben):
    for person in (ana, ben):
        StrengthGoalFactory(user=person)
        BodyGoalFactory(user=person)
        HabitGoalFactory(user=person)

    for part in reversed(personal_data.registered()):
        if issubclass(part.model, Goal):
            part.rows(ana.pk)._raw_delete(using="default")

    assert {goal.user_id for goal in Goal.objects.all()} == {ben.pk}
    assert [kind.objects.count() for kind in (StrengthGoal, BodyGoal, HabitGoal)] == [1, 1, 1]


# --- What they say -------------------------------------------------------------------------------


def test_a_strength_goal_follows_the_maxima_of_its_exercise(ana, ben):
    bench, squat = ExerciseFactory.create_batch(2)
    goal = StrengthGoalFactory(user=ana, exercise=bench, target_kg=120, start_date=MONDAY)
    for person, exercise, number, kg, validity in [
        (ana, bench, -9, 100, "valid"),
        (ana, bench, 7, 110, "valid"),
        (ana, bench, 9, 150, "out_of_range"),
        (ana, squat, 9, 150, "valid"),
        (ben, bench, 9, 150, "valid"),
    ]:
        StrengthProgressFactory(
            user=person,
            exercise=exercise,
            date=MONDAY + dt.timedelta(days=number),
            one_rep_max=kg,
            validity=validity,
        )

    settle(ana)

    assert said(goal) == (100, 110, 50.0, None)


def test_a_body_goal_follows_its_measure(ana, ben):
    weight = BodyGoalFactory(user=ana, measure="weight", target_value=75, start_date=MONDAY)
    waist = BodyGoalFactory(user=ana, measure="waist", target_value=80, start_date=MONDAY)
    arms = BodyGoalFactory(user=ana, measure="arms", target_value=40, start_date=MONDAY)
    BodyMetricFactory(user=ana, date=MONDAY, weight=80, waist=90)
    BodyMetricFactory(user=ana, date=MONDAY + dt.timedelta(days=1), weight=79, waist=None)
    BodyMetricFactory(user=ana, date=TODAY, weight=None, waist=85)
    BodyMetricFactory(user=ben, date=TODAY, weight=75, waist=80, arms=40)

    settle(ana)

    assert said(weight) == (80, 79.9, 2.0, None)
    assert said(waist) == (90, 85, 50.0, None)
    assert said(arms) == (None, None, None, None)


@pytest.mark.parametrize(
    ("habit", "keeps", "misses"),
    [
        ("workouts", lambda w, d: TrainingDayFactory(user=w, date=d), None),
        (
            "weigh_ins",
            lambda w, d: BodyMetricFactory(user=w, date=d),
            lambda w, d: BodyMetricFactory(user=w, date=d, weight=None, waist=90),
        ),
        (
            "food_logged",
            lambda w, d: NutritionSummaryFactory(user=w, date=d),
            lambda w, d: NutritionSummaryFactory(user=w, date=d, is_complete=False),
        ),
        (
            "calories_kept",
            lambda w, d: NutritionSummaryFactory(
                user=w, date=d, calories=2420, calorie_target=2200
            ),
            lambda w, d: NutritionSummaryFactory(
                user=w, date=d, calories=2421, calorie_target=2200
            ),
        ),
        (
            "calories_kept",
            lambda w, d: NutritionSummaryFactory(
                user=w, date=d, calories=1980, calorie_target=2200
            ),
            lambda w, d: NutritionSummaryFactory(user=w, date=d, calorie_target=None),
        ),
        (
            "water",
            lambda w, d: NutritionSummaryFactory(user=w, date=d, water=2000),
            lambda w, d: NutritionSummaryFactory(user=w, date=d, water=1999),
        ),
    ],
)
def test_a_habit_goal_counts_the_days_that_kept_it(ana, ben, habit, keeps, misses):
    goal = HabitGoalFactory(user=ana, habit=habit, days_per_week=1, weeks=4, start_date=MONDAY)
    keeps(ana, MONDAY)
    keeps(ana, MONDAY + dt.timedelta(days=13))
    if misses is not None:
        misses(ana, MONDAY + dt.timedelta(days=14))
    keeps(ben, MONDAY + dt.timedelta(days=14))

    settle(ana, today=MONDAY + dt.timedelta(days=15))

    assert said(goal) == (0, 2, 50.0, None)
    stored = Goal.objects.get(pk=goal.pk)
    assert stored.forecast_date == MONDAY + dt.timedelta(days=27)


def test_weeks_begin_on_the_persons_day(ana):
    goal = HabitGoalFactory(user=ana, days_per_week=2, weeks=4, start_date=MONDAY)
    sunday = MONDAY + dt.timedelta(days=6)
    TrainingDayFactory(user=ana, date=sunday)
    TrainingDayFactory(user=ana, date=sunday + dt.timedelta(days=1))

    settle(ana, today=sunday + dt.timedelta(days=6))
    by_monday = said(goal)[1]
    settle(ana, today=sunday + dt.timedelta(days=6), week_starts_on=7)

    assert (by_monday, said(goal)[1]) == (0, 1)


def test_an_edit_takes_back_what_it_had_brought(ana):
    goal = StrengthGoalFactory(user=ana, target_kg=120, start_date=MONDAY)
    StrengthProgressFactory(user=ana, exercise=goal.exercise, date=MONDAY, one_rep_max=100)
    settle(ana)
    before = said(goal)

    best = StrengthProgressFactory(user=ana, exercise=goal.exercise, date=TODAY, one_rep_max=121)
    settle(ana)
    reached = said(goal)
    best.delete()
    settle(ana)

    assert list(before) == [100, 100, 0.0, None]
    assert list(reached) == [100, 121, 100.0, TODAY]
    assert said(goal) == before


def test_a_goal_that_is_right_is_not_written(ana):
    goal = StrengthGoalFactory(user=ana, start_date=MONDAY)
    StrengthProgressFactory(user=ana, exercise=goal.exercise, date=MONDAY, one_rep_max=100)
    settle(ana)
    revision = Goal.objects.get().revision

    settle(ana)

    assert Goal.objects.get().revision == revision < SyncClock.objects.get(user=ana).revision


def test_goals_that_change_get_the_revision_of_their_person(ana, ben):
    StrengthGoalFactory(user=ana)
    habit = HabitGoalFactory(user=ben)

    settle(ana, ben)

    # Of the lift nothing is known, as before.
    assert Goal.objects.get(user=ana).revision < SyncClock.objects.get(user=ana).revision
    assert Goal.objects.get(pk=habit.pk).revision == SyncClock.objects.get(user=ben).revision


@pytest.mark.parametrize("count", [1, 3])
def test_people_cost_five_statements_together(ana, ben, count, django_assert_num_queries):
    for person in (ana, ben):
        for _ in range(count):
            lift = StrengthGoalFactory(user=person)
            StrengthProgressFactory(user=person, exercise=lift.exercise, one_rep_max=100)
            BodyGoalFactory(user=person)
            HabitGoalFactory(user=person)
        BodyMetricFactory(user=person)
        TrainingDayFactory(user=person)
    people = [
        Person(user_id=one.pk, clock=advance_clock(one.pk), today=TODAY, week_starts_on=1)
        for one in (ana, ben)
    ]

    with django_assert_num_queries(5):  # the goals, three kinds of diaries, and all that changed
        goals.settle_goals(people=people)

    assert Goal.objects.exclude(progress_percent=None).count() == 6 * count


def test_nobody_without_goals_costs_more_than_the_look(ana, django_assert_num_queries):
    person = Person(user_id=ana.pk, clock=1, today=TODAY, week_starts_on=1)

    with django_assert_num_queries(1):
        goals.settle_goals(people=[person])
    with django_assert_num_queries(0):
        goals.settle_goals(people=[])


def test_chunks_of_people_are_settled_alike(ana, ben, monkeypatch):
    monkeypatch.setattr(goals, "CHUNK", 1)
    made = [HabitGoalFactory(user=person) for person in (ana, ben)]

    settle(ana, ben)

    assert [said(goal)[2] for goal in made] == [0.0, 0.0]


# --- Reached -------------------------------------------------------------------------------------


def reach(person, goal, kg: float = 200) -> None:
    StrengthProgressFactory(user=person, exercise=goal.exercise, date=TODAY, one_rep_max=kg)
    settle(person)


def test_whoever_reaches_a_goal_hears_of_it_once(ana):
    goal = StrengthGoalFactory(user=ana, title="Bench", start_date=MONDAY)

    reach(ana, goal)
    settle(ana)

    [told] = Notification.objects.filter(user=ana)
    assert (told.kind, told.category) == ("goal_achieved", "workouts")
    assert told.text == "You reached your goal: Bench."
    assert (told.target_type.model, told.target_id) == ("goal", goal.pk)
    assert Goal.objects.get().announced_at is not None


def test_a_goal_that_is_reached_again_is_no_news(ana):
    goal = StrengthGoalFactory(user=ana, start_date=MONDAY)
    reach(ana, goal)

    StrengthProgress.objects.filter(user=ana).delete()
    settle(ana)
    unmade = said(goal)[3]
    reach(ana, goal)

    assert unmade is None
    assert said(goal)[3] == TODAY
    assert Notification.objects.filter(user=ana).count() == 1


def test_what_was_given_up_is_no_news(ana):
    goal = StrengthGoalFactory(user=ana, start_date=MONDAY, is_abandoned=True)

    reach(ana, goal)

    assert said(goal)[3] == TODAY
    assert not Notification.objects.exists()


def test_whoever_wants_no_news_of_food_hears_nothing(ana):
    UserSettings.objects.filter(user=ana).update(notification_nutrition=False)
    goal = HabitGoalFactory(user=ana, habit="water", days_per_week=1, weeks=1, start_date=MONDAY)
    NutritionSummaryFactory(user=ana, date=MONDAY)

    settle(ana)

    assert said(goal)[3] == MONDAY
    assert not Notification.objects.exists()


def test_another_aim_is_another_goal(ana):
    goal = StrengthGoalFactory(user=ana, target_kg=120, start_date=MONDAY)
    reach(ana, goal, kg=125)

    goals.change_goal(user_id=ana.pk, goal_id=goal.pk, content={"target_kg": 130.0}, now=NOW)
    raised = said(goal)[3]
    reach_day = TODAY - dt.timedelta(days=1)
    StrengthProgressFactory(user=ana, exercise=goal.exercise, date=reach_day, one_rep_max=131)
    settle(ana)

    assert (raised, said(goal)[3]) == (None, reach_day)
    assert Notification.objects.filter(user=ana).count() == 2


def test_another_title_is_no_other_goal(ana):
    goal = StrengthGoalFactory(user=ana, target_kg=120, start_date=MONDAY)
    reach(ana, goal)

    content = {"title": "Press", "target_kg": 120.0}
    goals.change_goal(user_id=ana.pk, goal_id=goal.pk, content=content, now=NOW)

    assert Notification.objects.filter(user=ana).count() == 1


# --- At once -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_goal_is_announced_once_by_two_workers(ana):
    goal = StrengthGoalFactory(user=ana, start_date=MONDAY)
    StrengthProgressFactory(user=ana, exercise=goal.exercise, date=TODAY, one_rep_max=200)

    def work(number: int) -> None:
        with transaction.atomic():
            settle(ana)

    at_once(4, work)

    assert said(goal)[3] == TODAY
    assert Notification.objects.filter(user=ana).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_and_a_refresh_lose_nothing_of_each_other(ana):
    goal = StrengthGoalFactory(user=ana, target_kg=120, start_date=MONDAY)
    StrengthProgressFactory(user=ana, exercise=goal.exercise, date=MONDAY, one_rep_max=100)

    def act(number: int) -> None:
        if number % 2:
            with transaction.atomic():
                settle(ana)
        else:
            goals.change_goal(
                user_id=ana.pk, goal_id=goal.pk, content={"title": f"Press {number}"}, now=NOW
            )

    at_once(6, act)

    assert said(goal) == (100, 100, 0.0, None)
    assert Goal.objects.get().title in {"Press 0", "Press 2", "Press 4"}


def test_a_body_goal_of_no_body_is_refused_by_the_database(ana):
    with pytest.raises(IntegrityError, match="bodygoal_target_in_range"), transaction.atomic():
        BodyGoalFactory(user=ana, target_value=501)

    assert not Goal.objects.exists()
