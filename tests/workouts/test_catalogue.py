"""The exercise catalogue: our own file, and the import of free-exercise-db."""

import json
import re
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.workouts import CustomExerciseFactory, ExerciseFactory, WorkoutSetFactory
from users.models import User
from workouts.models import Equipment, Exercise, ExerciseEquipment, ExerciseMuscle, Muscle
from workouts.models.exercise import MuscleGroup
from workouts.services import catalogue

REAL_FILE = Path(__file__).resolve().parents[3] / "shared/data/exercises/free-exercise-db.json"
OURS = json.loads(catalogue.CATALOGUE.read_bytes())
STEP_UP = {
    "id": "Barbell_Step_Ups",
    "name": "Barbell Step Ups",
    "force": "push",
    "level": "intermediate",
    "mechanic": "compound",
    "equipment": "barbell",
    "primaryMuscles": ["quadriceps"],
    "secondaryMuscles": ["calves", "glutes"],
    "category": "strength",
}


def run(command: str, *arguments: object, **options: object) -> list[str]:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, **options)
    return out.getvalue().splitlines()


def written(folder: Path, *rows: object) -> Path:
    path = folder / "exercises.json"
    path.write_text(json.dumps(rows))
    return path


def stored() -> list[tuple]:
    """Everything of the catalogue, and when it was changed."""
    return [
        *Exercise.objects.order_by("pk").values_list(),
        *ExerciseMuscle.objects.order_by("pk").values_list(),
        *ExerciseEquipment.objects.order_by("pk").values_list(),
    ]


def facts(exercise: Exercise) -> dict[str, object]:
    shares = exercise.muscle_shares.order_by("-share", "muscle")
    return {
        "slug": exercise.slug,
        "name": exercise.name,
        "muscle_group": exercise.muscle_group,
        "is_cardio": exercise.is_cardio,
        "difficulty_level": exercise.difficulty_level,
        "equipment_needed": exercise.equipment_needed,
        "equipment": [thing.pk for thing in exercise.equipment.order_by("pk")],
        "muscles": [(share.muscle_id, share.role, share.share) for share in shares],
    }


# --- Our own file ----------------------------------------------------------------------------


def test_the_file_has_its_254_exercises_each_once():
    slugs = {row["slug"] for row in OURS}
    names = {row["name"].lower() for row in OURS}

    assert (len(OURS), len(slugs), len(names)) == (256, 256, 256)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in slugs)
    assert not any(slug.startswith(catalogue.IMPORT_PREFIX) for slug in slugs)


def test_the_file_calls_variations_of_exercises_that_are_none_themselves():
    parents = {row["slug"]: row["variation_of"] for row in OURS}

    unknown = [parent for parent in parents.values() if parent and parent not in parents]
    nested = [slug for slug, parent in parents.items() if parent and parents[parent]]

    assert (unknown, nested) == ([], [])


@pytest.mark.django_db
def test_the_file_uses_known_muscles_equipment_and_groups():
    muscles = {share["muscle"] for row in OURS for share in row["muscles"]}
    equipment = {thing for row in OURS for thing in row["equipment"]}
    groups = {row["muscle_group"] for row in OURS}

    assert muscles <= set(Muscle.objects.values_list("pk", flat=True))
    assert equipment <= set(Equipment.objects.values_list("pk", flat=True))
    assert groups == set(MuscleGroup.values)


def test_the_file_gives_each_exercise_a_primary_muscle_that_counts_in_full():
    shares = [
        [share["share"] for share in row["muscles"] if share["role"] == "primary"] for row in OURS
    ]

    assert all(row and set(row) == {1.0} for row in shares)


# --- Loading it ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_loading_adds_every_exercise_with_its_parts():
    said = run("load_catalogue")

    bench = Exercise.objects.get(slug="paused-bench-press")
    assert said == ["256 exercises: 256 added, 0 changed"]
    assert Exercise.objects.filter(is_custom=False, created_by=None).count() == 256
    assert bench.variation_of == Exercise.objects.get(slug="barbell-bench-press")
    assert facts(bench) == {
        "slug": "paused-bench-press",
        "name": "Paused Bench Press",
        "muscle_group": "chest",
        "is_cardio": False,
        "difficulty_level": 3,
        "equipment_needed": "Barbell, bench",
        "equipment": ["barbell", "bench"],
        "muscles": [
            ("chest", "primary", 1.0),
            ("shoulders", "secondary", 0.5),
            ("triceps", "secondary", 0.5),
        ],
    }
    assert ExerciseMuscle.objects.count() == sum(len(row["muscles"]) for row in OURS)
    assert ExerciseEquipment.objects.count() == sum(len(row["equipment"]) for row in OURS)


@pytest.mark.django_db
def test_loading_again_changes_nothing_and_takes_four_statements(django_assert_num_queries):
    run("load_catalogue")
    before = stored()

    with django_assert_num_queries(6):  # two more for the savepoint
        said = run("load_catalogue")

    assert said == ["256 exercises: 0 added, 0 changed"]
    assert stored() == before


@pytest.mark.django_db
def test_what_differs_from_the_file_is_put_right_and_nothing_else():
    run("load_catalogue")
    before = dict(Exercise.objects.values_list("slug", "updated_at"))
    Exercise.objects.filter(slug="plank").update(name="Blank", variation_of=None)
    ExerciseMuscle.objects.filter(exercise__slug="burpee", role="secondary").delete()
    ExerciseEquipment.objects.filter(exercise__slug="goblet-squat").delete()
    right = {row["slug"]: row for row in OURS}

    said = run("load_catalogue")

    after = dict(Exercise.objects.values_list("slug", "updated_at"))
    burpee = Exercise.objects.get(slug="burpee")
    assert said == ["256 exercises: 0 added, 3 changed"]
    assert {slug for slug in after if after[slug] != before[slug]} == {
        "plank",
        "burpee",
        "goblet-squat",
    }
    assert Exercise.objects.get(slug="plank").name == "Plank"
    assert burpee.muscle_shares.count() == len(right["burpee"]["muscles"])
    assert facts(Exercise.objects.get(slug="goblet-squat"))["equipment"] == ["dumbbell"]


@pytest.mark.django_db
def test_loading_leaves_custom_exercises_alone(ana: User):
    CustomExerciseFactory(created_by=ana, name="Plank", muscle_group="legs")
    mine = Exercise.objects.filter(created_by=ana)
    before = list(mine.values())

    run("load_catalogue")

    assert list(mine.values()) == before
    assert Exercise.objects.filter(name="Plank").count() == 2


@pytest.mark.django_db
def test_a_row_of_the_same_name_from_elsewhere_becomes_ours_and_keeps_its_sets():
    plank = ExerciseFactory(slug="fedb-plank", name="PLANK")
    done = WorkoutSetFactory(exercise=plank)

    said = run("load_catalogue")

    done.refresh_from_db()
    assert said == ["256 exercises: 255 added, 1 changed"]
    assert (done.exercise.slug, done.exercise.name) == ("plank", "Plank")


@pytest.mark.django_db
def test_a_name_that_two_rows_would_bear_is_refused():
    ExerciseFactory(slug="plank", name="Old Plank")
    ExerciseFactory(slug="fedb-plank", name="Plank")
    before = stored()

    with pytest.raises(
        CommandError, match=r"^plank cannot be called Plank: fedb-plank is called that\.$"
    ):
        run("load_catalogue")

    assert stored() == before


@pytest.mark.django_db
def test_a_row_that_the_file_no_longer_has_stays():
    ExerciseFactory(slug="of-last-year", name="Of Last Year")

    said = run("load_catalogue")

    assert said == ["256 exercises: 256 added, 0 changed"]
    assert Exercise.objects.filter(slug="of-last-year").exists()


# --- Importing free-exercise-db --------------------------------------------------------------


@pytest.mark.django_db
def test_a_row_is_imported_in_our_terms(tmp_path: Path):
    said = run("import_exercises", written(tmp_path, STEP_UP))

    assert said == ["1 exercises: 1 added, 0 changed"]
    assert facts(Exercise.objects.get()) == {
        "slug": "fedb-barbell-step-ups",
        "name": "Barbell Step Ups",
        "muscle_group": "legs",
        "is_cardio": False,
        "difficulty_level": 3,
        "equipment_needed": "Barbell",
        "equipment": ["barbell"],
        "muscles": [
            ("quadriceps", "primary", 1.0),
            ("calves", "secondary", 0.5),
            ("glutes", "secondary", 0.5),
        ],
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"category": "cardio"}, {"is_cardio": True, "muscle_group": "cardio"}),
        ({"category": "stretching"}, {"is_cardio": False, "muscle_group": "legs"}),
        ({"primaryMuscles": ["lats", "middle back"]}, {"muscle_group": "back"}),
        ({"primaryMuscles": ["lats", "biceps"]}, {"muscle_group": "full_body"}),
        ({"level": "beginner"}, {"difficulty_level": 1}),
        ({"level": "expert"}, {"difficulty_level": 5}),
        ({"equipment": None}, {"equipment": [], "equipment_needed": ""}),
        ({"equipment": "body only"}, {"equipment": [], "equipment_needed": ""}),
        ({"equipment": "e-z curl bar"}, {"equipment": ["ez_bar"], "equipment_needed": "EZ bar"}),
        ({"equipment": "kettlebells"}, {"equipment": ["kettlebell"]}),
        ({"equipment": "exercise ball"}, {"equipment_needed": "Exercise ball"}),
        ({"equipment": "foam roll"}, {"equipment": ["foam_roller"]}),
        ({"equipment": "medicine ball"}, {"equipment": ["medicine_ball"]}),
        ({"equipment": "bands"}, {"equipment": ["bands"]}),
        ({"equipment": "cable"}, {"equipment": ["cable"]}),
        ({"equipment": "machine"}, {"equipment": ["machine"]}),
        ({"equipment": "dumbbell"}, {"equipment": ["dumbbell"]}),
        ({"equipment": "other"}, {"equipment": ["other"], "equipment_needed": "Other"}),
        ({"id": "3_4_Sit-Up"}, {"slug": "fedb-3-4-sit-up"}),
        ({"id": "Clean_-_Jerk_"}, {"slug": "fedb-clean-jerk"}),
        ({"name": "  Step  "}, {"name": "Step"}),
        (
            {"secondaryMuscles": ["calves", "calves", "quadriceps"]},
            {"muscles": [("quadriceps", "primary", 1.0), ("calves", "secondary", 0.5)]},
        ),
    ],
)
def test_each_field_is_mapped(tmp_path: Path, changes: dict, expected: dict):
    path = written(tmp_path, {**STEP_UP, **changes})

    run("import_exercises", path)

    found = facts(Exercise.objects.get())
    assert {name: found[name] for name in expected} == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (None, "not an object"),
        ([STEP_UP], "not an object"),
        ({**STEP_UP, "name": None}, "the name is missing"),
        ({**STEP_UP, "name": " "}, "the name is missing"),
        ({**STEP_UP, "name": 5}, "the name is not text"),
        ({**STEP_UP, "name": "x" * 101}, "the name is longer than 100 characters"),
        ({**STEP_UP, "name": "Step\0Up"}, "the name has characters that cannot be shown"),
        ({**STEP_UP, "id": None}, "the id is missing"),
        ({**STEP_UP, "id": 7}, "the id is not text"),
        ({**STEP_UP, "id": "x" * 96}, "the id is longer than 95 characters"),
        ({**STEP_UP, "id": "Für_Elise"}, "the id is not made of letters, digits, _ and -"),
        ({**STEP_UP, "id": "___"}, "the id is not made of letters, digits, _ and -"),
        ({**STEP_UP, "category": "dance"}, "unknown category 'dance'"),
        ({**STEP_UP, "category": None}, "unknown category None"),
        ({**STEP_UP, "level": ["expert"]}, "unknown level ['expert']"),
        ({**STEP_UP, "equipment": "flying carpet"}, "unknown equipment 'flying carpet'"),
        ({**STEP_UP, "equipment": 0}, "unknown equipment 0"),
        ({**STEP_UP, "equipment": "y" * 60}, f"unknown equipment '{'y' * 39}…"),
        ({**STEP_UP, "primaryMuscles": ["heart"]}, "unknown muscle 'heart'"),
        ({**STEP_UP, "primaryMuscles": [None]}, "unknown muscle None"),
        ({**STEP_UP, "primaryMuscles": []}, "no primary muscle"),
        ({**STEP_UP, "primaryMuscles": "chest"}, "primaryMuscles is not a list"),
        ({**STEP_UP, "secondaryMuscles": None}, "secondaryMuscles is not a list"),
        ({**STEP_UP, "name": "Other", "id": "barbell-step-ups"}, "the same id as row 1"),
        ({**STEP_UP, "name": "barbell step UPS", "id": "x"}, "the same name as row 1"),
        ({**STEP_UP, "name": "Front PLANK", "id": "x"}, "already in the catalogue"),
    ],
)
def test_a_row_that_does_not_fit_is_skipped_with_its_reason(
    tmp_path: Path, row: object, reason: str
):
    ExerciseFactory(slug="front-plank", name="Front Plank")
    path = written(tmp_path, STEP_UP, row)

    said = run("import_exercises", path, verbosity=2)

    name = row.get("name") if isinstance(row, dict) else ""
    shown = f"{name[:100]}: " if isinstance(name, str) and name.isprintable() and name else ""
    assert said == [
        "1 exercises: 1 added, 0 changed",
        "1 rows skipped:",
        f"     1 {reason}",
        f"  row 2: {shown}{reason}",
    ]
    assert Exercise.objects.count() == 2


@pytest.mark.django_db
def test_skipped_rows_are_counted_by_reason_and_listed_only_when_asked(tmp_path: Path):
    path = written(tmp_path, 1, {**STEP_UP, "level": "guru"}, 2, STEP_UP)

    said = run("import_exercises", path)

    assert said == [
        "1 exercises: 1 added, 0 changed",
        "3 rows skipped:",
        "     2 not an object",
        "     1 unknown level 'guru'",
    ]


@pytest.mark.django_db
def test_importing_again_changes_nothing(tmp_path: Path):
    path = written(tmp_path, STEP_UP)
    run("import_exercises", path)
    before = stored()

    said = run("import_exercises", path)

    assert said == ["1 exercises: 0 added, 0 changed"]
    assert stored() == before


@pytest.mark.django_db
def test_importing_takes_as_many_statements_for_three_hundred_rows_as_for_two(tmp_path: Path):
    def statements(count: int) -> int:
        rows = [{**STEP_UP, "id": f"{count}-{n}", "name": f"{count} {n}"} for n in range(count)]
        with CaptureQueriesContext(connection) as queries:
            run("import_exercises", written(tmp_path, *rows))
        return len(queries)

    few, many = statements(2), statements(300)

    assert few == many
    assert Exercise.objects.count() == 302


@pytest.mark.django_db
def test_an_imported_row_follows_its_file(tmp_path: Path):
    run("import_exercises", written(tmp_path, STEP_UP))
    row = Exercise.objects.get()

    said = run("import_exercises", written(tmp_path, {**STEP_UP, "name": "Step Up"}))

    assert said == ["1 exercises: 0 added, 1 changed"]
    assert Exercise.objects.get(pk=row.pk).name == "Step Up"


@pytest.mark.django_db
def test_names_can_move_on_to_another_row(tmp_path: Path):
    run("import_exercises", written(tmp_path, STEP_UP))
    renamed = {**STEP_UP, "name": "Old Step Ups"}
    heir = {**STEP_UP, "id": "New"}

    said = run("import_exercises", written(tmp_path, heir, renamed))

    assert said == ["2 exercises: 1 added, 1 changed"]
    assert set(Exercise.objects.values_list("slug", "name")) == {
        ("fedb-new", "Barbell Step Ups"),
        ("fedb-barbell-step-ups", "Old Step Ups"),
    }


@pytest.mark.django_db
def test_a_dry_run_says_what_would_be_and_writes_nothing(tmp_path: Path):
    said = run("import_exercises", written(tmp_path, STEP_UP, {}), dry_run=True)

    assert said == [
        "Dry run: 1 exercises: 1 added, 0 changed",
        "1 rows skipped:",
        "     1 the name is missing",
    ]
    assert not Exercise.objects.exists()


@pytest.mark.django_db
def test_importing_leaves_custom_exercises_alone(tmp_path: Path, ana: User):
    CustomExerciseFactory(created_by=ana, name="Barbell Step Ups")
    mine = Exercise.objects.filter(created_by=ana)
    before = list(mine.values())

    said = run("import_exercises", written(tmp_path, STEP_UP))

    assert said == ["1 exercises: 1 added, 0 changed"]
    assert list(mine.values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not JSON: "),
        (b"[{", "is not JSON: "),
        (b"[" * 100_000, "is not JSON: "),
        (b"\xff\xfe[]", "is not JSON: "),
        (b'["\\ud800"]', "is not JSON: "),
        (b"{}", "is not a JSON array."),
        (b"null", "is not a JSON array."),
    ],
)
def test_a_file_that_is_no_json_array_is_refused(tmp_path: Path, content: bytes, message: str):
    path = tmp_path / "exercises.json"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=re.escape(f"{path} {message}")) as refused:
        run("import_exercises", path)

    assert refused.value.returncode == 1
    assert not Exercise.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_path_without_a_file_is_refused(tmp_path: Path, name: str):
    path = tmp_path / name

    with pytest.raises(CommandError, match=re.escape(f"{path} is not a file.")):
        run("import_exercises", path)


@pytest.mark.django_db
def test_a_file_of_more_than_50_mb_is_refused_unread(tmp_path: Path):
    path = tmp_path / "exercises.json"
    with path.open("wb") as file:
        file.truncate(50_000_001)

    with pytest.raises(CommandError, match=re.escape(f"{path} is larger than 50 MB.")):
        run("import_exercises", path)


@pytest.mark.django_db
@pytest.mark.skipif(not REAL_FILE.exists(), reason="the real file is not here")
def test_the_real_file_adds_815_exercises_once():
    run("load_catalogue")

    first = run("import_exercises", REAL_FILE)
    before = stored()
    second = run("import_exercises", REAL_FILE)

    skipped = ["58 rows skipped:", "    58 already in the catalogue"]
    imported = Exercise.objects.filter(slug__startswith="fedb-")
    assert first == ["815 exercises: 815 added, 0 changed", *skipped]
    assert second == ["815 exercises: 0 added, 0 changed", *skipped]
    assert stored() == before
    assert run("load_catalogue") == ["256 exercises: 0 added, 0 changed"]
    assert Counter(imported.values_list("muscle_group", flat=True)) == {
        "arms": 141,
        "back": 103,
        "cardio": 13,
        "chest": 79,
        "core": 83,
        "legs": 264,
        "shoulders": 132,
    }
    assert Counter(imported.values_list("difficulty_level", flat=True)) == {1: 485, 3: 279, 5: 51}
    assert imported.filter(is_cardio=True).count() == 13
    assert imported.filter(equipment=None).count() == 174
    # Nine rows name their primary muscle among the secondary ones too.
    assert ExerciseMuscle.objects.filter(exercise__in=imported).count() == 2372 - 9


@pytest.mark.django_db
@pytest.mark.skipif(not REAL_FILE.exists(), reason="the real file is not here")
def test_the_order_of_import_and_load_makes_no_difference():
    first = run("import_exercises", REAL_FILE)

    second = run("load_catalogue")

    assert first == ["873 exercises: 873 added, 0 changed"]
    assert second == ["256 exercises: 198 added, 58 changed"]
    assert Exercise.objects.count() == 256 + 815
    assert run("import_exercises", REAL_FILE)[0] == "815 exercises: 0 added, 0 changed"
