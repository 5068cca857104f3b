"""A row stays its owner's, and every way of writing it moves the owner's clock."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, models, transaction

from tests.factories.users import NotificationFactory, UserFactory
from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from tests.users.races import LIMIT_S, aside, at_once, wait_for_a_blocked_connection
from users.ids import uuid7
from users.models import Notification, PushDevice, SyncClock, Tombstone, User
from users.models.notification import NotificationCategory
from users.ownership import (
    SameOwner,
    Synced,
    SyncedQuerySet,
    advance_clock,
    advance_clocks,
    resource_name,
)
from workouts.models import CardioExercise, Exercise, Workout, WorkoutSet

pytestmark = pytest.mark.django_db


def revision_of(user: User) -> int:
    return SyncClock.objects.get(user=user).revision


# --- The owner -----------------------------------------------------------------------------------


def test_the_owner_of_a_stored_row_cannot_change(ana: User, ben: User):
    WorkoutFactory(user=ana)
    workout = Workout.objects.get()
    before = revision_of(ben)

    workout.user = ben
    with pytest.raises(ValueError, match="cannot change"):
        workout.save()

    assert Workout.objects.get().user == ana
    assert revision_of(ben) == before


def test_the_owner_of_a_row_that_was_just_made_cannot_change(ana: User, ben: User):
    workout = WorkoutFactory(user=ana)

    workout.user = ben
    with pytest.raises(ValueError, match="cannot change"):
        workout.save()

    assert Workout.objects.get().user == ana


def test_the_owner_of_a_row_inserted_under_a_given_revision_cannot_change(ana: User, ben: User):
    workout = WorkoutFactory.build(user=ana)
    workout.insert_at(advance_clock(ana.pk))

    workout.user = ben
    with pytest.raises(ValueError, match="cannot change"):
        workout.save()

    assert Workout.objects.get().user == ana


def test_the_owner_cannot_change_where_it_was_not_loaded(ana: User, ben: User):
    WorkoutFactory(user=ana)
    workout = Workout.objects.only("name").get()

    workout.user = ben
    with pytest.raises(ValueError, match="cannot change"):
        workout.save()

    assert Workout.objects.get().user == ana


def test_the_owner_of_rows_made_in_bulk_cannot_change(ana: User, ben: User):
    [workout] = Workout.objects.bulk_create([WorkoutFactory.build(user=ana)])

    workout.user = ben
    with pytest.raises(ValueError, match="cannot change"):
        workout.save()

    assert Workout.objects.get().user == ana


@pytest.mark.parametrize("field", ["user", "user_id"])
def test_the_owner_cannot_change_in_bulk(ana: User, ben: User, field: str):
    WorkoutFactory(user=ana)

    with pytest.raises(ValueError, match="cannot change"):
        Workout.objects.update(**{field: ben.pk})

    assert Workout.objects.get().user == ana


def test_more_rows_are_inserted_than_one_statement_takes(ana: User):
    rows = WorkoutFactory.build_batch(4000, user=ana)
    advance_clock(ana.pk)

    Workout.objects.all().insert(rows)

    assert Workout.objects.filter(user=ana).count() == 4000


def test_a_row_cannot_be_saved_over_another_one(ana: User, ben: User):
    mine, theirs = NotificationFactory(user=ana), NotificationFactory(user=ben, text="Ben's")

    mine.pk = theirs.pk
    with pytest.raises(ValueError, match="cannot change"):
        mine.save()

    theirs.refresh_from_db()
    assert (theirs.user, theirs.text) == (ben, "Ben's")
    assert Notification.objects.count() == 2


def test_a_row_made_with_the_id_of_another_one_is_refused(ana: User, ben: User):
    theirs = NotificationFactory(user=ben, text="Ben's")

    with pytest.raises(IntegrityError), transaction.atomic():
        NotificationFactory(id=theirs.pk, user=ana)

    theirs.refresh_from_db()
    assert (theirs.user, theirs.text) == (ben, "Ben's")


def test_a_part_takes_its_owner_from_its_whole(ana: User, ben: User):
    workout = WorkoutFactory(user=ana)

    done = WorkoutSetFactory(workout=workout, user=ben)

    assert WorkoutSet.objects.get(pk=done.pk).user == ana


def test_a_part_stays_in_its_whole(ana: User, ben: User):
    done = WorkoutSetFactory(workout=WorkoutFactory(user=ana))

    done.workout = WorkoutFactory(user=ben)
    with pytest.raises(ValueError, match="cannot move"):
        done.save()
    loaded = WorkoutSet.objects.get()
    loaded.workout = WorkoutFactory(user=ana)
    with pytest.raises(ValueError, match="cannot move"):
        loaded.save()

    assert WorkoutSet.objects.get().user == ana


def test_the_database_refuses_a_set_whose_owner_is_not_its_workouts(ana: User, ben: User):
    workout, exercise = WorkoutFactory(user=ana), ExerciseFactory()
    insert = """
        INSERT INTO workouts_workoutset
            (id, user_id, workout_id, exercise_id, position, set_number, set_type, load_type,
             tempo, side, discomfort_note, notes)
        VALUES (%s, %s, %s, %s, 1, 1, 'normal', 'external', '', '', '', '')
    """

    with (
        pytest.raises(IntegrityError, match="workoutset_owner_is_workouts"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(insert, [uuid7(), ben.pk, workout.pk, exercise.pk])
    with connection.cursor() as cursor:
        cursor.execute(insert, [uuid7(), ana.pk, workout.pk, exercise.pk])

    assert WorkoutSet.objects.get().user == ana


def test_the_database_refuses_to_hand_a_set_to_somebody_else(ana: User, ben: User):
    WorkoutSetFactory(workout=WorkoutFactory(user=ana))

    with (
        pytest.raises(IntegrityError, match="workoutset_owner_is_workouts"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE workouts_workoutset SET user_id = %s", [ben.pk])

    assert WorkoutSet.objects.get().user == ana


def test_the_rule_of_one_owner_survives_a_migration_file():
    rule = SameOwner(parent="workout", name="workoutset_owner_is_workouts")

    path, arguments, keywords = rule.deconstruct()

    assert (path, arguments) == ("users.ownership.SameOwner", ())
    assert SameOwner(**keywords) == rule
    assert SameOwner(parent="plan", name=rule.name) != rule


# --- The clock -----------------------------------------------------------------------------------


def test_the_clock_begins_at_one_and_counts_one_by_one(ana: User):
    SyncClock.objects.filter(user=ana).delete()

    assert [advance_clock(ana.pk) for _ in range(3)] == [1, 2, 3]


def test_several_clocks_are_advanced_each_by_one(ana: User, ben: User):
    before = {user.pk: revision_of(user) for user in (ana, ben)}

    after = advance_clocks([ben.pk, ana.pk, ben.pk])

    assert after == {user_id: revision + 1 for user_id, revision in before.items()}
    assert advance_clocks([]) == {}


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_of_one_person_get_sixteen_revisions():
    ana = UserFactory(username="ana")
    before = revision_of(ana)

    revisions = at_once(16, lambda n: advance_clock(ana.pk))

    assert sorted(revisions) == [before + n for n in range(1, 17)]
    assert revision_of(ana) == before + 16


@pytest.mark.django_db(transaction=True)
def test_writers_of_several_people_in_any_order_do_not_wait_for_each_other_for_ever():
    people = [UserFactory().pk for _ in range(4)]

    def write(number: int) -> int:
        order = people[number % 4 :] + people[: number % 4]
        with transaction.atomic():
            return len(advance_clocks(order if number % 2 else order[::-1]))

    found = at_once(12, write)

    assert found == [4] * 12


@pytest.mark.django_db(transaction=True)
def test_rows_that_others_add_before_a_bulk_deletion_get_a_tombstone_too():
    ana = UserFactory(username="ana")
    first = NotificationFactory(user=ana)
    locked = threading.Event()

    def add() -> Notification:
        with transaction.atomic():
            advance_clock(ana.pk)
            locked.set()
            wait_for_a_blocked_connection()
            return NotificationFactory(user=ana)

    adding = aside(add)
    locked.wait(timeout=LIMIT_S)
    Notification.objects.filter(user=ana).delete()

    assert not Notification.objects.exists()
    buried = Tombstone.objects.values_list("object_id", flat=True)
    assert set(buried) == {first.pk, adding.result().pk}


def one_more(user: User, write) -> bool:
    """Whether this write moved the clock to the revision that the user's changed row now has."""
    before = revision_of(user)
    write()
    return revision_of(user) > before


def test_every_way_of_writing_a_row_stamps_it_with_a_new_revision(ana: User):
    row = NotificationFactory(user=ana)
    rows = Notification.objects.filter(pk=row.pk)
    writes = [
        lambda: rows.get().save(),
        lambda: rows.get().save(update_fields=["text"]),
        lambda: rows.update(text="b"),
        lambda: Notification.objects.bulk_update([rows.get()], ["text"]),
        lambda: Notification.objects.update_or_create(pk=row.pk, defaults={"text": "c"}),
        lambda: ana.notification_set.update(text="d"),
    ]

    for write in writes:
        before = rows.get().revision
        assert one_more(ana, write)
        assert before < rows.get().revision == revision_of(ana)


def test_rows_made_in_bulk_are_stamped(ana: User, ben: User):
    before = {user.pk: revision_of(user) for user in (ana, ben)}

    rows = Notification.objects.bulk_create(
        [NotificationFactory.build(user=user) for user in (ana, ben, ana)]
    )

    assert [row.revision for row in rows] == [before[row.user_id] + 1 for row in rows]


def test_an_upsert_stamps_what_it_finds(ana: User):
    row = NotificationFactory(user=ana)
    stored = Notification.objects.get()

    Notification.objects.bulk_create(
        [Notification(id=row.pk, user=ana, category="workouts", kind="reminder", text="New")],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["text"],
    )

    found = Notification.objects.get()
    assert (found.text, found.created_at) == ("New", stored.created_at)
    assert found.revision == revision_of(ana) > stored.revision
    assert found.updated_at > stored.updated_at


def test_changes_of_parts_in_bulk_are_changes_of_their_whole(ana: User):
    workout = WorkoutFactory(user=ana)
    exercise = ExerciseFactory()
    part = WorkoutSet(
        user=ana, workout=workout, exercise=exercise, position=1, set_number=1, reps=5
    )
    writes = [
        lambda: WorkoutSet.objects.bulk_create([part]),
        lambda: WorkoutSet.objects.filter(workout=workout).update(reps=6),
        lambda: WorkoutSet.objects.bulk_update([part], ["reps"]),
        lambda: WorkoutSet.objects.get().save(),
        lambda: WorkoutSet.objects.get().delete(),
        lambda: WorkoutSet.objects.bulk_create([part]),
        lambda: WorkoutSet.objects.filter(workout=workout).delete(),
    ]

    for write in writes:
        before = Workout.objects.get().revision
        assert one_more(ana, write)
        assert before < Workout.objects.get().revision == revision_of(ana)
    assert not WorkoutSet.objects.exists()


def test_a_deleted_row_leaves_a_tombstone_under_the_next_revision(ana: User, ben: User):
    mine, theirs = NotificationFactory(user=ana), NotificationFactory(user=ben)
    key, before = mine.pk, revision_of(ana)

    mine.delete()

    grave = Tombstone.objects.get()
    assert (grave.user, grave.object_id, grave.resource, grave.revision) == (
        ana,
        key,
        "users.notification",
        before + 1,
    )
    assert Notification.objects.get() == theirs


def test_rows_of_several_people_deleted_in_bulk_leave_a_tombstone_each(ana: User, ben: User):
    rows = [NotificationFactory(user=user) for user in (ana, ben, ana)]

    deleted, _ = Notification.objects.all().delete()

    assert deleted == 3
    graves = Tombstone.objects.values_list("user", "object_id", "revision")
    assert set(graves) == {(row.user_id, row.pk, revision_of(row.user)) for row in rows}


def test_a_row_that_is_deleted_through_its_proxy_is_buried_under_its_own_name(ana: User):
    run = CustomExerciseFactory(created_by=ana, is_cardio=True)

    CardioExercise.objects.get(pk=run.pk).delete()

    assert resource_name(CardioExercise) == resource_name(Exercise) == "workouts.exercise"
    assert Tombstone.objects.get().resource == "workouts.exercise"


def delete_in_bulk(exercise: Exercise) -> None:
    Exercise.objects.filter(pk=exercise.pk).delete()


@pytest.mark.parametrize("delete", [Exercise.delete, delete_in_bulk])
def test_a_reference_that_a_deletion_clears_is_a_change_of_the_row_that_had_it(ana: User, delete):
    press = CustomExerciseFactory(created_by=ana, name="Press")
    variation = CustomExerciseFactory(created_by=ana, name="Close press", variation_of=press)

    delete(press)

    cleared = Exercise.objects.get()
    assert (cleared.pk, cleared.variation_of) == (variation.pk, None)
    assert cleared.revision == revision_of(ana) > variation.revision


def test_a_write_that_fails_leaves_the_clock_where_it_was(ana: User):
    before = revision_of(ana)

    with pytest.raises(IntegrityError), transaction.atomic():
        NotificationFactory(user=ana, category="nonsense")

    assert revision_of(ana) == before


def test_an_anonymous_caller_owns_nothing(ana: User):
    NotificationFactory(user=ana)

    assert not Notification.objects.owned_by(AnonymousUser()).exists()
    assert Notification.objects.owned_by(ana).count() == 1


def test_a_notification_of_an_unknown_kind_of_thing_is_refused(ana: User):
    halves = [
        {"target_type": ContentType.objects.get_for_model(Workout)},
        {"target_id": uuid7()},
    ]

    for half in halves:
        with pytest.raises(IntegrityError), transaction.atomic():
            NotificationFactory(user=ana, category=NotificationCategory.SOCIAL, **half)

    assert not Notification.objects.exists()


def test_a_token_belongs_to_one_installation(ana: User, ben: User):
    PushDevice.objects.create(user=ana, platform="fcm", token="one")

    with pytest.raises(IntegrityError), transaction.atomic():
        PushDevice.objects.create(user=ben, platform="fcm", token="one")

    assert PushDevice.objects.get().user == ana


def test_every_owned_row_that_stands_alone_goes_through_a_manager_that_stamps():
    def leaves(model: type[models.Model]) -> list[type[models.Model]]:
        below = [leaf for child in model.__subclasses__() for leaf in leaves(child)]
        return below + ([] if model._meta.abstract or model._meta.proxy else [model])

    found = leaves(Synced)

    assert Workout in found
    assert Notification in found
    assert [m for m in found if not isinstance(m._default_manager.all(), SyncedQuerySet)] == []
