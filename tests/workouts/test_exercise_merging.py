"""Exercises that turn out to be the same one: everything that points at them moves along."""

import datetime as dt

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from analytics.models import OneRmTest, PersonalRecord, StrengthGoal, StrengthProgress
from analytics.services.refresh import refresh_people
from tests.factories.users import UserFactory
from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from tests.users.admin_client import browser_of
from tests.users.everything import tables_that_mention
from tests.workouts.trained import follow_a_plan
from users.errors import Conflict
from users.ids import uuid7
from users.models import OutboxMessage, SyncClock, Tombstone, User
from users.services import outbox
from workouts.models import (
    Exercise,
    ExerciseAlias,
    ExerciseNote,
    MergedExercise,
    PlannedExercise,
    PlanRun,
    TrainingMax,
    Workout,
    WorkoutSet,
)
from workouts.services import merging
from workouts.services.catalogue import import_exercises
from workouts.services.merging import merge_exercises

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)


def merge(keep: Exercise, *duplicates: Exercise) -> bool:
    return merge_exercises(keep_id=keep.pk, duplicate_ids=[one.pk for one in duplicates])


def refusal(keep: Exercise, *duplicates: Exercise) -> str:
    with pytest.raises(Conflict) as refused:
        merge(keep, *duplicates)
    return refused.value.code


def log(user: User, *exercises: Exercise) -> Workout:
    """A workout with a set of each, in this order."""
    workout = WorkoutFactory(user=user)
    for position, exercise in enumerate(exercises, start=1):
        number = exercises[:position].count(exercise)
        WorkoutSetFactory(workout=workout, exercise=exercise, position=position, set_number=number)
    return workout


def deliver() -> None:
    """What a worker does next."""
    message = OutboxMessage.objects.filter(kind="merge_exercises").latest("pk")
    outbox.deliver(message_id=message.pk)


# --- What moves ------------------------------------------------------------------------------


def test_sets_move_along_and_phones_hear_of_it(ana: User, ben: User):
    keep, double = ExerciseFactory(), ExerciseFactory()
    workouts = [log(person, double) for person in (ana, ben)]
    before = {clock.user_id: clock.revision for clock in SyncClock.objects.all()}

    is_done = merge(keep, double)

    assert is_done
    assert set(WorkoutSet.objects.values_list("exercise", flat=True)) == {keep.pk}
    for workout in workouts:
        workout.refresh_from_db()
        assert workout.revision > before[workout.user_id]
    assert not Exercise.objects.filter(pk=double.pk).exists()


def test_a_workout_with_both_has_its_sets_numbered_in_their_order(ana: User):
    keep, double = ExerciseFactory(), ExerciseFactory()
    mixed = log(ana, keep, double, keep, double)
    alone = log(ana, double)

    merge(keep, double)

    def numbers(workout: Workout) -> list[int]:
        return list(workout.sets.order_by("position").values_list("set_number", flat=True))

    assert numbers(mixed) == [1, 2, 3, 4]
    assert numbers(alone) == [1]


def test_plans_runs_and_all_else_that_names_it_name_the_kept_one(ana: User):
    keep, double = ExerciseFactory(), ExerciseFactory()
    trained = follow_a_plan(ana, double, word="ana")
    state = trained.run.state
    ExerciseAlias.objects.create(user=ana, name="lift", exercise=double)
    OneRmTest.objects.create(user=ana, exercise=double, date=DAY, weight_kg=150)
    StrengthGoal.objects.create(
        user=ana, exercise=double, title="Strong", start_date=DAY, target_kg=200
    )
    refresh_people([ana.pk], now=dt.datetime(2026, 3, 10, tzinfo=dt.UTC))
    variation = ExerciseFactory(variation_of=double)

    merge(keep, double)

    variation.refresh_from_db()
    assert variation.variation_of == keep
    for model in (PlannedExercise, TrainingMax, ExerciseAlias, OneRmTest, StrengthGoal):
        assert model.objects.get().exercise_id == keep.pk
    mentions = {"workouts_mergedexercise", "users_tombstone"}
    assert set(tables_that_mention(str(double.pk))) <= mentions
    run = PlanRun.objects.get(pk=trained.run.pk)
    assert run.state == state


def test_strength_and_records_follow_from_all_that_was_logged(ana: User):
    keep, double = ExerciseFactory(), ExerciseFactory()
    log(ana, double)
    now = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
    refresh_people([ana.pk], now=now)
    assert StrengthProgress.objects.get().exercise_id == double.pk

    merge(keep, double)
    refresh_people([ana.pk], now=now)

    assert StrengthProgress.objects.get().exercise_id == keep.pk
    assert set(PersonalRecord.objects.values_list("exercise", flat=True)) == {keep.pk}


def test_where_one_is_allowed_that_of_the_kept_exercise_stays(ana: User):
    keep, double = ExerciseFactory(), ExerciseFactory()
    for exercise, value in ((double, 100), (keep, 120)):
        TrainingMax.objects.create(user=ana, exercise=exercise, value_kg=value, valid_from=DAY)
    workout = log(ana, keep, double)
    for exercise, text in ((double, "Slow."), (keep, "Deep.")):
        ExerciseNote.objects.create(user=ana, workout=workout, exercise=exercise, text=text)

    merge(keep, double)

    assert TrainingMax.objects.get().value_kg == 120
    assert Tombstone.objects.filter(user=ana, resource="workouts.trainingmax").count() == 1
    assert ExerciseNote.objects.get().text == "Slow.\nDeep."


def test_a_persons_own_exercise_becomes_that_of_the_catalogue(ana: User):
    keep, own = ExerciseFactory(), CustomExerciseFactory(created_by=ana, name="My secret press")
    log(ana, own)

    merge(keep, own)

    assert WorkoutSet.objects.get().exercise_id == keep.pk
    assert Tombstone.objects.filter(user=ana, object_id=own.pk).exists()
    assert MergedExercise.objects.get().name == keep.name


# --- What stays away -------------------------------------------------------------------------


def test_a_phone_that_was_offline_logs_the_old_one_as_the_kept_one(api: APIClient, ana: User):
    keep, double = ExerciseFactory(), ExerciseFactory()
    open_workout = log(ana, keep)
    merge(keep, double)
    exercise = str(double.pk)
    body = {
        "name": "Push",
        "date": "2026-03-02",
        "start_time": "18:00",
        "duration": 60,
        "sets": [{"exercise": exercise, "reps": 5}],
    }

    whole = api.post("/api/v1/workouts/", body, format="json")
    alone = api.post(
        f"/api/v1/workouts/{open_workout.pk}/sets/", {"exercise": exercise}, format="json"
    )

    assert [whole.status_code, alone.status_code] == [201, 201]
    assert set(WorkoutSet.objects.values_list("exercise", flat=True)) == {keep.pk}
    assert list(open_workout.sets.values_list("set_number", flat=True)) == [1, 2]


def test_an_import_of_the_catalogue_does_not_bring_it_back():
    row = {
        "id": "Old_Press", "name": "Old press", "category": "strength", "level": "beginner",
        "primaryMuscles": ["chest"], "secondaryMuscles": [], "equipment": "barbell",
        "instructions": [],
    }  # fmt: skip
    import_exercises(rows=[row])
    keep, double = ExerciseFactory(), Exercise.objects.get(name="Old press")
    merge(keep, double)

    imported = import_exercises(rows=[row])

    assert imported.stored.added == 0
    assert [str(one.reason) for one in imported.skipped] == [f"was merged into {keep}"]


def test_what_cannot_be_one_exercise_is_refused_and_nothing_changes(ana: User, ben: User):
    keep, double = ExerciseFactory(), ExerciseFactory()
    cardio, ours = ExerciseFactory(is_cardio=True), ExerciseFactory(slug="bench-press")
    anas, bens = (CustomExerciseFactory(created_by=person) for person in (ana, ben))
    log(ana, double)

    codes = [
        refusal(keep, keep),
        refusal(keep, Exercise(pk=uuid7())),
        refusal(keep),
        refusal(keep, cardio),
        refusal(keep, ours),
        refusal(anas, bens),
        refusal(anas, double),
    ]

    assert codes == [
        "gone", "gone", "wrong_number", "other_kind", "of_the_catalogue", "custom", "custom",
    ]  # fmt: skip
    assert WorkoutSet.objects.get().exercise_id == double.pk
    assert not MergedExercise.objects.exists()


# --- Of many people ---------------------------------------------------------------------------


def test_the_rows_of_many_people_are_moved_by_a_worker_some_at_a_time(monkeypatch):
    monkeypatch.setattr(merging, "AT_ONCE", 1)
    monkeypatch.setattr(merging, "CHUNK", 2)
    keep, double = ExerciseFactory(), ExerciseFactory()
    for _ in range(4):
        log(UserFactory(), double)

    is_done = merge(keep, double)

    assert not is_done
    assert WorkoutSet.objects.filter(exercise=double).count() == 4
    deliver()
    assert WorkoutSet.objects.filter(exercise=double).count() == 2
    deliver()
    deliver()
    assert set(WorkoutSet.objects.values_list("exercise", flat=True)) == {keep.pk}
    assert not Exercise.objects.filter(pk=double.pk).exists()


def test_a_worker_that_is_told_twice_finds_nothing_to_do(ana: User):
    keep, double = ExerciseFactory(), ExerciseFactory()
    log(ana, double)
    order = {"keep_id": str(keep.pk), "duplicate_ids": [str(double.pk)]}
    merging.go_on(**order)

    merging.go_on(**order)

    assert MergedExercise.objects.get().merged_into == keep


# --- At the desk -----------------------------------------------------------------------------


def test_staff_choose_which_is_kept_and_may_think_again(ana: User):
    desk: Client = browser_of(UserFactory(is_staff=True, is_superuser=True))
    keep, double = ExerciseFactory(name="Bench press"), ExerciseFactory(name="Bench pres")
    log(ana, double)
    url = reverse("admin:workouts_exercise_changelist")
    chosen = {"action": "merge", ACTION_CHECKBOX_NAME: [str(keep.pk), str(double.pk)]}

    asked = desk.post(url, chosen)
    unsaid = desk.post(url, {**chosen, "confirmed": "yes"})
    still_there = Exercise.objects.filter(pk=double.pk).exists()
    done = desk.post(url, {**chosen, "confirmed": "yes", "keep": str(keep.pk)}, follow=True)

    assert "Bench pres" in asked.content.decode()
    assert "Say which exercise is kept" in unsaid.content.decode()
    assert still_there
    assert "1 merged into Bench press." in done.content.decode()
    assert WorkoutSet.objects.get().exercise_id == keep.pk
