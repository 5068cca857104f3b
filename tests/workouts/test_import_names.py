"""What names in other apps' files mean: what the person said, then names, then words."""

import pytest

from tests.factories.transfers import (
    BenchFactory,
    ExerciseAliasFactory,
    a_row,
    a_strong_file,
    answered,
    counts,
    imported,
    lost,
    meaning,
    requested,
    run,
)
from tests.factories.workouts import CustomExerciseFactory, ExerciseFactory
from tests.users.everything import use_a_folder_of_the_test
from users.ownership import advance_clock
from workouts.models import Exercise, ExerciseAlias, Workout, WorkoutSet
from workouts.services import transfers, transfers_run
from workouts.services.catalogue import load_catalogue
from workouts.services.transfers_names import (
    Names,
    alias_key,
    create_exercises,
    learn,
    suggestions,
)
from workouts.services.transfers_rows import ExerciseGone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.fixture
def bench(db) -> Exercise:
    return BenchFactory()


def found(user, name: str) -> tuple[str, str] | None:
    match = Names(user.pk).find(name)
    return match and (match.name, match.by)


class TestFinding:
    def test_what_the_person_said_goes_before_the_name_itself(self, ana, bench):
        row = ExerciseFactory(name="Row")
        ExerciseAliasFactory(user=ana, name="barbell bench press", exercise=row)

        assert found(ana, "Barbell  BENCH press") == ("Row", "alias")

    def test_what_another_person_said_means_nothing(self, ana, ben, bench):
        ExerciseAliasFactory(user=ben, name="lift", exercise=bench)

        assert found(ana, "Lift") is None
        assert found(ben, "Lift") == ("Barbell Bench Press", "alias")

    def test_an_own_exercise_hides_that_of_the_catalogue(self, ana, ben, bench):
        own = CustomExerciseFactory(name="Barbell bench press", created_by=ana)

        assert Names(ana.pk).find("BARBELL BENCH PRESS").exercise == own.pk
        assert Names(ana.pk).find("Bench Press (Barbell)").exercise == own.pk
        assert Names(ben.pk).find("BARBELL BENCH PRESS").exercise == bench.pk

    def test_another_persons_exercise_is_never_found(self, ana, ben):
        CustomExerciseFactory(name="Odd Lift", created_by=ben)

        assert found(ana, "Odd Lift") is None
        assert suggestions(user_id=ana.pk, names=["Odd Lift"]) == {"Odd Lift": []}

    def test_names_of_the_apps_are_found_in_our_catalogue(self, ana):
        load_catalogue()
        names = Names(ana.pk)

        assert {name: match.name for name in THEIRS if (match := names.find(name))} == THEIRS

    @pytest.mark.parametrize(
        "name",
        [
            "Chest Fly",
            "Lat Pulldown (Machine)",
            "Leg Press (Smith Machine)",
            "Squat",
            "Deadlift (Kettlebell Sumo)",
            "()",
            "Bench Press (Barbell) (Paused)",
            "🏋️",
        ],
    )
    def test_what_could_be_several_or_none_is_asked(self, ana, name):
        load_catalogue()

        assert found(ana, name) is None

    def test_of_two_with_the_same_words_none_is_guessed(self, ana, bench):
        ExerciseFactory(name="Bench Barbell Press")

        assert found(ana, "Press Bench Barbell") is None
        assert found(ana, "bench barbell press") == ("Bench Barbell Press", "name")

    def test_all_names_are_looked_up_in_two_queries(self, ana, django_assert_num_queries):
        load_catalogue()

        with django_assert_num_queries(2):
            names = Names(ana.pk)
            for name in THEIRS:
                names.find(name)

    def test_suggestions_for_all_names_are_one_query(self, ana, django_assert_num_queries):
        load_catalogue()

        with django_assert_num_queries(1):
            alike = suggestions(user_id=ana.pk, names=["Zottman Curl (Barbell)", "Tire Flip"])

        first = alike["Zottman Curl (Barbell)"][0]
        assert (first["name"], first["match"], first["muscle_group"]) == (
            "Barbell Curl",
            0.62,
            "arms",
        )
        assert {name: len(rows) for name, rows in alike.items()} == {
            "Zottman Curl (Barbell)": 3,
            "Tire Flip": 3,
        }

    def test_case_and_spacing_do_not_matter(self):
        assert alias_key("  Bench   PRESS (Barbell)\t") == "bench press (barbell)"
        assert len(alias_key("İ" * 100)) == 100


class TestLearning:
    def test_a_name_once_answered_is_known_to_later_imports(self, ana, bench):
        job = imported(ana, a_strong_file(a_row(exercise="Xyz")))

        answered(job, exercises=[meaning(bench, "Xyz")])
        later = imported(ana, a_strong_file(a_row("2026-03-03 18:00:00", exercise="XYZ")))

        assert (job.status, counts(later)) == ("needs_answers", ("done", 1, 0, 1, 0))
        assert set(WorkoutSet.objects.values_list("exercise", flat=True)) == {bench.pk}
        alias = ExerciseAlias.objects.get()
        assert (alias.user, alias.name, alias.exercise) == (ana, "xyz", bench)
        assert alias.revision > 0

    def test_a_correction_goes_before_what_we_guessed(self, ana, bench):
        other = ExerciseFactory(name="Floor Press")
        job = imported(ana, a_strong_file(a_row()))
        transfers.undo_import(user_id=ana.pk, import_id=job.pk)

        answered(job, exercises=[meaning(other, "Bench Press (Barbell)")])

        assert WorkoutSet.objects.get().exercise == other

    def test_a_later_answer_takes_the_place_of_the_first(self, ana, bench):
        row = ExerciseFactory(name="Row")
        job = imported(ana, a_strong_file(a_row(exercise="Xyz"), a_row(exercise="Abc")))

        answered(job, exercises=[meaning(bench, "Xyz"), meaning(bench, "Abc")])
        transfers.undo_import(user_id=ana.pk, import_id=job.pk)
        answered(job, exercises=[meaning(row, "xyz")])

        meant = ExerciseAlias.objects.order_by("name").values_list("name", "exercise")
        assert list(meant) == [("abc", bench.pk), ("xyz", row.pk)]

    def test_a_name_can_become_an_exercise_like_the_most_similar_one(self, ana):
        load_catalogue()
        rows = a_row(exercise="Zottman Curl (Barbell)"), a_row(exercise="Xyz")
        job = imported(ana, a_strong_file(*rows))

        done = answered(
            job,
            exercises=[
                {"name": "Zottman Curl (Barbell)", "create": True},
                {"name": "Xyz", "create": True},
            ],
        )

        assert counts(done) == ("done", 1, 0, 2, 0)
        made = Exercise.objects.filter(created_by=ana, is_custom=True).order_by("name")
        assert list(made.values_list("name", "muscle_group", "is_cardio")) == [
            ("Xyz", "full_body", False),
            ("Zottman Curl (Barbell)", "arms", False),
        ]
        assert ExerciseAlias.objects.filter(user=ana).count() == 2

    def test_all_that_are_not_known_become_exercises_where_the_person_says_so(self, ana, bench):
        rows = a_row(), a_row(exercise="Xyz"), a_row(exercise="xyz"), a_row(exercise="Abc")

        job = imported(ana, a_strong_file(*rows), create_unknown=True)

        assert counts(job) == ("done", 1, 0, 4, 0)
        made = Exercise.objects.filter(created_by=ana)
        assert sorted(made.values_list("name", flat=True)) == ["Abc", "xyz"]
        assert made.filter(revision=0).count() == 0
        numbers = WorkoutSet.objects.filter(exercise__name="xyz").values_list(
            "set_number", flat=True
        )
        assert sorted(numbers) == [1, 2]

    def test_as_many_as_a_file_may_name_become_exercises(self, ana):
        rows = [a_row(exercise=f"Move {n}") for n in range(1000)]
        for day in range(1, 5):
            start = f"2026-03-0{day + 2} 18:00:00"
            rows += [a_row(start, exercise=f"Move {1000 * day + n}") for n in range(1000)]

        job = imported(ana, a_strong_file(*rows), create_unknown=True)

        assert counts(job) == ("done", 5, 0, 5000, 0)
        assert Exercise.objects.filter(created_by=ana, is_custom=True).count() == 5000

    def test_as_many_answers_as_can_be_are_remembered(self, ana, bench):
        advance_clock(ana.pk)

        learn(user_id=ana.pk, answers=[meaning(bench, f"Move {n}") for n in range(10_000)])

        assert ExerciseAlias.objects.filter(user=ana, exercise=bench).count() == 10_000

    def test_nothing_is_made_while_something_else_is_asked(self, ana, bench):
        rows = a_row("05/06/2026 18:00"), a_row("05/06/2026 18:00", exercise="Xyz")

        job = imported(ana, a_strong_file(*rows), create_unknown=True)

        assert job.questions.keys() == {"date_order", "guessed"}
        assert list(Exercise.objects.all()) == [bench]

    def test_what_exists_is_not_made_again(self, ana, bench):
        own = CustomExerciseFactory(name="Xyz", created_by=ana)
        advance_clock(ana.pk)

        made = create_exercises(user_id=ana.pk, names=["XYZ", "barbell bench press"])

        assert made == {"xyz": own.pk, "barbell bench press": bench.pk}
        assert Exercise.objects.count() == 2

    def test_an_exercise_that_vanished_in_the_middle_is_asked_about(self, ana, monkeypatch):
        own = CustomExerciseFactory(name="Xyz", created_by=ana)
        job = requested(ana, a_strong_file(a_row(exercise="Xyz")))
        begin = transfers_run._begin

        def begin_and_delete(*given) -> None:
            begin(*given)
            own.delete()

        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(transfers_run, "_begin", begin_and_delete)
            with pytest.raises(ExerciseGone):
                run(job)
        run(lost(job))

        assert counts(job) == ("needs_answers", 0, 0, 0, 0)
        assert [one["name"] for one in job.questions["exercises"]] == ["Xyz"]
        assert not Workout.objects.exists()


THEIRS = {
    "Bench Press (Barbell)": "Barbell Bench Press",
    "Bench Press (Dumbbell)": "Dumbbell Bench Press",
    "Bench Press - Close Grip (Barbell)": "Close-Grip Barbell Bench Press",
    "Incline Bench Press (Dumbbell)": "Incline Dumbbell Bench Press",
    "Overhead Press (Barbell)": "Barbell Overhead Press",
    "Shoulder Press (Barbell)": "Barbell Overhead Press",
    "Squat (Barbell)": "Barbell Back Squat",
    "Squat (Bodyweight)": "Bodyweight Squat",
    "Front Squat (Barbell)": "Barbell Front Squat",
    "Deadlift (Barbell)": "Barbell Deadlift",
    "Romanian Deadlift (Barbell)": "Romanian Deadlift",
    "Romanian Deadlift (Dumbbell)": "Dumbbell Romanian Deadlift",
    "Bent Over Row (Barbell)": "Barbell Bent-Over Row",
    "Pull Up": "Pull-Up",
    "Pull Up (Assisted)": "Assisted Pull-Up",
    "Pullup": "Pull-Up",
    "Push Ups": "Push-Up",
    "Bicep Curl (Dumbbell)": "Dumbbell Curl",
    "Bicep Curl (Barbell)": "Barbell Curl",
    "Hammer Curl (Dumbbell)": "Hammer Curl",
    "Skullcrusher": "Skull Crusher",
    "Triceps Dip": "Parallel Bar Dip",
    "Lateral Raise (Dumbbell)": "Dumbbell Lateral Raise",
    "Lat Pulldown (Cable)": "Lat Pulldown",
    "Seated Row (Cable)": "Seated Cable Row",
    "Leg Extension (Machine)": "Leg Extension",
    "Leg Press (Machine)": "Leg Press",
    "Lunges (Dumbbell)": "Dumbbell Lunge",
    "Face Pull (Cable)": "Face Pull",
    "Running (Treadmill)": "Treadmill Running",
    "Rowing (Machine)": "Rowing Machine",
    "Plank": "Plank",
}
