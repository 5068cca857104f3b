"""Every kind of relation has a place in the domain; here those of training, food and accounts.

Those of social are in tests/social/test_relations.py, goals of several tables in
tests/analytics/test_goals.py, and what happens to foods when a category goes in
tests/nutrition/test_food_categories.py.
"""

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from nutrition.models import Food, FoodCategory
from tests.factories.nutrition import FoodCategoryFactory, MealEntryFactory
from tests.factories.users import UserFactory
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory
from users.models import Trainer, User, UserProfile, UserSettings
from users.ownership import OwnedModel, OwnedPart, Synced, SyncedThing
from workouts.models import (
    CardioExercise,
    Equipment,
    Exercise,
    ExerciseMuscle,
    Muscle,
    StrengthExercise,
    Workout,
    WorkoutSet,
)

pytestmark = pytest.mark.django_db


class TestForeignKey:
    def test_it_is_walked_both_ways(self):
        workout = WorkoutFactory()
        done = [WorkoutSetFactory(workout=workout, position=n) for n in (1, 2)]

        assert {one.workout for one in done} == {workout}
        assert list(workout.sets.in_order()) == done
        assert workout.sets.filter(position=2).count() == 1

    def test_what_is_made_through_it_points_back(self):
        workout, exercise = WorkoutFactory(), ExerciseFactory()

        made = workout.sets.create(exercise=exercise, position=1, set_number=1, reps=5)

        assert WorkoutSet.objects.get() == made
        assert (made.workout, made.user) == (workout, workout.user)

    def test_parts_go_with_their_whole_and_what_is_in_use_stays(self):
        done = WorkoutSetFactory(position=1)

        with pytest.raises(ProtectedError):
            done.exercise.delete()
        done.workout.delete()

        assert not WorkoutSet.objects.exists()
        assert Exercise.objects.filter(pk=done.exercise_id).exists()

    def test_food_that_was_eaten_stays(self):
        eaten = MealEntryFactory()

        with pytest.raises(ProtectedError):
            eaten.food.delete()

        assert Food.objects.filter(pk=eaten.food_id).exists()


class TestOneToOne:
    def test_both_sides_have_one_row(self, ana):
        assert (ana.profile.user, ana.settings.user) == (ana, ana)
        assert (ana.profile.pk, ana.settings.pk) == (ana.pk, ana.pk)

    def test_there_is_no_second_one(self, ana):
        with pytest.raises(IntegrityError), transaction.atomic():
            UserSettings.objects.create(user=ana)

        assert UserSettings.objects.filter(user=ana).count() == 1

    def test_it_comes_along_in_the_same_query(self, ana, django_assert_num_queries):
        with django_assert_num_queries(1):
            found = User.objects.select_related("profile", "settings").get(pk=ana.pk)
            names = found.profile.display_name, found.settings.language

        assert names == ("ana", "en")


class TestManyToMany:
    @pytest.fixture
    def bench(self):
        exercise = ExerciseFactory()
        exercise.equipment.set(["barbell", "bench"])
        return exercise

    def slugs(self, exercise):
        return list(exercise.equipment.order_by("slug").values_list("slug", flat=True))

    def test_it_is_added_to_once(self, bench):
        for _ in range(2):
            bench.equipment.add("dumbbell")

        assert self.slugs(bench) == ["barbell", "bench", "dumbbell"]

    def test_it_is_removed_from(self, bench):
        bench.equipment.remove("bench")

        assert self.slugs(bench) == ["barbell"]

    def test_it_is_set_and_cleared(self, bench):
        bench.equipment.set(["dumbbell", "bench"])
        then = self.slugs(bench)
        bench.equipment.clear()

        assert (then, self.slugs(bench)) == (["bench", "dumbbell"], [])

    def test_it_is_walked_back(self, bench):
        assert list(Equipment.objects.get(pk="barbell").exercises.all()) == [bench]

    def test_each_pair_has_more_to_tell(self, bench):
        chest = Muscle.objects.get(pk="chest")

        bench.muscles.add(chest, through_defaults={"role": "primary", "share": 1})

        assert bench.muscle_shares.get().role == "primary"
        assert list(chest.exercises.filter(muscle_shares__role="primary")) == [bench]
        assert not chest.exercises.filter(muscle_shares__role="secondary").exists()

    def test_no_pair_goes_without_it(self, bench):
        with pytest.raises(IntegrityError), transaction.atomic():
            bench.muscles.add(Muscle.objects.get(pk="chest"))

        assert not ExerciseMuscle.objects.exists()


class TestSelfReference:
    def test_an_exercise_has_its_variations_which_outlive_it(self):
        press = ExerciseFactory()
        close, wide = (ExerciseFactory(variation_of=press) for _ in range(2))

        known = set(press.variations.all())
        press.delete()
        close.refresh_from_db()

        assert known == {close, wide}
        assert close.variation_of is None

    def test_an_exercise_is_no_variation_of_itself(self):
        press = ExerciseFactory()

        with pytest.raises(IntegrityError), transaction.atomic():
            Exercise.objects.filter(pk=press.pk).update(variation_of=press)

        press.refresh_from_db()
        assert press.variation_of is None


class TestNestedSets:
    @pytest.fixture
    def tree(self):
        FoodCategory.objects.all().delete()
        fruit = FoodCategoryFactory(slug="fruit")
        berries = FoodCategoryFactory(slug="berries", parent=fruit)
        wild = FoodCategoryFactory(slug="wild", parent=berries)
        apples = FoodCategoryFactory(slug="apples", parent=fruit)
        return [FoodCategory.objects.get(pk=one.pk) for one in (fruit, berries, wild, apples)]

    def test_a_branch_is_walked_down_and_up(self, tree):
        fruit, berries, wild, apples = tree
        nodes = FoodCategory.objects

        assert list(nodes.get_root_nodes()) == [fruit]
        assert set(nodes.get_children(fruit)) == {berries, apples}
        assert set(nodes.get_descendants(fruit)) == {berries, wild, apples}
        assert nodes.get_descendant_count(fruit) == 3
        assert list(nodes.get_ancestors(wild)) == [fruit, berries]
        assert (nodes.get_parent(wild), nodes.get_root(wild)) == (berries, fruit)
        assert set(nodes.get_siblings(apples)) == {berries, apples}
        assert (fruit.is_root(), wild.is_leaf(), wild.is_descendant_of(fruit)) == (True,) * 3

    def test_a_whole_branch_is_one_query(self, tree, django_assert_num_queries):
        with django_assert_num_queries(1):
            branch = list(FoodCategory.objects.get_descendants(tree[0]))

        assert len(branch) == 3


class TestInheritance:
    def test_rows_of_people_share_their_columns_and_no_table(self):
        for base in (Synced, SyncedThing, OwnedModel, OwnedPart):
            assert base._meta.abstract

        assert issubclass(Workout, OwnedModel)
        assert Workout._meta.get_field("revision").model is Workout

    def test_one_table_tells_cardio_from_strength(self):
        run, squat = ExerciseFactory(is_cardio=True), ExerciseFactory(is_cardio=False)

        assert CardioExercise._meta.db_table == StrengthExercise._meta.db_table
        assert [one.pk for one in CardioExercise.objects.all()] == [run.pk]
        assert [one.pk for one in StrengthExercise.objects.all()] == [squat.pk]

    def test_a_trainer_is_a_user_whose_profile_says_so(self, ana):
        coach = UserFactory(username="coach")
        UserProfile.objects.filter(user=coach).update(user_type="trainer")
        made = Trainer.objects.create(username="second", email="second@example.com")

        trainers = set(Trainer.objects.values_list("pk", flat=True))

        assert Trainer._meta.proxy
        assert trainers == {coach.pk, made.pk}
        with pytest.raises(FieldDoesNotExist):
            Trainer._meta.get_field("user_ptr")


class TestLoading:
    def test_a_page_costs_the_same_for_any_number(self, django_assert_num_queries):
        for _ in range(3):
            WorkoutSetFactory(workout=WorkoutFactory(), position=1)

        with django_assert_num_queries(2):  # workouts and their people; all their sets
            found = Workout.objects.select_related("user__profile").prefetch_related("sets")
            seen = [(one.user.profile.display_name, len(one.sets.all())) for one in found]

        assert [count for _, count in seen] == [1, 1, 1]

    @pytest.mark.parametrize(
        "rows", [Workout.objects.only("name"), Workout.objects.defer("notes")]
    )
    def test_a_column_that_was_left_out_is_fetched_when_asked_for(
        self, rows, django_assert_num_queries
    ):
        WorkoutFactory(name="Legs", notes="Good.")

        with django_assert_num_queries(1):
            workout = rows.all().get()
            name = workout.name
        with django_assert_num_queries(1):
            notes = workout.notes

        assert (name, notes) == ("Legs", "Good.")

    def test_many_rows_are_written_in_one_statement(self, ana, django_assert_num_queries):
        workouts = WorkoutFactory.build_batch(50, user=ana)

        with django_assert_num_queries(4):  # the transaction's two; the clock; the rows
            Workout.objects.bulk_create(workouts)

        assert Workout.objects.filter(user=ana).count() == 50


@pytest.mark.django_db(transaction=True)
def test_rows_are_read_without_blocking():
    workout = WorkoutFactory(name="Legs")
    WorkoutSetFactory(workout=workout, position=1)

    async def read():
        found = await Workout.objects.select_related("user").aget(pk=workout.pk)
        return found.name, [one.position async for one in found.sets.all()]

    assert async_to_sync(read)() == ("Legs", [1])
